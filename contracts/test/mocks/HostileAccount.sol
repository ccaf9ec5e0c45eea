// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev An account with code that does as it is told, and misbehaves when it is paid: it refuses the money, or calls
/// back with the calldata it was given and remembers whether that worked.
contract HostileAccount {
    enum Mood {
        Accept,
        Refuse,
        Reenter
    }

    Mood private _mood;
    address private _target;
    bytes private _callback;
    uint256 public attempts;
    uint256 public successes;

    function plan(Mood mood, address target, bytes calldata callback) external {
        (_mood, _target, _callback) = (mood, target, callback);
    }

    function perform(address target, uint256 value, bytes calldata callData) external {
        (bool done, bytes memory reason) = target.call{value: value}(callData);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    receive() external payable {
        if (_mood == Mood.Refuse) revert();
        if (_mood == Mood.Accept) return;
        ++attempts;
        (bool done,) = _target.call(_callback);
        if (done) ++successes;
    }
}
