// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";
import {Checkout} from "./Checkout.sol";
import {IAuctionHouse} from "../interfaces/IAuctionHouse.sol";
import {ICollection} from "../interfaces/ICollection.sol";
import {IExchange} from "../interfaces/IExchange.sol";

/// @dev Its balance in a currency is the highest bids of open auctions, fees that were not passed on, and credits. What a token does when it is
/// moved is not trusted: every verb that moves one, or money, is guarded, and what the token says of itself afterwards has to fit.
contract AuctionHouse is IAuctionHouse, IERC1155Receiver, Checkout, ReentrancyGuardTransient {
    using SafeCast for uint256;

    uint256 private constant AHEAD_MAX = 30 days;
    uint256 private constant DURATION_MIN = 1 hours;
    uint256 private constant DURATION_MAX = 30 days;
    /// @dev What is left to bid after each bid, at least.
    uint256 private constant EXTENSION = 10 minutes;
    uint256 private constant VOID_SECONDS = 7 days;
    uint256 private constant RAISE_PARTS = 20;
    /// @dev Far above any rounding, so that a royalty shows even where the reserve is too small for one.
    uint256 private constant ROYALTY_PROBE = 1e24;
    uint256 private constant USER_GAS = 100_000;
    uint256 private constant DELIVERY_GAS = 500_000;
    /// @dev Whoever has this left can give `DELIVERY_GAS` to a call (EIP-150), and pay for the call.
    uint256 private constant DELIVERY_GAS_LEFT = DELIVERY_GAS + DELIVERY_GAS / 63 + 10_000;

    uint256 public auctionCount;
    mapping(uint256 auction => Auction) private _auctions;

    function create(Lot calldata lot, Terms calldata terms) external nonReentrant returns (uint256 auction) {
        Terms memory agreed = terms;
        if (agreed.from < block.timestamp) agreed.from = block.timestamp.toUint40();
        _checkLot(lot, agreed.royaltyMax);
        _checkTerms(agreed);

        auction = ++auctionCount;
        Auction storage created = _auctions[auction];
        (created.seller, created.from, created.until) = (msg.sender, agreed.from, agreed.until);
        (created.phase, created.standard) = (Phase.Open, lot.standard);
        (created.token, created.royaltyMax, created.id) = (lot.token, agreed.royaltyMax, lot.id);
        (created.amount, created.reserve, created.currency) = (lot.amount, agreed.reserve, agreed.currency);
        emit AuctionCreated(auction, msg.sender, lot.token, lot, agreed);
        _move(lot, msg.sender, address(this));
    }

    function bid(uint256 auction, uint256 amount) external payable nonReentrant {
        Auction storage bidOn = _in(Phase.Open, auction);
        if (block.timestamp < bidOn.from) revert NotYetOpen(auction, bidOn.from);
        if (block.timestamp > bidOn.until) revert Ended(auction, bidOn.until);
        if (msg.sender == bidOn.seller) revert OwnAuction(auction);
        uint256 least = _minimumBid(bidOn);
        if (amount < least) revert BidTooLow(auction, amount, least);
        address currency = bidOn.currency;
        uint256 expected = currency == TFUEL ? amount : 0;
        if (msg.value != expected) revert WrongValue(msg.value, expected);

        (address outbid, uint256 refunded) = (bidOn.bidder, bidOn.highest);
        (bidOn.bidder, bidOn.highest) = (msg.sender, amount.toUint128());
        uint40 until = Math.max(bidOn.until, block.timestamp + EXTENSION).toUint40();
        bidOn.until = until;
        emit BidPlaced(auction, msg.sender, amount, until);
        if (refunded != 0) _owe(currency, outbid, refunded);
        if (currency != TFUEL) SafeTransferLib.safeTransferFrom(currency, msg.sender, address(this), amount);
    }

    /// @dev Whose fault it is that the token did not go shows when the house sends it to itself: no token is stopped by its receiver there.
    function settle(uint256 auction) external nonReentrant {
        Auction storage over = _over(auction);
        Lot memory lot = _lotOf(over);
        address winner = over.bidder;
        (address creator, uint256 royalty) = _royaltyOn(over);

        over.phase = Phase.Sold;
        if (_isMoved(lot, winner)) {
            emit LotDelivered(auction, winner);
        } else if (_isMoved(lot, address(this))) {
            over.phase = Phase.Kept;
            emit LotKept(auction, winner);
        } else {
            return _void(auction, over);
        }
        _payOut(auction, over, creator, royalty);
    }

    function claim(uint256 auction, address to) external nonReentrant {
        Auction storage won = _auctions[auction];
        bool kept = won.phase == Phase.Kept;
        if (!kept) won = _over(auction);
        if (msg.sender != won.bidder) revert NotWinner(auction, msg.sender);
        if (to == address(this)) revert WrongRecipient(to);
        (address creator, uint256 royalty) = kept ? (address(0), 0) : _royaltyOn(won);

        won.phase = Phase.Sold;
        emit LotDelivered(auction, to);
        _move(_lotOf(won), address(this), to);
        if (!kept) _payOut(auction, won, creator, royalty);
    }

    function cancel(uint256 auction) external nonReentrant {
        Auction storage cancelled = _in(Phase.Open, auction);
        if (msg.sender != cancelled.seller) revert NotSeller(auction, msg.sender);
        if (cancelled.bidder != address(0)) revert HasBid(auction, cancelled.bidder);
        _return(auction, cancelled);
    }

    function reclaim(uint256 auction) external nonReentrant {
        Auction storage over = _auctions[auction];
        if (over.phase != Phase.Voided) {
            over = _in(Phase.Open, auction);
            if (over.bidder != address(0)) revert HasBid(auction, over.bidder);
            if (block.timestamp <= over.until) revert StillOpen(auction, over.until);
        }
        _return(auction, over);
    }

    function deliver(Lot calldata lot, address to) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _move(lot, address(this), to);
    }

    function auctionOf(uint256 auction) external view returns (Auction memory) {
        return _auctions[auction];
    }

    function minimumBid(uint256 auction) external view returns (uint256) {
        return _minimumBid(_in(Phase.Open, auction));
    }

    /// @dev Only what the house itself moves.
    function onERC1155Received(address operator, address, uint256, uint256, bytes calldata)
        external
        view
        returns (bytes4)
    {
        if (operator != address(this)) revert NotExpected(operator);
        return IERC1155Receiver.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address operator, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        revert NotExpected(operator);
    }

    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }

    /// @dev Nothing is left to fail after it but the credit.
    function _void(uint256 auction, Auction storage over) private {
        uint256 time = over.until + VOID_SECONDS;
        if (block.timestamp < time) revert Undeliverable(auction, time);
        over.phase = Phase.Voided;
        emit AuctionVoided(auction, over.bidder, over.highest);
        _owe(over.currency, over.bidder, over.highest);
    }

    function _return(uint256 auction, Auction storage over) private {
        over.phase = Phase.Returned;
        emit LotReturned(auction, over.seller);
        _move(_lotOf(over), address(this), over.seller);
    }

    function _payOut(uint256 auction, Auction storage sold, address creator, uint256 royalty) private {
        (address currency, address seller, uint256 price) = (sold.currency, sold.seller, sold.highest);
        uint256 fee = feeFor(price);
        emit AuctionSettled(auction, seller, sold.bidder, price, fee, royalty);
        _takeFee(currency, address(this), fee);
        _send(currency, address(this), creator, royalty);
        _send(currency, address(this), seller, price - fee - royalty);
    }

    /// @dev A failure counts only where there was all the gas that there can be: whoever settles cannot make one.
    function _isMoved(Lot memory lot, address to) private returns (bool) {
        uint256 left = gasleft();
        try this.deliver{gas: DELIVERY_GAS}(lot, to) {
            return true;
        } catch {
            if (left < DELIVERY_GAS_LEFT) revert GasTooLow(left, DELIVERY_GAS_LEFT);
            return false;
        }
    }

    /// @dev Not `safeTransferFrom` of an ERC-721: no winner is asked whether it wants what it bid for.
    function _move(Lot memory lot, address from, address to) private {
        uint256 expected = _heldOf(lot);
        if (from != address(this)) expected += lot.amount;
        if (to != address(this)) expected -= lot.amount;
        if (lot.standard == IExchange.Standard.ERC721) IERC721(lot.token).transferFrom(from, to, lot.id);
        else IERC1155(lot.token).safeTransferFrom(from, to, lot.id, lot.amount, "");
        if (_heldOf(lot) != expected) revert NotMoved(lot.token, lot.id);
    }

    function _heldOf(Lot memory lot) private view returns (uint256) {
        if (lot.standard == IExchange.Standard.ERC1155) return IERC1155(lot.token).balanceOf(address(this), lot.id);
        return IERC721(lot.token).ownerOf(lot.id) == address(this) ? 1 : 0;
    }

    /// @dev A seller that leaves too little gas to hear of a royalty or of a user has none left to create anything.
    function _checkLot(Lot calldata lot, uint256 royaltyMax) private view {
        if (lot.token.code.length == 0) revert NotAToken(lot.token);
        bool single = lot.standard == IExchange.Standard.ERC721;
        if (single ? lot.amount != 1 : lot.amount == 0) revert WrongAmount(lot.amount);
        if (royaltyMax > ROYALTY_MAX) revert RoyaltyMaxTooHigh(royaltyMax, ROYALTY_MAX);
        _royaltyOf(lot.token, lot.id, ROYALTY_PROBE, royaltyMax);
        if (!single) return;
        bytes memory call = abi.encodeCall(ICollection.userOf, (lot.id));
        (bool known,, bytes memory answer) = LibCall.tryStaticCall(lot.token, USER_GAS, 32, call);
        if (!known || answer.length < 32) return;
        uint256 user = abi.decode(answer, (uint256));
        if (user != 0) revert HasUser(lot.token, lot.id, address(uint160(user)));
    }

    function _checkTerms(Terms memory agreed) private view {
        _checkCurrency(agreed.currency);
        if (agreed.reserve == 0) revert ZeroReserve();
        uint256 ahead = agreed.from - block.timestamp;
        if (ahead > AHEAD_MAX) revert PeriodOutOfRange(ahead, 0, AHEAD_MAX);
        uint256 duration = agreed.until > agreed.from ? agreed.until - agreed.from : 0;
        bool fits = duration >= DURATION_MIN && duration <= DURATION_MAX;
        if (!fits) revert PeriodOutOfRange(duration, DURATION_MIN, DURATION_MAX);
    }

    /// @dev At most what the seller agreed to.
    function _royaltyOn(Auction storage sold) private view returns (address creator, uint256 royalty) {
        uint256 price = sold.highest;
        (creator, royalty) = _royaltyAsked(sold.token, sold.id, price);
        royalty = Math.min(royalty, price * sold.royaltyMax / BASIS_POINTS);
    }

    function _minimumBid(Auction storage asked) private view returns (uint256) {
        uint256 highest = asked.highest;
        return highest == 0 ? asked.reserve : highest + Math.ceilDiv(highest, RAISE_PARTS);
    }

    function _lotOf(Auction storage its) private view returns (Lot memory) {
        return Lot(its.standard, its.token, its.id, its.amount);
    }

    /// @dev Nobody can bid any more, and somebody did.
    function _over(uint256 auction) private view returns (Auction storage over) {
        over = _in(Phase.Open, auction);
        if (block.timestamp <= over.until) revert StillOpen(auction, over.until);
        if (over.bidder == address(0)) revert NoBid(auction);
    }

    function _in(Phase phase, uint256 auction) private view returns (Auction storage known) {
        known = _auctions[auction];
        if (known.phase != phase) revert WrongPhase(auction, known.phase);
    }

    function _useTransientReentrancyGuardOnlyOnMainnet() internal pure override returns (bool) {
        return false;
    }
}
