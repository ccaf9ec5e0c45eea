// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {Beacon} from "../src/chain/Beacon.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {eq, holds, vm} from "./Vm.sol";

contract BeaconTest {
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    Beacon private _beacon;

    function setUp() public {
        _beacon = new Beacon();
        vm.roll(10_000);
    }

    function test_bytes_that_are_no_header_are_refused() public {
        bytes memory header = _header(9000, "mix");
        _refused(header);
        _answer(9000, keccak256("another block"));
        _refused(header);
        _answer(9000, keccak256(header));
        _beacon.record(header);
        // The right hash under another number.
        _refused(_header(9001, "mix"));
        // A list that is too short, with a hash that history has.
        bytes[] memory few = new bytes[](13);
        for (uint256 i = 0; i < few.length; ++i) {
            few[i] = RLP.encode(uint256(i == 8 ? 9000 : 0));
        }
        bytes memory short = RLP.encode(few);
        _answer(9000, keccak256(short));
        _refused(short);
    }

    function test_a_header_of_this_or_a_later_block_is_refused() public {
        bytes memory header = _header(10_000, "mix");
        _answer(10_000, keccak256(header));
        _refused(header);
    }

    function test_a_recorded_mix_is_kept() public {
        bytes memory header = _header(9000, "mix");
        _answer(9000, keccak256(header));
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, 9000));
        _beacon.mixAt(9000);
        vm.expectEmit();
        emit IBeacon.MixRecorded(9000, keccak256("mix"));
        (uint256 height, bytes32 mix) = _beacon.record(header);
        eq(height, 9000, "height");
        eq(mix, keccak256("mix"), "mix");
        vm.recordLogs();
        (height, mix) = _beacon.record(header);
        eq(height, 9000, "height again");
        eq(mix, keccak256("mix"), "mix again");
        eq(vm.getRecordedLogs().length, 0, "nothing is recorded again");
        vm.roll(1_000_000);
        eq(_beacon.mixAt(9000), keccak256("mix"), "for good");
    }

    function test_the_mix_of_this_block_needs_no_header_and_later_ones_are_unknown() public {
        vm.prevrandao(keccak256("now"));
        eq(_beacon.mixAt(10_000), keccak256("now"), "now");
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, 10_001, 10_000));
        _beacon.mixAt(10_001);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, type(uint256).max, 10_000));
        _beacon.seedAt(type(uint256).max, 0);
    }

    function test_seeds_differ_by_caller_purpose_and_height() public {
        vm.prevrandao(keccak256("now"));
        bytes32 seed = _beacon.seedAt(10_000, "audit");
        bytes memory expected = abi.encode(block.chainid, address(this), bytes32("audit"), 10_000, keccak256("now"));
        eq(seed, keccak256(expected), "bytes");
        holds(seed != _beacon.seedAt(10_000, "draw"), "another purpose");
        vm.prank(address(0xb0b));
        holds(seed != _beacon.seedAt(10_000, "audit"), "another caller");
        vm.roll(10_001);
        holds(seed != _beacon.seedAt(10_001, "audit"), "another height");
    }

    function _header(uint256 height, bytes memory mix) private pure returns (bytes memory) {
        bytes[] memory fields = new bytes[](21);
        for (uint256 i = 0; i < fields.length; ++i) {
            fields[i] = RLP.encode(i == 8 ? height : i);
        }
        fields[13] = RLP.encode(keccak256(mix));
        return RLP.encode(fields);
    }

    /// What EIP-2935's contract says of a block.
    function _answer(uint256 height, bytes32 hash) private {
        vm.mockCall(HISTORY, abi.encode(height), abi.encode(hash));
    }

    function _refused(bytes memory header) private {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotAHeader.selector, keccak256(header)));
        _beacon.record(header);
    }
}
