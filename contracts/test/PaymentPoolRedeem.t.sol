// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PaymentPool} from "../src/payments/PaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Vouchers, charges, and how payees get their money.
contract PaymentPoolRedeemTest is PoolWorld {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function test_redeem_refuses_a_pool_that_is_none() public {
        IPaymentPool.Bundle memory one = voucher(7, ALICE, 1);
        expectRefusal(one, IPaymentPool.Reason.NoPool);
        redeemed(one);
        // Of sessions that is not said to be over.
        one = agents(7, ALICE, 1);
        expectRefusal(one, IPaymentPool.Reason.NoPool);
        redeemed(one);
    }

    function test_redeem_refuses_what_others_signed() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = sign(AGENT_KEY, pool, SELF, ALICE, 5);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
    }

    function test_redeem_refuses_a_voucher_that_was_changed() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        one.vouchers[0].total = 6;
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        (one.vouchers[0].total, one.vouchers[0].payee) = (5, BOB);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
    }

    function test_redeem_refuses_signatures_of_nobody() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        (one.vouchers[0].r, one.vouchers[0].vs) = (0, 0);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        (one.vouchers[0].r, one.vouchers[0].vs) = (bytes32(ORDER), bytes32(uint256(1)));
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
    }

    /// The other signature that anybody can make of one: its s does not fit what holds it, or is another one then.
    function test_redeem_refuses_the_twin_of_a_signature() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        bytes32 vs = one.vouchers[0].vs;
        uint256 s = uint256(vs << 1 >> 1);
        one.vouchers[0].vs = bytes32(ORDER - s) | (~vs >> 255 << 255);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
    }

    /// A contract could take its signature back: it pays by a session.
    function test_redeem_asks_no_contract_whether_it_signed() public {
        Wallet wallet = new Wallet();
        vm.deal(address(wallet), 20);
        vm.prank(address(wallet));
        uint256 pool = POOL.open{value: 20}(NOTICE, 10);
        wallet.sign(POOL.digestOf(pool, SELF, ALICE, 5));
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        vm.prank(address(wallet));
        POOL.authorize(pool, agent, IPaymentPool.Mandate(ALICE, 1, uint32(START + 1)));
        redeemed(agents(pool, ALICE, 5));
        eq(redeemedOf(pool, agent, ALICE), 5, "paid by its session");
    }

    /// EIP-7702: an account with code that still has its key.
    function test_a_delegated_payer_signs_with_its_key() public {
        uint256 pool = opened(10, 10);
        vm.etch(payer, abi.encodePacked(hex"ef0100", BOB));
        redeemed(voucher(pool, ALICE, 5));
        eq(redeemedOf(pool, SELF, ALICE), 5, "paid");
    }

    function test_redeem_refuses_what_was_redeemed() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        redeemed(one);
        expectRefusal(one, IPaymentPool.Reason.NothingOwed);
        redeemed(one);
        IPaymentPool.Bundle memory older = voucher(pool, ALICE, 4);
        expectRefusal(older, IPaymentPool.Reason.NothingOwed);
        redeemed(older);
        IPaymentPool.Bundle memory none = voucher(pool, BOB, 0);
        expectRefusal(none, IPaymentPool.Reason.NothingOwed);
        redeemed(none);
    }

    /// Totals are 96 bits in storage: none is ever cut to that.
    function test_redeem_refuses_a_total_of_2_to_the_96() public {
        uint256 pool = opened(10, 10);
        uint256 least = uint256(type(uint96).max) + 1;
        uint256[3] memory totals = [least, least + 5, type(uint128).max];
        for (uint256 i = 0; i < 3; ++i) {
            IPaymentPool.Bundle memory one = voucher(pool, ALICE, totals[i]);
            expectRefusal(one, IPaymentPool.Reason.TotalTooLarge);
            redeemed(one);
        }
        IPaymentPool.Bundle memory most = voucher(pool, ALICE, type(uint96).max);
        expectRefusal(most, IPaymentPool.Reason.ReserveShort);
        redeemed(most);
    }

    function test_redeem_tells_and_takes_from_the_free_reserve() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 4);
        vm.expectEmit();
        emit IPaymentPool.Redeemed(pool, ALICE, SELF, 4);
        redeemed(one);
        redeemed(voucher(pool, ALICE, 7));
        eq(POOL.poolOf(pool).free, 3, "free");
        eq(redeemedOf(pool, SELF, ALICE), 7, "redeemed");
        eq(POOL.guaranteed(pool, SELF, ALICE), 7, "guaranteed");
    }

    function test_redeem_takes_from_the_earmark_first() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        earmarked(pool, SELF, ALICE, 5 gwei);
        redeemed(voucher(pool, ALICE, 5 gwei));
        eq(POOL.poolOf(pool).free, 10 gwei, "free untouched");
        eq(POOL.poolOf(pool).earmarked, 0, "earmarked");
        redeemed(voucher(pool, ALICE, 6 gwei));
        eq(POOL.poolOf(pool).free, 9 gwei, "free");
        earmarked(pool, SELF, BOB, 5 gwei);
        redeemed(voucher(pool, BOB, 8 gwei));
        eq(POOL.poolOf(pool).free, 6 gwei, "both");
        eq(POOL.poolOf(pool).earmarked, 0, "both");
    }

    /// A voucher that the reserve cannot pay reverts; it is not consumed, and paid whole when the reserve can.
    function test_attack_6_an_overspent_voucher_is_not_settled_as_a_no_op() public {
        uint256 pool = opened(10, 20);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 11);
        expectRefusal(one, IPaymentPool.Reason.ReserveShort);
        redeemed(one);
        eq(redeemedOf(pool, SELF, ALICE), 0, "not consumed");
        eq(POOL.poolOf(pool).free, 10, "nothing was taken");
        vm.prank(payer);
        POOL.deposit{value: 1}(pool, 0);
        redeemed(one);
        eq(redeemedOf(pool, SELF, ALICE), 11, "paid");
    }

    /// Part of a voucher's worth is there, even earmarked: nothing of it is paid, and the earmark is not used up by it.
    function test_attack_7_no_partial_payment_burns_a_claim() public {
        uint256 pool = opened(3 gwei, 3 gwei);
        earmarked(pool, SELF, ALICE, 5 gwei);
        IPaymentPool.Bundle memory late = voucher(pool, ALICE, 9 gwei);
        expectRefusal(late, IPaymentPool.Reason.ReserveShort);
        redeemed(late);
        IPaymentPool.Bundle memory covered = voucher(pool, ALICE, 5 gwei);
        POOL.redeemBatch(list(late, covered));
        eq(redeemedOf(pool, SELF, ALICE), 5 gwei, "what was guaranteed");
        eq(POOL.poolOf(pool).free, 3 gwei, "free");
    }

    /// Whoever sends an old voucher of one wei first takes nothing from the one that the payee holds.
    function test_attack_7_dust_that_others_redeem_takes_nothing_from_the_payee() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory dust = voucher(pool, ALICE, 1);
        IPaymentPool.Bundle memory latest = voucher(pool, ALICE, 10);
        vm.prank(BOB);
        POOL.redeem(dust.pool, dust.session, dust.vouchers[0]);
        vm.prank(ALICE);
        POOL.redeem(latest.pool, latest.session, latest.vouchers[0]);
        collected(pool, SELF, ALICE);
        eq(POOL.creditOf(ALICE), 10, "all of it");
    }

    function test_attack_26_a_voucher_is_of_one_chain_contract_pool_and_session() public {
        uint256 pool = opened(10, 10);
        uint256 other = opened(10, 10);
        authorized(pool, SELF, 1 gwei);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 5);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        vm.chainId(here);
        one.pool = other;
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        (one.pool, one.session) = (pool, agent);
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
        IPaymentPool twin = IPaymentPool(address(new PaymentPool()));
        vm.prank(payer);
        twin.open{value: 20}(NOTICE, 10);
        vm.expectRevert(refusal(pool, SELF, ALICE, 5, IPaymentPool.Reason.WrongSignature));
        twin.redeem(pool, SELF, one.vouchers[0]);
        one.session = SELF;
        redeemed(one);
    }

    /// The same key and the same payer: each pool has its own.
    function test_attack_26_a_session_of_one_pool_is_none_of_another() public {
        uint256 pool = opened(10, 10);
        uint256 other = opened(10, 10);
        authorized(pool, SELF, 1 gwei);
        IPaymentPool.Bundle memory one = agents(other, ALICE, 5);
        expectRefusal(one, IPaymentPool.Reason.SessionOver);
        redeemed(one);
        one = agents(pool, ALICE, 5);
        one.pool = other;
        vm.prank(payer);
        POOL.authorize(other, agent, mandate(SELF, 1 gwei, 1 days));
        expectRefusal(one, IPaymentPool.Reason.WrongSignature);
        redeemed(one);
    }

    /// The domain that any wallet computes from name, version 1, chain and address.
    function test_what_is_signed_is_the_standard_form() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Edgeloom PaymentPool"),
                keccak256("1"),
                block.chainid,
                address(POOL)
            )
        );
        bytes32 form = keccak256("Voucher(uint256 pool,address session,address payee,uint128 total)");
        bytes32 content = keccak256(abi.encode(form, 3, agent, ALICE, 5));
        eq(POOL.DOMAIN_SEPARATOR(), domain, "domain");
        eq(POOL.digestOf(3, agent, ALICE, 5), keccak256(abi.encodePacked(hex"1901", domain, content)), "digest");
    }

    function test_a_session_pays_within_scope_cap_and_time() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, ALICE, 5 gwei);
        _expectRefused(agents(pool, BOB, 1), IPaymentPool.Reason.OutOfScope);
        _expectRefused(agents(pool, ALICE, 5 gwei + 1), IPaymentPool.Reason.CapExceeded);
        _expectRefused(sign(PAYER_KEY, pool, agent, ALICE, 1), IPaymentPool.Reason.WrongSignature);
        vm.warp(START + 30 days);
        redeemed(agents(pool, ALICE, 4 gwei));
        vm.warp(START + 30 days + 1);
        _expectRefused(agents(pool, ALICE, 5 gwei), IPaymentPool.Reason.SessionOver);
        eq(POOL.committedBy(pool, agent), 0, "the pair's total is what it used");
    }

    function test_a_session_for_any_payee_shares_its_cap_among_them() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 5 gwei);
        redeemed(agents(pool, ALICE, 3 gwei));
        redeemed(agents(pool, BOB, 1 gwei));
        eq(POOL.committedBy(pool, agent), 4 gwei, "committed");
        _expectRefused(agents(pool, BOB, 2 gwei + 1), IPaymentPool.Reason.CapExceeded);
        redeemed(agents(pool, BOB, 2 gwei));
        _expectRefused(agents(pool, CAROL, 1), IPaymentPool.Reason.CapExceeded);
    }

    /// What others spend of a session cannot make a voucher within an earmark unpayable.
    function test_what_is_earmarked_of_a_session_is_kept_for_its_payee() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 5 gwei);
        earmarked(pool, agent, ALICE, 3 gwei);
        redeemed(agents(pool, BOB, 2 gwei));
        _expectRefused(agents(pool, BOB, 2 gwei + 1), IPaymentPool.Reason.CapExceeded);
        redeemed(agents(pool, ALICE, 3 gwei));
        eq(POOL.committedBy(pool, agent), 5 gwei, "counted once");
    }

    /// Revoking takes the notice period: what the payee accepted before is payable until then.
    function test_attack_32_a_payer_does_not_revoke_a_session_under_its_payee() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 5 gwei);
        IPaymentPool.Bundle memory one = agents(pool, ALICE, 3 gwei);
        vm.prank(payer);
        POOL.revoke(pool, agent);
        vm.warp(START + NOTICE);
        redeemed(one);
        vm.warp(START + NOTICE + 1);
        _expectRefused(agents(pool, ALICE, 4 gwei), IPaymentPool.Reason.SessionOver);
    }

    function test_redeemBatch_redeems_across_pools_and_sessions() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        uint256 other = opened(10 gwei, 10 gwei);
        authorized(other, SELF, 5 gwei);
        IPaymentPool.Bundle[] memory all = new IPaymentPool.Bundle[](3);
        all[0] = joined(voucher(pool, ALICE, 1 gwei), voucher(pool, BOB, 2 gwei))[0];
        all[1] = agents(other, ALICE, 3 gwei);
        all[2] = voucher(pool, CAROL, 4 gwei);
        eq(POOL.redeemBatch(all), 4, "redeemed");
        eq(POOL.poolOf(pool).free, 3 gwei, "one pool");
        eq(POOL.poolOf(other).free, 7 gwei, "the other");
        eq(POOL.committedBy(other, agent), 3 gwei, "committed");
    }

    /// Each is paid whole or not at all, and those that are not say why.
    function test_redeemBatch_skips_what_it_cannot_pay_and_says_why() public {
        uint256 pool = opened(10, 10);
        authorized(pool, BOB, 1 gwei);
        IPaymentPool.Bundle[] memory all = new IPaymentPool.Bundle[](7);
        all[0] = voucher(pool, ALICE, 4);
        all[1] = voucher(pool, ALICE, 4);
        all[2] = voucher(pool, BOB, 7);
        all[3] = voucher(pool + 1, BOB, 1);
        all[4] = sign(AGENT_KEY, pool, SELF, BOB, 1);
        all[5] = agents(pool, ALICE, 1);
        all[6] = agents(pool, BOB, 6);
        IPaymentPool.Reason[5] memory reasons = [
            IPaymentPool.Reason.NothingOwed,
            IPaymentPool.Reason.ReserveShort,
            IPaymentPool.Reason.NoPool,
            IPaymentPool.Reason.WrongSignature,
            IPaymentPool.Reason.OutOfScope
        ];
        for (uint256 i = 1; i < 6; ++i) {
            IPaymentPool.Voucher memory one = all[i].vouchers[0];
            vm.expectEmit();
            emit IPaymentPool.VoucherSkipped(all[i].pool, one.payee, all[i].session, one.total, reasons[i - 1]);
        }
        eq(POOL.redeemBatch(all), 2, "redeemed");
        eq(POOL.poolOf(pool).free, 0, "free");
        eq(redeemedOf(pool, SELF, ALICE), 4, "ALICE");
        eq(redeemedOf(pool, SELF, BOB), 0, "BOB");
        eq(redeemedOf(pool, agent, BOB), 6, "BOB, of the session");
    }

    function test_charge_refuses_who_is_no_session_nothing_and_more_than_the_cap() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        vm.expectRevert(refusal(pool, BOB, ALICE, 1, IPaymentPool.Reason.SessionOver));
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 1);
        vm.prank(payer);
        POOL.authorize(pool, BOB, mandate(SELF, 5 gwei, 1 days));
        vm.expectRevert(refusal(pool, BOB, ALICE, 0, IPaymentPool.Reason.NothingOwed));
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 0);
        vm.expectRevert(refusal(pool, BOB, ALICE, 6 gwei, IPaymentPool.Reason.CapExceeded));
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 6 gwei);
        vm.expectRevert(refusal(pool, BOB, ALICE, 1 << 128, IPaymentPool.Reason.TotalTooLarge));
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 1 << 128);
    }

    function test_charge_is_all_or_nothing_and_takes_the_earmark_first() public {
        uint256 pool = opened(1 gwei, 1 gwei);
        vm.prank(payer);
        POOL.authorize(pool, BOB, mandate(SELF, 5 gwei, 1 days));
        earmarked(pool, BOB, ALICE, 2 gwei);
        vm.expectRevert(refusal(pool, BOB, ALICE, 4 gwei, IPaymentPool.Reason.ReserveShort));
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 4 gwei);
        vm.expectEmit();
        emit IPaymentPool.Redeemed(pool, ALICE, BOB, 1.5 gwei);
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 1.5 gwei);
        vm.prank(BOB);
        POOL.charge(pool, ALICE, 1.5 gwei);
        eq(POOL.poolOf(pool).free, 0, "free");
        eq(POOL.poolOf(pool).earmarked, 0, "earmarked");
        eq(POOL.committedBy(pool, BOB), 3 gwei, "committed");
        eq(redeemedOf(pool, BOB, ALICE), 3 gwei, "redeemed");
    }

    function test_collect_credits_each_pair_once() public {
        uint256 pool = opened(10, 10);
        authorized(pool, SELF, 1 gwei);
        redeemed(voucher(pool, ALICE, 4));
        redeemed(agents(pool, ALICE, 5));
        IPaymentPool.PairId[] memory all = new IPaymentPool.PairId[](4);
        all[0] = IPaymentPool.PairId(pool, SELF, ALICE);
        all[1] = IPaymentPool.PairId(pool, SELF, ALICE);
        all[2] = IPaymentPool.PairId(pool, SELF, BOB);
        all[3] = IPaymentPool.PairId(pool, agent, ALICE);
        vm.expectEmit();
        emit IPaymentPool.Collected(pool, ALICE, SELF, 4);
        vm.expectEmit();
        emit IPaymentPool.Collected(pool, ALICE, agent, 5);
        POOL.collect(all);
        eq(POOL.creditOf(ALICE), 9, "credit");
        eq(POOL.credited(), 9, "of all");
        eq(POOL.pairOf(pool, SELF, ALICE).withdrawn, 4, "withdrawn");
        eq(POOL.pairOf(pool, SELF, ALICE).redeemed, 4, "redeemed");
        redeemed(voucher(pool, ALICE, 5));
        collected(pool, SELF, ALICE);
        vm.prank(ALICE);
        POOL.withdraw();
        eq(ALICE.balance, 10, "paid");
    }

    function test_attack_14_who_withdraws_is_paid_once() public {
        HostileAccount account = new HostileAccount();
        uint256 pool = opened(10, 10);
        redeemed(voucher(pool, address(account), 4));
        redeemed(voucher(pool, ALICE, 6));
        collected(pool, SELF, address(account));
        account.plan(HostileAccount.Mood.Reenter, address(POOL), abi.encodeCall(ICredits.withdraw, ()));
        account.perform(address(POOL), 0, abi.encodeCall(ICredits.withdraw, ()));
        eq(account.attempts(), 1, "called back");
        eq(account.successes(), 0, "in vain");
        eq(address(account).balance, 4, "its own");
    }

    function testFuzz_a_voucher_is_paid_whole_or_not_at_all(uint256 free, uint256 ceiling, uint256 first, uint256 total)
        public
    {
        (free, ceiling) = (within(free, 0, 100 gwei), within(ceiling, 0, 100) * 1 gwei);
        (first, total) = (within(first, 0, 250 gwei), within(total, 0, 250 gwei));
        uint256 pool = opened(free, free);
        earmarked(pool, SELF, ALICE, ceiling);
        uint256 paid = _tried(pool, first, free, ceiling, 0);
        paid = _tried(pool, total, free, ceiling, paid);
        collected(pool, SELF, ALICE);
        eq(POOL.creditOf(ALICE), paid, "credit");
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        eq(uint256(held.free) + held.earmarked + paid, free + ceiling, "nothing is lost");
    }

    /// @dev What is redeemed then, of a pair for which there are `free` and `ceiling` in all.
    function _tried(uint256 pool, uint256 total, uint256 free, uint256 ceiling, uint256 before)
        private
        returns (uint256)
    {
        eq(POOL.guaranteed(pool, SELF, ALICE), before > ceiling ? before : ceiling, "guaranteed");
        bool payable_ = total > before && total <= free + ceiling;
        eq(POOL.redeemBatch(list(voucher(pool, ALICE, total))), payable_ ? 1 : 0, "redeemed");
        eq(redeemedOf(pool, SELF, ALICE), payable_ ? total : before, "in all");
        return payable_ ? total : before;
    }

    function _expectRefused(IPaymentPool.Bundle memory one, IPaymentPool.Reason reason) private {
        expectRefusal(one, reason);
        redeemed(one);
    }
}
