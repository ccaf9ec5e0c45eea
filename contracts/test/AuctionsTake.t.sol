// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {IEdgeStaking} from "../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev From the order to the last deposit.
contract AuctionsTakeTest is AuctionsWorld {
    function test_take_gives_winners_the_next_jobs_and_the_deposit_back_with_the_last() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 60, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        uint256 order = clears(auction);
        vm.expectEmit();
        emit IAuctions.UnitsTaken(auction, order, bidder(1), order, 2, true);
        takesWon(auction, bidder(1), 2);
        eq(jobOf(order + 1).worker, bidder(1), "worker");
        eq(AUCTIONS.creditOf(bidder(1)), 0, "not yet");
        (,,, uint256 taken) = AUCTIONS.bidOf(auction, bidder(1));
        eq(taken, 2, "taken");
        takesWon(auction, bidder(0), 2);
        eq(jobOf(order + 2).worker, bidder(0), "the next");
        eq(AUCTIONS.creditOf(bidder(0)), 2 * UNIT, "back");
        vm.warp(START + CLAIM_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingUntaken.selector, auction));
        takesWon(auction, bidder(1), 2);
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(1), IAuctions.Reason.Taken, 3, 3, 3 * UNIT, 0);
        takesWon(auction, bidder(1), 1);
        eq(jobOf(order + 4).worker, bidder(1), "the last");
        eq(untakenOf(order), 0, "all");
        vm.prank(bidder(1));
        AUCTIONS.withdraw();
        settles(bidder(0), order, results(resultOf(order, order + 2, answerTo(inputOf(order, order + 2)))));
        eq(MARKET.recordOf(bidder(0)).settled, 1, "and is paid as ever");
    }

    function test_take_refuses_whoever_did_not_win_in_the_winners_time() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 60, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        clears(auction);
        vm.expectRevert(notWon(auction, bidder(2), 0));
        takesWon(auction, bidder(2), 1);
        vm.expectRevert(notWon(auction, BOB, 0));
        takesWon(auction, BOB, 1);
        vm.expectRevert(notWon(auction, bidder(0), 2));
        takesWon(auction, bidder(0), 3);
        takesWon(auction, bidder(0), 1);
        vm.expectRevert(notWon(auction, bidder(0), 1));
        takesWon(auction, bidder(0), 2);
        takesWon(auction, bidder(0), 1);
        vm.expectRevert(notWon(auction, bidder(0), 0));
        takesWon(auction, bidder(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingUntaken.selector, auction));
        takesWon(auction, bidder(1), 0);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingUntaken.selector, auction));
        takesWon(auction, bidder(1), 4);
        termsOf[orderFor[auction]].price += 1;
        vm.expectRevert(notTheTerms(orderFor[auction]));
        takesWon(auction, bidder(1), 1);
    }

    function test_take_is_for_anybody_bonded_after_that() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 60, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        uint256 order = clears(auction);
        takesWon(auction, bidder(0), 1);
        vm.warp(START + CLAIM_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeStaking.NotBonded.selector, BOB));
        takesWon(auction, BOB, 1);
        bonded(ALICE, STAKE);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.OwnJob.selector, order));
        takesWon(auction, ALICE, 1);
        bonded(BOB, STAKE);
        vm.expectEmit();
        emit IAuctions.UnitsTaken(auction, order, BOB, order + 1, 2, false);
        takesWon(auction, BOB, 2);
        takesWon(auction, bidder(2), 1);
        takesWon(auction, bidder(1), 1);
        eq(jobOf(order + 4).worker, bidder(1), "the last");
        // Who was late did not take what it had won.
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(1), IAuctions.Reason.NotTaken, 3, 0, 0, 3 * UNIT);
        closes(auction, bidder(1));
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingUntaken.selector, auction));
        takesWon(auction, bidder(1), 1);
    }

    function test_what_nobody_takes_is_the_requesters_again() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 60, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        uint256 order = clears(auction);
        vm.warp(START + TAKE_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.TooLate.selector, order, START + TAKE_SECONDS));
        takesWon(auction, bidder(0), 1);
        expires(order);
        eq(MARKET.creditOf(ALICE) + AUCTIONS.creditOf(ALICE), 5 * MOST, "whole");
        address[] memory all = new address[](4);
        (all[0], all[1], all[2], all[3]) = (bidder(0), bidder(1), bidder(2), bidder(3));
        AUCTIONS.close(auction, all);
        eq(Predeploys.BURN.balance, 5 * UNIT, "of who won");
        eq(AUCTIONS.creditOf(bidder(2)) + AUCTIONS.creditOf(bidder(3)), 5 * UNIT, "of who lost");
        eq(address(AUCTIONS).balance, AUCTIONS.credited(), "nothing else is held");
    }

    function test_close_ends_each_bid_once_with_a_reason() public {
        bytes32 auction = opened(5);
        commits(auction, bidder(0), 50, 3, 3 * UNIT + 1 gwei);
        commits(auction, bidder(1), 60, 3);
        commits(auction, bidder(2), 70, 1);
        rollToReveal(auction);
        for (uint256 i = 0; i < 3; ++i) {
            reveals(auction, bidder(i));
        }
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Open));
        closes(auction, bidder(2));
        rollToClear(auction);
        clears(auction);
        vm.expectRevert(stillOpen(auction, START + DRAW_SECONDS + CLAIM_SECONDS));
        closes(auction, bidder(0));
        vm.expectRevert(stillOpen(auction, START + DRAW_SECONDS));
        closes(auction, bidder(1));
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(2), IAuctions.Reason.Lost, 0, 0, UNIT, 0);
        closes(auction, bidder(2));
        takesWon(auction, bidder(0), 1);
        vm.warp(START + DRAW_SECONDS + 1);
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(1), IAuctions.Reason.NotDrawn, 0, 0, 3 * UNIT, 0);
        closes(auction, bidder(1));
        vm.warp(START + DRAW_SECONDS + CLAIM_SECONDS);
        vm.expectRevert(stillOpen(auction, block.timestamp));
        closes(auction, bidder(0));
        vm.warp(START + DRAW_SECONDS + CLAIM_SECONDS + 1);
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(0), IAuctions.Reason.NotTaken, 3, 1, UNIT + 1 gwei, 2 * UNIT);
        address[] memory all = new address[](3);
        (all[0], all[1], all[2]) = (bidder(1), bidder(0), bidder(0));
        AUCTIONS.close(auction, all);
        eq(Predeploys.BURN.balance, 2 * UNIT, "burned");
        eq(AUCTIONS.creditOf(bidder(0)), UNIT + 1 gwei, "once");
        eq(AUCTIONS.creditOf(bidder(1)), 3 * UNIT, "once");
        vm.expectRevert(wrongAuctionPhase("none", IAuctions.Phase.None));
        closes("none", bidder(0));
    }

    function test_who_loses_the_draw_has_its_deposit_back() public {
        bytes32 auction = bidByFour(1, [uint256(80), 1, 80, 1, 80, 1, 90, 1]);
        rollToClear(auction);
        clears(auction);
        rollToDraw(auction, MIX);
        address[] memory all = sorted(auction, three());
        AUCTIONS.draw(auction, all);
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, all[1], IAuctions.Reason.Lost, 0, 0, UNIT, 0);
        closes(auction, all[1]);
        takesWon(auction, all[0], 1);
    }
}
