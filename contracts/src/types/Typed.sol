// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev EIP-712 domains of version "1", computed at each call: a chain that forks off has others, and so has each clone.
library Typed {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant VERSION = keccak256("1");

    /// @param name its hash
    function domain(bytes32 name) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, name, VERSION, block.chainid, address(this)));
    }
}
