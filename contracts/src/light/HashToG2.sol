// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

/// @dev RFC 9380's BLS12381G2_XMD:SHA-256_SSWU_RO_ with the tag of signatures whose keys' possession was proved. (solady's has the tag of
/// another scheme.)
library HashToG2 {
    bytes private constant TAG = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    /// @dev EIP-198's.
    address private constant MODEXP = 0x0000000000000000000000000000000000000005;
    /// @dev The field's modulus.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    error ModexpFailed();

    function hash(bytes memory message) internal view returns (BLS.G2Point memory) {
        bytes32[8] memory uniform = _expand(message);
        BLS.G2Point memory first = BLS.toG2(_element(uniform, 0));
        return BLS.add(first, BLS.toG2(_element(uniform, 4)));
    }

    /// @dev expand_message_xmd (5.3.1) to 256 bytes.
    function _expand(bytes memory message) private pure returns (bytes32[8] memory blocks) {
        uint8 length = uint8(TAG.length);
        bytes32 seed = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(256), uint8(0), TAG, length));
        bytes32 last;
        for (uint256 i = 0; i < 8; ++i) {
            last = sha256(abi.encodePacked(seed ^ last, uint8(i + 1), TAG, length));
            blocks[i] = last;
        }
    }

    /// @dev hash_to_field (5.2): of 64 bytes for each part, so that no value is likelier than others.
    function _element(bytes32[8] memory uniform, uint256 from) private view returns (BLS.Fp2 memory element) {
        (element.c0_a, element.c0_b) = _reduce(uniform[from], uniform[from + 1]);
        (element.c1_a, element.c1_b) = _reduce(uniform[from + 2], uniform[from + 3]);
    }

    function _reduce(bytes32 high, bytes32 low) private view returns (bytes32, bytes32) {
        bytes memory call = abi.encodePacked(uint256(64), uint256(1), uint256(64), high, low, uint8(1), P_HIGH, P_LOW);
        (bool done, bytes memory rest) = MODEXP.staticcall(call);
        if (!done || rest.length != 64) revert ModexpFailed();
        return abi.decode(rest, (bytes32, bytes32));
    }
}
