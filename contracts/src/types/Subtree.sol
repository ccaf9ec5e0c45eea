// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Parts of a BLAKE3 tree that 256 values at a time lead to. Node `index` of level l is of the 2^l chunks from
/// index * 2^l on, as many as there are. Levels are 3, 11, 19, 27 and on by eights, and the level of a node is the lowest that
/// holds all its chunks: so each node has one name, and any above the lowest level has 2 to 256 children.
///
/// A length has 64 bits, a tree at most 2^54 chunks and its root a level of at most 59: nothing here overflows, and numbers of
/// chunks and nodes fit in 64 bits. Arguments are of nodes that the tree has.
library Subtree {
    /// @dev The level whose nodes are shown as bytes.
    uint8 internal constant LOWEST = 3;
    uint8 private constant STEP = 8;
    uint256 private constant CHUNK_BYTES = 1024;

    /// @dev That of no bytes has one chunk, which is empty.
    function chunksOf(uint64 length) internal pure returns (uint256 chunks) {
        return length == 0 ? 1 : (uint256(length) + CHUNK_BYTES - 1) / CHUNK_BYTES;
    }

    /// @dev The lowest level at which one node holds so many chunks, from its first on.
    function levelOf(uint256 chunks) internal pure returns (uint8 level) {
        level = LOWEST;
        while (chunks > uint256(1) << level) level += STEP;
    }

    /// @dev How many chunks a node has, in a tree of `chunks`.
    function widthOf(uint256 chunks, uint8 level, uint64 index) internal pure returns (uint256 width) {
        return _least(chunks - firstOf(level, index), uint256(1) << level);
    }

    /// @dev How many children a node above the lowest level has.
    function childrenOf(uint256 chunks, uint8 level, uint64 index) internal pure returns (uint256 children) {
        uint256 each = uint256(1) << (level - STEP);
        return (widthOf(chunks, level, index) + each - 1) / each;
    }

    /// @dev One of the children. It may be lower than by one step: the last of them may have few chunks.
    function childOf(uint256 chunks, uint8 level, uint64 index, uint256 child)
        internal
        pure
        returns (uint8 below, uint64 number)
    {
        uint256 each = uint256(1) << (level - STEP);
        uint256 first = firstOf(level, index) + child * each;
        below = levelOf(_least(chunks - first, each));
        number = uint64(first >> below);
    }

    /// @dev The node of the lowest level where a byte lies, wherever the tree ends.
    function indexOf(uint64 position) internal pure returns (uint64 index) {
        return uint64((position / CHUNK_BYTES) >> LOWEST);
    }

    /// @dev The chunks of a node of the lowest level.
    function runOf(uint256 chunks, uint64 index) internal pure returns (uint64 first, uint64 count) {
        return (uint64(firstOf(LOWEST, index)), uint64(widthOf(chunks, LOWEST, index)));
    }

    /// @dev The first chunk of a node.
    function firstOf(uint8 level, uint64 index) internal pure returns (uint256 first) {
        return uint256(index) << level;
    }

    function _least(uint256 one, uint256 other) private pure returns (uint256) {
        return one < other ? one : other;
    }
}
