// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AttestedWorld} from "./AttestedWorld.sol";
import {IAttested} from "../src/interfaces/IAttested.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Where there are too few auditors.
contract AttestedSeatsTest is AttestedWorld {
    function test_without_a_sealed_set_there_are_no_jobs() public {
        _refuses(0);
    }

    function test_with_too_few_seats_there_are_no_jobs() public {
        bench(SIZE - 1);
        _refuses(SIZE - 1);
        seated(member(SIZE - 1));
        // Only a sealed one counts.
        _refuses(SIZE - 1);
        vm.warp(block.timestamp + 1 hours);
        sealNow();
        ATTESTED.check(SUBJECT, 1, INPUT, "");
        claims(BOB, JOB, OUTPUT);
    }

    function test_places_that_nobody_has_are_no_seats() public {
        bench(SIZE + 1);
        ATTESTED.check(SUBJECT, 1, INPUT, "");
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 keyId = keyAt(i);
            vm.prank(member(i));
            AUDITS.resign(keyId);
        }
        vm.warp(block.timestamp + 1 hours);
        sealNow();
        eq(KEYS.describe(AUDITS.set()).places, SIZE + 1, "places");
        _refuses(SIZE - 1);
    }

    /// Chunks of a set go on after the first.
    function test_seats_of_all_chunks_are_counted() public {
        for (uint256 i = 0; i < 256; ++i) {
            seated(member(i));
        }
        for (uint256 i = 0; i < 248; ++i) {
            bytes32 keyId = keyAt(i);
            vm.prank(member(i));
            AUDITS.resign(keyId);
        }
        for (uint256 i = 256; i < 261; ++i) {
            seated(member(i));
        }
        sealNow();
        eq(KEYS.describe(AUDITS.set()).places, 256, "places");
        ATTESTED.check(SUBJECT, 1, INPUT, "");
    }

    function _refuses(uint256 seats) private {
        bytes memory reason = abi.encodeWithSelector(IAttested.TooFewSeats.selector, seats, SIZE);
        vm.expectRevert(reason);
        ATTESTED.check(SUBJECT, 1, INPUT, "");
        vm.expectRevert(reason);
        claims(BOB, JOB, OUTPUT);
    }
}
