// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Metadata} from "../src/nft/Metadata.sol";
import {eq} from "./Vm.sol";

/// @dev CIDs against vectors of Python's `base64.b32encode`, and against a slower way to write them.
contract CollectionCidTest {
    bytes private constant LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

    function test_cids_are_those_that_others_compute() public pure {
        _is(
            0xaf1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262,
            "ipfs://bafkr4ifpcne3t5pzugtkaqcn5i3nzskjtpfslsnnyejlpte2spfoihzsmi"
        );
        _is(bytes32(type(uint256).max), "ipfs://bafkr4ih777777777777777777777777777777777777777777777777774");
        _is(
            0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,
            "ipfs://bafkr4iaaaebagbafaydqqcikbmga2dqpcaireeyuculbogazdinryhi6d4"
        );
    }

    /// As a number: 288 bits and two that pad it, of which the last letter is the rest by 32.
    function test_any_cid_is_the_number_in_base_32(bytes32 digest) public pure {
        (uint256 high, uint256 low) = (uint256(0x01551e20) << 2 | uint256(digest) >> 254, uint256(digest) << 2);
        bytes memory text = new bytes(58);
        for (uint256 i = 58; i > 0; --i) {
            text[i - 1] = LETTERS[low % 32];
            (high, low) = (high / 32, high % 32 << 251 | low / 32);
        }
        eq(high + low, 0, "all of it");
        _is(digest, string.concat("ipfs://b", string(text)));
    }

    function _is(bytes32 digest, string memory uri) private pure {
        eq(keccak256(bytes(Metadata.ipfs(digest))), keccak256(bytes(uri)), uri);
    }
}
