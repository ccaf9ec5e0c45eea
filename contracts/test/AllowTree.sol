// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Lists of a power of two of entries, as trees that `MerkleProof` of OpenZeppelin reads.
library AllowTree {
    struct Entry {
        address account;
        uint256 most;
    }

    function root(Entry[] memory entries) internal pure returns (bytes32) {
        return _levelOf(entries, _depthOf(entries))[0];
    }

    function proof(Entry[] memory entries, uint256 index) internal pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](_depthOf(entries));
        for (uint256 level = 0; level < siblings.length; ++level) {
            siblings[level] = _levelOf(entries, level)[index >> level ^ 1];
        }
    }

    function leaf(Entry memory entry) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(entry.account, entry.most))));
    }

    function pair(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return left < right ? keccak256(abi.encode(left, right)) : keccak256(abi.encode(right, left));
    }

    function _levelOf(Entry[] memory entries, uint256 level) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](entries.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            nodes[i] = leaf(entries[i]);
        }
        for (uint256 above = 0; above < level; ++above) {
            for (uint256 i = 0; i < entries.length >> above + 1; ++i) {
                nodes[i] = pair(nodes[2 * i], nodes[2 * i + 1]);
            }
        }
    }

    function _depthOf(Entry[] memory entries) private pure returns (uint256 depth) {
        while (entries.length >> depth > 1) ++depth;
    }
}
