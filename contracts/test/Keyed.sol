// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {G1, G1Sum} from "../src/types/G1.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {KeyRegistry} from "../src/bls/KeyRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev The registry of keys, with a BLS precompile that believes every proof.
abstract contract Keyed {
    using G1Sum for G1;

    KeyRegistry internal constant KEYS = KeyRegistry(Predeploys.KEY_REGISTRY);

    /// @dev The group's generator: the multiples of it are as good as keys.
    bytes32 private constant G_A = 0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58;
    bytes32 private constant G_B = 0x6c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4;
    bytes32 private constant G_C = 0xfcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1;

    G1 private _point;
    uint256 private _registered;

    function plantKeys() internal {
        vm.etch(Predeploys.KEY_REGISTRY, address(new KeyRegistry()).code);
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verifyPossession.selector), abi.encode(true));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verify.selector), abi.encode(true));
    }

    function registered(address operator) internal returns (bytes32 keyId) {
        G1 memory generator = G1(G_A, G_B, G_C);
        G1 memory point = _registered == 0 ? generator : _point.add(generator);
        _point = point;
        bytes memory publicKey = bytes.concat(bytes16(0), bytes32(++_registered));
        bytes memory asked = abi.encodeCall(IBls.decompress, (publicKey));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(abi.encodePacked(point.a, point.b, point.c)));
        vm.prank(operator);
        return KEYS.register(publicKey, "", "");
    }
}
