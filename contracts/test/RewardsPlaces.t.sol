// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {GuardWorld} from "./GuardWorld.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

contract RewardsPlacesTest is GuardWorld {
    uint64 private constant LAST = FIRST + 4 * INTERVAL;

    function test_settlePlaces_refuses_before_the_epoch_is_judged_and_after_32() public {
        lived(EPOCH);
        begun(3 * LENGTH, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotSettling.selector, EPOCH, 3));
        REWARDS.settlePlaces(EPOCH, new IRewards.Sample[](0), presences(0, 4));
        vm.roll(uint256(EPOCH + 33) * LENGTH);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotSettling.selector, EPOCH, EPOCH + 33));
        REWARDS.settlePlaces(EPOCH, new IRewards.Sample[](0), presences(0, 4));
    }

    function test_settlePlaces_refuses_other_bitmaps_than_the_checkpoints() public {
        lived(EPOCH);
        judged(EPOCH);
        IRewards.Sample[] memory samples = samplesOf(EPOCH);
        _expectMissing(8, 0);
        REWARDS.settlePlaces(EPOCH, new IRewards.Sample[](0), presences(0, 4));
        _expectMissing(8, 9);
        REWARDS.settlePlaces(EPOCH, new IRewards.Sample[](9), presences(0, 4));
        uint64[] memory heights = REWARDS.samplesOf(EPOCH);
        for (uint256 i = 0; i < 8; ++i) {
            samples[i].signers = MORE;
            _expectNotItsSigners(heights[i]);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 4));
            samples[i].signers = "";
            _expectNotItsSigners(heights[i]);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 4));
            samples[i] = IRewards.Sample(hashOf(heights[i] + 100), ALL);
            _expectNotItsSigners(heights[i]);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 4));
            samples[i].blockHash = hashOf(heights[i]);
        }
        eq(REWARDS.potOf(EPOCH).paid, 0, "paid");
    }

    function test_settlePlaces_refuses_epochs_without_samples() public {
        vm.roll(uint256(4) * LENGTH);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoSamples.selector, EPOCH));
        REWARDS.settlePlaces(EPOCH, new IRewards.Sample[](0), presences(0, 4));
        holds(!REWARDS.isPlacePaid(EPOCH, 0), "nothing is paid for that");
    }

    function test_settlePlaces_refuses_keys_that_are_not_at_their_place() public {
        lived(EPOCH);
        judged(EPOCH);
        _expectNotAtPlace(keyOf(guardian(0)), 1);
        _expectNotAtPlace(keyOf(guardian(0)), 4);
        _expectNotAtPlace(keyOf(guardian(0)), 248);
        _expectNotAtPlace(keyOf(guardian(0)), 256);
        _expectNotAtPlace(keyOf(guardian(0)), 248 * 400);
        _expectNotAtPlace(keyOf(guardian(0)), 1 << 255);
        _expectNotAtPlace(keyOf(guardian(0)), type(uint256).max);
        _expectNotAtPlace(keyOf(validator(0)), 0);
        _expectNotAtPlace(0, 0);
        _expectNotAtPlace(0, 4);
    }

    function test_settlePlaces_pays_by_stake_and_presence() public {
        guarded(FIRST, 0x0f, MORE);
        guarded(FIRST + 100, 0x0f, hex"07");
        guarded(FIRST + 200, 0x0f, ALL);
        guarded(FIRST + 300, 0x0f, MORE);
        guarded(LAST, 0x0f, hex"07");
        judged(EPOCH);
        uint256 sum;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 present = presenceOf(EPOCH, i);
            uint256 amount = _part(STAKES[i] / 1e9, present, 8);
            sum += amount;
            vm.expectEmit();
            emit IRewards.PlacePaid(EPOCH, nodeOf(guardian(i)), present, 8, amount);
        }
        holds(presenceOf(EPOCH, 0) == 8 && presenceOf(EPOCH, 2) < 8 && presenceOf(EPOCH, 2) != 0, "in part");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(0, 4));
        eq(REWARDS.potOf(EPOCH).paid, sum, "paid");
        eq(Predeploys.STAKING.balance, sum, "to the book");
    }

    /// The samples draw eight of five checkpoints, so that some are there twice: they count twice, for who signed and who did not.
    function test_settlePlaces_counts_a_sample_as_often_as_it_was_drawn() public {
        lived(EPOCH);
        judged(EPOCH);
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(0, 4));
        uint256 paid = REWARDS.potOf(EPOCH).paid;
        uint256 all = _part(GUARDED, 1, 1);
        holds(paid <= all && paid + 4 > all, "who was always there is paid whole");
    }

    function test_settlePlaces_counts_everybody_absent_where_there_is_no_certificate() public {
        guarded(FIRST, 0x0f, ALL);
        guarded(FIRST + 100, 0x0f, "");
        guarded(FIRST + 200, 0x0f, ALL);
        guarded(FIRST + 300, 0x0f, "");
        guarded(LAST, 0x0f, "");
        judged(EPOCH);
        uint256 present = presenceOf(EPOCH, 1);
        holds(present != 0 && present < 8, "in part");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(1, 1));
        eq(REWARDS.potOf(EPOCH).paid, _part(20_000e9, present, 8), "paid");
    }

    /// Else guardians could wait for the draw and sign what was drawn.
    function test_settlePlaces_counts_no_certificates_that_came_after_the_draw() public {
        begun(LENGTH * 3 - 1, 2, 0x0f);
        begun(LENGTH * 3, 0, 0);
        past(FIRST);
        vm.roll(4 * LENGTH - 1);
        submitted(ALICE, FIRST, ALL);
        begun(4 * LENGTH, 0, 0);
        vm.roll(LAST + 1);
        vm.prank(Predeploys.SYSTEM);
        (bool kept,) = Predeploys.HISTORY_STORAGE.call(abi.encode(hashOf(LAST)));
        vm.roll(4 * LENGTH);
        submitted(ALICE, LAST, ALL);
        uint64[] memory heights = REWARDS.samplesOf(EPOCH);
        IRewards.Sample[] memory samples = new IRewards.Sample[](8);
        bool drawn;
        for (uint256 i = 0; i < 8; ++i) {
            samples[i].blockHash = hashOf(heights[i]);
            if (heights[i] == FIRST) samples[i].signers = ALL;
            if (heights[i] != LAST) continue;
            drawn = true;
            samples[i].signers = ALL;
            _expectNotItsSigners(LAST);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 1));
            // That it is late is known by its hash, and by no other's.
            samples[i] = IRewards.Sample(hashOf(FIRST), "");
            _expectNotItsSigners(LAST);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 1));
            samples[i] = IRewards.Sample(0, "");
            _expectNotItsSigners(LAST);
            REWARDS.settlePlaces(EPOCH, samples, presences(0, 1));
            samples[i].blockHash = hashOf(LAST);
        }
        holds(kept && drawn, "drawn");
        // Nor is one that was in time late by another's hash.
        uint256 early;
        while (heights[early] != FIRST) ++early;
        samples[early] = IRewards.Sample(hashOf(LAST), "");
        _expectNotItsSigners(FIRST);
        REWARDS.settlePlaces(EPOCH, samples, presences(0, 1));
        samples[early] = IRewards.Sample(hashOf(FIRST), ALL);
        REWARDS.settlePlaces(EPOCH, samples, presences(0, 1));
    }

    function test_settlePlaces_pays_once_whoever_asks_how_often() public {
        lived(EPOCH);
        judged(EPOCH);
        IRewards.Presence[] memory twice = new IRewards.Presence[](3);
        (twice[0], twice[1], twice[2]) = (presences(1, 1)[0], presences(2, 1)[0], presences(1, 1)[0]);
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), twice);
        uint256 both = _part(20_000e9, 1, 1) + _part(18_500e9 - 1, 1, 1);
        eq(REWARDS.potOf(EPOCH).paid, both, "in one call");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), twice);
        eq(REWARDS.potOf(EPOCH).paid, both, "in two");
        holds(REWARDS.isPlacePaid(EPOCH, 1) && REWARDS.isPlacePaid(EPOCH, 2), "marked");
        holds(!REWARDS.isPlacePaid(EPOCH, 0) && !REWARDS.isPlacePaid(EPOCH, 257), "and no others");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(0, 4));
        uint256 rest = _part(20_000e9 + 1, 1, 1) + _part(1500e9, 1, 1);
        eq(REWARDS.potOf(EPOCH).paid, both + rest, "the rest is still to be had");
    }

    /// More than 256 places take more than one word.
    function test_settlePlaces_marks_a_place_in_its_own_word() public {
        lived(EPOCH);
        judged(EPOCH);
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(1, 1));
        vm.mockCall(Predeploys.KEY_REGISTRY, abi.encodePacked(IKeyRegistry.isIn.selector), abi.encode(true));
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), _one(keyOf(guardian(0)), 256));
        holds(REWARDS.isPlacePaid(EPOCH, 1) && REWARDS.isPlacePaid(EPOCH, 256), "marked");
        holds(!REWARDS.isPlacePaid(EPOCH, 0) && !REWARDS.isPlacePaid(EPOCH, 257), "and no others");
        vm.recordLogs();
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), _one(keyOf(guardian(0)), 256));
        eq(vm.getRecordedLogs().length, 0, "nothing is paid again");
    }

    /// 2500 = 49 × 51 + 1: an epoch can begin with a checkpoint.
    function test_samples_are_of_all_heights_of_the_epoch_that_leave_1() public {
        voted(IParameters.Parameter.CheckpointInterval, 51);
        voted(IParameters.Parameter.PresenceSamples, 32);
        begun(4 * LENGTH, 0, 0);
        begun(5 * LENGTH, 0, 0);
        judged(5);
        uint64[] memory heights = REWARDS.samplesOf(5);
        eq(heights.length, 32, "samples");
        uint256 seen;
        for (uint256 i = 0; i < heights.length; ++i) {
            eq(heights[i] % 51, 1, "leaves 1");
            holds(heights[i] >= 5 * LENGTH && heights[i] < 6 * LENGTH, "of the epoch");
            seen |= 1 << (heights[i] - 5 * LENGTH) / 51;
        }
        eq(seen, 0x3ff, "each of the ten");
    }

    function test_an_epoch_without_rules_has_no_samples() public {
        vm.prank(Predeploys.EPOCHS);
        REWARDS.begin(40);
        holds(REWARDS.potOf(38).mix != 0, "drawn");
        eq(EPOCHS.rulesOf(38).checkpointInterval, 0, "no rules");
        eq(REWARDS.samplesOf(38).length, 0, "samples");
    }

    /// Another operator, another key, another's key in its place: the epoch's key still names the node that it worked for.
    function test_settlePlaces_finds_the_node_of_a_key_that_it_no_longer_has() public {
        lived(EPOCH);
        uint32 node = nodeOf(guardian(1));
        address heir = address(0x4e14);
        vm.prank(heir);
        KEYS.register(publicKeyOf(heir), "", "");
        vm.prank(guardian(1));
        STAKING.appoint(node, heir);
        vm.prank(heir);
        STAKING.accept(node);
        vm.prank(heir);
        STAKING.setKey(node, keyOf(heir));
        uint32 last = nodeOf(guardian(3));
        vm.prank(guardian(3));
        STAKING.unstake(last, 1500e18);
        for (uint64 height = 3 * LENGTH; height < 3 * LENGTH + 6; ++height) {
            begun(height, 0, 0);
        }
        begun(4 * LENGTH, 0, 0);
        holds(KEYS.keyAt(setOfGuardians(), 1) != keyOf(guardian(1)), "another's place");
        vm.expectEmit();
        emit IRewards.PlacePaid(EPOCH, node, 8, 8, _part(20_000e9, 1, 1));
        vm.expectEmit();
        emit IRewards.PlacePaid(EPOCH, last, 8, 8, _part(1500e9, 1, 1));
        IRewards.Sample[] memory samples = samplesOf(EPOCH);
        IRewards.Presence[] memory both = new IRewards.Presence[](2);
        (both[0], both[1]) = (presences(1, 1)[0], presences(3, 1)[0]);
        REWARDS.settlePlaces(EPOCH, samples, both);
        eq(STAKING.creditOf(guardian(3)), _part(1500e9, 1, 1), "who has no source left is paid through its owner");
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotAtPlace.selector, keyOf(heir), 1));
        both[0].keyId = keyOf(heir);
        REWARDS.settlePlaces(EPOCH, samples, both);
    }

    /// DOMAIN.md 16, 34: nothing is paid for having a key or stake. Who signed nothing, and who was no guardian, earn nothing.
    function test_threat_16_a_guardian_that_signs_nothing_earns_nothing() public {
        for (uint64 i = 0; i < 5; ++i) {
            guarded(FIRST + i * INTERVAL, 0x0f, hex"07");
        }
        guards(guardian(9), 50_000e18);
        judged(EPOCH);
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(3, 1));
        holds(REWARDS.isPlacePaid(EPOCH, 3), "settled");
        eq(REWARDS.potOf(EPOCH).paid, 0, "for nothing");
        IRewards.Sample[] memory samples = samplesOf(EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotAtPlace.selector, keyOf(guardian(9)), 4));
        REWARDS.settlePlaces(EPOCH, samples, _one(keyOf(guardian(9)), 4));
    }

    /// DOMAIN.md 31: who was left out of the first certificate and is in the union is paid as those in the first.
    function test_threat_31_late_signers_are_paid() public {
        for (uint64 i = 0; i < 5; ++i) {
            guarded(FIRST + i * INTERVAL, 0x0f, MORE);
            vm.roll(block.number + 20);
            extended(ALICE, FIRST + i * INTERVAL, MORE, ALL);
        }
        judged(EPOCH);
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(2, 1));
        eq(REWARDS.potOf(EPOCH).paid, _part(18_500e9 - 1, 1, 1), "paid whole");
    }

    function test_isIn_refuses_snapshots_that_are_not() public {
        bytes32 set = setOfGuardians();
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.SnapshotUnknown.selector, set, 9));
        KEYS.isIn(set, 9, 0, keyOf(guardian(0)));
    }

    function test_isIn_is_about_the_snapshot_and_not_about_now() public view {
        bytes32 set = setOfGuardians();
        (uint64 snapshot,) = STAKING.guardiansOf(EPOCH);
        for (uint256 i = 0; i < 4; ++i) {
            for (uint256 place = 0; place < 5; ++place) {
                holds(KEYS.isIn(set, snapshot, place, keyOf(guardian(i))) == (place == i), "each at its place");
            }
        }
    }

    function _part(uint256 stake, uint256 present, uint256 samples) private view returns (uint256) {
        return uint256(REWARDS.potOf(EPOCH).theta) * present * stake / ((VALIDATED + GUARDED) * samples);
    }

    function _one(bytes32 keyId, uint256 place) private pure returns (IRewards.Presence[] memory one) {
        one = new IRewards.Presence[](1);
        one[0] = IRewards.Presence(keyId, place);
    }

    function _expectMissing(uint256 expected, uint256 actual) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.SamplesMissing.selector, expected, actual));
    }

    function _expectNotItsSigners(uint64 height) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotItsSigners.selector, height));
    }

    function _expectNotAtPlace(bytes32 keyId, uint256 place) private {
        IRewards.Sample[] memory samples = samplesOf(EPOCH);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotAtPlace.selector, keyId, place));
        REWARDS.settlePlaces(EPOCH, samples, _one(keyId, place));
    }
}

/// @dev A chunk of guardians, settled in one transaction (`--isolate`).
contract RewardsGasTest is GuardWorld {
    uint256 private constant COUNT = 248;
    /// @dev EIP-7825's.
    uint256 private constant TRANSACTION_MAX = 16_777_216;

    function join() internal override {
        super.join();
        for (uint256 i = 4; i < COUNT; ++i) {
            guards(guardian(i), 1000e18);
        }
    }

    function test_gas_of_rewards() public {
        bytes memory all = new bytes(31);
        for (uint256 i = 0; i < 31; ++i) {
            all[i] = 0xff;
        }
        for (uint64 i = 0; i < 10; ++i) {
            if (i == 5) begun(3 * LENGTH, 0, 0);
            guarded(FIRST + i * INTERVAL, 0x0f, all);
        }
        begun(4 * LENGTH, 0, 0);
        begun(5 * LENGTH, 0, 0);
        REWARDS.settleSeats(EPOCH);
        REWARDS.settleSeats(EPOCH + 1);
        vm.snapshotGasLastCall("Rewards", "settleSeats, 4 seats");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(0, COUNT / 2));
        vm.snapshotGasLastCall("Rewards", "settlePlaces, 124 guardians, the first time");
        REWARDS.settlePlaces(EPOCH, samplesOf(EPOCH), presences(COUNT / 2, COUNT / 2));
        REWARDS.settlePlaces(EPOCH + 1, samplesOf(EPOCH + 1), presences(0, COUNT));
        uint256 gas = vm.snapshotGasLastCall("Rewards", "settlePlaces, 248 guardians");
        holds(gas < TRANSACTION_MAX, "in one transaction");
        vm.roll(uint256(EPOCH + 33) * LENGTH);
        REWARDS.sweep(EPOCH);
        vm.snapshotGasLastCall("Rewards", "sweep");
        vm.roll(uint256(EPOCH + 34) * LENGTH);
        vm.prank(Predeploys.EPOCHS);
        REWARDS.begin(EPOCH + 34);
        vm.snapshotGasLastCall("Rewards", "begin");
        vm.warp(block.timestamp + 100);
        vm.prank(Predeploys.EPOCHS);
        REWARDS.release();
        vm.snapshotGasLastCall("Rewards", "release");
    }
}
