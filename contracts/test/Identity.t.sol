// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CURVE_P, identityFrom, isOnCurve, littleEndian} from "./Curve.sol";
import {Identity} from "../src/staking/Identity.sol";
import {holds} from "./Vm.sol";

/// @dev Which 32 bytes are a key of ed25519. Those that are none were found with Python's integers.
contract IdentityTest {
    uint256 private constant SIGN = 2 ** 255;

    function test_what_is_no_point_is_no_identity() public view {
        // y = 2, 7, 8, and p - 2.
        _isNone(hex"0200000000000000000000000000000000000000000000000000000000000000");
        _isNone(hex"0700000000000000000000000000000000000000000000000000000000000000");
        _isNone(hex"0800000000000000000000000000000000000000000000000000000000000000");
        _isNone(hex"ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        // One above y of keys of RFC 8032.
        _isNone(hex"288117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e");
        _isNone(hex"ed172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    }

    /// p + 2, p + 7, p + 8, p + 11, p + 17.
    function test_what_is_no_point_is_none_with_a_y_above_p_either() public view {
        _isNone(hex"efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _isNone(hex"f4ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _isNone(hex"f5ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _isNone(hex"f8ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _isNone(hex"feffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    }

    /// RFC 8032, section 7.1.
    function test_keys_of_the_standard_are_identities() public view {
        _is(hex"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        _is(hex"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        _is(hex"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
        _is(hex"278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e");
        _is(hex"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
    }

    /// ZIP-215: p, p + 1, p + 3 and p + 18 are 0, 1, 3 and 18; x = 0 may have a sign.
    function test_a_y_above_p_and_a_sign_of_nothing_are_taken() public view {
        _is(hex"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _is(hex"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _is(hex"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _is(hex"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        _is(hex"0100000000000000000000000000000000000000000000000000000000000000");
        _is(hex"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    }

    function testFuzz_a_point_is_what_has_a_root(bytes32 identity) public view {
        holds(Identity.isPoint(identity) == isOnCurve(littleEndian(identity) % SIGN), "by Euler's criterion");
        holds(Identity.isPoint(identityFrom(identity >> 8)), "one that was looked for");
    }

    function testFuzz_a_point_is_what_has_a_root_next_to_p(uint256 distance) public view {
        uint256 y = CURVE_P - 1000 + distance % 1019;
        holds(Identity.isPoint(bytes32(littleEndian(bytes32(y)))) == isOnCurve(y), "by Euler's criterion");
    }

    function _is(bytes32 identity) private view {
        holds(Identity.isPoint(identity), "a point");
        holds(Identity.isPoint(_signed(identity)), "with the other sign");
    }

    function _isNone(bytes32 identity) private view {
        holds(!Identity.isPoint(identity), "no point");
        holds(!Identity.isPoint(_signed(identity)), "with the other sign neither");
    }

    /// @dev The top bit of the last byte.
    function _signed(bytes32 identity) private pure returns (bytes32) {
        return identity ^ bytes32(uint256(0x80));
    }
}
