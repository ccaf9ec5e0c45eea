// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ILeases} from "../src/interfaces/ILeases.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev begin, collect, extend: while a machine serves.
contract LeasesRunTest is LeasesWorld {
    function test_begin_refuses_what_is_not_taken() public {
        uint256 lease = offered();
        bonded(BOB);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Offered));
        begin(BOB, lease);
        take(BOB, lease);
        begin(BOB, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Running));
        begin(BOB, lease);
        end(BOB, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Ended));
        begin(BOB, lease);
    }

    function test_begin_refuses_other_terms_and_other_callers() public {
        uint256 lease = taken();
        ILeases.Terms memory terms = termsOf[lease];
        ++terms.firstTerm;
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        vm.prank(BOB);
        LEASES.begin(lease, terms, ENDPOINT);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotWorker.selector, lease, ALICE));
        begin(ALICE, lease);
    }

    function test_begin_refuses_after_its_time_but_not_at_it() public {
        uint256 lease = offered();
        bonded(BOB);
        vm.warp(START + 100);
        take(BOB, lease);
        vm.warp(START + 100 + BEGIN_SECONDS + 1);
        vm.expectRevert(tooLate(lease, START + 100 + BEGIN_SECONDS));
        begin(BOB, lease);
        vm.warp(START + 100 + BEGIN_SECONDS);
        begin(BOB, lease);
    }

    function test_begin_starts_the_clock_and_says_when_it_ends() public {
        uint256 lease = taken();
        vm.warp(START + 30);
        vm.expectEmit();
        emit ILeases.LeaseBegun(lease, BOB, START + 30 + TERM, ENDPOINT);
        begin(BOB, lease);
        ILeases.Lease memory its = LEASES.leaseOf(lease);
        eq(its.since, START + 30, "since");
        eq(its.exhaustsAt, START + 30 + TERM, "exhausts");
        holds(its.phase == ILeases.Phase.Running, "running");
        eq(LEASES.owedFor(lease, termsOf[lease]), 0, "owed");
        vm.warp(START + 31);
        eq(LEASES.owedFor(lease, termsOf[lease]), RATE, "a second");
    }

    function test_collect_refuses_who_is_not_the_worker() public {
        uint256 lease = running();
        vm.warp(START + 100);
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotWorker.selector, lease, ALICE));
        collect(ALICE, lease);
        uint256 other = offered();
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotWorker.selector, other, BOB));
        collect(BOB, other);
    }

    function test_collect_refuses_other_terms() public {
        uint256 lease = running();
        vm.warp(START + 100);
        ILeases.Deal[] memory dear = deals(lease);
        dear[0].terms.rate *= 2;
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        vm.prank(BOB);
        LEASES.collect(dear);
    }

    function test_collect_refuses_where_nothing_was_earned() public {
        uint256 lease = taken();
        bytes memory refusal = abi.encodeWithSelector(ILeases.NothingToCollect.selector, BOB);
        vm.expectRevert(refusal);
        collect(BOB, lease);
        begin(BOB, lease);
        vm.expectRevert(refusal);
        collect(BOB, lease);
        vm.warp(START + 1);
        collect(BOB, lease);
        vm.expectRevert(refusal);
        collect(BOB, lease);
        end(ALICE, lease);
        vm.expectRevert(refusal);
        collect(BOB, lease);
        vm.expectRevert(refusal);
        vm.prank(BOB);
        LEASES.collect(new ILeases.Deal[](0));
    }

    function test_collect_pays_what_was_earned_less_the_fee() public {
        uint256 lease = running();
        uint256 before = BOB.balance;
        vm.warp(START + 100);
        uint256 amount = 100 * uint256(RATE);
        eq(LEASES.owedFor(lease, termsOf[lease]), amount, "owed");
        vm.expectEmit();
        emit ILeases.LeaseCollected(lease, BOB, 100, net(amount));
        eq(collect(BOB, lease), net(amount), "paid");
        eq(BOB.balance - before, net(amount), "received");
        eq(LEASES.leaseOf(lease).collected, 100, "seconds");
        eq(LEASES.escrowed(), DEPOSIT - amount, "escrow");
        ITill.Record memory record = LEASES.recordOf(BOB);
        eq(record.fees, amount / 20, "fees");
        eq(record.settled, 0, "counted when it ends");
        (uint256 unburned, uint256 unshared) = LEASES.dues();
        eq(unburned, amount / 80, "burned");
        eq(unshared, amount / 20 - amount / 80, "shared");
        eq(record.burned, amount / 80, "what rewards take note of");
    }

    function test_collect_pays_many_leases_at_once_and_passes_over_what_has_ended() public {
        (uint256 first, uint256 second) = (running(), offered());
        vm.warp(START + 10);
        take(BOB, second);
        begin(BOB, second);
        vm.warp(START + 110);
        uint256 before = BOB.balance;
        vm.prank(BOB);
        uint256 paid = LEASES.collect(deals(first, second));
        eq(paid, net(210 * uint256(RATE)), "paid");
        vm.warp(START + 210);
        end(ALICE, first);
        vm.prank(BOB);
        eq(LEASES.collect(deals(first, second)), net(100 * uint256(RATE)), "of the other");
        eq(BOB.balance - before, net(310 * uint256(RATE)), "received");
        eq(LEASES.creditOf(BOB), net(100 * uint256(RATE)), "credited by the end");
    }

    function test_collect_counts_a_lease_once_that_is_named_twice() public {
        uint256 lease = running();
        vm.warp(START + 100);
        vm.recordLogs();
        vm.prank(BOB);
        eq(LEASES.collect(deals(lease, lease)), net(100 * uint256(RATE)), "paid");
        eq(vm.getRecordedLogs().length, 1, "what was collected, once");
    }

    function test_extend_refuses_what_does_not_run() public {
        uint256 lease = offered();
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Offered));
        extend(ALICE, lease, 1);
        take(bonded(BOB), lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Taken));
        extend(ALICE, lease, 1);
        begin(BOB, lease);
        end(ALICE, lease);
        vm.expectRevert(wrongPhase(lease, ILeases.Phase.Ended));
        extend(ALICE, lease, 1);
    }

    function test_extend_refuses_other_terms() public {
        uint256 lease = running();
        ILeases.Terms memory cheap = termsOf[lease];
        cheap.rate = 1e9;
        vm.expectRevert(abi.encodeWithSelector(ILeases.NotTheTerms.selector, lease));
        LEASES.extend{value: 1e9}(lease, cheap);
    }

    function test_extend_refuses_more_than_a_term_from_now_on() public {
        uint256 lease = running();
        vm.warp(START + 100);
        uint256 room = 7 days + 100 - TERM;
        vm.expectRevert(period(room + 1, room));
        extend(ALICE, lease, room + 1);
        vm.expectRevert(period(0, room));
        extend(ALICE, lease, 0);
        extend(ALICE, lease, room);
        eq(LEASES.leaseOf(lease).exhaustsAt, block.timestamp + LEASES.TERM_MAX(), "a term from now on");
        vm.expectRevert(period(1, 0));
        extend(ALICE, lease, 1);
        vm.warp(START + 101);
        extend(ALICE, lease, 1);
    }

    function test_extend_moves_exhaustion_by_what_was_paid_for() public {
        uint256 lease = running();
        vm.warp(START + 100);
        collect(BOB, lease);
        vm.expectEmit();
        emit ILeases.LeaseExtended(lease, CAROL, 500, START + TERM + 500);
        extend(CAROL, lease, 500);
        eq(LEASES.leaseOf(lease).exhaustsAt, START + TERM + 500, "exhausts");
        eq(LEASES.leaseOf(lease).since, START, "began when it did");
        eq(LEASES.escrowed(), (TERM + 400) * uint256(RATE), "escrow");
        eq(LEASES.owedFor(lease, termsOf[lease]), 0, "owed");
        vm.warp(START + TERM + 600);
        eq(LEASES.owedFor(lease, termsOf[lease]), (TERM + 400) * uint256(RATE), "owed to the end");
    }

    /// After each step of time somebody may extend, and the worker may collect.
    function testFuzz_accrual_is_exact_for_any_rate_time_and_extensions(
        uint96 rate,
        uint256 term,
        uint256[8] memory steps,
        bool byWorker
    ) public {
        ILeases.Offer memory wanted = offer();
        wanted.rate = uint96(within(rate, 1e9, 1e18));
        wanted.serveSeconds = 0;
        term = within(term, 1, 7 days);
        vm.deal(ALICE, 100_000_000e18);
        uint256 lease = offered(ALICE, wanted, term * wanted.rate);
        take(bonded(BOB), lease);
        begin(BOB, lease);
        uint256 paid;
        for (uint256 i = 0; i < steps.length; ++i) {
            vm.warp(block.timestamp + steps[i] % 3 days);
            if (block.timestamp >= START + term) break;
            uint256 room = block.timestamp + 7 days - START - term;
            uint256 more = (steps[i] >> 32) % (room + 1);
            if (steps[i] >> 250 & 1 == 1 && more != 0) {
                extend(ALICE, lease, more);
                term += more;
            }
            if (steps[i] >> 251 & 1 == 1 && LEASES.owedFor(lease, termsOf[lease]) != 0) paid += collect(BOB, lease);
        }
        uint256 served = block.timestamp - START < term ? block.timestamp - START : term;
        eq(LEASES.escrowed(), (term - LEASES.leaseOf(lease).collected) * wanted.rate, "escrow");
        end(byWorker ? BOB : ALICE, lease);
        uint256 fees = LEASES.recordOf(BOB).fees;
        uint256 earned = paid + LEASES.creditOf(BOB);
        eq(earned + fees, served * wanted.rate, "every second once");
        eq(LEASES.creditOf(ALICE), (term - served) * wanted.rate, "the rest");
        eq(earned + fees + LEASES.creditOf(ALICE), term * wanted.rate, "all of it");
        holds(fees * 20 <= served * wanted.rate && (fees + 9) * 20 > served * wanted.rate, "a twentieth");
        eq(LEASES.escrowed(), 0, "nothing is left over");
        eq(address(LEASES).balance, LEASES.credited() + fees, "balance");
    }
}
