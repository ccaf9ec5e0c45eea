// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Umpire} from "./mocks/Umpire.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev A kind that a vote added, whose verifier decides by what the chain knows.
contract JobMarketVerdictsTest is MarketWorld {
    function setUp() public override {
        super.setUp();
        bonded(BOB, STAKE);
        bonded(CAROL, STAKE);
    }

    function test_settle_waits_for_a_verdict() public {
        uint256 order = _taken(1);
        IVerifier.Verdict[2] memory none = [IVerifier.Verdict.None, IVerifier.Verdict.Pending];
        for (uint256 i = 0; i < 2; ++i) {
            ruled(order, none[i]);
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotDecided.selector, order));
            _settledBy(ALICE, order, ids(order));
        }
        eq(runningOf(order), 1, "running");
    }

    function test_forfeit_refuses_what_was_delivered() public {
        uint256 order = _taken(1);
        vm.warp(START + WORK_SECONDS + 1);
        for (uint256 verdict = 1; verdict < 4; ++verdict) {
            ruled(order, IVerifier.Verdict(verdict));
            vm.expectRevert(abi.encodeWithSelector(IJobMarket.Delivered.selector, order));
            forfeits(order);
        }
        ruled(order, IVerifier.Verdict.None);
        forfeits(order);
        eq(MARKET.creditOf(ALICE), PRICE, "refunded");
    }

    /// What was delivered in time may be decided later: its worker does not lose by that.
    function test_anybody_settles_what_the_chain_can_tell_after_the_deadline_too() public {
        uint256 order = _taken(2);
        vm.warp(START + 30 days);
        ruled(order, IVerifier.Verdict.Right);
        ruled(order + 1, IVerifier.Verdict.Wrong);
        _settledBy(address(this), order, idsOf(order, 0, 2));
        eq(MARKET.creditOf(BOB), PRICE - FEE, "credited");
        eq(MARKET.creditOf(ALICE), PRICE, "and refunded");
        eq(phaseOf(order), uint256(IJobMarket.Phase.Settled), "right");
        eq(phaseOf(order + 1), uint256(IJobMarket.Phase.Rejected), "wrong");
    }

    function test_a_worker_that_settles_is_paid_at_once_and_others_are_credited() public {
        uint256 order = posted(ALICE, PRICE, umpired(6));
        takes(BOB, order, idsOf(order, 0, 2));
        takes(CAROL, order, idsOf(order, 2, 5));
        takes(BOB, order, ids(order + 5));
        for (uint256 i = 0; i < 6; ++i) {
            ruled(order + i, i == 3 ? IVerifier.Verdict.Wrong : IVerifier.Verdict.Right);
        }
        vm.expectEmit();
        emit ICredits.Credited(CAROL, 2 * (PRICE - FEE));
        _settledBy(BOB, order, idsOf(order, 0, 6));
        eq(BOB.balance, FUNDS - STAKE + 3 * (PRICE - FEE), "paid");
        eq(MARKET.creditOf(BOB), 0, "not twice");
        eq(MARKET.creditOf(CAROL), 2 * (PRICE - FEE), "credited");
        eq(MARKET.creditOf(ALICE), PRICE, "refunded");
        eq(MARKET.recordOf(BOB).settled, 3, "BOB's");
        eq(MARKET.recordOf(CAROL).settled, 2, "CAROL's");
        eq(MARKET.recordOf(CAROL).failed, 1, "and the other");
        eq(EDGE_STAKING.standingOf(BOB).locked + EDGE_STAKING.standingOf(CAROL).locked, 0, "bonds");
        eq(runningOf(order), 0, "running");
        eq(MARKET.escrowed(), 0, "escrow");
    }

    function test_what_is_shown_is_the_workers_in_time_whatever_the_verdict() public {
        uint256 order = _taken(1);
        ruled(order, IVerifier.Verdict.Wrong);
        IJobMarket.Result[] memory shown = results(IJobMarket.Result(ticketOf(order, order), "", "proof"));
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, order, ALICE));
        settles(ALICE, order, shown);
        vm.warp(START + WORK_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, order, START + WORK_SECONDS));
        settles(BOB, order, shown);
    }

    function test_answers_are_announced_where_they_are_shown() public {
        uint256 order = _taken(2);
        ruled(order, IVerifier.Verdict.Right);
        ruled(order + 1, IVerifier.Verdict.Right);
        vm.recordLogs();
        settles(BOB, order, results(IJobMarket.Result(ticketOf(order, order), "", "proof")));
        holds(vm.getRecordedLogs()[0].topics[0] == IJobMarket.JobClosed.selector, "none");
        vm.expectEmit();
        emit IJobMarket.JobAnswered(order + 1, "answer");
        settles(BOB, order, results(IJobMarket.Result(ticketOf(order, order + 1), "answer", "")));
    }

    /// The umpire's evidence is a hash of all that it was asked.
    function test_a_verifier_is_asked_about_the_job_as_it_is() public {
        vm.roll(777);
        uint256 order = _taken(3);
        ruled(order + 1, IVerifier.Verdict.Right);
        IVerifier.Work memory work = IVerifier.Work({
            jobId: order + 1,
            worker: BOB,
            takenAt: 777,
            deadline: uint64(START) + WORK_SECONDS,
            subject: "a game",
            inputHash: keccak256(inputAt(3, 1)),
            price: PRICE
        });
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            order + 1,
            order,
            BOB,
            IJobMarket.Phase.Settled,
            IJobMarket.Reason.CorrectAnswer,
            PRICE - FEE,
            keccak256(abi.encode(work))
        );
        _settledBy(ALICE, order, ids(order + 1));
    }

    /// Where it is the root of a tree itself, of frames, say: part of it is not what was asked for.
    function test_a_part_of_an_only_input_does_not_stand_for_it() public {
        (bytes32 half, bytes32 other) = (keccak256("half"), keccak256("the other"));
        IJobMarket.Request memory asked = umpired(1);
        asked.inputRoot = Hashes.commutativeKeccak256(half, other);
        uint256 order = posted(ALICE, PRICE, asked);
        takes(BOB, order);
        ruled(order, IVerifier.Verdict.Right);
        IJobMarket.Ticket memory ticket = IJobMarket.Ticket(order, half, new bytes32[](1));
        ticket.path[0] = other;
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotAnInput.selector, order, half));
        settles(BOB, order, results(IJobMarket.Result(ticket, "", "")));
        ticket = IJobMarket.Ticket(order, asked.inputRoot, new bytes32[](0));
        settles(BOB, order, results(IJobMarket.Result(ticket, "", "")));
        eq(phaseOf(order), uint256(IJobMarket.Phase.Settled), "settled");
    }

    /// Delivered, and nobody's fault that it cannot be judged: everybody has what they had.
    function test_what_cannot_be_judged_gives_both_back_what_is_theirs() public {
        uint256 order = posted(ALICE, PRICE, umpired(2));
        takes(BOB, order, idsOf(order, 0, 2));
        ruled(order, IVerifier.Verdict.Void);
        ruled(order + 1, IVerifier.Verdict.Right);
        settles(CAROL, order, blanksOf(order, idsOf(order, 0, 2)));
        eq(uint256(jobOf(order).reason), uint256(IJobMarket.Reason.Undecided), "reason");
        eq(MARKET.creditOf(ALICE), PRICE, "the price");
        eq(EDGE_STAKING.standingOf(BOB).locked, 0, "the bonds");
        eq(EDGE_STAKING.totalSlashed(), 0, "of which nothing is lost");
        eq(MARKET.creditOf(BOB), PRICE - FEE, "the other job is paid");
        eq(MARKET.recordOf(BOB).settled, 1, "and counts");
        eq(MARKET.recordOf(BOB).failed, 0, "this one is no failure");
        eq(MARKET.escrowed(), 0, "escrow");
        vm.expectRevert(wrongPhase(order, IJobMarket.Phase.Expired));
        settles(CAROL, order, blanksOf(order, ids(order)));
    }

    /// Nor is it silence.
    function test_what_cannot_be_judged_is_not_forfeited() public {
        uint256 order = posted(ALICE, PRICE, umpired(1));
        takes(BOB, order);
        ruled(order, IVerifier.Verdict.Void);
        vm.warp(START + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.Delivered.selector, order));
        forfeits(order);
    }

    /// It is code that a vote let in; where it fails all the same, nothing is lost but that no verdict comes: the requester can still pay.
    function test_a_verifier_that_fails_or_never_ends_keeps_nobody_from_cancelling_and_accepting() public {
        Umpire.Mood[2] memory moods = [Umpire.Mood.Broken, Umpire.Mood.Endless];
        for (uint256 i = 0; i < 2; ++i) {
            umpire.fall(Umpire.Mood.Fair);
            uint256 order = posted(ALICE, PRICE, umpired(3));
            takes(BOB, order, idsOf(order, 0, 2));
            ruled(order, IVerifier.Verdict.Right);
            vm.warp(block.timestamp + WORK_SECONDS + 1);
            umpire.fall(moods[i]);
            _fails(abi.encodeCall(MARKET.settle, (order, termsOf[order], blanksOf(order, ids(order)))));
            _fails(abi.encodeCall(MARKET.forfeit, (order, termsOf[order], ticketsOf(order, ids(order)))));
            eq(runningOf(order), 2, "nothing happened");
            cancels(ALICE, order);
            accepts(ALICE, order, idsOf(order, 0, 2));
            eq(MARKET.creditOf(BOB), 2 * (i + 1) * (PRICE - FEE), "paid");
            eq(MARKET.escrowed(), 0, "escrow");
        }
    }

    function test_a_job_ends_by_the_rules_that_it_was_posted_under() public {
        uint256 order = _taken(2);
        eq(EDGE_STAKING.standingOf(BOB).locked, 2 * 2.5e18, "half the price");
        vm.prank(Predeploys.TIMELOCK);
        KINDS.close(UMPIRED);
        ruled(order, IVerifier.Verdict.Right);
        ruled(order + 1, IVerifier.Verdict.Wrong);
        _settledBy(BOB, order, idsOf(order, 0, 2));
        eq(BOB.balance, FUNDS - STAKE + PRICE - FEE, "paid");
        eq(Predeploys.BURN.balance, 2.5e18, "slashed");
    }

    function _taken(uint32 count) private returns (uint256 order) {
        order = posted(ALICE, PRICE, umpired(count));
        takes(BOB, order, idsOf(order, 0, count));
    }

    function _settledBy(address who, uint256 order, uint256[] memory jobIds) private {
        settles(who, order, blanksOf(order, jobIds));
    }

    function _fails(bytes memory call) private {
        (bool done,) = address(MARKET).call{gas: 1_000_000}(call);
        holds(!done, "no verdict");
    }
}
