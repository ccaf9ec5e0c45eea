// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IUpgrades} from "../src/interfaces/IUpgrades.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Wallet} from "./mocks/Wallet.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Through public doors alone, from a proposal to its effect.
contract GovJourneyTest is GovernanceWorld {
    function test_a_vote_changes_the_gas_limit() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(CAROL, made);
        expectState(proposalId, IGovernor.ProposalState.Pending);
        openVote(proposalId);
        expectState(proposalId, IGovernor.ProposalState.Active);
        voted(ALICE, proposalId, FOR);
        voted(BOB, proposalId, AGAINST);
        voted(CAROL, proposalId, ABSTAIN);
        closeVote(proposalId);
        expectState(proposalId, IGovernor.ProposalState.Succeeded);
        queue(made);
        expectState(proposalId, IGovernor.ProposalState.Queued);
        waitBlocks(TIMELOCK_DELAY);
        eq(PARAMETERS.valueOf(IParameters.Parameter.GasLimit), 90_000_000, "not yet");
        vm.expectEmit();
        emit IParameters.ParameterSet(IParameters.Parameter.GasLimit, 90_000_000, 60_000_000);
        vm.expectEmit();
        emit IGovernor.ProposalExecuted(proposalId);
        execute(made);
        expectState(proposalId, IGovernor.ProposalState.Executed);
        eq(PARAMETERS.valueOf(IParameters.Parameter.GasLimit), 60_000_000, "set");
    }

    /// The node's part of it stands in `_nodeBegins`.
    function test_a_vote_replaces_the_code_of_a_predeploy() public {
        address source = address(new Wallet());
        uint64 height = 2_000_000;
        bytes memory call = abi.encodeCall(IUpgrades.schedule, (height, Predeploys.BEACON, source));
        vm.etch(Predeploys.BEACON, hex"6001");
        vm.store(Predeploys.BEACON, 0, "a digest");
        enacted(plan(Predeploys.UPGRADES, call, "a fork"));
        eq(UPGRADES.next(), height, "scheduled");
        _nodeBegins(height - 1);
        eq(Predeploys.BEACON.codehash, keccak256(hex"6001"), "old code");
        _nodeBegins(height);
        eq(Predeploys.BEACON.codehash, source.codehash, "new code");
        eq(Wallet(Predeploys.BEACON).signed(), "a digest", "old storage");
        eq(UPGRADES.next(), 0, "done");
    }

    /// A vote replaces the governor itself; what it stored stays.
    function test_a_vote_replaces_the_governor() public {
        Plan memory open = gasPlan();
        uint256 proposalId = queued(open);
        address source = address(0x60f);
        vm.etch(source, Predeploys.GOVERNOR.code);
        uint64 height = 3_000_000;
        bytes memory call = abi.encodeCall(IUpgrades.schedule, (height, Predeploys.GOVERNOR, source));
        enacted(plan(Predeploys.UPGRADES, call, "a fork"));
        _nodeBegins(height);
        execute(open);
        expectState(proposalId, IGovernor.ProposalState.Executed);
    }

    /// U1 to U4, as the interface numbers them.
    function _nodeBegins(uint64 height) private {
        vm.roll(height);
        if (uint256(vm.load(Predeploys.UPGRADES, 0)) != height) return;
        vm.prank(Predeploys.SYSTEM);
        IUpgrades.Fork[] memory forks = UPGRADES.applied();
        for (uint256 i = 0; i < forks.length; ++i) {
            vm.etch(forks[i].target, forks[i].source.code);
        }
    }
}
