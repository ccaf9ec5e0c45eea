// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationKind} from "./CreationKinds.sol";
import {Custodian} from "./mocks/Custodian.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Who moves tokens under which policy.
abstract contract CreationPolicies is CreationKind {
    ICreation.Policy private constant OPEN = ICreation.Policy.Open;
    ICreation.Policy private constant OPERATORS = ICreation.Policy.Operators;
    ICreation.Policy private constant STRICT = ICreation.Policy.Strict;
    address private constant MARKET = address(0x3a4ce7);

    function test_an_open_token_is_moved_by_whom_its_holder_approved() public {
        _made(OPEN, ALICE);
        allow(ALICE, MARKET);
        moveBy(MARKET, ALICE, BOB, 1);
        eq(heldBy(BOB, 1), 1, "moved");
    }

    function test_operators_are_to_be_allowed_where_the_policy_says_so() public {
        for (uint256 i = 1; i < 3; ++i) {
            ICreation.Policy policy = ICreation.Policy(i);
            _made(policy, ALICE);
            allow(ALICE, MARKET);
            notAllowed(policy, MARKET, ALICE, BOB);
            moveBy(MARKET, ALICE, BOB, 1);
            vm.prank(creator);
            token.setOperator(MARKET, true);
            moveBy(MARKET, ALICE, BOB, 1);
            allow(BOB, MARKET);
            vm.prank(creator);
            token.setOperator(MARKET, false);
            notAllowed(policy, MARKET, BOB, ALICE);
            moveBy(MARKET, BOB, ALICE, 1);
        }
    }

    function test_the_chains_own_exchange_and_auction_house_need_the_holders_approval_alone() public {
        address[2] memory chains = [Predeploys.EXCHANGE, Predeploys.AUCTION_HOUSE];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = 0; j < 2; ++j) {
                _made(ICreation.Policy(i), ALICE);
                vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
                moveBy(chains[j], ALICE, BOB, 1);
                allow(ALICE, chains[j]);
                moveBy(chains[j], ALICE, BOB, 1);
                eq(heldBy(BOB, 1), 1, "moved");
            }
        }
    }

    function test_what_an_allowed_operator_holds_in_escrow_it_gives_on() public {
        Custodian escrow = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        vm.prank(creator);
        token.setOperator(address(escrow), true);
        allow(ALICE, address(escrow));
        escrow.perform(address(token), moveCall(ALICE, address(escrow), 1));
        escrow.perform(address(token), moveCall(address(escrow), BOB, 1));
        eq(heldBy(BOB, 1), 1, "given on");
    }

    /// Or a creator could keep what others put there.
    function test_what_an_operator_holds_that_was_allowed_once_it_gives_back_and_moves_nothing_else() public {
        Custodian escrow = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        vm.prank(creator);
        token.setOperator(address(escrow), false);
        vm.prank(creator);
        token.setOperator(address(escrow), true);
        allow(ALICE, address(escrow));
        escrow.perform(address(token), moveCall(ALICE, address(escrow), 1));
        vm.prank(creator);
        token.setOperator(address(escrow), false);
        escrow.perform(address(token), moveCall(address(escrow), ALICE, 1));
        eq(heldBy(ALICE, 1), 1, "given back");
        bytes memory take = moveCall(ALICE, address(escrow), 1);
        notAllowed(STRICT, address(escrow), ALICE, address(escrow));
        escrow.perform(address(token), take);
    }

    function test_who_was_never_allowed_is_no_former_operator() public {
        Custodian custodian = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        vm.prank(creator);
        token.setOperator(address(custodian), false);
        allow(ALICE, Predeploys.EXCHANGE);
        moveBy(Predeploys.EXCHANGE, ALICE, address(custodian), 1);
        bytes memory give = moveCall(address(custodian), ALICE, 1);
        notAllowed(STRICT, address(custodian), address(custodian), ALICE);
        custodian.perform(address(token), give);
    }

    function test_a_policy_that_was_loosened_is_the_looser_one() public {
        _made(STRICT, ALICE);
        allow(ALICE, MARKET);
        vm.prank(creator);
        token.setPolicy(OPEN);
        moveBy(MARKET, ALICE, BOB, 1);
        eq(heldBy(BOB, 1), 1, "moved");
    }

    function test_contracts_hold_and_give_on_what_is_not_strict() public {
        for (uint256 i = 0; i < 2; ++i) {
            Custodian custodian = new Custodian(address(0), "");
            _made(ICreation.Policy(i), ALICE);
            move(ALICE, address(custodian), 1);
            custodian.perform(address(token), moveCall(address(custodian), BOB, 1));
            eq(heldBy(BOB, 1), 1, "given on");
        }
    }

    function test_holders_move_strict_tokens_in_transactions_of_their_own() public {
        _made(STRICT, ALICE);
        move(ALICE, BOB, 1);
        eq(heldBy(BOB, 1), 1, "moved");
        notAllowed(STRICT, BOB, BOB, ALICE);
        vm.prank(BOB, CAROL);
        call(moveCall(BOB, ALICE, 1));
    }

    function test_a_wrapper_cannot_be_fed_with_strict_tokens() public {
        Custodian wrapper = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        notAllowed(STRICT, ALICE, ALICE, address(wrapper));
        move(ALICE, address(wrapper), 1);
        allow(ALICE, address(wrapper));
        bytes memory take = moveCall(ALICE, address(wrapper), 1);
        notAllowed(STRICT, address(wrapper), ALICE, address(wrapper));
        vm.prank(ALICE, ALICE);
        wrapper.perform(address(token), take);
    }

    function test_a_wrapper_cannot_give_back_what_it_was_sold_but_by_a_sale() public {
        Custodian wrapper = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        allow(ALICE, Predeploys.EXCHANGE);
        moveBy(Predeploys.EXCHANGE, ALICE, address(wrapper), 1);
        bytes memory give = moveCall(address(wrapper), ALICE, 1);
        notAllowed(STRICT, address(wrapper), address(wrapper), ALICE);
        vm.prank(ALICE, ALICE);
        wrapper.perform(address(token), give);
        wrapper.perform(address(token), abi.encodeCall(ICollection.setApprovalForAll, (Predeploys.EXCHANGE, true)));
        moveBy(Predeploys.EXCHANGE, address(wrapper), ALICE, 1);
        eq(heldBy(ALICE, 1), 1, "sold");
    }

    function test_a_wrapper_cannot_give_back_what_it_was_fed_before_it_was_there() public {
        _made(STRICT, ALICE);
        address wrapper = _addressOf(BOB, address(0), "");
        move(ALICE, wrapper, 1);
        vm.prank(BOB, BOB);
        Custodian custodian = new Custodian{salt: 0}(address(0), "");
        eq(address(custodian), wrapper, "foreseen");
        notAllowed(STRICT, wrapper, wrapper, ALICE);
        vm.prank(BOB, BOB);
        custodian.perform(address(token), moveCall(wrapper, ALICE, 1));
    }

    function test_a_wrapper_cannot_give_back_while_it_is_made() public {
        _made(STRICT, ALICE);
        bytes memory give = moveCall(address(0), ALICE, 1);
        address wrapper = _addressOf(BOB, address(token), give);
        move(ALICE, wrapper, 1);
        notAllowed(STRICT, wrapper, wrapper, ALICE);
        vm.prank(BOB, BOB);
        new Custodian{salt: 0}(address(token), give);
        vm.prank(creator);
        token.setPolicy(OPERATORS);
        vm.prank(BOB, BOB);
        eq(address(new Custodian{salt: 0}(address(token), give)), wrapper, "foreseen");
        eq(heldBy(ALICE, 1), 1, "as it would");
    }

    function test_an_account_that_delegated_its_code_is_its_keys() public {
        Custodian code = new Custodian(address(0), "");
        _made(STRICT, ALICE);
        vm.etch(holder, abi.encodePacked(hex"ef0100", address(code)));
        move(ALICE, holder, 1);
        bytes memory give = moveCall(holder, BOB, 1);
        notAllowed(STRICT, holder, holder, BOB);
        vm.prank(ALICE, ALICE);
        Custodian(holder).perform(address(token), give);
        vm.prank(holder, holder);
        Custodian(holder).perform(address(token), give);
        eq(heldBy(BOB, 1), 1, "by its own transaction");
    }

    function test_code_that_only_looks_like_a_delegation_is_a_contracts() public {
        _made(STRICT, ALICE);
        address long = address(0x10e6);
        vm.etch(long, abi.encodePacked(bytes32(0)));
        notAllowed(STRICT, ALICE, ALICE, long);
        move(ALICE, long, 1);
        address short = address(0x5407);
        vm.etch(short, abi.encodePacked(hex"600100", address(0)));
        eq(short.code.length, 23, "as long as one");
        notAllowed(STRICT, ALICE, ALICE, short);
        move(ALICE, short, 1);
    }

    function test_contracts_are_minted_strict_tokens_and_burn_them() public {
        Custodian custodian = new Custodian(address(0), "");
        _made(STRICT, address(custodian));
        eq(heldBy(address(custodian), 1), 1, "minted");
        custodian.perform(address(token), burnCall(address(custodian), 1));
        eq(heldBy(address(custodian), 1), 0, "burned");
        mint(ALICE, 2);
        allow(ALICE, MARKET);
        vm.prank(MARKET);
        call(burnCall(ALICE, 2));
        eq(heldBy(ALICE, 2), 0, "burned by whom its holder approved");
    }

    /// Of accounts without code, whatever they are, and of operators of every kind.
    function test_the_validator_says_of_a_transfer_what_the_transfer_does(uint256 raw) public {
        ICreation.Policy policy = ICreation.Policy(raw % 3);
        address[4] memory operators = [ALICE, MARKET, Predeploys.EXCHANGE, CAROL];
        address operator = operators[raw / 3 % 4];
        Custodian custodian = new Custodian(address(0), "");
        address to = raw / 12 % 2 == 0 ? BOB : address(custodian);
        _made(policy, ALICE);
        vm.prank(creator);
        token.setOperator(MARKET, true);
        if (operator != ALICE) allow(ALICE, operator);

        bool allowed = _isValid(operator, ALICE, to);
        bool expected = policy == OPEN || operator == MARKET || operator == Predeploys.EXCHANGE
            || (operator == ALICE && (policy == OPERATORS || to == BOB));
        holds(allowed == expected, "as the policy says");
        vm.prank(operator, operator);
        (bool moved,) = address(token).call(moveCall(ALICE, to, 1));
        holds(moved == allowed, "as the validator says");
    }

    function test_the_validator_takes_a_contract_for_one_that_sends_no_transactions() public {
        Custodian custodian = new Custodian(address(0), "");
        make(STRICT);
        holds(!_isValid(address(custodian), address(custodian), BOB), "contract");
        vm.etch(holder, abi.encodePacked(hex"ef0100", address(custodian)));
        holds(_isValid(holder, holder, BOB), "delegated");
    }

    function test_the_validator_is_itself() public view {
        eq(token.getTransferValidator(), address(token), "validator");
        (bytes4 selector, bool isView) = token.getTransferValidationFunction();
        eq(bytes32(selector), bytes32(validatorSelector()), "function");
        holds(isView, "view");
    }

    function _made(ICreation.Policy policy, address to) private {
        make(policy);
        mint(to, 1);
    }

    function _isValid(address operator, address from, address to) private view returns (bool valid) {
        bytes memory of_ = abi.encodePacked(validatorSelector(), abi.encode(operator, from, to, 1, 1));
        (valid,) = address(token).staticcall(of_);
    }

    function _addressOf(address deployer, address target, bytes memory callData) private pure returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Custodian).creationCode, abi.encode(target, callData)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), deployer, bytes32(0), code)))));
    }
}
