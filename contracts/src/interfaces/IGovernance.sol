// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What the governor adds to OpenZeppelin's
/// @notice The governor is an OpenZeppelin `IGovernor` 5.7 with simple counting: `COUNTING_MODE` is
/// `support=bravo&quorum=for,abstain`. Numbered rules, beyond that interface:
///
/// G1 Votes are THETA's, as it counted them at the end of the block before the proposal (`proposalSnapshot`). What is bought,
/// borrowed, staked or delegated in the proposal's block or later has no vote on it.
/// G2 Votes are cast in the blocks after `voteStart`, up to and with `proposalDeadline`. Both are fixed by `VotingDelay` and
/// `VotingPeriod` as they are when it is proposed.
/// G3 The quorum is `Quorum` of all THETA, as the parameter is when the first proposal with that snapshot is made; later changes
/// do not touch it. Votes for and votes that abstain count toward it. It passes with more votes for than against.
/// G4 What passed is queued with the timelock, with its delay at that time, and executed after it, each by anybody, once.
/// G5 A proposer can cancel until `voteStart`, nobody can later. A passed operation waits for ever until it is executed, or until
/// another vote cancels it through `relay`.
/// G6 Parameters are changed through the timelock only, within their bounds. There is no owner, no guardian and no role to give.
interface IGovernance {
    /// @notice What counts votes.
    function token() external view returns (address);
    /// @notice What executes.
    function timelock() external view returns (address);
    /// @notice The last block before votes are cast, 0 where nobody proposed it.
    function voteStart(uint256 proposalId) external view returns (uint256);
    /// @notice The timelock's id of a queued proposal, 0 before.
    function operationOf(uint256 proposalId) external view returns (bytes32);
}
