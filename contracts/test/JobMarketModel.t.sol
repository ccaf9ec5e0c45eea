// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev An order of two inferences, and all that a requester, two workers and a stranger can do with it, in every sequence there is, and
/// at every time that matters. Each step is checked against a model of a few lines: what it says can be done is done, and what it says
/// cannot be is refused. In every state money is where the model has it, right work in time is paid, and whoever cares
/// ends all that runs once its time is over.
contract JobMarketModelTest is MarketWorld {
    /// @dev Longer than one deadline and shorter than two, and so than the time in which jobs are taken.
    uint256 private constant STEP = WORK_SECONDS + 1;
    uint256 private constant STEPS = 4;
    uint32 private constant TAKEN_WITHIN = 100;
    uint256 private constant ORDER = 1;
    uint256 private constant SLOTS = 2 ** 12;
    /// @dev Of both jobs, in each span of time.
    uint256 private constant STATES = 644;

    enum End {
        None,
        Paid,
        Failed
    }

    /// @dev What became of one job.
    struct Lot {
        address worker;
        uint256 deadline;
        End end;
    }

    struct Model {
        uint256 steps;
        bool returned;
        Lot[2] lots;
    }

    /// @dev `lots` is a bit for each job that it is about.
    struct Move {
        Verb verb;
        address by;
        uint256 lots;
        bytes call;
    }

    enum Verb {
        Take,
        Right,
        Wrong,
        Accept,
        Cancel,
        Expire,
        Forfeit,
        Blank
    }

    struct Search {
        Move[] moves;
        bytes32[] visited;
        uint256 states;
    }

    function setUp() public override {
        super.setUp();
        // Enough to work on after a failure.
        bonded(BOB, 2 * STAKE);
        bonded(CAROL, 2 * STAKE);
        IJobMarket.Request memory asked = request(2);
        asked.takeSeconds = TAKEN_WITHIN;
        eq(posted(ALICE, PRICE, asked), ORDER, "order");
    }

    function test_no_sequence_of_verbs_loses_work_or_money() public {
        vm.pauseGasMetering();
        Search memory search;
        search.moves = _moves();
        search.visited = new bytes32[](SLOTS);
        Model memory model;
        _visited(search, model);
        _explore(search, model);
        // Fewer would say that something is out of reach.
        eq(search.states, STATES, "states");
    }

    function _explore(Search memory search, Model memory model) private {
        uint256 here = vm.snapshotState();
        _expectLive(search, model, here);
        for (uint256 i = 0; i < search.moves.length; ++i) {
            Move memory move = search.moves[i];
            vm.prank(move.by);
            (bool done,) = address(MARKET).call(move.call);
            holds(done == _allowed(model, move), "what can be done");
            if (!done) continue;
            Model memory next = _after(model, move);
            _expectAs(next);
            if (!_visited(search, next)) _explore(search, next);
            holds(vm.revertToState(here), "back");
        }
        if (model.steps + 1 < STEPS) {
            Model memory later = _copy(model);
            later.steps = model.steps + 1;
            vm.warp(START + later.steps * STEP);
            if (!_visited(search, later)) _explore(search, later);
            holds(vm.revertToState(here), "back");
        }
        holds(vm.deleteStateSnapshot(here), "forgotten");
    }

    /// @dev Right work can be settled while there is time, and after it everything ends: by the requester, or by anybody.
    function _expectLive(Search memory search, Model memory model, uint256 here) private {
        for (uint256 i = 0; i < search.moves.length; ++i) {
            Move memory move = search.moves[i];
            if (move.verb != Verb.Right || !_allowed(model, move)) continue;
            uint256 before = _wealth(move.by);
            vm.prank(move.by);
            (bool done,) = address(MARKET).call(move.call);
            holds(done, "settled");
            eq(_wealth(move.by) - before, (move.lots == 3 ? 2 : 1) * (PRICE - FEE), "right work is paid");
            holds(vm.revertToState(here), "back");
        }
        vm.warp(START + 30 days);
        for (uint256 i = 0; i < 2; ++i) {
            if (_runs(model.lots[i])) MARKET.forfeit(ORDER, termsOf[ORDER], ticketsOf(ORDER, ids(ORDER + i)));
        }
        if (_untaken(model) != 0) expires(ORDER);
        eq(MARKET.escrowed(), 0, "nothing is stuck");
        (uint256 paid,) = _ends(model);
        eq(_wealth(ALICE), FUNDS - paid * PRICE, "what was not paid is back");
        if (MARKET.creditOf(ALICE) != 0) {
            vm.prank(ALICE);
            MARKET.withdraw();
        }
        eq(ALICE.balance, FUNDS - paid * PRICE, "and can be fetched");
        holds(vm.revertToState(here), "back");
    }

    /// @dev Whether the contract is where the model is.
    function _expectAs(Model memory model) private view {
        (uint256 paid, uint256 failed) = _ends(model);
        uint256 untaken = _untaken(model);
        uint256 running;
        for (uint256 i = 0; i < 2; ++i) {
            IJobMarket.Job memory job = jobOf(ORDER + i);
            Lot memory lot = model.lots[i];
            eq(job.worker, lot.worker, "worker");
            holds((job.phase == IJobMarket.Phase.Taken) == _runs(lot), "runs");
            holds((job.phase == IJobMarket.Phase.Settled) == (lot.end == End.Paid), "paid");
            if (_runs(lot)) ++running;
        }
        eq(untakenOf(ORDER), untaken, "untaken");
        eq(runningOf(ORDER), running, "running");
        eq(MARKET.escrowed(), PRICE * (untaken + running), "escrow");
        eq(address(MARKET).balance, MARKET.escrowed() + MARKET.credited() + paid * FEE, "balance");
        eq(_wealth(ALICE), FUNDS - PRICE * (paid + untaken + running), "the requester's");
        eq(EDGE_STAKING.totalSlashed(), failed * PRICE, "bonds of who failed");
        _expectWorker(model, BOB);
        _expectWorker(model, CAROL);
    }

    function _expectWorker(Model memory model, address worker) private view {
        uint256 paid;
        uint256 running;
        for (uint256 i = 0; i < 2; ++i) {
            if (model.lots[i].worker != worker) continue;
            if (model.lots[i].end == End.Paid) ++paid;
            if (_runs(model.lots[i])) ++running;
        }
        eq(_wealth(worker), FUNDS - 2 * STAKE + paid * (PRICE - FEE), "the worker's");
        eq(EDGE_STAKING.standingOf(worker).locked, running * PRICE, "bonds");
    }

    function _allowed(Model memory model, Move memory move) private pure returns (bool) {
        uint256 time = START + model.steps * STEP;
        if (move.verb == Verb.Cancel) return move.by == ALICE && _untaken(model) != 0;
        if (move.verb == Verb.Expire) return time > START + TAKEN_WITHIN && _untaken(model) != 0;
        bool may = move.verb == Verb.Take && time <= START + TAKEN_WITHIN && (move.by == BOB || move.by == CAROL);
        for (uint256 i = 0; i < 2; ++i) {
            if ((move.lots >> i) & 1 == 0) continue;
            Lot memory lot = model.lots[i];
            if (move.verb == Verb.Take) may = may && lot.worker == address(0) && !model.returned;
            else if (!_runs(lot) || move.verb == Verb.Blank) return false;
            else if (move.verb == Verb.Accept) may = move.by == ALICE;
            else if (move.verb == Verb.Forfeit) may = time > lot.deadline;
            else may = move.by == lot.worker && time <= lot.deadline;
            if (!may) return false;
        }
        return may;
    }

    function _after(Model memory model, Move memory move) private pure returns (Model memory next) {
        next = _copy(model);
        if (move.verb == Verb.Cancel || move.verb == Verb.Expire) next.returned = true;
        for (uint256 i = 0; i < 2; ++i) {
            if ((move.lots >> i) & 1 == 0) continue;
            Lot memory lot = next.lots[i];
            if (move.verb == Verb.Take) {
                (lot.worker, lot.deadline) = (move.by, START + model.steps * STEP + WORK_SECONDS);
            } else {
                lot.end = move.verb == Verb.Right || move.verb == Verb.Accept ? End.Paid : End.Failed;
            }
        }
    }

    /// @dev Everything that anybody of the four can try.
    function _moves() private view returns (Move[] memory moves) {
        address[4] memory people = [ALICE, BOB, CAROL, address(0x57a9)];
        moves = new Move[](200);
        uint256 count;
        for (uint256 who = 0; who < people.length; ++who) {
            for (uint256 verb = 0; verb <= uint256(type(Verb).max); ++verb) {
                bool whole = Verb(verb) == Verb.Cancel || Verb(verb) == Verb.Expire;
                for (uint256 lots = whole ? 3 : 1; lots <= 3; ++lots) {
                    Move memory move = Move(Verb(verb), people[who], whole ? 0 : lots, "");
                    move.call = _callOf(move.verb, lots);
                    moves[count++] = move;
                }
            }
        }
        assembly ("memory-safe") {
            mstore(moves, count)
        }
    }

    function _callOf(Verb verb, uint256 lots) private view returns (bytes memory) {
        IJobMarket.Terms memory terms = termsOf[ORDER];
        uint256[] memory jobIds = lots == 3 ? idsOf(ORDER, 0, 2) : ids(ORDER + lots - 1);
        if (verb == Verb.Take) return abi.encodeCall(MARKET.take, (ORDER, terms, jobIds));
        if (verb == Verb.Accept) return abi.encodeCall(MARKET.accept, (ORDER, terms, jobIds));
        if (verb == Verb.Cancel) return abi.encodeCall(MARKET.cancel, (ORDER, terms));
        if (verb == Verb.Expire) return abi.encodeCall(MARKET.expire, (ORDER, terms));
        if (verb == Verb.Forfeit) return abi.encodeCall(MARKET.forfeit, (ORDER, terms, ticketsOf(ORDER, jobIds)));
        IJobMarket.Result[] memory shown = verb == Verb.Blank ? blanksOf(ORDER, jobIds) : resultsOf(ORDER, jobIds);
        for (uint256 i = 0; i < shown.length && verb == Verb.Wrong; ++i) {
            shown[i].output = "wrong";
        }
        return abi.encodeCall(MARKET.settle, (ORDER, terms, shown));
    }

    /// @dev Whether this state was met before; from now on it was. In memory, which no snapshot brings back.
    function _visited(Search memory search, Model memory model) private pure returns (bool) {
        bytes32 key = keccak256(abi.encode(model));
        uint256 slot = uint256(key) % SLOTS;
        while (search.visited[slot] != 0) {
            if (search.visited[slot] == key) return true;
            slot = (slot + 1) % SLOTS;
        }
        search.visited[slot] = key;
        ++search.states;
        return false;
    }

    function _wealth(address account) private view returns (uint256) {
        return account.balance + MARKET.creditOf(account);
    }

    function _copy(Model memory model) private pure returns (Model memory) {
        return abi.decode(abi.encode(model), (Model));
    }

    function _runs(Lot memory lot) private pure returns (bool) {
        return lot.worker != address(0) && lot.end == End.None;
    }

    function _untaken(Model memory model) private pure returns (uint256 count) {
        for (uint256 i = 0; i < 2 && !model.returned; ++i) {
            if (model.lots[i].worker == address(0)) ++count;
        }
    }

    function _ends(Model memory model) private pure returns (uint256 paid, uint256 failed) {
        for (uint256 i = 0; i < 2; ++i) {
            if (model.lots[i].end == End.Paid) ++paid;
            if (model.lots[i].end == End.Failed) ++failed;
        }
    }
}
