// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {ICredits} from "../src/interfaces/ICredits.sol";
import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What a payer does with a pool.
contract PaymentPoolReservesTest is PoolWorld {
    function test_open_refuses_a_notice_out_of_range() public {
        for (uint32 i = 0; i < 2; ++i) {
            uint32 notice = i == 0 ? 1 hours - 1 : 7 days + 1;
            vm.expectRevert(
                abi.encodeWithSelector(IPaymentPool.PeriodOutOfRange.selector, notice, uint64(1 hours), uint64(7 days))
            );
            POOL.open(notice, 0);
        }
    }

    function test_open_refuses_less_collateral_than_reserve_or_than_was_sent() public {
        _expectCollateralShort(1, 6, 5);
        vm.prank(payer);
        POOL.open{value: 11}(NOTICE, 5);
        _expectCollateralShort(1, 12, 11);
        vm.prank(payer);
        POOL.open{value: 11}(NOTICE, 12);
    }

    function test_open_tells_and_keeps_what_was_sent() public {
        vm.expectEmit();
        emit IPaymentPool.PoolOpened(1, payer, NOTICE);
        vm.expectEmit();
        emit IPaymentPool.Deposited(1, payer, 5, 6);
        uint256 pool = opened(5, 6);
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        eq(held.payer, payer, "payer");
        eq(held.notice, NOTICE, "notice");
        holds(held.phase == IPaymentPool.Phase.Open, "phase");
        eq(held.free, 5, "free");
        eq(held.collateral, 6, "collateral");
        eq(address(POOL).balance, 11, "balance");
        eq(opened(0, 0), 2, "numbers rise");
        eq(POOL.poolCount(), 2, "count");
    }

    function test_nothing_is_done_to_a_pool_that_is_none() public {
        bytes memory unknown = abi.encodeWithSelector(IPaymentPool.PoolUnknown.selector, uint256(7));
        vm.expectRevert(unknown);
        POOL.deposit(7, 0);
        vm.expectRevert(unknown);
        POOL.earmark(7, SELF, ALICE, 1);
        vm.expectRevert(unknown);
        POOL.poolOf(7);
        vm.expectRevert(unknown);
        POOL.guaranteed(7, SELF, ALICE);
        vm.expectRevert(unknown);
        POOL.proveOverspend(7, new IPaymentPool.Bundle[](0));
    }

    function test_nobody_but_the_payer_does_what_a_payer_does() public {
        uint256 pool = opened(5, 5);
        bytes memory refused = abi.encodeWithSelector(IPaymentPool.NotPayer.selector, pool, BOB);
        bytes[9] memory calls = [
            abi.encodeCall(IPaymentPool.earmark, (pool, SELF, BOB, 0)),
            abi.encodeCall(IPaymentPool.announceRelease, (pool, SELF, BOB, 0)),
            abi.encodeCall(IPaymentPool.release, (pool, SELF, BOB)),
            abi.encodeCall(IPaymentPool.announceWithdrawal, (pool, 0, 0)),
            abi.encodeCall(IPaymentPool.takeBack, (pool)),
            abi.encodeCall(IPaymentPool.announceClose, (pool)),
            abi.encodeCall(IPaymentPool.authorize, (pool, agent, mandate(SELF, 0, 1))),
            abi.encodeCall(IPaymentPool.revoke, (pool, agent)),
            abi.encodeCall(IPaymentPool.close, (pool))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            if (i == 8) _announceClose(pool);
            vm.prank(BOB);
            (bool done, bytes memory reason) = address(POOL).call(calls[i]);
            holds(!done && keccak256(reason) == keccak256(refused), "refused");
        }
    }

    function test_deposit_refuses_what_would_leave_too_little_collateral() public {
        uint256 pool = opened(5, 6);
        _expectCollateralShort(pool, 7, 6);
        vm.prank(BOB);
        POOL.deposit{value: 2}(pool, 0);
    }

    function test_deposit_adds_for_whoever_sends_it() public {
        uint256 pool = opened(5, 6);
        vm.expectEmit();
        emit IPaymentPool.Deposited(pool, BOB, 3, 2);
        vm.prank(BOB);
        POOL.deposit{value: 5}(pool, 2);
        eq(POOL.poolOf(pool).free, 8, "free");
        eq(POOL.poolOf(pool).collateral, 8, "collateral");
    }

    function test_earmark_refuses_more_than_is_free_and_a_lower_ceiling() public {
        uint256 pool = opened(5 gwei, 5 gwei);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.ReserveShort.selector, pool, 8 gwei, 7 gwei));
        vm.prank(payer);
        POOL.earmark{value: 2 gwei}(pool, SELF, ALICE, 8);
        vm.prank(payer);
        POOL.earmark(pool, SELF, ALICE, 3);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.WrongCeiling.selector, uint64(2), uint64(3)));
        vm.prank(payer);
        POOL.earmark(pool, SELF, ALICE, 2);
    }

    function test_earmark_refuses_to_leave_money_without_collateral() public {
        uint256 pool = opened(0, 0);
        _expectCollateralShort(pool, 1 gwei, 0);
        vm.prank(payer);
        POOL.earmark{value: 2 gwei}(pool, SELF, ALICE, 1);
    }

    function test_earmark_covers_a_pair_up_to_the_ceiling_and_needs_no_collateral() public {
        uint256 pool = opened(0, 0);
        // Whoever reads events knows where the money came from.
        vm.expectEmit();
        emit IPaymentPool.Deposited(pool, payer, 3 gwei, 0);
        vm.expectEmit();
        emit IPaymentPool.Earmarked(pool, ALICE, SELF, 3, 3 gwei);
        earmarked(pool, SELF, ALICE, 3 gwei);
        eq(POOL.guaranteed(pool, SELF, ALICE), 3 gwei, "guaranteed");
        eq(POOL.poolOf(pool).earmarked, 3 gwei, "earmarked");
        eq(POOL.poolOf(pool).free, 0, "free");
        eq(POOL.pairOf(pool, SELF, ALICE).ceilingGwei, 3, "ceiling");
    }

    /// The ceiling is gwei, what was redeemed is wei: the earmark is the difference, to the wei.
    function test_earmark_of_a_pair_that_redeemed_part_of_a_gwei_costs_the_rest() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        redeemed(voucher(pool, ALICE, 1.5 gwei));
        vm.prank(payer);
        POOL.earmark(pool, SELF, ALICE, 2);
        eq(POOL.poolOf(pool).earmarked, 0.5 gwei, "earmarked");
        eq(POOL.poolOf(pool).free, 8 gwei, "free");
        redeemed(voucher(pool, ALICE, 1.75 gwei));
        eq(POOL.poolOf(pool).earmarked, 0.25 gwei, "the rest of it");
        eq(POOL.guaranteed(pool, SELF, ALICE), 2 gwei, "guaranteed");
    }

    function test_release_waits_for_its_notice_and_wants_an_announcement() public {
        uint256 pool = opened(0, 10 gwei);
        earmarked(pool, SELF, ALICE, 10 gwei);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.NotAnnounced.selector, pool));
        _release(pool, ALICE);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.WrongCeiling.selector, uint64(10), uint64(10)));
        _announceRelease(pool, ALICE, 10);
        _announceRelease(pool, ALICE, 4);
        eq(POOL.guaranteed(pool, SELF, ALICE), 4 gwei, "less what is being released");
        vm.warp(START + NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooEarly.selector, uint40(START + NOTICE)));
        _release(pool, ALICE);
    }

    function test_release_frees_what_was_not_redeemed_and_wants_collateral_for_it() public {
        uint256 pool = opened(0, 0);
        earmarked(pool, SELF, ALICE, 10 gwei);
        vm.expectEmit();
        emit IPaymentPool.ReleaseAnnounced(pool, ALICE, SELF, 4, uint40(START + NOTICE));
        _announceRelease(pool, ALICE, 4);
        eq(POOL.releaseOf(pool, SELF, ALICE).from, START + NOTICE, "from");
        redeemed(voucher(pool, ALICE, 7 gwei));
        vm.warp(START + NOTICE);
        _expectCollateralShort(pool, 3 gwei, 0);
        _release(pool, ALICE);
        vm.prank(payer);
        POOL.deposit{value: 3 gwei}(pool, 3 gwei);
        vm.expectEmit();
        emit IPaymentPool.Released(pool, ALICE, SELF, 3 gwei);
        _release(pool, ALICE);
        eq(POOL.poolOf(pool).free, 3 gwei, "free");
        eq(POOL.poolOf(pool).earmarked, 0, "earmarked");
        eq(POOL.releaseOf(pool, SELF, ALICE).from, 0, "done");
        eq(POOL.guaranteed(pool, SELF, ALICE), 7 gwei, "redeemed stays");
    }

    function test_earmark_takes_an_announced_release_back() public {
        uint256 pool = opened(0, 0);
        earmarked(pool, SELF, ALICE, 10 gwei);
        _announceRelease(pool, ALICE, 0);
        vm.prank(payer);
        POOL.earmark(pool, SELF, ALICE, 10);
        eq(POOL.guaranteed(pool, SELF, ALICE), 10 gwei, "guaranteed");
        vm.warp(START + NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.NotAnnounced.selector, pool));
        _release(pool, ALICE);
    }

    /// However long ago it was announced, until it is done the payee is paid; and it is told from the start not to count on it.
    function test_attack_7_release_of_an_earmark_does_not_outrun_a_voucher_within_it() public {
        uint256 pool = opened(0, 10 gwei);
        earmarked(pool, SELF, ALICE, 10 gwei);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 10 gwei);
        _announceRelease(pool, ALICE, 0);
        eq(POOL.guaranteed(pool, SELF, ALICE), 0, "told");
        vm.warp(START + NOTICE);
        redeemed(one);
        _release(pool, ALICE);
        eq(POOL.poolOf(pool).free, 0, "nothing was left to free");
        eq(redeemedOf(pool, SELF, ALICE), 10 gwei, "paid");
    }

    function test_announceWithdrawal_refuses_more_than_there_is_and_less_collateral_than_stays_free() public {
        uint256 pool = opened(5, 6);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.ReserveShort.selector, pool, 6, 5));
        _announceWithdrawal(pool, 6, 0);
        _expectCollateralShort(pool, 7, 6);
        _announceWithdrawal(pool, 0, 7);
        _expectCollateralShort(pool, 5, 4);
        _announceWithdrawal(pool, 0, 2);
    }

    function test_takeBack_waits_for_its_notice() public {
        uint256 pool = opened(5, 6);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.NotAnnounced.selector, pool));
        _takeBack(pool);
        vm.expectEmit();
        emit IPaymentPool.WithdrawalAnnounced(pool, 2, 3, uint40(START + NOTICE));
        _announceWithdrawal(pool, 2, 3);
        vm.warp(START + NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooEarly.selector, uint40(START + NOTICE)));
        _takeBack(pool);
        _announceWithdrawal(pool, 1, 1);
        eq(POOL.poolOf(pool).leaving, 7, "leaving");
        vm.warp(START + NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooEarly.selector, uint40(START + 2 * NOTICE - 1)));
        _takeBack(pool);
        vm.warp(START + 2 * NOTICE - 1);
        vm.expectEmit();
        emit IPaymentPool.TakenBack(pool, 7);
        _takeBack(pool);
        eq(payer.balance, FUNDS - 4, "paid");
        eq(POOL.poolOf(pool).leaving, 0, "leaving");
        eq(POOL.poolOf(pool).leavesAt, 0, "when");
    }

    function test_what_is_leaving_pays_no_voucher() public {
        uint256 pool = opened(5, 5);
        _announceWithdrawal(pool, 5, 5);
        IPaymentPool.Bundle memory one = voucher(pool, ALICE, 1);
        expectRefusal(one, IPaymentPool.Reason.ReserveShort);
        redeemed(one);
    }

    function test_close_waits_for_its_notice_and_wants_an_announcement() public {
        uint256 pool = opened(5, 6);
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Open));
        _close(pool);
        vm.expectEmit();
        emit IPaymentPool.CloseAnnounced(pool, uint40(START + NOTICE));
        _announceClose(pool);
        vm.warp(START + NOTICE - 1);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooEarly.selector, uint40(START + NOTICE)));
        _close(pool);
    }

    function test_a_closing_pool_takes_nothing_on_and_guarantees_nothing_new() public {
        uint256 pool = opened(5 gwei, 5 gwei);
        earmarked(pool, SELF, ALICE, 3 gwei);
        _announceClose(pool);
        eq(POOL.guaranteed(pool, SELF, ALICE), 0, "guaranteed");
        bytes memory closing = wrongPhase(pool, IPaymentPool.Phase.Closing);
        vm.expectRevert(closing);
        POOL.deposit(pool, 0);
        vm.expectRevert(closing);
        vm.prank(payer);
        POOL.earmark(pool, SELF, ALICE, 4);
        vm.expectRevert(closing);
        vm.prank(payer);
        POOL.authorize(pool, agent, mandate(SELF, 1 gwei, 1 days));
        vm.expectRevert(closing);
        _announceClose(pool);
    }

    function test_close_gives_back_what_was_not_redeemed_meanwhile() public {
        uint256 pool = opened(5 gwei, 9 gwei);
        earmarked(pool, SELF, ALICE, 3 gwei);
        _announceWithdrawal(pool, 1 gwei, 1 gwei);
        _announceClose(pool);
        vm.warp(START + NOTICE);
        redeemed(voucher(pool, ALICE, 4 gwei));
        vm.expectEmit();
        emit IPaymentPool.PoolClosed(pool, 13 gwei);
        _close(pool);
        eq(payer.balance, FUNDS - 4 gwei, "given back");
        eq(address(POOL).balance, 4 gwei, "redeemed stays");
        holds(POOL.poolOf(pool).phase == IPaymentPool.Phase.Closed, "phase");
        eq(POOL.guaranteed(pool, SELF, ALICE), 4 gwei, "guaranteed");
        IPaymentPool.Bundle memory late = voucher(pool, ALICE, 5 gwei);
        expectRefusal(late, IPaymentPool.Reason.NoPool);
        redeemed(late);
        collected(pool, SELF, ALICE);
        vm.prank(ALICE);
        POOL.withdraw();
        eq(ALICE.balance, 4 gwei, "and is paid");
    }

    function test_attack_14_who_is_paid_on_closing_is_paid_once() public {
        HostileAccount account = new HostileAccount();
        vm.deal(address(account), 10);
        opened(100, 100);
        account.perform(address(POOL), 10, abi.encodeCall(IPaymentPool.open, (NOTICE, 10)));
        account.perform(address(POOL), 0, abi.encodeCall(IPaymentPool.announceClose, (2)));
        vm.warp(START + NOTICE);
        account.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.PayoutFailed.selector, address(account), 10));
        account.perform(address(POOL), 0, abi.encodeCall(IPaymentPool.close, (2)));
        account.plan(HostileAccount.Mood.Reenter, address(POOL), abi.encodeCall(IPaymentPool.close, (2)));
        account.perform(address(POOL), 0, abi.encodeCall(IPaymentPool.close, (2)));
        eq(account.attempts(), 1, "called back");
        eq(account.successes(), 0, "in vain");
        eq(address(account).balance, 10, "its own");
    }

    function test_attack_14_who_takes_back_is_paid_once() public {
        HostileAccount account = new HostileAccount();
        vm.deal(address(account), 10);
        opened(100, 100);
        account.perform(address(POOL), 10, abi.encodeCall(IPaymentPool.open, (NOTICE, 10)));
        account.perform(address(POOL), 0, abi.encodeCall(IPaymentPool.announceWithdrawal, (2, 0, 10)));
        vm.warp(START + NOTICE);
        account.plan(HostileAccount.Mood.Reenter, address(POOL), abi.encodeCall(IPaymentPool.takeBack, (2)));
        account.perform(address(POOL), 0, abi.encodeCall(IPaymentPool.takeBack, (2)));
        eq(account.successes(), 0, "in vain");
        eq(address(account).balance, 10, "its own");
    }

    function test_authorize_refuses_nobody_the_past_and_less_than_before() public {
        uint256 pool = opened(0, 0);
        _expectWrongMandate(pool, address(0));
        _authorize(pool, address(0), mandate(ALICE, 5 gwei, 1 days));
        _expectWrongMandate(pool, agent);
        _authorize(pool, agent, mandate(ALICE, 5 gwei, 0));
        _authorize(pool, agent, mandate(ALICE, 5 gwei, 1 days));
        _expectWrongMandate(pool, agent);
        _authorize(pool, agent, mandate(ALICE, 4 gwei, 1 days));
        _expectWrongMandate(pool, agent);
        _authorize(pool, agent, mandate(ALICE, 5 gwei, 1 days - 1));
        _expectWrongMandate(pool, agent);
        _authorize(pool, agent, mandate(BOB, 5 gwei, 1 days));
        _expectWrongMandate(pool, agent);
        _authorize(pool, agent, mandate(SELF, 5 gwei, 1 days));
    }

    function test_authorize_tells_and_a_mandate_grows() public {
        uint256 pool = opened(0, 0);
        vm.expectEmit();
        emit IPaymentPool.Authorized(pool, agent, ALICE, 5, uint32(START + 1 days));
        _authorize(pool, agent, mandate(ALICE, 5 gwei, 1 days));
        _authorize(pool, agent, mandate(ALICE, 6 gwei, 2 days));
        eq(POOL.mandateOf(pool, agent).capGwei, 6, "cap");
        eq(POOL.mandateOf(pool, agent).expiry, START + 2 days, "expiry");
        eq(POOL.mandateOf(pool, agent).payee, ALICE, "payee");
    }

    function test_revoke_refuses_a_session_that_is_none_or_over() public {
        uint256 pool = opened(0, 0);
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPaymentPool.SessionUnknown.selector, pool, agent));
            vm.prank(payer);
            POOL.revoke(pool, agent);
            if (i == 0) _authorize(pool, agent, mandate(ALICE, 5 gwei, 1 days));
            vm.warp(START + 1 days + 1);
        }
    }

    function test_revoke_takes_the_notice_and_lengthens_nothing() public {
        uint256 pool = opened(0, 0);
        _authorize(pool, agent, mandate(ALICE, 5 gwei, 3 days));
        vm.expectEmit();
        emit IPaymentPool.Revoked(pool, agent, uint32(START + NOTICE));
        vm.prank(payer);
        POOL.revoke(pool, agent);
        vm.warp(START + 1 hours);
        vm.prank(payer);
        POOL.revoke(pool, agent);
        eq(POOL.mandateOf(pool, agent).expiry, START + NOTICE, "expiry");
    }

    function test_an_earmark_of_a_session_counts_against_its_cap() public {
        uint256 pool = opened(0, 0);
        _expectSessionRefused(pool, ALICE, IPaymentPool.Reason.SessionOver);
        earmarked(pool, agent, ALICE, 1 gwei);
        authorized(pool, SELF, 5 gwei);
        earmarked(pool, agent, ALICE, 3 gwei);
        eq(POOL.committedBy(pool, agent), 3 gwei, "committed");
        _expectSessionRefused(pool, BOB, IPaymentPool.Reason.CapExceeded);
        earmarked(pool, agent, BOB, 3 gwei);
        earmarked(pool, agent, BOB, 2 gwei);
        vm.prank(payer);
        POOL.announceRelease(pool, agent, ALICE, 1);
        vm.warp(START + NOTICE);
        vm.prank(payer);
        POOL.deposit{value: 2 gwei}(pool, 2 gwei);
        vm.prank(payer);
        POOL.release(pool, agent, ALICE);
        eq(POOL.committedBy(pool, agent), 3 gwei, "given back to the session");
    }

    function test_an_earmark_of_a_session_is_for_its_payee() public {
        uint256 pool = opened(0, 0);
        authorized(pool, ALICE, 5 gwei);
        _expectSessionRefused(pool, BOB, IPaymentPool.Reason.OutOfScope);
        earmarked(pool, agent, BOB, 1 gwei);
        _expectSessionRefused(pool, ALICE, IPaymentPool.Reason.CapExceeded);
        earmarked(pool, agent, ALICE, 6 gwei);
        earmarked(pool, agent, ALICE, 5 gwei);
        eq(POOL.guaranteed(pool, agent, ALICE), 5 gwei, "guaranteed");
        vm.warp(START + 30 days + 1);
        eq(POOL.guaranteed(pool, agent, ALICE), 0, "not after the session");
    }

    function testFuzz_collateral_covers_the_free_reserve_whatever_the_payer_does(uint256 seed) public {
        uint256 pool = opened(50 gwei, 60 gwei);
        for (uint256 i = 0; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint96 amount = uint96(within(seed >> 8, 0, 20 gwei));
            uint64 gwei_ = uint64(amount / 1 gwei);
            bytes[6] memory calls = [
                abi.encodeCall(IPaymentPool.earmark, (pool, SELF, ALICE, gwei_)),
                abi.encodeCall(IPaymentPool.announceRelease, (pool, SELF, ALICE, gwei_ / 2)),
                abi.encodeCall(IPaymentPool.release, (pool, SELF, ALICE)),
                abi.encodeCall(IPaymentPool.announceWithdrawal, (pool, amount / 2, amount)),
                abi.encodeCall(IPaymentPool.takeBack, (pool)),
                abi.encodeCall(IPaymentPool.deposit, (pool, amount / 3))
            ];
            uint256 verb = seed % 6;
            vm.prank(payer);
            (bool done,) = address(POOL).call{value: verb == 5 || verb == 0 ? amount : 0}(calls[verb]);
            if (done && seed >> 200 & 1 == 0) vm.warp(block.timestamp + NOTICE);
            IPaymentPool.Pool memory held = POOL.poolOf(pool);
            holds(held.collateral >= held.free, "covered");
            uint256 sum = uint256(held.free) + held.earmarked + held.collateral + held.leaving;
            eq(address(POOL).balance, sum, "balance");
        }
    }

    function _authorize(uint256 pool, address session, IPaymentPool.Mandate memory terms) private {
        vm.prank(payer);
        POOL.authorize(pool, session, terms);
    }

    function _announceRelease(uint256 pool, address payee, uint64 toGwei) private {
        vm.prank(payer);
        POOL.announceRelease(pool, SELF, payee, toGwei);
    }

    function _release(uint256 pool, address payee) private {
        vm.prank(payer);
        POOL.release(pool, SELF, payee);
    }

    function _announceWithdrawal(uint256 pool, uint96 reserve, uint96 collateral) private {
        vm.prank(payer);
        POOL.announceWithdrawal(pool, reserve, collateral);
    }

    function _takeBack(uint256 pool) private {
        vm.prank(payer);
        POOL.takeBack(pool);
    }

    function _announceClose(uint256 pool) private {
        vm.prank(payer);
        POOL.announceClose(pool);
    }

    function _close(uint256 pool) private {
        vm.prank(payer);
        POOL.close(pool);
    }

    function _expectCollateralShort(uint256 pool, uint256 needed, uint256 collateral) private {
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.CollateralShort.selector, pool, needed, collateral));
    }

    function _expectWrongMandate(uint256 pool, address session) private {
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.WrongMandate.selector, pool, session));
    }

    function _expectSessionRefused(uint256 pool, address payee, IPaymentPool.Reason reason) private {
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.SessionRefused.selector, pool, agent, payee, reason));
    }
}
