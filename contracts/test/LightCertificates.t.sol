// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";
import {Certificates} from "../src/light/Certificates.sol";
import {HashToG2} from "../src/light/HashToG2.sol";
import {ILightClient} from "../src/interfaces/ILightClient.sol";
import {LightWorld} from "./LightWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract LightCertificatesTest is LightWorld {
    /// @dev What a precompile that refuses takes with it; what verifies needs less than half.
    uint256 private constant GAS = 900_000;

    ILightClient.Finality internal shown;

    function setUp() public override {
        super.setUp();
        ILightClient.Finality memory found = finality(".epochs[1].finality");
        (shown.certificate, shown.y, shown.keys) = (found.certificate, found.y, found.keys);
    }

    function _verify(bytes memory certificate) private view returns (Certificates.Parsed memory) {
        return notary.verify{gas: GAS}(genesis, certificate, shown.y, shown.keys);
    }

    function _refuses(bytes memory certificate) private view {
        try notary.verify{gas: GAS}(genesis, certificate, shown.y, shown.keys) {
            revert("it verifies");
        } catch {}
    }

    function test_a_certificate_of_a_real_network_verifies() public view {
        Certificates.Parsed memory parsed = _verify(shown.certificate);
        ILightClient.Finality memory found = finality(".epochs[1].finality");
        eq(parsed.blockHash, keccak256(found.headers[found.headers.length - 1]), "block");
        eq(parsed.epoch, 1, "epoch");
        eq(parsed.seats, 4, "seats");
        holds(parsed.bits < 16, "bits");
    }

    /// With nothing else changed, whichever bit it is.
    function test_no_bit_of_a_certificate_can_be_another() public view {
        for (uint256 bit = 0; bit < 8 * shown.certificate.length; ++bit) {
            _refuses(flipped(shown.certificate, bit));
        }
    }

    function test_no_part_of_a_certificate_is_one_and_nothing_longer() public view {
        bytes memory part = bytes.concat(shown.certificate, hex"00");
        _refuses(part);
        for (uint256 length = shown.certificate.length; length > 0; --length) {
            assembly ("memory-safe") {
                mstore(part, sub(length, 1))
            }
            _refuses(part);
        }
    }

    function test_no_coordinate_can_be_another(uint256 seed) public view {
        bytes32[4] memory y = shown.y;
        uint256 bit = within(seed, 0, 1023);
        y[bit / 256] ^= bytes32(uint256(1) << (bit % 256));
        try notary.verify{gas: GAS}(genesis, shown.certificate, y, shown.keys) {
            revert("it verifies");
        } catch {}
    }

    /// The other root: -y is as good a point, and not the one whose bit is set.
    function test_the_other_root_is_refused() public {
        bytes32[4] memory y = shown.y;
        (y[0], y[1]) = _negated(y[0], y[1]);
        (y[2], y[3]) = _negated(y[2], y[3]);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotThePoint.selector));
        notary.verify(genesis, shown.certificate, y, shown.keys);
        // With its bit set as well it is a signature, and not this one.
        bytes memory other = flipped(shown.certificate, 8 * (shown.certificate.length - 96) + 5);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotSigned.selector));
        notary.verify(genesis, other, y, shown.keys);
    }

    function test_another_chain_and_another_committee_are_refused() public {
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotSigned.selector));
        notary.verify(keccak256("another"), shown.certificate, shown.y, shown.keys);
        bytes memory other = _reseated(shown.keys);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotSigned.selector));
        notary.verify(genesis, shown.certificate, shown.y, other);
        bytes memory fewer = bytes.concat(shown.keys);
        assembly ("memory-safe") {
            mstore(fewer, sub(mload(fewer), 96))
        }
        vm.expectRevert(abi.encodeWithSelector(ILightClient.SeatsDiffer.selector, 3, 4));
        notary.verify(genesis, shown.certificate, shown.y, fewer);
    }

    function test_fewer_signers_than_a_quorum_are_refused() public {
        uint256 bitmap = shown.certificate.length - 97;
        bytes memory certificate = bytes.concat(shown.certificate);
        certificate[bitmap] = 0x03;
        vm.expectRevert(abi.encodeWithSelector(ILightClient.QuorumMissed.selector, 2, 3));
        _verify(certificate);
        // Three are enough, but it is others who signed.
        certificate[bitmap] = shown.certificate[bitmap] == 0x07 ? bytes1(0x0b) : bytes1(0x07);
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotSigned.selector));
        _verify(certificate);
        certificate[bitmap] = 0x17;
        vm.expectRevert(abi.encodeWithSelector(ILightClient.MalformedCertificate.selector));
        _verify(certificate);
    }

    function test_quorums() public pure {
        uint8[9] memory quorums = [1, 1, 2, 3, 3, 4, 5, 5, 6];
        for (uint256 seats = 0; seats < 9; ++seats) {
            eq(Certificates.quorumOf(seats), quorums[seats], "quorum");
        }
        eq(Certificates.quorumOf(31), 21, "quorum of 31");
    }

    function test_a_committee_of_nobody_signs_nothing() public {
        bytes memory certificate = bytes.concat(hex"010203", bytes32(uint256(1)), bytes8(0), new bytes(96));
        vm.expectRevert(abi.encodeWithSelector(ILightClient.QuorumMissed.selector, 0, 1));
        notary.verify(genesis, certificate, shown.y, "");
    }

    /// Keys that cancel out, with infinity as their signature: no pairing would refuse them.
    function test_infinity_is_no_signature() public {
        bytes memory keys = bytes.concat(_key(shown.keys, false), _key(shown.keys, true));
        bytes memory certificate =
            bytes.concat(hex"010203", bytes32(uint256(1)), bytes8(uint64(2)), hex"03", hex"c0", new bytes(95));
        bytes32[4] memory zeros;
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotThePoint.selector));
        notary.verify(genesis, certificate, zeros, keys);
        certificate[certificate.length - 96] = 0x80;
        vm.expectRevert(abi.encodeWithSelector(ILightClient.NotSigned.selector));
        notary.verify(genesis, certificate, zeros, keys);
    }

    function test_parse_reads_the_largest_numbers() public view {
        bytes memory largest = hex"ffffffffffffffffff01";
        bytes memory certificate = bytes.concat(
            largest, largest, largest, bytes32(uint256(7)), bytes8(uint64(31)), hex"ffffff7f", new bytes(96)
        );
        Certificates.Parsed memory parsed = notary.parse(certificate);
        eq(parsed.epoch, type(uint64).max, "epoch");
        eq(parsed.blockHash, bytes32(uint256(7)), "block");
        eq(parsed.bits, 2 ** 31 - 1, "bits");
        eq(parsed.proposal, 62, "proposal");
    }

    function test_parse_refuses_varints_that_are_longer_than_they_have_to_be() public {
        bytes memory rest = bytes.concat(bytes32(uint256(7)), bytes8(uint64(4)), hex"0f", new bytes(96));
        notary.parse(bytes.concat(hex"010203", rest));
        bytes[4] memory heads = [bytes(hex"81000203"), hex"01820003", hex"01028300", hex"ffffffffffffffffff020203"];
        for (uint256 i = 0; i < heads.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILightClient.MalformedCertificate.selector));
            notary.parse(bytes.concat(heads[i], rest));
        }
        rest = bytes.concat(bytes32(uint256(7)), bytes8(uint64(32)), hex"ffffffff", new bytes(96));
        vm.expectRevert(abi.encodeWithSelector(ILightClient.MalformedCertificate.selector));
        notary.parse(bytes.concat(hex"010203", rest));
    }

    /// Keys of a committee whose every seat has the key of the one before it, and the first seat the
    /// second's: whoever signed, the sum of the signers' keys is another.
    function _reseated(bytes memory keys) private pure returns (bytes memory other) {
        other = bytes.concat(keys);
        assembly ("memory-safe") {
            mcopy(add(other, 0x80), add(keys, 0x20), sub(mload(keys), 0x60))
            mcopy(add(other, 0x20), add(keys, 0x80), 0x60)
        }
    }

    function _negated(bytes32 high, bytes32 low) private pure returns (bytes32, bytes32) {
        uint256 pHigh = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
        uint256 pLow = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
        if (high | low == 0) return (high, low);
        unchecked {
            uint256 borrow = uint256(low) > pLow ? 1 : 0;
            return (bytes32(pHigh - uint256(high) - borrow), bytes32(pLow - uint256(low)));
        }
    }

    /// @dev The first of the keys, or the point across from it.
    function _key(bytes memory keys, bool negated) private pure returns (bytes memory) {
        bytes32[3] memory words;
        assembly ("memory-safe") {
            mcopy(words, add(keys, 0x20), 0x60)
        }
        bytes32 high = words[1] << 128 >> 128;
        bytes32 low = words[2];
        if (negated) (high, low) = _negated(high, low);
        return abi.encodePacked(words[0], bytes16(words[1]), bytes16(high << 128), low);
    }
}

/// @dev By the precompiles, against points that blst made of the same bytes.
contract HashToG2Test is LightWorld {
    /// Against draft-irtf-cfrg-bls-signature's scheme as blst has it: signatures of keys that are 1 are the hash itself.
    function test_messages_hash_to_the_points_that_others_hash_them_to() public view {
        for (uint256 i = 0; i < 4; ++i) {
            string memory key = string.concat(".hashes[", digit(i), "]");
            BLS.G2Point memory point = HashToG2.hash(bytesAt(string.concat(key, ".message")));
            eq(keccak256(abi.encode(point)), keccak256(bytesAt(string.concat(key, ".point"))), "point");
        }
    }
}
