// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What THETA's holders can change by a vote
/// @notice Every parameter has bounds that no vote passes, and a value that genesis begins with. Only the timelock sets them. The
/// node reads its own at the first block of an epoch and follows them from the next epoch on; contracts read theirs when a
/// job, a stake or a proposal begins, which keeps them to its end.
interface IParameters {
    /// @dev Appended to, never reordered: a number is a storage key and stands in votes. Shares are in basis points.
    enum Parameter {
        /// @notice Gas of a block.
        GasLimit,
        /// @notice Least time between blocks with transactions, milliseconds.
        BlockTimeMs,
        /// @notice Time between empty blocks, milliseconds.
        HeartbeatMs,
        /// @notice Least base fee, wei.
        BaseFeeFloor,
        /// @notice Blocks from one checkpoint to the next.
        CheckpointInterval,
        /// @notice Blocks after a checkpoint's first certificate in which unions add to it.
        UnionWindow,
        /// @notice Released to stakers of THETA, wei of TFUEL a second.
        ThetaEmission,
        /// @notice Released to edge nodes, wei of TFUEL a second.
        EdgeEmission,
        /// @notice Of the protocol's fee on a job, what is burned.
        BurnShare,
        /// @notice Least stake of a validator, wei of THETA.
        ValidatorStakeMin,
        /// @notice Least stake of a guardian, wei of THETA.
        GuardianStakeMin,
        /// @notice Least stake of an edge node, wei of TFUEL.
        EdgeStakeMin,
        /// @notice Most stake of an edge node, wei of TFUEL.
        EdgeStakeMax,
        /// @notice Seconds from unbonding THETA to withdrawing it.
        ThetaUnbonding,
        /// @notice Seconds from unbonding TFUEL to withdrawing it.
        EdgeUnbonding,
        /// @notice Seats of the committee.
        CommitteeSeats,
        /// @notice Seats that nodes of one owner have, at most.
        SeatsPerOwner,
        /// @notice Of an epoch's certificates, what a validator has to be in to be live.
        LivenessMin,
        /// @notice Seconds that a node that was not live is in jail, at least.
        JailSeconds,
        /// @notice Slashed for two votes that exclude each other.
        EquivocationSlash,
        /// @notice Slashed for an epoch without liveness.
        DowntimeSlash,
        /// @notice Of a slash, what its reporter gets.
        ReporterShare,
        /// @notice Certificates of an epoch by which a guardian's presence is measured.
        PresenceSamples,
        /// @notice Blocks from a proposal to the start of voting.
        VotingDelay,
        /// @notice Blocks that a vote lasts.
        VotingPeriod,
        /// @notice Votes that it takes to propose, wei of THETA.
        ProposalThreshold,
        /// @notice Of all THETA, the votes for and abstaining that a proposal needs.
        Quorum,
        /// @notice Seconds from a vote's end to its execution, at least.
        TimelockDelay,
        /// @notice Rows of the matrices whose products edge nodes show their capacity by.
        CapacitySize,
        /// @notice Such products that a round of capacity takes, one after the other.
        CapacityLinks
    }

    /// @notice The caller is not the timelock.
    error OnlyTimelock(address caller);
    error OutOfBounds(Parameter parameter, uint256 value, uint256 least, uint256 most);
    /// @notice `BlockTimeMs` is not above `HeartbeatMs`.
    error HeartbeatBelowBlockTime(uint256 blockTimeMs, uint256 heartbeatMs);
    /// @notice An edge node's least stake is not above its most.
    error StakeMinAboveMax(uint256 least, uint256 most);
    /// @notice `SeatsPerOwner` is a third of `CommitteeSeats` or more: one owner could stop the chain.
    error SeatsPerOwnerTooMany(uint256 perOwner, uint256 seats);

    event ParameterSet(Parameter indexed parameter, uint256 before, uint256 value);

    /// @param value now
    /// @param least that a vote can set
    /// @param most that a vote can set
    struct Bounded {
        uint256 value;
        uint256 least;
        uint256 most;
    }

    /// @notice Sets a parameter within its bounds. Only the timelock.
    function set(Parameter parameter, uint256 value) external;

    function valueOf(Parameter parameter) external view returns (uint256 value);
    /// @notice The value, and what it can be.
    function boundsOf(Parameter parameter) external view returns (Bounded memory);
    /// @notice Every value, in the order of `Parameter`.
    function all() external view returns (uint256[] memory values);
}
