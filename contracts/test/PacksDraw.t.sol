// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./mocks/Hoarder.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Progress} from "../src/types/Progress.sol";
import {Vm, eq, holds, vm} from "./Vm.sol";

/// @dev Packs are opened in the order of their numbers, and their tokens are their buyers'. Which they are `PacksModel.t.sol` says.
contract PacksDrawTest is PacksWorld {
    function test_packs_are_opened_in_the_order_in_which_they_were_bought() public {
        uint256 sale = packed(looms, 2, tiersOf(10, 30));
        buys(ALICE, sale, 2);
        buys(BOB, sale, 3);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToOpen.selector, sale));
        PACKS.openNext(sale, 1);
        reveals(sale);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToOpen.selector, sale));
        PACKS.openNext(sale, 0);
        vm.recordLogs();
        vm.prank(CAROL);
        eq(PACKS.openNext(sale, 3), 3, "three");
        eq(PACKS.progressOf(sale).opening, 1, "the second purchase's");
        eq(PACKS.openNext(sale, 100), 2, "all that are left");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 pack;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IPacks.PackOpened.selector) continue;
            eq(uint256(logs[i].topics[2]), pack, "in order");
            address buyer = pack < 2 ? ALICE : BOB;
            eq(address(uint160(uint256(logs[i].topics[3]))), buyer, "buyer");
            uint256[] memory ids = abi.decode(logs[i].data, (uint256[]));
            eq(ids.length, 2, "as many as a pack has");
            expectOwner(ids[0], buyer);
            expectOwner(ids[1], buyer);
            ++pack;
        }
        eq(pack, 5, "all");
        Progress memory so = PACKS.progressOf(sale);
        eq(so.opened, 5, "opened");
        eq(so.opening, 2, "purchases");
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToOpen.selector, sale));
        PACKS.openNext(sale, 1);
        // Packs of a later round wait for theirs.
        resumes(sale);
        buys(ALICE, sale, 1);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToOpen.selector, sale));
        PACKS.openNext(sale, 1);
        finishes(sale);
        eq(PACKS.progressOf(sale).opened, 6, "opened");
    }

    function test_when_all_packs_are_opened_every_token_is_somebodys() public {
        uint256 sale = packed(looms, 4, tiersOf(1, 7, 32));
        buys(ALICE, sale, 10);
        finishes(sale);
        for (uint256 i = 0; i < 40; ++i) {
            expectOwner(SPLIT + i, ALICE);
        }
        (, uint256[16] memory left) = PACKS.tiersOf(sale);
        eq(left[0] + left[1] + left[2], 0, "none is left");
    }

    function test_copies_of_editions_are_the_buyers() public {
        opened(prints, 1);
        uint256 sale = packed(prints, 4, tiersOf(1, 7, 32));
        buys(ALICE, sale, 6);
        buys(BOB, sale, 4);
        finishes(sale);
        eq(copiesOf(ALICE, SPLIT), 0, "not the drop's");
        uint8[3] memory counts = [1, 7, 32];
        for (uint256 i = 0; i < 3; ++i) {
            eq(copiesOf(ALICE, SPLIT + 1 + i) + copiesOf(BOB, SPLIT + 1 + i), counts[i], "copies");
        }
        eq(copiesOf(ALICE, SPLIT + 1) + copiesOf(ALICE, SPLIT + 2) + copiesOf(ALICE, SPLIT + 3), 24, "six packs");
    }

    function test_of_a_tier_the_lowest_id_comes_first() public {
        uint256 sale = packed(looms, 1, tiersOf(5, 5));
        uint256[2] memory next = [uint256(SPLIT), SPLIT + 5];
        buys(ALICE, sale, 10);
        reveals(sale);
        for (uint256 i = 0; i < 10; ++i) {
            (, uint256[16] memory before) = PACKS.tiersOf(sale);
            PACKS.openNext(sale, 1);
            (, uint256[16] memory left) = PACKS.tiersOf(sale);
            uint256 tier = left[0] == before[0] ? 1 : 0;
            eq(left[tier], before[tier] - 1, "one less");
            expectOwner(next[tier]++, ALICE);
        }
    }

    function test_a_pack_of_sixteen_of_one_tier_is_sent() public {
        uint256 sale = packed(looms, 16, tiersOf(32));
        buys(ALICE, sale, 2);
        finishes(sale);
        eq(ICollection(looms).balanceOf(ALICE), 32, "all");
    }

    function test_a_pack_of_sixteen_tiers_is_sent() public {
        uint32[] memory tiers = new uint32[](16);
        for (uint256 i = 0; i < 16; ++i) {
            tiers[i] = 1;
        }
        uint256 sale = packed(prints, 16, tiers);
        buys(ALICE, sale, 1);
        finishes(sale);
        for (uint256 i = 0; i < 16; ++i) {
            eq(copiesOf(ALICE, SPLIT + i), 1, "each");
        }
        sale = packed(looms, 16, tiers);
        buys(ALICE, sale, 1);
        finishes(sale);
        eq(ICollection(looms).balanceOf(ALICE), 16, "in one batch: the ids follow each other");
    }

    function test_a_buyer_that_refuses_its_tokens_keeps_nobody_waiting_and_claims_them() public {
        uint256 sale = packed(prints, 4, tiersOf(4, 8, 12));
        Hoarder buyer = _hoarder(Hoarder.Mood.Refuse);
        buyer.perform(address(PACKS), 2 * PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 2, anybody())));
        buys(ALICE, sale, 1);
        reveals(sale);
        vm.recordLogs();
        opens(sale);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 kept;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IPacks.TokensKept.selector) continue;
            (address owner, uint256[] memory ids) = PACKS.keptOf(sale, kept);
            eq(owner, address(buyer), "buyer");
            eq(keccak256(logs[i].data), keccak256(abi.encode(ids)), "ids");
            eq(ids.length, 4, "all of the pack");
            ++kept;
        }
        eq(kept, 2, "two packs");
        holds(copiesOf(ALICE, SPLIT) + copiesOf(ALICE, SPLIT + 1) + copiesOf(ALICE, SPLIT + 2) == 4, "not waiting");

        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToClaim.selector, sale, 0, ALICE));
        vm.prank(ALICE);
        PACKS.claim(sale, 0, ALICE);
        (, uint256[] memory won) = PACKS.keptOf(sale, 1);
        vm.expectEmit();
        emit IPacks.TokensClaimed(sale, 1, address(buyer), CAROL, won);
        buyer.perform(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 1, CAROL)));
        for (uint256 i = 0; i < 4; ++i) {
            holds(copiesOf(CAROL, won[i]) != 0, "claimed");
        }
        eq(copiesOf(CAROL, SPLIT) + copiesOf(CAROL, SPLIT + 1) + copiesOf(CAROL, SPLIT + 2), 4, "once");
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToClaim.selector, sale, 1, address(buyer)));
        buyer.perform(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 1, CAROL)));
        (address nobody,) = PACKS.keptOf(sale, 1);
        eq(nobody, address(0), "nothing is left of it");
    }

    function test_claiming_what_was_not_kept_is_refused() public {
        uint256 sale = packed(looms, 1, tiersOf(4));
        buys(ALICE, sale, 1);
        finishes(sale);
        vm.expectRevert(abi.encodeWithSelector(IPacks.NothingToClaim.selector, sale, 0, ALICE));
        vm.prank(ALICE);
        PACKS.claim(sale, 0, ALICE);
    }

    /// What of a pack was received before is not claimed again.
    function test_a_buyer_that_refuses_some_of_its_tokens_claims_the_rest() public {
        uint256 sale = packed(prints, 4, tiersOf(2, 2));
        Hoarder buyer = _hoarder(Hoarder.Mood.Reenter);
        buyer.plan(Hoarder.Mood.Reenter, 1);
        buyer.calls(address(buyer), 0, abi.encodeCall(Hoarder.plan, (Hoarder.Mood.Refuse, 0)));
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        finishes(sale);
        eq(copiesOf(address(buyer), SPLIT), 2, "the first tier");
        eq(copiesOf(address(buyer), SPLIT + 1), 0, "not the second");
        (, uint256[] memory ids) = PACKS.keptOf(sale, 0);
        eq(ids.length, 2, "kept");
        holds(ids[0] == SPLIT + 1 && ids[1] == SPLIT + 1, "of the second tier");
        buyer.plan(Hoarder.Mood.Accept, 0);
        buyer.perform(address(PACKS), 0, abi.encodeCall(PACKS.claim, (sale, 0, address(buyer))));
        eq(copiesOf(address(buyer), SPLIT + 1), 2, "claimed");
    }

    function test_a_buyer_that_burns_gas_burns_little() public {
        uint32[] memory tiers = new uint32[](16);
        for (uint256 i = 0; i < 16; ++i) {
            tiers[i] = 10;
        }
        uint256 sale = packed(prints, 16, tiers);
        Hoarder buyer = _hoarder(Hoarder.Mood.Burn);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        reveals(sale);
        uint256 before = gasleft();
        PACKS.openNext(sale, 1);
        holds(before - gasleft() < 1_000_000, "what it takes to keep sixteen tokens, and one try");
        (, uint256[] memory ids) = PACKS.keptOf(sale, 0);
        eq(ids.length, 16, "kept");
    }

    /// However little gas is sent, a buyer that takes its tokens has them, or nothing happened.
    function testFuzz_nobody_makes_a_buyer_claim_by_sending_little_gas(uint256 gas_) public {
        uint256 sale = packed(prints, 4, tiersOf(4, 8, 12));
        Hoarder buyer = _hoarder(Hoarder.Mood.Accept);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        reveals(sale);
        gas_ = 20_000 + gas_ % 700_000;
        (bool done,) = address(PACKS).call{gas: gas_}(abi.encodeCall(PACKS.openNext, (sale, 1)));
        (address kept,) = PACKS.keptOf(sale, 0);
        eq(kept, address(0), "nothing is kept");
        uint256 has =
            copiesOf(address(buyer), SPLIT) + copiesOf(address(buyer), SPLIT + 1) + copiesOf(address(buyer), SPLIT + 2);
        eq(has, done ? 4 : 0, "all or nothing");
    }

    function test_too_little_gas_is_named() public {
        uint256 sale = packed(prints, 1, tiersOf(4));
        buys(ALICE, sale, 1);
        reveals(sale);
        (bool done, bytes memory reason) = address(PACKS).call{gas: 200_000}(abi.encodeCall(PACKS.openNext, (sale, 1)));
        holds(!done && bytes4(reason) == IPacks.TooLittleGas.selector, "named");
    }

    function _hoarder(Hoarder.Mood mood) private returns (Hoarder buyer) {
        buyer = new Hoarder();
        buyer.plan(mood, 0);
        vm.deal(address(buyer), FUNDS);
    }
}
