// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IEdgeRewards} from "../interfaces/IEdgeRewards.sol";

/// @dev When rounds of capacity are, and what seeds and draws make of them (C1 to C4 of `IEdgeRewards`). Pure, so that it can be proved
/// for every input.
library Rounds {
    /// @dev Of an epoch: spread over it, so that who takes part has its machine all the time.
    uint256 internal constant COUNT = 4;
    /// @dev Blocks to answer in, 30 seconds of the fastest: a few for the transaction, the others for the work.
    uint256 internal constant WINDOW = 150;
    /// @dev Between what is committed to and the mix that draws from it: the beacon's.
    uint256 internal constant DELAY = 16;
    /// @dev Blocks to show what was drawn, 2 minutes of the fastest.
    uint256 internal constant OPENING = 600;
    /// @dev Two, since with one the part that who leaves out work loses were just what it leaves out.
    uint256 internal constant DRAWS = 2;
    /// @dev Entries of each drawn product: who makes half of it passes one time in 256, for 1.6 KB of calldata each.
    uint256 internal constant SAMPLES = 8;

    /// @dev Nobody can enrol any more at the epoch's first block, so that the first mix is drawn `DELAY` blocks after the last who did.
    function heightOf(uint256 epoch, uint256 round, uint256 length) internal pure returns (uint256) {
        return epoch * length + DELAY - 1 + round * Math.max(length / COUNT, WINDOW);
    }

    function drawnAt(uint256 epoch, uint256 length) internal pure returns (uint256) {
        return heightOf(epoch, COUNT - 1, length) + WINDOW + DELAY;
    }

    function next(bytes32 chain, uint256 round, bytes32 digest) internal pure returns (bytes32) {
        return keccak256(abi.encode(chain, round, digest));
    }

    /// @dev The chain before each round of a bitmap, and after all, with a digest for each. 0 where there are more or fewer of these.
    function replay(uint8 answered, bytes32[] memory digests)
        internal
        pure
        returns (bytes32[] memory chains, bytes32 chain)
    {
        uint256[] memory rounds = roundsOf(answered);
        chains = new bytes32[](rounds.length);
        if (digests.length != rounds.length) return (chains, 0);
        for (uint256 i = 0; i < rounds.length; ++i) {
            chains[i] = chain;
            chain = next(chain, rounds[i], digests[i]);
        }
    }

    function roundsOf(uint8 answered) internal pure returns (uint256[] memory rounds) {
        rounds = new uint256[](count(answered));
        uint256 found;
        for (uint256 round = 0; found < rounds.length; ++round) {
            if ((answered >> round) & 1 != 0) rounds[found++] = round;
        }
    }

    function count(uint8 answered) internal pure returns (uint256 rounds) {
        for (uint256 round = 0; round < COUNT; ++round) {
            rounds += (answered >> round) & 1;
        }
    }

    /// @dev Of these rounds, with `links` products each; neither is zero.
    function draw(bytes32 challenge, uint256[] memory rounds, uint256 links)
        internal
        pure
        returns (IEdgeRewards.Draw memory drawn)
    {
        uint256 index = uint256(challenge) % rounds.length;
        return IEdgeRewards.Draw(rounds[index], index, (uint256(challenge) >> 128) % links, challenge);
    }

    /// @dev Of a round's product with this number: a root that is made up is no way to know later seeds before the round, nor for another
    /// node.
    function seedOf(bytes32 first, uint256 link, bytes32[] calldata roots) internal pure returns (bytes32) {
        return link == 0 ? first : keccak256(abi.encode(first, roots[link - 1]));
    }
}
