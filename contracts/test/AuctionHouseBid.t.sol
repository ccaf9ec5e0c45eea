// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "./AuctionHouseWorld.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IAuctionHouse} from "../src/interfaces/IAuctionHouse.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What it takes to bid, and what becomes of who is outbid.
contract AuctionHouseBidTest is AuctionHouseWorld {
    function test_the_first_bid_is_the_reserve_at_least() public {
        uint256 auction = created(lotOf(strict));
        _tooLow(auction, RESERVE - 1, RESERVE);
        vm.expectEmit();
        emit IAuctionHouse.BidPlaced(auction, BOB, RESERVE, uint40(START) + DURATION);
        bids(BOB, auction, RESERVE);
        eq(HOUSE.auctionOf(auction).bidder, BOB, "bidder");
        eq(HOUSE.auctionOf(auction).highest, RESERVE, "highest");
        eq(address(HOUSE).balance, RESERVE, "escrow");
    }

    function test_a_higher_bid_is_a_twentieth_higher_at_least_rounded_up() public {
        IAuctionHouse.Terms memory terms = agreed();
        terms.reserve = 1;
        uint256 auction = created(lotOf(strict), terms);
        uint256[6] memory least = [uint256(1), 2, 3, 4, 5, 6];
        for (uint256 i = 0; i < least.length; ++i) {
            eq(HOUSE.minimumBid(auction), least[i], "least");
            bids(i % 2 == 0 ? BOB : CAROL, auction, least[i]);
        }
        bids(BOB, auction, 20);
        eq(HOUSE.minimumBid(auction), 21, "a twentieth");
        bids(CAROL, auction, 21);
        eq(HOUSE.minimumBid(auction), 23, "rounded up");
        _tooLow(auction, 22, 23);
    }

    function testFuzz_a_bid_counts_from_the_least_on(uint128 first, uint128 second) public {
        first = uint128(within(first, RESERVE, FUNDS));
        second = uint128(within(second, 0, FUNDS));
        uint256 auction = created(lotOf(strict), agreedIn(address(gold)));
        bids(BOB, auction, first);
        uint256 least = HOUSE.minimumBid(auction);
        holds(20 * (least - first) >= first && 20 * (least - first) < uint256(first) + 20, "a twentieth, rounded up");
        if (second < least) {
            _tooLow(auction, second, least);
        } else {
            bids(CAROL, auction, second);
            eq(HOUSE.auctionOf(auction).highest, second, "highest");
            eq(HOUSE.tokenCreditOf(address(gold), BOB), first, "back");
            eq(gold.balanceOf(address(HOUSE)), uint256(first) + second, "balance");
        }
    }

    function test_who_is_outbid_fetches_its_money() public {
        for (uint256 i = 0; i < 3; ++i) {
            address money = currency(i);
            uint256 auction = created(lotOf(strictEditions), agreedIn(money));
            bids(BOB, auction, RESERVE);
            eq(balanceIn(money, BOB), FUNDS - RESERVE, "paid");
            vm.expectEmit();
            if (money == TFUEL) emit ICredits.Credited(BOB, RESERVE);
            else emit ICheckout.TokensCredited(money, BOB, RESERVE);
            bids(CAROL, auction, 2 * RESERVE);
            eq(balanceIn(money, address(HOUSE)), 3 * uint256(RESERVE), "not pushed");
            vm.prank(BOB);
            if (money == TFUEL) HOUSE.withdraw();
            else HOUSE.withdrawTokens(money);
            eq(balanceIn(money, BOB), FUNDS, "back");
            eq(balanceIn(money, address(HOUSE)), 2 * uint256(RESERVE), "escrow");
        }
    }

    function test_who_bids_higher_than_itself_has_the_rest_back() public {
        uint256 auction = created(lotOf(strict));
        bids(BOB, auction, RESERVE);
        bids(BOB, auction, 2 * RESERVE);
        eq(HOUSE.creditOf(BOB), RESERVE, "back");
    }

    function test_a_bid_sends_just_what_it_says() public {
        uint256 auction = created(lotOf(strict));
        for (uint256 sent = RESERVE - 1; sent <= RESERVE + 1; sent += 2) {
            vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.WrongValue.selector, sent, RESERVE));
            vm.prank(BOB);
            HOUSE.bid{value: sent}(auction, RESERVE);
        }
        auction = created(lotOf(strictEditions), agreedIn(address(WTFUEL)));
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.WrongValue.selector, 1, 0));
        vm.prank(BOB);
        HOUSE.bid{value: 1}(auction, RESERVE);
    }

    function test_a_bid_without_the_money_is_none() public {
        uint256 auction = created(lotOf(strict), agreedIn(address(gold)));
        vm.expectRevert(abi.encodeWithSelector(SafeTransferLib.TransferFromFailed.selector));
        bids(BOB, auction, FUNDS + 1);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, uint8(128), uint256(1) << 128)
        );
        bids(BOB, auction, 1 << 128);
    }

    function test_nobody_bids_before_the_beginning_or_after_the_end() public {
        IAuctionHouse.Terms memory terms = agreed();
        (terms.from, terms.until) = (uint40(START + 2 hours), uint40(START + 9 hours));
        uint256 auction = created(lotOf(strict), terms);
        vm.warp(START + 2 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.NotYetOpen.selector, auction, terms.from));
        bids(BOB, auction, RESERVE);
        vm.warp(START + 2 hours);
        bids(BOB, auction, RESERVE);
        vm.warp(START + 9 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.Ended.selector, auction, terms.until));
        bids(CAROL, auction, 2 * RESERVE);
    }

    function test_a_seller_does_not_bid() public {
        fund(ALICE, address(HOUSE));
        uint256 auction = created(lotOf(strict));
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.OwnAuction.selector, auction));
        bids(ALICE, auction, RESERVE);
        bids(BOB, auction, RESERVE);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.OwnAuction.selector, auction));
        bids(ALICE, auction, 2 * RESERVE);
    }

    /// A currency that votes take off the list stays that of the auctions that have it.
    function test_an_auction_keeps_its_currency() public {
        uint256 auction = created(lotOf(strict), agreedIn(address(gold)));
        vm.mockCall(Predeploys.EXCHANGE, abi.encodeWithSignature("isListed(address)", gold), abi.encode(false));
        bids(BOB, auction, RESERVE);
        ends(auction);
        settles(auction);
        eq(strict.ownerOf(ID), BOB, "sold");
    }

    function test_threat_9_a_bid_at_the_last_second_gives_others_ten_minutes() public {
        uint256 auction = created(lotOf(strict));
        bids(BOB, auction, RESERVE);
        uint40 until = uint40(START) + DURATION;
        vm.warp(until - 10 minutes);
        bids(CAROL, auction, 2 * RESERVE);
        eq(HOUSE.auctionOf(auction).until, until, "ten minutes are left as it is");
        vm.warp(until - 10 minutes + 1);
        bids(BOB, auction, 3 * RESERVE);
        eq(HOUSE.auctionOf(auction).until, until + 1, "a second more");
        vm.warp(until + 1);
        vm.expectEmit();
        emit IAuctionHouse.BidPlaced(auction, CAROL, 4 * RESERVE, until + 601);
        bids(CAROL, auction, 4 * RESERVE);
        vm.warp(until + 2);
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.StillOpen.selector, auction, until + 601));
        settles(auction);
        vm.warp(until + 601);
        bids(BOB, auction, 5 * RESERVE);
        eq(HOUSE.auctionOf(auction).until, until + 1201, "as long as somebody pays for it");
    }

    /// What the interface says of how long that can go on.
    function test_from_one_coin_to_all_of_them_a_price_rises_within_four_days() public pure {
        uint256 extensions;
        for (uint256 price = 1 ether; price < 50_000_000_000 ether; price += (price + 19) / 20) {
            ++extensions;
        }
        holds(extensions * 10 minutes < 4 days, "days");
    }

    function test_threat_14_who_refuses_its_money_is_outbid_all_the_same() public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        gold.mint(address(hostile), FUNDS);
        hostile.perform(address(gold), 0, abi.encodeCall(gold.approve, (address(HOUSE), FUNDS)));
        uint256 first = created(lotOf(strict));
        uint256 second = created(lotOf(strictEditions), agreedIn(address(gold)));
        hostile.perform(address(HOUSE), RESERVE, abi.encodeCall(HOUSE.bid, (first, RESERVE)));
        hostile.perform(address(HOUSE), 0, abi.encodeCall(HOUSE.bid, (second, RESERVE)));
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        gold.bar(address(hostile), true);
        bids(BOB, first, 2 * RESERVE);
        bids(BOB, second, 2 * RESERVE);
        eq(HOUSE.auctionOf(first).bidder, BOB, "outbid");
        eq(HOUSE.auctionOf(second).bidder, BOB, "outbid");
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(hostile), RESERVE));
        hostile.perform(address(HOUSE), 0, abi.encodeCall(HOUSE.withdraw, ()));
        hostile.plan(HostileAccount.Mood.Accept, address(0), "");
        gold.bar(address(hostile), false);
        hostile.perform(address(HOUSE), 0, abi.encodeCall(HOUSE.withdraw, ()));
        hostile.perform(address(HOUSE), 0, abi.encodeCall(HOUSE.withdrawTokens, (address(gold))));
        eq(address(hostile).balance, FUNDS, "its money");
        eq(gold.balanceOf(address(hostile)), FUNDS, "its money");
    }

    /// Nothing is left to fetch twice, by calling back or by asking again.
    function test_threat_14_a_credit_is_fetched_once() public {
        HostileAccount hostile = new HostileAccount();
        vm.deal(address(hostile), FUNDS);
        uint256 auction = created(lotOf(strict));
        hostile.perform(address(HOUSE), RESERVE, abi.encodeCall(HOUSE.bid, (auction, RESERVE)));
        bids(BOB, auction, 2 * RESERVE);
        bytes memory call = abi.encodeCall(HOUSE.withdraw, ());
        hostile.plan(HostileAccount.Mood.Reenter, address(HOUSE), call);
        hostile.perform(address(HOUSE), 0, call);
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(address(hostile).balance, FUNDS, "once");
    }

    function _tooLow(uint256 auction, uint256 amount, uint256 least) private {
        vm.expectRevert(abi.encodeWithSelector(IAuctionHouse.BidTooLow.selector, auction, amount, least));
        bids(CAROL, auction, amount);
    }
}
