// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PaymentPool} from "../src/payments/PaymentPool.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev The payment pool where genesis puts it, by runtime code alone, with a payer whose key is known and some payees.
abstract contract PoolWorld {
    IPaymentPool internal constant POOL = IPaymentPool(Predeploys.PAYMENT_POOL);

    uint256 internal constant PAYER_KEY = 0x9a7e4;
    uint256 internal constant AGENT_KEY = 0xa6e47;
    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant CAROL = address(0xca201);
    /// @dev Who submits what is others'.
    address internal constant RELAYER = address(0x4e1a);
    address internal constant SELF = address(0);

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant FUNDS = 1_000_000e18;
    uint32 internal constant NOTICE = 1 days;
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    address internal payer;
    address internal agent;

    function setUp() public virtual {
        vm.warp(START);
        vm.etch(Predeploys.PAYMENT_POOL, address(new PaymentPool()).code);
        payer = vm.addr(PAYER_KEY);
        agent = vm.addr(AGENT_KEY);
        vm.deal(payer, FUNDS);
        vm.deal(BOB, FUNDS);
    }

    /// @dev A pool with this much of each.
    function opened(uint256 free, uint256 collateral) internal returns (uint256 pool) {
        vm.prank(payer);
        return POOL.open{value: free + collateral}(NOTICE, uint96(collateral));
    }

    /// @dev Up to a total of the payer's pair with a payee, by money sent with it.
    function earmarked(uint256 pool, address session, address payee, uint256 ceiling) internal {
        vm.prank(payer);
        POOL.earmark{value: ceiling}(pool, session, payee, gweiOf(ceiling));
    }

    /// @dev The key of the agent may owe up to `cap`, to one payee or, if that is zero, any.
    function authorized(uint256 pool, address payee, uint256 cap) internal returns (address session) {
        vm.prank(payer);
        POOL.authorize(pool, agent, mandate(payee, cap, 30 days));
        return agent;
    }

    function redeemed(IPaymentPool.Bundle memory one) internal {
        vm.prank(RELAYER);
        POOL.redeem(one.pool, one.session, one.vouchers[0]);
    }

    function claimed(IPaymentPool.Bundle memory one) internal {
        vm.prank(RELAYER);
        POOL.claim(one.pool, one.session, one.vouchers[0]);
    }

    /// @dev A proof by the payer's voucher for ALICE of one wei more than is free.
    function overspent(uint256 pool) internal returns (IPaymentPool.Bundle memory one) {
        uint256 covered = POOL.guaranteed(pool, SELF, ALICE);
        one = voucher(pool, ALICE, covered + POOL.poolOf(pool).free + 1);
        POOL.proveOverspend(pool, list(one));
    }

    function collected(uint256 pool, address session, address payee) internal {
        POOL.collect(pairs(pool, session, payee));
    }

    function mandate(address payee, uint256 cap, uint256 duration) internal view returns (IPaymentPool.Mandate memory) {
        return IPaymentPool.Mandate(payee, gweiOf(cap), uint32(block.timestamp + duration));
    }

    /// @dev The payer's, alone in a bundle.
    function voucher(uint256 pool, address payee, uint256 total) internal view returns (IPaymentPool.Bundle memory) {
        return sign(PAYER_KEY, pool, SELF, payee, total);
    }

    /// @dev The agent's, alone in a bundle.
    function agents(uint256 pool, address payee, uint256 total) internal view returns (IPaymentPool.Bundle memory) {
        return sign(AGENT_KEY, pool, agent, payee, total);
    }

    function sign(uint256 key, uint256 pool, address session, address payee, uint256 total)
        internal
        view
        returns (IPaymentPool.Bundle memory one)
    {
        (one.pool, one.session, one.vouchers) = (pool, session, new IPaymentPool.Voucher[](1));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, POOL.digestOf(pool, session, payee, uint128(total)));
        one.vouchers[0] = IPaymentPool.Voucher(payee, uint128(total), r, s | bytes32(uint256(v - 27) << 255));
    }

    function pairs(uint256 pool, address session, address payee)
        internal
        pure
        returns (IPaymentPool.PairId[] memory all)
    {
        all = new IPaymentPool.PairId[](1);
        all[0] = IPaymentPool.PairId(pool, session, payee);
    }

    function list(IPaymentPool.Bundle memory one) internal pure returns (IPaymentPool.Bundle[] memory all) {
        all = new IPaymentPool.Bundle[](1);
        all[0] = one;
    }

    function list(IPaymentPool.Bundle memory one, IPaymentPool.Bundle memory two)
        internal
        pure
        returns (IPaymentPool.Bundle[] memory all)
    {
        all = new IPaymentPool.Bundle[](2);
        (all[0], all[1]) = (one, two);
    }

    /// @dev Both in one bundle.
    function joined(IPaymentPool.Bundle memory one, IPaymentPool.Bundle memory two)
        internal
        pure
        returns (IPaymentPool.Bundle[] memory all)
    {
        IPaymentPool.Voucher[] memory both = new IPaymentPool.Voucher[](2);
        (both[0], both[1]) = (one.vouchers[0], two.vouchers[0]);
        return list(IPaymentPool.Bundle(one.pool, one.session, both));
    }

    function gweiOf(uint256 amount) internal pure returns (uint64) {
        eq(amount % 1 gwei, 0, "whole gwei");
        return uint64(amount / 1 gwei);
    }

    function redeemedOf(uint256 pool, address session, address payee) internal view returns (uint256) {
        return POOL.pairOf(pool, session, payee).redeemed;
    }

    function expectRefusal(IPaymentPool.Bundle memory one, IPaymentPool.Reason reason) internal {
        vm.expectRevert(refusal(one.pool, one.session, one.vouchers[0].payee, one.vouchers[0].total, reason));
    }

    function refusal(uint256 pool, address session, address payee, uint256 total, IPaymentPool.Reason reason)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IPaymentPool.VoucherRefused.selector, pool, session, payee, total, reason);
    }

    function wrongPhase(uint256 pool, IPaymentPool.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPaymentPool.WrongPhase.selector, pool, phase);
    }
}
