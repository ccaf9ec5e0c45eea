// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract EdgeStakingTest is World {
    uint256 private constant MIN = 10_000e18;
    uint256 private constant MAX = 500_000e18;

    function test_bond_refuses_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NothingSent.selector));
        vm.prank(BOB);
        STAKING.bond();
    }

    function test_bond_refuses_less_than_the_minimum() public {
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.BelowMinimum.selector, MIN - 1, MIN));
        vm.prank(BOB);
        STAKING.bond{value: MIN - 1}();
    }

    function test_bond_refuses_more_than_the_maximum_with_what_is_unbonding() public {
        bonded(BOB, MAX);
        vm.prank(BOB);
        STAKING.unbond(uint128(MIN));
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.StakeTooLarge.selector, MAX + 1, MAX));
        vm.prank(BOB);
        STAKING.bond{value: 1}();
    }

    function test_bond_refuses_plain_transfers() public {
        vm.prank(BOB);
        (bool sent,) = Predeploys.EDGE_STAKING.call{value: 1}("");
        holds(!sent, "stake that nobody owns");
    }

    function test_bond_sets_stake_free_to_use() public {
        vm.expectEmit();
        emit IEdgeStaking.Bonded(BOB, MIN, MIN);
        bonded(BOB, MIN);
        bonded(BOB, 1);
        _expect(BOB, MIN + 1, 0, 0, 0);
        eq(STAKING.totalStake(), MIN + 1, "total");
        holds(STAKING.isBonded(BOB), "bonded");
        holds(!STAKING.isBonded(ALICE), "not bonded");
    }

    function test_unbond_refuses_zero() public {
        bonded(BOB, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.ZeroAmount.selector));
        vm.prank(BOB);
        STAKING.unbond(0);
    }

    function test_unbond_refuses_locked_stake() public {
        bonded(BOB, MIN);
        _lock(BOB, 1e18);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, MIN - 1e18, MIN));
        vm.prank(BOB);
        STAKING.unbond(uint128(MIN));
    }

    function test_unbond_refuses_to_leave_a_rest_below_the_minimum() public {
        bonded(BOB, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.BelowMinimum.selector, MIN - 1, MIN));
        vm.prank(BOB);
        STAKING.unbond(1);
    }

    function test_unbond_a_second_time_adds_and_restarts_the_period() public {
        bonded(BOB, MIN + 5);
        vm.prank(BOB);
        STAKING.unbond(2);
        vm.warp(START + 1 days);
        uint64 until = uint64(START + 1 days) + STAKING.UNBONDING_SECONDS();
        vm.expectEmit();
        emit IEdgeStaking.UnbondingStarted(BOB, 3, until);
        vm.prank(BOB);
        STAKING.unbond(3);
        _expect(BOB, MIN, 0, 5, until);
    }

    /// The market itself says which periods are the longest it takes.
    function test_unbonding_lasts_twice_as_long_as_the_longest_job() public {
        uint64 takeSeconds = _longest(type(uint64).max, 1);
        uint64 workSeconds = _longest(1, type(uint32).max);
        vm.prank(ALICE);
        uint256 jobId = MARKET.post{value: PRICE}(modelId, INPUT, takeSeconds, uint32(workSeconds));
        bonded(BOB, MIN);
        vm.warp(MARKET.job(jobId).takeBy);
        vm.prank(BOB);
        MARKET.take(jobId);
        eq(STAKING.UNBONDING_SECONDS(), 2 * (MARKET.job(jobId).submitBy - START), "unbonding period");
    }

    function test_withdraw_refuses_without_unbonding() public {
        bonded(BOB, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NothingUnbonding.selector));
        vm.prank(BOB);
        STAKING.withdraw();
    }

    function test_withdraw_refuses_a_second_before_the_end() public {
        uint64 until = _unbondAll(BOB);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.StillUnbonding.selector, until));
        vm.prank(BOB);
        STAKING.withdraw();
    }

    function test_withdraw_pays_at_the_end_and_once() public {
        vm.warp(_unbondAll(BOB));
        vm.expectEmit();
        emit IEdgeStaking.Unbonded(BOB, MIN);
        vm.prank(BOB);
        STAKING.withdraw();
        eq(BOB.balance, FUNDS, "paid out");
        _expect(BOB, 0, 0, 0, 0);
        eq(STAKING.totalStake(), 0, "total");
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NothingUnbonding.selector));
        vm.prank(BOB);
        STAKING.withdraw();
    }

    function test_only_the_market_locks_unlocks_and_slashes() public {
        bonded(BOB, MIN);
        bytes memory refusal = abi.encodeWithSelector(IEdgeStaking.OnlyMarket.selector, address(this));
        vm.expectRevert(refusal);
        STAKING.lock(BOB, 1, 1);
        vm.expectRevert(refusal);
        STAKING.unlock(BOB, 1, 1);
        vm.expectRevert(refusal);
        STAKING.slash(BOB, 1, 1, 4);
    }

    function test_lock_refuses_what_is_not_free() public {
        bonded(BOB, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, MIN, MIN + 1));
        _lock(BOB, uint128(MIN + 1));
    }

    function test_unlock_refuses_what_is_not_locked() public {
        bonded(BOB, MIN);
        _lock(BOB, 7);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientLockedStake.selector, BOB, 7, 8));
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.unlock(BOB, 1, 8);
    }

    function test_slash_refuses_what_is_not_locked() public {
        bonded(BOB, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientLockedStake.selector, BOB, 0, 1));
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.slash(BOB, 1, 1, 4);
    }

    function test_slash_never_takes_what_is_free_or_unbonding() public {
        bonded(BOB, 3 * MIN);
        _lock(BOB, 7);
        vm.prank(BOB);
        STAKING.unbond(uint128(MIN));
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientLockedStake.selector, BOB, 7, 8));
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.slash(BOB, 1, 8, 5);
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.slash(BOB, 1, 7, 5);
        _expect(BOB, 2 * MIN - 7, 0, MIN, uint64(START) + STAKING.UNBONDING_SECONDS());
    }

    function test_slash_burns_and_ends_the_bond_of_a_worker_left_below_the_minimum() public {
        bonded(BOB, MIN);
        _lock(BOB, 1e18);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, 1e18, 5);
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.slash(BOB, 1, 1e18, 5);
        _expect(BOB, MIN - 1e18, 0, 0, 0);
        eq(Predeploys.BURN.balance, 1e18, "burned");
        eq(STAKING.totalSlashed(), 1e18, "counted");
        holds(!STAKING.isBonded(BOB), "no longer bonded");
        // Topping up below the minimum is refused, to the minimum is not; leaving entirely is always possible.
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.BelowMinimum.selector, MIN - 1, MIN));
        vm.prank(BOB);
        STAKING.bond{value: 1e18 - 1}();
        vm.prank(BOB);
        STAKING.unbond(uint128(MIN - 1e18));
        bonded(BOB, MIN);
        holds(STAKING.isBonded(BOB), "bonded again");
    }

    function testFuzz_stake_moves_but_never_changes(uint256 stake, uint256 lock, uint256 unbond) public {
        stake = within(stake, MIN, MAX);
        lock = within(lock, 0, stake);
        bonded(BOB, stake);
        _lock(BOB, uint128(lock));
        unbond = within(unbond, 0, stake - lock);
        uint256 left = stake - unbond;
        if (unbond != 0 && (left == 0 || left >= MIN)) {
            vm.prank(BOB);
            STAKING.unbond(uint128(unbond));
        } else {
            unbond = 0;
        }
        IEdgeStaking.Stake memory now_ = STAKING.stakeOf(BOB);
        eq(now_.free, stake - lock - unbond, "free");
        eq(now_.locked, lock, "locked");
        eq(now_.unbonding, unbond, "unbonding");
        eq(Predeploys.EDGE_STAKING.balance, stake, "balance");
    }

    /// The longest period that the market takes, from its refusal of a longer one.
    function _longest(uint64 takeSeconds, uint32 workSeconds) private returns (uint64 maximum) {
        bytes memory post = abi.encodeCall(MARKET.post, (modelId, INPUT, takeSeconds, workSeconds));
        (bool accepted, bytes memory reason) = address(MARKET).call{value: PRICE}(post);
        holds(!accepted && bytes4(reason) == IJobMarket.PeriodOutOfRange.selector, "refused as too long");
        assembly ("memory-safe") {
            // selector, given, minimum, maximum
            maximum := mload(add(reason, 0x64))
        }
    }

    function _lock(address worker, uint128 amount) private {
        vm.prank(Predeploys.JOB_MARKET);
        STAKING.lock(worker, 1, amount);
    }

    function _unbondAll(address worker) private returns (uint64 until) {
        bonded(worker, MIN);
        vm.prank(worker);
        STAKING.unbond(uint128(MIN));
        return uint64(START) + STAKING.UNBONDING_SECONDS();
    }

    function _expect(address worker, uint256 free, uint256 locked, uint256 unbonding, uint256 until) private view {
        IEdgeStaking.Stake memory stake = STAKING.stakeOf(worker);
        eq(stake.free, free, "free");
        eq(stake.locked, locked, "locked");
        eq(stake.unbonding, unbonding, "unbonding");
        eq(stake.until, until, "until");
    }
}
