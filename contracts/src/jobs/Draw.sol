// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IKeyRegistry} from "../interfaces/IKeyRegistry.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Committees by chance, out of the places of a sealed set. They are the same whatever becomes of the set later.
library Draw {
    IKeyRegistry private constant KEYS = IKeyRegistry(Predeploys.KEY_REGISTRY);
    /// @dev To find a place that is not empty: with one in ten taken, all fail once in 850 times.
    uint256 private constant TRIES = 64;

    /// @dev A sealed set, of so many places.
    struct From {
        bytes32 set;
        uint64 epoch;
        uint256 places;
    }

    /// @dev In the order in which they are drawn; there are at least as many places.
    function committee(From memory from, bytes32 seed, uint256 members) internal view returns (uint256[] memory drawn) {
        drawn = new uint256[](members);
        for (uint256 i = 0; i < members; ++i) {
            drawn[i] = _next(from, keccak256(abi.encode(seed, i)), drawn, i);
        }
    }

    /// @dev Whether a place is one of the first `count`.
    function contains(uint256[] memory places, uint256 count, uint256 place) internal pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) {
            if (places[i] == place) return true;
        }
        return false;
    }

    /// @dev A place that was not drawn before, and that somebody had: else those that were left would make committees smaller. Where
    /// most are empty, it gives up on that after so many tries.
    function _next(From memory from, bytes32 seed, uint256[] memory drawn, uint256 count)
        private
        view
        returns (uint256 place)
    {
        for (uint256 i = 0; i < TRIES; ++i) {
            place = uint256(keccak256(abi.encode(seed, i))) % from.places;
            if (!contains(drawn, count, place) && KEYS.stakeIn(from.set, from.epoch, place) != 0) return place;
        }
        // Ends: fewer places are drawn than there are.
        while (contains(drawn, count, place)) place = (place + 1) % from.places;
    }
}
