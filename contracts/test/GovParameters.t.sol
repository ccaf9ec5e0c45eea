// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract GovParametersTest is GovernanceWorld {
    uint256 private constant COUNT = 30;

    function test_set_refuses_everybody_but_the_timelock() public {
        address[5] memory callers = [ALICE, Predeploys.GOVERNOR, Predeploys.SYSTEM, Predeploys.PARAMETERS, address(0)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IParameters.OnlyTimelock.selector, callers[i]));
            vm.prank(callers[i]);
            PARAMETERS.set(IParameters.Parameter.GasLimit, 60_000_000);
        }
    }

    function test_set_refuses_what_is_out_of_bounds() public {
        uint256[3][COUNT] memory expected = _table();
        for (uint256 i = 0; i < COUNT; ++i) {
            if (expected[i][1] != 0) _refused(i, expected[i][1] - 1);
            if (expected[i][1] != 0) _refused(i, 0);
            _refused(i, expected[i][2] + 1);
            _refused(i, type(uint256).max);
        }
    }

    function test_set_refuses_a_number_that_is_no_parameter() public {
        vm.prank(Predeploys.TIMELOCK);
        (bool done,) = Predeploys.PARAMETERS.call(abi.encodeWithSelector(IParameters.set.selector, COUNT, 1));
        holds(!done, "refused");
    }

    function test_set_refuses_a_block_time_above_the_heartbeat() public {
        setNow(IParameters.Parameter.BlockTimeMs, 1000);
        vm.expectRevert(abi.encodeWithSelector(IParameters.HeartbeatBelowBlockTime.selector, 1001, 1000));
        setNow(IParameters.Parameter.BlockTimeMs, 1001);
        vm.expectRevert(abi.encodeWithSelector(IParameters.HeartbeatBelowBlockTime.selector, 1000, 999));
        setNow(IParameters.Parameter.HeartbeatMs, 999);
        eq(PARAMETERS.valueOf(IParameters.Parameter.BlockTimeMs), 1000, "unchanged");
    }

    function test_set_refuses_a_least_stake_above_the_most() public {
        setNow(IParameters.Parameter.EdgeStakeMax, 100_000e18);
        setNow(IParameters.Parameter.EdgeStakeMin, 100_000e18);
        setNow(IParameters.Parameter.EdgeStakeMax, 100_001e18);
        setNow(IParameters.Parameter.EdgeStakeMin, 100_000e18);
        // The bounds meet in one value only, so a pair out of order needs a slot that genesis planted otherwise.
        vm.store(Predeploys.PARAMETERS, _slot(12), bytes32(uint256(99_999e18 + 1)));
        vm.expectRevert(abi.encodeWithSelector(IParameters.StakeMinAboveMax.selector, 100_000e18, 99_999e18));
        setNow(IParameters.Parameter.EdgeStakeMin, 100_000e18);
    }

    /// An owner with a third of the seats stops the chain alone.
    function test_set_refuses_a_third_of_the_seats_for_one_owner() public {
        setNow(IParameters.Parameter.SeatsPerOwner, 10);
        vm.expectRevert(abi.encodeWithSelector(IParameters.SeatsPerOwnerTooMany.selector, 10, 30));
        setNow(IParameters.Parameter.CommitteeSeats, 30);
        setNow(IParameters.Parameter.SeatsPerOwner, 1);
        setNow(IParameters.Parameter.CommitteeSeats, 4);
        vm.expectRevert(abi.encodeWithSelector(IParameters.SeatsPerOwnerTooMany.selector, 2, 4));
        setNow(IParameters.Parameter.SeatsPerOwner, 2);
        eq(PARAMETERS.valueOf(IParameters.Parameter.SeatsPerOwner), 1, "unchanged");
    }

    function test_genesis_has_these_values_and_bounds() public view {
        uint256[3][COUNT] memory expected = _table();
        eq(uint256(type(IParameters.Parameter).max), COUNT - 1, "as many as there are");
        uint256[] memory values = PARAMETERS.all();
        eq(values.length, COUNT, "all");
        for (uint256 i = 0; i < COUNT; ++i) {
            IParameters.Parameter parameter = IParameters.Parameter(i);
            IParameters.Bounded memory bounded = PARAMETERS.boundsOf(parameter);
            eq(bounded.value, expected[i][0], "value");
            eq(bounded.least, expected[i][1], "least");
            eq(bounded.most, expected[i][2], "most");
            eq(PARAMETERS.valueOf(parameter), expected[i][0], "value of");
            eq(values[i], expected[i][0], "in order");
            holds(bounded.least <= bounded.value && bounded.value <= bounded.most, "within its bounds");
        }
    }

    function test_set_takes_both_bounds_of_each() public {
        uint256[3][COUNT] memory expected = _table();
        setNow(IParameters.Parameter.HeartbeatMs, expected[2][2]);
        setNow(IParameters.Parameter.SeatsPerOwner, 1);
        for (uint256 i = 0; i < COUNT; ++i) {
            IParameters.Parameter parameter = IParameters.Parameter(i);
            for (uint256 side = 1; side < 3; ++side) {
                setNow(parameter, expected[i][side]);
                eq(PARAMETERS.valueOf(parameter), expected[i][side], "set");
                eq(PARAMETERS.boundsOf(parameter).value, expected[i][side], "with bounds");
                eq(PARAMETERS.all()[i], expected[i][side], "with all");
            }
            setNow(parameter, expected[i][0]);
        }
        uint256[] memory values = PARAMETERS.all();
        for (uint256 i = 0; i < COUNT; ++i) {
            eq(values[i], expected[i][0], "none touched another");
        }
    }

    function test_set_says_what_was_and_what_is() public {
        vm.expectEmit();
        emit IParameters.ParameterSet(IParameters.Parameter.ThetaEmission, 8e18, 0);
        setNow(IParameters.Parameter.ThetaEmission, 0);
        eq(PARAMETERS.valueOf(IParameters.Parameter.ThetaEmission), 0, "zero is a value");
        vm.expectEmit();
        emit IParameters.ParameterSet(IParameters.Parameter.ThetaEmission, 0, 1e18);
        setNow(IParameters.Parameter.ThetaEmission, 1e18);
    }

    /// Where nodes read: keccak256(number ‖ 0), and one more than the value.
    function test_the_layout_of_storage() public {
        uint256[3][COUNT] memory expected = _table();
        for (uint256 i = 0; i < COUNT; ++i) {
            eq(vm.load(Predeploys.PARAMETERS, _slot(i)), 0, "genesis plants nothing");
            // Of seats and those of one owner the other way round, which is how they go together.
            uint256 side = i == 15 || i == 16 ? 1 + i % 2 : 2 - i % 2;
            setNow(IParameters.Parameter(i), expected[i][side]);
            eq(vm.load(Predeploys.PARAMETERS, _slot(i)), bytes32(expected[i][side] + 1), "planted");
        }
    }

    function testFuzz_a_value_is_set_exactly_when_it_is_within_bounds(uint256 number, uint256 raw, bool near) public {
        IParameters.Parameter parameter = IParameters.Parameter(number % COUNT);
        IParameters.Bounded memory bounds = PARAMETERS.boundsOf(parameter);
        uint256 value = near ? within(raw, 0, 2 * bounds.most) : raw;
        bool fits = value >= bounds.least && value <= bounds.most;
        if (parameter == IParameters.Parameter.BlockTimeMs) fits = fits && value <= 1000;
        if (parameter == IParameters.Parameter.CommitteeSeats) fits = fits && value > 9;
        vm.prank(Predeploys.TIMELOCK);
        (bool done,) = Predeploys.PARAMETERS.call(abi.encodeCall(IParameters.set, (parameter, value)));
        holds(done == fits, "fits");
        eq(PARAMETERS.valueOf(parameter), fits ? value : bounds.value, "value");
    }

    function _refused(uint256 number, uint256 value) private {
        uint256[3] memory expected = _table()[number];
        IParameters.Parameter parameter = IParameters.Parameter(number);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.OutOfBounds.selector, parameter, value, expected[1], expected[2])
        );
        setNow(parameter, value);
    }

    function _slot(uint256 number) private pure returns (bytes32) {
        return keccak256(abi.encode(number, 0));
    }

    /// Value, least, most.
    function _table() private pure returns (uint256[3][COUNT] memory) {
        return [
            [uint256(90_000_000), 30_000_000, 90_000_000],
            [uint256(200), 50, 2000],
            [uint256(1000), 200, 2500],
            [uint256(7), 7, 10_000 * 1e9],
            [uint256(100), 20, 1000],
            [uint256(25), 5, 200],
            [uint256(8e18), 0, 16e18],
            [uint256(6.33e18), 0, 12.66e18],
            [uint256(2500), 2500, 10_000],
            [uint256(200_000e18), 50_000e18, 1_000_000e18],
            [uint256(1000e18), 100e18, 10_000e18],
            [uint256(10_000e18), 1000e18, 100_000e18],
            [uint256(500_000e18), 100_000e18, 5_000_000e18],
            [uint256(7 * 86_400), 2 * 86_400, 28 * 86_400],
            [uint256(16 * 86_400), 16 * 86_400, 60 * 86_400],
            [uint256(31), 4, 31],
            [uint256(3), 1, 10],
            [uint256(5000), 1000, 9000],
            [uint256(3600), 600, 7 * 86_400],
            [uint256(3000), 500, 10_000],
            [uint256(10), 0, 500],
            [uint256(500), 0, 1000],
            [uint256(8), 1, 32],
            [uint256(DELAY), 3600, 604_800],
            [uint256(PERIOD), 86_400, 6_048_000],
            [uint256(THRESHOLD), 10_000e18, 10_000_000e18],
            [uint256(400), 200, 3000],
            [uint256(TIMELOCK_DELAY), 86_400, 30 * 86_400],
            [uint256(8192), 256, 32_768],
            [uint256(64), 1, 256]
        ];
    }
}
