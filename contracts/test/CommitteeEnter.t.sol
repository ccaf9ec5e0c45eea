// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Who is a candidate.
contract CommitteeEnterTest is CommitteeWorld {
    /// @dev RFC 8032's first.
    bytes32 private constant IDENTITY = 0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a;

    function test_enter_refuses_a_node_that_nobody_registered() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 1));
        COMMITTEE.enter(1, IDENTITY, new bytes(48), BENEFICIARY);
    }

    function test_enter_refuses_all_but_the_operator() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(ownerAt(node));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.OnlyOperator.selector, node, ownerAt(node)));
        vm.prank(ownerAt(node));
        COMMITTEE.enter(node, IDENTITY, key, BENEFICIARY);
    }

    function test_enter_refuses_a_guardian() public {
        uint32 node = nodeOf(IStaking.Role.Guardian, ALICE, MIN);
        bytes memory key = keyFor(operatorAt(node));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotAValidator.selector, node));
        _enter(node, IDENTITY, key);
    }

    function test_enter_refuses_a_key_of_another_length() public {
        uint32 node = validator(MIN);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.KeyLength.selector, 47));
        _enter(node, IDENTITY, new bytes(47));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.KeyLength.selector, 49));
        _enter(node, IDENTITY, new bytes(49));
    }

    function test_enter_refuses_no_beneficiary() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.BeneficiaryMissing.selector));
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, IDENTITY, key, address(0));
    }

    function test_enter_refuses_a_key_that_nobody_registered() public {
        uint32 node = validator(MIN);
        bytes memory key = new bytes(48);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyUnknown.selector, keccak256(key)));
        _enter(node, IDENTITY, key);
    }

    function test_enter_refuses_a_key_of_another_operator() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.KeyOfAnother.selector, keccak256(key), ALICE));
        _enter(node, IDENTITY, key);
    }

    function test_enter_refuses_an_identity_of_another_candidate() public {
        uint32 first = candidate(MIN);
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.IdentityTaken.selector, identityAt(first), first));
        _enter(node, identityAt(first), key);
    }

    /// No node could read it, and its seat would never vote.
    function test_enter_refuses_an_identity_that_is_no_key_of_ed25519() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        bytes32 two = bytes32(uint256(2) << 248);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NoIdentity.selector, two));
        _enter(node, two, key);
        // Nor later, in place of another.
        _enter(node, IDENTITY, key);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NoIdentity.selector, two));
        _enter(node, two, key);
    }

    function test_enter_makes_a_candidate() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        vm.expectEmit();
        emit ICommittee.CandidateEntered(node, IDENTITY, key, BENEFICIARY);
        _enter(node, IDENTITY, key);
        eq(COMMITTEE.candidates().length, 1, "candidates");
        eq(COMMITTEE.candidates()[0], node, "node");
        elect(1);
        ICommittee.Seat memory seat = COMMITTEE.seatsOf(1)[0];
        eq(seat.node, node, "seat's node");
        eq(seat.identity, IDENTITY, "identity");
        eq(keccak256(seat.publicKey), keccak256(key), "key");
        eq(seat.publicKey.length, 48, "key's length");
        eq(seat.beneficiary, BENEFICIARY, "beneficiary");
        eq(seat.stake, MIN / 1e9, "stake in gwei");
    }

    function test_enter_again_changes_everything_and_frees_the_identity() public {
        uint32 node = candidate(MIN);
        elect(1);
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, IDENTITY, key, BOB);
        eq(COMMITTEE.candidates().length, 1, "still one candidate");
        elect(2);
        ICommittee.Seat memory seat = COMMITTEE.seatsOf(2)[0];
        eq(seat.identity, IDENTITY, "identity");
        eq(keccak256(seat.publicKey), keccak256(key), "key");
        eq(seat.beneficiary, BOB, "beneficiary");
        // An election is not changed by what comes after it.
        eq(COMMITTEE.seatsOf(1)[0].identity, identityAt(node), "elected identity");
        eq(COMMITTEE.seatsOf(1)[0].beneficiary, BENEFICIARY, "elected beneficiary");
        uint32 second = validator(MIN);
        key = keyFor(operatorAt(second));
        _enter(second, identityAt(node), key);
        holds(isCandidate(second), "the freed identity is taken");
    }

    function test_enter_again_with_the_same_keys_changes_the_beneficiary() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        _enter(node, IDENTITY, key);
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, IDENTITY, key, BOB);
        elect(1);
        eq(COMMITTEE.seatsOf(1)[0].beneficiary, BOB, "beneficiary");
        uint32 second = validator(MIN);
        key = keyFor(operatorAt(second));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.IdentityTaken.selector, IDENTITY, node));
        _enter(second, IDENTITY, key);
    }

    /// Why no two candidates can have one key: whoever can enter with it runs one node, and never another.
    function test_who_ran_a_node_cannot_enter_with_its_key_elsewhere() public {
        uint32 node = candidate(MIN);
        vm.prank(ownerAt(node));
        STAKING.appoint(node, BOB);
        vm.prank(BOB);
        STAKING.accept(node);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OperatorTaken.selector, operatorAt(node), node));
        vm.prank(operatorAt(node));
        STAKING.register(IStaking.Role.Validator, ALICE, 0);
        uint32 second = validator(MIN);
        vm.prank(ownerAt(second));
        STAKING.appoint(second, operatorAt(node));
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OperatorTaken.selector, operatorAt(node), node));
        vm.prank(operatorAt(node));
        STAKING.accept(second);
    }

    function test_a_full_list_refuses_the_lowest_stake_of_all_and_one_equal_to_it() public {
        uint32[] memory nodes = candidates(COMMITTEE.CANDIDATES_MAX());
        uint32 low = validator(MIN - 1);
        uint32 equal = validator(MIN);
        bytes memory key = keyFor(operatorAt(low));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.CandidatesFull.selector, MIN));
        _enter(low, IDENTITY, key);
        key = keyFor(operatorAt(equal));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.CandidatesFull.selector, MIN));
        _enter(equal, IDENTITY, key);
        holds(isCandidate(nodes[0]), "the lowest stays");
    }

    function test_a_full_list_gives_up_its_lowest_stake_for_a_higher_one() public {
        uint32[] memory nodes = candidates(COMMITTEE.CANDIDATES_MAX());
        uint32 high = validator(MIN + 1);
        bytes memory key = keyFor(operatorAt(high));
        vm.expectEmit();
        emit ICommittee.CandidateLeft(nodes[0]);
        _enter(high, identityAt(high), key);
        eq(COMMITTEE.candidates().length, COMMITTEE.CANDIDATES_MAX(), "full");
        holds(isCandidate(high), "entered");
        holds(!isCandidate(nodes[0]), "displaced");
        for (uint256 i = 1; i < nodes.length; ++i) {
            holds(isCandidate(nodes[i]), "the others stay");
        }
        // What it held is free again, and it can come back as anybody.
        staked(nodes[0], 1000e18);
        entered(nodes[0]);
        holds(isCandidate(nodes[0]), "back");
        holds(!isCandidate(high), "which was the lowest");
    }

    function test_a_candidate_of_a_full_list_can_change_its_keys() public {
        uint32[] memory nodes = candidates(COMMITTEE.CANDIDATES_MAX());
        bytes memory key = keyFor(operatorAt(nodes[0]));
        _enter(nodes[0], IDENTITY, key);
        eq(COMMITTEE.candidates().length, COMMITTEE.CANDIDATES_MAX(), "full");
        holds(isCandidate(nodes[0]), "still there");
    }

    /// What is in jail counts for nothing on either side: one who could not be elected displaces nobody.
    function test_a_full_list_counts_jailed_stake_as_none() public {
        uint32[] memory nodes = candidates(COMMITTEE.CANDIDATES_MAX());
        uint32 jailed = validator(10 * MIN);
        vm.prank(Predeploys.COMMITTEE);
        STAKING.jail(jailed, type(uint40).max);
        bytes memory key = keyFor(operatorAt(jailed));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.CandidatesFull.selector, MIN));
        _enter(jailed, IDENTITY, key);
        vm.prank(Predeploys.COMMITTEE);
        STAKING.jail(nodes[100], type(uint40).max);
        uint32 tiny = validator(1);
        entered(tiny);
        holds(!isCandidate(nodes[100]), "the jailed one left");
        holds(isCandidate(tiny), "for the least there is");
    }

    function test_resign_refuses_all_but_the_operator() public {
        uint32 node = candidate(MIN);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.OnlyOperator.selector, node, ownerAt(node)));
        vm.prank(ownerAt(node));
        COMMITTEE.resign(node);
    }

    function test_resign_refuses_who_is_no_candidate() public {
        uint32 node = validator(MIN);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotACandidate.selector, node));
        vm.prank(operatorAt(node));
        COMMITTEE.resign(node);
    }

    function test_resign_takes_a_candidate_out_of_elections_to_come() public {
        uint32[] memory nodes = candidates(5);
        elect(1);
        vm.expectEmit();
        emit ICommittee.CandidateLeft(nodes[0]);
        vm.prank(operatorAt(nodes[0]));
        COMMITTEE.resign(nodes[0]);
        elect(2);
        holds(isSeated(1, nodes[0]), "elected before");
        holds(!isSeated(2, nodes[0]), "not again");
        holds(isSeated(2, nodes[1]) && isSeated(2, nodes[2]), "the others");
        eq(COMMITTEE.candidates().length, 4, "candidates");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotACandidate.selector, nodes[0]));
        vm.prank(operatorAt(nodes[0]));
        COMMITTEE.resign(nodes[0]);
        // Its identity is free for others.
        uint32 other = validator(MIN);
        bytes memory key = keyFor(operatorAt(other));
        _enter(other, identityAt(nodes[0]), key);
        // And it can come back.
        key = keyFor(operatorAt(nodes[0]));
        _enter(nodes[0], IDENTITY, key);
        holds(isCandidate(nodes[0]) && isCandidate(other), "both");
    }

    function test_a_new_operator_can_resign_and_enter_with_its_own_key() public {
        uint32 node = candidate(MIN);
        vm.prank(ownerAt(node));
        STAKING.appoint(node, BOB);
        vm.prank(BOB);
        STAKING.accept(node);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.OnlyOperator.selector, node, operatorAt(node)));
        vm.prank(operatorAt(node));
        COMMITTEE.resign(node);
        bytes memory key = keyFor(BOB);
        vm.prank(BOB);
        COMMITTEE.enter(node, identityAt(node), key, BOB);
        elect(1);
        eq(keccak256(COMMITTEE.seatsOf(1)[0].publicKey), keccak256(key), "BOB's key");
        vm.prank(BOB);
        COMMITTEE.resign(node);
        eq(COMMITTEE.candidates().length, 0, "candidates");
    }

    function _enter(uint32 node, bytes32 identity, bytes memory key) private {
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, identity, key, BENEFICIARY);
    }
}
