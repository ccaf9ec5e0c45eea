// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Bytes that a seed makes without end: block j of 32 is keccak256(seed ‖ j).
library Keystream {
    /// @dev `data` XOR the stream, from block number `first` on.
    function over(bytes32 seed, uint256 first, bytes calldata data) internal pure returns (bytes memory result) {
        result = new bytes(data.length);
        assembly ("memory-safe") {
            // 64 bytes of scratch space are for hashing. The last word may be longer than the data, and lies in what was allocated.
            mstore(0x00, seed)
            let to := add(result, 0x20)
            for { let at := 0 } lt(at, data.length) { at := add(at, 0x20) } {
                mstore(0x20, add(first, shr(5, at)))
                mstore(add(to, at), xor(calldataload(add(data.offset, at)), keccak256(0x00, 0x40)))
            }
        }
    }
}
