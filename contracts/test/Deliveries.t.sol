// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DeliveriesWorld} from "./DeliveriesWorld.sol";
import {IDeliveries} from "../src/interfaces/IDeliveries.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {IPaymentPool} from "../src/interfaces/IPaymentPool.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract DeliveriesTest is DeliveriesWorld {
    bytes private constant THREE = hex"0501000000001f00";
    uint256 private constant UNITS = 5 + 1 + 31;

    function test_setTariff_refuses_who_does_not_pay_a_free_unit_and_the_past() public {
        IDeliveries.Tariff memory terms_ = offer(PRICE);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.NotPayer.selector, pool, BOB));
        vm.prank(BOB);
        DELIVERIES.setTariff(terms_);
        terms_.unitPrice = 0;
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.ZeroPrice.selector));
        vm.prank(payer);
        DELIVERIES.setTariff(terms_);
        (terms_.unitPrice, terms_.until) = (PRICE, uint40(START));
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.WrongUntil.selector, uint40(START)));
        vm.prank(payer);
        DELIVERIES.setTariff(terms_);
        terms_.pool = 9;
        vm.expectRevert(abi.encodeWithSelector(IPaymentPool.PoolUnknown.selector, 9));
        vm.prank(payer);
        DELIVERIES.setTariff(terms_);
    }

    function test_setTariff_keeps_and_tells_the_terms() public {
        vm.expectEmit();
        emit IDeliveries.TariffSet(2, pool, CONTENT, CLIENTS, UNIT_BYTES, 5, uint40(START + 10 days));
        eq(tariffAt(5), 2, "number");
        eq(DELIVERIES.tariffCount(), 2, "count");
        eq(keccak256(abi.encode(DELIVERIES.tariffOf(2))), keccak256(abi.encode(offer(5))), "terms");
    }

    function test_settle_refuses_a_tariff_that_is_none_or_over() public {
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.TariffUnknown.selector, 9));
        settled(9, signed);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.TariffUnknown.selector, 9));
        DELIVERIES.tariffOf(9);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.TariffUnknown.selector, 9));
        DELIVERIES.termsOf(9, EPOCH, SERVER, SERIAL);
        vm.warp(START + 10 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.TooLate.selector, tariff, uint40(START + 10 days)));
        settled(tariff, signed);
        vm.warp(START + 10 days);
        eq(settled(tariff, signed), UNITS * PRICE, "in time");
    }

    function test_settle_refuses_what_was_not_signed() public {
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        signed.amounts = hex"0601000000001f00";
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.ReceiptsInvalid.selector));
        settled(tariff, signed);
        (signed.amounts, signed.serial) = (THREE, SERIAL + 1);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.ReceiptsInvalid.selector));
        settled(tariff, signed);
        (signed.serial, signed.epoch) = (SERIAL, EPOCH + 1);
        vm.expectRevert("unknown");
        settled(tariff, signed);
        (signed.epoch, signed.amounts) = (EPOCH, hex"05");
        vm.expectRevert(abi.encodeWithSelector(IEdgeProof.SignersLength.selector, 8, 1));
        settled(tariff, signed);
    }

    /// Attacks 7 and 23: whoever sees a server's receipts can use up none of them, nor be paid for them.
    function test_attack_7_nobody_settles_a_servers_receipts_for_it() public {
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.ReceiptsInvalid.selector));
        vm.prank(BOB);
        DELIVERIES.settle(tariff, signed);
        settled(tariff, signed);
    }

    function test_settle_pays_units_out_of_the_publishers_pool() public {
        bytes32 of_ = DELIVERIES.termsOf(tariff, EPOCH, SERVER, SERIAL);
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        vm.expectEmit();
        emit IDeliveries.Delivered(tariff, SERVER, of_, UNITS, 3, UNITS * PRICE);
        eq(settled(tariff, signed), UNITS * PRICE, "amount");
        eq(paid(), UNITS * PRICE, "redeemed");
        eq(POOL.poolOf(pool).free, CAP - UNITS * PRICE, "free");
        eq(address(DELIVERIES).balance, 0, "holds nothing");
        for (uint256 place = 0; place < 8; ++place) {
            holds(DELIVERIES.isPaid(of_, place) == (THREE[place] != 0), "paid");
        }
        collected(pool, Predeploys.DELIVERIES, SERVER);
        vm.prank(SERVER);
        POOL.withdraw();
        eq(SERVER.balance, UNITS * PRICE, "withdrawn");
    }

    function test_attack_26_a_client_is_paid_for_once_under_the_same_terms() public {
        settled(tariff, receipts(SERIAL, THREE));
        bytes32 of_ = DELIVERIES.termsOf(tariff, EPOCH, SERVER, SERIAL);
        IDeliveries.Receipts memory again = receipts(SERIAL, hex"0000000200000100");
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.AlreadyPaid.selector, of_, 6));
        settled(tariff, again);
        settled(tariff, receipts(SERIAL, hex"0000000200000000"));
        settled(tariff, receipts(SERIAL + 1, THREE));
        eq(paid(), (2 * UNITS + 2) * PRICE, "redeemed");
    }

    /// Another price of the same publisher: the server takes the one or the other.
    function test_attack_26_a_publishers_tariffs_pay_a_receipt_once() public {
        uint256 dearer = tariffAt(2 * PRICE);
        settled(dearer, receipts(SERIAL, THREE));
        bytes32 of_ = DELIVERIES.termsOf(tariff, EPOCH, SERVER, SERIAL);
        IDeliveries.Receipts memory again = receipts(SERIAL, THREE);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.AlreadyPaid.selector, of_, 0));
        settled(tariff, again);
        eq(paid(), 2 * UNITS * PRICE, "redeemed");
    }

    /// A stranger's tariff for the same content uses up nothing of what the publisher pays for.
    function test_attack_7_a_strangers_dust_tariff_uses_up_no_receipts() public {
        vm.prank(BOB);
        uint256 other = POOL.open{value: 2 ether}(NOTICE, 1 ether);
        vm.prank(BOB);
        POOL.authorize(other, Predeploys.DELIVERIES, mandate(SELF, CAP, 30 days));
        IDeliveries.Tariff memory dust = offer(1);
        dust.pool = other;
        vm.prank(BOB);
        uint256 strangers = DELIVERIES.setTariff(dust);
        settled(strangers, receipts(SERIAL, THREE));
        settled(tariff, receipts(SERIAL, THREE));
        eq(paid(), UNITS * PRICE, "by the publisher");
        eq(redeemedOf(other, Predeploys.DELIVERIES, SERVER), UNITS, "by the stranger");
    }

    /// What the pool does not pay leaves the receipts as they were.
    function test_attack_6_receipts_that_the_pool_cannot_pay_are_not_used_up() public {
        vm.prank(payer);
        POOL.announceWithdrawal(pool, uint96(CAP), 0);
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        IPaymentPool.Reason short = IPaymentPool.Reason.ReserveShort;
        vm.expectRevert(refusal(pool, Predeploys.DELIVERIES, SERVER, UNITS * PRICE, short));
        settled(tariff, signed);
        holds(!DELIVERIES.isPaid(DELIVERIES.termsOf(tariff, EPOCH, SERVER, SERIAL), 0), "not used up");
        earmarked(pool, Predeploys.DELIVERIES, SERVER, UNITS * PRICE);
        settled(tariff, signed);
        eq(paid(), UNITS * PRICE, "by what is earmarked for the server");
    }

    function test_a_publisher_pays_no_more_than_its_cap_and_no_longer_than_it_authorized() public {
        uint256 dear = tariffAt(uint96(CAP / 37 + 1));
        IDeliveries.Receipts memory signed = receipts(SERIAL, THREE);
        uint256 amount = UNITS * (CAP / 37 + 1);
        vm.expectRevert(refusal(pool, Predeploys.DELIVERIES, SERVER, amount, IPaymentPool.Reason.CapExceeded));
        settled(dear, signed);
        vm.prank(payer);
        POOL.revoke(pool, Predeploys.DELIVERIES);
        settled(tariff, receipts(SERIAL + 1, THREE));
        vm.warp(START + NOTICE + 1);
        amount = 2 * UNITS * PRICE;
        vm.expectRevert(refusal(pool, Predeploys.DELIVERIES, SERVER, amount, IPaymentPool.Reason.SessionOver));
        settled(tariff, signed);
    }

    /// Over the borders of words and bitmaps, and where the last word is not whole.
    function testFuzz_each_client_is_paid_for_once_wherever_its_place_is(uint256 seed, uint256 places) public {
        places = within(places, 1, 600);
        clients(uint32(places));
        (bytes memory first, bytes memory second) = (new bytes(places), new bytes(places));
        uint256 units;
        for (uint256 i = 0; i < places; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            if (dice % 3 == 0 || i == places - 1) first[i] = bytes1(uint8(1 + (dice >> 8) % 31));
            else if (dice % 3 == 1) second[i] = bytes1(uint8(1 + (dice >> 8) % 31));
            units += uint8(first[i]) + uint8(second[i]);
        }
        settled(tariff, receipts(SERIAL, first));
        if (keccak256(second) != keccak256(new bytes(places))) settled(tariff, receipts(SERIAL, second));
        eq(paid(), units * PRICE, "both");
        bytes32 of_ = DELIVERIES.termsOf(tariff, EPOCH, SERVER, SERIAL);
        for (uint256 i = 0; i < places; ++i) {
            holds(DELIVERIES.isPaid(of_, i) == (first[i] != 0 || second[i] != 0), "paid");
        }
        holds(!DELIVERIES.isPaid(of_, places), "nobody");
        uint256 again = seed % places;
        while (first[again] == 0) again = (again + 1) % places;
        bytes memory third = new bytes(places);
        third[again] = 0x01;
        IDeliveries.Receipts memory signed = receipts(SERIAL, third);
        vm.expectRevert(abi.encodeWithSelector(IDeliveries.AlreadyPaid.selector, of_, again));
        settled(tariff, signed);
    }
}

/// @dev Gas as a whole transaction (run with `--isolate`), without the precompile's own: a small contract stands in for it.
contract DeliveriesGasTest is DeliveriesWorld {
    function test_gas_of_deliveries() public {
        tariffAt(PRICE);
        vm.snapshotGasLastCall("Deliveries", "setTariff");
        settled(tariff, receipts(SERIAL, hex"0501000000001f00"));
        vm.snapshotGasLastCall("Deliveries", "settle, 3 clients");
        settled(tariff, receipts(SERIAL, hex"0000050000000000"));
        vm.snapshotGasLastCall("Deliveries", "settle, 1 client more");
    }
}
