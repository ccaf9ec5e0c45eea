// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationKind} from "./CreationKinds.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Minting by what a creator signed.
abstract contract CreationVouchers is CreationKind {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function test_anybody_mints_what_a_voucher_says_for_whom_it_says() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        what.content = keccak256("content");
        vm.prank(BOB);
        token.redeem(what, sign(what), 1);
        eq(heldBy(ALICE, 7), 1, "minted");
        eq(token.contentOf(7), keccak256("content"), "content");
    }

    function test_what_is_signed_is_typed_data_of_all_that_a_voucher_says() public view {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes32 type_ =
            keccak256("Voucher(uint256 id,address to,uint128 amount,bytes32 content,uint40 until,uint32 counter)");
        bytes32 hash =
            keccak256(abi.encode(type_, what.id, what.to, what.amount, what.content, what.until, what.counter));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash));
        eq(token.voucherDigest(what), digest, "digest");
    }

    function test_a_voucher_is_good_until_its_last_second() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        vm.warp(uint256(what.until) + 1);
        vm.expectRevert(abi.encodeWithSelector(ICreation.VoucherExpired.selector, what.until));
        token.redeem(what, by, 1);
        vm.warp(what.until);
        token.redeem(what, by, 1);
        eq(heldBy(ALICE, 7), 1, "minted");
    }

    function test_a_creator_revokes_every_voucher_that_it_signed() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        vm.expectEmit();
        emit ICreation.VouchersRevoked(1);
        vm.prank(creator);
        token.revokeVouchers();
        eq(token.voucherCounter(), 1, "counter");
        vm.expectRevert(abi.encodeWithSelector(ICreation.VoucherRevoked.selector, 0, 1));
        token.redeem(what, by, 1);
        what.counter = 1;
        token.redeem(what, sign(what), 1);
        eq(heldBy(ALICE, 7), 1, "a new one");
    }

    function test_vouchers_mint_the_creators_ids_alone() public {
        ICreation.Voucher memory what = voucher(ALICE, SPLIT);
        bytes memory by = sign(what);
        vm.expectRevert(abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT));
        token.redeem(what, by, 1);
        what.id = SPLIT - 1;
        token.redeem(what, sign(what), 1);
        eq(heldBy(ALICE, SPLIT - 1), 1, "the creator's last");
    }

    function test_a_voucher_is_signed_by_the_creator_as_of_now() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = signature(HOLDER_KEY, token.voucherDigest(what));
        _notSigned(creator);
        token.redeem(what, by, 1);
        by = sign(what);
        vm.prank(creator);
        own().transferOwnership(holder);
        _notSigned(holder);
        token.redeem(what, by, 1);
        token.redeem(what, signature(HOLDER_KEY, token.voucherDigest(what)), 1);
        eq(heldBy(ALICE, 7), 1, "by the new one");
    }

    function test_nobody_signs_for_who_renounced() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        vm.prank(creator);
        own().renounceOwnership();
        _notSigned(address(0));
        token.redeem(what, by, 1);
        _notSigned(address(0));
        token.redeem(what, abi.encodePacked(bytes32(0), bytes32(0), uint8(0)), 1);
    }

    function test_a_voucher_says_what_was_signed(uint256 raw) public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        uint256 which = raw % 4;
        if (which == 0) what.to = BOB;
        else if (which == 1) what.id = 8;
        else if (which == 2) what.content = bytes32(raw | 1);
        else ++what.until;
        _notSigned(creator);
        token.redeem(what, by, 1);
    }

    function test_a_contract_signs_by_its_own_rules() public {
        Wallet wallet = new Wallet();
        vm.prank(creator);
        own().transferOwnership(address(wallet));
        ICreation.Voucher memory what = voucher(ALICE, 7);
        _notSigned(address(wallet));
        token.redeem(what, "", 1);
        wallet.sign(token.voucherDigest(what));
        token.redeem(what, "", 1);
        eq(heldBy(ALICE, 7), 1, "minted");
    }

    function test_a_voucher_is_not_redeemed_for_nothing() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, 0, 1));
        token.redeem(what, by, 0);
        vm.expectRevert(abi.encodeWithSelector(ICreation.WrongVoucherAmount.selector, 2, 1));
        token.redeem(what, by, 2);
    }

    function test_a_signature_of_another_form_redeems_nothing_more() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CREATOR_KEY, token.voucherDigest(what));
        token.redeem(what, abi.encodePacked(r, s, v), 1);
        bytes memory other = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        (bool done,) = address(token).call(abi.encodeCall(ICreation.redeem, (what, other, 1)));
        holds(!done, "the other s");
        (done,) = address(token)
            .call(abi.encodeCall(ICreation.redeem, (what, abi.encodePacked(r, s | bytes32(uint256(v - 27) << 255)), 1)));
        holds(!done, "in short");
        eq(heldBy(ALICE, 7), 1, "one");
    }

    /// Whoever copies a redemption pays the gas of it, and what is minted is the same.
    function test_threat_23_who_copies_a_voucher_mints_for_whom_it_is() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        vm.prank(BOB);
        token.redeem(what, by, 1);
        eq(heldBy(ALICE, 7), 1, "hers");
        eq(heldBy(BOB, 7), 0, "not his");
    }

    function test_threat_26_a_voucher_is_of_one_chain_and_one_creation() public {
        ICreation.Voucher memory what = voucher(ALICE, 7);
        bytes memory by = sign(what);
        ICreation other = create(terms(ICreation.Policy.Open));
        _notSigned(creator);
        other.redeem(what, by, 1);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _notSigned(creator);
        token.redeem(what, by, 1);
        vm.chainId(here);
        token.redeem(what, by, 1);
        eq(heldBy(ALICE, 7), 1, "minted");
    }

    function _notSigned(address signer) private {
        vm.expectRevert(abi.encodeWithSelector(ICreation.VoucherNotSigned.selector, signer));
    }
}
