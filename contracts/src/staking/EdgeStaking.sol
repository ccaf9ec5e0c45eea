// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {StakeBook} from "./StakeBook.sol";

/// @dev Slashes take locked stake alone, which is in the node's pool as long as it is locked: exits are never slashed here.
contract EdgeStaking is IEdgeStaking, StakeBook {
    using SafeCast for uint256;

    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    uint256 public totalSlashed;

    modifier onlyMarket() {
        if (!Predeploys.isMarket(msg.sender)) revert OnlyMarket(msg.sender);
        _;
    }

    function register(address owner, uint16 commission) external returns (uint32 node) {
        return _register(0, owner, commission);
    }

    function bond() external payable returns (uint32 node) {
        node = nodeOf[msg.sender];
        if (node == 0) node = _register(0, msg.sender, 0);
        stake(node);
    }

    function lock(address worker, uint256 jobId, uint128 amount) external onlyMarket {
        uint32 node = nodeOf[worker];
        Entry storage entry = _nodes[node];
        if (!_isBonded(entry, worker)) revert NotBonded(worker);
        uint256 free = _freeOf(entry);
        if (free < amount) revert InsufficientFreeStake(worker, free, amount);
        entry.locked += uint256(amount).toUint112();
        emit Locked(worker, node, jobId, msg.sender, amount);
    }

    function unlock(address worker, uint256 jobId, uint128 amount) external onlyMarket {
        emit Unlocked(worker, _unlock(worker, amount), jobId, msg.sender, amount);
    }

    function slash(address worker, uint256 jobId, uint128 amount, uint8 reason) external onlyMarket {
        uint32 node = _unlock(worker, amount);
        emit Slashed(worker, node, jobId, msg.sender, amount, reason);
        _slashAmount(node, amount, address(0), reason);
    }

    function standingOf(address worker) external view returns (Standing memory) {
        uint32 node = nodeOf[worker];
        Entry storage entry = _nodes[node];
        return Standing(node, _freeOf(entry), entry.locked);
    }

    function isBonded(address worker) external view returns (bool) {
        return _isBonded(_nodes[nodeOf[worker]], worker);
    }

    function stake(uint32 node) public payable {
        _stake(node, msg.sender, msg.value);
    }

    function _unlock(address worker, uint128 amount) private returns (uint32 node) {
        Entry storage entry;
        (node, entry) = _runBy(worker);
        if (entry.locked < amount) revert InsufficientLockedStake(worker, entry.locked, amount);
        entry.locked -= uint112(amount);
    }

    /// @dev Who ran a node when it took a job ends it there, whoever runs it now.
    function _runBy(address worker) private view returns (uint32 node, Entry storage entry) {
        node = nodeOf[worker];
        entry = _known(node);
    }

    function _isBonded(Entry storage entry, address worker) private view returns (bool) {
        return entry.operator == worker && entry.jailedUntil == 0
            && _stakeOf(entry) >= PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMin);
    }

    function _freeOf(Entry storage entry) private view returns (uint256) {
        uint256 held = _stakeOf(entry);
        return held > entry.locked ? held - entry.locked : 0;
    }

    function _joined(Entry storage entry) internal view override {
        uint256 whole = _stakeOf(entry);
        uint256 most = PARAMETERS.valueOf(IParameters.Parameter.EdgeStakeMax);
        if (whole > most) revert StakeTooLarge(whole, most);
    }

    function _unbonding() internal view override returns (uint256) {
        return PARAMETERS.valueOf(IParameters.Parameter.EdgeUnbonding);
    }

    function _payer() internal pure override returns (address) {
        return Predeploys.EDGE_REWARDS;
    }

    function _give(address to, uint256 amount) internal override {
        _pay(to, amount);
    }

    function _burn(uint32 node, uint32 epoch, uint256 lost, uint256 unstaking, address reporter, uint8 reason)
        internal
        override
    {
        totalSlashed += lost;
        emit NodeSlashed(node, epoch, lost, unstaking, 0, reporter, reason);
        _pay(Predeploys.BURN, lost);
    }
}
