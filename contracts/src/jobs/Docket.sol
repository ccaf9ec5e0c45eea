// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Evidence} from "./Evidence.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {Subtree} from "../types/Subtree.sol";

/// @dev What is on record of claims, threads and nodes, and what may happen to them now. Nothing is changed here.
abstract contract Docket is IDisputes {
    uint256 public constant CLAIM_MIN = 100e18;
    uint256 public constant CHALLENGE_MIN = 100e18;
    uint64 public constant WINDOW = 1 days;
    uint64 public constant TURN = 1 hours;
    uint64 public constant HOLD = 10 seconds;
    uint256 private constant DOUBLINGS_MAX = 4;
    /// @dev Operations of `IEdgeProof.Place` that touch a byte of another tree too.
    uint32 private constant INPUT_COPY = type(uint32).max;
    uint32 private constant ANSWER_COPY = type(uint32).max - 1;

    uint256 public threadCount;
    mapping(bytes32 claimId => Claim) internal _claims;
    mapping(uint256 thread => Thread) internal _threads;
    /// @dev Tree, level and index are packed into `place`.
    mapping(bytes32 claimId => mapping(uint256 place => Node)) internal _nodes;
    mapping(bytes32 announcement => uint64) internal _announcedAt;

    function claimOf(bytes32 claimId) external view returns (Claim memory) {
        return _known(claimId);
    }

    function threadOf(uint256 thread) external view returns (Thread memory) {
        return _knownThread(thread);
    }

    function nodeOf(bytes32 claimId, Tree tree, uint8 level, uint64 index) external view returns (Node memory node) {
        Claim storage subject = _known(claimId);
        node = _node(claimId, tree, level, index);
        if (index == 0 && level == _rootLevel(subject, tree)) (node.value,) = Evidence.commitmentOf(subject, tree);
    }

    function claimIdOf(address worker, bytes32 jobId) public view returns (bytes32 claimId) {
        return keccak256(abi.encode(block.chainid, address(this), worker, jobId));
    }

    function challengeBond(bytes32 claimId) public view returns (uint256) {
        return CHALLENGE_MIN << Math.min(_known(claimId).threads, DOUBLINGS_MAX);
    }

    /// @dev The thread that wins by a refutation at this place: that which asked first for these bytes, if it is running and has been
    /// there for `HOLD`, or it could be a copy of what it saw in the pool. 0 where there is none.
    function _threadAt(bytes32 claimId, uint32 op, uint64 element, uint64 position)
        internal
        view
        returns (uint256 thread)
    {
        thread = _threadAtByte(claimId, Tree.Trace, position);
        uint256 other;
        if (op == INPUT_COPY) other = _threadAtByte(claimId, Tree.Input, element);
        else if (op == ANSWER_COPY) other = _threadAtByte(claimId, Tree.Output, element);
        if (thread == 0 || (other != 0 && _threads[other].movedAt < _threads[thread].movedAt)) thread = other;
    }

    function _threadAtByte(bytes32 claimId, Tree tree, uint64 position) internal view returns (uint256 thread) {
        thread = _node(claimId, tree, Subtree.LOWEST, Subtree.indexOf(position)).first;
        Thread storage found = _threads[thread];
        // It may have turned, where the trace is so short that its root is answered by bytes.
        if (found.ended || found.tree != tree || block.timestamp < found.movedAt + HOLD) return 0;
    }

    /// @dev A node that can still be answered.
    function _due(bytes32 claimId, Tree tree, uint8 level, uint64 index) internal view returns (Node storage due) {
        Claim storage subject = _inPhase(claimId, Phase.Open);
        due = _unanswered(claimId, tree, level, index);
        _checkInTime(due.askedAt + TURN);
        if (tree == Tree.Trace && subject.traceRoot == 0) revert TraceUnknown(claimId);
    }

    function _unanswered(bytes32 claimId, Tree tree, uint8 level, uint64 index)
        internal
        view
        returns (Node storage due)
    {
        due = _node(claimId, tree, level, index);
        if (due.askedAt == 0) revert NodeUnknown(claimId, tree, level, index);
        if (due.answeredAt != 0) revert NodeAnswered(claimId, tree, level, index);
    }

    /// @dev Until when a challenger has to move: an answer may be older than the thread's arrival there.
    function _moveBy(Thread storage mover) internal view returns (uint64 deadline) {
        uint64 answeredAt = _node(mover.claimId, mover.tree, mover.level, mover.index).answeredAt;
        if (answeredAt == 0) revert NodeNotAnswered(mover.claimId, mover.tree, mover.level, mover.index);
        return (answeredAt > mover.movedAt ? answeredAt : mover.movedAt) + TURN;
    }

    /// @dev A thread that its challenger, who is the caller, can move on.
    function _moving(uint256 thread) internal view returns (Thread storage mover, Claim storage subject) {
        mover = _running(thread);
        if (msg.sender != mover.challenger) revert NotChallenger(thread, msg.sender);
        subject = _inPhase(mover.claimId, Phase.Open);
        _checkInTime(_moveBy(mover));
    }

    function _rootLevel(Claim storage subject, Tree tree) internal view returns (uint8 level) {
        (, uint64 length) = Evidence.commitmentOf(subject, tree);
        return Subtree.levelOf(Subtree.chunksOf(length));
    }

    function _node(bytes32 claimId, Tree tree, uint8 level, uint64 index) internal view returns (Node storage node) {
        return _nodes[claimId][(uint256(tree) << 72) | (uint256(level) << 64) | index];
    }

    function _running(uint256 thread) internal view returns (Thread storage found) {
        found = _knownThread(thread);
        if (found.ended) revert ThreadEnded(thread);
    }

    function _knownThread(uint256 thread) internal view returns (Thread storage found) {
        found = _threads[thread];
        if (found.challenger == address(0)) revert ThreadUnknown(thread);
    }

    function _known(bytes32 claimId) internal view returns (Claim storage found) {
        found = _claims[claimId];
        if (found.phase == Phase.None) revert ClaimUnknown(claimId);
    }

    function _inPhase(bytes32 claimId, Phase phase) internal view returns (Claim storage found) {
        found = _known(claimId);
        if (found.phase != phase) revert WrongPhase(claimId, found.phase);
    }

    function _ownOpen(bytes32 claimId) internal view returns (Claim storage found) {
        found = _inPhase(claimId, Phase.Open);
        if (msg.sender != found.worker) revert NotWorker(claimId, msg.sender);
    }

    /// @dev Deadlines are the last moment at which it is not too late.
    function _checkInTime(uint64 deadline) internal view {
        if (block.timestamp > deadline) revert TooLate(deadline);
    }

    function _checkOver(uint64 deadline) internal view {
        if (block.timestamp <= deadline) revert TooEarly(deadline);
    }

    function _checkSeal(bytes32 claimId, Claim storage subject, bool planted, bytes32 salt) internal view {
        bytes32 opened = keccak256(abi.encode(subject.worker, subject.jobId, planted, salt));
        if (subject.seal != opened) revert NotTheSeal(claimId);
    }

    function _checkAnnounced(bytes32 announcement) internal view {
        uint64 announcedAt = _announcedAt[announcement];
        if (announcedAt == 0 || block.timestamp < announcedAt + HOLD) revert NotAnnounced(announcement);
    }
}
