// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibCall} from "solady/utils/LibCall.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Checkout} from "./Checkout.sol";
import {Consents} from "./Consents.sol";
import {Items} from "./Items.sol";
import {Orders} from "./Orders.sol";

/// @dev Its balance is fees, credits, and in a call what was sent with it: of that each fill takes what it costs, and nothing else pays for one.
contract Exchange is Consents, Items, Checkout {
    /// @dev What a take of a sweep is given at least, so that an estimate of gas is not of a sweep that fills nothing: for itself, for each of
    /// its items and vouchers; and what is kept for the end.
    uint256 private constant TAKE_GAS = 150_000;
    uint256 private constant ITEM_GAS = 100_000;
    uint256 private constant END_GAS = 50_000;
    uint16 private constant REASON_MAX = 256;

    /// @dev What an order is filled for.
    /// @param rest of the price: the seller's
    /// @param to who is paid a royalty, as far as `payees`
    struct Payment {
        bytes32 order;
        uint256 price;
        uint256 fee;
        uint256 rest;
        address seller;
        uint256 payees;
        address[] to;
        uint256[] amounts;
    }

    mapping(address currency => bool) private _listed;

    function fill(Take calldata take) external payable nonReentrant {
        _giveBack(msg.value - _fill(take, msg.sender, msg.value));
    }

    /// @dev Shares of gas are by what takes need: none can burn another's.
    function sweep(Take[] calldata takes) external payable nonReentrant returns (Outcome[] memory outcomes) {
        outcomes = new Outcome[](takes.length);
        uint256 left = msg.value;
        uint256 needed = END_GAS;
        for (uint256 i = 0; i < takes.length; ++i) {
            needed += _gasFor(takes[i]);
        }
        if (gasleft() < needed) revert TooLittleGas();
        for (uint256 i = 0; i < takes.length; ++i) {
            bytes memory call = abi.encodeCall(this.fillFor, (takes[i], msg.sender, left));
            uint256 share = _gasFor(takes[i]);
            (bool filled,, bytes memory answer) =
                LibCall.tryCall(address(this), 0, gasleft() * share / needed, REASON_MAX, call);
            needed -= share;
            outcomes[i].filled = filled;
            if (filled) {
                left -= abi.decode(answer, (uint256));
                continue;
            }
            outcomes[i].reason = answer;
            emit Skipped(Orders.hash(takes[i].order), i, answer);
        }
        _giveBack(left);
    }

    function fillFor(Take calldata take, address taker, uint256 budget) external returns (uint256 spent) {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        return _fill(take, taker, budget);
    }

    function listCurrency(address currency, bool listed) external {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        if (listed && currency.code.length == 0) revert NotAToken(currency);
        _listed[currency] = listed;
        emit CurrencyListed(currency, listed);
    }

    function isListed(address currency) public view returns (bool) {
        return currency == TFUEL || currency == Predeploys.WTFUEL || _listed[currency];
    }

    /// @param budget of TFUEL, of what was sent
    function _fill(Take calldata take, address taker, uint256 budget) private returns (uint256 spent) {
        Order calldata order = take.order;
        if (!isListed(order.currency)) revert CurrencyNotListed(order.currency);
        Payment memory payment;
        payment.order = _admit(take, taker);
        payment.price = Orders.priceAt(order, block.timestamp) * take.units;
        if (order.currency == TFUEL) spent = payment.price;
        if (spent > budget) revert NotEnoughSent(spent, budget);
        Moved[] memory items = _itemsOf(take, taker);
        _mint(take);
        _checkPolicies(order, items);
        payment.seller = order.side == Side.Sell ? order.maker : taker;
        _price(take, items, payment);
        _emitFilled(take, taker, items, payment);
        _move(take, taker, items);
        _checkBounds(order.bounds);
        _settle(order.currency, order.side == Side.Sell ? taker : order.maker, payment);
    }

    /// @dev Asks for the royalties of what goes the other way than the money, each on an equal part of the price.
    function _price(Take calldata take, Moved[] memory items, Payment memory payment) private view {
        uint256 price = payment.price;
        payment.fee = feeFor(price);
        payment.rest = price - payment.fee;
        if (price == 0) return;
        bool sells = take.order.side == Side.Sell;
        uint256 first = sells ? 0 : take.order.gives.length;
        uint256 count = sells ? take.order.gives.length : take.order.wants.length;
        uint256 most = sells ? take.order.royaltyMax : take.royaltyMax;
        if (most > ROYALTY_MAX) revert WrongTerms();
        (payment.to, payment.amounts) = (new address[](count), new uint256[](count));
        for (uint256 i = 0; i < count; ++i) {
            Moved memory item = items[first + i];
            uint256 part = price / count;
            if (i == count - 1) part = price - part * i;
            (address to, uint256 royalty) = _royaltyOf(item.token, item.id, part, most);
            item.royalty = royalty;
            _owe(payment, to, royalty);
        }
    }

    /// @dev One payment to each receiver in a row; a creator that sells has its royalty in its price.
    function _owe(Payment memory payment, address to, uint256 royalty) private pure {
        if (royalty == 0 || to == payment.seller) return;
        payment.rest -= royalty;
        uint256 payees = payment.payees;
        if (payees != 0 && payment.to[payees - 1] == to) {
            payment.amounts[payees - 1] += royalty;
            return;
        }
        (payment.to[payees], payment.amounts[payees]) = (to, royalty);
        payment.payees = payees + 1;
    }

    function _settle(address currency, address payer, Payment memory payment) private {
        _takeFee(currency, payer, payment.fee);
        for (uint256 i = 0; i < payment.payees; ++i) {
            _send(currency, payer, payment.to[i], payment.amounts[i]);
        }
        _send(currency, payer, payment.seller, payment.rest);
    }

    function _emitFilled(Take calldata take, address taker, Moved[] memory items, Payment memory payment) private {
        Order calldata order = take.order;
        emit Filled(
            payment.order,
            order.maker,
            taker,
            order.side,
            order.currency,
            payment.price,
            payment.fee,
            take.units,
            items
        );
    }

    function _giveBack(uint256 left) private {
        if (left != 0) _pay(msg.sender, left);
    }

    function _gasFor(Take calldata take) private pure returns (uint256) {
        return TAKE_GAS + (take.order.gives.length + take.order.wants.length + take.mintings.length) * ITEM_GAS;
    }
}
