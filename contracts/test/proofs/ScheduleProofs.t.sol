// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEmission} from "../../src/interfaces/IEmission.sol";
import {Schedule} from "../../src/rewards/Schedule.sol";
import {vm} from "../Vm.sol";

/// @dev For a prover (README.md): every rate of 96 bits, time of 64 and reserve of 128, which is all that can be.
contract ScheduleProofs {
    uint256 private constant PER_DAY = 10_000e18;

    function check_due_is_never_more_than_the_reserve(uint96 theta, uint96 edge, uint64 elapsed, uint128 reserve)
        external
        pure
    {
        (uint256 first, uint256 second) = Schedule.due(IEmission.Rates(theta, edge, 0), elapsed, reserve);
        assert(first + second <= reserve);
    }

    function check_due_is_never_ahead_of_its_rate(uint96 theta, uint96 edge, uint64 elapsed, uint128 reserve)
        external
        pure
    {
        (uint256 first, uint256 second) = Schedule.due(IEmission.Rates(theta, edge, 0), elapsed, reserve);
        assert(first <= uint256(theta) * elapsed && second <= uint256(edge) * elapsed);
    }

    function check_due_grows_with_time(uint96 theta, uint96 edge, uint64 sooner, uint64 later, uint128 reserve)
        external
        pure
    {
        vm.assume(sooner <= later);
        IEmission.Rates memory rates = IEmission.Rates(theta, edge, 0);
        (uint256 first, uint256 second) = Schedule.due(rates, sooner, reserve);
        (uint256 third, uint256 fourth) = Schedule.due(rates, later, reserve);
        assert(first + second <= third + fourth);
    }

    function check_a_day_refills_a_days_allowance_at_most(uint96 before, uint64 elapsed) external pure {
        uint256 left = Schedule.used(before, elapsed, PER_DAY);
        assert(left <= before);
        assert(before - left <= uint256(elapsed) * PER_DAY / 1 days);
    }

    /// Asking more often refills no more.
    function check_refills_in_parts_are_no_more_than_at_once(uint96 before, uint64 first, uint64 second) external pure {
        uint256 parts = Schedule.used(Schedule.used(before, first, PER_DAY), second, PER_DAY);
        assert(parts >= Schedule.used(before, uint256(first) + second, PER_DAY));
    }
}
