// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What a worker knows of a tree over so many zero bytes, as `TreeProof` hashes them. Where bytes lie makes their values
/// differ.
library Zeros {
    uint256 private constant CHUNK = 1024;
    uint256 private constant LEAF_CHUNKS = 8;
    /// @dev keccak256 of 8,192 zero bytes, which most leaves are.
    bytes32 private constant FULL = 0x18c0afa1b8c5fd0b8963bfa3bf15b4e2c18ded2e129bca2783ddd2d9921832b3;

    function root(uint64 length) internal pure returns (bytes32) {
        return _value(length, 0, chunksOf(length), true);
    }

    /// @dev The values that answer for a node, `level` and `index` given as the game names it.
    function children(uint64 length, uint8 level, uint64 index) internal pure returns (bytes32[] memory) {
        (uint256 start, uint256 end) = _range(length, level, index);
        return _children(length, start, end);
    }

    /// @dev The bytes that answer for a node of level 3.
    function data(uint64 length, uint64 index) internal pure returns (bytes memory) {
        (uint256 start, uint256 end) = _range(length, 3, index);
        return new bytes(_bytes(length, start, end));
    }

    /// @dev What shows that they are.
    function beside(uint64 length, uint64 index) internal pure returns (bytes32[] memory values) {
        uint256 first = uint256(index) * LEAF_CHUNKS;
        (uint256 start, uint256 end) = (0, chunksOf(length));
        while (end - start > LEAF_CHUNKS) {
            values = _joined(values, _children(length, start, end));
            uint256 each = _each(end - start);
            start += (first - start) / each * each;
            if (end > start + each) end = start + each;
        }
    }

    function chunksOf(uint64 length) internal pure returns (uint256) {
        return length < CHUNK ? 1 : (uint256(length) - 1) / CHUNK + 1;
    }

    function _value(uint64 length, uint256 start, uint256 end, bool top) private pure returns (bytes32) {
        if (end - start > LEAF_CHUNKS) return keccak256(abi.encode(_children(length, start, end), top));
        uint256 size = _bytes(length, start, end);
        return keccak256(abi.encode(start, size == LEAF_CHUNKS * CHUNK ? FULL : keccak256(new bytes(size)), top));
    }

    function _children(uint64 length, uint256 start, uint256 end) private pure returns (bytes32[] memory values) {
        uint256 each = _each(end - start);
        values = new bytes32[]((end - start + each - 1) / each);
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 from = start + i * each;
            values[i] = _value(length, from, from + each < end ? from + each : end, false);
        }
    }

    function _joined(bytes32[] memory one, bytes32[] memory other) private pure returns (bytes32[] memory both) {
        both = new bytes32[](one.length + other.length);
        for (uint256 i = 0; i < both.length; ++i) {
            both[i] = i < one.length ? one[i] : other[i - one.length];
        }
    }

    function _each(uint256 chunks) private pure returns (uint256 each) {
        each = LEAF_CHUNKS;
        while (each * 256 < chunks) each *= 256;
    }

    function _range(uint64 length, uint8 level, uint64 index) private pure returns (uint256 start, uint256 end) {
        start = uint256(index) << level;
        end = start + (uint256(1) << level);
        if (end > chunksOf(length)) end = chunksOf(length);
    }

    function _bytes(uint64 length, uint256 start, uint256 end) private pure returns (uint256) {
        return (end * CHUNK < length ? end * CHUNK : length) - start * CHUNK;
    }
}
