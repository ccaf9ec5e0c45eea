// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {EdgeStaking} from "../src/staking/EdgeStaking.sol";
import {ILeases} from "../src/interfaces/ILeases.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {Leases} from "../src/market/Leases.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Tenants} from "./mocks/Tenants.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whoever leases what to whom: sums over all leases and all members, against books kept beside them.
contract LeasesSumsTest {
    EdgeRewards private constant EDGE_REWARDS = EdgeRewards(Predeploys.EDGE_REWARDS);
    EdgeStaking private constant EDGE_STAKING = EdgeStaking(Predeploys.EDGE_STAKING);
    Leases private constant LEASES = Leases(Predeploys.LEASES);

    uint256 private constant FUNDS = 1_000_000e18;
    /// @dev What all slashes round up to the disadvantage of stake, wei.
    uint256 private constant DUST = 1e9;

    Tenants private _tenants;
    uint256 private _members;

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function setUp() public {
        _tenants = new Tenants();
        _tenants.setUp();
        _members = _tenants.SIZE();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_tenants);
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[20] memory verbs = [
            Tenants.offer.selector,
            Tenants.offer.selector,
            Tenants.take.selector,
            Tenants.take.selector,
            Tenants.begin.selector,
            Tenants.begin.selector,
            Tenants.extend.selector,
            Tenants.extend.selector,
            Tenants.collect.selector,
            Tenants.collect.selector,
            Tenants.end.selector,
            Tenants.close.selector,
            Tenants.close.selector,
            Tenants.withdraw.selector,
            Tenants.passOn.selector,
            Tenants.bond.selector,
            Tenants.unstake.selector,
            Tenants.vote.selector,
            Tenants.wait.selector,
            Tenants.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_tenants), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_nothing_succeeds_that_is_not_allowed() public view {
        eq(_tenants.slipped(), 0, "slipped");
    }

    function invariant_escrow_is_what_open_leases_are_paid_for_and_have_not_paid() public view {
        uint256 sum;
        for (uint256 lease = 1; lease <= LEASES.leaseCount(); ++lease) {
            ILeases.Lease memory its = LEASES.leaseOf(lease);
            ILeases.Terms memory terms = _tenants.terms(lease);
            if (its.phase == ILeases.Phase.Ended) continue;
            bool runs = its.phase == ILeases.Phase.Running;
            uint256 term = runs ? its.exhaustsAt - its.since - its.collected : terms.firstTerm;
            sum += term * terms.rate;
        }
        eq(LEASES.escrowed(), sum, "escrow");
    }

    function invariant_the_balance_is_escrow_credits_and_dues() public view {
        (uint256 unburned, uint256 unshared) = LEASES.dues();
        eq(address(LEASES).balance, LEASES.escrowed() + LEASES.credited() + unburned + unshared, "balance");
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _members; ++i) {
            sum += LEASES.creditOf(_tenants.member(i));
        }
        eq(LEASES.credited(), sum, "credits");
    }

    function invariant_locked_stake_is_the_sum_of_bonds_of_leases_that_are_taken_or_run() public view {
        uint256 locked;
        for (uint256 i = 0; i < _members; ++i) {
            locked += EDGE_STAKING.standingOf(_tenants.member(i)).locked;
        }
        uint256 bonds;
        for (uint256 lease = 1; lease <= LEASES.leaseCount(); ++lease) {
            ILeases.Phase phase = LEASES.leaseOf(lease).phase;
            bool bound = phase == ILeases.Phase.Taken || phase == ILeases.Phase.Running;
            if (bound) bonds += _tenants.terms(lease).bond;
        }
        eq(locked, bonds, "locked");
    }

    /// Paid are seconds that passed between the beginning and exhaustion, and what was not is there or was given back.
    function invariant_all_that_was_paid_in_is_somewhere_and_only_seconds_were_paid() public view {
        uint256 served;
        uint256 most;
        for (uint256 lease = 1; lease <= LEASES.leaseCount(); ++lease) {
            Tenants.Book memory book = _tenants.bookOf(lease);
            if (book.begunAt == 0) continue;
            uint256 until = book.phase == ILeases.Phase.Ended ? book.endedAt : block.timestamp;
            if (until > book.exhaustsAt) until = book.exhaustsAt;
            most += (until - book.begunAt) * _tenants.terms(lease).rate;
            served += _collected(lease) * _tenants.terms(lease).rate;
        }
        holds(served <= most, "no second is paid that was not served");
        uint256 entitled;
        uint256 fees;
        for (uint256 i = 0; i < _members; ++i) {
            entitled += _tenants.entitled(_tenants.member(i));
            fees += LEASES.recordOf(_tenants.member(i)).fees;
        }
        eq(entitled + fees + LEASES.escrowed(), _tenants.deposited(), "paid, given back, fees and escrow");
    }

    function invariant_every_member_has_what_it_is_entitled_to_to_the_wei() public view {
        for (uint256 i = 0; i < _members; ++i) {
            address member = _tenants.member(i);
            uint256 has = member.balance + LEASES.creditOf(member) + _tenants.spent(member);
            eq(has, FUNDS + _tenants.entitled(member), "has");
            ITill.Record memory its = LEASES.recordOf(member);
            ITill.Record memory book = _tenants.recordOf(member);
            eq(its.fees, book.fees, "fees");
            eq(its.settled, book.settled, "settled");
            eq(its.failed, book.failed, "failed");
        }
    }

    function invariant_exhaustion_is_where_it_was_announced_and_no_further_than_a_term() public view {
        for (uint256 lease = 1; lease <= LEASES.leaseCount(); ++lease) {
            ILeases.Lease memory its = LEASES.leaseOf(lease);
            Tenants.Book memory book = _tenants.bookOf(lease);
            holds(its.phase == book.phase && its.reason == book.reason, "phase and reason");
            eq(its.worker, book.worker, "worker");
            bool ended = its.phase == ILeases.Phase.Ended;
            holds(ended != (its.reason == ILeases.Reason.None), "a reason exactly when it has ended");
            eq(its.since, book.begunAt != 0 ? book.begunAt : book.takenAt, "since");
            uint256 exhaustsAt = ended && book.endedAt < book.exhaustsAt ? book.endedAt : book.exhaustsAt;
            eq(its.exhaustsAt, exhaustsAt, "exhausts");
            holds(its.exhaustsAt <= block.timestamp + LEASES.TERM_MAX(), "within a term");
            eq(_collected(lease), book.collected, "collected");
        }
    }

    function invariant_fees_are_dues_or_burned_or_with_edge_nodes_and_bonds_are_burned() public view {
        uint256 fees;
        uint256 noted;
        for (uint256 i = 0; i < _members; ++i) {
            fees += LEASES.recordOf(_tenants.member(i)).fees;
            noted += LEASES.recordOf(_tenants.member(i)).burned;
        }
        (uint256 unburned, uint256 unshared) = LEASES.dues();
        uint256 slashed = EDGE_STAKING.totalSlashed();
        eq(Predeploys.BURN.balance - slashed + unburned, _tenants.burned(), "burned");
        eq(address(EDGE_REWARDS).balance + unshared, fees - _tenants.burned(), "for edge nodes");
        uint256 bonds;
        for (uint256 lease = 1; lease <= LEASES.leaseCount(); ++lease) {
            ILeases.Reason reason = LEASES.leaseOf(lease).reason;
            bool failed = reason == ILeases.Reason.NotBegun || reason == ILeases.Reason.LeftEarly;
            if (failed) bonds += _tenants.terms(lease).bond;
        }
        holds(slashed <= bonds + DUST && slashed + DUST >= bonds, "bonds of failed leases");
        eq(noted, _tenants.burned(), "noted is what is burned");
    }

    function invariant_native_money_is_conserved() public view {
        uint256 sum = address(LEASES).balance + address(EDGE_STAKING).balance + Predeploys.BURN.balance;
        sum += address(EDGE_REWARDS).balance;
        for (uint256 i = 0; i < _members; ++i) {
            sum += _tenants.member(i).balance;
        }
        eq(sum, _members * FUNDS, "supply");
    }

    /// The invariants above say something only if the tenants get through every verb.
    function test_the_tenants_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 3000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 19, raw >> 16);
        }
        bytes32[21] memory verbs = [
            bytes32("offer"),
            "take",
            "begin",
            "extend",
            "collect",
            "collect many",
            "cancel",
            "end, by the requester",
            "end, by the worker",
            "leave early",
            "end, told by the clock",
            "close, not taken",
            "close, not begun",
            "close, exhausted",
            "close many",
            "withdraw",
            "pass on",
            "bond",
            "unstake",
            "vote",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_tenants.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
        holds(_tenants.refused() > 100, "and is refused what is not allowed");
    }

    /// @dev Seconds that a lease has paid for: all that it served where it has ended.
    function _collected(uint256 lease) private view returns (uint256) {
        ILeases.Lease memory its = LEASES.leaseOf(lease);
        if (its.phase != ILeases.Phase.Ended) return its.collected;
        return its.exhaustsAt == 0 ? 0 : its.exhaustsAt - its.since;
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb < 2) _tenants.offer(raw, raw >> 8, raw >> 16, raw >> 32, raw >> 128);
        else if (verb < 4) _tenants.take(raw, raw >> 16);
        else if (verb < 6) _tenants.begin(raw, raw >> 16);
        else if (verb == 6) _tenants.extend(raw, raw >> 16, raw >> 32);
        else if (verb < 9) _tenants.collect(raw, raw >> 16, raw >> 32 & 1 == 0);
        else if (verb == 9) _tenants.end(raw, raw >> 16);
        else if (verb == 10) _tenants.close(raw, raw >> 16);
        else if (verb == 11) _tenants.withdraw(raw);
        else if (verb == 12) _tenants.passOn(raw);
        else if (verb == 13) _tenants.bond(raw, raw >> 8);
        else if (verb == 14) _tenants.unstake(raw, raw >> 8);
        else if (verb == 15) _tenants.vote(raw);
        else if (verb == 16) _tenants.wait(raw >> 8, raw);
        else _tenants.close(raw, raw >> 16);
    }
}
