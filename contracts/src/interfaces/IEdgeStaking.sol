// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title TFUEL at stake: edge nodes
/// @notice The rest of the interface is `IStakeBook`'s. The operator of a node is the account that works; its jobs lock of the node's stake
/// what they may cost, and hold it until they close: neither other jobs nor leaving can take it away.
/// @dev What is unstaked backs no work for twice as long as the longest job lives. What moves to another node does at once, and is bound to
/// that one as long. A slashed node below the minimum is not bonded until somebody adds to it: a wei more than is missing, which
/// shares of it round away. One that lost all but a thousandth is closed for good.
interface IEdgeStaking {
    error StakeTooLarge(uint256 stake, uint256 limit);
    error InsufficientFreeStake(address worker, uint256 free, uint256 needed);
    error InsufficientLockedStake(address worker, uint256 locked, uint256 needed);
    error OnlyMarket(address caller);
    /// @notice The account runs no node with the least stake that work takes, or a node in jail.
    error NotBonded(address worker);

    /// @param jobId the market's number: others have it for something else
    event Locked(address indexed worker, uint32 indexed node, uint256 indexed jobId, address market, uint256 amount);
    event Unlocked(address indexed worker, uint32 indexed node, uint256 indexed jobId, address market, uint256 amount);
    event Slashed(
        address indexed worker, uint32 indexed node, uint256 indexed jobId, address market, uint256 amount, uint8 reason
    );

    /// @param node that the worker runs or ran, 0 for none
    /// @param free of its stake, for jobs, wei
    /// @param locked of it, bound to running jobs, wei
    struct Standing {
        uint32 node;
        uint256 free;
        uint256 locked;
    }

    /// @notice Registers a node that the caller runs.
    /// @param owner who may name another operator and set the commission; the caller until it accepts by `acceptOwnership`
    /// @param commission of rewards, basis points, 1,000 at most
    function register(address owner, uint16 commission) external returns (uint32 node);
    /// @notice Adds the sent TFUEL to a node's stake.
    function stake(uint32 node) external payable;
    /// @notice Adds the sent TFUEL to the stake of the caller's own node, and registers one that it owns where it has none.
    function bond() external payable returns (uint32 node);

    /// @notice Market only: binds free stake of the worker's node, which must be bonded, to a job.
    function lock(address worker, uint256 jobId, uint128 amount) external;
    /// @notice Market only: sets locked stake free again.
    function unlock(address worker, uint256 jobId, uint128 amount) external;
    /// @notice Market only: burns locked stake (sent to the burn address, so that supply stays countable).
    function slash(address worker, uint256 jobId, uint128 amount, uint8 reason) external;

    function standingOf(address worker) external view returns (Standing memory);
    /// @notice Whether the account runs a node with the least stake that work takes, and not in jail.
    function isBonded(address worker) external view returns (bool);
    function totalSlashed() external view returns (uint256);
}
