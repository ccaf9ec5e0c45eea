// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBytes} from "solady/utils/LibBytes.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {ISealed} from "../interfaces/ISealed.sol";
import {Keystream} from "../types/Keystream.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Subtree} from "../types/Subtree.sol";

/// @dev What a sealed answer is when its parts are opened and decrypted. It remembers nothing.
library Ciphertext {
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    uint64 private constant CHUNK_BYTES = 1024;
    uint256 private constant CHUNK_BLOCKS = CHUNK_BYTES / 32;

    /// @param seed of the keystream
    struct Text {
        bytes32 outputRoot;
        bytes32 cipherRoot;
        uint64 outputLength;
        bytes32 seed;
    }

    /// @dev The list is of two values at least: the hash of a single chunk is the root itself.
    function lengthOf(uint64 outputLength) internal pure returns (uint64 length) {
        uint256 chunks = Subtree.chunksOf(outputLength);
        return chunks == 1 ? outputLength : outputLength + uint64(32 * chunks);
    }

    /// @dev Chaining values of the answer's chunks, as its worker listed them behind it.
    function listOf(Text memory text, ISealed.Opening calldata list) internal view returns (bytes32[] memory values) {
        uint256 chunks = Subtree.chunksOf(text.outputLength);
        if (chunks == 1) return values;
        uint64 first = text.outputLength / CHUNK_BYTES;
        uint64 count = (lengthOf(text.outputLength) - 1) / CHUNK_BYTES + 1 - first;
        bytes memory plain = _decrypted(text, first, count, list);
        values = new bytes32[](chunks);
        for (uint256 i = 0; i < chunks; ++i) {
            values[i] = LibBytes.load(plain, text.outputLength % CHUNK_BYTES + 32 * i);
        }
    }

    /// @dev Whether these are the values of all chunks of what has the answer's root. A single chunk has no list that could be wrong.
    function isList(Text memory text, bytes32[] memory values) internal view returns (bool) {
        return values.length == 0 || PROOF.fold(values, true) == text.outputRoot;
    }

    /// @dev Whether chunk `index` is what a right list says.
    function isChunk(Text memory text, bytes32[] memory values, uint64 index, ISealed.Opening calldata chunk)
        internal
        view
        returns (bool)
    {
        bytes memory plain = _decrypted(text, index, 1, chunk);
        uint256 rest = text.outputLength - index * CHUNK_BYTES;
        // The chunk where the answer ends goes on with the list.
        if (rest < plain.length) plain = LibBytes.truncate(plain, rest);
        return PROOF.opens(text.outputRoot, text.outputLength, index, 1, plain, _beside(values, index));
    }

    /// @dev Chunks of the ciphertext, or it reverts.
    function _decrypted(Text memory text, uint64 first, uint64 count, ISealed.Opening calldata shown)
        private
        view
        returns (bytes memory plain)
    {
        uint64 length = lengthOf(text.outputLength);
        if (!PROOF.opens(text.cipherRoot, length, first, count, shown.data, shown.values)) {
            revert ISealed.NotTheCiphertext(text.cipherRoot);
        }
        return Keystream.over(text.seed, first * CHUNK_BLOCKS, shown.data);
    }

    /// @dev The chaining values of the subtrees beside a chunk, from left to right. A tree's left half is the largest power of two
    /// that leaves something to the right.
    function _beside(bytes32[] memory values, uint256 index) private view returns (bytes32[] memory beside) {
        (uint256 start, uint256 end) = (0, values.length);
        // A tree of at most 256 chunks is eight high.
        bytes32[] memory left = new bytes32[](8);
        bytes32[] memory right = new bytes32[](8);
        (uint256 lefts, uint256 rights) = (0, 0);
        while (end - start > 1) {
            uint256 middle = 1;
            while (2 * middle < end - start) middle *= 2;
            middle += start;
            if (index < middle) {
                right[rights++] = _valueOf(values, middle, end);
                end = middle;
            } else {
                left[lefts++] = _valueOf(values, start, middle);
                start = middle;
            }
        }
        beside = new bytes32[](lefts + rights);
        for (uint256 i = 0; i < lefts; ++i) {
            beside[i] = left[i];
        }
        for (uint256 i = 0; i < rights; ++i) {
            beside[lefts + i] = right[rights - 1 - i];
        }
    }

    function _valueOf(bytes32[] memory values, uint256 start, uint256 end) private view returns (bytes32) {
        if (end - start == 1) return values[start];
        bytes32[] memory part = new bytes32[](end - start);
        for (uint256 i = 0; i < part.length; ++i) {
            part[i] = values[start + i];
        }
        return PROOF.fold(part, false);
    }
}
