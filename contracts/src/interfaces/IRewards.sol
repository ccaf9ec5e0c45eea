// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What the reserve releases, for those who did the work
/// @notice An epoch's pot is what its checkpoints had the reserve release. Once the epoch is judged, at the first block of the second after
/// it, anybody settles it, until the 32nd after it is over: every validator gets of the pot the part that its stake is of all validators'
/// and guardians', times the part of the epoch's certificates that it signed; every guardian by its stake and the part that it signed of
/// some checkpoints, which a mix drawn after the epoch names. What nobody earned goes back to the reserve; what is for edge nodes goes on
/// to `IEdgeRewards` as it comes.
/// @dev Stake is that of the committee's election and of the guardians' snapshot. What a node gets is shared with its sources by
/// `IStakeBook`, who have it as it is settled: settle soon. Who joins before that takes part in what others worked for, by its stake, which
/// then stays for the time of unbonding; who leaves before that leaves it to the others.
///
/// The mix is that of the first block of the second epoch after. Its proposer can choose between two, by leaving out its block, and so
/// between two lists of samples; of what was signed it changes nothing, since certificates that come later are not counted.
interface IRewards {
    error OnlyEpochs(address caller);
    error OnlyEmission(address caller);
    /// @notice The epoch is not over and judged, or was too long ago.
    error NotSettling(uint32 epoch, uint32 current);
    /// @notice There was no checkpoint in the epoch, or no mix after it.
    error NoSamples(uint32 epoch);
    /// @notice There have to be as many certificates as samples.
    error SamplesMissing(uint256 expected, uint256 actual);
    /// @notice This is not the block, or these are not the signers, of the checkpoint at `height`; none where it had no certificate when
    /// the samples were drawn.
    error NotItsSigners(uint64 height);
    error NotAtPlace(bytes32 keyId, uint256 place);
    /// @notice The pot can be given back from epoch `from` on, or was, or is empty.
    error NothingToSweep(uint32 epoch, uint256 from);

    /// @param theta for validators and guardians
    /// @param edge for edge nodes, that the contract of their rewards did not take
    event PotFilled(uint32 indexed epoch, uint256 theta, uint256 edge);
    event SeatPaid(uint32 indexed epoch, uint32 indexed node, uint256 signed, uint256 included, uint256 amount);
    event PlacePaid(uint32 indexed epoch, uint32 indexed node, uint256 present, uint256 samples, uint256 amount);
    event PotSwept(uint32 indexed epoch, uint256 amount);

    /// @param theta for validators and guardians, wei
    /// @param edge for edge nodes, wei: none where the contract of their rewards took it
    /// @param paid of both so far
    /// @param samples as many as are drawn
    /// @param seatsPaid whether the committee's seats were paid
    /// @param mix that draws the samples, 0 before it is there
    struct Pot {
        uint128 theta;
        uint128 edge;
        uint128 paid;
        uint32 samples;
        bool seatsPaid;
        bytes32 mix;
    }

    /// @param keyId that a guardian had in the epoch
    /// @param place of it in the epoch's snapshot
    struct Presence {
        bytes32 keyId;
        uint256 place;
    }

    /// @param blockHash of the checkpoint
    /// @param signers the bitmap of who signed it; empty where it had no certificate when the samples were drawn
    struct Sample {
        bytes32 blockHash;
        bytes signers;
    }

    /// @notice Has the reserve release what is due, into the epoch's pot. Only the contract of epochs.
    function release() external;
    /// @notice Begins epoch `epoch`, at its first block (block 1 for epoch 0): draws the samples of the epoch before the
    /// last. Only the contract of epochs.
    function begin(uint32 epoch) external;

    /// @notice Pays the seats of an epoch's committee, once.
    function settleSeats(uint32 epoch) external;
    /// @notice Pays guardians that were not paid.
    /// @param samples the checkpoints of `samplesOf`, in its order
    function settlePlaces(uint32 epoch, Sample[] calldata samples, Presence[] calldata guardians) external;
    /// @notice Gives back to the reserve what nobody was paid.
    function sweep(uint32 epoch) external;

    function potOf(uint32 epoch) external view returns (Pot memory);
    /// @notice Heights of the checkpoints by which guardians' presence is measured; one can be there twice.
    function samplesOf(uint32 epoch) external view returns (uint64[] memory heights);
    function isPlacePaid(uint32 epoch, uint256 place) external view returns (bool);
}
