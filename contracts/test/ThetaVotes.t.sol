// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ITheta} from "../src/interfaces/ITheta.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev THETA at stake votes as if its owner held it, until a slash takes it.
contract ThetaVotesTest is StakingWorld {
    function test_only_staking_forfeits_votes() public {
        vm.expectRevert(abi.encodeWithSelector(ITheta.OnlyStaking.selector, OWNER));
        vm.prank(OWNER);
        THETA.forfeit(ALICE, 1);
    }

    function test_transfers_to_staking_are_refused_whoever_makes_them() public {
        bytes memory refusal = abi.encodeWithSelector(ITheta.NotStakedByTransfer.selector);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        THETA.transfer(Predeploys.STAKING, 1);
        vm.prank(ALICE);
        THETA.approve(BOB, 1);
        vm.expectRevert(refusal);
        vm.prank(BOB);
        THETA.transferFrom(ALICE, Predeploys.STAKING, 1);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        THETA.transfer(Predeploys.STAKING, 0);
    }

    function test_staked_theta_goes_on_voting_through_every_way_in_and_out() public {
        staked(ALICE, NODE, STAKE);
        _expectVotes(ALICE, THETAS);
        moved(ALICE, NODE, OTHER, STAKE / 2);
        _expectVotes(ALICE, THETAS);
        unstaked(ALICE, NODE, STAKE / 2);
        _expectVotes(ALICE, THETAS);
        vm.warp(START + UNBONDING);
        redeemed(ALICE, NODE);
        _expectVotes(ALICE, THETAS);
        _expectVotes(Predeploys.STAKING, 0);
    }

    function test_delegation_while_staked_moves_all_votes() public {
        staked(ALICE, NODE, STAKE);
        vm.prank(ALICE);
        THETA.delegate(CAROL);
        _expectVotes(ALICE, 0);
        _expectVotes(CAROL, 2 * THETAS);
        unstaked(ALICE, NODE, STAKE);
        vm.warp(START + UNBONDING);
        redeemed(ALICE, NODE);
        _expectVotes(CAROL, 2 * THETAS);
        vm.prank(ALICE);
        THETA.delegate(ALICE);
        _expectVotes(ALICE, THETAS);
        _expectVotes(CAROL, THETAS);
    }

    function test_who_delegates_first_when_all_is_staked_votes_with_all() public {
        vm.prank(HOLDER);
        THETA.transfer(REPORTER, 10);
        vm.prank(REPORTER);
        THETA.approve(Predeploys.STAKING, 10);
        staked(REPORTER, NODE, 10);
        _expectVotes(REPORTER, 0);
        vm.prank(REPORTER);
        THETA.delegate(REPORTER);
        _expectVotes(REPORTER, 10);
    }

    function test_a_slash_forfeits_votes_when_it_is_reckoned() public {
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 4000, NOW);
        _expectVotes(ALICE, THETAS);
        STAKING.settle(NODE, ALICE);
        _expectVotes(ALICE, THETAS - STAKE * 4 / 10);
        vm.prank(ALICE);
        THETA.delegate(BOB);
        _expectVotes(ALICE, 0);
        _expectVotes(BOB, 2 * THETAS - STAKE * 4 / 10);
    }

    function test_a_slashed_exit_forfeits_votes_when_it_is_redeemed() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        slashed(NODE, 4000, NOW);
        STAKING.settle(NODE, ALICE);
        _expectVotes(ALICE, THETAS);
        vm.warp(START + UNBONDING);
        redeemed(ALICE, NODE);
        _expectVotes(ALICE, THETAS - STAKE * 4 / 10);
        eq(THETA.balanceOf(ALICE), THETAS - STAKE * 4 / 10, "balance");
    }

    function test_stake_has_past_votes_as_the_wallet_had() public {
        vm.roll(2000);
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 10_000, NOW);
        vm.roll(2001);
        STAKING.settle(NODE, ALICE);
        vm.roll(2002);
        eq(THETA.getPastVotes(ALICE, 1999), THETAS, "before");
        eq(THETA.getPastVotes(ALICE, 2000), THETAS, "staked");
        eq(THETA.getPastVotes(ALICE, 2001), THETAS - STAKE, "reckoned");
    }

    /// What is borrowed and staked for a block is still staked when it would have to be paid back.
    function test_threat_18_borrowed_theta_cannot_be_staked_and_returned_in_a_block() public {
        staked(ALICE, NODE, THETAS);
        unstaked(ALICE, NODE, THETAS);
        vm.expectRevert(abi.encodeWithSelector(ITheta.InsufficientBalance.selector));
        vm.prank(ALICE);
        THETA.transfer(HOLDER, THETAS);
    }

    /// Each account's votes are its balance and its principal: nothing is ever counted for two. Balances add up to the supply, and what
    /// staking holds is among them; principals exceed that by losses not reckoned yet. All that was lost is burned, where
    /// nobody votes, but for what reporters got. So votes exceed the supply by that part of the losses not reckoned, at most, and
    /// when all are, not at all.
    function testFuzz_votes_exceed_the_supply_by_what_reporters_of_unreckoned_losses_got_at_most(
        uint256[3] calldata stakes,
        uint256 share,
        uint256 leaving
    ) public {
        vm.prank(HOLDER);
        THETA.delegate(HOLDER);
        vm.prank(REPORTER);
        THETA.delegate(REPORTER);
        address[3] memory sources = [ALICE, BOB, CAROL];
        for (uint256 i = 0; i < 3; ++i) {
            staked(sources[i], NODE, within(stakes[i], 2, THETAS));
            unstaked(sources[i], NODE, within(leaving, 1, positionOf(sources[i], NODE)));
        }
        vm.prank(Predeploys.COMMITTEE);
        STAKING.slash(NODE, uint16(within(share, 0, 10_000)), NOW, REPORTER, 7);
        eq(_votes(), SUPPLY + THETA.balanceOf(REPORTER), "the reporter's come on top");
        vm.warp(START + UNBONDING);
        uint256 principals;
        for (uint256 i = 0; i < 3; ++i) {
            STAKING.settle(NODE, sources[i]);
            redeemed(sources[i], NODE);
            principals += STAKING.principalOf(sources[i]);
        }
        holds(_votes() <= SUPPLY, "all is reckoned");
        uint256 held = THETA.balanceOf(Predeploys.STAKING);
        eq(_votes(), SUPPLY - THETA.balanceOf(Predeploys.BURN) - held + principals, "and nothing is missing");
    }

    function _votes() private view returns (uint256) {
        return THETA.getVotes(HOLDER) + THETA.getVotes(REPORTER) + THETA.getVotes(ALICE) + THETA.getVotes(BOB)
            + THETA.getVotes(CAROL);
    }

    function _expectVotes(address account, uint256 votes) private view {
        eq(THETA.getVotes(account), votes, "votes");
    }
}
