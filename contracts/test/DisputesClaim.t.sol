// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Disputes} from "../src/jobs/Disputes.sol";
import {DisputesWorld} from "./DisputesWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev How claims begin and end, and where their bonds go.
contract DisputesClaimTest is DisputesWorld {
    function test_claim_refuses_a_model_without_a_graph() public {
        // One whose image is here, but nobody registered its graph.
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ModelUnknown.selector, modelId));
        vm.prank(BOB);
        DISPUTES.claim{value: BOND}(JOB, modelId, inputRoot, outputRoot, traceRoot, 0, "");
        eq(IDisputes.ModelUnknown.selector, IModelRegistry.ModelUnknown.selector, "the registry's error");
    }

    function test_claim_refuses_less_than_the_least_bond() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.BondTooSmall.selector, 100e18 - 1, 100e18));
        vm.prank(BOB);
        DISPUTES.claim{value: 100e18 - 1}(JOB, graphId, inputRoot, outputRoot, traceRoot, 0, "");
    }

    function test_attack_1_one_claim_per_job_so_that_nothing_is_rerolled() public {
        bytes32 claimId = claimed();
        bytes memory reason = abi.encodeWithSelector(IDisputes.ClaimExists.selector, claimId);
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, "another answer", traceRoot, 0, "");
        vm.warp(START + WINDOW + 1);
        DISPUTES.uphold(claimId, SALT);
        vm.expectRevert(reason);
        vm.prank(BOB);
        DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, outputRoot, traceRoot, 0, "");
        // Others claim what they found for the same job.
        claimedAs(CAROL, JOB, traceRoot, false);
    }

    function test_attack_1_a_canary_that_was_shown_is_no_second_try() public {
        bytes32 claimId = _canary(JOB);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimExists.selector, claimId));
        vm.prank(BOB);
        DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, outputRoot, traceRoot, 0, "");
    }

    function test_attack_18_claim_ids_bind_chain_and_contract() public {
        bytes32 here = DISPUTES.claimIdOf(BOB, JOB);
        eq(here, keccak256(abi.encode(block.chainid, Predeploys.DISPUTES, BOB, JOB)), "id");
        holds(here != new Disputes().claimIdOf(BOB, JOB), "contract");
        holds(here != DISPUTES.claimIdOf(CAROL, JOB), "worker");
        holds(here != DISPUTES.claimIdOf(BOB, "other"), "job");
        vm.chainId(block.chainid + 1);
        holds(here != DISPUTES.claimIdOf(BOB, JOB), "chain");
    }

    function test_claim_records_and_announces() public {
        bytes32 claimId = DISPUTES.claimIdOf(BOB, JOB);
        bytes32 seal = sealOf(BOB, JOB, false);
        vm.expectEmit();
        emit IDisputes.Claimed(claimId, BOB, graphId, JOB, inputRoot, outputRoot, traceRoot, BOND, "input");
        vm.prank(BOB);
        eq(DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, outputRoot, traceRoot, seal, "input"), claimId, "id");

        IDisputes.Claim memory found = DISPUTES.claimOf(claimId);
        eq(found.worker, BOB, "worker");
        eq(found.claimedAt, START, "time");
        eq(found.convictedAt, 0, "convicted");
        eq(found.jobId, JOB, "job");
        eq(found.modelId, graphId, "model");
        eq(found.inputRoot, inputRoot, "input");
        eq(found.outputRoot, outputRoot, "output");
        eq(found.traceRoot, traceRoot, "trace");
        eq(found.seal, seal, "seal");
        expectClaim(claimId, IDisputes.Phase.Open, IDisputes.Reason.Running, 0, BOND);
        expectMoney(BOND, 0);
    }

    function test_views_refuse_what_is_unknown() public {
        bytes memory reason = abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB);
        vm.expectRevert(reason);
        DISPUTES.claimOf(JOB);
        vm.expectRevert(reason);
        DISPUTES.challengeBond(JOB);
        vm.expectRevert(reason);
        DISPUTES.nodeOf(JOB, TRACE, 19, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 1));
        DISPUTES.threadOf(1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadUnknown.selector, 0));
        DISPUTES.threadOf(0);
    }

    function test_parameters() public view {
        eq(DISPUTES.CLAIM_MIN(), 100e18, "claim");
        eq(DISPUTES.CHALLENGE_MIN(), 100e18, "challenge");
        eq(DISPUTES.WINDOW(), 1 days, "window");
        eq(DISPUTES.TURN(), 1 hours, "turn");
        eq(DISPUTES.HOLD(), 10, "hold");
    }

    function test_plain_transfers_are_refused() public {
        vm.prank(BOB);
        (bool sent,) = Predeploys.DISPUTES.call{value: 1}("");
        holds(!sent, "money that nobody owns");
    }

    function test_commitTrace_is_for_the_worker_of_an_open_claim_once() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.commitTrace(JOB, traceRoot);
        bytes32 claimId = claimedAs(BOB, JOB, 0, true);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotWorker.selector, claimId, CAROL));
        vm.prank(CAROL);
        DISPUTES.commitTrace(claimId, traceRoot);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceUnknown.selector, claimId));
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, 0);

        vm.expectEmit();
        emit IDisputes.TraceCommittedTo(claimId, traceRoot);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        eq(DISPUTES.claimOf(claimId).traceRoot, traceRoot, "trace");
        eq(DISPUTES.nodeOf(claimId, TRACE, 19, 0).value, traceRoot, "the root's value");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TraceCommitted.selector, claimId));
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, "another");

        claimId = _canary("canary");
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Canary));
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
    }

    function test_uphold_waits_for_the_window() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.uphold(JOB, SALT);
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW);
        vm.expectRevert(tooEarly(START + WINDOW));
        DISPUTES.uphold(claimId, SALT);
    }

    function test_uphold_waits_for_running_threads() public {
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW);
        uint256 thread = challenged(ALICE, claimId, INPUT_TREE);
        answered(claimId, INPUT_TREE, 3, 0);
        vm.warp(START + WINDOW + TURN + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.StillDisputed.selector, claimId, 1));
        DISPUTES.uphold(claimId, SALT);
        DISPUTES.forfeit(thread);
        DISPUTES.uphold(claimId, SALT);
        expectMoney(0, BOND + STAKED / 2);
    }

    function test_uphold_refuses_canaries_and_other_salts() public {
        bytes32 honest = claimed();
        bytes32 canary = claimedAs(CAROL, JOB, traceRoot, true);
        vm.warp(START + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, honest));
        DISPUTES.uphold(honest, "other");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, canary));
        DISPUTES.uphold(canary, SALT);
    }

    function test_uphold_gives_the_bond_back_once() public {
        bytes32 claimId = claimed();
        vm.warp(START + WINDOW + 1);
        vm.expectEmit();
        emit IDisputes.Closed(claimId, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted, address(0), 0);
        vm.expectEmit();
        emit ICredits.Credited(BOB, BOND);
        DISPUTES.uphold(claimId, SALT);
        expectClaim(claimId, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted, 0, 0);
        expectMoney(0, BOND);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        DISPUTES.uphold(claimId, SALT);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        DISPUTES.burn(claimId);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Upheld));
        DISPUTES.challenge{value: 1}(claimId, TRACE);

        vm.prank(BOB);
        DISPUTES.withdraw();
        eq(BOB.balance, FUNDS, "whole");
        expectMoney(0, 0);
    }

    function test_reveal_is_for_the_worker_of_a_canary() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.reveal(JOB, SALT);
        bytes32 canary = claimedAs(BOB, JOB, traceRoot, true);
        // Not before it is refuted: else who attested to a lie could be saved at no cost.
        vm.expectRevert(wrongPhase(canary, IDisputes.Phase.Open));
        vm.prank(BOB);
        DISPUTES.reveal(canary, SALT);
        _refuted(canary);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotWorker.selector, canary, CAROL));
        vm.prank(CAROL);
        DISPUTES.reveal(canary, SALT);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, canary));
        vm.prank(BOB);
        DISPUTES.reveal(canary, "other");
        bytes32 honest = claimedAs(CAROL, JOB, traceRoot, false);
        _refuted(honest);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, honest));
        vm.prank(CAROL);
        DISPUTES.reveal(honest, SALT);
    }

    function test_a_seal_of_somebody_else_opens_nothing() public {
        bytes32 seal = sealOf(BOB, JOB, true);
        vm.prank(CAROL);
        bytes32 claimId = DISPUTES.claim{value: BOND}(JOB, graphId, inputRoot, outputRoot, traceRoot, seal, "");
        _refuted(claimId);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheSeal.selector, claimId));
        vm.prank(CAROL);
        DISPUTES.reveal(claimId, SALT);
    }

    /// Silence shows nothing: who is silent about a canary loses it.
    function test_a_canary_that_nobody_answers_for_is_lost() public {
        bytes32 claimId = _convicted(true);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotRefuted.selector, claimId));
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
    }

    function test_reveal_of_a_refuted_canary_gives_all_but_the_reward_back() public {
        bytes32 claimId = claimedAs(BOB, JOB, traceRoot, true);
        uint256 thread = atFirstLeaf(ALICE, claimId);
        hold();
        wrong(3, 40, 0);
        refuted(CAROL, claimId, 3, 40);
        vm.warp(block.timestamp + TURN);
        vm.expectEmit();
        emit IDisputes.Closed(claimId, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement, address(0), 0);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        expectClaim(claimId, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement, 0, 0);
        eq(DISPUTES.creditOf(BOB), BOND - BOND / 10, "worker");
        eq(DISPUTES.creditOf(ALICE), STAKED + BOND / 10, "who found it");
        expectMoney(0, BOND + STAKED);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ThreadEnded.selector, thread));
        DISPUTES.release(thread);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Canary));
        DISPUTES.burn(claimId);
        vm.expectRevert(wrongPhase(claimId, IDisputes.Phase.Canary));
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
    }

    /// Who planted what nobody found shows it at no cost.
    function test_a_canary_that_nobody_found_is_refuted_by_who_planted_it() public {
        _canary(JOB);
        eq(DISPUTES.creditOf(BOB), BOND, "all of it");
        expectMoney(0, BOND);
    }

    function test_reveal_comes_too_late_for_a_bond_that_may_be_burned() public {
        bytes32 claimId = claimedAs(BOB, JOB, traceRoot, true);
        _refuted(claimId);
        uint256 deadline = block.timestamp + TURN;
        vm.warp(deadline + 1);
        vm.expectRevert(tooLate(deadline));
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        DISPUTES.burn(claimId);
        eq(Predeploys.BURN.balance, BOND - BOND / 10, "burned");
    }

    function test_burn_waits_until_the_claim_can_be_no_canary_and_burns_once() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, JOB));
        DISPUTES.burn(JOB);
        bytes32 open = claimedAs(CAROL, JOB, traceRoot, false);
        vm.expectRevert(wrongPhase(open, IDisputes.Phase.Open));
        DISPUTES.burn(open);
        bytes32 claimId = _convicted(false);
        uint256 deadline = block.timestamp + TURN;
        vm.warp(deadline);
        vm.expectRevert(tooEarly(deadline));
        DISPUTES.burn(claimId);
        vm.warp(deadline + 1);
        vm.expectEmit();
        emit IDisputes.Burned(claimId, BOND - BOND / 10);
        DISPUTES.burn(claimId);
        eq(Predeploys.BURN.balance, BOND - BOND / 10, "burned");
        expectClaim(claimId, IDisputes.Phase.Convicted, IDisputes.Reason.Silence, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NothingToBurn.selector, claimId));
        DISPUTES.burn(claimId);
        // The other claim's bond, and the winner's money.
        expectMoney(BOND, BOND / 10 + STAKED);
    }

    function test_withdraw_refuses_nothing_and_pays_once() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        vm.prank(ALICE);
        DISPUTES.withdraw();
        _convicted(false);
        vm.expectEmit();
        emit ICredits.Withdrawn(ALICE, BOND / 10 + STAKED);
        vm.prank(ALICE);
        DISPUTES.withdraw();
        eq(ALICE.balance, FUNDS + BOND / 10, "paid");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, ALICE));
        vm.prank(ALICE);
        DISPUTES.withdraw();
    }

    function test_a_challenger_that_refuses_money_cannot_block_a_conviction_nor_be_paid_twice() public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        bytes32 claimId = claimed();
        bytes memory challenge = abi.encodeCall(DISPUTES.challenge, (claimId, TRACE));
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        hostile.perform(address(DISPUTES), STAKED, challenge);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);

        bytes memory withdraw = abi.encodeCall(DISPUTES.withdraw, ());
        uint256 owed = STAKED + BOND / 10;
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(hostile), owed));
        hostile.perform(address(DISPUTES), 0, withdraw);
        hostile.plan(HostileAccount.Mood.Reenter, address(DISPUTES), withdraw);
        hostile.perform(address(DISPUTES), 0, withdraw);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, FUNDS + BOND / 10, "paid once");
        expectMoney(BOND - BOND / 10, 0);
    }

    /// @dev BOB's, who refuted it and showed it to be planted.
    function _canary(bytes32 jobId) private returns (bytes32 claimId) {
        claimId = claimedAs(BOB, jobId, traceRoot, true);
        _refuted(claimId);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
    }

    /// @dev By BOB.
    function _refuted(bytes32 claimId) private {
        wrong(3, 40, 0);
        announced(BOB, claimId, 3, 40);
        hold();
        refuted(BOB, claimId, 3, 40);
    }

    /// A claim of BOB's that ALICE won because of his silence.
    function _convicted(bool planted) private returns (bytes32 claimId) {
        claimId = claimedAs(BOB, JOB, traceRoot, planted);
        challenged(ALICE, claimId, TRACE);
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
    }
}
