// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ILeases} from "../src/interfaces/ILeases.sol";
import {LeasesWorld} from "./LeasesWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. What burns has something, as it has on a
/// chain; the worker's node has nothing in the epoch yet.
contract LeasesGasTest is LeasesWorld {
    function setUp() public override {
        super.setUp();
        vm.deal(Predeploys.BURN, 1);
        offered();
        bonded(BOB);
        bonded(BOB);
    }

    function test_gas_of_a_lease() public {
        uint256 lease = offered();
        vm.snapshotGasLastCall("Leases", "offer, 18 bytes");
        take(BOB, lease);
        vm.snapshotGasLastCall("Leases", "take");
        begin(BOB, lease);
        vm.snapshotGasLastCall("Leases", "begin");
        vm.warp(START + 100);
        collect(BOB, lease);
        vm.snapshotGasLastCall("Leases", "collect, the first of an epoch");
        vm.warp(START + 200);
        collect(BOB, lease);
        vm.snapshotGasLastCall("Leases", "collect");
        extend(ALICE, lease, TERM);
        vm.snapshotGasLastCall("Leases", "extend");
        vm.warp(START + SERVE_SECONDS);
        end(ALICE, lease);
        vm.snapshotGasLastCall("Leases", "end, by the requester");
        vm.prank(BOB);
        LEASES.withdraw();
        vm.snapshotGasLastCall("Leases", "withdraw");
    }

    function test_gas_of_other_ends() public {
        uint256 cancelled = offered();
        end(ALICE, cancelled);
        vm.snapshotGasLastCall("Leases", "end, not taken");
        uint256 left = _running(1);
        end(BOB, left);
        vm.snapshotGasLastCall("Leases", "end, by a worker that leaves early");
        uint256 untaken = offered();
        uint256 silent = offered();
        take(BOB, silent);
        uint256 exhausted = _running(1);
        vm.warp(START + TERM);
        close(untaken);
        vm.snapshotGasLastCall("Leases", "close, not taken");
        close(silent);
        vm.snapshotGasLastCall("Leases", "close, not begun");
        close(exhausted);
        vm.snapshotGasLastCall("Leases", "close, exhausted");
    }

    function test_gas_of_a_hundred() public {
        uint256 first = _running(100);
        ILeases.Deal[] memory batch = new ILeases.Deal[](100);
        for (uint256 i = 0; i < 100; ++i) {
            batch[i] = ILeases.Deal(first + i, termsOf[first + i]);
        }
        vm.warp(START + 100);
        vm.prank(BOB);
        LEASES.collect(batch);
        vm.snapshotGasLastCall("Leases", "collect, 100 leases");
        vm.warp(START + TERM);
        LEASES.close(batch);
        vm.snapshotGasLastCall("Leases", "close, 100 exhausted");
    }

    function _running(uint256 count) private returns (uint256 first) {
        for (uint256 i = 0; i < count; ++i) {
            uint256 lease = offered();
            take(BOB, lease);
            begin(BOB, lease);
            if (i == 0) first = lease;
        }
    }
}
