// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../../src/interfaces/IEdgeStaking.sol";
import {ILeases} from "../../src/interfaces/ILeases.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {ITill} from "../../src/interfaces/ITill.sol";
import {LeasesWorld} from "../LeasesWorld.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {vm, within} from "../Vm.sol";

/// @dev Accounts, each of which both leases and lets, in any order. It knows by its own books who may do what: what is allowed
/// has to succeed, and what is not is tried all the same, and counted if it does.
contract Tenants is LeasesWorld {
    uint256 public constant SIZE = 5;

    /// @dev As a lease's events alone tell it. `exhaustsAt` stays what it was when it ended.
    struct Book {
        ILeases.Phase phase;
        ILeases.Reason reason;
        address worker;
        uint256 takenAt;
        uint256 begunAt;
        uint256 endedAt;
        uint256 exhaustsAt;
        uint256 collected;
    }

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    /// @dev What should have been refused and was not.
    uint256 public slipped;
    uint256 public refused;
    /// @dev Wei, of all leases.
    uint256 public deposited;
    uint256 public burned;
    /// @dev What a member put into stake and leases, and what by the rules it has got back or earned, wei.
    mapping(address member => uint256) public spent;
    mapping(address member => uint256) public entitled;
    /// @dev What the till is to say of a member's leases.
    mapping(address member => ITill.Record) private _records;
    mapping(uint256 lease => Book) private _books;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
            bonded(member(i));
            bonded(member(i));
            spent[member(i)] = 2 * STAKE;
        }
        vm.prank(Predeploys.TIMELOCK);
        PROFILES.listProvider(member(0), true);
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function bookOf(uint256 lease) external view returns (Book memory) {
        return _books[lease];
    }

    function recordOf(address account) external view returns (ITill.Record memory) {
        return _records[account];
    }

    function terms(uint256 lease) external view returns (ILeases.Terms memory) {
        return termsOf[lease];
    }

    function offer(uint256 who, uint256 rate, uint256 term, uint256 times, uint256 flags) external {
        ILeases.Offer memory wanted = offer();
        wanted.rate = uint96(within(rate, 1e9, 1e17));
        term = within(term, 1, term % 2 == 0 ? 300 : 2000);
        wanted.takeSeconds = uint32(within(times, 1, 3000));
        wanted.beginSeconds = uint32(within(times >> 32, 1, 300));
        wanted.serveSeconds = uint32(within(times >> 64, 0, flags % 3 == 0 ? term : term / 8));
        if (flags % 4 == 0) wanted.providersAfter = wanted.takeSeconds;
        if (flags % 5 == 0) wanted.worker = member(flags >> 8);
        if (member(who).balance < term * wanted.rate) return;
        offered(member(who), wanted, term * wanted.rate);
        _spend(member(who), term * wanted.rate);
        ++done["offer"];
    }

    function take(uint256 who, uint256 which) external {
        uint256 lease = who >> 12 & 7 == 0 ? _find(which, true) : _find(which, ILeases.Phase.Offered);
        if (lease == 0) return;
        address worker = who % 4 == 0 ? termsOf[lease].worker : member(who >> 8);
        if (worker == address(0)) worker = member(who >> 8);
        bytes memory call = abi.encodeCall(LEASES.take, (lease, termsOf[lease]));
        if (!_attempt("take", worker, 0, call, _mayTake(worker, lease))) return;
        Book storage book = _books[lease];
        (book.phase, book.worker, book.takenAt) = (ILeases.Phase.Taken, worker, block.timestamp);
    }

    function begin(uint256 who, uint256 which) external {
        uint256 lease = who >> 12 & 7 == 0 ? _find(which, true) : _find(which, ILeases.Phase.Taken);
        if (lease == 0) return;
        Book storage book = _books[lease];
        address caller = who % 4 == 0 ? member(who >> 8) : book.worker;
        if (caller == address(0)) return;
        bool may = book.phase == ILeases.Phase.Taken && caller == book.worker
            && block.timestamp <= book.takenAt + termsOf[lease].beginSeconds;
        bytes memory call = abi.encodeCall(LEASES.begin, (lease, termsOf[lease], ENDPOINT));
        if (!_attempt("begin", caller, 0, call, may)) return;
        (book.phase, book.begunAt) = (ILeases.Phase.Running, block.timestamp);
        book.exhaustsAt = block.timestamp + termsOf[lease].firstTerm;
    }

    /// @dev In one of eight cases by a wei less than whole seconds cost, and of what is exhausted, where there is any, in three of four.
    function extend(uint256 who, uint256 which, uint256 term) external {
        uint256 lease = _find(which, ILeases.Phase.Running);
        if (who >> 12 & 3 != 0) lease = _findExhausted(which, lease);
        if (lease == 0) return;
        Book storage book = _books[lease];
        term = within(term, 1, term % 16 == 0 ? 8 days : 3000);
        uint256 value = term * termsOf[lease].rate;
        if (who >> 8 & 7 == 0) --value;
        if (member(who).balance < value) return;
        bool may = block.timestamp < book.exhaustsAt && book.exhaustsAt + term <= block.timestamp + 7 days
            && value == term * termsOf[lease].rate;
        bytes memory call = abi.encodeCall(LEASES.extend, (lease, termsOf[lease]));
        if (!_attempt("extend", member(who), value, call, may)) return;
        book.exhaustsAt += term;
        _spend(member(who), value);
    }

    function collect(uint256 who, uint256 which, bool all) external {
        uint256 lease = _find(which, ILeases.Phase.Running);
        if (lease == 0) return;
        address worker = _books[lease].worker;
        address caller = who % 4 == 0 ? member(who >> 8) : worker;
        uint256[] memory leases = new uint256[](1);
        leases[0] = lease;
        if (all) leases = _takenBy(worker);
        bool may;
        for (uint256 i = 0; i < leases.length; ++i) {
            may = may || _servedOf(leases[i]) != _books[leases[i]].collected;
        }
        bytes memory call = abi.encodeCall(LEASES.collect, (_dealsOf(leases)));
        bytes32 verb = all ? bytes32("collect many") : bytes32("collect");
        if (!_attempt(verb, caller, 0, call, caller == worker && may)) return;
        for (uint256 i = 0; i < leases.length; ++i) {
            if (_books[leases[i]].phase == ILeases.Phase.Running) _earn(leases[i]);
        }
    }

    function end(uint256 who, uint256 which) external {
        uint256 lease = who % 2 == 0 ? _find(which, ILeases.Phase.Running) : _find(which, true);
        if (lease == 0) return;
        Book storage book = _books[lease];
        address requester = termsOf[lease].requester;
        address[3] memory callers = [requester, book.worker, member(who >> 8)];
        address caller = callers[who % 3] == address(0) ? requester : callers[who % 3];
        bytes memory call = abi.encodeCall(LEASES.end, (lease, termsOf[lease], WHY));
        ILeases.Reason reason = _clockOf(lease);
        bytes32 verb = "end, told by the clock";
        if (reason == ILeases.Reason.None) {
            (reason, verb) = caller == requester ? _byRequester(book) : _byWorker(lease);
        }
        if (!_attempt(verb, caller, 0, call, caller == requester || caller == book.worker)) return;
        _over(lease, reason);
    }

    /// @dev In one of eight cases all that the clock has ended, and those that have ended before, which are passed over.
    function close(uint256 who, uint256 which) external {
        uint256 lease = _find(which, who % 4 == 0);
        if (lease == 0) return;
        if (who % 8 == 0) return _closeAll(who);
        ILeases.Reason reason = _clockOf(lease);
        bytes memory call = abi.encodeCall(LEASES.close, (deals(lease)));
        bytes32 verb = reason == ILeases.Reason.NotTaken
            ? bytes32("close, not taken")
            : reason == ILeases.Reason.NotBegun ? bytes32("close, not begun") : bytes32("close, exhausted");
        if (_attempt(verb, member(who), 0, call, reason != ILeases.Reason.None)) _over(lease, reason);
    }

    function withdraw(uint256 who) external {
        bool may = LEASES.creditOf(member(who)) != 0;
        _attempt("withdraw", member(who), 0, abi.encodeCall(LEASES.withdraw, ()), may);
    }

    function passOn(uint256 who) external {
        _attempt("pass on", member(who), 0, abi.encodeCall(LEASES.passOn, ()), true);
    }

    function bond(uint256 who, uint256 amount) external {
        address worker = member(who);
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(worker);
        uint256 stake = standing.free + standing.locked;
        uint256 least = stake < STAKE ? STAKE - stake + 1 : 1;
        amount = within(amount, least, least + 2000e18);
        if (worker.balance < amount || stake + amount > 100_000e18) return;
        vm.prank(worker);
        EDGE_STAKING.bond{value: amount}();
        spent[worker] += amount;
        ++done["bond"];
    }

    function unstake(uint256 who, uint256 amount) external {
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(member(who));
        if (standing.free == 0) return;
        vm.prank(member(who));
        EDGE_STAKING.unstake(standing.node, within(amount, 1, standing.free / 16 + 1));
        ++done["unstake"];
    }

    function vote(uint256 share) external {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.BurnShare, within(share, 2500, 10_000));
        ++done["vote"];
    }

    /// @dev Mostly seconds, now and then none or days.
    function wait(uint256 time, uint256 pace) external {
        uint256 most = pace % 64 == 0 ? 2 days : 200;
        vm.warp(block.timestamp + within(time, 0, most));
        vm.roll(block.number + 1);
        ++done["wait"];
    }

    function _closeAll(uint256 who) private {
        uint256[] memory over = new uint256[](LEASES.leaseCount());
        uint256 count;
        for (uint256 lease = 1; lease <= over.length; ++lease) {
            bool ended = _books[lease].phase == ILeases.Phase.Ended;
            if (ended || _clockOf(lease) != ILeases.Reason.None) over[count++] = lease;
        }
        uint256[] memory leases = _first(over, count);
        _attempt("close many", member(who), 0, abi.encodeCall(LEASES.close, (_dealsOf(leases))), true);
        for (uint256 i = 0; i < count; ++i) {
            if (_books[leases[i]].phase != ILeases.Phase.Ended) _over(leases[i], _clockOf(leases[i]));
        }
    }

    function _over(uint256 lease, ILeases.Reason reason) private {
        Book storage book = _books[lease];
        bool began = book.phase == ILeases.Phase.Running;
        uint256 term = began ? book.exhaustsAt - book.begunAt : termsOf[lease].firstTerm;
        if (began) _earn(lease);
        entitled[termsOf[lease].requester] += (term - book.collected) * termsOf[lease].rate;
        (book.phase, book.reason, book.endedAt) = (ILeases.Phase.Ended, reason, block.timestamp);
        bool failed = reason == ILeases.Reason.NotBegun || reason == ILeases.Reason.LeftEarly;
        if (failed) ++_records[book.worker].failed;
        else if (book.collected != 0) ++_records[book.worker].settled;
    }

    function _earn(uint256 lease) private {
        Book storage book = _books[lease];
        uint256 owed = (_servedOf(lease) - book.collected) * termsOf[lease].rate;
        book.collected = _servedOf(lease);
        entitled[book.worker] += net(owed);
        _records[book.worker].fees += uint96(owed / 20);
        burned += owed / 20 * termsOf[lease].burnShare / 10_000;
    }

    function _spend(address account, uint256 amount) private {
        spent[account] += amount;
        deposited += amount;
    }

    function _attempt(bytes32 verb, address caller, uint256 value, bytes memory call, bool may)
        private
        returns (bool succeeded)
    {
        bytes memory reason;
        vm.prank(caller);
        (succeeded, reason) = address(LEASES).call{value: value}(call);
        if (may && !succeeded) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
        if (may) ++done[verb];
        else if (succeeded) ++slipped;
        else ++refused;
    }

    function _mayTake(address worker, uint256 lease) private view returns (bool) {
        ILeases.Terms storage wanted = termsOf[lease];
        if (_books[lease].phase != ILeases.Phase.Offered) return false;
        bool early = wanted.worker == address(0) && worker == member(0) && block.timestamp < wanted.providersFrom;
        bool offeredToIt = wanted.worker == address(0) || wanted.worker == worker;
        return block.timestamp <= wanted.takeBy && worker != wanted.requester && offeredToIt && !early
            && EDGE_STAKING.isBonded(worker) && EDGE_STAKING.standingOf(worker).free >= wanted.bond;
    }

    function _clockOf(uint256 lease) private view returns (ILeases.Reason) {
        Book storage book = _books[lease];
        if (book.phase == ILeases.Phase.Running) {
            return block.timestamp < book.exhaustsAt ? ILeases.Reason.None : ILeases.Reason.Exhausted;
        }
        if (book.phase == ILeases.Phase.Taken) {
            uint256 beginBy = book.takenAt + termsOf[lease].beginSeconds;
            return block.timestamp <= beginBy ? ILeases.Reason.None : ILeases.Reason.NotBegun;
        }
        return block.timestamp <= termsOf[lease].takeBy ? ILeases.Reason.None : ILeases.Reason.NotTaken;
    }

    function _byRequester(Book storage book) private view returns (ILeases.Reason, bytes32) {
        if (book.phase == ILeases.Phase.Offered) return (ILeases.Reason.CancelledByRequester, "cancel");
        return (ILeases.Reason.EndedByRequester, "end, by the requester");
    }

    function _byWorker(uint256 lease) private view returns (ILeases.Reason, bytes32) {
        Book storage book = _books[lease];
        bool free = book.begunAt != 0 && block.timestamp - book.begunAt >= termsOf[lease].serveSeconds;
        if (free) return (ILeases.Reason.EndedByWorker, "end, by the worker");
        return (ILeases.Reason.LeftEarly, "leave early");
    }

    /// @dev Seconds of a lease that runs or ran; of others, none.
    function _servedOf(uint256 lease) private view returns (uint256) {
        Book storage book = _books[lease];
        if (book.phase != ILeases.Phase.Running) return book.collected;
        return (block.timestamp < book.exhaustsAt ? block.timestamp : book.exhaustsAt) - book.begunAt;
    }

    function _dealsOf(uint256[] memory leases) private view returns (ILeases.Deal[] memory all) {
        all = new ILeases.Deal[](leases.length);
        for (uint256 i = 0; i < leases.length; ++i) {
            all[i] = ILeases.Deal(leases[i], termsOf[leases[i]]);
        }
    }

    /// @dev All that a worker ever took, whatever became of them.
    function _takenBy(address worker) private view returns (uint256[] memory leases) {
        uint256[] memory found = new uint256[](LEASES.leaseCount());
        uint256 count;
        for (uint256 lease = 1; lease <= found.length; ++lease) {
            if (_books[lease].worker == worker) found[count++] = lease;
        }
        return _first(found, count);
    }

    function _first(uint256[] memory all, uint256 count) private pure returns (uint256[] memory some) {
        some = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            some[i] = all[i];
        }
    }

    /// @dev The first lease from `which` on, around the ring, in `phase`; 0 is none.
    function _find(uint256 which, ILeases.Phase phase) private view returns (uint256) {
        uint256 count = LEASES.leaseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 lease = 1 + (which % count + i) % count;
            if (_books[lease].phase == phase) return lease;
        }
        return 0;
    }

    /// @dev The same of those that are exhausted; `other` is none.
    function _findExhausted(uint256 which, uint256 other) private view returns (uint256) {
        uint256 count = LEASES.leaseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 lease = 1 + (which % count + i) % count;
            bool runs = _books[lease].phase == ILeases.Phase.Running;
            if (runs && block.timestamp >= _books[lease].exhaustsAt) return lease;
        }
        return other;
    }

    /// @dev The same of those that have not ended, and that the clock has ended unless `open`.
    function _find(uint256 which, bool open) private view returns (uint256) {
        uint256 count = LEASES.leaseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 lease = 1 + (which % count + i) % count;
            if (_books[lease].phase == ILeases.Phase.Ended) continue;
            if (open || _clockOf(lease) != ILeases.Reason.None) return lease;
        }
        return 0;
    }
}
