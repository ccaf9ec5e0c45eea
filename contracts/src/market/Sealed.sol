// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ciphertext} from "./Ciphertext.sol";
import {Credits} from "../jobs/Credits.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {ISealed} from "../interfaces/ISealed.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Subtree} from "../types/Subtree.sol";

contract Sealed is ISealed, Credits {
    using Ciphertext for Ciphertext.Text;
    using SafeCast for uint256;

    IVerifier private constant INNER = IVerifier(Predeploys.DISPUTABLE);
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);

    /// @dev 256 chunks, as many as one `fold` takes values.
    uint64 public constant LENGTH_MAX = 256 * 1024;
    uint64 public constant TURN = 1 hours;
    /// @dev Pays for the gas of an answer at up to 12,500 Gwei.
    uint256 public constant PIECE = 5e18;
    /// @dev Eight chunks of calldata are most of it.
    uint256 private constant ANSWER_GAS = 400_000;
    bytes32 private constant TAG = "edgeloom/sealed/1";

    uint256 public held;
    mapping(bytes32 subject => Subject) private _subjects;
    mapping(bytes32 sealId => Seal) private _seals;
    mapping(bytes32 sealId => Demand) private _demands;

    function register(bytes32 inner, bytes32 shareHash) external returns (bytes32 subject) {
        if (shareHash == 0) revert NoShare();
        subject = keccak256(abi.encode(TAG, inner, shareHash));
        _subjects[subject] = Subject(inner, shareHash);
        emit Registered(subject, inner, shareHash);
    }

    function seal(
        uint256 jobId,
        bytes32 subject,
        bytes32 outputRoot,
        uint64 outputLength,
        bytes32 cipherRoot,
        bytes32 keyHash
    ) external returns (bytes32 sealId) {
        if (outputLength == 0 || outputLength > LENGTH_MAX) {
            revert LengthOutOfRange(outputLength, 1, LENGTH_MAX);
        }
        subjectOf(subject);
        sealId = sealIdOf(msg.sender, jobId);
        Seal storage made = _seals[sealId];
        if (made.sealedAt != 0) revert SealExists(sealId);

        (made.sealedAt, made.outputLength) = (uint64(block.timestamp), outputLength);
        (made.subject, made.key) = (subject, keyHash);
        (made.outputRoot, made.cipherRoot) = (outputRoot, cipherRoot);
        emit Sealed(sealId, msg.sender, jobId, subject, outputRoot, outputLength, cipherRoot, keyHash);
    }

    function release(Job calldata job, bytes32 key) external {
        bytes32 sealId = sealIdOf(msg.sender, job.jobId);
        Seal storage made = _known(sealId);
        if (made.releasedAt != 0) revert Released(sealId);
        if (keccak256(abi.encode(key)) != made.key) revert NotTheKey(sealId);
        uint64 deadline = job.deadline + TURN;
        if (block.timestamp > deadline) revert TooLate(deadline);
        (Verdict verdict, bytes32 evidence) =
            _inner(Work(job.jobId, msg.sender, job.takenAt, job.deadline, made.subject, job.inputHash, job.price));
        bool lives = verdict == Verdict.Pending || (verdict == Verdict.Right && evidence == made.outputRoot);
        if (!lives) revert NotClaimed(sealId, uint8(verdict));

        uint64 now_ = uint64(block.timestamp);
        (made.key, made.releasedAt, made.until) = (key, now_, now_ + TURN);
        emit KeyReleased(sealId, key, now_ + TURN);
    }

    function complainOfList(address worker, uint256 jobId, bytes32 share, Opening calldata list) external {
        (bytes32 sealId, Ciphertext.Text memory text) = _opened(worker, jobId, share);
        if (text.isList(text.listOf(list))) revert NothingWrong(sealId);
        _uphold(sealId, _chunksOf(text.outputLength), list);
    }

    function complainOfChunk(
        address worker,
        uint256 jobId,
        bytes32 share,
        Opening calldata list,
        uint64 index,
        Opening calldata chunk
    ) external {
        (bytes32 sealId, Ciphertext.Text memory text) = _opened(worker, jobId, share);
        uint64 chunks = _chunksOf(text.outputLength);
        if (index >= chunks) revert ChunkUnknown(index, chunks);
        bytes32[] memory values = text.listOf(list);
        if (!text.isList(values)) revert WrongList(sealId);
        if (text.isChunk(values, index, chunk)) revert NothingWrong(sealId);
        _uphold(sealId, index, chunk);
    }

    function demand(address worker, uint256 jobId) external payable {
        bytes32 sealId = sealIdOf(worker, jobId);
        Seal storage made = _complainable(sealId);
        Demand storage asked = _demands[sealId];
        if (asked.payer != address(0)) revert Demanded(sealId);
        uint64 pieces = _piecesOf(made.outputLength);
        if (msg.value != pieces * PIECE) revert WrongDeposit(msg.value, pieces * PIECE);

        uint64 answerBy = uint64(block.timestamp) + TURN;
        uint8 count = uint256(pieces).toUint8();
        _demands[sealId] = Demand(msg.sender, answerBy, count, count, 0);
        made.until = answerBy + TURN;
        held += msg.value;
        emit CiphertextDemanded(sealId, msg.sender, pieces, answerBy, answerBy + TURN);
    }

    function answer(address worker, uint256 jobId, uint64 piece, Opening calldata shown) external {
        bytes32 sealId = sealIdOf(worker, jobId);
        Demand storage asked = _asked(sealId);
        if (block.timestamp > asked.answerBy) revert TooLate(asked.answerBy);
        if (piece >= asked.pieces) revert PieceUnknown(piece, asked.pieces);
        uint64 bit = uint64(1) << piece;
        if (asked.answered & bit != 0) revert PieceAnswered(sealId, piece);
        _checkPiece(_seals[sealId], piece, shown);

        asked.answered |= bit;
        --asked.left;
        held -= PIECE;
        uint256 paid = Math.min(PIECE, ANSWER_GAS * block.basefee);
        emit PieceShown(sealId, piece, shown.data, paid);
        _credit(worker, paid);
        _credit(asked.payer, PIECE - paid);
    }

    function reclaim(address worker, uint256 jobId) external {
        bytes32 sealId = sealIdOf(worker, jobId);
        Demand storage asked = _asked(sealId);
        if (block.timestamp <= asked.answerBy) revert TooEarly(asked.answerBy);
        uint256 amount = asked.left * PIECE;
        if (amount == 0) revert NothingToReclaim(sealId);

        asked.left = 0;
        held -= amount;
        emit DepositReclaimed(sealId, asked.payer, amount);
        _credit(asked.payer, amount);
    }

    function check(bytes32 subject, uint256 count, bytes32 inputRoot, bytes calldata inputs) external view {
        INNER.check(subjectOf(subject).inner, count, inputRoot, inputs);
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length != 0 || proof.length != 0) revert NothingToShow();
        (verdict, evidence) = _inner(work);
        if (verdict != Verdict.Pending && verdict != Verdict.Right) return (verdict, evidence);
        bytes32 sealId = sealIdOf(work.worker, work.jobId);
        Seal storage made = _seals[sealId];
        bool inTime = made.sealedAt != 0 && made.sealedAt <= work.deadline;
        if (!inTime || made.subject != work.subject) return (Verdict.None, 0);

        bytes32 fault = _faultOf(sealId, made, work.deadline + TURN);
        if (fault != 0) return (Verdict.Wrong, fault);
        if (made.releasedAt == 0 || block.timestamp <= made.until) return (Verdict.Pending, 0);
        // What the dispute let live is another answer.
        if (verdict == Verdict.Right && evidence != made.outputRoot) return (Verdict.Wrong, made.outputRoot);
    }

    function sealOf(bytes32 sealId) external view returns (Seal memory) {
        return _known(sealId);
    }

    function demandOf(bytes32 sealId) external view returns (Demand memory) {
        return _demands[sealId];
    }

    function depositOf(uint64 outputLength) external pure returns (uint256 deposit) {
        return _piecesOf(outputLength) * PIECE;
    }

    function lengthOf(uint64 outputLength) external pure returns (uint64 length) {
        return Ciphertext.lengthOf(outputLength);
    }

    function subjectOf(bytes32 subject) public view returns (Subject memory found) {
        found = _subjects[subject];
        if (found.shareHash == 0) revert SubjectUnknown(subject);
    }

    function seedOf(address worker, uint256 jobId, bytes32 key, bytes32 share) public view returns (bytes32 seed) {
        return keccak256(abi.encode(TAG, block.chainid, address(this), worker, jobId, key, share));
    }

    function sealIdOf(address worker, uint256 jobId) public pure returns (bytes32 sealId) {
        return keccak256(abi.encode(worker, jobId));
    }

    /// @dev What it says holds for good: complaints are over when it is settled.
    function _uphold(bytes32 sealId, uint64 chunk, Opening calldata shown) private {
        bytes32 evidence = keccak256(shown.data);
        _seals[sealId].fault = evidence;
        emit ComplaintUpheld(sealId, msg.sender, chunk, evidence);
    }

    /// @dev Of the same job under its own name.
    function _inner(Work memory work) private view returns (Verdict verdict, bytes32 evidence) {
        work.subject = _subjects[work.subject].inner;
        return INNER.judge(work, "", "");
    }

    /// @dev What the worker did wrong, 0 for nothing yet: a wrong ciphertext, a key kept, or a ciphertext kept.
    function _faultOf(bytes32 sealId, Seal storage made, uint64 releaseBy) private view returns (bytes32 fault) {
        if (made.fault != 0) return made.fault;
        bool released = made.releasedAt != 0;
        if (released ? made.releasedAt > releaseBy : block.timestamp > releaseBy) return made.key;
        // Where nobody asked there are no pieces, and none is missing.
        Demand storage asked = _demands[sealId];
        bool silent = block.timestamp > asked.answerBy && asked.answered != (uint64(1) << asked.pieces) - 1;
        return silent ? made.cipherRoot : bytes32(0);
    }

    /// @dev Whoever shows the share can decrypt, as long as one may complain.
    function _opened(address worker, uint256 jobId, bytes32 share)
        private
        view
        returns (bytes32 sealId, Ciphertext.Text memory text)
    {
        sealId = sealIdOf(worker, jobId);
        Seal storage made = _complainable(sealId);
        if (keccak256(abi.encode(share)) != _subjects[made.subject].shareHash) revert NotTheShare(sealId);
        if (made.fault != 0) revert Complained(sealId);
        bytes32 seed = seedOf(worker, jobId, made.key, share);
        text = Ciphertext.Text(made.outputRoot, made.cipherRoot, made.outputLength, seed);
    }

    function _checkPiece(Seal storage made, uint64 piece, Opening calldata shown) private view {
        uint64 length = Ciphertext.lengthOf(made.outputLength);
        (uint64 first, uint64 count) = Subtree.runOf(Subtree.chunksOf(length), piece);
        if (!PROOF.opens(made.cipherRoot, length, first, count, shown.data, shown.values)) {
            revert NotTheCiphertext(made.cipherRoot);
        }
    }

    function _complainable(bytes32 sealId) private view returns (Seal storage made) {
        made = _known(sealId);
        if (made.releasedAt == 0) revert NotReleased(sealId);
        if (block.timestamp > made.until) revert TooLate(made.until);
    }

    function _known(bytes32 sealId) private view returns (Seal storage made) {
        made = _seals[sealId];
        if (made.sealedAt == 0) revert SealUnknown(sealId);
    }

    function _asked(bytes32 sealId) private view returns (Demand storage asked) {
        asked = _demands[sealId];
        if (asked.payer == address(0)) revert NotDemanded(sealId);
    }

    function _chunksOf(uint64 outputLength) private pure returns (uint64) {
        return uint64(Subtree.chunksOf(outputLength));
    }

    /// @dev Nodes of the ciphertext's lowest level, eight chunks each.
    function _piecesOf(uint64 outputLength) private pure returns (uint64) {
        return uint64(Math.ceilDiv(Subtree.chunksOf(Ciphertext.lengthOf(outputLength)), 8));
    }
}
