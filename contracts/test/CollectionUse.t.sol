// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {eq, vm, within} from "./Vm.sol";

/// @dev ERC-4907, where a user keeps its time.
contract CollectionUseTest is CreationWorld {
    uint256 private constant NOW = START + 1 hours;
    uint64 private constant UNTIL = uint64(NOW + 10 days);

    ICollection private _token;

    function setUp() public override {
        super.setUp();
        _token = collection(ICreation.Policy.Open);
        minted(_token, ALICE, 1);
        vm.warp(NOW);
    }

    function test_a_token_has_a_user_until_the_last_second() public {
        _is(address(0), 0, 0);
        vm.expectEmit();
        emit ICollection.UpdateUser(1, CAROL, UNTIL);
        _set(ALICE, CAROL, UNTIL);
        _is(CAROL, UNTIL, NOW);
        vm.warp(UNTIL);
        _is(CAROL, UNTIL, NOW);
        vm.warp(uint256(UNTIL) + 1);
        _is(address(0), UNTIL, 0);
    }

    function test_a_user_that_is_set_moves_the_nonce_and_not_the_second_of_the_holder() public {
        _set(ALICE, CAROL, UNTIL);
        eq(_token.nonces(1), 1, "nonce");
        eq(_token.heldSince(1), START, "since");
        eq(_token.ownerOf(1), ALICE, "holder");
    }

    function test_whom_the_holder_approved_sets_a_user_and_nobody_else() public {
        address[3] memory others = [BOB, CAROL, creator];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
            _set(others[i], CAROL, UNTIL);
        }
        vm.prank(ALICE);
        _token.approve(BOB, 1);
        _set(BOB, CAROL, uint64(NOW));
        vm.prank(ALICE);
        _token.setApprovalForAll(creator, true);
        _set(creator, CAROL, UNTIL);
        _is(CAROL, UNTIL, NOW);
        vm.expectRevert(abi.encodeWithSelector(ICollection.TokenDoesNotExist.selector));
        vm.prank(ALICE);
        _token.setUser(2, CAROL, UNTIL);
    }

    function test_a_user_is_set_for_a_leap_year_at_most() public {
        uint256 most = NOW + 366 days;
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserTooLong.selector, most + 1, most));
        _set(ALICE, CAROL, uint64(most + 1));
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserTooLong.selector, type(uint64).max, most));
        _set(ALICE, CAROL, type(uint64).max);
        _set(ALICE, CAROL, uint64(most));
        _is(CAROL, most, NOW);
    }

    function test_no_user_is_set_for_a_time_that_is_over() public {
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserTooShort.selector, NOW - 1));
        _set(ALICE, CAROL, uint64(NOW - 1));
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserTooShort.selector, 0));
        _set(ALICE, CAROL, 0);
        _set(ALICE, CAROL, uint64(NOW));
        _is(CAROL, NOW, NOW);
    }

    function test_whoever_just_received_a_token_cannot_set_its_user_yet() public {
        minted(_token, ALICE, 2);
        vm.expectRevert(abi.encodeWithSelector(ICollection.JustReceived.selector, 2));
        vm.prank(ALICE);
        _token.setUser(2, CAROL, UNTIL);
        moved(_token, ALICE, BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.JustReceived.selector, 1));
        _set(BOB, CAROL, UNTIL);
        vm.warp(NOW + 1);
        _set(BOB, CAROL, UNTIL);
        _is(CAROL, UNTIL, NOW + 1);
    }

    function test_its_user_keeps_a_token_for_its_time_whatever_the_holder_wants() public {
        _set(ALICE, CAROL, UNTIL);
        bytes memory runs = abi.encodeWithSelector(ICollection.UserRuns.selector, 1, CAROL, UNTIL);
        vm.warp(UNTIL);
        vm.expectRevert(runs);
        _set(ALICE, BOB, UNTIL);
        vm.expectRevert(runs);
        _set(ALICE, address(0), 0);
        vm.expectRevert(runs);
        _set(ALICE, CAROL, UNTIL - 1);
        vm.warp(uint256(UNTIL) + 1);
        _set(ALICE, BOB, UNTIL + 1);
        _is(BOB, UNTIL + 1, UNTIL + 1);
    }

    function test_a_users_time_is_made_longer_by_the_holder_alone() public {
        _set(ALICE, CAROL, UNTIL);
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        _set(CAROL, CAROL, UNTIL + 1);
        _set(ALICE, CAROL, UNTIL + 1);
        _is(CAROL, UNTIL + 1, NOW);
        _set(ALICE, CAROL, UNTIL + 1);
        _is(CAROL, UNTIL + 1, NOW);
        eq(_token.nonces(1), 3, "nonce");
    }

    function test_a_user_that_comes_again_later_is_one_since_then() public {
        _set(ALICE, CAROL, uint64(NOW + 1));
        vm.warp(NOW + 2);
        _set(ALICE, CAROL, UNTIL);
        _is(CAROL, UNTIL, NOW + 2);
    }

    function test_a_user_gives_a_token_up_and_does_nothing_else_with_it() public {
        _set(ALICE, CAROL, UNTIL);
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        _set(CAROL, BOB, UNTIL);
        vm.expectEmit();
        emit ICollection.UpdateUser(1, address(0), 0);
        _set(CAROL, address(0), UNTIL);
        _is(address(0), NOW, 0);
        eq(_token.nonces(1), 1, "what was agreed since stands");
        vm.expectRevert(abi.encodeWithSelector(ICollection.NotOwnerNorApproved.selector));
        _set(CAROL, address(0), 0);
        _set(ALICE, BOB, UNTIL);
        _is(BOB, UNTIL, NOW);
    }

    function test_a_user_gives_a_token_up_in_the_block_in_which_it_was_sold() public {
        _set(ALICE, CAROL, UNTIL);
        moved(_token, ALICE, BOB, 1);
        _set(CAROL, address(0), 0);
        _is(address(0), NOW, 0);
    }

    function test_a_holder_that_is_its_own_user_gives_the_use_up() public {
        _set(ALICE, ALICE, UNTIL);
        _set(ALICE, address(0), 0);
        _set(ALICE, CAROL, UNTIL);
        _is(CAROL, UNTIL, NOW);
    }

    function test_a_user_stays_when_the_token_is_sold_or_burned() public {
        _set(ALICE, CAROL, UNTIL);
        moved(_token, ALICE, BOB, 1);
        _is(CAROL, UNTIL, NOW);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(ICollection.UserRuns.selector, 1, CAROL, UNTIL));
        _set(BOB, BOB, UNTIL);
        vm.prank(BOB);
        _token.burn(1);
        _is(CAROL, UNTIL, NOW);
        _set(CAROL, address(0), 0);
        _is(address(0), NOW + 1, 0);
    }

    function test_a_holder_clears_what_is_over_and_moves_no_nonce() public {
        _set(ALICE, CAROL, uint64(NOW));
        vm.warp(NOW + 1);
        vm.expectEmit();
        emit ICollection.UpdateUser(1, address(0), 0);
        _set(ALICE, address(0), UNTIL);
        _is(address(0), NOW, 0);
        eq(_token.nonces(1), 1, "nonce");
    }

    /// Whatever the holder tries, and whenever.
    function test_no_call_of_the_holder_shortens_a_use(uint256 raw, uint64 expires, uint256 time) public {
        _set(ALICE, CAROL, UNTIL);
        vm.warp(within(time, NOW, UNTIL));
        address user = [CAROL, BOB, ALICE, address(0)][raw % 4];
        vm.prank(ALICE);
        (bool done,) = address(_token).call(abi.encodeCall(ICollection.setUser, (1, user, expires)));
        eq(_token.userOf(1), CAROL, "user");
        eq(_token.userSince(1), NOW, "since");
        eq(_token.userExpires(1), done ? expires : UNTIL, "until");
        eq(_token.userExpires(1) >= UNTIL ? 1 : 0, 1, "no less");
    }

    function _set(address by, address user, uint64 until) private {
        vm.prank(by);
        _token.setUser(1, user, until);
    }

    function _is(address user, uint256 until, uint256 since) private view {
        eq(_token.userOf(1), user, "user");
        eq(_token.userExpires(1), until, "until");
        eq(_token.userSince(1), since, "since");
    }
}
