// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

contract JobMarketTakeTest is MarketWorld {
    address private constant VOUCHER = address(0x0c);

    function test_take_refuses_unknown_orders() public {
        termsOf[0] = termsFor(ALICE, PRICE, request(1));
        termsOf[1] = termsOf[0];
        for (uint256 order = 0; order < 2; ++order) {
            vm.expectRevert(notTheTerms(order));
            takes(BOB, order);
        }
    }

    function test_take_refuses_a_taken_job() public {
        uint256 order = posted(ALICE, PRICE, request(2));
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
        takes(BOB, order);
        vm.expectRevert(wrongPhase(order, IJobMarket.Phase.Taken));
        takes(CAROL, order);
    }

    function test_take_refuses_a_job_named_twice() public {
        uint256 order = posted(ALICE, PRICE, request(3));
        bonded(BOB, STAKE);
        uint256[] memory twice = idsOf(order, 0, 2);
        twice[1] = twice[0];
        vm.expectRevert(wrongPhase(order, IJobMarket.Phase.Taken));
        takes(BOB, order, twice);
    }

    function test_take_refuses_jobs_of_other_orders() public {
        posted(ALICE, PRICE);
        uint256 order = posted(ALICE, PRICE, request(2));
        posted(ALICE, PRICE);
        bonded(BOB, STAKE);
        uint256[4] memory others = [uint256(0), order - 1, order + 2, type(uint256).max];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, others[i]));
            takes(BOB, order, ids(others[i]));
        }
    }

    function test_take_refuses_none_and_more_than_are_left() public {
        uint256 order = posted(ALICE, PRICE, request(3));
        bonded(BOB, STAKE);
        bytes memory nothing = abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, order);
        vm.expectRevert(nothing);
        takes(BOB, order, new uint256[](0));
        vm.expectRevert(nothing);
        takes(BOB, order, idsOf(order, 0, 4));
        takes(BOB, order, idsOf(order, 1, 3));
        vm.expectRevert(nothing);
        takes(BOB, order, idsOf(order, 0, 2));
        takes(BOB, order);
        vm.expectRevert(nothing);
        takes(BOB, order);
    }

    function test_take_refuses_what_was_cancelled_or_expired() public {
        uint256 cancelled = posted(ALICE, PRICE);
        bonded(BOB, STAKE);
        cancels(ALICE, cancelled);
        vm.expectRevert(wrongPhase(cancelled, IJobMarket.Phase.Cancelled));
        takes(BOB, cancelled);
        uint256 many = posted(ALICE, PRICE, request(2));
        cancels(ALICE, many);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, many));
        takes(BOB, many);
        uint256 expired = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(expired);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, expired, uint40(START) + TAKE_SECONDS));
        takes(BOB, expired);
    }

    function test_take_refuses_after_the_deadline_but_not_at_it() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(BOB, STAKE);
        uint256 takeBy = START + TAKE_SECONDS;
        vm.warp(takeBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, jobId, takeBy));
        takes(BOB, jobId);
        vm.warp(takeBy);
        takes(BOB, jobId);
    }

    function test_take_refuses_the_requester() public {
        uint256 jobId = posted(ALICE, PRICE);
        bonded(ALICE, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.OwnJob.selector, jobId));
        takes(ALICE, jobId);
    }

    function test_take_refuses_everybody_but_who_it_is_offered_to() public {
        IJobMarket.Request memory asked = request(2);
        asked.worker = CAROL;
        uint256 order = posted(ALICE, PRICE, asked);
        bonded(BOB, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotOffered.selector, order, BOB));
        takes(BOB, order);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, CAROL));
        takes(CAROL, order);
        bonded(CAROL, STAKE);
        takes(CAROL, order, idsOf(order, 0, 2));
    }

    function test_take_refuses_workers_without_a_bond() public {
        uint256 jobId = posted(ALICE, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        takes(BOB, jobId);
        bonded(BOB, STAKE);
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        takes(BOB, jobId);
    }

    function test_take_refuses_more_work_than_the_free_stake_covers() public {
        uint256 order = posted(ALICE, 3000e18, request(4));
        bonded(BOB, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, STAKE, 12_000e18));
        takes(BOB, order, idsOf(order, 0, 4));
        takes(BOB, order, idsOf(order, 0, 3));
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.InsufficientFreeStake.selector, BOB, 1000e18, 3000e18));
        takes(BOB, order, ids(order + 3));
        eq(untakenOf(order), 1, "still there");
    }

    function test_take_locks_the_bonds_and_announces() public {
        uint256 order = posted(ALICE, PRICE, request(3));
        bonded(BOB, STAKE);
        vm.warp(START + 5);
        vm.roll(105);
        for (uint256 jobId = order + 1; jobId < order + 3; ++jobId) {
            vm.expectEmit();
            emit IJobMarket.JobTaken(jobId, order, BOB, START + 5 + WORK_SECONDS);
        }
        vm.expectEmit();
        emit IEdgeStaking.Locked(BOB, 1, order, address(MARKET), 2 * PRICE);
        takes(BOB, order, idsOf(order, 1, 3));
        eq(EDGE_STAKING.standingOf(BOB).locked, 2 * PRICE, "locked");
        IJobMarket.Job memory job = jobOf(order + 2);
        eq(job.worker, BOB, "worker");
        eq(job.takenAt, 105, "taken at");
        eq(job.deadline, START + 5 + WORK_SECONDS, "deadline");
        eq(uint256(job.phase), uint256(IJobMarket.Phase.Taken), "phase");
        eq(uint256(job.reason), uint256(IJobMarket.Reason.Running), "reason");
        eq(untakenOf(order), 1, "untaken");
        eq(runningOf(order), 2, "running");
        eq(phaseOf(order), uint256(IJobMarket.Phase.Untaken), "the other");
    }

    function test_take_asks_for_each_requirement() public {
        bonded(BOB, 20_000e18);
        vm.prank(BOB);
        PROFILES.declare(276, 4, 24, 6);
        _vouched(BOB, 1 << 40);
        leased(BOB, ITill.Record(2e18, 0, 4, 1));
        uint64 both = 6 | 1 << 40;
        _taken(packed(276, 4, 24, both, 20_000, 1000));
        uint256[7] memory more = [
            packed(250, 0, 0, 0, 0, 0),
            packed(0, 5, 0, 0, 0, 0),
            packed(0, 0, 25, 0, 0, 0),
            packed(0, 0, 0, 1, 0, 0),
            packed(0, 0, 0, 1 << 41, 0, 0),
            packed(0, 0, 0, 0, 20_001, 0),
            packed(0, 0, 0, 0, 0, 1001)
        ];
        for (uint256 i = 0; i < more.length; ++i) {
            IJobMarket.Request memory asked = request(1);
            asked.requirements = more[i];
            uint256 order = posted(ALICE, PRICE, asked);
            vm.expectRevert(abi.encodeWithSelector(ITill.RequirementsNotMet.selector, order, BOB));
            takes(BOB, order);
        }
    }

    function test_take_lets_edge_nodes_first_and_providers_from_their_time_on() public {
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
        _listed(CAROL);
        IJobMarket.Request memory asked = request(2);
        asked.providersAfter = 100;
        uint256 order = posted(ALICE, PRICE, asked);
        vm.warp(START + 99);
        vm.expectRevert(abi.encodeWithSelector(ITill.NotYetForProviders.selector, order, START + 100));
        takes(CAROL, order);
        takes(BOB, order);
        vm.warp(START + 100);
        takes(CAROL, order, ids(order + 1));
    }

    function test_take_lets_providers_at_once_where_no_time_is_edge_nodes_alone_or_they_are_named() public {
        bonded(CAROL, STAKE);
        _listed(CAROL);
        IJobMarket.Request memory asked = request(1);
        takes(CAROL, posted(ALICE, PRICE, asked));
        // Who is named is wanted, whatever it is.
        (asked.worker, asked.providersAfter) = (CAROL, 100);
        takes(CAROL, posted(ALICE, PRICE, asked));
    }

    function test_auctions_take_for_who_bid_what_was_posted_for_them() public {
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
        IJobMarket.Request memory asked = request(3);
        uint256 other = posted(ALICE, PRICE, asked);
        asked.worker = Predeploys.AUCTIONS;
        uint256 order = posted(ALICE, PRICE, asked);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotOffered.selector, order, BOB));
        takes(BOB, order);
        address[3] memory callers = [ALICE, BOB, Predeploys.LEASES];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotOffered.selector, order, callers[i]));
            vm.prank(callers[i]);
            MARKET.takeFor(order, termsOf[order], ids(order), BOB);
        }
        // Nobody else's work is theirs to hand out.
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotOffered.selector, other, Predeploys.AUCTIONS));
        vm.prank(Predeploys.AUCTIONS);
        MARKET.takeFor(other, termsOf[other], ids(other), BOB);
        vm.expectEmit();
        emit IJobMarket.JobTaken(order + 1, order, BOB, START + WORK_SECONDS);
        vm.prank(Predeploys.AUCTIONS);
        MARKET.takeFor(order, termsOf[order], ids(order + 1), BOB);
        eq(EDGE_STAKING.standingOf(BOB).locked, PRICE, "the bidder's bond");
        eq(untakenOf(order), 2, "the others are left");
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, order, START + TAKE_SECONDS));
        cancels(ALICE, order);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(order);
        eq(MARKET.creditOf(ALICE), 2 * PRICE, "and go back in the end");
    }

    function _taken(uint256 requirements) private {
        IJobMarket.Request memory asked = request(1);
        asked.requirements = requirements;
        takes(BOB, posted(ALICE, PRICE, asked));
    }

    function _vouched(address worker, uint64 attributes) private {
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listVoucher(VOUCHER, true);
        vm.prank(VOUCHER);
        PROFILES.vouch(worker, attributes);
    }

    function _listed(address provider) private {
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listProvider(provider, true);
    }
}
