// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernanceWorld} from "./GovernanceWorld.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract GovVoteTest is GovernanceWorld {
    function test_vote_refuses_before_the_start_and_after_the_deadline() public {
        uint256 proposalId = proposed(BOB, gasPlan());
        bytes32 active = only(IGovernor.ProposalState.Active);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Pending, active));
        voted(ALICE, proposalId, FOR);
        waitBlocks(DELAY);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Pending, active));
        voted(ALICE, proposalId, FOR);
        waitBlocks(1);
        expectState(proposalId, IGovernor.ProposalState.Active);
        voted(CAROL, proposalId, FOR);
        waitBlocks(PERIOD - 1);
        voted(ALICE, proposalId, FOR);
        waitBlocks(1);
        vm.expectRevert(wrongState(proposalId, IGovernor.ProposalState.Succeeded, active));
        voted(BOB, proposalId, FOR);
    }

    function test_vote_refuses_a_second_one() public {
        uint256 proposalId = _open();
        voted(ALICE, proposalId, FOR);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, ALICE));
        voted(ALICE, proposalId, AGAINST);
        holds(GOVERNOR.hasVoted(proposalId, ALICE) && !GOVERNOR.hasVoted(proposalId, BOB), "has voted");
    }

    function test_vote_refuses_other_answers_and_other_proposals() public {
        uint256 proposalId = _open();
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidVoteType.selector));
        voted(ALICE, proposalId, 3);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, 7));
        voted(ALICE, 7, FOR);
    }

    /// Attack 18: what comes to an account in the proposal's block or later, by transfer or delegation, for a block or to stay.
    function test_threat_18_votes_acquired_after_the_snapshot_count_for_nothing() public {
        delegate(MALLORY);
        uint256 proposalId = proposed(BOB, gasPlan());
        move(ALICE, MALLORY, ALICES);
        openVote(proposalId);
        eq(THETA.getVotes(MALLORY), ALICES, "votes now");
        eq(voted(MALLORY, proposalId, AGAINST), 0, "votes on it");
        move(CAROL, MALLORY, CAROLS);
        waitBlocks(1);
        eq(voted(CAROL, proposalId, FOR), CAROLS, "who sold later votes still");
        eq(voted(ALICE, proposalId, FOR), ALICES, "and who sold in the proposal's block");
        (uint256 against,,) = GOVERNOR.proposalVotes(proposalId);
        eq(against, 0, "nothing against");
    }

    /// Attack 18: borrowed in the block before, but not over its end, is not borrowed over the snapshot.
    function test_threat_18_votes_borrowed_within_the_snapshots_block_count_for_nothing() public {
        delegate(MALLORY);
        move(ALICE, MALLORY, ALICES);
        move(MALLORY, ALICE, ALICES);
        waitBlocks(1);
        uint256 proposalId = _open();
        eq(voted(MALLORY, proposalId, FOR), 0, "borrower");
        eq(voted(ALICE, proposalId, FOR), ALICES, "lender");
    }

    /// Attack 18: every caller that anybody might think of, and a vote that passed.
    function test_threat_18_nobody_changes_the_quorum_but_a_vote() public {
        address[5] memory callers = [ALICE, Predeploys.GOVERNOR, Predeploys.PARAMETERS, Predeploys.SYSTEM, address(0)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IParameters.OnlyTimelock.selector, callers[i]));
            vm.prank(callers[i]);
            PARAMETERS.set(IParameters.Parameter.Quorum, 200);
        }
        enacted(setting(IParameters.Parameter.Quorum, 200));
        eq(GOVERNOR.quorum(block.number - 1), 20_000_000e18, "two in a hundred");
        // Not even a vote passes the bounds.
        Plan memory none = setting(IParameters.Parameter.Quorum, 199);
        none.description = "too few";
        queued(none);
        waitBlocks(TIMELOCK_DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(IParameters.OutOfBounds.selector, IParameters.Parameter.Quorum, 199, 200, 3000)
        );
        execute(none);
    }

    function test_threat_18_a_changed_quorum_does_not_touch_open_proposals() public {
        _holdsQuorum(MALLORY, QUORUM);
        uint256 proposalId = _open();
        setNow(IParameters.Parameter.Quorum, 3000);
        eq(GOVERNOR.quorum(GOVERNOR.proposalSnapshot(proposalId)), QUORUM, "its own");
        voted(MALLORY, proposalId, FOR);
        closeVote(proposalId);
        expectState(proposalId, IGovernor.ProposalState.Succeeded);
        eq(GOVERNOR.quorum(block.number - 1), 300_000_000e18, "of the next one");
        setNow(IParameters.Parameter.Quorum, 200);
        expectState(proposalId, IGovernor.ProposalState.Succeeded);
    }

    function test_a_lowered_quorum_does_not_save_open_proposals() public {
        _holdsQuorum(MALLORY, QUORUM - 1);
        uint256 proposalId = _open();
        voted(MALLORY, proposalId, FOR);
        setNow(IParameters.Parameter.Quorum, 200);
        closeVote(proposalId);
        expectState(proposalId, IGovernor.ProposalState.Defeated);
    }

    function test_proposals_of_one_block_have_one_quorum() public {
        uint256 first = proposed(BOB, gasPlan());
        setNow(IParameters.Parameter.Quorum, 3000);
        uint256 second = proposed(BOB, setting(IParameters.Parameter.GasLimit, 50_000_000));
        eq(GOVERNOR.proposalSnapshot(first), GOVERNOR.proposalSnapshot(second), "one snapshot");
        eq(GOVERNOR.quorum(GOVERNOR.proposalSnapshot(second)), QUORUM, "the first's");
        waitBlocks(1);
        uint256 third = proposed(BOB, setting(IParameters.Parameter.GasLimit, 40_000_000));
        eq(GOVERNOR.quorum(GOVERNOR.proposalSnapshot(third)), 300_000_000e18, "the next block's");
    }

    function test_abstentions_count_toward_the_quorum_and_votes_against_do_not() public {
        _holdsQuorum(MALLORY, QUORUM - 1);
        _holdsQuorum(address(0x1), 1);
        uint256 proposalId = _open();
        uint256 other = proposed(BOB, setting(IParameters.Parameter.GasLimit, 50_000_000));
        voted(MALLORY, proposalId, ABSTAIN);
        voted(address(0x1), proposalId, FOR);
        openVote(other);
        voted(MALLORY, other, FOR);
        voted(address(0x1), other, AGAINST);
        closeVote(other);
        expectState(proposalId, IGovernor.ProposalState.Succeeded);
        expectState(other, IGovernor.ProposalState.Defeated);
    }

    function test_a_tie_is_defeated() public {
        move(ALICE, CAROL, 100_000_000e18);
        waitBlocks(1);
        uint256 proposalId = _open();
        voted(BOB, proposalId, AGAINST);
        voted(CAROL, proposalId, FOR);
        (uint256 against, uint256 inFavour, uint256 abstained) = GOVERNOR.proposalVotes(proposalId);
        eq(against, BOBS, "against");
        eq(inFavour, BOBS, "for");
        eq(abstained, 0, "abstained");
        closeVote(proposalId);
        expectState(proposalId, IGovernor.ProposalState.Defeated);
    }

    function test_vote_says_who_voted_what_and_why() public {
        uint256 proposalId = _open();
        vm.expectEmit();
        emit IGovernor.VoteCast(ALICE, proposalId, FOR, ALICES, "");
        voted(ALICE, proposalId, FOR);
        vm.expectEmit();
        emit IGovernor.VoteCast(BOB, proposalId, ABSTAIN, BOBS, "not sure");
        vm.prank(BOB);
        GOVERNOR.castVoteWithReason(proposalId, ABSTAIN, "not sure");
        vm.expectEmit();
        emit IGovernor.VoteCastWithParams(CAROL, proposalId, AGAINST, CAROLS, "no", hex"01");
        vm.prank(CAROL);
        GOVERNOR.castVoteWithReasonAndParams(proposalId, AGAINST, "no", hex"01");
        eq(keccak256(bytes(GOVERNOR.COUNTING_MODE())), keccak256("support=bravo&quorum=for,abstain"), "counting");
    }

    function test_the_quorum_of_a_future_block_is_unknown() public {
        eq(GOVERNOR.quorum(block.number - 1), QUORUM, "now");
        vm.expectRevert(abi.encodeWithSignature("ERC5805FutureLookup()"));
        GOVERNOR.quorum(block.number);
    }

    function test_the_clock_is_the_tokens() public {
        for (uint256 i = 0; i < 3; ++i) {
            waitBlocks(1000);
            eq(GOVERNOR.clock(), THETA.clock(), "clock");
        }
        eq(keccak256(bytes(GOVERNOR.CLOCK_MODE())), keccak256(bytes(THETA.CLOCK_MODE())), "mode");
        eq(GOVERNOR.token(), Predeploys.THETA, "token");
        eq(GOVERNOR.timelock(), Predeploys.TIMELOCK, "timelock");
    }

    function testFuzz_votes_weigh_what_the_snapshot_says(uint256 before, uint256 later, uint8 support) public {
        before = within(before, 0, ALICES);
        later = within(later, 0, ALICES - before);
        delegate(MALLORY);
        move(ALICE, MALLORY, before);
        waitBlocks(1);
        uint256 proposalId = proposed(BOB, gasPlan());
        move(ALICE, MALLORY, later);
        openVote(proposalId);
        eq(GOVERNOR.getVotes(MALLORY, GOVERNOR.proposalSnapshot(proposalId)), before, "view");
        eq(voted(MALLORY, proposalId, support % 3), before, "weight");
        eq(voted(ALICE, proposalId, support % 3), ALICES - before, "the other's");
    }

    function _open() private returns (uint256 proposalId) {
        proposalId = proposed(BOB, gasPlan());
        openVote(proposalId);
    }

    /// @dev From this block's end on.
    function _holdsQuorum(address voter, uint256 votes) private {
        delegate(voter);
        move(ALICE, voter, votes);
        waitBlocks(1);
    }
}
