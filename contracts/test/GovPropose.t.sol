// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract GovProposeTest is GovernanceWorld {
    function test_propose_refuses_who_has_fewer_votes_than_the_threshold() public {
        delegate(MALLORY);
        move(ALICE, MALLORY, THRESHOLD - 1);
        waitBlocks(1);
        vm.expectRevert(_tooFew(MALLORY, THRESHOLD - 1, THRESHOLD));
        proposed(MALLORY, gasPlan());
        move(ALICE, MALLORY, 1);
        waitBlocks(1);
        proposed(MALLORY, gasPlan());
    }

    function test_threat_18_votes_borrowed_within_the_block_do_not_propose() public {
        delegate(MALLORY);
        move(ALICE, MALLORY, ALICES);
        vm.expectRevert(_tooFew(MALLORY, 0, THRESHOLD));
        proposed(MALLORY, gasPlan());
    }

    /// A snapshot of 0 would stand for no proposal: genesis gives nobody votes.
    function test_nobody_proposes_in_the_first_block() public {
        vm.roll(1);
        vm.expectRevert(_tooFew(BOB, 0, THRESHOLD));
        proposed(BOB, gasPlan());
    }

    function test_propose_follows_the_threshold() public {
        setNow(IParameters.Parameter.ProposalThreshold, 10_000_000e18);
        eq(GOVERNOR.proposalThreshold(), 10_000_000e18, "threshold");
        delegate(MALLORY);
        move(ALICE, MALLORY, 10_000_000e18 - 1);
        waitBlocks(1);
        vm.expectRevert(_tooFew(MALLORY, 10_000_000e18 - 1, 10_000_000e18));
        proposed(MALLORY, gasPlan());
    }

    function test_propose_refuses_no_calls_and_lists_of_different_lengths() public {
        Plan memory none = Plan(new address[](0), new uint256[](0), new bytes[](0), "nothing");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 0, 0));
        proposed(BOB, none);
        Plan memory odd = gasPlan();
        odd.values = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 1, 2));
        proposed(BOB, odd);
        odd = gasPlan();
        odd.calls = new bytes[](2);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 1, 2, 1));
        proposed(BOB, odd);
    }

    function test_propose_refuses_the_same_twice() public {
        uint256 proposalId = proposed(BOB, gasPlan());
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Pending, 0));
        proposed(BOB, gasPlan());
        waitBlocks(10);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Pending, 0));
        proposed(ALICE, gasPlan());
    }

    function test_propose_refuses_what_another_reserved() public {
        Plan memory made = gasPlan();
        made.description = "mine #proposer=0x0000000000000000000000000000000000000b0b";
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, ALICE));
        proposed(ALICE, made);
        proposed(BOB, made);
    }

    function test_propose_says_when_voting_is() public {
        Plan memory made = gasPlan();
        uint256 proposalId = GOVERNOR.hashProposal(made.targets, made.values, made.calls, hashOf(made));
        vm.expectEmit();
        emit IGovernor.ProposalCreated(
            proposalId,
            BOB,
            made.targets,
            made.values,
            new string[](1),
            made.calls,
            100 + DELAY,
            100 + DELAY + PERIOD,
            made.description
        );
        eq(proposed(BOB, made), proposalId, "id");
        eq(GOVERNOR.proposalProposer(proposalId), BOB, "proposer");
        eq(GOVERNOR.proposalSnapshot(proposalId), 99, "the block before");
        eq(GOVERNOR.voteStart(proposalId), 100 + DELAY, "start");
        eq(GOVERNOR.proposalDeadline(proposalId), 100 + DELAY + PERIOD, "deadline");
        eq(GOVERNOR.operationOf(proposalId), 0, "not queued");
        holds(GOVERNOR.proposalNeedsQueuing(proposalId), "waits in the timelock");
        expectState(proposalId, IGovernor.ProposalState.Pending);
    }

    function test_a_proposal_that_nobody_made_has_no_state() public {
        eq(GOVERNOR.voteStart(7), 0, "start");
        eq(GOVERNOR.proposalSnapshot(7), 0, "snapshot");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, 7));
        GOVERNOR.state(7);
    }

    function test_delay_and_period_are_those_of_the_proposal() public {
        uint256 proposalId = proposed(BOB, gasPlan());
        setNow(IParameters.Parameter.VotingDelay, 3600);
        setNow(IParameters.Parameter.VotingPeriod, 86_400);
        eq(GOVERNOR.voteStart(proposalId), 100 + DELAY, "start");
        eq(GOVERNOR.proposalDeadline(proposalId), 100 + DELAY + PERIOD, "deadline");
        eq(GOVERNOR.votingDelay(), 3600, "delay now");
        eq(GOVERNOR.votingPeriod(), 86_400, "period now");
        uint256 later = proposed(BOB, setting(IParameters.Parameter.GasLimit, 50_000_000));
        eq(GOVERNOR.voteStart(later), 3700, "the next one's start");
        eq(GOVERNOR.proposalDeadline(later), 3700 + 86_400, "and deadline");
    }

    function test_cancel_refuses_everybody_but_the_proposer() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(BOB, made);
        address[4] memory callers = [ALICE, MALLORY, Predeploys.TIMELOCK, Predeploys.GOVERNOR];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_cannotCancel(proposalId, callers[i]));
            _cancel(callers[i], made);
        }
    }

    function test_cancel_refuses_once_voting_is_open() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(BOB, made);
        openVote(proposalId);
        vm.expectRevert(_cannotCancel(proposalId, BOB));
        _cancel(BOB, made);
    }

    function test_cancel_ends_a_proposal_for_good() public {
        Plan memory made = gasPlan();
        uint256 proposalId = proposed(BOB, made);
        // The last block in which it can be.
        waitBlocks(DELAY);
        vm.expectEmit();
        emit IGovernor.ProposalCanceled(proposalId);
        _cancel(BOB, made);
        expectState(proposalId, IGovernor.ProposalState.Canceled);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Canceled, 0));
        proposed(BOB, made);
        openVote(proposalId);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Canceled, only(IGovernor.ProposalState.Active)));
        voted(ALICE, proposalId, FOR);
    }

    function testFuzz_the_snapshot_is_before_the_proposal(uint256 blocks, uint256 delay) public {
        waitBlocks(within(blocks, 1, 1_000_000));
        setNow(IParameters.Parameter.VotingDelay, within(delay, 3600, 604_800));
        uint256 made = block.number;
        uint256 proposalId = proposed(BOB, gasPlan());
        eq(GOVERNOR.proposalSnapshot(proposalId), made - 1, "snapshot");
        eq(GOVERNOR.voteStart(proposalId), made + within(delay, 3600, 604_800), "start");
    }

    /// What code that replaces the governor's has to find where it is. OpenZeppelin's part is at hashed slots.
    function test_the_layout_of_storage() public {
        Plan memory made = gasPlan();
        uint256 proposalId = queued(made);
        uint256 snapshot = GOVERNOR.proposalSnapshot(proposalId);
        eq(vm.load(Predeploys.GOVERNOR, keccak256(abi.encode(proposalId, 0))), bytes32(snapshot), "snapshot");
        eq(vm.load(Predeploys.GOVERNOR, keccak256(abi.encode(snapshot, 1))), bytes32(QUORUM), "quorum");
        bytes32 operation = vm.load(Predeploys.GOVERNOR, keccak256(abi.encode(proposalId, 2)));
        eq(operation, GOVERNOR.operationOf(proposalId), "operation");
        holds(operation != 0, "some");
    }

    function _cancel(address caller, Plan memory made) private {
        vm.prank(caller);
        GOVERNOR.cancel(made.targets, made.values, made.calls, hashOf(made));
    }

    function _cannotCancel(uint256 proposalId, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposalId, caller);
    }

    function _tooFew(address proposer, uint256 votes, uint256 threshold) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, proposer, votes, threshold);
    }
}
