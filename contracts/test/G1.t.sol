// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {G1, G1Sum} from "../src/types/G1.sol";
import {eq, vm} from "./Vm.sol";

contract G1Test {
    using G1Sum for G1;

    bytes32 private constant G_A = 0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58;
    bytes32 private constant G_B = 0x6c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4;
    bytes32 private constant G_C = 0xfcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1;

    /// For the first hundred multiples of the generator.
    function test_a_point_less_itself_is_nothing() public view {
        G1 memory point = G1(G_A, G_B, G_C);
        G1 memory sum = point;
        for (uint256 i = 0; i < 100; ++i) {
            _expect(sum.add(sum.negate()), G1(0, 0, 0));
            _expect(sum.add(point).add(point.negate()), sum);
            sum = sum.add(point);
        }
    }

    function test_what_is_on_no_curve_has_no_sum() public {
        vm.expectRevert(abi.encodeWithSelector(G1Sum.NotOnTheCurve.selector));
        this.sumOf(G1(G_A, G_B, G_C), G1(G_A, G_B, bytes32(uint256(G_C) + 1)));
    }

    function sumOf(G1 memory one, G1 memory other) external view returns (G1 memory) {
        return one.add(other);
    }

    function _expect(G1 memory actual, G1 memory expected) private pure {
        eq(actual.a, expected.a, "a");
        eq(actual.b, expected.b, "b");
        eq(actual.c, expected.c, "c");
    }
}
