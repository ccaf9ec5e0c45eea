// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DropsWorld} from "./DropsWorld.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev What a creator promises when it opens a drop, and how ids are given out.
contract DropsOpenTest is DropsWorld {
    function test_a_drop_of_a_collection_is_a_range_of_ids_from_the_split_on() public {
        IDrops.Drop memory its = IDrops.Drop(looms, 5, 0, false, false, STUDIO, SPLIT);
        vm.expectEmit();
        emit IDrops.DropOpened(1, looms, creator, its, list(phase(PRICE)));
        eq(opened(looms, 5), 1, "the first");
        _expectDrop(1, its);
        eq(DROPS.dropCount(), 1, "one");
        eq(DROPS.nextOf(looms), SPLIT + 5, "given out");
        eq(DROPS.nextOf(prints), SPLIT, "of the other none");
    }

    function test_a_drop_of_editions_is_one_id_of_so_many_copies() public {
        opened(prints, 1000);
        opened(prints, 7);
        _expectDrop(1, IDrops.Drop(prints, 1000, 0, true, false, STUDIO, SPLIT));
        _expectDrop(2, IDrops.Drop(prints, 7, 0, true, false, STUDIO, SPLIT + 1));
        eq(DROPS.nextOf(prints), SPLIT + 2, "given out");
    }

    function test_no_drop_shares_an_id_with_another_nor_with_packs() public {
        opened(looms, 5);
        vm.prank(Predeploys.PACKS);
        eq(DROPS.allocate(looms, 100), SPLIT + 5, "packs");
        opened(looms, 1);
        eq(DROPS.dropOf(2).first, SPLIT + 105, "after the packs");
        eq(DROPS.nextOf(looms), SPLIT + 106, "given out");
    }

    function test_only_packs_are_given_ids() public {
        vm.expectRevert(abi.encodeWithSelector(IDrops.OnlyPacks.selector, creator));
        vm.prank(creator);
        DROPS.allocate(looms, 1);
    }

    function test_ids_begin_at_the_split_of_the_creation_be_it_zero() public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        its.split = 0;
        address token = address(collection(its));
        opened(token, 3);
        eq(DROPS.dropOf(1).first, 0, "from zero");
        opened(token, 3);
        eq(DROPS.dropOf(2).first, 3, "and on");
        mints(ALICE, 1, 3);
        mints(ALICE, 2, 3);
    }

    function test_the_payee_is_the_creator_where_nobody_else_is_named() public {
        vm.prank(creator);
        DROPS.open(IDrops.Terms(looms, address(0), 1), list(phase(PRICE)));
        eq(DROPS.dropOf(1).payee, creator, "payee");
    }

    function test_only_the_creator_of_a_known_clone_opens() public {
        vm.expectRevert(abi.encodeWithSelector(IPhases.OnlyCreator.selector, looms, ALICE));
        vm.prank(ALICE);
        DROPS.open(IDrops.Terms(looms, STUDIO, 1), list(phase(PRICE)));
        // A clone that somebody else made of the same code, or an account that says it is one.
        address[3] memory others = [Predeploys.COLLECTION, address(this), ALICE];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPhases.NotACreation.selector, others[i]));
            vm.prank(creator);
            DROPS.open(IDrops.Terms(others[i], STUDIO, 1), list(phase(PRICE)));
        }
    }

    function test_who_a_creation_was_given_to_is_its_creator() public {
        opened(looms, 1);
        vm.prank(creator);
        Ownable(looms).transferOwnership(BOB);
        vm.expectRevert(abi.encodeWithSelector(IPhases.OnlyCreator.selector, looms, creator));
        vm.prank(creator);
        DROPS.close(1);
        vm.prank(BOB);
        DROPS.close(1);
        vm.prank(BOB);
        eq(DROPS.open(IDrops.Terms(looms, BOB, 1), list(phase(PRICE))), 2, "opened");
    }

    function test_a_drop_of_none_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoQuantity.selector));
        vm.prank(creator);
        DROPS.open(IDrops.Terms(looms, STUDIO, 0), list(phase(PRICE)));
    }

    function test_there_are_one_to_eight_phases() public {
        uint256[2] memory wrong = [uint256(0), 9];
        for (uint256 i = 0; i < wrong.length; ++i) {
            IPhases.Phase[] memory phases = new IPhases.Phase[](wrong[i]);
            vm.expectRevert(abi.encodeWithSelector(IPhases.PhasesOutOfRange.selector, wrong[i], 8));
            vm.prank(creator);
            DROPS.open(IDrops.Terms(looms, STUDIO, 1), phases);
        }
        IPhases.Phase[] memory most = new IPhases.Phase[](8);
        for (uint256 i = 0; i < 8; ++i) {
            most[i] = phase(uint128(i));
        }
        opened(looms, 1, most);
        eq(DROPS.phaseCount(1), 8, "phases");
        for (uint256 i = 0; i < 8; ++i) {
            eq(DROPS.priceOf(1, i, block.timestamp), i, "price");
        }
    }

    function test_a_phase_that_has_no_time_or_a_rising_price_or_two_limits_of_an_account_is_refused() public {
        IPhases.Phase memory its = phase(PRICE);
        its.until = its.from;
        _refused(its);
        its.until = its.from - 1;
        _refused(its);
        its = phase(PRICE);
        its.endPrice = PRICE + 1;
        _refused(its);
        its = phase(PRICE);
        (its.allowed, its.perWallet) = (keccak256("list"), 1);
        _refused(its);
    }

    function testFuzz_a_phase_is_kept_as_it_was_promised(IPhases.Phase memory its) public {
        its.from = uint40(within(its.from, 0, type(uint40).max - 1));
        its.until = uint40(within(its.until, its.from + 1, type(uint40).max));
        its.endPrice = uint128(within(its.endPrice, 0, its.price));
        if (its.allowed != 0) its.perWallet = 0;
        opened(looms, 3, list(phase(1), its));
        (IPhases.Phase memory kept, uint256 sold) = DROPS.phaseOf(1, 1);
        eq(keccak256(abi.encode(kept)), keccak256(abi.encode(its)), "kept");
        eq(sold, 0, "sold");
    }

    function test_what_there_is_none_of_is_refused() public {
        bytes memory none = abi.encodeWithSelector(IPhases.NoSuchSale.selector, 1);
        vm.expectRevert(none);
        DROPS.dropOf(1);
        vm.expectRevert(none);
        DROPS.close(1);
        vm.expectRevert(none);
        DROPS.mint(1, 0, 1, anybody());
        opened(looms, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoSuchPhase.selector, 1, 1));
        DROPS.phaseOf(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoSuchPhase.selector, 1, 1));
        DROPS.priceOf(1, 1, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IPhases.NoSuchPhase.selector, 1, 1));
        DROPS.mint(1, 1, 1, anybody());
    }

    function test_a_drop_that_its_creator_closed_sells_nothing_any_more() public {
        opened(looms, 5);
        mints(ALICE, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IPhases.OnlyCreator.selector, looms, ALICE));
        vm.prank(ALICE);
        DROPS.close(1);
        vm.expectEmit();
        emit IDrops.DropClosed(1);
        vm.prank(creator);
        DROPS.close(1);
        holds(DROPS.dropOf(1).closed, "closed");
        bytes memory closed = abi.encodeWithSelector(IPhases.SaleClosed.selector, 1);
        vm.expectRevert(closed);
        vm.prank(ALICE);
        DROPS.mint{value: PRICE}(1, 0, 1, anybody());
        vm.expectRevert(closed);
        vm.prank(creator);
        DROPS.close(1);
        eq(DROPS.nextOf(looms), SPLIT + 5, "what was not sold nobody is given");
    }

    function _refused(IPhases.Phase memory its) private {
        vm.expectRevert(abi.encodeWithSelector(IPhases.MalformedPhase.selector, 1));
        vm.prank(creator);
        DROPS.open(IDrops.Terms(looms, STUDIO, 1), list(phase(PRICE), its));
    }

    function _expectDrop(uint256 drop, IDrops.Drop memory its) private view {
        eq(keccak256(abi.encode(DROPS.dropOf(drop))), keccak256(abi.encode(its)), "drop");
    }
}
