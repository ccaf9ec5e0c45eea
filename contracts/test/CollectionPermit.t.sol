// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, vm} from "./Vm.sol";

/// @dev ERC-4494.
contract CollectionPermitTest is CreationWorld {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant DEADLINE = START + 1 days;

    ICollection private _token;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        minted(_token, holder, 1);
        vm.warp(START + 1);
    }

    function test_a_holder_approves_by_a_signature() public {
        bytes memory by = _permit(BOB, 1, 0);
        vm.expectEmit();
        emit ICollection.Approval(holder, BOB, 1);
        vm.prank(CAROL);
        _token.permit(BOB, 1, DEADLINE, by);
        eq(_token.getApproved(1), BOB, "approved");
        eq(_token.nonces(1), 0, "a permit is no move");
        vm.prank(BOB);
        _token.transferFrom(holder, BOB, 1);
        eq(_token.ownerOf(1), BOB, "moved");
    }

    function test_a_permit_is_good_until_its_deadline() public {
        bytes memory by = _permit(BOB, 1, 0);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.PermitExpired.selector, DEADLINE));
        _token.permit(BOB, 1, DEADLINE, by);
        vm.warp(DEADLINE);
        _token.permit(BOB, 1, DEADLINE, by);
        eq(_token.getApproved(1), BOB, "approved");
    }

    function test_a_permit_is_of_the_holder_and_says_what_was_signed() public {
        bytes memory by = _permit(BOB, 1, 0);
        minted(_token, holder, 2);
        _refused(holder);
        _token.permit(CAROL, 1, DEADLINE, by);
        _refused(holder);
        _token.permit(BOB, 2, DEADLINE, by);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE + 1, by);
        by = signature(CREATOR_KEY, permitDigest(_token, BOB, 1, 0, DEADLINE));
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
        by = _permit(BOB, 1, 1);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, "");
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        _token.permit(BOB, 3, DEADLINE, by);
    }

    function test_whom_a_holder_approved_for_all_does_not_sign_for_it() public {
        vm.prank(holder);
        _token.setApprovalForAll(creator, true);
        bytes memory by = signature(CREATOR_KEY, permitDigest(_token, BOB, 1, 0, DEADLINE));
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
    }

    function test_a_contract_signs_by_its_own_rules() public {
        Wallet wallet = new Wallet();
        minted(_token, address(wallet), 2);
        _refused(address(wallet));
        _token.permit(BOB, 2, DEADLINE, "");
        wallet.sign(permitDigest(_token, BOB, 2, 0, DEADLINE));
        _token.permit(BOB, 2, DEADLINE, "");
        eq(_token.getApproved(2), BOB, "approved");
    }

    function test_a_permit_approves_again_until_the_token_moves() public {
        bytes memory by = _permit(BOB, 1, 0);
        _token.permit(BOB, 1, DEADLINE, by);
        vm.prank(holder);
        _token.approve(address(0), 1);
        _token.permit(BOB, 1, DEADLINE, by);
        eq(_token.getApproved(1), BOB, "as the standard has it");
        moved(_token, holder, CAROL, 1);
        _refused(CAROL);
        _token.permit(BOB, 1, DEADLINE, by);
        moved(_token, CAROL, holder, 1);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
    }

    function test_a_permit_ends_when_a_user_is_set() public {
        bytes memory by = _permit(BOB, 1, 0);
        vm.prank(holder);
        _token.setUser(1, CAROL, uint64(START + 1 days));
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
        by = _permit(BOB, 1, 1);
        _token.permit(BOB, 1, DEADLINE, by);
        eq(_token.getApproved(1), BOB, "approved");
    }

    function test_a_signature_of_another_form_is_used_up_with_the_first() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(HOLDER_KEY, permitDigest(_token, BOB, 1, 0, DEADLINE));
        bytes memory other = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        bytes memory short = abi.encodePacked(r, s | bytes32(uint256(v - 27) << 255));
        _token.permit(BOB, 1, DEADLINE, abi.encodePacked(r, s, v));
        vm.prank(BOB);
        _token.transferFrom(holder, BOB, 1);
        moved(_token, BOB, holder, 1);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, other);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, short);
    }

    function test_a_short_signature_is_one() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(HOLDER_KEY, permitDigest(_token, BOB, 1, 0, DEADLINE));
        _token.permit(BOB, 1, DEADLINE, abi.encodePacked(r, s | bytes32(uint256(v - 27) << 255)));
        eq(_token.getApproved(1), BOB, "approved");
    }

    function test_threat_26_a_permit_is_of_one_chain_and_one_collection() public {
        bytes memory by = _permit(BOB, 1, 0);
        ICollection other = collection(ICreation.Policy.Open);
        minted(other, holder, 1);
        _refused(holder);
        other.permit(BOB, 1, DEADLINE, by);
        vm.chainId(block.chainid + 1);
        _refused(holder);
        _token.permit(BOB, 1, DEADLINE, by);
    }

    function _permit(address spender, uint256 id, uint256 nonce) private view returns (bytes memory) {
        return signature(HOLDER_KEY, permitDigest(_token, spender, id, nonce, DEADLINE));
    }

    function _refused(address signer) private {
        vm.expectRevert(abi.encodeWithSelector(ICollection.PermitNotSigned.selector, signer));
    }
}
