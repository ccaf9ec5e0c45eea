// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";
import {SignatureCheckerLib} from "solady/utils/SignatureCheckerLib.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {Structs} from "../types/Structs.sol";
import {Typed} from "../types/Typed.sol";
import {Orders} from "./Orders.sol";

/// @dev What makers consented to, and what of it still stands. A signature is no key to anything that is kept: whatever form it comes in, an order
/// is filled by its hash, or ends with the nonce of a token.
abstract contract Consents is IExchange, ReentrancyGuardTransient {
    bytes32 private constant NAME = keccak256("Edgeloom Exchange");
    uint256 private constant CANCELLED = type(uint256).max;

    mapping(address maker => uint256) public counterOf;
    mapping(bytes32 order => uint256) public filledOf;

    function cancel(Order[] calldata orders) external nonReentrant {
        for (uint256 i = 0; i < orders.length; ++i) {
            Order memory order = Structs.load(orders[i]);
            if (order.maker != msg.sender) revert NotMaker(order.maker, msg.sender);
            bytes32 hash = Orders.hash(order);
            filledOf[hash] = CANCELLED;
            emit Cancelled(hash, msg.sender);
        }
    }

    function incrementCounter() external nonReentrant returns (uint256 counter) {
        counter = ++counterOf[msg.sender];
        emit CounterIncremented(msg.sender, counter);
    }

    function priceAt(Order calldata order, uint256 time) external pure returns (uint256) {
        Order memory its = Structs.load(order);
        _checkTime(its, time);
        return Orders.priceAt(its, time);
    }

    function hashOf(Order calldata order) external pure returns (bytes32) {
        return Orders.hash(Structs.load(order));
    }

    function digestOf(Order calldata order) external view returns (bytes32) {
        return _digest(Orders.hash(Structs.load(order)));
    }

    function bulkDigestOf(bytes32 root, uint256 height) external view returns (bytes32) {
        if (height == 0 || height > Orders.HEIGHT_MAX) revert WrongTerms();
        return _digest(Orders.bulkHash(root, height));
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return Typed.domain(NAME);
    }

    /// @dev Whether the taker may have so many units now, which are then its own. The signature last: it costs the most.
    function _admit(Take calldata take, Order memory order, address taker) internal returns (bytes32 hash) {
        address maker = order.maker;
        _checkTime(order, block.timestamp);
        if (order.taker != address(0) && order.taker != taker) revert WrongTaker(order.taker, taker);
        if (maker == taker || maker == take.recipient) revert OwnOrder(maker);
        bool unique = Orders.check(order);
        uint256 counter = counterOf[maker];
        if (order.counter != counter) revert CounterMoved(order.counter, counter);
        hash = Orders.hash(order);
        uint256 filled = filledOf[hash];
        if (filled == CANCELLED) revert OrderCancelled(hash);
        (uint256 units, uint256 left) = (take.units, order.units - filled);
        if (units == 0 || units > left) revert UnitsNotLeft(units, left);
        if (!unique) filledOf[hash] = filled + units;
        if (!_isSigned(maker, hash, take.consent)) revert NotSigned(maker);
    }

    function _isSigned(address maker, bytes32 hash, Consent calldata consent) private view returns (bool) {
        uint256 height = consent.proof.length;
        if (height > Orders.HEIGHT_MAX || consent.index >> height != 0) return false;
        if (height != 0) hash = Orders.bulkHash(Orders.rootOf(hash, consent.index, consent.proof), height);
        return SignatureCheckerLib.isValidSignatureNowCalldata(maker, _digest(hash), consent.signature);
    }

    function _digest(bytes32 hash) private view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(Typed.domain(NAME), hash);
    }

    function _checkTime(Order memory order, uint256 time) private pure {
        if (time < order.from) revert NotYetOpen(order.from);
        if (time > order.until) revert OrderExpired(order.until);
    }

    function _useTransientReentrancyGuardOnlyOnMainnet() internal pure override returns (bool) {
        return false;
    }
}
