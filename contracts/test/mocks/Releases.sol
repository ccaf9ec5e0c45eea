// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IRewards} from "../../src/interfaces/IRewards.sol";

/// @dev Counts what the reserve is told to release.
contract Releases is IRewards {
    uint256 public count;

    function release() external {
        ++count;
    }
}
