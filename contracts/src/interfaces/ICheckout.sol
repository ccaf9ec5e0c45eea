// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What a sale of tokens pays, and to whom
/// @notice Of each price the protocol takes a hundredth, the creator its royalty (ERC-2981), the seller the rest. TFUEL is pushed with little gas,
/// and credited to whoever does not take it (`ICredits`); so are tokens of a currency that an account cannot receive. Nothing is
/// paid to anybody for trading: fees of TFUEL and WTFUEL are burned by the share that votes set, and the rest goes to the pot
/// of edge nodes, which trades have no part in; fees in other currencies go to governance.
/// @dev A currency is an ERC-20 token, or 0 for TFUEL. Besides WTFUEL, those that votes listed: tokens that move what they are told, all of it.
interface ICheckout {
    error CurrencyNotListed(address currency);
    /// @notice The token asks for a royalty above what the seller agreed to.
    error RoyaltyAbove(address token, uint256 id, uint256 royalty, uint256 most);
    error NotEnoughSent(uint256 price, uint256 sent);
    error NoTokensToWithdraw(address currency, address account);

    /// @notice Fees were passed on. Of a currency that is no TFUEL, `shared` went to governance.
    event DuesPassedOn(address indexed currency, uint256 burned, uint256 shared);
    event TokensCredited(address indexed currency, address indexed account, uint256 amount);
    event TokensWithdrawn(address indexed currency, address indexed account, uint256 amount);

    /// @notice Passes on the fees that gathered in a currency. Anybody may.
    function passOn(address currency) external;
    /// @notice Pays the caller what of a currency is credited to it.
    function withdrawTokens(address currency) external;

    /// @notice Of a price, what the protocol takes.
    function feeFor(uint256 price) external pure returns (uint256);
    /// @notice Fees that gathered.
    function duesIn(address currency) external view returns (uint256);
    function tokenCreditOf(address currency, address account) external view returns (uint256);
}
