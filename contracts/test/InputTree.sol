// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @dev The tree of an order's inputs: pairs are hashed in ascending order, and who has no partner goes up as it is.
library InputTree {
    function leaf(uint256 place, bytes32 inputHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256(abi.encode(place, inputHash))));
    }

    /// @dev Of one job, its input's hash.
    function root(bytes32[] memory inputHashes) internal pure returns (bytes32) {
        if (inputHashes.length == 1) return inputHashes[0];
        bytes32[] memory level = _leaves(inputHashes);
        while (level.length > 1) {
            level = _above(level);
        }
        return level[0];
    }

    function path(bytes32[] memory inputHashes, uint256 place) internal pure returns (bytes32[] memory siblings) {
        if (inputHashes.length == 1) return siblings;
        bytes32[] memory level = _leaves(inputHashes);
        while (level.length > 1) {
            uint256 other = place ^ 1;
            if (other < level.length) siblings = _with(siblings, level[other]);
            (level, place) = (_above(level), place / 2);
        }
    }

    function _leaves(bytes32[] memory inputHashes) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](inputHashes.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            leaves[i] = leaf(i, inputHashes[i]);
        }
    }

    function _above(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            bool alone = 2 * i + 1 == level.length;
            above[i] = alone ? level[2 * i] : Hashes.commutativeKeccak256(level[2 * i], level[2 * i + 1]);
        }
    }

    function _with(bytes32[] memory list, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = last;
    }
}
