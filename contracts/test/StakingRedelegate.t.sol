// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What moves from a node to another, and stays liable for the one it left.
contract StakingRedelegateTest is StakingWorld {
    function test_redelegate_refuses_the_same_node_nothing_and_unknown_nodes() public {
        staked(ALICE, NODE, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.SameNode.selector, NODE));
        moved(ALICE, NODE, NODE, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.ZeroAmount.selector));
        moved(ALICE, NODE, OTHER, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 9));
        moved(ALICE, NODE, 9, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 9));
        moved(ALICE, 9, NODE, 1);
    }

    function test_redelegate_refuses_more_than_the_source_has() public {
        staked(ALICE, NODE, STAKE);
        vm.expectRevert(insufficient(NODE, ALICE, STAKE, STAKE + 1));
        moved(ALICE, NODE, OTHER, STAKE + 1);
    }

    function test_redelegate_refuses_closed_nodes_and_leaves_them() public {
        staked(ALICE, NODE, STAKE);
        jailed(OTHER, type(uint40).max);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeClosed.selector, OTHER));
        moved(ALICE, NODE, OTHER, 1);
        jailed(NODE, type(uint40).max);
        moved(ALICE, NODE, GUARDIAN, STAKE);
        eq(positionOf(ALICE, GUARDIAN), STAKE, "out of a banned node");
    }

    function test_redelegate_moves_at_once_and_stays_liable() public {
        staked(ALICE, NODE, STAKE);
        uint40 until = uint40(START + UNBONDING);
        vm.expectEmit();
        emit IStakeBook.Redelegated(NODE, OTHER, ALICE, 100e18, NOW, until);
        moved(ALICE, NODE, OTHER, 100e18);
        eq(positionOf(ALICE, NODE), STAKE - 100e18, "left");
        IStakeBook.Position memory position = STAKING.positionOf(OTHER, ALICE);
        eq(position.stake, 100e18, "moved");
        eq(position.liable, 100e18, "liable");
        eq(position.liableUntil, until, "until");
        eq(STAKING.principalOf(ALICE), STAKE, "principal");
        vm.warp(until);
        eq(STAKING.positionOf(OTHER, ALICE).liable, 0, "liable no longer");
    }

    function test_liable_stake_cannot_leave_but_what_was_there_before_can() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, OTHER, 50e18);
        moved(ALICE, NODE, OTHER, 100e18);
        vm.expectRevert(insufficient(OTHER, ALICE, 50e18, 50e18 + 1));
        unstaked(ALICE, OTHER, 50e18 + 1);
        vm.expectRevert(insufficient(OTHER, ALICE, 50e18, 50e18 + 1));
        moved(ALICE, OTHER, GUARDIAN, 50e18 + 1);
        vm.expectRevert(insufficient(OTHER, ALICE, 50e18, 50e18 + 1));
        moved(ALICE, OTHER, NODE, 50e18 + 1);
        unstaked(ALICE, OTHER, 50e18);
        vm.warp(START + UNBONDING);
        unstaked(ALICE, OTHER, 100e18);
        eq(positionOf(ALICE, OTHER), 0, "left");
    }

    function test_redelegate_refuses_a_node_where_something_is_liable() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, GUARDIAN, STAKE);
        moved(ALICE, NODE, OTHER, 1);
        bytes memory refusal = abi.encodeWithSelector(IStakeBook.StillLiable.selector, OTHER, START + UNBONDING);
        vm.expectRevert(refusal);
        moved(ALICE, NODE, OTHER, 1);
        vm.expectRevert(refusal);
        moved(ALICE, GUARDIAN, OTHER, 1);
        vm.warp(START + UNBONDING);
        moved(ALICE, GUARDIAN, OTHER, 1);
    }

    function test_threat_12_stake_that_moved_is_slashed_for_where_it_was() public {
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        slashed(NODE, 3000, NOW);
        uint256 lost = STAKE * 3 / 10;
        vm.expectEmit();
        emit IStakeBook.LossReckoned(OTHER, ALICE, lost);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(NODE, NOW, lost, 0, 0, address(0), 0);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE - lost, "position");
        eq(STAKING.describe(OTHER).stake, STAKE - lost, "of the node");
        eq(STAKING.principalOf(ALICE), STAKE - lost, "principal");
        eq(THETA.getVotes(ALICE), THETAS - lost, "votes");
        eq(THETA.balanceOf(Predeploys.BURN), lost, "burned");
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE - lost, "once");
    }

    function test_threat_12_who_moved_cannot_leave_before_it_is_settled() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, OTHER, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        slashed(NODE, 10_000, NOW);
        unstaked(ALICE, OTHER, STAKE);
        eq(THETA.balanceOf(Predeploys.BURN), STAKE, "burned when it left");
        eq(positionOf(ALICE, OTHER), 0, "position");
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, OTHER), STAKE, "what was there before");
    }

    /// The time is over and nobody settled: the next move must not overwrite what is owed.
    function test_threat_12_a_second_move_does_not_drop_what_the_first_owes() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, GUARDIAN, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        slashed(NODE, 5000, NOW);
        vm.warp(START + UNBONDING);
        moved(ALICE, GUARDIAN, OTHER, 100e18);
        eq(positionOf(ALICE, OTHER), STAKE / 2 + 100e18, "the first was settled");
        eq(STAKING.positionOf(OTHER, ALICE).liable, 100e18, "the second is liable");
    }

    function test_threat_12_moving_there_and_back_frees_nothing() public {
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(insufficient(OTHER, ALICE, 0, 1));
        moved(ALICE, OTHER, NODE, 1);
        vm.warp(START + UNBONDING);
        moved(ALICE, OTHER, NODE, STAKE);
        slashed(NODE, 5000, NOW);
        // The stake backs NODE again, and is slashed there; at OTHER is nothing left to take.
        STAKING.settle(OTHER, ALICE);
        STAKING.settle(NODE, ALICE);
        eq(STAKING.principalOf(ALICE), STAKE / 2, "slashed once");
        eq(THETA.balanceOf(Predeploys.STAKING), STAKE / 2, "held");
    }

    function test_what_moved_two_epochs_before_the_fault_is_not_slashed() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        enter(NOW + 1);
        moved(BOB, NODE, OTHER, STAKE);
        slashed(NODE, 5000, NOW + 2);
        STAKING.settle(OTHER, ALICE);
        STAKING.settle(OTHER, BOB);
        eq(positionOf(ALICE, OTHER), STAKE, "left before the election");
        eq(positionOf(BOB, OTHER), STAKE / 2, "was elected");
    }

    function test_what_moved_after_the_slash_does_not_pay_twice() public {
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 5000, NOW);
        moved(ALICE, NODE, OTHER, STAKE / 2);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE / 2, "position");
        slashed(NODE, 5000, NOW);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE / 4, "the next slash counts");
    }

    /// `settle` changes nothing but when: slashes of both nodes in either order, settled between them or after.
    function testFuzz_it_makes_no_difference_when_a_loss_is_settled(uint256 first, uint256 second, bool between)
        public
    {
        uint16 there = uint16(within(first, 0, 10_000));
        uint16 here = uint16(within(second, 0, 10_000));
        staked(BOB, OTHER, STAKE);
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        if (between) {
            slashed(NODE, there, NOW);
            STAKING.settle(OTHER, ALICE);
            slashed(OTHER, here, NOW);
        } else {
            slashed(OTHER, here, NOW);
            slashed(NODE, there, NOW);
        }
        STAKING.settle(OTHER, ALICE);
        uint256 expected = STAKE * (10_000 - there) / 10_000 * (10_000 - here) / 10_000;
        uint256 left = positionOf(ALICE, OTHER);
        holds(left <= expected + 2 && left + 2 >= expected, "left");
        eq(STAKING.principalOf(ALICE), left, "principal");
        eq(positionOf(BOB, OTHER), STAKE * (10_000 - here) / 10_000, "of others");
    }

    function test_a_loss_is_settled_in_parts_as_at_once() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        moved(BOB, NODE, OTHER, STAKE);
        for (uint256 i = 0; i < 9; ++i) {
            slashed(NODE, 1111, NOW);
            STAKING.settle(OTHER, ALICE);
        }
        STAKING.settle(OTHER, BOB);
        uint256 difference = positionOf(BOB, OTHER) - positionOf(ALICE, OTHER);
        holds(difference < 10, "dust");
    }

    function test_nothing_is_left_to_settle_where_the_new_node_lost_everything() public {
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        slashed(OTHER, 10_000, NOW);
        slashed(NODE, 10_000, NOW);
        STAKING.settle(OTHER, ALICE);
        slashed(NODE, 10_000, NOW);
        STAKING.settle(OTHER, ALICE);
        eq(STAKING.principalOf(ALICE), 0, "principal");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE, "burned");
    }

    function test_liability_ends_when_it_is_settled_after_its_time() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        moved(BOB, NODE, OTHER, STAKE);
        slashed(NODE, 5000, NOW);
        vm.warp(START + UNBONDING);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE / 2, "what was lost before is taken");
        eq(STAKING.positionOf(OTHER, ALICE).liableUntil, 0, "over");
        slashed(NODE, 5000, NOW);
        STAKING.settle(OTHER, ALICE);
        STAKING.settle(OTHER, BOB);
        eq(positionOf(ALICE, OTHER), STAKE / 2, "and no more");
        eq(positionOf(BOB, OTHER), STAKE / 4, "of who did not settle in between");
    }

    /// What came in place of the stake that moved is not liable for where that was.
    function test_stake_that_comes_after_what_moved_left_is_not_liable() public {
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        vm.warp(START + UNBONDING);
        unstaked(ALICE, OTHER, STAKE);
        staked(ALICE, OTHER, STAKE);
        slashed(NODE, 10_000, NOW);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), STAKE, "position");
    }

    /// What is free is rounded up to shares, of which then a share of what is liable is missing.
    function test_a_loss_is_settled_where_rounding_took_a_share_of_what_is_liable() public {
        staked(ALICE, NODE, 5);
        staked(ALICE, OTHER, 5);
        moved(ALICE, NODE, OTHER, 5);
        slashed(OTHER, 5000, NOW);
        unstaked(ALICE, OTHER, 3);
        slashed(NODE, 10_000, NOW);
        STAKING.settle(OTHER, ALICE);
        eq(positionOf(ALICE, OTHER), 0, "position");
        eq(STAKING.principalOf(ALICE), 3, "principal");
    }

    function test_settling_who_has_nothing_changes_nothing() public {
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 5000, NOW);
        STAKING.settle(NODE, BOB);
        staked(BOB, NODE, STAKE);
        eq(positionOf(BOB, NODE), STAKE, "of who came later");
        eq(STAKING.principalOf(BOB), STAKE, "principal");
    }
}
