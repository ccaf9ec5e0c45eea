// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IExchange} from "../interfaces/IExchange.sol";

/// @dev Structs as they lie in a call and in memory, where each field is one word: read, and hashed by EIP-712, as a whole. Field by field the former
/// costs three times as much, the latter five times.
library Structs {
    /// @dev As the compiler would: what is no value of a field's type reverts without a reason, as it does there, and so do places of lists that are no
    /// lengths. That lists end within the call is checked where they are reached.
    function load(IExchange.Order calldata from) internal pure returns (IExchange.Order memory order) {
        assembly ("memory-safe") {
            calldatacopy(order, from, 0x180)
            let side := shr(1, mload(add(order, 0x40)))
            let accounts := shr(160, or(or(mload(order), mload(add(order, 0x20))), mload(add(order, 0x60))))
            let prices := shr(128, or(mload(add(order, 0x80)), mload(add(order, 0xa0))))
            let times := shr(40, or(mload(add(order, 0xc0)), mload(add(order, 0xe0))))
            let units := shr(32, mload(add(order, 0x100)))
            let royaltyMax := shr(16, mload(add(order, 0x120)))
            let lists := or(calldataload(add(from, 0x180)), calldataload(add(from, 0x1a0)))
            lists := shr(64, or(lists, calldataload(add(from, 0x1c0))))
            if or(or(or(side, accounts), or(prices, times)), or(or(units, royaltyMax), lists)) { revert(0, 0) }
        }
        (order.gives, order.wants) = (_load(from.gives), _load(from.wants));
        if (from.bounds.length != 0) order.bounds = from.bounds;
    }

    /// @param type_ its hash, as below
    /// @param gives the hash of the list, as those of the two that follow
    function hash(IExchange.Order memory order, bytes32 type_, bytes32 gives, bytes32 wants, bytes32 bounds)
        internal
        pure
        returns (bytes32 result)
    {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, type_)
            mcopy(add(free, 0x20), order, 0x180)
            mstore(add(free, 0x1a0), gives)
            mstore(add(free, 0x1c0), wants)
            mstore(add(free, 0x1e0), bounds)
            result := keccak256(free, 0x200)
        }
    }

    function hash(IExchange.Item memory item, bytes32 type_) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, type_)
            mcopy(add(free, 0x20), item, 0xc0)
            result := keccak256(free, 0xe0)
        }
    }

    function hash(IExchange.Bound memory bound, bytes32 type_) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, type_)
            mcopy(add(free, 0x20), bound, 0x40)
            result := keccak256(free, 0x60)
        }
    }

    function _load(IExchange.Item[] calldata from) private pure returns (IExchange.Item[] memory items) {
        if (from.length == 0) return items;
        assembly ("memory-safe") {
            items := mload(0x40)
            mstore(items, from.length)
            let place := add(items, 0x20)
            let item := add(place, shl(5, from.length))
            let end := add(item, mul(from.length, 0xc0))
            mstore(0x40, end)
            calldatacopy(item, from.offset, sub(end, item))
            for {} lt(item, end) {} {
                mstore(place, item)
                let standard := shr(1, mload(item))
                let criteria := gt(mload(add(item, 0x20)), 2)
                let token := shr(160, mload(add(item, 0x40)))
                let amount := shr(128, mload(add(item, 0x80)))
                let nonce := shr(64, mload(add(item, 0xa0)))
                if or(or(or(standard, criteria), or(token, amount)), nonce) { revert(0, 0) }
                place := add(place, 0x20)
                item := add(item, 0xc0)
            }
        }
    }
}
