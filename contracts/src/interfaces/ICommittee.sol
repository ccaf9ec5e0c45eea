// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEquivocation} from "./IEquivocation.sol";

/// @title Who finalizes blocks
/// @notice Validators (`IStaking`) enter as candidates. At the first block of an epoch the chain elects the next one's committee: the
/// candidates of highest stake, no more of one owner than `SeatsPerOwner`, in ascending order of identity; a seat is a position in that
/// order. Of equal stakes the node that was registered first is ahead. Where fewer than four can be elected, and than sat before, the old
/// committee stays.
/// @dev One vote per seat, whatever its stake: to fork takes more than a third of the seats. An owner with many addresses has as many
/// times the seats, each of which takes the stake of a seat.
interface ICommittee {
    error OnlyEpochs(address caller);
    error OnlyOperator(uint32 node, address caller);
    error NotAValidator(uint32 node);
    /// @notice A public key has 48 bytes.
    error KeyLength(uint256 actual);
    /// @notice The key is not one that the caller registered with `IKeyRegistry`.
    error KeyOfAnother(bytes32 keyId, address operator);
    /// @notice The identity is no point of ed25519's curve.
    error NoIdentity(bytes32 identity);
    error IdentityTaken(bytes32 identity, uint32 node);
    /// @notice There are as many candidates as there can be, and none has less than `lowest` at stake.
    error CandidatesFull(uint256 lowest);
    error BeneficiaryMissing();
    error NotACandidate(uint32 node);
    error TermUnknown(uint32 epoch);
    error SeatUnknown(uint32 epoch, uint256 seat);
    error AnnouncedAlready(bytes32 commitment, uint256 number);
    /// @notice The node was convicted of equivocation before, and banned.
    error AlreadyBanned(uint32 node);

    event Announced(bytes32 indexed commitment, address indexed by);
    event CandidateEntered(uint32 indexed node, bytes32 identity, bytes publicKey, address beneficiary);
    event CandidateLeft(uint32 indexed node);
    event CommitteeElected(uint32 indexed epoch, uint32[] nodes, uint256 totalStake);
    /// @notice The committee of `before` is that of `epoch`, too.
    event CommitteeKept(uint32 indexed epoch, uint32 before);
    event SeatNotLive(uint32 indexed epoch, uint32 indexed node, uint256 signed, uint256 included);
    /// @notice A node that was not live could not be slashed; it is in jail all the same.
    event NotSlashed(uint32 indexed epoch, uint32 indexed node, bytes reason);

    /// @param node of `IStaking`
    /// @param identity ed25519 public key
    /// @param publicKey BLS12-381 key that signs votes and reveals, 48 bytes
    /// @param beneficiary gets the tips of its blocks
    /// @param stake that it was elected with, gwei
    struct Seat {
        uint32 node;
        bytes32 identity;
        bytes publicKey;
        address beneficiary;
        uint64 stake;
    }

    /// @notice Makes a validator a candidate, or changes its keys, for committees to be elected. Only its operator.
    /// @param identity a public key of ed25519 as ZIP-215 reads it
    function enter(uint32 node, bytes32 identity, bytes calldata publicKey, address beneficiary) external;
    /// @notice Takes a candidate out of elections to come. Only its operator.
    function resign(uint32 node) external;

    /// @notice Announces evidence of equivocation without showing it: keccak256(reporter ‖ abi.encode(first, second)), the reporter's 20
    /// bytes first, for the votes that `report` is given. Who announced it in a block before it is shown gets the reporter's share: whoever
    /// copies it from there has announced nothing.
    function announce(bytes32 commitment) external;
    /// @notice Slashes and bans for ever the node that had a seat when it signed two votes that exclude each other (`IEquivocation`, with
    /// whose errors it reverts). Anybody may, once for a node, for 128 epochs. The votes name the epoch.
    /// @param seat of that epoch's committee whose key signed both
    function report(uint256 seat, IEquivocation.Vote calldata first, IEquivocation.Vote calldata second) external;

    /// @notice Counts seats in a certificate that a block carries. Only the contract of epochs.
    function include(uint32 epoch, uint32 seats) external;
    /// @notice Elects the committee of `epoch`. Only the contract of epochs.
    function elect(uint32 epoch) external;
    /// @notice Makes the newest committee that of `epoch`: where an election failed. Only the contract of epochs.
    function keep(uint32 epoch) external;
    /// @notice Slashes and jails who was not live in `epoch`, once; nobody where blocks carried fewer than 16 certificates of it. Only
    /// the contract of epochs.
    function judge(uint32 epoch) external;

    /// @notice The committee of an epoch by seat: of the next one, this one, and 254 before.
    function seatsOf(uint32 epoch) external view returns (Seat[] memory seats);
    /// @notice Certificates of an epoch that blocks carried, and in how many of them each seat signed.
    function participationOf(uint32 epoch) external view returns (uint256 included, uint256[] memory signed);
    /// @notice What a seat of an epoch's committee was elected with, what all were, gwei, and its participation.
    function seatOf(uint32 epoch, uint256 seat)
        external
        view
        returns (uint32 node, uint64 stake, uint128 totalStake, uint256 signed, uint256 included);
    function candidates() external view returns (uint32[] memory nodes);
    /// @notice The block in which something was announced, 0 where it was not.
    function announcedAt(bytes32 commitment) external view returns (uint256 number);
    function CANDIDATES_MAX() external view returns (uint256);
}
