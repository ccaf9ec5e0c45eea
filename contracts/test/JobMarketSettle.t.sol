// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IInference} from "../src/interfaces/IInference.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev One inference, which the chain runs again.
contract JobMarketSettleTest is MarketWorld {
    function test_settle_refuses_unknown_orders_and_jobs_that_nobody_took() public {
        termsOf[1] = termsFor(ALICE, PRICE, request(1));
        vm.expectRevert(notTheTerms(1));
        settles(BOB, 1);
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Untaken));
        settles(BOB, jobId);
    }

    function test_settle_refuses_anybody_but_the_worker() public {
        uint256 jobId = taken();
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, jobId, CAROL));
        settles(CAROL, jobId);
        // An answer alone is one, and so is an input alone: without either there is nothing to judge.
        IJobMarket.Result memory shown = IJobMarket.Result(ticketOf(jobId, jobId), "answer", "");
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, jobId, CAROL));
        settles(CAROL, jobId, results(shown));
        (shown.output, shown.proof) = ("", INPUT);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, jobId, CAROL));
        settles(CAROL, jobId, results(shown));
        shown.proof = "";
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotDecided.selector, jobId));
        settles(CAROL, jobId, results(shown));
    }

    function test_settle_refuses_after_the_deadline_but_not_at_it() public {
        uint256 jobId = taken();
        uint256 deadline = START + WORK_SECONDS;
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, jobId, deadline));
        settles(BOB, jobId);
        vm.warp(deadline);
        settles(BOB, jobId);
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Settled), "settled");
    }

    function test_settle_refuses_another_input() public {
        uint256 jobId = taken();
        bytes memory other = hex"ff02030405060708";
        IJobMarket.Result memory shown = IJobMarket.Result(ticketOf(jobId, jobId), answerTo(other), other);
        vm.expectRevert(abi.encodeWithSelector(IInference.InputMismatch.selector));
        settles(BOB, jobId, results(shown));
        shown.ticket.inputHash = keccak256(other);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotAnInput.selector, jobId, keccak256(other)));
        settles(BOB, jobId, results(shown));
    }

    function test_settle_slashes_a_wrong_answer_and_credits_the_requester() public {
        uint256 jobId = taken();
        bytes memory wrong = answerTo(INPUT);
        wrong[7] ^= 0x01;
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, jobId, BOB, IJobMarket.Phase.Rejected, IJobMarket.Reason.WrongAnswer, 0, keccak256(wrong)
        );
        vm.expectEmit();
        emit ICredits.Credited(ALICE, PRICE);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, jobId, address(MARKET), PRICE, uint8(IJobMarket.Reason.WrongAnswer));
        settles(BOB, jobId, wrong);
        eq(MARKET.creditOf(ALICE), PRICE, "credit");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "locked");
        eq(EDGE_STAKING.standingOf(BOB).free, STAKE - PRICE, "free");
        eq(Predeploys.BURN.balance, PRICE, "burned");
        eq(BOB.balance, FUNDS - STAKE, "not paid");
        eq(MARKET.recordOf(BOB).failed, 1, "failed");
        eq(runningOf(jobId), 0, "running");
    }

    function test_settle_treats_every_other_length_as_wrong() public {
        uint256 jobId = taken();
        settles(BOB, jobId, bytes.concat(answerTo(INPUT), hex"00"));
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Rejected), "longer");
        jobId = posted(ALICE, PRICE);
        // A wei more, which shares of a slashed node round away.
        bonded(BOB, PRICE + 1);
        takes(BOB, jobId);
        settles(BOB, jobId, "");
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Rejected), "empty");
    }

    function test_settle_pays_the_right_answer_at_once_and_once() public {
        uint256 jobId = taken();
        bytes memory answer = answerTo(INPUT);
        vm.expectEmit();
        emit IJobMarket.JobAnswered(jobId, answer);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, jobId, BOB, IJobMarket.Phase.Settled, IJobMarket.Reason.CorrectAnswer, PRICE - FEE, keccak256(answer)
        );
        vm.expectEmit();
        emit IEdgeStaking.Unlocked(BOB, 1, jobId, address(MARKET), PRICE);
        settles(BOB, jobId);
        eq(BOB.balance, FUNDS - STAKE + PRICE - FEE, "paid");
        eq(EDGE_STAKING.standingOf(BOB).free, STAKE, "bond is free again");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(address(MARKET).balance, FEE, "the fee waits");
        eq(MARKET.recordOf(BOB).fees, FEE, "and is on record");
        eq(MARKET.recordOf(BOB).settled, 1, "settled");
        eq(runningOf(jobId), 0, "running");
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        settles(BOB, jobId);
    }

    function test_settle_of_nothing_does_nothing() public {
        uint256 jobId = taken();
        vm.recordLogs();
        settles(BOB, jobId, new IJobMarket.Result[](0));
        eq(vm.getRecordedLogs().length, 0, "events");
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Taken), "phase");
    }

    function testFuzz_settle_pays_the_right_answer_only(bytes8 input, bytes8 answer, bool right) public {
        bytes memory given = abi.encodePacked(input);
        bytes memory expected = answerTo(given);
        bytes memory submitted = right ? expected : abi.encodePacked(answer);
        IJobMarket.Request memory asked = request(1);
        asked.inputRoot = keccak256(given);
        termsOf[1] = termsFor(ALICE, PRICE, asked);
        vm.prank(ALICE);
        orderWith[1] = MARKET.post{value: PRICE}(asked, given);
        bonded(BOB, STAKE);
        takes(BOB, 1);
        IJobMarket.Ticket memory ticket = IJobMarket.Ticket(1, keccak256(given), new bytes32[](0));
        settles(BOB, 1, results(IJobMarket.Result(ticket, submitted, given)));
        bool equal = keccak256(submitted) == keccak256(expected);
        eq(phaseOf(1), uint256(equal ? IJobMarket.Phase.Settled : IJobMarket.Phase.Rejected), "phase");
        eq(BOB.balance, FUNDS - STAKE + (equal ? PRICE - FEE : 0), "worker");
        eq(MARKET.creditOf(ALICE), equal ? 0 : PRICE, "requester");
    }

    /// Whatever is changed of them, a job's terms are those that it was posted under.
    function testFuzz_terms_with_one_field_changed_are_none(uint256 field, uint256 by) public {
        uint256 jobId = taken();
        bytes memory right = abi.encode(termsOf[jobId]);
        uint256[14] memory bits = [uint256(160), 16, 16, 32, 32, 40, 40, 96, 96, 160, 160, 256, 256, 256];
        eq(right.length, 14 * 32, "fields");
        field %= 14;
        uint256 mask = type(uint256).max >> (256 - bits[field]);
        by = by & mask == 0 ? 1 : by & mask;
        uint256 word;
        assembly ("memory-safe") {
            word := add(add(right, 0x20), mul(field, 0x20))
            mstore(word, xor(mload(word), by))
        }
        IJobMarket.Terms memory other = abi.decode(right, (IJobMarket.Terms));
        _refusedEverywhere(jobId, other);
    }

    function _refusedEverywhere(uint256 jobId, IJobMarket.Terms memory other) private {
        IJobMarket.Result[] memory shown = results(resultOf(jobId, jobId, answerTo(INPUT)));
        IJobMarket.Ticket[] memory ticket = tickets(ticketOf(jobId, jobId));
        vm.expectRevert(notTheTerms(jobId));
        MARKET.take(jobId, other, ids(jobId));
        vm.expectRevert(notTheTerms(jobId));
        vm.prank(BOB);
        MARKET.settle(jobId, other, shown);
        vm.expectRevert(notTheTerms(jobId));
        vm.prank(other.requester);
        MARKET.accept(jobId, other, ids(jobId));
        vm.expectRevert(notTheTerms(jobId));
        vm.prank(other.requester);
        MARKET.cancel(jobId, other);
        vm.expectRevert(notTheTerms(jobId));
        MARKET.expire(jobId, other);
        vm.expectRevert(notTheTerms(jobId));
        MARKET.forfeit(jobId, other, ticket);
    }
}
