// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Who is elected, and for how long that is kept.
contract CommitteeElectTest is CommitteeWorld {
    uint256 private constant TERMS = 256;

    function test_only_epochs_elects_keeps_counts_and_judges() public {
        bytes memory refusal = abi.encodeWithSelector(ICommittee.OnlyEpochs.selector, Predeploys.SYSTEM);
        bytes[4] memory verbs = [
            abi.encodeCall(ICommittee.elect, (1)),
            abi.encodeCall(ICommittee.keep, (1)),
            abi.encodeCall(ICommittee.include, (1, 1)),
            abi.encodeCall(ICommittee.judge, (1))
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            vm.prank(Predeploys.SYSTEM);
            (bool ok, bytes memory said) = Predeploys.COMMITTEE.call(verbs[i]);
            holds(!ok, "refused");
            eq(keccak256(said), keccak256(refusal), "OnlyEpochs");
        }
    }

    function test_views_refuse_epochs_without_a_committee() public {
        candidates(4);
        for (uint32 epoch = 0; epoch < 2; ++epoch) {
            _expectTermUnknown(epoch);
        }
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 4, "elected");
        _expectTermUnknown(0);
        _expectTermUnknown(257);
    }

    function test_seatOf_refuses_seats_that_nobody_has() public {
        uint32[] memory nodes = candidates(5);
        elect(1);
        (uint32 node, uint64 stake, uint128 total,,) = COMMITTEE.seatOf(1, 4);
        eq(node, COMMITTEE.seatsOf(1)[4].node, "the last");
        eq(stake, COMMITTEE.seatsOf(1)[4].stake, "its stake");
        eq(total, (5 * MIN + 10e18) / 1e9, "of all");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.SeatUnknown.selector, 1, 5));
        COMMITTEE.seatOf(1, 5);
        // Fewer sit where five sat: the fifth is not theirs.
        vm.prank(operatorAt(nodes[0]));
        COMMITTEE.resign(nodes[0]);
        elect(257);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.SeatUnknown.selector, 257, 4));
        COMMITTEE.seatOf(257, 4);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.SeatUnknown.selector, 257, 31));
        COMMITTEE.seatOf(257, 31);
    }

    function test_the_highest_stakes_are_elected() public {
        uint32[] memory nodes = candidates(40);
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 31, "seats");
        for (uint256 i = 0; i < 40; ++i) {
            eq(seatsHeld(1, nodes[i]), i < 9 ? 0 : 1, "seats of one");
        }
    }

    function test_the_parameter_bounds_the_seats() public {
        uint32[] memory nodes = candidates(6);
        setFourSeats();
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 4, "seats");
        holds(!isSeated(1, nodes[0]) && !isSeated(1, nodes[1]), "the lowest");
    }

    function test_equal_stakes_go_to_who_registered_first() public {
        setFourSeats();
        uint32[] memory nodes = new uint32[](6);
        for (uint256 i = 0; i < 6; ++i) {
            nodes[i] = validator(MIN);
        }
        // Neither the order in which they enter counts,
        uint8[6] memory order = [3, 0, 5, 1, 4, 2];
        for (uint256 i = 0; i < 6; ++i) {
            entered(nodes[order[i]]);
        }
        elect(1);
        for (uint256 i = 0; i < 6; ++i) {
            eq(seatsHeld(1, nodes[i]), i < 4 ? 1 : 0, "seats of one");
        }
        // nor what somebody gains by resigning.
        vm.prank(operatorAt(nodes[2]));
        COMMITTEE.resign(nodes[2]);
        elect(2);
        holds(isSeated(2, nodes[4]) && !isSeated(2, nodes[5]), "the next");
    }

    function test_the_least_stake_is_enough_and_a_wei_less_is_not() public {
        uint32 enough = candidate(MIN);
        uint32 short = candidate(MIN - 1);
        elect(1);
        holds(isSeated(1, enough), "enough");
        holds(!isSeated(1, short), "short");
        set(IParameters.Parameter.ValidatorStakeMin, MIN + 1);
        staked(short, 2);
        elect(2);
        holds(isSeated(2, short), "now enough");
        holds(!isSeated(2, enough), "now short");
    }

    function test_an_owner_has_no_more_seats_than_the_parameter() public {
        uint32[] memory mine = new uint32[](5);
        for (uint256 i = 0; i < 5; ++i) {
            mine[i] = candidateOf(ALICE, 10 * MIN + i);
        }
        uint32[] memory others = candidates(4);
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 7, "seats");
        for (uint256 i = 0; i < 5; ++i) {
            eq(seatsHeld(1, mine[i]), i < 2 ? 0 : 1, "the highest of an owner");
        }
        for (uint256 i = 0; i < 4; ++i) {
            holds(isSeated(1, others[i]), "others");
        }
        set(IParameters.Parameter.SeatsPerOwner, 1);
        elect(2);
        eq(COMMITTEE.seatsOf(2).length, 5, "seats");
        holds(isSeated(2, mine[4]), "the highest of an owner");
    }

    function test_jailed_candidates_are_not_elected() public {
        uint32[] memory nodes = candidates(5);
        vm.prank(Predeploys.COMMITTEE);
        STAKING.jail(nodes[4], uint40(START + 10));
        elect(1);
        holds(!isSeated(1, nodes[4]), "jailed");
        eq(COMMITTEE.seatsOf(1).length, 4, "the others");
        // The end of the time is not the end of jail: the operator has to come back.
        vm.warp(START + 10);
        elect(2);
        holds(!isSeated(2, nodes[4]), "still jailed");
        vm.prank(operatorAt(nodes[4]));
        STAKING.unjail(nodes[4]);
        elect(3);
        holds(isSeated(3, nodes[4]), "back");
    }

    function test_seats_are_in_ascending_order_of_identity_and_add_up() public {
        candidates(40);
        elect(1);
        ICommittee.Seat[] memory seats = COMMITTEE.seatsOf(1);
        uint256 sum;
        for (uint256 i = 0; i < seats.length; ++i) {
            holds(i == 0 || seats[i - 1].identity < seats[i].identity, "order");
            eq(seats[i].identity, identityAt(seats[i].node), "identity");
            eq(seats[i].stake, STAKING.describe(seats[i].node).stake / 1e9, "stake");
            sum += seats[i].stake;
        }
        (,, uint128 total,,) = COMMITTEE.seatOf(1, 0);
        eq(total, sum, "total");
    }

    function test_an_election_says_who_sits_where() public {
        uint32[] memory nodes = candidates(2);
        bool inOrder = identityAt(nodes[0]) < identityAt(nodes[1]);
        uint32[] memory bySeat = new uint32[](2);
        (bySeat[0], bySeat[1]) = inOrder ? (nodes[0], nodes[1]) : (nodes[1], nodes[0]);
        vm.expectEmit();
        emit ICommittee.CommitteeElected(7, bySeat, (2 * MIN + 1e18) / 1e9);
        elect(7);
    }

    function test_nobody_to_elect_keeps_the_committee_without_its_counts() public {
        uint32[] memory nodes = candidates(3);
        elect(1);
        include(1, 7);
        bytes32 before = keccak256(abi.encode(COMMITTEE.seatsOf(1)));
        (,, uint128 total,,) = COMMITTEE.seatOf(1, 0);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(operatorAt(nodes[i]));
            COMMITTEE.resign(nodes[i]);
        }
        vm.expectEmit();
        emit ICommittee.CommitteeKept(2, 1);
        elect(2);
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(2))), before, "seats");
        (,, uint128 kept, uint256 signed, uint256 count) = COMMITTEE.seatOf(2, 0);
        eq(kept, total, "total");
        eq(signed + count, 0, "counts");
        elect(3);
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(3))), before, "still");
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(1))), before, "unchanged");
        (count,) = COMMITTEE.participationOf(1);
        eq(count, 1, "its own counts");
    }

    /// Three stand no fault, and one is the chain.
    function test_a_committee_does_not_shrink_below_four() public {
        uint32[] memory nodes = candidates(5);
        elect(1);
        _resigned(nodes[0]);
        elect(2);
        eq(COMMITTEE.seatsOf(2).length, 4, "four");
        _resigned(nodes[1]);
        vm.expectEmit();
        emit ICommittee.CommitteeKept(3, 2);
        elect(3);
        eq(COMMITTEE.seatsOf(3).length, 4, "kept");
        holds(isSeated(3, nodes[1]), "with who resigned");
        uint32 joins = candidate(MIN);
        elect(4);
        eq(COMMITTEE.seatsOf(4).length, 4, "four again");
        holds(isSeated(4, joins) && !isSeated(4, nodes[1]), "of others");
    }

    /// A chain of one validator has one, and of two it has two from then on.
    function test_a_committee_that_is_smaller_does_not_shrink() public {
        uint32 first = candidate(MIN);
        elect(1);
        elect(2);
        eq(COMMITTEE.seatsOf(2).length, 1, "one");
        candidate(MIN);
        elect(3);
        eq(COMMITTEE.seatsOf(3).length, 2, "two");
        _resigned(first);
        elect(4);
        eq(COMMITTEE.seatsOf(4).length, 2, "kept");
    }

    function test_nobody_ever_elected_is_no_committee() public {
        elect(0);
        elect(1);
        _expectTermUnknown(0);
        _expectTermUnknown(1);
        uint32 node = candidate(MIN);
        elect(2);
        eq(COMMITTEE.seatsOf(2)[0].node, node, "the first");
    }

    /// An election may have failed, and keeping with it: what is kept then is the newest there is, not what the ring has there.
    function test_keep_finds_the_newest_committee_across_a_gap() public {
        uint32[] memory nodes = candidates(5);
        elect(3);
        vm.prank(operatorAt(nodes[0]));
        COMMITTEE.resign(nodes[0]);
        elect(4);
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.keep(9);
        eq(COMMITTEE.seatsOf(9).length, 4, "seats");
        holds(!isSeated(9, nodes[0]) && isSeated(9, nodes[1]), "nodes");
        // So long a gap that it is the very place in the ring.
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.keep(9 + 256);
        eq(COMMITTEE.seatsOf(9 + 256).length, 4, "seats");
        holds(!isSeated(9 + 256, nodes[0]) && isSeated(9 + 256, nodes[1]), "nodes");
        _expectTermUnknown(9);
    }

    function test_the_ring_keeps_the_next_epoch_this_one_and_254_before() public {
        candidate(MIN);
        for (uint32 epoch = 0; epoch <= 300; ++epoch) {
            elect(epoch);
            include(epoch, 1);
        }
        for (uint32 epoch = 300; epoch > 300 - TERMS; --epoch) {
            eq(COMMITTEE.seatsOf(epoch).length, 1, "kept");
            (uint256 count,) = COMMITTEE.participationOf(epoch);
            eq(count, 1, "counts of an epoch are its own");
        }
        _expectTermUnknown(uint32(300 - TERMS));
        _expectTermUnknown(301);
    }

    /// Genesis writes candidates there.
    function test_storage_is_where_genesis_writes_it() public {
        uint32 node = validator(MIN);
        bytes memory key = keyFor(operatorAt(node));
        vm.prank(operatorAt(node));
        COMMITTEE.enter(node, identityAt(node), key, BENEFICIARY);
        eq(_load(0), 1, "candidates");
        eq(_load(uint256(keccak256(abi.encode(0)))), node, "the first, in the lowest bits");
        uint256 application = uint256(keccak256(abi.encode(node, 1)));
        eq(bytes32(_load(application)), identityAt(node), "identity");
        eq(keccak256(abi.encode(_load(application + 1))), keccak256(_part(key, 0, 32)), "key, first part");
        eq(keccak256(abi.encodePacked(uint128(_load(application + 2)))), keccak256(_part(key, 32, 16)), "second");
        eq(_load(application + 3), uint160(BENEFICIARY), "beneficiary");
        eq(_load(uint256(keccak256(abi.encode(identityAt(node), 2)))), node, "identity's");
        elect(5);
        eq(uint32(_load(uint256(keccak256(abi.encode(5, 3))))), 5, "term");
        eq(_load(4), 5, "newest");
    }

    function _load(uint256 slot) private view returns (uint256) {
        return uint256(vm.load(Predeploys.COMMITTEE, bytes32(slot)));
    }

    function _part(bytes memory whole, uint256 from, uint256 count) private pure returns (bytes memory part) {
        part = new bytes(count);
        for (uint256 i = 0; i < count; ++i) {
            part[i] = whole[from + i];
        }
    }

    function _resigned(uint32 node) private {
        vm.prank(operatorAt(node));
        COMMITTEE.resign(node);
    }

    function _expectTermUnknown(uint32 epoch) private {
        bytes memory refusal = abi.encodeWithSelector(ICommittee.TermUnknown.selector, epoch);
        vm.expectRevert(refusal);
        COMMITTEE.seatsOf(epoch);
        vm.expectRevert(refusal);
        COMMITTEE.participationOf(epoch);
        vm.expectRevert(refusal);
        COMMITTEE.seatOf(epoch, 0);
    }
}
