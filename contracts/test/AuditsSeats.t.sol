// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuditsWorld} from "./AuditsWorld.sol";
import {IAudits} from "../src/interfaces/IAudits.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Who sits on the bench, and which set is drawn from.
contract AuditsSeatsTest is AuditsWorld {
    function test_a_deposit_that_is_not_exact_is_refused() public {
        bytes32 keyId = registered(BOB);
        uint256[3] memory sums = [0, DEPOSIT - 1, DEPOSIT + 1];
        for (uint256 i = 0; i < sums.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAudits.WrongDeposit.selector, sums[i], DEPOSIT));
            vm.prank(BOB);
            AUDITS.enlist{value: sums[i]}(keyId);
        }
    }

    function test_a_key_of_somebody_elses_or_nobodys_gets_no_seat() public {
        bytes32 keyId = registered(BOB);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotOperator.selector, keyId, ALICE));
        vm.prank(ALICE);
        AUDITS.enlist{value: DEPOSIT}(keyId);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyUnknown.selector, bytes32("none")));
        vm.prank(ALICE);
        AUDITS.enlist{value: DEPOSIT}("none");
    }

    function test_a_key_has_one_seat_until_it_is_reclaimed() public {
        bytes32 keyId = seated(BOB);
        _refusesAnother(keyId);
        vm.prank(BOB);
        AUDITS.resign(keyId);
        _refusesAnother(keyId);
        vm.warp(START + 3 days);
        AUDITS.reclaim(keyId);
        enlist(BOB, keyId);
        eq(AUDITS.seatOf(keyId).withdrawableAt, 0, "seated again");
        eq(AUDITS.held(), DEPOSIT, "held");
    }

    function test_a_seat_is_a_place_of_the_set_with_stake_1_from_the_next_epoch_on() public {
        bench(2);
        bytes32 keyId = registered(BOB);
        vm.expectEmit();
        emit IAudits.Seated(keyId, BOB, 2);
        vm.prank(BOB);
        uint256 place = AUDITS.enlist{value: DEPOSIT}(keyId);
        eq(place, 2, "place");
        eq(KEYS.stakeOf(AUDITS.set(), keyId), 1, "stake");
        eq(AUDITS.set(), KEYS.setOf(address(AUDITS), 1), "set");
        IAudits.Seat memory seat = AUDITS.seatOf(keyId);
        eq(seat.operator, BOB, "operator");
        eq(seat.place, 2, "place");
        eq(seat.since, 2, "since");
        eq(seat.withdrawableAt, 0, "withdrawable at");
        eq(seat.deposit, DEPOSIT, "deposit");
        eq(AUDITS.held(), 3 * DEPOSIT, "held");
        eq(address(AUDITS).balance, 3 * DEPOSIT, "balance");
    }

    function test_only_who_sits_resigns_and_once() public {
        bytes32 keyId = seated(BOB);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NotOperator.selector, keyId, ALICE));
        vm.prank(ALICE);
        AUDITS.resign(keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, bytes32("none")));
        AUDITS.resign("none");
        vm.prank(BOB);
        AUDITS.resign(keyId);
        vm.expectRevert(abi.encodeWithSelector(IAudits.Leaving.selector, keyId));
        vm.prank(BOB);
        AUDITS.resign(keyId);
    }

    function test_who_resigns_is_out_of_the_set_and_its_deposit_stays() public {
        bytes32 keyId = seated(BOB);
        vm.expectEmit();
        emit IAudits.LeftSeat(keyId, BOB, uint64(START) + 3 days);
        vm.prank(BOB);
        AUDITS.resign(keyId);
        eq(KEYS.stakeOf(AUDITS.set(), keyId), 0, "stake");
        eq(AUDITS.seatOf(keyId).withdrawableAt, START + 3 days, "withdrawable at");
        eq(AUDITS.held(), DEPOSIT, "held");
        eq(AUDITS.credited(), 0, "credited");
    }

    function test_a_deposit_is_nobodys_before_its_time() public {
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, bytes32("none")));
        AUDITS.reclaim("none");
        bytes32 keyId = seated(BOB);
        vm.expectRevert(abi.encodeWithSelector(IAudits.HasASeat.selector, keyId));
        AUDITS.reclaim(keyId);
        vm.prank(BOB);
        AUDITS.resign(keyId);
        vm.warp(START + 3 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + 3 days));
        AUDITS.reclaim(keyId);
    }

    function test_a_reclaimed_deposit_is_paid_once() public {
        bytes32 keyId = seated(BOB);
        vm.prank(BOB);
        AUDITS.resign(keyId);
        vm.warp(START + 3 days);
        vm.expectEmit();
        emit ICredits.Credited(BOB, DEPOSIT);
        // Anybody may: it is credited to the operator.
        vm.prank(ALICE);
        AUDITS.reclaim(keyId);
        eq(AUDITS.seatOf(keyId).operator, address(0), "no seat");
        eq(AUDITS.held(), 0, "held");
        eq(AUDITS.creditOf(BOB), DEPOSIT, "credit");
        vm.expectRevert(abi.encodeWithSelector(IAudits.NoSeat.selector, keyId));
        AUDITS.reclaim(keyId);

        vm.expectEmit();
        emit ICredits.Withdrawn(BOB, DEPOSIT);
        vm.prank(BOB);
        AUDITS.withdraw();
        eq(BOB.balance, FUNDS, "whole");
        eq(AUDITS.credited(), 0, "credited");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, BOB));
        vm.prank(BOB);
        AUDITS.withdraw();
    }

    function test_a_set_with_chunks_that_are_not_written_is_not_sealed() public {
        seated(BOB);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.ChunkNotWritten.selector, 0));
        AUDITS.seal();
    }

    function test_the_set_is_sealed_once_an_hour() public {
        seated(BOB);
        KEYS.write(AUDITS.set(), 0);
        vm.expectEmit();
        emit IAudits.Sealed(1, 1);
        vm.prank(ALICE);
        eq(AUDITS.seal(), 1, "the first at once");
        vm.warp(START + 1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IAudits.TooEarly.selector, uint64(START) + 1 hours));
        AUDITS.seal();
        vm.warp(START + 1 hours);
        eq(AUDITS.seal(), 2, "the next");
        eq(AUDITS.epoch(), 2, "epoch");
        holds(KEYS.snapshotAt(AUDITS.set(), 2) != address(0), "snapshot");
    }

    function test_the_numbers_are_as_documented() public view {
        eq(AUDITS.ROLE(), 1, "role");
        eq(AUDITS.DEPOSIT(), 1000e18, "deposit");
        eq(AUDITS.FEE_MIN(), 4e18, "fee");
        eq(AUDITS.SIZE(), 4, "size");
        eq(AUDITS.TURN(), 1 hours, "turn");
        eq(AUDITS.UNBONDING(), 3 days, "unbonding");
        // A verdict comes before the deposit of who left after committing is gone.
        holds(AUDITS.UNBONDING() > DISPUTES.WINDOW() + 2 * AUDITS.TURN() + 8 hours, "longer than a claim lives");
    }

    function _refusesAnother(bytes32 keyId) private {
        vm.expectRevert(abi.encodeWithSelector(IAudits.HasASeat.selector, keyId));
        vm.prank(BOB);
        AUDITS.enlist{value: DEPOSIT}(keyId);
    }
}
