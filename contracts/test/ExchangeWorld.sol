// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Exchange} from "../src/nft/Exchange.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IExchange} from "../src/interfaces/IExchange.sol";
import {IWtfuel} from "../src/interfaces/IWtfuel.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wtfuel} from "../src/token/Wtfuel.sol";
import {eq, vm} from "./Vm.sol";

/// @dev The exchange where genesis puts it, collections and editions of the real factory, and a maker and a taker whose keys are known.
abstract contract ExchangeWorld is CreationWorld {
    Exchange internal constant EXCHANGE = Exchange(payable(Predeploys.EXCHANGE));
    IWtfuel internal constant WTFUEL = IWtfuel(payable(Predeploys.WTFUEL));
    address internal constant TFUEL = address(0);

    uint256 internal constant MAKER_KEY = 0x3a4e4;
    uint256 internal constant TAKER_KEY = 0x7a4e4;
    uint256 internal constant FUNDS = 1_000_000 ether;
    uint128 internal constant PRICE = 10 ether;
    uint40 internal constant DAY = 1 days;
    uint256 internal constant EDITION = 7;
    /// @dev What sellers agree to.
    uint16 internal constant ROYALTY_MOST = 1000;

    address internal maker;
    address internal taker;
    ICollection internal looms;
    IEditions internal prints;
    uint256 private _orders;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.EXCHANGE, address(new Exchange()).code);
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
        (maker, taker) = (vm.addr(MAKER_KEY), vm.addr(TAKER_KEY));
        looms = collection(ICreation.Policy.Operators);
        prints = editions(ICreation.Policy.Operators);
        for (uint256 id = 1; id <= 12; ++id) {
            minted(looms, maker, id);
            minted(looms, taker, 100 + id);
        }
        minted(prints, maker, EDITION, 1000);
        minted(prints, taker, EDITION + 1, 1000);
        funded(maker);
        funded(taker);
    }

    /// @dev With TFUEL and WTFUEL, and tokens and money approved.
    function funded(address account) internal {
        vm.deal(account, 2 * FUNDS);
        vm.prank(account);
        WTFUEL.deposit{value: FUNDS}();
        vm.prank(account);
        WTFUEL.approve(address(EXCHANGE), type(uint256).max);
        approves(account, address(looms));
        approves(account, address(prints));
    }

    function approves(address account, address token) internal {
        vm.prank(account);
        ICollection(token).setApprovalForAll(address(EXCHANGE), true);
    }

    /// @dev The maker's token for a price in TFUEL.
    function listing(uint256 id) internal returns (IExchange.Order memory order) {
        order = terms();
        order.gives = list(given(address(looms), id));
    }

    /// @dev The maker's prints, so many units of one each.
    function editionListing(uint32 units) internal returns (IExchange.Order memory order) {
        order = terms();
        (order.units, order.gives) = (units, list(amount(address(prints), EDITION, 1)));
    }

    /// @dev The maker's WTFUEL for a token.
    function offer(IExchange.Item memory wanted_) internal returns (IExchange.Order memory order) {
        order = terms();
        (order.side, order.currency, order.royaltyMax) = (IExchange.Side.Buy, address(WTFUEL), 0);
        order.wants = list(wanted_);
    }

    /// @dev The maker's token for one of the taker's, and no money.
    function swap(uint256 id, IExchange.Item memory wanted_) internal returns (IExchange.Order memory order) {
        order = listing(id);
        (order.price, order.endPrice, order.wants) = (0, 0, list(wanted_));
    }

    /// @dev Of a sale by the maker for TFUEL, of nothing yet.
    function terms() internal returns (IExchange.Order memory order) {
        order.maker = maker;
        (order.price, order.endPrice) = (PRICE, PRICE);
        (order.from, order.until) = (uint40(block.timestamp), uint40(block.timestamp) + DAY);
        (order.units, order.royaltyMax, order.salt) = (1, ROYALTY_MOST, ++_orders);
        order.counter = EXCHANGE.counterOf(maker);
    }

    function given(address token, uint256 id) internal view returns (IExchange.Item memory) {
        uint64 nonce = EXCHANGE.nonceOf(token, id);
        return IExchange.Item(IExchange.Standard.ERC721, IExchange.Criteria.Exact, token, id, 1, nonce);
    }

    function wanted(address token, uint256 id) internal pure returns (IExchange.Item memory) {
        return IExchange.Item(IExchange.Standard.ERC721, IExchange.Criteria.Exact, token, id, 1, 0);
    }

    function any(address token) internal pure returns (IExchange.Item memory) {
        return IExchange.Item(IExchange.Standard.ERC721, IExchange.Criteria.Any, token, 0, 1, 0);
    }

    function oneOf(address token, bytes32 root) internal pure returns (IExchange.Item memory) {
        return IExchange.Item(IExchange.Standard.ERC721, IExchange.Criteria.OneOf, token, uint256(root), 1, 0);
    }

    function amount(address token, uint256 id, uint128 amount_) internal pure returns (IExchange.Item memory) {
        return IExchange.Item(IExchange.Standard.ERC1155, IExchange.Criteria.Exact, token, id, amount_, 0);
    }

    /// @dev All units of an order that the maker signs.
    function take(IExchange.Order memory order) internal view returns (IExchange.Take memory) {
        return take(order, order.units);
    }

    function take(IExchange.Order memory order, uint32 units) internal view returns (IExchange.Take memory its) {
        (its.order, its.units, its.royaltyMax) = (order, units, ROYALTY_MOST);
        its.consent.signature = signature(MAKER_KEY, EXCHANGE.digestOf(order));
    }

    /// @dev With one choice, of no set.
    function take(IExchange.Order memory order, uint32 units, uint256 id)
        internal
        view
        returns (IExchange.Take memory its)
    {
        its = take(order, units);
        its.choices = new IExchange.Choice[](1);
        its.choices[0].id = id;
    }

    function fills(IExchange.Take memory its) internal {
        fills(taker, its);
    }

    /// @dev With just the TFUEL that it costs.
    function fills(address by, IExchange.Take memory its) internal {
        uint256 value = costOf(its);
        vm.prank(by);
        EXCHANGE.fill{value: value}(its);
    }

    function costOf(IExchange.Take memory its) internal view returns (uint256) {
        if (its.order.currency != TFUEL) return 0;
        return priceNow(its.order) * its.units;
    }

    function priceNow(IExchange.Order memory order) internal view returns (uint256) {
        return EXCHANGE.priceAt(order, block.timestamp);
    }

    function refused(IExchange.Take memory its, bytes memory reason) internal {
        refused(taker, its, reason);
    }

    function refused(address by, IExchange.Take memory its, bytes memory reason) internal {
        vm.prank(by);
        vm.expectRevert(reason);
        EXCHANGE.fill{value: 100 * PRICE}(its);
    }

    function list(IExchange.Item memory one) internal pure returns (IExchange.Item[] memory all) {
        all = new IExchange.Item[](1);
        all[0] = one;
    }

    function list(IExchange.Item memory one, IExchange.Item memory two)
        internal
        pure
        returns (IExchange.Item[] memory all)
    {
        all = new IExchange.Item[](2);
        (all[0], all[1]) = (one, two);
    }

    function list(IExchange.Take memory one) internal pure returns (IExchange.Take[] memory all) {
        all = new IExchange.Take[](1);
        all[0] = one;
    }

    function list(IExchange.Take memory one, IExchange.Take memory two)
        internal
        pure
        returns (IExchange.Take[] memory all)
    {
        all = new IExchange.Take[](2);
        (all[0], all[1]) = (one, two);
    }

    function list(IExchange.Order memory one) internal pure returns (IExchange.Order[] memory all) {
        all = new IExchange.Order[](1);
        all[0] = one;
    }

    function feeOf(uint256 price) internal pure returns (uint256) {
        return price / 100;
    }

    function royaltyOf(uint256 price) internal pure returns (uint256) {
        return price * ROYALTY_BPS / 10_000;
    }

    function restOf(uint256 price) internal pure returns (uint256) {
        return price - feeOf(price) - royaltyOf(price);
    }
}
