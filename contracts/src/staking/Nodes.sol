// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEpochs} from "../interfaces/IEpochs.sol";
import {IStakeBook} from "../interfaces/IStakeBook.sol";
import {Pools} from "../types/Pool.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Nodes of one kind: who owns and runs them, for what part of the rewards, and which are in jail.
abstract contract Nodes is IStakeBook {
    uint16 internal constant COMMISSION_MAX = 1000;
    uint256 internal constant BASIS_POINTS = 10_000;
    /// @dev Rewards of older epochs are not paid, so the two commissions that a node keeps are those of every epoch that is.
    uint32 internal constant COMMISSION_EPOCHS = 32;
    uint40 internal constant FOREVER = type(uint40).max;

    /// @param known so that what changes often beside it is never written where nothing was
    /// @param appointed who may take over as its operator
    /// @param named who may take over as its owner
    struct Entry {
        uint112 shares;
        uint64 loss;
        uint16 slashes;
        uint8 role;
        uint40 jailedUntil;
        uint16 commission;
        uint80 index;
        uint16 nextCommission;
        uint32 commissionFrom;
        uint112 locked;
        bool known;
        address owner;
        address operator;
        address appointed;
        address named;
    }

    uint32 public nodeCount;
    mapping(address operator => uint32) public nodeOf;
    mapping(uint32 node => Entry) internal _nodes;

    modifier onlyOwner(uint32 node) {
        _checkOwner(node);
        _;
    }

    function appoint(uint32 node, address operator) external onlyOwner(node) {
        _nodes[node].appointed = operator;
        emit OperatorAppointed(node, operator);
    }

    function accept(uint32 node) external {
        Entry storage entry = _known(node);
        if (msg.sender != entry.appointed) revert NotAppointed(node, msg.sender);
        address before = entry.operator;
        _operate(node, msg.sender);
        entry.appointed = address(0);
        emit OperatorChanged(node, before, msg.sender);
        _changed(node);
    }

    function acceptOwnership(uint32 node) external {
        Entry storage entry = _nodes[node];
        if (msg.sender != entry.named) revert NotAppointed(node, msg.sender);
        entry.owner = msg.sender;
        entry.named = address(0);
        emit OwnerChanged(node, msg.sender);
    }

    function setCommission(uint32 node, uint16 commission) external onlyOwner(node) {
        _checkCommission(commission);
        Entry storage entry = _nodes[node];
        uint32 epoch = _epoch();
        uint32 again = entry.commissionFrom + COMMISSION_EPOCHS;
        if (entry.commissionFrom != 0 && epoch < again) revert CommissionChangedLately(again);
        entry.commission = entry.nextCommission;
        entry.nextCommission = commission;
        entry.commissionFrom = epoch + 1;
        emit CommissionChanged(node, commission, epoch + 1);
    }

    function unjail(uint32 node) external {
        Entry storage entry = _operated(node);
        uint40 until = entry.jailedUntil;
        if (until == 0) revert NotJailed(node);
        if (block.timestamp < until) revert StillJailed(node, until);
        entry.jailedUntil = 0;
        emit NodeUnjailed(node);
        _changed(node);
    }

    function describe(uint32 node) external view returns (Node memory) {
        Entry storage entry = _known(node);
        uint16 commission = _epoch() >= entry.commissionFrom ? entry.nextCommission : entry.commission;
        return
            Node(entry.owner, entry.operator, entry.role, entry.jailedUntil, commission, _stakeOf(entry), entry.locked);
    }

    function _register(uint8 role, address owner, uint16 commission) internal returns (uint32 node) {
        if (owner == address(0)) revert OwnerMissing();
        _checkCommission(commission);
        node = ++nodeCount;
        Entry storage entry = _nodes[node];
        (entry.known, entry.owner, entry.role) = (true, msg.sender, role);
        // Not owner yet: nodes count against their owner's seats, and nobody is to fill those of another.
        if (owner != msg.sender) entry.named = owner;
        (entry.commission, entry.nextCommission) = (commission, commission);
        _operate(node, msg.sender);
        emit NodeRegistered(node, owner, msg.sender, role);
        emit CommissionChanged(node, commission, 0);
    }

    function _jail(uint32 node, uint40 until) internal {
        Entry storage entry = _nodes[node];
        if (until <= entry.jailedUntil) return;
        entry.jailedUntil = until;
        emit NodeJailed(node, until);
        _changed(node);
    }

    function _known(uint32 node) internal view returns (Entry storage entry) {
        entry = _nodes[node];
        if (!entry.known) revert NodeUnknown(node);
    }

    function _operated(uint32 node) internal view returns (Entry storage entry) {
        entry = _known(node);
        if (msg.sender != entry.operator) revert OnlyOperator(node, msg.sender);
    }

    function _stakeOf(Entry storage entry) internal view returns (uint256) {
        return Pools.valueOf(entry.shares, entry.loss);
    }

    function _checkCommission(uint16 commission) private pure {
        if (commission > COMMISSION_MAX) revert CommissionTooHigh(commission, COMMISSION_MAX);
    }

    function _checkOwner(uint32 node) private view {
        if (msg.sender != _known(node).owner) revert OnlyOwner(node, msg.sender);
    }

    function _epoch() internal view returns (uint32) {
        return IEpochs(Predeploys.EPOCHS).current();
    }

    function _operate(uint32 node, address operator) internal virtual {
        if (nodeOf[operator] != 0) revert OperatorTaken(operator, nodeOf[operator]);
        nodeOf[operator] = node;
        _nodes[node].operator = operator;
    }

    /// @dev Stake, key or jail of a node changed.
    function _changed(uint32 node) internal virtual {}
}
