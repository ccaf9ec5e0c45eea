// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LibCall} from "solady/utils/LibCall.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Structs} from "../types/Structs.sol";
import {Checkout} from "./Checkout.sol";
import {Consents} from "./Consents.sol";
import {Items} from "./Items.sol";
import {Orders} from "./Orders.sol";

/// @dev Its balance is dues, credits, and in a call what was sent with it: of that each fill takes what it costs, and nothing else pays for one.
contract Exchange is Consents, Items, Checkout {
    /// @dev What takes of a sweep are given at least, so that an estimate of gas is not that of a sweep which fills nothing: for one item with
    /// whatever is new about it, and what is owed from before to a creator that burns what it is given; and by the bytes above those that any take
    /// has for others. Beside that, what the sweep itself spends on each, and what is kept for the end.
    uint256 private constant TAKE_GAS = 180_000;
    uint256 private constant TAKE_BYTES = 1024;
    uint256 private constant BYTE_GAS = 450;
    uint256 private constant EACH_GAS = 12_000;
    uint256 private constant END_GAS = 120_000;
    uint16 private constant REASON_MAX = 256;
    uint256 private constant SELECTOR = 4;
    uint256 private constant WORD = 32;

    /// @dev What an order is filled for.
    /// @param sold the first of the items that go the other way than the money
    /// @param royaltyTo who is paid the royalty of each of them
    struct Sale {
        bytes32 order;
        address currency;
        address payer;
        address seller;
        uint256 price;
        uint256 fee;
        uint256 sold;
        address[] royaltyTo;
    }

    mapping(address currency => bool) private _listed;

    function fill(Take calldata take) external payable nonReentrant {
        Royalties memory owed;
        uint256 left = msg.value - _fill(take, msg.sender, msg.value, owed);
        _send(TFUEL, address(this), owed.to, owed.amount);
        _giveBack(left);
    }

    /// @dev Each take is called with its bytes as they came, which is far cheaper than to write them anew: from where it begins to where the next
    /// does, as they are encoded. Gas is shared out by these lengths: no take can burn another's.
    function sweep(Take[] calldata takes) external payable nonReentrant returns (Outcome[] memory outcomes) {
        if (takes.length == 0) revert WrongTerms();
        outcomes = new Outcome[](takes.length);
        Royalties memory owed;
        uint256 left = msg.value;
        uint256 first = SELECTOR + _wordAt(SELECTOR) + WORD;
        uint256 end = first + _wordAt(first);
        uint256 needed = END_GAS + takes.length * EACH_GAS + _gasFor(takes.length, msg.data.length - end);
        if (gasleft() < needed) revert TooLittleGas();
        for (uint256 i = 0; i < takes.length; ++i) {
            uint256 begin = end;
            end = i + 1 == takes.length ? msg.data.length : first + _wordAt(first + WORD * (i + 1));
            bytes calldata its = msg.data[begin:end];
            uint256 share = _gasFor(1, its.length);
            bytes memory call = bytes.concat(this.fillFor.selector, abi.encode(5 * WORD, msg.sender, left, owed), its);
            (bool filled,, bytes memory answer) =
                LibCall.tryCall(address(this), 0, _partOf(share, needed), REASON_MAX, call);
            unchecked {
                // The takes' lengths are together that of the call behind the first.
                needed -= share + EACH_GAS;
            }
            if (filled) {
                outcomes[i].filled = true;
                uint256 spent;
                (spent, owed) = abi.decode(answer, (uint256, Royalties));
                left -= spent;
                continue;
            }
            outcomes[i].reason = answer;
            emit Skipped(_hashAt(begin, end), i, answer);
        }
        _send(TFUEL, address(this), owed.to, owed.amount);
        _giveBack(left);
    }

    function fillFor(Take calldata take, address taker, uint256 budget, Royalties memory owed)
        external
        returns (uint256 spent, Royalties memory left)
    {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        return (_fill(take, taker, budget, owed), owed);
    }

    function listCurrency(address currency, bool listed) external {
        if (msg.sender != Predeploys.TIMELOCK) revert OnlyTimelock(msg.sender);
        if (listed && currency.code.length == 0) revert NotAToken(currency);
        _listed[currency] = listed;
        emit CurrencyListed(currency, listed);
    }

    /// @dev Not within a fill, whose own money lies here as well.
    function passOn(address currency) public override nonReentrant {
        super.passOn(currency);
    }

    /// @dev Nothing is in escrow: of TFUEL what is nobody's credit is dues, so that a fill need not count them.
    function duesIn(address currency) public view override returns (uint256) {
        return currency == TFUEL ? address(this).balance - credited : super.duesIn(currency);
    }

    function isListed(address currency) public view returns (bool) {
        return currency == TFUEL || currency == Predeploys.WTFUEL || _listed[currency];
    }

    /// @param budget of TFUEL, of what was sent
    /// @param owed becomes what is owed after it
    function _fill(Take calldata take, address taker, uint256 budget, Royalties memory owed)
        private
        returns (uint256 spent)
    {
        Order memory order = Structs.load(take.order);
        if (!isListed(order.currency)) revert CurrencyNotListed(order.currency);
        bool sells = order.side == Side.Sell;
        Sale memory sale;
        sale.order = _admit(take, order, taker);
        sale.currency = order.currency;
        sale.price = Orders.priceAt(order, block.timestamp) * take.units;
        sale.fee = feeFor(sale.price);
        if (sale.currency == TFUEL) spent = sale.price;
        if (spent > budget) revert NotEnoughSent(spent, budget);
        (sale.payer, sale.seller) = sells ? (taker, order.maker) : (order.maker, taker);
        if (!sells) sale.sold = order.gives.length;
        Moved[] memory items = _itemsOf(take, order, taker);
        _mint(take.mintings, order);
        _checkPolicies(order, items);
        _askRoyalties(
            sale, items, sells ? order.gives.length : order.wants.length, sells ? order.royaltyMax : take.royaltyMax
        );
        _emitFilled(sale, order, items, taker, take.units);
        _move(order, items, take.recipient == address(0) ? taker : take.recipient);
        _checkBounds(order.bounds);
        _settle(sale, items, owed);
    }

    /// @dev Each on an equal part of the price; what division leaves is in the last.
    function _askRoyalties(Sale memory sale, Moved[] memory items, uint256 count, uint256 most) private view {
        if (most > ROYALTY_MAX) revert WrongTerms();
        if (sale.price == 0) return;
        sale.royaltyTo = new address[](count);
        uint256 part = sale.price / count;
        for (uint256 i = 0; i < count; ++i) {
            Moved memory item = items[sale.sold + i];
            if (i + 1 == count) part = sale.price - part * i;
            (sale.royaltyTo[i], item.royalty) = _royaltyOf(item.token, item.id, part, most);
        }
    }

    /// @dev One payment for royalties in a row that are somebody's: of TFUEL the last of them is owed, for there may be more in the next fill. A creator
    /// that sells has its royalty in its price.
    function _settle(Sale memory sale, Moved[] memory items, Royalties memory owed) private {
        (address currency, address payer) = (sale.currency, sale.payer);
        _takeFee(currency, payer, sale.fee);
        uint256 rest = sale.price - sale.fee;
        bool later = currency == TFUEL;
        (address to, uint256 royalties) = later ? (owed.to, owed.amount) : (address(0), 0);
        for (uint256 i = 0; i < sale.royaltyTo.length; ++i) {
            (address next, uint256 royalty) = (sale.royaltyTo[i], items[sale.sold + i].royalty);
            if (royalty == 0 || next == sale.seller) continue;
            rest -= royalty;
            if (next != to) {
                _send(currency, payer, to, royalties);
                (to, royalties) = (next, 0);
            }
            royalties += royalty;
        }
        if (later) (owed.to, owed.amount) = (to, royalties);
        else _send(currency, payer, to, royalties);
        _send(currency, payer, sale.seller, rest);
    }

    function _emitFilled(Sale memory sale, Order memory order, Moved[] memory items, address taker, uint32 units)
        private
    {
        emit Filled(sale.order, order.maker, taker, order.side, sale.currency, sale.price, sale.fee, units, items);
    }

    /// @dev Of the order of a take. None of one that cannot be read: it stops no others.
    function _hashAt(uint256 begin, uint256 end) private view returns (bytes32) {
        bytes memory call = bytes.concat(this.hashOf.selector, abi.encode(WORD), msg.data[begin + _wordAt(begin):end]);
        (bool read,, bytes memory hash) = LibCall.tryStaticCall(address(this), gasleft(), 32, call);
        return read ? bytes32(hash) : bytes32(0);
    }

    /// @dev Both are bounded by the size of the call.
    function _gasFor(uint256 takes, uint256 length) private pure returns (uint256) {
        unchecked {
            uint256 least = takes * TAKE_BYTES;
            if (length < least) revert WrongTerms();
            return takes * TAKE_GAS + (length - least) * BYTE_GAS;
        }
    }

    /// @dev Of the gas that is left. Nothing overflows: neither gas nor what a call's bytes need comes near 2^128.
    function _partOf(uint256 share, uint256 needed) private view returns (uint256) {
        unchecked {
            return gasleft() * share / needed;
        }
    }

    function _wordAt(uint256 place) private pure returns (uint256) {
        return uint256(bytes32(msg.data[place:place + WORD]));
    }

    function _noteDues(address currency, uint256 fee) internal override {
        if (currency != TFUEL) super._noteDues(currency, fee);
    }

    function _giveBack(uint256 left) private {
        if (left != 0) _pay(msg.sender, left);
    }
}
