// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev Packs that were bought together, in one word: the buyer in the lowest 160 bits, 0 once it was refunded; above it the number after the last
/// pack's (32), the round (16), the phase (8), and the Unix second (40).
type Purchase is uint256;

using Purchases for Purchase global;

library Purchases {
    uint256 private constant UNTIL = 160;
    uint256 private constant ROUND = UNTIL + 32;
    uint256 private constant PHASE = ROUND + 16;
    uint256 private constant TIME = PHASE + 8;

    function of_(address buyer_, uint256 until_, uint256 round_, uint256 phase_) internal view returns (Purchase) {
        uint256 high = until_ << UNTIL | round_ << ROUND | phase_ << PHASE | block.timestamp << TIME;
        return Purchase.wrap(high | uint160(buyer_));
    }

    function refunded(Purchase self) internal pure returns (Purchase) {
        return Purchase.wrap(Purchase.unwrap(self) >> UNTIL << UNTIL);
    }

    function buyer(Purchase self) internal pure returns (address) {
        return address(uint160(Purchase.unwrap(self)));
    }

    function until(Purchase self) internal pure returns (uint256) {
        return uint32(Purchase.unwrap(self) >> UNTIL);
    }

    function round(Purchase self) internal pure returns (uint256) {
        return uint16(Purchase.unwrap(self) >> ROUND);
    }

    function phase(Purchase self) internal pure returns (uint256) {
        return uint8(Purchase.unwrap(self) >> PHASE);
    }

    function time(Purchase self) internal pure returns (uint256) {
        return Purchase.unwrap(self) >> TIME;
    }
}
