// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {ILeases} from "../src/interfaces/ILeases.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Every end: who called for it, why, and where the money went.
contract LeasesEndTest is LeasesWorld {
    function test_end_refuses_other_terms() public {
        uint256 lease = running();
        ILeases.Terms memory terms = termsOf[lease];
        terms.requester = CAROL;
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        vm.prank(CAROL);
        LEASES.end(lease, terms, WHY);
    }

    function test_end_refuses_whoever_is_no_party() public {
        uint256 lease = offered();
        bytes memory refusal = abi.encodeWithSelector(ILeases.NotParty.selector, lease, CAROL);
        vm.expectRevert(refusal);
        end(CAROL, lease);
        take(bonded(BOB), lease);
        vm.expectRevert(refusal);
        end(CAROL, lease);
        begin(BOB, lease);
        vm.warp(START + TERM);
        vm.expectRevert(refusal);
        end(CAROL, lease);
    }

    function test_end_refuses_what_has_ended() public {
        uint256 lease = running();
        end(ALICE, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Ended));
        end(ALICE, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Ended));
        end(BOB, lease);
    }

    function test_end_by_the_requester_before_anybody_took_it_gives_all_back() public {
        uint256 lease = offered();
        _expectEnd(lease, address(0), ILeases.Reason.CancelledByRequester, ALICE, 0, 0, DEPOSIT);
        end(ALICE, lease);
        _check(lease, ILeases.Reason.CancelledByRequester, 0, DEPOSIT, 0);
        eq(LEASES.leaseOf(lease).exhaustsAt, 0, "never began");
    }

    function test_an_end_that_pays_nobody_takes_no_fee() public {
        uint256 lease = offered();
        vm.recordLogs();
        end(ALICE, lease);
        // That it ended, and that its requester has a credit.
        eq(vm.getRecordedLogs().length, 2, "events");
    }

    function test_end_by_the_requester_before_it_began_sets_the_bond_free() public {
        uint256 lease = taken();
        vm.warp(START + BEGIN_SECONDS);
        _expectEnd(lease, BOB, ILeases.Reason.EndedByRequester, ALICE, 0, 0, DEPOSIT);
        vm.expectEmit();
        emit IEdgeStaking.Unlocked(BOB, 1, lease, address(LEASES), BOND);
        end(ALICE, lease);
        _check(lease, ILeases.Reason.EndedByRequester, 0, DEPOSIT, 0);
        eq(LEASES.leaseOf(lease).exhaustsAt, 0, "never began");
        eq(LEASES.recordOf(BOB).settled, 0, "no deal");
    }

    /// Even before the worker served what it committed itself to: the commitment is the worker's.
    function test_end_by_the_requester_pays_to_the_second() public {
        uint256 lease = running();
        vm.warp(START + 100);
        collect(BOB, lease);
        vm.warp(START + 250);
        uint256 amount = 150 * uint256(RATE);
        _expectEnd(lease, BOB, ILeases.Reason.EndedByRequester, ALICE, 250, net(amount), DEPOSIT - 250 * uint256(RATE));
        end(ALICE, lease);
        _check(lease, ILeases.Reason.EndedByRequester, net(amount), DEPOSIT - 250 * uint256(RATE), 0);
        eq(LEASES.leaseOf(lease).exhaustsAt, START + 250, "when it ended");
        eq(LEASES.recordOf(BOB).settled, 1, "a deal");
        eq(LEASES.recordOf(BOB).fees, 250 * uint256(RATE) / 20, "fees");
    }

    function test_end_by_the_worker_after_what_it_committed_itself_to_sets_its_bond_free() public {
        uint256 lease = running();
        vm.warp(START + SERVE_SECONDS);
        uint256 amount = SERVE_SECONDS * uint256(RATE);
        _expectEnd(lease, BOB, ILeases.Reason.EndedByWorker, BOB, SERVE_SECONDS, net(amount), DEPOSIT - amount);
        end(BOB, lease);
        _check(lease, ILeases.Reason.EndedByWorker, net(amount), DEPOSIT - amount, 0);
        eq(LEASES.recordOf(BOB).settled, 1, "a deal");
        eq(LEASES.recordOf(BOB).failed, 0, "none failed");
    }

    function test_end_by_the_worker_before_that_costs_its_bond_and_not_what_it_earned() public {
        uint256 lease = running();
        vm.warp(START + SERVE_SECONDS - 1);
        uint256 amount = (SERVE_SECONDS - 1) * uint256(RATE);
        ILeases.Reason reason = ILeases.Reason.LeftEarly;
        _expectEnd(lease, BOB, reason, BOB, SERVE_SECONDS - 1, net(amount), DEPOSIT - amount);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, lease, address(LEASES), BOND, uint8(reason));
        end(BOB, lease);
        _check(lease, reason, net(amount), DEPOSIT - amount, BOND);
        eq(LEASES.recordOf(BOB).settled, 0, "no deal");
        eq(LEASES.recordOf(BOB).failed, 1, "one failed");
    }

    function test_end_by_the_worker_before_it_began_costs_its_bond() public {
        uint256 lease = taken();
        vm.warp(START + BEGIN_SECONDS);
        _expectEnd(lease, BOB, ILeases.Reason.LeftEarly, BOB, 0, 0, DEPOSIT);
        end(BOB, lease);
        _check(lease, ILeases.Reason.LeftEarly, 0, DEPOSIT, BOND);
    }

    /// No party has an end of its own making where the clock has one.
    function test_end_after_the_clock_says_what_the_clock_says() public {
        uint256 untaken = offered();
        uint256 silent = taken();
        uint256 exhausted = offered();
        take(BOB, exhausted);
        begin(BOB, exhausted);
        vm.warp(START + TERM);
        end(ALICE, untaken);
        end(ALICE, silent);
        _expectEnd(exhausted, BOB, ILeases.Reason.Exhausted, ALICE, TERM, net(DEPOSIT), 0);
        end(ALICE, exhausted);
        eq(uint256(LEASES.leaseOf(untaken).reason), uint256(ILeases.Reason.NotTaken), "untaken");
        eq(uint256(LEASES.leaseOf(silent).reason), uint256(ILeases.Reason.NotBegun), "silent");
        eq(EDGE_STAKING.totalSlashed(), BOND, "of who was not there");
        eq(LEASES.recordOf(BOB).failed, 1, "failed");
    }

    function test_close_refuses_other_terms() public {
        uint256 lease = running();
        vm.warp(START + TERM);
        ILeases.Deal[] memory deal = deals(lease);
        deal[0].terms.beginSeconds = 1;
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        LEASES.close(deal);
    }

    function test_close_refuses_what_no_clock_has_ended() public {
        uint256 lease = offered();
        bytes memory refusal = abi.encodeWithSelector(ILeases.StillOpen.selector, lease);
        vm.warp(START + TAKE_SECONDS);
        vm.expectRevert(refusal);
        close(lease);
        take(bonded(BOB), lease);
        vm.warp(START + TAKE_SECONDS + BEGIN_SECONDS);
        vm.expectRevert(refusal);
        close(lease);
        begin(BOB, lease);
        vm.warp(START + TAKE_SECONDS + BEGIN_SECONDS + TERM - 1);
        vm.expectRevert(refusal);
        close(lease);
        vm.warp(START + TAKE_SECONDS + BEGIN_SECONDS + TERM);
        close(lease);
    }

    function test_close_gives_back_what_nobody_took() public {
        uint256 lease = offered();
        vm.warp(START + TAKE_SECONDS + 1);
        _expectEnd(lease, address(0), ILeases.Reason.NotTaken, address(this), 0, 0, DEPOSIT);
        close(lease);
        _check(lease, ILeases.Reason.NotTaken, 0, DEPOSIT, 0);
    }

    function test_close_of_what_was_not_begun_costs_the_bond_and_gives_all_back() public {
        uint256 lease = taken();
        vm.warp(START + BEGIN_SECONDS + 1);
        ILeases.Reason reason = ILeases.Reason.NotBegun;
        _expectEnd(lease, BOB, reason, address(this), 0, 0, DEPOSIT);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, lease, address(LEASES), BOND, uint8(reason));
        close(lease);
        _check(lease, reason, 0, DEPOSIT, BOND);
        eq(LEASES.recordOf(BOB).failed, 1, "one failed");
        eq(LEASES.recordOf(BOB).settled, 0, "no deal");
    }

    function test_close_pays_the_worker_of_an_exhausted_lease_in_full() public {
        uint256 lease = running();
        vm.warp(START + 100);
        collect(BOB, lease);
        vm.warp(START + TERM + 1 days);
        uint256 amount = DEPOSIT - 100 * uint256(RATE);
        _expectEnd(lease, BOB, ILeases.Reason.Exhausted, address(this), TERM, net(amount), 0);
        close(lease);
        _check(lease, ILeases.Reason.Exhausted, net(amount), 0, 0);
        eq(LEASES.leaseOf(lease).exhaustsAt, START + TERM, "when it was");
        eq(LEASES.recordOf(BOB).settled, 1, "a deal");
    }

    function test_close_counts_a_deal_of_which_all_was_collected() public {
        uint256 lease = running();
        vm.warp(START + TERM);
        collect(BOB, lease);
        eq(LEASES.recordOf(BOB).settled, 0, "not yet");
        close(lease);
        eq(LEASES.recordOf(BOB).settled, 1, "a deal");
        eq(LEASES.creditOf(BOB), 0, "nothing more");
        eq(LEASES.recordOf(BOB).fees, DEPOSIT / 20, "fees");
    }

    function test_close_ends_many_and_passes_over_what_has_ended() public {
        uint256 first = running();
        uint256 second = offered();
        vm.warp(START + TERM);
        close(first);
        LEASES.close(deals(first, second));
        holds(LEASES.leaseOf(second).reason == ILeases.Reason.NotTaken, "the other is closed");
        eq(LEASES.creditOf(BOB), net(DEPOSIT), "paid once");
        LEASES.close(deals(second, second));
        eq(LEASES.creditOf(ALICE), DEPOSIT, "refunded once");
    }

    function test_close_ends_a_lease_once_that_is_named_twice() public {
        uint256 lease = running();
        uint256 other = offered();
        vm.warp(START + TERM);
        LEASES.close(deals(lease, lease));
        eq(LEASES.creditOf(BOB), net(DEPOSIT), "paid once");
        eq(LEASES.escrowed(), DEPOSIT, "escrow of others");
        eq(uint256(LEASES.leaseOf(other).phase), uint256(ILeases.Phase.Offered), "open");
    }

    function test_credits_are_withdrawn_and_fees_passed_on() public {
        uint256 lease = running();
        vm.warp(START + 2000);
        end(ALICE, lease);
        uint256 before = ALICE.balance;
        vm.prank(ALICE);
        LEASES.withdraw();
        eq(ALICE.balance - before, DEPOSIT - 2000 * uint256(RATE), "refunded");
        uint256 fee = 2000 * uint256(RATE) / 20;
        vm.expectEmit();
        emit ITill.FeesPassedOn(fee / 4, fee - fee / 4);
        LEASES.passOn();
        eq(Predeploys.BURN.balance, fee / 4, "burned");
        eq(Predeploys.EDGE_REWARDS.balance, fee - fee / 4, "for edge nodes");
        eq(address(LEASES).balance, LEASES.creditOf(BOB), "the worker's is left");
    }

    function _expectEnd(
        uint256 lease,
        address worker,
        ILeases.Reason reason,
        address by,
        uint256 served,
        uint256 paid,
        uint256 refunded
    ) private {
        bytes32 evidence = by == address(this) ? bytes32(0) : WHY;
        vm.expectEmit();
        emit ILeases.LeaseEnded(lease, ALICE, worker, reason, by, served, paid, refunded, evidence);
    }

    /// What holds after every end of a lease beside which there is no other.
    function _check(uint256 lease, ILeases.Reason reason, uint256 paid, uint256 refunded, uint256 slashed)
        private
        view
    {
        ILeases.Lease memory its = LEASES.leaseOf(lease);
        holds(its.phase == ILeases.Phase.Ended, "ended");
        eq(uint256(its.reason), uint256(reason), "reason");
        eq(LEASES.creditOf(its.worker), paid, "paid");
        eq(LEASES.creditOf(ALICE), refunded, "refunded");
        eq(LEASES.escrowed(), 0, "escrow");
        eq(LEASES.owedFor(lease, termsOf[lease]), 0, "owed");
        eq(lockedOf(its.worker), 0, "locked");
        eq(EDGE_STAKING.totalSlashed(), slashed, "slashed");
        eq(Predeploys.BURN.balance, slashed, "burned");
    }
}
