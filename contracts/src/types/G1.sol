// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @dev A point of G1 as snapshots keep it: both coordinates, 48 bytes big-endian each, or all zeros for infinity.
struct G1 {
    /// x's first 32 bytes.
    bytes32 a;
    /// x's last 16 bytes, y's first 16.
    bytes32 b;
    /// y's last 32 bytes.
    bytes32 c;
}

/// @dev Sums by EIP-2537's G1ADD. It does not look whether points are in the subgroup: those of the registry are.
library G1Sum {
    address private constant G1ADD = 0x000000000000000000000000000000000000000b;
    /// @dev The field's modulus, as y is split.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    error NotOnTheCurve();

    function decode(bytes memory point) internal pure returns (G1 memory) {
        (bytes32 a, bytes32 b, bytes32 c) = abi.decode(point, (bytes32, bytes32, bytes32));
        return G1(a, b, c);
    }

    function add(G1 memory one, G1 memory other) internal view returns (G1 memory) {
        (bool ok, bytes memory sum) = G1ADD.staticcall(bytes.concat(_padded(one), _padded(other)));
        if (!ok) revert NotOnTheCurve();
        (bytes32 x0, bytes32 x1, bytes32 y0, bytes32 y1) = abi.decode(sum, (bytes32, bytes32, bytes32, bytes32));
        return G1((x0 << 128) | (x1 >> 128), (x1 << 128) | y0, y1);
    }

    /// @dev Of a point that is not infinity. No point of the subgroup has y = 0.
    function negate(G1 memory point) internal pure returns (G1 memory) {
        uint256 high = uint256(point.b) & type(uint128).max;
        uint256 low = uint256(point.c);
        unchecked {
            // y < p, so that the high part of the difference is not negative after the borrow.
            high = P_HIGH - high - (low > P_LOW ? 1 : 0);
            low = P_LOW - low;
        }
        return G1(point.a, (point.b >> 128 << 128) | bytes32(high), bytes32(low));
    }

    /// @dev EIP-2537's encoding: each coordinate in 64 bytes.
    function _padded(G1 memory point) private pure returns (bytes memory) {
        return abi.encode(point.a >> 128, (point.a << 128) | (point.b >> 128), point.b << 128 >> 128, point.c);
    }
}
