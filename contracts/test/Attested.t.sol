// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AttestedWorld} from "./AttestedWorld.sol";
import {Bls} from "../src/bls/Bls.sol";
import {IAttested} from "../src/interfaces/IAttested.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Each verb, and whatever it refuses.
contract AttestedTest is AttestedWorld {
    bytes32 private _id;
    uint256[] private _places;

    function setUp() public override {
        super.setUp();
        bench(SEATS);
        (_id, _places) = claimed();
    }

    function test_constants_decide_by_more_than_two_thirds() public view {
        eq(ATTESTED.SIZE(), SIZE, "size");
        eq(ATTESTED.QUORUM(), QUORUM, "quorum");
        eq(ATTESTED.feeOf(0), ATTESTED_FEE, "fee");
        eq(ATTESTED.SHARE_MIN() * SIZE, ATTESTED_FEE, "shares");
        eq(ATTESTED.TURN(), TURN, "turn");
        holds(3 * QUORUM > 2 * SIZE, "more than two thirds");
    }

    function test_a_claim_takes_the_fee_and_says_what_it_is_of() public {
        bytes32 seal = sealFor(BOB, 7, OUTPUT);
        bytes32 claimId = ATTESTED.claimIdOf(BOB, 7);
        vm.expectEmit();
        emit IAttested.Claimed(claimId, BOB, 7, jobPrice, SUBJECT, INPUT, seal, 1, uint64(block.number));
        claims(BOB, 7, OUTPUT);
        IAttested.Claim memory made = ATTESTED.claimOf(claimId);
        eq(made.worker, BOB, "worker");
        eq(made.claimedAt, START, "when");
        eq(made.height, block.number, "height");
        eq(made.epoch, 1, "epoch");
        eq(made.places, SEATS, "places");
        eq(made.output, seal, "seal");
        eq(ATTESTED.held(), 2 * ATTESTED_FEE, "held");
        eq(address(ATTESTED).balance, 2 * ATTESTED_FEE, "balance");
    }

    function test_a_claim_takes_no_other_fee() public {
        uint256[2] memory fees = [ATTESTED_FEE - 1, ATTESTED_FEE + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAttested.WrongFee.selector, fees[i], ATTESTED_FEE));
            vm.prank(BOB);
            ATTESTED.claim{value: fees[i]}(7, jobPrice, SUBJECT, INPUT, 0);
        }
    }

    function testFuzz_each_member_is_paid_a_sixteenth_of_a_dear_jobs_price(uint96 price) public pure {
        uint256 share = price / 16 > ATTESTED_SHARE ? price / 16 : ATTESTED_SHARE;
        eq(ATTESTED.shareOf(price), share, "share");
        eq(ATTESTED.feeOf(price), SIZE * share, "fee");
    }

    function test_a_claim_for_less_than_the_price_counts_for_nothing() public {
        judged(IVerifier.Verdict.Pending);
        ++jobPrice;
        judged(IVerifier.Verdict.None);
    }

    function test_a_dear_claims_members_are_paid_by_its_price() public {
        jobPrice = 160e18;
        (bytes32 dear, uint256[] memory places) = claimed(BOB, 7, OUTPUT);
        decided(dear, places, 10);
        reveals(BOB, 7, OUTPUT);
        over();
        ATTESTED.close(dear);
        eq(ATTESTED.creditOf(operatorAt(places[0])), 10e18, "share");
        eq(ATTESTED.creditOf(BOB), 30e18, "of three who found another");
        eq(ATTESTED.held(), ATTESTED_FEE, "the other claim's");
    }

    function test_a_worker_claims_once_for_each_job() public {
        vm.expectRevert(abi.encodeWithSelector(IAttested.ClaimExists.selector, _id));
        claims(BOB, JOB, OTHER);
        // Another's is another.
        claims(ALICE, JOB, OUTPUT);
    }

    function test_the_committee_is_of_drawn_members_that_differ() public view {
        eq(_places.length, SIZE, "size");
        for (uint256 i = 1; i < SIZE; ++i) {
            holds(_places[i - 1] < _places[i], "differ");
        }
        holds(_places[SIZE - 1] < SEATS, "of the set");
    }

    function test_the_committee_is_kept_once_the_first_commits() public {
        commits(_id, _places[3], OUTPUT);
        vm.roll(block.number + 1);
        vm.prevrandao("another mix");
        uint256[] memory kept = sorted(ATTESTED.committeeOf(_id));
        for (uint256 i = 0; i < SIZE; ++i) {
            eq(kept[i], _places[i], "place");
        }
        commits(_id, _places[4], OUTPUT);
        eq(ATTESTED.claimOf(_id).committed, 2, "committed");
    }

    function test_who_was_not_drawn_does_not_commit() public {
        uint256 stranger;
        while (has(_places, stranger)) ++stranger;
        (address operator, bytes32 keyId) = (operatorAt(stranger), keyAt(stranger));
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotDrawn.selector, _id, stranger));
        commitsAs(operator, _id, keyId, "x");
    }

    function test_who_came_after_the_set_was_sealed_was_not_drawn() public {
        uint256 place = _places[0];
        (address operator, bytes32 keyId) = (operatorAt(place), keyAt(place));
        vm.prank(operator);
        AUDITS.resign(keyId);
        bytes32 newcomer = seated(member(50));
        eq(AUDITS.seatOf(newcomer).place, place, "the same place");
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotDrawn.selector, _id, place));
        commitsAs(member(50), _id, newcomer, "x");
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotSeated.selector, keyId, operator));
        commitsAs(operator, _id, keyId, "x");
    }

    function test_a_seat_commits_by_its_operator_only() public {
        bytes32 keyId = keyAt(_places[0]);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotSeated.selector, keyId, ALICE));
        commitsAs(ALICE, _id, keyId, "x");
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotSeated.selector, bytes32("no key"), ALICE));
        commitsAs(ALICE, _id, "no key", "x");
    }

    function test_a_member_commits_once_and_in_time() public {
        commits(_id, _places[0], OUTPUT);
        (address operator, bytes32 keyId) = (operatorAt(_places[0]), keyAt(_places[0]));
        vm.expectRevert(abi.encodeWithSelector(IAttested.Committed.selector, _id, _places[0]));
        commitsAs(operator, _id, keyId, "x");
        vm.warp(START + TURN);
        commits(_id, _places[1], OUTPUT);
        vm.warp(START + TURN + 1);
        (operator, keyId) = (operatorAt(_places[2]), keyAt(_places[2]));
        vm.expectRevert(abi.encodeWithSelector(IAttested.TooLate.selector, uint64(START) + TURN));
        commitsAs(operator, _id, keyId, "x");
    }

    function test_nobody_commits_before_the_draw() public {
        bytes32 claimId = claims(ALICE, JOB, OUTPUT);
        (address operator, bytes32 keyId) = (operatorAt(0), keyAt(0));
        uint256 height = block.number + 16;
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, height, block.number));
        commitsAs(operator, claimId, keyId, "x");
    }

    function test_nothing_is_known_of_no_claim() public {
        bytes32 none = ATTESTED.claimIdOf(ALICE, JOB);
        bytes memory reason = abi.encodeWithSelector(IAttested.ClaimUnknown.selector, none);
        vm.expectRevert(reason);
        ATTESTED.claimOf(none);
        vm.expectRevert(reason);
        ATTESTED.commit(none, 0, 0);
        vm.expectRevert(reason);
        ATTESTED.attest(none, OUTPUT, "", "", new bytes32[](0));
        vm.expectRevert(reason);
        ATTESTED.close(none);
        vm.expectRevert(reason);
        reveals(ALICE, JOB, OUTPUT);
        vm.expectRevert(reason);
        ATTESTED.committeeOf(none);
    }

    function test_a_claim_opens_once_to_what_was_sealed() public {
        commits(_id, _places, OUTPUT);
        bytes memory reason = abi.encodeWithSelector(IAttested.NotTheSeal.selector, _id);
        vm.expectRevert(reason);
        reveals(BOB, JOB, OTHER);
        vm.expectEmit();
        emit IAttested.Revealed(_id, OUTPUT);
        reveals(BOB, JOB, OUTPUT);
        eq(ATTESTED.claimOf(_id).output, OUTPUT, "output");
        vm.expectRevert(reason);
        reveals(BOB, JOB, OUTPUT);
    }

    function test_attestations_wait_for_commitments_and_end() public {
        (uint256[] memory most, uint256[] memory last) = split(_places, SIZE - 1);
        commits(_id, most, OUTPUT);
        vm.warp(START + TURN);
        _refuses(abi.encodeWithSelector(IAttested.TooEarly.selector, uint64(START) + TURN), most, OUTPUT);
        uint256 state = vm.snapshotState();
        commits(_id, last, OUTPUT);
        attests(_id, most, OUTPUT);
        vm.revertToState(state);
        vm.warp(START + TURN + 1);
        attests(_id, most, OUTPUT);
        eq(ATTESTED.claimOf(_id).members, SIZE - 1, "members");
        vm.revertToState(state);
        vm.warp(START + 2 * TURN + 1);
        _refuses(abi.encodeWithSelector(IAttested.TooLate.selector, uint64(START) + 2 * TURN), most, OUTPUT);
    }

    function test_attestations_are_of_signers_with_salts() public {
        commits(_id, _places, OUTPUT);
        bytes memory signers = bitmapOf(_places);
        vm.expectRevert(abi.encodeWithSelector(IBls.SignersLength.selector, 3, 2));
        ATTESTED.attest(_id, OUTPUT, hex"ffff", SIGNATURE, new bytes32[](13));
        vm.expectRevert(abi.encodeWithSelector(IAttested.WrongCount.selector, 13, 12));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, new bytes32[](12));
        _refuses(abi.encodeWithSelector(Bls.CertificateInvalid.selector), _places, OUTPUT);
        signed(_id, OUTPUT, signers);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotTheCommitment.selector, _id, _places[0]));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, new bytes32[](13));
        bytes memory nobody = new bytes(3);
        signed(_id, OUTPUT, nobody);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NothingNew.selector, _id));
        ATTESTED.attest(_id, OUTPUT, nobody, SIGNATURE, new bytes32[](0));
    }

    function test_who_did_not_commit_does_not_attest() public {
        (uint256[] memory most, uint256[] memory last) = split(_places, SIZE - 1);
        commits(_id, most, OUTPUT);
        vm.warp(START + TURN + 1);
        bytes memory signers = bitmapOf(last);
        signed(_id, OUTPUT, signers);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotCommitted.selector, _id, last[0]));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(last));
    }

    function test_an_attestation_is_an_event() public {
        commits(_id, _places, OUTPUT);
        bytes memory signers = bitmapOf(_places);
        vm.expectEmit();
        emit IAttested.FindingAttested(_id, OUTPUT, signers, SIZE, SIZE);
        attests(_id, _places, OUTPUT);
        eq(ATTESTED.agreeing(_id, OUTPUT), SIZE, "agreeing");
        eq(ATTESTED.voteOf(_id, _places[0]).word, OUTPUT, "found");
        holds(ATTESTED.voteOf(_id, _places[0]).attested, "attested");
    }

    function test_a_quorum_that_found_the_claim_is_right_at_once() public {
        decided(_id, _places, QUORUM);
        judged(IVerifier.Verdict.Pending);
        reveals(BOB, JOB, OUTPUT);
        (IVerifier.Verdict verdict, bytes32 evidence) = ATTESTED.judge(workOf(BOB, JOB), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.Right), "verdict");
        eq(evidence, OUTPUT, "evidence");
        over();
        judged(IVerifier.Verdict.Right);
    }

    function test_a_quorum_for_something_else_is_wrong() public {
        decided(_id, _places, SIZE - QUORUM);
        reveals(BOB, JOB, OUTPUT);
        (IVerifier.Verdict verdict, bytes32 evidence) = ATTESTED.judge(workOf(BOB, JOB), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.Wrong), "verdict");
        eq(evidence, OTHER, "evidence");
    }

    function test_one_less_than_a_quorum_is_nobodys_fault() public {
        decided(_id, _places, QUORUM - 1);
        reveals(BOB, JOB, OUTPUT);
        judged(IVerifier.Verdict.Pending);
        vm.warp(START + 2 * TURN);
        judged(IVerifier.Verdict.Pending);
        over();
        judged(IVerifier.Verdict.Void);
    }

    function test_a_claim_that_is_never_opened_is_wrong() public {
        decided(_id, _places, SIZE);
        vm.warp(START + 2 * TURN);
        judged(IVerifier.Verdict.Pending);
        over();
        judged(IVerifier.Verdict.Wrong);
    }

    function test_without_a_claim_there_is_nothing() public view {
        judged(workOf(ALICE, JOB), IVerifier.Verdict.None);
        judged(workOf(BOB, 7), IVerifier.Verdict.None);
    }

    function test_a_claim_after_the_deadline_is_none() public {
        decided(_id, _places, SIZE);
        reveals(BOB, JOB, OUTPUT);
        IVerifier.Work memory work = workOf(BOB, JOB);
        work.deadline = uint64(START);
        judged(work, IVerifier.Verdict.Right);
        work.deadline = uint64(START) - 1;
        judged(work, IVerifier.Verdict.None);
    }

    function test_a_claim_of_other_work_is_none() public view {
        IVerifier.Work memory work = workOf(BOB, JOB);
        work.subject = "another encoder";
        judged(work, IVerifier.Verdict.None);
        work = workOf(BOB, JOB);
        work.inputHash = "other frames";
        judged(work, IVerifier.Verdict.None);
    }

    function test_judge_takes_neither_output_nor_proof() public {
        bytes memory reason = abi.encodeWithSelector(IAttested.NothingToShow.selector);
        vm.expectRevert(reason);
        ATTESTED.judge(workOf(BOB, JOB), "output", "");
        vm.expectRevert(reason);
        ATTESTED.judge(workOf(BOB, JOB), "", "proof");
    }

    function test_a_right_claim_pays_who_found_it_and_the_rest_back() public {
        decided(_id, _places, 10);
        reveals(BOB, JOB, OUTPUT);
        over();
        vm.expectEmit();
        emit IAttested.Closed(_id, uint8(IVerifier.Verdict.Right), OUTPUT, 10, 10e18, 3e18);
        ATTESTED.close(_id);
        for (uint256 i = 0; i < SIZE; ++i) {
            eq(ATTESTED.creditOf(operatorAt(_places[i])), i < 10 ? ATTESTED_SHARE : 0, "share");
        }
        eq(ATTESTED.creditOf(BOB), 3e18, "rest");
        eq(ATTESTED.held(), 0, "held");
        vm.expectRevert(abi.encodeWithSelector(IAttested.ClaimEnded.selector, _id));
        ATTESTED.close(_id);
        judged(IVerifier.Verdict.Right);
    }

    function test_without_a_quorum_who_found_what_another_found_is_paid() public {
        (uint256[] memory eight, uint256[] memory five) = split(_places, 8);
        commits(_id, eight, OUTPUT);
        commits(_id, five, OTHER);
        attests(_id, eight, OUTPUT);
        attests(_id, five, OTHER);
        reveals(BOB, JOB, OUTPUT);
        over();
        ATTESTED.close(_id);
        eq(ATTESTED.creditOf(operatorAt(eight[0])), ATTESTED_SHARE, "eight");
        eq(ATTESTED.creditOf(operatorAt(five[0])), ATTESTED_SHARE, "five");
        eq(ATTESTED.creditOf(BOB), 0, "all earned");
    }

    function test_nobody_there_costs_nothing() public {
        vm.warp(START + TURN + 1);
        reveals(BOB, JOB, OUTPUT);
        vm.warp(START + 2 * TURN);
        vm.expectRevert(abi.encodeWithSelector(IAttested.TooEarly.selector, uint64(START) + 2 * TURN));
        ATTESTED.close(_id);
        over();
        judged(IVerifier.Verdict.Void);
        vm.expectEmit();
        emit IAttested.Closed(_id, uint8(IVerifier.Verdict.Void), 0, 0, 0, ATTESTED_FEE);
        ATTESTED.close(_id);
        eq(ATTESTED.creditOf(BOB), ATTESTED_FEE, "fee");
        uint256 before = BOB.balance;
        vm.prank(BOB);
        ATTESTED.withdraw();
        eq(BOB.balance, before + ATTESTED_FEE, "paid");
    }

    function test_who_left_after_committing_still_attests_and_is_paid() public {
        commits(_id, _places, OUTPUT);
        (address operator, bytes32 keyId) = (operatorAt(_places[0]), keyAt(_places[0]));
        vm.prank(operator);
        AUDITS.resign(keyId);
        attests(_id, _places, OUTPUT);
        over();
        ATTESTED.close(_id);
        eq(ATTESTED.creditOf(operator), ATTESTED_SHARE, "share");
    }

    function _refuses(bytes memory reason, uint256[] memory places, bytes32 found) private {
        bytes memory signers = bitmapOf(places);
        vm.expectRevert(reason);
        ATTESTED.attest(_id, found, signers, SIGNATURE, saltsOf(places));
    }
}
