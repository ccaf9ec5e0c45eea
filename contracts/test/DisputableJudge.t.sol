// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {vm, within} from "./Vm.sol";

/// @dev What became of a job, at each moment that differs.
contract DisputableJudgeTest is DisputableWorld {
    IVerifier.Verdict private constant NONE = IVerifier.Verdict.None;
    IVerifier.Verdict private constant PENDING = IVerifier.Verdict.Pending;
    IVerifier.Verdict private constant RIGHT = IVerifier.Verdict.Right;
    IVerifier.Verdict private constant WRONG = IVerifier.Verdict.Wrong;

    function setUp() public override {
        super.setUp();
        bench(4);
        vm.deal(address(DISPUTABLE), 100e18);
    }

    function test_nothing_is_to_be_shown() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NothingToShow.selector));
        DISPUTABLE.judge(workOf(JOB_ID), "output", "");
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NothingToShow.selector));
        DISPUTABLE.judge(workOf(JOB_ID), "", "proof");
    }

    function test_without_a_claim_or_an_entry_nothing_was_delivered() public {
        says(NONE, JOB_ID, "no claim");
        claimed();
        says(NONE, JOB_ID, "no entry");
        convicted(idOf(JOB_ID));
        says(NONE, JOB_ID, "ever");
    }

    function test_an_entry_counts_until_the_deadline_and_no_longer() public {
        vm.warp(DEADLINE);
        entered(JOB_ID);
        says(PENDING, JOB_ID, "at the deadline");
        vm.warp(DEADLINE + 1);
        entered(JOB_ID + 1);
        says(NONE, JOB_ID + 1, "a second later");
        says(PENDING, JOB_ID, "entered in time");
    }

    function test_an_entry_counts_from_the_block_of_the_take_on() public {
        vm.roll(TAKEN_AT - 1);
        entered(JOB_ID);
        says(NONE, JOB_ID, "a block before");
        vm.roll(TAKEN_AT);
        entered(JOB_ID + 1);
        says(PENDING, JOB_ID + 1, "in the same");
        // The claim itself may be older.
        vm.roll(TAKEN_AT - 1);
        claimedAs(BOB, bytes32(JOB_ID + 2), traceRoot, false);
        vm.roll(TAKEN_AT + 1);
        enters(BOB, JOB_ID + 2);
        says(PENDING, JOB_ID + 2, "after");
    }

    function test_a_claim_about_something_else_is_no_delivery() public {
        entered(JOB_ID);
        IVerifier.Work memory work = workOf(JOB_ID);
        work.subject = "another model";
        says(NONE, work, "model");
        work = workOf(JOB_ID);
        work.inputHash = "another input";
        says(NONE, work, "input");
        convicted(idOf(JOB_ID));
        says(NONE, work, "nor is it wrong work");
        says(WRONG, JOB_ID, "of that input it is");
        work = workOf(JOB_ID);
        work.worker = CAROL;
        says(NONE, work, "another's");
    }

    function test_what_was_upheld_and_drawn_is_right() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        says(PENDING, JOB_ID, "while it can be challenged");
        upheld(claimId);
        says(RIGHT, JOB_ID, "upheld");
        vm.warp(START + 365 days);
        says(RIGHT, JOB_ID, "for ever");
    }

    function test_what_was_upheld_and_audited_is_right() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        attested(claimId, outputRoot);
        upheld(claimId);
        says(RIGHT, JOB_ID, "upheld");
    }

    /// Nobody could go on until somebody does: a chance that no auditor took is not the worker's fault.
    function test_what_was_upheld_is_right_whatever_auditors_did() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, true);
        upheld(claimId);
        says(RIGHT, JOB_ID, "nobody came");
        claimId = entered(JOB_ID + 1);
        drawn(JOB_ID + 1, true);
        attested(claimId, "something else");
        upheld(claimId);
        IVerifier.Work memory work = workOf(JOB_ID + 1);
        work.deadline = uint64(block.timestamp);
        says(RIGHT, work, "they said what they did not show");
    }

    function test_what_was_refuted_is_wrong_at_once_and_stays_so() public {
        bytes32 claimId = entered(JOB_ID);
        convicted(claimId);
        says(WRONG, JOB_ID, "not drawn");
        drawn(JOB_ID, false);
        says(WRONG, JOB_ID, "drawn");
        vm.warp(START + 365 days);
        DISPUTES.burn(claimId);
        says(WRONG, JOB_ID, "for ever");
    }

    function test_silence_is_wrong() public {
        bytes32 claimId = entered(JOB_ID);
        challenged(CAROL, claimId, TRACE);
        vm.warp(START + TURN + 1);
        says(PENDING, JOB_ID, "until somebody says so");
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        says(WRONG, JOB_ID, "silence");
    }

    function test_a_planted_claim_is_wrong() public {
        bytes32 claimId = claimedAs(BOB, JOB, traceRoot, true);
        enters(BOB, JOB_ID);
        drawn(JOB_ID, false);
        convicted(claimId);
        says(WRONG, JOB_ID, "refuted");
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        says(WRONG, JOB_ID, "and shown to be planted");
    }

    function test_a_planted_claim_is_never_right() public {
        bytes32 claimId = claimedAs(BOB, JOB, traceRoot, true);
        enters(BOB, JOB_ID);
        drawn(JOB_ID, false);
        vm.warp(START + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, claimId));
        DISPUTES.uphold(claimId, SALT);
        vm.warp(START + LIFE);
        says(PENDING, JOB_ID, "nobody knows");
        vm.warp(START + LIFE + 1);
        says(NONE, JOB_ID, "nothing was delivered");
    }

    function test_a_claim_that_nobody_upholds_is_none_after_its_life() public {
        bytes32 claimId = entered(JOB_ID);
        drawn(JOB_ID, false);
        vm.warp(START + LIFE);
        says(PENDING, JOB_ID, "in its life");
        vm.warp(START + LIFE + 1);
        says(NONE, JOB_ID, "after it");
        DISPUTES.uphold(claimId, SALT);
        says(RIGHT, JOB_ID, "who was not told so yet");
    }

    function test_a_claim_that_nobody_has_drawn_is_none_after_its_life() public {
        bytes32 claimId = entered(JOB_ID);
        upheld(claimId);
        says(PENDING, JOB_ID, "upheld");
        vm.warp(START + LIFE);
        says(PENDING, JOB_ID, "in its life");
        vm.warp(START + LIFE + 1);
        says(NONE, JOB_ID, "after it");
        drawn(JOB_ID, false);
        says(RIGHT, JOB_ID, "who was not told so yet");
    }

    /// While the worker can still be paid, and after, nobody is told that it delivered nothing.
    function testFuzz_who_takes_all_steps_in_time_is_never_told_that_it_did_not(
        uint256 entry,
        uint256 drawing,
        uint256 upholding,
        uint256 asked,
        bool audited
    ) public {
        vm.warp(START + within(entry, 0, 2 hours));
        uint64 claimedAt = uint64(block.timestamp);
        bytes32 claimId = claimed();
        vm.warp(within(entry >> 128, block.timestamp, claimedAt + 30 minutes));
        if (block.timestamp > DEADLINE) vm.warp(DEADLINE);
        enters(BOB, JOB_ID);
        uint256 drawBy = audited ? DISPUTABLE.drawBy(claimedAt) : claimedAt + LIFE;
        drawing = within(drawing, block.timestamp, drawBy);
        upholding = within(upholding, claimedAt + WINDOW + 1, claimedAt + LIFE);
        asked = within(asked, block.timestamp, claimedAt + 2 * LIFE);
        bool drawsFirst = drawing <= upholding;
        (uint256 first, uint256 second) = drawsFirst ? (drawing, upholding) : (upholding, drawing);
        if (asked < first) return _pending(asked);
        vm.warp(first);
        if (drawsFirst) drawn(JOB_ID, audited);
        else DISPUTES.uphold(claimId, SALT);
        if (asked < second) return _pending(asked);
        vm.warp(second);
        if (drawsFirst) DISPUTES.uphold(claimId, SALT);
        else drawn(JOB_ID, audited);
        vm.warp(asked);
        says(RIGHT, JOB_ID, "right");
    }

    function _pending(uint256 asked) private {
        vm.warp(asked);
        says(PENDING, JOB_ID, "pending");
    }
}
