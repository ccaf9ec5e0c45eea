// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ECDSA} from "solady/utils/ECDSA.sol";
import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {IPaymentPool} from "../interfaces/IPaymentPool.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {PackedPair} from "../types/PackedPair.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Splits} from "./Splits.sol";
import {Vouchers} from "./Vouchers.sol";

/// @dev The books, and how they are drawn on. What a pool and a session can pay lies in a till from one voucher of the two to the next, and is
/// written once: meanwhile nobody is called but the precompile that recovers signers.
abstract contract Tills is IPaymentPool, Splits {
    using SafeCast for uint256;

    /// @param signer of vouchers; 0 where there is no pool
    /// @param scope the only payee of the session; 0 for any
    /// @param refusal why nothing is paid at all
    /// @param free of the reserve, as far as vouchers draw on it: not where it is kept for claims
    /// @param cap of a pair's total
    /// @param room of a session that pays any payee, for what its pairs are not covered for yet; else no limit
    struct Till {
        uint256 pool;
        address session;
        address signer;
        address scope;
        Reason refusal;
        uint256 free;
        uint256 kept;
        uint256 earmarked;
        uint256 cap;
        uint256 room;
    }

    /// @dev A word of its own, for a reference to it.
    struct Line {
        PackedPair pair;
    }

    mapping(uint256 pool => Pool) internal _pools;
    mapping(uint256 pool => mapping(address session => Mandate)) internal _mandates;
    /// @dev Only of sessions that pay any payee: of others, the pair's total is all that they use of their caps.
    mapping(uint256 pool => mapping(address session => uint256)) public committedBy;
    mapping(bytes32 id => Line) internal _lines;

    /// @dev As sessions are at a moment.
    function _tillOf(uint256 pool, address session, uint256 moment) internal view returns (Till memory till) {
        Pool storage held = _pools[pool];
        Phase phase = held.phase;
        (till.pool, till.session) = (pool, session);
        if (phase == Phase.None || phase == Phase.Closed) {
            till.refusal = Reason.NoPool;
            return till;
        }
        if (_isLive(phase)) till.free = held.free;
        else till.kept = held.free;
        till.earmarked = held.earmarked;
        (till.cap, till.room) = (type(uint256).max, type(uint256).max);
        till.signer = session == address(0) ? held.payer : session;
        if (session != address(0)) _limit(till, moment);
    }

    function _put(Till memory till) internal {
        if (till.signer == address(0)) return;
        Pool storage held = _pools[till.pool];
        (held.free, held.earmarked) = ((till.free + till.kept).toUint96(), till.earmarked.toUint96());
        if (!_isShared(till)) return;
        committedBy[till.pool][till.session] = _capOf(_mandates[till.pool][till.session]) - till.room;
    }

    /// @dev What a pair's new total takes: of what is covered all that was not redeemed, and this much beyond. Or why it takes nothing.
    function _asked(Till memory till, address payee, uint256 total)
        internal
        view
        returns (Reason reason, Line storage line, PackedPair pair, uint256 beyond)
    {
        line = _lines[_idOf(till.pool, till.session, payee)];
        pair = line.pair;
        uint256 covered = pair.covered();
        if (total > covered) beyond = total - covered;
        if (total <= pair.redeemed()) reason = Reason.NothingOwed;
        else if (total > type(uint96).max) reason = Reason.TotalTooLarge;
        else reason = _refusal(till, payee, total, beyond);
        if (beyond > till.free && reason == Reason.None) reason = Reason.ReserveShort;
    }

    /// @dev Why a session may not owe a payee this total, of which it is to cover this much more.
    function _refusal(Till memory till, address payee, uint256 total, uint256 more) internal pure returns (Reason) {
        if (till.refusal != Reason.None || till.session == address(0)) return till.refusal;
        if (till.scope != address(0) && till.scope != payee) return Reason.OutOfScope;
        return total > till.cap || more > till.room ? Reason.CapExceeded : Reason.None;
    }

    function _draw(Till memory till, uint256 earmarked, uint256 beyond) internal pure {
        if (earmarked != 0) till.earmarked -= earmarked;
        if (beyond == 0) return;
        till.free -= beyond;
        till.room -= beyond;
    }

    function _raise(Line storage line, PackedPair pair, uint256 total) internal {
        line.pair = pair.withRedeemed(total.toUint96());
    }

    /// @dev Payee and total are the voucher's. Of the two signatures that anybody can make of one, this form holds the lower alone, but for a
    /// part of them too small to ever meet; and nothing is told apart by its signature.
    function _isSigned(Till memory till, address payee, uint256 total, Voucher calldata voucher, bytes32 domain)
        internal
        view
        returns (bool)
    {
        bytes32 content = Vouchers.content(till.pool, till.session, payee, total);
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, content);
        return ECDSA.tryRecover(digest, voucher.r, voucher.vs) == till.signer;
    }

    function _isShared(Till memory till) internal pure returns (bool) {
        return till.session != address(0) && till.scope == address(0);
    }

    function _isLive(Phase phase) internal pure returns (bool) {
        return phase == Phase.Open || phase == Phase.Closing;
    }

    function _idOf(uint256 pool, address session, address payee) internal pure returns (bytes32) {
        return EfficientHashLib.hash(pool, uint160(session), uint160(payee));
    }

    function _limit(Till memory till, uint256 moment) private view {
        Mandate memory mandate = _mandates[till.pool][till.session];
        if (mandate.expiry < moment) till.refusal = Reason.SessionOver;
        till.scope = mandate.payee;
        if (mandate.payee != address(0)) till.cap = _capOf(mandate);
        else till.room = _capOf(mandate) - committedBy[till.pool][till.session];
    }

    function _capOf(Mandate memory mandate) private pure returns (uint256) {
        return uint256(mandate.capGwei) * 1 gwei;
    }
}
