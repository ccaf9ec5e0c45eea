// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev A bid in one word, so that no verb of a bidder writes two: its deposit in gwei in the lowest 64 bits, 8 bits that say whether it is sealed
/// or revealed, and above them, while it is sealed, the upper 184 bits of its commitment: two bids of the same take 2^92 tries to find. Then the
/// tick (16), the units (32), and those of them that were taken (32). Zero is no bid.
type Bid is uint256;

using Bids for Bid global;

library Bids {
    Bid internal constant NONE = Bid.wrap(0);
    uint256 private constant SEALED = 1;
    uint256 private constant REVEALED = 2;
    uint256 private constant STATE_SHIFT = 64;
    uint256 private constant SHIFT = 72;
    uint256 private constant UNITS_SHIFT = SHIFT + 16;
    uint256 private constant TAKEN_SHIFT = UNITS_SHIFT + 32;

    function sealing(bytes32 commitment, uint64 gwei_) internal pure returns (Bid) {
        return Bid.wrap(uint256(commitment) >> SHIFT << SHIFT | SEALED << STATE_SHIFT | gwei_);
    }

    function opened(Bid self, uint16 tick_, uint32 units_) internal pure returns (Bid) {
        return
            Bid.wrap(uint256(units_) << UNITS_SHIFT | uint256(tick_) << SHIFT | REVEALED << STATE_SHIFT | gweiOf(self));
    }

    function withTaken(Bid self, uint32 taken_) internal pure returns (Bid) {
        return Bid.wrap(Bid.unwrap(self) ^ uint256(taken(self) ^ taken_) << TAKEN_SHIFT);
    }

    function isNone(Bid self) internal pure returns (bool) {
        return Bid.unwrap(self) == 0;
    }

    function isSealed(Bid self) internal pure returns (bool) {
        return uint8(Bid.unwrap(self) >> STATE_SHIFT) == SEALED;
    }

    function isRevealed(Bid self) internal pure returns (bool) {
        return uint8(Bid.unwrap(self) >> STATE_SHIFT) == REVEALED;
    }

    function isOf(Bid self, bytes32 commitment) internal pure returns (bool) {
        return isSealed(self) && Bid.unwrap(self) >> SHIFT == uint256(commitment) >> SHIFT;
    }

    function gweiOf(Bid self) internal pure returns (uint64) {
        return uint64(Bid.unwrap(self));
    }

    /// @dev Wei.
    function deposit(Bid self) internal pure returns (uint256) {
        return uint256(gweiOf(self)) * 1 gwei;
    }

    /// @dev Of a revealed bid, as the two that follow.
    function tick(Bid self) internal pure returns (uint16) {
        return uint16(Bid.unwrap(self) >> SHIFT);
    }

    function units(Bid self) internal pure returns (uint32) {
        return uint32(Bid.unwrap(self) >> UNITS_SHIFT);
    }

    function taken(Bid self) internal pure returns (uint32) {
        return uint32(Bid.unwrap(self) >> TAKEN_SHIFT);
    }
}
