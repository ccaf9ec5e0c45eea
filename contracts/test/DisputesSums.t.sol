// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputesWorld} from "./DisputesWorld.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Quarrel} from "./mocks/Quarrel.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever a crowd does: sums over all claims and all threads, computed the long way.
contract DisputesSumsTest is DisputesWorld {
    Quarrel private _quarrel;
    uint256 private _members;

    function setUp() public override {
        _quarrel = new Quarrel();
        _quarrel.setUp();
        _members = _quarrel.SIZE();
    }

    function targetContracts() external view returns (address[] memory) {
        return list(address(_quarrel));
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[17] memory verbs = [
            Quarrel.open.selector,
            Quarrel.commitTrace.selector,
            Quarrel.challenge.selector,
            Quarrel.challenge.selector,
            Quarrel.answer.selector,
            Quarrel.answer.selector,
            Quarrel.descend.selector,
            Quarrel.turn.selector,
            Quarrel.refute.selector,
            Quarrel.convictSilent.selector,
            Quarrel.forfeit.selector,
            Quarrel.uphold.selector,
            Quarrel.reveal.selector,
            Quarrel.burn.selector,
            Quarrel.release.selector,
            Quarrel.withdraw.selector,
            Quarrel.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_quarrel), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_contract_has_what_it_holds_and_owes() public view {
        eq(Predeploys.DISPUTES.balance, DISPUTES.held() + DISPUTES.credited(), "balance");
    }

    function invariant_held_is_the_sum_of_bonds_of_claims_and_of_running_threads() public view {
        uint256 sum;
        for (uint256 i = 0; i < _quarrel.count(); ++i) {
            sum += DISPUTES.claimOf(_quarrel.claimAt(i)).bond;
        }
        for (uint256 thread = 1; thread <= DISPUTES.threadCount(); ++thread) {
            IDisputes.Thread memory found = DISPUTES.threadOf(thread);
            if (!found.ended) sum += found.bond;
        }
        eq(DISPUTES.held(), sum, "held");
    }

    function invariant_credits_add_up() public view {
        uint256 sum;
        for (uint256 i = 0; i < _members; ++i) {
            sum += DISPUTES.creditOf(_quarrel.member(i));
        }
        eq(DISPUTES.credited(), sum, "credits");
    }

    function invariant_native_money_is_conserved() public view {
        uint256 sum = Predeploys.DISPUTES.balance + Predeploys.BURN.balance;
        for (uint256 i = 0; i < _members; ++i) {
            sum += _quarrel.member(i).balance;
        }
        eq(sum, _members * FUNDS, "supply");
    }

    function invariant_claims_count_their_threads() public view {
        for (uint256 i = 0; i < _quarrel.count(); ++i) {
            bytes32 claimId = _quarrel.claimAt(i);
            uint256 running;
            for (uint256 thread = 1; thread <= DISPUTES.threadCount(); ++thread) {
                IDisputes.Thread memory found = DISPUTES.threadOf(thread);
                if (found.claimId == claimId && !found.ended) ++running;
            }
            eq(DISPUTES.claimOf(claimId).threads, running, "running");
        }
    }

    function invariant_claims_end_with_a_reason() public view {
        for (uint256 i = 0; i < _quarrel.count(); ++i) {
            IDisputes.Claim memory found = DISPUTES.claimOf(_quarrel.claimAt(i));
            bool open = found.phase == IDisputes.Phase.Open;
            holds(open == (found.reason == IDisputes.Reason.Running), "reason");
            holds(!open || (found.bond != 0 && found.convictedAt == 0), "an open claim has its bond");
            holds(found.phase != IDisputes.Phase.Convicted || found.convictedAt != 0, "when");
            bool settled = found.phase == IDisputes.Phase.Upheld || found.phase == IDisputes.Phase.Canary;
            holds(!settled || found.bond == 0, "nothing is held of what was settled");
            holds(found.phase != IDisputes.Phase.Upheld || found.threads == 0, "nobody disputes it");
        }
    }

    /// Why silence always has a winner.
    function invariant_the_first_thread_at_a_node_without_an_answer_is_running_and_there() public view {
        for (uint256 thread = 1; thread <= DISPUTES.threadCount(); ++thread) {
            IDisputes.Thread memory found = DISPUTES.threadOf(thread);
            if (DISPUTES.claimOf(found.claimId).phase != IDisputes.Phase.Open) continue;
            IDisputes.Node memory node = DISPUTES.nodeOf(found.claimId, found.tree, found.level, found.index);
            holds(node.first != 0, "somebody named it");
            if (node.answeredAt != 0) continue;
            IDisputes.Thread memory first = DISPUTES.threadOf(node.first);
            holds(!found.ended && !first.ended, "running");
            holds(first.level == found.level && first.index == found.index && first.tree == found.tree, "there");
        }
    }

    /// The invariants above say something only if the crowd gets through every verb.
    function test_the_crowd_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 1500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 17, raw >> 16);
        }
        bytes32[16] memory verbs = [
            bytes32("claim"),
            "commitTrace",
            "challenge",
            "answer",
            "answerWithBytes",
            "descend",
            "turnToAnswer",
            "refute",
            "convictSilent",
            "forfeit",
            "uphold",
            "reveal",
            "burn",
            "release",
            "withdraw",
            "wait"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_quarrel.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _quarrel.open(raw, raw >> 8, (raw >> 9) % 4 == 0, (raw >> 16) % 2 == 0);
        else if (verb == 1) _quarrel.commitTrace(raw);
        else if (verb < 4) _quarrel.challenge(raw, raw >> 8, raw >> 16, raw >> 24);
        else if (verb < 6) _quarrel.answer(raw);
        else if (verb == 6) _quarrel.descend(raw, raw >> 8);
        else if (verb == 7 && raw % 4 == 0) _quarrel.refute(raw >> 2, raw >> 8, raw >> 16);
        else if (verb == 8) _quarrel.convictSilent(raw);
        else if (verb == 9) _quarrel.forfeit(raw);
        else if (verb == 10) _quarrel.uphold(raw);
        else if (verb == 11) _quarrel.reveal(raw);
        else if (verb == 12) _quarrel.burn(raw);
        else if (verb == 13) _quarrel.release(raw);
        else if (verb == 14) _quarrel.withdraw(raw);
        else if (verb == 15) _quarrel.turn(raw);
        else _quarrel.wait(raw, raw >> 64);
    }
}
