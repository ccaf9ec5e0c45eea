// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev How far a sale of packs is, kept in one word, so that whoever buys writes little else: counts of packs and purchases in 32 bits each, rounds, of
/// which there are 512 at most, in 16, and a height in 40, which is enough for some thousand years.
/// @param sold packs
/// @param settled packs of which chance has the seeds: those of rounds that were revealed
/// @param opened packs; they are the first
/// @param purchases how many there were
/// @param opening the purchase of which the next pack to open is
/// @param round that waits for its secret, while not all that was sold is settled
/// @param revealed rounds whose secrets are known
/// @param height that draws that round; while all is settled, that from which on another sells
struct Progress {
    uint256 sold;
    uint256 settled;
    uint256 opened;
    uint256 purchases;
    uint256 opening;
    uint256 round;
    uint256 revealed;
    uint256 height;
}

using ProgressOf for Progress global;

library ProgressOf {
    function toWord(Progress memory self) internal pure returns (uint256) {
        return self.sold | self.settled << 32 | self.opened << 64 | self.purchases << 96 | self.opening << 128
            | self.round << 160 | self.revealed << 176 | self.height << 192;
    }

    function fromWord(uint256 word) internal pure returns (Progress memory self) {
        (self.sold, self.settled, self.opened) = (uint32(word), uint32(word >> 32), uint32(word >> 64));
        (self.purchases, self.opening) = (uint32(word >> 96), uint32(word >> 128));
        (self.round, self.revealed, self.height) = (uint16(word >> 160), uint16(word >> 176), uint40(word >> 192));
    }

    /// @dev Whether packs were sold that have no seed yet.
    function waits(Progress memory self) internal pure returns (bool) {
        return self.settled != self.sold;
    }
}
