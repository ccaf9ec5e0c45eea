// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibCall} from "solady/utils/LibCall.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
import {Credits} from "../jobs/Credits.sol";
import {ICheckout} from "../interfaces/ICheckout.sol";
import {ICreation} from "../interfaces/ICreation.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IWtfuel} from "../interfaces/IWtfuel.sol";
import {Predeploys} from "../types/Predeploys.sol";

/// @dev Whoever pays has approved this contract for a currency, or the money lies here already: TFUEL always, and what is in escrow. Ask for
/// royalties first: whoever leaves that call too little gas has none left to move and pay anything.
abstract contract Checkout is ICheckout, Credits {
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);
    IWtfuel private constant WTFUEL = IWtfuel(payable(Predeploys.WTFUEL));

    address internal constant TFUEL = address(0);
    uint256 internal constant BASIS_POINTS = 10_000;
    uint256 internal constant ROYALTY_MAX = 5000;
    uint256 private constant FEE_SHARE = 100;
    /// @dev Enough for the receiver of a smart account that notes what came.
    uint256 private constant PUSH_GAS = 30_000;
    uint256 private constant ROYALTY_GAS = 100_000;

    mapping(address currency => uint256) private _dues;
    mapping(address currency => mapping(address account => uint256)) public tokenCreditOf;

    /// @dev What `passOn` unwraps.
    receive() external payable {
        if (msg.sender != Predeploys.WTFUEL) revert PayoutFailed(address(this), msg.value);
    }

    function passOn(address currency) public virtual {
        uint256 shared = duesIn(currency);
        _dues[currency] = 0;
        if (currency != TFUEL && currency != Predeploys.WTFUEL) {
            emit DuesPassedOn(currency, 0, shared);
            SafeTransferLib.safeTransfer(currency, Predeploys.TIMELOCK, shared);
            return;
        }
        if (currency != TFUEL) WTFUEL.withdraw(shared);
        uint256 burned = shared * PARAMETERS.valueOf(IParameters.Parameter.BurnShare) / BASIS_POINTS;
        shared -= burned;
        if (!_contribute(shared)) (burned, shared) = (burned + shared, 0);
        emit DuesPassedOn(currency, burned, shared);
        _pay(Predeploys.BURN, burned);
    }

    function withdrawTokens(address currency) external {
        uint256 amount = tokenCreditOf[currency][msg.sender];
        if (amount == 0) revert NoTokensToWithdraw(currency, msg.sender);
        tokenCreditOf[currency][msg.sender] = 0;
        emit TokensWithdrawn(currency, msg.sender, amount);
        SafeTransferLib.safeTransfer(currency, msg.sender, amount);
    }

    function duesIn(address currency) public view virtual returns (uint256) {
        return _dues[currency];
    }

    function feeFor(uint256 price) public pure returns (uint256) {
        return price * FEE_SHARE / BASIS_POINTS;
    }

    function _checkCurrency(address currency) internal view {
        if (currency == TFUEL || currency == Predeploys.WTFUEL) return;
        if (!IExchange(Predeploys.EXCHANGE).isListed(currency)) revert CurrencyNotListed(currency);
    }

    /// @dev What the token says is not trusted beyond what the seller agreed to.
    /// @param most basis points of the price
    function _royaltyOf(address token, uint256 id, uint256 price, uint256 most)
        internal
        view
        returns (address to, uint256 royalty)
    {
        (to, royalty) = _royaltyAsked(token, id, price);
        if (royalty > price * most / BASIS_POINTS) revert RoyaltyAbove(token, id, royalty, most);
    }

    /// @dev None of a token that knows none.
    function _royaltyAsked(address token, uint256 id, uint256 price)
        internal
        view
        returns (address to, uint256 royalty)
    {
        bytes memory call = abi.encodeCall(ICreation.royaltyInfo, (id, price));
        (bool known,, bytes memory answer) = LibCall.tryStaticCall(token, ROYALTY_GAS, 64, call);
        if (!known || answer.length < 64) return (address(0), 0);
        uint256 receiver;
        (receiver, royalty) = abi.decode(answer, (uint256, uint256));
        if (receiver == 0 || receiver > type(uint160).max) return (address(0), 0);
        to = address(uint160(receiver));
    }

    /// @param payer this contract, of what lies here
    function _takeFee(address currency, address payer, uint256 fee) internal {
        if (fee == 0) return;
        _noteDues(currency, fee);
        if (currency == TFUEL || payer == address(this)) return;
        SafeTransferLib.safeTransferFrom(currency, payer, address(this), fee);
    }

    /// @dev Nobody can keep a payment from others by refusing its own.
    /// @param payer this contract, of what lies here
    function _send(address currency, address payer, address to, uint256 amount) internal {
        if (amount == 0) return;
        if (currency == TFUEL) {
            if (!SafeTransferLib.trySafeTransferETH(to, amount, PUSH_GAS)) _credit(to, amount);
            return;
        }
        if (payer != address(this)) {
            if (SafeTransferLib.trySafeTransferFrom(currency, payer, to, amount)) return;
            SafeTransferLib.safeTransferFrom(currency, payer, address(this), amount);
        } else if (_moved(currency, to, amount)) {
            return;
        }
        _owe(currency, to, amount);
    }

    /// @dev What lies here becomes somebody's to fetch.
    function _owe(address currency, address to, uint256 amount) internal {
        if (currency == TFUEL) return _credit(to, amount);
        tokenCreditOf[currency][to] += amount;
        emit TokensCredited(currency, to, amount);
    }

    function _noteDues(address currency, uint256 fee) internal virtual {
        _dues[currency] += fee;
    }

    /// @dev As `SafeTransferLib.safeTransfer`, and says whether.
    function _moved(address currency, address to, uint256 amount) private returns (bool) {
        bytes memory call = abi.encodeCall(IWtfuel.transfer, (to, amount));
        (bool called,, bytes memory answer) = LibCall.tryCall(currency, 0, gasleft(), 32, call);
        return called && (answer.length == 0 || (answer.length == 32 && abi.decode(answer, (uint256)) == 1));
    }
}
