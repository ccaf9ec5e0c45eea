// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Emission} from "../../src/rewards/Emission.sol";
import {IParameters} from "../../src/interfaces/IParameters.sol";
import {Predeploys} from "../../src/types/Predeploys.sol";
import {vm, within} from "../Vm.sol";

/// @dev The contracts of rewards and of checkpoints, and the votes that set rates, in any order and at any pace. It keeps
/// books of its own: second by second what the schedule allows, and what each call said it paid.
contract Payroll {
    Emission private constant EMISSION = Emission(Predeploys.EMISSION);
    uint256 private constant START = 1_800_000_000;

    uint256 public immutable INITIAL;
    uint256 public scheduledTheta;
    uint256 public scheduledEdge;
    uint256 public paidTheta;
    uint256 public paidEdge;
    uint256 public paidRefunds;
    uint256 public returned;
    mapping(bytes32 verb => uint256) public done;

    uint256 private _used;
    uint256 private _usedSince;
    uint256 private _theta = 8e18;
    uint256 private _edge = 6_333_333_333_333_333_333;
    /// @dev In force: the ones that the last release took.
    uint256 private _thetaTaken;
    uint256 private _edgeTaken;

    constructor(uint256 initial) {
        INITIAL = initial;
        vm.warp(START);
        vm.etch(Predeploys.EMISSION, address(new Emission()).code);
        vm.deal(Predeploys.EMISSION, initial);
        _mockRates();
    }

    function release() external {
        vm.prank(Predeploys.REWARDS);
        (uint256 theta, uint256 edge) = EMISSION.release();
        (_thetaTaken, _edgeTaken) = (_theta, _edge);
        paidTheta += theta;
        paidEdge += edge;
        if (theta != 0) ++done["release"];
    }

    function refund(uint256 who, uint256 amount) external {
        _refund(who, within(amount, 0, 20e18));
    }

    /// @dev Now and then all that a day allows, which refunds one by one never come near.
    function spend(uint256 rare) external {
        if (rare % 16 != 0) return;
        for (uint256 i = 0; i < 1010; ++i) {
            if (_refund(i, 10e18) < 10e18) break;
        }
        ++done["spend"];
    }

    function giveBack(uint256 amount) external {
        amount = within(amount, 0, Predeploys.REWARDS.balance);
        vm.prank(Predeploys.REWARDS);
        EMISSION.giveBack{value: amount}();
        returned += amount;
        if (amount != 0) ++done["giveBack"];
    }

    function setRates(uint256 theta, uint256 edge) external {
        (_theta, _edge) = (within(theta, 0, 10e18), within(edge, 0, 10e18));
        _mockRates();
        ++done["setRates"];
    }

    /// @dev Mostly seconds, now and then months.
    function wait(uint256 time, bool long) external {
        time = long ? within(time, 1 days, 90 days) : within(time, 1, 200);
        vm.warp(block.timestamp + time);
        scheduledTheta += _thetaTaken * time;
        scheduledEdge += _edgeTaken * time;
        ++done["wait"];
    }

    /// @dev Of the day's refunds, what has not come back yet.
    function used() public view returns (uint256) {
        uint256 refilled = (block.timestamp - _usedSince) * EMISSION.REFUNDS_PER_DAY() / 1 days;
        return _used > refilled ? _used - refilled : 0;
    }

    function elapsed() external view returns (uint256) {
        return block.timestamp - START;
    }

    function receiver(uint256 who) public pure returns (address) {
        return address(uint160(0xc0de0000 + who % 4));
    }

    function _refund(uint256 who, uint256 amount) private returns (uint256 paid) {
        vm.prank(Predeploys.CHECKPOINTS);
        paid = EMISSION.refund(receiver(who), amount);
        // Where nothing is paid nothing is written, and what came back is not rounded down.
        if (paid != 0) (_used, _usedSince) = (used() + paid, block.timestamp);
        paidRefunds += paid;
        if (paid != 0) ++done["refund"];
    }

    function _mockRates() private {
        _mock(IParameters.Parameter.ThetaEmission, _theta);
        _mock(IParameters.Parameter.EdgeEmission, _edge);
    }

    function _mock(IParameters.Parameter parameter, uint256 value) private {
        vm.mockCall(Predeploys.PARAMETERS, abi.encodeCall(IParameters.valueOf, (parameter)), abi.encode(value));
    }
}
