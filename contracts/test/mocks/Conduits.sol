// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What Seaport's constructor asks its controller of conduits: by what code it would know them. None is used here.
contract Conduits {
    function getConduitCodeHashes() external pure returns (bytes32 creationCodeHash, bytes32 runtimeCodeHash) {
        return (keccak256("creation"), keccak256("runtime"));
    }
}
