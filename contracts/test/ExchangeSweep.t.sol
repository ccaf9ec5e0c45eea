// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ExchangeWorld} from "./ExchangeWorld.sol";
import {HostileHolder} from "./mocks/HostileHolder.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {Vm, eq, holds, vm, within} from "./Vm.sol";

/// @dev Many takes at once: each is filled or leaves nothing, whatever the others do.
contract ExchangeSweepTest is ExchangeWorld {
    uint256 private constant GAS = 30_000_000;

    function test_a_sweep_fills_all_that_it_can() public {
        IExchange.Take[] memory takes = _listings(5);
        takes[1].order.price += 1;
        moved(looms, maker, BOB, 4);
        bytes memory notSigned = abi.encodeWithSelector(IExchange.NotSigned.selector, maker);
        bytes memory nonceMoved = abi.encodeWithSelector(IExchange.NonceMoved.selector, looms, 4, 0, 1);
        uint256 before = taker.balance;
        vm.expectEmit();
        emit IExchange.Skipped(EXCHANGE.hashOf(takes[1].order), 1, notSigned);
        vm.expectEmit();
        emit IExchange.Skipped(EXCHANGE.hashOf(takes[3].order), 3, nonceMoved);
        IExchange.Outcome[] memory outcomes = _sweep(takes, 5 * PRICE);
        eq(before - taker.balance, 3 * PRICE, "the rest came back");
        for (uint256 i = 0; i < 5; ++i) {
            bool skipped = i == 1 || i == 3;
            holds(outcomes[i].filled != skipped, "outcome");
            holds((looms.ownerOf(i + 1) == taker) != skipped, "token");
            if (!skipped) eq(outcomes[i].reason.length, 0, "no reason");
        }
        eq(keccak256(outcomes[1].reason), keccak256(notSigned), "why");
        eq(keccak256(outcomes[3].reason), keccak256(nonceMoved), "why");
        eq(address(EXCHANGE).balance, 3 * feeOf(PRICE), "nothing else stays");
    }

    function test_what_was_sent_is_spent_once() public {
        uint256 before = taker.balance;
        IExchange.Outcome[] memory outcomes = _sweep(_listings(3), 2 * PRICE);
        holds(outcomes[0].filled && outcomes[1].filled && !outcomes[2].filled, "two");
        bytes memory reason = abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, PRICE, 0);
        eq(keccak256(outcomes[2].reason), keccak256(reason), "nothing is left");
        eq(before - taker.balance, 2 * PRICE, "paid");
        outcomes = _sweep(list(take(listing(3)), take(listing(4))), 2 * PRICE - 1);
        reason = abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, PRICE, PRICE - 1);
        eq(keccak256(outcomes[1].reason), keccak256(reason), "a wei too little");
        eq(before - taker.balance, 3 * PRICE, "paid");
    }

    /// Fees and credits lie here, and an order that is filled in a sweep of others must not be paid with them.
    function test_what_lies_in_the_exchange_pays_for_nothing() public {
        HostileHolder seller = new HostileHolder();
        seller.refuse();
        minted(looms, address(seller), 50);
        approves(address(seller), address(looms));
        IExchange.Order memory order = listing(50);
        (order.maker, order.counter, order.gives[0].nonce) = (address(seller), 0, 0);
        (order.price, order.endPrice) = (100 * PRICE, 100 * PRICE);
        fills(take(order));
        uint256 held = address(EXCHANGE).balance;
        eq(held, EXCHANGE.creditOf(address(seller)) + EXCHANGE.duesIn(TFUEL), "fees and a credit");
        holds(held > 90 * PRICE, "more than enough");
        IExchange.Outcome[] memory outcomes = _sweep(list(take(listing(1)), take(listing(2))), PRICE);
        holds(outcomes[0].filled && !outcomes[1].filled, "one");
        IExchange.Take memory its = take(listing(3));
        vm.prank(taker);
        vm.expectRevert(abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, PRICE, 0));
        EXCHANGE.fill(its);
        eq(address(EXCHANGE).balance, held + feeOf(PRICE), "and a fee");
    }

    function test_a_take_that_fails_leaves_nothing() public {
        HostileToken hostile = _hostile();
        hostile.plan(HostileToken.Mood.Lazy);
        ICreation.Voucher memory what = voucher(maker, EDITION);
        IExchange.Order memory order = terms();
        order.gives = list(amount(address(prints), EDITION, 1), given(address(hostile), 1));
        IExchange.Take memory its = take(order);
        its.mintings = new IExchange.Minting[](1);
        its.mintings[0] = IExchange.Minting(address(prints), what, signed(address(prints), what), 1);
        uint256 supply = prints.totalSupply(EDITION);
        IExchange.Outcome[] memory outcomes = _sweep(list(its, take(listing(1))), 2 * PRICE);
        holds(!outcomes[0].filled && outcomes[1].filled, "only the other");
        bytes memory reason = abi.encodeWithSelector(IExchange.NotAToken.selector, hostile);
        eq(keccak256(outcomes[0].reason), keccak256(reason), "as late as can be");
        eq(prints.totalSupply(EDITION), supply, "nothing was minted");
        eq(prints.balanceOf(taker, EDITION), 0, "no token moved");
        eq(EXCHANGE.filledOf(EXCHANGE.hashOf(order)), 0, "no unit was filled");
        eq(EXCHANGE.duesIn(TFUEL), feeOf(PRICE), "no fee");
    }

    function test_one_listing_is_swept_once() public {
        IExchange.Take memory its = take(listing(1));
        uint256 before = taker.balance;
        IExchange.Outcome[] memory outcomes = _sweep(list(its, its), 2 * PRICE);
        holds(outcomes[0].filled && !outcomes[1].filled, "once");
        eq(before - taker.balance, PRICE, "paid once");
    }

    function test_a_sweep_sells_into_offers_too() public {
        IExchange.Take[] memory takes = new IExchange.Take[](3);
        IExchange.Order memory order = offer(any(address(looms)));
        order.units = 2;
        (takes[0], takes[1], takes[2]) = (take(order, 1, 101), take(order, 1, 102), take(listing(1)));
        _sweep(takes, PRICE);
        eq(looms.ownerOf(101), maker, "one");
        eq(looms.ownerOf(102), maker, "and one");
        eq(looms.ownerOf(1), taker, "and one bought");
        eq(WTFUEL.balanceOf(taker), FUNDS + 2 * restOf(PRICE), "paid");
    }

    function test_an_empty_sweep_is_none() public {
        vm.expectRevert(abi.encodeWithSelector(IExchange.WrongTerms.selector));
        EXCHANGE.sweep(new IExchange.Take[](0));
    }

    function test_who_does_not_take_back_what_it_sent_sweeps_nothing() public {
        HostileHolder buyer = new HostileHolder();
        buyer.refuse();
        vm.deal(address(buyer), 10 * PRICE);
        bytes memory call = abi.encodeCall(EXCHANGE.sweep, (list(take(listing(1)))));
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, buyer, PRICE));
        buyer.perform(address(EXCHANGE), 2 * PRICE, call);
        buyer.perform(address(EXCHANGE), PRICE, call);
        eq(looms.ownerOf(1), address(buyer), "with just the price");
    }

    function test_no_take_burns_the_gas_of_others() public {
        HostileToken hostile = _hostile();
        hostile.plan(HostileToken.Mood.Burning);
        IExchange.Take[] memory takes = _listings(5);
        (takes[0], takes[4]) = (_of(hostile), _of(hostile));
        IExchange.Outcome[] memory outcomes = _sweepWith(takes, 5 * PRICE, 2_000_000);
        for (uint256 i = 0; i < 5; ++i) {
            holds(outcomes[i].filled == (i != 0 && i != 4), "the others");
        }
        eq(outcomes[0].reason.length, 0, "it says nothing");
    }

    function test_a_reason_is_256_bytes_at_most() public {
        HostileToken hostile = _hostile();
        hostile.plan(HostileToken.Mood.Bombing);
        IExchange.Outcome[] memory outcomes = _sweepWith(list(_of(hostile), take(listing(1))), 2 * PRICE, 2_000_000);
        eq(outcomes[0].reason.length, 256, "bounded");
        holds(!outcomes[0].filled && outcomes[1].filled, "the other");
    }

    /// An estimate of gas looks for the least with which the call succeeds: that must not be a sweep without gas for its takes.
    /// forge-config: default.fuzz.runs = 128
    function testFuzz_a_sweep_that_succeeds_had_gas_for_all(uint256 gas) public {
        IExchange.Take[] memory takes = _listings(4);
        gas = within(gas, 100_000, 2_000_000);
        bytes memory call = abi.encodeCall(EXCHANGE.sweep, (takes));
        vm.prank(taker);
        (bool done, bytes memory answer) = address(EXCHANGE).call{value: 4 * PRICE, gas: gas}(call);
        if (!done) return eq(bytes32(answer), bytes32(IExchange.TooLittleGas.selector), "why");
        IExchange.Outcome[] memory outcomes = abi.decode(answer, (IExchange.Outcome[]));
        for (uint256 i = 0; i < 4; ++i) {
            holds(outcomes[i].filled, "filled");
        }
    }

    /// Orders are others' words: one that no contract can read must not stop the rest.
    function test_an_order_that_cannot_be_read_is_skipped() public {
        IExchange.Take[] memory takes = _listings(3);
        bytes memory call = abi.encodeCall(EXCHANGE.sweep, (takes));
        // The second take begins with the place of its order, whose third word is its side.
        uint256 place = 4 + 32 + 32 + _wordIn(call, 4 + 32 + 32 + 32);
        place += _wordIn(call, place) + 2 * 32;
        eq(_wordIn(call, place), 0, "a sale");
        call[place + 31] = bytes1(uint8(7));
        vm.recordLogs();
        vm.prank(taker);
        (bool done, bytes memory answer) = address(EXCHANGE).call{value: 3 * PRICE, gas: GAS}(call);
        holds(done, "done");
        IExchange.Outcome[] memory outcomes = abi.decode(answer, (IExchange.Outcome[]));
        holds(outcomes[0].filled && !outcomes[1].filled && outcomes[2].filled, "the others");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 skips;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IExchange.Skipped.selector) continue;
            ++skips;
            eq(logs[i].topics[1], 0, "without a hash");
        }
        eq(skips, 1, "one");
    }

    /// One payment for all that are one creator's in a row, whatever is skipped between them; then another creator's.
    function test_royalties_in_a_row_are_paid_once() public {
        (HostileHolder first, HostileHolder second) = (_counting(), _counting());
        IExchange.Take[] memory takes = new IExchange.Take[](7);
        for (uint256 i = 0; i < 7; ++i) {
            bool others = i == 3 || i == 4;
            takes[i] = _ofRoyalty(others ? address(second) : address(first), others ? 1000 : ROYALTY_BPS);
        }
        // Skipped after money for its royalty would have been sent; none of a third; and one in another currency.
        HostileToken(takes[1].order.gives[0].token).plan(HostileToken.Mood.Lazy);
        HostileToken(takes[2].order.gives[0].token).planRoyalty(address(0), 0, 0, 0);
        takes[6] = take(_in(address(WTFUEL), takes[6].order));
        uint256 before = maker.balance;
        IExchange.Outcome[] memory outcomes = _sweep(takes, 7 * PRICE);
        for (uint256 i = 0; i < 7; ++i) {
            holds(outcomes[i].filled != (i == 1), "but one");
        }
        eq(first.attempts(), 2, "before the second's and after");
        eq(address(first).balance, 2 * royaltyOf(PRICE), "of two for TFUEL");
        eq(WTFUEL.balanceOf(address(first)), royaltyOf(PRICE), "and one for WTFUEL");
        eq(second.attempts(), 1, "at once");
        eq(address(second).balance, 2 * PRICE / 10, "of two");
        uint256 royalties = 2 * royaltyOf(PRICE) + 2 * PRICE / 10;
        eq(maker.balance - before, 5 * (PRICE - feeOf(PRICE)) - royalties, "the rest");
        eq(address(EXCHANGE).balance, 5 * feeOf(PRICE), "dues alone");
    }

    /// Else the second would have a share of gas for no bytes, and the first what is left.
    function test_takes_share_no_bytes() public {
        bytes memory call = abi.encodeCall(EXCHANGE.sweep, (_listings(2)));
        uint256 first = 4 + 32 + 32;
        uint256 place = _wordIn(call, first);
        for (uint256 i = 0; i < 32; ++i) {
            call[first + 32 + i] = bytes1(uint8(place >> (248 - 8 * i)));
        }
        vm.prank(taker);
        (bool done, bytes memory answer) = address(EXCHANGE).call{value: 2 * PRICE, gas: GAS}(call);
        holds(!done, "not so");
        eq(bytes32(answer), bytes32(IExchange.WrongTerms.selector), "why");
    }

    /// @dev Of a token of its own.
    function _ofRoyalty(address to, uint256 bps) private returns (IExchange.Take memory) {
        HostileToken token = _hostile();
        token.plan(HostileToken.Mood.Counting);
        token.planRoyalty(to, bps, 0, 0);
        return _of(token);
    }

    function _in(address currency, IExchange.Order memory order) private pure returns (IExchange.Order memory) {
        order.currency = currency;
        return order;
    }

    /// @dev Counts its payments.
    function _counting() private returns (HostileHolder receiver) {
        receiver = new HostileHolder();
        receiver.plan(address(EXCHANGE), "");
    }

    function _listings(uint256 count) private returns (IExchange.Take[] memory takes) {
        takes = new IExchange.Take[](count);
        for (uint256 i = 0; i < count; ++i) {
            takes[i] = take(listing(i + 1));
        }
    }

    function _sweep(IExchange.Take[] memory takes, uint256 value) private returns (IExchange.Outcome[] memory) {
        vm.prank(taker);
        return EXCHANGE.sweep{value: value}(takes);
    }

    function _sweepWith(IExchange.Take[] memory takes, uint256 value, uint256 gas)
        private
        returns (IExchange.Outcome[] memory)
    {
        vm.prank(taker);
        return EXCHANGE.sweep{value: value, gas: gas}(takes);
    }

    function _hostile() private returns (HostileToken hostile) {
        hostile = new HostileToken();
        hostile.mint(maker, 1);
        approves(maker, address(hostile));
    }

    function _of(HostileToken hostile) private returns (IExchange.Take memory) {
        IExchange.Order memory order = terms();
        order.gives = list(given(address(hostile), 1));
        return take(order);
    }

    function _wordIn(bytes memory from, uint256 place) private pure returns (uint256 word) {
        for (uint256 i = 0; i < 32; ++i) {
            word = word << 8 | uint8(from[place + i]);
        }
    }
}
