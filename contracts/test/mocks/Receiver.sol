// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./HostileAccount.sol";

/// @dev An account with code that can be sent editions, and does with them as it is told.
contract Receiver is HostileAccount {
    enum Habit {
        Accept,
        Refuse,
        /// @dev Calls back, and remembers whether that worked.
        Reenter,
        /// @dev Takes all the gas that it is given, and refuses.
        Greedy,
        /// @dev Refuses with more words than anybody wants to read.
        Verbose,
        /// @dev Accepts, after so much work.
        Slow,
        /// @dev Refuses at once where it has less gas than it may need.
        Careful
    }

    Habit public habit;
    address private _called;
    bytes private _call;
    uint256 private _spins;
    uint256 public tried;
    uint256 public succeeded;
    /// @dev What the last call was refused with.
    bytes4 public refusal;

    function take(Habit next) external {
        habit = next;
    }

    function takeSlowly(uint256 spins) external {
        (habit, _spins) = (Habit.Slow, spins);
    }

    function takeCalling(address called, bytes calldata call) external {
        (habit, _called, _call) = (Habit.Reenter, called, call);
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        require(habit != Habit.Refuse && (habit != Habit.Careful || gasleft() > 400_000), "refused");
        if (habit == Habit.Greedy) {
            assembly {
                invalid()
            }
        }
        if (habit == Habit.Verbose) {
            assembly {
                revert(0, 300000)
            }
        }
        if (habit == Habit.Reenter) {
            ++tried;
            (bool done, bytes memory reason) = _called.call(_call);
            if (done) ++succeeded;
            else refusal = bytes4(reason);
        }
        bytes32 spun;
        for (uint256 i = 0; habit == Habit.Slow && i < _spins; ++i) {
            spun = keccak256(abi.encode(spun, i));
        }
        return this.onERC1155Received.selector;
    }
}
