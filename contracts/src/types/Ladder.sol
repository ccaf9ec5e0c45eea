// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @dev How many units are bid at each tick, eight ticks of 32 bits a word: a million bids of the most units
/// there are. Which words are not empty the caller keeps, a bit each.
struct Ladder {
    mapping(uint256 index => uint256) words;
}

library Ladders {
    /// @dev Prices there are, 1 to this.
    uint256 internal constant TICKS = 256;
    uint256 private constant LANES = 8;
    uint256 private constant LANE_BITS = 32;

    using SafeCast for uint256;

    /// @return rung the bit of the word in which it is
    function add(Ladder storage self, uint256 tick, uint32 units) internal returns (uint32 rung) {
        uint256 index = (tick - 1) / LANES;
        uint256 shift = (tick - 1) % LANES * LANE_BITS;
        uint256 word = self.words[index];
        uint256 before = uint32(word >> shift);
        uint256 sum = (before + units).toUint32();
        self.words[index] = word ^ (before ^ sum) << shift;
        return uint32(1 << index);
    }

    /// @dev Goes up from the lowest tick to the first unit of which there are `count` below, and leaves nothing of the ladder behind.
    /// @return tick of that unit, or `TICKS + 1` where there are no more than that
    /// @return below units of lower ticks
    /// @return level units of that tick
    function climb(Ladder storage self, uint256 rungs, uint256 count)
        internal
        returns (uint256 tick, uint256 below, uint256 level)
    {
        tick = TICKS + 1;
        for (uint256 index = 0; index < TICKS / LANES; ++index) {
            if (rungs >> index & 1 == 0) continue;
            uint256 word = self.words[index];
            delete self.words[index];
            if (tick <= TICKS) continue;
            for (uint256 lane = 0; lane < LANES; ++lane) {
                uint256 units = uint32(word >> lane * LANE_BITS);
                if (below + units > count) {
                    (tick, level) = (index * LANES + lane + 1, units);
                    break;
                }
                below += units;
            }
        }
    }
}
