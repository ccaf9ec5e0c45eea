// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Edge proofs, checked by the chain itself
/// @notice A precompile at 0x0000000000000000000000000000000000000400. A model is an EIG/1 integer graph whose image
/// (graph, then weights) lies in immutable code chunks; a manifest contract lists the chunks.
/// @dev Every function is a view. DELEGATECALL and CALLCODE revert with `NotCalledDirectly`. Gas is charged before work.
interface IEdgeProof {
    /// @notice The precompile was reached by DELEGATECALL or CALLCODE.
    error NotCalledDirectly();
    /// @notice The calldata is not the canonical ABI encoding of a call of this interface, the only one that is accepted,
    /// or the call carries value, which a view could never give back.
    error MalformedCall();
    /// @notice `manifest` has no code, or its code is not a list of chunks.
    error MalformedManifest(address manifest);
    /// @notice The image in the chunks breaks rule `rule` of EIG/1 (numbered in the specification) at operation `op`,
    /// counted from zero; 65,535 stands for the header, before any operation.
    error MalformedModel(uint16 rule, uint16 op);
    /// @notice The input has `actual` bytes; the model takes `expected`.
    error InputLength(uint256 expected, uint256 actual);

    /// @param modelId keccak256 commitment to graph, weights and specification
    /// @param inputBytes exact input length
    /// @param outputBytes exact output length
    /// @param imageBytes length of graph and weights together
    /// @param macs multiply-accumulates of one inference
    /// @param inferGas all that one `infer` charges, every access of manifest and chunks taken as the first in the
    /// transaction: the most it takes. What the transaction pays for its own calldata is not in it.
    struct Shape {
        bytes32 modelId;
        uint32 inputBytes;
        uint32 outputBytes;
        uint32 imageBytes;
        uint64 macs;
        uint64 inferGas;
    }

    /// @notice Runs the model on `input`, bit for bit as every worker and every node does.
    function infer(address manifest, bytes calldata input) external view returns (bytes memory output);

    /// @notice Checks the model and describes it. Its gas pays for hashing the image, once as it lies there and once with
    /// its weight matrices transposed; it may be more or less than that of `infer`.
    function describe(address manifest) external view returns (Shape memory shape);
}
