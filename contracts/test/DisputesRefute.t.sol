// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputesWorld} from "./DisputesWorld.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev What the chain finds wrong itself, and who is paid for it.
contract DisputesRefuteTest is DisputesWorld {
    uint32 private constant OP = 3;
    uint64 private constant ELEMENT = 40;
    /// @dev In the leaf that `atFirstLeaf` is at.
    uint64 private constant POSITION = 8191;

    function test_refute_refuses_claims_that_are_not_open() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.refute(JOB, packedModel(), OP, ELEMENT, STEP_PROOF);
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW + 1);
        DISPUTES.uphold(claimId, SALT);
        wrong(OP, ELEMENT, POSITION);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, STEP_PROOF);
    }

    function test_refute_needs_a_trace() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceUnknown.selector, claimId));
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, STEP_PROOF);
        wrong(OP, ELEMENT, POSITION);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        _expectRefuted(claimId, CAROL);
    }

    function test_refute_refuses_what_is_no_model() public {
        bytes32 claimId = claimed();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ModelLength.selector, 116, 115));
        DISPUTES.refute(claimId, new bytes(115), OP, ELEMENT, STEP_PROOF);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ModelLength.selector, 116, 117));
        DISPUTES.refute(claimId, new bytes(117), OP, ELEMENT, STEP_PROOF);
    }

    function test_refute_refuses_every_verdict_but_fraud() public {
        bytes32 claimId = claimed();
        bytes memory invalid = abi.encodeWithSelector(IDisputes.NotFraud.selector, IEdgeProof.Verdict.Invalid);
        vm.expectRevert(invalid);
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, STEP_PROOF);
        IEdgeProof.Judgement memory right = IEdgeProof.Judgement(IEdgeProof.Verdict.Consistent, POSITION, 7, 7);
        PROOF.program(graphId, workOf(traceRoot), IEdgeProof.Place(OP, ELEMENT), STEP_PROOF, right);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotFraud.selector, IEdgeProof.Verdict.Consistent));
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, STEP_PROOF);

        wrong(OP, ELEMENT, POSITION);
        for (uint256 i = 0; i < 116; ++i) {
            bytes memory model = packedModel();
            model[i] ^= 0x01;
            vm.expectRevert(invalid);
            DISPUTES.refute(claimId, model, OP, ELEMENT, STEP_PROOF);
        }
        vm.expectRevert(invalid);
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT + 1, STEP_PROOF);
        vm.expectRevert(invalid);
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, "another proof");
        _expectRefuted(claimId, CAROL);
    }

    /// What is judged is this claim's: a fraud in another's trace is none here.
    function test_refute_is_about_what_this_worker_committed_to() public {
        bytes32 claimId = claimedAs(BOB, JOB, "another trace", false);
        wrong(OP, ELEMENT, POSITION);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotFraud.selector, IEdgeProof.Verdict.Invalid));
        DISPUTES.refute(claimId, packedModel(), OP, ELEMENT, STEP_PROOF);
    }

    function test_refute_without_a_thread_needs_an_announcement_of_one_s_own() public {
        bytes32 claimId = claimed();
        wrong(OP, ELEMENT, POSITION);
        bytes32 announcement = keccak256(abi.encode(CAROL, claimId, OP, ELEMENT, keccak256(STEP_PROOF)));
        bytes memory reason = abi.encodeWithSelector(IDisputes.NotAnnounced.selector, announcement);
        _expectNotRefuted(claimId, CAROL, reason);
        // Of another element, operation, claim, or by somebody else.
        announced(CAROL, claimId, OP, ELEMENT + 1);
        announced(CAROL, claimId, OP + 1, ELEMENT);
        announced(CAROL, JOB, OP, ELEMENT);
        announced(ALICE, claimId, OP, ELEMENT);
        vm.warp(START + 100);
        _expectNotRefuted(claimId, CAROL, reason);

        vm.expectEmit();
        emit IDisputes.Announced(announcement, CAROL);
        announced(CAROL, claimId, OP, ELEMENT);
        _expectNotRefuted(claimId, CAROL, reason);
        vm.warp(START + 109);
        _expectNotRefuted(claimId, CAROL, reason);
        // Who announces it again does not make it younger.
        vm.prank(ALICE);
        DISPUTES.announce(announcement);
        vm.warp(START + 110);
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(CAROL), BOND / 10, "reward");
    }

    function test_attack_16_who_copies_a_refutation_gets_nothing() public {
        bytes32 claimId = claimed();
        wrong(OP, ELEMENT, POSITION);
        announced(CAROL, claimId, OP, ELEMENT);
        vm.warp(START + 10);
        // ALICE sees CAROL's transaction, proof and all, and sends it first; what she announces now is too young.
        bytes32 hers = announced(ALICE, claimId, OP, ELEMENT);
        _expectNotRefuted(claimId, ALICE, abi.encodeWithSelector(IDisputes.NotAnnounced.selector, hers));
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(CAROL), BOND / 10, "who found it");
        eq(DISPUTES.creditOf(ALICE), 0, "who copied it");
    }

    /// Who announces every place of an answer, before anything is known, has no proof of any.
    function test_attack_16_an_announcement_names_the_proof() public {
        bytes32 claimId = claimed();
        wrong(OP, ELEMENT, POSITION);
        vm.prank(ALICE);
        DISPUTES.announce(keccak256(abi.encode(ALICE, claimId, OP, ELEMENT, keccak256("a guess"))));
        vm.warp(START + 10);
        bytes32 needed = keccak256(abi.encode(ALICE, claimId, OP, ELEMENT, keccak256(STEP_PROOF)));
        _expectNotRefuted(claimId, ALICE, abi.encodeWithSelector(IDisputes.NotAnnounced.selector, needed));
    }

    /// The worker's friend knows what is wrong from the beginning, and would take what a challenger comes close to.
    function test_attack_16_who_is_faster_than_a_challenger_is_not_paid() public {
        bytes32 claimId = claimed();
        wrong(OP, ELEMENT, POSITION);
        announced(CAROL, claimId, OP, ELEMENT);
        vm.warp(START + 1);
        uint256 thread = atFirstLeaf(ALICE, claimId);
        vm.warp(START + 10);
        vm.expectEmit();
        emit IDisputes.Closed(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, address(0), 0);
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(CAROL), 0, "no reward");
        DISPUTES.release(thread);
        eq(DISPUTES.creditOf(ALICE), STAKED, "bond");
        expectMoney(BOND, STAKED);
    }

    /// Nor who opens a thread there on seeing it, where the root is a leaf.
    function test_attack_16_who_challenges_on_seeing_a_refutation_gets_nothing() public {
        bytes32 claimId = claimed();
        wrong(INPUT_COPY, 77, 77);
        announced(CAROL, claimId, INPUT_COPY, 77);
        vm.warp(START + 10);
        uint256 thread = challenged(ALICE, claimId, INPUT_TREE);
        refuted(CAROL, claimId, INPUT_COPY, 77);
        DISPUTES.release(thread);
        eq(DISPUTES.creditOf(ALICE), STAKED, "her bond");
        expectMoney(BOND, STAKED);
    }

    /// A thread whose first one ended is the first of those that come.
    function test_a_later_thread_takes_the_place_of_one_that_ended() public {
        bytes32 claimId = claimed();
        uint256 one = atFirstLeaf(ALICE, claimId);
        answered(claimId, TRACE, 3, 0);
        vm.warp(START + TURN + 1);
        DISPUTES.forfeit(one);
        uint256 two = challenged(CAROL, claimId, TRACE);
        descended(two, 0);
        descended(two, 0);
        hold();
        wrong(OP, ELEMENT, POSITION);
        refuted(BOB, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(CAROL), STAKED + BOND / 10, "bond and reward");
    }

    function test_the_challenger_at_the_place_is_paid_whoever_sends_the_refutation() public {
        bytes32 claimId = claimed();
        uint256 thread = atFirstLeaf(ALICE, claimId);
        answered(claimId, TRACE, 3, 0);
        hold();
        wrong(OP, ELEMENT, POSITION);
        vm.expectEmit();
        emit IDisputes.Refuted(claimId, OP, ELEMENT, POSITION, 7, -1, CAROL);
        vm.expectEmit();
        emit IDisputes.Closed(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, ALICE, BOND / 10);
        vm.expectEmit();
        emit ICredits.Credited(ALICE, BOND / 10);
        vm.expectEmit();
        emit IDisputes.ThreadClosed(claimId, thread, ALICE, STAKED, 0);
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(ALICE), STAKED + BOND / 10, "challenger");
        eq(DISPUTES.creditOf(CAROL), 0, "sender");
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, 0, BOND - BOND / 10);
        expectMoney(BOND - BOND / 10, STAKED + BOND / 10);
    }

    function test_a_place_beside_the_thread_s_is_nobodys() public {
        bytes32 claimId = claimed();
        uint256 thread = atFirstLeaf(ALICE, claimId);
        wrong(OP, ELEMENT, POSITION + 1);
        announced(CAROL, claimId, OP, ELEMENT);
        vm.warp(START + 10);
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(CAROL), 0, "reward");
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, 1, BOND);
        DISPUTES.release(thread);
        eq(DISPUTES.creditOf(ALICE), STAKED, "bond");
    }

    function test_a_thread_that_ended_wins_nothing() public {
        bytes32 claimId = claimed();
        uint256 thread = atFirstLeaf(ALICE, claimId);
        answered(claimId, TRACE, 3, 0);
        vm.warp(START + TURN + 1);
        DISPUTES.forfeit(thread);
        wrong(OP, ELEMENT, POSITION);
        bytes32 announcement = announced(ALICE, claimId, OP, ELEMENT);
        _expectNotRefuted(claimId, ALICE, abi.encodeWithSelector(IDisputes.NotAnnounced.selector, announcement));
        vm.warp(START + TURN + 11);
        refuted(ALICE, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(ALICE), BOND / 10, "without the bond");
    }

    /// Who followed another to the leaf, with a thread that was opened earlier, has not found it.
    function test_attack_16_who_follows_a_challenger_to_the_leaf_gets_nothing() public {
        bytes32 claimId = claimed();
        uint256 early = challenged(CAROL, claimId, TRACE);
        atFirstLeaf(ALICE, claimId);
        wrong(OP, ELEMENT, POSITION);
        hold();
        descended(early, 0);
        descended(early, 0);
        refuted(CAROL, claimId, OP, ELEMENT);
        eq(DISPUTES.creditOf(ALICE), 2 * STAKED + BOND / 10, "who named it first");
        DISPUTES.release(early);
        eq(DISPUTES.creditOf(CAROL), STAKED, "who followed");
        expectMoney(BOND - BOND / 10, 3 * STAKED + BOND / 10);
    }

    function test_a_copied_byte_of_the_input_counts_in_either_tree() public {
        bytes32 claimId = claimed();
        uint256 early = challenged(CAROL, claimId, TRACE);
        challenged(ALICE, claimId, INPUT_TREE);
        vm.warp(START + 1);
        // The copy of byte 4,999 is byte 4,999 of the trace, at whose leaf this thread comes later.
        answered(claimId, TRACE, 19, 0);
        descended(early, 0);
        answered(claimId, TRACE, 11, 0);
        descended(early, 0);
        hold();
        wrong(INPUT_COPY, 4999, 4999);
        refuted(BOB, claimId, INPUT_COPY, 4999);
        eq(DISPUTES.creditOf(ALICE), 2 * STAKED + BOND / 10, "first, in the input");
    }

    function test_a_copied_byte_of_the_answer_counts_in_either_tree() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 1);
        uint64 last = OUTPUT_BYTES - 1;
        hold();
        wrong(ANSWER_COPY, last, TRACE_BYTES - 1);
        refuted(BOB, claimId, ANSWER_COPY, last);
        eq(DISPUTES.creditOf(ALICE), STAKED + BOND / 10, "in the answer");
    }

    function test_a_copied_byte_whose_trace_is_first_goes_to_the_trace() public {
        bytes32 claimId = claimed();
        atFirstLeaf(CAROL, claimId);
        challenged(ALICE, claimId, INPUT_TREE);
        hold();
        wrong(INPUT_COPY, 0, 0);
        refuted(BOB, claimId, INPUT_COPY, 0);
        eq(DISPUTES.creditOf(CAROL), STAKED + BOND / 10, "in the trace");
    }

    /// Numbers of elements are bytes of other trees for the copies alone.
    function test_other_operations_touch_the_trace_only() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, INPUT_TREE);
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 0);
        _expectForTheCaller(claimId, OP, 0);
    }

    function test_the_copy_of_the_input_touches_no_answer() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 0);
        _expectForTheCaller(claimId, INPUT_COPY, 0);
    }

    function test_the_copy_of_the_answer_touches_no_input() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, INPUT_TREE);
        _expectForTheCaller(claimId, ANSWER_COPY, 0);
    }

    function testFuzz_elements_beyond_every_tree_are_judged(uint64 element, uint256 op) public {
        op = within(op, 0, 2);
        bytes32 claimId = claimed();
        _expectForTheCaller(claimId, op == 0 ? OP : op == 1 ? INPUT_COPY : ANSWER_COPY, element);
    }

    function test_a_claim_can_be_refuted_as_long_as_it_is_open() public {
        bytes32 claimId = claimed();
        wrong(OP, ELEMENT, POSITION);
        vm.warp(START + 30 days);
        _expectRefuted(claimId, CAROL);
    }

    /// A cheater who finds his own fault first keeps a tenth, less the gas.
    function test_attack_16_a_cheater_who_convicts_himself_loses_nine_tenths() public {
        bytes32 claimId = claimed();
        challenged(BOB, claimId, INPUT_TREE);
        hold();
        wrong(INPUT_COPY, 0, 0);
        refuted(BOB, claimId, INPUT_COPY, 0);
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.burn(claimId);
        vm.prank(BOB);
        DISPUTES.withdraw();
        eq(BOB.balance, FUNDS - BOND * 9 / 10, "he loses nine tenths");
        eq(Predeploys.BURN.balance, BOND * 9 / 10, "that nobody gets");
        expectMoney(0, 0);
    }

    /// The same by silence.
    function test_attack_16_a_cheater_who_is_silent_to_himself_loses_nine_tenths() public {
        bytes32 claimId = claimed();
        challenged(BOB, claimId, TRACE);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        vm.warp(START + 2 * TURN + 2);
        DISPUTES.burn(claimId);
        vm.prank(BOB);
        DISPUTES.withdraw();
        eq(BOB.balance, FUNDS - BOND * 9 / 10, "he loses nine tenths");
    }

    /// A wrong answer, a right trace: the copy of the answer out of the trace differs in one byte.
    function test_a_cheater_loses_on_two_levels() public {
        bytes32 claimId = claimed();
        uint256 thread = challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(thread, 0);
        answered(claimId, OUTPUT, 3, 0);
        hold();
        wrong(ANSWER_COPY, 77, TRACE_BYTES - OUTPUT_BYTES + 77);
        refuted(ALICE, claimId, ANSWER_COPY, 77);
        _expectCheaterPays(claimId);
    }

    function test_a_cheater_loses_on_one_level() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, INPUT_TREE);
        answered(claimId, INPUT_TREE, 3, 0);
        hold();
        wrong(INPUT_COPY, 77, 77);
        refuted(ALICE, claimId, INPUT_COPY, 77);
        _expectCheaterPays(claimId);
    }

    /// He commits to the trace when he is asked, and shows everything in time.
    function test_a_cheater_loses_on_three_levels() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        vm.warp(START + WINDOW);
        uint256 thread = challenged(ALICE, claimId, TRACE);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 19, 0);
        vm.warp(block.timestamp + TURN);
        descended(thread, 0);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 11, 0);
        vm.warp(block.timestamp + TURN);
        descended(thread, 100);
        vm.warp(block.timestamp + TURN);
        answered(claimId, TRACE, 3, 100);
        wrong(OP, ELEMENT, 100 * 8192 + 5);
        vm.warp(block.timestamp + TURN);
        refuted(ALICE, claimId, OP, ELEMENT);
        _expectCheaterPays(claimId);
    }

    function _expectCheaterPays(bytes32 claimId) private {
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.burn(claimId);
        vm.prank(ALICE);
        DISPUTES.withdraw();
        eq(ALICE.balance, FUNDS + BOND / 10, "the challenger");
        eq(BOB.balance, FUNDS - BOND, "the cheater");
        eq(Predeploys.BURN.balance, BOND * 9 / 10, "burned");
        expectMoney(0, 0);
    }

    /// Nobody's thread is at the place: CAROL has to announce it, and is not paid while others run.
    function _expectForTheCaller(bytes32 claimId, uint32 op, uint64 element) private {
        wrong(op, element, POSITION);
        bytes32 announcement = announced(CAROL, claimId, op, element);
        bytes memory model = packedModel();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotAnnounced.selector, announcement));
        vm.prank(CAROL);
        DISPUTES.refute(claimId, model, op, element, STEP_PROOF);
        vm.warp(block.timestamp + 10);
        uint256 threads = DISPUTES.claimOf(claimId).threads;
        refuted(CAROL, claimId, op, element);
        eq(DISPUTES.creditOf(CAROL), threads == 0 ? BOND / 10 : 0, "reward");
    }

    function _expectRefuted(bytes32 claimId, address by) private {
        announced(by, claimId, OP, ELEMENT);
        vm.warp(block.timestamp + 10);
        refuted(by, claimId, OP, ELEMENT);
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, 0, BOND - BOND / 10);
    }

    function _expectNotRefuted(bytes32 claimId, address by, bytes memory reason) private {
        bytes memory model = packedModel();
        vm.expectRevert(reason);
        vm.prank(by);
        DISPUTES.refute(claimId, model, OP, ELEMENT, STEP_PROOF);
    }
}
