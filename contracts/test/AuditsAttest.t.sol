// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuditsWorld} from "./AuditsWorld.sol";
import {Bls} from "../src/bls/Bls.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What members show of what they committed to, and what becomes of the fee.
contract AuditsAttestTest is AuditsWorld {
    bytes32 private constant MIX = keccak256("mix");
    uint256[] private _places;

    function setUp() public override {
        super.setUp();
        bench(9);
        _places = requested(CLAIM, MIX);
    }

    function test_attack_11_nothing_shows_what_a_member_found_before_all_committed() public {
        for (uint256 i = 0; i < 3; ++i) {
            commit(CLAIM, _places[i], OUTPUT);
        }
        (uint256[] memory three,) = split(_places, 3);
        _refuses(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + TURN), three, OUTPUT);
        vm.warp(START + TURN);
        _refuses(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + TURN), three, OUTPUT);
        // Either the last one's is in, or nobody can commit any more.
        commit(CLAIM, _places[3], OUTPUT);
        attest(CLAIM, three, OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 3, "members");
    }

    function test_a_silent_member_does_not_keep_the_others_from_attesting() public {
        (uint256[] memory three,) = split(_places, 3);
        _commitAll(three);
        vm.warp(START + TURN + 1);
        attest(CLAIM, three, OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 3, "members");
    }

    function test_an_attestation_after_its_turn_is_too_late() public {
        _commitAll(_places);
        vm.warp(START + 2 * TURN + 1);
        _refuses(abi.encodeWithSelector(IAudits.TooLate.selector, uint64(START) + 2 * TURN), _places, OUTPUT);
        vm.warp(START + 2 * TURN);
        attest(CLAIM, _places, OUTPUT);
    }

    function test_signers_of_another_length_are_refused() public {
        _commitAll(_places);
        bytes32[] memory salts = saltsOf(_places);
        bytes memory signers = bitmap(CLAIM, _places);
        vm.expectRevert(abi.encodeWithSelector(IBls.SignersLength.selector, 2, 1));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, hex"ff", SIGNATURE, salts);
        vm.expectRevert(abi.encodeWithSelector(IBls.SignersLength.selector, 2, 3));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, bytes.concat(signers, hex"00"), SIGNATURE, salts);
    }

    function test_every_signer_has_one_salt() public {
        _commitAll(_places);
        bytes memory signers = bitmap(CLAIM, _places);
        vm.expectRevert(abi.encodeWithSelector(IAudits.WrongCount.selector, 4, 3));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, signers, SIGNATURE, new bytes32[](3));
        vm.expectRevert(abi.encodeWithSelector(IAudits.WrongCount.selector, 4, 5));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, signers, SIGNATURE, new bytes32[](5));
    }

    function test_who_did_not_commit_does_not_sign() public {
        (uint256[] memory three, uint256[] memory last) = split(_places, 3);
        _commitAll(three);
        vm.warp(START + TURN + 1);
        bytes memory reason = abi.encodeWithSelector(IAudits.NotCommitted.selector, CLAIM, last[0]);
        _refuses(reason, last, OUTPUT);
        // Nor who was not drawn, nor bits after the last place.
        uint256 stranger;
        while (has(_places, stranger)) ++stranger;
        _refuses(abi.encodeWithSelector(IAudits.NotCommitted.selector, CLAIM, stranger), list(stranger), OUTPUT);
        _refuses(abi.encodeWithSelector(IAudits.NotCommitted.selector, CLAIM, 15), list(15), OUTPUT);
    }

    function test_nobody_attests_twice() public {
        _commitAll(_places);
        (uint256[] memory one,) = split(_places, 1);
        attest(CLAIM, one, OUTPUT);
        _refuses(abi.encodeWithSelector(IAudits.Attested.selector, CLAIM, one[0]), one, OUTPUT);
        _refuses(abi.encodeWithSelector(IAudits.Attested.selector, CLAIM, one[0]), _places, OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 1, "counted once");
    }

    function test_a_commitment_opens_to_what_was_found_only() public {
        _commitAll(_places);
        bytes memory reason = abi.encodeWithSelector(IAudits.NotTheCommitment.selector, CLAIM, _places[0]);
        _refuses(reason, _places, OTHER);
        bytes memory signers = bitmap(CLAIM, _places);
        bytes32[] memory salts = saltsOf(_places);
        vm.expectRevert(reason);
        AUDITS.attest(CLAIM, OUTPUT, "another trace", signers, SIGNATURE, salts);
        (salts[0], salts[1]) = (salts[1], salts[0]);
        vm.expectRevert(reason);
        AUDITS.attest(CLAIM, OUTPUT, TRACE, signers, SIGNATURE, salts);
    }

    function test_attack_10_a_copied_commitment_is_nobodys() public {
        (uint256 honest, uint256 lazy) = (_places[0], _places[1]);
        commit(CLAIM, honest, OUTPUT);
        commitAs(operatorAt(lazy), CLAIM, keyAt(lazy), AUDITS.voteOf(CLAIM, honest).commitment);
        commit(CLAIM, _places[2], OUTPUT);
        commit(CLAIM, _places[3], OUTPUT);
        attest(CLAIM, list(honest), OUTPUT);
        // Now the salt and the finding are public, and of no use to who copied.
        uint256[] memory copied = list(lazy);
        bytes memory signers = bitmap(CLAIM, copied);
        sign(CLAIM, OUTPUT, signers);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotTheCommitment.selector, CLAIM, lazy));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, signers, SIGNATURE, saltsOf(list(honest)));
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(lazy)), 0, "earns nothing");
        eq(AUDITS.creditOf(operatorAt(honest)), SHARE, "earns");
    }

    function test_without_their_signatures_nothing_is_attested() public {
        _commitAll(_places);
        _refuses(abi.encodeWithSelector(Bls.CertificateInvalid.selector), _places, OUTPUT);
        // What others signed is no help.
        (uint256[] memory three,) = split(_places, 3);
        sign(CLAIM, OUTPUT, bitmap(CLAIM, three));
        _refuses(abi.encodeWithSelector(Bls.CertificateInvalid.selector), _places, OUTPUT);
        sign(CLAIM, OTHER, bitmap(CLAIM, _places));
        _refuses(abi.encodeWithSelector(Bls.CertificateInvalid.selector), _places, OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 0, "nothing");
    }

    function test_nobodys_attestation_is_none() public {
        _commitAll(_places);
        _refuses(abi.encodeWithSelector(Bls.CertificateInvalid.selector), new uint256[](0), OUTPUT);
    }

    function test_all_who_found_the_same_are_paid_a_share_each() public {
        _commitAll(_places);
        bytes memory signers = bitmap(CLAIM, _places);
        sign(CLAIM, OUTPUT, signers);
        vm.expectEmit();
        emit IAudits.AuditAttested(CLAIM, OUTPUT, TRACE, signers, 4, true);
        vm.prank(BOB);
        AUDITS.attest(CLAIM, OUTPUT, TRACE, signers, SIGNATURE, saltsOf(_places));
        eq(AUDITS.auditOf(CLAIM).members, 4, "members");
        eq(AUDITS.credited(), 0, "not before it ends");
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        for (uint256 i = 0; i < 4; ++i) {
            eq(AUDITS.creditOf(operatorAt(_places[i])), SHARE, "share");
            eq(AUDITS.voteOf(CLAIM, _places[i]).outputRoot, OUTPUT, "output");
            eq(AUDITS.voteOf(CLAIM, _places[i]).traceRoot, TRACE, "trace");
        }
        eq(AUDITS.credited(), FEE, "credited");
        eq(AUDITS.held(), 9 * DEPOSIT, "held");
    }

    function test_who_found_otherwise_attests_apart() public {
        (uint256[] memory three, uint256[] memory last) = split(_places, 3);
        _commitAll(three);
        commit(CLAIM, last[0], OTHER);
        attest(CLAIM, three, OUTPUT);
        attest(CLAIM, last, OTHER);
        eq(AUDITS.auditOf(CLAIM).members, 3, "members");
        eq(AUDITS.auditOf(CLAIM).finding, AUDITS.payloadOf(CLAIM, OUTPUT, TRACE), "what most found");
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(three[0])), SHARE, "paid");
        eq(AUDITS.creditOf(operatorAt(last[0])), 0, "alone with what it found");
        eq(AUDITS.creditOf(ALICE), SHARE, "refund");
    }

    function test_another_trace_is_a_disagreement() public {
        _commitAll(_places);
        DISPUTES.commitTrace(CLAIM, "another trace");
        _attests(_places, false);
    }

    /// Whoever could invent a trace could agree with an answer at no risk.
    function test_attack_10_nobody_commits_before_the_worker_committed_to_its_trace() public {
        DISPUTES.commitTrace(CLAIM, 0);
        bytes32 commitment = commitmentOf(CLAIM, _places[0], OUTPUT);
        (bytes32 keyId, address operator) = (keyAt(_places[0]), operatorAt(_places[0]));
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoTrace.selector, CLAIM));
        commitAs(operator, CLAIM, keyId, commitment);
        DISPUTES.commitTrace(CLAIM, TRACE);
        commitAs(operator, CLAIM, keyId, commitment);
    }

    /// Whoever agreed on something else, even first, finds that what was upheld is what is paid.
    function test_attack_10_an_upheld_claim_pays_who_found_what_it_says() public {
        (uint256[] memory three, uint256[] memory last) = split(_places, 3);
        for (uint256 i = 0; i < three.length; ++i) {
            commit(CLAIM, three[i], OTHER);
        }
        commit(CLAIM, last[0], OUTPUT);
        attest(CLAIM, three, OTHER);
        attest(CLAIM, last, OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 3, "most");
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(three[0])), 0, "unpaid");
        eq(AUDITS.creditOf(operatorAt(last[0])), SHARE, "paid");
        eq(AUDITS.creditOf(ALICE), 3 * SHARE, "refund");
    }

    function test_attack_10_what_was_refuted_is_not_paid() public {
        _commitAll(_places);
        attest(CLAIM, _places, OUTPUT);
        _ended(IDisputes.Phase.Canary, IDisputes.Reason.WrongElement);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(_places[0])), 0, "unpaid");
        eq(AUDITS.creditOf(ALICE), FEE, "refund");
    }

    function test_an_audit_waits_for_the_verdict_but_not_for_ever() public {
        _commitAll(_places);
        attest(CLAIM, _places, OUTPUT);
        vm.warp(START + 3 days);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + 3 days));
        AUDITS.close(CLAIM);
        vm.warp(START + 3 days + 1);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(_places[0])), SHARE, "paid");
    }

    function test_each_who_paid_is_refunded_its_part() public {
        vm.deal(BOB, FUNDS);
        vm.prank(BOB);
        AUDITS.request{value: 3 * FEE}(CLAIM);
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditRuns.selector, CLAIM));
        AUDITS.refund(CLAIM, BOB);
        commit(CLAIM, _places[0], OUTPUT);
        vm.warp(START + TURN + 1);
        attest(CLAIM, list(_places[0]), OUTPUT);
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operatorAt(_places[0])), 4 * SHARE, "a larger share");
        eq(AUDITS.creditOf(ALICE), 3 * SHARE, "who began, at once");
        AUDITS.refund(CLAIM, ALICE);
        AUDITS.refund(CLAIM, member(50));
        eq(AUDITS.creditOf(ALICE), 3 * SHARE, "once");
        eq(AUDITS.creditOf(member(50)), 0, "who paid nothing");
        AUDITS.refund(CLAIM, BOB);
        eq(AUDITS.creditOf(BOB), 9 * SHARE, "who added");
        AUDITS.refund(CLAIM, BOB);
        eq(AUDITS.creditOf(BOB), 9 * SHARE, "once");
        eq(AUDITS.held(), 9 * DEPOSIT, "held");
    }

    function test_who_left_after_committing_still_attests() public {
        _commitAll(_places);
        bytes32 keyId = keyAt(_places[0]);
        address operator = operatorAt(_places[0]);
        vm.prank(operator);
        AUDITS.resign(keyId);
        attest(CLAIM, _places, OUTPUT);
        // However late it ends.
        vm.warp(START + 4 days);
        AUDITS.reclaim(keyId);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(operator), DEPOSIT + SHARE, "deposit and share");
    }

    function test_an_audit_ends_after_its_turns_and_once() public {
        DISPUTES.end(CLAIM, IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        bytes memory early = abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + 2 * TURN);
        vm.warp(START + 2 * TURN);
        vm.expectRevert(early);
        AUDITS.close(CLAIM);
        _ended(IDisputes.Phase.Upheld, IDisputes.Reason.Unrefuted);
        AUDITS.close(CLAIM);
        holds(AUDITS.auditOf(CLAIM).closed, "closed");
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditEnded.selector, CLAIM));
        AUDITS.close(CLAIM);
    }

    function test_what_has_the_hash_zero_is_no_trace() public {
        _commitAll(_places);
        bytes memory signers = bitmap(CLAIM, _places);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoTrace.selector, CLAIM));
        AUDITS.attest(CLAIM, OUTPUT, 0, signers, SIGNATURE, saltsOf(_places));
    }

    function test_what_is_decided_is_not_audited_any_more() public {
        DISPUTES.end(CLAIM, IDisputes.Phase.Convicted, IDisputes.Reason.Silence);
        bytes32 commitment = commitmentOf(CLAIM, _places[0], OUTPUT);
        (bytes32 keyId, address operator) = (keyAt(_places[0]), operatorAt(_places[0]));
        vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, CLAIM));
        commitAs(operator, CLAIM, keyId, commitment);
    }

    function test_what_nobody_earned_is_the_requesters_again() public {
        (uint256[] memory one, uint256[] memory three) = split(_places, 1);
        commit(CLAIM, one[0], OTHER);
        commit(CLAIM, three[0], OUTPUT);
        commit(CLAIM, three[1], OUTPUT);
        vm.warp(START + TURN + 1);
        attest(CLAIM, one, OTHER);
        attest(CLAIM, list(three[0]), OUTPUT);
        vm.warp(START + 3 days + 1);
        vm.expectEmit();
        // Of two that as many found, the one that was shown first.
        emit IAudits.AuditClosed(CLAIM, AUDITS.payloadOf(CLAIM, OTHER, TRACE), 1, FEE - SHARE);
        vm.prank(BOB);
        AUDITS.close(CLAIM);
        eq(AUDITS.creditOf(ALICE), FEE - SHARE, "refund");
        eq(AUDITS.held(), 9 * DEPOSIT, "held");
        eq(address(AUDITS).balance, AUDITS.held() + AUDITS.credited(), "balance");
    }

    function test_what_does_not_divide_is_refunded() public {
        DISPUTES.open(OTHER, OUTPUT, TRACE);
        vm.prank(ALICE);
        AUDITS.request{value: 4e18 + 3}(OTHER);
        vm.roll(block.number + 16);
        attested(OTHER, sorted(AUDITS.committeeOf(OTHER)), OUTPUT);
        vm.warp(START + 3 days + 1);
        AUDITS.close(OTHER);
        eq(AUDITS.creditOf(ALICE), 3, "three wei");
    }

    /// Bits of signers go on after the first word, and chunks of a set after the first.
    function test_members_at_any_place_of_a_large_set_attest() public {
        for (uint256 i = 9; i < 600; ++i) {
            seated(member(i));
        }
        vm.warp(START + 1 hours);
        sealNow();
        uint256[] memory places = requested(OTHER, MIX);
        for (uint256 mix = 1; places[0] > 255 || places[3] < 512; ++mix) {
            vm.prevrandao(bytes32(mix));
            places = sorted(AUDITS.committeeOf(OTHER));
        }
        attested(OTHER, places, OUTPUT);
        eq(AUDITS.auditOf(OTHER).members, 4, "members");
    }

    /// @dev After the audit's turns.
    function _ended(IDisputes.Phase phase, IDisputes.Reason reason) private {
        vm.warp(START + 2 * TURN + 1);
        DISPUTES.end(CLAIM, phase, reason);
    }

    function _attests(uint256[] memory places, bool agrees) private {
        bytes memory signers = bitmap(CLAIM, places);
        vm.expectEmit();
        emit IAudits.AuditAttested(CLAIM, OUTPUT, TRACE, signers, places.length, agrees);
        attest(CLAIM, places, OUTPUT);
    }

    function _commitAll(uint256[] memory places) private {
        for (uint256 i = 0; i < places.length; ++i) {
            commit(CLAIM, places[i], OUTPUT);
        }
    }

    function _refuses(bytes memory reason, uint256[] memory places, bytes32 outputRoot) private {
        bytes memory signers = bitmap(CLAIM, places);
        vm.expectRevert(reason);
        AUDITS.attest(CLAIM, outputRoot, TRACE, signers, SIGNATURE, saltsOf(places));
    }
}
