// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "../src/interfaces/ICredits.sol";
import {ISplits} from "../src/interfaces/ISplits.sol";
import {PoolWorld} from "./PoolWorld.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Rules that divide what is paid to them.
contract PaymentPoolSplitsTest is PoolWorld {
    address[] private _recipients;
    uint16[] private _shares;

    function test_a_rule_has_1_to_16_recipients_and_a_share_for_each() public {
        _expectWrongRecipients(0, 0);
        POOL.splitOf(_recipients, _shares);
        _add(ALICE, 10_000);
        _recipients.push(BOB);
        _expectWrongRecipients(2, 1);
        POOL.splitOf(_recipients, _shares);
        _recipients.pop();
        for (uint160 i = 1; i < 16; ++i) {
            _add(address(i), 1);
        }
        _shares[0] = 9985;
        POOL.splitOf(_recipients, _shares);
        _add(BOB, 1);
        _expectWrongRecipients(17, 17);
        POOL.splitOf(_recipients, _shares);
    }

    function test_a_rule_has_no_zero_share_and_divides_all() public {
        _add(ALICE, 10_000);
        _add(BOB, 0);
        vm.expectRevert(abi.encodeWithSelector(ISplits.ZeroShare.selector, 1));
        POOL.splitOf(_recipients, _shares);
        _shares[1] = 1;
        vm.expectRevert(abi.encodeWithSelector(ISplits.WrongSum.selector, 10_001, 10_000));
        POOL.distribute(_recipients, _shares);
        _shares[0] = 9998;
        vm.expectRevert(abi.encodeWithSelector(ISplits.WrongSum.selector, 9999, 10_000));
        POOL.distribute(_recipients, _shares);
    }

    /// In the order given: another order is another rule.
    function test_a_rules_account_follows_from_all_of_it() public {
        _add(ALICE, 4000);
        _add(BOB, 6000);
        address split = POOL.splitOf(_recipients, _shares);
        bytes32 hash = keccak256(abi.encode(bytes32("edgeloom/split/1"), _recipients, _shares));
        eq(split, address(uint160(uint256(hash))), "account");
        (_recipients[0], _recipients[1]) = (BOB, ALICE);
        holds(POOL.splitOf(_recipients, _shares) != split, "recipients");
        (_recipients[0], _recipients[1]) = (ALICE, BOB);
        (_shares[0], _shares[1]) = (6000, 4000);
        holds(POOL.splitOf(_recipients, _shares) != split, "shares");
    }

    function test_distribute_refuses_a_rule_that_was_paid_nothing() public {
        _add(ALICE, 10_000);
        address split = POOL.splitOf(_recipients, _shares);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NothingToWithdraw.selector, split));
        POOL.distribute(_recipients, _shares);
    }

    function test_distribute_divides_by_shares_and_gives_the_rest_to_the_first() public {
        _add(ALICE, 3333);
        _add(BOB, 3333);
        _add(CAROL, 3334);
        address split = POOL.splitOf(_recipients, _shares);
        _pay(split, 10);
        vm.expectEmit();
        emit ISplits.Distributed(split, 10);
        vm.prank(RELAYER);
        POOL.distribute(_recipients, _shares);
        eq(POOL.creditOf(ALICE), 4, "ALICE");
        eq(POOL.creditOf(BOB), 3, "BOB");
        eq(POOL.creditOf(CAROL), 3, "CAROL");
        eq(POOL.creditOf(split), 0, "the rule");
        eq(POOL.credited(), 10, "of all");
    }

    /// Attack 14: one level at a time, so that no rule makes another's money hang on what it does.
    function test_attack_14_a_rule_may_pay_a_rule_without_a_cascade() public {
        _add(ALICE, 2500);
        _add(BOB, 7500);
        address inner = POOL.splitOf(_recipients, _shares);
        (address[] memory recipients, uint16[] memory shares) = (_recipients, _shares);
        (_recipients[0], _recipients[1]) = (inner, CAROL);
        address outer = POOL.splitOf(_recipients, _shares);
        _pay(outer, 1000);
        POOL.distribute(_recipients, _shares);
        eq(POOL.creditOf(inner), 250, "the inner rule");
        eq(POOL.creditOf(CAROL), 750, "CAROL");
        eq(POOL.creditOf(ALICE), 0, "not yet");
        POOL.distribute(recipients, shares);
        eq(POOL.creditOf(ALICE), 63, "ALICE");
        eq(POOL.creditOf(BOB), 187, "BOB");
    }

    function testFuzz_what_is_distributed_is_what_was_paid(uint256 amount, uint16[16] memory weights, uint256 count)
        public
    {
        (amount, count) = (within(amount, 1, FUNDS / 2), within(count, 1, 16));
        uint256 left = 10_000;
        for (uint256 i = 0; i < count; ++i) {
            uint256 share = i + 1 == count ? left : within(weights[i], 1, left - (count - i - 1));
            left -= share;
            _add(address(uint160(0x100 + i)), uint16(share));
        }
        _pay(POOL.splitOf(_recipients, _shares), amount);
        POOL.distribute(_recipients, _shares);
        uint256 sum;
        for (uint256 i = 0; i < count; ++i) {
            uint256 part = POOL.creditOf(_recipients[i]);
            uint256 least = amount * _shares[i] / 10_000;
            holds(part >= least && part <= least + (i == 0 ? count : 0), "its share");
            sum += part;
        }
        eq(sum, amount, "all of it");
    }

    function _add(address recipient, uint16 share) private {
        _recipients.push(recipient);
        _shares.push(share);
    }

    /// @dev By a voucher.
    function _pay(address payee, uint256 amount) private {
        uint256 pool = opened(amount, amount);
        redeemed(voucher(pool, payee, amount));
        collected(pool, SELF, payee);
    }

    function _expectWrongRecipients(uint256 recipients, uint256 shares) private {
        vm.expectRevert(abi.encodeWithSelector(ISplits.WrongRecipients.selector, recipients, shares, 16));
    }
}
