// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPacks} from "../src/interfaces/IPacks.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev What a creator promises when it opens a sale of packs.
contract PacksOpenTest is PacksWorld {
    function test_a_sale_is_as_it_was_promised() public {
        uint32[] memory tiers = tiersOf(1, 9, 20);
        IPacks.Terms memory its = termsOf(looms, 3, tiers);
        vm.expectEmit();
        emit IPacks.SaleOpened(1, looms, creator, its, SPLIT, tiers, list(year(PRICE)));
        eq(packed(its, tiers, list(year(PRICE))), 1, "the first");
        IPacks.Sale memory sale = PACKS.saleOf(1);
        eq(sale.creation, looms, "creation");
        eq(sale.packs, 10, "packs");
        eq(sale.size, 3, "size");
        eq(sale.payee, STUDIO, "payee");
        eq(sale.opener, creator, "opener");
        eq(sale.first, SPLIT, "first");
        eq(sale.openedAt, HEIGHT, "opened at");
        eq(sale.roundBlocks, ROUND_BLOCKS, "blocks");
        eq(sale.rounds, ROUNDS, "rounds");
        eq(sale.tip, its.commitment, "commitment");
        eq(sale.share, SHARE, "share");
        eq(sale.bond, 10 * SHARE, "bond");
        eq(sale.escrow, 0, "escrow");
        eq(uint256(sale.state), uint256(IPacks.State.Open), "open");
        eq(address(PACKS).balance, 10 * SHARE, "held");
        (uint256[16] memory counts, uint256[16] memory left) = PACKS.tiersOf(1);
        for (uint256 i = 0; i < 16; ++i) {
            eq(counts[i], i < 3 ? tiers[i] : 0, "count");
            eq(left[i], counts[i], "left");
        }
        eq(PACKS.saleCount(), 1, "sales");
        eq(PACKS.phaseCount(1), 1, "phases");
    }

    /// A collection's tiers are ranges, those of editions ids. No drop shares one.
    function test_ids_are_given_out_beside_those_of_drops() public {
        opened(looms, 5);
        opened(prints, 5);
        eq(PACKS.saleOf(packed(looms, 1, tiersOf(10, 20))).first, SPLIT + 5, "after the drop's range");
        eq(PACKS.saleOf(packed(prints, 1, tiersOf(10, 20))).first, SPLIT + 1, "after the drop's id");
        eq(DROPS.nextOf(looms), SPLIT + 35, "a range");
        eq(DROPS.nextOf(prints), SPLIT + 3, "two ids");
    }

    function test_the_bond_is_a_tenth_of_the_highest_price_for_each_pack() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(7));
        IPhases.Phase[] memory phases = list(year(PRICE), year(2 * PRICE + 1));
        uint256 bond = 7 * (PRICE / 5 + 1);
        vm.prank(creator);
        PACKS.open{value: bond}(its, tiersOf(7), phases);
        eq(PACKS.saleOf(1).share, PRICE / 5 + 1, "rounded up");
        uint256[2] memory wrong = [bond - 1, bond + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPacks.WrongBond.selector, wrong[i], bond));
            vm.prank(creator);
            PACKS.open{value: wrong[i]}(its, tiersOf(7), phases);
        }
        vm.prank(creator);
        PACKS.open(its, tiersOf(7), list(year(0)));
        eq(PACKS.saleOf(2).bond, 0, "of what is free there is none");
    }

    function test_only_the_creator_of_a_known_clone_opens() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(7));
        vm.expectRevert(abi.encodeWithSelector(IPhases.OnlyCreator.selector, looms, ALICE));
        vm.prank(ALICE);
        PACKS.open(its, tiersOf(7), list(year(PRICE)));
        its.creation = address(this);
        vm.expectRevert(abi.encodeWithSelector(IPhases.NotACreation.selector, address(this)));
        PACKS.open(its, tiersOf(7), list(year(PRICE)));
    }

    function test_the_payee_is_the_creator_where_nobody_else_is_named() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(7));
        its.payee = address(0);
        packed(its, tiersOf(7), list(year(PRICE)));
        eq(PACKS.saleOf(1).payee, creator, "payee");
    }

    function test_what_is_out_of_range_is_refused() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(7));
        its.size = 0;
        _outOfRange(its, tiersOf(7), 0, 1, 16);
        its.size = 17;
        _outOfRange(its, tiersOf(7), 17, 1, 16);
        its = termsOf(looms, 1, tiersOf(7));
        its.roundBlocks = 599;
        _outOfRange(its, tiersOf(7), 599, 600, 3_024_000);
        its.roundBlocks = 3_024_001;
        _outOfRange(its, tiersOf(7), 3_024_001, 600, 3_024_000);
        its = termsOf(looms, 1, tiersOf(7));
        its.rounds = 0;
        _outOfRange(its, tiersOf(7), 0, 1, 512);
        its.rounds = 513;
        _outOfRange(its, tiersOf(7), 513, 1, 512);
        its = termsOf(looms, 1, tiersOf(7));
        _outOfRange(its, new uint32[](0), 0, 1, 16);
        _outOfRange(its, new uint32[](17), 17, 1, 16);
    }

    function test_the_longest_and_the_largest_are_taken() public {
        uint32[] memory tiers = new uint32[](16);
        for (uint256 i = 0; i < 16; ++i) {
            tiers[i] = type(uint32).max;
        }
        IPacks.Terms memory its = termsOf(prints, 1, tiersOf(7));
        (its.packs, its.size, its.rounds, its.roundBlocks) = (type(uint32).max, 16, 512, 3_024_000);
        packed(its, tiers, list(year(0)));
        (uint256[16] memory counts,) = PACKS.tiersOf(1);
        for (uint256 i = 0; i < 16; ++i) {
            eq(counts[i], type(uint32).max, "count");
        }
        its.creation = looms;
        packed(its, tiers, list(year(0)));
        eq(DROPS.nextOf(looms), SPLIT + uint256(type(uint32).max) * 16, "ids for all");
        vm.prank(ALICE);
        PACKS.buy(1, 0, type(uint32).max, anybody());
        vm.roll(block.number + 600);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 1, 0));
        PACKS.buy(1, 0, 1, anybody());
    }

    function test_tiers_have_as_many_tokens_as_all_packs() public {
        IPacks.Terms memory its = termsOf(looms, 2, tiersOf(7, 3));
        uint32[] memory tiers = tiersOf(7, 2);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TiersDoNotAddUp.selector, 9, 10));
        vm.prank(creator);
        PACKS.open(its, tiers, list(year(PRICE)));
        vm.expectRevert(abi.encodeWithSelector(IPacks.TiersDoNotAddUp.selector, 11, 10));
        vm.prank(creator);
        PACKS.open(its, tiersOf(7, 4), list(year(PRICE)));
        vm.expectRevert(abi.encodeWithSelector(IPacks.EmptyTier.selector, 1));
        vm.prank(creator);
        PACKS.open(its, tiersOf(10, 0), list(year(PRICE)));
    }

    function testFuzz_what_is_left_of_tiers_is_what_there_was(uint32[16] memory raw, uint8 tiers) public {
        uint32[] memory counts = new uint32[](within(tiers, 1, 16));
        IPacks.Terms memory its = termsOf(prints, 1, tiersOf(1));
        its.packs = 0;
        for (uint256 i = 0; i < counts.length; ++i) {
            counts[i] = uint32(within(raw[i], 1, type(uint32).max / 16));
            its.packs += counts[i];
        }
        packed(its, counts, list(year(0)));
        (uint256[16] memory there, uint256[16] memory left) = PACKS.tiersOf(1);
        for (uint256 i = 0; i < 16; ++i) {
            eq(there[i], i < counts.length ? counts[i] : 0, "there were");
            eq(left[i], there[i], "are left");
        }
    }

    function test_of_a_sale_that_there_is_none_of_nothing_is_asked_nor_done() public {
        bytes memory none = abi.encodeWithSelector(IPhases.NoSuchSale.selector, 1);
        bytes[11] memory calls = [
            abi.encodeCall(PACKS.buy, (1, 0, 1, anybody())),
            abi.encodeCall(PACKS.reveal, (1, 0)),
            abi.encodeCall(PACKS.redraw, (1)),
            abi.encodeCall(PACKS.openNext, (1, 1)),
            abi.encodeCall(PACKS.close, (1)),
            abi.encodeCall(PACKS.void, (1)),
            abi.encodeCall(PACKS.refund, (1, 0)),
            abi.encodeCall(PACKS.returnBond, (1)),
            abi.encodeCall(PACKS.saleOf, (1)),
            abi.encodeCall(PACKS.seedOf, (1, 0)),
            abi.encodeCall(PACKS.roundOf, (1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = address(PACKS).call(calls[i]);
            eq(done ? 1 : 0, 0, "refused");
            eq(keccak256(reason), keccak256(none), "reason");
        }
    }

    function _outOfRange(IPacks.Terms memory its, uint32[] memory tiers, uint256 given, uint256 least, uint256 most)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(IPacks.OutOfRange.selector, given, least, most));
        vm.prank(creator);
        PACKS.open(its, tiers, list(year(PRICE)));
    }
}
