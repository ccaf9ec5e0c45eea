// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What edge nodes have besides the book of stakes: bonds, jobs that lock stake, slashes of what is locked.
contract EdgeStakingTest is World {
    uint256 private constant MIN = 10_000e18;
    uint256 private constant MAX = 500_000e18;

    function test_bond_refuses_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.ZeroAmount.selector));
        vm.prank(BOB);
        EDGE_STAKING.bond();
    }

    function test_bond_refuses_plain_transfers() public {
        vm.prank(BOB);
        (bool sent,) = Predeploys.EDGE_STAKING.call{value: 1}("");
        holds(!sent, "stake that nobody owns");
    }

    function test_stake_refuses_more_than_the_maximum_of_all_sources() public {
        bonded(BOB, MAX - 5);
        bytes memory tooMuch = abi.encodeWithSelector(IEdgeStaking.StakeTooLarge.selector, MAX + 1, MAX);
        vm.expectRevert(tooMuch);
        _stake(ALICE, 1, 6);
        vm.expectRevert(tooMuch);
        vm.prank(BOB);
        EDGE_STAKING.bond{value: 6}();
        _stake(ALICE, 1, 5);
    }

    function test_redelegate_refuses_more_than_the_maximum() public {
        bonded(BOB, MAX);
        bonded(CAROL, MIN);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.StakeTooLarge.selector, MAX + 1, MAX));
        vm.prank(CAROL);
        EDGE_STAKING.redelegate(2, 1, 1);
    }

    function test_stake_of_a_node_above_a_lowered_maximum_can_leave() public {
        bonded(BOB, MAX);
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.EdgeStakeMax, MAX / 2);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, 1);
        eq(EDGE_STAKING.describe(1).stake, MAX - 1, "stake");
    }

    function test_bond_registers_a_node_of_its_own_once_and_adds_to_it() public {
        vm.expectEmit();
        emit IStakeBook.NodeRegistered(1, BOB, BOB, 0);
        vm.expectEmit();
        emit IStakeBook.Staked(1, BOB, MIN, MIN);
        bonded(BOB, MIN);
        bonded(BOB, 1);
        _expect(BOB, MIN + 1, 0);
        eq(EDGE_STAKING.nodeCount(), 1, "nodes");
        eq(EDGE_STAKING.nodeOf(BOB), 1, "node");
        eq(EDGE_STAKING.positionOf(1, BOB).stake, MIN + 1, "position");
        eq(EDGE_STAKING.describe(1).owner, BOB, "owner");
        eq(EDGE_STAKING.describe(1).operator, BOB, "operator");
    }

    function test_a_worker_is_bonded_from_the_minimum_of_all_sources_on() public {
        holds(!EDGE_STAKING.isBonded(BOB), "no node");
        holds(!EDGE_STAKING.isBonded(address(0)), "nobody");
        bonded(BOB, MIN - 1);
        holds(!EDGE_STAKING.isBonded(BOB), "a wei short");
        _stake(ALICE, 1, 1);
        holds(EDGE_STAKING.isBonded(BOB), "bonded");
        holds(!EDGE_STAKING.isBonded(ALICE), "a source runs nothing");
    }

    /// By a wei more than is missing, which shares of a slashed node round away.
    function test_who_falls_below_the_minimum_is_bonded_when_somebody_adds_to_it() public {
        bonded(BOB, MIN);
        _lock(BOB, 1e18);
        _slash(BOB, 1e18);
        holds(!EDGE_STAKING.isBonded(BOB), "slashed");
        bonded(BOB, 1e18 + 1);
        holds(EDGE_STAKING.isBonded(BOB), "bonded again");
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, 2);
        holds(!EDGE_STAKING.isBonded(BOB), "left");
    }

    /// The market itself says which periods are the longest it takes.
    function test_unbonding_lasts_twice_as_long_as_the_longest_job() public {
        IJobMarket.Request memory asked = request(1);
        asked.takeSeconds = _longest(type(uint32).max, 1);
        asked.workSeconds = _longest(1, type(uint32).max);
        uint256 jobId = posted(ALICE, PRICE, asked);
        bonded(BOB, MIN);
        vm.warp(termsOf[jobId].takeBy);
        takes(BOB, jobId);
        uint256 longest = jobOf(jobId).deadline - START;
        eq(PARAMETERS.valueOf(IParameters.Parameter.EdgeUnbonding), 2 * longest, "unbonding period");
        eq(PARAMETERS.boundsOf(IParameters.Parameter.EdgeUnbonding).least, 2 * longest, "whatever is voted");
    }

    function test_redeem_refuses_a_second_before_the_end_and_pays_once() public {
        bonded(BOB, MIN);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, MIN);
        uint40 release = uint40(START + 16 days);
        vm.warp(release - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, release));
        vm.prank(BOB);
        EDGE_STAKING.redeem(1);
        vm.warp(release);
        vm.expectEmit();
        emit IStakeBook.Redeemed(1, BOB, MIN, 0);
        vm.prank(BOB);
        EDGE_STAKING.redeem(1);
        eq(BOB.balance, FUNDS, "paid out");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NothingToRedeem.selector, 0));
        vm.prank(BOB);
        EDGE_STAKING.redeem(1);
    }

    function test_only_the_market_locks_unlocks_and_slashes() public {
        bonded(BOB, MIN);
        bytes memory refusal = abi.encodeWithSelector(IEdgeStaking.OnlyMarket.selector, address(this));
        vm.expectRevert(refusal);
        EDGE_STAKING.lock(BOB, 1, 1);
        vm.expectRevert(refusal);
        EDGE_STAKING.unlock(BOB, 1, 1);
        vm.expectRevert(refusal);
        EDGE_STAKING.slash(BOB, 1, 1, 4);
    }

    function test_both_markets_lock_unlock_and_slash() public {
        bonded(BOB, 2 * MIN);
        address[2] memory markets = [Predeploys.JOB_MARKET, Predeploys.LEASES];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(markets[i]);
            EDGE_STAKING.lock(BOB, 1, 2e18);
            vm.prank(markets[i]);
            EDGE_STAKING.unlock(BOB, 1, 1e18);
            vm.prank(markets[i]);
            EDGE_STAKING.slash(BOB, 1, 1e18, 4);
        }
        _expect(BOB, 2 * MIN - 2e18, 0);
    }

    function test_lock_refuses_what_is_not_free() public {
        bonded(BOB, MIN);
        _lock(BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, MIN - 1, MIN));
        _lock(BOB, uint128(MIN));
    }

    function test_lock_refuses_who_runs_no_node() public {
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        _lock(BOB, 1);
    }

    /// What is locked keeps it from no work that it has; for more it has to be bonded.
    function test_lock_refuses_who_is_below_the_minimum() public {
        bonded(BOB, MIN);
        _lock(BOB, 2);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.slash(BOB, 1, 1, 4);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        _lock(BOB, 1);
    }

    function test_unlock_and_slash_refuse_what_is_not_locked() public {
        bonded(BOB, MIN);
        _lock(BOB, 7);
        bytes memory refusal = abi.encodeWithSelector(IEdgeStaking.InsufficientLockedStake.selector, BOB, 7, 8);
        vm.expectRevert(refusal);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.unlock(BOB, 1, 8);
        vm.expectRevert(refusal);
        _slash(BOB, 8);
    }

    function test_unlocked_stake_is_free_again() public {
        bonded(BOB, MIN);
        _lock(BOB, 7);
        vm.expectEmit();
        emit IEdgeStaking.Unlocked(BOB, 1, 1, Predeploys.JOB_MARKET, 5);
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.unlock(BOB, 1, 5);
        _expect(BOB, MIN - 2, 2);
    }

    function test_threat_12_stake_locked_to_jobs_cannot_leave() public {
        bonded(BOB, MIN);
        _stake(ALICE, 1, MIN);
        bonded(CAROL, MIN);
        _lock(BOB, uint128(MIN + 1e18));
        uint256 free = MIN - 1e18;
        bytes memory refusal = abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, 1, ALICE, free, MIN);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        EDGE_STAKING.unstake(1, MIN);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        EDGE_STAKING.redelegate(1, 2, MIN);
        vm.prank(ALICE);
        EDGE_STAKING.unstake(1, free);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, 1, BOB, 0, 1));
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, 1);
        _slash(BOB, uint128(MIN + 1e18));
        eq(Predeploys.BURN.balance, MIN + 1e18, "all that was locked was there");
    }

    function test_slash_never_takes_what_is_free_or_unstaking() public {
        bonded(BOB, 3 * MIN);
        _lock(BOB, 7e18);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, MIN);
        _slash(BOB, 7e18);
        _expect(BOB, 2 * MIN - 7e18, 0);
        eq(EDGE_STAKING.unstakingOf(1, BOB)[0].amount, MIN, "unstaking");
    }

    function test_slash_takes_from_all_sources_alike_and_burns() public {
        bonded(BOB, MIN);
        _stake(ALICE, 1, 3 * MIN);
        _lock(BOB, 4e18);
        vm.expectEmit();
        emit IEdgeStaking.Slashed(BOB, 1, 1, Predeploys.JOB_MARKET, 4e18, 5);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(1, 0, 4e18, 0, 0, address(0), 5);
        _slash(BOB, 4e18);
        eq(EDGE_STAKING.positionOf(1, BOB).stake, MIN - 1e18, "of BOB");
        eq(EDGE_STAKING.positionOf(1, ALICE).stake, 3 * MIN - 3e18, "of ALICE");
        eq(Predeploys.BURN.balance, 4e18, "burned");
        eq(EDGE_STAKING.totalSlashed(), 4e18, "counted");
        _expect(BOB, 4 * MIN - 4e18, 0);
    }

    /// What an earlier slash rounded up is not there for the last one, which must go through all the same.
    function test_slash_of_the_last_job_takes_what_is_left() public {
        bonded(BOB, MIN);
        uint128 third = uint128(MIN / 3);
        _lock(BOB, third);
        _lock(BOB, third);
        _lock(BOB, uint128(MIN) - 2 * third);
        _slash(BOB, third);
        _slash(BOB, third);
        _slash(BOB, uint128(MIN) - 2 * third);
        _expect(BOB, 0, 0);
        eq(Predeploys.BURN.balance, MIN, "burned");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeClosed.selector, 1));
        vm.prank(BOB);
        EDGE_STAKING.bond{value: MIN}();
    }

    function test_slash_of_who_lost_all_takes_nothing() public {
        bonded(BOB, MIN);
        _lock(BOB, uint128(MIN));
        _slash(BOB, uint128(MIN));
        vm.recordLogs();
        _slash(BOB, 0);
        // That it was asked for, and no burn.
        eq(vm.getRecordedLogs().length, 1, "events");
        eq(Predeploys.BURN.balance, MIN, "burned");
    }

    function test_a_job_ends_at_the_node_that_took_it_whoever_runs_that_now() public {
        uint256 jobId = taken();
        uint256 other = posted(ALICE, PRICE);
        takes(BOB, other);
        vm.prank(BOB);
        EDGE_STAKING.appoint(1, CAROL);
        vm.prank(CAROL);
        EDGE_STAKING.accept(1);
        holds(EDGE_STAKING.isBonded(CAROL) && !EDGE_STAKING.isBonded(BOB), "who works now");
        settles(BOB, jobId);
        _expect(CAROL, MIN - PRICE, PRICE);
        vm.warp(START + WORK_SECONDS + 1);
        forfeits(other);
        _expect(CAROL, MIN - PRICE, 0);
        eq(Predeploys.BURN.balance, PRICE, "burned");
        uint256 next = posted(ALICE, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        takes(BOB, next);
    }

    function testFuzz_stake_moves_but_never_changes(uint256 stake, uint256 lock, uint256 leaving) public {
        stake = within(stake, MIN, MAX);
        lock = within(lock, 0, stake - 1);
        bonded(BOB, stake);
        _lock(BOB, uint128(lock));
        leaving = within(leaving, 1, stake - lock);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, leaving);
        _expect(BOB, stake - lock - leaving, lock);
        eq(EDGE_STAKING.unstakingOf(1, BOB)[0].amount, leaving, "unstaking");
        eq(Predeploys.EDGE_STAKING.balance, stake, "balance");
    }

    function testFuzz_a_slash_takes_what_was_locked_and_hardly_more(uint256 stake, uint256 first, uint256 second)
        public
    {
        stake = within(stake, MIN, MAX);
        first = within(first, 1, stake / 2);
        second = within(second, 1, stake / 3);
        bonded(BOB, stake);
        _lock(BOB, uint128(first));
        _lock(BOB, uint128(second));
        _slash(BOB, uint128(first));
        _slash(BOB, uint128(second));
        uint256 burned = Predeploys.BURN.balance;
        holds(burned >= first + second && burned <= first + second + 2 * (stake / 1e18 + 1), "burned");
        eq(EDGE_STAKING.describe(1).stake, stake - burned, "stake");
        eq(Predeploys.EDGE_STAKING.balance, stake - burned, "balance");
    }

    /// The longest period that the market takes, from its refusal of a longer one.
    function _longest(uint32 takeSeconds, uint32 workSeconds) private returns (uint32 maximum) {
        IJobMarket.Request memory asked = request(1);
        (asked.takeSeconds, asked.workSeconds) = (takeSeconds, workSeconds);
        bytes memory post = abi.encodeCall(MARKET.post, (asked, INPUT));
        (bool accepted, bytes memory reason) = address(MARKET).call{value: PRICE}(post);
        holds(!accepted && bytes4(reason) == IJobMarket.PeriodOutOfRange.selector, "refused as too long");
        assembly ("memory-safe") {
            // selector, given, minimum, maximum
            maximum := mload(add(reason, 0x64))
        }
    }

    function _stake(address source, uint32 node, uint256 amount) private {
        vm.prank(source);
        EDGE_STAKING.stake{value: amount}(node);
    }

    function _lock(address worker, uint128 amount) private {
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.lock(worker, 1, amount);
    }

    function _slash(address worker, uint128 amount) private {
        vm.prank(Predeploys.JOB_MARKET);
        EDGE_STAKING.slash(worker, 1, amount, 5);
    }

    function _expect(address worker, uint256 free, uint256 locked) private view {
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(worker);
        eq(standing.node, 1, "node");
        eq(standing.free, free, "free");
        eq(standing.locked, locked, "locked");
    }
}
