// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "./IVerifier.sol";

/// @title Inferences that the chain itself runs (assurance level Executed)
/// @notice The subject is a registered model whose image is on the chain. An input is hashed by keccak256 and published in full; the proof is the input
/// again. The chain runs the model, and an answer is right when it is the same to the byte.
interface IInference is IVerifier {
    /// @notice The inputs of all jobs are `expected` bytes together: what the model takes, for each.
    error InputLength(uint256 expected, uint256 actual);
    /// @notice The input is not what was committed to.
    error InputMismatch();
}
