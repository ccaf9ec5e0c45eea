// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IUpgrades} from "../src/interfaces/IUpgrades.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`.
contract GovernanceGasTest is GovernanceWorld {
    uint256 private constant KEY_OF_SIGNER = 0x5167;
    uint256 private constant VOTE_GAS_MAX = 100_000;

    function test_gas_of_a_proposal() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(BOB, made);
        vm.snapshotGasLastCall("Governor", "propose");
        openVote(proposalId);
        voted(ALICE, proposalId, FOR);
        holds(vm.snapshotGasLastCall("Governor", "vote") <= VOTE_GAS_MAX, "vote");
        voted(BOB, proposalId, FOR);
        vm.snapshotGasLastCall("Governor", "vote, not the first");
        closeVote(proposalId);
        queue(made);
        vm.snapshotGasLastCall("Governor", "queue");
        waitBlocks(TIMELOCK_DELAY);
        execute(made);
        vm.snapshotGasLastCall("Governor", "execute, set a parameter");
    }

    function test_gas_of_a_vote_with_a_long_history() public {
        for (uint256 i = 0; i < 200; ++i) {
            move(ALICE, CAROL, 1);
            waitBlocks(1);
        }
        uint256 proposalId = proposed(BOB, gasPlan());
        openVote(proposalId);
        for (uint256 i = 0; i < 200; ++i) {
            move(ALICE, CAROL, 1);
            waitBlocks(1);
        }
        // The first vote for also pays for the tally's slot.
        voted(BOB, proposalId, FOR);
        voted(ALICE, proposalId, FOR);
        holds(vm.snapshotGasLastCall("Governor", "vote, not the first, 400 checkpoints") <= VOTE_GAS_MAX, "vote");
    }

    function test_gas_of_a_ballot() public {
        address signer = vm.addr(KEY_OF_SIGNER);
        delegate(signer);
        move(ALICE, signer, 1);
        waitBlocks(1);
        uint256 proposalId = proposed(BOB, gasPlan());
        openVote(proposalId);
        bytes32 message = keccak256(abi.encode(GOVERNOR.BALLOT_TYPEHASH(), proposalId, FOR, signer, 0));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Edgeloom Governor"),
                keccak256("1"),
                block.chainid,
                Predeploys.GOVERNOR
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(KEY_OF_SIGNER, keccak256(abi.encodePacked(hex"1901", domain, message)));
        GOVERNOR.castVoteBySig(proposalId, FOR, signer, abi.encodePacked(r, s, v));
        vm.snapshotGasLastCall("Governor", "vote by signature");
    }

    function test_gas_of_forks() public {
        address source = address(new Wallet());
        vm.prank(Predeploys.TIMELOCK);
        UPGRADES.schedule(5000, Predeploys.THETA, source);
        vm.snapshotGasLastCall("Upgrades", "schedule");
        for (uint32 i = 1; i < 16; ++i) {
            vm.prank(Predeploys.TIMELOCK);
            UPGRADES.scheduleRule(5000, i);
        }
        vm.roll(5000);
        vm.prank(Predeploys.SYSTEM);
        IUpgrades.Fork[] memory forks = UPGRADES.applied();
        vm.snapshotGasLastCall("Upgrades", "applied, 16 forks");
        holds(forks.length == 16, "all");
    }

    function test_gas_of_reading_a_parameter() public {
        PARAMETERS.valueOf(IParameters.Parameter.TimelockDelay);
        vm.snapshotGasLastCall("Parameters", "valueOf, the last");
        PARAMETERS.all();
        vm.snapshotGasLastCall("Parameters", "all");
    }
}
