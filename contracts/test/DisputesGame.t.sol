// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputesWorld} from "./DisputesWorld.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Zeros} from "./mocks/Zeros.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Challengers point, workers show: who is silent loses.
contract DisputesGameTest is DisputesWorld {
    function test_challenge_refuses_claims_that_are_not_open() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        vm.prank(ALICE);
        DISPUTES.challenge{value: STAKED}(JOB, TRACE);
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW + 1);
        DISPUTES.uphold(claimId, SALT);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        vm.prank(ALICE);
        DISPUTES.challenge{value: STAKED}(claimId, TRACE);
    }

    /// Without a trace nothing could be refuted, and the challenger would lose the bond to a worker that never commits to one.
    function test_only_the_trace_is_challenged_before_it_is_committed_to() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        for (uint256 i = 1; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceUnknown.selector, claimId));
            vm.prank(ALICE);
            DISPUTES.challenge{value: STAKED}(claimId, i == 1 ? OUTPUT : INPUT_TREE);
        }
        challenged(ALICE, claimId, TRACE);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        challenged(ALICE, claimId, OUTPUT);
    }

    function test_challenge_refuses_after_the_window() public {
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW);
        challenged(ALICE, claimId, TRACE);
        vm.warp(START + WINDOW + 1);
        vm.expectRevert(tooLate(START + WINDOW));
        vm.prank(ALICE);
        DISPUTES.challenge{value: 2 * STAKED}(claimId, TRACE);
    }

    function test_challenge_refuses_less_than_the_bond_and_credits_what_is_more() public {
        bytes32 claimId = claimed();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.BondTooSmall.selector, STAKED - 1, STAKED));
        vm.prank(ALICE);
        DISPUTES.challenge{value: STAKED - 1}(claimId, TRACE);
        vm.expectEmit();
        emit IDisputes.Challenged(claimId, 1, ALICE, OUTPUT, STAKED);
        vm.expectEmit();
        emit IDisputes.Named(claimId, 1, OUTPUT, 11, 0, uint64(START) + TURN);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, 5);
        vm.prank(ALICE);
        eq(DISPUTES.challenge{value: STAKED + 5}(claimId, OUTPUT), 1, "thread");
        expectMoney(BOND + STAKED, 5);
        expectClaim(claimId, IDisputes.Phase.Open, IDisputes.Reason.Running, 1, BOND);
        IDisputes.Thread memory thread = DISPUTES.threadOf(1);
        eq(thread.claimId, claimId, "claim");
        eq(thread.challenger, ALICE, "challenger");
        eq(thread.bond, STAKED, "bond");
        holds(!thread.ended, "running");
        _expectAt(1, OUTPUT, 11, 0);
        _expectNode(claimId, OUTPUT, 11, 0, 0, 1);
        eq(DISPUTES.nodeOf(claimId, OUTPUT, 11, 0).value, outputRoot, "the commitment");
    }

    function test_attack_9_challenges_cost_more_each_and_join() public {
        bytes32 claimId = claimed();
        uint256[7] memory bonds = [uint256(1), 2, 4, 8, 16, 16, 16];
        uint256 sum;
        for (uint256 i = 0; i < bonds.length; ++i) {
            eq(DISPUTES.challengeBond(claimId), bonds[i] * STAKED, "bond");
            vm.warp(START + i);
            // Joined: the worker owes one answer, by the first's deadline.
            vm.expectEmit();
            emit IDisputes.Named(claimId, i + 1, TRACE, 19, 0, uint64(START) + TURN);
            eq(challenged(i % 2 == 0 ? ALICE : CAROL, claimId, TRACE), i + 1, "thread");
            sum += bonds[i] * STAKED;
        }
        eq(DISPUTES.claimOf(claimId).threads, 7, "threads");
        expectMoney(BOND + sum, 0);
        _expectNode(claimId, TRACE, 19, 0, 0, 1);
        // Bonds of other claims are their own.
        eq(DISPUTES.challengeBond(claimedAs(CAROL, JOB, traceRoot, false)), STAKED, "another claim");
        answered(claimId, TRACE, 19, 0);
        for (uint256 thread = 1; thread <= 7; ++thread) {
            descended(thread, 0);
        }
        _expectNode(claimId, TRACE, 11, 0, 0, 1);
        answered(claimId, TRACE, 11, 0);
    }

    /// Who kept others away by threads of friends has to go on losing bonds for it.
    function test_attack_9_threads_that_ended_make_no_challenge_dearer() public {
        bytes32 claimId = claimed();
        uint256 one = challenged(ALICE, claimId, TRACE);
        challenged(ALICE, claimId, OUTPUT);
        answered(claimId, TRACE, 19, 0);
        eq(DISPUTES.challengeBond(claimId), 4 * STAKED, "two run");
        vm.warp(START + TURN + 1);
        DISPUTES.forfeit(one);
        eq(DISPUTES.challengeBond(claimId), 2 * STAKED, "one runs");
    }

    /// Auditors, for one, who attested to it: they know as much as the worker.
    function test_anybody_answers_who_knows_what_is_asked() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        vm.prank(CAROL);
        DISPUTES.answer(claimId, OUTPUT, 11, 0, Zeros.children(OUTPUT_BYTES, 11, 0));
        descended(thread, 0);
        vm.prank(CAROL);
        DISPUTES.answerWithBytes(claimId, OUTPUT, 0, Zeros.data(OUTPUT_BYTES, 0), Zeros.beside(OUTPUT_BYTES, 0));
        vm.warp(START + TURN + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeAnswered.selector, claimId, OUTPUT, 3, 0));
        DISPUTES.convictSilent(claimId, OUTPUT, 3, 0);
    }

    function test_answer_refuses_claims_that_are_not_open() public {
        bytes32[] memory values = new bytes32[](2);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.answer(JOB, TRACE, 19, 0, values);
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, TRACE);
        challenged(ALICE, claimId, INPUT_TREE);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        bytes memory reason = wrongPhase(claimId, IDisputes.Phase.Convicted);
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.answer(claimId, TRACE, 19, 0, values);
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, "", values);
    }

    function test_answer_refuses_nodes_that_nobody_named() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, TRACE);
        bytes32[] memory values = new bytes32[](2);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongLevel.selector, 3));
        vm.prank(BOB);
        DISPUTES.answer(claimId, TRACE, 3, 0, values);
        _expectUnknown(claimId, OUTPUT, 11, 0);
        _expectUnknown(claimId, TRACE, 11, 0);
        _expectUnknown(claimId, TRACE, 19, 1);
        _expectUnknown(claimId, TRACE, 0, 0);
        _expectUnknown(claimId, TRACE, 255, type(uint64).max);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeUnknown.selector, claimId, TRACE, 3, 256));
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, TRACE, 256, "", values);
    }

    function test_answer_refuses_what_is_not_committed_to() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, OUTPUT);
        bytes32[] memory values = Zeros.children(OUTPUT_BYTES, 11, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongCount.selector, 2, 3));
        vm.prank(BOB);
        DISPUTES.answer(claimId, OUTPUT, 11, 0, new bytes32[](3));
        (values[0], values[1]) = (values[1], values[0]);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotCommittedTo.selector));
        vm.prank(BOB);
        DISPUTES.answer(claimId, OUTPUT, 11, 0, values);
        answered(claimId, OUTPUT, 11, 0);
    }

    /// The hash of a whole is not that of the same bytes as a part, and the other way round.
    function test_answer_folds_a_root_as_a_root_and_others_not() public {
        bytes32[] memory leaves = Zeros.children(OUTPUT_BYTES, 11, 0);
        outputRoot = PROOF.fold(leaves, false);
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, OUTPUT);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotCommittedTo.selector));
        vm.prank(BOB);
        DISPUTES.answer(claimId, OUTPUT, 11, 0, leaves);

        bytes32[] memory halves = Zeros.children(TRACE_BYTES, 19, 0);
        halves[0] = PROOF.fold(Zeros.children(TRACE_BYTES, 11, 0), true);
        claimId = claimedAs(CAROL, JOB, PROOF.fold(halves, true), false);
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.prank(CAROL);
        DISPUTES.answer(claimId, TRACE, 19, 0, halves);
        vm.prank(ALICE);
        DISPUTES.descend(thread, halves, 0);
        eq(DISPUTES.nodeOf(claimId, TRACE, 11, 0).value, halves[0], "as it was answered");
        bytes32[] memory values = Zeros.children(TRACE_BYTES, 11, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotCommittedTo.selector));
        vm.prank(CAROL);
        DISPUTES.answer(claimId, TRACE, 11, 0, values);
    }

    function test_answerWithBytes_refuses_what_is_not_committed_to() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, INPUT_TREE);
        bytes memory data = new bytes(INPUT_BYTES);
        bytes32[] memory none = new bytes32[](0);
        bytes memory reason = abi.encodeWithSelector(IDisputes.NotCommittedTo.selector);
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, data, new bytes32[](1));
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, new bytes(INPUT_BYTES - 1), none);
        data[4999] = 0x01;
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, data, none);
        data[4999] = 0x00;
        vm.expectEmit();
        emit IDisputes.AnsweredWithBytes(claimId, INPUT_TREE, 0, data);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, data, none);
        _expectNode(claimId, INPUT_TREE, 3, 0, START, 1);
    }

    /// Equal bytes lie at both places.
    function test_answerWithBytes_is_of_the_place_that_was_named() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        descended(thread, 0);
        answered(claimId, TRACE, 11, 0);
        descended(thread, 7);
        _expectAt(thread, TRACE, 3, 7);
        bytes memory data = new bytes(8192);
        bytes32[] memory values = Zeros.beside(TRACE_BYTES, 7);
        (values[0], values[1]) = (values[1], values[0]);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotCommittedTo.selector));
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, TRACE, 7, data, values);
        answered(claimId, TRACE, 3, 7);
    }

    function test_answers_are_given_once_and_in_time() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, OUTPUT);
        challenged(ALICE, claimId, INPUT_TREE);
        challenged(ALICE, claimId, TRACE);
        vm.warp(START + TURN);
        bytes32[] memory values = Zeros.children(OUTPUT_BYTES, 11, 0);
        vm.expectEmit();
        emit IDisputes.Answered(claimId, OUTPUT, 11, 0, values);
        answered(claimId, OUTPUT, 11, 0);
        _expectNode(claimId, OUTPUT, 11, 0, START + TURN, 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeAnswered.selector, claimId, OUTPUT, 11, 0));
        vm.prank(BOB);
        DISPUTES.answer(claimId, OUTPUT, 11, 0, values);
        vm.warp(START + TURN + 1);
        vm.expectRevert(tooLate(START + TURN));
        vm.prank(BOB);
        DISPUTES.answer(claimId, TRACE, 19, 0, values);
        vm.expectRevert(tooLate(START + TURN));
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, INPUT_TREE, 0, "", new bytes32[](0));
    }

    function test_a_trace_that_is_not_committed_to_cannot_be_shown_yet() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        uint256 thread = challenged(ALICE, claimId, TRACE);
        _expectNode(claimId, TRACE, 19, 0, 0, 1);
        eq(DISPUTES.nodeOf(claimId, TRACE, 19, 0).value, 0, "no value");
        bytes32[] memory values = Zeros.children(TRACE_BYTES, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceUnknown.selector, claimId));
        vm.prank(BOB);
        DISPUTES.answer(claimId, TRACE, 19, 0, values);
        vm.warp(START + TURN);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        eq(DISPUTES.nodeOf(claimId, TRACE, 19, 0).value, traceRoot, "now it has");
        answered(claimId, TRACE, 19, 0);
        descended(thread, 0);
        _expectAt(thread, TRACE, 11, 0);
    }

    function test_committing_to_the_trace_moves_no_deadline() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        challenged(ALICE, claimId, TRACE);
        vm.warp(START + TURN + 1);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        bytes32[] memory values = Zeros.children(TRACE_BYTES, 19, 0);
        vm.expectRevert(tooLate(START + TURN));
        vm.prank(BOB);
        DISPUTES.answer(claimId, TRACE, 19, 0, values);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
    }

    function test_a_short_trace_that_is_not_committed_to_cannot_be_shown_yet() public {
        bytes memory short = abi.encodePacked(INPUT_BYTES, OUTPUT_BYTES, uint64(0));
        bytes32 shortId = REGISTRY.registerGraph(short, WEIGHTS, TRANSPOSED, "", "");
        bytes32 seal = sealOf(BOB, JOB, false);
        vm.prank(BOB);
        bytes32 claimId = DISPUTES.claim{value: BOND}(JOB, shortId, inputRoot, outputRoot, 0, seal, "");
        challenged(ALICE, claimId, TRACE);
        bytes32[] memory none = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceUnknown.selector, claimId));
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, TRACE, 0, "", none);
        bytes32 empty = Zeros.root(0);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, empty);
        vm.prank(BOB);
        DISPUTES.answerWithBytes(claimId, TRACE, 0, "", none);
        _expectNode(claimId, TRACE, 3, 0, START, 1);
    }

    function test_descend_refuses_who_is_not_the_challenger_of_a_running_thread() public {
        bytes32[] memory values = Zeros.children(TRACE_BYTES, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 1));
        vm.prank(ALICE);
        DISPUTES.descend(1, values, 0);
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeNotAnswered.selector, claimId, TRACE, 19, 0));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 0);
        answered(claimId, TRACE, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotChallenger.selector, thread, CAROL));
        vm.prank(CAROL);
        DISPUTES.descend(thread, values, 0);
        vm.warp(START + TURN + 1);
        vm.expectRevert(tooLate(START + TURN));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 0);
        DISPUTES.forfeit(thread);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadEnded.selector, thread));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 0);
    }

    function test_descend_refuses_after_the_claim_ended() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, TRACE);
        uint256 other = challenged(CAROL, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        bytes32[] memory values = Zeros.children(OUTPUT_BYTES, 11, 0);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Convicted));
        vm.prank(CAROL);
        DISPUTES.descend(other, values, 0);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Convicted));
        DISPUTES.forfeit(other);
    }

    function test_descend_refuses_other_values_and_children_that_are_none() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        bytes32[] memory values = Zeros.children(OUTPUT_BYTES, 11, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongCount.selector, 2, 2));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 2);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongCount.selector, 2, type(uint256).max));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongCount.selector, 2, 0));
        vm.prank(ALICE);
        DISPUTES.descend(thread, new bytes32[](0), 0);
        values[1] = bytes32(uint256(values[1]) ^ 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotCommittedTo.selector));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 0);
    }

    function test_descend_ends_at_the_lowest_level() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, INPUT_TREE);
        answered(claimId, INPUT_TREE, 3, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.WrongLevel.selector, 3));
        vm.prank(ALICE);
        DISPUTES.descend(thread, new bytes32[](0), 0);
    }

    function test_descend_to_a_child_that_is_alone_goes_two_levels() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        vm.expectEmit();
        emit IDisputes.Named(claimId, thread, TRACE, 3, 256, uint64(START) + TURN);
        descended(thread, 1);
        eq(DISPUTES.nodeOf(claimId, TRACE, 3, 256).value, Zeros.children(TRACE_BYTES, 19, 0)[1], "value");
        answered(claimId, TRACE, 3, 256);
    }

    function test_an_honest_worker_wins_on_one_level() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, INPUT_TREE);
        answered(claimId, INPUT_TREE, 3, 0);
        _expectHonestEnd(claimId, thread);
    }

    function test_an_honest_worker_wins_on_two_levels() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 1);
        _expectAt(thread, OUTPUT, 3, 1);
        answered(claimId, OUTPUT, 3, 1);
        _expectHonestEnd(claimId, thread);
    }

    /// Everybody takes the whole time; the window is over long before.
    function test_an_honest_worker_wins_on_three_levels() public {
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW);
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 19, 0);
        vm.warp(block.timestamp + TURN);
        descended(thread, 0);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 11, 0);
        vm.warp(block.timestamp + TURN);
        descended(thread, 255);
        _expectAt(thread, TRACE, 3, 255);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 3, 255);
        _expectHonestEnd(claimId, thread);
    }

    function test_attack_8_withholding_loses_by_time() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.warp(START + TURN);
        vm.expectRevert(tooEarly(START + TURN));
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        vm.warp(START + TURN + 1);
        vm.expectEmit();
        emit IDisputes.Closed(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.Silence, ALICE, BOND / 10);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, BOND / 10);
        vm.expectEmit();
        emit IDisputes.ThreadClosed(claimId, thread, ALICE, STAKED, 0);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, STAKED);
        // Whoever calls, the challenger wins.
        vm.prank(CAROL);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.Silence, 0, BOND - BOND / 10);
        eq(DISPUTES.claimOf(claimId).convictedAt, START + TURN + 1, "convicted at");
        expectMoney(BOND - BOND / 10, BOND / 10 + STAKED);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Convicted));
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadEnded.selector, thread));
        DISPUTES.release(thread);
    }

    function test_attack_8_withholding_the_last_bytes_loses_by_time() public {
        bytes32 claimId = claimed();
        atFirstLeaf(ALICE, claimId);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 3, 0);
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.Silence, 0, BOND - BOND / 10);
    }

    function test_attack_8_a_worker_without_a_trace_loses_by_time() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        challenged(ALICE, claimId, TRACE);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        eq(DISPUTES.creditOf(ALICE), BOND / 10 + STAKED, "reward");
    }

    function test_convictSilent_refuses_nodes_that_are_answered_or_unknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.convictSilent(JOB, TRACE, 19, 0);
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        vm.warp(START + 100 * TURN);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeAnswered.selector, claimId, TRACE, 19, 0));
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeUnknown.selector, claimId, OUTPUT, 11, 0));
        DISPUTES.convictSilent(claimId, OUTPUT, 11, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeUnknown.selector, claimId, TRACE, 11, 0));
        DISPUTES.convictSilent(claimId, TRACE, 11, 0);
    }

    /// Nobody's thread can be ended where the worker owes an answer: whoever named the node first is there to win.
    function test_the_first_thread_at_a_node_without_an_answer_is_running() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.warp(START + 100 * TURN);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeNotAnswered.selector, claimId, TRACE, 19, 0));
        DISPUTES.forfeit(thread);
        bytes32[] memory values = Zeros.children(TRACE_BYTES, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeNotAnswered.selector, claimId, TRACE, 19, 0));
        vm.prank(ALICE);
        DISPUTES.descend(thread, values, 0);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Open));
        DISPUTES.release(thread);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        eq(DISPUTES.creditOf(ALICE), BOND / 10 + STAKED, "it wins");
    }

    function test_a_thread_that_joins_an_answered_node_moves_at_once() public {
        bytes32 claimId = claimed();
        uint256 one = challenged(ALICE, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        vm.warp(START + TURN);
        vm.expectEmit();
        emit IDisputes.Named(claimId, 2, TRACE, 19, 0, 0);
        uint256 two = challenged(CAROL, claimId, TRACE);
        // The first's time is over, the second's begins.
        vm.warp(START + TURN + 1);
        DISPUTES.forfeit(one);
        vm.expectRevert(tooEarly(START + 2 * TURN));
        DISPUTES.forfeit(two);
        vm.warp(START + 2 * TURN);
        descended(two, 0);
        _expectNode(claimId, TRACE, 11, 0, 0, 2);
        eq(DISPUTES.nodeOf(claimId, TRACE, 11, 0).askedAt, START + 2 * TURN, "asked");
    }

    function test_a_lower_thread_that_arrives_later_is_not_first() public {
        bytes32 claimId = claimed();
        uint256 one = challenged(ALICE, claimId, TRACE);
        uint256 two = challenged(CAROL, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        descended(two, 0);
        _expectNode(claimId, TRACE, 11, 0, 0, two);
        vm.warp(START + 60);
        vm.expectEmit();
        emit IDisputes.Named(claimId, one, TRACE, 11, 0, uint64(START) + TURN);
        descended(one, 0);
        _expectNode(claimId, TRACE, 11, 0, 0, two);
        eq(DISPUTES.nodeOf(claimId, TRACE, 11, 0).askedAt, START, "the worker's time goes on");
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 11, 0);
        eq(DISPUTES.creditOf(CAROL), BOND / 10 + 2 * STAKED, "first");
        eq(DISPUTES.creditOf(ALICE), 0, "not yet released");
        DISPUTES.release(one);
        eq(DISPUTES.creditOf(ALICE), STAKED, "second");
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.Silence, 0, BOND - BOND / 10);
        expectMoney(BOND - BOND / 10, BOND / 10 + 3 * STAKED);
    }

    /// One bond is enough for a claim whose worker commits to the right trace after all.
    function test_a_thread_at_the_root_of_the_trace_turns_to_the_answer() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        answered(claimId, TRACE, 19, 0);
        vm.warp(START + TURN);
        vm.expectEmit();
        emit IDisputes.Named(claimId, thread, OUTPUT, 11, 0, uint64(START) + 2 * TURN);
        vm.prank(ALICE);
        DISPUTES.turnToAnswer(thread);
        _expectAt(thread, OUTPUT, 11, 0);
        _expectNode(claimId, OUTPUT, 11, 0, 0, thread);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 1);
        _expectAt(thread, OUTPUT, 3, 1);
        wrong(ANSWER_COPY, 8192, TRACE_BYTES - 1);
        hold();
        refuted(BOB, claimId, ANSWER_COPY, 8192);
        eq(DISPUTES.creditOf(ALICE), STAKED + BOND / 10, "reward");
        expectMoney(BOND - BOND / 10, STAKED + BOND / 10);
    }

    /// Who turns joins whoever asked about the answer before, and has the time that a move has.
    function test_a_thread_that_turns_joins_and_moves_in_time() public {
        bytes32 claimId = claimed();
        uint256 one = challenged(CAROL, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        uint256 two = challenged(ALICE, claimId, TRACE);
        answered(claimId, TRACE, 19, 0);
        vm.warp(START + TURN);
        vm.expectEmit();
        emit IDisputes.Named(claimId, two, OUTPUT, 11, 0, 0);
        vm.prank(ALICE);
        DISPUTES.turnToAnswer(two);
        _expectNode(claimId, OUTPUT, 11, 0, START, one);
        vm.warp(START + 2 * TURN);
        vm.expectRevert(tooEarly(START + 2 * TURN));
        DISPUTES.forfeit(two);
        descended(two, 0);
        _expectNode(claimId, OUTPUT, 3, 0, 0, two);
    }

    function test_only_the_challenger_turns_an_answered_root_of_the_trace_in_time() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 1));
        DISPUTES.turnToAnswer(1);
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        _expectNoTurn(thread, abi.encodeWithSelector(IDisputes.NodeNotAnswered.selector, claimId, TRACE, 19, 0));
        answered(claimId, TRACE, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotChallenger.selector, thread, CAROL));
        vm.prank(CAROL);
        DISPUTES.turnToAnswer(thread);
        vm.warp(START + TURN + 1);
        _expectNoTurn(thread, tooLate(START + TURN));
        DISPUTES.forfeit(thread);
        _expectNoTurn(thread, abi.encodeWithSelector(IDisputes.ThreadEnded.selector, thread));

        // Not from below the root, nor from another tree's.
        thread = challenged(ALICE, claimId, TRACE);
        descended(thread, 0);
        answered(claimId, TRACE, 11, 0);
        _expectNoTurn(thread, abi.encodeWithSelector(IDisputes.NotAtTraceRoot.selector, thread));
        thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        _expectNoTurn(thread, abi.encodeWithSelector(IDisputes.NotAtTraceRoot.selector, thread));
    }

    function test_a_silent_challenger_pays_the_worker_half_and_loses_the_rest() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 1));
        DISPUTES.forfeit(1);
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.warp(START + 10);
        answered(claimId, TRACE, 19, 0);
        vm.warp(START + 10 + TURN);
        vm.expectRevert(tooEarly(START + 10 + TURN));
        DISPUTES.forfeit(thread);
        vm.warp(START + 10 + TURN + 1);
        vm.expectEmit();
        emit IDisputes.ThreadClosed(claimId, thread, ALICE, 0, STAKED / 2);
        vm.expectEmit();
        emit ICredits.Credited(BOB, STAKED / 2);
        vm.expectEmit();
        emit IDisputes.Burned(claimId, STAKED / 2);
        DISPUTES.forfeit(thread);
        holds(DISPUTES.threadOf(thread).ended, "ended");
        eq(Predeploys.BURN.balance, STAKED / 2, "burned");
        expectClaim(claimId, IDisputes.Phase.Open, IDisputes.Reason.Running, 0, BOND);
        expectMoney(BOND, STAKED / 2);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadEnded.selector, thread));
        DISPUTES.forfeit(thread);
    }

    function test_release_refuses_unknown_threads() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 1));
        DISPUTES.release(1);
    }

    /// Equal numbers of nodes in other trees, of other claims, are others.
    function test_nodes_of_claims_and_trees_are_their_own() public {
        bytes32 claimId = claimed();
        bytes32 other = claimedAs(CAROL, JOB, traceRoot, false);
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 0);
        eq(DISPUTES.nodeOf(other, OUTPUT, 11, 0).askedAt, 0, "other claim");
        eq(DISPUTES.nodeOf(claimId, TRACE, 11, 0).askedAt, 0, "other tree");
        eq(DISPUTES.nodeOf(claimId, INPUT_TREE, 3, 0).askedAt, 0, "other tree's leaf");
        eq(DISPUTES.nodeOf(claimId, OUTPUT, 3, 1).askedAt, 0, "other leaf");
        eq(DISPUTES.nodeOf(claimId, OUTPUT, 3, 0).askedAt, START, "this");
    }

    /// The thread, whose leaf was shown, is given up, and nothing keeps the claim from being upheld.
    function _expectHonestEnd(bytes32 claimId, uint256 thread) private {
        vm.warp(START + WINDOW + 100 * TURN);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.StillDisputed.selector, claimId, 1));
        DISPUTES.uphold(claimId, SALT);
        DISPUTES.forfeit(thread);
        DISPUTES.uphold(claimId, SALT);
        vm.prank(BOB);
        DISPUTES.withdraw();
        eq(BOB.balance, FUNDS + STAKED / 2, "the worker's pains");
        eq(ALICE.balance, FUNDS - STAKED, "the challenger's");
        expectMoney(0, 0);
    }

    function _expectUnknown(bytes32 claimId, IDisputes.Tree tree, uint8 level, uint64 index) private {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NodeUnknown.selector, claimId, tree, level, index));
        vm.prank(BOB);
        DISPUTES.answer(claimId, tree, level, index, new bytes32[](2));
    }

    function _expectNoTurn(uint256 thread, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(ALICE);
        DISPUTES.turnToAnswer(thread);
    }

    function _expectAt(uint256 thread, IDisputes.Tree tree, uint8 level, uint64 index) private view {
        IDisputes.Thread memory found = DISPUTES.threadOf(thread);
        eq(uint256(found.tree), uint256(tree), "tree");
        eq(found.level, level, "level");
        eq(found.index, index, "index");
        eq(found.movedAt, block.timestamp, "moved at");
    }

    function _expectNode(
        bytes32 claimId,
        IDisputes.Tree tree,
        uint8 level,
        uint64 index,
        uint256 answeredAt,
        uint256 first
    ) private view {
        IDisputes.Node memory found = DISPUTES.nodeOf(claimId, tree, level, index);
        eq(found.answeredAt, answeredAt, "answered at");
        eq(found.first, first, "first");
        holds(found.askedAt != 0, "asked");
    }
}
