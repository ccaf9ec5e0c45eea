// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IParameters} from "../src/interfaces/IParameters.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev How the guardians' set follows stakes: marks, blocks that work them off, snapshots of the real registry.
contract StakingGuardiansTest is StakingWorld {
    uint256 private constant LEAST = 1000e18;
    uint256 private constant PLACES_MAX = 64 * 248;

    bytes32 private _set;

    function setUp() public override {
        super.setUp();
        _set = KEYS.setOf(Predeploys.STAKING, 2);
        _block();
    }

    function test_only_the_contract_of_epochs_advances() public {
        vm.expectRevert(abi.encodeWithSelector(IStaking.OnlyEpochs.selector, address(this)));
        STAKING.advance();
    }

    function test_stake_of_an_epoch_counts_from_the_epoch_after_the_next() public {
        bytes32 keyId = _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _blocks(5);
        eq(KEYS.describe(_set).members, 0, "not in this epoch");
        enter(NOW + 1);
        _blocks(1);
        eq(KEYS.describe(_set).epoch, 0, "enrolled and written");
        vm.expectEmit();
        emit IStaking.GuardiansSealed(NOW + 2, 1, STAKE / 1e9);
        _blocks(2);
        _expectInForce(NOW + 1, 0, 0);
        _expectInForce(NOW + 2, 1, STAKE / 1e9);
        eq(KEYS.stakeIn(_set, 1, 0), STAKE / 1e9, "in the snapshot");
        eq(KEYS.keyAt(_set, 0), keyId, "key");
        // Nothing changed: it stays in force.
        enter(NOW + 2);
        _blocks(3);
        _expectInForce(NOW + 3, 1, STAKE / 1e9);
    }

    function test_every_change_of_stake_changes_the_set() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        staked(BOB, NODE, STAKE);
        _expectNext(STAKE);
        unstaked(ALICE, GUARDIAN, LEAST);
        _expectNext(STAKE - LEAST);
        moved(BOB, NODE, GUARDIAN, 3 * LEAST);
        _expectNext(STAKE + 2 * LEAST);
        slashed(GUARDIAN, 5000, _epochNow());
        _expectNext(STAKE / 2 + LEAST);
        slashed(NODE, 10_000, _epochNow() - 3);
        STAKING.settle(GUARDIAN, BOB);
        _expectNext((STAKE - LEAST) / 2);
        moved(ALICE, GUARDIAN, OTHER, LEAST);
        _expectNext((STAKE - LEAST) / 2 - LEAST);
    }

    function test_who_falls_below_the_least_stake_is_out_and_comes_back_at_it() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, LEAST - 1);
        _expectNext(0);
        staked(ALICE, GUARDIAN, 1);
        _expectNext(LEAST);
        unstaked(ALICE, GUARDIAN, 1);
        _expectNext(0);
        eq(KEYS.describe(_set).members, 0, "members");
        staked(ALICE, GUARDIAN, 1);
        _expectNext(LEAST);
    }

    function test_jail_takes_a_guardian_out_until_it_is_unjailed() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(STAKE);
        jailed(GUARDIAN, START);
        _expectNext(0);
        vm.prank(GUARDIAN_OPERATOR);
        STAKING.unjail(GUARDIAN);
        _expectNext(STAKE);
    }

    function test_validators_and_nodes_without_a_key_are_not_in_the_set() public {
        _keyed(NODE, OPERATOR);
        staked(ALICE, NODE, STAKE);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(0);
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        _expectNext(STAKE);
    }

    function test_a_new_key_takes_the_place_of_the_old_one() public {
        bytes32 before = _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(STAKE);
        bytes32 keyId = _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        _expectNext(STAKE);
        eq(KEYS.stakeOf(_set, before), 0, "the old");
        eq(KEYS.stakeOf(_set, keyId), STAKE / 1e9, "the new");
        eq(KEYS.describe(_set).members, 1, "members");
    }

    function test_threat_21_the_key_of_a_former_operator_is_out() public {
        bytes32 before = _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(STAKE);
        vm.prank(OWNER);
        STAKING.appoint(GUARDIAN, BOB);
        vm.prank(BOB);
        STAKING.accept(GUARDIAN);
        _expectNext(0);
        eq(KEYS.stakeOf(_set, before), 0, "the old");
        _keyed(GUARDIAN, BOB);
        _expectNext(STAKE);
    }

    function test_a_change_below_a_gwei_seals_nothing() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(STAKE);
        uint64 before = KEYS.describe(_set).epoch;
        staked(BOB, GUARDIAN, 1);
        _expectNext(STAKE);
        eq(KEYS.describe(_set).epoch, before, "snapshots");
    }

    function test_a_block_changes_16_and_writes_one_chunk() public {
        _guardians(40);
        _blocks(1);
        enter(_epochNow() + 1);
        uint256[4] memory members = [uint256(16), 32, 40, 40];
        for (uint256 i = 0; i < 4; ++i) {
            eq(KEYS.describe(_set).epoch, 0, "not sealed");
            _block();
            eq(KEYS.describe(_set).members, members[i], "members");
            vm.roll(block.number + 1);
        }
        eq(KEYS.describe(_set).epoch, 1, "sealed");
    }

    /// 40 nodes that change in every block, in epochs of two blocks: half of what one set takes.
    function test_no_flood_of_changes_keeps_the_set_from_being_sealed() public {
        _guardians(40);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(2)));
        uint256 first = block.number;
        for (uint256 i = 1; i <= 24; ++i) {
            vm.roll(first + i);
            _block();
            for (uint32 each = 4; each < 44; ++each) {
                staked(ALICE, each, 1e9);
            }
        }
        holds(KEYS.describe(_set).epoch >= 3, "snapshots");
        (uint64 snapshot, uint256 total) = STAKING.guardiansOf(_epochNow() + 1);
        holds(snapshot >= 3 && total >= 40 * LEAST / 1e9, "in force");
    }

    function test_nodes_without_stake_leave_no_marks() public {
        for (uint256 i = 0; i < 40; ++i) {
            uint32 each = node(address(uint160(0xbeef0000 + i)), IStaking.Role.Guardian);
            _keyed(each, address(uint160(0xbeef0000 + i)));
            staked(ALICE, each, 1);
        }
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        enter(NOW + 1);
        _blocks(2);
        eq(KEYS.describe(_set).epoch, 1, "sealed as if they were not there");
    }

    function test_a_full_set_takes_nobody_and_the_rest_goes_on() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        _expectNext(STAKE);
        _fill();
        uint32 late = node(BOB, IStaking.Role.Guardian);
        bytes32 keyId = _keyed(late, BOB);
        staked(BOB, late, STAKE);
        staked(ALICE, GUARDIAN, LEAST);
        _expectNext(STAKE + LEAST);
        eq(KEYS.stakeOf(_set, keyId), 0, "no place");
        unstaked(ALICE, GUARDIAN, STAKE + LEAST);
        _expectNext(0);
        staked(BOB, late, LEAST);
        _expectNext(STAKE + LEAST);
        eq(KEYS.stakeOf(_set, keyId), (STAKE + LEAST) / 1e9, "in the place that was left");
    }

    function test_what_is_in_force_stays_where_no_block_of_an_epoch_gets_there() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, STAKE);
        enter(NOW + 1);
        _blocks(3);
        enter(NOW + 5);
        _blocks(1);
        _expectInForce(NOW + 5, 1, STAKE / 1e9);
        _expectInForce(NOW + 6, 1, STAKE / 1e9);
    }

    /// A chunk that somebody writes, and one that others change before the seal, as far as anybody can.
    function test_who_writes_chunks_cannot_keep_the_set_from_being_sealed() public {
        _guardians(17);
        enter(NOW + 1);
        _block();
        KEYS.write(_set, 0);
        vm.roll(block.number + 1);
        _block();
        KEYS.write(_set, 0);
        vm.roll(block.number + 1);
        _block();
        eq(KEYS.describe(_set).epoch, 1, "sealed");
    }

    function test_a_vote_that_raises_the_least_stake_takes_effect_when_a_node_changes() public {
        _keyed(GUARDIAN, GUARDIAN_OPERATOR);
        staked(ALICE, GUARDIAN, LEAST);
        _expectNext(LEAST);
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(IParameters.Parameter.GuardianStakeMin, 2 * LEAST);
        _expectNext(LEAST);
        staked(BOB, GUARDIAN, 1);
        _expectNext(0);
    }

    /// @dev What the next epoch makes of it.
    function _expectNext(uint256 stake) private {
        uint32 epoch = _epochNow() + 1;
        enter(epoch);
        _blocks(6);
        (, uint256 total) = STAKING.guardiansOf(epoch + 1);
        eq(total, stake / 1e9, "in force");
        eq(KEYS.describe(_set).totalStake, stake / 1e9, "set");
    }

    function _expectInForce(uint32 epoch, uint64 snapshot, uint256 total) private view {
        (uint64 found, uint256 stake) = STAKING.guardiansOf(epoch);
        eq(found, snapshot, "snapshot");
        eq(stake, total, "stake");
    }

    function _guardians(uint256 count) private {
        for (uint256 i = 0; i < count; ++i) {
            address operator = address(uint160(0xbeef0000 + i));
            uint32 each = node(operator, IStaking.Role.Guardian);
            _keyed(each, operator);
            staked(ALICE, each, LEAST);
        }
    }

    /// @dev As if others had all places but one.
    function _fill() private {
        bytes32 slot = keccak256(abi.encode(_set, 1));
        uint256 word = uint256(vm.load(Predeploys.KEY_REGISTRY, slot));
        vm.store(Predeploys.KEY_REGISTRY, slot, bytes32((word & ~uint256(type(uint32).max)) | PLACES_MAX));
        eq(KEYS.describe(_set).places, PLACES_MAX, "full");
    }

    function _keyed(uint32 on, address operator) private returns (bytes32 keyId) {
        keyId = registered(operator);
        vm.prank(operator);
        STAKING.setKey(on, keyId);
    }

    function _epochNow() private view returns (uint32) {
        return uint32(block.number / uint64(uint256(vm.load(Predeploys.EPOCHS, 0))));
    }

    function _blocks(uint256 count) private {
        for (uint256 i = 0; i < count; ++i) {
            _block();
            vm.roll(block.number + 1);
        }
    }

    function _block() private {
        vm.prank(Predeploys.EPOCHS);
        STAKING.advance();
    }
}
