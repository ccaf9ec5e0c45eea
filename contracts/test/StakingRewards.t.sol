// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev reward and claim. The commission of the nodes here is a tenth.
contract StakingRewardsTest is StakingWorld {
    uint256 private constant REWARD = 1000e18;

    function test_only_the_contract_of_rewards_pays_them() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyRewards.selector, ALICE));
        vm.prank(ALICE);
        STAKING.reward{value: 1}(NODE, NOW);
        vm.prank(ALICE);
        (bool sent,) = Predeploys.STAKING.call{value: 1}("");
        holds(!sent, "rewards that are nobody's");
    }

    function test_reward_refuses_unknown_nodes() public {
        vm.deal(Predeploys.REWARDS, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        vm.prank(Predeploys.REWARDS);
        STAKING.reward{value: 1}(4, NOW);
    }

    function test_claim_refuses_who_has_nothing_and_a_second_time() public {
        staked(ALICE, NODE, STAKE);
        bytes memory refusal = abi.encodeWithSelector(IStakeBook.NothingToClaim.selector, ALICE);
        vm.expectRevert(refusal);
        claimed(ALICE, NODE);
        rewarded(NODE, NOW, REWARD);
        claimed(ALICE, NODE);
        vm.expectRevert(refusal);
        claimed(ALICE, NODE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        claimed(ALICE, 4);
    }

    function test_sources_share_by_stake_what_the_commission_leaves() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, 2 * STAKE);
        vm.expectEmit();
        emit IStakeBook.Rewarded(NODE, REWARD, REWARD / 10);
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.positionOf(NODE, ALICE).reward, 300e18, "seen");
        vm.expectEmit();
        emit IStakeBook.Claimed(NODE, ALICE, 300e18);
        eq(claimed(ALICE, NODE), 300e18, "of ALICE");
        eq(claimed(BOB, NODE), 600e18, "of BOB");
        eq(claimed(OWNER, OTHER), 100e18, "of the owner, from any node");
        eq(ALICE.balance, FUNDS + 300e18, "paid");
        eq(Predeploys.STAKING.balance, 0, "nothing is left");
    }

    function test_rewards_earned_are_kept_through_every_change_of_the_position() public {
        staked(ALICE, NODE, STAKE);
        rewarded(NODE, NOW, 10e18);
        staked(ALICE, NODE, STAKE);
        rewarded(NODE, NOW, 20e18);
        moved(ALICE, NODE, OTHER, STAKE);
        rewarded(NODE, NOW, 30e18);
        slashed(NODE, 5000, NOW);
        STAKING.settle(OTHER, ALICE);
        STAKING.settle(NODE, ALICE);
        rewarded(NODE, NOW, 40e18);
        unstaked(ALICE, NODE, STAKE / 2);
        rewarded(OTHER, NOW, 50e18);
        uint256 due = STAKING.positionOf(OTHER, ALICE).reward;
        eq(due, 135e18, "nine tenths of all");
        eq(claimed(ALICE, OTHER), due, "claimed");
    }

    function test_who_joins_later_gets_nothing_of_what_was_paid_before() public {
        staked(ALICE, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        staked(BOB, NODE, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToClaim.selector, BOB));
        claimed(BOB, NODE);
        eq(claimed(ALICE, NODE), 900e18, "of ALICE");
    }

    function test_what_is_unstaking_earns_nothing() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.positionOf(NODE, ALICE).reward, 0, "of ALICE");
        eq(claimed(BOB, NODE), 900e18, "of BOB");
    }

    function test_rewards_of_a_node_without_a_whole_share_are_its_owners() public {
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.creditOf(OWNER), REWARD, "no stake");
        staked(ALICE, NODE, 1e18 - 1);
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.creditOf(OWNER), 2 * REWARD, "dust");
        staked(ALICE, NODE, 1);
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.creditOf(OWNER), 2 * REWARD + REWARD / 10, "a share");
    }

    /// Owners cannot raise it for what was earned before: rewards name their epoch.
    function test_commission_is_that_of_the_epoch_that_is_rewarded() public {
        staked(ALICE, NODE, STAKE);
        _setCommission(0);
        rewarded(NODE, NOW, REWARD);
        eq(STAKING.creditOf(OWNER), 100e18, "of this epoch");
        rewarded(NODE, NOW + 1, REWARD);
        eq(STAKING.creditOf(OWNER), 100e18, "of the next");
        enter(NOW + 33);
        _setCommission(500);
        rewarded(NODE, NOW + 1, REWARD);
        rewarded(NODE, NOW + 33, REWARD);
        eq(STAKING.creditOf(OWNER), 100e18, "of every epoch that is still paid");
        rewarded(NODE, NOW + 34, REWARD);
        eq(STAKING.creditOf(OWNER), 150e18, "from the second change on");
    }

    function test_the_whole_supply_as_a_reward_of_the_smallest_node_fits() public {
        staked(ALICE, NODE, 1e18);
        rewarded(NODE, NOW, 50_000_000_000e18);
        eq(claimed(ALICE, NODE), 45_000_000_000e18, "claimed");
        rewarded(NODE, NOW, 50_000_000_000e18);
        eq(claimed(ALICE, NODE), 45_000_000_000e18, "and again");
    }

    /// A hopper gets no more of one reward than stake that stays, and of the next node's none: what came is liable there.
    function test_threat_34_who_joins_just_before_a_reward_cannot_go_on_to_the_next() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, OTHER, STAKE);
        staked(CAROL, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        moved(CAROL, NODE, OTHER, STAKE);
        rewarded(OTHER, NOW, REWARD);
        // From here it neither goes back, nor on, nor out.
        uint32[2] memory next = [NODE, GUARDIAN];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(insufficient(OTHER, CAROL, 0, 1));
            moved(CAROL, OTHER, next[i], 1);
        }
        vm.expectRevert(insufficient(OTHER, CAROL, 0, 1));
        unstaked(CAROL, OTHER, 1);
        for (uint256 i = 0; i < 4; ++i) {
            rewarded(NODE, NOW, REWARD);
            rewarded(OTHER, NOW, REWARD);
        }
        eq(claimed(ALICE, NODE), 450e18 + 4 * 900e18, "who stayed at the one");
        eq(claimed(BOB, OTHER), 5 * 450e18, "who stayed at the other");
        eq(claimed(CAROL, OTHER), 6 * 450e18, "one reward more for the one hop in the unbonding time");
    }

    function test_threat_34_who_joins_for_a_reward_and_leaves_earns_it_once_in_the_unbonding_time() public {
        staked(ALICE, NODE, STAKE);
        staked(CAROL, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        unstaked(CAROL, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, START + UNBONDING));
        redeemed(CAROL, NODE);
        eq(claimed(CAROL, NODE), 450e18, "one reward");
    }

    function test_a_reward_cannot_be_claimed_twice_by_calling_back_nor_blocked_by_refusing() public {
        HostileAccount hostile = new HostileAccount();
        endow(address(hostile));
        staked(address(hostile), NODE, STAKE);
        staked(ALICE, NODE, STAKE);
        rewarded(NODE, NOW, REWARD);
        bytes memory call = abi.encodeCall(STAKING.claim, (NODE));
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.PayoutFailed.selector, address(hostile), 450e18));
        hostile.perform(Predeploys.STAKING, 0, call);
        hostile.plan(HostileAccount.Mood.Reenter, Predeploys.STAKING, call);
        hostile.perform(Predeploys.STAKING, 0, call);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, 450e18, "claimed once");
        eq(claimed(ALICE, NODE), 450e18, "of others");
    }

    function testFuzz_claims_are_never_more_than_rewards(uint256[3] calldata stakes, uint256[4] calldata rewards)
        public
    {
        address[3] memory sources = [ALICE, BOB, CAROL];
        uint256 paid;
        for (uint256 i = 0; i < 3; ++i) {
            staked(sources[i], NODE, within(stakes[i], 1, THETAS));
            uint256 amount = within(rewards[i], 0, 1e24);
            rewarded(NODE, NOW, amount);
            paid += amount;
            slashed(NODE, uint16(within(rewards[3], 0, 3000)), NOW);
        }
        uint256 got = STAKING.creditOf(OWNER);
        for (uint256 i = 0; i < 3; ++i) {
            if (STAKING.positionOf(NODE, sources[i]).reward != 0) got += claimed(sources[i], NODE);
        }
        // The index counts 1e-12 wei of a share: of a million THETA, a millionth of a TFUEL.
        holds(got <= paid && paid - got < 1e14, "claimed");
    }

    function _setCommission(uint16 commission) private {
        vm.prank(OWNER);
        STAKING.setCommission(NODE, commission);
    }
}
