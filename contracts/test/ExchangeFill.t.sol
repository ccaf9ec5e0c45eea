// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {Foreign721} from "./mocks/ForeignTokens.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What each kind of order does: who has the tokens, and who the money.
contract ExchangeFillTest is ExchangeWorld {
    function test_a_sale_pays_seller_creator_and_protocol() public {
        IExchange.Take memory its = take(listing(1));
        uint256 before = maker.balance;
        uint256 takers = taker.balance;
        fills(its);
        eq(looms.ownerOf(1), taker, "token");
        eq(maker.balance - before, restOf(PRICE), "seller");
        eq(STUDIO.balance, royaltyOf(PRICE), "creator");
        eq(EXCHANGE.duesIn(TFUEL), feeOf(PRICE), "protocol");
        eq(address(EXCHANGE).balance, feeOf(PRICE), "nothing else stays");
        eq(takers - taker.balance, PRICE, "and no more was paid");
        eq(EXCHANGE.filledOf(EXCHANGE.hashOf(its.order)), 0, "the nonce says that it is over");
        refused(its, abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 1));
    }

    function test_a_sale_says_what_moved_and_for_what() public {
        IExchange.Take memory its = take(listing(1));
        IExchange.Moved[] memory items = new IExchange.Moved[](1);
        items[0] = IExchange.Moved(address(looms), 1, 1, maker, royaltyOf(PRICE));
        _expectFilled(its, items, PRICE, feeOf(PRICE));
        fills(its);
    }

    function test_what_is_sent_too_much_comes_back_and_too_little_is_refused() public {
        IExchange.Take memory its = take(listing(1));
        vm.prank(taker);
        vm.expectRevert(abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, PRICE, PRICE - 1));
        EXCHANGE.fill{value: PRICE - 1}(its);
        uint256 before = taker.balance;
        vm.prank(taker);
        EXCHANGE.fill{value: 3 * PRICE}(its);
        eq(before - taker.balance, PRICE, "the price");
    }

    function test_a_sale_in_wtfuel_moves_tfuel_of_nobody() public {
        IExchange.Order memory order = listing(1);
        order.currency = address(WTFUEL);
        IExchange.Take memory its = take(order);
        uint256 before = taker.balance;
        vm.prank(taker);
        EXCHANGE.fill{value: 1 ether}(its);
        eq(taker.balance, before, "sent back");
        eq(WTFUEL.balanceOf(taker), FUNDS - PRICE, "taker");
        eq(WTFUEL.balanceOf(maker), FUNDS + restOf(PRICE), "seller");
        eq(WTFUEL.balanceOf(STUDIO), royaltyOf(PRICE), "creator");
        eq(WTFUEL.balanceOf(address(EXCHANGE)), feeOf(PRICE), "protocol");
        eq(EXCHANGE.duesIn(address(WTFUEL)), feeOf(PRICE), "dues");
    }

    function test_tokens_go_to_whom_the_taker_names() public {
        IExchange.Take memory its = take(listing(1));
        its.recipient = BOB;
        fills(its);
        eq(looms.ownerOf(1), BOB, "a gift");
    }

    function test_a_creator_that_sells_is_paid_once() public {
        minted(looms, creator, 60);
        approves(creator, address(looms));
        vm.prank(creator);
        ICreation(address(looms)).setRoyalty(creator, ROYALTY_BPS);
        IExchange.Order memory order = listing(60);
        (order.maker, order.counter, order.gives[0].nonce) = (creator, 0, 0);
        IExchange.Take memory its = take(order);
        its.consent.signature = signature(CREATOR_KEY, EXCHANGE.digestOf(order));
        IExchange.Moved[] memory items = new IExchange.Moved[](1);
        items[0] = IExchange.Moved(address(looms), 60, 1, creator, royaltyOf(PRICE));
        _expectFilled(its, items, PRICE, feeOf(PRICE));
        fills(its);
        eq(creator.balance, PRICE - feeOf(PRICE), "all but the fee");
    }

    function test_an_offer_for_a_token_pays_its_holder() public {
        IExchange.Take memory its = take(offer(wanted(address(looms), 101)));
        IExchange.Moved[] memory items = new IExchange.Moved[](1);
        items[0] = IExchange.Moved(address(looms), 101, 1, taker, royaltyOf(PRICE));
        _expectFilled(its, items, PRICE, feeOf(PRICE));
        fills(its);
        eq(looms.ownerOf(101), maker, "token");
        eq(WTFUEL.balanceOf(taker), FUNDS + restOf(PRICE), "seller");
        eq(WTFUEL.balanceOf(maker), FUNDS - PRICE, "buyer");
        eq(WTFUEL.balanceOf(STUDIO), royaltyOf(PRICE), "creator");
        refused(its, abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
    }

    function test_an_offer_for_a_collection_takes_any_token_as_often_as_it_has_units() public {
        IExchange.Order memory order = offer(any(address(looms)));
        order.units = 2;
        fills(take(order, 1, 101));
        fills(take(order, 1, 105));
        eq(looms.ownerOf(101), maker, "one");
        eq(looms.ownerOf(105), maker, "and one");
        refused(take(order, 1, 106), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
    }

    function test_one_choice_is_one_token() public {
        IExchange.Order memory order = offer(any(address(looms)));
        order.units = 2;
        refused(take(order, 2, 101), abi.encodeWithSelector(IExchange.WrongChoices.selector));
        order = offer(wanted(address(looms), 101));
        order.units = 2;
        refused(take(order, 2), abi.encodeWithSelector(IExchange.WrongChoices.selector));
    }

    function test_the_seller_says_how_much_royalty_an_offer_may_cost_it() public {
        IExchange.Take memory its = take(offer(wanted(address(looms), 101)));
        its.royaltyMax = ROYALTY_BPS - 1;
        uint256 royalty = royaltyOf(PRICE);
        refused(its, abi.encodeWithSelector(ICheckout.RoyaltyAbove.selector, looms, 101, royalty, ROYALTY_BPS - 1));
        its.royaltyMax = ROYALTY_BPS;
        fills(its);
        its = take(listing(1));
        its.royaltyMax = 0;
        fills(its);
    }

    function test_a_bundle_divides_the_price_among_its_items() public {
        IExchange.Order memory order = listing(1);
        order.gives = list(given(address(looms), 1), given(address(looms), 2));
        (order.price, order.endPrice) = (1001, 1001);
        IExchange.Moved[] memory items = new IExchange.Moved[](2);
        items[0] = IExchange.Moved(address(looms), 1, 1, maker, 25);
        items[1] = IExchange.Moved(address(looms), 2, 1, maker, 25);
        IExchange.Take memory its = take(order);
        _expectFilled(its, items, 1001, 10);
        fills(its);
        eq(looms.ownerOf(1), taker, "one");
        eq(looms.ownerOf(2), taker, "two");
        eq(STUDIO.balance, 50, "of 500 and of 501");
    }

    function test_a_bundle_pays_the_creators_of_all_that_is_in_it() public {
        ICollection others = _others(BOB, 1000);
        IExchange.Order memory order = listing(1);
        order.gives = new IExchange.Item[](3);
        order.gives[0] = given(address(looms), 1);
        order.gives[1] = given(address(others), 1);
        order.gives[2] = given(address(looms), 2);
        (order.price, order.endPrice) = (3000, 3000);
        fills(take(order));
        eq(STUDIO.balance, 100, "two of three thousand");
        eq(BOB.balance, 100, "one of them, of another creator");
        eq(EXCHANGE.duesIn(TFUEL), 30, "fee");
    }

    function test_a_swap_moves_tokens_both_ways() public {
        IExchange.Take memory its = take(swap(1, wanted(address(looms), 101)));
        IExchange.Moved[] memory items = new IExchange.Moved[](2);
        items[0] = IExchange.Moved(address(looms), 1, 1, maker, 0);
        items[1] = IExchange.Moved(address(looms), 101, 1, taker, 0);
        _expectFilled(its, items, 0, 0);
        its.recipient = BOB;
        fills(its);
        eq(looms.ownerOf(1), BOB, "given");
        eq(looms.ownerOf(101), maker, "taken");
        eq(address(EXCHANGE).balance, 0, "no fee of nothing");
    }

    function test_a_swap_may_have_a_price_on_either_side() public {
        IExchange.Order memory order = swap(1, wanted(address(looms), 101));
        (order.price, order.endPrice) = (PRICE, PRICE);
        fills(take(order));
        eq(STUDIO.balance, royaltyOf(PRICE), "of what goes against the money");
        order = offer(wanted(address(looms), 102));
        order.gives = list(given(address(looms), 2));
        fills(take(order));
        eq(looms.ownerOf(102), maker, "bought");
        eq(looms.ownerOf(2), taker, "with a token and money");
        eq(WTFUEL.balanceOf(taker), FUNDS + restOf(PRICE), "paid");
    }

    function test_editions_are_sold_in_parts() public {
        IExchange.Order memory order = editionListing(10);
        order.gives[0].amount = 3;
        (order.price, order.endPrice) = (333, 333);
        fills(take(order, 4));
        eq(prints.balanceOf(taker, EDITION), 12, "four units of three");
        eq(STUDIO.balance, 66, "of 1,332, not of 333 four times");
        eq(EXCHANGE.duesIn(TFUEL), 13, "as the fee");
        vm.deal(BOB, FUNDS);
        fills(BOB, take(order, 6));
        eq(prints.balanceOf(BOB, EDITION), 18, "the rest");
    }

    function test_an_offer_for_editions_is_filled_in_parts() public {
        IExchange.Order memory order = offer(amount(address(prints), EDITION + 1, 5));
        order.units = 3;
        fills(take(order, 2));
        eq(prints.balanceOf(maker, EDITION + 1), 10, "two units of five");
        eq(WTFUEL.balanceOf(maker), FUNDS - 2 * PRICE, "paid");
        order = offer(amount(address(prints), 0, 5));
        order.wants[0].criteria = IExchange.Criteria.Any;
        order.units = 3;
        fills(take(order, 3, EDITION + 1));
        eq(prints.balanceOf(maker, EDITION + 1), 25, "of any");
    }

    function test_a_price_falls_while_nobody_takes_it() public {
        IExchange.Order memory order = listing(1);
        (order.price, order.endPrice) = (PRICE, PRICE / 5);
        vm.warp(order.from + DAY / 4);
        IExchange.Take memory its = take(order);
        uint256 before = taker.balance;
        vm.prank(taker);
        EXCHANGE.fill{value: PRICE}(its);
        eq(before - taker.balance, PRICE * 4 / 5, "a quarter of the way");
    }

    function test_an_offer_rises_while_nobody_takes_it() public {
        IExchange.Order memory order = offer(any(address(looms)));
        (order.price, order.endPrice) = (PRICE, 2 * PRICE);
        vm.warp(order.until);
        fills(take(order, 1, 101));
        eq(WTFUEL.balanceOf(maker), FUNDS - 2 * PRICE, "at its end");
    }

    function test_tokens_without_royalties_pay_none() public {
        Foreign721 foreign = new Foreign721();
        foreign.mint(maker, 1);
        approves(maker, address(foreign));
        IExchange.Order memory order = listing(1);
        order.gives = list(given(address(foreign), 1));
        uint256 before = maker.balance;
        fills(take(order));
        eq(foreign.ownerOf(1), taker, "token");
        eq(maker.balance - before, PRICE - feeOf(PRICE), "seller");
    }

    /// forge-config: default.fuzz.runs = 128
    function testFuzz_every_wei_of_a_price_is_somebodys(uint128 price, uint256 count, uint256 units) public {
        price = uint128(within(price, 1, 1000 ether));
        (count, units) = (within(count, 1, 5), within(units, 1, 9));
        IExchange.Order memory order = editionListing(uint32(units));
        (order.price, order.endPrice) = (price, price);
        order.gives = new IExchange.Item[](count);
        for (uint256 i = 0; i < count; ++i) {
            order.gives[i] = amount(address(prints), EDITION, 2);
        }
        uint256 before = maker.balance;
        uint256 paid = uint256(price) * units;
        vm.deal(taker, paid);
        fills(take(order));
        eq(taker.balance, 0, "the price, and no more");
        eq(EXCHANGE.duesIn(TFUEL), paid / 100, "fee");
        uint256 royalties = paid / count * ROYALTY_BPS / 10_000 * (count - 1);
        royalties += (paid - paid / count * (count - 1)) * ROYALTY_BPS / 10_000;
        eq(STUDIO.balance, royalties, "royalties");
        eq(maker.balance - before, paid - paid / 100 - royalties, "the rest");
        eq(prints.balanceOf(taker, EDITION), 2 * count * units, "tokens");
    }

    function _expectFilled(IExchange.Take memory its, IExchange.Moved[] memory items, uint256 price, uint256 fee)
        private
    {
        IExchange.Order memory order = its.order;
        bytes32 hash = EXCHANGE.hashOf(order);
        vm.expectEmit();
        emit IExchange.Filled(hash, order.maker, taker, order.side, order.currency, price, fee, its.units, items);
    }

    function _others(address royaltyTo, uint16 bps) private returns (ICollection others) {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        (its.royaltyTo, its.royaltyBps) = (royaltyTo, bps);
        others = collection(its);
        minted(others, maker, 1);
        approves(maker, address(others));
    }
}
