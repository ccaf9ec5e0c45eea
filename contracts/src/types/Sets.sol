// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Predeploys} from "./Predeploys.sol";

/// @dev Names of sets of keys, for who would else have to ask for them.
library Sets {
    uint8 internal constant GUARDIANS_ROLE = 2;

    function named(address owner, uint8 role) internal pure returns (bytes32) {
        return bytes32(bytes20(owner)) | bytes32(uint256(role));
    }

    function guardians() internal pure returns (bytes32) {
        return named(Predeploys.STAKING, GUARDIANS_ROLE);
    }
}
