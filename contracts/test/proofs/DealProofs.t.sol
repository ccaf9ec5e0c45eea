// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {vm} from "../Vm.sol";

/// @dev For a prover (README.md): steps of `Leases`, `Auctions` and `Overspend` that lie in their private functions, and are repeated here.
contract DealProofs {
    uint256 private constant TICKS = 256;
    uint256 private constant DEPOSIT_PARTS = 20;

    // Leases: a rate, and seconds.

    function check_a_lease_serves_no_more_than_was_paid_for(uint40 since, uint40 exhaustsAt, uint64 now_)
        external
        pure
    {
        vm.assume(since <= exhaustsAt && since <= now_);
        assert(_served(since, exhaustsAt, now_) <= exhaustsAt - since);
        assert(_served(since, exhaustsAt, now_) <= now_ - since);
    }

    /// Collected at one time, and ended at a later one: what was paid, is owed and refunded is the escrow.
    function check_a_lease_ends_without_rest(uint40 since, uint40 exhaustsAt, uint64 sooner, uint64 later, uint96 rate)
        external
        pure
    {
        vm.assume(since <= exhaustsAt && since <= sooner && sooner <= later);
        uint256 collected = _served(since, exhaustsAt, sooner);
        uint256 served = _served(since, exhaustsAt, later);
        uint256 term = exhaustsAt - since;
        // No subtraction of the bill fails.
        assert(collected <= served && served <= term);
        uint256 paid = collected * rate;
        uint256 owed = (served - collected) * rate;
        uint256 refunded = (term - served) * rate;
        assert(paid + owed + refunded == term * rate);
    }

    /// Extended in between: the seconds that were served before stay served, and what is refunded at the end is what is not.
    function check_an_extension_takes_back_no_second(uint40 since, uint40 exhaustsAt, uint40 term, uint64 now_)
        external
        pure
    {
        vm.assume(since <= now_ && now_ < exhaustsAt && since <= exhaustsAt);
        assert(_served(since, exhaustsAt, now_) == _served(since, uint256(exhaustsAt) + term, now_));
    }

    // Auctions: one price for all.

    /// A winner's tick is the margin at most: it is paid what it asked for at least, and nobody more than the requester offered.
    function check_a_price_is_between_a_winners_tick_and_the_most(uint96 most, uint16 margin, uint16 tick)
        external
        pure
    {
        vm.assume(margin != 0 && margin <= TICKS + 1 && tick != 0 && tick <= margin && tick <= TICKS);
        uint256 price = _price(most, margin);
        assert(price >= uint256(most) * tick / TICKS && price <= most);
    }

    /// As `open` bounds the most that is paid: the market refuses no price that an auction comes to, so that each can be cleared.
    function check_a_price_is_never_below_its_kinds_least(uint96 most, uint96 least, uint16 margin) external pure {
        vm.assume(margin != 0 && margin <= TICKS + 1 && most >= uint256(least) * TICKS);
        assert(_price(most, margin) >= least);
    }

    /// Whatever was taken: what a winner forfeits is of its deposit, and none of what it took.
    function check_a_winner_forfeits_no_more_than_its_deposit(
        uint64 unitGwei,
        uint64 gwei_,
        uint32 units,
        uint32 won,
        uint32 taken
    ) external pure {
        vm.assume(taken <= won && won <= units);
        // As `reveal` requires.
        uint256 deposit = uint256(gwei_) * 1 gwei;
        vm.assume(deposit >= uint256(unitGwei) * units * 1 gwei);
        uint256 burned = uint256(won - taken) * unitGwei * 1 gwei;
        assert(burned <= deposit);
        assert(deposit - burned >= uint256(taken) * unitGwei * 1 gwei);
    }

    /// A unit's deposit is at least its part of the most that is paid, by less than a gwei, and in gwei it fits a bid's word.
    function check_a_deposit_is_a_part_of_the_price(uint96 price) external pure {
        // The dearest kind there can be.
        vm.assume(price <= 500_000e18);
        uint256 unit = _unitDeposit(price);
        assert(unit * DEPOSIT_PARTS >= price && unit * DEPOSIT_PARTS < uint256(price) + DEPOSIT_PARTS * 1 gwei);
        assert(unit % 1 gwei == 0 && unit / 1 gwei * 4096 <= type(uint64).max);
    }

    // Overspent pools.

    /// Whoever claims, and however much: half of the collateral is burned at least, and no more is shared than is claimed.
    function check_half_of_the_collateral_is_burned(uint96 free, uint96 collateral, uint128 claims) external pure {
        (uint256 all, uint256 shared) = _shared(free, collateral, claims);
        assert(shared <= claims && shared <= all);
        assert((all - shared) * 2 >= collateral);
    }

    /// After each award what is left is still no more than the claims left: nobody gets more than it claimed, and the last gets the rest.
    function check_an_award_is_no_more_than_was_claimed(uint96 free, uint128 claims, uint128 claimed) external pure {
        vm.assume(free <= claims && claimed <= claims && claimed != 0);
        uint256 amount = uint256(claimed) * free / claims;
        assert(amount <= claimed && amount <= free);
        assert(free - amount <= claims - claimed);
        assert(claimed != claims || amount == free);
    }

    function _served(uint256 since, uint256 exhaustsAt, uint256 now_) private pure returns (uint256) {
        // The smaller of both, without bits that no integer has: as in all that follows.
        return (now_ < exhaustsAt ? now_ : exhaustsAt) - since;
    }

    function _price(uint256 most, uint256 margin) private pure returns (uint256) {
        return most * (margin < TICKS ? margin : TICKS) / TICKS;
    }

    function _unitDeposit(uint256 price) private pure returns (uint256) {
        uint256 part = DEPOSIT_PARTS * 1 gwei;
        return (price == 0 ? 0 : (price - 1) / part + 1) * 1 gwei;
    }

    function _shared(uint256 free, uint256 collateral, uint256 claims)
        private
        pure
        returns (uint256 all, uint256 shared)
    {
        all = free + collateral;
        uint256 half = collateral == 0 ? 0 : (collateral - 1) / 2 + 1;
        shared = all - half;
        if (shared > claims) shared = claims;
    }
}
