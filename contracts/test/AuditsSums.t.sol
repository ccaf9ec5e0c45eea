// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuditsWorld} from "./AuditsWorld.sol";
import {Bench} from "./mocks/Bench.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever a bench does: sums over all seats and all audits, computed the long way.
contract AuditsSumsTest is AuditsWorld {
    Bench private _bench;
    uint256 private _auditors;

    function setUp() public override {
        _bench = new Bench();
        _bench.setUp();
        _auditors = _bench.SIZE();
        for (uint256 i = 0; i < 4; ++i) {
            _bench.enlist(i);
        }
        _bench.seal();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_bench);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[13] memory verbs = [
            Bench.enlist.selector,
            Bench.resign.selector,
            Bench.reclaim.selector,
            Bench.seal.selector,
            Bench.request.selector,
            Bench.requestAgain.selector,
            Bench.commit.selector,
            Bench.attestAll.selector,
            Bench.close.selector,
            Bench.judge.selector,
            Bench.contradict.selector,
            Bench.withdraw.selector,
            Bench.wait.selector
        ];
        all = new Selectors[](1);
        // Those that build something come more often than those that end it.
        all[0] = Selectors(address(_bench), new bytes4[](verbs.length + 5));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
        for (uint256 i = 0; i < 5; ++i) {
            all[0].selectors[verbs.length + i] = [verbs[0], verbs[0], verbs[6], verbs[6], verbs[7]][i];
        }
    }

    function invariant_the_balance_is_what_is_held_and_credited() public view {
        eq(address(AUDITS).balance, AUDITS.held() + AUDITS.credited(), "balance");
    }

    function invariant_what_is_held_are_deposits_and_fees_of_audits_that_go_on() public view {
        uint256 sum;
        for (uint256 i = 0; i < _auditors; ++i) {
            sum += AUDITS.seatOf(_bench.keyOf(i)).deposit;
        }
        for (uint256 i = 0; i < _bench.audits(); ++i) {
            IAudits.Audit memory audit = AUDITS.auditOf(_bench.claimId(i));
            sum += audit.closed ? audit.refund : audit.fee;
        }
        eq(AUDITS.held(), sum, "held");
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _auditors; ++i) {
            sum += AUDITS.creditOf(_bench.auditor(i));
        }
        eq(AUDITS.credited(), sum, "credits");
    }

    function invariant_slashes_are_burned_but_for_a_tenth_and_money_is_conserved() public view {
        eq(Predeploys.BURN.balance, _bench.burned(), "burned");
        uint256 sum = address(AUDITS).balance + Predeploys.BURN.balance;
        for (uint256 i = 0; i < _auditors; ++i) {
            sum += _bench.auditor(i).balance;
        }
        eq(sum, _auditors * FUNDS, "supply");
    }

    function invariant_the_set_is_who_sits_with_a_whole_deposit() public view {
        bytes32 set = AUDITS.set();
        uint256 members;
        for (uint256 i = 0; i < _auditors; ++i) {
            bytes32 keyId = _bench.keyOf(i);
            IAudits.Seat memory seat = AUDITS.seatOf(keyId);
            bool sits = seat.operator != address(0) && seat.withdrawableAt == 0;
            eq(KEYS.stakeOf(set, keyId), sits ? 1 : 0, "stake");
            holds(!sits || KEYS.keyAt(set, seat.place) == keyId, "at its place");
            holds(!sits || seat.deposit == DEPOSIT, "whole");
            if (sits) ++members;
        }
        eq(KEYS.describe(set).members, members, "members");
        eq(KEYS.describe(set).totalStake, members, "stake");
    }

    function invariant_votes_are_counted_once() public view {
        for (uint256 i = 0; i < _bench.audits(); ++i) {
            bytes32 claimId = _bench.claimId(i);
            IAudits.Audit memory audit = AUDITS.auditOf(claimId);
            (uint256 committed, uint256 right, uint256 wrong) = (0, 0, 0);
            uint256[] memory committee = AUDITS.committeeOf(claimId);
            for (uint256 j = 0; j < committee.length; ++j) {
                IAudits.Vote memory vote = AUDITS.voteOf(claimId, committee[j]);
                if (vote.commitment != 0) ++committed;
                if (vote.outputRoot == OUTPUT) ++right;
                else if (vote.outputRoot != 0) ++wrong;
            }
            eq(audit.committed, committed, "committed");
            // At its end, who is paid.
            if (!audit.closed) eq(audit.members, right > wrong ? right : wrong, "who found what most found");
        }
    }

    /// The invariants above say something only if the bench gets through every verb.
    function test_the_bench_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 4000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 17, raw >> 16);
        }
        bytes32[13] memory verbs = [
            bytes32("enlist"),
            "resign",
            "reclaim",
            "seal",
            "request",
            "request again",
            "commit",
            "attest",
            "close",
            "judge",
            "contradict",
            "withdraw",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_bench.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0 && raw % 16 == 0) _bench.resign(raw >> 4);
        else if (verb == 1) _bench.reclaim(raw);
        else if (verb == 2) _bench.seal();
        else if (verb == 3) _bench.request(raw, raw >> 8);
        else if (verb == 4) _bench.attestAll(raw >> 1, raw % 2 == 0);
        else if (verb == 5) _bench.close(raw);
        else if (verb == 6) _bench.judge(raw, raw >> 8);
        else if (verb == 7) _bench.contradict(raw, raw >> 8);
        else if (verb == 8) _bench.withdraw(raw);
        else if (verb == 9) _bench.wait(raw >> 8, raw % 32 == 0);
        else if (verb == 10) _bench.attestAll(raw >> 1, raw % 2 == 0);
        else if (verb == 11) _bench.enlist(raw);
        else if (verb == 12) _bench.requestAgain(raw, raw >> 8, raw >> 16);
        else _bench.commit(raw >> 8, raw >> 16, raw % 4 != 0);
    }
}
