// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "./AllowTree.sol";
import {Hoarder} from "./mocks/Hoarder.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Progress} from "../src/types/Progress.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Who buys packs, when, and for what.
contract PacksBuyTest is PacksWorld {
    uint256 private _sale;

    function setUp() public override {
        super.setUp();
        _sale = packed(looms, 2, tiersOf(10, 30));
    }

    function test_a_purchase_is_numbered_and_its_money_kept() public {
        buys(BOB, _sale, 1);
        vm.expectEmit();
        emit IPacks.PacksBought(_sale, ALICE, 1, 1, 3, 0, 0, 3 * PRICE);
        vm.prank(ALICE);
        eq(PACKS.buy{value: 3 * PRICE + 5}(_sale, 0, 3, anybody()), 1, "the second");
        _expectPurchase(0, BOB, 0, 1, 0, PRICE);
        _expectPurchase(1, ALICE, 1, 3, 0, 3 * PRICE);
        eq(PACKS.saleOf(_sale).escrow, 4 * PRICE, "kept");
        eq(address(PACKS).balance, 4 * PRICE + 20 * SHARE, "with the bond");
        eq(ALICE.balance, FUNDS - 3 * PRICE, "what was too much is back");
        Progress memory so = PACKS.progressOf(_sale);
        eq(so.sold, 4, "sold");
        eq(so.purchases, 2, "purchases");
        eq(so.settled, 0, "nothing has a seed");
        eq(so.height, HEIGHT + ROUND_BLOCKS - 1 + DELAY, "what draws them");
        eq(STUDIO.balance, 0, "nobody is paid yet");
    }

    function test_what_draws_a_round_comes_so_many_blocks_after_its_last() public {
        eq(BEACON.DELAY(), DELAY, "the beacon's");
        rollToRound(_sale, 3);
        eq(PACKS.roundOf(_sale), 3, "round");
        vm.roll(block.number - 1);
        eq(PACKS.roundOf(_sale), 2, "the one before");
        vm.roll(block.number + ROUND_BLOCKS);
        buys(ALICE, _sale, 1);
        eq(PACKS.progressOf(_sale).round, 3, "its last block");
        eq(PACKS.progressOf(_sale).height, block.number + DELAY, "drawn");
        _expectPurchase(0, ALICE, 0, 1, 3, PRICE);
    }

    function test_nothing_is_sold_while_a_round_waits_for_its_secret_nor_right_after() public {
        buys(ALICE, _sale, 1);
        rollToRound(_sale, 1);
        bytes memory missing = abi.encodeWithSelector(IPacks.SecretMissing.selector, _sale, 0);
        vm.expectRevert(missing);
        buys(BOB, _sale, 1);
        records(_sale);
        vm.expectRevert(missing);
        buys(BOB, _sale, 1);
        uint256 height = block.number;
        PACKS.reveal(_sale, secretOf(_sale, 0));
        for (uint256 i = 0; i < DELAY; ++i) {
            vm.roll(height + i);
            vm.expectRevert(abi.encodeWithSelector(IPacks.Paused.selector, _sale, height + DELAY));
            buys(BOB, _sale, 1);
        }
        vm.roll(height + DELAY);
        buys(BOB, _sale, 1);
        _expectPurchase(1, BOB, 1, 1, 1, PRICE);
        eq(PACKS.progressOf(_sale).height, HEIGHT + 2 * ROUND_BLOCKS - 1 + DELAY, "what draws that");
    }

    function test_nothing_is_sold_after_the_last_round() public {
        rollToRound(_sale, ROUNDS);
        vm.roll(block.number - 1);
        buys(ALICE, _sale, 1);
        vm.roll(block.number + 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.RoundsOver.selector, _sale, ROUNDS));
        buys(ALICE, _sale, 1);
    }

    function test_no_more_is_sold_than_there_is() public {
        buys(ALICE, _sale, 18);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 3, 2));
        buys(BOB, _sale, 3);
        buys(BOB, _sale, 2);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 1, 0));
        buys(BOB, _sale, 1);
    }

    function test_less_than_the_price_or_none_at_all_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, PRICE, PRICE - 1));
        vm.prank(ALICE);
        PACKS.buy{value: PRICE - 1}(_sale, 0, 1, anybody());
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoQuantity.selector));
        buys(ALICE, _sale, 0);
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoSuchPhase.selector, _sale, 1));
        PACKS.buy(_sale, 1, 1, anybody());
    }

    /// What phases promise is `DropsMint.t.sol`'s: here, that it is asked.
    function test_phases_lists_and_limits_are_those_of_drops() public {
        IPhases.Phase memory listing = year(PRICE);
        listing.allowed = AllowTree.root(listed());
        IPhases.Phase memory limited = year(PRICE);
        (limited.perWallet, limited.supply) = (3, 4);
        uint256 sale = packed(termsOf(looms, 1, tiersOf(20)), tiersOf(20), list(listing, limited));
        vm.expectRevert(abi.encodeWithSelector(IPhases.NotAllowed.selector, CAROL, 2));
        vm.prank(CAROL);
        PACKS.buy{value: PRICE}(sale, 0, 1, allowance(0));
        vm.prank(ALICE);
        PACKS.buy{value: 2 * PRICE}(sale, 0, 2, allowance(0));
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, ALICE, 1, 0));
        vm.prank(ALICE);
        PACKS.buy{value: PRICE}(sale, 0, 1, allowance(0));
        vm.prank(ALICE);
        PACKS.buy{value: 3 * PRICE}(sale, 1, 3, anybody());
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 2, 1));
        vm.prank(BOB);
        PACKS.buy{value: 2 * PRICE}(sale, 1, 2, anybody());
        (, uint256 sold) = PACKS.phaseOf(sale, 1);
        eq(sold, 3, "sold");
        vm.warp(START + 366 days);
        (bool done,) = address(PACKS).call{value: 0}(abi.encodeCall(PACKS.buy, (sale, 1, 1, anybody())));
        holds(!done, "over");
    }

    function test_who_does_not_take_what_is_back_is_credited() public {
        Hoarder buyer = new Hoarder();
        buyer.plan(Hoarder.Mood.Refuse, 0);
        vm.deal(address(buyer), FUNDS);
        buyer.perform(address(PACKS), PRICE + 7, abi.encodeCall(PACKS.buy, (_sale, 0, 1, anybody())));
        eq(PACKS.creditOf(address(buyer)), 7, "credited");
    }

    function test_a_sale_that_its_creator_closed_sells_nothing_any_more() public {
        buys(ALICE, _sale, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.OnlyCreator.selector, looms, ALICE));
        vm.prank(ALICE);
        PACKS.close(_sale);
        vm.expectEmit();
        emit IPacks.SaleEnded(_sale);
        vm.prank(creator);
        PACKS.close(_sale);
        bytes memory closed = abi.encodeWithSelector(IPhases.SaleClosed.selector, _sale);
        vm.expectRevert(closed);
        buys(ALICE, _sale, 1);
        vm.expectRevert(closed);
        vm.prank(creator);
        PACKS.close(_sale);
        // What was sold is drawn as ever.
        finishes(_sale);
        eq(PACKS.progressOf(_sale).opened, 1, "opened");
    }

    /// What was paid is found again by the second of the purchase.
    function testFuzz_what_was_paid_is_kept_to_the_wei(uint256 raw, uint256 time, uint256 quantity) public {
        IPhases.Phase memory its = year(uint128(within(raw, 0, 1000e18)));
        its.endPrice = uint128(within(raw >> 128, 0, its.price));
        uint256 sale = packed(termsOf(looms, 1, tiersOf(20)), tiersOf(20), list(its));
        vm.warp(within(time, its.from, its.until));
        quantity = within(quantity, 1, 20);
        vm.prank(ALICE);
        PACKS.buy{value: quantity * its.price}(sale, 0, quantity, anybody());
        (,,,, uint256 price) = PACKS.purchaseOf(sale, 0);
        eq(FUNDS - ALICE.balance, price, "paid");
        eq(PACKS.saleOf(sale).escrow, price, "kept");
        vm.warp(START + 400 days);
        (,,,, uint256 later) = PACKS.purchaseOf(sale, 0);
        eq(later, price, "for good");
    }

    function testFuzz_every_pack_is_found_with_its_purchase(uint256 seed) public {
        uint256 sale = packed(looms, 1, tiersOf(60));
        uint256[] memory ends = new uint256[](60);
        uint256 count;
        for (uint256 sold = 0; sold < 60; sold = ends[count++]) {
            uint256 left = 60 - sold;
            uint256 quantity = within(uint256(keccak256(abi.encode(seed, sold))), 1, left < 12 ? left : 12);
            buys(ALICE, sale, quantity);
            ends[count] = sold + quantity;
        }
        uint256 purchase;
        for (uint256 pack = 0; pack < 60; ++pack) {
            if (pack == ends[purchase]) ++purchase;
            eq(PACKS.purchaseWith(sale, pack), purchase, "purchase");
        }
        vm.expectRevert(abi.encodeWithSelector(IPacks.NoSuchPack.selector, sale, 60));
        PACKS.purchaseWith(sale, 60);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NoSuchPurchase.selector, sale, count));
        PACKS.purchaseOf(sale, count);
    }

    function _expectPurchase(
        uint256 purchase,
        address buyer,
        uint256 first,
        uint256 quantity,
        uint256 round,
        uint256 price
    ) private view {
        bytes memory expected = abi.encode(buyer, first, quantity, round, price);
        (address buyer_, uint256 first_, uint256 quantity_, uint256 round_, uint256 price_) =
            PACKS.purchaseOf(_sale, purchase);
        eq(keccak256(abi.encode(buyer_, first_, quantity_, round_, price_)), keccak256(expected), "purchase");
    }
}
