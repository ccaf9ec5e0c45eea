// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What a contract owes, to be fetched
/// @notice Money that becomes somebody's by another's transaction is kept as a credit, so that a receiver that refuses it stops
/// nobody.
interface ICredits {
    error NothingToWithdraw(address account);
    error PayoutFailed(address to, uint256 amount);

    event Credited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, uint256 amount);

    /// @notice Pays the caller all that is credited to it.
    function withdraw() external;

    /// @notice What `withdraw` would pay an account, wei.
    function creditOf(address account) external view returns (uint256);

    /// @notice Σ of credits not yet withdrawn, wei.
    function credited() external view returns (uint256);
}
