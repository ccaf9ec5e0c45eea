// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeWorld} from "./EdgeWorld.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Rounds} from "../src/rewards/Rounds.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Who enrols, and answers when.
contract EdgeRewardsRoundsTest is EdgeWorld {
    address private constant DELEGATOR = address(0xde1);
    uint32 private _bob;

    function setUp() public override {
        super.setUp();
        _bob = edgeNode(BOB, STAKE);
    }

    function test_enrol_refuses_who_is_not_bonded() public {
        _expectNotBonded(ALICE);
        enrolled(ALICE);
        vm.prank(BOB);
        EDGE_STAKING.unstake(_bob, 1);
        _expectNotBonded(BOB);
        enrolled(BOB);
    }

    function test_enrol_refuses_who_runs_the_node_no_more() public {
        vm.prank(BOB);
        EDGE_STAKING.appoint(_bob, CAROL);
        vm.prank(CAROL);
        EDGE_STAKING.accept(_bob);
        _expectNotBonded(BOB);
        enrolled(BOB);
        enrolled(CAROL);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.AlreadyEnrolled.selector, NOW, _bob));
        enrolled(CAROL);
    }

    function test_enrol_is_for_the_next_epoch_with_all_stake() public {
        vm.expectEmit();
        emit IEdgeRewards.RulesTaken(NOW, SIZE, LINKS);
        vm.expectEmit();
        emit IEdgeRewards.Enrolled(NOW, _bob, STAKE);
        eq(enrolled(BOB), NOW, "epoch");
        edgeNode(CAROL, 2 * STAKE);
        reach(NOW * LENGTH - 1);
        eq(enrolled(CAROL), NOW, "to its last block");
        eq(EDGE_REWARDS.potOf(NOW).enrolled, 3 * STAKE, "of all");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, STAKE, "of the node");
        reach(NOW * LENGTH);
        eq(enrolled(BOB), NOW + 1, "the one after");
    }

    function test_stake_that_jobs_lock_counts() public {
        takes(BOB, posted(ALICE, PRICE));
        enrolled(BOB);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, STAKE, "whole");
    }

    /// A vote can have made the most less than a node has.
    function test_stake_above_the_most_does_not_count() public {
        edgeNode(CAROL, 500_000e18);
        voted(IParameters.Parameter.EdgeStakeMax, 100_000e18);
        enrolled(CAROL);
        eq(EDGE_REWARDS.potOf(NOW).enrolled, 100_000e18, "the most");
    }

    function test_a_vote_on_products_counts_for_epochs_in_which_nobody_enrolled() public {
        enrolled(BOB);
        voted(IParameters.Parameter.CapacitySize, 256);
        voted(IParameters.Parameter.CapacityLinks, 7);
        edgeNode(CAROL, STAKE);
        enrolled(CAROL);
        eq(EDGE_REWARDS.potOf(NOW).size, SIZE, "kept");
        eq(EDGE_REWARDS.potOf(NOW).links, LINKS, "too");
        reach(NOW * LENGTH);
        enrolled(BOB);
        eq(EDGE_REWARDS.potOf(NOW + 1).size, 256, "the next");
        eq(EDGE_REWARDS.potOf(NOW + 1).links, 7, "too");
    }

    function test_rounds_are_spread_over_the_epoch() public {
        for (uint256 round = 0; round < ROUNDS; ++round) {
            (uint256 height, uint256 until) = EDGE_REWARDS.roundOf(NOW, round);
            eq(height, FIRST + round * SPACING, "height");
            eq(until, height + 150, "until");
        }
        (uint256 drawnAt, uint256 openUntil) = EDGE_REWARDS.openingOf(NOW);
        eq(drawnAt, DRAWN, "drawn");
        eq(openUntil, DRAWN + 600, "shown");
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.RoundUnknown.selector, ROUNDS));
        EDGE_REWARDS.roundOf(NOW, ROUNDS);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(77)));
        (uint256 second,) = EDGE_REWARDS.roundOf(NOW, 1);
        eq(second, NOW * 77 + 15 + 150, "in short epochs, one after the other");
    }

    /// Whoever enrols does so the beacon's delay or more before the first mix, and so does who answers before the draw's; rounds do not
    /// overlap.
    function testFuzz_nobody_commits_to_anything_less_than_the_delay_before_its_mix(uint64 epoch, uint64 length)
        public
        view
    {
        length = uint64(within(length, 2, 1e9));
        uint256 lastBefore = uint256(epoch) * length + length - 1;
        uint256 delay = IBeacon(Predeploys.BEACON).DELAY();
        eq(Rounds.heightOf(uint256(epoch) + 1, 0, length) - lastBefore, delay, "enrolment");
        for (uint256 round = 1; round < ROUNDS; ++round) {
            uint256 before = Rounds.heightOf(epoch, round - 1, length) + Rounds.WINDOW;
            holds(before <= Rounds.heightOf(epoch, round, length), "apart");
        }
        uint256 last = Rounds.heightOf(epoch, ROUNDS - 1, length) + Rounds.WINDOW;
        eq(Rounds.drawnAt(epoch, length) - last, delay, "draw");
    }

    function test_answer_refuses_before_and_after_its_window() public {
        enrolled(BOB);
        for (uint256 round = 0; round < 2; ++round) {
            uint256 height = heightOf(NOW, round);
            reach(height);
            _expectNotAnswering(round);
            _answer(BOB, round, "early");
            reach(height + 151);
            _expectNotAnswering(round);
            _answer(BOB, round, "late");
            reach(height + 1 + 149 * round);
            _answer(BOB, round, "in time");
        }
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.RoundUnknown.selector, ROUNDS));
        _answer(BOB, ROUNDS, "");
    }

    /// Attack 27: whoever proposes a block chooses its time within seconds, and windows are of heights.
    function test_attack_27_no_time_opens_or_closes_a_round() public {
        enrolled(BOB);
        reach(FIRST);
        vm.warp(block.timestamp + 365 days);
        _expectNotAnswering(0);
        _answer(BOB, 0, "early");
        vm.roll(FIRST + 150);
        vm.warp(block.timestamp + 365 days);
        _answer(BOB, 0, "in time");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).answered, 1, "round");
        vm.warp(START + FIRST + 1);
        vm.roll(FIRST + 3 * SPACING + 151);
        _expectNotAnswering(3);
        _answer(BOB, 3, "late");
    }

    function test_answer_refuses_who_did_not_enrol() public {
        enrolled(BOB);
        uint32 carol = edgeNode(CAROL, STAKE);
        reach(FIRST + 1);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotEnrolled.selector, NOW, carol));
        _answer(CAROL, 0, "");
        _expectNotBonded(ALICE);
        _answer(ALICE, 0, "");
    }

    function test_answer_refuses_a_second_one() public {
        enrolled(BOB);
        answered(BOB, NOW, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.AlreadyAnswered.selector, NOW, _bob, 0));
        _answer(BOB, 0, "again");
    }

    function test_answers_are_a_chain() public {
        enrolled(BOB);
        vm.expectEmit();
        emit IEdgeRewards.RoundAnswered(NOW, _bob, 0, "one");
        reach(FIRST + 1);
        _answer(BOB, 0, "one");
        bytes32 chain = keccak256(abi.encode(bytes32(0), uint256(0), bytes32("one")));
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).chain, chain, "first");
        reach(FIRST + 2 * SPACING + 1);
        _answer(BOB, 2, "two");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).chain, keccak256(abi.encode(chain, uint256(2), bytes32("two"))), "second");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).answered, 5, "rounds");
    }

    /// A seed is of one node, one round and one history; none is known before the round.
    function test_seeds_are_of_one_node_and_of_all_answers_before() public {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, FIRST, block.number));
        EDGE_REWARDS.seedOf(NOW, _bob, 0, 0);
        vm.roll(FIRST + 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, FIRST));
        EDGE_REWARDS.seedOf(NOW, _bob, 0, 0);
        recorded(FIRST);
        recorded(FIRST + SPACING);
        vm.roll(FIRST + SPACING);
        bytes32 seed = EDGE_REWARDS.seedOf(NOW, _bob, 0, 0);
        eq(seed, seedAt(FIRST, keccak256(abi.encode(_bob, uint256(0), bytes32(0)))), "as said");
        holds(seed != EDGE_REWARDS.seedOf(NOW, _bob + 1, 0, 0), "node");
        holds(seed != EDGE_REWARDS.seedOf(NOW, _bob, 1, 0), "round");
        holds(seed != EDGE_REWARDS.seedOf(NOW, _bob, 0, "answers"), "answers");
    }

    function test_stake_is_the_least_of_enrolment_and_answers() public {
        _delegated(_bob, STAKE);
        enrolled(BOB);
        answered(BOB, NOW, 0, 0);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, 2 * STAKE, "all");
        vm.prank(DELEGATOR);
        EDGE_STAKING.unstake(_bob, STAKE / 2);
        answered(BOB, NOW, 1, 0);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, STAKE + STAKE / 2, "less");
        _delegated(_bob, 10 * STAKE);
        answered(BOB, NOW, 2, 0);
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, STAKE + STAKE / 2, "what comes late does not count");
        vm.prank(BOB);
        EDGE_STAKING.unstake(_bob, STAKE);
        vm.prank(DELEGATOR);
        EDGE_STAKING.unstake(_bob, 10 * STAKE);
        reach(FIRST + 3 * SPACING + 1);
        _expectNotBonded(BOB);
        _answer(BOB, 3, "");
    }

    /// DOMAIN.md 8: the same stake enrolled with two nodes stands for one.
    function test_threat_8_stake_that_moves_on_stands_for_one_node() public {
        uint32 carol = edgeNode(CAROL, STAKE);
        _delegated(_bob, 4 * STAKE);
        enrolled(BOB);
        vm.prank(DELEGATOR);
        EDGE_STAKING.redelegate(_bob, carol, 4 * STAKE);
        enrolled(CAROL);
        answered(CAROL, NOW, 0, 0);
        answeredNow(BOB, NOW, 0, 0);
        eq(EDGE_REWARDS.tallyOf(NOW, carol).stake, 5 * STAKE, "where it is");
        eq(EDGE_REWARDS.tallyOf(NOW, _bob).stake, STAKE, "not where it was");
        // And it cannot go back for the other's rounds.
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.InsufficientStake.selector, carol, DELEGATOR, 0, 4 * STAKE));
        vm.prank(DELEGATOR);
        EDGE_STAKING.redelegate(carol, _bob, 4 * STAKE);
    }

    function _delegated(uint32 node, uint256 amount) private {
        vm.deal(DELEGATOR, amount);
        vm.prank(DELEGATOR);
        EDGE_STAKING.stake{value: amount}(node);
    }

    function _answer(address operator, uint256 round, bytes32 digest) private {
        vm.prank(operator);
        EDGE_REWARDS.answer(NOW, round, digest);
    }

    function _expectNotBonded(address operator) private {
        vm.expectRevert(abi.encodeWithSelector(IEdgeRewards.NotBonded.selector, operator));
    }

    function _expectNotAnswering(uint256 round) private {
        uint256 height = heightOf(NOW, round);
        vm.expectRevert(
            abi.encodeWithSelector(IEdgeRewards.NotAnswering.selector, NOW, round, height + 1, height + 150)
        );
    }
}
