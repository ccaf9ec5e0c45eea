// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HostileAccount} from "./mocks/HostileAccount.sol";
import {IWtfuel} from "../src/interfaces/IWtfuel.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {Wrappers} from "./mocks/Wrappers.sol";
import {Wtfuel} from "../src/token/Wtfuel.sol";
import {eq, holds, vm, within} from "./Vm.sol";

IWtfuel constant WTFUEL = IWtfuel(payable(Predeploys.WTFUEL));

/// @dev The wrapper as genesis makes it: code, and no storage at all.
contract WtfuelTest is World {
    uint256 private constant KEY_OF_SIGNER = 0x5167;

    function setUp() public override {
        super.setUp();
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
    }

    function test_it_is_what_wallets_show() public view {
        eq(keccak256(bytes(WTFUEL.name())), keccak256("Wrapped TFUEL"), "name");
        eq(keccak256(bytes(WTFUEL.symbol())), keccak256("WTFUEL"), "symbol");
        eq(WTFUEL.decimals(), 18, "decimals");
        eq(WTFUEL.totalSupply(), 0, "supply");
    }

    function test_withdraw_refuses_more_than_the_balance() public {
        _wrap(ALICE, 5);
        _wrap(BOB, 5);
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.InsufficientBalance.selector));
        vm.prank(ALICE);
        WTFUEL.withdraw(6);
    }

    function test_withdraw_refuses_who_does_not_take_the_money_and_keeps_its_tokens() public {
        HostileAccount account = _hostileWithTokens(10);
        account.plan(HostileAccount.Mood.Refuse, address(0), "");
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.PayoutFailed.selector, address(account), 10));
        account.perform(Predeploys.WTFUEL, 0, abi.encodeCall(IWtfuel.withdraw, (10)));
        eq(WTFUEL.balanceOf(address(account)), 10, "tokens");
        eq(WTFUEL.totalSupply(), 10, "supply");
    }

    function test_withdraw_pays_nobody_twice_who_calls_back() public {
        _wrap(BOB, 100);
        HostileAccount account = _hostileWithTokens(10);
        account.plan(HostileAccount.Mood.Reenter, Predeploys.WTFUEL, abi.encodeCall(IWtfuel.withdraw, (5)));
        account.perform(Predeploys.WTFUEL, 0, abi.encodeCall(IWtfuel.withdraw, (6)));
        eq(account.attempts(), 1, "called back");
        eq(account.successes(), 0, "in vain");
        eq(address(account).balance, 6, "what it asked for");
        eq(WTFUEL.balanceOf(address(account)), 4, "left");
        eq(Predeploys.WTFUEL.balance, WTFUEL.totalSupply(), "backed");
    }

    function test_transfer_refuses_zero_the_token_itself_and_more_than_the_balance() public {
        _wrap(ALICE, 5);
        _expectWrongReceiver(address(0));
        WTFUEL.transfer(address(0), 1);
        _expectWrongReceiver(Predeploys.WTFUEL);
        WTFUEL.transfer(Predeploys.WTFUEL, 1);
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.InsufficientBalance.selector));
        vm.prank(ALICE);
        WTFUEL.transfer(BOB, 6);
    }

    function test_transferFrom_refuses_zero_the_token_itself_and_more_than_was_allowed() public {
        _wrap(BOB, 5);
        vm.prank(BOB);
        WTFUEL.approve(ALICE, 4);
        _expectWrongReceiver(address(0));
        WTFUEL.transferFrom(BOB, address(0), 1);
        _expectWrongReceiver(Predeploys.WTFUEL);
        WTFUEL.transferFrom(BOB, Predeploys.WTFUEL, 1);
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.InsufficientAllowance.selector));
        vm.prank(ALICE);
        WTFUEL.transferFrom(BOB, CAROL, 5);
        vm.prank(ALICE);
        WTFUEL.transferFrom(BOB, CAROL, 4);
        eq(WTFUEL.balanceOf(CAROL), 4, "what was allowed");
        eq(WTFUEL.allowance(BOB, ALICE), 0, "and used up");
    }

    function test_transferFrom_refuses_an_owner_the_token_itself_and_zero_too() public {
        _wrap(ALICE, 5);
        _expectWrongReceiver(Predeploys.WTFUEL);
        WTFUEL.transferFrom(ALICE, Predeploys.WTFUEL, 1);
        _expectWrongReceiver(address(0));
        WTFUEL.transferFrom(ALICE, address(0), 1);
    }

    function test_transferFrom_asks_an_owner_for_no_allowance_as_in_WETH9() public {
        _wrap(ALICE, 5);
        vm.prank(ALICE);
        WTFUEL.transferFrom(ALICE, BOB, 5);
        eq(WTFUEL.balanceOf(BOB), 5, "moved");
    }

    function test_transferFrom_never_uses_up_an_infinite_allowance_as_in_WETH9() public {
        _wrap(BOB, 5);
        vm.prank(BOB);
        WTFUEL.approve(ALICE, type(uint256).max);
        vm.prank(ALICE);
        WTFUEL.transferFrom(BOB, CAROL, 5);
        eq(WTFUEL.allowance(BOB, ALICE), type(uint256).max, "allowance");
    }

    function test_permit2_has_no_allowance() public {
        address permit2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
        _wrap(ALICE, 5);
        eq(WTFUEL.allowance(ALICE, permit2), 0, "allowance");
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.InsufficientAllowance.selector));
        vm.prank(permit2);
        WTFUEL.transferFrom(ALICE, permit2, 1);
    }

    function test_deposit_gives_as_many_tokens_and_tells_in_both_standards() public {
        vm.expectEmit();
        emit IWtfuel.Transfer(address(0), ALICE, 7);
        vm.expectEmit();
        emit IWtfuel.Deposit(ALICE, 7);
        _wrap(ALICE, 7);
        eq(WTFUEL.balanceOf(ALICE), 7, "tokens");
        eq(WTFUEL.totalSupply(), 7, "supply");
        eq(ALICE.balance, FUNDS - 7, "money");
    }

    function test_what_is_sent_plainly_is_wrapped() public {
        vm.expectEmit();
        emit IWtfuel.Deposit(ALICE, 7);
        vm.prank(ALICE);
        (bool sent,) = Predeploys.WTFUEL.call{value: 7}("");
        holds(sent, "sent");
        eq(WTFUEL.balanceOf(ALICE), 7, "tokens");
    }

    function test_withdraw_gives_the_money_back_and_tells_in_both_standards() public {
        _wrap(ALICE, 7);
        vm.expectEmit();
        emit IWtfuel.Transfer(ALICE, address(0), 3);
        vm.expectEmit();
        emit IWtfuel.Withdrawal(ALICE, 3);
        vm.prank(ALICE);
        WTFUEL.withdraw(3);
        eq(WTFUEL.balanceOf(ALICE), 4, "tokens");
        eq(WTFUEL.totalSupply(), 4, "supply");
        eq(ALICE.balance, FUNDS - 4, "money");
    }

    function test_money_that_came_without_a_call_is_nobodys() public {
        _wrap(ALICE, 7);
        vm.deal(Predeploys.WTFUEL, 100);
        eq(WTFUEL.totalSupply(), 7, "supply");
        vm.prank(ALICE);
        WTFUEL.withdraw(7);
        eq(Predeploys.WTFUEL.balance, 93, "the rest stays");
    }

    function test_permit_refuses_late_and_foreign_signatures_and_replays() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(signer, 5);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.PermitExpired.selector));
        WTFUEL.permit(signer, ALICE, 5, START, v, r, s);
        vm.warp(START);
        _expectInvalidPermit();
        WTFUEL.permit(signer, ALICE, 6, START, v, r, s);
        _expectInvalidPermit();
        WTFUEL.permit(BOB, ALICE, 5, START, v, r, s);
        WTFUEL.permit(signer, ALICE, 5, START, v, r, s);
        eq(WTFUEL.allowance(signer, ALICE), 5, "allowed");
        eq(WTFUEL.nonces(signer), 1, "nonce");
        _expectInvalidPermit();
        WTFUEL.permit(signer, ALICE, 5, START, v, r, s);
    }

    /// Attack 26: a chain that forked off, or a token with the same code, is another domain.
    function test_permit_refuses_what_was_signed_for_another_chain_or_token() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(signer, 5);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        _expectInvalidPermit();
        WTFUEL.permit(signer, ALICE, 5, START, v, r, s);
        vm.chainId(here);
        IWtfuel twin = IWtfuel(payable(address(new Wtfuel())));
        _expectInvalidPermit();
        twin.permit(signer, ALICE, 5, START, v, r, s);
        WTFUEL.permit(signer, ALICE, 5, START, v, r, s);
    }

    /// The domain that any wallet computes from name, version 1, chain and address.
    function test_the_signing_domain_is_the_standard_one() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Wrapped TFUEL"),
                keccak256("1"),
                block.chainid,
                Predeploys.WTFUEL
            )
        );
        eq(WTFUEL.DOMAIN_SEPARATOR(), domain, "domain");
    }

    function testFuzz_what_is_wrapped_moved_and_unwrapped_adds_up(uint256 wrapped, uint256 moved, uint256 back) public {
        wrapped = within(wrapped, 0, FUNDS);
        moved = within(moved, 0, wrapped);
        back = within(back, 0, moved);
        _wrap(ALICE, wrapped);
        vm.prank(ALICE);
        WTFUEL.transfer(BOB, moved);
        vm.prank(BOB);
        WTFUEL.withdraw(back);
        eq(WTFUEL.balanceOf(ALICE), wrapped - moved, "ALICE's");
        eq(WTFUEL.balanceOf(BOB), moved - back, "BOB's");
        eq(WTFUEL.totalSupply(), wrapped - back, "supply");
        eq(Predeploys.WTFUEL.balance, wrapped - back, "balance");
        eq(BOB.balance, FUNDS + back, "unwrapped");
    }

    function _wrap(address account, uint256 amount) private {
        vm.prank(account);
        WTFUEL.deposit{value: amount}();
    }

    function _hostileWithTokens(uint256 amount) private returns (HostileAccount account) {
        account = new HostileAccount();
        vm.deal(address(account), amount);
        account.perform(Predeploys.WTFUEL, amount, abi.encodeCall(IWtfuel.deposit, ()));
    }

    function _expectWrongReceiver(address to) private {
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.WrongReceiver.selector, to));
        vm.prank(ALICE);
    }

    function _expectInvalidPermit() private {
        vm.expectRevert(abi.encodeWithSelector(IWtfuel.InvalidPermit.selector));
    }

    function _signPermit(address owner, uint256 value) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 permit = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(permit, owner, ALICE, value, 0, START));
        return vm.sign(KEY_OF_SIGNER, keccak256(abi.encodePacked(hex"1901", WTFUEL.DOMAIN_SEPARATOR(), content)));
    }
}

/// @dev What stays true whatever its holders do.
contract WtfuelSumsTest {
    Wrappers private _wrappers;

    function setUp() public {
        _wrappers = new Wrappers();
        _wrappers.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_wrappers);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        all = new Selectors[](1);
        all[0] = Selectors(address(_wrappers), new bytes4[](4));
        all[0].selectors[0] = Wrappers.deposit.selector;
        all[0].selectors[1] = Wrappers.withdraw.selector;
        all[0].selectors[2] = Wrappers.transfer.selector;
        all[0].selectors[3] = Wrappers.transferFrom.selector;
    }

    function invariant_every_token_is_backed_and_somebodys() public view {
        uint256 tokens;
        uint256 money = Predeploys.WTFUEL.balance;
        for (uint256 i = 0; i < _wrappers.SIZE(); ++i) {
            tokens += WTFUEL.balanceOf(_wrappers.member(i));
            money += _wrappers.member(i).balance;
        }
        eq(tokens, WTFUEL.totalSupply(), "balances");
        eq(tokens, Predeploys.WTFUEL.balance, "backing");
        eq(money, _wrappers.SIZE() * _wrappers.FUNDS(), "money");
    }

    /// The invariant says something only if its holders get through every verb.
    function test_the_wrappers_get_through_every_verb() public {
        for (uint256 seed = 0; seed < 200; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            if (raw % 4 == 0) _wrappers.deposit(raw >> 8, raw >> 16, raw >> 32 & 1 == 0);
            else if (raw % 4 == 1) _wrappers.withdraw(raw >> 8, raw >> 16);
            else if (raw % 4 == 2) _wrappers.transfer(raw >> 8, raw >> 12, raw >> 16);
            else _wrappers.transferFrom(raw >> 8, raw >> 12, raw >> 16, raw >> 20);
        }
        bytes32[4] memory verbs = [bytes32("deposit"), "withdraw", "transfer", "transferFrom"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_wrappers.done(verbs[i]) > 3, string(abi.encodePacked(verbs[i])));
        }
    }
}

contract WtfuelGasTest {
    address private constant ALICE = address(0xa11ce);

    function test_gas_of_wrapping() public {
        vm.etch(Predeploys.WTFUEL, address(new Wtfuel()).code);
        vm.deal(ALICE, 100);
        vm.prank(ALICE);
        WTFUEL.deposit{value: 10}();
        vm.snapshotGasLastCall("Wtfuel", "deposit, the first ever");
        vm.prank(ALICE);
        WTFUEL.deposit{value: 10}();
        vm.snapshotGasLastCall("Wtfuel", "deposit");
        vm.prank(ALICE);
        WTFUEL.transfer(address(0xb0b), 5);
        vm.snapshotGasLastCall("Wtfuel", "transfer");
        vm.prank(ALICE);
        WTFUEL.withdraw(10);
        vm.snapshotGasLastCall("Wtfuel", "withdraw");
    }
}
