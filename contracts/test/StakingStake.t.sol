// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {ITheta} from "../src/interfaces/ITheta.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What staking gives for what it takes.
contract StakingStakeTest is StakingWorld {
    uint256 private constant KEY_OF_SIGNER = 0x5167;

    function test_stake_refuses_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.ZeroAmount.selector));
        staked(ALICE, NODE, 0);
    }

    function test_stake_refuses_unknown_nodes() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        staked(ALICE, 4, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 0));
        staked(ALICE, 0, 1);
    }

    function test_stake_refuses_what_is_not_approved_or_not_there() public {
        vm.prank(ALICE);
        THETA.approve(Predeploys.STAKING, 5);
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientAllowance.selector));
        staked(ALICE, NODE, 6);
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientBalance.selector));
        staked(BOB, NODE, THETAS + 1);
        eq(STAKING.principalOf(BOB), 0, "principal");
    }

    function test_stake_refuses_nodes_that_lost_nearly_all() public {
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 9990, NOW);
        staked(BOB, NODE, 1);
        slashed(NODE, 1, NOW);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeClosed.selector, NODE));
        staked(BOB, NODE, 1);
        slashed(OTHER, 10_000, NOW);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeClosed.selector, OTHER));
        staked(BOB, OTHER, 1);
    }

    function test_stake_refuses_nodes_banned_for_good_but_not_those_in_jail() public {
        jailed(NODE, START + 1);
        staked(ALICE, NODE, 1);
        jailed(NODE, type(uint40).max);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeClosed.selector, NODE));
        staked(ALICE, NODE, 1);
    }

    function test_stake_of_many_adds_up() public {
        vm.expectEmit();
        emit IStakeBook.Staked(NODE, ALICE, STAKE, STAKE);
        staked(ALICE, NODE, STAKE);
        staked(ALICE, NODE, 5);
        staked(BOB, NODE, 7);
        eq(positionOf(ALICE, NODE), STAKE + 5, "of ALICE");
        eq(positionOf(BOB, NODE), 7, "of BOB");
        eq(STAKING.describe(NODE).stake, STAKE + 12, "of all");
        eq(STAKING.principalOf(ALICE), STAKE + 5, "principal");
        eq(THETA.balanceOf(ALICE), THETAS - STAKE - 5, "paid");
        eq(THETA.balanceOf(Predeploys.STAKING), STAKE + 12, "held");
    }

    function test_stake_with_permit_needs_no_approval_and_works_when_somebody_used_the_permit() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        vm.prank(HOLDER);
        THETA.transfer(signer, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(signer, 4, 0);
        vm.prank(signer);
        STAKING.stakeWithPermit(NODE, 4, START, v, r, s);
        (v, r, s) = _permit(signer, 6, 1);
        THETA.permit(signer, Predeploys.STAKING, 6, START, v, r, s);
        vm.prank(signer);
        STAKING.stakeWithPermit(NODE, 6, START, v, r, s);
        eq(positionOf(signer, NODE), 10, "staked");
    }

    function test_stake_with_permit_of_another_stakes_nothing_of_either() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        vm.prank(HOLDER);
        THETA.transfer(signer, 10);
        vm.prank(HOLDER);
        THETA.transfer(REPORTER, 10);
        (uint8 v, bytes32 r, bytes32 s) = _permit(signer, 4, 0);
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientAllowance.selector));
        vm.prank(REPORTER);
        STAKING.stakeWithPermit(NODE, 4, START, v, r, s);
    }

    function testFuzz_stake_after_a_slash_is_worth_what_was_paid_less_a_wei_at_most(
        uint256 share,
        uint256 first,
        uint256 second
    ) public {
        staked(ALICE, NODE, within(first, 1, THETAS));
        slashed(NODE, uint16(within(share, 0, 9990)), NOW);
        uint256 before = positionOf(ALICE, NODE);
        uint256 amount = within(second, 1, THETAS);
        staked(BOB, NODE, amount);
        uint256 worth = positionOf(BOB, NODE);
        holds(worth <= amount && worth + 1 >= amount, "worth");
        eq(STAKING.principalOf(BOB), worth, "principal");
        eq(THETA.getVotes(BOB), THETAS - amount + worth, "votes");
        eq(positionOf(ALICE, NODE), before, "of ALICE");
    }

    /// Nothing but a slash changes what a share is worth: THETA cannot be sent there, and TFUEL is rewards.
    function test_threat_19_the_first_depositor_cannot_inflate_shares() public {
        staked(ALICE, NODE, 1);
        vm.expectRevert(abi.encodeWithSelector(ITheta.NotStakedByTransfer.selector));
        vm.prank(ALICE);
        THETA.transfer(Predeploys.STAKING, STAKE);
        rewarded(NODE, NOW, 1000e18);
        staked(BOB, NODE, STAKE);
        eq(positionOf(ALICE, NODE), 1, "of the first");
        eq(positionOf(BOB, NODE), STAKE, "of the second");
    }

    function test_threat_19_a_slash_of_dust_cannot_round_the_next_deposit_away() public {
        staked(ALICE, NODE, 1);
        for (uint256 i = 0; i < 6; ++i) {
            slashed(NODE, 6837, NOW);
        }
        eq(positionOf(ALICE, NODE), 0, "slashed away");
        staked(BOB, NODE, 5);
        holds(positionOf(BOB, NODE) >= 4, "worth");
        eq(positionOf(ALICE, NODE), 0, "of ALICE");
    }

    /// Two nodes at odd rates, some large stakes beside, and every way in and out in tiny amounts.
    function test_threat_19_rounding_drain_gains_nothing() public {
        staked(BOB, NODE, STAKE + 1);
        staked(CAROL, OTHER, STAKE + 7);
        slashed(NODE, 3333, NOW);
        slashed(OTHER, 7777, NOW);
        uint256 others = positionOf(BOB, NODE) + positionOf(CAROL, OTHER);
        uint256 had = THETAS;
        uint256 time = START;
        for (uint256 i = 0; i < 150; ++i) {
            uint256 amount = 3 + i % 5;
            staked(ALICE, NODE, amount);
            if (i % 50 == 0) {
                moved(ALICE, NODE, OTHER, 1);
                time += UNBONDING;
                vm.warp(time);
                vm.roll(block.number + EPOCH);
            }
            uint256 there = positionOf(ALICE, OTHER);
            if (there > 1) unstaked(ALICE, OTHER, 1);
            uint256 here = positionOf(ALICE, NODE);
            if (here != 0) unstaked(ALICE, NODE, 1 + (i / 3) % here);
            holds(_worth(ALICE) <= had, "gained");
        }
        vm.warp(time + UNBONDING);
        for (uint256 i = 0; i < 5; ++i) {
            redeemed(ALICE, NODE);
        }
        if (STAKING.unstakingOf(OTHER, ALICE).length != 0) redeemed(ALICE, OTHER);
        holds(_worth(ALICE) <= had && _worth(ALICE) + 2000 > had, "gained, or lost more than dust");
        eq(positionOf(BOB, NODE) + positionOf(CAROL, OTHER), others, "of others");
        uint256 owed = others + positionOf(ALICE, NODE) + positionOf(ALICE, OTHER);
        holds(THETA.balanceOf(Predeploys.STAKING) >= owed, "solvent");
        eq(STAKING.principalOf(ALICE), owed - others, "principal");
    }

    function _worth(address source) private view returns (uint256 worth) {
        worth = THETA.balanceOf(source) + positionOf(source, NODE) + positionOf(source, OTHER);
        for (uint32 on = NODE; on <= OTHER; ++on) {
            IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(on, source);
            for (uint256 i = 0; i < waiting.length; ++i) {
                worth += waiting[i].amount;
            }
        }
    }

    function _permit(address signer, uint256 value, uint256 nonce)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 permit = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(permit, signer, Predeploys.STAKING, value, nonce, START));
        return vm.sign(KEY_OF_SIGNER, keccak256(abi.encodePacked(hex"1901", THETA.DOMAIN_SEPARATOR(), structHash)));
    }
}
