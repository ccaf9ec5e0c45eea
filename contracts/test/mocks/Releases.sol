// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev In place of the rewards: counts what the reserve is told to release, and remembers the newest epoch that began.
contract Releases {
    uint256 public count;
    uint256 public begun;
    uint32 public epoch;

    function release() external {
        ++count;
    }

    function begin(uint32 number) external {
        ++begun;
        epoch = number;
    }
}
