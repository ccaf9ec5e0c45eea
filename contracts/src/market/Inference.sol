// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IInference} from "../interfaces/IInference.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract Inference is IInference {
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IModelRegistry private constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);

    function check(bytes32 modelId, uint256 count, bytes32 inputRoot, bytes calldata inputs) external view {
        (, uint32 inputBytes) = REGISTRY.manifestOf(modelId);
        if (inputs.length != count * inputBytes) revert InputLength(count * inputBytes, inputs.length);
        if (count == 1 && keccak256(inputs) != inputRoot) revert InputMismatch();
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata input)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length == 0 && input.length == 0) return (Verdict.None, 0);
        if (keccak256(input) != work.inputHash) revert InputMismatch();
        (address manifest,) = REGISTRY.manifestOf(work.subject);
        evidence = keccak256(output);
        verdict = keccak256(PROOF.infer(manifest, input)) == evidence ? Verdict.Right : Verdict.Wrong;
    }
}
