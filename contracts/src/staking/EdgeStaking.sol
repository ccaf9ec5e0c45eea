// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract EdgeStaking is IEdgeStaking {
    using SafeCast for uint256;

    uint256 public constant MIN_STAKE = 10_000e18;
    uint256 public constant MAX_STAKE = 500_000e18;
    /// @dev Twice the longest life of a job (7 days open, 1 day taken).
    uint64 public constant UNBONDING_SECONDS = 16 days;

    uint256 public totalStake;
    uint256 public totalSlashed;
    mapping(address worker => Stake) private _stakes;

    modifier onlyMarket() {
        if (msg.sender != Predeploys.JOB_MARKET) revert OnlyMarket(msg.sender);
        _;
    }

    function bond() external payable {
        if (msg.value == 0) revert NothingSent();
        Stake storage stake = _stakes[msg.sender];
        // What is unbonding counts towards the maximum only: it is still here, but no longer backs work.
        uint256 active = _active(stake) + msg.value;
        if (active < MIN_STAKE) revert BelowMinimum(active, MIN_STAKE);
        uint256 whole = active + stake.unbonding;
        if (whole > MAX_STAKE) revert StakeTooLarge(whole, MAX_STAKE);

        stake.free += msg.value.toUint128();
        totalStake += msg.value;
        emit Bonded(msg.sender, msg.value, whole);
    }

    function unbond(uint128 amount) external {
        if (amount == 0) revert ZeroAmount();
        Stake storage stake = _stakes[msg.sender];
        if (stake.free < amount) revert InsufficientFreeStake(msg.sender, stake.free, amount);
        uint256 left = _active(stake) - amount;
        if (left != 0 && left < MIN_STAKE) revert BelowMinimum(left, MIN_STAKE);

        uint64 until = uint64(block.timestamp) + UNBONDING_SECONDS;
        stake.free -= amount;
        stake.unbonding += amount;
        stake.until = until;
        emit UnbondingStarted(msg.sender, amount, until);
    }

    function withdraw() external {
        Stake storage stake = _stakes[msg.sender];
        uint128 amount = stake.unbonding;
        if (amount == 0) revert NothingUnbonding();
        if (block.timestamp < stake.until) revert StillUnbonding(stake.until);

        stake.unbonding = 0;
        stake.until = 0;
        totalStake -= amount;
        emit Unbonded(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    function lock(address worker, uint256 jobId, uint128 amount) external onlyMarket {
        Stake storage stake = _stakes[worker];
        if (stake.free < amount) revert InsufficientFreeStake(worker, stake.free, amount);
        stake.free -= amount;
        stake.locked += amount;
        emit Locked(worker, jobId, amount);
    }

    function unlock(address worker, uint256 jobId, uint128 amount) external onlyMarket {
        Stake storage stake = _stakes[worker];
        if (stake.locked < amount) revert InsufficientLockedStake(worker, stake.locked, amount);
        stake.locked -= amount;
        stake.free += amount;
        emit Unlocked(worker, jobId, amount);
    }

    function slash(address worker, uint256 jobId, uint128 amount, uint8 reason) external onlyMarket {
        Stake storage stake = _stakes[worker];
        if (stake.locked < amount) revert InsufficientLockedStake(worker, stake.locked, amount);
        stake.locked -= amount;
        totalStake -= amount;
        totalSlashed += amount;
        emit Slashed(worker, jobId, amount, reason);
        _pay(Predeploys.BURN, amount);
    }

    function stakeOf(address worker) external view returns (Stake memory) {
        return _stakes[worker];
    }

    /// @dev A slashed worker below the minimum is not bonded until it tops up.
    function isBonded(address worker) external view returns (bool) {
        return _active(_stakes[worker]) >= MIN_STAKE;
    }

    function _active(Stake storage stake) private view returns (uint256) {
        return uint256(stake.free) + stake.locked;
    }

    /// @dev The only place where money leaves.
    function _pay(address to, uint256 amount) private {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert PayoutFailed(to, amount);
    }
}
