// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "../../src/interfaces/IVerifier.sol";

/// @dev The verifier of a kind that a vote added: it says of each job what it was told to, whoever asks with whatever proof. In a bad
/// mood it fails, or goes on until its gas is gone.
contract Umpire is IVerifier {
    enum Mood {
        Fair,
        Broken,
        Endless
    }

    error Broke();
    error Refused();

    Mood public mood;
    /// @dev Of which it wants no jobs.
    bytes32 public refused;
    mapping(uint256 jobId => Verdict) public verdictOf;

    function fall(Mood into) external {
        mood = into;
    }

    function refuse(bytes32 subject) external {
        refused = subject;
    }

    function rule(uint256 jobId, Verdict verdict) external {
        verdictOf[jobId] = verdict;
    }

    function check(bytes32 subject, uint256, bytes32, bytes calldata) external view {
        if (subject == refused) revert Refused();
    }

    function judge(Work calldata work, bytes calldata, bytes calldata)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (mood == Mood.Broken) revert Broke();
        if (mood == Mood.Endless) {
            while (true) {}
        }
        return (verdictOf[work.jobId], keccak256(abi.encode(work)));
    }
}
