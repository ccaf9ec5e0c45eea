// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title Rules that divide what is paid to them
/// @notice A rule names recipients and their shares, and has an account of its own that follows from them: whoever pays that account
/// pays by the rule. A recipient may be another rule's account, to any depth; each is distributed by a call of its own.
/// @dev Nobody has a key of a rule's account, so it signs nothing and withdraws nothing. A rule cannot contain itself, since
/// it would have to contain its own hash.
interface ISplits is ICredits {
    error WrongRecipients(uint256 recipients, uint256 shares, uint256 limit);
    error ZeroShare(uint256 index);
    error WrongSum(uint256 sum, uint256 expected);

    event Distributed(address indexed split, uint256 amount);

    /// @notice Moves the credit of a rule's account to its recipients; what does not divide goes to the first. Anybody may.
    function distribute(address[] calldata recipients, uint16[] calldata shares) external;

    /// @notice A rule's account. Reverts where the rule is none, so that nothing is paid to it.
    /// @param recipients 1 to 16
    /// @param shares of each, basis points, none of them zero, 10,000 together
    function splitOf(address[] calldata recipients, uint16[] calldata shares) external pure returns (address split);
}
