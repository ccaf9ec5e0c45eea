// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {ITill} from "../src/interfaces/ITill.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev The price, who wins, and what becomes of an auction that nobody clears.
contract AuctionsClearTest is AuctionsWorld {
    function test_clear_posts_one_order_at_the_price_of_the_first_unit_not_needed() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 60, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        vm.expectEmit();
        emit IAuctions.AuctionCleared(auction, 1, 80, 80 * TICK, 5, 0, 4, 5 * (MOST - 80 * TICK), 0);
        uint256 order = clears(auction);
        eq(order, 1, "order");
        eq(untakenOf(order), 5, "with the terms that are expected, all of it");
        eq(MARKET.escrowed(), 5 * 80 * TICK, "in the market");
        eq(AUCTIONS.creditOf(ALICE), 5 * (MOST - 80 * TICK), "the rest is the requester's");
        eq(wonBy(auction, bidder(0)), 2, "the lowest");
        eq(wonBy(auction, bidder(1)), 3, "the next");
        eq(wonBy(auction, bidder(2)), 0, "too high");
        eq(wonBy(auction, bidder(3)), 0, "at the price, and nothing is left");
        eq(wonBy(auction, ALICE), 0, "who did not bid");
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        holds(its.phase == IAuctions.Phase.Cleared, "phase");
        eq(its.claimBy, START + CLAIM_SECONDS, "nothing is to be drawn");
        eq(its.rungs + its.sealedGwei, 0, "nothing is left");
    }

    function test_clear_takes_the_most_that_is_paid_where_nothing_is_left_over() public {
        bytes32 auction = bidByFour(10, [uint256(50), 2, 60, 3, 256, 1, 80, 4]);
        rollToClear(auction);
        vm.expectEmit();
        emit IAuctions.AuctionCleared(auction, 1, 257, MOST, 10, 0, 0, 0, 0);
        clears(auction);
        eq(wonBy(auction, bidder(2)), 1, "at the last tick");
        eq(AUCTIONS.creditOf(ALICE), 0, "nothing over");
        eq(MARKET.escrowed(), 10 * MOST, "in the market");
    }

    function test_clear_draws_at_the_margin_where_units_do_not_fit() public {
        bytes32 auction = bidByFour(5, [uint256(50), 2, 80, 3, 90, 1, 80, 4]);
        rollToClear(auction);
        vm.expectEmit();
        emit IAuctions.AuctionCleared(auction, 1, 80, 80 * TICK, 2, 3, 7, 5 * (MOST - 80 * TICK), 0);
        clears(auction);
        eq(AUCTIONS.auctionOf(auction).drawBy, START + DRAW_SECONDS, "time for the draw");
        eq(AUCTIONS.auctionOf(auction).claimBy, START + DRAW_SECONDS + CLAIM_SECONDS, "and for winners after that");
        vm.expectRevert(stillOpen(auction, START + DRAW_SECONDS));
        wonBy(auction, bidder(1));
    }

    function test_clear_burns_what_was_not_revealed() public {
        bytes32 auction = opened(2);
        commits(auction, bidder(0), 50, 1);
        commits(auction, bidder(1), 60, 2, 7 ether);
        rollToReveal(auction);
        reveals(auction, bidder(0));
        rollToClear(auction);
        vm.expectEmit();
        emit IAuctions.AuctionCleared(auction, 1, 257, MOST, 1, 0, 0, 0, 7 ether);
        clears(auction);
        eq(Predeploys.BURN.balance, 7 ether, "burned");
        eq(address(AUCTIONS).balance, UNIT, "the other's deposit is held");
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(1), IAuctions.Reason.NotRevealed, 0, 0, 0, 7 ether);
        closes(auction, bidder(1));
        eq(Predeploys.BURN.balance, 7 ether, "once");
        eq(AUCTIONS.creditOf(bidder(1)), 0, "nothing back");
    }

    function test_clear_posts_for_everybody_where_nobody_bid() public {
        IAuctions.Offer memory wanted = offer(2);
        wanted.providersAfter = 100;
        bytes32 auction = opened(ALICE, MOST, wanted);
        commits(auction, bidder(1), 60, 2);
        address provider = bidder(2);
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listProvider(provider, true);
        rollToClear(auction);
        uint256 order = clears(auction);
        holds(phaseOf(auction) == IAuctions.Phase.Unbid, "phase");
        takes(bidder(0), order);
        vm.expectRevert(abi.encodeWithSelector(ITill.NotYetForProviders.selector, order, START + 100));
        takes(bidder(2), order, ids(order + 1));
        vm.warp(START + 100);
        takes(bidder(2), order, ids(order + 1));
        eq(jobOf(order).worker, bidder(0), "as any order");
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Unbid));
        takesWon(auction, bidder(0), 1);
        closes(auction, bidder(1));
        eq(address(AUCTIONS).balance, 0, "nothing is left");
    }

    function test_clear_refuses() public {
        bytes32 auction = opened(2);
        IAuctions.Terms memory terms = auctionTerms[auction];
        bytes memory inputs = inputsOf(2);
        vm.expectRevert(auctionTooEarly(auction, terms.revealUntil));
        AUCTIONS.clear(auction, terms, inputs);
        vm.roll(terms.revealUntil);
        vm.expectRevert(auctionTooEarly(auction, terms.revealUntil));
        AUCTIONS.clear(auction, terms, inputs);
        vm.roll(terms.revealUntil + 4097);
        vm.expectRevert(auctionTooLate(auction, terms.revealUntil + 4096));
        AUCTIONS.clear(auction, terms, inputs);
        vm.roll(terms.revealUntil + 4096);
        // Inputs are the auction's, too: of many the market does not see that they are others.
        inputs[0] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotTheTerms.selector, auction));
        AUCTIONS.clear(auction, terms, inputs);
        inputs[0] ^= 0x01;
        terms.claimSeconds += 1;
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotTheTerms.selector, auction));
        AUCTIONS.clear(auction, terms, inputs);
        terms.claimSeconds -= 1;
        vm.expectRevert(wrongAuctionPhase("none", IAuctions.Phase.None));
        AUCTIONS.clear("none", terms, inputs);
        clears(auction);
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Unbid));
        AUCTIONS.clear(auction, terms, inputs);
    }

    function test_draw_gives_units_by_priority_and_the_last_a_part() public {
        bytes32 auction = bidByFour(6, [uint256(80), 2, 80, 3, 80, 4, 70, 1]);
        rollToClear(auction);
        clears(auction);
        rollToDraw(auction, MIX);
        address[] memory all = sorted(auction, three());
        bytes32 seed = keccak256(
            abi.encode(
                block.chainid, Predeploys.AUCTIONS, auction, uint256(auctionTerms[auction].revealUntil) + 16, MIX
            )
        );
        eq(AUCTIONS.priorityOf(auction, all[0]), keccak256(abi.encode(seed, all[0])), "as the interface says");
        (,, uint256 first,) = AUCTIONS.bidOf(auction, all[0]);
        (,, uint256 second,) = AUCTIONS.bidOf(auction, all[1]);
        // Five are left, of nine: the first two, or the first and a part of the second.
        uint256 last = first + second < 5 ? 2 : 1;
        uint256 part = last == 2 ? 5 - first - second : 5 - first;
        vm.expectEmit();
        emit IAuctions.AuctionDrawn(auction, seed, AUCTIONS.priorityOf(auction, all[last]), part);
        AUCTIONS.draw(auction, all);
        eq(wonBy(auction, all[0]), first, "first");
        eq(wonBy(auction, all[1]), last == 2 ? second : part, "second");
        eq(wonBy(auction, all[2]), last == 2 ? part : 0, "third");
        eq(wonBy(auction, bidder(3)), 1, "below the margin");
        // Whatever becomes of the beacon's record, what was drawn stays.
        vm.store(Predeploys.BEACON, keccak256(abi.encode(uint256(auctionTerms[auction].revealUntil) + 16, 0)), 0);
        eq(AUCTIONS.priorityOf(auction, all[0]), keccak256(abi.encode(seed, all[0])), "for good");
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingToDraw.selector, auction));
        AUCTIONS.draw(auction, all);
    }

    function test_draw_refuses() public {
        bytes32 auction = bidByFour(6, [uint256(80), 2, 80, 3, 80, 4, 70, 1]);
        address[] memory all = three();
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Open));
        AUCTIONS.draw(auction, all);
        rollToClear(auction);
        clears(auction);
        uint256 height = uint256(auctionTerms[auction].revealUntil) + 16;
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, height, block.number));
        AUCTIONS.draw(auction, all);
        rollToDraw(auction, MIX);
        all = sorted(auction, all);
        (all[0], all[1]) = (all[1], all[0]);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.OutOfOrder.selector, auction, all[1]));
        AUCTIONS.draw(auction, all);
        (all[0], all[1]) = (all[1], all[1]);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.OutOfOrder.selector, auction, all[1]));
        AUCTIONS.draw(auction, all);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotAtMargin.selector, auction, bidder(3)));
        AUCTIONS.draw(auction, list(bidder(3)));
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NotAtMargin.selector, auction, BOB));
        AUCTIONS.draw(auction, list(BOB));
        all = sorted(auction, three());
        vm.warp(START + DRAW_SECONDS + 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingToDraw.selector, auction));
        AUCTIONS.draw(auction, all);
        vm.warp(START + DRAW_SECONDS);
        AUCTIONS.draw(auction, all);
    }

    function test_draw_refuses_where_all_fit_or_none_does() public {
        bytes32 all = bidByFour(10, [uint256(80), 2, 80, 3, 80, 4, 70, 1]);
        bytes32 none = bidByFour(1, [uint256(80), 1, 80, 1, 80, 1, 70, 1]);
        rollToClear(none);
        clears(all);
        clears(none);
        rollToDraw(none, MIX);
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingToDraw.selector, all));
        AUCTIONS.draw(all, three());
        vm.expectRevert(abi.encodeWithSelector(IAuctions.NothingToDraw.selector, none));
        AUCTIONS.draw(none, three());
        eq(wonBy(none, bidder(0)) + wonBy(none, bidder(3)), 1, "the lower one");
    }

    function test_draw_goes_on_where_the_same_caller_stopped() public {
        bytes32 auction = bidByFour(6, [uint256(80), 2, 80, 3, 80, 4, 70, 1]);
        rollToClear(auction);
        clears(auction);
        rollToDraw(auction, MIX);
        address[] memory all = sorted(auction, three());
        (,, uint256 units,) = AUCTIONS.bidOf(auction, all[0]);
        vm.expectEmit();
        emit IAuctions.DrawContinued(auction, BOB, units);
        vm.prank(BOB);
        AUCTIONS.draw(auction, list(all[0]));
        vm.expectRevert(abi.encodeWithSelector(IAuctions.OutOfOrder.selector, auction, all[0]));
        vm.prank(BOB);
        AUCTIONS.draw(auction, list(all[0]));
        // Who leaves one out gets nowhere, and keeps nobody.
        vm.prank(CAROL);
        AUCTIONS.draw(auction, list(all[2]));
        vm.prank(BOB);
        AUCTIONS.draw(auction, list(all[1]));
        vm.expectRevert(stillOpen(auction, START + DRAW_SECONDS));
        wonBy(auction, all[0]);
        vm.prank(BOB);
        AUCTIONS.draw(auction, list(all[2]));
        eq(wonBy(auction, all[0]) + wonBy(auction, all[1]) + wonBy(auction, all[2]), 5, "all that is left");
        eq(wonBy(auction, all[0]), units, "the first has all");
    }

    function test_void_gives_everybody_back_what_is_theirs_where_it_cannot_be_cleared() public {
        bytes32 auction = opened(2);
        commits(auction, bidder(0), 50, 1);
        commits(auction, bidder(1), 60, 2, 7 ether);
        rollToReveal(auction);
        reveals(auction, bidder(0));
        vm.prank(Predeploys.TIMELOCK);
        KINDS.close(INFERENCES);
        rollToClear(auction);
        IAuctions.Terms memory terms = auctionTerms[auction];
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.KindClosed.selector, INFERENCES));
        AUCTIONS.clear(auction, terms, inputsOf(2));
        vm.roll(terms.revealUntil + 4096);
        vm.expectRevert(auctionTooEarly(auction, terms.revealUntil + 4096));
        AUCTIONS.void(auction);
        vm.roll(terms.revealUntil + 4097);
        vm.expectEmit();
        emit IAuctions.AuctionVoided(auction, ALICE, 2 * MOST);
        AUCTIONS.void(auction);
        eq(AUCTIONS.creditOf(ALICE), 2 * MOST, "the requester");
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Voided));
        AUCTIONS.void(auction);
        address[] memory all = new address[](2);
        (all[0], all[1]) = (bidder(0), bidder(1));
        vm.expectEmit();
        emit IAuctions.BidClosed(auction, bidder(1), IAuctions.Reason.Voided, 0, 0, 7 ether, 0);
        AUCTIONS.close(auction, all);
        eq(AUCTIONS.creditOf(bidder(0)), UNIT, "who revealed");
        eq(AUCTIONS.creditOf(bidder(1)), 7 ether, "who did not");
        eq(address(AUCTIONS).balance, AUCTIONS.credited(), "nothing else is held");
        vm.expectRevert(wrongAuctionPhase("none", IAuctions.Phase.None));
        AUCTIONS.void("none");
    }

    function test_views_of_what_is_not_there() public {
        vm.expectRevert(wrongAuctionPhase("none", IAuctions.Phase.None));
        AUCTIONS.priorityOf("none", BOB);
        bytes32 auction = opened(1);
        vm.expectRevert(wrongAuctionPhase(auction, IAuctions.Phase.Open));
        wonBy(auction, BOB);
    }
}
