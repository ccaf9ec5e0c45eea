// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Custodian} from "./mocks/Custodian.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev How editions come to be, how many, and how they end.
contract EditionsMintTest is CreationWorld {
    uint256 private constant NO_CAP = type(uint128).max;
    bytes32 private constant ONE = keccak256("one");
    bytes32 private constant TWO = keccak256("two");

    IEditions private _token;
    ICreation private _creation;

    function setUp() public override {
        super.setUp();
        _token = editions(ICreation.Policy.Open);
        _creation = ICreation(address(_token));
    }

    function test_an_edition_is_minted_in_parts() public {
        vm.expectEmit();
        emit IEditions.TransferSingle(creator, address(0), ALICE, 3, 10);
        minted(_token, ALICE, 3, 10);
        minted(_token, BOB, 3, 5);
        eq(_token.balanceOf(ALICE, 3), 10, "hers");
        eq(_token.balanceOf(BOB, 3), 5, "his");
        _is(3, 15, NO_CAP, 15);
    }

    function test_several_editions_are_minted_at_once() public {
        (uint256[] memory ids, uint256[] memory amounts) = _three();
        vm.expectEmit();
        emit IEditions.TransferBatch(creator, address(0), ALICE, ids, amounts);
        vm.prank(creator);
        _token.mintBatch(ALICE, ids, amounts);
        _is(1, 15, NO_CAP, 15);
        _is(2, 7, NO_CAP, 7);
        eq(_token.balanceOf(ALICE, 1), 15, "one, twice");
        eq(_token.balanceOf(ALICE, 2), 7, "two");
    }

    function test_a_batch_has_an_amount_for_each_of_the_creators_ids() public {
        (uint256[] memory ids, uint256[] memory amounts) = _three();
        vm.expectRevert(abi.encodeWithSelector(ICreation.LengthMismatch.selector));
        vm.prank(creator);
        _token.mintBatch(ALICE, ids, new uint256[](2));
        vm.expectRevert(abi.encodeWithSelector(Ownable.Unauthorized.selector));
        vm.prank(ALICE);
        _token.mintBatch(ALICE, ids, amounts);
        ids[2] = SPLIT;
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        vm.prank(creator);
        _token.mintBatch(ALICE, ids, amounts);
    }

    function test_no_more_is_minted_than_the_cap_by_anybody() public {
        _cap(1, 10);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        vm.prank(creator);
        _token.setCap(SPLIT, 10);
        minted(_token, ALICE, 1, 8);
        _aboveCap(1, 8, 10);
        minted(_token, ALICE, 1, 3);
        (uint256[] memory ids, uint256[] memory amounts) = _three();
        _aboveCap(1, 8, 10);
        vm.prank(creator);
        _token.mintBatch(ALICE, ids, amounts);
        ICreation.Voucher memory what = voucher(ALICE, 1);
        what.amount = 3;
        bytes memory by = signed(address(_token), what);
        _aboveCap(1, 8, 10);
        _creation.redeem(what, by, 3);
        _creation.redeem(what, by, 2);
        _is(1, 10, 10, 10);
    }

    function test_what_was_burned_is_not_minted_anew() public {
        _cap(1, 10);
        minted(_token, ALICE, 1, 10);
        vm.prank(ALICE);
        _token.burn(ALICE, 1, 4);
        _is(1, 10, 10, 6);
        _aboveCap(1, 10, 10);
        minted(_token, ALICE, 1, 1);
    }

    function test_a_cap_falls_to_what_was_minted_and_does_not_rise() public {
        vm.expectEmit();
        emit IEditions.CapSet(1, 10);
        _cap(1, 10);
        _is(1, 0, 10, 0);
        minted(_token, ALICE, 1, 4);
        _wrongCap(1, 11);
        _cap(1, 11);
        _wrongCap(1, 3);
        _cap(1, 3);
        _cap(1, 10);
        _cap(1, 4);
        _is(1, 4, 4, 4);
        vm.expectRevert(abi.encodeWithSelector(Ownable.Unauthorized.selector));
        vm.prank(ALICE);
        _token.setCap(1, 4);
    }

    function test_an_edition_of_none_stays_one_of_none() public {
        _cap(1, 0);
        _is(1, 0, 0, 0);
        _aboveCap(1, 0, 0);
        minted(_token, ALICE, 1, 1);
        _wrongCap(1, 1);
        _cap(1, 1);
    }

    function test_without_a_cap_there_are_as_many_as_can_be_counted() public {
        minted(_token, ALICE, 1, NO_CAP);
        _aboveCap(1, NO_CAP, NO_CAP);
        minted(_token, ALICE, 1, 1);
        _aboveCap(2, 0, NO_CAP);
        minted(_token, ALICE, 2, type(uint256).max);
        _cap(1, uint128(NO_CAP));
        _is(1, NO_CAP, NO_CAP, NO_CAP);
        vm.prank(ALICE);
        _token.burn(ALICE, 1, NO_CAP);
        _is(1, NO_CAP, NO_CAP, 0);
    }

    function test_any_amounts_are_counted_up_to_any_cap(uint128 cap, uint128 first, uint128 second, uint128 burned)
        public
    {
        _cap(1, cap);
        if (first > cap) _aboveCap(1, 0, cap);
        minted(_token, ALICE, 1, first);
        uint256 had = first > cap ? 0 : first;
        if (second > cap - had) _aboveCap(1, had, cap);
        minted(_token, BOB, 1, second);
        if (second <= cap - had) had += second;
        uint256 hers = _token.balanceOf(ALICE, 1);
        burned = uint128(within(burned, 0, hers));
        vm.prank(ALICE);
        _token.burn(ALICE, 1, burned);
        _is(1, had, cap, had - burned);
        eq(_token.balanceOf(ALICE, 1) + _token.balanceOf(BOB, 1), had - burned, "held");
    }

    function test_their_holder_burns_editions_or_whom_it_approved() public {
        minted(_token, ALICE, 1, 10);
        vm.expectEmit();
        emit IEditions.TransferSingle(ALICE, ALICE, address(0), 1, 4);
        vm.prank(ALICE);
        _token.burn(ALICE, 1, 4);
        vm.expectRevert(abi.encodeWithSelector(IEditions.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        _token.burn(ALICE, 1, 1);
        vm.prank(ALICE);
        _token.setApprovalForAll(BOB, true);
        vm.prank(BOB);
        _token.burn(ALICE, 1, 5);
        vm.expectRevert(abi.encodeWithSelector(IEditions.InsufficientBalance.selector));
        vm.prank(ALICE);
        _token.burn(ALICE, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(IEditions.InsufficientBalance.selector));
        vm.prank(ALICE);
        _token.burn(ALICE, 1, uint256(1) << 128);
        _is(1, 10, NO_CAP, 1);
    }

    function test_a_voucher_is_redeemed_in_parts_up_to_its_amount() public {
        ICreation.Voucher memory what = voucher(ALICE, 1);
        what.amount = 10;
        bytes memory by = signed(address(_token), what);
        _creation.redeem(what, by, 4);
        _creation.redeem(what, by, 5);
        vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, 2, 1));
        _creation.redeem(what, by, 2);
        _creation.redeem(what, by, 1);
        vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, 1, 0));
        _creation.redeem(what, by, 1);
        vm.prank(ALICE);
        _token.burn(ALICE, 1, 10);
        vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, 1, 0));
        _creation.redeem(what, by, 1);
        what.until += 1;
        _creation.redeem(what, signed(address(_token), what), 1);
        _is(1, 11, NO_CAP, 1);
    }

    function test_a_voucher_names_the_content_of_what_there_was_none_of() public {
        ICreation.Voucher memory what = voucher(ALICE, 1);
        (what.amount, what.content) = (10, ONE);
        bytes memory by = signed(address(_token), what);
        vm.expectEmit();
        emit ICreation.MetadataUpdate(1);
        _creation.redeem(what, by, 1);
        eq(_creation.contentOf(1), ONE, "named");
        vm.prank(creator);
        _creation.setContent(1, TWO);
        _creation.redeem(what, by, 1);
        eq(_creation.contentOf(1), TWO, "the creator's word");
    }

    function test_a_voucher_without_content_leaves_it_as_it_is() public {
        vm.prank(creator);
        _creation.setContent(1, ONE);
        ICreation.Voucher memory what = voucher(ALICE, 1);
        _creation.redeem(what, signed(address(_token), what), 1);
        eq(_creation.contentOf(1), ONE, "as it was");
    }

    function test_minting_names_content_anew_as_long_as_it_is_not_frozen() public {
        _mint(1, ONE);
        vm.expectEmit();
        emit IEditions.URI("ipfs://bafkr4ih777777777777777777777777777777777777777777777777774", 1);
        _mint(1, bytes32(type(uint256).max));
        eq(_creation.contentOf(1), bytes32(type(uint256).max), "anew");
        _mint(1, 0);
        eq(_creation.contentOf(1), bytes32(type(uint256).max), "as it was");
        vm.prank(creator);
        _creation.freeze();
        vm.expectRevert(abi.encodeWithSelector(ICreation.Frozen.selector));
        _mint(1, TWO);
        _mint(1, bytes32(type(uint256).max));
        _mint(1, 0);
        _mint(2, TWO);
        eq(_creation.contentOf(2), TWO, "of what there was none of");
        _is(1, 5, NO_CAP, 5);
    }

    function test_who_refuses_editions_is_minted_none() public {
        Custodian custodian = new Custodian(address(0), "");
        minted(_token, address(custodian), 1, 1);
        eq(custodian.received(), 1, "asked");
        custodian.plan(Custodian.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(Custodian.Unwanted.selector, 2));
        minted(_token, address(custodian), 1, 1);
        custodian.plan(Custodian.Mood.WrongAnswer, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IEditions.TransferToNonERC1155ReceiverImplementer.selector));
        issued(address(_token), address(custodian), SPLIT, 1);
        vm.expectRevert(abi.encodeWithSelector(IEditions.TransferToZeroAddress.selector));
        minted(_token, address(0), 1, 1);
        _is(1, 1, NO_CAP, 1);
    }

    function test_threat_14_who_calls_back_redeems_no_more_than_was_signed() public {
        Custodian custodian = new Custodian(address(0), "");
        ICreation.Voucher memory what = voucher(address(custodian), 1);
        what.amount = 3;
        bytes memory by = signed(address(_token), what);
        bytes memory again = abi.encodeCall(ICreation.redeem, (what, by, 2));
        custodian.plan(Custodian.Mood.Reenter, address(_token), again);
        _creation.redeem(what, by, 2);
        eq(custodian.successes(), 0, "not more");
        what.until += 1;
        what.amount = 4;
        by = signed(address(_token), what);
        custodian.plan(Custodian.Mood.Reenter, address(_token), abi.encodeCall(ICreation.redeem, (what, by, 2)));
        _creation.redeem(what, by, 2);
        eq(custodian.successes(), 1, "within it");
        _is(1, 6, NO_CAP, 6);
    }

    function test_it_says_what_it_implements() public view {
        bytes4[4] memory all = [bytes4(0x01ffc9a7), 0xd9b67a26, 0x0e89341c, 0x2a55205a];
        for (uint256 i = 0; i < all.length; ++i) {
            holds(_token.supportsInterface(all[i]), "implemented");
        }
        holds(!_token.supportsInterface(0xffffffff), "never");
        holds(!_token.supportsInterface(0x80ac58cd), "a collection");
    }

    function _mint(uint256 id, bytes32 content) private {
        vm.prank(creator);
        _token.mint(ALICE, id, 1, content);
    }

    function _cap(uint256 id, uint128 cap) private {
        vm.prank(creator);
        _token.setCap(id, cap);
    }

    function _aboveCap(uint256 id, uint256 before, uint256 cap) private {
        vm.expectRevert(abi.encodeWithSelector(IEditions.AboveCap.selector, id, before, cap));
    }

    function _wrongCap(uint256 id, uint256 cap) private {
        vm.expectRevert(abi.encodeWithSelector(IEditions.WrongCap.selector, id, cap));
    }

    function _is(uint256 id, uint256 minted_, uint256 cap, uint256 supply) private view {
        (uint256 counted, uint256 most) = _token.mintedOf(id);
        eq(counted, minted_, "minted");
        eq(most, cap, "cap");
        eq(_token.totalSupply(id), supply, "supply");
    }

    /// @dev Of two editions, one of them twice.
    function _three() private pure returns (uint256[] memory ids, uint256[] memory amounts) {
        (ids, amounts) = (new uint256[](3), new uint256[](3));
        (ids[0], ids[1], ids[2]) = (1, 2, 1);
        (amounts[0], amounts[1], amounts[2]) = (10, 7, 5);
    }
}
