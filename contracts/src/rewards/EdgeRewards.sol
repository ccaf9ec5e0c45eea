// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IEdgeRewards} from "../interfaces/IEdgeRewards.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IEmission} from "../interfaces/IEmission.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStakeBook} from "../interfaces/IStakeBook.sol";
import {ITill} from "../interfaces/ITill.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Rounds} from "./Rounds.sol";

/// @dev Everybody that it calls is a contract of genesis that calls nobody back.
contract EdgeRewards is IEdgeRewards {
    using SafeCast for uint256;

    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);
    IStakeBook private constant BOOK = IStakeBook(Predeploys.EDGE_STAKING);
    IEmission private constant EMISSION = IEmission(Predeploys.EMISSION);
    IEpochs private constant EPOCHS = IEpochs(Predeploys.EPOCHS);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    /// @dev As the rewards of stakers of THETA.
    uint256 private constant SETTLED_AFTER = 2;
    /// @dev A node keeps the commissions of 32 epochs.
    uint256 private constant SETTLED_WITHIN = 32;

    mapping(address worker => uint256) public reported;
    mapping(uint32 epoch => Pot) private _pots;
    mapping(uint32 epoch => mapping(uint32 node => Tally)) private _tallies;

    function fund(uint32 epoch) external payable {
        if (msg.sender != Predeploys.REWARDS) revert OnlyRewards(msg.sender);
        _pots[epoch].amount += msg.value.toUint128();
        emit PotFilled(epoch, msg.value);
    }

    /// @dev Who ran a node when it took a job earns for it, whoever runs it now.
    function report(address[] calldata workers) external {
        uint32 epoch = EPOCHS.current();
        for (uint256 i = 0; i < workers.length; ++i) {
            uint256 burned = _burnedBy(workers[i]);
            uint256 fresh = burned - reported[workers[i]];
            if (fresh == 0) continue;
            uint32 node = BOOK.nodeOf(workers[i]);
            reported[workers[i]] = burned;
            _pots[epoch].burned += fresh.toUint128();
            _tallies[epoch][node].burned += fresh.toUint96();
            emit WorkRecorded(epoch, node, fresh);
        }
    }

    function contribute() external payable {
        uint32 epoch = EPOCHS.current();
        _pots[epoch].amount += msg.value.toUint128();
        emit PotFilled(epoch, msg.value);
    }

    function enrol() external returns (uint32 epoch) {
        epoch = EPOCHS.current() + 1;
        (uint32 node, uint256 stake) = _bonded(msg.sender);
        Tally storage tally = _tallies[epoch][node];
        if (tally.stake != 0) revert AlreadyEnrolled(epoch, node);
        Pot storage pot = _pots[epoch];
        if (pot.size == 0) _takeRules(epoch, pot);
        // A vote can have made the most less than the node has.
        stake = Math.min(stake, PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax));
        tally.stake = stake.toUint96();
        pot.enrolled += stake.toUint96();
        emit Enrolled(epoch, node, stake);
    }

    /// @dev Stake that went to another node after this one enrolled cannot come back within 16 days, so that none stands for two.
    function answer(uint32 epoch, uint256 round, bytes32 digest) external {
        (uint256 height, uint256 until) = roundOf(epoch, round);
        if (block.number <= height || block.number > until) revert NotAnswering(epoch, round, height + 1, until);
        (uint32 node, uint256 stake) = _bonded(msg.sender);
        Tally storage tally = _tallies[epoch][node];
        if (tally.stake == 0) revert NotEnrolled(epoch, node);
        uint8 mark = (2 ** round).toUint8();
        if (tally.answered & mark != 0) revert AlreadyAnswered(epoch, node, round);
        tally.answered |= mark;
        tally.stake = Math.min(stake, tally.stake).toUint96();
        tally.chain = Rounds.next(tally.chain, round, digest);
        emit RoundAnswered(epoch, node, round, digest);
    }

    function open(uint32 epoch, uint32 node, bytes32[] calldata digests, Opening[] calldata openings) external {
        bytes32[] memory chains = _chainsOf(epoch, node, digests);
        Draw[] memory draws = drawsOf(epoch, node);
        if (openings.length != draws.length) revert OpeningsMissing(draws.length, openings.length);
        for (uint256 i = 0; i < draws.length; ++i) {
            Draw memory each = draws[i];
            if (!_isRound(epoch, digests[each.index], openings[i].roots)) revert NotItsRoots(i);
            bytes32 first = seedOf(epoch, node, each.round, chains[each.index]);
            if (!_isComputed(epoch, each, first, openings[i])) revert NotComputed(i);
        }
        _tallies[epoch][node].opened = true;
        emit CapacityOpened(epoch, node);
    }

    function settle(uint32 epoch, uint32[] calldata nodes) external {
        (, uint256 from) = openingOf(epoch);
        from = Math.max(from + 1, (epoch + SETTLED_AFTER) * EPOCHS.length());
        uint256 last = epoch + SETTLED_WITHIN;
        if (block.number < from || EPOCHS.current() > last) revert NotSettling(epoch, from, last);
        for (uint256 i = 0; i < nodes.length; ++i) {
            Tally storage tally = _tallies[epoch][nodes[i]];
            if (tally.paid) continue;
            tally.paid = true;
            (uint256 work, uint256 capacity) = shareOf(epoch, nodes[i]);
            emit NodePaid(epoch, nodes[i], work, capacity);
            _pay(epoch, nodes[i], work + capacity);
        }
    }

    function sweep(uint32 epoch) external {
        Pot storage pot = _pots[epoch];
        uint256 left = pot.amount - pot.paid;
        uint256 from = epoch + SETTLED_WITHIN + 1;
        if (left == 0 || EPOCHS.current() < from) revert NothingToSweep(epoch, from);
        pot.paid = pot.amount;
        emit PotSwept(epoch, left);
        EMISSION.giveBack{value: left}();
    }

    function potOf(uint32 epoch) external view returns (Pot memory) {
        return _pots[epoch];
    }

    function tallyOf(uint32 epoch, uint32 node) external view returns (Tally memory) {
        return _tallies[epoch][node];
    }

    /// @dev Both halves round down, and the stakes of who answered are no more than all that enrolled: no pot pays more than it has.
    function shareOf(uint32 epoch, uint32 node) public view returns (uint256 work, uint256 capacity) {
        Pot storage pot = _pots[epoch];
        Tally storage tally = _tallies[epoch][node];
        uint256 half = pot.amount / 2;
        work = tally.burned;
        if (pot.burned > half) work = Math.mulDiv(half, work, pot.burned);
        if (!tally.opened) return (work, 0);
        uint256 rounds = Rounds.count(tally.answered);
        capacity = Math.mulDiv((pot.amount - half) * rounds, tally.stake, pot.enrolled * Rounds.COUNT);
    }

    function roundOf(uint32 epoch, uint256 round) public view returns (uint256 height, uint256 until) {
        if (round >= Rounds.COUNT) revert RoundUnknown(round);
        height = Rounds.heightOf(epoch, round, EPOCHS.length());
        until = height + Rounds.WINDOW;
    }

    function openingOf(uint32 epoch) public view returns (uint256 height, uint256 until) {
        height = Rounds.drawnAt(epoch, EPOCHS.length());
        until = height + Rounds.OPENING;
    }

    function seedOf(uint32 epoch, uint32 node, uint256 round, bytes32 chain) public view returns (bytes32 seed) {
        (uint256 height,) = roundOf(epoch, round);
        return BEACON.seedAt(height, keccak256(abi.encode(node, round, chain)));
    }

    function drawsOf(uint32 epoch, uint32 node) public view returns (Draw[] memory draws) {
        Tally storage tally = _tallies[epoch][node];
        if (tally.answered == 0) revert NothingAnswered(epoch, node);
        (uint256 height,) = openingOf(epoch);
        bytes32 seed = BEACON.seedAt(height, keccak256(abi.encode(node, tally.chain)));
        uint256[] memory rounds = Rounds.roundsOf(tally.answered);
        draws = new Draw[](Rounds.DRAWS);
        for (uint256 i = 0; i < draws.length; ++i) {
            draws[i] = Rounds.draw(keccak256(abi.encode(seed, i)), rounds, _pots[epoch].links);
        }
    }

    function _burnedBy(address worker) private view returns (uint256) {
        ITill.Record memory jobs = ITill(Predeploys.JOB_MARKET).recordOf(worker);
        return uint256(jobs.burned) + ITill(Predeploys.LEASES).recordOf(worker).burned;
    }

    /// @dev Fixed for an epoch by the first who enrols, whatever is voted later.
    function _takeRules(uint32 epoch, Pot storage pot) private {
        uint16 size = PARAMETERS.valueOf(IParameters.Parameter.CapacitySize).toUint16();
        uint16 links = PARAMETERS.valueOf(IParameters.Parameter.CapacityLinks).toUint16();
        (pot.size, pot.links) = (size, links);
        emit RulesTaken(epoch, size, links);
    }

    function _bonded(address operator) private view returns (uint32 node, uint256 stake) {
        if (!STAKING.isBonded(operator)) revert NotBonded(operator);
        IEdgeStaking.Standing memory standing = STAKING.standingOf(operator);
        return (standing.node, standing.free + standing.locked);
    }

    /// @dev Before each answer, of a node that has something to show, in its time.
    function _chainsOf(uint32 epoch, uint32 node, bytes32[] calldata digests)
        private
        view
        returns (bytes32[] memory chains)
    {
        (uint256 height, uint256 until) = openingOf(epoch);
        if (block.number <= height || block.number > until) revert NotOpening(epoch, height + 1, until);
        Tally storage tally = _tallies[epoch][node];
        if (tally.opened) revert AlreadyOpened(epoch, node);
        bytes32 chain;
        (chains, chain) = Rounds.replay(tally.answered, digests);
        if (chain != tally.chain) revert NotItsAnswers(epoch, node);
    }

    function _isRound(uint32 epoch, bytes32 digest, bytes32[] calldata roots) private view returns (bool) {
        return roots.length == _pots[epoch].links && keccak256(abi.encodePacked(roots)) == digest;
    }

    function _isComputed(uint32 epoch, Draw memory drawn, bytes32 first, Opening calldata opening)
        private
        view
        returns (bool)
    {
        bytes32 seed = Rounds.seedOf(first, drawn.link, opening.roots);
        return PROOF.capacity(
            opening.roots[drawn.link], _pots[epoch].size, seed, drawn.challenge, Rounds.SAMPLES, opening.proof
        );
    }

    function _pay(uint32 epoch, uint32 node, uint256 amount) private {
        if (amount == 0) return;
        _pots[epoch].paid += amount.toUint128();
        BOOK.reward{value: amount}(node, epoch);
    }
}
