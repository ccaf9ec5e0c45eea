// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeWorld} from "./EdgeWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. Rounds have genesis' 64 products. The
/// precompile's own gas is not in `open`, and proofs have 64 bytes for each entry where real ones have 1,600.
contract EdgeRewardsGasTest is EdgeWorld {
    function test_gas_of_edge_rewards() public {
        voted(IParameters.Parameter.CapacityLinks, 64);
        vm.deal(Predeploys.BURN, 1);
        uint32[2] memory nodes = [edgeNode(BOB, STAKE), edgeNode(CAROL, STAKE)];
        enrolled(BOB);
        vm.snapshotGasLastCall("EdgeRewards", "enrol, the first of an epoch");
        enrolled(CAROL);
        vm.snapshotGasLastCall("EdgeRewards", "enrol");
        reach(FIRST - 5);
        released();
        vm.snapshotGasLastCall("EdgeRewards", "release, with the first fund of an epoch");
        for (uint256 round = 0; round < ROUNDS; ++round) {
            answered(BOB, NOW, round, 0);
            if (round == 0) vm.snapshotGasLastCall("EdgeRewards", "answer, the first of an epoch");
        }
        vm.snapshotGasLastCall("EdgeRewards", "answer");
        worked(CAROL, PRICE);
        vm.snapshotGasLastCall("EdgeRewards", "settle a job, of a node that enrolled");
        worked(BOB, PRICE);
        worked(BOB, PRICE);
        vm.snapshotGasLastCall("EdgeRewards", "settle a job, with work recorded before");
        uint32 late = edgeNode(address(0x1a7e), STAKE);
        worked(address(0x1a7e), PRICE);
        vm.snapshotGasLastCall("EdgeRewards", "settle a job, of a node with nothing in the epoch");
        drawn(NOW);
        opened(NOW, nodes[0]);
        vm.snapshotGasLastCall("EdgeRewards", "open, without the precompile and with short proofs");
        judged(NOW);
        settled(NOW, nodes[1]);
        settled(NOW, nodes[0]);
        vm.snapshotGasLastCall("EdgeRewards", "settle, one node");
        settled(NOW, late);
        reach(uint256(NOW + 33) * LENGTH);
        EDGE_REWARDS.sweep(NOW);
        vm.snapshotGasLastCall("EdgeRewards", "sweep");
    }
}
