// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Whatever it is asked, it fails.
contract Broken {
    error Broke();

    fallback() external {
        revert Broke();
    }
}
