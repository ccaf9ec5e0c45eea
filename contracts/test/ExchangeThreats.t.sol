// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {Foreign721} from "./mocks/ForeignTokens.sol";
import {HostileHolder} from "./mocks/HostileHolder.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {OwnedAccount} from "./mocks/OwnedAccount.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wrapper} from "./mocks/Wrapper.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What people try who want more than they agreed to.
contract ExchangeThreatsTest is ExchangeWorld {
    bytes4 private constant REENTRANCY = bytes4(keccak256("Reentrancy()"));
    uint256 private constant GAS = 30_000_000;

    ICollection private _strict;

    function setUp() public override {
        super.setUp();
        _strict = collection(ICreation.Policy.Strict);
        minted(_strict, maker, 1);
        minted(_strict, maker, 2);
        approves(maker, address(_strict));
        approves(taker, address(_strict));
        vm.deal(BOB, FUNDS);
    }

    function test_threat_17_a_token_that_comes_back_revives_no_listing() public {
        IExchange.Take memory cheap = take(listing(1));
        IExchange.Take memory dear = take(listing(1));
        fills(dear);
        vm.prank(taker);
        looms.transferFrom(taker, maker, 1);
        bytes memory reason = abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 2);
        refused(BOB, cheap, reason);
        refused(BOB, dear, reason);
        moved(looms, maker, CAROL, 1);
        moved(looms, CAROL, maker, 1);
        refused(BOB, cheap, abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 4));
    }

    /// A token is borrowed against a swap for one that is worth nothing, or for one that stands for money.
    function test_threat_17_no_royalty_is_saved_by_a_swap() public {
        Foreign721 bearer = new Foreign721();
        bearer.mint(taker, 1);
        approves(taker, address(bearer));
        IExchange.Order memory order = swap(1, wanted(address(bearer), 1));
        order.gives = list(given(address(_strict), 1));
        bytes memory notSoldSo = abi.encodeWithSelector(IExchange.NotSoldSo.selector, _strict);
        refused(take(order), notSoldSo);
        (order.price, order.endPrice) = (1, 1);
        refused(take(order), notSoldSo);
        order = offer(wanted(address(_strict), 1));
        (order.maker, order.counter) = (taker, 0);
        order.gives = list(given(address(bearer), 1));
        IExchange.Take memory its = take(order);
        its.consent.signature = signature(TAKER_KEY, EXCHANGE.digestOf(order));
        refused(maker, its, notSoldSo);
    }

    /// In a bundle with one that is worth nothing, half of the price would pay no royalty.
    function test_threat_17_no_royalty_is_saved_by_a_bundle() public {
        Foreign721 worthless = new Foreign721();
        worthless.mint(maker, 1);
        approves(maker, address(worthless));
        bytes memory notSoldSo = abi.encodeWithSelector(IExchange.NotSoldSo.selector, _strict);
        IExchange.Order memory order = listing(1);
        order.gives = list(given(address(_strict), 1), given(address(worthless), 1));
        refused(take(order), notSoldSo);
        order.gives = list(given(address(worthless), 1), given(address(_strict), 1));
        refused(take(order), notSoldSo);
        order.gives = list(given(address(_strict), 1), given(address(_strict), 2));
        fills(take(order));
        eq(STUDIO.balance, royaltyOf(PRICE), "all of the price");
    }

    /// Who wraps a token trades the wrapper's for years.
    function test_threat_17_no_royalty_is_saved_by_a_wrapper() public {
        Wrapper wrapper = new Wrapper(address(_strict));
        approves(maker, address(wrapper));
        _strict.setApprovalForAll(address(wrapper), true);
        vm.prank(maker, maker);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICreation.TransferNotAllowed.selector, ICreation.Policy.Strict, wrapper, maker, wrapper
            )
        );
        wrapper.wrap(1);
        // By a sale it can have one, and the royalty is paid; but it can give it back by a sale alone.
        vm.prank(maker);
        _strict.approve(address(EXCHANGE), 1);
        IExchange.Take memory its = take(_selling(address(_strict), 1));
        its.recipient = address(wrapper);
        fills(its);
        eq(STUDIO.balance, royaltyOf(PRICE), "paid");
        vm.prank(address(wrapper), taker);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICreation.TransferNotAllowed.selector, ICreation.Policy.Strict, wrapper, wrapper, taker
            )
        );
        _strict.transferFrom(address(wrapper), taker, 1);
    }

    /// The limit of any policy (`ICreation.Policy`): both sides agree that the price is a wei, and what else is paid is paid elsewhere. It takes a private
    /// sale: at that price in public anybody buys.
    function test_threat_17_what_is_paid_beside_a_sale_no_policy_knows() public {
        IExchange.Order memory order = _selling(address(_strict), 1);
        (order.price, order.endPrice) = (1, 1);
        IExchange.Take memory its = take(order);
        fills(BOB, its);
        eq(_strict.ownerOf(1), BOB, "in public: whoever comes first");
        order = _selling(address(_strict), 2);
        (order.price, order.endPrice, order.taker) = (1, 1, taker);
        its = take(order);
        vm.prank(taker);
        EXCHANGE.fill{value: 1}(its);
        eq(STUDIO.balance, 0, "a royalty on a wei");
    }

    /// With little gas the question for the royalty fails, and so then does the rest.
    /// forge-config: default.fuzz.runs = 256
    function testFuzz_threat_17_no_royalty_is_saved_by_little_gas(uint256 gas, uint256 burns) public {
        HostileToken slow = _hostile();
        slow.planRoyalty(STUDIO, ROYALTY_BPS, within(burns, 0, 90_000), 0);
        IExchange.Take memory its = take(_selling(address(slow), 1));
        if (!_fillsWith(its, within(gas, 60_000, 400_000))) return;
        eq(slow.ownerOf(1), taker, "sold");
        eq(STUDIO.balance, royaltyOf(PRICE), "with the royalty");
    }

    function test_threat_17_no_royalty_is_saved_by_little_gas() public {
        uint256 sold;
        for (uint256 gas = 60_000; gas < 330_000; gas += 997) {
            uint256 before = vm.snapshotState();
            HostileToken slow = _hostile();
            slow.planRoyalty(STUDIO, ROYALTY_BPS, 80_000, 0);
            if (_fillsWith(take(_selling(address(slow), 1)), gas)) {
                eq(STUDIO.balance, royaltyOf(PRICE), "with the royalty");
                ++sold;
            }
            vm.revertToStateAndDelete(before);
        }
        holds(sold > 50, "enough gas was enough");
    }

    /// The same with a policy: a strict token that could not say so would be swapped.
    function test_no_policy_is_missed_for_little_gas() public {
        Foreign721 bearer = new Foreign721();
        bearer.mint(taker, 1);
        approves(taker, address(bearer));
        IExchange.Order memory order = swap(1, wanted(address(bearer), 1));
        order.gives = list(given(address(_strict), 1));
        IExchange.Take memory its = take(order);
        for (uint256 gas = 50_000; gas < 400_000; gas += 991) {
            holds(!_fillsWith(its, gas), "not swapped");
        }
    }

    /// A token that is too short of gas to say its nonce must not be taken for one that has none.
    function test_no_nonce_is_missed_for_little_gas() public {
        HostileToken shy = _hostile();
        shy.plan(HostileToken.Mood.Shy);
        IExchange.Take memory stale = take(_selling(address(shy), 1));
        vm.prank(maker);
        shy.transferFrom(maker, BOB, 1);
        vm.prank(BOB);
        shy.transferFrom(BOB, maker, 1);
        IExchange.Take memory fresh = take(_selling(address(shy), 1));
        eq(fresh.order.gives[0].nonce, 2, "it moved");
        uint256 sold;
        for (uint256 gas = 50_000; gas < 300_000; gas += 499) {
            holds(!_fillsWith(stale, gas), "an old listing");
            uint256 before = vm.snapshotState();
            if (_fillsWith(fresh, gas)) ++sold;
            vm.revertToStateAndDelete(before);
        }
        holds(sold > 100, "enough gas was enough");
    }

    function test_no_user_is_missed_for_little_gas() public {
        vm.warp(block.timestamp + 1);
        vm.prank(taker);
        looms.setUser(101, BOB, uint64(block.timestamp + 100));
        IExchange.Take memory its = take(offer(any(address(looms))), 1, 101);
        for (uint256 gas = 50_000; gas < 400_000; gas += 991) {
            holds(!_fillsWith(its, gas), "not sold");
        }
    }

    /// Whoever comes first takes what it pays for; whoever comes second is refused, or has the rest, and its money.
    function test_threat_17_nobody_else_gets_what_an_order_leaves_unused() public {
        IExchange.Order memory order = editionListing(10);
        fills(BOB, take(order, 7));
        uint256 before = taker.balance;
        refused(take(order, 10), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 10, 3));
        eq(taker.balance, before, "refused whole");
        IExchange.Take memory its = take(order, 3);
        vm.prank(taker);
        EXCHANGE.fill{value: 10 * PRICE}(its);
        eq(before - taker.balance, 3 * PRICE, "the rest, and the money back");
        eq(address(EXCHANGE).balance, 10 * feeOf(PRICE), "nothing lies here for others");
        eq(prints.balanceOf(address(EXCHANGE), EDITION), 0, "nor tokens");
        refused(BOB, take(order, 1), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
    }

    /// A take that was copied from the mempool pays the copier's money for what the copier names, and nobody else's.
    function test_threat_23_a_copied_take_gains_nothing() public {
        IExchange.Order memory order = listing(1);
        order.taker = taker;
        refused(BOB, take(order), abi.encodeWithSelector(IExchange.WrongTaker.selector, taker, BOB));
        fills(take(order));

        IExchange.Take memory its = take(listing(2));
        its.recipient = taker;
        uint256 before = taker.balance;
        uint256 bobs = BOB.balance;
        IExchange.Take[] memory takes = list(its, take(listing(3)));
        vm.prank(BOB);
        EXCHANGE.sweep{value: 2 * PRICE}(takes);
        eq(bobs - BOB.balance, 2 * PRICE, "it paid for both");
        eq(looms.ownerOf(2), taker, "one of them as the take says");
        eq(looms.ownerOf(3), BOB, "one for itself");
        vm.prank(taker);
        EXCHANGE.sweep{value: 2 * PRICE}(takes);
        eq(taker.balance, before, "who was copied has its money");

        order = offer(wanted(address(looms), 101));
        refused(BOB, take(order), abi.encodeWithSelector(ICollection.TransferFromIncorrectOwner.selector));
    }

    /// Money goes from takers to makers, creators and the protocol, and there is no other that a trade moves.
    function test_threat_16_nothing_is_paid_for_trading() public {
        uint256 before = maker.balance + taker.balance;
        for (uint256 i = 0; i < 5; ++i) {
            fills(take(listing(1)));
            vm.prank(taker);
            looms.transferFrom(taker, maker, 1);
        }
        eq(before - maker.balance - taker.balance, 5 * (feeOf(PRICE) + royaltyOf(PRICE)), "it costs them");
        eq(STUDIO.balance, 5 * royaltyOf(PRICE), "royalties");
        eq(EXCHANGE.duesIn(TFUEL), 5 * feeOf(PRICE), "fees");
        eq(EXCHANGE.credited(), 0, "and nobody is owed anything");
    }

    function test_threat_14_receivers_that_call_back() public {
        HostileHolder holder = new HostileHolder();
        minted(prints, address(holder), EDITION, 5);
        approves(address(holder), address(prints));
        IExchange.Order memory order = editionListing(2);
        (order.maker, order.counter) = (address(holder), 0);
        holder.plan(address(EXCHANGE), abi.encodeCall(EXCHANGE.incrementCounter, ()));
        fills(take(order, 1));
        eq(holder.attempts(), 1, "when it is paid");
        holder.plan(address(EXCHANGE), abi.encodeCall(EXCHANGE.fill, (take(listing(1)))));
        IExchange.Take memory its = take(editionListing(1));
        its.recipient = address(holder);
        fills(its);
        eq(holder.attempts(), 2, "when it receives an edition");
        eq(bytes32(holder.refusal()), bytes32(REENTRANCY), "why");
        IExchange.Order[] memory orders = new IExchange.Order[](1);
        orders[0] = order;
        bytes[4] memory calls = [
            abi.encodeCall(EXCHANGE.sweep, (list(take(listing(1))))),
            abi.encodeCall(EXCHANGE.incrementCounter, ()),
            abi.encodeCall(EXCHANGE.cancel, (orders)),
            // What a fill is paid with lies here as well.
            abi.encodeCall(EXCHANGE.passOn, (TFUEL))
        ];
        for (uint256 i = 0; i < 4; ++i) {
            holder.plan(address(EXCHANGE), calls[i]);
            its = take(editionListing(1));
            its.recipient = address(holder);
            fills(its);
            eq(bytes32(holder.refusal()), bytes32(REENTRANCY), "none of them");
        }
        eq(holder.successes(), 0, "never");
        eq(looms.ownerOf(1), maker, "not sold");
    }

    function test_threat_14_a_token_that_calls_back() public {
        HostileToken hostile = _hostile();
        hostile.planCall(address(EXCHANGE), abi.encodeCall(EXCHANGE.fill, (take(listing(1)))));
        fills(take(_selling(address(hostile), 1)));
        eq(hostile.attempts(), 1, "it tried");
        eq(hostile.successes(), 0, "in vain");
        eq(bytes32(hostile.refusal()), bytes32(REENTRANCY), "why");
        IExchange.Royalties memory owed = IExchange.Royalties(address(hostile), PRICE);
        hostile.planCall(address(EXCHANGE), abi.encodeCall(EXCHANGE.fillFor, (take(listing(1)), taker, PRICE, owed)));
        fills(take(offer(wanted(address(hostile), 101))));
        eq(bytes32(hostile.refusal()), bytes32(IExchange.OnlySelf.selector), "nor so");
    }

    /// While a sweep is under way, money lies here that is nobody's yet.
    function test_threat_14_what_is_in_a_sweep_is_not_withdrawn() public {
        HostileHolder seller = new HostileHolder();
        minted(prints, address(seller), EDITION, 5);
        approves(address(seller), address(prints));
        IExchange.Order memory order = editionListing(1);
        (order.maker, order.counter) = (address(seller), 0);
        seller.plan(address(EXCHANGE), abi.encodeCall(EXCHANGE.withdraw, ()));
        IExchange.Take[] memory takes = list(take(order), take(listing(1)));
        vm.prank(taker);
        EXCHANGE.sweep{value: 2 * PRICE}(takes);
        eq(seller.attempts(), 1, "it tried");
        eq(seller.successes(), 0, "in vain");
        eq(address(EXCHANGE).balance, 2 * feeOf(PRICE), "dues");
    }

    /// The maker is called between what it gets and what it gives, and gives the token a user.
    function test_a_maker_that_is_called_gives_no_worse_than_it_signed() public {
        HostileHolder holder = new HostileHolder();
        minted(looms, address(holder), 50);
        approves(address(holder), address(looms));
        vm.warp(block.timestamp + 1);
        IExchange.Order memory order = listing(50);
        (order.maker, order.counter) = (address(holder), 0);
        order.wants = list(amount(address(prints), EDITION + 1, 1));
        holder.plan(address(looms), abi.encodeCall(ICollection.setUser, (50, BOB, uint64(block.timestamp + 300 days))));
        refused(take(order), abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 50, 0, 1));
        // Or it empties the account that the token owns.
        OwnedAccount account = new OwnedAccount(address(looms), 50);
        vm.deal(address(account), 5 ether);
        order.bounds = new IExchange.Bound[](1);
        order.bounds[0] = IExchange.Bound(address(account), 0);
        holder.plan(address(account), abi.encodeCall(OwnedAccount.execute, (CAROL, 5 ether, "")));
        refused(take(order), abi.encodeWithSelector(IExchange.AccountChanged.selector, account, 1));
        // When it is paid it is too late.
        order.wants = new IExchange.Item[](0);
        fills(take(order));
        eq(looms.ownerOf(50), taker, "sold");
        eq(address(account).balance, 5 ether, "with all that was in it");
        eq(holder.attempts(), 1, "it tried");
        eq(holder.successes(), 0, "in vain");
    }

    /// In a bundle or against money, a token that lies about its nonce would sell what else is in the order again and again.
    function test_a_token_that_lies_about_its_nonce_sells_nothing_twice() public {
        HostileToken liar = _hostile();
        liar.plan(HostileToken.Mood.Counting);
        IExchange.Order memory order = terms();
        order.gives = list(given(address(liar), 1), amount(address(prints), EDITION, 5));
        fills(take(order));
        liar.rewind(maker, 1);
        refused(take(order), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
        order = offer(wanted(address(looms), 101));
        order.gives = list(given(address(liar), 1));
        fills(take(order));
        liar.rewind(maker, 1);
        refused(take(order), abi.encodeWithSelector(IExchange.UnitsNotLeft.selector, 1, 0));
        // Beside a token that does not lie, it does not matter.
        order = terms();
        order.gives = list(given(address(liar), 1), given(address(looms), 1));
        fills(take(order));
        liar.rewind(maker, 1);
        refused(take(order), abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 1, 0, 1));
    }

    /// An approval is no consent: nothing leaves a maker without an order that it signed.
    function test_approvals_alone_move_nothing() public {
        IExchange.Order memory order = listing(1);
        IExchange.Take memory its;
        (its.order, its.units) = (order, 1);
        for (uint256 length = 0; length <= 130; length += 13) {
            its.consent.signature = new bytes(length);
            refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, maker));
        }
        order = offer(wanted(address(looms), 101));
        its.order = order;
        refused(its, abi.encodeWithSelector(IExchange.NotSigned.selector, maker));
    }

    /// Whatever a part of an order is, it costs its share to the wei: parts are not cheaper than the whole.
    /// forge-config: default.fuzz.runs = 128
    function testFuzz_parts_cost_what_the_whole_does(uint256 seed, uint256 first) public {
        IExchange.Order memory order = editionListing(10);
        order.price = uint128(within(seed, 1, 1e6));
        order.endPrice = uint128(within(seed >> 128, 1, order.price));
        vm.warp(order.from + within(seed >> 64, 0, DAY));
        uint256 price = priceNow(order);
        first = within(first, 1, 9);
        uint256 before = taker.balance;
        fills(take(order, uint32(first)));
        fills(take(order, uint32(10 - first)));
        eq(before - taker.balance, 10 * price, "the whole");
    }

    function _selling(address token, uint256 id) private returns (IExchange.Order memory order) {
        order = terms();
        order.gives = list(given(token, id));
    }

    function _hostile() private returns (HostileToken hostile) {
        hostile = new HostileToken();
        hostile.mint(maker, 1);
        hostile.mint(taker, 101);
        approves(maker, address(hostile));
        approves(taker, address(hostile));
    }

    function _fillsWith(IExchange.Take memory its, uint256 gas) private returns (bool done) {
        bytes memory call = abi.encodeCall(EXCHANGE.fill, (its));
        uint256 value = costOf(its);
        vm.prank(taker);
        (done,) = address(EXCHANGE).call{value: value, gas: gas}(call);
    }
}
