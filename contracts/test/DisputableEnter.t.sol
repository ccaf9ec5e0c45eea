// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Zeros} from "./mocks/Zeros.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What may be posted, and claims until they are entered.
contract DisputableEnterTest is DisputableWorld {
    function test_check_wants_a_model_whose_graph_is_registered() public {
        bench(1);
        DISPUTABLE.check(graphId, 1, inputRoot, "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, bytes32("none")));
        DISPUTABLE.check("none", 1, inputRoot, "");
        // Of one that the chain itself can run, no trace is known.
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, modelId));
        DISPUTABLE.check(modelId, 1, inputRoot, "");
    }

    function testFuzz_check_wants_inputs_of_all_jobs_or_of_none(uint256 count, uint256 length) public {
        bench(1);
        count = within(count, 1, 4);
        length = within(length, 1, 5 * INPUT_BYTES);
        DISPUTABLE.check(graphId, count, inputRoot, "");
        DISPUTABLE.check(graphId, count, inputRoot, new bytes(count * INPUT_BYTES));
        if (length == count * INPUT_BYTES) return;
        vm.expectRevert(abi.encodeWithSelector(IDisputable.InputLength.selector, count * INPUT_BYTES, length));
        DISPUTABLE.check(graphId, count, inputRoot, new bytes(length));
    }

    function test_check_wants_somebody_who_could_audit() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NoAuditors.selector));
        DISPUTABLE.check(graphId, 1, inputRoot, "");
        // Whoever is drawn has the set sealed.
        enlisted(0);
        DISPUTABLE.check(graphId, 1, inputRoot, "");
    }

    function test_enter_takes_the_fee_and_keeps_when_it_was() public {
        bytes32 claimId = claimed();
        vm.roll(TAKEN_AT + 7);
        vm.warp(START + 60);
        vm.expectEmit();
        emit IDisputable.Entered(claimId, BOB, JOB_ID, TAKEN_AT + 7 + DELAY, jobPrice, ENTRY, "");
        enters(BOB, JOB_ID);
        IDisputable.Entry memory entry = DISPUTABLE.entryOf(BOB, JOB_ID);
        eq(entry.height, TAKEN_AT + 7, "height");
        eq(entry.enteredAt, START + 60, "entered at");
        holds(!entry.drawn && !entry.audited, "not drawn");
        eq(DISPUTABLE.pot(), ENTRY, "pot");
        eq(BOB.balance, FUNDS - BOND - ENTRY, "paid");
        eq(DISPUTABLE.entryOf(CAROL, JOB_ID).height, 0, "nobody else's");
        eq(DISPUTABLE.entryOf(BOB, JOB_ID + 1).height, 0, "nor another job's");
    }

    function test_enter_refuses_any_other_fee() public {
        claimed();
        uint256[3] memory sent = [uint256(0), ENTRY - 1, ENTRY + 1];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputable.WrongEntryFee.selector, sent[i], ENTRY));
            vm.prank(BOB);
            DISPUTABLE.enter{value: sent[i]}(JOB_ID, jobPrice, "");
        }
    }

    function test_enter_wants_a_claim_of_the_callers_about_this_job() public {
        claimed();
        bytes32 none = DISPUTES.claimIdOf(CAROL, JOB);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, none));
        enters(CAROL, JOB_ID);
        none = DISPUTES.claimIdOf(BOB, bytes32(JOB_ID + 1));
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, none));
        enters(BOB, JOB_ID + 1);
    }

    function test_enter_wants_an_open_claim() public {
        bytes32 claimId = claimed();
        convicted(claimId);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.ClaimNotOpen.selector, claimId));
        enters(BOB, JOB_ID);
    }

    function test_enter_wants_a_trace() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, false);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NoTrace.selector, claimId));
        enters(BOB, JOB_ID);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        enters(BOB, JOB_ID);
    }

    function test_enter_wants_a_claim_of_half_an_hour_at_most() public {
        entered(JOB_ID + 1);
        claimed();
        vm.warp(START + 30 minutes + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.TooLate.selector, uint64(START) + 30 minutes));
        enters(BOB, JOB_ID);
        vm.warp(START + 30 minutes);
        enters(BOB, JOB_ID);
    }

    function test_enter_refuses_what_is_entered() public {
        bytes32 claimId = entered(JOB_ID);
        vm.roll(TAKEN_AT + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.EnteredAlready.selector, claimId));
        enters(BOB, JOB_ID);
        drawn(JOB_ID, false);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.EnteredAlready.selector, claimId));
        enters(BOB, JOB_ID);
    }

    function testFuzz_a_short_answer_is_shown_as_it_was_claimed(uint64 length, uint256 other) public {
        length = uint64(within(length, 1, 8192));
        bytes32 claimId = _claimedOfLength(length);
        bytes memory answer = new bytes(length);
        _refuses(claimId, new bytes(length + 1));
        if (length > 1) _refuses(claimId, new bytes(length - 1));
        answer[other % length] = 0x01;
        _refuses(claimId, answer);
        answer[other % length] = 0x00;
        vm.expectEmit();
        emit IDisputable.Entered(claimId, BOB, JOB_ID, TAKEN_AT + DELAY, jobPrice, ENTRY, answer);
        vm.prank(BOB);
        DISPUTABLE.enter{value: ENTRY}(JOB_ID, jobPrice, answer);
    }

    /// Else a worker could keep what it is paid for. Of a sealed job the ciphertext is what it delivers.
    function test_a_short_answer_that_was_not_shown_is_none_but_of_sealed_jobs() public {
        _claimedOfLength(100);
        enters(BOB, JOB_ID);
        holds(!DISPUTABLE.entryOf(BOB, JOB_ID).shown, "not shown");
        says(IVerifier.Verdict.None, JOB_ID, "to the market");
        IVerifier.Work memory work = workOf(JOB_ID);
        vm.prank(Predeploys.SEALED);
        (IVerifier.Verdict verdict,) = DISPUTABLE.judge(work, "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.Pending), "to the verifier of sealed answers");
    }

    function test_a_long_answer_is_not_shown() public {
        eq(DISPUTABLE.SHOWN_BYTES(), 8192, "the longest that is");
        bytes32 claimId = _claimedOfLength(8193);
        _refuses(claimId, new bytes(8193));
        _refuses(claimId, new bytes(1));
        enters(BOB, JOB_ID);
    }

    function test_the_fee_pays_for_more_audits_than_are_drawn() public view {
        eq(DISPUTABLE.auditRate(), 2000, "a fifth");
        eq(DISPUTABLE.entryFee(0), ENTRY, "fee");
        eq(DISPUTABLE.entryFee(jobPrice) * 4 * 10_000, AUDITS.FEE_MIN() * DISPUTABLE.auditRate() * 5, "a quarter more");
        eq(DISPUTABLE.auditFee(jobPrice), AUDIT, "of an audit");
        eq(DISPUTABLE.LIFE(), LIFE, "life");
        eq(DISPUTABLE.ENTER_SECONDS(), AUDITS.TURN() / 2, "half of the auditors' time");
        eq(DISPUTABLE.drawBy(uint64(START)), START + 21 hours, "as audits have it");
    }

    /// Whoever does the job for its price does its audit, too.
    function testFuzz_of_a_dear_job_each_auditor_is_paid_a_share_of_the_price(uint96 price) public view {
        uint256 fee = DISPUTABLE.auditFee(price);
        uint256 shares = uint256(price) * DISPUTABLE.auditorShare() * AUDITS.SIZE() / 10_000;
        eq(fee, shares > AUDIT ? shares : AUDIT, "audit");
        eq(DISPUTABLE.entryFee(price), fee * 5 / 4 / 5, "entry");
        holds(
            price < 3e18 || DISPUTABLE.entryFee(price) <= uint256(price) * 45 / 100, "half of it is left for the work"
        );
    }

    function test_who_enters_for_less_than_the_price_delivered_nothing() public {
        claimed();
        enters(BOB, JOB_ID);
        says(IVerifier.Verdict.Pending, JOB_ID, "its price");
        ++jobPrice;
        says(IVerifier.Verdict.None, JOB_ID, "a wei more");
        jobPrice -= 2;
        says(IVerifier.Verdict.Pending, JOB_ID, "less than was paid for");
    }

    function test_anybody_adds_to_the_pot_by_its_verb_alone() public {
        vm.expectEmit();
        emit IDisputable.PotFunded(ALICE, 3e18);
        vm.prank(ALICE);
        DISPUTABLE.fund{value: 3e18}();
        eq(DISPUTABLE.pot(), 3e18, "pot");
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NothingSent.selector));
        DISPUTABLE.fund();
        vm.prank(ALICE);
        (bool sent, bytes memory reason) = Predeploys.DISPUTABLE.call{value: 1}("");
        holds(!sent, "sent");
        eq(keccak256(reason), keccak256(abi.encodeWithSelector(IDisputable.OnlyAudits.selector, ALICE)), "reason");
    }

    function _claimedOfLength(uint64 length) private returns (bytes32) {
        bytes memory short = abi.encodePacked(INPUT_BYTES, length, TRACE_BYTES);
        graphId = REGISTRY.registerGraph(short, WEIGHTS, TRANSPOSED, "short", "");
        outputRoot = Zeros.root(length);
        return claimed();
    }

    function _refuses(bytes32 claimId, bytes memory answer) private {
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotTheAnswer.selector, claimId));
        vm.prank(BOB);
        DISPUTABLE.enter{value: ENTRY}(JOB_ID, jobPrice, answer);
    }
}
