// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Certificates} from "../src/light/Certificates.sol";
import {ILightClient} from "../src/interfaces/ILightClient.sol";
import {LightClient} from "../src/light/LightClient.sol";
import {eq, vm} from "./Vm.sol";

/// @dev What a contract that verifies certificates itself is.
contract Notary {
    function verify(bytes32 genesis, bytes calldata certificate, bytes32[4] calldata y, bytes calldata keys)
        external
        view
        returns (Certificates.Parsed memory)
    {
        return Certificates.verify(genesis, certificate, y, keys);
    }

    function parse(bytes calldata certificate) external pure returns (Certificates.Parsed memory) {
        return Certificates.parse(certificate);
    }
}

/// @dev A light client on what a real network of five nodes showed (`node/consensus`, `node/tests/light.rs`): epochs of ten blocks, the
/// committee another from the third on. Nothing is mocked: forge has EIP-2537.
abstract contract LightWorld {
    uint256 internal constant NOW = 1_000_000;
    uint256 internal constant WINDOW = 2_000_000;

    Notary internal notary;
    LightClient internal light;
    string internal json;
    bytes32 internal genesis;
    bytes32 internal codeHash;

    function setUp() public virtual {
        vm.warp(NOW);
        json = vm.readFile("test/vectors/light.json");
        genesis = vm.parseJsonBytes32(json, ".genesis");
        codeHash = vm.parseJsonBytes32(json, ".epochs[0].proof.codeHash");
        notary = new Notary();
        light = begun();
    }

    function begun() internal returns (LightClient) {
        return new LightClient(
            genesis, bytesAt(".genesisHeader"), bytesAt(".founding"), bytesAt(".foundingKeys"), codeHash, WINDOW
        );
    }

    function bytesAt(string memory key) internal view returns (bytes memory) {
        return vm.parseJsonBytes(json, key);
    }

    function numberAt(string memory key) internal view returns (uint256) {
        return vm.parseJsonUint(json, key);
    }

    function finality(string memory key) internal view returns (ILightClient.Finality memory shown) {
        shown.headers = vm.parseJsonBytesArray(json, string.concat(key, ".headers"));
        shown.certificate = bytesAt(string.concat(key, ".certificate"));
        shown.y = abi.decode(bytesAt(string.concat(key, ".y")), (bytes32[4]));
        shown.keys = bytesAt(string.concat(key, ".keys"));
    }

    function nodesAt(string memory key) internal view returns (bytes[] memory) {
        return vm.parseJsonBytesArray(json, key);
    }

    /// @dev What the last block of an epoch shows of the next one's committee.
    function election(uint256 epoch) internal view returns (ILightClient.Election memory elected) {
        string memory key = string.concat(".epochs[", digit(epoch), "]");
        elected.keys = bytesAt(string.concat(key, ".keys"));
        uint256 seats = elected.keys.length / 96;
        bytes[][] memory proofs = new bytes[][](2 + 2 * seats);
        proofs[0] = nodesAt(string.concat(key, ".proof.accountProof"));
        proofs[1] = nodesAt(string.concat(key, ".proof.storageProof[0].proof"));
        for (uint256 seat = 0; seat < seats; ++seat) {
            // Of a chair's four slots the second and the third, behind the term's head.
            for (uint256 part = 0; part < 2; ++part) {
                string memory slot = digit(2 + 4 * seat + part);
                proofs[2 + 2 * seat + part] = nodesAt(string.concat(key, ".proof.storageProof[", slot, "].proof"));
            }
        }
        return bundle(elected, proofs);
    }

    /// @dev Each node once.
    function bundle(ILightClient.Election memory elected, bytes[][] memory proofs)
        internal
        pure
        returns (ILightClient.Election memory)
    {
        bytes[] memory nodes = new bytes[](256);
        uint256 count;
        elected.slots = new bytes[](proofs.length - 1);
        for (uint256 i = 0; i < proofs.length; ++i) {
            bytes memory path = new bytes(proofs[i].length);
            for (uint256 j = 0; j < path.length; ++j) {
                uint256 place;
                while (place < count && keccak256(nodes[place]) != keccak256(proofs[i][j])) ++place;
                if (place == count) nodes[count++] = proofs[i][j];
                path[j] = bytes1(uint8(place));
            }
            if (i == 0) elected.account = path;
            else elected.slots[i - 1] = path;
        }
        elected.nodes = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            elected.nodes[i] = nodes[i];
        }
        return elected;
    }

    function follows(uint256 epoch) internal {
        light.follow(finality(string.concat(".epochs[", digit(epoch), "].finality")), election(epoch));
    }

    function digit(uint256 number) internal pure returns (string memory) {
        if (number >= 10) return string.concat(digit(number / 10), digit(number % 10));
        return string(abi.encodePacked(bytes1(uint8(48 + number))));
    }

    function flipped(bytes memory content, uint256 bit) internal pure returns (bytes memory changed) {
        changed = bytes.concat(content);
        changed[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
    }
}
