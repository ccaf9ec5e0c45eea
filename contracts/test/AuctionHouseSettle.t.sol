// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "./AuctionHouseWorld.sol";
import {Foreign} from "./mocks/ForeignToken.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Receiver} from "./mocks/Receiver.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev How an auction ends that somebody bid for: sold, kept for the winner, or void.
contract AuctionHouseSettleTest is AuctionHouseWorld {
    uint256 private constant FEE = RESERVE / 100;
    uint256 private constant ROYALTY = RESERVE / 20;

    function test_settle_delivers_and_splits_the_price() public {
        for (uint256 i = 0; i < 3; ++i) {
            address money = currency(i);
            uint256 auction = created(lotOf(strictEditions), agreedIn(money));
            bids(BOB, auction, RESERVE);
            ends(auction);
            vm.expectEmit();
            emit IAuctionHouse.LotDelivered(auction, BOB);
            vm.expectEmit();
            emit IAuctionHouse.AuctionSettled(auction, ALICE, BOB, RESERVE, FEE, ROYALTY);
            settles(auction);
            eq(strictEditions.balanceOf(BOB, ID), AMOUNT * (i + 1), "delivered");
            expectPhase(auction, IAuctionHouse.Phase.Sold);
            eq(HOUSE.duesIn(money), FEE, "fee");
            eq(balanceIn(money, STUDIO), ROYALTY, "royalty");
            eq(balanceIn(money, ALICE), RESERVE - FEE - ROYALTY, "the seller's");
            eq(balanceIn(money, address(HOUSE)), FEE, "nothing else is left");
        }
    }

    function testFuzz_a_price_is_split_without_a_rest(uint128 price, uint16 bps, uint16 royaltyMax) public {
        price = uint128(within(price, 1, FUNDS));
        royaltyMax = uint16(within(royaltyMax, 0, 5000));
        IAuctionHouse.Terms memory terms = agreed();
        (terms.reserve, terms.royaltyMax) = (1, royaltyMax);
        uint256 auction = created(foreignLot(), terms);
        bids(BOB, auction, price);
        ends(auction);
        foreign.setRoyalty(STUDIO, bps);
        settles(auction);
        uint256 royalty = uint256(price) * bps / 10_000;
        uint256 most = uint256(price) * royaltyMax / 10_000;
        eq(STUDIO.balance, royalty < most ? royalty : most, "royalty");
        eq(HOUSE.duesIn(TFUEL), price / 100, "fee");
        eq(ALICE.balance + STUDIO.balance + HOUSE.duesIn(TFUEL), price, "all of it");
    }

    function test_nobody_settles_what_still_runs_or_is_settled() public {
        uint256 auction = created(lotOf(strict));
        bids(BOB, auction, RESERVE);
        vm.warp(START + DURATION);
        bytes memory open = abi.encodeWithSelector(IAuctionHouse.StillOpen.selector, auction, START + DURATION);
        vm.expectRevert(open);
        settles(auction);
        vm.expectRevert(open);
        claims(BOB, auction, BOB);
        vm.warp(START + DURATION + 1);
        settles(auction);
        bytes memory sold = wrongPhase(auction, IAuctionHouse.Phase.Sold);
        vm.expectRevert(sold);
        settles(auction);
        vm.expectRevert(sold);
        claims(BOB, auction, BOB);
        vm.expectRevert(sold);
        HOUSE.reclaim(auction);
        vm.expectRevert(sold);
        bids(CAROL, auction, 2 * RESERVE);
    }

    function test_a_token_without_a_royalty_is_sold_without_one() public {
        uint256 auction = won(foreignLot(), BOB);
        settles(auction);
        eq(ALICE.balance, RESERVE - FEE, "the seller's");
        eq(foreign.ownerOf(ID), BOB, "delivered");
    }

    /// Whoever asks for more than was agreed has what was agreed, and stops nobody.
    function test_a_royalty_above_what_was_agreed_is_paid_as_agreed() public {
        foreign.setRoyalty(STUDIO, ROYALTY_BPS);
        uint256 auction = won(foreignLot(), BOB);
        foreign.setRoyalty(STUDIO, 20_000);
        vm.expectEmit();
        emit IAuctionHouse.AuctionSettled(auction, ALICE, BOB, RESERVE, FEE, ROYALTY);
        settles(auction);
        eq(STUDIO.balance, ROYALTY, "royalty");
        eq(ALICE.balance, RESERVE - FEE - ROYALTY, "the seller's");
    }

    function test_strict_creations_are_sold_to_contracts_too() public {
        address wallet = address(receiver);
        uint256 first = created(lotOf(strict));
        uint256 second = created(lotOf(strictEditions));
        receiver.perform(address(HOUSE), RESERVE, abi.encodeCall(HOUSE.bid, (first, RESERVE)));
        receiver.perform(address(HOUSE), RESERVE, abi.encodeCall(HOUSE.bid, (second, RESERVE)));
        ends(second);
        settles(first);
        settles(second);
        eq(strict.ownerOf(ID), wallet, "delivered");
        eq(strictEditions.balanceOf(wallet, ID), AMOUNT, "delivered");
    }

    function test_sellers_and_creators_that_refuse_money_are_credited() public {
        IAuctionHouse.Terms memory terms = agreed();
        uint256 auction = created(lotOf(strict), terms);
        uint256 other = created(lotOf(strictEditions), agreedIn(address(gold)));
        bids(BOB, auction, RESERVE);
        bids(BOB, other, RESERVE);
        ends(auction);
        vm.etch(ALICE, hex"fe");
        vm.etch(STUDIO, hex"fe");
        gold.bar(ALICE, true);
        gold.bar(STUDIO, true);
        settles(auction);
        settles(other);
        eq(HOUSE.creditOf(ALICE), RESERVE - FEE - ROYALTY, "the seller's");
        eq(HOUSE.creditOf(STUDIO), ROYALTY, "royalty");
        eq(HOUSE.tokenCreditOf(address(gold), ALICE), RESERVE - FEE - ROYALTY, "the seller's");
        eq(HOUSE.tokenCreditOf(address(gold), STUDIO), ROYALTY, "royalty");
        eq(strict.ownerOf(ID), BOB, "delivered all the same");
    }

    function test_a_winner_names_a_recipient_and_settles_by_it() public {
        uint256 auction = won(lotOf(strict), BOB);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotWinner.selector, auction, CAROL));
        claims(CAROL, auction, CAROL);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.WrongRecipient.selector, address(HOUSE)));
        claims(BOB, auction, address(HOUSE));
        vm.expectEmit();
        emit IAuctionHouse.LotDelivered(auction, CAROL);
        vm.expectEmit();
        emit IAuctionHouse.AuctionSettled(auction, ALICE, BOB, RESERVE, FEE, ROYALTY);
        claims(BOB, auction, CAROL);
        eq(strict.ownerOf(ID), CAROL, "delivered");
        eq(ALICE.balance, RESERVE - FEE - ROYALTY, "paid");
        expectPhase(auction, IAuctionHouse.Phase.Sold);
    }

    function test_a_claim_by_the_winner_wants_the_end_and_a_bid() public {
        uint256 auction = created(lotOf(strict));
        ends(auction);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NoBid.selector, auction));
        claims(BOB, auction, BOB);
    }

    /// It pays all the same, and has the token sent elsewhere, or to itself when it likes: but nothing back.
    function test_a_winner_that_refuses_its_token_pays_and_names_a_recipient_later() public {
        receiver.take(Receiver.Habit.Refuse);
        uint256 auction = won(lotOf(strictEditions), address(receiver));
        vm.expectEmit();
        emit IAuctionHouse.LotKept(auction, address(receiver));
        vm.expectEmit();
        emit IAuctionHouse.AuctionSettled(auction, ALICE, address(receiver), RESERVE, FEE, ROYALTY);
        settles(auction);
        expectPhase(auction, IAuctionHouse.Phase.Kept);
        eq(ALICE.balance, RESERVE - FEE - ROYALTY, "paid");
        eq(strictEditions.balanceOf(address(HOUSE), ID), AMOUNT, "kept");

        vm.warp(block.timestamp + 100 days);
        bytes memory kept = wrongPhase(auction, IAuctionHouse.Phase.Kept);
        vm.expectRevert(kept);
        settles(auction);
        vm.expectRevert(kept);
        HOUSE.reclaim(auction);
        vm.expectRevert(kept);
        vm.prank(ALICE);
        HOUSE.cancel(auction);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotWinner.selector, auction, ALICE));
        claims(ALICE, auction, ALICE);
        vm.expectRevert(bytes("refused"));
        claims(address(receiver), auction, address(receiver));

        vm.expectEmit();
        emit IAuctionHouse.LotDelivered(auction, CAROL);
        claims(address(receiver), auction, CAROL);
        eq(strictEditions.balanceOf(CAROL, ID), AMOUNT, "delivered");
        expectWorth(TFUEL, ALICE, RESERVE - FEE - ROYALTY, "paid once");
        eq(HOUSE.duesIn(TFUEL), FEE, "and one fee");
        expectPhase(auction, IAuctionHouse.Phase.Sold);
        vm.expectRevert(wrongPhase(auction, IAuctionHouse.Phase.Sold));
        claims(address(receiver), auction, CAROL);
    }

    /// As of a token that only some may hold: that the bidder is none of them is its own affair.
    function test_a_winner_that_may_not_hold_a_foreign_token_pays_and_names_a_recipient() public {
        uint256 auction = won(foreignLot(), BOB);
        foreign.bar(BOB, true);
        settles(auction);
        expectPhase(auction, IAuctionHouse.Phase.Kept);
        eq(ALICE.balance, RESERVE - FEE, "paid");
        claims(BOB, auction, CAROL);
        eq(foreign.ownerOf(ID), CAROL, "delivered");
    }

    function test_a_token_that_does_not_move_is_not_paid_for_until_it_does() public {
        uint256 auction = won(foreignLot(), BOB);
        foreign.plan(Foreign.Mood.Stuck);
        uint256 time = START + DURATION + 7 days;
        vm.warp(time - 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.Undeliverable.selector, auction, time));
        settles(auction);
        eq(address(HOUSE).balance, RESERVE, "escrow");
        expectPhase(auction, IAuctionHouse.Phase.Open);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.HasBid.selector, auction, BOB));
        HOUSE.reclaim(auction);
        foreign.plan(Foreign.Mood.Fair);
        settles(auction);
        eq(foreign.ownerOf(ID), BOB, "delivered");
        eq(ALICE.balance, RESERVE - FEE, "paid");
    }

    /// Whoever could stop a token and let it go again gains nothing by the days that have passed.
    function test_an_auction_is_void_only_while_the_token_does_not_move() public {
        uint256 auction = won(foreignEditionsLot(), BOB);
        vm.warp(START + DURATION + 100 days);
        settles(auction);
        eq(foreignEditions.balanceOf(BOB, ID), AMOUNT, "delivered");
        eq(ALICE.balance, RESERVE - FEE, "paid");
    }

    function test_a_token_that_never_moves_is_paid_by_nobody() public {
        for (uint256 i = 0; i < 3; ++i) {
            address money = currency(i);
            uint256 auction = created(foreignEditionsLot(), agreedIn(money));
            bids(BOB, auction, RESERVE);
            foreignEditions.plan(i == 0 ? Foreign.Mood.Greedy : Foreign.Mood.Stuck);
            vm.warp(uint256(HOUSE.auctionOf(auction).until) + 7 days);
            vm.expectEmit();
            emit IAuctionHouse.AuctionVoided(auction, BOB, RESERVE);
            settles(auction);
            expectPhase(auction, IAuctionHouse.Phase.Voided);
            eq(creditIn(money, BOB, HOUSE), RESERVE, "the winner's again");
            expectWorth(money, ALICE, 0, "nothing");
            eq(HOUSE.duesIn(money), 0, "no fee");
            bytes memory voided = wrongPhase(auction, IAuctionHouse.Phase.Voided);
            vm.expectRevert(voided);
            settles(auction);
            vm.expectRevert(voided);
            claims(BOB, auction, BOB);

            foreignEditions.plan(Foreign.Mood.Stuck);
            vm.expectRevert(bytes("stuck"));
            HOUSE.reclaim(auction);
            foreignEditions.plan(Foreign.Mood.Fair);
            vm.expectEmit();
            emit IAuctionHouse.LotReturned(auction, ALICE);
            vm.prank(KEEPER);
            HOUSE.reclaim(auction);
            eq(foreignEditions.balanceOf(ALICE, ID), 100, "back");
        }
    }

    /// A token that takes more gas than others still comes to whoever pays for that.
    function test_a_winner_has_a_token_sent_with_as_much_gas_as_it_takes() public {
        receiver.takeSlowly(5000);
        uint256 auction = won(lotOf(strictEditions), address(receiver));
        settles(auction);
        expectPhase(auction, IAuctionHouse.Phase.Kept);
        claims(address(receiver), auction, address(receiver));
        eq(strictEditions.balanceOf(address(receiver), ID), AMOUNT, "delivered");
    }

    function test_dues_are_passed_on() public {
        uint256[3] memory auctions;
        for (uint256 i = 0; i < 3; ++i) {
            auctions[i] = created(lotOf(strictEditions), agreedIn(currency(i)));
            bids(BOB, auctions[i], 100 ether);
        }
        ends(auctions[0]);
        for (uint256 i = 0; i < 3; ++i) {
            settles(auctions[i]);
            vm.expectEmit();
            emit ICheckout.DuesPassedOn(currency(i), i < 2 ? 1 ether : 0, i < 2 ? 0 : 1 ether);
            HOUSE.passOn(currency(i));
            eq(HOUSE.duesIn(currency(i)), 0, "passed on");
            eq(balanceIn(currency(i), address(HOUSE)), 0, "nothing is left");
        }
        eq(Predeploys.BURN.balance, 2 ether, "burned");
        eq(gold.balanceOf(Predeploys.TIMELOCK), 1 ether, "governance's");
    }

    /// What is auctioned may be the only one there is, and go from hand to hand.
    function test_a_token_is_auctioned_again_by_whoever_won_it() public {
        uint256 auction = won(lotOf(strict), BOB);
        settles(auction);
        approves(BOB);
        uint256 again = created(BOB, lotOf(strict), agreed());
        bids(CAROL, again, RESERVE);
        ends(again);
        settles(again);
        eq(strict.ownerOf(ID), CAROL, "delivered");
        eq(strict.nonces(ID), 4, "each transfer counts");
    }
}
