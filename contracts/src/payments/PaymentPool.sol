// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {PackedPair} from "../types/PackedPair.sol";
import {Overspend} from "./Overspend.sol";
import {Vouchers} from "./Vouchers.sol";

/// @dev Anybody redeems for a payee. Since vouchers are totals, whoever sends an old one, or sends one first, pays the fee and takes nothing from
/// the payee; and accounts of rules could send none.
contract PaymentPool is Overspend {
    function redeem(uint256 pool, address session, Voucher calldata voucher) external {
        Till memory till = _tillOf(pool, session, block.timestamp);
        (address payee, uint256 total) = (voucher.payee, voucher.total);
        Reason reason = _redeem(till, payee, total, voucher, Vouchers.domain());
        if (reason != Reason.None) revert VoucherRefused(pool, session, payee, total, reason);
        _put(till);
    }

    function redeemBatch(Bundle[] calldata bundles) external returns (uint256 redeemed) {
        bytes32 domain = Vouchers.domain();
        for (uint256 i = 0; i < bundles.length; ++i) {
            Bundle calldata bundle = bundles[i];
            redeemed += _redeemAll(_tillOf(bundle.pool, bundle.session, block.timestamp), bundle.vouchers, domain);
        }
    }

    function charge(uint256 pool, address payee, uint256 amount) external {
        Till memory till = _tillOf(pool, msg.sender, block.timestamp);
        uint256 total = _lines[_idOf(pool, msg.sender, payee)].pair.redeemed() + amount;
        (Reason reason, Line storage line, PackedPair pair, uint256 beyond) = _asked(till, payee, total);
        if (reason != Reason.None) revert VoucherRefused(pool, msg.sender, payee, total, reason);
        _draw(till, amount - beyond, beyond);
        _raise(line, pair, total);
        _put(till);
        emit Redeemed(pool, payee, msg.sender, total);
    }

    function collect(PairId[] calldata pairs) external {
        for (uint256 i = 0; i < pairs.length; ++i) {
            PairId calldata of_ = pairs[i];
            Line storage line = _lines[_idOf(of_.pool, of_.session, of_.payee)];
            PackedPair pair = line.pair;
            uint256 amount = pair.redeemed() - pair.withdrawn();
            if (amount == 0) continue;
            line.pair = pair.emptied();
            emit Collected(of_.pool, of_.payee, of_.session, amount);
            _credit(of_.payee, amount);
        }
    }

    function digestOf(uint256 pool, address session, address payee, uint128 total) external view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(Vouchers.domain(), Vouchers.content(pool, session, payee, total));
    }

    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return Vouchers.domain();
    }

    function _redeemAll(Till memory till, Voucher[] calldata vouchers, bytes32 domain)
        private
        returns (uint256 redeemed)
    {
        for (uint256 i = 0; i < vouchers.length; ++i) {
            Voucher calldata voucher = vouchers[i];
            (address payee, uint256 total) = (voucher.payee, voucher.total);
            Reason reason = _redeem(till, payee, total, voucher, domain);
            if (reason == Reason.None) ++redeemed;
            else emit VoucherSkipped(till.pool, payee, till.session, total, reason);
        }
        _put(till);
    }

    /// @dev The signature last: it costs the most. Payee and total are the voucher's.
    function _redeem(Till memory till, address payee, uint256 total, Voucher calldata voucher, bytes32 domain)
        private
        returns (Reason)
    {
        (Reason reason, Line storage line, PackedPair pair, uint256 beyond) = _asked(till, payee, total);
        if (reason != Reason.None) return reason;
        if (!_isSigned(till, payee, total, voucher, domain)) return Reason.WrongSignature;
        _draw(till, total - pair.redeemed() - beyond, beyond);
        _raise(line, pair, total);
        emit Redeemed(till.pool, payee, till.session, total);
        return Reason.None;
    }
}
