// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LibBit} from "solady/utils/LibBit.sol";
import {IBls} from "../interfaces/IBls.sol";

/// @dev Bitmaps of who signed, as `IBls` reads them: a bit for each place of a set, the lowest of a byte first.
library Signers {
    /// @dev The places whose bits are set, in rising order.
    function placesIn(bytes calldata signers, uint256 among) internal pure returns (uint256[] memory places) {
        uint256 length = Math.ceilDiv(among, 8);
        if (signers.length != length) revert IBls.SignersLength(length, signers.length);
        uint256 count;
        for (uint256 from = 0; from < length; from += 32) {
            count += LibBit.popCount(uint256(bytes32(signers[from:])));
        }
        places = new uint256[](count);
        uint256 next;
        for (uint256 from = 0; from < length; from += 32) {
            // The first byte lowest, so that bit i is that of place 8 * from + i.
            uint256 bits = LibBit.reverseBytes(uint256(bytes32(signers[from:])));
            for (; bits != 0; bits &= bits - 1) {
                places[next++] = 8 * from + LibBit.ffs(bits);
            }
        }
    }
}
