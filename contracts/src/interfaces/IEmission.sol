// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title The emission reserve
/// @notice Holds the TFUEL that genesis set aside and lets it go by schedule: so much a second of block time to stakers of
/// THETA, so much to edge nodes, at rates that votes set within bounds. Nothing mints; when the reserve is empty, rewards
/// are fees alone.
/// @dev The time since the last release is paid for at the rates that were in force when it began, all of it: a late release,
/// or one after a halt, releases what a punctual one would have, and what nobody earned `giveBack` returns. Where the reserve
/// is short, the streams share it by their rates, and what is missing is not owed later.
interface IEmission {
    /// @notice The caller is not the contract of rewards, nor, where it gives back, that of edge nodes' rewards.
    error OnlyRewards(address caller);
    /// @notice The caller is not the contract of checkpoints.
    error OnlyCheckpoints(address caller);
    error PayoutFailed(address to, uint256 amount);

    /// @param elapsed seconds that were paid for
    event Released(uint256 thetaAmount, uint256 edgeAmount, uint256 elapsed);
    /// @notice What is released from now on, wei a second.
    event RatesTaken(uint256 theta, uint256 edge);
    event Refunded(address indexed to, uint256 amount);
    /// @notice `to` did not take it; it stays in the reserve.
    event RefundRefused(address indexed to, uint256 amount);
    event GivenBack(uint256 amount);

    /// @param theta to stakers of THETA, wei a second
    /// @param edge to edge nodes, wei a second
    /// @param since when they began to count, which is the time of the last release; 0 before the first
    struct Rates {
        uint96 theta;
        uint96 edge;
        uint64 since;
    }

    /// @notice Sends the contract of rewards what is due, and takes the rates of the time from now on. Only that contract.
    /// The first call starts the clock.
    function release() external returns (uint256 thetaAmount, uint256 edgeAmount);

    /// @notice Pays who submitted a checkpoint's certificate for its gas: as much of `amount` as `refundable` allows. Only the
    /// contract of checkpoints. It does not revert for want of money or because `to` refuses: a certificate matters more.
    /// @return paid 0 where `to` refused
    function refund(address to, uint256 amount) external returns (uint256 paid);

    /// @notice Takes back what was released and nobody earned. Only the two contracts of rewards.
    function giveBack() external payable;

    /// @notice What `release` would send now.
    function due() external view returns (uint256 thetaAmount, uint256 edgeAmount);
    /// @notice In force since the last release.
    function rates() external view returns (Rates memory);
    /// @notice So far, to stakers of THETA and to edge nodes.
    function released() external view returns (uint256 theta, uint256 edge);
    /// @notice Refunds so far.
    function refunded() external view returns (uint256);
    /// @notice What was given back so far.
    function givenBack() external view returns (uint256);
    /// @notice The most that a refund can be now.
    function refundable() external view returns (uint256);

    /// @notice The most that one refund pays.
    function REFUND_MAX() external view returns (uint256);
    /// @notice What refunds can use up at once, and what they can use in each day after that.
    function REFUNDS_PER_DAY() external view returns (uint256);
}
