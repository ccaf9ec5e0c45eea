// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBit} from "solady/utils/LibBit.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {ITheta} from "../interfaces/ITheta.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Sets} from "../types/Sets.sol";
import {StakeBook} from "./StakeBook.sol";

/// @dev The guardians' set follows stakes by marks: a bit for each node that changed, in one of two maps. At the first block of an
/// epoch they change places, unless the marks of one are still worked off; new ones always go to the other: nobody can keep a snapshot
/// from being sealed by changing more. A node without the least stake leaves no marks, so that each costs stake.
contract Staking is IStaking, StakeBook {
    using SafeCast for uint256;

    ITheta private constant THETA = ITheta(Predeploys.THETA);
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    uint8 public constant GUARDIANS = Sets.GUARDIANS_ROLE;
    /// @dev Nodes of a word of marks. Its last bit stays when they are worked off, so that no mark is written where nothing was.
    uint256 private constant WORD_NODES = 255;
    uint256 private constant WORD_KEPT = 1 << 255;
    /// @dev The registry counts stake in gwei: all THETA fits 64 bits.
    uint256 private constant GWEI = 1e9;
    /// @dev What a block does for the set, at most.
    uint256 private constant CHANGES_MAX = 16;
    uint256 private constant WORDS_MAX = 64;
    /// @dev Slashes pay their reporter this at most, in basis points, whatever the parameter says.
    uint256 private constant REPORTER_MAX = 1000;

    /// @param epoch in which a block got here last
    /// @param word of marks that is next
    /// @param chunk of the set that is to be written next
    /// @param odd which marks are worked off
    /// @param changed whether the set differs from its newest snapshot
    /// @param done whether nothing is left to do in this epoch
    struct Progress {
        uint32 epoch;
        uint32 word;
        uint32 chunk;
        bool odd;
        bool changed;
        bool done;
    }

    struct Guardians {
        uint64 snapshot;
        uint128 stake;
    }

    mapping(uint32 node => bytes32) public keyOf;
    /// @dev The key that stands in the set for a node.
    mapping(uint32 node => bytes32) private _enrolled;
    mapping(bool odd => mapping(uint256 word => uint256)) private _marks;
    Progress private _progress;
    /// @dev Those of the next epoch are those of this one until others are sealed.
    mapping(uint32 epoch => Guardians) private _inForce;

    modifier onlyCommittee() {
        _checkCommittee();
        _;
    }

    function register(Role role, address owner, uint16 commission) external returns (uint32 node) {
        if (role == Role.None) revert RoleMissing();
        return _register(uint8(role), owner, commission);
    }

    function setKey(uint32 node, bytes32 keyId) external {
        _operated(node);
        address operator = KEYS.operatorOf(keyId);
        if (operator != msg.sender) revert KeyOfAnother(keyId, operator);
        keyOf[node] = keyId;
        emit KeyChanged(node, keyId);
        _changed(node);
    }

    function stake(uint32 node, uint256 amount) public {
        _accounts[msg.sender].principal += amount.toUint128();
        _stake(node, msg.sender, amount);
        // Reverts where it is refused.
        THETA.transferFrom(msg.sender, address(this), amount);
    }

    function stakeWithPermit(uint32 node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Whoever saw the permit can have used it before: the allowance decides.
        try THETA.permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        stake(node, amount);
    }

    function slash(uint32 node, uint16 share, uint32 epoch, address reporter, uint8 reason) external onlyCommittee {
        _slash(node, share, epoch, reporter, reason);
    }

    function jail(uint32 node, uint40 until) external onlyCommittee {
        _known(node);
        _jail(node, until);
    }

    function advance() external {
        if (msg.sender != Predeploys.EPOCHS) revert OnlyEpochs(msg.sender);
        Progress memory progress = _progress;
        uint32 epoch = _epoch();
        if (epoch != progress.epoch) {
            Guardians memory newest = _inForce[progress.epoch + 1];
            // Of this epoch too, for the case that no block of the last one got here.
            (_inForce[epoch], _inForce[epoch + 1]) = (newest, newest);
            progress.epoch = epoch;
            if (progress.done) (progress.odd, progress.word, progress.done) = (!progress.odd, 0, false);
        }
        if (progress.done) return;
        if (_enrol(progress)) _write(progress);
        _progress = progress;
    }

    function guardiansOf(uint32 epoch) external view returns (uint64 snapshot, uint256 totalStake) {
        Guardians storage found = _inForce[epoch];
        return (found.snapshot, found.stake);
    }

    function principalOf(address account) external view returns (uint256) {
        return _accounts[account].principal;
    }

    function weightsOf(uint32[] calldata nodes)
        external
        view
        returns (uint256[] memory weights, address[] memory owners)
    {
        weights = new uint256[](nodes.length);
        owners = new address[](nodes.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            Entry storage entry = _nodes[nodes[i]];
            weights[i] = entry.jailedUntil == 0 ? _stakeOf(entry) : 0;
            owners[i] = entry.owner;
        }
    }

    /// @dev Works off marks. Returns whether none is left.
    function _enrol(Progress memory progress) private returns (bool) {
        mapping(uint256 word => uint256) storage marks = _marks[progress.odd];
        uint256 words = uint256(nodeCount) / WORD_NODES + 1;
        uint256 changes;
        for (uint256 i = 0; i < WORDS_MAX && progress.word < words; ++i) {
            uint256 word = marks[progress.word] & ~WORD_KEPT;
            if (word == 0) {
                ++progress.word;
                continue;
            }
            while (word != 0 && changes < CHANGES_MAX) {
                uint256 bit = LibBit.ffs(word);
                word &= word - 1;
                ++changes;
                // Nothing but nodes' numbers was marked, which have 32 bits.
                if (_seat(uint32(uint256(progress.word) * WORD_NODES + bit))) progress.changed = true;
            }
            marks[progress.word] = word | WORD_KEPT;
            if (word != 0) return false;
            ++progress.word;
        }
        return progress.word == words;
    }

    /// @dev Writes a chunk that changed, or seals the set when none is left.
    function _write(Progress memory progress) private {
        bytes32 set = Sets.guardians();
        IKeyRegistry.Set memory found = KEYS.describe(set);
        uint256 chunks = (found.places + 247) / 248;
        while (progress.changed && progress.chunk < chunks) {
            if (!KEYS.isWritten(set, progress.chunk++)) {
                KEYS.write(set, progress.chunk - 1);
                return;
            }
        }
        progress.chunk = 0;
        progress.done = true;
        if (!progress.changed) return;
        progress.changed = false;
        (uint64 snapshot,) = KEYS.seal(GUARDIANS);
        uint32 from = progress.epoch + 1;
        _inForce[from] = Guardians(snapshot, found.totalStake.toUint128());
        emit GuardiansSealed(from, snapshot, found.totalStake);
    }

    /// @dev Gives a node the stake in the set that it has here. Returns whether that changed anything.
    function _seat(uint32 node) private returns (bool changed) {
        bytes32 before = _enrolled[node];
        uint64 units = _unitsOf(node);
        bytes32 key = units == 0 ? bytes32(0) : keyOf[node];
        if (before != 0 && before != key) {
            KEYS.setStake(GUARDIANS, before, 0);
            _enrolled[node] = 0;
            changed = true;
        }
        if (key == 0 || KEYS.stakeOf(Sets.guardians(), key) == units) return changed;
        // A set that is full takes nobody; the rest must not wait for that.
        try KEYS.setStake(GUARDIANS, key, units) {
            _enrolled[node] = key;
            changed = true;
        } catch {}
    }

    /// @dev What a node counts for as a guardian, gwei.
    function _unitsOf(uint32 node) private view returns (uint64) {
        Entry storage entry = _nodes[node];
        if (entry.role != uint8(Role.Guardian) || entry.jailedUntil != 0 || keyOf[node] == 0) return 0;
        uint256 held = _stakeOf(entry);
        if (held < _parameter(IParameters.Parameter.GuardianStakeMin)) return 0;
        return (held / GWEI).toUint64();
    }

    function _parameter(IParameters.Parameter parameter) private view returns (uint256) {
        return PARAMETERS.valueOf(parameter);
    }

    function _checkCommittee() private view {
        if (msg.sender != Predeploys.COMMITTEE) revert OnlyCommittee(msg.sender);
    }

    function _operate(uint32 node, address operator) internal override {
        super._operate(node, operator);
        // Who ran it before knows its secret.
        keyOf[node] = 0;
    }

    function _payer() internal pure override returns (address) {
        return Predeploys.REWARDS;
    }

    function _unbonding() internal view override returns (uint256) {
        return _parameter(IParameters.Parameter.ThetaUnbonding);
    }

    function _give(address to, uint256 amount) internal override {
        THETA.transfer(to, amount);
    }

    function _burn(uint32 node, uint32 epoch, uint256 lost, uint256 unstaking, address reporter, uint8 reason)
        internal
        override
    {
        uint256 share = _parameter(IParameters.Parameter.ReporterShare);
        if (share > REPORTER_MAX) share = REPORTER_MAX;
        uint256 toReporter = reporter == address(0) ? 0 : lost * share / BASIS_POINTS;
        emit NodeSlashed(node, epoch, lost, unstaking, toReporter, reporter, reason);
        if (toReporter != 0) _give(reporter, toReporter);
        _give(Predeploys.BURN, lost - toReporter);
    }

    function _forfeit(address source, uint256 amount) internal override {
        if (amount == 0) return;
        _accounts[source].principal -= amount.toUint128();
        THETA.forfeit(source, amount);
    }

    function _changed(uint32 node) internal override {
        if (_nodes[node].role != uint8(Role.Guardian)) return;
        if (_enrolled[node] == 0 && _unitsOf(node) == 0) return;
        mapping(uint256 word => uint256) storage marks = _marks[!_progress.odd];
        uint256 word = marks[node / WORD_NODES];
        uint256 marked = word | WORD_KEPT | (uint256(1) << (node % WORD_NODES));
        if (marked != word) marks[node / WORD_NODES] = marked;
    }
}
