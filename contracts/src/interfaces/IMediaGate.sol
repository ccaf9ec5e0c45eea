// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Whom media are opened for
/// @notice Whoever owns a gate encrypts media by a fresh key for each epoch, and that key to a threshold BLS signature over `messageOf` gate and epoch.
/// The secret of that signature is shared among edge nodes (Feldman's verifiable sharing): each gives its part of an epoch's signature to
/// whom `isEntitled` names, and a quorum of parts opens the epoch.
/// @dev Shares instead of wrapping keys for each holder: nothing has to be published when a token moves, nobody has to be online but a quorum of nodes, no
/// node can open anything alone, and what nodes give is checked against the commitments here. Who was let in can pass on what it saw, as of any media.
interface IMediaGate {
    /// @param collection of `INftFactory`, which says since when a token is held and used
    /// @param first of the tokens that open the gate
    /// @param last of them
    /// @param start when the first epoch begins, seconds
    /// @param epochSeconds 60 to 2,592,000
    struct Terms {
        address collection;
        uint256 first;
        uint256 last;
        uint40 start;
        uint32 epochSeconds;
    }

    /// @param threshold nodes that open an epoch together: more than half of them
    /// @param nodes accounts of edge nodes, 32 at most; the share of node i is the polynomial's value at i + 1
    /// @param commitments to the polynomial's coefficients, the constant one first: `threshold` compressed points of G1, 48 bytes each.
    /// The first is the key that media are encrypted to
    struct Quorum {
        uint8 threshold;
        address[] nodes;
        bytes commitments;
    }

    /// @param root BLAKE3 of the manifest, which names every piece
    /// @param uri where the manifest is
    struct Content {
        bytes32 root;
        string uri;
    }

    error GateUnknown(uint256 gate);
    error NotCollection(address account);
    error NotCreator(address collection, address caller);
    error NotOwner(uint256 gate, address caller);
    error WrongTokens(uint256 first, uint256 last);
    error WrongEpoch(uint256 secondsAsked);
    error WrongStart(uint256 start);
    error WrongQuorum(uint256 threshold, uint256 nodes);
    error WrongCommitments(uint256 length, uint256 expected);

    event GateOpened(uint256 indexed gate, address indexed owner, address indexed collection, Terms terms);
    event QuorumSet(uint256 indexed gate, uint32 version, Quorum quorum);
    event ContentSet(uint256 indexed gate, bytes32 root, string uri);

    /// @notice Opens a gate for tokens of a collection. Its creator only.
    function open(Terms calldata terms, Quorum calldata quorum) external returns (uint256 gate);
    /// @notice Shares a gate's secret anew, or another one, among other nodes. The gate's owner only. What is encrypted to the key before needs
    /// the nodes before.
    function setQuorum(uint256 gate, Quorum calldata quorum) external;
    /// @notice The gate's owner only.
    function setContent(uint256 gate, Content calldata content) external;

    /// @notice Whether the current epoch's key is an account's, by a token: the one who has the use of it (ERC-4907) or, where nobody has, who holds it. The right has to
    /// have begun before the epoch did. So there is at most one account for each token and epoch; who borrows a token within an epoch gets nothing,
    /// and whoever passes it on has no next epoch.
    function isEntitled(uint256 gate, uint256 token, address account) external view returns (bool);
    /// @notice The current epoch, from 0, and when it began.
    function currentEpoch(uint256 gate) external view returns (uint256 epoch, uint256 since);
    /// @notice What nodes sign for an epoch: keccak256 of its EIP-712 type `Epoch(uint256 gate,uint256 epoch)` in the domain of this contract.
    function messageOf(uint256 gate, uint256 epoch) external view returns (bytes32);
    function gateCount() external view returns (uint256);
    function ownerOf(uint256 gate) external view returns (address);
    function termsOf(uint256 gate) external view returns (Terms memory);
    /// @notice The version counts from 1.
    function quorumOf(uint256 gate) external view returns (uint32 version, Quorum memory quorum);
    function contentOf(uint256 gate) external view returns (Content memory);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
