// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuditsWorld} from "./AuditsWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What a verdict does to who attested otherwise.
contract AuditsVerdictsTest is AuditsWorld {
    bytes32 private constant MIX = keccak256("mix");
    uint256 private constant REWARD = DEPOSIT / 10;
    /// @dev At these places are who found what is claimed, who found another answer, and who did not say.
    uint256 private _yes;
    uint256 private _no;
    uint256 private _silent;

    function setUp() public override {
        super.setUp();
        bench(3);
        requested(CLAIM, MIX);
        (_yes, _no, _silent) = (0, 1, 2);
        commit(CLAIM, _yes, OUTPUT);
        commit(CLAIM, _no, OTHER);
        commit(CLAIM, _silent, OUTPUT);
        attest(CLAIM, list(_yes), OUTPUT);
        attest(CLAIM, list(_no), OTHER);
    }

    function test_who_did_not_attest_is_not_contradicted() public {
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotAttested.selector, CLAIM, _silent));
        AUDITS.contradict(CLAIM, _silent);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotAttested.selector, OTHER, _yes));
        AUDITS.contradict(OTHER, _yes);
    }

    function test_without_a_verdict_nobody_is_contradicted() public {
        _spares(_yes);
        _spares(_no);
    }

    function test_a_verdict_spares_who_said_the_same() public {
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement);
        _spares(_no);
        DISPUTES.end(CLAIM, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        _spares(_no);
        DISPUTES.end(CLAIM, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        _spares(_yes);
    }

    function test_who_agrees_with_a_refuted_claim_loses_the_seat() public {
        _loses(IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement, _yes);
    }

    function test_attack_10_who_agrees_with_a_canary_loses_the_seat() public {
        _loses(IDisputes.Phase.Canary, IDisputes.Reason.WrongElement, _yes);
    }

    /// A worker who is silent in time would else save those who attested to its lie. They know the trace, if they told the truth.
    function test_attack_10_who_agrees_with_a_claim_that_nobody_answers_for_loses_the_seat() public {
        bytes32 keyId = keyAt(_yes);
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.Silence);
        _spares(_no);
        AUDITS.contradict(CLAIM, _yes);
        eq(AUDITS.seatOf(keyId).deposit, 0, "deposit");
        eq(Predeploys.BURN.balance, DEPOSIT, "all is burned: silence is not to be paid for");
        eq(AUDITS.creditOf(address(this)), 0, "reward");
    }

    /// A dispute can be lost by who was right.
    function test_a_finding_that_is_not_the_claims_costs_no_seat() public {
        DISPUTES.end(CLAIM, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        _spares(_no);
    }

    function test_a_deposit_is_slashed_once_for_all_claims() public {
        requested(OTHER, MIX);
        commit(OTHER, _yes, OUTPUT);
        commit(OTHER, _no, OUTPUT);
        commit(OTHER, _silent, OUTPUT);
        attest(OTHER, list(_yes), OUTPUT);
        DISPUTES.end(CLAIM, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        DISPUTES.end(OTHER, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        AUDITS.contradict(CLAIM, _yes);
        vm.expectRevert(abi.encodeWithSelector(IAudits.SlashedAlready.selector, CLAIM, _yes));
        AUDITS.contradict(CLAIM, _yes);
        vm.expectRevert(abi.encodeWithSelector(IAudits.SlashedAlready.selector, OTHER, _yes));
        AUDITS.contradict(OTHER, _yes);
        eq(AUDITS.creditOf(address(this)), REWARD, "one reward");
    }

    function test_who_is_slashed_commits_to_nothing_more() public {
        bytes32 keyId = keyAt(_yes);
        requested(OTHER, MIX);
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement);
        AUDITS.contradict(CLAIM, _yes);
        vm.expectRevert(abi.encodeWithSelector(IAudits.Leaving.selector, keyId));
        commitAs(member(_yes), OTHER, keyId, "commitment");
        vm.expectRevert(abi.encodeWithSelector(IAudits.Leaving.selector, keyId));
        vm.prank(member(_yes));
        AUDITS.resign(keyId);
        eq(KEYS.describe(AUDITS.set()).members, 2, "out of the set, once");
    }

    function test_attack_10_leaving_after_a_false_attestation_saves_nothing() public {
        bytes32 keyId = keyAt(_yes);
        vm.prank(member(_yes));
        AUDITS.resign(keyId);
        vm.warp(START + 3 days - 1);
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement);
        AUDITS.contradict(CLAIM, _yes);
        eq(AUDITS.seatOf(keyId).withdrawableAt, START + 3 days, "not later for it");
        vm.warp(START + 3 days);
        AUDITS.reclaim(keyId);
        eq(AUDITS.creditOf(member(_yes)), 0, "no deposit");
    }

    function test_after_its_time_a_deposit_is_safe() public {
        bytes32 keyId = keyAt(_yes);
        vm.prank(member(_yes));
        AUDITS.resign(keyId);
        vm.warp(START + 3 days);
        AUDITS.reclaim(keyId);
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.WrongElement);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, keyId));
        AUDITS.contradict(CLAIM, _yes);
        // Another seat of the same key did not attest to this.
        enlist(member(_yes), keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, keyId));
        AUDITS.contradict(CLAIM, _yes);
    }

    function test_a_slashed_seat_can_be_taken_anew_with_a_new_deposit() public {
        bytes32 keyId = keyAt(_yes);
        DISPUTES.end(CLAIM, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        AUDITS.contradict(CLAIM, _yes);
        vm.warp(START + 3 days);
        AUDITS.reclaim(keyId);
        enlist(member(_yes), keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, keyId));
        AUDITS.contradict(CLAIM, _yes);
        eq(AUDITS.seatOf(keyId).deposit, DEPOSIT, "whole");
    }

    function test_a_credit_cannot_be_withdrawn_twice_by_calling_back() public {
        HostileAccount hostile = new HostileAccount();
        DISPUTES.end(CLAIM, IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        hostile.perform(address(AUDITS), 0, abi.encodeCall(AUDITS.contradict, (CLAIM, _yes)));
        bytes memory call = abi.encodeCall(AUDITS.withdraw, ());
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(hostile), REWARD));
        hostile.perform(address(AUDITS), 0, call);
        hostile.plan(HostileAccount.Mood.Reenter, address(AUDITS), call);
        hostile.perform(address(AUDITS), 0, call);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, REWARD, "paid once");
        eq(address(AUDITS).balance, AUDITS.held() + AUDITS.credited(), "balance");
    }

    function _loses(IDisputes.Phase phase, IDisputes.Reason reason, uint256 place) private {
        bytes32 keyId = keyAt(place);
        DISPUTES.end(CLAIM, phase, reason);
        uint256 held = AUDITS.held();
        vm.expectEmit();
        emit IAudits.AuditorSlashed(CLAIM, place, keyId, DEPOSIT);
        vm.expectEmit();
        emit ICredits.Credited(BOB, REWARD);
        vm.expectEmit();
        emit IAudits.LeftSeat(keyId, member(place), uint64(START) + 3 days);
        vm.prank(BOB);
        AUDITS.contradict(CLAIM, place);
        eq(AUDITS.seatOf(keyId).deposit, 0, "deposit");
        eq(KEYS.stakeOf(AUDITS.set(), keyId), 0, "out of the set");
        holds(AUDITS.voteOf(CLAIM, place).slashed, "slashed");
        eq(AUDITS.creditOf(BOB), REWARD, "a tenth");
        eq(Predeploys.BURN.balance, DEPOSIT - REWARD, "the rest is burned");
        eq(AUDITS.held(), held - DEPOSIT, "held");
        eq(address(AUDITS).balance, AUDITS.held() + AUDITS.credited(), "balance");
    }

    function _spares(uint256 place) private {
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotContradicted.selector, CLAIM, place));
        AUDITS.contradict(CLAIM, place);
    }
}
