// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";
import {Checkout} from "./Checkout.sol";
import {ICollection} from "../interfaces/ICollection.sol";
import {INftFactory} from "../interfaces/INftFactory.sol";
import {IRentals} from "../interfaces/IRentals.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Typed} from "../types/Typed.sol";

/// @dev Nothing of an offer is kept: the token's nonce, which moves with each user that is set, uses it up. Owners approve this contract for their
/// tokens, and it never moves one.
contract Rentals is IRentals, Checkout, ReentrancyGuardTransient {
    INftFactory private constant FACTORY = INftFactory(Predeploys.NFT_FACTORY);

    uint256 private constant DURATION_MAX = 365 days;
    bytes32 private constant NAME = keccak256("Edgeloom Rentals");
    bytes32 private constant OFFER = keccak256(
        "Offer(address owner,address collection,uint256 id,uint64 nonce,address renter,address currency,uint128 pricePerSecond,uint32 least,uint32 most,uint40 until,uint16 royaltyMax,uint256 counter)"
    );

    mapping(address owner => uint256) public counterOf;

    function rent(Offer calldata offer, bytes calldata signature, uint32 duration, address user)
        external
        payable
        nonReentrant
    {
        _checkTerms(offer);
        _checkTaking(offer, duration, user);
        _checkToken(offer);
        bytes32 hash = hashOf(offer);
        if (!SignatureCheckerLib.isValidSignatureNowCalldata(offer.owner, _digest(hash), signature)) {
            revert NotSigned(offer.owner);
        }
        Rental memory rental = _rentalOf(offer, duration, user);
        uint256 price = rental.price;
        (address creator, uint256 royalty) = _royaltyOf(offer.collection, offer.id, price, offer.royaltyMax);
        rental.royalty = royalty;

        _use(rental);
        emit Rented(hash, offer.owner, msg.sender, rental);
        address payer = offer.currency == TFUEL ? address(this) : msg.sender;
        _takeFee(offer.currency, payer, rental.fee);
        _send(offer.currency, payer, creator, royalty);
        _send(offer.currency, payer, offer.owner, price - rental.fee - royalty);
    }

    function incrementCounter() external returns (uint256 counter) {
        counter = ++counterOf[msg.sender];
        emit CounterIncremented(msg.sender, counter);
    }

    function digestOf(Offer calldata offer) external view returns (bytes32) {
        return _digest(hashOf(offer));
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return Typed.domain(NAME);
    }

    function priceFor(Offer calldata offer, uint32 duration) public pure returns (uint256) {
        return uint256(offer.pricePerSecond) * duration;
    }

    function hashOf(Offer calldata offer) public pure returns (bytes32) {
        return keccak256(abi.encode(OFFER, offer));
    }

    /// @dev The collection's code is known. That it did what it was asked is read back all the same: it is what the renter pays for.
    function _use(Rental memory rental) private {
        ICollection collection = ICollection(rental.collection);
        collection.setUser(rental.id, rental.user, rental.until);
        bool set = collection.userOf(rental.id) == rental.user && collection.userExpires(rental.id) == rental.until;
        if (!set) revert UserNotSet(rental.collection, rental.id, rental.user);
    }

    function _rentalOf(Offer calldata offer, uint32 duration, address user)
        private
        view
        returns (Rental memory rental)
    {
        (rental.collection, rental.id, rental.user) = (offer.collection, offer.id, user);
        ICollection collection = ICollection(offer.collection);
        bool extended = collection.userOf(offer.id) == user;
        uint256 from = extended ? collection.userExpires(offer.id) : block.timestamp;
        // The collection keeps both in 40 bits.
        rental.until = uint64(from + duration);
        (rental.currency, rental.price) = (offer.currency, priceFor(offer, duration));
        rental.fee = feeFor(rental.price);
    }

    function _checkTerms(Offer calldata offer) private view {
        _checkCurrency(offer.currency);
        bool right = offer.pricePerSecond != 0 && offer.least != 0 && offer.least <= offer.most
            && offer.most <= DURATION_MAX && offer.royaltyMax <= ROYALTY_MAX;
        if (!right) revert WrongTerms();
        if (block.timestamp > offer.until) revert OfferExpired(offer.until);
        uint256 counter = counterOf[offer.owner];
        if (offer.counter != counter) revert CounterMoved(offer.counter, counter);
    }

    function _checkTaking(Offer calldata offer, uint32 duration, address user) private view {
        if (msg.sender == offer.owner) revert OwnOffer(offer.owner);
        if (offer.renter != address(0) && msg.sender != offer.renter) revert WrongRenter(offer.renter, msg.sender);
        if (user == address(0)) revert WrongUser(user);
        if (duration < offer.least || duration > offer.most) {
            revert PeriodOutOfRange(duration, offer.least, offer.most);
        }
        uint256 expected = offer.currency == TFUEL ? priceFor(offer, duration) : 0;
        if (msg.value != expected) revert WrongValue(msg.value, expected);
    }

    function _checkToken(Offer calldata offer) private view {
        if (!FACTORY.isCollection(offer.collection)) revert NotRentable(offer.collection);
        ICollection collection = ICollection(offer.collection);
        uint256 nonce = collection.nonces(offer.id);
        if (nonce != offer.nonce) revert NonceMoved(offer.collection, offer.id, offer.nonce, nonce);
        bool owned = collection.ownerOf(offer.id) == offer.owner;
        if (!owned) revert NotOwner(offer.collection, offer.id, offer.owner);
    }

    function _digest(bytes32 hash) private view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(Typed.domain(NAME), hash);
    }

    function _useTransientReentrancyGuardOnlyOnMainnet() internal pure override returns (bool) {
        return false;
    }
}
