// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev What a payee has of a payer or a session, in one word that is read and written once: `redeemed` in the lowest 96 bits, then
/// `withdrawn` in 96 and `ceilingGwei` in 64.
type PackedPair is uint256;

using PackedPairs for PackedPair global;

library PackedPairs {
    uint256 private constant WITHDRAWN_SHIFT = 96;
    uint256 private constant CEILING_SHIFT = 192;

    function redeemed(PackedPair pair) internal pure returns (uint256) {
        return uint96(PackedPair.unwrap(pair));
    }

    function withdrawn(PackedPair pair) internal pure returns (uint256) {
        return uint96(PackedPair.unwrap(pair) >> WITHDRAWN_SHIFT);
    }

    function ceilingGwei(PackedPair pair) internal pure returns (uint64) {
        return uint64(PackedPair.unwrap(pair) >> CEILING_SHIFT);
    }

    /// @dev The total up to which nobody else's vouchers can take the money.
    function covered(PackedPair pair) internal pure returns (uint256) {
        uint256 done = redeemed(pair);
        uint256 ceiling = uint256(ceilingGwei(pair)) * 1 gwei;
        return done > ceiling ? done : ceiling;
    }

    function withRedeemed(PackedPair pair, uint96 total) internal pure returns (PackedPair) {
        uint256 word = PackedPair.unwrap(pair);
        return PackedPair.wrap(word ^ redeemed(pair) ^ total);
    }

    /// @dev All of it is withdrawn.
    function emptied(PackedPair pair) internal pure returns (PackedPair) {
        uint256 change = withdrawn(pair) ^ redeemed(pair);
        return PackedPair.wrap(PackedPair.unwrap(pair) ^ (change << WITHDRAWN_SHIFT));
    }

    function withCeiling(PackedPair pair, uint64 gwei_) internal pure returns (PackedPair) {
        uint256 change = ceilingGwei(pair) ^ gwei_;
        return PackedPair.wrap(PackedPair.unwrap(pair) ^ (change << CEILING_SHIFT));
    }
}
