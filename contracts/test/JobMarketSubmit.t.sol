// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, vm} from "./Vm.sol";

/// @dev submit, expire, withdraw: how a job ends and who gets what.
contract JobMarketSubmitTest is World {
    uint128 private constant STAKE = 10_000e18;

    function test_submit_refuses_unknown_and_open_jobs() public {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, 1));
        MARKET.submit(1, INPUT, "");
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Open));
        MARKET.submit(jobId, INPUT, "");
    }

    function test_submit_refuses_anybody_but_the_worker() public {
        uint256 jobId = taken();
        bytes memory copied = answerTo(INPUT);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, jobId, CAROL));
        vm.prank(CAROL);
        MARKET.submit(jobId, INPUT, copied);
    }

    function test_submit_refuses_after_the_deadline_but_not_at_it() public {
        uint256 jobId = taken();
        bytes memory answer = answerTo(INPUT);
        uint64 submitBy = uint64(START) + WORK_SECONDS;
        vm.warp(submitBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, jobId, submitBy));
        vm.prank(BOB);
        MARKET.submit(jobId, INPUT, answer);
        vm.warp(submitBy);
        _submit(jobId, answer);
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Settled), "settled");
    }

    function test_submit_refuses_another_input() public {
        uint256 jobId = taken();
        bytes memory other = hex"ff02030405060708";
        bytes memory answer = answerTo(other);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.InputMismatch.selector, jobId));
        vm.prank(BOB);
        MARKET.submit(jobId, other, answer);
    }

    function test_submit_slashes_a_wrong_answer_and_credits_the_requester() public {
        uint256 jobId = taken();
        bytes memory wrong = answerTo(INPUT);
        wrong[7] ^= 0x01;
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, IJobMarket.Phase.Rejected, IJobMarket.Reason.WrongAnswer, BOB, 0, keccak256(wrong)
        );
        vm.expectEmit();
        emit ICredits.Credited(ALICE, PRICE);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, jobId, PRICE, uint8(IJobMarket.Reason.WrongAnswer));
        _submit(jobId, wrong);
        _expectSlashed(PRICE);
        eq(BOB.balance, FUNDS - STAKE, "not paid");
    }

    function test_submit_treats_every_other_length_as_wrong() public {
        uint256 jobId = taken();
        _submit(jobId, bytes.concat(answerTo(INPUT), hex"00"));
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Rejected), "longer");
        jobId = posted(ALICE, PRICE);
        // A wei more, which shares of a slashed node round away.
        bonded(BOB, PRICE + 1);
        vm.prank(BOB);
        MARKET.take(jobId);
        _submit(jobId, "");
        eq(phaseOf(jobId), uint256(IJobMarket.Phase.Rejected), "empty");
    }

    function test_submit_pays_the_right_answer_at_once_and_once() public {
        uint256 jobId = taken();
        bytes memory answer = answerTo(INPUT);
        vm.expectEmit();
        emit IJobMarket.JobAnswered(jobId, answer);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, IJobMarket.Phase.Settled, IJobMarket.Reason.CorrectAnswer, BOB, PRICE - FEE, keccak256(answer)
        );
        vm.expectEmit();
        emit IEdgeStaking.Unlocked(BOB, 1, jobId, PRICE);
        _submit(jobId, answer);
        eq(BOB.balance, FUNDS - STAKE + PRICE - FEE, "paid");
        eq(EDGE_STAKING.standingOf(BOB).free, STAKE, "bond is free again");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(address(MARKET).balance, 0, "balance");
        IJobMarket.Job memory job = MARKET.job(jobId);
        eq(job.answerHash, keccak256(answer), "evidence");
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        vm.prank(BOB);
        MARKET.submit(jobId, INPUT, answer);
    }

    function testFuzz_submit_pays_the_right_answer_only(bytes8 input, bytes8 answer, bool right) public {
        bytes memory given = abi.encodePacked(input);
        bytes memory expected = answerTo(given);
        bytes memory submitted = right ? expected : abi.encodePacked(answer);
        vm.prank(ALICE);
        uint256 jobId = MARKET.post{value: PRICE}(modelId, given, TAKE_SECONDS, WORK_SECONDS);
        bonded(BOB, STAKE);
        vm.prank(BOB);
        MARKET.take(jobId);
        vm.prank(BOB);
        MARKET.submit(jobId, given, submitted);
        bool equal = keccak256(submitted) == keccak256(expected);
        eq(phaseOf(jobId), uint256(equal ? IJobMarket.Phase.Settled : IJobMarket.Phase.Rejected), "phase");
        eq(BOB.balance, FUNDS - STAKE + (equal ? PRICE - FEE : 0), "worker");
        eq(MARKET.creditOf(ALICE), equal ? 0 : PRICE, "requester");
    }

    function test_expire_refuses_unknown_jobs() public {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, 1));
        MARKET.expire(1);
    }

    function test_expire_refuses_at_the_deadline_of_taking() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, jobId, uint64(START) + TAKE_SECONDS));
        MARKET.expire(jobId);
    }

    function test_expire_refuses_at_the_deadline_of_submitting() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, jobId, uint64(START) + WORK_SECONDS));
        MARKET.expire(jobId);
    }

    function test_expire_refuses_closed_jobs() public {
        uint256 jobId = taken();
        _submit(jobId, answerTo(INPUT));
        vm.warp(START + 30 days);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Settled));
        MARKET.expire(jobId);
    }

    function test_expire_credits_the_requester_of_a_job_that_nobody_took() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobClosed(jobId, IJobMarket.Phase.Expired, IJobMarket.Reason.NotTaken, address(0), 0, 0);
        vm.prank(CAROL);
        MARKET.expire(jobId);
        eq(MARKET.creditOf(ALICE), PRICE, "credit");
        eq(MARKET.credited(), PRICE, "credits");
        eq(MARKET.escrowed(), 0, "escrow");
    }

    function test_expire_slashes_a_silent_worker() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS + 1);
        vm.expectEmit();
        emit IJobMarket.JobClosed(jobId, IJobMarket.Phase.Expired, IJobMarket.Reason.NotSubmitted, BOB, 0, 0);
        vm.prank(CAROL);
        MARKET.expire(jobId);
        _expectSlashed(PRICE);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Expired));
        MARKET.expire(jobId);
    }

    function test_expire_slashes_the_floor_for_a_dust_priced_job() public {
        uint256 jobId = posted(ALICE, 1e9);
        bonded(BOB, STAKE);
        vm.prank(BOB);
        MARKET.take(jobId);
        vm.warp(START + WORK_SECONDS + 1);
        MARKET.expire(jobId);
        eq(Predeploys.BURN.balance, 1e18, "burned");
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
        MARKET.expire(first);
        MARKET.expire(second);
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

    function _submit(uint256 jobId, bytes memory answer) private {
        vm.prank(BOB);
        MARKET.submit(jobId, INPUT, answer);
    }

    function _expectSlashed(uint256 amount) private view {
        eq(MARKET.creditOf(ALICE), PRICE, "credit");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "locked");
        eq(EDGE_STAKING.standingOf(BOB).free, STAKE - amount, "free");
        eq(Predeploys.BURN.balance, amount, "burned");
        eq(EDGE_STAKING.totalSlashed(), amount, "counted");
    }
}
