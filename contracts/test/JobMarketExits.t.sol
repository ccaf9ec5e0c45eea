// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev accept, cancel, expire, forfeit, withdraw: how jobs end without a verdict.
contract JobMarketExitsTest is MarketWorld {
    function test_every_exit_refuses_unknown_orders() public {
        termsOf[9] = termsFor(address(this), PRICE, request(1));
        vm.expectRevert(notTheTerms(9));
        MARKET.accept(9, termsOf[9], ids(9));
        vm.expectRevert(notTheTerms(9));
        MARKET.cancel(9, termsOf[9]);
        vm.expectRevert(notTheTerms(9));
        expires(9);
        vm.expectRevert(notTheTerms(9));
        forfeits(9);
    }

    function test_accept_refuses_anybody_but_the_requester() public {
        uint256 jobId = taken();
        address[2] memory others = [BOB, CAROL];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotRequester.selector, jobId, others[i]));
            accepts(others[i], jobId, ids(jobId));
        }
    }

    function test_accept_refuses_jobs_that_do_not_run() public {
        uint256 jobId = posted(ALICE, PRICE, request(2));
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Untaken));
        accepts(ALICE, jobId, ids(jobId));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, jobId + 2));
        accepts(ALICE, jobId, ids(jobId + 2));
        bonded(BOB, STAKE);
        takes(BOB, jobId, idsOf(jobId, 0, 2));
        uint256[] memory twice = idsOf(jobId, 0, 2);
        twice[1] = jobId;
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        accepts(ALICE, jobId, twice);
    }

    function test_accept_pays_the_worker_without_a_check() public {
        uint256 jobId = taken();
        // Whenever the requester likes: while it can be forfeited, too.
        vm.warp(START + WORK_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, jobId, BOB, IJobMarket.Phase.Settled, IJobMarket.Reason.AcceptedByRequester, PRICE - FEE, 0
        );
        vm.expectEmit();
        emit IEdgeStaking.Unlocked(BOB, 1, jobId, address(MARKET), PRICE);
        vm.expectEmit();
        emit ICredits.Credited(BOB, PRICE - FEE);
        accepts(ALICE, jobId, ids(jobId));
        eq(MARKET.creditOf(BOB), PRICE - FEE, "credit");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(runningOf(jobId), 0, "running");
        eq(EDGE_STAKING.standingOf(BOB).free, STAKE, "free");
        eq(MARKET.recordOf(BOB).settled, 1, "on record");
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        forfeits(jobId);
    }

    function test_cancel_refuses_anybody_else() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotRequester.selector, jobId, BOB));
        cancels(BOB, jobId);
    }

    function test_cancel_refuses_a_taken_job() public {
        uint256 jobId = taken();
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, jobId));
        cancels(ALICE, jobId);
    }

    function test_cancel_refunds_once() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobsReturned(
            jobId, ALICE, IJobMarket.Phase.Cancelled, IJobMarket.Reason.CancelledByRequester, 1, PRICE
        );
        cancels(ALICE, jobId);
        eq(ALICE.balance, FUNDS, "refunded");
        eq(MARKET.escrowed(), 0, "escrow");
        bytes memory nothing = abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, jobId);
        vm.expectRevert(nothing);
        cancels(ALICE, jobId);
        vm.expectRevert(nothing);
        expires(jobId);
    }

    function test_expire_refuses_at_the_deadline() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, jobId, START + TAKE_SECONDS));
        expires(jobId);
    }

    function test_expire_refuses_what_was_taken() public {
        uint256 jobId = taken();
        vm.warp(START + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, jobId));
        expires(jobId);
    }

    function test_expire_credits_the_requester_once() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobsReturned(jobId, ALICE, IJobMarket.Phase.Expired, IJobMarket.Reason.NotTaken, 1, PRICE);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, PRICE);
        expires(jobId);
        eq(MARKET.creditOf(ALICE), PRICE, "credit");
        eq(MARKET.credited(), PRICE, "credits");
        eq(MARKET.escrowed(), 0, "escrow");
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, jobId));
        expires(jobId);
    }

    function test_forfeit_refuses_at_the_deadline() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, jobId, START + WORK_SECONDS));
        forfeits(jobId);
    }

    function test_forfeit_refuses_jobs_that_do_not_run() public {
        uint256 jobId = posted(ALICE, PRICE, request(2));
        vm.warp(START + TAKE_SECONDS);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Untaken));
        forfeits(jobId);
        bonded(BOB, STAKE);
        takes(BOB, jobId);
        settles(BOB, jobId);
        vm.warp(START + 30 days);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        forfeits(jobId);
    }

    function test_forfeit_refuses_other_inputs_and_jobs_of_other_orders() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS + 1);
        IJobMarket.Ticket memory ticket = ticketOf(jobId, jobId);
        ticket.inputHash = "another";
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotAnInput.selector, jobId, bytes32("another")));
        MARKET.forfeit(jobId, termsOf[jobId], tickets(ticket));
        ticket.jobId = jobId + 1;
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, jobId + 1));
        MARKET.forfeit(jobId, termsOf[jobId], tickets(ticket));
    }

    function test_forfeit_slashes_a_silent_worker_once() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobClosed(jobId, jobId, BOB, IJobMarket.Phase.Expired, IJobMarket.Reason.NotSubmitted, 0, 0);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, PRICE);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, jobId, address(MARKET), PRICE, uint8(IJobMarket.Reason.NotSubmitted));
        vm.prank(CAROL);
        MARKET.forfeit(jobId, termsOf[jobId], tickets(ticketOf(jobId, jobId)));
        eq(MARKET.creditOf(ALICE), PRICE, "credit");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "locked");
        eq(EDGE_STAKING.totalSlashed(), PRICE, "slashed");
        eq(MARKET.recordOf(BOB).failed, 1, "on record");
        eq(runningOf(jobId), 0, "running");
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Expired));
        forfeits(jobId);
    }

    function test_withdraw_refuses_without_credit() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        vm.prank(ALICE);
        MARKET.withdraw();
    }

    function test_withdraw_pays_all_credit_once() public {
        uint256 first = posted(ALICE, PRICE);
        uint256 second = posted(ALICE, 2 * PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(first);
        expires(second);
        vm.expectEmit();
        emit ICredits.Withdrawn(ALICE, 3 * PRICE);
        vm.prank(ALICE);
        MARKET.withdraw();
        eq(ALICE.balance, FUNDS, "whole again");
        eq(MARKET.credited(), 0, "credits");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        vm.prank(ALICE);
        MARKET.withdraw();
    }
}
