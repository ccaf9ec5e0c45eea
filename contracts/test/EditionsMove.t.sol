// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {Custodian} from "./mocks/Custodian.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Transfers of editions, one or several at once.
contract EditionsMoveTest is CreationWorld {
    IEditions private _token;
    uint256[] private _ids = [1, 2];
    uint256[] private _amounts = [4, 5];

    function setUp() public override {
        super.setUp();
        _token = editions(ICreation.Policy.Open);
        _minted();
    }

    function test_a_holder_moves_some_of_an_edition() public {
        vm.expectEmit();
        emit IEditions.TransferSingle(ALICE, ALICE, BOB, 1, 4);
        moved(_token, ALICE, BOB, 1, 4);
        eq(_token.balanceOf(ALICE, 1), 6, "hers");
        eq(_token.balanceOf(BOB, 1), 4, "his");
        moved(_token, ALICE, ALICE, 1, 6);
        eq(_token.balanceOf(ALICE, 1), 6, "to herself");
    }

    function test_a_holder_moves_several_editions() public {
        vm.expectEmit();
        emit IEditions.TransferBatch(ALICE, ALICE, BOB, _ids, _amounts);
        _batch(ALICE, BOB);
        address[] memory of_ = new address[](2);
        (of_[0], of_[1]) = (BOB, BOB);
        uint256[] memory balances = _token.balanceOfBatch(of_, _ids);
        eq(balances[0], 4, "one");
        eq(balances[1], 5, "two");
        vm.expectRevert(abi.encodeWithSelector(IEditions.ArrayLengthsMismatch.selector));
        _token.balanceOfBatch(new address[](1), _ids);
        vm.expectRevert(abi.encodeWithSelector(IEditions.ArrayLengthsMismatch.selector));
        vm.prank(ALICE);
        _token.safeBatchTransferFrom(ALICE, BOB, _ids, new uint256[](1), "");
    }

    function test_nobody_moves_what_is_not_its_to_move() public {
        vm.expectRevert(abi.encodeWithSelector(IEditions.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        _token.safeTransferFrom(ALICE, BOB, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IEditions.InsufficientBalance.selector));
        moved(_token, ALICE, BOB, 1, 11);
        vm.expectRevert(abi.encodeWithSelector(IEditions.TransferToZeroAddress.selector));
        moved(_token, ALICE, address(0), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IEditions.NotOwnerNorApproved.selector));
        vm.prank(BOB);
        _token.safeBatchTransferFrom(ALICE, BOB, _ids, _amounts, "");
    }

    function test_an_operator_moves_all_of_a_holders() public {
        vm.expectEmit();
        emit IEditions.ApprovalForAll(ALICE, CAROL, true);
        vm.prank(ALICE);
        _token.setApprovalForAll(CAROL, true);
        holds(_token.isApprovedForAll(ALICE, CAROL), "approved");
        vm.prank(CAROL);
        _token.safeBatchTransferFrom(ALICE, BOB, _ids, _amounts, "");
        eq(_token.balanceOf(BOB, 2), 5, "moved");
    }

    function test_several_at_once_move_by_the_same_policy() public {
        _token = editions(ICreation.Policy.Strict);
        _minted();
        vm.prank(ALICE);
        _token.setApprovalForAll(CAROL, true);
        _notAllowed(CAROL, ALICE, BOB);
        vm.prank(CAROL, CAROL);
        _token.safeBatchTransferFrom(ALICE, BOB, _ids, _amounts, "");
        _notAllowed(ALICE, ALICE, BOB);
        vm.prank(ALICE, CAROL);
        _token.safeBatchTransferFrom(ALICE, BOB, _ids, _amounts, "");
        _batch(ALICE, BOB);
        vm.prank(BOB);
        _token.setApprovalForAll(Predeploys.AUCTION_HOUSE, true);
        vm.prank(Predeploys.AUCTION_HOUSE);
        _token.safeBatchTransferFrom(BOB, ALICE, _ids, _amounts, "");
        eq(_token.balanceOf(ALICE, 1), 10, "back");
    }

    function test_the_validator_answers_in_the_words_of_both_standards() public {
        _token = editions(ICreation.Policy.Operators);
        _token.validateTransfer(ALICE, ALICE, BOB, 1, 1);
        ICreation(address(_token)).validateTransfer(ALICE, ALICE, BOB, 1);
        bytes memory reason = abi.encodeWithSelector(
            ICreation.TransferNotAllowed.selector, ICreation.Policy.Operators, CAROL, ALICE, BOB
        );
        vm.expectRevert(reason);
        _token.validateTransfer(CAROL, ALICE, BOB, 1, 1);
        vm.expectRevert(reason);
        ICreation(address(_token)).validateTransfer(CAROL, ALICE, BOB, 1);
    }

    function test_a_contract_that_receives_is_asked() public {
        Custodian custodian = new Custodian(address(0), "");
        vm.prank(ALICE);
        _token.safeTransferFrom(ALICE, address(custodian), 1, 1, "words");
        eq(keccak256(custodian.lastData()), keccak256("words"), "told");
        _batch(ALICE, address(custodian));
        eq(custodian.received(), 2, "asked");
        custodian.plan(Custodian.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(Custodian.Unwanted.selector, 3));
        _batch(ALICE, address(custodian));
        custodian.plan(Custodian.Mood.WrongAnswer, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IEditions.TransferToNonERC1155ReceiverImplementer.selector));
        moved(_token, ALICE, address(custodian), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IEditions.TransferToNonERC1155ReceiverImplementer.selector));
        moved(_token, ALICE, address(FACTORY), 1, 1);
        eq(_token.balanceOf(address(custodian), 1), 5, "what it took");
    }

    function test_threat_14_who_calls_back_finds_the_balances_moved() public {
        Custodian custodian = new Custodian(address(0), "");
        custodian.plan(
            Custodian.Mood.Reenter,
            address(_token),
            abi.encodeCall(IEditions.safeTransferFrom, (address(custodian), BOB, 1, 4, ""))
        );
        moved(_token, ALICE, address(custodian), 1, 4);
        eq(custodian.successes(), 1, "gave it on");
        eq(_token.balanceOf(BOB, 1), 4, "his");
        eq(_token.balanceOf(ALICE, 1), 6, "hers");
        eq(_token.balanceOf(address(custodian), 1), 0, "nothing");
    }

    function _minted() private {
        minted(_token, ALICE, 1, 10);
        minted(_token, ALICE, 2, 10);
    }

    function _batch(address from, address to) private {
        vm.prank(from, from);
        _token.safeBatchTransferFrom(from, to, _ids, _amounts, "");
    }

    function _notAllowed(address operator, address from, address to) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICreation.TransferNotAllowed.selector, ICreation.Policy.Strict, operator, from, to)
        );
    }
}
