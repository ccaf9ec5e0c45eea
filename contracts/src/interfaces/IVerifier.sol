// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Who tells what became of a job's work
/// @notice Each kind of job has one. It decides by what the chain can check, and never by who asks.
/// @dev A verifier of a kind is code that a vote let in (`IKinds`): the market believes it and calls it in the middle of what it does. It
/// changes nothing, and answers for a job that was delivered and cannot be decided yet with `Pending`, and within a bounded time
/// with something else, so that no price stays in escrow for ever.
interface IVerifier {
    enum Verdict {
        /// @dev Nothing was delivered in time, or nothing yet.
        None,
        Pending,
        Right,
        Wrong,
        /// @dev It was delivered, and nobody is to blame that it cannot be judged.
        Void
    }

    /// @param takenAt the block in which the worker took the job
    /// @param deadline Unix seconds until which it delivers
    /// @param subject what is to be run or kept: a model's id, say
    /// @param inputHash what the job's requester committed to
    /// @param price of the job, wei
    struct Work {
        uint256 jobId;
        address worker;
        uint64 takenAt;
        uint64 deadline;
        bytes32 subject;
        bytes32 inputHash;
        uint256 price;
    }

    /// @notice Reverts unless jobs of this subject, with these inputs, can be worked on.
    /// @param inputs what the requester publishes, of all jobs together
    function check(bytes32 subject, uint256 count, bytes32 inputRoot, bytes calldata inputs) external view;

    /// @notice What became of a job.
    /// @param output what the worker answers, empty where nobody delivers anything now
    /// @param proof what shows it, as this verifier wants it; without one it tells what the chain knows by itself
    /// @return verdict `None` where nothing was delivered
    /// @return evidence hash of what decided it
    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence);
}
