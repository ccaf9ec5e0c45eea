// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev How many there are of each of sixteen kinds, 32 bits each, the first in the lowest bits of the first word.
struct Tiers {
    uint256[2] words;
}

using TiersOf for Tiers global;

library TiersOf {
    uint256 internal constant MOST = 16;
    uint256 private constant LANES = 8;
    uint256 private constant LANE_BITS = 32;

    function count(Tiers memory self, uint256 tier) internal pure returns (uint256) {
        return uint32(self.words[tier / LANES] >> tier % LANES * LANE_BITS);
    }

    /// @dev No tier ever has more than 2^32 - 1.
    function add(Tiers memory self, uint256 tier, uint256 amount) internal pure {
        self.words[tier / LANES] += amount << tier % LANES * LANE_BITS;
    }

    /// @dev Takes number `index` of all that are there, the first tier's first. There are more than that.
    function take(Tiers memory self, uint256 index) internal pure returns (uint256 tier) {
        uint256 there = count(self, 0);
        while (index >= there) {
            index -= there;
            there = count(self, ++tier);
        }
        // Some are left of this one, so that nothing is borrowed from the next.
        self.words[tier / LANES] -= uint256(1) << tier % LANES * LANE_BITS;
    }
}
