// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Hoarder} from "./mocks/Hoarder.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. Somebody bought before, and the payee has something.
contract PacksGasTest is PacksWorld {
    function setUp() public override {
        super.setUp();
        vm.deal(STUDIO, 1);
        vm.deal(Predeploys.BURN, 1);
    }

    function test_gas_of_a_collections_packs() public {
        uint256 sale = packed(looms, 5, tiersOf(50, 450, 4500));
        vm.snapshotGasLastCall("Packs", "open, three tiers, one phase");
        buys(CAROL, sale, 1);
        vm.snapshotGasLastCall("Packs", "buy, the first of a round");
        buys(ALICE, sale, 1);
        vm.snapshotGasLastCall("Packs", "buy, one pack");
        buys(BOB, sale, 20);
        vm.snapshotGasLastCall("Packs", "buy, twenty packs");
        records(sale);
        PACKS.reveal(sale, secretOf(sale, 0));
        vm.snapshotGasLastCall("Packs", "reveal, the first round");
        PACKS.openNext(sale, 1);
        PACKS.openNext(sale, 1);
        vm.snapshotGasLastCall("Packs", "open next, a pack of five of a collection");
        PACKS.openNext(sale, 10);
        vm.snapshotGasLastCall("Packs", "open next, ten packs of five of a collection");
        rollToRound(sale, ROUNDS - 1);
        buys(ALICE, sale, 1);
        records(sale);
        PACKS.reveal(sale, secretOf(sale, ROUNDS - 1));
        vm.snapshotGasLastCall("Packs", "reveal, eighteen rounds without a sale before");
        vm.roll(HEIGHT + uint256(ROUNDS) * ROUND_BLOCKS);
        PACKS.returnBond(sale);
        vm.snapshotGasLastCall("Packs", "return bond");
    }

    function test_gas_of_packs_of_editions() public {
        uint256 sale = packed(prints, 5, tiersOf(50, 450, 4500));
        buys(CAROL, sale, 12);
        reveals(sale);
        PACKS.openNext(sale, 1);
        PACKS.openNext(sale, 1);
        vm.snapshotGasLastCall("Packs", "open next, a pack of five of editions");
        PACKS.openNext(sale, 10);
        vm.snapshotGasLastCall("Packs", "open next, ten packs of five of editions");
    }

    /// Nobody makes others' packs dear to open.
    function test_gas_of_packs_that_are_not_taken() public {
        uint32[] memory tiers = new uint32[](16);
        for (uint256 i = 0; i < 16; ++i) {
            tiers[i] = 100;
        }
        uint256 sale = packed(prints, 16, tiers);
        Hoarder buyer = new Hoarder();
        buyer.plan(Hoarder.Mood.Burn, 0);
        vm.deal(address(buyer), FUNDS);
        buyer.perform(address(PACKS), PRICE, abi.encodeCall(PACKS.buy, (sale, 0, 1, anybody())));
        buys(ALICE, sale, 1);
        reveals(sale);
        PACKS.openNext(sale, 1);
        uint256 worst =
            vm.snapshotGasLastCall("Packs", "open next, a pack of sixteen of editions, refused by burning gas");
        holds(worst < 900_000, "a pack that is refused costs more than it may");
        PACKS.openNext(sale, 1);
        vm.snapshotGasLastCall("Packs", "open next, a pack of sixteen of editions, most of them others");
        vm.prank(address(buyer));
        PACKS.claim(sale, 0, ALICE);
        vm.snapshotGasLastCall("Packs", "claim, sixteen of editions");
    }

    function test_gas_of_a_void_sale() public {
        uint256 sale = packed(looms, 5, tiersOf(50, 450, 4500));
        buys(CAROL, sale, 1);
        buys(ALICE, sale, 2);
        vm.roll(PACKS.progressOf(sale).height + HEADERS + 1);
        PACKS.redraw(sale);
        vm.snapshotGasLastCall("Packs", "redraw");
        vm.roll(PACKS.progressOf(sale).height + REVEAL_BLOCKS + 1);
        PACKS.void(sale);
        vm.snapshotGasLastCall("Packs", "void");
        PACKS.refund(sale, 1);
        vm.snapshotGasLastCall("Packs", "refund, two packs");
    }

    function test_gas_of_the_longest_way_between_secrets() public {
        IPacks.Terms memory its = termsOf(looms, 1, tiersOf(2));
        its.rounds = 512;
        its.commitment = hashed("last", 512);
        uint256 sale = packed(its, tiersOf(2), list(year(PRICE)));
        rollToRound(sale, 511);
        buys(ALICE, sale, 1);
        records(sale);
        PACKS.reveal(sale, "last");
        vm.snapshotGasLastCall("Packs", "reveal, 511 rounds without a sale before");
    }
}
