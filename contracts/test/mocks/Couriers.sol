// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISealed} from "../../src/interfaces/ISealed.sol";
import {IVerifier} from "../../src/interfaces/IVerifier.sol";
import {SealedWorld} from "../SealedWorld.sol";
import {vm, within} from "../Vm.sol";

/// @dev What a worker, requesters and strangers do with sealed answers in any order, one in two of which is not what it says. Every action
/// picks a target for which it is allowed and does nothing when there is none, so a revert is a finding.
contract Couriers is SealedWorld {
    uint256 public constant PAYERS = 3;
    uint256 private constant SIZE = 9000;

    mapping(bytes32 verb => uint256) public done;
    uint256 public count;
    uint256 public deposited;
    uint256 public withdrawn;
    /// @dev Whether its ciphertext is of another answer.
    mapping(uint256 jobId => bool) public isFalse;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        vm.fee(3000 gwei);
        for (uint256 i = 0; i < PAYERS; ++i) {
            vm.deal(payer(i), 1_000_000e18);
        }
    }

    function payer(uint256 who) public pure returns (address) {
        return address(uint160(0xa11ce000 + who % PAYERS));
    }

    function seal(bool honest) external counted("seal") {
        bytes memory output = outputOf(SIZE);
        isFalse[count] = !honest;
        seals(BOB, count, TREE.rootOf(output), uint64(SIZE), _cipherOf(count));
        ++count;
    }

    function release(uint256 which) external {
        if (count == 0) return;
        uint256 jobId = _recent(which);
        if (_sealOf(jobId).releasedAt == 0) _release(jobId);
    }

    function complain(uint256 which) external {
        if (count == 0) return;
        uint256 jobId = _recent(which);
        ISealed.Seal memory made = _sealOf(jobId);
        bool open = made.releasedAt != 0 && block.timestamp <= made.until && made.fault == 0;
        if (open && isFalse[jobId]) _complain(jobId);
    }

    function demand(uint256 which, uint256 who) external {
        if (count == 0) return;
        uint256 jobId = _recent(which);
        ISealed.Seal memory made = _sealOf(jobId);
        bool open = made.releasedAt != 0 && block.timestamp <= made.until;
        if (open && _demandOf(jobId).payer == address(0)) _demand(jobId, payer(who));
    }

    function answer(uint256 which, uint64 piece) external {
        if (count == 0) return;
        uint256 jobId = _recent(which);
        ISealed.Demand memory asked = _demandOf(jobId);
        if (asked.payer == address(0) || block.timestamp > asked.answerBy) return;
        piece = piece % asked.pieces;
        if ((asked.answered >> piece) % 2 == 0) _answer(jobId, piece);
    }

    function reclaim(uint256 which) external {
        if (count == 0) return;
        uint256 jobId = which % count;
        ISealed.Demand memory asked = _demandOf(jobId);
        if (asked.left != 0 && block.timestamp > asked.answerBy) _reclaim(jobId);
    }

    function withdraw(uint256 who) external {
        address account = who % 2 == 0 ? BOB : payer(who >> 1);
        if (SEALED.creditOf(account) != 0) _withdraw(account);
    }

    function wait(uint256 time) external counted("wait") {
        vm.warp(block.timestamp + within(time, 1, 20 minutes));
    }

    function _release(uint256 jobId) private counted("release") {
        IVerifier.Work memory work = workOf(BOB, jobId);
        work.deadline = uint64(block.timestamp);
        rules(work, IVerifier.Verdict.Pending, 0);
        vm.prank(BOB);
        SEALED.release(jobFrom(work), KEY);
    }

    function _complain(uint256 jobId) private counted("complain") {
        ISealed.Opening memory list = listing(_cipherOf(jobId), SIZE);
        SEALED.complainOfList(BOB, jobId, SHARE, list);
    }

    function _demand(uint256 jobId, address by) private counted("demand") {
        uint256 deposit = SEALED.depositOf(uint64(SIZE));
        deposited += deposit;
        vm.prank(by);
        SEALED.demand{value: deposit}(BOB, jobId);
    }

    function _answer(uint256 jobId, uint64 piece) private counted("answer") {
        bytes memory cipher = _cipherOf(jobId);
        uint256 rest = TREE.chunksOf(cipher.length) - 8 * piece;
        ISealed.Opening memory shown = opening(cipher, 8 * piece, rest < 8 ? rest : 8);
        SEALED.answer(BOB, jobId, piece, shown);
    }

    function _reclaim(uint256 jobId) private counted("reclaim") {
        SEALED.reclaim(BOB, jobId);
    }

    function _withdraw(address account) private counted("withdraw") {
        withdrawn += SEALED.creditOf(account);
        vm.prank(account);
        SEALED.withdraw();
    }

    function _cipherOf(uint256 jobId) private view returns (bytes memory) {
        bytes memory output = outputOf(SIZE);
        if (isFalse[jobId]) output[jobId % SIZE] ^= 0x01;
        return cipherOf(BOB, jobId, output);
    }

    function _sealOf(uint256 jobId) private view returns (ISealed.Seal memory) {
        return SEALED.sealOf(SEALED.sealIdOf(BOB, jobId));
    }

    function _demandOf(uint256 jobId) private view returns (ISealed.Demand memory) {
        return SEALED.demandOf(SEALED.sealIdOf(BOB, jobId));
    }

    /// @dev One of the last few.
    function _recent(uint256 which) private view returns (uint256) {
        return count - 1 - which % (count < 3 ? count : 3);
    }
}
