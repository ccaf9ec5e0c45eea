// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {ILightClient} from "../interfaces/ILightClient.sol";
import {G1} from "../types/G1.sol";

/// @dev Compressed points of BLS12-381 with coordinates that somebody shows for them: EIP-2537 reads no compressed ones, and roots are
/// dear. The first three bits of a compressed point say that it is one, that it is not infinity, and which of the two roots y is.
/// Whether a point lies on the curve is left to the precompiles.
library Points {
    /// @dev (p - 1) / 2: y or -y is above it.
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;
    uint256 private constant FLAGS = 7 << 253;

    /// @dev Reverts unless the point is that of the 48 compressed bytes.
    function checkG1(G1 memory point, bytes32 high, bytes16 low) internal pure {
        bool larger = _flag(uint256(high));
        bool isX = uint256(point.a) == uint256(high) & ~FLAGS && bytes16(point.b) == low;
        uint256 y = uint256(point.b) & type(uint128).max;
        if (!isX || _isLarger(y, uint256(point.c)) != larger) revert ILightClient.NotThePoint();
    }

    /// @dev The point of 96 compressed bytes and both parts of y. Its subgroup is left to the pairing.
    function g2(bytes calldata compressed, bytes32[4] calldata y) internal pure returns (BLS.G2Point memory point) {
        bool larger = _flag(uint256(bytes32(compressed[0:32])));
        // The imaginary part comes first there.
        point.x_c1_a = bytes32((uint256(bytes32(compressed[0:32])) & ~FLAGS) >> 128);
        point.x_c1_b = bytes32(compressed[16:48]);
        point.x_c0_a = bytes32(uint256(uint128(bytes16(compressed[48:64]))));
        point.x_c0_b = bytes32(compressed[64:96]);
        (point.y_c0_a, point.y_c0_b, point.y_c1_a, point.y_c1_b) = (y[0], y[1], y[2], y[3]);
        bool isReal = y[2] | y[3] == 0;
        (bytes32 high, bytes32 low) = isReal ? (y[0], y[1]) : (y[2], y[3]);
        if (_isLarger(uint256(high), uint256(low)) != larger) revert ILightClient.NotThePoint();
    }

    /// @dev As EIP-2537 encodes it.
    function padded(G1 memory point) internal pure returns (BLS.G1Point memory) {
        return BLS.G1Point(
            point.a >> 128, (point.a << 128) | (point.b >> 128), bytes32(uint256(uint128(uint256(point.b)))), point.c
        );
    }

    function _flag(uint256 first) private pure returns (bool larger) {
        uint256 flags = first >> 253;
        if (flags & 6 != 4) revert ILightClient.NotThePoint();
        return flags & 1 == 1;
    }

    function _isLarger(uint256 high, uint256 low) private pure returns (bool) {
        return high > HALF_HIGH || (high == HALF_HIGH && low > HALF_LOW);
    }
}
