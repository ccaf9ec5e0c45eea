// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IExchange} from "../interfaces/IExchange.sol";

/// @dev Hashes of EIP-712 of structs as they lie in memory: field by field they cost five times as much.
library Structs {
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
}
