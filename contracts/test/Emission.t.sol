// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Emission} from "../src/rewards/Emission.sol";
import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IEmission} from "../src/interfaces/IEmission.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Payroll} from "./mocks/Payroll.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Schedule} from "../src/rewards/Schedule.sol";
import {eq, holds, vm, within} from "./Vm.sol";

Emission constant EMISSION = Emission(Predeploys.EMISSION);

/// @dev The reserve as genesis makes it: code and a balance, and parameters at their genesis values.
abstract contract Reserve {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant RESERVE = 45_000_000_000e18;
    uint256 internal constant THETA_RATE = 8e18;
    uint256 internal constant EDGE_RATE = 6_333_333_333_333_333_333;
    address internal constant ALICE = address(0xa11ce);

    function setUp() public virtual {
        vm.warp(START);
        vm.etch(Predeploys.EMISSION, address(new Emission()).code);
        vm.deal(Predeploys.EMISSION, RESERVE);
        setRates(THETA_RATE, EDGE_RATE);
    }

    function setRates(uint256 theta, uint256 edge) internal {
        _mock(IParameters.Parameter.ThetaEmission, theta);
        _mock(IParameters.Parameter.EdgeEmission, edge);
    }

    function released() internal returns (uint256 theta, uint256 edge) {
        vm.prank(Predeploys.REWARDS);
        return EMISSION.release();
    }

    function refunded(address to, uint256 amount) internal returns (uint256 paid) {
        vm.prank(Predeploys.CHECKPOINTS);
        return EMISSION.refund(to, amount);
    }

    function _mock(IParameters.Parameter parameter, uint256 value) private {
        vm.mockCall(Predeploys.PARAMETERS, abi.encodeCall(IParameters.valueOf, (parameter)), abi.encode(value));
    }
}

contract EmissionReleaseTest is Reserve {
    function test_release_refuses_everybody_but_rewards() public {
        vm.expectRevert(abi.encodeWithSelector(IEmission.OnlyRewards.selector, Predeploys.CHECKPOINTS));
        vm.prank(Predeploys.CHECKPOINTS);
        EMISSION.release();
        vm.expectRevert(abi.encodeWithSelector(IEmission.OnlyRewards.selector, Predeploys.TIMELOCK));
        vm.prank(Predeploys.TIMELOCK);
        EMISSION.release();
    }

    function test_release_reverts_whole_when_rewards_does_not_take_it() public {
        HostileAccount rewards = _rewardsWithCode();
        released();
        vm.warp(START + 10);
        rewards.plan(HostileAccount.Mood.Refuse, address(0), "");
        uint256 amount = 10 * (THETA_RATE + EDGE_RATE);
        vm.expectRevert(abi.encodeWithSelector(IEmission.PayoutFailed.selector, Predeploys.REWARDS, amount));
        rewards.perform(Predeploys.EMISSION, 0, abi.encodeCall(IEmission.release, ()));
        rewards.plan(HostileAccount.Mood.Accept, address(0), "");
        vm.warp(START + 12);
        (uint256 theta,) = released();
        eq(theta, 12 * THETA_RATE, "nothing is lost");
    }

    function test_release_pays_once_whoever_calls_back() public {
        HostileAccount rewards = _rewardsWithCode();
        released();
        vm.warp(START + 10);
        rewards.plan(HostileAccount.Mood.Reenter, Predeploys.EMISSION, abi.encodeCall(IEmission.release, ()));
        rewards.perform(Predeploys.EMISSION, 0, abi.encodeCall(IEmission.release, ()));
        eq(rewards.attempts(), 1, "called back");
        eq(rewards.successes(), 1, "and got nothing");
        eq(Predeploys.REWARDS.balance, 10 * (THETA_RATE + EDGE_RATE), "paid");
    }

    function test_plain_money_is_refused() public {
        vm.deal(ALICE, 1);
        vm.prank(ALICE);
        (bool sent,) = Predeploys.EMISSION.call{value: 1}("");
        holds(!sent, "refused");
    }

    function test_the_first_release_starts_the_clock_and_pays_nothing() public {
        (uint256 theta, uint256 edge) = EMISSION.due();
        eq(theta + edge, 0, "due");
        vm.expectEmit();
        emit IEmission.RatesTaken(THETA_RATE, EDGE_RATE);
        (theta, edge) = released();
        eq(theta + edge, 0, "paid");
        IEmission.Rates memory rates = EMISSION.rates();
        eq(rates.theta, THETA_RATE, "theta");
        eq(rates.edge, EDGE_RATE, "edge");
        eq(rates.since, START, "since");
    }

    function test_release_pays_each_second_at_its_rate() public {
        released();
        vm.warp(START + 100);
        (uint256 theta, uint256 edge) = EMISSION.due();
        eq(theta, 100 * THETA_RATE, "due to stakers");
        eq(edge, 100 * EDGE_RATE, "due to edge nodes");
        vm.expectEmit();
        emit IEmission.Released(theta, edge, 100);
        (theta, edge) = released();
        eq(theta, 100 * THETA_RATE, "to stakers");
        eq(edge, 100 * EDGE_RATE, "to edge nodes");
        eq(Predeploys.REWARDS.balance, theta + edge, "sent");
        (uint256 thetaSoFar, uint256 edgeSoFar) = EMISSION.released();
        eq(thetaSoFar, theta, "so far to stakers");
        eq(edgeSoFar, edge, "so far to edge nodes");
        (theta, edge) = released();
        eq(theta + edge, 0, "nothing more in the same second");
    }

    /// What the schedule says does not depend on how often it is asked: a halt is paid for like any time.
    function testFuzz_release_pays_the_same_at_any_pace(uint256 total, uint256 first, uint256 second) public {
        total = within(total, 0, 3650 days);
        first = within(first, 0, total);
        second = within(second, first, total);
        released();
        vm.warp(START + first);
        released();
        vm.warp(START + second);
        released();
        vm.warp(START + total);
        released();
        (uint256 theta, uint256 edge) = EMISSION.released();
        eq(theta, total * THETA_RATE, "to stakers");
        eq(edge, total * EDGE_RATE, "to edge nodes");
    }

    function test_new_rates_do_not_apply_to_the_time_before_them() public {
        released();
        vm.warp(START + 100);
        setRates(1e18, 2e18);
        vm.expectEmit();
        emit IEmission.RatesTaken(1e18, 2e18);
        (uint256 theta, uint256 edge) = released();
        eq(theta, 100 * THETA_RATE, "stakers, before");
        eq(edge, 100 * EDGE_RATE, "edge nodes, before");
        vm.warp(START + 150);
        (theta, edge) = released();
        eq(theta, 50e18, "stakers, after");
        eq(edge, 100e18, "edge nodes, after");
    }

    function test_a_reserve_that_is_short_is_shared_by_rate_and_nothing_is_owed() public {
        setRates(3e18, 1e18);
        released();
        vm.deal(Predeploys.EMISSION, 1002);
        vm.warp(START + 10);
        (uint256 theta, uint256 edge) = released();
        eq(theta, 751, "stakers");
        eq(edge, 251, "edge nodes, and the last wei");
        eq(Predeploys.EMISSION.balance, 0, "empty");
        vm.warp(START + 20);
        (theta, edge) = released();
        eq(theta + edge, 0, "nothing to pay");
        vm.prank(Predeploys.REWARDS);
        EMISSION.giveBack{value: 1002}();
        (theta, edge) = released();
        eq(theta + edge, 0, "the time without money is over");
    }

    function test_rates_of_zero_release_nothing() public {
        setRates(0, 0);
        released();
        vm.warp(START + 10);
        (uint256 theta, uint256 edge) = released();
        eq(theta + edge, 0, "paid");
    }

    function test_giveBack_refuses_everybody_but_rewards() public {
        vm.deal(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(IEmission.OnlyRewards.selector, ALICE));
        vm.prank(ALICE);
        EMISSION.giveBack{value: 1}();
    }

    function test_giveBack_puts_it_into_the_reserve() public {
        released();
        vm.warp(START + 10);
        released();
        vm.expectEmit();
        emit IEmission.GivenBack(5);
        vm.prank(Predeploys.REWARDS);
        EMISSION.giveBack{value: 5}();
        eq(EMISSION.givenBack(), 5, "counted");
        eq(Predeploys.EMISSION.balance, RESERVE - 10 * (THETA_RATE + EDGE_RATE) + 5, "there");
    }

    function _rewardsWithCode() private returns (HostileAccount) {
        vm.etch(Predeploys.REWARDS, address(new HostileAccount()).code);
        return HostileAccount(payable(Predeploys.REWARDS));
    }
}

/// @dev Takes whatever gas it is given.
contract Furnace {
    receive() external payable {
        while (true) {}
    }
}

contract EmissionRefundTest is Reserve {
    uint256 private constant MAX = 10e18;
    uint256 private constant DAILY = 10_000e18;

    function test_refund_refuses_everybody_but_checkpoints() public {
        vm.expectRevert(abi.encodeWithSelector(IEmission.OnlyCheckpoints.selector, Predeploys.REWARDS));
        vm.prank(Predeploys.REWARDS);
        EMISSION.refund(ALICE, 1);
    }

    function test_refund_pays_no_more_than_its_most() public {
        eq(refunded(ALICE, MAX + 1), MAX, "said");
        eq(ALICE.balance, MAX, "paid");
    }

    function test_refund_stops_at_the_days_budget_and_goes_on_as_it_refills() public {
        _useUp(DAILY);
        eq(EMISSION.refundable(), 0, "used up");
        eq(refunded(ALICE, 1), 0, "nothing");
        vm.warp(START + 864);
        eq(EMISSION.refundable(), MAX, "a hundredth of a day");
        _useUp(DAILY / 100);
        eq(refunded(ALICE, 1), 0, "nothing again");
        vm.warp(START + 30 days);
        _useUp(DAILY);
        eq(EMISSION.refundable(), 0, "what was not used in a month is one day's");
    }

    function test_refund_skips_who_refuses_and_whoever_burns_gas() public {
        HostileAccount hostile = new HostileAccount();
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectEmit();
        emit IEmission.RefundRefused(address(hostile), 5);
        eq(refunded(address(hostile), 5), 0, "not paid");
        uint256 before = gasleft();
        eq(refunded(address(new Furnace()), 5), 0, "not paid either");
        holds(before - gasleft() < 300_000, "at little cost");
        eq(EMISSION.refunded(), 0, "nothing counted");
        eq(Predeploys.EMISSION.balance, RESERVE, "nothing left");
    }

    function test_refund_that_was_refused_stays_used_up() public {
        _useUp(DAILY - 5);
        HostileAccount hostile = new HostileAccount();
        hostile.plan(HostileAccount.Mood.Refuse, address(0), "");
        refunded(address(hostile), 5);
        eq(EMISSION.refundable(), 0, "used up");
        eq(EMISSION.refunded(), DAILY - 5, "but not paid");
    }

    /// The contract of checkpoints itself is paid here, and asks for more while it is.
    function test_refund_pays_from_one_budget_whoever_calls_back() public {
        _useUp(DAILY - 1.5e19);
        vm.etch(Predeploys.CHECKPOINTS, address(new HostileAccount()).code);
        HostileAccount checkpoints = HostileAccount(payable(Predeploys.CHECKPOINTS));
        bytes memory more = abi.encodeCall(IEmission.refund, (ALICE, MAX));
        checkpoints.plan(HostileAccount.Mood.Reenter, Predeploys.EMISSION, more);
        uint256 before = ALICE.balance;
        checkpoints.perform(Predeploys.EMISSION, 0, abi.encodeCall(IEmission.refund, (Predeploys.CHECKPOINTS, MAX)));
        eq(checkpoints.successes(), 1, "called back");
        eq(Predeploys.CHECKPOINTS.balance, MAX, "what it asked for");
        eq(ALICE.balance - before, 5e18, "what was left");
        eq(EMISSION.refunded(), DAILY, "and no more");
    }

    function test_refund_pays_no_more_than_the_reserve() public {
        vm.deal(Predeploys.EMISSION, 3);
        eq(refunded(ALICE, 5), 3, "said");
        eq(refunded(ALICE, 5), 0, "and then nothing");
    }

    function test_refund_pays_and_counts() public {
        vm.expectEmit();
        emit IEmission.Refunded(ALICE, 7);
        eq(refunded(ALICE, 7), 7, "said");
        eq(ALICE.balance, 7, "paid");
        eq(EMISSION.refunded(), 7, "counted");
        eq(refunded(ALICE, 0), 0, "nothing asked for");
    }

    function _useUp(uint256 amount) private {
        for (; amount > 0; amount -= amount < MAX ? amount : MAX) {
            refunded(address(0xdead), amount);
        }
    }
}

/// @dev The pure part, for every input. Nothing here depends on a seed: a prover can run these as they are.
contract ScheduleTest {
    function testFuzz_due_is_the_schedule_or_the_whole_reserve_by_rate(
        uint96 theta,
        uint96 edge,
        uint64 elapsed,
        uint128 reserve
    ) public pure {
        IEmission.Rates memory rates = IEmission.Rates(theta, edge, 0);
        (uint256 first, uint256 second) = Schedule.due(rates, elapsed, reserve);
        uint256 wholeFirst = uint256(theta) * elapsed;
        uint256 wholeSecond = uint256(edge) * elapsed;
        holds(first <= wholeFirst && second <= wholeSecond, "within the schedule");
        if (wholeFirst + wholeSecond <= reserve) {
            eq(first, wholeFirst, "all of the first");
            eq(second, wholeSecond, "all of the second");
            return;
        }
        eq(first + second, reserve, "the whole reserve");
        // first / second is theta / edge but for less than one wei.
        uint256 sum = uint256(theta) + edge;
        holds(first * sum <= uint256(reserve) * theta, "not more than its share");
        holds((first + 1) * sum > uint256(reserve) * theta, "by less than a wei");
    }

    function testFuzz_due_when_the_reserve_is_just_short(uint96 theta, uint96 edge, uint64 elapsed, uint128 short)
        public
        pure
    {
        uint256 whole = (uint256(theta) + edge) * elapsed;
        uint256 reserve = whole - within(short, 0, whole);
        if (reserve > type(uint128).max) reserve = type(uint128).max;
        testFuzz_due_is_the_schedule_or_the_whole_reserve_by_rate(theta, edge, elapsed, uint128(reserve));
    }

    function testFuzz_used_falls_by_the_days_share_to_nothing(uint128 before, uint64 elapsed, uint96 perDay)
        public
        pure
    {
        uint256 refilled = uint256(elapsed) * perDay / 86_400;
        uint256 left = Schedule.used(before, elapsed, perDay);
        eq(left, before > refilled ? before - refilled : 0, "left");
    }
}

/// @dev What stays true at any pace of releases, refunds and votes: with the reserve of genesis, and with one that runs out.
abstract contract EmissionSums {
    Payroll internal payroll;

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(payroll);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        all = new Selectors[](1);
        all[0] = Selectors(address(payroll), new bytes4[](6));
        all[0].selectors[0] = Payroll.release.selector;
        all[0].selectors[1] = Payroll.refund.selector;
        all[0].selectors[2] = Payroll.giveBack.selector;
        all[0].selectors[3] = Payroll.setRates.selector;
        all[0].selectors[4] = Payroll.wait.selector;
        all[0].selectors[5] = Payroll.spend.selector;
    }

    function invariant_nothing_comes_from_nowhere() public view {
        (uint256 theta, uint256 edge) = EMISSION.released();
        uint256 gone = theta + edge + EMISSION.refunded() - EMISSION.givenBack();
        eq(Predeploys.EMISSION.balance + gone, payroll.INITIAL(), "balance");
        uint256 held = Predeploys.EMISSION.balance + Predeploys.REWARDS.balance;
        for (uint256 i = 0; i < 4; ++i) {
            held += payroll.receiver(i).balance;
        }
        eq(held, payroll.INITIAL(), "who has it");
    }

    function invariant_the_books_are_what_was_paid() public view {
        (uint256 theta, uint256 edge) = EMISSION.released();
        eq(theta, payroll.paidTheta(), "to stakers");
        eq(edge, payroll.paidEdge(), "to edge nodes");
        eq(EMISSION.refunded(), payroll.paidRefunds(), "refunds");
        eq(EMISSION.givenBack(), payroll.returned(), "given back");
    }

    function invariant_no_stream_is_ahead_of_its_schedule() public view {
        (uint256 theta, uint256 edge) = EMISSION.released();
        (uint256 thetaDue, uint256 edgeDue) = EMISSION.due();
        holds(theta + thetaDue <= payroll.scheduledTheta(), "stakers");
        holds(edge + edgeDue <= payroll.scheduledEdge(), "edge nodes");
    }

    function invariant_the_reserve_has_what_it_owes() public view {
        (uint256 theta, uint256 edge) = EMISSION.due();
        holds(theta + edge <= Predeploys.EMISSION.balance, "due");
        holds(EMISSION.refundable() <= Predeploys.EMISSION.balance, "refundable");
    }

    function invariant_refunds_keep_to_a_days_budget_and_what_accrued() public view {
        uint256 most = EMISSION.REFUNDS_PER_DAY() * (1 days + payroll.elapsed()) / 1 days;
        holds(EMISSION.refunded() + EMISSION.refundable() <= most, "refunds");
        holds(payroll.used() <= EMISSION.REFUNDS_PER_DAY(), "no more than a day's were paid");
        uint256 left = EMISSION.REFUNDS_PER_DAY() - payroll.used();
        if (left > EMISSION.REFUND_MAX()) left = EMISSION.REFUND_MAX();
        holds(EMISSION.refundable() <= left, "no more than is left of the day's");
    }

    /// The invariants above say something only if every verb moves something.
    function test_payroll_gets_through_every_verb() public {
        for (uint256 seed = 0; seed < 300; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            if (raw % 5 == 0) payroll.release();
            else if (raw % 5 == 1) payroll.refund(raw >> 8, raw >> 16);
            else if (raw % 5 == 2) payroll.giveBack(raw >> 8);
            else if (raw % 5 == 3) payroll.setRates(raw >> 8, raw >> 120);
            else payroll.wait(raw >> 16, raw >> 8 & 7 == 0);
            if (seed == 200) _giveAll();
            if (seed % 64 == 0) payroll.spend(seed);
        }
        bytes32[6] memory verbs = [bytes32("release"), "refund", "giveBack", "setRates", "wait", "spend"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(payroll.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }

    function _giveAll() private {
        payroll.giveBack(Predeploys.REWARDS.balance);
    }
}

contract EmissionAmpleSumsTest is EmissionSums {
    function setUp() public {
        payroll = new Payroll(45_000_000_000e18);
    }

    /// 128 calls release at most 20 TFUEL a second for 90 days each, which genesis has.
    function invariant_an_ample_reserve_pays_the_whole_schedule() public view {
        (uint256 theta, uint256 edge) = EMISSION.released();
        (uint256 thetaDue, uint256 edgeDue) = EMISSION.due();
        eq(theta + thetaDue, payroll.scheduledTheta(), "stakers");
        eq(edge + edgeDue, payroll.scheduledEdge(), "edge nodes");
    }
}

contract EmissionShortSumsTest is EmissionSums {
    function setUp() public {
        payroll = new Payroll(1_000_000e18);
    }
}

contract EmissionGasTest is Reserve {
    function test_gas_of_the_reserve() public {
        vm.deal(Predeploys.REWARDS, 1);
        vm.deal(ALICE, 1);
        released();
        vm.snapshotGasLastCall("Emission", "release, the first");
        vm.warp(START + 20);
        released();
        vm.warp(START + 40);
        released();
        vm.snapshotGasLastCall("Emission", "release");
        refunded(ALICE, 5);
        refunded(ALICE, 5);
        vm.snapshotGasLastCall("Emission", "refund");
        vm.prank(Predeploys.REWARDS);
        EMISSION.giveBack{value: 1}();
        vm.snapshotGasLastCall("Emission", "giveBack");
    }
}
