// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. The precompile's own
/// gas is not in `submit`: here a small contract stands in for it, and the chain's tests measure the real one.
contract GasTest is World {
    uint128 private constant STAKE = 10_000e18;

    function test_gas_of_the_market() public {
        uint256 first = posted(ALICE, PRICE);
        uint256 second = posted(ALICE, PRICE);
        vm.snapshotGasLastCall("JobMarket", "post, 8 bytes");
        uint256 third = posted(ALICE, PRICE);
        uint256 fourth = posted(ALICE, PRICE);
        bonded(BOB, STAKE);
        vm.prank(ALICE);
        MARKET.cancel(first);
        vm.snapshotGasLastCall("JobMarket", "cancel");
        vm.prank(BOB);
        MARKET.take(second);
        vm.snapshotGasLastCall("JobMarket", "take");
        bytes memory answer = answerTo(INPUT);
        vm.prank(BOB);
        MARKET.submit(second, INPUT, answer);
        vm.snapshotGasLastCall("JobMarket", "submit, right answer");
        vm.prank(BOB);
        MARKET.take(third);
        vm.prank(BOB);
        MARKET.submit(third, INPUT, "");
        vm.snapshotGasLastCall("JobMarket", "submit, wrong answer");
        vm.warp(START + TAKE_SECONDS + 1);
        MARKET.expire(fourth);
        vm.snapshotGasLastCall("JobMarket", "expire, not taken");
        vm.prank(ALICE);
        MARKET.withdraw();
        vm.snapshotGasLastCall("JobMarket", "withdraw");
    }

    function test_gas_of_a_silent_worker() public {
        uint256 jobId = taken();
        vm.warp(START + WORK_SECONDS + 1);
        MARKET.expire(jobId);
        vm.snapshotGasLastCall("JobMarket", "expire, not submitted");
    }

    function test_gas_of_staking() public {
        bonded(BOB, STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "bond");
        bonded(BOB, STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "bond more");
        vm.prank(BOB);
        STAKING.unbond(STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "unbond");
        vm.warp(START + 16 days);
        vm.prank(BOB);
        STAKING.withdraw();
        vm.snapshotGasLastCall("EdgeStaking", "withdraw");
    }

    function test_gas_of_the_registry() public {
        REGISTRY.upload(new bytes(1024));
        vm.snapshotGasLastCall("ModelRegistry", "upload, 1 KiB of zeros");
        address[] memory chunks = list(REGISTRY.upload(model(0x11)));
        REGISTRY.register(chunks, "xor", "a test model");
        vm.snapshotGasLastCall("ModelRegistry", "register, one chunk");
    }

    function test_gas_of_the_token() public {
        bytes32 slot = keccak256(abi.encodePacked(ALICE, uint64(0), uint32(0x87a211a2)));
        vm.store(address(THETA), slot, bytes32(THETA.SUPPLY()));
        vm.prank(ALICE);
        THETA.delegate(ALICE);
        vm.snapshotGasLastCall("Theta", "delegate");
        vm.prank(ALICE);
        THETA.transfer(BOB, 1);
        vm.snapshotGasLastCall("Theta", "transfer, delegated sender");
        vm.prank(BOB);
        THETA.transfer(CAROL, 1);
        vm.snapshotGasLastCall("Theta", "transfer");
    }
}
