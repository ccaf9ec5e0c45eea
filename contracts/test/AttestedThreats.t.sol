// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AttestedWorld} from "./AttestedWorld.sol";
import {Bls} from "../src/bls/Bls.sol";
import {IAttested} from "../src/interfaces/IAttested.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Attacks of DOMAIN.md §3 by their numbers.
contract AttestedThreatsTest is AttestedWorld {
    bytes32 private _id;
    uint256[] private _places;

    function setUp() public override {
        super.setUp();
        bench(SEATS);
        (_id, _places) = claimed();
    }

    /// The worker sees whom it got before it takes the job, and takes it with friends only.
    function test_threat_4_a_claim_of_before_the_job_was_taken_is_none() public {
        decided(_id, _places, SIZE);
        reveals(BOB, JOB, OUTPUT);
        IVerifier.Work memory work = workOf(BOB, JOB);
        judged(work, IVerifier.Verdict.Right);
        work.takenAt = 10_001;
        judged(work, IVerifier.Verdict.None);
    }

    function test_threat_4_a_committee_is_drawn_once() public {
        vm.expectRevert(abi.encodeWithSelector(IAttested.ClaimExists.selector, _id));
        claims(BOB, JOB, OUTPUT);
    }

    /// Two of the same set of auditors at the same height get committees of their own.
    function test_threat_4_claims_have_committees_of_their_own() public {
        bytes32 one = claims(ALICE, 1, OUTPUT);
        bytes32 two = claims(ALICE, 2, OUTPUT);
        vm.roll(block.number + BEACON.DELAY());
        bytes memory left = abi.encode(ATTESTED.committeeOf(one));
        holds(keccak256(left) != keccak256(abi.encode(ATTESTED.committeeOf(two))), "differ");
    }

    function test_threat_10_a_worker_that_keeps_its_claim_shut_is_not_paid() public {
        decided(_id, _places, SIZE);
        over();
        judged(IVerifier.Verdict.Wrong);
        bytes memory late = abi.encodeWithSelector(IAttested.TooLate.selector, uint64(START) + 2 * TURN);
        vm.expectRevert(late);
        reveals(BOB, JOB, OUTPUT);
    }

    /// Nothing on the chain says what the worker claims, nor what a member found, until nobody can commit any more.
    function test_threat_11_there_is_nothing_to_copy() public {
        (uint256[] memory most,) = split(_places, SIZE - 1);
        commits(_id, most, OUTPUT);
        bytes memory early = abi.encodeWithSelector(IAttested.TooEarly.selector, uint64(START) + TURN);
        vm.expectRevert(early);
        reveals(BOB, JOB, OUTPUT);
        bytes memory signers = bitmapOf(most);
        vm.expectRevert(early);
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(most));
        holds(ATTESTED.claimOf(_id).output != OUTPUT, "sealed");
    }

    function test_threat_11_a_copied_commitment_is_nobodys() public {
        (uint256 honest, uint256 lazy) = (_places[0], _places[1]);
        commits(_id, honest, OUTPUT);
        commitsAs(operatorAt(lazy), _id, keyAt(lazy), ATTESTED.voteOf(_id, honest).word);
        vm.warp(START + TURN + 1);
        attests(_id, list(honest), OUTPUT);
        bytes memory signers = bitmapOf(list(lazy));
        signed(_id, OUTPUT, signers);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotTheCommitment.selector, _id, lazy));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(list(honest)));
    }

    /// Who makes something up is alone with it, whether or not the others agree.
    function test_threat_11_who_makes_something_up_is_not_paid() public {
        for (uint256 i = 0; i < SIZE; ++i) {
            bytes32 found = i < 8 ? OUTPUT : keccak256(abi.encode("made up", i));
            commits(_id, _places[i], found);
        }
        for (uint256 i = 0; i < SIZE; ++i) {
            attests(_id, list(_places[i]), i < 8 ? OUTPUT : keccak256(abi.encode("made up", i)));
        }
        over();
        ATTESTED.close(_id);
        for (uint256 i = 0; i < SIZE; ++i) {
            eq(ATTESTED.creditOf(operatorAt(_places[i])), i < 8 ? ATTESTED_SHARE : 0, "share");
        }
        eq(ATTESTED.creditOf(BOB), 5e18, "rest");
    }

    function test_threat_11_who_agrees_against_a_quorum_is_not_paid() public {
        decided(_id, _places, QUORUM);
        over();
        ATTESTED.close(_id);
        eq(ATTESTED.creditOf(operatorAt(_places[QUORUM - 1])), ATTESTED_SHARE, "quorum");
        eq(ATTESTED.creditOf(operatorAt(_places[QUORUM])), 0, "others");
    }

    /// A claim that was copied from the mempool opens for nobody else: the seal has its worker's name, and its job's.
    function test_threat_23_a_copied_claim_is_the_copiers_loss() public {
        bytes32 copy = sealFor(BOB, JOB, OUTPUT);
        vm.prank(ALICE);
        bytes32 copied = ATTESTED.claim{value: ATTESTED_FEE}(JOB, jobPrice, SUBJECT, INPUT, copy);
        vm.warp(START + TURN + 1);
        reveals(BOB, JOB, OUTPUT);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotTheSeal.selector, copied));
        reveals(ALICE, JOB, OUTPUT);
        over();
        judged(workOf(ALICE, JOB), IVerifier.Verdict.Wrong);
    }

    /// Members that honest hardware divides convict nobody.
    function test_threat_24_members_that_differ_convict_nobody() public {
        decided(_id, _places, 6);
        reveals(BOB, JOB, OUTPUT);
        over();
        judged(IVerifier.Verdict.Void);
    }

    /// What members signed for another claim, contract or purpose, or on another chain, is nothing here.
    function test_threat_26_signatures_are_for_one_claim_on_one_chain() public {
        commits(_id, _places, OUTPUT);
        bytes memory signers = bitmapOf(_places);
        bytes32 other = claims(ALICE, JOB, OUTPUT);
        bytes32 tag = "edgeloom/attested/1";
        signedPayload(_id, keccak256(abi.encode(tag, Predeploys.ATTESTED, other, OUTPUT)), signers);
        signedPayload(_id, keccak256(abi.encode(tag, Predeploys.AUDITS, _id, OUTPUT)), signers);
        signedPayload(_id, keccak256(abi.encode(bytes32("edgeloom/audit/1"), _id, OUTPUT, TRACE)), signers);
        signedPayload(_id, keccak256(abi.encode(tag, Predeploys.ATTESTED, _id, OTHER)), signers);
        _refusesAll(signers);
        signed(_id, OUTPUT, signers);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        _refusesAll(signers);
        vm.chainId(chain);
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(_places));
    }

    /// What a member committed to for one claim is none for another, of another worker or of another job.
    function test_threat_26_a_commitment_is_for_one_claim() public {
        bytes32 other = claims(BOB, 7, OUTPUT);
        vm.roll(block.number + BEACON.DELAY());
        vm.prevrandao(MIX);
        uint256[] memory places = sorted(ATTESTED.committeeOf(other));
        uint256 both;
        while (!has(_places, places[both])) ++both;
        uint256 place = places[both];
        bytes32 commitment = keccak256(abi.encode(_id, operatorAt(place), OUTPUT, saltOf(place)));
        commitsAs(operatorAt(place), other, keyAt(place), commitment);
        vm.warp(START + TURN + 1);
        bytes memory signers = bitmapOf(list(place));
        signed(other, OUTPUT, signers);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NotTheCommitment.selector, other, place));
        ATTESTED.attest(other, OUTPUT, signers, SIGNATURE, saltsOf(list(place)));
    }

    function test_threat_31_late_signers_are_counted_and_paid() public {
        commits(_id, _places, OUTPUT);
        (uint256[] memory first, uint256[] memory late) = split(_places, QUORUM);
        attests(_id, first, OUTPUT);
        reveals(BOB, JOB, OUTPUT);
        judged(IVerifier.Verdict.Right);
        vm.warp(START + 2 * TURN);
        for (uint256 i = 0; i < late.length; ++i) {
            attests(_id, list(late[i]), OUTPUT);
        }
        eq(ATTESTED.claimOf(_id).members, SIZE, "members");
        over();
        ATTESTED.close(_id);
        eq(ATTESTED.creditOf(operatorAt(late[3])), ATTESTED_SHARE, "late");
        eq(ATTESTED.creditOf(BOB), 0, "nothing is left");
    }

    /// A member that attests alone, ahead of the others' aggregate, does not spoil it; and counts once.
    function test_threat_31_who_runs_ahead_does_not_keep_others_out() public {
        commits(_id, _places, OUTPUT);
        attests(_id, list(_places[5]), OUTPUT);
        attests(_id, _places, OUTPUT);
        eq(ATTESTED.agreeing(_id, OUTPUT), SIZE, "once each");
        bytes memory signers = bitmapOf(_places);
        vm.expectRevert(abi.encodeWithSelector(IAttested.NothingNew.selector, _id));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(_places));
    }

    /// With a third of all seats in the hands of liars: how a committee of 13 with a quorum of 9 comes out.
    function test_a_lie_costs_more_than_it_brings() public pure {
        (uint256 lied, uint256 honest, uint256 all) = (0, 0, 3 ** SIZE);
        uint256 ways = 1;
        for (uint256 liars = 0; liars <= SIZE; ++liars) {
            uint256 cases = ways * 2 ** (SIZE - liars);
            if (liars >= QUORUM) lied += cases;
            if (SIZE - liars >= QUORUM) honest += cases;
            ways = ways * (SIZE - liars) / (liars + 1);
        }
        eq(lied, 14_067, "of 1,594,323: 0.88 %, one in 113");
        eq(honest, 880_128, "of 1,594,323: 55.2 %");
        eq(all / lied, 113, "one in 113");
        // A worker that lies until it is decided is convicted 62 times for each time it is paid.
        eq(honest / lied, 62, "62 to one");
    }

    function _refusesAll(bytes memory signers) private {
        vm.expectRevert(abi.encodeWithSelector(Bls.CertificateInvalid.selector));
        ATTESTED.attest(_id, OUTPUT, signers, SIGNATURE, saltsOf(_places));
    }
}
