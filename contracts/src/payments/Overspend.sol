// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {PackedPair} from "../types/PackedPair.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Reserves} from "./Reserves.sol";
import {Vouchers} from "./Vouchers.sol";

/// @dev What becomes of a pool whose payer signed more than its free reserve holds. Who proves it gains nothing, and half of the collateral is
/// lost whoever claims: a payer that proves it upon itself, to have friends claim, pays for that what it could have defrauded at
/// most half of.
abstract contract Overspend is Reserves {
    using SafeCast for uint256;

    uint256 private constant BURNED_PART = 2;

    mapping(bytes32 id => uint256) private _claims;

    function proveOverspend(uint256 pool, Bundle[] calldata bundles) external {
        Pool storage spent = _known(pool);
        if (!_isLive(spent.phase)) revert WrongPhase(pool, spent.phase);
        uint256 owed = _owedBeyond(pool, bundles);
        uint96 free = spent.free;
        if (owed <= free) revert NotOverspent(pool, owed, free);

        uint40 until = (block.timestamp + spent.notice).toUint40();
        (spent.phase, spent.until) = (Phase.Forfeited, until);
        (spent.collateral, spent.leaving, spent.leavesAt) = (spent.collateral + spent.leaving, 0, 0);
        emit Overspent(pool, msg.sender, owed, free, until);
    }

    function claim(uint256 pool, address session, Voucher calldata voucher) external {
        Pool storage spent = _inPhase(pool, Phase.Forfeited);
        if (block.timestamp > spent.until) revert TooLate(spent.until);
        Till memory till = _tillOf(pool, session, spent.until - spent.notice);
        (address payee, uint256 total) = (voucher.payee, voucher.total);
        bytes32 id = _idOf(pool, session, payee);
        uint256 before = _claims[id];
        // As if the pair had no claim yet, and there was money.
        till.free = type(uint256).max;
        if (_isShared(till)) till.room += before;
        (Reason reason, Line storage line, PackedPair pair, uint256 beyond) = _asked(till, payee, total);
        if (reason == Reason.None && beyond <= before) reason = Reason.NothingOwed;
        if (reason == Reason.None && !_isSigned(till, payee, total, voucher, Vouchers.domain())) {
            reason = Reason.WrongSignature;
        }
        if (reason != Reason.None) revert VoucherRefused(pool, session, payee, total, reason);

        _claims[id] = beyond;
        spent.claims = (spent.claims + beyond - before).toUint128();
        if (_isShared(till)) committedBy[pool][session] += beyond - before;
        uint256 covered = total - beyond;
        if (covered != pair.redeemed()) {
            spent.earmarked = (spent.earmarked + pair.redeemed() - covered).toUint96();
            _raise(line, pair, covered);
            emit Redeemed(pool, payee, session, covered);
        }
        emit Claimed(pool, payee, session, beyond);
    }

    function settle(uint256 pool) external {
        Pool storage spent = _inPhase(pool, Phase.Forfeited);
        if (block.timestamp <= spent.until) revert TooEarly(spent.until);
        uint256 all = uint256(spent.free) + spent.collateral;
        uint256 shared = Math.min(all - Math.ceilDiv(spent.collateral, BURNED_PART), spent.claims);
        (spent.phase, spent.free, spent.collateral) = (Phase.Settled, shared.toUint96(), 0);
        emit PoolSettled(pool, spent.claims, shared, all - shared);
        _pay(Predeploys.BURN, all - shared);
    }

    /// @dev Of what is left, the part that the claim is of the claims left: the last takes the rest, and none more than it claimed.
    function award(uint256 pool, address session, address payee) external {
        Pool storage spent = _inPhase(pool, Phase.Settled);
        bytes32 id = _idOf(pool, session, payee);
        uint256 claimed = _claims[id];
        if (claimed == 0) revert NothingClaimed(pool, session, payee);
        uint256 amount = claimed * spent.free / spent.claims;
        Line storage line = _lines[id];
        uint256 total = line.pair.redeemed() + amount;
        _claims[id] = 0;
        (spent.free, spent.claims) = ((spent.free - amount).toUint96(), (spent.claims - claimed).toUint128());
        _raise(line, line.pair, total);
        emit Awarded(pool, payee, session, amount);
        emit Redeemed(pool, payee, session, total);
    }

    function claimOf(uint256 pool, address session, address payee) external view returns (uint256) {
        return _claims[_idOf(pool, session, payee)];
    }

    function _owedBeyond(uint256 pool, Bundle[] calldata bundles) private view returns (uint256 owed) {
        bytes32 domain = Vouchers.domain();
        for (uint256 i = 0; i < bundles.length; ++i) {
            Bundle calldata bundle = bundles[i];
            address session = bundle.session;
            if (bundle.pool != pool) revert OtherPool(pool, bundle.pool);
            if (i != 0 && session <= bundles[i - 1].session) revert OutOfOrder(session, address(0));
            owed += _owedBy(_tillOf(pool, session, block.timestamp), bundle.vouchers, domain);
        }
    }

    /// @dev Those that could not be paid with any money count for nothing instead of failing the proof: else redeeming one of them
    /// would be enough to keep it away.
    function _owedBy(Till memory till, Voucher[] calldata vouchers, bytes32 domain)
        private
        view
        returns (uint256 owed)
    {
        address last;
        for (uint256 i = 0; i < vouchers.length; ++i) {
            (address payee, uint256 total) = (vouchers[i].payee, vouchers[i].total);
            if (i != 0 && payee <= last) revert OutOfOrder(till.session, payee);
            last = payee;
            till.free = type(uint256).max;
            (Reason reason,,, uint256 beyond) = _asked(till, payee, total);
            if (reason != Reason.None || !_isSigned(till, payee, total, vouchers[i], domain)) continue;
            _draw(till, 0, beyond);
            owed += beyond;
        }
    }
}
