// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What a fault takes, from whom, and where it goes.
contract StakingSlashTest is StakingWorld {
    function test_only_the_committee_slashes_and_jails() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.OnlyCommittee.selector, OWNER));
        vm.prank(OWNER);
        STAKING.slash(NODE, 1, NOW, OWNER, 7);
        vm.expectRevert(abi.encodeWithSelector(IStaking.OnlyCommittee.selector, OWNER));
        vm.prank(OWNER);
        STAKING.jail(NODE, 1);
    }

    function test_slash_refuses_unknown_nodes() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        slashed(4, 1, NOW);
    }

    function test_slash_refuses_faults_that_are_too_old() public {
        staked(ALICE, NODE, STAKE);
        enter(NOW + 129);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.FaultTooOld.selector, NOW, NOW + 129));
        slashed(NODE, 1, NOW);
        slashed(NODE, 1, NOW + 1);
    }

    function test_slash_takes_from_all_sources_alike_and_burns() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, 2 * STAKE);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(NODE, NOW, STAKE * 9 / 10, 0, 0, address(0), 7);
        slashed(NODE, 3000, NOW);
        eq(positionOf(ALICE, NODE), STAKE * 7 / 10, "of ALICE");
        eq(positionOf(BOB, NODE), STAKE * 14 / 10, "of BOB");
        eq(STAKING.describe(NODE).stake, STAKE * 21 / 10, "of the node");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE * 9 / 10, "burned");
        eq(THETA.balanceOf(Predeploys.STAKING), STAKE * 21 / 10, "held");
        eq(THETA.totalSupply(), SUPPLY, "supply");
    }

    function test_a_loss_is_reckoned_with_a_source_when_anybody_asks() public {
        staked(ALICE, NODE, STAKE);
        slashed(NODE, 3000, NOW);
        slashed(NODE, 5000, NOW);
        eq(STAKING.principalOf(ALICE), STAKE, "not yet");
        vm.expectEmit();
        emit IStakeBook.LossReckoned(NODE, ALICE, STAKE * 65 / 100);
        STAKING.settle(NODE, ALICE);
        eq(STAKING.principalOf(ALICE), STAKE * 35 / 100, "principal");
        STAKING.settle(NODE, ALICE);
        eq(STAKING.principalOf(ALICE), STAKE * 35 / 100, "once");
    }

    function test_slash_of_everything_leaves_nothing_and_does_not_stand_in_the_way() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE / 2);
        slashed(NODE, 10_000, NOW);
        slashed(NODE, 10_000, NOW);
        STAKING.settle(NODE, ALICE);
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), 0, "redeemed");
        eq(STAKING.principalOf(ALICE), 0, "principal");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE, "burned");
    }

    /// A third of what reporters could get at most still goes to them where the parameter asks for more than all.
    function test_threat_05_a_reporter_gets_a_tenth_at_most_whatever_the_parameter_says() public {
        staked(ALICE, NODE, STAKE);
        bytes memory asked = abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.ReporterShare));
        vm.mockCall(Predeploys.PARAMETERS, asked, abi.encode(10_000));
        _report(NODE, 10_000);
        eq(THETA.balanceOf(REPORTER), STAKE / 10, "to the reporter");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE - STAKE / 10, "burned");
    }

    function test_threat_05_a_slash_that_pays_its_colluder_burns_the_rest() public {
        staked(ALICE, NODE, STAKE);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(NODE, NOW, STAKE * 3 / 10, 0, STAKE * 3 / 200, REPORTER, 7);
        _report(NODE, 3000);
        eq(THETA.balanceOf(REPORTER), STAKE * 3 / 200, "a twentieth of it");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE * 57 / 200, "the rest");
    }

    /// What moved away is slashed by whoever settles it, which is nobody's report.
    function test_threat_05_settling_pays_nobody() public {
        staked(ALICE, NODE, STAKE);
        moved(ALICE, NODE, OTHER, STAKE);
        _report(NODE, 10_000);
        vm.prank(REPORTER);
        STAKING.settle(OTHER, ALICE);
        eq(THETA.balanceOf(REPORTER), 0, "to the reporter");
        eq(THETA.balanceOf(Predeploys.BURN), STAKE, "burned");
    }

    /// Stake, an exit and a reward of the report, all the cheater's own.
    function test_threat_28_a_cheater_who_reports_himself_recovers_a_tenth_at_most() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE / 3);
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.ReporterShare, 1000);
        _report(NODE, 3000);
        vm.warp(START + UNBONDING);
        uint256 left = redeemed(ALICE, NODE) + positionOf(ALICE, NODE);
        uint256 lost = STAKE - left;
        eq(lost, STAKE * 3 / 10, "lost");
        eq(THETA.balanceOf(REPORTER), lost / 10, "recovered");
    }

    /// The committee of the fault's epoch was elected of the stakes at the beginning of the epoch before it.
    function test_threat_12_exits_of_the_epoch_before_the_fault_and_later_are_slashed() public {
        staked(ALICE, NODE, STAKE);
        for (uint32 epoch = NOW; epoch < NOW + 5; ++epoch) {
            enter(epoch);
            unstaked(ALICE, NODE, 10_000e18);
        }
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(NODE, NOW + 2, (STAKE - 10_000e18) / 2, 20_000e18, 0, address(0), 7);
        slashed(NODE, 5000, NOW + 2);
        IStakeBook.Unstaking[] memory waiting = STAKING.unstakingOf(NODE, ALICE);
        eq(waiting[0].amount, 10_000e18, "two epochs before");
        for (uint256 i = 1; i < 5; ++i) {
            eq(waiting[i].amount, 5000e18, "one before, and later");
        }
        eq(THETA.balanceOf(Predeploys.BURN), (STAKE - 50_000e18) / 2 + 4 * 5000e18, "burned");
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), 30_000e18, "paid");
        eq(THETA.balanceOf(Predeploys.STAKING), (STAKE - 50_000e18) / 2, "held");
    }

    function test_threat_12_an_exit_is_slashable_until_it_is_redeemed() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE);
        vm.warp(START + UNBONDING);
        slashed(NODE, 5000, NOW);
        eq(redeemed(ALICE, NODE), STAKE / 2, "slashed");
        slashed(NODE, 5000, NOW);
        eq(THETA.balanceOf(Predeploys.BURN), STAKE / 2, "no more was there");
    }

    function test_what_leaves_after_a_slash_does_not_pay_for_it_again() public {
        staked(ALICE, NODE, STAKE);
        staked(BOB, NODE, STAKE);
        unstaked(BOB, NODE, 100e18);
        slashed(NODE, 5000, NOW);
        unstaked(ALICE, NODE, STAKE / 2);
        vm.warp(START + UNBONDING);
        eq(redeemed(ALICE, NODE), STAKE / 2, "of ALICE");
        eq(redeemed(BOB, NODE), 50e18, "of BOB");
    }

    function test_slash_of_the_first_epochs_goes_through_them() public {
        vm.roll(1);
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE / 2);
        slashed(NODE, 5000, 0);
        eq(STAKING.unstakingOf(NODE, ALICE)[0].amount, STAKE / 4, "exit");
    }

    function test_a_slash_back_to_the_oldest_fault_costs_a_bounded_amount_of_gas() public {
        staked(ALICE, NODE, STAKE);
        for (uint32 epoch = NOW; epoch < NOW + 129; ++epoch) {
            enter(epoch);
            unstaked(ALICE, NODE, 1e18);
            moved(ALICE, NODE, _receiver(epoch), 1e18);
        }
        uint256 before = gasleft();
        slashed(NODE, 5000, NOW + 1);
        uint256 spent = before - gasleft();
        eq(STAKING.unstakingOf(NODE, ALICE)[0].amount, 0.5e18, "the oldest");
        eq(STAKING.unstakingOf(NODE, ALICE)[128].amount, 0.5e18, "the newest");
        holds(spent < 3_000_000, "gas");
    }

    function testFuzz_a_slash_takes_its_share_and_never_more_than_there_is(
        uint256 amount,
        uint256 leaving,
        uint256[4] calldata shares
    ) public {
        amount = within(amount, 1, THETAS);
        staked(ALICE, NODE, amount);
        leaving = within(leaving, 0, amount);
        if (leaving != 0) unstaked(ALICE, NODE, leaving);
        uint256 left = amount;
        for (uint256 i = 0; i < shares.length; ++i) {
            uint256 share = within(shares[i], 0, 10_000);
            uint256 held = THETA.balanceOf(Predeploys.STAKING);
            slashed(NODE, uint16(share), NOW);
            uint256 lost = held - THETA.balanceOf(Predeploys.STAKING);
            left = left * (10_000 - share) / 10_000;
            // A wei or two for each of the two pools, and 1e-18 of their shares.
            holds(lost + 3 >= held * share / 10_000 && lost <= held * share / 10_000 + 3 + amount / 1e18, "lost");
        }
        STAKING.settle(NODE, ALICE);
        uint256 rest = positionOf(ALICE, NODE);
        vm.warp(START + UNBONDING);
        if (leaving != 0) rest += redeemed(ALICE, NODE);
        holds(rest <= left + 4 && rest + 16 + 4 * (amount / 1e18) >= left, "what is left");
        eq(STAKING.principalOf(ALICE), positionOf(ALICE, NODE), "principal");
    }

    function _report(uint32 on, uint16 share) private {
        vm.prank(Predeploys.COMMITTEE);
        STAKING.slash(on, share, NOW, REPORTER, 7);
    }

    /// @dev Each takes one move of a source at a time.
    function _receiver(uint32 epoch) private returns (uint32) {
        return node(address(uint160(0xbeef0000) + epoch), IStaking.Role.Validator);
    }
}
