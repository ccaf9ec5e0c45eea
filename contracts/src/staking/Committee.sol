// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibSort} from "solady/utils/LibSort.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IEquivocation} from "../interfaces/IEquivocation.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeBook} from "../interfaces/IStakeBook.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {EVIDENCE_EPOCHS} from "../types/Pool.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Equivocation} from "./Equivocation.sol";
import {Identity} from "./Identity.sol";

contract Committee is ICommittee {
    using SafeCast for uint256;

    IStaking private constant STAKING = IStaking(Predeploys.STAKING);
    IStakeBook private constant BOOK = IStakeBook(Predeploys.STAKING);
    IEpochs private constant EPOCHS = IEpochs(Predeploys.EPOCHS);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    /// @dev Bounds what an election goes through.
    uint256 public constant CANDIDATES_MAX = 128;
    uint256 private constant SEATS_MAX = 31;
    /// @dev The fewest that stand one fault.
    uint256 private constant SEATS_MIN = 4;
    /// @dev Fewer certificates judge nobody: who proposes a few blocks chooses what they carry, and could jail all that he leaves out.
    uint32 private constant INCLUDED_MIN = 16;
    uint256 private constant KEY_BYTES = 48;
    /// @dev Epochs that are kept: more than evidence can be old.
    uint32 private constant TERMS = 256;
    uint256 private constant GWEI = 1e9;
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Counts of seats, eight to a word.
    uint256 private constant COUNT_BITS = 32;
    uint8 private constant DOWNTIME = 1;
    uint8 private constant EQUIVOCATION = 2;
    uint40 private constant FOREVER = type(uint40).max;

    struct Candidate {
        bytes32 identity;
        bytes32 keyHigh;
        bytes16 keyLow;
        address beneficiary;
    }

    struct Chair {
        bytes32 identity;
        bytes32 keyHigh;
        bytes16 keyLow;
        uint32 node;
        uint64 stake;
        address beneficiary;
    }

    /// @param included certificates of the epoch that blocks carried
    /// @param since the epoch that it was elected for, where it was kept since then
    struct Term {
        uint32 epoch;
        uint8 seats;
        bool judged;
        uint32 included;
        uint128 totalStake;
        uint32 since;
        uint256[4] signed;
        Chair[31] chairs;
    }

    uint32[] private _candidates;
    mapping(uint32 node => Candidate) private _applications;
    mapping(bytes32 identity => uint32) private _identities;
    mapping(uint32 place => Term) private _terms;
    /// @dev The newest epoch that has a committee.
    uint32 private _newest;
    mapping(bytes32 commitment => uint256) public announcedAt;

    modifier onlyEpochs() {
        if (msg.sender != Predeploys.EPOCHS) revert OnlyEpochs(msg.sender);
        _;
    }

    /// @dev No two candidates have the same key: it is one operator's for good, who runs one node and never another.
    function enter(uint32 node, bytes32 identity, bytes calldata publicKey, address beneficiary) external {
        IStakeBook.Node memory described = _operated(node);
        if (described.role != uint8(IStaking.Role.Validator)) revert NotAValidator(node);
        if (publicKey.length != KEY_BYTES) revert KeyLength(publicKey.length);
        // Also what tells a candidate from others.
        if (beneficiary == address(0)) revert BeneficiaryMissing();
        bytes32 keyId = keccak256(publicKey);
        address operator = KEYS.operatorOf(keyId);
        if (operator != msg.sender) revert KeyOfAnother(keyId, operator);
        uint32 holder = _identities[identity];
        if (holder != 0 && holder != node) revert IdentityTaken(identity, holder);
        // Nodes could not read it, and who is elected has to vote.
        if (!Identity.isPoint(identity)) revert NoIdentity(identity);

        Candidate storage application = _applications[node];
        if (application.beneficiary == address(0)) _admit(node, described.jailedUntil == 0 ? described.stake : 0);
        else delete _identities[application.identity];
        _identities[identity] = node;
        _applications[node] = Candidate(identity, bytes32(publicKey[:32]), bytes16(publicKey[32:]), beneficiary);
        emit CandidateEntered(node, identity, publicKey, beneficiary);
    }

    function resign(uint32 node) external {
        _operated(node);
        if (_applications[node].beneficiary == address(0)) revert NotACandidate(node);
        uint256 place;
        while (_candidates[place] != node) ++place;
        _remove(place);
    }

    /// @dev The first time counts: repeating it, as anybody can, must not make it younger.
    function announce(bytes32 commitment) external {
        uint256 number = announcedAt[commitment];
        if (number != 0) revert AnnouncedAlready(commitment, number);
        announcedAt[commitment] = block.number;
        emit Announced(commitment, msg.sender);
    }

    /// @dev Once for a node: one accident signs many pairs of votes, and who is banned signs no more. Staking refuses what is too old.
    function report(uint256 seat, IEquivocation.Vote calldata first, IEquivocation.Vote calldata second) external {
        uint32 epoch = uint256(Equivocation.parse(first, 0).epoch).toUint32();
        Chair storage chair = _chair(_term(epoch), seat);
        uint32 node = chair.node;
        if (BOOK.describe(node).jailedUntil == FOREVER) revert AlreadyBanned(node);
        Equivocation.judge(EPOCHS.genesisHash(), _keyOf(chair), first, second);
        address reporter = _isAnnounced(msg.sender, abi.encode(first, second)) ? msg.sender : address(0);
        uint16 share = PARAMETERS.valueOf(IParameters.Parameter.EquivocationSlash).toUint16();
        STAKING.jail(node, FOREVER);
        STAKING.slash(node, share, _backedSince(epoch), reporter, EQUIVOCATION);
    }

    function include(uint32 epoch, uint32 seats) external onlyEpochs {
        Term storage term = _terms[epoch % TERMS];
        if (term.epoch != epoch || term.seats == 0) return;
        ++term.included;
        for (uint256 word = 0; word < 4; ++word) {
            uint256 bits = (seats >> (8 * word)) & 0xff;
            if (bits == 0) continue;
            uint256 counts = term.signed[word];
            for (uint256 i = 0; i < 8; ++i) {
                counts += ((bits >> i) & 1) << (COUNT_BITS * i);
            }
            term.signed[word] = counts;
        }
    }

    function elect(uint32 epoch) external onlyEpochs {
        uint32[] memory nodes = _candidates;
        (uint256[] memory weights, address[] memory owners) = STAKING.weightsOf(nodes);
        uint256[] memory chosen = _choose(nodes, weights, owners);
        uint256 before = _terms[_newest % TERMS].seats;
        if (chosen.length == 0 || chosen.length < Math.min(SEATS_MIN, before)) return _keep(epoch);
        _sort(chosen, nodes);
        Term storage term = _begin(epoch, epoch, chosen.length);
        uint32[] memory elected = new uint32[](chosen.length);
        uint256 total;
        for (uint256 seat = 0; seat < chosen.length; ++seat) {
            uint32 node = nodes[chosen[seat]];
            uint64 units = (weights[chosen[seat]] / GWEI).toUint64();
            Candidate storage by = _applications[node];
            term.chairs[seat] = Chair(by.identity, by.keyHigh, by.keyLow, node, units, by.beneficiary);
            elected[seat] = node;
            total += units;
        }
        term.totalStake = total.toUint128();
        emit CommitteeElected(epoch, elected, total);
    }

    function keep(uint32 epoch) external onlyEpochs {
        _keep(epoch);
    }

    function judge(uint32 epoch) external onlyEpochs {
        Term storage term = _terms[epoch % TERMS];
        if (term.epoch != epoch || term.included < INCLUDED_MIN || term.judged) return;
        term.judged = true;
        uint256 least = uint256(term.included) * PARAMETERS.valueOf(IParameters.Parameter.LivenessMin);
        uint16 share = PARAMETERS.valueOf(IParameters.Parameter.DowntimeSlash).toUint16();
        uint40 until = (block.timestamp + PARAMETERS.valueOf(IParameters.Parameter.JailSeconds)).toUint40();
        for (uint256 seat = 0; seat < term.seats; ++seat) {
            uint256 signed = _signedBy(term, seat);
            if (signed * BASIS_POINTS >= least) continue;
            uint32 node = term.chairs[seat].node;
            emit SeatNotLive(epoch, node, signed, term.included);
            _punish(epoch, node, share, until);
        }
    }

    function seatsOf(uint32 epoch) external view returns (Seat[] memory seats) {
        Term storage term = _term(epoch);
        seats = new Seat[](term.seats);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            Chair storage chair = term.chairs[seat];
            seats[seat] = Seat(chair.node, chair.identity, _keyOf(chair), chair.beneficiary, chair.stake);
        }
    }

    function participationOf(uint32 epoch) external view returns (uint256 included, uint256[] memory signed) {
        Term storage term = _term(epoch);
        included = term.included;
        signed = new uint256[](term.seats);
        for (uint256 seat = 0; seat < signed.length; ++seat) {
            signed[seat] = _signedBy(term, seat);
        }
    }

    function seatOf(uint32 epoch, uint256 seat)
        external
        view
        returns (uint32 node, uint64 stake, uint128 totalStake, uint256 signed, uint256 included)
    {
        Term storage term = _term(epoch);
        Chair storage chair = _chair(term, seat);
        return (chair.node, chair.stake, term.totalStake, _signedBy(term, seat), term.included);
    }

    function candidates() external view returns (uint32[] memory nodes) {
        return _candidates;
    }

    /// @dev The places of the candidates that are elected, at most so many of one owner.
    function _choose(uint32[] memory nodes, uint256[] memory weights, address[] memory owners)
        private
        view
        returns (uint256[] memory chosen)
    {
        uint256[] memory ranks = _ranked(nodes, weights);
        uint256 perOwner = PARAMETERS.valueOf(IParameters.Parameter.SeatsPerOwner);
        uint256 seats = Math.min(PARAMETERS.valueOf(IParameters.Parameter.CommitteeSeats), SEATS_MAX);
        uint256[] memory picked = new uint256[](seats);
        address[] memory pickedOf = new address[](seats);
        uint256 count;
        for (uint256 i = ranks.length; i > 0 && count < seats && ranks[i - 1] != 0; --i) {
            uint256 place = uint8(ranks[i - 1]);
            address owner = owners[place];
            uint256 held;
            for (uint256 j = 0; j < count; ++j) {
                if (pickedOf[j] == owner) ++held;
            }
            if (held >= perOwner) continue;
            (picked[count], pickedOf[count]) = (place, owner);
            ++count;
        }
        chosen = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            chosen[i] = picked[i];
        }
    }

    /// @dev Ascending: stake, then who registered later, then the place; 0 for who has too little. Nothing that a candidate can
    /// change to get ahead of another of the same stake.
    function _ranked(uint32[] memory nodes, uint256[] memory weights) private view returns (uint256[] memory ranks) {
        uint256 least = PARAMETERS.valueOf(IParameters.Parameter.ValidatorStakeMin);
        ranks = new uint256[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            if (weights[i] >= least) ranks[i] = weights[i] << 40 | uint256(type(uint32).max - nodes[i]) << 8 | i;
        }
        LibSort.sort(ranks);
    }

    /// @dev By identity, ascending.
    function _sort(uint256[] memory chosen, uint32[] memory nodes) private view {
        bytes32[] memory identities = new bytes32[](chosen.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            (uint256 place, bytes32 identity) = (chosen[i], _applications[nodes[chosen[i]]].identity);
            uint256 j = i;
            for (; j > 0 && identities[j - 1] > identity; --j) {
                (identities[j], chosen[j]) = (identities[j - 1], chosen[j - 1]);
            }
            (identities[j], chosen[j]) = (identity, place);
        }
    }

    function _keep(uint32 epoch) private {
        (uint32 since, Term storage before) = (_newest, _terms[_newest % TERMS]);
        (uint8 seats, uint128 totalStake) = (before.seats, before.totalStake);
        if (seats == 0) return;
        Term storage term = _begin(epoch, before.since, seats);
        for (uint256 seat = 0; seat < seats; ++seat) {
            term.chairs[seat] = before.chairs[seat];
        }
        term.totalStake = totalStake;
        emit CommitteeKept(epoch, since);
    }

    function _begin(uint32 epoch, uint32 since, uint256 seats) private returns (Term storage term) {
        _newest = epoch;
        term = _terms[epoch % TERMS];
        (term.epoch, term.since, term.seats) = (epoch, since, seats.toUint8());
        (term.judged, term.included) = (false, 0);
        delete term.signed;
    }

    /// @dev What was announced in this very block may be a copy of what is shown in it. An announcement pays once.
    function _isAnnounced(address reporter, bytes memory evidence) private returns (bool) {
        bytes32 commitment = keccak256(abi.encodePacked(reporter, evidence));
        uint256 number = announcedAt[commitment];
        delete announcedAt[commitment];
        return number != 0 && number < block.number;
    }

    /// @dev What fails for one node must not let the others go.
    function _punish(uint32 epoch, uint32 node, uint16 share, uint40 until) private {
        if (share != 0) {
            try STAKING.slash(node, share, _backedSince(epoch), address(0), DOWNTIME) {}
            catch (bytes memory reason) {
                emit NotSlashed(epoch, node, reason);
            }
        }
        STAKING.jail(node, until);
    }

    function _admit(uint32 node, uint256 weight) private {
        if (_candidates.length == CANDIDATES_MAX) {
            (uint256[] memory weights,) = STAKING.weightsOf(_candidates);
            uint256 lowest;
            for (uint256 i = 1; i < weights.length; ++i) {
                if (weights[i] < weights[lowest]) lowest = i;
            }
            if (weight <= weights[lowest]) revert CandidatesFull(weights[lowest]);
            _remove(lowest);
        }
        _candidates.push(node);
    }

    function _remove(uint256 place) private {
        uint32 node = _candidates[place];
        _candidates[place] = _candidates[_candidates.length - 1];
        _candidates.pop();
        delete _identities[_applications[node].identity];
        delete _applications[node];
        emit CandidateLeft(node);
    }

    function _operated(uint32 node) private view returns (IStakeBook.Node memory described) {
        described = BOOK.describe(node);
        if (msg.sender != described.operator) revert OnlyOperator(node, msg.sender);
    }

    function _term(uint32 epoch) private view returns (Term storage term) {
        term = _terms[epoch % TERMS];
        if (term.epoch != epoch || term.seats == 0) revert TermUnknown(epoch);
    }

    function _chair(Term storage term, uint256 seat) private view returns (Chair storage) {
        // Beyond them lie those of an epoch that had more.
        if (seat >= term.seats) revert SeatUnknown(term.epoch, seat);
        return term.chairs[seat];
    }

    /// @dev The epoch from whose election on what a committee's nodes had at stake answers for what they do in `epoch`: a kept one's is
    /// that of the epoch it was elected for. As far as slashes reach, where that is less; what is too old for them stays too old.
    function _backedSince(uint32 epoch) private view returns (uint32 since) {
        since = _terms[epoch % TERMS].since;
        uint32 now_ = EPOCHS.current();
        uint32 oldest = now_ > EVIDENCE_EPOCHS ? now_ - EVIDENCE_EPOCHS : 0;
        if (since < oldest) since = epoch < oldest ? epoch : oldest;
    }

    function _keyOf(Chair storage chair) private view returns (bytes memory) {
        return abi.encodePacked(chair.keyHigh, chair.keyLow);
    }

    function _signedBy(Term storage term, uint256 seat) private view returns (uint256) {
        return uint32(term.signed[seat / 8] >> (COUNT_BITS * (seat % 8)));
    }
}
