// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title BLS keys of operators, and sets of them that sign together
/// @notice A key is registered once, for one operator, for good. Any account keeps sets of registered keys with a stake
/// each: up to 255, told apart by a role from 1 to 255. What a set is at one moment becomes an immutable snapshot, against
/// which `IBls` checks certificates.
/// @dev Changing a set, writing its chunks and sealing it are steps of their own, so that each fits in a transaction. A set
/// is named by `setOf(owner, role)`: the owner's 20 bytes, 11 zeros, the role. What keys sign is in the library `Bls`.
interface IKeyRegistry {
    /// @notice The key is registered already.
    error KeyTaken(bytes32 keyId);
    /// @notice The proof of possession does not verify with the key.
    error PossessionNotProved();
    /// @notice The consent is not the key's signature over being registered for this operator, here.
    error ConsentNotSigned(address operator);
    error KeyUnknown(bytes32 keyId);
    /// @notice The key has no stake in the set that could be taken away.
    error NotAMember(bytes32 set, bytes32 keyId);
    /// @notice Role 0 is that of consents.
    error RoleIsReserved();
    /// @notice A set has `limit` places.
    error SetIsFull(uint256 limit);
    /// @notice The set has `chunks` chunks.
    error ChunkUnknown(uint256 chunk, uint256 chunks);
    /// @notice The set changed since chunk number `chunk` was written: call `write` with it first.
    error ChunkNotWritten(uint256 chunk);
    error SnapshotUnknown(bytes32 set, uint64 epoch);

    event KeyRegistered(bytes32 indexed keyId, address indexed operator, bytes publicKey);
    event StakeChanged(bytes32 indexed set, bytes32 indexed keyId, uint256 place, uint64 stake);
    event ChunkWritten(bytes32 indexed set, uint256 indexed chunk, address keys, address stakes);
    event SnapshotSealed(
        bytes32 indexed set, uint64 indexed epoch, address snapshot, uint256 places, uint256 totalStake
    );

    /// @param places how many there are, those that nobody has any more among them
    /// @param members keys with a stake
    /// @param epoch of the newest snapshot, 0 for none yet
    /// @param totalStake of the members now
    struct Set {
        uint256 places;
        uint256 members;
        uint64 epoch;
        uint256 totalStake;
    }

    /// @notice Registers a key for the caller.
    /// @param publicKey 48 bytes, compressed
    /// @param possession proof of possession, 96 bytes
    /// @param consent the key's signature over `Bls.consent(operator)`, without which proofs could be copied from others
    /// @return keyId keccak256 of `publicKey`
    function register(bytes calldata publicKey, bytes calldata possession, bytes calldata consent)
        external
        returns (bytes32 keyId);

    /// @notice Gives a key the stake `stake` in the caller's set; 0 takes it out. Its place is its own while it has stake.
    function setStake(uint8 role, bytes32 keyId, uint64 stake) external returns (uint256 place);

    /// @notice Writes what changed of 248 places of a set into code. Anybody may.
    function write(bytes32 set, uint256 chunk) external;

    /// @notice Seals the caller's set as it is now: the snapshot of its next epoch.
    function seal(uint8 role) external returns (uint64 epoch, address snapshot);

    function operatorOf(bytes32 keyId) external view returns (address operator);
    function setOf(address owner, uint8 role) external pure returns (bytes32 set);
    function describe(bytes32 set) external view returns (Set memory);
    function stakeOf(bytes32 set, bytes32 keyId) external view returns (uint64 stake);
    /// @notice The key that has, or had last, a place of the set.
    function keyAt(bytes32 set, uint256 place) external view returns (bytes32 keyId);
    /// @notice Whether a chunk of the set has to be written before it can be sealed.
    function isWritten(bytes32 set, uint256 chunk) external view returns (bool);
    /// @notice The snapshot of an epoch, for `IBls`. Reverts with `SnapshotUnknown`.
    function snapshotAt(bytes32 set, uint64 epoch) external view returns (address snapshot);
    /// @notice Whether a place has this key in the snapshot of an epoch.
    function isIn(bytes32 set, uint64 epoch, uint256 place, bytes32 keyId) external view returns (bool);
    /// @notice The stake of a place in the snapshot of an epoch: 0 where nobody was, or there is no such place.
    function stakeIn(bytes32 set, uint64 epoch, uint256 place) external view returns (uint64 stake);
}
