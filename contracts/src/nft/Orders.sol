// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {LibString} from "solady/utils/LibString.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {Structs} from "../types/Structs.sol";

/// @dev What an order is by itself: its hash by EIP-712, whether its terms mean one thing, and its price at a time.
library Orders {
    uint256 internal constant HEIGHT_MAX = 16;
    uint256 private constant ITEMS_MAX = 32;
    uint256 private constant BOUNDS_MAX = 8;

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

    /// @dev Of a list without members.
    bytes32 private constant NONE = keccak256("");

    function hash(IExchange.Order memory order) internal pure returns (bytes32) {
        return Structs.hash(order, ORDER_TYPE, _hash(order.gives), _hash(order.wants), _hash(order.bounds));
    }

    /// @dev What is signed of a tree of 2^`height` orders, height 1 to 16.
    function bulkHash(bytes32 root, uint256 height) internal pure returns (bytes32) {
        string memory brackets = LibString.slice(BRACKETS, 0, 3 * height);
        bytes32 type_ = keccak256(
            bytes.concat("BulkOrder(Order", bytes(brackets), " tree)", bytes(BOUND), bytes(ITEM), bytes(ORDER))
        );
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
    function priceAt(IExchange.Order memory order, uint256 time) internal pure returns (uint256) {
        (uint256 price, uint256 endPrice, uint256 from) = (order.price, order.endPrice, order.from);
        if (price == endPrice || time == from) return price;
        (uint256 passed, uint256 whole) = (time - from, order.until - from);
        return
            price > endPrice ? price - (price - endPrice) * passed / whole : price + (endPrice - price) * passed / whole;
    }

    /// @return unique whether nothing has to be counted: it sells ERC-721s alone, each of which is gone with its nonce. Of whatever else a maker
    /// gives or pays there may be more, and a token that lies about its nonce could sell that again.
    function check(IExchange.Order memory order) internal pure returns (bool unique) {
        (uint256 price, uint256 endPrice) = (order.price, order.endPrice);
        (uint256 gives, uint256 wants) = (order.gives.length, order.wants.length);
        bool sells = order.side == IExchange.Side.Sell;
        if (gives > ITEMS_MAX || wants > ITEMS_MAX || order.bounds.length > BOUNDS_MAX) revert IExchange.WrongTerms();
        if (order.units == 0) revert IExchange.WrongTerms();
        // For nothing, tokens change hands only against tokens.
        if ((gives == 0 || wants == 0) && (price == 0 || endPrice == 0)) revert IExchange.WrongTerms();
        // Nobody can be charged TFUEL but whoever sends it.
        bool wrong =
            sells ? endPrice > price || gives == 0 : endPrice < price || wants == 0 || order.currency == address(0);
        if (wrong) revert IExchange.WrongTerms();
        uint256 singles;
        for (uint256 i = 0; i < gives; ++i) {
            if (_checkGiven(order.gives[i])) ++singles;
        }
        if (singles != 0 && order.units != 1) revert IExchange.WrongTerms();
        for (uint256 i = 0; i < wants; ++i) {
            _checkWanted(order.wants[i]);
        }
        return sells && singles == gives;
    }

    function _checkGiven(IExchange.Item memory item) private pure returns (bool single) {
        single = item.standard == IExchange.Standard.ERC721;
        bool wrong = item.criteria != IExchange.Criteria.Exact || item.amount == 0;
        if (wrong || (single ? item.amount != 1 : item.nonce != 0)) revert IExchange.WrongTerms();
    }

    function _checkWanted(IExchange.Item memory item) private pure {
        (IExchange.Criteria criteria, uint256 id) = (item.criteria, item.id);
        bool wrong = item.amount == 0 || item.nonce != 0;
        wrong = wrong || (item.standard == IExchange.Standard.ERC721 && item.amount != 1);
        wrong = wrong || (criteria == IExchange.Criteria.Any && id != 0);
        if (wrong || (criteria == IExchange.Criteria.OneOf && id == 0)) revert IExchange.WrongTerms();
    }

    function _hash(IExchange.Item[] memory items) private pure returns (bytes32) {
        if (items.length == 0) return NONE;
        bytes32[] memory hashes = EfficientHashLib.malloc(items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            EfficientHashLib.set(hashes, i, Structs.hash(items[i], ITEM_TYPE));
        }
        return EfficientHashLib.hash(hashes);
    }

    function _hash(IExchange.Bound[] memory bounds) private pure returns (bytes32) {
        if (bounds.length == 0) return NONE;
        bytes32[] memory hashes = EfficientHashLib.malloc(bounds.length);
        for (uint256 i = 0; i < bounds.length; ++i) {
            EfficientHashLib.set(hashes, i, Structs.hash(bounds[i], BOUND_TYPE));
        }
        return EfficientHashLib.hash(hashes);
    }
}
