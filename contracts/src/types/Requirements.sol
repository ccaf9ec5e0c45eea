// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What a worker has to be for a job, in one word, from the lowest bits up: region (16), class of its graphics card (16), GiB of that
/// card's memory (16), attributes (64), stake in TFUEL (32), fees of settled jobs in thousandths of a TFUEL (32). Zero asks for nothing.
type Requirements is uint256;

library RequirementsOf {
    function region(Requirements self) internal pure returns (uint16) {
        return uint16(Requirements.unwrap(self));
    }

    function gpuClass(Requirements self) internal pure returns (uint16) {
        return uint16(Requirements.unwrap(self) >> 16);
    }

    function memoryGib(Requirements self) internal pure returns (uint16) {
        return uint16(Requirements.unwrap(self) >> 32);
    }

    function attributes(Requirements self) internal pure returns (uint64) {
        return uint64(Requirements.unwrap(self) >> 48);
    }

    /// @dev Wei.
    function stake(Requirements self) internal pure returns (uint256) {
        return uint256(uint32(Requirements.unwrap(self) >> 112)) * 1e18;
    }

    /// @dev Wei of fees.
    function reputation(Requirements self) internal pure returns (uint256) {
        return uint256(uint32(Requirements.unwrap(self) >> 144)) * 1e15;
    }

    /// @dev Bits that mean nothing yet stay zero.
    function isKnown(Requirements self) internal pure returns (bool) {
        return Requirements.unwrap(self) >> 176 == 0;
    }
}
