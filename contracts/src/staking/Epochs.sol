// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibCall} from "solady/utils/LibCall.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {IStaking} from "../interfaces/IStaking.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Its parts cannot keep each other from running: what one does may fail, by a governed change say, and the chain goes on. So each
/// has gas of its own, well above its worst case (a test measures those) and all together below what a block's beginning has; and of what
/// one says when it fails no more than `REASON_MAX` is read, since copying and logging that is paid by all.
contract Epochs is IEpochs {
    using SafeCast for uint256;

    /// @dev For each of the at most four certificates that a block carries (CHAIN.md C2).
    uint256 private constant INCLUDE_GAS = 200_000;
    uint256 private constant JUDGE_GAS = 5_000_000;
    uint256 private constant ELECT_GAS = 6_200_000;
    /// @dev Only after an election that failed.
    uint256 private constant KEEP_GAS = 4_000_000;
    uint256 private constant ADVANCE_GAS = 10_000_000;
    uint256 private constant RELEASE_GAS = 1_000_000;
    uint256 private constant READ_GAS = 100_000;
    uint16 private constant REASON_MAX = 256;

    /// @dev Written by genesis.
    uint64 public length;
    mapping(uint32 epoch => Rules) private _rules;
    /// @dev Kept at block 1, the first that can ask for it.
    bytes32 public genesisHash;

    function begin(Included[] calldata certificates) external {
        if (msg.sender != Predeploys.SYSTEM) revert OnlySystem(msg.sender);
        for (uint256 i = 0; i < certificates.length; ++i) {
            bytes memory call = abi.encodeCall(ICommittee.include, (certificates[i].epoch, certificates[i].seats));
            _attempt(1, Predeploys.COMMITTEE, INCLUDE_GAS, call);
        }
        if (block.number == 1 || block.number % length == 0) _enter(current());
        _attempt(3, Predeploys.STAKING, ADVANCE_GAS, abi.encodeCall(IStaking.advance, ()));
        uint256 interval = _rules[current()].checkpointInterval;
        if (interval != 0 && block.number % interval == 1) {
            _attempt(4, Predeploys.REWARDS, RELEASE_GAS, abi.encodeCall(IRewards.release, ()));
        }
    }

    function rulesOf(uint32 epoch) external view returns (Rules memory) {
        return _rules[epoch];
    }

    function checkpointsAt(uint64 height) external view returns (uint32 epoch, uint32 interval) {
        epoch = uint256(height / length).toUint32();
        interval = _rules[epoch].checkpointInterval;
    }

    function rulesNow() external view returns (Rules memory) {
        return Rules(
            _valueOf(IParameters.Parameter.GasLimit).toUint64(),
            _valueOf(IParameters.Parameter.BlockTimeMs).toUint32(),
            _valueOf(IParameters.Parameter.HeartbeatMs).toUint32(),
            _valueOf(IParameters.Parameter.BaseFeeFloor).toUint64(),
            _valueOf(IParameters.Parameter.CheckpointInterval).toUint32()
        );
    }

    function current() public view returns (uint32) {
        return (block.number / length).toUint32();
    }

    /// @dev Genesis had nobody elect the committee of epoch 0.
    function _enter(uint32 epoch) private {
        if (block.number == 1) {
            genesisHash = blockhash(0);
            _follow(0);
            _elect(0);
        }
        _follow(epoch + 1);
        if (epoch > 1) {
            _attempt(2, Predeploys.COMMITTEE, JUDGE_GAS, abi.encodeCall(ICommittee.judge, (epoch - 2)));
        }
        _elect(epoch + 1);
        _attempt(4, Predeploys.REWARDS, RELEASE_GAS, abi.encodeCall(IRewards.begin, (epoch)));
    }

    function _elect(uint32 epoch) private {
        if (_attempt(2, Predeploys.COMMITTEE, ELECT_GAS, abi.encodeCall(ICommittee.elect, (epoch)))) return;
        // Nobody was elected before, and there are two to elect.
        if (block.number == 1) return;
        _attempt(2, Predeploys.COMMITTEE, KEEP_GAS, abi.encodeCall(ICommittee.keep, (epoch)));
    }

    /// @dev A call of its own, so that whatever is wrong with what it reads ends there.
    function _follow(uint32 epoch) private {
        bytes memory call = abi.encodeCall(IEpochs.rulesNow, ());
        (bool done,, bytes memory answer) = LibCall.tryStaticCall(address(this), READ_GAS, REASON_MAX, call);
        if (done) {
            _rules[epoch] = abi.decode(answer, (Rules));
        } else {
            if (epoch != 0) _rules[epoch] = _rules[epoch - 1];
            emit PartFailed(5, answer);
        }
    }

    function _valueOf(IParameters.Parameter parameter) private view returns (uint256) {
        return IParameters(Predeploys.PARAMETERS).valueOf(parameter);
    }

    function _attempt(uint8 part, address target, uint256 gas, bytes memory call) private returns (bool done) {
        bytes memory reason;
        (done,, reason) = LibCall.tryCall(target, 0, gas, REASON_MAX, call);
        if (!done) emit PartFailed(part, reason);
    }
}
