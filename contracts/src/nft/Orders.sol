// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {LibString} from "solady/utils/LibString.sol";
import {IExchange} from "../interfaces/IExchange.sol";

/// @dev What an order is by itself: its hash by EIP-712, whether its terms mean one thing, and its price at a time.
library Orders {
    uint256 internal constant HEIGHT_MAX = 16;
    uint256 private constant ITEMS_MAX = 32;
    uint256 private constant BOUNDS_MAX = 8;
    /// @dev Basis points. With the fee, more than two fifths are left to the seller.
    uint256 private constant ROYALTY_MAX = 5000;

    string private constant BOUND = "Bound(address account,uint256 state)";
    string private constant ITEM =
        "Item(uint8 standard,uint8 criteria,address token,uint256 id,uint128 amount,uint64 nonce)";
    string private constant ORDER =
        "Order(address maker,address taker,uint8 side,address currency,uint128 price,uint128 endPrice,uint40 from,uint40 until,uint32 units,uint16 royaltyMax,uint256 counter,uint256 salt,Item[] gives,Item[] wants,Bound[] bounds)";
    string private constant BRACKETS = "[2][2][2][2][2][2][2][2][2][2][2][2][2][2][2][2]";

    /// @dev Written out once more: only literals are hashed by the compiler. Tests compare.
    bytes32 private constant BOUND_TYPE = keccak256("Bound(address account,uint256 state)");
    bytes32 private constant ITEM_TYPE =
        keccak256("Item(uint8 standard,uint8 criteria,address token,uint256 id,uint128 amount,uint64 nonce)");
    bytes32 private constant ORDER_TYPE = keccak256(
        "Order(address maker,address taker,uint8 side,address currency,uint128 price,uint128 endPrice,uint40 from,uint40 until,uint32 units,uint16 royaltyMax,uint256 counter,uint256 salt,Item[] gives,Item[] wants,Bound[] bounds)"
        "Bound(address account,uint256 state)"
        "Item(uint8 standard,uint8 criteria,address token,uint256 id,uint128 amount,uint64 nonce)"
    );

    function hash(IExchange.Order calldata order) internal pure returns (bytes32) {
        bytes32[] memory words = EfficientHashLib.malloc(16);
        EfficientHashLib.set(words, 0, ORDER_TYPE);
        EfficientHashLib.set(words, 1, uint160(order.maker));
        EfficientHashLib.set(words, 2, uint160(order.taker));
        EfficientHashLib.set(words, 3, uint8(order.side));
        EfficientHashLib.set(words, 4, uint160(order.currency));
        EfficientHashLib.set(words, 5, order.price);
        EfficientHashLib.set(words, 6, order.endPrice);
        EfficientHashLib.set(words, 7, order.from);
        EfficientHashLib.set(words, 8, order.until);
        EfficientHashLib.set(words, 9, order.units);
        EfficientHashLib.set(words, 10, order.royaltyMax);
        EfficientHashLib.set(words, 11, order.counter);
        EfficientHashLib.set(words, 12, order.salt);
        EfficientHashLib.set(words, 13, _hash(order.gives));
        EfficientHashLib.set(words, 14, _hash(order.wants));
        EfficientHashLib.set(words, 15, _hash(order.bounds));
        return EfficientHashLib.hash(words);
    }

    /// @dev What is signed of a tree of 2^`height` orders, height 1 to 16.
    function bulkHash(bytes32 root, uint256 height) internal pure returns (bytes32) {
        string memory brackets = LibString.slice(BRACKETS, 0, 3 * height);
        bytes32 type_ = keccak256(bytes.concat("BulkOrder(Order", bytes(brackets), " tree)", bytes(BOUND), bytes(ITEM), bytes(ORDER)));
        return EfficientHashLib.hash(type_, root);
    }

    /// @dev The root of the tree in which a leaf is number `index`: left or right by the bits of that.
    function rootOf(bytes32 leaf, uint256 index, bytes32[] calldata proof) internal pure returns (bytes32 node) {
        node = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            bool right = (index >> i) & 1 == 1;
            node = right ? EfficientHashLib.hash(proof[i], node) : EfficientHashLib.hash(node, proof[i]);
        }
    }

    /// @dev Rounded for the maker: it never gets less, nor pays more, than what lies on the line between the prices.
    function priceAt(IExchange.Order calldata order, uint256 time) internal pure returns (uint256) {
        (uint256 price, uint256 endPrice, uint256 from) = (order.price, order.endPrice, order.from);
        if (price == endPrice || time == from) return price;
        (uint256 passed, uint256 whole) = (time - from, order.until - from);
        return price > endPrice
            ? price - (price - endPrice) * passed / whole
            : price + (endPrice - price) * passed / whole;
    }

    /// @return unique whether the order gives an ERC-721: then whatever it gives, it gives once
    function check(IExchange.Order calldata order) internal pure returns (bool unique) {
        (uint256 price, uint256 endPrice) = (order.price, order.endPrice);
        (uint256 gives, uint256 wants) = (order.gives.length, order.wants.length);
        bool wrong = order.units == 0 || order.until < order.from || order.royaltyMax > ROYALTY_MAX;
        wrong = wrong || gives > ITEMS_MAX || wants > ITEMS_MAX || order.bounds.length > BOUNDS_MAX;
        // For nothing, tokens change hands only against tokens.
        wrong = wrong || ((gives == 0 || wants == 0) && (price == 0 || endPrice == 0));
        // Nobody can be charged TFUEL but whoever sends it.
        wrong = wrong
            || (order.side == IExchange.Side.Sell
                    ? endPrice > price || gives == 0
                    : endPrice < price || wants == 0 || order.currency == address(0));
        if (wrong) revert IExchange.WrongTerms();
        for (uint256 i = 0; i < gives; ++i) {
            if (_checkGiven(order.gives[i])) unique = true;
        }
        if (unique && order.units != 1) revert IExchange.WrongTerms();
        for (uint256 i = 0; i < wants; ++i) {
            _checkWanted(order.wants[i]);
        }
    }

    function _checkGiven(IExchange.Item calldata item) private pure returns (bool unique) {
        unique = item.standard == IExchange.Standard.ERC721;
        bool wrong = item.criteria != IExchange.Criteria.Exact || item.amount == 0;
        if (wrong || (unique ? item.amount != 1 : item.nonce != 0)) revert IExchange.WrongTerms();
    }

    function _checkWanted(IExchange.Item calldata item) private pure {
        (IExchange.Criteria criteria, uint256 id) = (item.criteria, item.id);
        bool wrong = item.amount == 0 || item.nonce != 0;
        wrong = wrong || (item.standard == IExchange.Standard.ERC721 && item.amount != 1);
        wrong = wrong || (criteria == IExchange.Criteria.Any && id != 0);
        if (wrong || (criteria == IExchange.Criteria.OneOf && id == 0)) revert IExchange.WrongTerms();
    }

    function _hash(IExchange.Item[] calldata items) private pure returns (bytes32) {
        bytes32[] memory hashes = EfficientHashLib.malloc(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            EfficientHashLib.set(hashes, i, keccak256(abi.encode(ITEM_TYPE, items[i])));
        }
        return EfficientHashLib.hash(hashes);
    }

    function _hash(IExchange.Bound[] calldata bounds) private pure returns (bytes32) {
        bytes32[] memory hashes = EfficientHashLib.malloc(bounds.length);
        for (uint256 i = 0; i < bounds.length; ++i) {
            EfficientHashLib.set(hashes, i, keccak256(abi.encode(BOUND_TYPE, bounds[i])));
        }
        return EfficientHashLib.hash(hashes);
    }
}
