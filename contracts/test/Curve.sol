// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

uint256 constant CURVE_P = 2 ** 255 - 19;
uint256 constant CURVE_D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3;

/// @dev Whether y is that of a point of ed25519's curve, the long way: by squaring and multiplying.
function isOnCurve(uint256 y) pure returns (bool) {
    uint256 square = mulmod(y, y, CURVE_P);
    uint256 base = mulmod(addmod(square, CURVE_P - 1, CURVE_P), mulmod(CURVE_D, square, CURVE_P) + 1, CURVE_P);
    uint256 power = 1;
    for (uint256 left = (CURVE_P - 1) / 2; left != 0; left >>= 1) {
        if (left & 1 == 1) power = mulmod(power, base, CURVE_P);
        base = mulmod(base, base, CURVE_P);
    }
    return power <= 1;
}

/// @dev The first key of ed25519 from these bytes on.
function identityFrom(bytes32 least) pure returns (bytes32 identity) {
    identity = least;
    while (!isOnCurve(littleEndian(identity) & (2 ** 255 - 1))) identity = bytes32(uint256(identity) + 1);
}

function littleEndian(bytes32 content) pure returns (uint256 value) {
    for (uint256 i = 0; i < 32; ++i) {
        value |= uint256(uint8(content[i])) << (8 * i);
    }
}
