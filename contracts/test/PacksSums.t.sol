// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICollection} from "../src/interfaces/ICollection.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {Openers} from "./mocks/Openers.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Progress} from "../src/types/Progress.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What stays true whatever creators, buyers and openers do, computed the long way.
/// forge-config: default.invariant.runs = 16
contract PacksSumsTest is PacksWorld {
    Openers private _openers;

    function setUp() public override {
        _openers = new Openers();
        _openers.setUp();
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_openers);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[15] memory verbs = [
            Openers.open.selector,
            Openers.buy.selector,
            Openers.wait.selector,
            Openers.record.selector,
            Openers.reveal.selector,
            Openers.openNext.selector,
            Openers.claim.selector,
            Openers.sulk.selector,
            Openers.withdraw.selector,
            Openers.sleep.selector,
            Openers.redraw.selector,
            Openers.close.selector,
            Openers.void.selector,
            Openers.refund.selector,
            Openers.returnBond.selector
        ];
        uint8[15] memory times = [2, 8, 6, 5, 5, 5, 2, 2, 1, 1, 2, 1, 2, 3, 2];
        all = new Selectors[](1);
        all[0] = Selectors(address(_openers), new bytes4[](47));
        uint256 place;
        for (uint256 i = 0; i < verbs.length; ++i) {
            for (uint256 j = 0; j < times[i]; ++j) {
                all[0].selectors[place++] = verbs[i];
            }
        }
    }

    function invariant_the_balance_is_escrow_bonds_dues_and_credits() public view {
        uint256 escrow;
        uint256 bonds;
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            eq(PACKS.saleOf(sale).escrow, _unrevealed(sale), "escrow");
            escrow += PACKS.saleOf(sale).escrow;
            bonds += PACKS.saleOf(sale).bond;
        }
        uint256 dues = PACKS.duesIn(address(0));
        eq(address(PACKS).balance, escrow + bonds + dues + PACKS.credited(), "balance");
        Openers.Book memory book = _openers.book();
        eq(book.paid, escrow + book.released + book.refunded, "prices");
        eq(book.bonded, bonds + book.burned + book.returned, "bonds");
    }

    function invariant_money_is_conserved_and_released_to_the_payee_but_for_the_fee() public view {
        uint256 credits = PACKS.creditOf(_openers.payee());
        Openers.Book memory book = _openers.book();
        eq(_openers.payee().balance + credits + PACKS.duesIn(address(0)), book.released, "payee and fee");
        uint256 sum = address(PACKS).balance + _openers.payee().balance + _openers.maker().balance;
        sum += Predeploys.BURN.balance;
        for (uint256 i = 0; i < _openers.SIZE(); ++i) {
            sum += _openers.member(i).balance;
            credits += PACKS.creditOf(_openers.member(i));
        }
        eq(PACKS.credited(), credits, "credits");
        eq(sum, (_openers.SIZE() + 1) * FUNDS, "supply");
    }

    function invariant_tiers_are_drawn_to_what_there_is_and_no_further() public view {
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            (uint256[16] memory counts, uint256[16] memory left) = PACKS.tiersOf(sale);
            uint256 sum;
            for (uint256 tier = 0; tier < 16; ++tier) {
                eq(counts[tier], left[tier] + _openers.drawn(sale, tier), "drawn");
                sum += _openers.drawn(sale, tier);
            }
            eq(sum, PACKS.progressOf(sale).opened * PACKS.saleOf(sale).size, "of opened packs");
        }
    }

    function invariant_packs_are_opened_in_the_order_in_which_they_were_sold() public view {
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            Progress memory so = PACKS.progressOf(sale);
            eq(so.opened, _openers.nextPack(sale), "in order");
            holds(so.opened <= so.settled && so.settled <= so.sold, "those with a seed");
            holds(so.sold <= PACKS.saleOf(sale).packs, "no more than there are");
        }
    }

    function invariant_every_pack_ends_once_and_never_twice() public view {
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            Progress memory so = PACKS.progressOf(sale);
            for (uint256 pack = 0; pack < so.sold; ++pack) {
                uint256 ends = _openers.ends(sale, pack);
                holds(pack < so.opened ? ends == 1 : ends <= 1, "opened or refunded");
                if (pack < so.settled) eq(ends, pack < so.opened ? 1 : 0, "what has a seed is never refunded");
            }
        }
    }

    function invariant_every_account_has_what_it_won() public view {
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            IPacks.Sale memory its = PACKS.saleOf(sale);
            (uint256[16] memory counts,) = PACKS.tiersOf(sale);
            uint256 ids = its.editions ? 3 : counts[0] + counts[1] + counts[2];
            for (uint256 id = its.first; id < its.first + ids; ++id) {
                for (uint256 i = 0; i < _openers.SIZE(); ++i) {
                    address member = _openers.member(i);
                    uint256 mine = _openers.won(its.creation, id, member) - _openers.kept(its.creation, id, member);
                    eq(_balanceOf(its, member, id), mine, "tokens");
                }
            }
        }
    }

    function invariant_nothing_slips() public view {
        eq(_openers.slipped(), 0, "slipped");
    }

    /// Whatever was begun ends, and then nothing is left here but fees.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_every_sale_ends_and_nothing_is_left(uint256 seed) public {
        for (uint256 i = 0; i < 100; ++i) {
            _step(uint256(keccak256(abi.encode(seed, i))));
        }
        _openers.finish();
        for (uint256 sale = 1; sale <= PACKS.saleCount(); ++sale) {
            Progress memory so = PACKS.progressOf(sale);
            for (uint256 pack = 0; pack < so.sold; ++pack) {
                eq(_openers.ends(sale, pack), 1, "an end");
            }
        }
        eq(address(PACKS).balance, PACKS.duesIn(address(0)), "nothing is left");
        _all();
    }

    /// The invariants above say something only if the openers get through every verb.
    function test_the_openers_get_through_every_verb() public {
        vm.pauseGasMetering();
        bytes32[17] memory verbs = [
            bytes32("open"),
            "buy",
            "wait",
            "sleep",
            "record",
            "reveal",
            "redraw",
            "open next",
            "kept",
            "claim",
            "close",
            "void",
            "refund",
            "return bond",
            "sulk",
            "withdraw",
            "refused"
        ];
        uint256[17] memory done;
        uint256 state = vm.snapshotState();
        for (uint256 world = 0; world < 12; ++world) {
            for (uint256 seed = 0; seed < 150; ++seed) {
                _step(uint256(keccak256(abi.encode(world, seed))));
            }
            for (uint256 i = 0; i < verbs.length; ++i) {
                done[i] += _openers.done(verbs[i]);
            }
            _all();
            vm.revertToState(state);
        }
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(done[i] > 1, string(abi.encodePacked(verbs[i])));
        }
    }

    function _all() private view {
        invariant_the_balance_is_escrow_bonds_dues_and_credits();
        invariant_money_is_conserved_and_released_to_the_payee_but_for_the_fee();
        invariant_tiers_are_drawn_to_what_there_is_and_no_further();
        invariant_packs_are_opened_in_the_order_in_which_they_were_sold();
        invariant_every_pack_ends_once_and_never_twice();
        invariant_every_account_has_what_it_won();
        invariant_nothing_slips();
    }

    /// @dev As often as `targetSelectors` has each.
    function _step(uint256 raw) private {
        uint256 verb = raw % 47;
        raw >>= 8;
        if (verb < 2) _openers.open(raw, raw >> 8, raw >> 64);
        else if (verb < 10) _openers.buy(raw, raw >> 8, raw >> 16, raw >> 64);
        else if (verb < 16) _openers.wait(raw, raw >> 64);
        else if (verb < 21) _openers.record(raw);
        else if (verb < 26) _openers.reveal(raw);
        else if (verb < 31) _openers.openNext(raw, raw >> 8, raw >> 16);
        else if (verb < 33) _openers.claim(raw, raw >> 8);
        else if (verb < 35) _openers.sulk(raw);
        else if (verb < 36) _openers.withdraw(raw);
        else if (verb < 37) _openers.sleep(raw);
        else if (verb < 39) _openers.redraw(raw);
        else if (verb < 40) _openers.close(raw);
        else if (verb < 42) _openers.void(raw);
        else if (verb < 45) _openers.refund(raw, raw >> 8);
        else _openers.returnBond(raw);
    }

    /// @dev What was paid for packs without a seed, and not given back.
    function _unrevealed(uint256 sale) private view returns (uint256 sum) {
        Progress memory so = PACKS.progressOf(sale);
        for (uint256 i = 0; i < so.purchases; ++i) {
            (address buyer, uint256 first,,, uint256 price) = PACKS.purchaseOf(sale, i);
            if (buyer != address(0) && first >= so.settled) sum += price;
        }
    }

    function _balanceOf(IPacks.Sale memory its, address account, uint256 id) private view returns (uint256) {
        if (its.editions) return IEditions(its.creation).balanceOf(account, id);
        (bool exists, bytes memory owner) = its.creation.staticcall(abi.encodeCall(ICollection.ownerOf, (id)));
        return exists && abi.decode(owner, (address)) == account ? 1 : 0;
    }
}
