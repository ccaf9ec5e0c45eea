// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {World} from "./World.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev post, take, cancel: the verbs before an answer.
contract JobMarketPostTest is World {
    function test_post_refuses_prices_out_of_range() public {
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        uint256[3] memory prices = [uint256(0), 1e9 - 1, most + 1];
        for (uint256 i = 0; i < prices.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.PriceOutOfRange.selector, prices[i], 1e9, most));
            vm.prank(ALICE);
            MARKET.post{value: prices[i]}(modelId, INPUT, TAKE_SECONDS, WORK_SECONDS);
        }
        posted(ALICE, 1e9);
    }

    function test_the_dearest_job_can_be_taken() public {
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        uint256 jobId = posted(ALICE, uint128(most));
        bonded(BOB, most);
        vm.prank(BOB);
        MARKET.take(jobId);
        eq(EDGE_STAKING.standingOf(BOB).locked, most, "locked");
    }

    function test_post_refuses_periods_out_of_range() public {
        _refusePeriod(0, 1, 0, 7 days);
        _refusePeriod(7 days + 1, 1, 7 days + 1, 7 days);
        _refusePeriod(type(uint64).max, 1, type(uint64).max, 7 days);
        _refusePeriod(1, 0, 0, 1 days);
        _refusePeriod(1, 1 days + 1, 1 days + 1, 1 days);
        MARKET.post{value: 1e9}(modelId, INPUT, 7 days, 1 days);
    }

    function test_post_refuses_unknown_models() public {
        bytes32 unknown = keccak256("nobody's model");
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.ModelUnknown.selector, unknown));
        MARKET.post{value: PRICE}(unknown, INPUT, TAKE_SECONDS, WORK_SECONDS);
    }

    function test_post_refuses_inputs_of_another_length() public {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.InputLength.selector, 8, 7));
        MARKET.post{value: PRICE}(modelId, new bytes(7), TAKE_SECONDS, WORK_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.InputLength.selector, 8, 9));
        MARKET.post{value: PRICE}(modelId, new bytes(9), TAKE_SECONDS, WORK_SECONDS);
    }

    function test_the_market_refuses_plain_transfers() public {
        vm.prank(ALICE);
        (bool sent,) = address(MARKET).call{value: 1}("");
        holds(!sent, "money that belongs to no job");
    }

    function test_post_escrows_and_announces() public {
        uint64 takeBy = uint64(START) + TAKE_SECONDS;
        vm.expectEmit();
        emit IJobMarket.JobPosted(1, ALICE, modelId, PRICE, PRICE, takeBy, WORK_SECONDS, INPUT);
        eq(posted(ALICE, PRICE), 1, "first id");
        eq(posted(ALICE, PRICE), 2, "second id");
        eq(MARKET.jobCount(), 2, "count");
        eq(MARKET.escrowed(), 2 * PRICE, "escrow");
        eq(address(MARKET).balance, 2 * PRICE, "balance");
        IJobMarket.Job memory job = MARKET.job(1);
        eq(job.requester, ALICE, "requester");
        eq(job.worker, address(0), "no worker");
        eq(job.takeBy, takeBy, "take by");
        eq(job.inputHash, keccak256(INPUT), "input");
        eq(uint256(job.phase), uint256(IJobMarket.Phase.Open), "phase");
        eq(uint256(job.reason), uint256(IJobMarket.Reason.Running), "reason");
    }

    function testFuzz_the_bond_covers_the_price_and_the_floor(uint256 price) public {
        uint128 bounded = uint128(within(price, 1e9, 500_000e18));
        vm.deal(ALICE, bounded);
        uint128 bond = MARKET.job(posted(ALICE, bounded)).bond;
        eq(bond, bounded > 1e18 ? bounded : 1e18, "bond");
        eq(MARKET.bondFor(bounded), bond, "bondFor");
    }

    function test_take_refuses_unknown_jobs() public {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, 0));
        MARKET.take(0);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, 1));
        MARKET.take(1);
    }

    function test_take_refuses_a_taken_job() public {
        uint256 jobId = taken();
        bonded(CAROL, 10_000e18);
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Taken));
        vm.prank(CAROL);
        MARKET.take(jobId);
    }

    function test_take_refuses_after_the_deadline_but_not_at_it() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(BOB, 10_000e18);
        uint64 takeBy = uint64(START) + TAKE_SECONDS;
        vm.warp(takeBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, jobId, takeBy));
        vm.prank(BOB);
        MARKET.take(jobId);
        vm.warp(takeBy);
        vm.prank(BOB);
        MARKET.take(jobId);
    }

    function test_take_refuses_the_requester() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(ALICE, 10_000e18);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.OwnJob.selector, jobId));
        vm.prank(ALICE);
        MARKET.take(jobId);
    }

    function test_take_refuses_workers_without_a_bond() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotBonded.selector, BOB));
        vm.prank(BOB);
        MARKET.take(jobId);
    }

    function test_take_refuses_workers_who_left() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(BOB, 10_000e18);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, 10_000e18);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotBonded.selector, BOB));
        vm.prank(BOB);
        MARKET.take(jobId);
    }

    function test_take_refuses_more_work_than_the_free_stake_covers() public {
        uint256 first = posted(ALICE, 6000e18);
        uint256 second = posted(ALICE, 6000e18);
        bonded(BOB, 10_000e18);
        vm.prank(BOB);
        MARKET.take(first);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, 4000e18, 6000e18));
        vm.prank(BOB);
        MARKET.take(second);
        eq(phaseOf(second), uint256(IJobMarket.Phase.Open), "still open");
    }

    function test_take_locks_the_bond_and_announces() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(BOB, 10_000e18);
        vm.expectEmit();
        emit IJobMarket.JobTaken(jobId, BOB, uint64(START) + WORK_SECONDS);
        vm.expectEmit();
        emit IEdgeStaking.Locked(BOB, 1, jobId, PRICE);
        vm.prank(BOB);
        MARKET.take(jobId);
        eq(EDGE_STAKING.standingOf(BOB).locked, PRICE, "locked");
        IJobMarket.Job memory job = MARKET.job(jobId);
        eq(job.worker, BOB, "worker");
        eq(job.submitBy, START + WORK_SECONDS, "submit by");
    }

    function test_cancel_refuses_unknown_jobs() public {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, 9));
        MARKET.cancel(9);
    }

    function test_cancel_refuses_anybody_else() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotRequester.selector, jobId, BOB));
        vm.prank(BOB);
        MARKET.cancel(jobId);
    }

    function test_cancel_refuses_a_taken_job() public {
        uint256 jobId = taken();
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Taken));
        vm.prank(ALICE);
        MARKET.cancel(jobId);
    }

    function test_cancel_refunds_once() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, IJobMarket.Phase.Cancelled, IJobMarket.Reason.CancelledByRequester, address(0), 0, 0
        );
        vm.prank(ALICE);
        MARKET.cancel(jobId);
        eq(ALICE.balance, FUNDS, "refunded");
        eq(MARKET.escrowed(), 0, "escrow");
        vm.expectRevert(wrongPhase(jobId, IJobMarket.Phase.Cancelled));
        vm.prank(ALICE);
        MARKET.cancel(jobId);
    }

    function _refusePeriod(uint64 take, uint32 work, uint64 given, uint64 maximum) private {
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.PeriodOutOfRange.selector, given, 1, maximum));
        MARKET.post{value: 1e9}(modelId, INPUT, take, work);
    }
}
