// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls} from "../bls/Bls.sol";
import {Credits} from "./Credits.sol";
import {Draw} from "./Draw.sol";
import {IAudits} from "../interfaces/IAudits.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IBls} from "../interfaces/IBls.sol";
import {IDisputes} from "../interfaces/IDisputes.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Signers} from "../bls/Signers.sol";

contract Audits is IAudits, Credits {
    using SafeCast for uint256;

    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IDisputes private constant DISPUTES = IDisputes(Predeploys.DISPUTES);
    /// @dev It calls nobody but precompiles, so that state may be written after it answered.
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);

    uint8 public constant ROLE = 1;
    uint256 public constant DEPOSIT = 1000e18;
    uint256 public constant FEE_MIN = 4e18;
    uint256 public constant SIZE = 4;
    uint64 public constant TURN = 1 hours;
    /// @dev A claim is decided before: a day in which it can be challenged, then an hour for each of at most 20 moves.
    uint64 public constant UNBONDING = 3 days;
    uint64 private constant SEAL_SECONDS = 1 hours;
    /// @dev Of a slashed deposit, to who showed it.
    uint256 private constant REWARD_DIVISOR = 10;
    bytes32 private constant TAG = "edgeloom/audit/1";

    struct Finding {
        bytes32 claimId;
        bytes32 outputRoot;
        bytes32 traceRoot;
    }

    uint64 public epoch;
    uint64 private _places;
    uint64 private _sealedAt;
    uint256 public held;
    mapping(bytes32 keyId => Seat) private _seats;
    mapping(bytes32 claimId => Audit) private _audits;
    mapping(bytes32 claimId => mapping(uint256 place => Vote)) private _votes;
    mapping(bytes32 claimId => mapping(address payer => uint256)) private _paidBy;

    function enlist(bytes32 keyId) external payable returns (uint256 place) {
        if (msg.value != DEPOSIT) revert WrongDeposit(msg.value, DEPOSIT);
        if (KEYS.operatorOf(keyId) != msg.sender) revert NotOperator(keyId, msg.sender);
        if (_seats[keyId].operator != address(0)) revert HasASeat(keyId);

        place = KEYS.setStake(ROLE, keyId, 1);
        _seats[keyId] = Seat({
            operator: msg.sender,
            place: place.toUint64(),
            since: epoch + 1,
            withdrawableAt: 0,
            deposit: msg.value.toUint128()
        });
        held += msg.value;
        emit Seated(keyId, msg.sender, place);
    }

    function resign(bytes32 keyId) external {
        _vacate(keyId, _operated(keyId));
    }

    function reclaim(bytes32 keyId) external {
        Seat memory seat = _seats[keyId];
        if (seat.operator == address(0)) revert NoSeat(keyId);
        if (seat.withdrawableAt == 0) revert HasASeat(keyId);
        if (block.timestamp < seat.withdrawableAt) revert TooEarly(seat.withdrawableAt);

        delete _seats[keyId];
        _give(seat.operator, seat.deposit);
    }

    function seal() external returns (uint64 newest) {
        uint64 next = _sealedAt + SEAL_SECONDS;
        if (_sealedAt != 0 && block.timestamp < next) revert TooEarly(next);

        uint256 places = KEYS.describe(set()).places;
        (newest,) = KEYS.seal(ROLE);
        (epoch, _places, _sealedAt) = (newest, places.toUint64(), uint64(block.timestamp));
        emit Sealed(newest, places);
    }

    /// @dev One committee for each claim: whoever asks later adds to its fee, so that the claim's worker gains nothing by asking first. Nor
    /// by adding last: members have an hour from then on.
    function request(bytes32 claimId) external payable {
        if (msg.value < FEE_MIN) revert FeeTooSmall(msg.value, FEE_MIN);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        // A member that finds it wrong needs a turn after the audit's two to challenge it.
        bool inTime = block.timestamp + 3 * TURN <= claim.claimedAt + DISPUTES.WINDOW();
        if (claim.phase != IDisputes.Phase.Open || !inTime) revert ClaimClosed(claimId);
        Audit storage audit = _audits[claimId];
        if (audit.requester == address(0)) {
            _begin(audit);
        } else {
            // Then what a member found may have been shown, for others to copy.
            uint64 deadline = audit.requestedAt + TURN;
            if (audit.committed != 0 && block.timestamp > deadline) revert TooLate(deadline);
            // Of a committee that nobody can read any more nobody comes, whatever is paid.
            uint256 drawnBy = audit.height + BEACON.DELAY();
            if (block.number > drawnBy) BEACON.mixAt(drawnBy);
        }

        audit.requestedAt = uint64(block.timestamp);
        audit.fee += msg.value.toUint128();
        _paidBy[claimId][msg.sender] += msg.value;
        held += msg.value;
        emit AuditRequested(claimId, msg.sender, audit.epoch, audit.height, msg.value);
    }

    function _begin(Audit storage audit) private {
        if (_places == 0) revert NoSnapshot();
        audit.requester = msg.sender;
        audit.epoch = epoch;
        audit.places = _places;
        audit.height = uint64(block.number);
    }

    function commit(bytes32 claimId, bytes32 keyId, bytes32 commitment) external {
        Audit storage audit = _known(claimId);
        uint64 deadline = audit.requestedAt + TURN;
        if (block.timestamp > deadline) revert TooLate(deadline);
        Seat storage seat = _operated(keyId);
        uint256 place = seat.place;
        // The snapshot has another key, or none, at the place of who came after it was sealed.
        if (seat.since > audit.epoch || !_isDrawn(claimId, place)) revert NotDrawn(claimId, place);
        Vote storage vote = _votes[claimId][place];
        if (vote.commitment != 0) revert Committed(claimId, place);
        if (commitment == 0) revert NotCommitted(claimId, place);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        // What was decided already needs nobody's opinion.
        if (claim.phase != IDisputes.Phase.Open) revert ClaimClosed(claimId);
        // Whoever could invent a trace could agree with an answer at no risk.
        if (claim.traceRoot == 0) revert NoTrace(claimId);

        (vote.keyId, vote.commitment) = (keyId, commitment);
        ++audit.committed;
        emit AuditCommitted(claimId, place, keyId, commitment);
    }

    function attest(
        bytes32 claimId,
        bytes32 outputRoot,
        bytes32 traceRoot,
        bytes calldata signers,
        bytes calldata signature,
        bytes32[] calldata salts
    ) external {
        Audit storage audit = _known(claimId);
        // Stands for having attested to nothing.
        if (traceRoot == 0) revert NoTrace(claimId);
        _checkTimeToAttest(audit);
        uint256[] memory places = Signers.placesIn(signers, audit.places);
        if (places.length != salts.length) revert WrongCount(places.length, salts.length);
        Finding memory finding = Finding(claimId, outputRoot, traceRoot);
        for (uint256 i = 0; i < places.length; ++i) {
            _checkCommitment(finding, places[i], salts[i]);
        }
        _checkSigned(finding, audit.epoch, signers, signature);
        _record(finding, audit, places, signers);
    }

    function close(bytes32 claimId) external {
        Audit storage audit = _known(claimId);
        if (audit.closed) revert AuditEnded(claimId);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        // A verdict tells who is paid; a claim that nobody ends gets none.
        uint64 deadline = audit.requestedAt + (claim.phase == IDisputes.Phase.Open ? UNBONDING : 2 * TURN);
        if (block.timestamp <= deadline) revert TooEarly(deadline);

        audit.closed = true;
        bytes32 claimed = payloadOf(claimId, claim.outputRoot, claim.traceRoot);
        if (claim.phase == IDisputes.Phase.Upheld) {
            (audit.finding, audit.members) = (claimed, audit.committed == 0 ? 0 : _countOf(claimId, claimed));
        } else if (_isGuilty(claim) && audit.finding == claimed) {
            (audit.finding, audit.members) = (0, 0);
        }
        uint256 share = audit.fee / SIZE;
        audit.refund = (audit.fee - audit.members * share).toUint128();
        emit AuditClosed(claimId, audit.finding, audit.members, audit.refund);
        if (audit.members != 0) _payMembers(claimId, audit.finding, share);
        refund(claimId, audit.requester);
    }

    function refund(bytes32 claimId, address payer) public {
        Audit storage audit = _known(claimId);
        if (!audit.closed) revert AuditRuns(claimId);
        uint256 paid = _paidBy[claimId][payer];
        _paidBy[claimId][payer] = 0;
        // The last one's takes what does not divide.
        (uint256 fee, uint256 left) = (audit.fee, audit.refund);
        if (fee == 0) return;
        uint256 amount = left * paid / fee;
        (audit.fee, audit.refund) = ((fee - paid).toUint128(), (left - amount).toUint128());
        _give(payer, amount);
    }

    function contradict(bytes32 claimId, uint256 place) external {
        Vote storage vote = _votes[claimId][place];
        if (!_attested(vote)) revert NotAttested(claimId, place);
        IDisputes.Claim memory claim = DISPUTES.claimOf(claimId);
        if (!_isContradicted(claim, vote)) revert NotContradicted(claimId, place);
        bytes32 keyId = vote.keyId;
        Seat storage seat = _seats[keyId];
        // A seat that the same key took again, after the audit was asked for, is another one, with another deposit.
        if (seat.operator == address(0) || seat.since > _audits[claimId].epoch) revert NoSeat(keyId);
        uint256 amount = seat.deposit;
        if (amount == 0) revert SlashedAlready(claimId, place);

        // Who made a worker fall silent is not paid for what that does to others.
        uint256 reward = claim.reason == IDisputes.Reason.Silence ? 0 : amount / REWARD_DIVISOR;
        vote.slashed = true;
        seat.deposit = 0;
        held -= amount - reward;
        emit AuditorSlashed(claimId, place, keyId, amount);
        _give(msg.sender, reward);
        if (seat.withdrawableAt == 0) _vacate(keyId, seat);
        _pay(Predeploys.BURN, amount - reward);
    }

    function seatOf(bytes32 keyId) external view returns (Seat memory) {
        return _seats[keyId];
    }

    function auditOf(bytes32 claimId) external view returns (Audit memory) {
        return _known(claimId);
    }

    function voteOf(bytes32 claimId, uint256 place) external view returns (Vote memory) {
        return _votes[claimId][place];
    }

    function committeeOf(bytes32 claimId) public view returns (uint256[] memory places) {
        Audit storage audit = _known(claimId);
        bytes32 seed = BEACON.seedAt(audit.height + BEACON.DELAY(), claimId);
        return Draw.committee(Draw.From(set(), audit.epoch, audit.places), seed, _members(audit));
    }

    function payloadOf(bytes32 claimId, bytes32 outputRoot, bytes32 traceRoot) public pure returns (bytes32) {
        return keccak256(abi.encode(TAG, claimId, outputRoot, traceRoot));
    }

    function set() public view returns (bytes32) {
        return KEYS.setOf(address(this), ROLE);
    }

    /// @dev What is credited was held.
    function _give(address account, uint256 amount) private {
        held -= amount;
        _credit(account, amount);
    }

    function _vacate(bytes32 keyId, Seat storage seat) private {
        uint64 withdrawableAt = uint64(block.timestamp) + UNBONDING;
        seat.withdrawableAt = withdrawableAt;
        emit LeftSeat(keyId, seat.operator, withdrawableAt);
        KEYS.setStake(ROLE, keyId, 0);
    }

    function _record(Finding memory finding, Audit storage audit, uint256[] memory places, bytes calldata signers)
        private
    {
        bool agrees = _agrees(finding);
        emit AuditAttested(finding.claimId, finding.outputRoot, finding.traceRoot, signers, places.length, agrees);
        for (uint256 i = 0; i < places.length; ++i) {
            Vote storage vote = _votes[finding.claimId][places[i]];
            (vote.outputRoot, vote.traceRoot) = (finding.outputRoot, finding.traceRoot);
        }
        bytes32 payload = payloadOf(finding.claimId, finding.outputRoot, finding.traceRoot);
        uint32 members = _countOf(finding.claimId, payload);
        if (members > audit.members) (audit.members, audit.finding) = (members, payload);
    }

    function _payMembers(bytes32 claimId, bytes32 finding, uint256 share) private {
        uint256[] memory places = committeeOf(claimId);
        for (uint256 i = 0; i < places.length; ++i) {
            Vote storage vote = _votes[claimId][places[i]];
            if (_found(claimId, vote, finding)) _give(KEYS.operatorOf(vote.keyId), share);
        }
    }

    /// @dev While one may still commit, what the others found stays hidden.
    function _checkTimeToAttest(Audit storage audit) private view {
        uint64 committedBy = audit.requestedAt + TURN;
        if (audit.committed < _members(audit) && block.timestamp <= committedBy) revert TooEarly(committedBy);
        uint64 deadline = committedBy + TURN;
        if (block.timestamp > deadline) revert TooLate(deadline);
    }

    /// @dev Who committed was drawn. The operator is part of what was hashed, so that a copy opens for nobody.
    function _checkCommitment(Finding memory finding, uint256 place, bytes32 salt) private view {
        Vote storage vote = _votes[finding.claimId][place];
        bytes32 commitment = vote.commitment;
        if (commitment == 0) revert NotCommitted(finding.claimId, place);
        if (_attested(vote)) revert Attested(finding.claimId, place);
        // The seat is there: it stays for longer than an audit after it was left.
        address operator = _seats[vote.keyId].operator;
        bytes32 opened = keccak256(abi.encode(finding.claimId, operator, finding.outputRoot, finding.traceRoot, salt));
        if (opened != commitment) revert NotTheCommitment(finding.claimId, place);
    }

    function _checkSigned(Finding memory finding, uint64 sealedAs, bytes calldata signers, bytes calldata signature)
        private
        view
    {
        bytes32 payload = payloadOf(finding.claimId, finding.outputRoot, finding.traceRoot);
        IBls.Quorum memory quorum = Bls.check(Bls.Certificate(set(), sealedAs, payload, signers, signature));
        if (!quorum.valid) revert Bls.CertificateInvalid();
    }

    function _agrees(Finding memory finding) private view returns (bool) {
        IDisputes.Claim memory claim = DISPUTES.claimOf(finding.claimId);
        return finding.outputRoot == claim.outputRoot && finding.traceRoot == claim.traceRoot;
    }

    function _known(bytes32 claimId) private view returns (Audit storage audit) {
        audit = _audits[claimId];
        if (audit.requester == address(0)) revert AuditUnknown(claimId);
    }

    /// @dev The caller's seat, with its whole deposit: who loses that loses the seat as well.
    function _operated(bytes32 keyId) private view returns (Seat storage seat) {
        seat = _seats[keyId];
        if (seat.operator == address(0)) revert NoSeat(keyId);
        if (seat.operator != msg.sender) revert NotOperator(keyId, msg.sender);
        if (seat.withdrawableAt != 0) revert Leaving(keyId);
    }

    function _isDrawn(bytes32 claimId, uint256 place) private view returns (bool) {
        uint256[] memory places = committeeOf(claimId);
        return Draw.contains(places, places.length, place);
    }

    function _members(Audit storage audit) private view returns (uint256) {
        return Math.min(SIZE, audit.places);
    }

    /// @dev How many of the committee signed `finding`.
    function _countOf(bytes32 claimId, bytes32 finding) private view returns (uint32 members) {
        uint256[] memory places = committeeOf(claimId);
        for (uint256 i = 0; i < places.length; ++i) {
            if (_found(claimId, _votes[claimId][places[i]], finding)) ++members;
        }
    }

    function _found(bytes32 claimId, Vote storage vote, bytes32 finding) private view returns (bool) {
        return _attested(vote) && payloadOf(claimId, vote.outputRoot, vote.traceRoot) == finding;
    }

    /// @dev Who attested to all of a claim knows all of it, and can answer for its worker: silence is theirs as well. Who found
    /// something else than was shown in the end is not paid, and no more: nothing tells a mistake from a dispute that was lost.
    function _isContradicted(IDisputes.Claim memory claim, Vote storage vote) private view returns (bool) {
        return _isGuilty(claim) && vote.outputRoot == claim.outputRoot && vote.traceRoot == claim.traceRoot;
    }

    function _isGuilty(IDisputes.Claim memory claim) private pure returns (bool) {
        return claim.reason == IDisputes.Reason.WrongElement || claim.reason == IDisputes.Reason.Silence;
    }

    /// @dev No bytes have the hash zero.
    function _attested(Vote storage vote) private view returns (bool) {
        return vote.traceRoot != 0;
    }
}
