// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Code} from "../../src/types/Code.sol";
import {IBls} from "../../src/interfaces/IBls.sol";

/// @dev In place of the precompile: an aggregate is a hash of exactly what was signed and by whom, and nothing else verifies. It reads
/// stakes out of the snapshot and refuses what the real one refuses. Keys are points of the curve, so that sums of them are.
contract Signatures {
    address private constant G1MSM = 0x000000000000000000000000000000000000000C;
    bytes private constant GENERATOR =
        hex"0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1";

    function verifyPossession(bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }

    function verify(bytes calldata, bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }

    function decompress(bytes calldata publicKey) external view returns (bytes memory point) {
        (, bytes memory found) = G1MSM.staticcall(bytes.concat(GENERATOR, keccak256(publicKey)));
        (bytes32 x0, bytes32 x1, bytes32 y0, bytes32 y1) = abi.decode(found, (bytes32, bytes32, bytes32, bytes32));
        return bytes.concat(bytes16(x0 << 128), x1, bytes16(y0 << 128), y1);
    }

    function sign(bytes memory message, bytes memory signers) public pure returns (bytes memory signature) {
        bytes32 third = keccak256(bytes.concat(keccak256(message), keccak256(signers)));
        return bytes.concat(third, third, third);
    }

    function fastAggregateVerify(
        address snapshot,
        bytes calldata message,
        bytes calldata signers,
        bytes calldata signature
    ) external view returns (IBls.Quorum memory quorum) {
        if (signature.length != 96) revert IBls.MalformedSignature(0);
        uint256 places = uint32(bytes4(Code.slice(snapshot, 4, 4)));
        if (signers.length != (places + 7) / 8) revert IBls.SignersLength((places + 7) / 8, signers.length);
        for (uint256 place = 0; place < 8 * signers.length; ++place) {
            uint256 stake = place < places ? _stake(snapshot, place) : 0;
            quorum.totalStake += stake;
            if ((uint8(signers[place / 8]) >> (place % 8)) & 1 == 0) continue;
            if (stake == 0) revert IBls.NotAMember(place);
            ++quorum.signers;
            quorum.signedStake += stake;
        }
        quorum.valid = keccak256(signature) == keccak256(sign(message, signers));
        if (!quorum.valid) (quorum.signers, quorum.signedStake) = (0, 0);
    }

    function _stake(address snapshot, uint256 place) private view returns (uint64) {
        address stakes = address(bytes20(Code.slice(snapshot, 104 + 40 * (place / 248) + 20, 20)));
        return uint64(bytes8(Code.slice(stakes, 8 * (place % 248), 8)));
    }
}
