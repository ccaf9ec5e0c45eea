// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ILeases} from "../src/interfaces/ILeases.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev One short lease, lived through in every way that there is: in each state that can be reached within `HORIZON` seconds each verb
/// is tried by whoever could want it, and does what the few rules below say, or is refused for the reason that they say.
contract LeasesModelTest is LeasesWorld {
    /// @dev What the slowest life takes that nobody extends: taken, begun and exhausted as late as can be.
    uint256 private constant HORIZON = 7;
    uint32 private constant FIRST_TERM = 3;
    uint32 private constant TAKE = 2;
    uint32 private constant BEGIN = 2;
    uint32 private constant SERVE = 2;
    /// @dev No fee of it is whole.
    uint96 private constant ODD_RATE = 1e9 + 7;
    uint256 private constant VERBS = 9;

    /// @dev Seconds count from the offer on. `paid` and `fees` are what the worker was paid so far, and the till kept.
    struct State {
        uint256 time;
        ILeases.Phase phase;
        uint256 since;
        uint256 exhaustsAt;
        uint256 collected;
        uint256 paid;
        uint256 fees;
    }

    /// @dev What a verb leads to; `refusal` where it is refused.
    struct Step {
        bytes4 refusal;
        ILeases.Reason reason;
        State next;
    }

    uint256 private _lease;

    function setUp() public override {
        super.setUp();
        bonded(BOB);
        ILeases.Offer memory wanted = offer();
        (wanted.rate, wanted.takeSeconds, wanted.beginSeconds, wanted.serveSeconds) = (ODD_RATE, TAKE, BEGIN, SERVE);
        _lease = offered(ALICE, wanted, uint256(ODD_RATE) * FIRST_TERM);
    }

    /// A bit for each state that was visited, and how many ended for each reason: in memory, since a snapshot brings back all storage. What
    /// needs much memory is called from outside.
    function test_every_life_of_a_lease_ends_where_somebody_wants_and_the_money_goes_where_it_should() public {
        uint256[] memory visited = new uint256[](3 * (HORIZON + 1) ** 4 / 256 + 1);
        uint256[] memory ends = new uint256[](8);
        State memory first;
        _explore(first, visited, ends);
        uint256 states;
        for (uint256 i = 0; i < visited.length; ++i) {
            for (uint256 word = visited[i]; word != 0; word &= word - 1) {
                ++states;
            }
        }
        holds(states > 380, "states");
        for (uint256 i = 1; i < ends.length; ++i) {
            holds(ends[i] != 0, "every reason");
        }
    }

    function _explore(State memory state, uint256[] memory visited, uint256[] memory ends) private {
        uint256 place = uint256(state.phase);
        uint256[4] memory digits = [state.time, state.since, state.exhaustsAt, state.collected];
        for (uint256 i = 0; i < 4; ++i) {
            place = place * (HORIZON + 1) + digits[i];
        }
        if (visited[place / 256] >> place % 256 & 1 == 1) return;
        visited[place / 256] |= 1 << place % 256;
        for (uint256 verb = 0; verb < VERBS; ++verb) {
            if (verb == 2 && state.exhaustsAt == HORIZON) continue;
            Step memory step = _rule(verb, state);
            uint256 id = vm.snapshotState();
            this.attempt(verb, step.refusal);
            if (step.refusal == 0) {
                if (step.next.phase == ILeases.Phase.Ended) {
                    ++ends[uint256(step.reason)];
                    this.checkEnd(state, step);
                } else {
                    this.checkOpen(step.next);
                    _explore(step.next, visited, ends);
                }
            }
            vm.revertToStateAndDelete(id);
        }
        if (state.time == HORIZON) return;
        uint256 before = vm.snapshotState();
        vm.warp(block.timestamp + 1);
        State memory later = _copy(state);
        ++later.time;
        _explore(later, visited, ends);
        vm.revertToStateAndDelete(before);
    }

    /// The rules, each on its own.
    function _rule(uint256 verb, State memory state) private pure returns (Step memory step) {
        step.next = _copy(state);
        if (verb == 0) _ruleOfTaking(state, step);
        else if (verb == 1) _ruleOfBeginning(state, step);
        else if (verb == 2) _ruleOfExtending(state, step);
        else if (verb == 3) _ruleOfCollecting(state, step);
        else if (verb == 4) _ruleOfEnding(state, step, true);
        else if (verb == 5 && state.phase == ILeases.Phase.Offered) step.refusal = ILeases.NotParty.selector;
        else if (verb == 5) _ruleOfEnding(state, step, false);
        else if (verb == 6) step.refusal = ILeases.NotParty.selector;
        else if (verb == 7) step.refusal = ILeases.NotWorker.selector;
        else if (_clockOf(state) == ILeases.Reason.None) step.refusal = ILeases.StillOpen.selector;
        else (step.reason, step.next.phase) = (_clockOf(state), ILeases.Phase.Ended);
    }

    function _ruleOfTaking(State memory state, Step memory step) private pure {
        if (state.phase != ILeases.Phase.Offered) step.refusal = ILeases.WrongPhase.selector;
        else if (state.time > TAKE) step.refusal = ILeases.TooLate.selector;
        (step.next.phase, step.next.since) = (ILeases.Phase.Taken, state.time);
    }

    function _ruleOfBeginning(State memory state, Step memory step) private pure {
        if (state.phase != ILeases.Phase.Taken) step.refusal = ILeases.WrongPhase.selector;
        else if (state.time > state.since + BEGIN) step.refusal = ILeases.TooLate.selector;
        (step.next.phase, step.next.since) = (ILeases.Phase.Running, state.time);
        step.next.exhaustsAt = state.time + FIRST_TERM;
    }

    /// By a second.
    function _ruleOfExtending(State memory state, Step memory step) private pure {
        if (state.phase != ILeases.Phase.Running) step.refusal = ILeases.WrongPhase.selector;
        else if (state.time >= state.exhaustsAt) step.refusal = ILeases.TooLate.selector;
        ++step.next.exhaustsAt;
    }

    function _ruleOfCollecting(State memory state, Step memory step) private pure {
        uint256 owed = (_servedOf(state) - state.collected) * ODD_RATE;
        if (state.phase == ILeases.Phase.Offered) step.refusal = ILeases.NotWorker.selector;
        else if (owed == 0) step.refusal = ILeases.NothingToCollect.selector;
        step.next.collected = _servedOf(state);
        (step.next.paid, step.next.fees) = (state.paid + net(owed), state.fees + owed / 20);
    }

    function _ruleOfEnding(State memory state, Step memory step, bool byRequester) private pure {
        step.next.phase = ILeases.Phase.Ended;
        step.reason = _clockOf(state);
        if (step.reason != ILeases.Reason.None) return;
        bool runs = state.phase == ILeases.Phase.Running;
        if (state.phase == ILeases.Phase.Offered) step.reason = ILeases.Reason.CancelledByRequester;
        else if (byRequester) step.reason = ILeases.Reason.EndedByRequester;
        else if (runs && state.time >= state.since + SERVE) step.reason = ILeases.Reason.EndedByWorker;
        else step.reason = ILeases.Reason.LeftEarly;
    }

    function _clockOf(State memory state) private pure returns (ILeases.Reason) {
        if (state.phase == ILeases.Phase.Offered) {
            return state.time > TAKE ? ILeases.Reason.NotTaken : ILeases.Reason.None;
        }
        if (state.phase == ILeases.Phase.Taken) {
            return state.time > state.since + BEGIN ? ILeases.Reason.NotBegun : ILeases.Reason.None;
        }
        return state.time >= state.exhaustsAt ? ILeases.Reason.Exhausted : ILeases.Reason.None;
    }

    function _servedOf(State memory state) private pure returns (uint256) {
        if (state.phase != ILeases.Phase.Running) return 0;
        return (state.time < state.exhaustsAt ? state.time : state.exhaustsAt) - state.since;
    }

    function attempt(uint256 verb, bytes4 refusal) external {
        ILeases.Terms memory terms = termsOf[_lease];
        address[9] memory callers = [BOB, BOB, CAROL, BOB, ALICE, BOB, CAROL, ALICE, CAROL];
        bytes memory call = abi.encodeCall(LEASES.end, (_lease, terms, WHY));
        if (verb == 0) call = abi.encodeCall(LEASES.take, (_lease, terms));
        else if (verb == 1) call = abi.encodeCall(LEASES.begin, (_lease, terms, ENDPOINT));
        else if (verb == 2) call = abi.encodeCall(LEASES.extend, (_lease, terms));
        else if (verb == 3 || verb == 7) call = abi.encodeCall(LEASES.collect, (deals(_lease)));
        else if (verb == 8) call = abi.encodeCall(LEASES.close, (deals(_lease)));
        vm.prank(callers[verb]);
        (bool done, bytes memory reason) = address(LEASES).call{value: verb == 2 ? ODD_RATE : 0}(call);
        holds(done == (refusal == 0), "done or refused");
        if (!done) eq(bytes32(bytes4(reason)), bytes32(refusal), "refused for that reason");
    }

    function checkOpen(State calldata state) external view {
        ILeases.Lease memory its = LEASES.leaseOf(_lease);
        holds(its.phase == state.phase && its.reason == ILeases.Reason.None, "phase");
        eq(its.since, START + state.since, "since");
        eq(its.exhaustsAt, state.exhaustsAt == 0 ? 0 : START + state.exhaustsAt, "exhausts");
        eq(its.collected, state.collected, "collected");
        eq(BOB.balance, FUNDS - STAKE + state.paid, "paid so far");
        eq(address(LEASES).balance, LEASES.escrowed() + state.fees, "the rest is there");
        eq(lockedOf(BOB), termsOf[_lease].bond, "locked");
    }

    /// Nothing can be done any more, and everybody has what is due.
    function checkEnd(State memory state, Step calldata step) external {
        bool runs = state.phase == ILeases.Phase.Running;
        uint256 term = runs ? state.exhaustsAt - state.since : FIRST_TERM;
        uint256 owed = (_servedOf(state) - state.collected) * ODD_RATE;
        eq(LEASES.creditOf(ALICE), (term - _servedOf(state)) * ODD_RATE, "the requester's");
        eq(BOB.balance + LEASES.creditOf(BOB), FUNDS - STAKE + state.paid + net(owed), "the worker's");
        eq(LEASES.recordOf(BOB).fees, state.fees + owed / 20, "the fees");
        eq(LEASES.escrowed(), 0, "escrow");
        eq(address(LEASES).balance, LEASES.credited() + state.fees + owed / 20, "nothing else");
        eq(lockedOf(BOB), 0, "locked");
        bool failed = step.reason == ILeases.Reason.NotBegun || step.reason == ILeases.Reason.LeftEarly;
        eq(Predeploys.BURN.balance, failed ? termsOf[_lease].bond : 0, "burned");
        eq(LEASES.recordOf(BOB).failed, failed ? 1 : 0, "failed");
        eq(LEASES.recordOf(BOB).settled, !failed && _servedOf(state) != 0 ? 1 : 0, "settled");
        eq(uint256(LEASES.leaseOf(_lease).reason), uint256(step.reason), "reason");
        uint256 credited = LEASES.credited();
        bool taken = state.phase != ILeases.Phase.Offered;
        bytes4 wrong = ILeases.WrongPhase.selector;
        bytes4 nothing = taken ? ILeases.NothingToCollect.selector : ILeases.NotWorker.selector;
        bytes4 none = ILeases.NotWorker.selector;
        bytes4[9] memory refusals = [wrong, wrong, wrong, nothing, wrong, wrong, wrong, none, bytes4(0)];
        for (uint256 verb = 0; verb < VERBS; ++verb) {
            this.attempt(verb, refusals[verb]);
        }
        eq(LEASES.credited(), credited, "nobody is paid twice");
    }

    function _copy(State memory state) private pure returns (State memory) {
        return abi.decode(abi.encode(state), (State));
    }
}
