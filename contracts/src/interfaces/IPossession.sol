// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "./IVerifier.sol";

/// @title Content that is there (assurance level Proven)
/// @notice The subject is the BLAKE3 hash of some content. The input is not a hash but the content's length (64 bits) and how many of its chunks are to be
/// shown (the lowest 16 bits, 1 to 256), as a number: length * 65,536 + samples. The proof is `IEdgeProof.possession`'s, for the seed that `IBeacon`
/// gives this contract for the job's number, `DELAY` blocks after it was taken. No output goes with it.
/// @dev Who lacks a share f of the chunks passes with probability (1 - f)^samples. That somebody keeps a copy of his own, nobody can tell: the content
/// is to be had for a proof in time.
interface IPossession is IVerifier {
    /// @notice The length is zero, or the samples are not 1 to 256, or there are bits beside them.
    error MalformedInput(bytes32 input);
    /// @notice Possession is asked for in one job at a time, and nothing is published.
    error NotOneJob();
    /// @notice The proof does not show the chunks that were drawn. It costs nothing but its gas.
    error NotShown();

    /// @notice The block whose mix draws what a job's worker shows.
    function drawnAt(uint256 takenAt) external view returns (uint256 height);
    /// @notice Reverts until that block's mix is known to `IBeacon`.
    function seedOf(uint256 jobId, uint256 takenAt) external view returns (bytes32 seed);
}
