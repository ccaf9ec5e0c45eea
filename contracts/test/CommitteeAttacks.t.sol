// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev By the numbers of DOMAIN.md, section 3.
contract CommitteeAttacksTest is CommitteeWorld {
    /// 27: nobody reports anything, and no transaction is sent.
    function test_threat_27_dead_validators_are_jailed_and_out_by_themselves() public {
        uint32[] memory nodes = candidates(7);
        uint32 dead = nodes[6];
        uint256 stake = STAKING.describe(dead).stake;
        beginAt(1);
        uint32 certifying;
        for (uint256 number = 2; number < 5 * LENGTH; ++number) {
            vm.roll(number);
            // It dies with epoch 1.
            certifying = uint32((number - 1) / LENGTH);
            begin(certified(certifying, certifying == 0 ? all(0) : _alive(certifying, dead)));
            bool judged = number >= 3 * LENGTH;
            holds((STAKING.describe(dead).jailedUntil != 0) == judged, "jailed at the first block of epoch 3");
            holds((STAKING.describe(dead).stake < stake) == judged, "slashed");
        }
        holds(isSeated(3, dead), "elected before it was judged");
        holds(!isSeated(4, dead) && !isSeated(5, dead), "out");
        eq(COMMITTEE.seatsOf(4).length, 6, "the others");
        for (uint256 i = 0; i < 6; ++i) {
            eq(STAKING.describe(nodes[i]).jailedUntil, 0, "live");
        }
    }

    /// 4: who proposes the block of an election has nothing to grind.
    function testFuzz_attack_4_an_election_depends_on_the_state_alone(
        bytes32 mix,
        uint256 time,
        uint256 number,
        uint256 gas
    ) public {
        setFourSeats();
        candidates(6);
        elect(1);
        vm.prevrandao(mix);
        vm.warp(within(time, START, START + 365 days));
        vm.roll(within(number, 1, 1e9));
        vm.prank(Predeploys.EPOCHS);
        COMMITTEE.elect{gas: within(gas, 10_000_000, 30_000_000)}(2);
        bytes32 first = keccak256(abi.encode(COMMITTEE.seatsOf(1)));
        eq(keccak256(abi.encode(COMMITTEE.seatsOf(2))), first, "committee");
    }

    /// 4, 8: the richest owner sits as often as the parameter says, however many nodes he has.
    function test_threat_8_one_owner_cannot_take_the_committee() public {
        uint32[] memory honest = candidates(28);
        for (uint256 i = 0; i < 100; ++i) {
            candidateOf(ALICE, 5 * MIN + i);
        }
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 31, "seats");
        uint256 held;
        for (uint256 i = 0; i < 31; ++i) {
            if (STAKING.describe(COMMITTEE.seatsOf(1)[i].node).owner == ALICE) ++held;
        }
        eq(held, 3, "of one owner");
        for (uint256 i = 0; i < honest.length; ++i) {
            holds(isSeated(1, honest[i]), "everybody else");
        }
    }

    /// 8: nor can others fill the seats that he has, by nodes in his name.
    function test_threat_8_nobody_is_made_owner_of_what_fills_his_seats() public {
        uint32 mine = candidateOf(ALICE, MIN);
        for (uint256 i = 0; i < 3; ++i) {
            address operator = operatorAt(STAKING.nodeCount() + 1);
            vm.prank(operator);
            uint32 node = STAKING.register(IStaking.Role.Validator, ALICE, 0);
            staked(node, 2 * MIN);
            entered(node);
        }
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 4, "seats");
        holds(isSeated(1, mine), "hers");
    }

    /// 9: places that cost next to nothing are worth nothing.
    function test_threat_9_tiny_candidates_cannot_keep_stake_out() public {
        for (uint256 i = 0; i < COMMITTEE.CANDIDATES_MAX(); ++i) {
            candidateOf(ALICE, 1 + i);
        }
        uint32[] memory nodes = candidates(31);
        // Nor can they come back over who has more.
        uint32 tiny = validator(5);
        bytes memory key = keyFor(operatorAt(tiny));
        for (uint256 i = 0; i < 96; ++i) {
            candidateOf(BOB, 1000e18);
        }
        vm.expectRevert(abi.encodeWithSelector(ICommittee.CandidatesFull.selector, 128));
        vm.prank(operatorAt(tiny));
        COMMITTEE.enter(tiny, identityAt(tiny), key, ALICE);
        elect(1);
        eq(COMMITTEE.seatsOf(1).length, 31, "seats");
        for (uint256 i = 0; i < nodes.length; ++i) {
            holds(isSeated(1, nodes[i]), "seated");
        }
    }

    /// 12: a seat's stake answers for the epoch, whenever after its election it leaves.
    function test_threat_12_stake_that_leaves_after_its_election_is_slashed() public {
        candidates(4);
        for (uint32 leaves = 1; leaves <= 3; ++leaves) {
            uint32 first = 10 * leaves;
            uint32 node = candidate(MIN);
            uint32 other = candidate(MIN);
            beginEpoch(first);
            beginEpoch(first + 1);
            // The seat is of epoch `first + 2`, elected a block ago.
            uint32 epoch = first + 2;
            holds(isSeated(epoch, node), "elected");
            for (uint32 now_ = first + 1; now_ < epoch + 2; ++now_) {
                if (now_ != first + 1) beginEpoch(now_);
                if (now_ == epoch) included(epoch, allBut(epoch, node));
                if (now_ == first + leaves) _leave(node);
            }
            eq(STAKING.describe(node).stake, 0, "left");
            eq(_waiting(node), MIN, "whole");
            beginEpoch(epoch + 2);
            eq(_waiting(node), MIN - MIN / 1000, "slashed");
            eq(STAKING.describe(other).stake, MIN, "of nobody else");
            holds(!isSeated(epoch + 3, node), "out");
            vm.prank(operatorAt(other));
            COMMITTEE.resign(other);
        }
    }

    /// What left before the election backed nothing, and was not elected.
    function test_threat_12_stake_that_left_before_is_neither_elected_nor_slashed() public {
        uint32 node = candidate(MIN);
        candidates(4);
        beginEpoch(10);
        _leave(node);
        beginEpoch(11);
        holds(!isSeated(12, node), "not elected");
    }

    function _alive(uint32 epoch, uint32 dead) private view returns (uint32) {
        return isSeated(epoch, dead) ? allBut(epoch, dead) : all(epoch);
    }

    function _leave(uint32 node) private {
        vm.prank(ownerAt(node));
        STAKING.unstake(node, MIN);
    }

    function _waiting(uint32 node) private view returns (uint256) {
        IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(node, ownerAt(node));
        eq(waiting.length, 1, "one");
        return waiting[0].amount;
    }
}
