// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Blocks that the guardians co-signed
/// @notice Every `CheckpointInterval` blocks, at heights that leave 1, guardians sign what they verified. Whoever has signatures of more
/// than two thirds of their stake submits the aggregate, once for a height; for `UnionWindow` blocks after that, aggregates that add
/// signers to it are taken as well, so that whoever submits first cannot leave others out. Gas is refunded out of the reserve, at the base
/// fee and never more than was spent: a union's in proportion, where it gains less than a twentieth of all stake.
/// @dev A guardian signs `IBls`' message (`Bls.message`) of the set `IKeyRegistry.setOf(STAKING, GUARDIANS)`, the snapshot in force in the
/// block's epoch (`IStaking.guardiansOf`) and `payloadOf`. A signature that does not verify reverts with `Bls.CertificateInvalid`, and
/// what is none with the errors of `IBls`.
interface ICheckpoints {
    error NotACheckpointHeight(uint64 height, uint256 interval);
    /// @notice Block `height` is not below this one, or is not in the history of 8,191 blocks (EIP-2935), or has another hash.
    error NotInHistory(uint64 height, bytes32 blockHash);
    error NoGuardians(uint32 epoch);
    error AlreadyCertified(uint64 height);
    error NotCertified(bytes32 blockHash);
    /// @notice The signers have `signed` of `total`, not more than two thirds.
    error QuorumMissed(uint256 signed, uint256 total);
    error WindowOver(uint64 height, uint256 until);
    /// @notice These are not the signers that the checkpoint has.
    error NotItsSigners(uint64 height);
    /// @notice The new signers do not include all that the checkpoint has.
    error NotAUnion(uint64 height);
    /// @notice Nobody was added.
    error NothingGained(uint64 height);

    event Certified(
        uint64 indexed height, bytes32 indexed blockHash, uint256 signedStake, uint256 totalStake, bytes signers
    );
    event Extended(uint64 indexed height, uint256 signedStake, uint256 totalStake, bytes signers);

    /// @param height of the block
    /// @param signedStake of who signed, gwei
    /// @param certifiedAt height of the block with the first certificate
    /// @param epoch of the block
    struct Checkpoint {
        uint64 height;
        uint64 signedStake;
        uint64 certifiedAt;
        uint32 epoch;
    }

    /// @notice Takes the first certificate of a checkpoint.
    /// @param signers a bit for each place of the snapshot, the lowest of a byte first
    /// @param signature the aggregate of theirs, 96 bytes
    function submit(uint64 height, bytes32 blockHash, bytes calldata signers, bytes calldata signature) external;
    /// @notice Takes a certificate that adds signers to those that a checkpoint has.
    /// @param blockHash of the checkpoint
    /// @param before the signers that it has
    function extend(bytes32 blockHash, bytes calldata before, bytes calldata signers, bytes calldata signature) external;

    /// @notice The highest checkpoint; all zero before the first. The hash is the history's (EIP-2935), and 0 once that has forgotten it.
    function latest() external view returns (uint64 height, bytes32 blockHash);
    /// @notice Whether guardians certified the block with this hash itself.
    function isCheckpointed(bytes32 blockHash) external view returns (bool);
    /// @notice All zero where there is none.
    function checkpointOf(bytes32 blockHash) external view returns (Checkpoint memory);
    /// @notice What the checkpoint at a height was certified as, `certificateOf`; 0 where there is none.
    function certificateAt(uint64 height) external view returns (bytes32 certificate);
    /// @notice keccak256(blockHash ‖ keccak256(signers)): of a block and the bitmap of who signed it.
    function certificateOf(bytes32 blockHash, bytes calldata signers) external pure returns (bytes32 certificate);
    /// @notice What guardians sign about a block, inside `IBls`' message.
    function payloadOf(uint64 height, bytes32 blockHash) external pure returns (bytes32 payload);
}
