// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls} from "../bls/Bls.sol";
import {Credits} from "../jobs/Credits.sol";
import {Draw} from "../jobs/Draw.sol";
import {IAttested} from "../interfaces/IAttested.sol";
import {IAudits} from "../interfaces/IAudits.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Signers} from "../bls/Signers.sol";
import {Snapshot} from "../bls/Snapshot.sol";

contract Attested is IAttested, Credits {
    using SafeCast for uint256;

    IAudits private constant AUDITS = IAudits(Predeploys.AUDITS);
    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    /// @dev It calls nobody but precompiles, as the auditors do: state may be written after they answered.
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);

    uint256 public constant SIZE = 13;
    uint256 public constant QUORUM = 9;
    uint256 public constant SHARE_MIN = 1e18;
    /// @dev A member does what the worker did: thirteen shares, the worker's own, and as much again as two for its fee and itself.
    uint256 private constant SHARES = 16;
    uint64 public constant TURN = 1 hours;
    /// @dev What one found alone may be anything that came to its mind.
    uint256 private constant PAID_MIN = 2;
    /// @dev A set has 15,872 places at most.
    uint256 private constant PLACE_BITS = 16;
    bytes32 private constant TAG = "edgeloom/attested/1";

    uint256 public held;
    mapping(bytes32 claimId => Claim) private _claims;
    /// @dev Once the first of it committed, the committee, the first place lowest.
    mapping(bytes32 claimId => uint256) private _committees;
    mapping(bytes32 claimId => mapping(uint256 place => Vote)) private _votes;
    mapping(bytes32 claimId => mapping(bytes32 outputHash => uint256)) public agreeing;

    function claim(uint256 jobId, uint256 price, bytes32 subject, bytes32 inputHash, bytes32 seal)
        external
        payable
        returns (bytes32 claimId)
    {
        uint256 fee = feeOf(price);
        if (msg.value != fee) revert WrongFee(msg.value, fee);
        claimId = claimIdOf(msg.sender, jobId);
        Claim storage made = _claims[claimId];
        if (made.worker != address(0)) revert ClaimExists(claimId);
        (uint64 epoch, address snapshot) = _sealed();

        made.worker = msg.sender;
        made.claimedAt = uint64(block.timestamp);
        (made.epoch, made.height) = (epoch, uint64(block.number));
        (made.places, made.price) = (Snapshot.placesOf(snapshot).toUint32(), price.toUint96());
        made.workHash = _workHash(subject, inputHash);
        made.output = seal;
        held += msg.value;
        emit Claimed(claimId, msg.sender, jobId, price, subject, inputHash, seal, epoch, uint64(block.number));
    }

    function commit(bytes32 claimId, bytes32 keyId, bytes32 commitment) external {
        Claim storage made = _known(claimId);
        uint64 deadline = made.claimedAt + TURN;
        if (block.timestamp > deadline) revert TooLate(deadline);
        IAudits.Seat memory seat = AUDITS.seatOf(keyId);
        if (seat.operator != msg.sender || seat.withdrawableAt != 0) revert NotSeated(keyId, msg.sender);
        uint256 place = seat.place;
        uint256[] memory places = _draw(claimId);
        // The snapshot has another key, or none, at the place of who came after it was sealed.
        if (seat.since > made.epoch || !Draw.contains(places, SIZE, place)) revert NotDrawn(claimId, place);
        Vote storage vote = _votes[claimId][place];
        if (vote.operator != address(0)) revert Committed(claimId, place);

        (vote.operator, vote.word) = (msg.sender, commitment);
        ++made.committed;
        emit FindingCommitted(claimId, place, msg.sender, commitment);
    }

    function reveal(uint256 jobId, bytes32 outputHash, bytes32 salt) external {
        bytes32 claimId = claimIdOf(msg.sender, jobId);
        Claim storage made = _known(claimId);
        _checkTimeToShow(made);
        // Once it is open, there is no seal any more that anything would open.
        bytes32 opened = keccak256(abi.encode(msg.sender, jobId, outputHash, salt));
        if (opened != made.output) revert NotTheSeal(claimId);

        (made.revealed, made.output) = (true, outputHash);
        emit Revealed(claimId, outputHash);
    }

    function attest(
        bytes32 claimId,
        bytes32 outputHash,
        bytes calldata signers,
        bytes calldata signature,
        bytes32[] calldata salts
    ) external {
        Claim storage made = _known(claimId);
        _checkTimeToShow(made);
        uint256[] memory places = Signers.placesIn(signers, made.places);
        if (places.length != salts.length) revert WrongCount(places.length, salts.length);
        bytes32 payload = payloadOf(claimId, outputHash);
        if (!Bls.check(Bls.Certificate(AUDITS.set(), made.epoch, payload, signers, signature)).valid) {
            revert Bls.CertificateInvalid();
        }

        uint256 fresh;
        for (uint256 i = 0; i < places.length; ++i) {
            if (_record(claimId, outputHash, places[i], salts[i])) ++fresh;
        }
        if (fresh == 0) revert NothingNew(claimId);
        uint256 found = agreeing[claimId][outputHash] + fresh;
        agreeing[claimId][outputHash] = found;
        if (found > made.members) (made.members, made.finding) = (found.toUint8(), outputHash);
        emit FindingAttested(claimId, outputHash, signers, fresh, found);
    }

    function close(bytes32 claimId) external {
        Claim storage made = _known(claimId);
        if (made.closed) revert ClaimEnded(claimId);
        uint64 deadline = _endOf(made);
        if (block.timestamp <= deadline) revert TooEarly(deadline);

        made.closed = true;
        uint256 fee = feeOf(made.price);
        held -= fee;
        uint256 paid = _payMembers(claimId, made);
        _credit(made.worker, fee - paid);
        emit Closed(claimId, uint8(_verdictOf(made)), made.finding, made.members, paid, fee - paid);
    }

    function check(bytes32, uint256, bytes32, bytes calldata) external view {
        _sealed();
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length != 0 || proof.length != 0) revert NothingToShow();
        Claim storage made = _claims[claimIdOf(work.worker, work.jobId)];
        // Who claims before it takes the job sees the committee first, and would take it with one of friends only.
        bool inTime = made.height >= work.takenAt && made.claimedAt <= work.deadline;
        bool claimed = made.worker != address(0) && made.workHash == _workHash(work.subject, work.inputHash);
        if (!claimed || !inTime || made.price < work.price) return (Verdict.None, 0);
        return (_verdictOf(made), made.finding);
    }

    function claimOf(bytes32 claimId) external view returns (Claim memory) {
        return _known(claimId);
    }

    function voteOf(bytes32 claimId, uint256 place) external view returns (Vote memory) {
        return _votes[claimId][place];
    }

    function committeeOf(bytes32 claimId) public view returns (uint256[] memory places) {
        Claim storage made = _known(claimId);
        uint256 packed = _committees[claimId];
        if (packed == 0) {
            bytes32 seed = BEACON.seedAt(made.height + BEACON.DELAY(), claimId);
            return Draw.committee(Draw.From(AUDITS.set(), made.epoch, made.places), seed, SIZE);
        }
        places = new uint256[](SIZE);
        for (uint256 i = 0; i < SIZE; ++i) {
            places[i] = (packed >> (PLACE_BITS * i)) & type(uint16).max;
        }
    }

    function claimIdOf(address worker, uint256 jobId) public pure returns (bytes32 claimId) {
        return keccak256(abi.encode(worker, jobId));
    }

    function feeOf(uint256 price) public pure returns (uint256) {
        return SIZE * shareOf(price);
    }

    function shareOf(uint256 price) public pure returns (uint256) {
        return Math.max(SHARE_MIN, price / SHARES);
    }

    /// @dev `Bls.message` adds chain, set and epoch; the same auditors sign for `IAudits` as well.
    function payloadOf(bytes32 claimId, bytes32 outputHash) public view returns (bytes32 payload) {
        return keccak256(abi.encode(TAG, address(this), claimId, outputHash));
    }

    /// @dev Drawn once: what was drawn is never zero, since places differ.
    function _draw(bytes32 claimId) private returns (uint256[] memory places) {
        places = committeeOf(claimId);
        if (_committees[claimId] != 0) return places;
        uint256 packed;
        for (uint256 i = 0; i < SIZE; ++i) {
            packed |= places[i] << (PLACE_BITS * i);
        }
        _committees[claimId] = packed;
        emit Drawn(claimId, places);
    }

    /// @dev The operator is part of what was hashed, so that a copy opens for nobody. Who attested before is passed over: else
    /// one who attests alone would spoil what the others signed together.
    function _record(bytes32 claimId, bytes32 outputHash, uint256 place, bytes32 salt) private returns (bool fresh) {
        Vote storage vote = _votes[claimId][place];
        if (vote.operator == address(0)) revert NotCommitted(claimId, place);
        if (vote.attested) return false;
        if (keccak256(abi.encode(claimId, vote.operator, outputHash, salt)) != vote.word) {
            revert NotTheCommitment(claimId, place);
        }
        (vote.attested, vote.word) = (true, outputHash);
        return true;
    }

    function _payMembers(bytes32 claimId, Claim storage made) private returns (uint256 paid) {
        if (made.members == 0) return 0;
        uint256[] memory places = committeeOf(claimId);
        uint256 share = shareOf(made.price);
        for (uint256 i = 0; i < SIZE; ++i) {
            Vote storage vote = _votes[claimId][places[i]];
            if (!vote.attested || !_isPaid(claimId, made, vote.word)) continue;
            paid += share;
            _credit(vote.operator, share);
        }
    }

    function _isPaid(bytes32 claimId, Claim storage made, bytes32 found) private view returns (bool) {
        if (made.members >= QUORUM) return found == made.finding;
        return agreeing[claimId][found] >= PAID_MIN;
    }

    /// @dev A quorum stays one: the others are too few for another. A claim that its worker never opened is nobody else's fault.
    function _verdictOf(Claim storage made) private view returns (Verdict) {
        bool over = block.timestamp > _endOf(made);
        if (!made.revealed) return over ? Verdict.Wrong : Verdict.Pending;
        if (made.members >= QUORUM) return made.output == made.finding ? Verdict.Right : Verdict.Wrong;
        return over ? Verdict.Void : Verdict.Pending;
    }

    /// @dev While a member may still commit, what anybody found stays hidden.
    function _checkTimeToShow(Claim storage made) private view {
        uint64 committedBy = made.claimedAt + TURN;
        if (made.committed < SIZE && block.timestamp <= committedBy) revert TooEarly(committedBy);
        uint64 deadline = _endOf(made);
        if (block.timestamp > deadline) revert TooLate(deadline);
    }

    /// @dev The auditors' newest snapshot, where it has enough of them.
    function _sealed() private view returns (uint64 epoch, address snapshot) {
        epoch = AUDITS.epoch();
        if (epoch == 0) revert TooFewSeats(0, SIZE);
        snapshot = KEYS.snapshotAt(AUDITS.set(), epoch);
        uint256 seats = Snapshot.membersOf(snapshot, SIZE);
        if (seats < SIZE) revert TooFewSeats(seats, SIZE);
    }

    function _known(bytes32 claimId) private view returns (Claim storage made) {
        made = _claims[claimId];
        if (made.worker == address(0)) revert ClaimUnknown(claimId);
    }

    function _endOf(Claim storage made) private view returns (uint64 end) {
        return made.claimedAt + 2 * TURN;
    }

    function _workHash(bytes32 subject, bytes32 inputHash) private pure returns (bytes32) {
        return keccak256(abi.encode(subject, inputHash));
    }
}
