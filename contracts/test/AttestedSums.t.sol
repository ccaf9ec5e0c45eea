// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AttestedWorld} from "./AttestedWorld.sol";
import {IAttested} from "../src/interfaces/IAttested.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Jury} from "./mocks/Jury.sol";
import {eq, holds} from "./Vm.sol";

/// @dev What stays true whatever workers and auditors do: sums over all claims, computed the long way.
contract AttestedSumsTest is AttestedWorld {
    Jury private _jury;

    function setUp() public override {
        _jury = new Jury();
        _jury.setUp();
        _jury.claim(0, true);
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_jury);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[12] memory verbs = [
            Jury.claim.selector,
            Jury.commit.selector,
            Jury.commit.selector,
            Jury.attest.selector,
            Jury.attest.selector,
            Jury.attest.selector,
            Jury.reveal.selector,
            Jury.close.selector,
            Jury.judge.selector,
            Jury.withdraw.selector,
            Jury.wait.selector,
            Jury.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_jury), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_the_balance_is_what_is_held_and_credited() public view {
        eq(address(ATTESTED).balance, ATTESTED.held() + ATTESTED.credited(), "balance");
    }

    function invariant_what_is_held_are_fees_of_claims_that_go_on() public view {
        uint256 sum;
        for (uint256 i = 0; i < _jury.count(); ++i) {
            IAttested.Claim memory made = ATTESTED.claimOf(_jury.claimIds(i));
            if (!made.closed) sum += ATTESTED.feeOf(made.price);
        }
        eq(ATTESTED.held(), sum, "held");
    }

    function invariant_credits_add_up_and_each_fee_is_paid_out_once() public view {
        uint256 sum;
        for (uint256 i = 0; i < SEATS; ++i) {
            sum += ATTESTED.creditOf(member(i));
        }
        for (uint256 i = 0; i < _jury.WORKERS(); ++i) {
            sum += ATTESTED.creditOf(_jury.worker(i));
        }
        eq(ATTESTED.credited(), sum, "credits");
        eq(sum + _jury.withdrawn() + ATTESTED.held(), _jury.fees(), "fees");
    }

    function invariant_votes_are_counted_once_each() public view {
        for (uint256 i = 0; i < _jury.count(); ++i) {
            bytes32 id = _jury.claimIds(i);
            (uint256 committed, uint256 right, uint256 wrong) = (0, 0, 0);
            for (uint256 place = 0; place < SEATS; ++place) {
                IAttested.Vote memory vote = ATTESTED.voteOf(id, place);
                if (vote.operator != address(0)) ++committed;
                if (!vote.attested) continue;
                if (vote.word == OUTPUT) ++right;
                else ++wrong;
            }
            IAttested.Claim memory made = ATTESTED.claimOf(id);
            eq(made.committed, committed, "committed");
            holds(committed <= SIZE, "no more than were drawn");
            eq(ATTESTED.agreeing(id, OUTPUT), right, "right");
            eq(ATTESTED.agreeing(id, OTHER), wrong, "wrong");
            eq(made.members, right > wrong ? right : wrong, "most");
        }
    }

    function invariant_nothing_is_decided_before_it_was_opened_or_is_over() public view {
        for (uint256 i = 0; i < _jury.count(); ++i) {
            bytes32 id = _jury.claimIds(i);
            IAttested.Claim memory made = ATTESTED.claimOf(id);
            if (made.revealed || block.timestamp > made.claimedAt + 2 * TURN) continue;
            IVerifier.Work memory work = workOf(made.worker, _jury.jobOf(id));
            work.price = made.price;
            work.deadline = type(uint64).max;
            judged(work, IVerifier.Verdict.Pending);
        }
    }

    /// The invariants above say something only if the jury gets through every verb.
    function test_the_jury_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 1500; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            _step(raw % 12, raw >> 16);
        }
        bytes32[8] memory verbs = [bytes32("claim"), "commit", "attest", "reveal", "close", "judge", "withdraw", "wait"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_jury.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
        uint256[5] memory verdicts;
        for (uint256 i = 0; i < _jury.count(); ++i) {
            uint256 decided = _jury.decidedAs(_jury.claimIds(i));
            if (decided != 0) ++verdicts[decided - 1];
        }
        holds(verdicts[2] != 0 && verdicts[3] != 0 && verdicts[4] != 0, "right, wrong and void");
    }

    function _step(uint256 verb, uint256 raw) private {
        if (verb == 0) _jury.claim(raw, raw % 3 != 0);
        else if (verb < 3) _jury.commit(raw, raw >> 8, raw >> 16);
        else if (verb < 6) _jury.attest(raw >> 1, raw % 4 != 0, raw >> 32);
        else if (verb == 6) _jury.reveal(raw);
        else if (verb == 7) _jury.close(raw);
        else if (verb == 8) _jury.judge(raw);
        else if (verb == 9) _jury.withdraw(raw >> 1, raw % 2 == 0);
        else _jury.wait(raw);
    }
}
