// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBytes} from "solady/utils/LibBytes.sol";
import {Arbiter} from "./mocks/Arbiter.sol";
import {ChunkTree} from "./mocks/ChunkTree.sol";
import {ISealed} from "../src/interfaces/ISealed.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Sealed} from "../src/market/Sealed.sol";
import {eq, vm} from "./Vm.sol";

/// @dev BOB's answer to ALICE's job, sealed with the share of both, under a dispute that says what it is told.
abstract contract SealedWorld {
    Sealed internal constant SEALED = Sealed(Predeploys.SEALED);
    Arbiter internal constant ARBITER = Arbiter(Predeploys.DISPUTABLE);
    ChunkTree internal constant TREE = ChunkTree(Predeploys.EDGE_PROOF);
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant CAROL = address(0xca201);
    uint256 internal constant START = 1_800_000_000;
    uint64 internal constant DEADLINE = uint64(START) + 600;
    uint64 internal constant TURN = 1 hours;
    uint256 internal constant PIECE = 5e18;
    uint256 internal constant JOB = uint256(keccak256("terms of a job"));
    bytes32 internal constant MODEL = keccak256("model");
    bytes32 internal constant INPUT = keccak256("input");
    bytes32 internal constant SHARE = keccak256("of ALICE and BOB");
    bytes32 internal constant KEY = keccak256("BOB's");
    /// @dev Three chunks, of which the last is short.
    uint256 internal constant LENGTH = 2500;

    bytes32 internal subject;
    bytes32 internal sealId;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(10_000);
        vm.etch(Predeploys.SEALED, address(new Sealed()).code);
        vm.etch(Predeploys.DISPUTABLE, address(new Arbiter()).code);
        vm.etch(Predeploys.EDGE_PROOF, address(new ChunkTree()).code);
        vm.deal(ALICE, 1_000_000e18);
        vm.deal(CAROL, 1_000_000e18);
        subject = SEALED.register(MODEL, keccak256(abi.encode(SHARE)));
        sealId = SEALED.sealIdOf(BOB, JOB);
    }

    function outputOf(uint256 length) internal pure returns (bytes memory output) {
        bytes32[] memory words = new bytes32[]((length + 31) / 32);
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = keccak256(abi.encode("output", i));
        }
        return LibBytes.truncate(abi.encodePacked(words), length);
    }

    /// @dev What an honest worker delivers: the answer and its chunks' values, encrypted.
    function cipherOf(address worker, uint256 jobId, bytes memory output) internal view returns (bytes memory) {
        bytes memory plain = bytes.concat(output, abi.encodePacked(TREE.listOf(output)));
        return crypted(SEALED.seedOf(worker, jobId, KEY, SHARE), plain);
    }

    /// @dev Word by word, as the interface has it.
    function crypted(bytes32 seed, bytes memory plain) internal pure returns (bytes memory) {
        uint256 length = plain.length;
        bytes memory padded = bytes.concat(plain, bytes32(0));
        bytes32[] memory words = new bytes32[]((length + 31) / 32);
        for (uint256 j = 0; j < words.length; ++j) {
            words[j] = LibBytes.load(padded, 32 * j) ^ keccak256(abi.encode(seed, j));
        }
        return LibBytes.truncate(abi.encodePacked(words), length);
    }

    function seals(bytes memory output, bytes memory cipher) internal {
        seals(BOB, JOB, TREE.rootOf(output), uint64(output.length), cipher);
    }

    function seals(address worker, uint256 jobId, bytes32 outputRoot, uint64 length, bytes memory cipher) internal {
        bytes32 cipherRoot = TREE.rootOf(cipher);
        vm.prank(worker);
        SEALED.seal(jobId, subject, outputRoot, length, cipherRoot, keccak256(abi.encode(KEY)));
    }

    function rules(IVerifier.Verdict verdict, bytes32 evidence) internal {
        rules(workOf(BOB, JOB), verdict, evidence);
    }

    /// @dev The dispute knows the job by its model.
    function rules(IVerifier.Work memory work, IVerifier.Verdict verdict, bytes32 evidence) internal {
        work.subject = MODEL;
        ARBITER.rule(work, verdict, evidence);
    }

    function jobFrom(IVerifier.Work memory work) internal pure returns (ISealed.Job memory) {
        return ISealed.Job(work.jobId, work.takenAt, work.deadline, work.inputHash, work.price);
    }

    function releases() internal {
        IVerifier.Work memory work = workOf(BOB, JOB);
        vm.prank(BOB);
        SEALED.release(jobFrom(work), KEY);
    }

    /// @dev Sealed and claimed, and the key is out.
    function released(bytes memory output, bytes memory cipher) internal {
        seals(output, cipher);
        rules(IVerifier.Verdict.Pending, 0);
        releases();
    }

    function workOf(address worker, uint256 jobId) internal view returns (IVerifier.Work memory) {
        return IVerifier.Work(jobId, worker, 10_000, DEADLINE, subject, INPUT, 1e18);
    }

    function judged(IVerifier.Verdict expected, bytes32 evidence) internal view {
        judged(workOf(BOB, JOB), expected, evidence);
    }

    function judged(IVerifier.Work memory work, IVerifier.Verdict expected, bytes32 evidence) internal view {
        (IVerifier.Verdict verdict, bytes32 found) = SEALED.judge(work, "", "");
        eq(uint256(verdict), uint256(expected), "verdict");
        eq(found, evidence, "evidence");
    }

    function opening(bytes memory content, uint256 first, uint256 count)
        internal
        pure
        returns (ISealed.Opening memory)
    {
        uint256 to = (first + count) * 1024 < content.length ? (first + count) * 1024 : content.length;
        return ISealed.Opening(LibBytes.slice(content, first * 1024, to), TREE.beside(content, first, count));
    }

    /// @dev The chunks of the ciphertext where the list is.
    function listing(bytes memory cipher, uint256 length) internal pure returns (ISealed.Opening memory shown) {
        if (length <= 1024) return shown;
        return opening(cipher, length / 1024, (cipher.length - 1) / 1024 + 1 - length / 1024);
    }

    function complainsOfList(bytes memory cipher, uint256 length) internal {
        ISealed.Opening memory list = listing(cipher, length);
        SEALED.complainOfList(BOB, JOB, SHARE, list);
    }

    function complainsOfChunk(bytes memory cipher, uint256 length, uint64 index) internal {
        ISealed.Opening memory list = listing(cipher, length);
        ISealed.Opening memory chunk = opening(cipher, index, 1);
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, index, chunk);
    }

    function demands(address payer, uint256 length) internal {
        uint256 deposit = SEALED.depositOf(uint64(length));
        vm.prank(payer);
        SEALED.demand{value: deposit}(BOB, JOB);
    }

    function answers(bytes memory cipher, uint64 piece) internal {
        uint256 chunks = TREE.chunksOf(cipher.length);
        uint256 count = chunks - 8 * piece < 8 ? chunks - 8 * piece : 8;
        ISealed.Opening memory shown = opening(cipher, 8 * piece, count);
        SEALED.answer(BOB, JOB, piece, shown);
    }

    function copyOf(bytes memory content) internal pure returns (bytes memory) {
        return bytes.concat(content);
    }
}
