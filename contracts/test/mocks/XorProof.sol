// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";

/// @dev Stands at the precompile's address, which forge's EVM lacks. It reads the same manifest and chunks; its "net" is
/// as small as can be: image = input length ‖ key, output = every input byte XOR key. Tests of the real precompile run
/// on the real chain.
contract XorProof {
    function infer(address manifest, bytes calldata input) external view returns (bytes memory output) {
        bytes memory image = _image(manifest);
        uint256 expected = uint8(image[0]);
        if (input.length != expected) revert IEdgeProof.InputLength(expected, input.length);
        output = new bytes(input.length);
        for (uint256 i = 0; i < input.length; ++i) {
            output[i] = input[i] ^ image[1];
        }
    }

    function describe(address manifest) external view returns (IEdgeProof.Shape memory shape) {
        bytes memory image = _image(manifest);
        shape.modelId = keccak256(image);
        shape.inputBytes = uint8(image[0]);
        shape.outputBytes = uint8(image[0]);
        shape.imageBytes = uint32(image.length);
        shape.macs = uint64(image.length) * 10;
        shape.inferGas = 3000;
    }

    /// @dev A "graph" is three lengths, and what a model's id commits to has fixed lengths of its own.
    function outline(bytes calldata graph, bytes32 weightsRoot, bytes32 weightsTransposedRoot)
        external
        pure
        returns (IEdgeProof.Outline memory shape)
    {
        if (graph.length != 24) revert IEdgeProof.MalformedModel(1, 65_535);
        bytes memory model = abi.encodePacked(
            weightsRoot, uint64(1 << 20), weightsTransposedRoot, keccak256(graph), uint64(24), uint32(1)
        );
        shape.modelId = keccak256(model);
        shape.inputBytes = uint64(bytes8(graph[:8]));
        shape.outputBytes = uint64(bytes8(graph[8:16]));
        shape.traceBytes = uint64(bytes8(graph[16:]));
    }

    function _image(address manifest) private view returns (bytes memory image) {
        bytes memory code = manifest.code;
        if (code.length < 25 || code[0] != 0 || bytes4(_slice(code, 1, 4)) != "EIG1" || (code.length - 5) % 20 != 0) {
            revert IEdgeProof.MalformedManifest(manifest);
        }
        for (uint256 from = 5; from < code.length; from += 20) {
            bytes memory chunk = address(bytes20(_slice(code, from, 20))).code;
            if (chunk.length < 2 || chunk[0] != 0) revert IEdgeProof.MalformedManifest(manifest);
            image = bytes.concat(image, _slice(chunk, 1, chunk.length - 1));
        }
        if (image.length < 2) revert IEdgeProof.MalformedModel(1, 0);
    }

    function _slice(bytes memory from, uint256 start, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = from[start + i];
        }
    }
}
