// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Claimants} from "./mocks/Claimants.sol";
import {DisputableWorld} from "./DisputableWorld.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {IDisputable} from "../src/interfaces/IDisputable.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever workers and others do: sums over all claims, computed the long way.
/// forge-config: default.invariant.runs = 24
contract DisputableSumsTest is DisputableWorld {
    Claimants private _claimants;

    function setUp() public override {
        _claimants = new Claimants();
        _claimants.setUp();
    }

    function targetContracts() external view returns (address[] memory) {
        return list(address(_claimants));
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[17] memory verbs = [
            Claimants.claim.selector,
            Claimants.claim.selector,
            Claimants.enter.selector,
            Claimants.enter.selector,
            Claimants.draw.selector,
            Claimants.draw.selector,
            Claimants.fund.selector,
            Claimants.ask.selector,
            Claimants.attest.selector,
            Claimants.refute.selector,
            Claimants.reveal.selector,
            Claimants.uphold.selector,
            Claimants.close.selector,
            Claimants.reclaim.selector,
            Claimants.wait.selector,
            Claimants.wait.selector,
            Claimants.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_claimants), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_pot_is_what_came_in_less_what_audits_were_paid() public view {
        uint256 paid;
        for (uint256 i = 0; i < _claimants.count(); ++i) {
            paid += _claimants.paidFor(_claimants.madeAt(i).claimId);
        }
        uint256 came = _claimants.entries() + _claimants.funded() + _claimants.reclaimed();
        eq(DISPUTABLE.pot(), came - paid, "pot");
        eq(Predeploys.DISPUTABLE.balance, DISPUTABLE.pot(), "all that is here");
    }

    /// Else an audit would be paid of who was not drawn, or twice.
    function invariant_only_what_was_drawn_is_paid_for() public view {
        for (uint256 i = 0; i < _claimants.count(); ++i) {
            Claimants.Made memory made = _claimants.madeAt(i);
            IDisputable.Entry memory entry = DISPUTABLE.entryOf(made.worker, made.jobId);
            holds(entry.drawn || !entry.audited, "who is audited was drawn");
            holds(entry.height != 0 || !entry.drawn, "who was drawn had entered");
            uint256 paid = _claimants.paidFor(made.claimId);
            holds(paid == 0 || entry.audited, "paid for who was drawn");
            uint256 shares = uint256(entry.price) * 4 * 45 / 100;
            uint256 fee = shares > AUDIT ? shares : AUDIT;
            holds(paid == 0 || paid == fee || paid == fee * 5 / 4, "a fee, once");
            holds(!entry.audited || _isAudited(made.claimId), "who is to be audited is");
        }
    }

    function invariant_native_money_is_conserved() public view {
        uint256 sum = Predeploys.DISPUTES.balance + Predeploys.AUDITS.balance + Predeploys.DISPUTABLE.balance
            + Predeploys.BURN.balance;
        for (uint256 i = 0; i < _claimants.SIZE(); ++i) {
            sum += _claimants.member(i).balance;
        }
        eq(sum, _claimants.SIZE() * FUNDS + 4 * AUDITS.DEPOSIT(), "supply");
    }

    /// A verdict of each claim's job, by the claim's own words.
    function invariant_only_what_was_upheld_and_drawn_is_right() public view {
        for (uint256 i = 0; i < _claimants.count(); ++i) {
            Claimants.Made memory made = _claimants.madeAt(i);
            (IVerifier.Verdict verdict,) = DISPUTABLE.judge(_claimants.work(i), "", "");
            IDisputes.Claim memory claim = DISPUTES.claimOf(made.claimId);
            IDisputable.Entry memory entry = DISPUTABLE.entryOf(made.worker, made.jobId);
            bool right = claim.phase == IDisputes.Phase.Upheld && entry.drawn;
            holds((verdict == IVerifier.Verdict.Right) == right, "right");
            holds(!right || !made.planted, "nothing planted is");
            bool refuted = claim.convictedAt != 0 && entry.height != 0;
            holds((verdict == IVerifier.Verdict.Wrong) == refuted, "wrong");
            bool over = block.timestamp > claim.claimedAt + LIFE;
            bool none = entry.height == 0 || (over && !right && !refuted);
            holds((verdict == IVerifier.Verdict.None) == none, "none, once it is over");
        }
    }

    /// The invariants above say something only if the claimants get through every verb.
    function test_the_claimants_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 4000; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 16, raw >> 16);
        }
        bytes32[13] memory verbs = [
            bytes32("claim"),
            "enter",
            "draw",
            "draw audited",
            "fund",
            "ask",
            "attest",
            "refute",
            "reveal",
            "uphold",
            "close",
            "reclaim",
            "wait"
        ];
        for (uint256 i = 0; i < 13; ++i) {
            holds(_claimants.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
        invariant_the_pot_is_what_came_in_less_what_audits_were_paid();
        invariant_only_what_was_drawn_is_paid_for();
        invariant_native_money_is_conserved();
        invariant_only_what_was_upheld_and_drawn_is_right();
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _claimants.fund(raw, raw >> 8);
        else if (verb == 1) _claimants.ask(raw, raw >> 8);
        else if (verb == 2) _claimants.attest(raw);
        else if (verb == 3 && raw % 4 == 0) _claimants.refute(raw >> 2, raw >> 8);
        else if (verb == 4) _claimants.reveal(raw);
        else if (verb == 5) _claimants.uphold(raw);
        else if (verb == 6) _claimants.close(raw);
        else if (verb == 7) _claimants.reclaim();
        else if (verb < 10) _claimants.wait(raw, raw >> 128);
        else if (verb == 10 && raw % 4 == 0) _claimants.claim(raw >> 8, raw % 8 == 0);
        else if (verb < 13) _claimants.enter(raw);
        else _claimants.draw(raw, raw >> 8, raw >> 16, raw >> 24);
    }

    function _isAudited(bytes32 claimId) private view returns (bool) {
        try AUDITS.auditOf(claimId) returns (IAudits.Audit memory) {
            return true;
        } catch {
            return false;
        }
    }
}
