// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {ICollection} from "../interfaces/ICollection.sol";
import {IMediaGate} from "../interfaces/IMediaGate.sol";
import {INftFactory} from "../interfaces/INftFactory.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Typed} from "../types/Typed.sol";

/// @dev Holds no money, and asks only contracts of genesis and their clones.
contract MediaGate is IMediaGate {
    INftFactory private constant FACTORY = INftFactory(Predeploys.NFT_FACTORY);

    uint256 private constant EPOCH_LEAST = 60;
    uint256 private constant EPOCH_MOST = 30 days;
    uint256 private constant NODES_MOST = 32;
    uint256 private constant POINT_BYTES = 48;
    bytes32 private constant NAME = keccak256("Edgeloom MediaGate");
    bytes32 private constant EPOCH = keccak256("Epoch(uint256 gate,uint256 epoch)");

    struct Gate {
        address owner;
        uint32 version;
        Terms terms;
        Quorum quorum;
        Content content;
    }

    uint256 public gateCount;
    mapping(uint256 gate => Gate) private _gates;

    modifier onlyOwner(uint256 gate) {
        if (_known(gate).owner != msg.sender) revert NotOwner(gate, msg.sender);
        _;
    }

    function open(Terms calldata terms, Quorum calldata quorum) external returns (uint256 gate) {
        if (!FACTORY.isCollection(terms.collection)) revert NotCollection(terms.collection);
        if (Ownable(terms.collection).owner() != msg.sender) revert NotCreator(terms.collection, msg.sender);
        if (terms.first > terms.last) revert WrongTokens(terms.first, terms.last);
        if (terms.epochSeconds < EPOCH_LEAST || terms.epochSeconds > EPOCH_MOST) revert WrongEpoch(terms.epochSeconds);
        if (terms.start == 0) revert WrongStart(terms.start);
        gate = ++gateCount;
        (_gates[gate].owner, _gates[gate].terms) = (msg.sender, terms);
        emit GateOpened(gate, msg.sender, terms.collection, terms);
        _setQuorum(gate, quorum);
    }

    function setQuorum(uint256 gate, Quorum calldata quorum) external onlyOwner(gate) {
        _setQuorum(gate, quorum);
    }

    function setContent(uint256 gate, Content calldata content) external onlyOwner(gate) {
        _gates[gate].content = content;
        emit ContentSet(gate, content.root, content.uri);
    }

    function isEntitled(uint256 gate, uint256 token, address account) external view returns (bool) {
        Terms memory terms = _known(gate).terms;
        bool covered = token >= terms.first && token <= terms.last && block.timestamp >= terms.start;
        // Where a use was given up in this second, nobody is the user.
        if (!covered || account == address(0)) return false;
        (, uint256 since) = _epochAt(terms);
        ICollection collection = ICollection(terms.collection);
        uint256 usedUntil = collection.userExpires(token);
        if (usedUntil >= block.timestamp) {
            return collection.userOf(token) == account && collection.userSince(token) < since;
        }
        // Whose use ended within the epoch had it already.
        if (usedUntil >= since || collection.heldSince(token) >= since) return false;
        try collection.ownerOf(token) returns (address holder) {
            return holder == account;
        } catch {
            return false;
        }
    }

    function currentEpoch(uint256 gate) external view returns (uint256 epoch, uint256 since) {
        Terms memory terms = _known(gate).terms;
        if (block.timestamp < terms.start) revert WrongStart(terms.start);
        return _epochAt(terms);
    }

    function messageOf(uint256 gate, uint256 epoch) external view returns (bytes32) {
        bytes32 content = keccak256(abi.encode(EPOCH, gate, epoch));
        return MessageHashUtils.toTypedDataHash(Typed.domain(NAME), content);
    }

    function ownerOf(uint256 gate) external view returns (address) {
        return _known(gate).owner;
    }

    function termsOf(uint256 gate) external view returns (Terms memory) {
        return _known(gate).terms;
    }

    function quorumOf(uint256 gate) external view returns (uint32 version, Quorum memory quorum) {
        Gate storage known = _known(gate);
        return (known.version, known.quorum);
    }

    function contentOf(uint256 gate) external view returns (Content memory) {
        return _known(gate).content;
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return Typed.domain(NAME);
    }

    /// @dev Two quorums always have a node in common. Points are not checked: nodes check their shares against them, and readers what nodes give.
    function _setQuorum(uint256 gate, Quorum calldata quorum) private {
        (uint256 threshold, uint256 nodes) = (quorum.threshold, quorum.nodes.length);
        if (threshold > nodes || 2 * threshold <= nodes || nodes > NODES_MOST) revert WrongQuorum(threshold, nodes);
        uint256 length = quorum.commitments.length;
        if (length != threshold * POINT_BYTES) revert WrongCommitments(length, threshold * POINT_BYTES);
        _gates[gate].quorum = quorum;
        emit QuorumSet(gate, ++_gates[gate].version, quorum);
    }

    function _known(uint256 gate) private view returns (Gate storage known) {
        known = _gates[gate];
        if (known.owner == address(0)) revert GateUnknown(gate);
    }

    function _epochAt(Terms memory terms) private view returns (uint256 epoch, uint256 since) {
        epoch = (block.timestamp - terms.start) / terms.epochSeconds;
        since = terms.start + epoch * terms.epochSeconds;
    }
}
