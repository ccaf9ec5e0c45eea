// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {LibBit} from "solady/utils/LibBit.sol";
import {ILightClient} from "../interfaces/ILightClient.sol";
import {G1, G1Sum} from "../types/G1.sol";
import {HashToG2} from "./HashToG2.sol";
import {Points} from "./Points.sol";

/// @dev Finalization certificates, byte for byte as `node/types` reads them:
/// epoch varint ‖ view varint ‖ parent view varint ‖ block hash 32 ‖ seats 8 ‖ bitmap ⌈seats / 8⌉, the lowest bit first ‖ signature 96.
/// What is signed is 49 ‖ genesis hash ‖ epoch, 8 bytes ‖ "_FINALIZE" ‖ the certificate as far as the block hash.
library Certificates {
    using G1Sum for G1;

    uint256 private constant SEATS_MAX = 31;
    uint256 private constant KEY_BYTES = 96;
    uint256 private constant SIGNATURE_BYTES = 96;
    /// @dev Bytes of the namespace with its suffix.
    uint8 private constant NAMESPACE_BYTES = 49;

    /// @param bits of who signed: bit i is seat i
    /// @param proposal how many bytes of the certificate it is
    struct Parsed {
        uint64 epoch;
        bytes32 blockHash;
        uint256 seats;
        uint256 bits;
        uint256 proposal;
    }

    /// @dev Reverts unless it is exactly one encoding.
    function parse(bytes calldata certificate) internal pure returns (Parsed memory parsed) {
        uint256 cursor;
        (parsed.epoch, cursor) = _varint(certificate, 0);
        (, cursor) = _varint(certificate, cursor);
        (, cursor) = _varint(certificate, cursor);
        if (certificate.length < cursor + 40) revert ILightClient.MalformedCertificate();
        parsed.blockHash = bytes32(certificate[cursor:cursor + 32]);
        parsed.proposal = cursor + 32;
        uint256 seats = uint64(bytes8(certificate[cursor + 32:cursor + 40]));
        cursor += 40;
        if (seats > SEATS_MAX) revert ILightClient.MalformedCertificate();
        uint256 bitmap = (seats + 7) / 8;
        if (certificate.length != cursor + bitmap + SIGNATURE_BYTES) revert ILightClient.MalformedCertificate();
        for (uint256 i = 0; i < bitmap; ++i) {
            parsed.bits |= uint256(uint8(certificate[cursor + i])) << (8 * i);
        }
        if (parsed.bits >> seats != 0) revert ILightClient.MalformedCertificate();
        parsed.seats = seats;
    }

    /// @dev Reverts unless a quorum of the committee signed. Cheap refusals come first.
    /// @param genesis hash of block 0
    /// @param y of the signature
    /// @param keys of the committee by seat, both coordinates, 48 bytes each: proved to be those of keys whose possession was proved
    function verify(bytes32 genesis, bytes calldata certificate, bytes32[4] calldata y, bytes calldata keys)
        internal
        view
        returns (Parsed memory parsed)
    {
        parsed = parse(certificate);
        uint256 seats = keys.length / KEY_BYTES;
        if (parsed.seats != seats) revert ILightClient.SeatsDiffer(seats, parsed.seats);
        uint256 signers = LibBit.popCount(parsed.bits);
        if (signers < quorumOf(seats)) revert ILightClient.QuorumMissed(signers, quorumOf(seats));

        bytes calldata compressed = certificate[certificate.length - SIGNATURE_BYTES:];
        BLS.G1Point[] memory left = new BLS.G1Point[](2);
        BLS.G2Point[] memory right = new BLS.G2Point[](2);
        (left[0], right[0]) = (_negatedGenerator(), Points.g2(compressed, y));
        left[1] = Points.padded(_sum(keys, parsed.bits));
        bytes memory signed =
            abi.encodePacked(NAMESPACE_BYTES, genesis, parsed.epoch, "_FINALIZE", certificate[:parsed.proposal]);
        right[1] = HashToG2.hash(signed);
        if (!BLS.pairing(left, right)) revert ILightClient.NotSigned();
    }

    /// @dev Votes needed among so many seats: all but fewer than a third. None is never enough.
    function quorumOf(uint256 seats) internal pure returns (uint256) {
        return seats == 0 ? 1 : seats - (seats - 1) / 3;
    }

    function keyAt(bytes calldata keys, uint256 seat) internal pure returns (G1 memory) {
        bytes calldata key = keys[KEY_BYTES * seat:KEY_BYTES * seat + KEY_BYTES];
        return G1(bytes32(key[0:32]), bytes32(key[32:64]), bytes32(key[64:96]));
    }

    /// @dev With infinity, which is what keys come to that cancel out, anything verifies.
    function _sum(bytes calldata keys, uint256 bits) private view returns (G1 memory sum) {
        for (; bits != 0; bits &= bits - 1) {
            sum = sum.add(keyAt(keys, LibBit.ffs(bits)));
        }
        if (sum.a | sum.b | sum.c == 0) revert ILightClient.NotSigned();
    }

    function _negatedGenerator() private pure returns (BLS.G1Point memory) {
        return BLS.G1Point(
            0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f,
            0xc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb,
            0x00000000000000000000000000000000114d1d6855d545a8aa7d76c8cf2e21f2,
            0x67816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca
        );
    }

    /// @dev At most ten bytes, of the tenth one bit, no last byte of zero but a lone one.
    function _varint(bytes calldata content, uint256 cursor) private pure returns (uint64 value, uint256 next) {
        for (uint256 shift = 0; shift < 64; shift += 7) {
            if (cursor == content.length) revert ILightClient.MalformedCertificate();
            uint8 octet = uint8(content[cursor++]);
            uint256 bits = uint256(octet & 0x7f) << shift;
            if (bits > type(uint64).max) revert ILightClient.MalformedCertificate();
            value |= uint64(bits);
            if (octet & 0x80 == 0) {
                if (octet == 0 && shift != 0) revert ILightClient.MalformedCertificate();
                return (value, cursor);
            }
        }
        revert ILightClient.MalformedCertificate();
    }
}
