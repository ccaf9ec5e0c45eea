// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Custodian} from "./mocks/Custodian.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Transfers, and what a token keeps with its holder: how often it moved, and since when it is where it is.
contract CollectionMoveTest is CreationWorld {
    ICollection private _token;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        minted(_token, ALICE, 1);
        vm.warp(START + 1 hours);
    }

    function test_a_transfer_moves_the_nonce_and_the_second() public {
        vm.expectEmit();
        emit ICollection.Transfer(ALICE, BOB, 1);
        moved(_token, ALICE, BOB, 1);
        eq(_token.ownerOf(1), BOB, "holder");
        eq(_token.balanceOf(ALICE), 0, "hers");
        eq(_token.balanceOf(BOB), 1, "his");
        eq(_token.nonces(1), 1, "nonce");
        eq(_token.heldSince(1), START + 1 hours, "since");
    }

    function test_a_transfer_at_a_nonce_is_one_at_that_nonce_alone() public {
        for (uint256 i = 0; i < 3; ++i) {
            (address from, address to) = i % 2 == 0 ? (ALICE, BOB) : (BOB, ALICE);
            for (uint256 other = 0; other < 4; ++other) {
                if (other == i) continue;
                vm.expectRevert(abi.encodeWithSelector(ICollection.NonceMoved.selector, address(_token), 1, other, i));
                vm.prank(from);
                _token.transferAt(from, to, 1, other);
            }
            vm.prank(from);
            _token.transferAt(from, to, 1, i);
            eq(_token.ownerOf(1), to, "holder");
        }
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        vm.prank(CAROL);
        _token.transferAt(BOB, CAROL, 1, 3);
    }

    function test_a_transfer_to_the_holder_itself_is_one() public {
        moved(_token, ALICE, ALICE, 1);
        eq(_token.ownerOf(1), ALICE, "holder");
        eq(_token.balanceOf(ALICE), 1, "balance");
        eq(_token.nonces(1), 1, "nonce");
        eq(_token.heldSince(1), START + 1 hours, "since");
    }

    function test_a_token_counts_each_of_its_moves(uint256 seed, uint256 moves) public {
        address[3] memory all = [ALICE, BOB, CAROL];
        address from = ALICE;
        uint256 time = START + 1 hours;
        moves = within(moves, 1, 40);
        for (uint256 i = 0; i < moves; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(time += seed >> 128 & 0xffff);
            moved(_token, from, all[seed % 3], 1);
            from = all[seed % 3];
            eq(_token.ownerOf(1), from, "holder");
            eq(_token.nonces(1), i + 1, "nonce");
            eq(_token.heldSince(1), time, "since");
        }
    }

    /// @dev Where solady keeps it: the holder, 40 bits of the nonce, 40 of the time.
    function test_nonce_and_time_lie_beside_the_holder() public {
        moved(_token, ALICE, BOB, 1);
        // solady's slot: twice the id, and the hash of its first 28 bytes and four of solady's own.
        uint256 slot = 2 + uint256(keccak256(abi.encodePacked(bytes28(bytes32(uint256(1))), bytes4(0x7d882553))));
        uint256 word = uint256(vm.load(address(_token), bytes32(slot)));
        uint256 expected = uint256(uint160(BOB)) | uint256(1) << 160 | (START + 1 hours) << 200;
        eq(word, expected, "word");
    }

    function test_an_approval_ends_with_a_transfer() public {
        vm.expectEmit();
        emit ICollection.Approval(ALICE, CAROL, 1);
        vm.prank(ALICE);
        _token.approve(CAROL, 1);
        eq(_token.getApproved(1), CAROL, "approved");
        eq(_token.nonces(1), 0, "an approval is no move");
        vm.prank(CAROL);
        _token.transferFrom(ALICE, BOB, 1);
        eq(_token.getApproved(1), address(0), "over");
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        vm.prank(CAROL);
        _token.transferFrom(BOB, ALICE, 1);
    }

    function test_an_operator_moves_all_of_a_holders() public {
        vm.expectEmit();
        emit ICollection.ApprovalForAll(ALICE, CAROL, true);
        vm.prank(ALICE);
        _token.setApprovalForAll(CAROL, true);
        holds(_token.isApprovedForAll(ALICE, CAROL), "approved");
        vm.prank(CAROL);
        _token.transferFrom(ALICE, BOB, 1);
        eq(_token.ownerOf(1), BOB, "moved");
    }

    function test_nobody_moves_what_is_not_its_to_move() public {
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        _token.transferFrom(ALICE, BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferFromIncorrectOwner.selector));
        moved(_token, BOB, CAROL, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        moved(_token, ALICE, BOB, 2);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToZeroAddress.selector));
        moved(_token, ALICE, address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferFromIncorrectOwner.selector));
        moved(_token, address(0), BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        moved(_token, address(0), BOB, 2);
        eq(_token.nonces(1), 0, "nothing happened");
        eq(_token.heldSince(1), START, "nothing happened");
        eq(_token.heldSince(2), 0, "nothing was made");
    }

    function test_a_burned_token_does_not_move() public {
        vm.prank(ALICE);
        _token.burn(1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        moved(_token, ALICE, BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.Burned.selector, 1));
        moved(_token, address(0), BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.BalanceQueryForZeroAddress.selector));
        _token.balanceOf(address(0));
    }

    function test_a_safe_transfer_asks_the_contract_that_receives() public {
        Custodian custodian = new Custodian(address(0), "");
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(custodian), 1, "words");
        eq(_token.ownerOf(1), address(custodian), "holder");
        eq(keccak256(custodian.lastData()), keccak256("words"), "told");
        custodian.perform(
            address(_token),
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", address(custodian), ALICE, 1)
        );
        eq(_token.ownerOf(1), ALICE, "a key is not asked");
    }

    function test_a_safe_transfer_is_refused_with_the_receivers_reason_or_without() public {
        Custodian custodian = new Custodian(address(0), "");
        custodian.plan(Custodian.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(Custodian.Unwanted.selector, 1));
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(custodian), 1);
        custodian.plan(Custodian.Mood.WrongAnswer, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToNonERC721ReceiverImplementer.selector));
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(custodian), 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TransferToNonERC721ReceiverImplementer.selector));
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(FACTORY), 1, "");
        eq(_token.ownerOf(1), ALICE, "still hers");
        eq(_token.nonces(1), 0, "nothing happened");
    }

    function test_threat_14_who_calls_back_finds_the_token_moved_and_all_counted() public {
        Custodian custodian = new Custodian(address(0), "");
        custodian.plan(
            Custodian.Mood.Reenter,
            address(_token),
            abi.encodeCall(ICollection.transferFrom, (address(custodian), BOB, 1))
        );
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(custodian), 1);
        eq(custodian.successes(), 1, "gave it on");
        eq(_token.ownerOf(1), BOB, "holder");
        eq(_token.nonces(1), 2, "both counted");
        eq(_token.balanceOf(ALICE) + _token.balanceOf(address(custodian)), 0, "balances");
        eq(_token.balanceOf(BOB), 1, "balance");
    }

    function test_a_token_that_comes_back_is_not_as_it_was() public {
        uint256 nonce = _token.nonces(1);
        moved(_token, ALICE, BOB, 1);
        moved(_token, BOB, ALICE, 1);
        eq(_token.nonces(1), nonce + 2, "nonce");
    }
}
