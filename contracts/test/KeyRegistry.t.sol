// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IBls} from "../src/interfaces/IBls.sol";
import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {Keyed} from "./Keyed.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What the registry refuses, and what it says. Proofs and certificates themselves are for the tests of the precompile.
contract KeyRegistryTest is Keyed {
    address private constant OPERATOR = address(0x09e5);
    uint8 private constant ROLE = 3;
    bytes32 private _set;

    function setUp() public {
        plantKeys();
        _set = KEYS.setOf(address(this), ROLE);
    }

    function test_a_set_is_named_by_its_owner_and_role() public view {
        eq(_set, bytes32(bytes20(address(this))) | bytes32(uint256(ROLE)), "name");
    }

    function test_a_key_is_registered_once_and_for_its_operator() public {
        bytes memory publicKey = bytes.concat(bytes16(0), bytes32(uint256(1)));
        vm.expectEmit();
        emit IKeyRegistry.KeyRegistered(keccak256(publicKey), OPERATOR, publicKey);
        bytes32 keyId = registered(OPERATOR);
        eq(keyId, keccak256(publicKey), "id");
        eq(KEYS.operatorOf(keyId), OPERATOR, "operator");
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyTaken.selector, keyId));
        KEYS.register(publicKey, "", "");
    }

    function test_a_key_needs_possession_and_consent() public {
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verify.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.ConsentNotSigned.selector, address(this)));
        KEYS.register("key", "", "");
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.verifyPossession.selector), abi.encode(false));
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.PossessionNotProved.selector));
        KEYS.register("key", "", "");
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyUnknown.selector, keccak256("key")));
        KEYS.operatorOf(keccak256("key"));
    }

    function test_a_stake_is_of_a_known_key_in_a_role() public {
        bytes32 keyId = registered(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.RoleIsReserved.selector));
        KEYS.setStake(0, keyId, 1);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyUnknown.selector, bytes32(0)));
        KEYS.setStake(ROLE, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.NotAMember.selector, _set, keyId));
        KEYS.setStake(ROLE, keyId, 0);
    }

    function test_a_change_of_stake_is_told_with_its_place() public {
        (bytes32 first, bytes32 second) = (registered(OPERATOR), registered(OPERATOR));
        _staked(first, 0, 5);
        _staked(second, 1, 7);
        _staked(second, 1, 9);
        _expectSet(2, 2, 14);
        _staked(first, 0, 0);
        _expectSet(2, 1, 9);
        eq(KEYS.stakeOf(_set, first), 0, "stake of who left");
        eq(KEYS.keyAt(_set, 0), first, "who had the place last");
        _staked(registered(OPERATOR), 0, 1);
        _expectSet(2, 2, 10);
        eq(KEYS.stakeOf(_set, second), 9, "stake");
    }

    function test_a_set_has_no_more_places_than_a_snapshot_lists() public {
        bytes32 keyId = registered(OPERATOR);
        bytes32 places = keccak256(abi.encode(_set, uint256(1)));
        vm.store(Predeploys.KEY_REGISTRY, places, bytes32(uint256(64 * 248)));
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.SetIsFull.selector, 64 * 248));
        KEYS.setStake(ROLE, keyId, 1);
        vm.store(Predeploys.KEY_REGISTRY, places, bytes32(uint256(64 * 248 - 1)));
        eq(KEYS.setStake(ROLE, keyId, 1), 64 * 248 - 1, "the last place");
    }

    function test_a_snapshot_is_of_chunks_that_are_written() public {
        bytes32 keyId = registered(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.ChunkUnknown.selector, 0, 0));
        KEYS.write(_set, 0);
        KEYS.setStake(ROLE, keyId, 5);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.ChunkUnknown.selector, 1, 1));
        KEYS.write(_set, 1);
        holds(!KEYS.isWritten(_set, 0), "not written");
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.ChunkNotWritten.selector, 0));
        KEYS.seal(ROLE);
        KEYS.write(_set, 0);
        holds(KEYS.isWritten(_set, 0), "written");
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.RoleIsReserved.selector));
        KEYS.seal(0);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.SnapshotUnknown.selector, _set, 1));
        KEYS.snapshotAt(_set, 1);
        (uint64 epoch, address snapshot) = KEYS.seal(ROLE);
        eq(epoch, 1, "epoch");
        eq(KEYS.snapshotAt(_set, 1), snapshot, "snapshot");
        eq(KEYS.describe(_set).epoch, 1, "newest");
        holds(KEYS.isIn(_set, 1, 0, keyId), "its place");
        holds(!KEYS.isIn(_set, 1, 0, registered(OPERATOR)), "the place of another");
        holds(!KEYS.isIn(_set, 1, 248, keyId), "a place beyond");
        eq(KEYS.stakeIn(_set, 1, 0), 5, "stake");
        eq(KEYS.stakeIn(_set, 1, 248), 0, "stake of a place beyond");
    }

    function test_a_snapshot_stays_as_it_was_sealed() public {
        bytes32 keyId = registered(OPERATOR);
        KEYS.setStake(ROLE, keyId, 5);
        KEYS.write(_set, 0);
        KEYS.seal(ROLE);
        KEYS.setStake(ROLE, keyId, 6);
        KEYS.write(_set, 0);
        (uint64 epoch,) = KEYS.seal(ROLE);
        eq(epoch, 2, "epoch");
        eq(KEYS.stakeIn(_set, 1, 0), 5, "then");
        eq(KEYS.stakeIn(_set, 2, 0), 6, "now");
    }

    function _staked(bytes32 keyId, uint256 place, uint64 stake) private {
        vm.expectEmit();
        emit IKeyRegistry.StakeChanged(_set, keyId, place, stake);
        eq(KEYS.setStake(ROLE, keyId, stake), place, "place");
        eq(KEYS.stakeOf(_set, keyId), stake, "stake");
    }

    function _expectSet(uint256 places, uint256 members, uint256 stake) private view {
        IKeyRegistry.Set memory set = KEYS.describe(_set);
        eq(set.places, places, "places");
        eq(set.members, members, "members");
        eq(set.totalStake, stake, "total stake");
    }
}
