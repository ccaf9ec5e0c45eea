// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. The nodes have other sources and
/// rewards; sources vote for themselves. The guardian is in the set.
contract StakingGasTest is StakingWorld {
    function setUp() public override {
        super.setUp();
        // Both words of marks and the balances of staking and burning are what they are on a chain.
        uint32[3] memory nodes = [NODE, OTHER, GUARDIAN];
        for (uint256 i = 0; i < 3; ++i) {
            staked(CAROL, nodes[i], STAKE);
            rewarded(nodes[i], NOW, 1000e18);
        }
        unstaked(CAROL, NODE, 1e18);
        slashed(OTHER, 1, NOW);
        bytes32 keyId = registered(GUARDIAN_OPERATOR);
        vm.prank(GUARDIAN_OPERATOR);
        STAKING.setKey(GUARDIAN, keyId);
        for (uint32 epoch = NOW + 1; epoch < NOW + 4; ++epoch) {
            staked(CAROL, GUARDIAN, 1e18);
            enter(epoch);
            for (uint256 i = 0; i < 5; ++i) {
                vm.prank(Predeploys.EPOCHS);
                STAKING.advance();
                vm.roll(block.number + 1);
            }
        }
    }

    function test_gas_on_a_validator() public {
        staked(ALICE, NODE, STAKE);
        vm.snapshotGasLastCall("Staking", "stake, first of a source");
        staked(ALICE, NODE, STAKE);
        vm.snapshotGasLastCall("Staking", "stake more");
        rewarded(NODE, NOW, 1000e18);
        vm.snapshotGasLastCall("Staking", "reward");
        unstaked(ALICE, NODE, 100e18);
        vm.snapshotGasLastCall("Staking", "unstake, with rewards");
        unstaked(ALICE, NODE, 100e18);
        vm.snapshotGasLastCall("Staking", "unstake");
        moved(ALICE, NODE, GUARDIAN, 100e18);
        vm.snapshotGasLastCall("Staking", "redelegate");
        rewarded(NODE, NOW, 1000e18);
        claimed(ALICE, NODE);
        vm.snapshotGasLastCall("Staking", "claim");
        vm.warp(START + UNBONDING);
        redeemed(ALICE, NODE);
        vm.snapshotGasLastCall("Staking", "redeem, two");
    }

    function test_gas_on_a_guardian() public {
        staked(ALICE, GUARDIAN, STAKE);
        vm.snapshotGasLastCall("Staking", "stake, guardian, word not marked");
        staked(BOB, GUARDIAN, STAKE);
        vm.snapshotGasLastCall("Staking", "stake, guardian, marked");
        enter(NOW + 4);
        vm.prank(Predeploys.EPOCHS);
        STAKING.advance();
        unstaked(ALICE, GUARDIAN, 100e18);
        vm.snapshotGasLastCall("Staking", "unstake, guardian, word not marked, first exit of the epoch");
        unstaked(BOB, GUARDIAN, 100e18);
        vm.snapshotGasLastCall("Staking", "unstake, guardian, marked");
    }

    function test_gas_after_a_slash() public {
        staked(ALICE, NODE, STAKE);
        vm.prank(Predeploys.COMMITTEE);
        STAKING.slash(NODE, 333, NOW + 3, REPORTER, 7);
        vm.snapshotGasLastCall("Staking", "slash, reported");
        STAKING.settle(NODE, ALICE);
        vm.snapshotGasLastCall("Staking", "settle");
        vm.roll(block.number + 1);
        staked(ALICE, NODE, STAKE);
        vm.snapshotGasLastCall("Staking", "stake, slashed node");
        unstaked(ALICE, NODE, 100e18);
        vm.snapshotGasLastCall("Staking", "unstake, slashed node");
        slashed(NODE, 333, NOW + 3);
        vm.snapshotGasLastCall("Staking", "slash");
        enter(NOW + 3 + 128);
        slashed(NODE, 333, NOW + 3);
        vm.snapshotGasLastCall("Staking", "slash, of 128 epochs ago");
    }

    function test_gas_of_nodes() public {
        vm.prank(BOB);
        uint32 number = STAKING.register(IStaking.Role.Validator, BOB, 1000);
        vm.snapshotGasLastCall("Staking", "register");
        vm.prank(CAROL);
        number = STAKING.register(IStaking.Role.Validator, OWNER, 1000);
        vm.snapshotGasLastCall("Staking", "register, for another owner");
        vm.prank(OWNER);
        STAKING.acceptOwnership(number);
        vm.snapshotGasLastCall("Staking", "acceptOwnership");
        jailed(NODE, START);
        vm.snapshotGasLastCall("Staking", "jail");
    }

    /// Sixteen changes of the set in a block, the most that there are, with the chunk that they are in.
    function test_gas_of_the_guardians_set() public {
        for (uint256 i = 0; i < 16; ++i) {
            address operator = address(uint160(0xbeef0000 + i));
            uint32 each = node(operator, IStaking.Role.Guardian);
            bytes32 keyId = registered(operator);
            vm.prank(operator);
            STAKING.setKey(each, keyId);
            staked(ALICE, each, 1000e18);
        }
        enter(NOW + 4);
        string[3] memory names = ["advance, 16 changes and a chunk", "advance, the seal", "advance, nothing to do"];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(Predeploys.EPOCHS);
            STAKING.advance();
            vm.snapshotGasLastCall("Staking", names[i]);
            vm.roll(block.number + 1);
        }
    }
}
