// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IUpgrades} from "../src/interfaces/IUpgrades.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract GovUpgradesTest is GovernanceWorld {
    address private constant SOURCE = address(0x50c3);
    address private constant OTHER_SOURCE = address(0x50c4);
    address private constant TARGET = Predeploys.MODEL_REGISTRY;
    uint64 private constant HEIGHT = 5000;

    function setUp() public override {
        super.setUp();
        vm.etch(SOURCE, hex"6001");
        vm.etch(OTHER_SOURCE, hex"6002");
    }

    function test_schedule_refuses_everybody_but_the_timelock() public {
        address[4] memory callers = [ALICE, Predeploys.GOVERNOR, Predeploys.SYSTEM, Predeploys.UPGRADES];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IUpgrades.OnlyTimelock.selector, callers[i]);
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            UPGRADES.schedule(HEIGHT, TARGET, SOURCE);
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            UPGRADES.scheduleRule(HEIGHT, 1);
            vm.expectRevert(refusal);
            vm.prank(callers[i]);
            UPGRADES.cancel(1);
        }
    }

    function test_schedule_refuses_targets_that_are_no_predeploys() public {
        address[7] memory targets = [
            ALICE,
            address(0),
            Predeploys.EDGE_PROOF,
            // No code is there.
            Predeploys.AUDITS,
            // Before the first, after the last, and with the last byte alone.
            0xed6E000000000000000000000000000000000000,
            0xeD6e000000000000000000000000000000000100,
            address(0x03)
        ];
        vm.etch(targets[4], hex"6001");
        vm.etch(targets[5], hex"6001");
        for (uint256 i = 0; i < targets.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUpgrades.NotAPredeploy.selector, targets[i]));
            _schedule(HEIGHT, targets[i], SOURCE);
        }
        address last = 0xeD6E0000000000000000000000000000000000fF;
        vm.etch(last, hex"6001");
        _schedule(HEIGHT, last, SOURCE);
        _schedule(HEIGHT, Predeploys.THETA, SOURCE);
    }

    function test_schedule_refuses_sources_without_code_of_their_own() public {
        address delegating = address(0x7702);
        vm.etch(delegating, abi.encodePacked(hex"ef0100", SOURCE));
        address[4] memory sources = [address(0), ALICE, delegating, Predeploys.THETA];
        for (uint256 i = 0; i < sources.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUpgrades.NotASource.selector, sources[i]));
            _schedule(HEIGHT, TARGET, sources[i]);
        }
    }

    function test_schedule_refuses_short_notice() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.HeightTooSoon.selector, 1099, 1100));
        _schedule(1099, TARGET, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.HeightTooSoon.selector, 1099, 1100));
        _scheduleRule(1099, 1);
        _schedule(1100, TARGET, SOURCE);
        _scheduleRule(1100, 1);
    }

    function test_schedule_refuses_two_codes_for_one_target_and_height() public {
        _schedule(HEIGHT, TARGET, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.TargetTaken.selector, TARGET, HEIGHT));
        _schedule(HEIGHT, TARGET, OTHER_SOURCE);
        _schedule(HEIGHT + 1, TARGET, OTHER_SOURCE);
        _schedule(HEIGHT, Predeploys.THETA, SOURCE);
        eq(UPGRADES.pending().length, 3, "another height, and another target");
    }

    function test_schedule_refuses_more_than_there_is_room_for() public {
        for (uint64 i = 0; i < 15; ++i) {
            _schedule(HEIGHT + i, TARGET, SOURCE);
        }
        _scheduleRule(HEIGHT, 1);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.TooManyForks.selector, 16));
        _schedule(HEIGHT + 16, TARGET, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.TooManyForks.selector, 16));
        _scheduleRule(HEIGHT, 2);
        _cancel(1);
        _scheduleRule(HEIGHT, 2);
    }

    function test_schedule_rule_refuses_no_rule_and_a_rule_twice() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.RuleIsReserved.selector));
        _scheduleRule(HEIGHT, 0);
        _scheduleRule(HEIGHT, 7);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.RuleTaken.selector, 7));
        _scheduleRule(HEIGHT + 1, 7);
        vm.roll(HEIGHT);
        _apply();
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.RuleTaken.selector, 7));
        _scheduleRule(2 * HEIGHT, 7);
    }

    function test_schedule_notes_the_code_and_tells() public {
        vm.expectEmit();
        emit IUpgrades.ForkScheduled(1, HEIGHT, TARGET, SOURCE, keccak256(hex"6001"));
        eq(_schedule(HEIGHT, TARGET, SOURCE), 1, "id");
        vm.expectEmit();
        emit IUpgrades.RuleScheduled(2, HEIGHT - 1, 7);
        eq(_scheduleRule(HEIGHT - 1, 7), 2, "next id");
        IUpgrades.Fork[] memory forks = UPGRADES.pending();
        eq(forks.length, 2, "pending");
        _same(forks[0], IUpgrades.Fork(1, HEIGHT, 0, TARGET, SOURCE, keccak256(hex"6001")));
        _same(forks[1], IUpgrades.Fork(2, HEIGHT - 1, 7, address(0), address(0), 0));
        eq(UPGRADES.next(), HEIGHT - 1, "the lowest");
        eq(UPGRADES.ruleSince(7), 0, "not yet");
        eq(UPGRADES.rules().length, 0, "none");
    }

    function test_cancel_refuses_what_is_not_pending() public {
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.ForkUnknown.selector, 1));
        _cancel(1);
        _schedule(HEIGHT, TARGET, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.ForkUnknown.selector, 0));
        _cancel(0);
        vm.roll(HEIGHT);
        _apply();
        vm.expectRevert(abi.encodeWithSelector(IUpgrades.ForkUnknown.selector, 1));
        _cancel(1);
    }

    function test_cancel_takes_one_back_and_leaves_the_others() public {
        _schedule(HEIGHT, TARGET, SOURCE);
        _scheduleRule(HEIGHT + 10, 7);
        _schedule(HEIGHT + 20, TARGET, SOURCE);
        vm.expectEmit();
        emit IUpgrades.ForkCancelled(1);
        _cancel(1);
        eq(UPGRADES.next(), HEIGHT + 10, "the next lowest");
        eq(UPGRADES.pending()[0].id, 2, "in order");
        eq(UPGRADES.pending()[1].id, 3, "the last");
        _cancel(2);
        _cancel(3);
        eq(UPGRADES.next(), 0, "none");
        eq(_scheduleRule(HEIGHT, 7), 4, "ids are not used twice, rules that were taken back are");
    }

    function test_applied_refuses_everybody_but_the_protocol() public {
        address[4] memory callers = [ALICE, Predeploys.TIMELOCK, Predeploys.UPGRADES, address(0)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IUpgrades.OnlySystem.selector, callers[i]));
            vm.prank(callers[i]);
            UPGRADES.applied();
        }
    }

    function test_applied_returns_the_forks_of_the_height_and_no_others() public {
        _schedule(HEIGHT + 1, TARGET, SOURCE);
        _schedule(HEIGHT, TARGET, SOURCE);
        _scheduleRule(HEIGHT, 7);
        _schedule(HEIGHT, Predeploys.THETA, OTHER_SOURCE);
        vm.roll(HEIGHT - 1);
        eq(_apply().length, 0, "too early");
        eq(UPGRADES.pending().length, 4, "still pending");
        vm.roll(HEIGHT);
        vm.expectEmit();
        emit IUpgrades.ForkApplied(2);
        vm.expectEmit();
        emit IUpgrades.ForkApplied(3);
        vm.expectEmit();
        emit IUpgrades.ForkApplied(4);
        IUpgrades.Fork[] memory forks = _apply();
        eq(forks.length, 3, "three");
        _same(forks[0], IUpgrades.Fork(2, HEIGHT, 0, TARGET, SOURCE, keccak256(hex"6001")));
        _same(forks[1], IUpgrades.Fork(3, HEIGHT, 7, address(0), address(0), 0));
        _same(forks[2], IUpgrades.Fork(4, HEIGHT, 0, Predeploys.THETA, OTHER_SOURCE, keccak256(hex"6002")));
        eq(UPGRADES.next(), HEIGHT + 1, "next");
        eq(UPGRADES.ruleSince(7), HEIGHT, "holds");
        eq(UPGRADES.rules().length, 1, "one rule");
        eq(UPGRADES.rules()[0], 7, "number 7");
        eq(_apply().length, 0, "once");
        vm.roll(HEIGHT + 1);
        eq(_apply().length, 1, "the other height");
        eq(UPGRADES.next(), 0, "none");
    }

    function test_applied_drops_a_source_that_changed() public {
        _schedule(HEIGHT, TARGET, SOURCE);
        _schedule(HEIGHT, Predeploys.THETA, OTHER_SOURCE);
        vm.etch(SOURCE, hex"6003");
        vm.roll(HEIGHT);
        vm.expectEmit();
        emit IUpgrades.ForkDropped(1, keccak256(hex"6003"));
        IUpgrades.Fork[] memory forks = _apply();
        eq(forks.length, 1, "the other");
        eq(forks[0].id, 2, "is the second");
        eq(UPGRADES.pending().length, 0, "gone");
        eq(UPGRADES.next(), 0, "none");
    }

    function test_a_height_that_passed_is_made_up_for() public {
        _scheduleRule(HEIGHT, 7);
        vm.roll(HEIGHT + 3);
        eq(_apply().length, 1, "late");
        eq(UPGRADES.ruleSince(7), HEIGHT + 3, "since then");
    }

    /// Where nodes read before each block.
    function test_the_layout_of_storage() public {
        eq(vm.load(Predeploys.UPGRADES, 0), 0, "genesis plants nothing");
        _schedule(HEIGHT, TARGET, SOURCE);
        eq(vm.load(Predeploys.UPGRADES, 0), bytes32(uint256(HEIGHT)), "next, alone in its slot");
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_next_is_the_lowest_pending_height(uint64[20] memory heights, uint256 cancelled) public {
        for (uint32 i = 0; i < 16; ++i) {
            _scheduleRule(uint64(within(heights[i], 1100, 2000)), i + 1);
        }
        _cancel(uint64(within(cancelled, 1, 16)));
        uint256 taken;
        while (UPGRADES.next() != 0) {
            uint64 next = UPGRADES.next();
            IUpgrades.Fork[] memory forks = UPGRADES.pending();
            for (uint256 i = 0; i < forks.length; ++i) {
                holds(forks[i].height >= next, "lowest");
            }
            vm.roll(next);
            forks = _apply();
            for (uint256 i = 0; i < forks.length; ++i) {
                eq(forks[i].height, next, "of this height");
            }
            holds(forks.length != 0, "some");
            taken += forks.length;
        }
        eq(taken, 15, "all but the one");
        eq(UPGRADES.pending().length, 0, "none left");
    }

    function _schedule(uint64 height, address target, address source) private returns (uint64) {
        vm.prank(Predeploys.TIMELOCK);
        return UPGRADES.schedule(height, target, source);
    }

    function _scheduleRule(uint64 height, uint32 rule) private returns (uint64) {
        vm.prank(Predeploys.TIMELOCK);
        return UPGRADES.scheduleRule(height, rule);
    }

    function _cancel(uint64 id) private {
        vm.prank(Predeploys.TIMELOCK);
        UPGRADES.cancel(id);
    }

    function _apply() private returns (IUpgrades.Fork[] memory) {
        vm.prank(Predeploys.SYSTEM);
        return UPGRADES.applied();
    }

    function _same(IUpgrades.Fork memory found, IUpgrades.Fork memory expected) private pure {
        eq(keccak256(abi.encode(found)), keccak256(abi.encode(expected)), "fork");
    }
}
