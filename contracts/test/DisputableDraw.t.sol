// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputableWorld} from "./DisputableWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What chance says of a claim, and who pays for it.
contract DisputableDrawTest is DisputableWorld {
    bytes32 private _claimId;

    function setUp() public override {
        super.setUp();
        bench(5);
        _claimId = entered(JOB_ID);
    }

    function test_draw_wants_an_entry() public {
        bytes32 none = DISPUTES.claimIdOf(CAROL, JOB);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotEntered.selector, none));
        DISPUTABLE.draw(CAROL, JOB_ID);
        none = claimedAs(BOB, bytes32(JOB_ID + 1), traceRoot, false);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.NotEntered.selector, none));
        DISPUTABLE.draw(BOB, JOB_ID + 1);
    }

    function test_draw_waits_for_the_mix() public {
        vm.roll(TAKEN_AT + DELAY - 1);
        uint256 height = TAKEN_AT + DELAY;
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, height, height - 1));
        DISPUTABLE.draw(BOB, JOB_ID);
        vm.roll(height + 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, height));
        DISPUTABLE.draw(BOB, JOB_ID);
        drawn(JOB_ID, false);
    }

    function test_who_is_not_drawn_costs_nothing() public {
        drawable(JOB_ID, false);
        vm.expectEmit();
        emit IDisputable.Drawn(_claimId, false, 0);
        DISPUTABLE.draw(BOB, JOB_ID);
        _isDrawn(false);
        eq(DISPUTABLE.pot(), ENTRY, "pot");
        vm.expectRevert(abi.encodeWithSelector(IAudits.AuditUnknown.selector, _claimId));
        AUDITS.auditOf(_claimId);
    }

    function test_an_audit_of_who_is_drawn_is_paid_from_the_pot() public {
        _fund(10e18);
        drawable(JOB_ID, true);
        vm.expectEmit();
        emit IDisputable.Drawn(_claimId, true, AUDIT);
        DISPUTABLE.draw(BOB, JOB_ID);
        _isDrawn(true);
        eq(DISPUTABLE.pot(), 10e18 + ENTRY - AUDIT, "pot");
        IAudits.Audit memory audit = AUDITS.auditOf(_claimId);
        eq(audit.requester, Predeploys.DISPUTABLE, "who asked");
        eq(audit.fee, AUDIT, "fee");
    }

    function test_a_claim_is_drawn_once() public {
        bool[2] memory either = [false, true];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 jobId = JOB_ID + 1 + i;
            bytes32 claimId = entered(jobId);
            _fund(10e18);
            drawn(jobId, either[i]);
            vm.expectRevert(abi.encodeWithSelector(IDisputable.DrawnAlready.selector, claimId));
            DISPUTABLE.draw(BOB, jobId);
        }
    }

    function testFuzz_the_caller_makes_up_what_the_pot_lacks(uint256 pot, uint256 sent) public {
        pot = within(pot, 0, 2 * AUDIT);
        sent = within(sent, 0, 2 * AUDIT);
        vm.deal(Predeploys.DISPUTABLE, pot);
        drawable(JOB_ID, true);
        if (pot + sent < AUDIT) {
            vm.expectRevert(abi.encodeWithSelector(IDisputable.PotTooSmall.selector, pot + sent, AUDIT));
            _draw(CAROL, sent);
            eq(CAROL.balance, FUNDS, "kept");
            return;
        }
        uint256 lacking = pot < AUDIT ? AUDIT - pot : 0;
        if (lacking != 0) {
            vm.expectEmit();
            emit IDisputable.PotFunded(CAROL, lacking);
        }
        _draw(CAROL, sent);
        eq(CAROL.balance, FUNDS - lacking, "the rest came back");
        eq(DISPUTABLE.pot(), pot + lacking - AUDIT, "pot");
        eq(AUDITS.auditOf(_claimId).fee, AUDIT, "fee");
    }

    function test_what_was_sent_comes_back_where_there_is_nothing_to_pay() public {
        drawable(JOB_ID, false);
        _draw(CAROL, 5e18);
        eq(CAROL.balance, FUNDS, "all of it");
        eq(DISPUTABLE.pot(), ENTRY, "pot");
    }

    function test_who_refuses_what_comes_back_has_drawn_nothing() public {
        HostileAccount hostile = new HostileAccount();
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.deal(address(hostile), FUNDS);
        drawable(JOB_ID, false);
        vm.expectRevert(abi.encodeWithSelector(IDisputable.PayoutFailed.selector, address(hostile), 1));
        _draw(address(hostile), 1);
        // Nor is anything paid twice to who comes back.
        hostile.plan(HostileAccount.Mood.Reenter, address(DISPUTABLE), abi.encodeCall(DISPUTABLE.draw, (BOB, JOB_ID)));
        _draw(address(hostile), 1);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, FUNDS, "came back");
        eq(DISPUTABLE.pot(), ENTRY, "pot");
    }

    function test_a_full_pot_pays_what_entries_paid_for() public {
        _fund(400e18 - 1 - ENTRY);
        eq(DISPUTABLE.auditFee(jobPrice), AUDIT, "a wei less");
        _fund(1);
        uint256 fee = DISPUTABLE.auditFee(jobPrice);
        eq(fee, 5e18, "more");
        eq(fee * DISPUTABLE.auditRate(), DISPUTABLE.entryFee(jobPrice) * 10_000, "no more than entries bring");
        drawn(JOB_ID, true);
        eq(AUDITS.auditOf(_claimId).fee, 5e18, "fee");
        eq(DISPUTABLE.pot(), 395e18, "pot");
    }

    /// What is sent along does not make a pot full.
    function test_the_caller_makes_up_for_the_least_fee_alone() public {
        drawable(JOB_ID, true);
        _draw(CAROL, 1000e18);
        eq(CAROL.balance, FUNDS - AUDIT + ENTRY, "what lacked");
        eq(AUDITS.auditOf(_claimId).fee, AUDIT, "fee");
    }

    function test_who_was_audited_already_is_not_paid_for() public {
        vm.prank(ALICE);
        AUDITS.request{value: AUDIT}(_claimId);
        vm.warp(START + 20 hours);
        drawable(JOB_ID, true);
        vm.expectEmit();
        emit IDisputable.Drawn(_claimId, true, 0);
        _draw(CAROL, 4e18);
        _isDrawn(true);
        eq(CAROL.balance, FUNDS, "came back");
        eq(DISPUTABLE.pot(), ENTRY, "pot");
        eq(AUDITS.auditOf(_claimId).fee, AUDIT, "as it was");
        upheld(_claimId);
        says(IVerifier.Verdict.Right, JOB_ID, "as good as another");
    }

    /// Of a dear job, the worker asks for an audit that pays nobody: what lacks is added, or it is never drawn.
    function test_threat_10_a_cheap_audit_is_no_draws() public {
        jobPrice = 10e18;
        uint256 jobId = JOB_ID + 1;
        bytes32 claimId = entered(jobId);
        vm.prank(BOB);
        AUDITS.request{value: AUDIT}(claimId);
        _fund(50e18);
        uint256 pot = DISPUTABLE.pot();
        uint256 state = vm.snapshotState();
        committee(claimId);
        vm.warp(START + 1 hours);
        drawn(jobId, true);
        eq(AUDITS.auditOf(claimId).fee, AUDIT + 18e18, "both");
        eq(DISPUTABLE.pot(), pot - 18e18, "pot");
        upheld(claimId);
        AUDITS.close(claimId);
        AUDITS.refund(claimId, Predeploys.DISPUTABLE);
        DISPUTABLE.reclaim();
        eq(DISPUTABLE.pot(), pot, "nobody earned it");

        // Once one of them may have shown what it found, it is too late for a better one.
        vm.revertToState(state);
        drawable(jobId, true);
        commits(claimId, committee(claimId)[0], outputRoot);
        vm.warp(START + 1 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooLate.selector, uint64(START) + 1 hours));
        DISPUTABLE.draw(BOB, jobId);
    }

    /// Who looks at the fee before it computes sees what the pot adds when there is an hour left.
    function test_threat_10_what_is_added_in_the_last_second_is_in_time_for_auditors() public {
        jobPrice = 10e18;
        uint256 jobId = JOB_ID + 1;
        bytes32 claimId = entered(jobId);
        vm.prank(BOB);
        AUDITS.request{value: AUDIT}(claimId);
        _fund(50e18);
        // Even though a friend of the worker's is of the committee.
        commits(claimId, committee(claimId)[0], outputRoot);
        vm.warp(START + 1 hours);
        drawn(jobId, true);
        vm.warp(START + 2 hours);
        eq(attested(claimId, outputRoot).length, 4, "all of them, and one an hour ago");
        eq(AUDITS.auditOf(claimId).members, 4, "found it");
    }

    function test_an_audit_is_drawn_in_time_or_never() public {
        _fund(10e18);
        drawable(JOB_ID, true);
        vm.warp(DISPUTABLE.drawBy(uint64(START)) + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, _claimId));
        DISPUTABLE.draw(BOB, JOB_ID);
        vm.warp(DISPUTABLE.drawBy(uint64(START)));
        DISPUTABLE.draw(BOB, JOB_ID);
        _isDrawn(true);
    }

    function test_that_there_is_none_is_drawn_at_any_time() public {
        drawable(JOB_ID, false);
        upheld(_claimId);
        DISPUTABLE.draw(BOB, JOB_ID);
        _isDrawn(false);
    }

    function test_no_audit_of_a_convicted_claim_is_paid() public {
        _fund(10e18);
        convicted(_claimId);
        drawable(JOB_ID, true);
        vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, _claimId));
        DISPUTABLE.draw(BOB, JOB_ID);
        eq(DISPUTABLE.pot(), 10e18 + ENTRY, "pot");
    }

    function test_what_auditors_did_not_earn_comes_back_into_the_pot() public {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, Predeploys.DISPUTABLE));
        DISPUTABLE.reclaim();
        _fund(3e18);
        drawn(JOB_ID, true);
        eq(DISPUTABLE.pot(), 0, "spent");
        upheld(_claimId);
        AUDITS.close(_claimId);
        vm.expectEmit();
        emit IDisputable.PotReclaimed(AUDIT);
        vm.prank(CAROL);
        DISPUTABLE.reclaim();
        eq(DISPUTABLE.pot(), AUDIT, "back");
        eq(AUDITS.creditOf(Predeploys.DISPUTABLE), 0, "all");
    }

    function test_the_next_audit_is_paid_of_what_the_last_ones_auditors_did_not_earn() public {
        _fund(3e18);
        drawn(JOB_ID, true);
        upheld(_claimId);
        AUDITS.close(_claimId);
        entered(JOB_ID + 1);
        eq(DISPUTABLE.pot(), ENTRY, "of the entry");
        drawn(JOB_ID + 1, true);
        eq(DISPUTABLE.pot(), ENTRY, "and a fee came back");
        eq(AUDITS.creditOf(Predeploys.DISPUTABLE), 0, "all of it");
    }

    function test_what_auditors_earned_does_not() public {
        _fund(3e18);
        drawn(JOB_ID, true);
        uint256[] memory places = attested(_claimId, outputRoot);
        eq(places.length, 4, "of five");
        upheld(_claimId);
        AUDITS.close(_claimId);
        eq(AUDITS.creditOf(Predeploys.DISPUTABLE), 0, "earned");
        eq(AUDITS.credited(), AUDIT, "by them");
    }

    /// @dev Of 20,000 claims, four standard deviations are 226.
    function test_one_claim_in_five_is_drawn() public view {
        uint256 audited;
        for (uint256 i = 0; i < 20_000; ++i) {
            if (isAuditedBy(keccak256(abi.encode(i)), 116, "mix")) ++audited;
        }
        holds(audited > 4000 - 226 && audited < 4000 + 226, "a fifth");
    }

    function testFuzz_the_mix_alone_draws(bytes32 mix) public {
        vm.assume(mix != 0);
        _fund(10e18);
        mixes(TAKEN_AT + DELAY, mix);
        vm.roll(TAKEN_AT + DELAY + 1);
        DISPUTABLE.draw(BOB, JOB_ID);
        _isDrawn(isAuditedBy(_claimId, TAKEN_AT + DELAY, mix));
    }

    function _isDrawn(bool audited) private view {
        IDisputable.Entry memory entry = DISPUTABLE.entryOf(BOB, JOB_ID);
        holds(entry.drawn, "drawn");
        holds(entry.audited == audited, "audited");
        eq(entry.height, TAKEN_AT, "of its height");
    }

    function _fund(uint256 amount) private {
        vm.deal(address(0xf00d), amount);
        vm.prank(address(0xf00d));
        DISPUTABLE.fund{value: amount}();
    }

    function _draw(address caller, uint256 sent) private {
        vm.prank(caller);
        DISPUTABLE.draw{value: sent}(BOB, JOB_ID);
    }
}
