// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GuardWorld} from "../GuardWorld.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "../Vm.sol";

/// @dev Validators, guardians and whoever settles, in any order that the heights of blocks allow. It keeps books of its own: which epochs
/// had a checkpoint, what each was settled for, and who was. Each verb does nothing where it could only be refused.
contract Watch is GuardWorld {
    uint32[] public epochs;
    mapping(uint32 epoch => uint256) public settled;
    mapping(uint32 epoch => uint256) public paidToSeats;
    /// @dev What a pot had when it was settled first: none gets more after that.
    mapping(uint32 epoch => uint256) public potWhenSettled;
    mapping(bytes32 verb => uint256) public done;
    uint256 public claimed;

    uint64 private _height;
    mapping(uint32 epoch => bool) private _seen;
    mapping(uint32 epoch => bool) private _seatsPaid;
    mapping(uint32 epoch => mapping(uint256 place => bool)) private _paid;

    modifier counted(bytes32 verb) {
        _;
        ++done[verb];
    }

    function setUp() public override {
        super.setUp();
        vm.fee(1 gwei);
        _height = EPOCH * LENGTH;
        _see(0);
        _see(1);
    }

    /// @dev The next checkpoint, mostly with everybody in it, and always with the first validator: of a committee all in jail the seats stay,
    /// and `wait` skips elections that would hand them on.
    function checkpoint(uint256 seats, uint256 signers) external {
        uint64 height = _next(_height);
        uint64 boundary = (_height / LENGTH + 1) * LENGTH;
        if (height >= boundary) height = _next(boundary);
        _pass(height);
        _see(uint32(height / LENGTH));
        // More certificates than a block has, so that an epoch of few checkpoints is judged.
        begun(height, 16 + seats % 2, seats % 4 == 0 ? uint32(seats >> 8) & 0x0f | 1 : 0x0f);
        past(height);
        _height = height + 1;
        ++done["checkpoint"];
        uint256 kind = signers % 8;
        if (kind == 0) return;
        submitted(ALICE, height, kind == 1 ? MORE : kind == 2 ? bytes(hex"07") : ALL);
        ++done["submit"];
        if (kind != 1) return;
        extended(ALICE, height, MORE, hex"0b");
        ++done["extend"];
    }

    /// @dev Blocks without anything, to the next epoch or far.
    function wait(uint256 count) external counted("wait") {
        _pass((_height / LENGTH + (count % 8 == 0 ? 33 : 1)) * LENGTH);
    }

    function settleSeats(uint256 which) external {
        uint32 epoch = _settling(which);
        if (epoch == 0) return;
        bool before = _seatsPaid[epoch];
        _seatsPaid[epoch] = true;
        uint256 held = Predeploys.STAKING.balance;
        REWARDS.settleSeats(epoch);
        uint256 paid = Predeploys.STAKING.balance - held;
        holds(!before || paid == 0, "seats are paid once");
        settled[epoch] += paid;
        paidToSeats[epoch] += paid;
        _keep(epoch);
        if (paid != 0) ++done["settleSeats"];
    }

    function settlePlaces(uint256 which, uint256 from, uint256 count) external {
        uint32 epoch = _settling(which);
        if (epoch == 0 || REWARDS.samplesOf(epoch).length == 0) return;
        from %= 4;
        count = within(count, 1, 4 - from);
        uint256 held = Predeploys.STAKING.balance;
        REWARDS.settlePlaces(epoch, samplesOf(epoch), presences(from, count));
        uint256 paid = Predeploys.STAKING.balance - held;
        uint256 fresh;
        for (uint256 place = from; place < from + count; ++place) {
            if (_paid[epoch][place]) continue;
            _paid[epoch][place] = true;
            ++fresh;
            holds(presenceOf(epoch, place) != 0 || count != 1 || paid == 0, "presence is what is paid");
        }
        holds(fresh != 0 || paid == 0, "places are paid once");
        settled[epoch] += paid;
        _keep(epoch);
        if (paid != 0) ++done["settlePlaces"];
    }

    function sweep(uint256 which) external {
        uint32 epoch = epochs[which % epochs.length];
        IRewards.Pot memory pot = REWARDS.potOf(epoch);
        if (uint256(pot.theta) + pot.edge == pot.paid || EPOCHS.current() < epoch + 33) return;
        REWARDS.sweep(epoch);
        ++done["sweep"];
    }

    function claim(uint256 who) external {
        address operator = who % 8 < 4 ? validator(who % 4) : guardian(who % 4);
        uint32 node = nodeOf(operator);
        if (STAKING.positionOf(node, operator).reward == 0) return;
        uint256 before = operator.balance;
        vm.prank(operator);
        STAKING.claim(node);
        claimed += operator.balance - before;
        ++done["claim"];
    }

    /// @dev For who is in jail, its freedom as soon as it can be.
    function unjail(uint256 who) external {
        address operator = validator(who % 4);
        uint32 node = nodeOf(operator);
        uint40 until = STAKING.describe(node).jailedUntil;
        if (until == 0 || block.timestamp < until) return;
        vm.prank(operator);
        STAKING.unjail(node);
        ++done["unjail"];
    }

    function vote(uint256 interval, uint256 samples) external counted("vote") {
        voted(IParameters.Parameter.CheckpointInterval, 50 * within(interval, 1, 4));
        voted(IParameters.Parameter.PresenceSamples, within(samples, 1, 32));
    }

    function visited() external view returns (uint256) {
        return epochs.length;
    }

    function _keep(uint32 epoch) private {
        if (potWhenSettled[epoch] == 0) potWhenSettled[epoch] = REWARDS.potOf(epoch).theta;
    }

    /// @dev The first checkpoint above `from` by the rules of its epoch.
    function _next(uint64 from) private view returns (uint64 height) {
        uint64 interval = EPOCHS.rulesOf(uint32(from / LENGTH)).checkpointInterval;
        return (from + interval - 1) / interval * interval + 1;
    }

    function _pass(uint64 height) private {
        uint64 epoch = _height / LENGTH + 1;
        // Of many epochs without anything the last three do.
        if (height / LENGTH > epoch + 2) epoch = height / LENGTH - 2;
        for (; epoch <= height / LENGTH; ++epoch) {
            begun(epoch * LENGTH, 0, 0);
        }
        if (height > _height) _height = height;
    }

    function _see(uint32 epoch) private {
        if (_seen[epoch]) return;
        _seen[epoch] = true;
        epochs.push(epoch);
    }

    /// @dev One of the latest epochs, if it can be settled; 0 for none.
    function _settling(uint256 which) private view returns (uint32 epoch) {
        uint256 latest = epochs.length < 6 ? epochs.length : 6;
        epoch = epochs[epochs.length - 1 - which % latest];
        uint32 current = EPOCHS.current();
        if (epoch < EPOCH || current < epoch + 2 || current > epoch + 32) return 0;
    }
}
