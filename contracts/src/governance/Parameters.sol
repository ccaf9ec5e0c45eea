// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Genesis values and bounds are code, so genesis plants nothing. Whoever changes one here changes a rule of the chain:
/// that takes an upgrade (`IUpgrades`), where a value within the bounds takes a vote.
contract Parameters is IParameters {
    uint256 private constant COUNT = uint256(type(Parameter).max) + 1;

    /// @dev Plus one, so that zero is a parameter that no vote set. Slot 0, so that parameter number n is at
    /// keccak256(n ‖ 0), 32 bytes each: a test pins it for readers of storage.
    mapping(Parameter parameter => uint256) private _set;

    function set(Parameter parameter, uint256 value) external {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        Bounded memory genesis = _genesis(parameter);
        if (value < genesis.least || value > genesis.most) {
            revert OutOfBounds(parameter, value, genesis.least, genesis.most);
        }
        uint256 before = valueOf(parameter);
        _set[parameter] = value + 1;
        _checkPairs();
        emit ParameterSet(parameter, before, value);
    }

    function boundsOf(Parameter parameter) external view returns (Bounded memory bounds) {
        bounds = _genesis(parameter);
        bounds.value = valueOf(parameter);
    }

    function all() external view returns (uint256[] memory values) {
        values = new uint256[](COUNT);
        for (uint256 i = 0; i < COUNT; ++i) {
            values[i] = valueOf(Parameter(i));
        }
    }

    function valueOf(Parameter parameter) public view returns (uint256 value) {
        uint256 plusOne = _set[parameter];
        return plusOne == 0 ? _genesis(parameter).value : plusOne - 1;
    }

    /// @dev What bounds of one parameter alone cannot say.
    function _checkPairs() private view {
        (uint256 blockTime, uint256 heartbeat) = (valueOf(Parameter.BlockTimeMs), valueOf(Parameter.HeartbeatMs));
        if (blockTime > heartbeat) revert HeartbeatBelowBlockTime(blockTime, heartbeat);
        (uint256 least, uint256 most) = (valueOf(Parameter.EdgeStakeMin), valueOf(Parameter.EdgeStakeMax));
        if (least > most) revert StakeMinAboveMax(least, most);
        (uint256 perOwner, uint256 seats) = (valueOf(Parameter.SeatsPerOwner), valueOf(Parameter.CommitteeSeats));
        if (perOwner * 3 >= seats) revert SeatsPerOwnerTooMany(perOwner, seats);
    }

    /// @dev What genesis begins with, the least and the most. In six parts, so that no lookup compares with all.
    function _genesis(Parameter parameter) private pure returns (Bounded memory) {
        if (parameter <= Parameter.UnionWindow) return _ofBlocks(parameter);
        if (parameter <= Parameter.BurnShare) return _ofMoney(parameter);
        if (parameter <= Parameter.EdgeUnbonding) return _ofStakes(parameter);
        if (parameter <= Parameter.PresenceSamples) return _ofNodes(parameter);
        if (parameter <= Parameter.TimelockDelay) return _ofVotes(parameter);
        return _ofCapacity(parameter);
    }

    function _ofBlocks(Parameter parameter) private pure returns (Bounded memory) {
        // The dearest instructions run at about 60 Mgas a second, and a leader has 3 seconds, half of them to execute.
        if (parameter == Parameter.GasLimit) return Bounded(90_000_000, 30_000_000, 90_000_000);
        if (parameter == Parameter.BlockTimeMs) return Bounded(200, 50, 2000);
        // Below the leader's timeout of 3 seconds by what a message may take; else every empty view would be given up.
        if (parameter == Parameter.HeartbeatMs) return Bounded(1000, 200, 2500);
        // EIP-1559's own floor: an eighth of 7 is 0, so no fee falls below.
        if (parameter == Parameter.BaseFeeFloor) return Bounded(7, 7, 10_000 gwei);
        if (parameter == Parameter.CheckpointInterval) return Bounded(100, 20, 1000);
        return Bounded(25, 5, 200);
    }

    function _ofMoney(Parameter parameter) private pure returns (Bounded memory) {
        // At most twice Theta's rate: 50 years of the reserve.
        if (parameter == Parameter.ThetaEmission) return Bounded(8e18, 0, 16e18);
        if (parameter == Parameter.EdgeEmission) return Bounded(6.33e18, 0, 12.66e18);
        // A job that somebody posts to themselves has to cost what it earns, so a vote can burn more and never less.
        return Bounded(2500, 2500, 10_000);
    }

    function _ofStakes(Parameter parameter) private pure returns (Bounded memory) {
        if (parameter == Parameter.ValidatorStakeMin) return Bounded(200_000e18, 50_000e18, 1_000_000e18);
        if (parameter == Parameter.GuardianStakeMin) return Bounded(1000e18, 100e18, 10_000e18);
        if (parameter == Parameter.EdgeStakeMin) return Bounded(10_000e18, 1000e18, 100_000e18);
        if (parameter == Parameter.EdgeStakeMax) return Bounded(500_000e18, 100_000e18, 5_000_000e18);
        if (parameter == Parameter.ThetaUnbonding) return Bounded(7 days, 2 days, 28 days);
        // Twice the longest job and its disputes is the least: stake must not leave before what it answers for is judged.
        return Bounded(16 days, 16 days, 60 days);
    }

    function _ofNodes(Parameter parameter) private pure returns (Bounded memory) {
        // Four is the fewest that stand one fault; thirty-one is what certificates and their evidence are sized for.
        if (parameter == Parameter.CommitteeSeats) return Bounded(31, 4, 31);
        if (parameter == Parameter.SeatsPerOwner) return Bounded(3, 1, 10);
        if (parameter == Parameter.LivenessMin) return Bounded(5000, 1000, 9000);
        if (parameter == Parameter.JailSeconds) return Bounded(1 hours, 10 minutes, 7 days);
        // A fork takes a third of the seats, each with as little as the least stake, so a seat has to lose much of it. Not all:
        // an operator's accident looks the same, and delegators pay too. At least what Cosmos takes.
        if (parameter == Parameter.EquivocationSlash) return Bounded(3000, 500, 10_000);
        // Downtime is rarely malice; jail, which earns nothing, is most of the penalty.
        if (parameter == Parameter.DowntimeSlash) return Bounded(10, 0, 500);
        // A tenth at most: who reports himself must not get much of it back.
        if (parameter == Parameter.ReporterShare) return Bounded(500, 0, 1000);
        return Bounded(8, 1, 32);
    }

    /// @dev Blocks come every second without transactions and every fifth of a second with many, so that a week of blocks lasts
    /// from 34 hours to 7 days.
    function _ofVotes(Parameter parameter) private pure returns (Bounded memory) {
        // Time to find the proposal and think. Never none: nobody votes in the block in which he proposes.
        if (parameter == Parameter.VotingDelay) return Bounded(86_400, 3600, 604_800);
        if (parameter == Parameter.VotingPeriod) return Bounded(604_800, 86_400, 6_048_000);
        if (parameter == Parameter.ProposalThreshold) return Bounded(1_000_000e18, 10_000e18, 10_000_000e18);
        if (parameter == Parameter.Quorum) return Bounded(400, 200, 3000);
        return Bounded(2 days, 1 days, 30 days);
    }

    /// @dev What a machine of the class that edge nodes are to have does in most of 30 seconds; faster ones come every year.
    function _ofCapacity(Parameter parameter) private pure returns (Bounded memory) {
        // The most that the precompile takes; a product of the least is a moment's work of one core.
        if (parameter == Parameter.CapacitySize) return Bounded(8192, 256, 32_768);
        // Their roots are calldata, 32 bytes each.
        return Bounded(64, 1, 256);
    }
}
