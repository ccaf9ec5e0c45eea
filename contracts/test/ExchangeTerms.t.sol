// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {Coins} from "./mocks/Coins.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What an order has to be, and when it still stands.
contract ExchangeTermsTest is ExchangeWorld {
    bytes private constant WRONG = abi.encodeWithSelector(IExchange.WrongTerms.selector);

    function test_an_order_has_units_and_items_and_not_too_many() public {
        IExchange.Order memory order = editionListing(0);
        refused(take(order, 1), WRONG);
        refused(take(terms()), WRONG);
        order = offer(any(address(looms)));
        order.wants = new IExchange.Item[](0);
        refused(take(order), WRONG);
        order = _editions(33);
        refused(take(order), WRONG);
        order = swap(1, wanted(address(looms), 101));
        order.wants = _repeated(amount(address(prints), EDITION + 1, 1), 33);
        refused(take(order), WRONG);
        order = listing(1);
        order.bounds = new IExchange.Bound[](9);
        refused(take(order), WRONG);
        fills(take(_editions(32)));
        eq(prints.balanceOf(taker, EDITION), 32, "as many as there may be");
    }

    function test_tokens_go_for_nothing_only_against_tokens() public {
        IExchange.Order memory order = listing(1);
        (order.price, order.endPrice) = (0, 0);
        refused(take(order), WRONG);
        order = listing(1);
        order.endPrice = 0;
        refused(take(order), WRONG);
        order = offer(any(address(looms)));
        (order.price, order.endPrice) = (0, 0);
        refused(take(order, 1, 101), WRONG);
        order = offer(any(address(looms)));
        order.price = 0;
        refused(take(order, 1, 101), WRONG);
        fills(take(swap(1, wanted(address(looms), 101))));
        eq(looms.ownerOf(101), maker, "swapped");
    }

    function test_a_sales_price_falls_and_a_purchases_rises() public {
        IExchange.Order memory order = listing(1);
        order.endPrice = order.price + 1;
        refused(take(order), WRONG);
        order = offer(any(address(looms)));
        order.endPrice = order.price - 1;
        refused(take(order, 1, 101), WRONG);
    }

    function test_nobody_offers_tfuel() public {
        IExchange.Order memory order = offer(wanted(address(looms), 101));
        order.currency = TFUEL;
        refused(take(order), WRONG);
        (order.price, order.endPrice) = (0, 0);
        order.gives = list(given(address(looms), 1));
        refused(take(order), WRONG);
    }

    function test_what_is_given_is_exact_and_an_erc721_is_one() public {
        IExchange.Order memory order = listing(1);
        order.gives[0].criteria = IExchange.Criteria.Any;
        refused(take(order), WRONG);
        order.gives[0].criteria = IExchange.Criteria.OneOf;
        refused(take(order), WRONG);
        order = listing(1);
        order.gives[0].amount = 2;
        refused(take(order), WRONG);
        order.gives[0].amount = 0;
        refused(take(order), WRONG);
        order = listing(1);
        order.units = 2;
        refused(take(order, 1), WRONG);
        order = editionListing(2);
        order.gives[0].amount = 0;
        refused(take(order), WRONG);
        order.gives = list(amount(address(prints), EDITION, 1), given(address(looms), 1));
        refused(take(order, 1), WRONG);
    }

    function test_a_nonce_is_of_an_erc721_that_is_given() public {
        IExchange.Order memory order = editionListing(1);
        order.gives[0].nonce = 1;
        refused(take(order), WRONG);
        order = offer(wanted(address(looms), 101));
        order.wants[0].nonce = 1;
        refused(take(order), WRONG);
    }

    function test_what_is_wanted_means_one_thing() public {
        IExchange.Order memory order = offer(any(address(looms)));
        order.wants[0].id = 101;
        refused(take(order, 1, 101), WRONG);
        order = offer(oneOf(address(looms), 0));
        refused(take(order, 1, 101), WRONG);
        order = offer(any(address(looms)));
        order.wants[0].amount = 2;
        refused(take(order, 1, 101), WRONG);
        order.wants[0].amount = 0;
        refused(take(order, 1, 101), WRONG);
    }

    function test_a_royalty_is_agreed_to_up_to_half_of_the_price() public {
        IExchange.Order memory order = listing(1);
        order.royaltyMax = 5001;
        refused(take(order), WRONG);
        order.royaltyMax = 5000;
        fills(take(order));
        IExchange.Take memory its = take(offer(wanted(address(looms), 101)));
        its.royaltyMax = 5001;
        refused(its, WRONG);
        its.royaltyMax = 5000;
        fills(its);
    }

    function test_an_order_opens_and_expires() public {
        IExchange.Order memory order = listing(1);
        IExchange.Take memory its = take(order);
        vm.warp(order.from - 1);
        refused(its, abi.encodeWithSelector(IExchange.NotYetOpen.selector, order.from));
        vm.warp(order.until + 1);
        refused(its, abi.encodeWithSelector(IExchange.OrderExpired.selector, order.until));
        vm.warp(order.until);
        fills(its);
        order = listing(2);
        (order.from, order.until) = (uint40(block.timestamp), uint40(block.timestamp - 1));
        refused(take(order), abi.encodeWithSelector(IExchange.OrderExpired.selector, order.until));
        order.until = order.from;
        fills(take(order));
    }

    function test_a_private_sale_is_its_takers() public {
        IExchange.Order memory order = listing(1);
        order.taker = taker;
        IExchange.Take memory its = take(order);
        vm.deal(BOB, FUNDS);
        refused(BOB, its, abi.encodeWithSelector(IExchange.WrongTaker.selector, taker, BOB));
        fills(its);
        eq(looms.ownerOf(1), taker, "sold");
    }

    function test_threat_16_a_maker_takes_no_order_of_its_own() public {
        IExchange.Take memory its = take(listing(1));
        refused(maker, its, abi.encodeWithSelector(IExchange.OwnOrder.selector, maker));
        its.recipient = maker;
        refused(its, abi.encodeWithSelector(IExchange.OwnOrder.selector, maker));
        its = take(listing(2));
        vm.prank(maker);
        IExchange.Outcome[] memory outcomes = EXCHANGE.sweep{value: PRICE}(list(its));
        holds(!outcomes[0].filled, "nor in a sweep");
        eq(looms.ownerOf(2), maker, "still its own");
    }

    function test_an_order_ends_with_its_makers_counter() public {
        IExchange.Take memory before = take(listing(1));
        vm.expectEmit();
        emit IExchange.CounterIncremented(maker, 1);
        vm.prank(maker);
        eq(EXCHANGE.incrementCounter(), 1, "counter");
        eq(EXCHANGE.counterOf(maker), 1, "kept");
        refused(before, abi.encodeWithSelector(IExchange.CounterMoved.selector, 0, 1));
        vm.prank(BOB);
        EXCHANGE.incrementCounter();
        fills(take(listing(2)));
    }

    function test_a_maker_cancels_orders_of_its_own() public {
        IExchange.Order[] memory orders = new IExchange.Order[](2);
        (orders[0], orders[1]) = (listing(1), editionListing(5));
        fills(take(orders[1], 2));
        vm.prank(taker);
        vm.expectRevert(abi.encodeWithSelector(IExchange.NotMaker.selector, maker, taker));
        EXCHANGE.cancel(orders);
        vm.expectEmit();
        emit IExchange.Cancelled(EXCHANGE.hashOf(orders[0]), maker);
        emit IExchange.Cancelled(EXCHANGE.hashOf(orders[1]), maker);
        vm.prank(maker);
        EXCHANGE.cancel(orders);
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 hash = EXCHANGE.hashOf(orders[i]);
            eq(EXCHANGE.filledOf(hash), type(uint256).max, "cancelled");
            refused(take(orders[i], 1), abi.encodeWithSelector(IExchange.OrderCancelled.selector, hash));
        }
    }

    function test_no_more_units_are_filled_than_there_are() public {
        IExchange.Order memory order = editionListing(5);
        refused(take(order, 0), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 0, 5));
        refused(take(order, 6), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 6, 5));
        fills(take(order, 2));
        eq(EXCHANGE.filledOf(EXCHANGE.hashOf(order)), 2, "filled");
        refused(take(order, 4), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 4, 3));
        fills(take(order, 3));
        eq(EXCHANGE.filledOf(EXCHANGE.hashOf(order)), 5, "all");
        refused(take(order, 1), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
        refused(take(listing(1), 2), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 2, 1));
    }

    function test_prices_are_in_listed_currencies() public {
        Coins coins = new Coins();
        holds(EXCHANGE.isListed(TFUEL) && EXCHANGE.isListed(address(WTFUEL)), "always");
        IExchange.Order memory order = listing(1);
        order.currency = address(coins);
        refused(take(order), abi.encodeWithSelector(ICheckout.CurrencyNotListed.selector, address(coins)));
        vm.prank(maker);
        vm.expectRevert(abi.encodeWithSelector(IExchange.OnlyTimelock.selector, maker));
        EXCHANGE.listCurrency(address(coins), true);
        vm.prank(Predeploys.TIMELOCK);
        vm.expectRevert(abi.encodeWithSelector(IExchange.NotAToken.selector, BOB));
        EXCHANGE.listCurrency(BOB, true);
        vm.expectEmit();
        emit IExchange.CurrencyListed(address(coins), true);
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(address(coins), true);
        holds(EXCHANGE.isListed(address(coins)), "listed");
        coins.mint(taker, PRICE);
        vm.prank(taker);
        coins.approve(address(EXCHANGE), PRICE);
        fills(take(order));
        eq(coins.balanceOf(maker), restOf(PRICE), "paid");
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(address(coins), false);
        holds(!EXCHANGE.isListed(address(coins)), "no more");
    }

    function test_tfuel_and_wtfuel_are_always_listed() public {
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(address(WTFUEL), false);
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(TFUEL, false);
        holds(EXCHANGE.isListed(TFUEL) && EXCHANGE.isListed(address(WTFUEL)), "always");
    }

    function test_only_the_exchange_fills_for_somebody() public {
        IExchange.Take memory its = take(listing(1));
        vm.prank(taker);
        vm.expectRevert(abi.encodeWithSelector(IExchange.OnlySelf.selector, taker));
        EXCHANGE.fillFor(its, taker, PRICE, IExchange.Royalties(STUDIO, PRICE));
    }

    function _editions(uint256 count) private returns (IExchange.Order memory order) {
        order = terms();
        order.gives = _repeated(amount(address(prints), EDITION, 1), count);
    }

    function _repeated(IExchange.Item memory item, uint256 count) private pure returns (IExchange.Item[] memory all) {
        all = new IExchange.Item[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = item;
        }
    }
}
