// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IDisputes} from "../interfaces/IDisputes.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Subtree} from "../types/Subtree.sol";

/// @dev What is shown in a dispute, checked against what the worker committed to. It remembers nothing.
library Evidence {
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IModelRegistry private constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);
    uint256 private constant MODEL_BYTES = 116;

    /// @dev The trace's root is zero before the worker committed to one; its length is the model's.
    function commitmentOf(IDisputes.Claim storage subject, IDisputes.Tree tree)
        internal
        view
        returns (bytes32 root, uint64 length)
    {
        (uint64 inputBytes, uint64 outputBytes, uint64 traceBytes) = REGISTRY.traceOf(subject.modelId);
        if (tree == IDisputes.Tree.Input) return (subject.inputRoot, inputBytes);
        if (tree == IDisputes.Tree.Output) return (subject.outputRoot, outputBytes);
        return (subject.traceRoot, traceBytes);
    }

    /// @dev The chaining values of a node's children. They are not stored: whoever goes on from it shows them again.
    /// @param value the node's, unless it is the root
    function checkValues(
        IDisputes.Claim storage subject,
        IDisputes.Tree tree,
        uint8 level,
        uint64 index,
        bytes32 value,
        bytes32[] calldata values
    ) internal view returns (uint256 chunks) {
        (bytes32 root, uint64 length) = commitmentOf(subject, tree);
        chunks = Subtree.chunksOf(length);
        uint256 expected = Subtree.childrenOf(chunks, level, index);
        if (values.length != expected) revert IDisputes.WrongCount(expected, values.length);
        bool isRoot = level == Subtree.levelOf(chunks);
        if (PROOF.fold(values, isRoot) != (isRoot ? root : value)) revert IDisputes.NotCommittedTo();
    }

    /// @dev The bytes of a node of the lowest level.
    function checkBytes(
        IDisputes.Claim storage subject,
        IDisputes.Tree tree,
        uint64 index,
        bytes calldata data,
        bytes32[] calldata values
    ) internal view {
        (bytes32 root, uint64 length) = commitmentOf(subject, tree);
        (uint64 first, uint64 count) = Subtree.runOf(Subtree.chunksOf(length), index);
        if (!PROOF.opens(root, length, first, count, data, values)) revert IDisputes.NotCommittedTo();
    }

    /// @dev Whether `model` is the claim's, the precompile tells.
    function judge(
        IDisputes.Claim storage subject,
        bytes calldata model,
        IEdgeProof.Place memory place,
        bytes calldata proof
    ) internal view returns (IEdgeProof.Judgement memory) {
        IEdgeProof.Work memory work;
        (work.inputRoot, work.outputRoot, work.traceRoot) = (subject.inputRoot, subject.outputRoot, subject.traceRoot);
        (work.inputLength, work.outputLength, work.traceLength) = REGISTRY.traceOf(subject.modelId);
        return PROOF.step(subject.modelId, _decode(model), work, place, proof);
    }

    function _decode(bytes calldata model) private pure returns (IEdgeProof.Commitment memory) {
        if (model.length != MODEL_BYTES) revert IDisputes.ModelLength(MODEL_BYTES, model.length);
        return IEdgeProof.Commitment({
            weightsRoot: bytes32(model[:32]),
            weightsLength: uint64(bytes8(model[32:40])),
            weightsTransposedRoot: bytes32(model[40:72]),
            graphRoot: bytes32(model[72:104]),
            graphLength: uint64(bytes8(model[104:112])),
            specification: uint32(bytes4(model[112:]))
        });
    }
}
