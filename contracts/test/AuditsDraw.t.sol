// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuditsWorld} from "./AuditsWorld.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev From a request to what the members of its committee commit to.
contract AuditsDrawTest is AuditsWorld {
    bytes32 private constant MIX = keccak256("mix");

    function test_a_fee_below_the_least_is_refused() public {
        bench(1);
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        vm.expectRevert(abi.encodeWithSelector(IAudits.FeeTooSmall.selector, 4e18 - 1, 4e18));
        _request(4e18 - 1);
        _request(4e18);
    }

    function test_without_a_sealed_place_there_is_nobody_to_draw() public {
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSnapshot.selector));
        _request(FEE);
        // The first epoch is one of nobody.
        sealNow();
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSnapshot.selector));
        _request(FEE);
        seated(BOB);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSnapshot.selector));
        _request(FEE);
        vm.warp(START + 1 hours);
        sealNow();
        _request(FEE);
        eq(AUDITS.auditOf(CLAIM).epoch, 2, "epoch");
    }

    /// The worker could else ask for a cheap audit of its own claim, and nobody could have a better one; or add what makes it a good one
    /// when it is too late for those who look at the fee.
    function test_who_asks_again_adds_to_the_fee_and_members_have_an_hour_from_then_on() public {
        bench(1);
        requested(CLAIM, MIX);
        vm.warp(START + 1 hours);
        vm.expectEmit();
        emit IAudits.AuditRequested(CLAIM, BOB, 1, 10_000, 4e18);
        vm.prank(BOB);
        AUDITS.request{value: 4e18}(CLAIM);
        IAudits.Audit memory audit = AUDITS.auditOf(CLAIM);
        eq(audit.fee, FEE + 4e18, "both");
        eq(audit.requester, ALICE, "who asked first");
        eq(audit.height, 10_000, "drawn as before");
        eq(audit.requestedAt, START + 1 hours, "anew");
        vm.warp(START + 2 hours);
        commit(CLAIM, 0, OUTPUT);
    }

    /// Nobody came for so little: more can be had.
    function test_an_audit_to_which_nobody_committed_can_be_asked_for_again() public {
        bench(1);
        requested(CLAIM, MIX);
        vm.warp(START + 21 hours);
        (address operator, bytes32 keyId) = (operatorAt(0), keyAt(0));
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooLate.selector, uint64(START) + 1 hours));
        commitAs(operator, CLAIM, keyId, "commitment");
        // But not when that takes away the time to challenge.
        vm.warp(START + 21 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, CLAIM));
        _request(FEE);
        vm.warp(START + 21 hours);
        _request(FEE);
        eq(AUDITS.auditOf(CLAIM).fee, 2 * FEE, "both");
        commit(CLAIM, 0, OUTPUT);
    }

    /// The worker asks for little, so that nobody records the mix, and for enough when nobody can any more.
    function test_an_audit_whose_committee_nobody_can_read_is_not_asked_for_again() public {
        bench(1);
        requested(CLAIM, MIX);
        uint256 state = vm.snapshotState();
        vm.roll(10_016 + 8192);
        vm.warp(START + 30 minutes);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, 10_016));
        _request(FEE);
        // Anybody can keep it from coming to that.
        vm.revertToState(state);
        vm.store(Predeploys.BEACON, keccak256(abi.encode(uint256(10_016), uint256(0))), MIX);
        vm.roll(10_016 + 8192);
        _request(FEE);
        commit(CLAIM, 0, OUTPUT);
    }

    /// When the time to commit is over, a member may have shown what it found.
    function test_once_a_member_may_attest_the_time_to_commit_does_not_begin_anew() public {
        bench(2);
        requested(CLAIM, MIX);
        vm.warp(START + 1 hours);
        commit(CLAIM, 1, OUTPUT);
        vm.warp(START + 1 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooLate.selector, uint64(START) + 1 hours));
        _request(FEE);
    }

    function test_a_claim_that_is_unknown_or_has_ended_is_not_audited() public {
        bench(1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.ClaimUnknown.selector, CLAIM));
        _request(FEE);
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        for (uint8 phase = 2; phase <= uint8(type(IDisputes.Phase).max); ++phase) {
            DISPUTES.end(CLAIM, IDisputes.Phase(phase), IDisputes.Reason.Silence);
            vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, CLAIM));
            _request(FEE);
        }
    }

    function test_who_finds_a_claim_wrong_has_a_turn_left_to_challenge_it() public {
        bench(1);
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        vm.warp(START + 21 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.ClaimClosed.selector, CLAIM));
        _request(FEE);
        vm.warp(START + 21 hours);
        _request(FEE);
    }

    function test_a_request_remembers_the_set_and_the_height() public {
        bench(3);
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        vm.expectEmit();
        emit IAudits.AuditRequested(CLAIM, ALICE, 1, 10_000, FEE);
        _request(FEE);
        IAudits.Audit memory audit = AUDITS.auditOf(CLAIM);
        eq(audit.requester, ALICE, "requester");
        eq(audit.epoch, 1, "epoch");
        eq(audit.places, 3, "places");
        eq(audit.requestedAt, START, "time");
        eq(audit.height, 10_000, "height");
        eq(audit.fee, FEE, "fee");
        eq(AUDITS.held(), 3 * DEPOSIT + FEE, "held");
        // What is sealed later is for later audits.
        seated(member(3));
        vm.warp(START + 1 hours);
        sealNow();
        eq(AUDITS.auditOf(CLAIM).places, 3, "the same places");
    }

    function test_of_an_unknown_audit_nothing_is_known() public {
        bytes memory unknown = abi.encodeWithSelector(IAudits.AuditUnknown.selector, CLAIM);
        vm.expectRevert(unknown);
        AUDITS.auditOf(CLAIM);
        vm.expectRevert(unknown);
        AUDITS.committeeOf(CLAIM);
        vm.expectRevert(unknown);
        AUDITS.commit(CLAIM, "key", "commitment");
        vm.expectRevert(unknown);
        AUDITS.attest(CLAIM, OUTPUT, TRACE, "", "", new bytes32[](0));
        vm.expectRevert(unknown);
        AUDITS.close(CLAIM);
    }

    function test_attack_2_the_committee_is_drawn_after_the_claim() public {
        bench(40);
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        _request(FEE);
        bytes memory notYet = abi.encodeWithSelector(IBeacon.NotYet.selector, 10_016, 10_000);
        vm.expectRevert(notYet);
        AUDITS.committeeOf(CLAIM);
        bytes32 keyId = keyAt(0);
        vm.expectRevert(notYet);
        vm.prank(member(0));
        AUDITS.commit(CLAIM, keyId, "commitment");

        // A block later than the claim and the request decides, and nothing that either can choose.
        vm.roll(10_016);
        vm.prevrandao(keccak256("one"));
        uint256[] memory one = AUDITS.committeeOf(CLAIM);
        vm.prevrandao(keccak256("other"));
        holds(keccak256(abi.encode(one)) != keccak256(abi.encode(AUDITS.committeeOf(CLAIM))), "another mix");
        vm.roll(10_017);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, 10_016));
        AUDITS.committeeOf(CLAIM);
    }

    function test_committees_of_two_claims_at_one_height_differ() public {
        bench(40);
        bytes32 other = keccak256("another claim");
        DISPUTES.open(other, OUTPUT, TRACE);
        vm.prank(ALICE);
        AUDITS.request{value: FEE}(other);
        requested(CLAIM, MIX);
        bytes32 committee = keccak256(abi.encode(AUDITS.committeeOf(CLAIM)));
        holds(committee != keccak256(abi.encode(AUDITS.committeeOf(other))), "committees");
    }

    /// The registry's word for how many places there are is mocked, so that all numbers can be had.
    function testFuzz_a_committee_is_of_different_places_of_the_set(bytes32 mix, uint256 places) public {
        vm.assume(mix != 0);
        places = within(places, 1, within(uint256(keccak256(abi.encode(places))), 1, 15_872));
        bytes memory asked = abi.encodeCall(IKeyRegistry.describe, (AUDITS.set()));
        vm.mockCall(Predeploys.KEY_REGISTRY, asked, abi.encode(IKeyRegistry.Set(places, places, 0, places)));
        AUDITS.seal();
        vm.mockCall(Predeploys.KEY_REGISTRY, abi.encodePacked(IKeyRegistry.stakeIn.selector), abi.encode(uint64(1)));
        DISPUTES.open(CLAIM, OUTPUT, TRACE);
        _request(FEE);
        vm.roll(10_016);
        vm.prevrandao(mix);
        uint256[] memory drawn = AUDITS.committeeOf(CLAIM);
        eq(drawn.length, places < 4 ? places : 4, "members");
        bytes32 seed = keccak256(abi.encode(block.chainid, Predeploys.AUDITS, CLAIM, 10_016, mix));
        for (uint256 i = 0; i < drawn.length; ++i) {
            holds(drawn[i] < places, "a place of the set");
            for (uint256 j = 0; j < i; ++j) {
                holds(drawn[j] != drawn[i], "each once");
            }
            // The first that the seed says, of those that were not drawn before. (Of few places, all are.)
            uint256 tries;
            uint256 expected;
            do {
                expected = uint256(keccak256(abi.encode(keccak256(abi.encode(seed, i)), tries++))) % places;
            } while (_isAmong(drawn, i, expected) && tries < 64);
            holds(drawn[i] == expected || places < 8, "by the seed");
        }
    }

    /// Deposits come back: whoever took many seats and left them could else have committees of nobody.
    function test_attack_10_places_that_were_left_make_no_committee_smaller() public {
        bench(30);
        for (uint256 i = 0; i < 30; ++i) {
            bytes32 keyId = keyAt(i);
            vm.prank(member(i));
            if (i % 5 != 0) AUDITS.resign(keyId);
        }
        vm.warp(START + 1 hours);
        sealNow();
        eq(KEYS.describe(AUDITS.set()).places, 30, "places stay");
        uint256[] memory drawn = requested(CLAIM, MIX);
        for (uint256 i = 0; i < drawn.length; ++i) {
            eq(drawn[i] % 5, 0, "somebody is there");
        }
        // As the set was sealed: who comes now is not of it.
        seated(member(40));
        uint256[] memory again = sorted(AUDITS.committeeOf(CLAIM));
        for (uint256 i = 0; i < drawn.length; ++i) {
            eq(again[i], drawn[i], "the same");
        }
    }

    function _isAmong(uint256[] memory places, uint256 count, uint256 place) private pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) {
            if (places[i] == place) return true;
        }
        return false;
    }

    function test_only_the_operator_commits_and_only_with_a_seat() public {
        bench(1);
        requested(CLAIM, MIX);
        bytes32 keyId = keyAt(0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotOperator.selector, keyId, BOB));
        vm.prank(BOB);
        AUDITS.commit(CLAIM, keyId, "commitment");
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, bytes32("none")));
        AUDITS.commit(CLAIM, "none", "commitment");
        vm.prank(member(0));
        AUDITS.resign(keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.Leaving.selector, keyId));
        commitAs(member(0), CLAIM, keyId, "commitment");
    }

    function test_who_is_not_drawn_does_not_commit() public {
        bench(6);
        uint256[] memory places = requested(CLAIM, MIX);
        for (uint256 place = 0; place < 6; ++place) {
            bytes32 keyId = keyAt(place);
            if (!has(places, place)) vm.expectRevert(abi.encodeWithSelector(IAudits.NotDrawn.selector, CLAIM, place));
            commitAs(member(place), CLAIM, keyId, "commitment");
        }
        eq(AUDITS.auditOf(CLAIM).committed, 4, "the four that were");
    }

    function test_a_commitment_is_made_once_and_is_not_empty() public {
        bench(1);
        requested(CLAIM, MIX);
        bytes32 keyId = keyAt(0);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotCommitted.selector, CLAIM, 0));
        commitAs(member(0), CLAIM, keyId, 0);
        vm.expectEmit();
        emit IAudits.AuditCommitted(CLAIM, 0, keyId, "commitment");
        commitAs(member(0), CLAIM, keyId, "commitment");
        eq(AUDITS.voteOf(CLAIM, 0).keyId, keyId, "key");
        eq(AUDITS.voteOf(CLAIM, 0).commitment, "commitment", "commitment");
        vm.expectRevert(abi.encodeWithSelector(IAudits.Committed.selector, CLAIM, 0));
        commitAs(member(0), CLAIM, keyId, "another");
    }

    function test_a_commitment_after_the_turn_is_too_late() public {
        bench(2);
        requested(CLAIM, MIX);
        (bytes32 first, bytes32 second) = (keyAt(0), keyAt(1));
        vm.warp(START + 1 hours);
        commitAs(member(0), CLAIM, first, "commitment");
        vm.warp(START + 1 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooLate.selector, uint64(START) + 1 hours));
        commitAs(member(1), CLAIM, second, "commitment");
    }

    function test_who_takes_the_place_of_a_key_that_left_is_not_drawn_by_the_old_set() public {
        bench(1);
        bytes32 left = keyAt(0);
        vm.prank(member(0));
        AUDITS.resign(left);
        bytes32 keyId = seated(BOB);
        eq(AUDITS.seatOf(keyId).place, 0, "the same place");
        requested(CLAIM, MIX);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotDrawn.selector, CLAIM, 0));
        commitAs(BOB, CLAIM, keyId, "commitment");

        // In the next snapshot the place is the newcomer's.
        vm.warp(START + 1 hours);
        sealNow();
        requested(OTHER, MIX);
        commitAs(BOB, OTHER, keyId, "commitment");
    }

    function test_a_key_that_left_and_came_back_is_not_drawn_by_the_old_set() public {
        bench(1);
        bytes32 keyId = keyAt(0);
        vm.prank(member(0));
        AUDITS.resign(keyId);
        vm.warp(START + 3 days);
        AUDITS.reclaim(keyId);
        enlist(member(0), keyId);
        requested(CLAIM, MIX);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotDrawn.selector, CLAIM, 0));
        commitAs(member(0), CLAIM, keyId, "commitment");
    }

    function test_an_empty_place_is_drawn_and_absent() public {
        bench(2);
        bytes32 left = keyAt(0);
        vm.prank(member(0));
        AUDITS.resign(left);
        vm.warp(START + 1 hours);
        sealNow();
        eq(requested(CLAIM, MIX).length, 2, "both places");
        commit(CLAIM, 1, OUTPUT);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + 1 hours + TURN));
        AUDITS.attest(CLAIM, OUTPUT, TRACE, hex"02", SIGNATURE, saltsOf(list(1)));
        vm.warp(START + 1 hours + TURN + 1);
        attest(CLAIM, list(1), OUTPUT);
        eq(AUDITS.auditOf(CLAIM).members, 1, "the other attests");
    }

    function _request(uint256 fee) private {
        vm.prank(ALICE);
        AUDITS.request{value: fee}(CLAIM);
    }
}
