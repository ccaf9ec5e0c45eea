// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DropsWorld} from "./DropsWorld.sol";
import {Fans} from "./mocks/Fans.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What stays true whatever creators and buyers do, computed the long way.
/// forge-config: default.invariant.runs = 16
contract DropsSumsTest is DropsWorld {
    Fans private _fans;

    function setUp() public override {
        _fans = new Fans();
        _fans.setUp();
        looms = _fans.creations(0);
        prints = _fans.creations(1);
    }

    function targetContracts() external view returns (address[] memory all) {
        all = new address[](1);
        all[0] = address(_fans);
    }

    struct Selectors {
        address target;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (Selectors[] memory all) {
        bytes4[11] memory verbs = [
            Fans.open.selector,
            Fans.mint.selector,
            Fans.mint.selector,
            Fans.mint.selector,
            Fans.mint.selector,
            Fans.mint.selector,
            Fans.close.selector,
            Fans.pack.selector,
            Fans.sulk.selector,
            Fans.withdraw.selector,
            Fans.wait.selector
        ];
        all = new Selectors[](1);
        all[0] = Selectors(address(_fans), new bytes4[](verbs.length));
        for (uint256 i = 0; i < verbs.length; ++i) {
            all[0].selectors[i] = verbs[i];
        }
    }

    function invariant_what_was_paid_is_fees_and_the_payees_to_the_wei() public view {
        eq(DROPS.duesIn(address(0)), _fans.fees(), "fees");
        uint256 credit = DROPS.creditOf(_fans.payee());
        eq(DROPS.credited(), credit, "credits");
        eq(address(DROPS).balance, _fans.fees() + credit, "balance");
        eq(_fans.paid(), _fans.fees() + _fans.payee().balance + credit, "paid");
    }

    function invariant_nothing_is_sold_above_what_was_promised() public view {
        for (uint256 drop = 1; drop <= DROPS.dropCount(); ++drop) {
            IDrops.Drop memory its = DROPS.dropOf(drop);
            uint256 sum;
            for (uint256 i = 0; i < 2; ++i) {
                (IPhases.Phase memory phase_, uint256 sold) = DROPS.phaseOf(drop, i);
                eq(sold, _fans.soldIn(drop, i), "sold in the phase");
                holds(phase_.supply == 0 || sold <= phase_.supply, "supply");
                _expectLimits(drop, i, phase_);
                sum += sold;
            }
            eq(its.sold, sum, "sold");
            holds(its.sold <= its.count, "count");
        }
    }

    function invariant_no_id_is_of_two_sales() public view {
        for (uint256 i = 0; i < 2; ++i) {
            address creation = _fans.creations(i);
            uint256[2][] memory packs = _fans.packsOf(creation);
            uint256 next = SPLIT;
            uint256 drop = 1;
            uint256 pack;
            // In the order in which they were given out they follow each other, without a gap.
            while (next != DROPS.nextOf(creation)) {
                while (drop <= DROPS.dropCount() && DROPS.dropOf(drop).creation != creation) ++drop;
                bool packed = pack < packs.length && packs[pack][0] == next;
                if (packed) {
                    next += packs[pack++][1];
                    continue;
                }
                eq(DROPS.dropOf(drop).first, next, "the next is a drop's");
                next += DROPS.dropOf(drop).editions ? 1 : DROPS.dropOf(drop).count;
                ++drop;
            }
            eq(pack, packs.length, "all packs");
        }
    }

    function invariant_every_buyer_has_what_it_bought() public view {
        for (uint256 drop = 1; drop <= DROPS.dropCount(); ++drop) {
            IDrops.Drop memory its = DROPS.dropOf(drop);
            for (uint256 i = 0; i < _fans.SIZE(); ++i) {
                address member = _fans.member(i);
                uint256 has = its.editions ? copiesOf(member, its.first) : _heldOf(its, member);
                eq(has, _fans.bought(drop, member), "tokens");
            }
            if (its.editions || its.sold == its.count) continue;
            (bool exists,) = looms.staticcall(abi.encodeCall(ICollection.ownerOf, (its.first + its.sold)));
            holds(!exists, "what is not sold is not minted");
        }
    }

    function invariant_nothing_slips_and_nobody_gets_anything_by_calling_back() public view {
        eq(_fans.slipped(), 0, "slipped");
        eq(_fans.hoarder().successes(), 0, "calling back");
    }

    /// The invariants above say something only if the fans get through every verb.
    function test_fans_get_through_every_verb() public {
        vm.pauseGasMetering();
        for (uint256 seed = 0; seed < 400; ++seed) {
            uint256 raw = uint256(keccak256(abi.encode(seed)));
            uint256 verb = raw % 14;
            if (verb < 2) _fans.open(raw >> 8, raw >> 16, raw, uint256(keccak256(abi.encode(raw))));
            else if (verb < 8) _fans.mint(raw >> 8, raw >> 16, raw >> 32, raw >> 64);
            else if (verb < 9) _fans.close(raw >> 8);
            else if (verb < 10) _fans.pack(raw >> 8, raw >> 16);
            else if (verb < 12) _fans.wait(raw >> 8);
            else if (verb < 13) _fans.sulk(raw >> 8);
            else _fans.withdraw();
        }
        bytes32[9] memory verbs =
            [bytes32("open"), "mint", "mint, by a list", "refused", "close", "pack", "wait", "sulk", "withdraw"];
        for (uint256 i = 0; i < verbs.length; ++i) {
            holds(_fans.done(verbs[i]) > 1, string(abi.encodePacked(verbs[i])));
        }
        holds(_fans.hoarder().attempts() > 1, "calling back");
        invariant_what_was_paid_is_fees_and_the_payees_to_the_wei();
        invariant_nothing_is_sold_above_what_was_promised();
        invariant_no_id_is_of_two_sales();
        invariant_every_buyer_has_what_it_bought();
        invariant_nothing_slips_and_nobody_gets_anything_by_calling_back();
    }

    function _expectLimits(uint256 drop, uint256 number, IPhases.Phase memory its) private view {
        for (uint256 i = 0; i < _fans.SIZE(); ++i) {
            uint256 bought = _fans.boughtIn(drop, number, _fans.member(i));
            uint256 most = its.allowed == 0 ? its.perWallet : _fans.entries()[i].most;
            if (its.allowed == 0 && most == 0) continue;
            holds(bought <= most, "limit");
            eq(DROPS.boughtBy(drop, number, _fans.member(i)), bought, "counted");
        }
    }

    function _heldOf(IDrops.Drop memory its, address account) private view returns (uint256 held) {
        for (uint256 i = 0; i < its.sold; ++i) {
            if (ICollection(looms).ownerOf(its.first + i) == account) ++held;
        }
    }
}
