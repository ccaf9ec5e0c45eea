// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev An account with code that buys what it is told to, and misbehaves when it receives editions, or money: it refuses them, burns all the gas it is
/// given, or calls what it was told to, some times, and remembers how often that worked.
contract Hoarder {
    enum Mood {
        Accept,
        Refuse,
        Burn,
        Reenter
    }

    Mood private _mood;
    uint256 private _times;
    address private _target;
    uint256 private _value;
    bytes private _callback;
    uint256 public attempts;
    uint256 public successes;

    receive() external payable {
        if (_mood == Mood.Refuse) revert();
    }

    function plan(Mood mood, uint256 times) external {
        (_mood, _times) = (mood, times);
    }

    function calls(address target, uint256 value, bytes calldata callback) external {
        (_target, _value, _callback) = (target, value, callback);
    }

    function perform(address target, uint256 value, bytes calldata callData) external {
        (bool done, bytes memory reason) = target.call{value: value}(callData);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        if (_mood == Mood.Refuse) revert();
        if (_mood == Mood.Burn) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (_mood == Mood.Reenter && attempts < _times) {
            ++attempts;
            (bool done,) = _target.call{value: _value}(_callback);
            if (done) ++successes;
        }
        return this.onERC1155Received.selector;
    }
}
