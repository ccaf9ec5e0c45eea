// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title WTFUEL: the native currency as a token
/// @notice What WETH9 is to ether, with EIP-2612 permits: send TFUEL or call `deposit` and hold as many tokens; `withdraw` takes
/// TFUEL back for them. One token is one TFUEL, always: no owner, no fee, no pause.
/// @dev Wrapping emits `Deposit` as WETH9 does and `Transfer` from the zero address as ERC-20 asks; so does unwrapping. TFUEL
/// that reaches the contract without a call (a block's fees, a self-destruct) belongs to nobody and stays.
interface IWtfuel {
    /// @notice Tokens sent to the zero address or to this contract would be lost: `withdraw` unwraps.
    error WrongReceiver(address to);
    /// @notice The caller did not take the TFUEL that it withdrew.
    error PayoutFailed(address to, uint256 amount);
    error InsufficientBalance();
    error InsufficientAllowance();
    error InvalidPermit();
    error PermitExpired();
    error TotalSupplyOverflow();

    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);
    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Approval(address indexed owner, address indexed spender, uint256 amount);

    /// @notice As `deposit`.
    receive() external payable;
    /// @notice Wraps what is sent, for the caller.
    function deposit() external payable;
    /// @notice Unwraps `wad` of the caller's tokens, to the caller.
    function withdraw(uint256 wad) external;

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 amount) external returns (bool);
    function transfer(address to, uint256 amount) external returns (bool);
    /// @notice An owner needs no allowance for its own tokens, and one of 2^256 - 1 is never used up: both as in WETH9.
    function transferFrom(address from, address to, uint256 amount) external returns (bool);

    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function nonces(address owner) external view returns (uint256);
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
}
