// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What becomes of a pool whose payer signed more than it has. LOW is before HIGH in the order of payees.
contract PaymentPoolOverspendTest is PoolWorld {
    address private constant LOW = address(0x10);
    address private constant HIGH = address(0x20);

    function test_a_proof_wants_more_than_is_free() public {
        uint256 pool = opened(10, 10);
        _expectNotOverspent(pool, 0, 10);
        POOL.proveOverspend(pool, new IPaymentPool.Bundle[](0));
        IPaymentPool.Bundle[] memory all = joined(voucher(pool, LOW, 4), voucher(pool, HIGH, 6));
        _expectNotOverspent(pool, 10, 10);
        POOL.proveOverspend(pool, all);
    }

    function test_a_proof_is_of_one_pool() public {
        uint256 pool = opened(10, 10);
        uint256 other = opened(0, 0);
        IPaymentPool.Bundle[] memory all = list(voucher(other, LOW, 11));
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.OtherPool.selector, pool, other));
        POOL.proveOverspend(pool, all);
    }

    /// One voucher that counted twice would convict whoever keeps to its reserve.
    function test_attack_5_a_proof_counts_no_pair_twice() public {
        uint256 pool = opened(10, 10);
        authorized(pool, SELF, 1 gwei);
        IPaymentPool.Bundle memory one = voucher(pool, LOW, 6);
        IPaymentPool.Bundle memory older = voucher(pool, LOW, 5);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.OutOfOrder.selector, SELF, LOW));
        POOL.proveOverspend(pool, joined(one, one));
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.OutOfOrder.selector, SELF, LOW));
        POOL.proveOverspend(pool, joined(one, older));
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.OutOfOrder.selector, SELF, address(0)));
        POOL.proveOverspend(pool, list(one, one));
        IPaymentPool.Bundle[] memory all = list(agents(pool, LOW, 6), one);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.OutOfOrder.selector, SELF, address(0)));
        POOL.proveOverspend(pool, all);
    }

    function test_what_could_not_be_paid_with_any_money_proves_nothing() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle[] memory forged = list(sign(AGENT_KEY, pool, SELF, LOW, 11));
        _expectNotOverspent(pool, 0, 10);
        POOL.proveOverspend(pool, forged);
        IPaymentPool.Bundle[] memory large = list(voucher(pool, LOW, 1 << 96));
        _expectNotOverspent(pool, 0, 10);
        POOL.proveOverspend(pool, large);
        IPaymentPool.Bundle[] memory unauthorized = list(agents(pool, LOW, 11));
        _expectNotOverspent(pool, 0, 10);
        POOL.proveOverspend(pool, unauthorized);
    }

    /// A session's key that signs more than its cap harms nobody but who took that.
    function test_a_session_overspends_no_further_than_its_cap() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 8 gwei);
        IPaymentPool.Bundle[] memory all = joined(agents(pool, LOW, 7 gwei), agents(pool, HIGH, 7 gwei));
        _expectNotOverspent(pool, 7 gwei, 10 gwei);
        POOL.proveOverspend(pool, all);
        vm.warp(START + 30 days + 1);
        all = list(voucher(pool, LOW, 4 gwei), agents(pool, LOW, 7 gwei));
        _expectNotOverspent(pool, 4 gwei, 10 gwei);
        POOL.proveOverspend(pool, all);
    }

    function test_parts_within_earmarks_prove_nothing() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        earmarked(pool, SELF, LOW, 20 gwei);
        IPaymentPool.Bundle[] memory all = joined(voucher(pool, LOW, 25 gwei), voucher(pool, HIGH, 5 gwei));
        _expectNotOverspent(pool, 10 gwei, 10 gwei);
        POOL.proveOverspend(pool, all);
    }

    function test_attack_5_vouchers_beyond_the_free_reserve_forfeit_the_collateral() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 8 gwei);
        IPaymentPool.Bundle[] memory all = list(voucher(pool, LOW, 4 gwei), agents(pool, LOW, 6 gwei + 1));
        vm.expectEmit();
        emit IPaymentPool.Overspent(pool, RELAYER, 10 gwei + 1, 10 gwei, uint40(START + NOTICE));
        vm.prank(RELAYER);
        POOL.proveOverspend(pool, all);
        IPaymentPool.Pool memory held = POOL.poolOf(pool);
        holds(held.phase == IPaymentPool.Phase.Forfeited, "phase");
        eq(held.until, START + NOTICE, "until");
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Forfeited));
        POOL.proveOverspend(pool, all);
    }

    /// To redeem one of the vouchers shown, just before, would make a proof fail that wanted each of them to be owed.
    function test_attack_5_redeeming_one_of_its_vouchers_does_not_stop_a_proof() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory friends = voucher(pool, LOW, 10);
        IPaymentPool.Bundle[] memory all = joined(friends, voucher(pool, HIGH, 3));
        redeemed(friends);
        POOL.proveOverspend(pool, all);
        holds(POOL.poolOf(pool).phase == IPaymentPool.Phase.Forfeited, "proved");
    }

    function test_a_payer_that_is_overspent_does_nothing_with_its_pool() public {
        uint256 pool = opened(10, 10);
        overspent(pool);
        vm.warp(START + 30 days);
        bytes[8] memory calls = [
            abi.encodeCall(IPaymentPool.earmark, (pool, SELF, BOB, 0)),
            abi.encodeCall(IPaymentPool.announceRelease, (pool, SELF, BOB, 0)),
            abi.encodeCall(IPaymentPool.release, (pool, SELF, BOB)),
            abi.encodeCall(IPaymentPool.announceWithdrawal, (pool, 0, 0)),
            abi.encodeCall(IPaymentPool.takeBack, (pool)),
            abi.encodeCall(IPaymentPool.announceClose, (pool)),
            abi.encodeCall(IPaymentPool.authorize, (pool, agent, mandate(SELF, 0, 1))),
            abi.encodeCall(IPaymentPool.close, (pool))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(payer);
            (bool done, bytes memory reason) = address(POOL).call(calls[i]);
            bytes memory forfeited = wrongPhase(pool, IPaymentPool.Phase.Forfeited);
            holds(!done && keccak256(reason) == keccak256(forfeited), "refused");
        }
    }

    /// Closing takes the notice period, and until it is done overspend is proved.
    function test_attack_32_closing_is_no_escape() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle[] memory all = list(voucher(pool, LOW, 11));
        vm.prank(payer);
        POOL.announceClose(pool);
        vm.warp(START + NOTICE);
        POOL.proveOverspend(pool, all);
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Forfeited));
        vm.prank(payer);
        POOL.close(pool);
    }

    /// What was announced to leave answers for overspend as long as it has not left, and is forfeited with the rest.
    function test_attack_32_withdrawing_is_no_escape() public {
        uint256 pool = opened(10, 10);
        IPaymentPool.Bundle memory victims = voucher(pool, HIGH, 10);
        redeemed(voucher(pool, LOW, 10));
        vm.prank(payer);
        POOL.announceWithdrawal(pool, 0, 10);
        vm.warp(START + NOTICE);
        POOL.proveOverspend(pool, list(victims));
        eq(POOL.poolOf(pool).collateral, 10, "forfeited");
        eq(POOL.poolOf(pool).leaving, 0, "nothing leaves");
        claimed(victims);
        _settled(pool);
        POOL.award(pool, SELF, HIGH);
        eq(redeemedOf(pool, SELF, HIGH), 5, "half of it");
        eq(Predeploys.BURN.balance, 5, "and half is lost");
    }

    /// Adding to the reserve makes the vouchers payable instead: in one transaction the payee gets the one or the other.
    function test_attack_32_a_cure_just_before_the_proof_pays_the_payee() public {
        uint256 pool = opened(10, 20);
        IPaymentPool.Bundle memory victims = voucher(pool, HIGH, 11);
        vm.prank(payer);
        POOL.deposit{value: 1}(pool, 0);
        eq(POOL.redeemBatch(list(victims)), 1, "redeemed");
        _expectNotOverspent(pool, 0, 0);
        POOL.proveOverspend(pool, list(victims));
    }

    function test_claim_wants_a_forfeited_pool_its_time_and_a_voucher_that_is_owed() public {
        uint256 pool = opened(10, 10);
        authorized(pool, HIGH, 1 gwei);
        IPaymentPool.Bundle memory one = voucher(pool, HIGH, 4);
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Open));
        claimed(one);
        overspent(pool);
        _expectClaimRefused(sign(AGENT_KEY, pool, SELF, HIGH, 5), IPaymentPool.Reason.WrongSignature);
        _expectClaimRefused(voucher(pool, HIGH, 0), IPaymentPool.Reason.NothingOwed);
        _expectClaimRefused(voucher(pool, HIGH, 1 << 96), IPaymentPool.Reason.TotalTooLarge);
        _expectClaimRefused(agents(pool, LOW, 4), IPaymentPool.Reason.OutOfScope);
        claimed(one);
        _expectClaimRefused(one, IPaymentPool.Reason.NothingOwed);
        _expectClaimRefused(voucher(pool, HIGH, 3), IPaymentPool.Reason.NothingOwed);
        IPaymentPool.Bundle memory late = voucher(pool, HIGH, 9);
        vm.warp(START + NOTICE + 1);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooLate.selector, uint40(START + NOTICE)));
        claimed(late);
    }

    function test_claim_counts_the_highest_total_of_a_pair() public {
        uint256 pool = opened(10, 10);
        redeemed(voucher(pool, HIGH, 2));
        overspent(pool);
        claimed(voucher(pool, HIGH, 4));
        vm.expectEmit();
        emit IPaymentPool.Claimed(pool, HIGH, SELF, 5);
        claimed(voucher(pool, HIGH, 7));
        eq(POOL.claimOf(pool, SELF, HIGH), 5, "claim");
        eq(POOL.poolOf(pool).claims, 5, "of all");
        eq(redeemedOf(pool, SELF, HIGH), 2, "redeemed");
    }

    /// Earmarked parts are payable at once as always, by a voucher within them or by the claim.
    function test_earmarks_survive_a_forfeit() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        earmarked(pool, SELF, LOW, 6 gwei);
        earmarked(pool, SELF, HIGH, 6 gwei);
        overspent(pool);
        eq(POOL.guaranteed(pool, SELF, LOW), 6 gwei, "guaranteed");
        IPaymentPool.Bundle memory late = voucher(pool, LOW, 7 gwei);
        expectRefusal(late, IPaymentPool.Reason.ReserveShort);
        redeemed(late);
        redeemed(voucher(pool, LOW, 5 gwei));
        vm.expectEmit();
        emit IPaymentPool.Redeemed(pool, HIGH, SELF, 6 gwei);
        vm.expectEmit();
        emit IPaymentPool.Claimed(pool, HIGH, SELF, 2 gwei);
        claimed(voucher(pool, HIGH, 8 gwei));
        eq(POOL.poolOf(pool).earmarked, 1 gwei, "earmarked");
        _settled(pool);
        eq(POOL.poolOf(pool).earmarked, 1 gwei, "for ever");
        vm.warp(START + 365 days);
        redeemed(voucher(pool, LOW, 6 gwei));
        POOL.award(pool, SELF, HIGH);
        eq(redeemedOf(pool, SELF, LOW), 6 gwei, "LOW");
        eq(redeemedOf(pool, SELF, HIGH), 8 gwei, "HIGH");
        eq(address(POOL).balance, 14 gwei, "and no more");
    }

    /// Claims of a session are within its cap, and taken as the session was when overspend was proved.
    function test_claims_of_a_session_share_its_cap_and_outlive_it() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        vm.prank(payer);
        POOL.authorize(pool, agent, mandate(SELF, 8 gwei, 1 hours));
        redeemed(agents(pool, LOW, 1 gwei));
        overspent(pool);
        vm.warp(START + NOTICE);
        claimed(agents(pool, HIGH, 5 gwei));
        _expectClaimRefused(agents(pool, LOW, 3 gwei + 1), IPaymentPool.Reason.CapExceeded);
        claimed(agents(pool, LOW, 3 gwei));
        eq(POOL.committedBy(pool, agent), 8 gwei, "committed");
        _expectClaimRefused(agents(pool, HIGH, 6 gwei), IPaymentPool.Reason.CapExceeded);
    }

    function test_a_session_that_was_over_claims_nothing() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        authorized(pool, SELF, 8 gwei);
        vm.warp(START + 30 days + 1);
        overspent(pool);
        _expectClaimRefused(agents(pool, HIGH, 1 gwei), IPaymentPool.Reason.SessionOver);
    }

    function test_settle_waits_for_the_claims() public {
        uint256 pool = opened(10, 10);
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Open));
        POOL.settle(pool);
        overspent(pool);
        vm.warp(START + NOTICE);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.TooEarly.selector, uint40(START + NOTICE)));
        POOL.settle(pool);
        vm.expectRevert(wrongPhase(pool, IPaymentPool.Phase.Forfeited));
        POOL.award(pool, SELF, LOW);
    }

    function test_settle_pays_small_claims_in_full_and_burns_the_rest() public {
        uint256 pool = opened(10, 11);
        overspent(pool);
        claimed(voucher(pool, LOW, 3));
        claimed(voucher(pool, HIGH, 4));
        vm.warp(START + NOTICE + 1);
        vm.expectEmit();
        emit IPaymentPool.PoolSettled(pool, 7, 7, 14);
        POOL.settle(pool);
        POOL.award(pool, SELF, LOW);
        vm.expectEmit();
        emit IPaymentPool.Awarded(pool, HIGH, SELF, 4);
        POOL.award(pool, SELF, HIGH);
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.NothingClaimed.selector, pool, SELF, HIGH));
        POOL.award(pool, SELF, HIGH);
        eq(redeemedOf(pool, SELF, LOW), 3, "LOW");
        eq(redeemedOf(pool, SELF, HIGH), 4, "HIGH");
        eq(Predeploys.BURN.balance, 14, "burned");
        eq(address(POOL).balance, 7, "kept for the two");
    }

    function test_settle_shares_what_is_there_among_large_claims() public {
        uint256 pool = opened(10, 11);
        overspent(pool);
        claimed(voucher(pool, LOW, 20));
        claimed(voucher(pool, HIGH, 40));
        _settled(pool);
        eq(Predeploys.BURN.balance, 6, "half of the collateral, rounded up");
        POOL.award(pool, SELF, LOW);
        POOL.award(pool, SELF, HIGH);
        eq(redeemedOf(pool, SELF, LOW), 5, "a third");
        eq(redeemedOf(pool, SELF, HIGH), 10, "two thirds");
        eq(POOL.poolOf(pool).free, 0, "all of it");
        eq(address(POOL).balance, 15, "and no more");
    }

    /// A payer with friends, who redeem or claim all that they can: half of the collateral is lost, and that is half at least of what was
    /// free when the victim accepted.
    function test_attack_32_a_payer_that_pays_its_friends_first_loses_half_of_the_collateral() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        IPaymentPool.Bundle memory victims = voucher(pool, HIGH, 10 gwei);
        redeemed(voucher(pool, LOW, 10 gwei));
        POOL.proveOverspend(pool, list(victims));
        claimed(voucher(pool, LOW, type(uint96).max));
        claimed(victims);
        _settled(pool);
        POOL.award(pool, SELF, LOW);
        POOL.award(pool, SELF, HIGH);
        eq(Predeploys.BURN.balance, 5 gwei, "lost");
    }

    /// A friend's proof of the payer's own overspend makes no difference to whom the payer guaranteed something.
    function test_attack_5_a_friends_proof_and_claims_take_nothing_that_is_guaranteed() public {
        uint256 pool = opened(10 gwei, 10 gwei);
        earmarked(pool, SELF, HIGH, 6 gwei);
        IPaymentPool.Bundle memory honest = voucher(pool, HIGH, 6 gwei);
        IPaymentPool.Bundle memory friends = voucher(pool, LOW, type(uint96).max);
        POOL.proveOverspend(pool, list(friends));
        claimed(friends);
        _settled(pool);
        POOL.award(pool, SELF, LOW);
        redeemed(honest);
        collected(pool, SELF, HIGH);
        vm.prank(HIGH);
        POOL.withdraw();
        eq(HIGH.balance, 6 gwei, "all that was guaranteed");
        eq(Predeploys.BURN.balance, 5 gwei, "lost by the payer");
    }

    /// Whatever a voucher is refused for want of money only, it proves by itself.
    function testFuzz_a_voucher_that_only_wants_money_is_itself_a_proof(uint256 free, uint256 ceiling, uint256 total)
        public
    {
        (free, ceiling) = (within(free, 0, 50 gwei), within(ceiling, 0, 50) * 1 gwei);
        total = within(total, 1, 150 gwei);
        uint256 pool = opened(free, free);
        earmarked(pool, SELF, LOW, ceiling);
        IPaymentPool.Bundle[] memory all = list(voucher(pool, LOW, total));
        bool paid = POOL.redeemBatch(all) == 1;
        if (paid) _expectNotOverspent(pool, 0, POOL.poolOf(pool).free);
        POOL.proveOverspend(pool, all);
        holds(paid == (POOL.poolOf(pool).phase == IPaymentPool.Phase.Open), "the one or the other");
    }

    function testFuzz_claims_are_paid_in_proportion_and_to_the_wei(uint256 collateral, uint96[3] memory owed) public {
        collateral = within(collateral, 10, 1000 ether);
        uint256 pool = opened(within(collateral, 1, 10), collateral);
        overspent(pool);
        uint256 free = POOL.poolOf(pool).free;
        uint256 sum;
        for (uint160 i = 0; i < 3; ++i) {
            owed[i] = uint96(within(owed[i], 1, 2000 ether));
            claimed(voucher(pool, address(0x100 + i), owed[i]));
            sum += owed[i];
        }
        _settled(pool);
        uint256 pot = free + collateral / 2;
        if (pot > sum) pot = sum;
        uint256 paid;
        for (uint160 i = 0; i < 3; ++i) {
            POOL.award(pool, SELF, address(0x100 + i));
            uint256 part = redeemedOf(pool, SELF, address(0x100 + i));
            uint256 exact = pot * owed[i] / sum;
            holds(part <= owed[i] && part + 2 >= exact && part <= exact + 2, "in proportion");
            paid += part;
        }
        eq(paid, pot, "all of it");
        eq(Predeploys.BURN.balance, free + collateral - pot, "burned");
    }

    function _settled(uint256 pool) private {
        vm.warp(uint256(POOL.poolOf(pool).until) + 1);
        POOL.settle(pool);
    }

    function _expectNotOverspent(uint256 pool, uint256 owed, uint256 free) private {
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.NotOverspent.selector, pool, owed, free));
    }

    function _expectClaimRefused(IPaymentPool.Bundle memory one, IPaymentPool.Reason reason) private {
        expectRefusal(one, reason);
        claimed(one);
    }
}
