// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibBit} from "solady/utils/LibBit.sol";

/// @dev Public keys of ed25519: points of -x² + y² = 1 + d·x²·y² modulo p, of which a key is y, little-endian, and a sign of x. Read
/// as nodes read them, by ZIP-215: y may be p or more, and what has no sign may have one.
library Identity {
    /// @dev EIP-198's.
    address private constant MODEXP = 0x0000000000000000000000000000000000000005;
    uint256 private constant P = 2 ** 255 - 19;
    uint256 private constant D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3;

    /// @dev x² = (y² - 1) / (d·y² + 1) has a root when numerator times denominator, the quotient times a square that is never 0, is 0
    /// or to the power of (p - 1) / 2 is 1, by Euler's criterion.
    function isPoint(bytes32 identity) internal view returns (bool) {
        uint256 y = LibBit.reverseBytes(uint256(identity)) & (2 ** 255 - 1);
        uint256 square = mulmod(y, y, P);
        uint256 product = mulmod(addmod(square, P - 1, P), addmod(mulmod(D, square, P), 1, P), P);
        (bool done, bytes memory power) = MODEXP.staticcall(abi.encode(32, 32, 32, product, (P - 1) / 2, P));
        return done && uint256(bytes32(power)) <= 1;
    }
}
