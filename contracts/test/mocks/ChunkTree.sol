// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";
import {XorProof} from "./XorProof.sol";

/// @dev BLAKE3's tree with keccak256 in it: chunks of 1,024 bytes that know their number, a left half of the largest power of two that leaves something
/// to the right, and a root that is told from what is none. Openings are as the precompile takes them, value by value.
contract ChunkTree is XorProof {
    uint256 private constant CHUNK = 1024;

    /// @param first and `end`: the chunks that are shown
    struct Climb {
        uint256 first;
        uint256 end;
        uint256 length;
        uint256 used;
    }

    function opens(
        bytes32 root,
        uint64 length,
        uint64 first,
        uint64 count,
        bytes calldata data,
        bytes32[] calldata values
    ) external pure returns (bool part) {
        uint256 chunks = chunksOf(length);
        if (count == 0 || uint256(first) + count > chunks) return false;
        uint256 end = (uint256(first) + count) * CHUNK;
        if (data.length != (end < length ? end : length) - uint256(first) * CHUNK) return false;
        Climb memory climb = Climb(first, uint256(first) + count, length, 0);
        bytes32 found = _climb(climb, data, values, 0, chunks);
        return found == root && climb.used == values.length;
    }

    function fold(bytes32[] calldata values, bool root) external pure returns (bytes32 value) {
        if (values.length < 2 || values.length > 256) revert IEdgeProof.WrongCount(256, values.length);
        return _fold(values, root);
    }

    function rootOf(bytes calldata content) external pure returns (bytes32) {
        return _value(content, 0, chunksOf(content.length), true);
    }

    /// @dev Those of all chunks, where there are several.
    function listOf(bytes calldata content) external pure returns (bytes32[] memory values) {
        uint256 chunks = chunksOf(content.length);
        if (chunks == 1) return values;
        values = new bytes32[](chunks);
        for (uint256 i = 0; i < chunks; ++i) {
            values[i] = _value(content, i, i + 1, false);
        }
    }

    /// @dev What the opening of a run has beside it.
    function beside(bytes calldata content, uint256 first, uint256 count)
        external
        pure
        returns (bytes32[] memory values)
    {
        bytes32[] memory all = new bytes32[](64);
        Climb memory climb = Climb(first, first + count, content.length, 0);
        _collect(climb, content, all, 0, chunksOf(content.length));
        values = new bytes32[](climb.used);
        for (uint256 i = 0; i < values.length; ++i) {
            values[i] = all[i];
        }
    }

    function chunksOf(uint256 length) public pure returns (uint256) {
        return length == 0 ? 1 : (length - 1) / CHUNK + 1;
    }

    function _climb(Climb memory climb, bytes calldata data, bytes32[] calldata values, uint256 start, uint256 end)
        private
        pure
        returns (bytes32)
    {
        bool top = start == 0 && end == chunksOf(climb.length);
        if (end <= climb.first || start >= climb.end) {
            // No value is known of what was not given.
            return climb.used < values.length ? values[climb.used++] : bytes32(0);
        }
        if (end - start == 1) {
            uint256 from = (start - climb.first) * CHUNK;
            uint256 to = from + CHUNK < data.length ? from + CHUNK : data.length;
            return _chunk(start, data[from:to], top);
        }
        uint256 middle = start + _left(end - start);
        bytes32 left = _climb(climb, data, values, start, middle);
        return _parent(left, _climb(climb, data, values, middle, end), top);
    }

    function _collect(Climb memory climb, bytes calldata content, bytes32[] memory all, uint256 start, uint256 end)
        private
        pure
    {
        if (start >= climb.first && end <= climb.end) return;
        if (end <= climb.first || start >= climb.end) {
            all[climb.used++] = _value(content, start, end, false);
            return;
        }
        uint256 middle = start + _left(end - start);
        _collect(climb, content, all, start, middle);
        _collect(climb, content, all, middle, end);
    }

    function _value(bytes calldata content, uint256 start, uint256 end, bool top) private pure returns (bytes32) {
        if (end - start == 1) {
            uint256 to = end * CHUNK < content.length ? end * CHUNK : content.length;
            return _chunk(start, content[start * CHUNK:to], top);
        }
        uint256 middle = start + _left(end - start);
        return _parent(_value(content, start, middle, false), _value(content, middle, end, false), top);
    }

    function _fold(bytes32[] calldata values, bool top) private pure returns (bytes32) {
        if (values.length == 1) return values[0];
        uint256 left = _left(values.length);
        return _parent(_fold(values[:left], false), _fold(values[left:], false), top);
    }

    function _left(uint256 count) private pure returns (uint256 left) {
        left = 1;
        while (2 * left < count) left *= 2;
    }

    function _chunk(uint256 number, bytes calldata data, bool top) private pure returns (bytes32) {
        return keccak256(abi.encode("chunk", number, keccak256(data), data.length, top));
    }

    function _parent(bytes32 left, bytes32 right, bool top) private pure returns (bytes32) {
        return keccak256(abi.encode("parent", left, right, top));
    }
}
