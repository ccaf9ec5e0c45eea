// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Bonds of edge workers, in TFUEL
/// @notice A worker's stake is free, locked to jobs, or unbonding. Only free stake can be locked or begin to unbond, and
/// only locked stake can be slashed: a job locks its own bond when it is taken and holds it until it closes, so neither
/// other jobs nor leaving can take away what it may cost.
/// @dev Unbonding takes time so that changing identity does: what leaves backs no work, under this key or another, for
/// twice as long as the longest job lives.
interface IEdgeStaking {
    error NothingSent();
    error StakeTooLarge(uint256 stake, uint256 limit);
    error InsufficientFreeStake(address worker, uint256 free, uint256 needed);
    error InsufficientLockedStake(address worker, uint256 locked, uint256 needed);
    error ZeroAmount();
    error BelowMinimum(uint256 left, uint256 minimum);
    error StillUnbonding(uint64 until);
    error NothingUnbonding();
    error OnlyMarket(address caller);
    error PayoutFailed(address to, uint256 amount);

    event Bonded(address indexed worker, uint256 amount, uint256 stake);
    event UnbondingStarted(address indexed worker, uint256 amount, uint64 until);
    event Unbonded(address indexed worker, uint256 amount);
    event Locked(address indexed worker, uint256 indexed jobId, uint256 amount);
    event Unlocked(address indexed worker, uint256 indexed jobId, uint256 amount);
    event Slashed(address indexed worker, uint256 indexed jobId, uint256 amount, uint8 reason);

    /// @param free available for jobs, wei
    /// @param locked bound to running jobs, wei
    /// @param unbonding leaving; it backs no work and cannot be slashed, wei
    /// @param until Unix seconds from which `unbonding` can be withdrawn
    struct Stake {
        uint128 free;
        uint128 locked;
        uint128 unbonding;
        uint64 until;
    }

    /// @notice Adds the sent TFUEL to the caller's free stake. The total is between `MIN_STAKE` and `MAX_STAKE`.
    function bond() external payable;
    /// @notice Starts unbonding `amount` of free stake; a second call adds to it and restarts the period.
    function unbond(uint128 amount) external;
    /// @notice Pays out what has finished unbonding.
    function withdraw() external;

    /// @notice Market only: binds free stake of `worker` to a job.
    function lock(address worker, uint256 jobId, uint128 amount) external;
    /// @notice Market only: sets locked stake free again.
    function unlock(address worker, uint256 jobId, uint128 amount) external;
    /// @notice Market only: burns locked stake (sent to the burn address, so that supply stays countable).
    function slash(address worker, uint256 jobId, uint128 amount, uint8 reason) external;

    function stakeOf(address worker) external view returns (Stake memory);
    function totalStake() external view returns (uint256);
    function totalSlashed() external view returns (uint256);
    function isBonded(address worker) external view returns (bool);
    function MIN_STAKE() external view returns (uint256);
    function MAX_STAKE() external view returns (uint256);
    function UNBONDING_SECONDS() external view returns (uint64);
}
