// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./mocks/Hoarder.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev What becomes of a sale whose creator keeps a secret to itself, and of a bond.
contract PacksVoidTest is PacksWorld {
    uint256 private constant PACKS_OF_ALL = 20;
    uint256 private _sale;

    function setUp() public override {
        super.setUp();
        _sale = packed(looms, 2, tiersOf(10, 30));
    }

    function test_a_sale_is_void_when_a_secret_was_not_revealed_in_time() public {
        _withheld();
        uint256 until = PACKS.progressOf(_sale).height + REVEAL_BLOCKS;
        vm.roll(until);
        vm.expectRevert(abi.encodeWithSelector(IPacks.TooEarly.selector, _sale, until));
        PACKS.void(_sale);
        vm.roll(until + 1);
        vm.expectEmit();
        emit IPacks.SaleVoided(_sale, 1, 5, (PACKS_OF_ALL - 5) * SHARE);
        vm.prank(CAROL);
        PACKS.void(_sale);
        eq(uint256(PACKS.saleOf(_sale).state), uint256(IPacks.State.Voided), "void");
        eq(PACKS.saleOf(_sale).bond, 5 * SHARE, "what is left of the bond");
        eq(Predeploys.BURN.balance, (PACKS_OF_ALL - 5) * SHARE, "the rest is burned");
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToReveal.selector, _sale));
        PACKS.void(_sale);
        vm.expectRevert(abi.encodeWithSelector(IPhases.SaleClosed.selector, _sale));
        buys(ALICE, _sale, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.SaleClosed.selector, _sale));
        vm.prank(creator);
        PACKS.close(_sale);
    }

    function test_buyers_of_a_void_round_have_their_money_back_and_a_share_of_the_bond() public {
        _withheld();
        _void();
        uint256[3] memory before = [ALICE.balance, BOB.balance, address(PACKS).balance];
        vm.expectEmit();
        emit IPacks.Refunded(_sale, ALICE, 1, 2 * PRICE, 2 * SHARE);
        vm.prank(CAROL);
        PACKS.refund(_sale, 1);
        eq(ALICE.balance - before[0], 2 * PRICE + 2 * SHARE, "the first");
        PACKS.refund(_sale, 2);
        eq(BOB.balance - before[1], 3 * PRICE + 3 * SHARE, "the second");
        eq(before[2] - address(PACKS).balance, 5 * PRICE + 5 * SHARE, "all");
        eq(PACKS.saleOf(_sale).escrow + PACKS.saleOf(_sale).bond, 0, "nothing is left");
        (address buyer,,,,) = PACKS.purchaseOf(_sale, 1);
        eq(buyer, address(0), "refunded");
        _nothingToRefund(1);
        _nothingToRefund(2);
    }

    /// What was revealed before is the payee's, and its packs are opened.
    function test_rounds_that_were_revealed_are_not_refunded() public {
        _withheld();
        _void();
        _nothingToRefund(0);
        opens(_sale);
        eq(PACKS.progressOf(_sale).opened, 1, "the one that was revealed");
        eq(ICollection(looms).balanceOf(CAROL), 2, "its tokens");
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToOpen.selector, _sale));
        PACKS.openNext(_sale, 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NoSuchPurchase.selector, _sale, 3));
        PACKS.refund(_sale, 3);
    }

    function test_nothing_is_refunded_of_a_sale_that_is_not_void() public {
        buys(ALICE, _sale, 1);
        _nothingToRefund(0);
        vm.prank(creator);
        PACKS.close(_sale);
        _nothingToRefund(0);
        reveals(_sale);
        _nothingToRefund(0);
    }

    function test_a_sale_that_was_closed_before_is_void_as_well() public {
        buys(ALICE, _sale, 1);
        vm.prank(creator);
        PACKS.close(_sale);
        _void();
        PACKS.refund(_sale, 0);
        eq(ALICE.balance, FUNDS + SHARE, "with its share");
    }

    function test_who_does_not_take_its_refund_is_credited() public {
        Hoarder buyer = new Hoarder();
        vm.deal(address(buyer), PRICE);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (_sale, 0, 1, anybody())));
        buyer.plan(Hoarder.Mood.Refuse, 0);
        _void();
        PACKS.refund(_sale, 0);
        eq(PACKS.creditOf(address(buyer)), PRICE + SHARE, "credited");
    }

    function test_a_creator_that_bought_everything_itself_has_its_own_back_and_no_more() public {
        vm.prank(creator);
        PACKS.buy{value: 20 * PRICE}(_sale, 0, 20, anybody());
        _void();
        PACKS.refund(_sale, 0);
        eq(creator.balance, FUNDS, "nobody else was harmed");
        eq(Predeploys.BURN.balance, 0, "nothing is burned");
    }

    /// Of its bond it gets the part of the packs that it bought, whatever it bought them for.
    function test_a_creator_that_bought_some_itself_loses_the_rest_of_the_bond() public {
        vm.prank(creator);
        PACKS.buy{value: 4 * PRICE}(_sale, 0, 4, anybody());
        buys(ALICE, _sale, 1);
        _void();
        PACKS.refund(_sale, 0);
        PACKS.refund(_sale, 1);
        eq(creator.balance, FUNDS - 16 * SHARE, "lost");
    }

    /// Nobody has the tokens that were not drawn, nor ever will.
    function test_tokens_that_a_void_sale_did_not_draw_are_nobodys_for_good() public {
        _withheld();
        _void();
        opens(_sale);
        eq(DROPS.nextOf(looms), SPLIT + 40, "their ids are not given out again");
        uint256 minted_;
        for (uint256 i = 0; i < 40; ++i) {
            (bool exists,) = looms.staticcall(abi.encodeCall(ICollection.ownerOf, (SPLIT + i)));
            if (exists) ++minted_;
        }
        eq(minted_, 2, "those of the pack that was revealed");
    }

    function test_a_bond_comes_back_when_all_was_sold_and_revealed() public {
        buys(ALICE, _sale, 19);
        reveals(_sale);
        resumes(_sale);
        _bound();
        buys(ALICE, _sale, 1);
        _bound();
        reveals(_sale);
        vm.expectEmit();
        emit IPacks.BondReturned(_sale, creator, 20 * SHARE);
        vm.prank(CAROL);
        PACKS.returnBond(_sale);
        eq(creator.balance, FUNDS, "back");
        eq(PACKS.saleOf(_sale).bond, 0, "nothing is left");
        _bound();
    }

    function test_a_bond_comes_back_after_the_last_round() public {
        buys(ALICE, _sale, 1);
        rollToRound(_sale, ROUNDS);
        _bound();
        reveals(_sale);
        vm.roll(HEIGHT + uint256(ROUNDS) * ROUND_BLOCKS - 1);
        _bound();
        vm.roll(block.number + 1);
        PACKS.returnBond(_sale);
        eq(creator.balance, FUNDS, "back");
    }

    function test_a_bond_comes_back_when_the_creator_closed_the_sale() public {
        buys(ALICE, _sale, 1);
        vm.prank(creator);
        PACKS.close(_sale);
        _bound();
        reveals(_sale);
        PACKS.returnBond(_sale);
        eq(creator.balance, FUNDS, "back");
    }

    function test_no_bond_comes_back_of_a_void_sale() public {
        buys(ALICE, _sale, 1);
        _void();
        _bound();
        PACKS.refund(_sale, 0);
        _bound();
    }

    /// A pack that was revealed, and two purchases of which the secret never is.
    function _withheld() private {
        buys(CAROL, _sale, 1);
        reveals(_sale);
        resumes(_sale);
        buys(ALICE, _sale, 2);
        buys(BOB, _sale, 3);
    }

    function _void() private {
        vm.roll(PACKS.progressOf(_sale).height + REVEAL_BLOCKS + 1);
        PACKS.void(_sale);
    }

    function _nothingToRefund(uint256 purchase) private {
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToRefund.selector, _sale, purchase));
        PACKS.refund(_sale, purchase);
    }

    function _bound() private {
        vm.expectRevert(abi.encodeWithSelector(IPacks.BondBound.selector, _sale));
        PACKS.returnBond(_sale);
    }
}
