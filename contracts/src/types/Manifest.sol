// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev The content of a manifest contract: "EIG1" ‖ n × 20-byte chunk address. Storing it as code adds a leading STOP.
library Manifest {
    bytes4 internal constant MAGIC = "EIG1";

    function encode(address[] calldata chunks) internal pure returns (bytes memory content) {
        content = new bytes(4 + 20 * chunks.length);
        bytes4 magic = MAGIC;
        assembly ("memory-safe") {
            let cursor := add(content, 0x20)
            mstore(cursor, magic)
            cursor := add(cursor, 4)
            // Each word's surplus 12 bytes are zero; the next address overwrites them, and the last one's lie in the
            // padding or past the free memory pointer.
            let end := add(chunks.offset, shl(5, chunks.length))
            for { let from := chunks.offset } lt(from, end) { from := add(from, 0x20) } {
                mstore(cursor, shl(96, calldataload(from)))
                cursor := add(cursor, 20)
            }
        }
    }
}
