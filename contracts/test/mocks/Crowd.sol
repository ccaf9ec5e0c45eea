// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../../src/interfaces/IJobMarket.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IStakeBook} from "../../src/interfaces/IStakeBook.sol";
import {ITill} from "../../src/interfaces/ITill.sol";
import {IVerifier} from "../../src/interfaces/IVerifier.sol";
import {MarketWorld} from "../MarketWorld.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {Vm, vm, within} from "../Vm.sol";

/// @dev What a crowd of accounts, each of which both posts and works, does in any order. Every action picks a target for
/// which it is allowed and does nothing when there is none, so a revert is a finding. What became of jobs and money it reads in events,
/// and keeps in books of its own.
contract Crowd is MarketWorld {
    uint256 public constant SIZE = 5;
    uint256 private constant STAKE_MIN = 10_000e18;
    uint256 private constant STAKE_MAX = 500_000e18;
    uint256 private constant JOBS_MOST = 6;

    /// @dev What the events say of money.
    struct Book {
        uint256 posted;
        uint256 paid;
        uint256 refunded;
        uint256 fees;
        uint256 passedToBurn;
        uint256 passedToNodes;
    }

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;
    uint256[] public orders;
    /// @dev Jobs of an order that nobody took and nobody will.
    mapping(uint256 order => uint256) public returned;
    mapping(uint256 jobId => uint256) public ends;
    mapping(address worker => ITill.Record) private _records;
    Book private _book;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
        _read(vm.getRecordedLogs());
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
            // Most work from the start.
            if (i < 3) bonded(member(i), 2 * STAKE_MIN);
        }
        bytes32 slot = keccak256(abi.encodePacked(member(0), uint64(0), uint32(0x87a211a2)));
        vm.store(address(THETA), slot, bytes32(THETA.SUPPLY()));
        vm.recordLogs();
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function book() external view returns (Book memory) {
        return _book;
    }

    function recordOf(address worker) external view returns (ITill.Record memory) {
        return _records[worker];
    }

    function termsAt(uint256 order) external view returns (IJobMarket.Terms memory) {
        return termsOf[order];
    }

    function jobAt(uint256 jobId) external view returns (IJobMarket.Job memory) {
        return jobOf(jobId);
    }

    function untakenIn(uint256 order) external view returns (uint256) {
        return untakenOf(order);
    }

    function runningIn(uint256 order) external view returns (uint256) {
        return runningOf(order);
    }

    function orderCount() external view returns (uint256) {
        return orders.length;
    }

    /// @dev Of either kind, for everybody or not.
    function post(uint256 who, uint256 price, uint256 count, uint256 times, uint256 shape) external {
        IJobMarket.Request memory asked = shape % 3 == 0
            ? umpired(uint32(within(count, 1, JOBS_MOST)))
            : request(uint32(within(count, 1, JOBS_MOST)));
        price = within(price, 1e9, 1000e18);
        if (member(who).balance < price * asked.count) return;
        asked.takeSeconds = uint32(within(times, 1, 900));
        asked.workSeconds = uint32(within(times >> 16, 1, 300));
        if ((shape >> 8) % 8 == 0) asked.worker = member(shape >> 16);
        if ((shape >> 24) % 8 == 0) asked.requirements = packed(0, 0, 0, 0, 12_000, 0);
        if ((shape >> 32) % 8 == 0) asked.requirements = packed(0, 0, 0, 0, 0, 1000);
        if ((shape >> 40) % 8 == 0) asked.providersAfter = uint32(within(shape >> 48, 1, asked.takeSeconds));
        _post(member(who), uint128(price), asked);
    }

    /// @dev From one job to all that it may.
    function take(uint256 who, uint256 which, uint256 most) external {
        address worker = member(who);
        if (!EDGE_STAKING.isBonded(worker)) return;
        for (uint256 i = 0; i < orders.length; ++i) {
            uint256 order = orders[(which % orders.length + i) % orders.length];
            uint256[] memory jobIds = _firstOf(order, IJobMarket.Phase.Untaken, address(0), within(most, 1, JOBS_MOST));
            if (jobIds.length != 0 && _mayTake(worker, order, jobIds.length)) return _take(worker, order, jobIds);
        }
    }

    /// @dev One worker's jobs of an order in one, each right or wrong; those of the umpire's kind of all its workers.
    function settle(uint256 who, uint256 which, uint256 wrong) external {
        (uint256 order, uint256[] memory jobIds) = _running(which, INFERENCES, member(who), true);
        if (order != 0) return _settle(member(who), order, _answers(order, jobIds, wrong));
        (order, jobIds) = _running(which, UMPIRED, address(0), true);
        if (order == 0) (order, jobIds) = _running(which, UMPIRED, address(0), false);
        if (order == 0) return;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            // Of four: two are right, one is wrong, and one nobody can tell.
            uint256 verdict = uint256(IVerifier.Verdict.Right) + (wrong >> (2 * i)) % 4;
            ruled(jobIds[i], verdict > 4 ? IVerifier.Verdict.Right : IVerifier.Verdict(verdict));
        }
        _settle(member(who), order, blanksOf(order, jobIds));
    }

    function accept(uint256 which) external {
        for (uint16 kind = INFERENCES; kind <= UMPIRED; kind += UMPIRED - INFERENCES) {
            (uint256 order, uint256[] memory jobIds) = _running(which, kind, address(0), which % 2 == 0);
            if (order != 0) return _accept(order, jobIds);
        }
    }

    function cancel(uint256 which) external {
        uint256 order = _untaken(which, false);
        if (order != 0) _cancel(order);
    }

    function expire(uint256 which) external {
        uint256 order = _untaken(which, true);
        if (order != 0) _expire(order);
    }

    function forfeit(uint256 which) external {
        (uint256 order, uint256[] memory jobIds) = _running(which, INFERENCES, address(0), false);
        if (order != 0) _forfeit(order, jobIds);
    }

    /// @dev What markets burned of a member's fees counts once, whenever it is reported.
    function report(uint256 who) external counted("report") {
        EDGE_REWARDS.report(list(member(who)));
    }

    function passOn() external counted("pass on") {
        MARKET.passOn();
    }

    /// @dev Running jobs keep the share that they were posted under.
    function vote(uint256 share) external counted("vote") {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.BurnShare, within(share, 2500, 10_000));
    }

    function withdraw(uint256 who) external {
        if (MARKET.creditOf(member(who)) != 0) _withdraw(member(who));
    }

    function bond(uint256 who, uint256 amount) external {
        address worker = member(who);
        uint32 node = EDGE_STAKING.nodeOf(worker);
        uint256 stake = node == 0 ? 0 : EDGE_STAKING.describe(node).stake;
        uint256 least = stake < STAKE_MIN ? STAKE_MIN - stake : 1;
        amount = within(amount, least, least + 5000e18);
        if (worker.balance < amount || stake + amount > STAKE_MAX) return;
        _bond(worker, amount);
    }

    function unstake(uint256 who, uint256 amount) external {
        address worker = member(who);
        IEdgeStaking.Standing memory standing = EDGE_STAKING.standingOf(worker);
        if (standing.free != 0) _unstake(worker, standing.node, within(amount, 1, standing.free));
    }

    function collect(uint256 who) external {
        uint32 node = EDGE_STAKING.nodeOf(member(who));
        IStakeBook.Unstaking[] memory waiting = EDGE_STAKING.unstakingOf(node, member(who));
        if (waiting.length != 0 && block.timestamp >= waiting[0].release) _collect(member(who), node);
    }

    function transferTheta(uint256 from, uint256 to, uint256 amount) external counted("transfer theta") {
        amount = within(amount, 0, THETA.balanceOf(member(from)));
        vm.prank(member(from));
        THETA.transfer(member(to), amount);
    }

    function delegateTheta(uint256 from, uint256 to) external counted("delegate theta") {
        vm.prank(member(from));
        THETA.delegate(member(to));
    }

    /// @dev Mostly seconds, now and then days.
    function wait(uint256 time, uint256 long) external counted("wait") {
        vm.warp(block.timestamp + (long % 16 == 0 ? within(time, 1 days, 20 days) : within(time, 1, 200)));
        vm.roll(block.number + 1);
    }

    function _post(address requester, uint128 price, IJobMarket.Request memory asked) private counted("post") {
        orders.push(posted(requester, price, asked));
        _book.posted += uint256(price) * asked.count;
    }

    function _take(address worker, uint256 order, uint256[] memory jobIds) private counted("take") {
        takes(worker, order, jobIds);
    }

    function _settle(address by, uint256 order, IJobMarket.Result[] memory shown) private counted("settle") {
        settles(by, order, shown);
    }

    function _accept(uint256 order, uint256[] memory jobIds) private counted("accept") {
        accepts(termsOf[order].requester, order, jobIds);
    }

    function _cancel(uint256 order) private counted("cancel") {
        cancels(termsOf[order].requester, order);
    }

    function _expire(uint256 order) private counted("expire") {
        expires(order);
    }

    function _forfeit(uint256 order, uint256[] memory jobIds) private counted("forfeit") {
        MARKET.forfeit(order, termsOf[order], ticketsOf(order, jobIds));
    }

    function _withdraw(address account) private counted("withdraw") {
        vm.prank(account);
        MARKET.withdraw();
    }

    function _bond(address worker, uint256 amount) private counted("bond") {
        vm.prank(worker);
        EDGE_STAKING.bond{value: amount}();
    }

    function _unstake(address worker, uint32 node, uint256 amount) private counted("unstake") {
        vm.prank(worker);
        EDGE_STAKING.unstake(node, amount);
    }

    function _collect(address worker, uint32 node) private counted("collect") {
        vm.prank(worker);
        EDGE_STAKING.redeem(node);
    }

    function _answers(uint256 order, uint256[] memory jobIds, uint256 wrong)
        private
        view
        returns (IJobMarket.Result[] memory shown)
    {
        shown = resultsOf(order, jobIds);
        for (uint256 i = 0; i < shown.length; ++i) {
            if ((wrong >> i) & 1 != 0) shown[i].output = "";
        }
    }

    /// @dev What the events of one call say.
    function _read(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != Predeploys.JOB_MARKET) continue;
            bytes32 what = logs[i].topics[0];
            if (what == IJobMarket.JobClosed.selector) _closed(logs[i]);
            if (what == IJobMarket.JobsReturned.selector) _returned(logs[i]);
            (uint256 one, uint256 other) =
                logs[i].data.length == 64 ? abi.decode(logs[i].data, (uint256, uint256)) : (0, 0);
            if (what != ITill.FeesPassedOn.selector) continue;
            _book.passedToBurn += one;
            _book.passedToNodes += other;
        }
    }

    function _closed(Vm.Log memory log) private {
        (, IJobMarket.Reason reason, uint256 paid,) =
            abi.decode(log.data, (IJobMarket.Phase, IJobMarket.Reason, uint256, bytes32));
        IJobMarket.Terms storage terms = termsOf[uint256(log.topics[2])];
        (uint256 price, uint256 fee) = (terms.price, paid == 0 ? 0 : terms.price - paid);
        ITill.Record storage record = _records[address(uint160(uint256(log.topics[3])))];
        ++ends[uint256(log.topics[1])];
        ++done[bytes32(uint256(reason))];
        _book.paid += paid;
        _book.fees += fee;
        if (paid == 0) _book.refunded += price;
        if (paid != 0) ++record.settled;
        else if (reason != IJobMarket.Reason.Undecided) ++record.failed;
        record.fees += uint96(fee);
        record.burned += uint96(fee * terms.burnShare / 10_000);
    }

    function _returned(Vm.Log memory log) private {
        (,, uint256 count, uint256 refunded) =
            abi.decode(log.data, (IJobMarket.Phase, IJobMarket.Reason, uint256, uint256));
        returned[uint256(log.topics[1])] += count;
        _book.refunded += refunded;
    }

    function _mayTake(address worker, uint256 order, uint256 count) private view returns (bool) {
        IJobMarket.Terms memory terms = termsOf[order];
        if (block.timestamp > terms.takeBy || terms.requester == worker) return false;
        if (terms.worker != address(0) && terms.worker != worker) return false;
        return EDGE_STAKING.standingOf(worker).free >= terms.bond * count && PROFILES.meets(worker, terms.requirements);
    }

    /// @dev The first order around the ring with jobs that nobody took, which can be taken no more, or still.
    function _untaken(uint256 which, bool late) private view returns (uint256) {
        for (uint256 i = 0; i < orders.length; ++i) {
            uint256 order = orders[(which % orders.length + i) % orders.length];
            if (untakenOf(order) == 0) continue;
            if (late == (block.timestamp > termsOf[order].takeBy)) return order;
        }
        return 0;
    }

    /// @dev The first order around the ring of this kind with jobs of this worker, or of any, in time, or past it.
    function _running(uint256 which, uint16 kind, address worker, bool inTime)
        private
        view
        returns (uint256 order, uint256[] memory jobIds)
    {
        for (uint256 i = 0; i < orders.length; ++i) {
            order = orders[(which % orders.length + i) % orders.length];
            if (termsOf[order].kind != kind || runningOf(order) == 0) continue;
            jobIds = _timely(_firstOf(order, IJobMarket.Phase.Taken, worker, JOBS_MOST), inTime);
            if (jobIds.length != 0) return (order, jobIds);
        }
        return (0, jobIds);
    }

    function _firstOf(uint256 order, IJobMarket.Phase phase, address worker, uint256 most)
        private
        view
        returns (uint256[] memory jobIds)
    {
        jobIds = new uint256[](most);
        uint256 found;
        bool over = phase == IJobMarket.Phase.Untaken && untakenOf(order) == 0;
        for (uint256 jobId = order; jobId < order + termsOf[order].count && found < most && !over; ++jobId) {
            IJobMarket.Job memory job = jobOf(jobId);
            if (job.phase == phase && (worker == address(0) || worker == job.worker)) jobIds[found++] = jobId;
        }
        _cut(jobIds, found);
    }

    function _timely(uint256[] memory jobIds, bool inTime) private view returns (uint256[] memory) {
        uint256 found;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            if (inTime == (block.timestamp <= jobOf(jobIds[i]).deadline)) jobIds[found++] = jobIds[i];
        }
        _cut(jobIds, found);
        return jobIds;
    }

    function _cut(uint256[] memory list, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(list, length)
        }
    }
}
