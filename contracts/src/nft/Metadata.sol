// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Base64} from "solady/utils/Base64.sol";

/// @dev URIs of metadata that are named by their content or lie on the chain.
library Metadata {
    /// @dev CID version 1, raw bytes, BLAKE3, of 32 bytes.
    bytes4 private constant CID = 0x01551e20;
    /// @dev RFC 4648's, in lower case: multibase calls it `b`.
    bytes32 private constant BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    /// @dev 36 bytes, five bits each.
    uint256 private constant CID_LENGTH = 58;

    function ipfs(bytes32 digest) internal pure returns (string memory) {
        // A byte more, for the bits that the last letter lacks.
        bytes memory cid = abi.encodePacked(CID, digest, bytes1(0));
        bytes memory text = new bytes(CID_LENGTH);
        for (uint256 i = 0; i < CID_LENGTH; ++i) {
            uint256 bit = 5 * i;
            uint256 pair = uint256(uint8(cid[bit / 8])) << 8 | uint8(cid[bit / 8 + 1]);
            text[i] = BASE32[pair >> (11 - bit % 8) & 31];
        }
        return string.concat("ipfs://b", string(text));
    }

    function data(bytes memory json) internal pure returns (string memory) {
        return string.concat("data:application/json;base64,", Base64.encode(json));
    }
}
