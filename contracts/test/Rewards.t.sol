// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GuardWorld} from "./GuardWorld.sol";
import {Broken} from "./mocks/Broken.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract RewardsReleaseTest is GuardWorld {
    function test_release_and_begin_refuse_everybody_but_epochs() public {
        vm.expectRevert(abi.encodeWithSelector(IRewards.OnlyEpochs.selector, Predeploys.SYSTEM));
        vm.prank(Predeploys.SYSTEM);
        REWARDS.release();
        vm.expectRevert(abi.encodeWithSelector(IRewards.OnlyEpochs.selector, Predeploys.EMISSION));
        vm.prank(Predeploys.EMISSION);
        REWARDS.begin(4);
    }

    function test_money_comes_from_the_reserve_alone() public {
        vm.deal(Predeploys.STAKING, 1);
        bytes memory refused = abi.encodeWithSelector(IRewards.OnlyEmission.selector, Predeploys.STAKING);
        vm.prank(Predeploys.STAKING);
        (bool sent, bytes memory reason) = Predeploys.REWARDS.call{value: 1}("");
        holds(!sent && keccak256(reason) == keccak256(refused), "refused");
    }

    function test_release_fills_the_pot_of_the_epoch() public {
        vm.expectEmit();
        emit IEdgeRewards.PotFilled(EPOCH, 500 * 6.33e18);
        vm.expectEmit();
        emit IRewards.PotFilled(EPOCH, 500 * 8e18, 0);
        begun(FIRST, 0, 0);
        begun(FIRST + 100, 0, 0);
        IRewards.Pot memory pot = REWARDS.potOf(EPOCH);
        eq(pot.theta, 600 * 8e18, "theta");
        eq(pot.edge, 0, "edge");
        eq(EDGE_REWARDS.potOf(EPOCH).amount, 600 * 6.33e18, "passed on");
        begun(3 * LENGTH, 0, 0);
        begun(3 * LENGTH + 1, 0, 0);
        eq(REWARDS.potOf(EPOCH).theta, pot.theta, "the next epoch's is its own");
        eq(REWARDS.potOf(3).theta, 400 * 8e18, "with all since the last checkpoint");
        vm.prank(Predeploys.EPOCHS);
        REWARDS.release();
        eq(REWARDS.potOf(3).theta, 400 * 8e18, "twice in a second is nothing more");
    }

    /// DOMAIN.md 27, the other way round: what is wrong with edge nodes' rewards is nothing to validators and guardians.
    function test_what_edge_rewards_do_not_take_waits_to_be_swept() public {
        bytes[3] memory codes = [bytes(""), type(Broken).runtimeCode, hex"5b5f56"];
        uint256 before = Predeploys.EDGE_REWARDS.balance;
        for (uint64 i = 0; i < 3; ++i) {
            vm.etch(Predeploys.EDGE_REWARDS, codes[i]);
            begun(FIRST + i * INTERVAL, 0, 0);
        }
        IRewards.Pot memory pot = REWARDS.potOf(EPOCH);
        eq(pot.theta, 700 * 8e18, "theta");
        eq(pot.edge, 700 * 6.33e18, "edge");
        eq(Predeploys.EDGE_REWARDS.balance, before, "nothing is lost there");
        vm.roll(uint256(EPOCH + 33) * LENGTH);
        REWARDS.sweep(EPOCH);
        eq(EMISSION.givenBack(), 700 * 14.33e18, "given back");
    }

    function test_begin_draws_the_samples_of_the_epoch_before_the_last() public {
        eq(REWARDS.potOf(EPOCH).mix, 0, "no mix yet");
        eq(REWARDS.samplesOf(EPOCH).length, 0, "so no samples");
        judged(EPOCH);
        eq(REWARDS.potOf(EPOCH).mix, keccak256(abi.encode("mix", uint64(4 * LENGTH))), "mix");
        eq(REWARDS.potOf(EPOCH).samples, 8, "samples");
        eq(REWARDS.samplesOf(EPOCH).length, 8, "as many");
        eq(REWARDS.potOf(3).mix, 0, "of no other");
    }

    /// A vote that is executed while an epoch's certificates wait to be judged does not make other heights of them.
    function test_a_vote_on_the_interval_counts_from_the_next_epoch_on() public {
        voted(IParameters.Parameter.CheckpointInterval, 250);
        judged(EPOCH);
        eq(EPOCHS.rulesOf(4).checkpointInterval, 250, "the next");
        uint64[] memory heights = REWARDS.samplesOf(EPOCH);
        for (uint256 i = 0; i < heights.length; ++i) {
            eq(heights[i] % INTERVAL, 1, "height");
        }
    }

    function testFuzz_samples_are_checkpoints_of_the_epoch(uint256 raw, uint256 rawLength, uint256 rawInterval) public {
        uint256 interval = within(rawInterval, 20, 1000);
        uint256 length = within(rawLength, 1, 3000);
        uint32 epoch = uint32(within(raw, 0, 1_000_000));
        vm.store(Predeploys.EPOCHS, 0, bytes32(length));
        voted(IParameters.Parameter.CheckpointInterval, interval);
        voted(IParameters.Parameter.PresenceSamples, 32);
        vm.prevrandao(keccak256(abi.encode(raw)));
        bytes32 rules = keccak256(abi.encode(uint256(epoch), uint256(1)));
        vm.store(Predeploys.EPOCHS, rules, bytes32(interval << 192));
        vm.prank(Predeploys.EPOCHS);
        REWARDS.begin(epoch + 2);
        uint64[] memory heights = REWARDS.samplesOf(epoch);
        uint256 count;
        for (uint256 height = epoch * length; height < (epoch + 1) * length; ++height) {
            if (height % interval == 1) ++count;
        }
        eq(heights.length, count == 0 ? 0 : 32, "samples");
        bool varied;
        for (uint256 i = 0; i < heights.length; ++i) {
            eq(heights[i] % interval, 1, "a checkpoint's");
            eq(heights[i] / length, epoch, "in the epoch");
            if (heights[i] != heights[0]) varied = true;
        }
        // Thirty-two draws of two or more are the same in one of 2^31 cases.
        holds(varied == (count > 1), "drawn");
    }

    function test_every_checkpoint_can_be_drawn() public {
        voted(IParameters.Parameter.PresenceSamples, 32);
        judged(EPOCH);
        uint64[] memory heights = REWARDS.samplesOf(EPOCH);
        for (uint64 height = FIRST; height < FIRST + LENGTH; height += INTERVAL) {
            bool found;
            for (uint256 i = 0; i < heights.length; ++i) {
                if (heights[i] == height) found = true;
            }
            holds(found, "drawn");
        }
    }
}

contract RewardsSeatsTest is GuardWorld {
    function test_settleSeats_refuses_before_the_epoch_is_judged_and_after_32() public {
        lived(EPOCH);
        _expectNotSettling(EPOCH, EPOCH);
        REWARDS.settleSeats(EPOCH);
        begun(3 * LENGTH, 0, 0);
        vm.roll(4 * LENGTH - 1);
        _expectNotSettling(EPOCH, 3);
        REWARDS.settleSeats(EPOCH);
        _expectNotSettling(type(uint32).max, 3);
        REWARDS.settleSeats(type(uint32).max);
        vm.roll(uint256(EPOCH + 33) * LENGTH);
        _expectNotSettling(EPOCH, EPOCH + 33);
        REWARDS.settleSeats(EPOCH);
        vm.roll(uint256(EPOCH + 33) * LENGTH - 1);
        REWARDS.settleSeats(EPOCH);
        eq(REWARDS.potOf(EPOCH).paid, _all(), "at the last block");
    }

    function test_settleSeats_refuses_epochs_without_a_committee() public {
        judged(EPOCH);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.TermUnknown.selector, 1));
        REWARDS.settleSeats(1);
    }

    function test_a_committee_without_certificates_is_paid_nothing() public {
        begun(FIRST, 0, 0);
        judged(EPOCH);
        vm.recordLogs();
        REWARDS.settleSeats(EPOCH);
        eq(vm.getRecordedLogs().length, 4, "events: one a seat, and none of the book");
        holds(REWARDS.potOf(EPOCH).seatsPaid, "settled");
        holds(REWARDS.potOf(EPOCH).theta != 0, "there was something");
        eq(REWARDS.potOf(EPOCH).paid, 0, "paid");
    }

    function test_settleSeats_pays_by_stake_and_participation() public {
        guarded(FIRST, 0x07, "");
        guarded(FIRST + 100, 0x03, "");
        guarded(FIRST + 200, 0x09, "");
        judged(EPOCH);
        uint256[4] memory amounts =
            [_part(200_000e9, 6, 6), _part(300_000e9, 4, 6), _part(200_000e9, 2, 6), _part(300_000e9, 2, 6)];
        uint8[4] memory signed = [6, 4, 2, 2];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectEmit();
            emit IRewards.SeatPaid(EPOCH, nodeOf(validator(i)), signed[i], 6, amounts[i]);
            vm.expectEmit();
            emit IStakeBook.Rewarded(nodeOf(validator(i)), amounts[i], amounts[i] / 10);
        }
        REWARDS.settleSeats(EPOCH);
        uint256 sum = amounts[0] + amounts[1] + amounts[2] + amounts[3];
        eq(REWARDS.potOf(EPOCH).paid, sum, "paid");
        eq(Predeploys.STAKING.balance, sum, "to the book");
        uint256 before = validator(0).balance;
        uint32 node = nodeOf(validator(0));
        vm.prank(validator(0));
        STAKING.claim(node);
        holds(validator(0).balance - before + 1e12 > amounts[0], "and from there to its sources");
    }

    function test_settleSeats_pays_once() public {
        lived(EPOCH);
        judged(EPOCH);
        REWARDS.settleSeats(EPOCH);
        uint256 paid = REWARDS.potOf(EPOCH).paid;
        eq(paid, _all(), "paid");
        REWARDS.settleSeats(EPOCH);
        eq(REWARDS.potOf(EPOCH).paid, paid, "no more");
        eq(Predeploys.STAKING.balance, paid, "nor there");
    }

    /// DOMAIN.md 27: a validator in no certificate is paid nothing, and jailed; what it would have earned is nobody else's.
    function test_threat_27_dead_validators_earn_nothing() public {
        for (uint64 i = 0; i < 5; ++i) {
            guarded(FIRST + i * INTERVAL, 0x07, ALL);
            begun(FIRST + i * INTERVAL + 2, 2, 0x07);
        }
        judged(EPOCH);
        REWARDS.settleSeats(EPOCH);
        eq(_rewardOf(validator(3)), 0, "the dead one");
        holds(STAKING.describe(nodeOf(validator(3))).jailedUntil != 0, "in jail");
        eq(REWARDS.potOf(EPOCH).paid, _all() - _part(300_000e9, 1, 1), "the others as ever");
    }

    /// Stake that comes after an epoch shares in the reward of that epoch while it is not settled: by its part of the node's stake, out of
    /// what that node gets. It cannot leave before the time of unbonding.
    function test_who_joins_after_an_epoch_shares_its_node_s_reward_by_stake_and_is_bound() public {
        lived(EPOCH);
        judged(EPOCH);
        address late = address(0x1a7e);
        uint32 node = nodeOf(validator(0));
        staked(late, node, 200_000e18);
        REWARDS.settleSeats(EPOCH);
        uint256 amount = _part(200_000e9, 1, 1);
        uint256 lates = STAKING.positionOf(node, late).reward;
        holds(lates <= (amount - amount / 10) / 2, "no more than by stake");
        eq(REWARDS.potOf(EPOCH).paid, _all(), "at no other node's cost");
        vm.prank(late);
        STAKING.unstake(node, 200_000e18);
        vm.warp(block.timestamp + 7 days - 1);
        uint40 release = STAKING.unstakingOf(node, late)[0].release;
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, release));
        vm.prank(late);
        STAKING.redeem(node);
        // Settled in time, there is nothing to share.
        staked(late, node, 1e18);
        REWARDS.settleSeats(EPOCH);
        eq(STAKING.positionOf(node, late).reward, lates, "no more");
    }

    function _part(uint256 stake, uint256 signed, uint256 included) private view returns (uint256) {
        return uint256(REWARDS.potOf(EPOCH).theta) * signed * stake / ((VALIDATED + GUARDED) * included);
    }

    /// @dev What four who signed everything are paid.
    function _all() private view returns (uint256) {
        return 2 * (_part(200_000e9, 1, 1) + _part(300_000e9, 1, 1));
    }

    function _rewardOf(address operator) private view returns (uint256) {
        return STAKING.positionOf(nodeOf(operator), operator).reward;
    }

    function _expectNotSettling(uint32 epoch, uint32 current) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotSettling.selector, epoch, current));
    }
}

contract RewardsSweepTest is GuardWorld {
    function test_sweep_refuses_while_the_epoch_is_settled() public {
        lived(EPOCH);
        judged(EPOCH);
        vm.roll(uint256(EPOCH + 33) * LENGTH - 1);
        _expectNothing(EPOCH);
        REWARDS.sweep(EPOCH);
    }

    function test_sweep_refuses_pots_without_anything() public {
        vm.roll(uint256(100) * LENGTH);
        _expectNothing(EPOCH);
        REWARDS.sweep(EPOCH);
        _expectNothing(type(uint32).max);
        REWARDS.sweep(type(uint32).max);
    }

    function test_sweep_gives_back_exactly_what_is_left() public {
        lived(EPOCH);
        judged(EPOCH);
        REWARDS.settleSeats(EPOCH);
        IRewards.Pot memory pot = REWARDS.potOf(EPOCH);
        uint256 left = uint256(pot.theta) + pot.edge - pot.paid;
        (uint256 held, uint256 reserve) = (Predeploys.REWARDS.balance, Predeploys.EMISSION.balance);
        vm.roll(uint256(EPOCH + 33) * LENGTH);
        vm.expectEmit();
        emit IRewards.PotSwept(EPOCH, left);
        REWARDS.sweep(EPOCH);
        eq(EMISSION.givenBack(), left, "counted");
        eq(held - Predeploys.REWARDS.balance, left, "given");
        eq(Predeploys.EMISSION.balance - reserve, left, "back");
        _expectNothing(EPOCH);
        REWARDS.sweep(EPOCH);
    }

    /// DOMAIN.md 20: whatever is called, and how often, the schedule releases no more, and what is given back is not released twice
    /// as fast.
    function test_threat_20_sweeping_and_releasing_again_is_within_the_schedule() public {
        for (uint32 epoch = EPOCH; epoch < EPOCH + 3; ++epoch) {
            lived(epoch);
        }
        vm.roll(uint256(60) * LENGTH);
        for (uint32 epoch = 1; epoch < EPOCH + 3; ++epoch) {
            REWARDS.sweep(epoch);
            vm.prank(Predeploys.EPOCHS);
            REWARDS.release();
        }
        (uint256 theta, uint256 edge) = EMISSION.released();
        uint256 elapsed = block.timestamp - START - 1;
        eq(theta, elapsed * 8e18, "theta");
        eq(edge, elapsed * 6.33e18, "edge");
    }

    function _expectNothing(uint32 epoch) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NothingToSweep.selector, epoch, uint256(epoch) + 33));
    }
}
