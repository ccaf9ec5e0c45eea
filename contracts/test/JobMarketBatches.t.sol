// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IInference} from "../src/interfaces/IInference.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev Orders of several inferences: each has a worker and an end of its own.
contract JobMarketBatchesTest is MarketWorld {
    function setUp() public override {
        super.setUp();
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
    }

    function test_a_batch_with_one_wrong_answer_pays_the_others() public {
        uint256 order = _takenBy(BOB, 4, 0, 3);
        IJobMarket.Result[] memory shown = resultsOf(order, idsOf(order, 0, 3));
        shown[1].output = "wrong";
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            order + 1, order, BOB, IJobMarket.Phase.Rejected, IJobMarket.Reason.WrongAnswer, 0, keccak256("wrong")
        );
        settles(BOB, order, shown);
        eq(BOB.balance, FUNDS - STAKE + 2 * (PRICE - FEE), "two are paid");
        eq(MARKET.creditOf(ALICE), PRICE, "one goes back");
        eq(MARKET.escrowed(), PRICE, "the fourth");
        eq(phaseOf(order), uint256(IJobMarket.Phase.Settled), "first");
        eq(phaseOf(order + 1), uint256(IJobMarket.Phase.Rejected), "second");
        eq(phaseOf(order + 2), uint256(IJobMarket.Phase.Settled), "third");
        eq(phaseOf(order + 3), uint256(IJobMarket.Phase.Untaken), "fourth");
        _expectLeft(order, 1, 0);
        ITill.Record memory record = MARKET.recordOf(BOB);
        eq(record.settled, 2, "settled");
        eq(record.failed, 1, "failed");
        eq(record.fees, 2 * FEE, "fees");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "bonds");
        eq(Predeploys.BURN.balance, PRICE, "one bond");
    }

    function test_a_batch_with_anything_that_is_no_answer_changes_nothing() public {
        uint256 order = _takenBy(BOB, 3, 0, 2);
        takes(CAROL, order, ids(order + 2));
        IJobMarket.Result[] memory shown = resultsOf(order, idsOf(order, 0, 3));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, order + 2, BOB));
        settles(BOB, order, shown);
        shown[2] = shown[0];
        vm.expectRevert(wrongPhase(order, IJobMarket.Phase.Settled));
        settles(BOB, order, shown);
        shown = resultsOf(order, idsOf(order, 0, 2));
        shown[1].proof = "not its input";
        vm.expectRevert(abi.encodeWithSelector(IInference.InputMismatch.selector));
        settles(BOB, order, shown);
        shown[1].ticket.jobId = order + 3;
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, order + 3));
        settles(BOB, order, shown);
        shown[1].ticket.jobId = order - 1;
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.JobUnknown.selector, order - 1));
        settles(BOB, order, shown);
        _expectLeft(order, 0, 3);
    }

    function test_jobs_of_an_order_settle_apart_as_well_as_together() public {
        uint256 order = _takenBy(BOB, 5, 0, 3);
        takes(CAROL, order, idsOf(order, 3, 5));
        settles(BOB, order, resultsOf(order, ids(order + 1)));
        settles(CAROL, order, resultsOf(order, idsOf(order, 3, 5)));
        _expectLeft(order, 0, 2);
        settles(BOB, order, resultsOf(order, ids(order + 2)));
        settles(BOB, order, resultsOf(order, ids(order)));
        _expectLeft(order, 0, 0);
        eq(BOB.balance, FUNDS - STAKE + 3 * (PRICE - FEE), "three");
        eq(CAROL.balance, FUNDS - STAKE + 2 * (PRICE - FEE), "two");
        eq(MARKET.escrowed(), 0, "escrow");
    }

    function test_cancel_refunds_what_is_left_and_the_others_go_on() public {
        uint256 order = _takenBy(BOB, 5, 1, 3);
        vm.expectEmit();
        emit IJobMarket.JobsReturned(
            order, ALICE, IJobMarket.Phase.Cancelled, IJobMarket.Reason.CancelledByRequester, 3, 3 * PRICE
        );
        cancels(ALICE, order);
        eq(ALICE.balance, FUNDS - 2 * PRICE, "three are back");
        _expectLeft(order, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NothingUntaken.selector, order));
        takes(BOB, order);
        settles(BOB, order, resultsOf(order, idsOf(order, 1, 3)));
        eq(MARKET.escrowed(), 0, "escrow");
        eq(phaseOf(order), uint256(IJobMarket.Phase.Untaken), "as it was");
    }

    function test_expire_credits_what_is_left_and_the_others_go_on() public {
        IJobMarket.Request memory asked = request(4);
        asked.takeSeconds = 10;
        uint256 order = posted(ALICE, PRICE, asked);
        takes(BOB, order, idsOf(order, 0, 2));
        vm.warp(START + 11);
        vm.expectEmit();
        emit IJobMarket.JobsReturned(order, ALICE, IJobMarket.Phase.Expired, IJobMarket.Reason.NotTaken, 2, 2 * PRICE);
        expires(order);
        eq(MARKET.creditOf(ALICE), 2 * PRICE, "credit");
        settles(BOB, order, resultsOf(order, ids(order)));
        vm.warp(START + WORK_SECONDS + 1);
        MARKET.forfeit(order, termsOf[order], ticketsOf(order, ids(order + 1)));
        eq(MARKET.creditOf(ALICE), 3 * PRICE, "and the silent one's");
        eq(MARKET.escrowed(), 0, "escrow");
        _expectLeft(order, 0, 0);
    }

    function test_forfeit_ends_jobs_of_several_workers_at_once() public {
        uint256 order = _takenBy(BOB, 4, 0, 2);
        vm.warp(START + 1);
        takes(CAROL, order, idsOf(order, 2, 4));
        vm.warp(START + WORK_SECONDS + 1);
        IJobMarket.Ticket[] memory all = ticketsOf(order, idsOf(order, 0, 4));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooEarly.selector, order + 2, START + WORK_SECONDS + 1));
        MARKET.forfeit(order, termsOf[order], all);
        vm.warp(START + WORK_SECONDS + 2);
        all[3] = all[0];
        vm.expectRevert(wrongPhase(order, IJobMarket.Phase.Expired));
        MARKET.forfeit(order, termsOf[order], all);
        MARKET.forfeit(order, termsOf[order], ticketsOf(order, idsOf(order, 0, 4)));
        eq(MARKET.creditOf(ALICE), 4 * PRICE, "credit");
        eq(MARKET.recordOf(BOB).failed, 2, "BOB's");
        eq(MARKET.recordOf(CAROL).failed, 2, "CAROL's");
        _expectLeft(order, 0, 0);
    }

    function test_accept_pays_several_workers() public {
        uint256 order = _takenBy(BOB, 4, 0, 2);
        takes(CAROL, order, ids(order + 2));
        accepts(ALICE, order, idsOf(order, 0, 3));
        eq(MARKET.creditOf(BOB), 2 * (PRICE - FEE), "BOB");
        eq(MARKET.creditOf(CAROL), PRICE - FEE, "CAROL");
        eq(MARKET.escrowed(), PRICE, "escrow");
        _expectLeft(order, 1, 0);
    }

    function test_an_input_is_at_its_place_alone() public {
        uint256 order = _takenBy(BOB, 5, 0, 5);
        IJobMarket.Result[] memory shown = resultsOf(order, ids(order + 2));
        shown[0].ticket.jobId = order + 3;
        bytes memory refusal =
            abi.encodeWithSelector(IJobMarket.NotAnInput.selector, order + 3, shown[0].ticket.inputHash);
        vm.expectRevert(refusal);
        settles(BOB, order, shown);
        shown[0].ticket.path = ticketOf(order, order + 3).path;
        vm.expectRevert(refusal);
        settles(BOB, order, shown);
        shown[0].ticket.path = new bytes32[](0);
        vm.expectRevert(refusal);
        settles(BOB, order, shown);
        // Nor is the root itself, or what is hashed on the way to it.
        shown[0].ticket.inputHash = termsOf[order].inputRoot;
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotAnInput.selector, order + 3, termsOf[order].inputRoot));
        settles(BOB, order, shown);
    }

    function testFuzz_each_job_of_an_order_ends_as_it_deserves(uint256 count, uint256 silent, uint256 wrong) public {
        uint32 jobs = uint32(within(count, 1, 17));
        uint256 order = _takenBy(BOB, jobs, 0, jobs);
        uint256 paid;
        for (uint256 i = 0; i < jobs; ++i) {
            if ((silent >> i) & 1 != 0) continue;
            bool right = (wrong >> i) & 1 == 0;
            bytes memory answer = right ? answerTo(inputOf(order, order + i)) : bytes("");
            settles(BOB, order, results(resultOf(order, order + i, answer)));
            if (right) ++paid;
        }
        vm.warp(START + WORK_SECONDS + 1);
        for (uint256 i = 0; i < jobs; ++i) {
            if ((silent >> i) & 1 == 0) continue;
            MARKET.forfeit(order, termsOf[order], ticketsOf(order, ids(order + i)));
        }
        eq(BOB.balance, FUNDS - STAKE + paid * (PRICE - FEE), "paid");
        eq(MARKET.creditOf(ALICE), (jobs - paid) * PRICE, "refunded");
        eq(MARKET.recordOf(BOB).settled, paid, "settled");
        eq(MARKET.recordOf(BOB).failed, jobs - paid, "failed");
        eq(MARKET.escrowed(), 0, "escrow");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "bonds");
        _expectLeft(order, 0, 0);
    }

    /// @dev Of an order of ALICE's, jobs from one place to another.
    function _takenBy(address worker, uint32 count, uint256 from, uint256 until) private returns (uint256 order) {
        order = posted(ALICE, PRICE, request(count));
        takes(worker, order, idsOf(order, from, until));
    }

    function _expectLeft(uint256 order, uint256 untaken, uint256 running) private view {
        eq(untakenOf(order), untaken, "untaken");
        eq(runningOf(order), running, "running");
    }
}
