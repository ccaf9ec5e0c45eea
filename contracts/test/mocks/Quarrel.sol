// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputesWorld} from "../DisputesWorld.sol";
import {IDisputes} from "../../src/interfaces/IDisputes.sol";
import {vm, within} from "../Vm.sol";

/// @dev What a crowd of accounts, each of which both claims and challenges, does in any order. Every action picks a target for
/// which it is allowed and does nothing when there is none, so a revert is a finding.
contract Quarrel is DisputesWorld {
    uint256 public constant SIZE = 4;

    struct Made {
        bytes32 claimId;
        bool planted;
    }

    Made[] private _made;
    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
        for (uint64 leaf = 0; leaf < 4; ++leaf) {
            wrong(3, leaf * 8192, leaf * 8192);
        }
        wrong(INPUT_COPY, 0, 0);
        wrong(ANSWER_COPY, 0, TRACE_BYTES - 1);
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function count() external view returns (uint256) {
        return _made.length;
    }

    function claimAt(uint256 index) external view returns (bytes32) {
        return _made[index].claimId;
    }

    function open(uint256 who, uint256 bond, bool planted, bool traced) external {
        address worker = member(who);
        bond = within(bond, 100e18, 1000e18);
        if (worker.balance >= bond) _open(worker, bond, planted, traced);
    }

    function commitTrace(uint256 which) external {
        for (uint256 i = 0; i < _made.length; ++i) {
            bytes32 claimId = _made[(which % _made.length + i) % _made.length].claimId;
            IDisputes.Claim memory found = DISPUTES.claimOf(claimId);
            bool isOpen = found.phase == IDisputes.Phase.Open;
            if (isOpen && found.traceRoot == 0) return _commitTrace(found.worker, claimId);
        }
    }

    function challenge(uint256 who, uint256 which, uint256 tree, uint256 surplus) external {
        address challenger = member(who);
        (bytes32 claimId,) = _find(which, IDisputes.Phase.Open, false, false, true);
        if (claimId == 0) return;
        if (tree % 3 != 0 && DISPUTES.claimOf(claimId).traceRoot == 0) return;
        uint256 sent = DISPUTES.challengeBond(claimId) + (surplus % 4 == 0 ? surplus % 1e18 : 0);
        if (challenger.balance >= sent) _challenge(challenger, claimId, IDisputes.Tree(tree % 3), sent);
    }

    function answer(uint256 which) external {
        (uint256 id, IDisputes.Thread memory thread) = _findThread(which, true, false, true);
        if (id == 0) return;
        if (thread.tree == TRACE && DISPUTES.claimOf(thread.claimId).traceRoot == 0) return;
        _answer(thread);
    }

    function descend(uint256 which, uint256 child) external {
        (uint256 id, IDisputes.Thread memory thread) = _findThread(which, true, true, true);
        if (id == 0 || thread.level == 3) return;
        // Of 256 children the first few, so that threads meet.
        _descend(id, thread.level == 19 || thread.tree == OUTPUT ? child % 2 : child % 4);
    }

    function turn(uint256 which) external {
        (uint256 id, IDisputes.Thread memory thread) = _findThread(which, true, true, true);
        if (id != 0 && thread.level == 19) _turn(id, thread.challenger);
    }

    function refute(uint256 who, uint256 which, uint256 place) external {
        (bytes32 claimId,) = _find(which, IDisputes.Phase.Open, false, false, false);
        if (claimId == 0 || DISPUTES.claimOf(claimId).traceRoot == 0) return;
        place %= 6;
        if (place < 4) _refute(member(who), claimId, 3, uint64(place * 8192));
        else _refute(member(who), claimId, place == 4 ? INPUT_COPY : ANSWER_COPY, 0);
    }

    function convictSilent(uint256 which) external {
        (uint256 id, IDisputes.Thread memory thread) = _findThread(which, true, false, false);
        if (id != 0) _convictSilent(thread);
    }

    function forfeit(uint256 which) external {
        (uint256 id,) = _findThread(which, true, true, false);
        if (id != 0) _forfeit(id);
    }

    function uphold(uint256 which) external {
        (bytes32 claimId, bool planted) = _find(which, IDisputes.Phase.Open, true, false, false);
        if (claimId != 0 && !planted && DISPUTES.claimOf(claimId).threads == 0) _uphold(claimId);
    }

    function reveal(uint256 which) external {
        (bytes32 claimId, bool planted) = _find(which, IDisputes.Phase.Convicted, false, false, true);
        if (claimId == 0 || !planted) return;
        if (DISPUTES.claimOf(claimId).reason == IDisputes.Reason.WrongElement) _reveal(claimId);
    }

    function burn(uint256 which) external {
        (bytes32 claimId,) = _find(which, IDisputes.Phase.Convicted, true, true, false);
        if (claimId != 0) _burn(claimId);
    }

    function release(uint256 which) external {
        (uint256 id,) = _findThread(which, false, false, false);
        if (id != 0) _release(id);
    }

    function withdraw(uint256 who) external {
        if (DISPUTES.creditOf(member(who)) != 0) _withdraw(member(who));
    }

    /// @dev Mostly minutes, now and then most of a day.
    function wait(uint256 time, uint256 long) external counted("wait") {
        vm.warp(block.timestamp + (long % 16 == 0 ? within(time, 1 hours, 26 hours) : within(time, 1, 20 minutes)));
    }

    function _open(address worker, uint256 bond, bool planted, bool traced) private counted("claim") {
        bytes32 jobId = bytes32(_made.length);
        bytes32 seal = sealOf(worker, jobId, planted);
        bytes32 trace = traced ? traceRoot : bytes32(0);
        vm.prank(worker);
        bytes32 claimId = DISPUTES.claim{value: bond}(jobId, graphId, inputRoot, outputRoot, trace, seal, "");
        _made.push(Made(claimId, planted));
    }

    function _commitTrace(address worker, bytes32 claimId) private counted("commitTrace") {
        vm.prank(worker);
        DISPUTES.commitTrace(claimId, traceRoot);
    }

    function _challenge(address challenger, bytes32 claimId, IDisputes.Tree tree, uint256 sent)
        private
        counted("challenge")
    {
        vm.prank(challenger);
        DISPUTES.challenge{value: sent}(claimId, tree);
    }

    function _answer(IDisputes.Thread memory thread)
        private
        counted(thread.level == 3 ? bytes32("answerWithBytes") : bytes32("answer"))
    {
        answered(thread.claimId, thread.tree, thread.level, thread.index);
    }

    function _descend(uint256 id, uint256 child) private counted("descend") {
        descended(id, child);
    }

    function _turn(uint256 id, address challenger) private counted("turnToAnswer") {
        vm.prank(challenger);
        DISPUTES.turnToAnswer(id);
    }

    /// @dev Announced in time, so that it succeeds whether a thread is there or not.
    function _refute(address by, bytes32 claimId, uint32 op, uint64 element) private counted("refute") {
        announced(by, claimId, op, element);
        vm.warp(block.timestamp + 10);
        refuted(by, claimId, op, element);
    }

    function _convictSilent(IDisputes.Thread memory thread) private counted("convictSilent") {
        DISPUTES.convictSilent(thread.claimId, thread.tree, thread.level, thread.index);
    }

    function _forfeit(uint256 id) private counted("forfeit") {
        DISPUTES.forfeit(id);
    }

    function _uphold(bytes32 claimId) private counted("uphold") {
        DISPUTES.uphold(claimId, SALT);
    }

    function _reveal(bytes32 claimId) private counted("reveal") {
        vm.prank(DISPUTES.claimOf(claimId).worker);
        DISPUTES.reveal(claimId, SALT);
    }

    function _burn(bytes32 claimId) private counted("burn") {
        DISPUTES.burn(claimId);
    }

    function _release(uint256 id) private counted("release") {
        DISPUTES.release(id);
    }

    function _withdraw(address account) private counted("withdraw") {
        vm.prank(account);
        DISPUTES.withdraw();
    }

    /// @dev The first claim from `which` on, around the ring, in `phase`; `over` and `inTime` are about the time that ends with its
    /// window, or for a convicted one with the time to show that it is a canary. 0 is none.
    function _find(uint256 which, IDisputes.Phase phase, bool over, bool withBond, bool inTime)
        private
        view
        returns (bytes32, bool)
    {
        for (uint256 i = 0; i < _made.length; ++i) {
            Made storage made = _made[(which % _made.length + i) % _made.length];
            IDisputes.Claim memory found = DISPUTES.claimOf(made.claimId);
            bool convicted = phase == IDisputes.Phase.Convicted;
            uint256 deadline = convicted ? found.convictedAt + TURN : found.claimedAt + WINDOW;
            bool past = block.timestamp > deadline;
            if (found.phase != phase || (over && !past) || (inTime && past) || (withBond && found.bond == 0)) continue;
            return (made.claimId, made.planted);
        }
        return (0, false);
    }

    /// @dev The first running thread from `which` on, of a claim that is open or not, whose node is answered or not, and with time
    /// left or not. Of claims that are not open, any.
    function _findThread(uint256 which, bool isOpen, bool isAnswered, bool inTime)
        private
        view
        returns (uint256, IDisputes.Thread memory thread)
    {
        uint256 threads = DISPUTES.threadCount();
        for (uint256 i = 0; i < threads; ++i) {
            uint256 id = 1 + (which % threads + i) % threads;
            thread = DISPUTES.threadOf(id);
            if (thread.ended) continue;
            bool running = DISPUTES.claimOf(thread.claimId).phase == IDisputes.Phase.Open;
            if (running != isOpen) continue;
            if (!isOpen) return (id, thread);
            IDisputes.Node memory node = DISPUTES.nodeOf(thread.claimId, thread.tree, thread.level, thread.index);
            if (isAnswered != (node.answeredAt != 0)) continue;
            uint256 since = node.askedAt;
            if (isAnswered) since = node.answeredAt > thread.movedAt ? node.answeredAt : thread.movedAt;
            if (inTime == (block.timestamp <= since + TURN)) return (id, thread);
        }
        return (0, thread);
    }
}
