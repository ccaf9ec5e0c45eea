// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";
import {XorProof} from "./XorProof.sol";

/// @dev Trees as BLAKE3's are, as far as a dispute can tell: a value says whether it is the root, bytes say where they lie. Here
/// keccak256 hashes them, and 256 values at a time: an opening is all values beside the path, from the root down. A verdict is
/// what the test says of exactly these arguments, and of any others that the proof is none.
contract TreeProof is XorProof {
    uint256 private constant CHUNK = 1024;
    uint256 private constant LEAF_CHUNKS = 8;

    mapping(bytes32 question => IEdgeProof.Judgement) private _judgements;

    function program(
        bytes32 modelId,
        IEdgeProof.Work calldata work,
        IEdgeProof.Place calldata place,
        bytes calldata proof,
        IEdgeProof.Judgement calldata judgement
    ) external {
        _judgements[keccak256(abi.encode(modelId, work, place, proof))] = judgement;
    }

    function step(
        bytes32 modelId,
        IEdgeProof.Commitment calldata model,
        IEdgeProof.Work calldata work,
        IEdgeProof.Place calldata place,
        bytes calldata proof
    ) external view returns (IEdgeProof.Judgement memory judgement) {
        bytes memory packed = abi.encodePacked(
            model.weightsRoot,
            model.weightsLength,
            model.weightsTransposedRoot,
            model.graphRoot,
            model.graphLength,
            model.specification
        );
        if (keccak256(packed) != modelId) return judgement;
        return _judgements[keccak256(abi.encode(modelId, work, place, proof))];
    }

    function opens(
        bytes32 root,
        uint64 length,
        uint64 first,
        uint64 count,
        bytes calldata data,
        bytes32[] calldata values
    ) external pure returns (bool part) {
        (uint256 start, uint256 end) = (0, chunksOf(length));
        (bytes32 expected, bool top) = (root, true);
        while (end - start > LEAF_CHUNKS) {
            uint256 each = eachOf(end - start);
            uint256 children = (end - start + each - 1) / each;
            if (first < start || first >= end || values.length < children) return false;
            if (_fold(values[:children], top) != expected) return false;
            uint256 child = (first - start) / each;
            (expected, top, values) = (values[child], false, values[children:]);
            start += child * each;
            if (end > start + each) end = start + each;
        }
        if (values.length != 0 || first != start || count != end - start) return false;
        uint256 last = end * CHUNK < length ? end * CHUNK : length;
        return data.length == last - start * CHUNK && leaf(start, keccak256(data), top) == expected;
    }

    function fold(bytes32[] calldata values, bool root) external pure returns (bytes32 value) {
        if (values.length < 2 || values.length > 256) revert IEdgeProof.WrongCount(256, values.length);
        return _fold(values, root);
    }

    function leaf(uint256 start, bytes32 data, bool root) public pure returns (bytes32 value) {
        return keccak256(abi.encode(start, data, root));
    }

    function chunksOf(uint64 length) public pure returns (uint256) {
        return length < CHUNK ? 1 : (uint256(length) - 1) / CHUNK + 1;
    }

    /// @dev How many chunks each child of so many has, but for the last.
    function eachOf(uint256 chunks) public pure returns (uint256 each) {
        each = LEAF_CHUNKS;
        while (each * 256 < chunks) each *= 256;
    }

    function _fold(bytes32[] calldata values, bool root) private pure returns (bytes32 value) {
        return keccak256(abi.encode(values, root));
    }
}
