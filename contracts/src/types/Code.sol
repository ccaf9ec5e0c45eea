// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SSTORE2} from "solady/utils/SSTORE2.sol";

/// @dev Content as the code of an account, behind a STOP that keeps anybody from running it. The address depends on the
/// content and on the contract that stores it, and on nothing else.
library Code {
    /// @dev EIP-170's limit less the leading STOP.
    uint256 internal constant BYTES_MAX = 24_575;
    /// @dev One for all.
    bytes32 private constant SALT = 0;

    /// @dev Only this contract can create code at the predicted address, so code there has the predicted content.
    function store(bytes memory content) internal returns (address location) {
        location = locationOf(content);
        if (location.code.length == 0) SSTORE2.writeCounterfactual(content, SALT);
    }

    /// @dev A part of what is stored at a location: shorter, or empty, where that ends.
    function slice(address location, uint256 from, uint256 count) internal view returns (bytes memory part) {
        return SSTORE2.read(location, from, from + count);
    }

    function locationOf(bytes memory content) internal view returns (address location) {
        return SSTORE2.predictCounterfactualAddress(content, SALT);
    }
}
