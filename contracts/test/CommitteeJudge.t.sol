// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Who signed, and what comes of it.
contract CommitteeJudgeTest is CommitteeWorld {
    uint256 private constant JAIL = 1 hours;

    uint32[] private _nodes;

    function setUp() public override {
        super.setUp();
        _nodes = candidates(31);
        elect(0);
        elect(1);
    }

    function test_include_counts_each_seat() public {
        include(1, 0x7fffffff);
        include(1, 0x00000001);
        include(1, 0x40010101);
        (uint256 count, uint256[] memory signed) = COMMITTEE.participationOf(1);
        eq(count, 3, "certificates");
        eq(signed.length, 31, "seats");
        for (uint256 seat = 0; seat < 31; ++seat) {
            uint256 times = seat == 0 ? 3 : seat == 8 || seat == 16 || seat == 30 ? 2 : 1;
            eq(signed[seat], times, "signed");
            (,,, uint256 same, uint256 outOf) = COMMITTEE.seatOf(1, seat);
            eq(same, times, "seatOf's");
            eq(outOf, 3, "seatOf's certificates");
        }
        (count,) = COMMITTEE.participationOf(0);
        eq(count, 0, "another epoch's");
    }

    function testFuzz_include_counts_what_a_loop_counts(uint32[16] memory certificates) public {
        for (uint256 i = 0; i < certificates.length; ++i) {
            include(1, certificates[i]);
        }
        (uint256 count, uint256[] memory signed) = COMMITTEE.participationOf(1);
        eq(count, certificates.length, "certificates");
        for (uint256 seat = 0; seat < 31; ++seat) {
            uint256 times;
            for (uint256 i = 0; i < certificates.length; ++i) {
                times += (certificates[i] >> seat) & 1;
            }
            eq(signed[seat], times, "signed");
        }
    }

    function test_include_ignores_epochs_without_a_committee() public {
        include(2, 1);
        include(257, 1);
        elect(256);
        // Its place belongs to epoch 256 now.
        include(0, 1);
        (uint256 count,) = COMMITTEE.participationOf(256);
        eq(count, 0, "not of another");
        elect(2);
        (count,) = COMMITTEE.participationOf(2);
        eq(count, 0, "not before the election");
    }

    function test_no_count_of_a_seat_runs_over_into_the_next() public {
        uint256 term = uint256(keccak256(abi.encode(1, 3)));
        uint256 head = uint256(vm.load(Predeploys.COMMITTEE, bytes32(term)));
        uint256 full = head | uint256(type(uint32).max) << 48;
        vm.store(Predeploys.COMMITTEE, bytes32(term), bytes32(full));
        (uint256 count,) = COMMITTEE.participationOf(1);
        eq(count, type(uint32).max, "as many certificates as there can be");
        vm.store(Predeploys.COMMITTEE, bytes32(term + 1), bytes32(uint256(type(uint32).max)));
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        include(1, 1);
        (, uint256[] memory signed) = COMMITTEE.participationOf(1);
        eq(signed[0], type(uint32).max, "the first");
        eq(signed[1], 0, "the second");
    }

    function test_nobody_is_judged_where_blocks_carried_no_certificates() public {
        judge(1);
        judge(7);
        _expectNobodyJailed();
    }

    /// Whoever proposes a few blocks chooses whose certificates they carry.
    function test_nobody_is_judged_by_fewer_than_sixteen_certificates() public {
        for (uint256 i = 0; i < 15; ++i) {
            include(1, 1);
        }
        judge(1);
        _expectNobodyJailed();
        include(1, 1);
        judge(1);
        uint32 present = COMMITTEE.seatsOf(1)[0].node;
        for (uint256 i = 0; i < 31; ++i) {
            eq(_jailedUntil(_nodes[i]), _nodes[i] == present ? 0 : START + JAIL, "by sixteen");
        }
    }

    function test_half_of_the_certificates_is_live_and_one_less_is_not() public {
        (uint32 live, uint32 below) = (_nodes[0], _nodes[1]);
        for (uint256 i = 0; i < 20; ++i) {
            uint32 seats = all(1);
            if (i >= 10) seats &= allBut(1, live);
            if (i >= 9) seats &= allBut(1, below);
            include(1, seats);
        }
        vm.expectEmit();
        emit ICommittee.SeatNotLive(1, below, 9, 20);
        judge(1);
        eq(_jailedUntil(live), 0, "at the boundary");
        eq(_jailedUntil(below), START + JAIL, "below");
        eq(_jailedUntil(_nodes[2]), 0, "live");
    }

    function testFuzz_liveness_is_exact(uint256 count, uint256 signed, uint256 share) public {
        count = within(count, 16, 28);
        signed = within(signed, 0, count);
        share = within(share, 1000, 9000);
        set(IParameters.Parameter.LivenessMin, share);
        for (uint256 i = 0; i < count; ++i) {
            include(1, i < signed ? all(1) : allBut(1, _nodes[5]));
        }
        judge(1);
        holds((_jailedUntil(_nodes[5]) == 0) == (signed * 10_000 >= count * share), "live");
        eq(_jailedUntil(_nodes[6]), 0, "always there");
    }

    function test_downtime_is_slashed_and_all_of_it_burned() public {
        uint32 node = _nodes[3];
        uint256 stake = STAKING.describe(node).stake;
        included(1, allBut(1, node));
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(node, 1, stake / 1000, 0, 0, address(0), 1);
        judge(1);
        eq(STAKING.describe(node).stake, stake - stake / 1000, "left");
        eq(THETA.balanceOf(Predeploys.BURN), stake / 1000, "burned");
        eq(STAKING.describe(_nodes[4]).stake, MIN + 4e18, "of nobody else");
    }

    function test_downtime_that_costs_nothing_is_jailed_all_the_same() public {
        set(IParameters.Parameter.DowntimeSlash, 0);
        set(IParameters.Parameter.JailSeconds, 10 minutes);
        included(1, allBut(1, _nodes[3]));
        judge(1);
        eq(STAKING.describe(_nodes[3]).stake, MIN + 3e18, "stake");
        eq(_jailedUntil(_nodes[3]), START + 10 minutes, "jailed");
    }

    function test_nobody_is_judged_twice() public {
        uint32 node = _nodes[3];
        included(1, allBut(1, node));
        judge(1);
        uint256 left = STAKING.describe(node).stake;
        vm.warp(START + 10);
        judge(1);
        eq(STAKING.describe(node).stake, left, "stake");
        eq(_jailedUntil(node), START + JAIL, "jail");
        // The next term of that place is judged for itself.
        elect(257);
        included(257, 0);
        judge(257);
        eq(_jailedUntil(_nodes[4]), START + 10 + JAIL, "judged");
    }

    /// A slash may fail for one, by what its stake went through or by a governed change.
    function test_a_slash_that_fails_keeps_nobody_from_being_judged() public {
        uint32 node = _nodes[3];
        bytes memory slash = abi.encodeCall(IStaking.slash, (node, uint16(10), uint32(1), address(0), uint8(1)));
        vm.mockCallRevert(Predeploys.STAKING, slash, "no");
        included(1, 0);
        vm.expectEmit();
        emit ICommittee.NotSlashed(1, node, "no");
        judge(1);
        eq(STAKING.describe(node).stake, MIN + 3e18, "not slashed");
        for (uint256 i = 0; i < 31; ++i) {
            eq(_jailedUntil(_nodes[i]), START + JAIL, "all are jailed");
        }
        holds(STAKING.describe(_nodes[2]).stake < MIN + 2e18, "one before");
        holds(STAKING.describe(_nodes[4]).stake < MIN + 4e18, "one after");
    }

    function _expectNobodyJailed() private view {
        for (uint256 i = 0; i < 31; ++i) {
            eq(_jailedUntil(_nodes[i]), 0, "free");
        }
    }

    function _jailedUntil(uint32 node) private view returns (uint256) {
        return STAKING.describe(node).jailedUntil;
    }
}
