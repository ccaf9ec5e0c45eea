// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev What benchmarks deploy: an ordinary token, and events by the thousand.
contract LoadToken is ERC20 {
    /// @dev One in a hundred has a given `bucket`.
    event Pinged(uint256 indexed bucket, address indexed sender, uint256 number);

    constructor(address[] memory holders) ERC20("Load", "LOAD") {
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], 1e24);
        }
    }

    function ping(uint256 first, uint256 count) external {
        for (uint256 i = 0; i < count; ++i) {
            emit Pinged((first + i) % 100, msg.sender, first + i);
        }
    }
}
