// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IKeyRegistry} from "../src/interfaces/IKeyRegistry.sol";
import {IStakeBook} from "../src/interfaces/IStakeBook.sol";
import {IStaking} from "../src/interfaces/IStaking.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {StakingWorld} from "./StakingWorld.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev Who owns and runs nodes, their keys, commission and jail.
contract StakingNodesTest is StakingWorld {
    address private constant NEXT = address(0x2e17);

    function test_register_refuses_who_runs_or_ran_a_node() public {
        bytes memory refusal = abi.encodeWithSelector(IStakeBook.OperatorTaken.selector, OPERATOR, NODE);
        vm.expectRevert(refusal);
        vm.prank(OPERATOR);
        STAKING.register(IStaking.Role.Validator, OWNER, 0);
        _replace(NODE, NEXT);
        vm.expectRevert(refusal);
        vm.prank(OPERATOR);
        STAKING.register(IStaking.Role.Guardian, OWNER, 0);
    }

    function test_register_refuses_commissions_above_a_tenth() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.CommissionTooHigh.selector, 1001, 1000));
        vm.prank(NEXT);
        STAKING.register(IStaking.Role.Validator, OWNER, 1001);
    }

    function test_register_refuses_no_owner_and_no_role() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OwnerMissing.selector));
        vm.prank(NEXT);
        STAKING.register(IStaking.Role.Validator, address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RoleMissing.selector));
        vm.prank(NEXT);
        STAKING.register(IStaking.Role.None, OWNER, 0);
    }

    function test_acceptOwnership_refuses_who_was_not_named_or_accepted_before() public {
        vm.prank(NEXT);
        STAKING.register(IStaking.Role.Validator, BOB, 0);
        address[3] memory strangers = [OWNER, NEXT, ALICE];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, 4, strangers[i]));
            vm.prank(strangers[i]);
            STAKING.acceptOwnership(4);
        }
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, 5, BOB));
        vm.prank(BOB);
        STAKING.acceptOwnership(5);
        vm.prank(BOB);
        STAKING.acceptOwnership(4);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, 4, BOB));
        vm.prank(BOB);
        STAKING.acceptOwnership(4);
    }

    /// Nobody owns a node without a word of his own.
    function test_who_is_named_owns_the_node_once_he_accepts() public {
        vm.prank(NEXT);
        STAKING.register(IStaking.Role.Validator, BOB, 0);
        eq(STAKING.describe(4).owner, NEXT, "the operator's");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOwner.selector, 4, BOB));
        vm.prank(BOB);
        STAKING.appoint(4, ALICE);
        vm.expectEmit();
        emit IStakeBook.OwnerChanged(4, BOB);
        vm.prank(BOB);
        STAKING.acceptOwnership(4);
        eq(STAKING.describe(4).owner, BOB, "his");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOwner.selector, 4, NEXT));
        vm.prank(NEXT);
        STAKING.appoint(4, ALICE);
    }

    function test_register_makes_a_node_that_the_caller_runs() public {
        vm.expectEmit();
        emit IStakeBook.NodeRegistered(4, OWNER, NEXT, uint8(IStaking.Role.Guardian));
        vm.expectEmit();
        emit IStakeBook.CommissionChanged(4, 1000, 0);
        eq(node(NEXT, IStaking.Role.Guardian), 4, "number");
        IStakeBook.Node memory made = STAKING.describe(4);
        eq(made.owner, OWNER, "owner");
        eq(made.operator, NEXT, "operator");
        eq(made.role, uint8(IStaking.Role.Guardian), "role");
        eq(made.commission, 1000, "commission");
        eq(made.stake + made.locked + made.jailedUntil, 0, "nothing yet");
        eq(STAKING.nodeOf(NEXT), 4, "node of");
    }

    function test_appoint_and_set_commission_refuse_who_is_not_the_owner() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOwner.selector, NODE, OPERATOR));
        vm.prank(OPERATOR);
        STAKING.appoint(NODE, NEXT);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOwner.selector, NODE, OPERATOR));
        vm.prank(OPERATOR);
        STAKING.setCommission(NODE, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        STAKING.appoint(4, NEXT);
    }

    function test_accept_refuses_who_was_not_appointed_or_no_longer_is() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, NODE, NEXT));
        vm.prank(NEXT);
        STAKING.accept(NODE);
        vm.prank(OWNER);
        STAKING.appoint(NODE, NEXT);
        vm.prank(OWNER);
        STAKING.appoint(NODE, BOB);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, NODE, NEXT));
        vm.prank(NEXT);
        STAKING.accept(NODE);
        vm.prank(BOB);
        STAKING.accept(NODE);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotAppointed.selector, NODE, BOB));
        vm.prank(BOB);
        STAKING.accept(NODE);
    }

    function test_accept_refuses_who_runs_another_node() public {
        vm.prank(OWNER);
        STAKING.appoint(NODE, OTHER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OperatorTaken.selector, OTHER_OPERATOR, OTHER));
        vm.prank(OTHER_OPERATOR);
        STAKING.accept(NODE);
    }

    function test_who_takes_over_runs_the_node_and_the_old_key_is_dropped() public {
        bytes32 keyId = registered(OPERATOR);
        vm.prank(OPERATOR);
        STAKING.setKey(NODE, keyId);
        vm.prank(OWNER);
        STAKING.appoint(NODE, NEXT);
        vm.expectEmit();
        emit IStakeBook.OperatorChanged(NODE, OPERATOR, NEXT);
        vm.prank(NEXT);
        STAKING.accept(NODE);
        eq(STAKING.describe(NODE).operator, NEXT, "operator");
        eq(STAKING.keyOf(NODE), 0, "key");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOperator.selector, NODE, OPERATOR));
        vm.prank(OPERATOR);
        STAKING.setKey(NODE, keyId);
    }

    function test_set_key_refuses_keys_of_others_and_of_nobody() public {
        bytes32 keyId = registered(OTHER_OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IStaking.KeyOfAnother.selector, keyId, OTHER_OPERATOR));
        vm.prank(OPERATOR);
        STAKING.setKey(NODE, keyId);
        vm.expectRevert(abi.encodeWithSelector(IKeyRegistry.KeyUnknown.selector, bytes32("none")));
        vm.prank(OPERATOR);
        STAKING.setKey(NODE, "none");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOperator.selector, NODE, OWNER));
        vm.prank(OWNER);
        STAKING.setKey(NODE, keyId);
        vm.expectEmit();
        emit IStaking.KeyChanged(OTHER, keyId);
        vm.prank(OTHER_OPERATOR);
        STAKING.setKey(OTHER, keyId);
        eq(STAKING.keyOf(OTHER), keyId, "key");
    }

    /// Everything that the key of a node can call, with stake, exits and rewards of others there.
    function test_threat_21_the_operators_key_can_move_no_money() public {
        staked(ALICE, NODE, STAKE);
        unstaked(ALICE, NODE, STAKE / 2);
        rewarded(NODE, NOW, 100e18);
        vm.warp(START + UNBONDING);
        bytes[7] memory calls = [
            abi.encodeCall(STAKING.unstake, (NODE, 1)),
            abi.encodeCall(STAKING.redelegate, (NODE, OTHER, 1)),
            abi.encodeCall(STAKING.redeem, (NODE)),
            abi.encodeCall(STAKING.claim, (NODE)),
            abi.encodeCall(STAKING.appoint, (NODE, NEXT)),
            abi.encodeCall(STAKING.setCommission, (NODE, 0)),
            abi.encodeCall(STAKING.slash, (NODE, 1, NOW, OPERATOR, 7))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(OPERATOR);
            (bool done,) = Predeploys.STAKING.call(calls[i]);
            holds(!done, "refused");
        }
        vm.prank(OPERATOR);
        STAKING.settle(NODE, ALICE);
        eq(OPERATOR.balance + THETA.balanceOf(OPERATOR), 0, "of the operator");
        eq(redeemed(ALICE, NODE), STAKE / 2, "exit");
        eq(claimed(ALICE, NODE), 90e18, "rewards");
        eq(positionOf(ALICE, NODE), STAKE / 2, "stake");
    }

    function test_commission_is_set_from_the_next_epoch_on_and_once_in_32() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.CommissionTooHigh.selector, 1001, 1000));
        vm.prank(OWNER);
        STAKING.setCommission(NODE, 1001);
        vm.expectEmit();
        emit IStakeBook.CommissionChanged(NODE, 300, NOW + 1);
        _setCommission(300);
        eq(STAKING.describe(NODE).commission, 1000, "in force");
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.CommissionChangedLately.selector, NOW + 33));
        _setCommission(1000);
        enter(NOW + 1);
        eq(STAKING.describe(NODE).commission, 300, "in force");
        enter(NOW + 33);
        vm.roll(block.number - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.CommissionChangedLately.selector, NOW + 33));
        _setCommission(1000);
        enter(NOW + 33);
        _setCommission(1000);
    }

    function test_jail_refuses_unknown_nodes_and_is_never_shortened() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NodeUnknown.selector, 4));
        jailed(4, START);
        vm.expectEmit();
        emit IStakeBook.NodeJailed(NODE, uint40(START + 100));
        jailed(NODE, START + 100);
        jailed(NODE, START + 50);
        eq(STAKING.describe(NODE).jailedUntil, START + 100, "until");
        jailed(NODE, START + 200);
        eq(STAKING.describe(NODE).jailedUntil, START + 200, "longer");
    }

    function test_unjail_refuses_others_the_free_and_the_early() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.NotJailed.selector, NODE));
        _unjail(OPERATOR);
        jailed(NODE, START + 100);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.OnlyOperator.selector, NODE, OWNER));
        _unjail(OWNER);
        vm.warp(START + 99);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.StillJailed.selector, NODE, START + 100));
        _unjail(OPERATOR);
        vm.warp(START + 100);
        vm.expectEmit();
        emit IStakeBook.NodeUnjailed(NODE);
        _unjail(OPERATOR);
        eq(STAKING.describe(NODE).jailedUntil, 0, "free");
    }

    function test_a_banned_node_is_never_free() public {
        jailed(NODE, type(uint40).max);
        vm.warp(type(uint40).max - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeBook.StillJailed.selector, NODE, type(uint40).max));
        _unjail(OPERATOR);
    }

    function test_weights_are_stakes_and_none_for_nodes_in_jail() public {
        staked(ALICE, NODE, STAKE);
        staked(ALICE, OTHER, 2 * STAKE);
        slashed(NODE, 5000, NOW);
        jailed(OTHER, START);
        uint32[] memory nodes = new uint32[](3);
        (nodes[0], nodes[1], nodes[2]) = (NODE, OTHER, 77);
        (uint256[] memory weights, address[] memory owners) = STAKING.weightsOf(nodes);
        eq(weights[0], STAKE / 2, "slashed");
        eq(weights[1], 0, "in jail");
        eq(weights[2], 0, "unknown");
        eq(owners[0], OWNER, "owner");
        eq(owners[2], address(0), "of nobody");
    }

    function _setCommission(uint16 commission) private {
        vm.prank(OWNER);
        STAKING.setCommission(NODE, commission);
    }

    function _unjail(address caller) private {
        vm.prank(caller);
        STAKING.unjail(NODE);
    }

    function _replace(uint32 on, address operator) private {
        vm.prank(OWNER);
        STAKING.appoint(on, operator);
        vm.prank(operator);
        STAKING.accept(on);
    }
}
