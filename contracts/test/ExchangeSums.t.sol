// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Coins} from "./mocks/Coins.sol";
import {ExchangeWorld} from "./ExchangeWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Traders} from "./mocks/Traders.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Whatever people sign, take, end and forge, the books balance.
/// forge-config: default.invariant.runs = 16
contract ExchangeSumsTest is ExchangeWorld {
    uint256 private constant CREATORS = 2;

    Traders private _traders;
    uint256 private _people;

    function setUp() public override {
        _traders = new Traders();
        _traders.setUp();
        _people = _traders.PEOPLE();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_traders);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory all) {
        bytes4[24] memory verbs = [
            Traders.list721.selector,
            Traders.list721.selector,
            Traders.listMany.selector,
            Traders.listBundle.selector,
            Traders.offer721.selector,
            Traders.offerMany.selector,
            Traders.listSwap.selector,
            Traders.fill.selector,
            Traders.fill.selector,
            Traders.fill.selector,
            Traders.fill.selector,
            Traders.fill.selector,
            Traders.fill.selector,
            Traders.sweep.selector,
            Traders.sweep.selector,
            Traders.forge.selector,
            Traders.cancel.selector,
            Traders.incrementCounter.selector,
            Traders.give.selector,
            Traders.lend.selector,
            Traders.bar.selector,
            Traders.withdraw.selector,
            Traders.passOn.selector,
            Traders.wait.selector
        ];
        all = new FuzzSelector[](1);
        all[0] = FuzzSelector(address(_traders), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_nothing_was_filled_that_should_not_be_and_all_that_should() public view {
        eq(_traders.slipped(), 0, "slipped");
    }

    function invariant_what_lies_in_the_exchange_is_fees_and_credits() public view {
        uint256 dues = _traders.fees(TFUEL) - _traders.passed(TFUEL);
        eq(address(EXCHANGE).balance, dues + EXCHANGE.credited(), "TFUEL");
        for (uint256 i = 0; i < 3; ++i) {
            address currency = _traders.currencies(i);
            uint256 credits;
            for (uint256 j = 0; j < _people + CREATORS; ++j) {
                address account = _traders.anybody(j);
                credits += currency == TFUEL ? EXCHANGE.creditOf(account) : EXCHANGE.tokenCreditOf(currency, account);
            }
            if (currency == TFUEL) eq(EXCHANGE.credited(), credits, "credits");
            else eq(_balance(currency, address(EXCHANGE)), EXCHANGE.duesIn(currency) + credits, "tokens");
        }
    }

    function invariant_every_price_was_divided_to_the_wei() public view {
        for (uint256 i = 0; i < 3; ++i) {
            address currency = _traders.currencies(i);
            for (uint256 j = 0; j < _people + CREATORS; ++j) {
                address account = _traders.anybody(j);
                uint256 before = j < _people ? FUNDS : 0;
                before += _traders.received(currency, account);
                eq(_traders.wealthOf(currency, account) + _traders.paid(currency, account), before, "of each");
            }
            eq(_traders.passed(currency) + EXCHANGE.duesIn(currency), _traders.fees(currency), "fees");
        }
    }

    function invariant_money_is_conserved() public view {
        uint256 tfuel = address(EXCHANGE).balance + Predeploys.BURN.balance + address(WTFUEL).balance;
        for (uint256 i = 1; i < 3; ++i) {
            address currency = _traders.currencies(i);
            uint256 sum = _balance(currency, address(EXCHANGE)) + _balance(currency, Predeploys.TIMELOCK);
            for (uint256 j = 0; j < _people + CREATORS; ++j) {
                sum += _balance(currency, _traders.anybody(j));
            }
            uint256 worlds = currency == address(WTFUEL) ? 2 * FUNDS : 0;
            uint256 unwrapped = currency == address(WTFUEL) ? _traders.passed(currency) : 0;
            eq(sum + worlds + unwrapped, _people * FUNDS + worlds, "tokens");
        }
        for (uint256 j = 0; j < _people + CREATORS; ++j) {
            tfuel += _traders.anybody(j).balance;
        }
        // The maker and the taker of the world wrapped theirs too, and do nothing here.
        eq(tfuel, 2 * _people * FUNDS + 2 * FUNDS, "TFUEL");
    }

    function invariant_no_order_is_filled_beyond_its_units_nor_forgotten() public view {
        for (uint256 i = 0; i < _traders.ordersMade(); ++i) {
            bytes32 hash = _traders.hashes(i);
            uint256 filled = _traders.filled(hash);
            holds(filled <= _traders.orderOf(hash).units, "units");
            if (_traders.cancelled(hash)) eq(EXCHANGE.filledOf(hash), type(uint256).max, "cancelled");
            else eq(EXCHANGE.filledOf(hash), _traders.unique(hash) ? 0 : filled, "counted");
        }
        for (uint256 i = 0; i < _people; ++i) {
            eq(EXCHANGE.counterOf(_traders.person(i)), _traders.counters(_traders.person(i)), "counter");
        }
    }

    function invariant_every_token_is_whose_the_books_say() public view {
        for (uint256 id = 1; id <= _traders.IDS(); ++id) {
            for (uint256 i = 0; i < 3; ++i) {
                address token = _traders.singles(i);
                eq(ICollection(token).ownerOf(id), _traders.owners(token, id), "owner");
                eq(EXCHANGE.nonceOf(token, id), _traders.nonces(token, id), "nonce");
            }
        }
    }

    function invariant_every_edition_is_whose_the_books_say() public view {
        for (uint256 i = 0; i < 2; ++i) {
            address token = _traders.plurals(i);
            for (uint256 id = 1; id <= 2; ++id) {
                uint256 sum;
                for (uint256 j = 0; j < _people; ++j) {
                    uint256 has = IEditions(token).balanceOf(_traders.person(j), id);
                    eq(has, _traders.amounts(token, id, _traders.person(j)), "amount");
                    sum += has;
                }
                eq(sum, _traders.SUPPLY(), "all of them");
            }
        }
    }

    /// The invariants above say something only if the traders get through every verb, and to every kind of order.
    function test_the_traders_get_through_every_verb() public {
        vm.pauseGasMetering();
        for (uint256 seed = 0; seed < 1500; ++seed) {
            _step(uint256(keccak256(abi.encode(seed))));
        }
        bytes32[26] memory verbs = [
            bytes32("list"),
            "list many",
            "list a bundle",
            "offer",
            "offer for many",
            "list a swap",
            "fill",
            "refuse",
            "fill in a sweep",
            "skip",
            "forge",
            "cancel",
            "increment",
            "give",
            "lend",
            "bar",
            "withdraw",
            "pass on",
            "wait",
            "fill a bundle",
            "fill a swap",
            "fill an offer",
            "fill a part",
            "fill for coins",
            "fill for TFUEL",
            "fill at a moving price"
        ];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_traders.done(verbs[i]) > 2, string(abi.encodePacked(verbs[i])));
        }
        invariant_nothing_was_filled_that_should_not_be_and_all_that_should();
        invariant_what_lies_in_the_exchange_is_fees_and_credits();
        invariant_every_price_was_divided_to_the_wei();
        invariant_money_is_conserved();
        invariant_no_order_is_filled_beyond_its_units_nor_forgotten();
        invariant_every_token_is_whose_the_books_say();
        invariant_every_edition_is_whose_the_books_say();
    }

    function _step(uint256 raw) private {
        uint256 verb = raw % 24;
        uint256 other = uint256(keccak256(abi.encode(raw)));
        uint256 third = uint256(keccak256(abi.encode(other)));
        if (verb < 2) _traders.list721(raw >> 8, other, third);
        else if (verb == 2) _traders.listMany(raw >> 8, other, third, raw >> 16);
        else if (verb == 3) _traders.listBundle(raw >> 8, other, third);
        else if (verb == 4) _traders.offer721(raw >> 8, other, third, raw >> 16);
        else if (verb == 5) _traders.offerMany(raw >> 8, other, third, raw >> 16);
        else if (verb == 6) _traders.listSwap(raw >> 8, other, third);
        else if (verb < 13) _traders.fill(raw >> 8, other, third, raw >> 16);
        else if (verb < 15) _traders.sweep(raw >> 8, other, third, raw >> 16);
        else if (verb == 15) _traders.forge(raw >> 8, other, third, raw >> 16);
        else if (verb == 16) _traders.cancel(other);
        else if (verb == 17) _traders.incrementCounter(other);
        else if (verb == 18) _traders.give(other, third);
        else if (verb == 19) _traders.lend(other, third);
        else if (verb == 20) _traders.bar(other, third & 1 == 0);
        else if (verb == 21) _traders.withdraw(other, third);
        else if (verb == 22) _traders.passOn(other);
        else _traders.wait(other);
    }

    function _balance(address currency, address account) private view returns (uint256) {
        return Coins(currency).balanceOf(account);
    }
}

