// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Progress, ProgressOf} from "../src/types/Progress.sol";
import {Purchase, Purchases} from "../src/types/Purchase.sol";
import {Tiers} from "../src/types/Tiers.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Words that hold several numbers hold each for itself.
contract PacksTypesTest {
    function testFuzz_tiers_count_each_for_itself(uint32[16] memory counts) public pure {
        Tiers memory tiers;
        for (uint256 i = 0; i < 16; ++i) {
            tiers.add(i, counts[i] / 2);
            tiers.add(i, counts[i] - counts[i] / 2);
        }
        for (uint256 i = 0; i < 16; ++i) {
            eq(tiers.count(i), counts[i], "count");
        }
    }

    /// All of them in a row, the first tier's first.
    function testFuzz_what_is_taken_is_of_the_tier_that_has_the_place(uint32[16] memory counts, uint256 index)
        public
        pure
    {
        Tiers memory tiers;
        uint256 sum;
        for (uint256 i = 0; i < 16; ++i) {
            tiers.add(i, counts[i]);
            sum += counts[i];
        }
        if (sum == 0) return;
        index = within(index, 0, sum - 1);
        uint256 tier = tiers.take(index);
        uint256 before;
        for (uint256 i = 0; i < tier; ++i) {
            before += counts[i];
        }
        holds(before <= index && index < before + counts[tier], "place");
        for (uint256 i = 0; i < 16; ++i) {
            eq(tiers.count(i), i == tier ? counts[i] - 1 : counts[i], "one less");
        }
    }

    function test_tiers_are_taken_to_the_last() public pure {
        Tiers memory tiers;
        tiers.add(0, 1);
        tiers.add(7, 1);
        tiers.add(8, 2);
        tiers.add(15, 1);
        uint8[5] memory expected = [8, 15, 0, 8, 7];
        uint8[5] memory index = [3, 3, 0, 1, 0];
        for (uint256 i = 0; i < 5; ++i) {
            eq(tiers.take(index[i]), expected[i], "tier");
        }
        eq(tiers.words[0] | tiers.words[1], 0, "none is left");
    }

    function testFuzz_progress_is_kept_in_a_word(uint256 word) public pure {
        word = word << 24 >> 24;
        Progress memory so = ProgressOf.fromWord(word);
        eq(so.toWord(), word, "again");
        eq(so.waits() ? 1 : 0, so.sold == so.settled ? 0 : 1, "waits");
        Progress memory most = ProgressOf.fromWord(type(uint256).max);
        eq(most.sold & most.settled & most.opened & most.purchases & most.opening, type(uint32).max, "counts");
        eq(most.round & most.revealed, type(uint16).max, "rounds");
        eq(most.height, type(uint40).max, "height");
    }

    function testFuzz_parts_of_progress_are_apart(uint256 word, uint256 which) public pure {
        Progress memory so = ProgressOf.fromWord(word);
        Progress memory other = ProgressOf.fromWord(word);
        which %= 8;
        if (which == 0) other.sold ^= 1;
        else if (which == 1) other.settled ^= 1;
        else if (which == 2) other.opened ^= 1;
        else if (which == 3) other.purchases ^= 1;
        else if (which == 4) other.opening ^= 1;
        else if (which == 5) other.round ^= 1;
        else if (which == 6) other.revealed ^= 1;
        else other.height ^= 1;
        uint256 changed = so.toWord() ^ other.toWord();
        holds(changed != 0 && changed & changed - 1 == 0, "one bit");
        holds(keccak256(abi.encode(ProgressOf.fromWord(other.toWord()))) == keccak256(abi.encode(other)), "again");
    }

    function testFuzz_a_purchase_is_kept_in_a_word(address buyer, uint32 until, uint16 round, uint8 phase) public {
        vm.warp(within(uint256(keccak256(abi.encode(buyer))), 0, type(uint40).max));
        Purchase bought = Purchases.of_(buyer, until, round, phase);
        eq(bought.buyer(), buyer, "buyer");
        Purchase back = bought.refunded();
        eq(back.buyer(), address(0), "nobody's");
        Purchase[2] memory both = [bought, back];
        for (uint256 i = 0; i < 2; ++i) {
            eq(both[i].until(), until, "until");
            eq(both[i].round(), round, "round");
            eq(both[i].phase(), phase, "phase");
            eq(both[i].time(), block.timestamp, "time");
        }
    }
}
