// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {ICheckpoints} from "../interfaces/ICheckpoints.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IEdgeRewards} from "../interfaces/IEdgeRewards.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {IStakeBook} from "../interfaces/IStakeBook.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Sets} from "../types/Sets.sol";

contract Rewards is IRewards {
    using SafeCast for uint256;

    ICheckpoints private constant CHECKPOINTS = ICheckpoints(Predeploys.CHECKPOINTS);
    ICommittee private constant COMMITTEE = ICommittee(Predeploys.COMMITTEE);
    IEmission private constant EMISSION = IEmission(Predeploys.EMISSION);
    IEpochs private constant EPOCHS = IEpochs(Predeploys.EPOCHS);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    IStaking private constant STAKING = IStaking(Predeploys.STAKING);
    IStakeBook private constant BOOK = IStakeBook(Predeploys.STAKING);

    /// @dev An epoch is judged at the first block of the second after it.
    uint32 private constant JUDGED_AFTER = 2;
    /// @dev A node keeps the commissions of 32 epochs.
    uint32 private constant SETTLED_WITHIN = 32;
    /// @dev Twice what it takes.
    uint256 private constant FUND_GAS = 100_000;

    /// @dev What all of an epoch's settlements share.
    struct Shares {
        uint256 pot;
        uint256 stake;
        bytes32 set;
        uint64 snapshot;
    }

    mapping(uint32 epoch => Pot) private _pots;
    mapping(uint32 epoch => mapping(uint256 word => uint256)) private _paidPlaces;

    modifier onlyEpochs() {
        if (msg.sender != Predeploys.EPOCHS) revert OnlyEpochs(msg.sender);
        _;
    }

    receive() external payable {
        if (msg.sender != Predeploys.EMISSION) revert OnlyEmission(msg.sender);
    }

    function release() external onlyEpochs {
        (uint256 theta, uint256 edge) = EMISSION.release();
        uint32 epoch = EPOCHS.current();
        Pot storage pot = _pots[epoch];
        pot.theta += theta.toUint128();
        bool passed = _passOn(epoch, edge);
        if (!passed) pot.edge += edge.toUint128();
        emit PotFilled(epoch, theta, passed ? 0 : edge);
    }

    function begin(uint32 epoch) external onlyEpochs {
        if (epoch < JUDGED_AFTER) return;
        Pot storage pot = _pots[epoch - JUDGED_AFTER];
        pot.samples = PARAMETERS.valueOf(IParameters.Parameter.PresenceSamples).toUint32();
        pot.mix = bytes32(block.prevrandao);
    }

    function settleSeats(uint32 epoch) external {
        Shares memory shares = _shares(epoch);
        if (_pots[epoch].seatsPaid) return;
        _pots[epoch].seatsPaid = true;
        (, uint256[] memory signedBySeat) = COMMITTEE.participationOf(epoch);
        for (uint256 seat = 0; seat < signedBySeat.length; ++seat) {
            (uint32 node, uint64 stake,, uint256 signed, uint256 included) = COMMITTEE.seatOf(epoch, seat);
            uint256 amount = _part(shares, stake, signed, included);
            emit SeatPaid(epoch, node, signed, included, amount);
            _pay(epoch, node, amount);
        }
    }

    function settlePlaces(uint32 epoch, Sample[] calldata samples, Presence[] calldata guardians) external {
        Shares memory shares = _shares(epoch);
        _checkSamples(epoch, samples);
        for (uint256 i = 0; i < guardians.length; ++i) {
            (bytes32 keyId, uint256 place) = (guardians[i].keyId, guardians[i].place);
            if (!KEYS.isIn(shares.set, shares.snapshot, place, keyId)) revert NotAtPlace(keyId, place);
            if (_markPaid(epoch, place)) continue;
            // A key is one operator's, and an operator runs one node, ever.
            uint32 node = BOOK.nodeOf(KEYS.operatorOf(keyId));
            uint64 stake = KEYS.stakeIn(shares.set, shares.snapshot, place);
            uint256 present = _presence(samples, place);
            uint256 amount = _part(shares, stake, present, samples.length);
            emit PlacePaid(epoch, node, present, samples.length, amount);
            _pay(epoch, node, amount);
        }
    }

    function sweep(uint32 epoch) external {
        Pot storage pot = _pots[epoch];
        uint256 left = uint256(pot.theta) + pot.edge - pot.paid;
        uint256 from = uint256(epoch) + SETTLED_WITHIN + 1;
        if (left == 0 || EPOCHS.current() < from) revert NothingToSweep(epoch, from);
        pot.paid += left.toUint128();
        emit PotSwept(epoch, left);
        EMISSION.giveBack{value: left}();
    }

    function potOf(uint32 epoch) external view returns (Pot memory) {
        return _pots[epoch];
    }

    function isPlacePaid(uint32 epoch, uint256 place) external view returns (bool) {
        return (_paidPlaces[epoch][place / 256] >> (place % 256)) & 1 != 0;
    }

    function samplesOf(uint32 epoch) public view returns (uint64[] memory heights) {
        Pot storage pot = _pots[epoch];
        (bytes32 mix, uint256 interval) = (pot.mix, EPOCHS.rulesOf(epoch).checkpointInterval);
        if (mix == 0 || interval == 0) return heights;
        uint256 length = EPOCHS.length();
        // The first height of the epoch that leaves 1, and how many do.
        uint256 first = (uint256(epoch) * length + interval - 2) / interval * interval + 1;
        uint256 end = (uint256(epoch) + 1) * length;
        if (first >= end) return heights;
        uint256 count = (end - first + interval - 1) / interval;
        heights = new uint64[](pot.samples);
        for (uint256 i = 0; i < heights.length; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(mix, epoch, i))) % count;
            heights[i] = (first + drawn * interval).toUint64();
        }
    }

    /// @dev Whatever becomes of the other contract, validators and guardians are paid. An address without code would take it, too.
    function _passOn(uint32 epoch, uint256 amount) private returns (bool passed) {
        if (amount == 0 || Predeploys.EDGE_REWARDS.code.length == 0) return false;
        bytes memory call = abi.encodeCall(IEdgeRewards.fund, (epoch));
        (passed,,) = LibCall.tryCall(Predeploys.EDGE_REWARDS, amount, FUND_GAS, 0, call);
    }

    function _shares(uint32 epoch) private view returns (Shares memory shares) {
        uint32 current = EPOCHS.current();
        if (epoch > current || current - epoch < JUDGED_AFTER || current - epoch > SETTLED_WITHIN) {
            revert NotSettling(epoch, current);
        }
        (uint64 snapshot, uint256 guardians) = STAKING.guardiansOf(epoch);
        (,, uint128 validators,,) = COMMITTEE.seatOf(epoch, 0);
        return Shares(_pots[epoch].theta, guardians + validators, Sets.guardians(), snapshot);
    }

    /// @dev What came after the samples were drawn is no presence: else guardians could wait for that, and sign no others. That it came
    /// later its hash shows, which is one height's alone.
    function _checkSamples(uint32 epoch, Sample[] calldata samples) private view {
        uint64[] memory heights = samplesOf(epoch);
        if (heights.length == 0) revert NoSamples(epoch);
        if (samples.length != heights.length) revert SamplesMissing(heights.length, samples.length);
        uint256 drawnAt = (uint256(epoch) + JUDGED_AFTER) * EPOCHS.length();
        for (uint256 i = 0; i < heights.length; ++i) {
            (uint64 height, bytes32 blockHash, bytes calldata signers) =
                (heights[i], samples[i].blockHash, samples[i].signers);
            ICheckpoints.Checkpoint memory checkpoint = CHECKPOINTS.checkpointOf(blockHash);
            bool isLate = checkpoint.height == height && checkpoint.certifiedAt >= drawnAt;
            bytes32 expected = isLate ? bytes32(0) : CHECKPOINTS.certificateAt(height);
            bytes32 given = signers.length == 0 ? bytes32(0) : CHECKPOINTS.certificateOf(blockHash, signers);
            if (given != expected) revert NotItsSigners(height);
        }
    }

    function _part(Shares memory shares, uint256 stake, uint256 times, uint256 outOf) private pure returns (uint256) {
        if (outOf == 0 || shares.stake == 0) return 0;
        return Math.mulDiv(shares.pot * times, stake, shares.stake * outOf);
    }

    function _markPaid(uint32 epoch, uint256 place) private returns (bool already) {
        uint256 mark = uint256(1) << (place % 256);
        uint256 word = _paidPlaces[epoch][place / 256];
        if (word & mark != 0) return true;
        _paidPlaces[epoch][place / 256] = word | mark;
    }

    /// @dev How many of the bitmaps have the place.
    function _presence(Sample[] calldata samples, uint256 place) private pure returns (uint256 present) {
        for (uint256 i = 0; i < samples.length; ++i) {
            bytes calldata bitmap = samples[i].signers;
            if (place / 8 < bitmap.length) present += (uint8(bitmap[place / 8]) >> (place % 8)) & 1;
        }
    }

    /// @dev The book is a contract of genesis that calls nobody back.
    function _pay(uint32 epoch, uint32 node, uint256 amount) private {
        if (amount == 0) return;
        _pots[epoch].paid += amount.toUint128();
        BOOK.reward{value: amount}(node, epoch);
    }
}
