// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeStaking} from "../../src/interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../../src/interfaces/IJobMarket.sol";
import {IStakeBook} from "../../src/interfaces/IStakeBook.sol";
import {World} from "../World.sol";
import {vm, within} from "../Vm.sol";

/// @dev What a crowd of accounts, each of which both posts and works, does in any order. Every action picks a target for
/// which it is allowed and does nothing when there is none, so a revert is a finding.
contract Crowd is World {
    uint256 public constant SIZE = 5;
    uint256 private constant STAKE_MIN = 10_000e18;
    uint256 private constant STAKE_MAX = 500_000e18;

    /// @dev How often each verb succeeded, so that a test can show that none is idle.
    mapping(bytes32 verb => uint256) public done;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; ++i) {
            vm.deal(member(i), FUNDS);
        }
        bytes32 slot = keccak256(abi.encodePacked(member(0), uint64(0), uint32(0x87a211a2)));
        vm.store(address(THETA), slot, bytes32(THETA.SUPPLY()));
    }

    function member(uint256 seed) public pure returns (address) {
        return address(uint160(0xc0de0000 + seed % SIZE));
    }

    function post(uint256 who, uint256 price, bytes8 input, uint256 takeSeconds, uint256 workSeconds) external {
        address requester = member(who);
        price = within(price, 1e9, 1000e18);
        if (requester.balance < price) return;
        _post(requester, price, abi.encodePacked(input), within(takeSeconds, 1, 900), within(workSeconds, 1, 300));
    }

    function take(uint256 who, uint256 which) external {
        address worker = member(who);
        (uint256 jobId, IJobMarket.Job memory job) = _find(which, IJobMarket.Phase.Open, true);
        if (jobId == 0 || job.requester == worker || !EDGE_STAKING.isBonded(worker)) return;
        if (EDGE_STAKING.standingOf(worker).free < job.bond) return;
        _take(worker, jobId);
    }

    function submit(uint256 which, bool right) external {
        (uint256 jobId, IJobMarket.Job memory job) = _find(which, IJobMarket.Phase.Taken, true);
        if (jobId == 0) return;
        if (right) _settle(job.worker, jobId);
        else _fail(job.worker, jobId);
    }

    function cancel(uint256 which) external {
        (uint256 jobId, IJobMarket.Job memory job) = _find(which, IJobMarket.Phase.Open, true);
        if (jobId == 0) (jobId, job) = _find(which, IJobMarket.Phase.Open, false);
        if (jobId != 0) _cancel(job.requester, jobId);
    }

    function expire(uint256 which) external {
        (uint256 jobId,) = _find(which, IJobMarket.Phase.Open, false);
        if (jobId != 0) return _expire("expire open", jobId);
        (jobId,) = _find(which, IJobMarket.Phase.Taken, false);
        if (jobId != 0) _expire("expire taken", jobId);
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
    function wait(uint256 time, bool long) external counted("wait") {
        vm.warp(block.timestamp + (long ? within(time, 1 days, 20 days) : within(time, 1, 200)));
        vm.roll(block.number + 1);
    }

    function _post(address requester, uint256 price, bytes memory input, uint256 takeSeconds, uint256 workSeconds)
        private
        counted("post")
    {
        vm.prank(requester);
        uint256 jobId = MARKET.post{value: price}(modelId, input, uint64(takeSeconds), uint32(workSeconds));
        inputs[jobId] = input;
    }

    mapping(uint256 jobId => bytes) private inputs;

    function _take(address worker, uint256 jobId) private counted("take") {
        vm.prank(worker);
        MARKET.take(jobId);
    }

    function _settle(address worker, uint256 jobId) private counted("settle") {
        bytes memory answer = answerTo(inputs[jobId]);
        vm.prank(worker);
        MARKET.submit(jobId, inputs[jobId], answer);
    }

    function _fail(address worker, uint256 jobId) private counted("fail") {
        bytes memory answer = inputs[jobId];
        vm.prank(worker);
        MARKET.submit(jobId, inputs[jobId], answer);
    }

    function _cancel(address requester, uint256 jobId) private counted("cancel") {
        vm.prank(requester);
        MARKET.cancel(jobId);
    }

    function _expire(bytes32 verb, uint256 jobId) private counted(verb) {
        MARKET.expire(jobId);
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

    /// @dev The first job from `which` on, around the ring, in `phase` and within (or past) its deadline; 0 is none.
    function _find(uint256 which, IJobMarket.Phase phase, bool inTime)
        private
        view
        returns (uint256, IJobMarket.Job memory job)
    {
        uint256 count = MARKET.jobCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 jobId = 1 + (which % count + i) % count;
            job = MARKET.job(jobId);
            uint64 deadline = phase == IJobMarket.Phase.Open ? job.takeBy : job.submitBy;
            if (job.phase == phase && inTime == (block.timestamp <= deadline)) return (jobId, job);
        }
        return (0, job);
    }
}
