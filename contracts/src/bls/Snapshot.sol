// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Code} from "../types/Code.sol";

/// @dev What the code of a sealed set (`IKeyRegistry.snapshotAt`) says of it: magic (4 bytes), places (4), the sum of all keys (96), and of each
/// chunk of 248 places the addresses of its keys and of its stakes, 8 bytes each.
library Snapshot {
    uint256 private constant CHUNK_PLACES = 248;
    uint256 private constant HEAD_BYTES = 4 + 4 + 96;

    /// @dev Those that nobody has among them.
    function placesOf(address snapshot) internal view returns (uint256 places) {
        return uint32(bytes4(Code.slice(snapshot, 4, 4)));
    }

    /// @dev How many places somebody has; it stops counting at `enough`.
    function membersOf(address snapshot, uint256 enough) internal view returns (uint256 members) {
        uint256 places = placesOf(snapshot);
        for (uint256 first = 0; first < places && members < enough; first += CHUNK_PLACES) {
            address stakes = address(bytes20(Code.slice(snapshot, HEAD_BYTES + 40 * (first / CHUNK_PLACES) + 20, 20)));
            uint256 count = places - first < CHUNK_PLACES ? places - first : CHUNK_PLACES;
            bytes memory each = Code.slice(stakes, 0, 8 * count);
            for (uint256 i = 0; i < count && members < enough; ++i) {
                for (uint256 j = 8 * i; j < 8 * i + 8; ++j) {
                    if (each[j] == 0) continue;
                    ++members;
                    break;
                }
            }
        }
    }
}
