// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Credits} from "./Credits.sol";
import {Docket} from "./Docket.sol";
import {Evidence} from "./Evidence.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Subtree} from "../types/Subtree.sol";

contract Disputes is Docket, Credits {
    using SafeCast for uint256;

    IModelRegistry private constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);

    /// @dev The winner gets a tenth of the bond: a cheater who convicts himself loses the rest.
    uint256 private constant REWARDS_PER_BOND = 10;

    uint256 public held;

    function claim(
        bytes32 jobId,
        bytes32 modelId,
        bytes32 inputRoot,
        bytes32 outputRoot,
        bytes32 traceRoot,
        bytes32 seal,
        bytes calldata input
    ) external payable returns (bytes32 claimId) {
        if (msg.value < CLAIM_MIN) revert BondTooSmall(msg.value, CLAIM_MIN);
        // Reverts where nobody registered the model's graph. Lengths stay there: they never change.
        REGISTRY.traceOf(modelId);
        claimId = claimIdOf(msg.sender, jobId);
        Claim storage made = _claims[claimId];
        if (made.phase != Phase.None) revert ClaimExists(claimId);

        made.worker = msg.sender;
        made.claimedAt = uint64(block.timestamp);
        made.phase = Phase.Open;
        made.bond = msg.value.toUint128();
        made.jobId = jobId;
        made.modelId = modelId;
        made.inputRoot = inputRoot;
        made.outputRoot = outputRoot;
        made.traceRoot = traceRoot;
        made.seal = seal;
        held += msg.value;
        _emitClaimed(claimId, made, input);
    }

    function commitTrace(bytes32 claimId, bytes32 traceRoot) external {
        Claim storage subject = _ownOpen(claimId);
        if (subject.traceRoot != 0) revert TraceCommitted(claimId);
        // Zero stands for none.
        if (traceRoot == 0) revert TraceUnknown(claimId);
        subject.traceRoot = traceRoot;
        emit TraceCommittedTo(claimId, traceRoot);
    }

    function challenge(bytes32 claimId, Tree tree) external payable returns (uint256 thread) {
        Claim storage subject = _inPhase(claimId, Phase.Open);
        _checkInTime(subject.claimedAt + WINDOW);
        // No element can be refuted of a claim without a trace.
        if (tree != Tree.Trace && subject.traceRoot == 0) revert TraceUnknown(claimId);
        uint256 bond = challengeBond(claimId);
        if (msg.value < bond) revert BondTooSmall(msg.value, bond);

        thread = ++threadCount;
        Thread storage opened = _threads[thread];
        opened.claimId = claimId;
        opened.challenger = msg.sender;
        opened.tree = tree;
        opened.bond = bond.toUint128();
        ++subject.threads;
        held += bond;
        emit Challenged(claimId, thread, msg.sender, tree, opened.bond);
        // A root's value is the commitment, which may come later.
        _name(thread, opened, _rootLevel(subject, tree), 0, 0);
        if (msg.value != bond) _credit(msg.sender, msg.value - bond);
    }

    function answer(bytes32 claimId, Tree tree, uint8 level, uint64 index, bytes32[] calldata values) external {
        if (level == Subtree.LOWEST) revert WrongLevel(level);
        Node storage due = _due(claimId, tree, level, index);
        Evidence.checkValues(_claims[claimId], tree, level, index, due.value, values);
        due.answeredAt = uint64(block.timestamp);
        emit Answered(claimId, tree, level, index, values);
    }

    function answerWithBytes(bytes32 claimId, Tree tree, uint64 index, bytes calldata data, bytes32[] calldata values)
        external
    {
        Node storage due = _due(claimId, tree, Subtree.LOWEST, index);
        Evidence.checkBytes(_claims[claimId], tree, index, data, values);
        due.answeredAt = uint64(block.timestamp);
        emit AnsweredWithBytes(claimId, tree, index, data);
    }

    function descend(uint256 thread, bytes32[] calldata values, uint256 child) external {
        (Thread storage mover, Claim storage subject) = _moving(thread);
        (Tree tree, uint8 level, uint64 index) = (mover.tree, mover.level, mover.index);
        if (level == Subtree.LOWEST) revert WrongLevel(level);
        Node storage node = _node(mover.claimId, tree, level, index);
        uint256 chunks = Evidence.checkValues(subject, tree, level, index, node.value, values);
        if (child >= values.length) revert WrongCount(values.length, child);

        (level, index) = Subtree.childOf(chunks, level, index, child);
        _name(thread, mover, level, index, values[child]);
    }

    function turnToAnswer(uint256 thread) external {
        (Thread storage mover, Claim storage subject) = _moving(thread);
        if (mover.tree != Tree.Trace || mover.level != _rootLevel(subject, Tree.Trace)) revert NotAtTraceRoot(thread);
        mover.tree = Tree.Output;
        _name(thread, mover, _rootLevel(subject, Tree.Output), 0, 0);
    }

    function announce(bytes32 announcement) external {
        // Later calls would only make it younger.
        if (_announcedAt[announcement] != 0) return;
        _announcedAt[announcement] = uint64(block.timestamp);
        emit Announced(announcement, msg.sender);
    }

    function refute(bytes32 claimId, bytes calldata model, uint32 op, uint64 element, bytes calldata proof) external {
        Claim storage subject = _inPhase(claimId, Phase.Open);
        if (subject.traceRoot == 0) revert TraceUnknown(claimId);
        IEdgeProof.Judgement memory judged = Evidence.judge(subject, model, IEdgeProof.Place(op, element), proof);
        if (judged.verdict != IEdgeProof.Verdict.Fraud) revert NotFraud(uint8(judged.verdict));
        emit Refuted(claimId, op, element, judged.position, judged.expected, judged.found, msg.sender);
        uint256 thread = _threadAt(claimId, op, element, judged.position);
        address winner = _threads[thread].challenger;
        if (thread == 0) {
            // Whoever saw the proof on its way here could send it first.
            _checkAnnounced(keccak256(abi.encode(msg.sender, claimId, op, element, keccak256(proof))));
            // Where others put up bonds to find this, being faster is not paid: least of all the worker's friend.
            if (subject.threads == 0) winner = msg.sender;
        }
        _convict(claimId, subject, Reason.WrongElement, thread, winner);
    }

    /// @dev While a node is not answered, no thread that named it can move or be forfeited: the first there is running.
    function convictSilent(bytes32 claimId, Tree tree, uint8 level, uint64 index) external {
        Claim storage subject = _inPhase(claimId, Phase.Open);
        Node storage due = _unanswered(claimId, tree, level, index);
        _checkOver(due.askedAt + TURN);
        _convict(claimId, subject, Reason.Silence, due.first, _threads[due.first].challenger);
    }

    function forfeit(uint256 thread) external {
        Thread storage idle = _running(thread);
        bytes32 claimId = idle.claimId;
        Claim storage subject = _inPhase(claimId, Phase.Open);
        _checkOver(_moveBy(idle));
        uint256 half = idle.bond / 2;
        uint256 burned = idle.bond - half;

        _end(thread, idle, subject, 0, half);
        _credit(subject.worker, half);
        emit Burned(claimId, burned);
        _pay(Predeploys.BURN, burned);
    }

    function uphold(bytes32 claimId, bytes32 salt) external {
        Claim storage upheld = _inPhase(claimId, Phase.Open);
        _checkOver(upheld.claimedAt + WINDOW);
        if (upheld.threads != 0) revert StillDisputed(claimId, upheld.threads);
        _checkSeal(claimId, upheld, false, salt);

        _close(claimId, upheld, Phase.Upheld, Reason.Unrefuted, address(0), 0);
        _credit(upheld.worker, _takeBond(upheld));
    }

    function reveal(bytes32 claimId, bytes32 salt) external {
        Claim storage planted = _inPhase(claimId, Phase.Convicted);
        if (msg.sender != planted.worker) revert NotWorker(claimId, msg.sender);
        // A canary that nothing shows to be wrong would let a worker, and who audited for it, take a claim back unharmed.
        if (planted.reason != Reason.WrongElement) revert NotRefuted(claimId);
        _checkInTime(planted.convictedAt + TURN);
        _checkSeal(claimId, planted, true, salt);

        _close(claimId, planted, Phase.Canary, Reason.WrongElement, address(0), 0);
        _credit(msg.sender, _takeBond(planted));
    }

    function burn(bytes32 claimId) external {
        Claim storage guilty = _inPhase(claimId, Phase.Convicted);
        _checkOver(guilty.convictedAt + TURN);
        if (guilty.bond == 0) revert NothingToBurn(claimId);

        uint256 amount = _takeBond(guilty);
        emit Burned(claimId, amount);
        _pay(Predeploys.BURN, amount);
    }

    function release(uint256 thread) external {
        Thread storage freed = _running(thread);
        Claim storage subject = _claims[freed.claimId];
        if (subject.phase == Phase.Open) revert WrongPhase(freed.claimId, Phase.Open);
        _end(thread, freed, subject, freed.bond, 0);
        _credit(freed.challenger, freed.bond);
    }

    /// @dev Who challenges is at this node from now on; the worker owes an answer only where nobody asked before.
    function _name(uint256 thread, Thread storage mover, uint8 level, uint64 index, bytes32 value) private {
        Node storage node = _node(mover.claimId, mover.tree, level, index);
        if (node.askedAt == 0) {
            node.value = value;
            node.askedAt = uint64(block.timestamp);
            node.first = thread.toUint64();
        } else if (_threads[node.first].ended) {
            node.first = thread.toUint64();
        }
        (mover.level, mover.index, mover.movedAt) = (level, index, uint64(block.timestamp));
        uint64 deadline = node.answeredAt == 0 ? node.askedAt + TURN : 0;
        emit Named(mover.claimId, thread, mover.tree, level, index, deadline);
    }

    /// @dev The rest of the bond stays: the claim may be a canary yet.
    /// @param thread the one that wins, 0 for none
    /// @param winner 0 for nobody
    function _convict(bytes32 claimId, Claim storage guilty, Reason reason, uint256 thread, address winner) private {
        uint256 reward = winner == address(0) ? 0 : guilty.bond / REWARDS_PER_BOND;
        guilty.convictedAt = uint64(block.timestamp);
        guilty.bond -= reward.toUint128();
        held -= reward;
        _close(claimId, guilty, Phase.Convicted, reason, winner, reward);
        _credit(winner, reward);
        if (thread == 0) return;
        Thread storage won = _threads[thread];
        _end(thread, won, guilty, won.bond, 0);
        _credit(winner, won.bond);
    }

    /// @dev Every phase but the first comes about here, with a reason.
    function _close(bytes32 claimId, Claim storage ended, Phase phase, Reason reason, address winner, uint256 reward)
        private
    {
        (ended.phase, ended.reason) = (phase, reason);
        emit Closed(claimId, phase, reason, winner, reward);
    }

    /// @dev Every thread ends here, once.
    function _end(uint256 thread, Thread storage ending, Claim storage subject, uint256 returned, uint256 paid)
        private
    {
        ending.ended = true;
        --subject.threads;
        held -= ending.bond;
        emit ThreadClosed(ending.claimId, thread, ending.challenger, returned, paid);
    }

    /// @dev What was left of a claim's bond is held no more.
    function _takeBond(Claim storage subject) private returns (uint256 amount) {
        amount = subject.bond;
        subject.bond = 0;
        held -= amount;
    }

    /// @dev Reads what was just stored: the stack has no room for it beside the parameters.
    function _emitClaimed(bytes32 claimId, Claim storage made, bytes calldata input) private {
        emit Claimed(
            claimId,
            made.worker,
            made.modelId,
            made.jobId,
            made.inputRoot,
            made.outputRoot,
            made.traceRoot,
            made.bond,
            input
        );
    }
}
