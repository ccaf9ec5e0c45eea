// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../../src/interfaces/IEdgeProof.sol";
import {XorProof} from "./XorProof.sol";

/// @dev Proofs of possession as far as a contract can tell: bytes that root, length, seed and samples determine.
contract ContentProof is XorProof {
    /// @dev Payable, so that it refuses value itself, as the precompile does.
    function possession(bytes32 root, uint64 length, bytes32 seed, uint256 samples, bytes calldata proof)
        external
        payable
        returns (bool held)
    {
        bytes memory canonical = abi.encodeCall(IEdgeProof.possession, (root, length, seed, samples, proof));
        if (msg.value != 0 || keccak256(msg.data) != keccak256(canonical)) revert IEdgeProof.MalformedCall();
        return keccak256(proof) == keccak256(proofOf(root, length, seed, samples));
    }

    function proofOf(bytes32 root, uint64 length, bytes32 seed, uint256 samples) public pure returns (bytes memory) {
        return abi.encode("chunks", root, length, seed, samples);
    }
}
