// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Coins} from "./mocks/Coins.sol";
import {ExchangeWorld} from "./ExchangeWorld.sol";
import {HostileHolder} from "./mocks/HostileHolder.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Who is paid, who is credited, and where fees go.
contract ExchangeMoneyTest is ExchangeWorld {
    Coins private _coins;

    function setUp() public override {
        super.setUp();
        _coins = new Coins();
        vm.prank(Predeploys.TIMELOCK);
        EXCHANGE.listCurrency(address(_coins), true);
        _coins.mint(taker, FUNDS);
        _coins.mint(maker, FUNDS);
        vm.prank(taker);
        _coins.approve(address(EXCHANGE), FUNDS);
        vm.prank(maker);
        _coins.approve(address(EXCHANGE), FUNDS);
    }

    function test_a_seller_that_refuses_its_money_is_credited() public {
        HostileHolder seller = new HostileHolder();
        seller.refuse();
        minted(looms, address(seller), 50);
        approves(address(seller), address(looms));
        IExchange.Order memory order = listing(50);
        (order.maker, order.counter) = (address(seller), 0);
        IExchange.Take memory its = take(order);
        vm.expectEmit();
        emit ICredits.Credited(address(seller), restOf(PRICE));
        fills(its);
        eq(looms.ownerOf(50), taker, "sold");
        eq(EXCHANGE.creditOf(address(seller)), restOf(PRICE), "credit");
        eq(address(EXCHANGE).balance, restOf(PRICE) + feeOf(PRICE), "with the fee");
    }

    function test_a_creator_that_refuses_its_royalty_is_credited() public {
        vm.etch(STUDIO, address(new HostileHolder()).code);
        HostileHolder(payable(STUDIO)).refuse();
        fills(take(listing(1)));
        eq(EXCHANGE.creditOf(STUDIO), royaltyOf(PRICE), "credit");
        eq(looms.ownerOf(1), taker, "sold");
    }

    function test_money_that_its_issuer_bars_from_somebody_is_credited() public {
        IExchange.Order memory order = listing(1);
        order.currency = address(_coins);
        _coins.bar(maker, true);
        _coins.bar(STUDIO, true);
        IExchange.Take memory its = take(order);
        vm.expectEmit();
        emit ICheckout.TokensCredited(address(_coins), STUDIO, royaltyOf(PRICE));
        vm.expectEmit();
        emit ICheckout.TokensCredited(address(_coins), maker, restOf(PRICE));
        fills(its);
        eq(looms.ownerOf(1), taker, "sold");
        eq(EXCHANGE.tokenCreditOf(address(_coins), maker), restOf(PRICE), "seller");
        eq(EXCHANGE.tokenCreditOf(address(_coins), STUDIO), royaltyOf(PRICE), "creator");
        eq(_coins.balanceOf(address(EXCHANGE)), PRICE, "all of it lies here");
        _coins.bar(maker, false);
        vm.expectEmit();
        emit ICheckout.TokensWithdrawn(address(_coins), maker, restOf(PRICE));
        vm.prank(maker);
        EXCHANGE.withdrawTokens(address(_coins));
        eq(_coins.balanceOf(maker), FUNDS + restOf(PRICE), "fetched");
        vm.prank(maker);
        vm.expectRevert(abi.encodeWithSelector(ICheckout.NoTokensToWithdraw.selector, _coins, maker));
        EXCHANGE.withdrawTokens(address(_coins));
    }

    function test_who_cannot_pay_buys_nothing() public {
        IExchange.Order memory order = listing(1);
        order.currency = address(_coins);
        vm.prank(taker);
        _coins.approve(address(EXCHANGE), PRICE - 1);
        bytes memory reason = abi.encodeWithSignature("TransferFromFailed()");
        refused(take(order), reason);
        order = offer(wanted(address(looms), 101));
        order.currency = address(_coins);
        vm.prank(maker);
        _coins.transfer(BOB, FUNDS - PRICE + 1);
        refused(take(order), reason);
        eq(looms.ownerOf(101), taker, "nor sells for nothing");
    }

    function test_a_royalty_that_was_raised_above_what_the_seller_agreed_to_stops_the_sale() public {
        HostileToken token = _hostile();
        token.planRoyalty(STUDIO, 1000, 0, 0);
        IExchange.Take memory its = take(_selling(token));
        token.planRoyalty(STUDIO, 1001, 0, 0);
        uint256 royalty = PRICE * 1001 / 10_000;
        refused(its, abi.encodeWithSelector(ICheckout.RoyaltyAbove.selector, token, 1, royalty, 1000));
        token.planRoyalty(STUDIO, 1000, 0, 0);
        fills(its);
        eq(STUDIO.balance, PRICE / 10, "what was agreed to");
    }

    function test_a_royalty_that_burns_gas_is_none() public {
        HostileToken token = _hostile();
        token.planRoyalty(STUDIO, 500, 1e6, 0);
        fills(take(_selling(token)));
        eq(STUDIO.balance, 0, "none");
        eq(token.ownerOf(1), taker, "sold");
    }

    function test_a_royalty_that_comes_in_sixty_kilobytes_is_read_as_far_as_it_goes() public {
        HostileToken token = _hostile();
        token.planRoyalty(STUDIO, 500, 0, 60_000);
        IExchange.Take memory its = take(_selling(token));
        vm.prank(taker);
        EXCHANGE.fill{value: PRICE, gas: 400_000}(its);
        eq(STUDIO.balance, royaltyOf(PRICE), "its first two words");
    }

    function test_a_royalty_for_nobody_is_none() public {
        HostileToken token = _hostile();
        token.planRoyalty(address(0), 500, 0, 0);
        uint256 before = maker.balance;
        IExchange.Take memory its = take(_selling(token));
        IExchange.Moved[] memory items = new IExchange.Moved[](1);
        items[0] = IExchange.Moved(address(token), 1, 1, maker, 0);
        bytes32 hash = EXCHANGE.hashOf(its.order);
        uint256 fee = feeOf(PRICE);
        vm.expectEmit();
        emit IExchange.Filled(hash, maker, taker, IExchange.Side.Sell, TFUEL, PRICE, fee, 1, items);
        fills(its);
        eq(maker.balance - before, PRICE - fee, "the seller's");
    }

    function test_a_royalty_that_makes_no_sense_is_none() public {
        HostileToken token = _hostile();
        bytes[3] memory answers = [abi.encode(type(uint256).max, PRICE / 100), abi.encode(STUDIO), bytes("")];
        for (uint256 i = 0; i < 3; ++i) {
            vm.mockCall(address(token), abi.encodeWithSelector(HostileToken.royaltyInfo.selector), answers[i]);
            fills(take(_selling(token)));
            token.rewind(maker, 1);
        }
        eq(STUDIO.balance, 0, "none");
        eq(address(EXCHANGE).balance, 3 * feeOf(PRICE), "nor is it kept");
    }

    /// Half of a price may be royalty, and the fee comes on top: the seller has the rest.
    function test_a_seller_may_agree_to_a_royalty_of_half_the_price() public {
        HostileToken token = _hostile();
        token.planRoyalty(STUDIO, 5000, 0, 0);
        IExchange.Order memory order = _selling(token);
        order.royaltyMax = 5000;
        uint256 before = maker.balance;
        fills(take(order));
        eq(STUDIO.balance, PRICE / 2, "half");
        eq(maker.balance - before, PRICE / 2 - feeOf(PRICE), "the rest");
    }

    function test_fees_in_tfuel_are_burned_and_shared() public {
        fills(take(listing(1)));
        _sharing(8000);
        vm.etch(Predeploys.EDGE_REWARDS, address(new HostileHolder()).code);
        vm.mockCall(Predeploys.EDGE_REWARDS, abi.encodeCall(IEdgeRewards.contribute, ()), "");
        uint256 fee = feeOf(PRICE);
        vm.expectEmit();
        emit ICheckout.DuesPassedOn(TFUEL, fee * 8 / 10, fee * 2 / 10);
        vm.prank(BOB);
        EXCHANGE.passOn(TFUEL);
        eq(Predeploys.BURN.balance, fee * 8 / 10, "burned");
        eq(EXCHANGE.duesIn(TFUEL), 0, "none left");
    }

    function test_fees_in_wtfuel_become_tfuel_and_are_burned_where_nobody_takes_a_share() public {
        IExchange.Order memory order = listing(1);
        order.currency = address(WTFUEL);
        fills(take(order));
        _sharing(8000);
        uint256 fee = feeOf(PRICE);
        vm.expectEmit();
        emit ICheckout.DuesPassedOn(address(WTFUEL), fee, 0);
        EXCHANGE.passOn(address(WTFUEL));
        eq(Predeploys.BURN.balance, fee, "burned");
        eq(WTFUEL.balanceOf(address(EXCHANGE)), 0, "unwrapped");
        eq(address(EXCHANGE).balance, 0, "and gone");
    }

    function test_fees_in_another_currency_go_to_governance() public {
        IExchange.Order memory order = listing(1);
        order.currency = address(_coins);
        fills(take(order));
        uint256 fee = feeOf(PRICE);
        vm.expectEmit();
        emit ICheckout.DuesPassedOn(address(_coins), 0, fee);
        EXCHANGE.passOn(address(_coins));
        eq(_coins.balanceOf(Predeploys.TIMELOCK), fee, "governance");
        eq(EXCHANGE.duesIn(address(_coins)), 0, "none left");
    }

    /// What is credited to somebody is nobody's fee, and what came unasked is.
    function test_dues_in_tfuel_are_what_is_nobodys() public {
        HostileHolder seller = new HostileHolder();
        seller.refuse();
        minted(looms, address(seller), 50);
        approves(address(seller), address(looms));
        IExchange.Order memory order = listing(50);
        (order.maker, order.counter) = (address(seller), 0);
        fills(take(order));
        uint256 credit = PRICE - feeOf(PRICE) - royaltyOf(PRICE);
        eq(EXCHANGE.credited(), credit, "credited");
        eq(EXCHANGE.duesIn(TFUEL), feeOf(PRICE), "the fee");
        vm.deal(address(EXCHANGE), address(EXCHANGE).balance + 7);
        eq(EXCHANGE.duesIn(TFUEL), feeOf(PRICE) + 7, "what was forced upon it");
        _sharing(10_000);
        EXCHANGE.passOn(TFUEL);
        eq(Predeploys.BURN.balance, feeOf(PRICE) + 7, "burned");
        eq(address(EXCHANGE).balance, credit, "the credit stays");
    }

    function test_nobody_sends_tfuel_by_mistake() public {
        vm.deal(BOB, 1 ether);
        vm.prank(BOB);
        (bool done,) = address(EXCHANGE).call{value: 1 ether}("");
        holds(!done, "refused");
    }

    function _sharing(uint256 share) private {
        vm.mockCall(
            Predeploys.PARAMETERS,
            abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.BurnShare)),
            abi.encode(share)
        );
    }

    function _selling(HostileToken token) private returns (IExchange.Order memory order) {
        order = terms();
        order.gives = list(given(address(token), 1));
    }

    function _hostile() private returns (HostileToken hostile) {
        hostile = new HostileToken();
        hostile.mint(maker, 1);
        approves(maker, address(hostile));
    }
}
