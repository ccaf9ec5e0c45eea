// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Pools} from "../../src/types/Pool.sol";
import {vm} from "../Vm.sol";

/// @dev For a prover (README.md): every amount and number of shares that fits 112 bits, and every loss up to all.
contract PoolProofs {
    uint256 private constant BASIS_POINTS = 10_000;

    function check_what_joins_is_worth_no_more_than_was_paid_in(uint112 amount, uint64 loss) external pure {
        vm.assume(loss <= Pools.LOSS_MAX);
        assert(Pools.valueOf(Pools.sharesFor(amount, loss), loss) <= amount);
    }

    /// As `StakeBook` joins: others hold any number of shares already.
    function check_a_join_adds_no_more_than_was_paid_in(uint112 amount, uint112 held, uint64 loss) external pure {
        vm.assume(loss <= Pools.LOSS_MAX);
        uint256 shares = Pools.sharesFor(amount, loss);
        assert(Pools.without(held + shares, shares, loss) <= amount);
    }

    function check_what_leaves_costs_the_pool_what_it_asked_for(uint112 amount, uint64 loss) external pure {
        vm.assume(loss < Pools.ONE);
        assert(Pools.valueOf(Pools.sharesWorth(amount, loss), loss) >= amount);
    }

    function check_shares_of_all_that_there_is_fit(uint256 amount, uint64 loss) external pure {
        // Ten times the TFUEL that there is.
        vm.assume(amount <= 500_000_000_000e18 && loss <= Pools.LOSS_MAX);
        assert(Pools.sharesFor(amount, loss) <= type(uint112).max);
    }

    function check_holders_have_no_more_than_their_pool(uint112 one, uint112 others, uint64 loss) external pure {
        vm.assume(loss <= Pools.ONE);
        uint256 all = uint256(one) + others;
        assert(Pools.valueOf(one, loss) + Pools.valueOf(others, loss) <= Pools.valueOf(all, loss));
    }

    function check_a_rate_only_falls_by_a_slash(uint64 loss, uint16 share) external pure {
        vm.assume(loss <= Pools.ONE && share <= BASIS_POINTS);
        uint256 slashed = Pools.slashed(loss, share, BASIS_POINTS);
        assert(slashed >= loss && slashed <= Pools.ONE);
        assert(share != BASIS_POINTS || slashed == Pools.ONE);
        assert(share != 0 || slashed == loss);
    }

    function check_a_slash_by_amount_only_lowers_the_rate(uint64 loss, uint112 part, uint112 whole) external pure {
        vm.assume(loss <= Pools.ONE && part <= whole && whole != 0);
        uint256 slashed = Pools.slashed(loss, part, whole);
        assert(slashed >= loss && slashed <= Pools.ONE);
    }

    /// As `StakeBook` counts what a slash took: the subtraction cannot fail, and no more is lost than was there.
    function check_a_slash_takes_no_more_than_there_is(uint112 shares, uint64 loss, uint16 share) external pure {
        vm.assume(loss <= Pools.ONE && share <= BASIS_POINTS);
        uint256 before = Pools.valueOf(shares, loss);
        uint256 left = Pools.valueOf(shares, Pools.slashed(loss, share, BASIS_POINTS));
        assert(left <= before);
    }

    /// As `StakeBook.redeem` pays an exit: whoever is left in the epoch's pool still has all that is theirs.
    function check_an_exit_leaves_the_others_theirs(uint112 own, uint112 others, uint64 before, uint64 loss)
        external
        pure
    {
        vm.assume(before <= loss && loss <= Pools.ONE);
        uint256 all = uint256(own) + others;
        // The smaller of both, without bits that no integer has.
        (uint256 paid, uint256 nominal) = (Pools.without(all, own, loss), Pools.valueOf(own, before));
        if (paid > nominal) paid = nominal;
        assert(Pools.valueOf(all, loss) - paid >= Pools.valueOf(others, loss));
    }

    /// As `StakeBook.settle` reckons what moved: it is never left with more than came.
    function check_what_moved_only_loses(uint112 bound, uint64 before, uint64 loss) external pure {
        vm.assume(before <= loss && loss <= Pools.ONE && before < Pools.ONE);
        assert(uint256(bound) * (Pools.ONE - loss) / (Pools.ONE - before) <= bound);
    }
}
