// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAudits} from "../interfaces/IAudits.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IDisputable} from "../interfaces/IDisputable.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Subtree} from "../types/Subtree.sol";

/// @dev All that lies here is the pot: nobody is owed anything. It leaves to `IAudits` alone, and from there comes back what nobody earned.
contract Disputable is IDisputable {
    using SafeCast for uint256;

    IAudits private constant AUDITS = IAudits(Predeploys.AUDITS);
    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IDisputes private constant DISPUTES = IDisputes(Predeploys.DISPUTES);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IModelRegistry private constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);

    uint64 public constant ENTER_SECONDS = 30 minutes;
    uint64 public constant LIFE = 3 days;
    /// @dev A node of the lowest level: what one call opens.
    uint256 public constant SHOWN_BYTES = 8192;
    uint256 public constant auditRate = 2000;
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Whoever does a job again takes no more for it than whoever did it first, and is paid no more than is left to that one: 0.45 + 0.45 of a price
    /// for the entry are what a job's worker has to spend, with its fee and a twentieth for itself.
    uint256 public constant auditorShare = 4500;
    /// @dev Chance draws more than the average at times, and a pot that is empty is the workers' burden.
    uint256 private constant MARGIN = 12_500;
    /// @dev Audits that the pot can pay before it pays more for each.
    uint256 private constant RESERVE = 100;

    mapping(bytes32 claimId => Entry) private _entries;

    receive() external payable {
        if (msg.sender != Predeploys.AUDITS) revert OnlyAudits(msg.sender);
        emit PotReclaimed(msg.value);
    }

    function enter(uint256 jobId, uint256 price, bytes calldata answer) external payable {
        uint256 fee = entryFee(price);
        if (msg.value != fee) revert WrongEntryFee(msg.value, fee);
        bytes32 claimId = _claimIdOf(msg.sender, jobId);
        Entry storage entered = _entries[claimId];
        if (entered.height != 0) revert EnteredAlready(claimId);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        if (claim.phase != IDisputes.Phase.Open) revert ClaimNotOpen(claimId);
        // No auditor can commit to what it found where the worker could still invent a trace for it.
        if (claim.traceRoot == 0) revert NoTrace(claimId);
        uint64 deadline = claim.claimedAt + ENTER_SECONDS;
        if (block.timestamp > deadline) revert TooLate(deadline);
        bool shown = _isShown(claimId, claim, answer);

        (entered.height, entered.enteredAt) = (uint64(block.number), uint64(block.timestamp));
        (entered.shown, entered.price) = (shown, price.toUint96());
        emit Entered(claimId, msg.sender, jobId, drawnAt(block.number), price, fee, answer);
    }

    /// @dev Where the claim is not open any more, or its time is over, `IAudits` refuses: who was drawn and was not audited is never right.
    function draw(address worker, uint256 jobId) external payable {
        bytes32 claimId = _claimIdOf(worker, jobId);
        Entry storage drawn = _entries[claimId];
        if (drawn.height == 0) revert NotEntered(claimId);
        if (drawn.drawn) revert DrawnAlready(claimId);
        bool audited = uint256(BEACON.seedAt(drawnAt(drawn.height), claimId)) % BASIS_POINTS < auditRate;
        // There is one audit of each claim. Who asked for it before, and for all that it takes, has only paid for it; who asked for less, so that no
        // auditor comes to a cheat's, has not. To that it is added, and members have an hour from then on.
        bool paid = audited && _paidFor(claimId) >= _feeOf(drawn.price);
        (uint256 fee, uint256 lacking) = audited && !paid ? _bill(drawn.price) : (0, 0);

        (drawn.drawn, drawn.audited) = (true, audited);
        emit Drawn(claimId, audited, fee);
        if (lacking != 0) emit PotFunded(msg.sender, lacking);
        if (fee != 0) AUDITS.request{value: fee}(claimId);
        _return(msg.value - lacking);
    }

    function fund() external payable {
        if (msg.value == 0) revert NothingSent();
        emit PotFunded(msg.sender, msg.value);
    }

    function reclaim() external {
        AUDITS.withdraw();
    }

    function check(bytes32 modelId, uint256 count, bytes32, bytes calldata inputs) external view {
        (uint64 inputBytes,,) = REGISTRY.traceOf(modelId);
        if (inputs.length != 0 && inputs.length != count * inputBytes) {
            revert InputLength(count * inputBytes, inputs.length);
        }
        // Places of a set do not become fewer, and anybody seals it: whoever is drawn later can be audited.
        if (KEYS.describe(AUDITS.set()).places == 0) revert NoAuditors();
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length != 0 || proof.length != 0) revert NothingToShow();
        bytes32 claimId = _claimIdOf(work.worker, work.jobId);
        Entry memory entry = _entries[claimId];
        // Who enters first, and takes the job only where no audit was drawn, has delivered nothing.
        bool inTime = entry.height != 0 && entry.height >= work.takenAt && entry.enteredAt <= work.deadline;
        // Of a sealed answer the ciphertext is what has to be delivered.
        bool delivered = entry.shown || msg.sender == Predeploys.SEALED;
        // Whose audit would not be paid for has not delivered either.
        if (!inTime || !delivered || entry.price < work.price) return (Verdict.None, 0);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        if (claim.modelId != work.subject || claim.inputRoot != work.inputHash) return (Verdict.None, 0);

        if (claim.phase == IDisputes.Phase.Convicted || claim.phase == IDisputes.Phase.Canary) {
            return (Verdict.Wrong, claim.outputRoot);
        }
        if (claim.phase == IDisputes.Phase.Upheld && entry.drawn) return (Verdict.Right, claim.outputRoot);
        // Until then the worker can still have it drawn, or upheld.
        return (block.timestamp <= claim.claimedAt + LIFE ? Verdict.Pending : Verdict.None, 0);
    }

    function entryOf(address worker, uint256 jobId) external view returns (Entry memory) {
        return _entries[_claimIdOf(worker, jobId)];
    }

    function drawnAt(uint256 height) public view returns (uint256) {
        return height + BEACON.DELAY();
    }

    /// @dev As `IAudits` has it: two turns of an audit, and one for a member to challenge.
    function drawBy(uint64 claimedAt) external view returns (uint64) {
        return claimedAt + DISPUTES.WINDOW() - 3 * AUDITS.TURN();
    }

    function entryFee(uint256 price) public view returns (uint256) {
        return _feeOf(price) * MARGIN / BASIS_POINTS * auditRate / BASIS_POINTS;
    }

    function auditFee(uint256 price) external view returns (uint256) {
        return _feeFrom(price, address(this).balance);
    }

    function pot() external view returns (uint256) {
        return address(this).balance;
    }

    /// @dev Of an audit: what it is paid, and what of that the caller makes up.
    function _bill(uint256 price) private returns (uint256 fee, uint256 lacking) {
        // What was refunded so far; it comes from there by `receive` alone, which writes nothing.
        if (AUDITS.creditOf(address(this)) != 0) AUDITS.withdraw();
        uint256 before = address(this).balance - msg.value;
        fee = _feeFrom(price, before);
        if (address(this).balance < fee) revert PotTooSmall(address(this).balance, fee);
        lacking = before < fee ? fee - before : 0;
    }

    /// @dev What entries paid for: nobody earns by entering claims only to audit them.
    function _feeFrom(uint256 price, uint256 available) private view returns (uint256 fee) {
        fee = _feeOf(price);
        if (available >= RESERVE * fee) fee = fee * MARGIN / BASIS_POINTS;
    }

    /// @dev The least that an audit takes where that is more: it pays for the members' transactions.
    function _feeOf(uint256 price) private view returns (uint256) {
        return Math.max(AUDITS.FEE_MIN(), AUDITS.SIZE() * price * auditorShare / BASIS_POINTS);
    }

    /// @dev Else a worker could keep what it is paid for, and sell it again: to be shown it by a challenge costs more than most jobs.
    /// @return shown also where it is too long to be
    function _isShown(bytes32 claimId, IDisputes.Claim memory claim, bytes calldata answer)
        private
        view
        returns (bool shown)
    {
        (, uint64 length,) = REGISTRY.traceOf(claim.modelId);
        bool short = length <= SHOWN_BYTES;
        if (answer.length == 0) return !short;
        uint64 chunks = uint64(Subtree.chunksOf(length));
        shown = short && PROOF.opens(claim.outputRoot, length, 0, chunks, answer, new bytes32[](0));
        if (!shown) revert NotTheAnswer(claimId);
    }

    function _paidFor(bytes32 claimId) private view returns (uint256) {
        try AUDITS.auditOf(claimId) returns (IAudits.Audit memory audit) {
            return audit.fee;
        } catch {
            return 0;
        }
    }

    /// @dev Last in what calls it: the caller may call anything.
    function _return(uint256 amount) private {
        if (amount == 0) return;
        (bool sent,) = msg.sender.call{value: amount}("");
        if (!sent) revert PayoutFailed(msg.sender, amount);
    }

    function _claimIdOf(address worker, uint256 jobId) private view returns (bytes32) {
        return DISPUTES.claimIdOf(worker, bytes32(jobId));
    }
}
