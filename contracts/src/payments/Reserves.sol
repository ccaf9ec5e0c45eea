// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPaymentPool} from "../interfaces/IPaymentPool.sol";
import {PackedPair} from "../types/PackedPair.sol";
import {Tills} from "./Tills.sol";

/// @dev All that a payer does with a pool. Whatever takes from what a payee may count on waits for the pool's notice period:
/// the payee sees it coming in `guaranteed`, however long ago it was announced.
abstract contract Reserves is Tills {
    using SafeCast for uint256;

    uint32 private constant NOTICE_MIN = 1 hours;
    uint32 private constant NOTICE_MAX = 7 days;

    uint256 public poolCount;
    mapping(bytes32 id => Release) private _releases;

    function open(uint32 notice, uint96 collateral) external payable returns (uint256 pool) {
        if (notice < NOTICE_MIN || notice > NOTICE_MAX) revert PeriodOutOfRange(notice, NOTICE_MIN, NOTICE_MAX);
        pool = ++poolCount;
        Pool storage opened = _pools[pool];
        (opened.payer, opened.notice, opened.phase) = (msg.sender, notice, Phase.Open);
        emit PoolOpened(pool, msg.sender, notice);
        _add(pool, opened, collateral);
    }

    function deposit(uint256 pool, uint96 collateral) external payable {
        _add(pool, _inPhase(pool, Phase.Open), collateral);
    }

    function earmark(uint256 pool, address session, address payee, uint64 ceilingGwei) external payable {
        Pool storage held = _ownOpen(pool);
        bytes32 id = _idOf(pool, session, payee);
        PackedPair pair = _lines[id].pair;
        if (ceilingGwei < pair.ceilingGwei()) revert WrongCeiling(ceilingGwei, pair.ceilingGwei());
        PackedPair raised = pair.withCeiling(ceilingGwei);
        uint256 amount = raised.covered() - pair.covered();
        Till memory till = _tillOf(pool, session, block.timestamp);
        till.free += msg.value;
        if (amount > till.free) revert ReserveShort(pool, amount, till.free);
        Reason reason = _refusal(till, payee, raised.covered(), amount);
        if (reason != Reason.None) revert SessionRefused(pool, session, payee, reason);

        _draw(till, 0, amount);
        till.earmarked += amount;
        _put(till);
        _lines[id].pair = raised;
        delete _releases[id];
        _checkCollateral(pool, held);
        if (msg.value != 0) emit Deposited(pool, msg.sender, msg.value, 0);
        emit Earmarked(pool, payee, session, ceilingGwei, amount);
    }

    function announceRelease(uint256 pool, address session, address payee, uint64 toGwei) external {
        Pool storage held = _ownOpen(pool);
        bytes32 id = _idOf(pool, session, payee);
        uint64 ceilingGwei = _lines[id].pair.ceilingGwei();
        if (toGwei >= ceilingGwei) revert WrongCeiling(toGwei, ceilingGwei);
        uint40 from = _afterNotice(held);
        _releases[id] = Release(toGwei, from);
        emit ReleaseAnnounced(pool, payee, session, toGwei, from);
    }

    /// @dev Frees what is covered no longer: nothing of what was redeemed meanwhile.
    function release(uint256 pool, address session, address payee) external {
        Pool storage held = _ownOpen(pool);
        bytes32 id = _idOf(pool, session, payee);
        Release memory announced = _releases[id];
        _checkAnnounced(pool, announced.from);
        PackedPair pair = _lines[id].pair;
        PackedPair lowered = pair.withCeiling(announced.toGwei);
        uint256 amount = pair.covered() - lowered.covered();

        (held.free, held.earmarked) = ((held.free + amount).toUint96(), (held.earmarked - amount).toUint96());
        if (_isShared(_tillOf(pool, session, block.timestamp))) committedBy[pool][session] -= amount;
        _lines[id].pair = lowered;
        delete _releases[id];
        _checkCollateral(pool, held);
        emit Released(pool, payee, session, amount);
    }

    /// @dev What leaves counts for nothing at once, so that no announcement can be kept ready for the day on which overspend is tried; and
    /// it answers for the overspend of before until the notice period is over.
    function announceWithdrawal(uint256 pool, uint96 reserve, uint96 collateral) external {
        Pool storage held = _ownOpen(pool);
        if (reserve > held.free) revert ReserveShort(pool, reserve, held.free);
        if (collateral > held.collateral) revert CollateralShort(pool, collateral, held.collateral);

        (held.free, held.collateral) = (held.free - reserve, held.collateral - collateral);
        (held.leaving, held.leavesAt) = (held.leaving + reserve + collateral, _afterNotice(held));
        _checkCollateral(pool, held);
        emit WithdrawalAnnounced(pool, reserve, collateral, held.leavesAt);
    }

    function takeBack(uint256 pool) external {
        Pool storage held = _ownOpen(pool);
        uint256 amount = held.leaving;
        _checkAnnounced(pool, held.leavesAt);
        (held.leaving, held.leavesAt) = (0, 0);
        emit TakenBack(pool, amount);
        _pay(msg.sender, amount);
    }

    function announceClose(uint256 pool) external {
        Pool storage closing = _ownOpen(pool);
        (closing.phase, closing.until) = (Phase.Closing, _afterNotice(closing));
        emit CloseAnnounced(pool, closing.until);
    }

    function close(uint256 pool) external {
        Pool storage closed = _inPhase(pool, Phase.Closing);
        _checkPayer(pool, closed);
        if (block.timestamp < closed.until) revert TooEarly(closed.until);
        uint256 amount = uint256(closed.free) + closed.earmarked + closed.collateral + closed.leaving;
        (closed.free, closed.earmarked, closed.collateral, closed.leaving) = (0, 0, 0, 0);
        closed.phase = Phase.Closed;
        emit PoolClosed(pool, amount);
        _pay(msg.sender, amount);
    }

    function authorize(uint256 pool, address session, Mandate calldata mandate) external {
        _ownOpen(pool);
        Mandate memory before = _mandates[pool][session];
        if (session == address(0) || mandate.expiry <= block.timestamp) revert WrongMandate(pool, session);
        if (before.expiry != 0) {
            bool grows = mandate.capGwei >= before.capGwei && mandate.expiry >= before.expiry;
            if (!grows || mandate.payee != before.payee) revert WrongMandate(pool, session);
        }
        _mandates[pool][session] = mandate;
        emit Authorized(pool, session, mandate.payee, mandate.capGwei, mandate.expiry);
    }

    function revoke(uint256 pool, address session) external {
        Pool storage held = _ownOpen(pool);
        uint32 expiry = _mandates[pool][session].expiry;
        if (expiry < block.timestamp) revert SessionUnknown(pool, session);
        expiry = Math.min(expiry, _afterNotice(held)).toUint32();
        _mandates[pool][session].expiry = expiry;
        emit Revoked(pool, session, expiry);
    }

    function poolOf(uint256 pool) external view returns (Pool memory) {
        return _known(pool);
    }

    function pairOf(uint256 pool, address session, address payee) external view returns (Pair memory) {
        PackedPair pair = _lines[_idOf(pool, session, payee)].pair;
        return Pair(pair.redeemed().toUint96(), pair.withdrawn().toUint96(), pair.ceilingGwei());
    }

    function releaseOf(uint256 pool, address session, address payee) external view returns (Release memory) {
        return _releases[_idOf(pool, session, payee)];
    }

    function mandateOf(uint256 pool, address session) external view returns (Mandate memory) {
        return _mandates[pool][session];
    }

    /// @dev A pool that is closing guarantees nothing new. One that was overspent cannot release what it earmarked.
    function guaranteed(uint256 pool, address session, address payee) external view returns (uint256) {
        Phase phase = _known(pool).phase;
        bytes32 id = _idOf(pool, session, payee);
        PackedPair pair = _lines[id].pair;
        bool over = session != address(0) && _mandates[pool][session].expiry < block.timestamp;
        if (over || phase == Phase.Closing || phase == Phase.Closed) return pair.redeemed();
        Release memory announced = _releases[id];
        bool falls = announced.from != 0 && phase == Phase.Open;
        return (falls ? pair.withCeiling(announced.toGwei) : pair).covered();
    }

    function _known(uint256 pool) internal view returns (Pool storage known) {
        known = _pools[pool];
        if (known.phase == Phase.None) revert PoolUnknown(pool);
    }

    function _inPhase(uint256 pool, Phase phase) internal view returns (Pool storage found) {
        found = _known(pool);
        if (found.phase != phase) revert WrongPhase(pool, found.phase);
    }

    /// @dev By the sender, who had `collateral` of it be that.
    function _add(uint256 pool, Pool storage held, uint96 collateral) private {
        if (collateral > msg.value) revert CollateralShort(pool, collateral, msg.value);
        uint256 reserve = msg.value - collateral;
        held.free = (held.free + reserve).toUint96();
        held.collateral += collateral;
        _checkCollateral(pool, held);
        emit Deposited(pool, msg.sender, reserve, collateral);
    }

    function _ownOpen(uint256 pool) private view returns (Pool storage own) {
        own = _inPhase(pool, Phase.Open);
        _checkPayer(pool, own);
    }

    function _checkPayer(uint256 pool, Pool storage held) private view {
        if (held.payer != msg.sender) revert NotPayer(pool, msg.sender);
    }

    /// @dev After all that raises the one or lowers the other. Redeeming only lowers the free reserve.
    function _checkCollateral(uint256 pool, Pool storage held) private view {
        if (held.collateral < held.free) revert CollateralShort(pool, held.free, held.collateral);
    }

    function _checkAnnounced(uint256 pool, uint40 from) private view {
        if (from == 0) revert NotAnnounced(pool);
        if (block.timestamp < from) revert TooEarly(from);
    }

    function _afterNotice(Pool storage held) private view returns (uint40) {
        return (block.timestamp + held.notice).toUint40();
    }
}
