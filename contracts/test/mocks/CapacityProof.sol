// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";
import {XorProof} from "./XorProof.sol";

/// @dev Proofs of capacity as far as a contract can tell: a product has one root for its seed and size, and a proof is bytes that root,
/// challenge and samples determine. It refuses what the precompile refuses: counts out of bounds, and any bytes but a call's own.
contract CapacityProof is XorProof {
    uint256 private constant SIZE_MAX = 32_768;
    uint256 private constant SAMPLES_MAX = 256;
    uint256 private constant WORK_MAX = 1 << 20;

    /// @dev Payable, so that it refuses value itself, as the precompile does.
    function capacity(
        bytes32 root,
        uint256 size,
        bytes32 seed,
        bytes32 challenge,
        uint256 samples,
        bytes calldata proof
    ) external payable returns (bool computed) {
        bytes memory canonical = abi.encodeCall(IEdgeProof.capacity, (root, size, seed, challenge, samples, proof));
        if (msg.value != 0 || keccak256(msg.data) != keccak256(canonical)) revert IEdgeProof.MalformedCall();
        if (size == 0 || size > SIZE_MAX) revert IEdgeProof.WrongCount(SIZE_MAX, size);
        uint256 most = WORK_MAX / size < SAMPLES_MAX ? WORK_MAX / size : SAMPLES_MAX;
        if (samples == 0 || samples > most) revert IEdgeProof.WrongCount(most, samples);
        return root == rootOf(seed, size) && keccak256(proof) == keccak256(proofOf(root, challenge, samples));
    }

    function rootOf(bytes32 seed, uint256 size) public pure returns (bytes32) {
        return keccak256(abi.encode("product", seed, size));
    }

    /// @dev 64 bytes for each sample.
    function proofOf(bytes32 root, bytes32 challenge, uint256 samples) public pure returns (bytes memory proof) {
        for (uint256 i = 0; i < samples; ++i) {
            proof = abi.encodePacked(proof, keccak256(abi.encode(root, challenge, i)), root);
        }
    }
}
