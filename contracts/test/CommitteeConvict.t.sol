// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CommitteeWorld} from "./CommitteeWorld.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IEquivocation} from "../src/interfaces/IEquivocation.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What comes of evidence once it is believed, and who is paid for it. The precompile takes every signature for true.
contract CommitteeConvictTest is CommitteeWorld {
    uint256 private constant LOST = MIN * 3 / 10;

    uint32 private _node;

    function setUp() public override {
        super.setUp();
        _node = candidate(MIN);
        beginEpoch(0);
        beginEpoch(1);
    }

    function test_announce_refuses_what_was_announced() public {
        bytes32 commitment = _announce(ALICE);
        eq(COMMITTEE.announcedAt(commitment), LENGTH, "block");
        vm.roll(LENGTH + 1);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AnnouncedAlready.selector, commitment, LENGTH));
        vm.prank(BOB);
        COMMITTEE.announce(commitment);
    }

    function test_announce_says_so() public {
        vm.expectEmit();
        emit ICommittee.Announced(keccak256("x"), ALICE);
        vm.prank(ALICE);
        COMMITTEE.announce(keccak256("x"));
    }

    function test_who_announced_before_gets_the_reporters_share() public {
        _announce(ALICE);
        vm.roll(LENGTH + 1);
        vm.expectEmit();
        emit IStakeBook.NodeSlashed(_node, 1, LOST, 0, LOST / 20, ALICE, 2);
        _convict(ALICE);
        eq(THETA.balanceOf(ALICE), LOST / 20, "share");
        eq(THETA.balanceOf(Predeploys.BURN), LOST - LOST / 20, "burned");
        eq(STAKING.describe(_node).stake, MIN - LOST, "left");
    }

    /// 23: what was seen in the mempool is worth nothing to who saw it.
    function test_threat_23_a_copied_report_pays_nobody() public {
        _announce(ALICE);
        vm.roll(LENGTH + 1);
        _announce(BOB);
        _convict(BOB);
        eq(THETA.balanceOf(BOB) + THETA.balanceOf(ALICE), 0, "share");
        eq(THETA.balanceOf(Predeploys.BURN), LOST, "all of it burned");
    }

    /// It is for these votes in this order, and for one report.
    function test_an_announcement_is_of_exactly_what_is_shown() public {
        _announce(ALICE);
        vm.roll(LENGTH + 1);
        vm.prank(ALICE);
        COMMITTEE.report(0, _finalize(1, 2), _finalize(1, 1));
        eq(THETA.balanceOf(ALICE), 0, "share");
        bytes32 commitment = keccak256(abi.encodePacked(ALICE, abi.encode(_finalize(1, 1), _finalize(1, 2))));
        eq(COMMITTEE.announcedAt(commitment), LENGTH, "still announced");
    }

    function test_an_announcement_is_used_up() public {
        bytes32 commitment = _announce(ALICE);
        vm.roll(LENGTH + 1);
        _convict(ALICE);
        eq(COMMITTEE.announcedAt(commitment), 0, "used");
    }

    function test_what_nobody_announced_is_burned() public {
        _convict(ALICE);
        eq(THETA.balanceOf(Predeploys.BURN), LOST, "burned");
    }

    function test_who_equivocates_is_banned_for_ever_and_convicted_once() public {
        _convict(ALICE);
        eq(STAKING.describe(_node).jailedUntil, type(uint40).max, "banned");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AlreadyBanned.selector, _node));
        _convict(BOB);
        candidate(MIN);
        beginEpoch(2);
        holds(!isSeated(3, _node), "out");
    }

    function test_who_is_in_jail_for_downtime_can_be_convicted() public {
        vm.prank(Predeploys.COMMITTEE);
        STAKING.jail(_node, uint40(START + 1 hours));
        _convict(ALICE);
        eq(STAKING.describe(_node).jailedUntil, type(uint40).max, "banned");
        eq(STAKING.describe(_node).stake, MIN - LOST, "slashed");
    }

    function test_evidence_of_no_seat_or_no_committee_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.SeatUnknown.selector, 1, 1));
        COMMITTEE.report(1, _finalize(1, 1), _finalize(1, 2));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.TermUnknown.selector, 3));
        COMMITTEE.report(0, _finalize(3, 1), _finalize(3, 2));
    }

    function test_evidence_counts_for_128_epochs() public {
        vm.roll(129 * LENGTH);
        _convict(ALICE);
        eq(STAKING.describe(_node).stake, MIN - LOST, "slashed");
    }

    function test_older_evidence_is_refused() public {
        vm.roll(130 * LENGTH);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.FaultTooOld.selector, 1, 130));
        _convict(ALICE);
    }

    /// 12: leaving after the election does not help, even where nothing is left.
    function test_threat_12_stake_that_left_is_slashed() public {
        vm.prank(ownerAt(_node));
        STAKING.unstake(_node, MIN);
        vm.roll(3 * LENGTH);
        _convict(ALICE);
        eq(STAKING.unstakingOf(_node, ownerAt(_node))[0].amount, MIN - LOST, "slashed");
    }

    /// 12: a committee that is kept was elected of older stakes, which answer for it as long as it sits.
    function test_threat_12_stake_that_left_a_kept_committee_is_slashed() public {
        vm.prank(ownerAt(_node));
        STAKING.unstake(_node, MIN);
        for (uint32 epoch = 2; epoch < 5; ++epoch) {
            beginEpoch(epoch);
        }
        COMMITTEE.report(0, _finalize(4, 1), _finalize(4, 2));
        eq(STAKING.unstakingOf(_node, ownerAt(_node))[0].amount, MIN - LOST, "slashed");
    }

    function test_a_committee_that_is_kept_for_longer_than_slashes_reach_answers_with_what_they_do() public {
        for (uint32 epoch = 2; epoch < 200; ++epoch) {
            if (epoch == 60) {
                vm.prank(ownerAt(_node));
                STAKING.unstake(_node, MIN / 2);
            }
            beginEpoch(epoch);
        }
        COMMITTEE.report(0, _finalize(120, 1), _finalize(120, 2));
        eq(STAKING.describe(_node).stake, MIN / 2 - LOST / 2, "slashed");
        eq(STAKING.unstakingOf(_node, ownerAt(_node))[0].amount, MIN / 2, "out of reach");
    }

    function _announce(address reporter) private returns (bytes32 commitment) {
        commitment = keccak256(abi.encodePacked(reporter, abi.encode(_finalize(1, 1), _finalize(1, 2))));
        vm.prank(reporter);
        COMMITTEE.announce(commitment);
    }

    function _convict(address reporter) private {
        vm.prank(reporter);
        COMMITTEE.report(0, _finalize(1, 1), _finalize(1, 2));
    }

    /// @dev Of a block, in view 5 of an epoch.
    function _finalize(uint8 epoch, uint256 block_) private pure returns (IEquivocation.Vote memory) {
        return IEquivocation.Vote(IEquivocation.Kind.Finalize, abi.encodePacked(epoch, uint8(5), uint8(4), block_), "");
    }
}
