// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "./AllowTree.sol";
import {DropsWorld} from "./DropsWorld.sol";
import {Hoarder} from "./mocks/Hoarder.sol";
import {ICheckout} from "../src/interfaces/ICheckout.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What is sold, to whom, for what, and who is paid.
contract DropsMintTest is DropsWorld {
    function test_tokens_of_a_collection_are_minted_in_the_order_of_their_ids() public {
        uint256 drop = opened(looms, 5);
        mints(ALICE, drop, 2);
        vm.expectEmit();
        emit IDrops.Minted(drop, BOB, 0, SPLIT + 2, 3, 3 * PRICE, 3 * PRICE / 100);
        mints(BOB, drop, 3);
        for (uint256 i = 0; i < 5; ++i) {
            expectOwner(SPLIT + i, i < 2 ? ALICE : BOB);
        }
        eq(DROPS.dropOf(drop).sold, 5, "sold");
        (, uint256 sold) = DROPS.phaseOf(drop, 0);
        eq(sold, 5, "in the phase");
    }

    function test_copies_of_an_edition_are_minted_of_one_id() public {
        opened(prints, 1);
        uint256 drop = opened(prints, 5);
        mints(ALICE, drop, 2);
        vm.expectEmit();
        emit IDrops.Minted(drop, BOB, 0, SPLIT + 1, 3, 3 * PRICE, 3 * PRICE / 100);
        mints(BOB, drop, 3);
        eq(copiesOf(ALICE, SPLIT + 1), 2, "two");
        eq(copiesOf(BOB, SPLIT + 1), 3, "three");
        eq(copiesOf(BOB, SPLIT), 0, "of the other none");
    }

    /// There is no royalty on a first sale: the studio has one of five percent.
    function testFuzz_a_price_is_the_fee_and_the_payees(uint256 price, uint256 quantity, uint256 more) public {
        price = within(price, 0, 1000e18);
        quantity = within(quantity, 1, 20);
        more = within(more, 0, 100e18);
        uint256 drop = opened(prints, 20, list(phase(uint128(price))));
        vm.prank(ALICE);
        DROPS.mint{value: price * quantity + more}(drop, 0, quantity, anybody());
        uint256 fee = price * quantity / 100;
        eq(DROPS.duesIn(address(0)), fee, "fee");
        eq(STUDIO.balance, price * quantity - fee, "payee");
        eq(ALICE.balance, FUNDS - price * quantity, "what was too much is back");
        eq(address(DROPS).balance, fee, "nothing else is left");
        eq(creator.balance, 0, "no royalty");
    }

    /// There is nobody here for the part of edge nodes: all is burned.
    function test_fees_are_passed_on() public {
        uint256 drop = opened(looms, 5);
        mints(ALICE, drop, 3);
        bytes memory call = abi.encodeCall(IParameters.valueOf, (IParameters.Parameter.BurnShare));
        vm.mockCall(Predeploys.PARAMETERS, call, abi.encode(2500));
        DROPS.passOn(address(0));
        eq(Predeploys.BURN.balance, 3 * PRICE / 100, "burned");
        eq(DROPS.duesIn(address(0)), 0, "none is left");
        eq(address(DROPS).balance, 0, "no money of others went with them");
    }

    function test_less_than_the_price_is_refused() public {
        uint256 drop = opened(looms, 5);
        vm.expectRevert(abi.encodeWithSelector(ICheckout.NotEnoughSent.selector, 2 * PRICE, 2 * PRICE - 1));
        vm.prank(ALICE);
        DROPS.mint{value: 2 * PRICE - 1}(drop, 0, 2, anybody());
    }

    function test_who_does_not_take_money_is_credited() public {
        Hoarder payee = new Hoarder();
        payee.plan(Hoarder.Mood.Refuse, 0);
        vm.prank(creator);
        uint256 drop = DROPS.open(IDrops.Terms(looms, address(payee), 5), list(phase(PRICE)));
        Hoarder buyer = new Hoarder();
        buyer.plan(Hoarder.Mood.Refuse, 0);
        vm.deal(address(buyer), FUNDS);
        buyer.perform(address(DROPS), PRICE + 7, abi.encodeCall(DROPS.mint, (drop, 0, 1, anybody())));
        eq(DROPS.creditOf(address(payee)), PRICE - PRICE / 100, "payee");
        eq(DROPS.creditOf(address(buyer)), 7, "buyer");
        expectOwner(SPLIT, address(buyer));
    }

    function test_a_price_can_be_zero_and_a_quantity_cannot() public {
        uint256 drop = opened(looms, 5, list(phase(0)));
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoQuantity.selector));
        vm.prank(ALICE);
        DROPS.mint(drop, 0, 0, anybody());
        vm.prank(ALICE);
        DROPS.mint(drop, 0, 2, anybody());
        expectOwner(SPLIT + 1, ALICE);
        eq(address(DROPS).balance, 0, "free");
    }

    function test_a_phase_sells_from_its_first_second_to_its_last() public {
        IPhases.Phase memory its = phase(PRICE);
        (its.from, its.until) = (uint40(START + 10), uint40(START + 20));
        uint256 drop = opened(looms, 5, list(its));
        bytes memory closed = abi.encodeWithSelector(IPhases.NotOnSale.selector, drop, 0, START + 10, START + 20);
        uint256[2] memory wrong = [START + 9, START + 21];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.warp(wrong[i]);
            vm.expectRevert(closed);
            vm.prank(ALICE);
            DROPS.mint{value: PRICE}(drop, 0, 1, anybody());
            vm.expectRevert(closed);
            DROPS.priceOf(drop, 0, wrong[i]);
        }
        vm.warp(START + 10);
        mints(ALICE, drop, 1);
        vm.warp(START + 20);
        mints(ALICE, drop, 1);
    }

    function test_a_price_falls_in_proportion_to_time() public {
        IPhases.Phase memory its = phase(100);
        (its.endPrice, its.until) = (1, its.from + 10);
        uint256 drop = opened(looms, 20, list(its));
        uint256[11] memory prices = [uint256(100), 91, 81, 71, 61, 51, 41, 31, 21, 11, 1];
        for (uint256 i = 0; i < prices.length; ++i) {
            vm.warp(START + i);
            uint256 before = ALICE.balance;
            vm.prank(ALICE);
            DROPS.mint{value: 100}(drop, 0, 1, anybody());
            eq(before - ALICE.balance, prices[i], "paid");
        }
    }

    function testFuzz_a_price_is_between_its_ends_and_never_rises(uint256 raw, uint256 time, uint256 later) public {
        IPhases.Phase memory its = phase(uint128(raw));
        its.endPrice = uint128(within(raw >> 128, 0, its.price));
        its.until = uint40(its.from + 1 + within(time >> 128, 0, type(uint40).max - its.from - 1));
        uint256 drop = opened(looms, 1, list(its));
        time = within(time, its.from, its.until);
        later = within(later, time, its.until);
        uint256 price = DROPS.priceOf(drop, 0, time);
        holds(price <= its.price && price >= its.endPrice, "between");
        holds(DROPS.priceOf(drop, 0, later) <= price, "never rises");
        eq(DROPS.priceOf(drop, 0, its.from), its.price, "first");
        eq(DROPS.priceOf(drop, 0, its.until), its.endPrice, "last");
    }

    function test_no_more_is_sold_than_there_is() public {
        uint256 drop = opened(looms, 5);
        opened(looms, 5);
        mints(ALICE, drop, 3);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 3, 2));
        vm.prank(BOB);
        DROPS.mint{value: 3 * PRICE}(drop, 0, 3, anybody());
        mints(BOB, drop, 2);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 1, 0));
        vm.prank(BOB);
        DROPS.mint{value: PRICE}(drop, 0, 1, anybody());
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        ICollection(looms).ownerOf(SPLIT + 5);
    }

    function test_a_phase_sells_no_more_than_its_own() public {
        IPhases.Phase memory its = phase(PRICE);
        its.supply = 2;
        uint256 drop = opened(looms, 5, list(its, phase(2 * PRICE)));
        mints(ALICE, drop, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 2, 1));
        vm.prank(ALICE);
        DROPS.mint{value: 2 * PRICE}(drop, 0, 2, anybody());
        mints(ALICE, drop, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.QuantityTooMany.selector, 1, 0));
        vm.prank(BOB);
        DROPS.mint{value: PRICE}(drop, 0, 1, anybody());
        // At the same time, in the other.
        mints(BOB, drop, 1, 3);
        eq(STUDIO.balance, (2 * PRICE + 6 * PRICE) * 99 / 100, "each at its price");
    }

    function test_an_account_buys_no_more_than_the_phase_lets_it() public {
        IPhases.Phase memory its = phase(PRICE);
        its.perWallet = 3;
        uint256 drop = opened(looms, 20, list(its, its));
        mints(ALICE, drop, 0, 2);
        eq(DROPS.boughtBy(drop, 0, ALICE), 2, "counted");
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, ALICE, 2, 1));
        vm.prank(ALICE);
        DROPS.mint{value: 2 * PRICE}(drop, 0, 2, anybody());
        mints(ALICE, drop, 0, 1);
        // Others, and another phase, are counted for themselves.
        mints(BOB, drop, 0, 3);
        mints(ALICE, drop, 1, 3);
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, ALICE, 1, 0));
        vm.prank(ALICE);
        DROPS.mint{value: PRICE}(drop, 1, 1, anybody());
    }

    function test_who_is_listed_buys_as_many_as_the_list_says() public {
        IPhases.Phase memory its = phase(PRICE);
        its.allowed = AllowTree.root(listed());
        uint256 drop = opened(looms, 20, list(its));
        _buys(BOB, drop, 1, allowance(1));
        _buys(ALICE, drop, 2, allowance(0));
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, BOB, 3, 2));
        _buys(BOB, drop, 3, allowance(1));
        _buys(BOB, drop, 2, allowance(1));
        eq(DROPS.boughtBy(drop, 0, BOB), 3, "counted");
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, ALICE, 1, 0));
        _buys(ALICE, drop, 1, allowance(0));
        // Who is listed with none has none.
        vm.deal(holder, FUNDS);
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, holder, 1, 0));
        _buys(holder, drop, 1, allowance(3));
    }

    /// Who is on it twice buys the greater number, not the sum.
    function test_an_account_that_is_listed_twice_buys_the_greater_number() public {
        AllowTree.Entry[] memory entries = listed();
        entries[1] = AllowTree.Entry(ALICE, 3);
        IPhases.Phase memory its = phase(PRICE);
        its.allowed = AllowTree.root(entries);
        uint256 drop = opened(looms, 20, list(its));
        _buys(ALICE, drop, 3, IPhases.Allowance(3, AllowTree.proof(entries, 1)));
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, ALICE, 1, 0));
        _buys(ALICE, drop, 1, IPhases.Allowance(2, AllowTree.proof(entries, 0)));
    }

    /// The example of OpenZeppelin's `merkle-tree`, as its README prints it.
    function test_a_tree_of_the_library_that_creators_use_is_understood() public {
        IPhases.Phase memory its = phase(0);
        its.allowed = 0xd4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77;
        uint256 drop = opened(prints, 20, list(its));
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = 0xb92c48e9d7abe27fd8dfd6b5dfdbfb1c9a463f80c712b66f3a5180a090cccafc;
        address account = 0x1111111111111111111111111111111111111111;
        _buys(account, drop, 2, IPhases.Allowance(5e18, proof));
        eq(copiesOf(account, SPLIT), 2, "bought");
    }

    function testFuzz_whatever_is_asked_the_limits_hold(uint256 seed) public {
        IPhases.Phase memory its = phase(1);
        (its.perWallet, its.supply) = (4, 7);
        uint256 drop = opened(prints, 9, list(its, phase(1)));
        address[3] memory buyers = [ALICE, BOB, CAROL];
        uint256[2] memory sold;
        uint256[3] memory own;
        for (uint256 i = 0; i < 12; ++i) {
            uint256 raw = uint256(keccak256(abi.encode(seed, i)));
            (uint256 who, uint256 which, uint256 quantity) = (raw % 3, raw >> 8 & 1, within(raw >> 16, 1, 4));
            bool fits = sold[0] + sold[1] + quantity <= 9;
            if (which == 0) fits = fits && sold[0] + quantity <= 7 && own[who] + quantity <= 4;
            vm.prank(buyers[who]);
            (bool done,) = address(DROPS).call{value: 4}(abi.encodeCall(DROPS.mint, (drop, which, quantity, anybody())));
            holds(done == fits, "as the limits say");
            if (!done) continue;
            sold[which] += quantity;
            if (which == 0) own[who] += quantity;
        }
    }

    function _buys(address account, uint256 drop, uint256 quantity, IPhases.Allowance memory its) private {
        vm.prank(account);
        DROPS.mint{value: account.balance < 100 * PRICE ? 0 : quantity * PRICE}(drop, 0, quantity, its);
    }
}
