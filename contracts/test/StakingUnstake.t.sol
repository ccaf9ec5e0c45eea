// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev unstake and redeem: how stake leaves.
contract StakingUnstakeTest is StakingWorld {
    function test_unstake_refuses_nothing() public {
        staked(ALICE, NODE, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.ZeroAmount.selector));
        unstaked(ALICE, NODE, 0);
    }

    function test_unstake_refuses_unknown_nodes() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        unstaked(ALICE, 4, 1);
    }

    function test_unstake_refuses_more_than_the_source_has() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        vm.expectRevert(insufficient(NODE, ALICE, STAKE, STAKE + 1));
        unstaked(ALICE, NODE, STAKE + 1);
        vm.expectRevert(insufficient(NODE, CAROL, 0, 1));
        unstaked(CAROL, NODE, 1);
        slashed(NODE, 10_000, NOW);
        vm.expectRevert(insufficient(NODE, ALICE, 0, 1));
        unstaked(ALICE, NODE, 1);
    }

    function test_unstake_takes_off_at_once_and_waits() public {
        staked(ALICE, NODE, STAKE);
        vm.expectEmit();
        emit IStakeBook.Unstaked(NODE, ALICE, 7, 7, NOW, uint40(START + UNBONDING));
        unstaked(ALICE, NODE, 7);
        eq(positionOf(ALICE, NODE), STAKE - 7, "position");
        eq(STAKING.describe(NODE).stake, STAKE - 7, "of the node");
        eq(STAKING.principalOf(ALICE), STAKE, "principal");
        IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(NODE, ALICE);
        eq(waiting.length, 1, "waiting");
        eq(waiting[0].amount, 7, "amount");
        eq(waiting[0].release, START + UNBONDING, "release");
    }

    function test_redeem_refuses_a_second_before_the_end() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, START + UNBONDING));
        redeemed(ALICE, NODE);
    }

    function test_redeem_refuses_who_unstaked_nothing() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        vm.warp(START + UNBONDING);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, 0));
        redeemed(BOB, NODE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        redeemed(ALICE, 4);
    }

    function test_redeem_pays_at_the_end_and_once() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        vm.warp(START + UNBONDING);
        vm.expectEmit();
        emit IStakeBook.Redeemed(NODE, ALICE, STAKE, 0);
        eq(redeemed(ALICE, NODE), STAKE, "amount");
        eq(THETA.balanceOf(ALICE), THETAS, "whole");
        eq(STAKING.principalOf(ALICE), 0, "principal");
        eq(THETA.balanceOf(Predeploys.STAKING), 0, "held");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, 0));
        redeemed(ALICE, NODE);
    }

    function test_redeem_pays_what_is_due_in_order() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, 1);
        vm.warp(START + 1 days);
        unstaked(ALICE, NODE, 2);
        vm.warp(START + 2 days);
        unstaked(ALICE, NODE, 4);
        vm.warp(START + 1 days + UNBONDING);
        eq(redeemed(ALICE, NODE), 3, "two of them");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, START + 2 days + UNBONDING));
        redeemed(ALICE, NODE);
        vm.warp(START + 2 days + UNBONDING);
        eq(redeemed(ALICE, NODE), 4, "the last");
    }

    function test_redeem_pays_32_at_most() public {
        staked(ALICE, NODE, STAKE);
        for (uint256 i = 0; i < 33; ++i) {
            unstaked(ALICE, NODE, 1);
        }
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), 32, "first");
        eq(redeemed(ALICE, NODE), 1, "rest");
    }

    function test_unbonding_lasts_as_long_as_when_it_began() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, 1);
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.ThetaUnbonding, 2 days);
        unstaked(ALICE, NODE, 2);
        IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(NODE, ALICE);
        eq(waiting[0].release, START + UNBONDING, "of the first");
        eq(waiting[1].release, START + 2 days, "of the second");
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), 3, "both");
    }

    /// It left another node than it stands on: each has its own queue and its own pool.
    function test_exits_of_another_node_are_not_slashed() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, OTHER, STAKE);
        unstaked(ALICE, NODE, STAKE);
        slashed(OTHER, 5000, NOW);
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), STAKE, "whole");
    }

    function test_what_was_unstaked_in_an_epoch_is_slashed_for_every_source_alike() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        unstaked(ALICE, NODE, 100e18);
        unstaked(BOB, NODE, 300e18);
        slashed(NODE, 2500, NOW);
        eq(STAKING.unstakingOf(NODE, ALICE)[0].amount, 75e18, "of ALICE");
        vm.warp(START + UNBONDING);
        vm.expectEmit();
        emit IStakeBook.Redeemed(NODE, ALICE, 75e18, 25e18);
        redeemed(ALICE, NODE);
        eq(redeemed(BOB, NODE), 225e18, "of BOB");
        // ALICE's loss at the node was not reckoned yet, that of what she took out was.
        eq(STAKING.principalOf(ALICE), STAKE - 100e18, "principal");
    }

    /// The last wei of a slashed holding is worth more than its last share.
    function testFuzz_everything_that_a_slash_left_can_leave(uint256 amount, uint256 first, uint256 second) public {
        amount = within(amount, 2, THETAS);
        staked(BOB, NODE, STAKE);
        staked(ALICE, NODE, amount);
        slashed(NODE, uint16(within(first, 0, 9000)), NOW);
        slashed(NODE, uint16(within(second, 0, 9000)), NOW);
        uint256 all = positionOf(ALICE, NODE);
        if (all == 0) return;
        unstaked(ALICE, NODE, all);
        eq(positionOf(ALICE, NODE), 0, "position");
        vm.warp(START + UNBONDING);
        uint256 paid = redeemed(ALICE, NODE);
        holds(paid <= all && paid + 3 > all, "paid");
        eq(STAKING.principalOf(ALICE), 0, "principal");
        eq(THETA.getVotes(ALICE), THETA.balanceOf(ALICE), "votes");
        holds(positionOf(BOB, NODE) <= THETA.balanceOf(Predeploys.STAKING), "solvent");
    }
}
