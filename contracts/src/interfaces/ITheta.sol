// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title THETA: governance and staking
/// @notice ERC-20 with permit (EIP-2612) and votes (ERC-5805, ERC-6372 by block number). The supply is fixed at
/// 1,000,000,000e18 and lies with one holder at genesis.
/// THETA at stake (`IStaking`) votes as if its owner held it.
/// @dev Votes follow delegation; an account that never delegated, to itself or to others, has none.
interface ITheta {
    /// @notice Tokens cannot be destroyed, so the zero address cannot receive them.
    error TransferToZero();
    /// @notice THETA is staked by `IStaking.stake`; sent there, it would be lost.
    error NotStakedByTransfer();
    error OnlyStaking(address caller);
    error InsufficientBalance();
    error InsufficientAllowance();
    error InvalidPermit();
    error PermitExpired();
    error ERC5805FutureLookup();
    error ERC5805DelegateSignatureExpired();
    error ERC5805DelegateInvalidSignature();
    error ERC5805CheckpointIndexOutOfBounds();

    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Approval(address indexed owner, address indexed spender, uint256 amount);
    event DelegateChanged(address indexed delegator, address indexed from, address indexed to);
    event DelegateVotesChanged(address indexed delegate, uint256 oldValue, uint256 newValue);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 amount) external returns (bool);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);

    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function nonces(address owner) external view returns (uint256);
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;

    function clock() external view returns (uint48);
    function CLOCK_MODE() external view returns (string memory);
    function delegates(address delegator) external view returns (address);
    function delegate(address delegatee) external;
    function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external;
    function getVotes(address account) external view returns (uint256);
    function getPastVotes(address account, uint256 timepoint) external view returns (uint256);
    /// @notice The supply at a past block; it never changes. (ERC-5805's name.)
    function getPastTotalSupply(uint256 timepoint) external view returns (uint256);
    /// @notice Takes `amount` of the votes of THETA that `owner` had at stake and has no more. Only the staking contract.
    function forfeit(address owner, uint256 amount) external;
    function checkpointCount(address account) external view returns (uint256);
    function checkpointAt(address account, uint256 i) external view returns (uint48 since, uint256 votes);
}
