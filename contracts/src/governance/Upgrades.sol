// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IUpgrades} from "../interfaces/IUpgrades.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract Upgrades is IUpgrades {
    uint256 public constant NOTICE = 1000;
    uint256 public constant FORKS_MAX = 16;
    /// @dev Predeploys are at this address plus 1 to 255.
    uint160 private constant BASE = uint160(0xed6E000000000000000000000000000000000000);
    /// @dev What the code of an account that delegates begins with. No deployed code begins with it (EIP-3541).
    bytes3 private constant DELEGATION = 0xef0100;

    /// @dev Alone in slot 0, since nodes compare that as a whole: a test pins it.
    uint64 public next;
    Fork[] private _pending;
    uint32[] private _rules;
    mapping(uint32 rule => uint64 height) public ruleSince;
    uint64 private _count;

    modifier onlyTimelock() {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        _;
    }

    function schedule(uint64 height, address target, address source) external onlyTimelock returns (uint64 id) {
        if (!_isPredeploy(target) || target.code.length == 0) revert NotAPredeploy(target);
        bool empty = source.code.length == 0;
        if (empty || _isPredeploy(source) || bytes3(source.code) == DELEGATION) revert NotASource(source);
        for (uint256 i = 0; i < _pending.length; ++i) {
            bool same = _pending[i].height == height && _pending[i].target == target;
            if (same) revert TargetTaken(target, height);
        }
        id = _push(Fork(0, height, 0, target, source, source.codehash));
        emit ForkScheduled(id, height, target, source, source.codehash);
    }

    function scheduleRule(uint64 height, uint32 rule) external onlyTimelock returns (uint64 id) {
        if (rule == 0) revert RuleIsReserved();
        if (ruleSince[rule] != 0) revert RuleTaken(rule);
        for (uint256 i = 0; i < _pending.length; ++i) {
            if (_pending[i].rule == rule) revert RuleTaken(rule);
        }
        id = _push(Fork(0, height, rule, address(0), address(0), 0));
        emit RuleScheduled(id, height, rule);
    }

    function cancel(uint64 id) external onlyTimelock {
        Fork[] memory before = _pending;
        delete _pending;
        for (uint256 i = 0; i < before.length; ++i) {
            if (before[i].id != id) _pending.push(before[i]);
        }
        if (_pending.length == before.length) revert ForkUnknown(id);
        _findNext();
        emit ForkCancelled(id);
    }

    /// @dev A height that passed without the call, which U3 excludes, is made up for: better late than for ever in the way.
    function applied() external returns (Fork[] memory forks) {
        if (msg.sender != Predeploys.SYSTEM) revert OnlySystem(msg.sender);
        Fork[] memory before = _pending;
        delete _pending;
        uint256 found;
        for (uint256 i = 0; i < before.length; ++i) {
            if (before[i].height <= block.number && _holds(before[i])) ++found;
        }
        forks = new Fork[](found);
        found = 0;
        for (uint256 i = 0; i < before.length; ++i) {
            if (before[i].height > block.number) _pending.push(before[i]);
            else if (_holds(before[i])) _enter(forks[found++] = before[i]);
            else emit ForkDropped(before[i].id, before[i].source.codehash);
        }
        _findNext();
    }

    function pending() external view returns (Fork[] memory forks) {
        return _pending;
    }

    function rules() external view returns (uint32[] memory) {
        return _rules;
    }

    function _push(Fork memory fork) private returns (uint64 id) {
        uint256 least = block.number + NOTICE;
        if (fork.height < least) revert HeightTooSoon(fork.height, least);
        if (_pending.length == FORKS_MAX) revert TooManyForks(FORKS_MAX);
        id = ++_count;
        fork.id = id;
        _pending.push(fork);
        _findNext();
    }

    function _enter(Fork memory fork) private {
        if (fork.rule != 0) {
            _rules.push(fork.rule);
            ruleSince[fork.rule] = uint64(block.number);
        }
        emit ForkApplied(fork.id);
    }

    function _findNext() private {
        uint64 least;
        for (uint256 i = 0; i < _pending.length; ++i) {
            uint64 height = _pending[i].height;
            if (least == 0 || height < least) least = height;
        }
        next = least;
    }

    /// @dev Code changes where an account delegates anew, or where its creation and destruction were one transaction's.
    function _holds(Fork memory fork) private view returns (bool) {
        return fork.rule != 0 || fork.source.codehash == fork.codeHash;
    }

    function _isPredeploy(address account) private pure returns (bool) {
        uint160 place = uint160(account) ^ BASE;
        return place != 0 && place <= type(uint8).max;
    }
}
