// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Custodian} from "./mocks/Custodian.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev How tokens come to be, and end.
contract CollectionMintTest is CreationWorld {
    ICollection private _token;
    ICreation private _creation;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        _creation = ICreation(address(_token));
    }

    function test_a_token_is_its_holders_from_the_second_in_which_it_was_minted() public {
        vm.warp(START + 5);
        vm.expectEmit();
        emit ICollection.Transfer(address(0), ALICE, 3);
        minted(_token, ALICE, 3);
        eq(_token.ownerOf(3), ALICE, "holder");
        eq(_token.balanceOf(ALICE), 1, "balance");
        eq(_token.heldSince(3), START + 5, "since");
        eq(_token.nonces(3), 0, "nonce");
        eq(_token.getApproved(3), address(0), "approved");
    }

    function test_no_token_is_minted_twice_by_anybody() public {
        minted(_token, ALICE, 3);
        issued(address(_token), ALICE, SPLIT, 1);
        ICreation.Voucher memory what = voucher(BOB, 3);
        bytes memory by = signed(address(_token), what);
        _exists();
        minted(_token, BOB, 3);
        _exists();
        _creation.redeem(what, by, 1);
        _exists();
        issued(address(_token), BOB, SPLIT, 1);
        bytes32[] memory none = new bytes32[](0);
        _exists();
        vm.prank(creator);
        _token.mintBatch(BOB, 2, 2, none);
        eq(_token.ownerOf(3), ALICE, "still hers");
    }

    function test_no_token_is_minted_again_once_it_was_burned() public {
        ICreation.Voucher memory what = voucher(ALICE, 3);
        bytes memory by = signed(address(_token), what);
        _creation.redeem(what, by, 1);
        issued(address(_token), ALICE, SPLIT, 1);
        vm.prank(ALICE);
        _token.burn(3);
        vm.prank(ALICE);
        _token.burn(SPLIT);
        _burned(3);
        minted(_token, BOB, 3);
        _burned(3);
        _creation.redeem(what, by, 1);
        _burned(SPLIT);
        issued(address(_token), BOB, SPLIT, 1);
        bytes32[] memory none = new bytes32[](0);
        _burned(3);
        vm.prank(creator);
        _token.mintBatch(BOB, 2, 2, none);
    }

    function test_nothing_is_minted_to_nobody() public {
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToZeroAddress.selector));
        minted(_token, address(0), 3);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToZeroAddress.selector));
        issued(address(_token), address(0), SPLIT, 1);
    }

    function test_a_batch_is_minted_from_the_first_upward() public {
        bytes32[] memory none = new bytes32[](0);
        vm.prank(creator);
        _token.mintBatch(ALICE, 5, 3, none);
        for (uint256 id = 5; id < 8; ++id) {
            eq(_token.ownerOf(id), ALICE, "holder");
            eq(_token.heldSince(id), START, "since");
            eq(_creation.contentOf(id), 0, "content");
        }
        eq(_token.balanceOf(ALICE), 3, "balance");
        _missing(4);
        _missing(8);
    }

    function test_a_batch_has_contents_for_all_or_none() public {
        bytes32[] memory contents = new bytes32[](2);
        (contents[0], contents[1]) = (keccak256("five"), keccak256("six"));
        vm.prank(creator);
        _token.mintBatch(ALICE, 5, 2, contents);
        eq(_creation.contentOf(5), contents[0], "five");
        eq(_creation.contentOf(6), contents[1], "six");
        for (uint256 count = 1; count < 4; count += 2) {
            vm.expectRevert(abi.encodeWithSelector(ICreation.LengthMismatch.selector));
            vm.prank(creator);
            _token.mintBatch(ALICE, 10, count, contents);
        }
    }

    function test_a_batch_ends_below_the_split() public {
        bytes32[] memory none = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        vm.prank(creator);
        _token.mintBatch(ALICE, SPLIT - 1, 2, none);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, type(uint256).max, SPLIT));
        vm.prank(creator);
        _token.mintBatch(ALICE, type(uint256).max, 2, none);
        vm.expectRevert(abi.encodeWithSelector(Ownable.Unauthorized.selector));
        vm.prank(ALICE);
        _token.mintBatch(ALICE, 1, 1, none);
    }

    function test_drops_issue_from_an_id_upward() public {
        issued(address(_token), ALICE, SPLIT + 5, 3);
        for (uint256 id = SPLIT + 5; id < SPLIT + 8; ++id) {
            eq(_token.ownerOf(id), ALICE, "holder");
        }
        eq(_token.balanceOf(ALICE), 3, "balance");
        _missing(SPLIT + 4);
        _missing(SPLIT + 8);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        issued(address(_token), ALICE, type(uint256).max - 1, 3);
        issued(address(_token), ALICE, type(uint256).max, 1);
        eq(_token.ownerOf(type(uint256).max), ALICE, "the last there can be");
    }

    function test_a_voucher_is_of_one_token() public {
        ICreation.Voucher memory what = voucher(ALICE, 3);
        what.amount = 2;
        bytes memory by = signed(address(_token), what);
        for (uint128 amount = 0; amount < 3; ++amount) {
            vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, amount, 0));
            _creation.redeem(what, by, amount);
        }
    }

    function test_nobody_is_called_when_tokens_are_minted() public {
        Custodian custodian = new Custodian(address(0), "");
        custodian.plan(Custodian.Mood.Refuse, address(0), "");
        minted(_token, address(custodian), 1);
        issued(address(_token), address(custodian), SPLIT, 2);
        ICreation.Voucher memory what = voucher(address(custodian), 2);
        _creation.redeem(what, signed(address(_token), what), 1);
        bytes32[] memory none = new bytes32[](0);
        vm.prank(creator);
        _token.mintBatch(address(custodian), 10, 2, none);
        eq(_token.balanceOf(address(custodian)), 6, "all");
        eq(custodian.received(), 0, "not asked");
    }

    function test_its_holder_burns_a_token() public {
        minted(_token, ALICE, 3);
        vm.warp(START + 5);
        vm.expectEmit();
        emit ICollection.Transfer(ALICE, address(0), 3);
        vm.prank(ALICE);
        _token.burn(3);
        _missing(3);
        eq(_token.balanceOf(ALICE), 0, "balance");
        eq(_token.nonces(3), 1, "nonce");
        eq(_token.heldSince(3), START + 5, "when");
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        vm.prank(ALICE);
        _token.burn(3);
    }

    function test_whom_the_holder_approved_burns_a_token_and_nobody_else() public {
        minted(_token, ALICE, 1);
        minted(_token, ALICE, 2);
        address[3] memory others = [BOB, creator, Predeploys.EXCHANGE];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
            vm.prank(others[i]);
            _token.burn(1);
        }
        vm.prank(ALICE);
        _token.approve(BOB, 1);
        vm.prank(BOB);
        _token.burn(1);
        vm.prank(ALICE);
        _token.setApprovalForAll(CAROL, true);
        vm.prank(CAROL);
        _token.burn(2);
        eq(_token.balanceOf(ALICE), 0, "balance");
    }

    function test_a_token_that_does_not_exist_shows_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        _token.tokenURI(3);
        minted(_token, ALICE, 3);
        vm.prank(ALICE);
        _token.burn(3);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        _token.tokenURI(3);
        eq(_token.nonces(4), 0, "nonce of none");
        eq(_token.heldSince(4), 0, "since of none");
    }

    function test_any_ids_below_the_split_are_the_creators_and_no_others(uint256 id, uint32 split) public {
        ICreation.Terms memory its = terms(ICreation.Policy.Open);
        its.split = split;
        _token = collection(its);
        if (id >= split) vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, id, split));
        minted(_token, ALICE, id);
        if (id < split) vm.expectRevert(abi.encodeWithSelector(ICreation.NotDrops.selector, id, split));
        issued(address(_token), ALICE, id, 1);
        eq(_token.ownerOf(id), ALICE, "by one of them");
    }

    function test_batches_of_any_size_add_up(uint256 first, uint256 count) public {
        (first, count) = (within(first, 0, SPLIT - 50), within(count, 0, 50));
        bytes32[] memory none = new bytes32[](0);
        vm.prank(creator);
        _token.mintBatch(ALICE, first, count, none);
        eq(_token.balanceOf(ALICE), count, "balance");
        for (uint256 i = 0; i < count; ++i) {
            eq(_token.ownerOf(first + i), ALICE, "holder");
        }
    }

    function test_it_says_what_it_implements() public view {
        bytes4[8] memory all = [
            bytes4(0x01ffc9a7),
            0x80ac58cd,
            0x5b5e139f,
            0x2a55205a,
            0x5604e225,
            0x49064906,
            0xad092b5c,
            ICollection.permit.selector ^ ICollection.nonces.selector ^ ICreation.DOMAIN_SEPARATOR.selector
        ];
        for (uint256 i = 0; i < all.length; ++i) {
            holds(_token.supportsInterface(all[i]), "implemented");
        }
        eq(bytes32(all[7]), bytes32(all[4]), "ERC-4494");
        bytes4 users = ICollection.setUser.selector ^ ICollection.userOf.selector ^ ICollection.userExpires.selector;
        eq(bytes32(users), bytes32(all[6]), "ERC-4907");
        holds(!_token.supportsInterface(0xffffffff), "never");
        holds(!_token.supportsInterface(0xd9b67a26), "editions");
    }

    function _exists() private {
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenAlreadyExists.selector));
    }

    function _burned(uint256 id) private {
        vm.expectRevert(abi.encodeWithSelector(ICollection.Burned.selector, id));
    }

    function _missing(uint256 id) private {
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        _token.ownerOf(id);
    }
}
