// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "./AllowTree.sol";
import {DropsWorld} from "./DropsWorld.sol";
import {Hoarder} from "./mocks/Hoarder.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {eq, holds, vm} from "./Vm.sol";

/// @dev What DOMAIN.md numbers, and what else buyers, creators and whoever watches them could try.
contract DropsThreatsTest is DropsWorld {
    function test_threat_23_a_copied_purchase_is_the_copiers_own_and_takes_nothing_from_anybody() public {
        IPhases.Phase memory its = phase(PRICE);
        its.allowed = AllowTree.root(listed());
        uint256 drop = opened(looms, 5, list(its, phase(PRICE)));
        // Of a list, the copy is worth nothing.
        vm.expectRevert(abi.encodeWithSelector(IPhases.NotAllowed.selector, CAROL, 2));
        vm.prank(CAROL);
        DROPS.mint{value: PRICE}(drop, 0, 1, allowance(0));
        vm.prank(ALICE);
        DROPS.mint{value: PRICE}(drop, 0, 1, allowance(0));
        // Of the others, the copier pays, and buys for itself.
        mints(CAROL, drop, 1, 1);
        mints(ALICE, drop, 1, 1);
        expectOwner(SPLIT, ALICE);
        expectOwner(SPLIT + 1, CAROL);
        expectOwner(SPLIT + 2, ALICE);
        eq(CAROL.balance, FUNDS - PRICE, "paid");
    }

    function test_a_proof_of_another_account_or_number_or_list_is_refused() public {
        IPhases.Phase memory its = phase(PRICE);
        its.allowed = AllowTree.root(listed());
        AllowTree.Entry[] memory others = listed();
        others[3].account = address(this);
        IPhases.Phase memory other = its;
        uint256 drop = opened(looms, 20, list(its));
        other.allowed = AllowTree.root(others);
        uint256 second = opened(looms, 20, list(other, its));
        _refused(CAROL, drop, 0, allowance(0));
        IPhases.Allowance memory more = allowance(0);
        more.most = 3;
        _refused(ALICE, drop, 0, more);
        // What the one drop's list says is no list of the other, nor of another phase.
        _refused(ALICE, second, 0, allowance(0));
        vm.prank(ALICE);
        DROPS.mint{value: PRICE}(second, 0, 1, IPhases.Allowance(2, AllowTree.proof(others, 0)));
        _refused(ALICE, drop, 0, IPhases.Allowance(2, AllowTree.proof(others, 0)));
        IPhases.Allowance memory shorter = allowance(0);
        shorter.proof = new bytes32[](0);
        _refused(ALICE, drop, 0, shorter);
        _refused(ALICE, drop, 0, anybody());
    }

    /// Whoever makes the list could otherwise hide in it an entry that is a node: two hashes that read as an account and a number.
    function test_a_node_of_a_tree_is_no_entry_of_the_list() public {
        bytes32 sibling = keccak256("sibling");
        IPhases.Phase memory its = phase(PRICE);
        its.allowed = AllowTree.pair(keccak256(abi.encode(ALICE, uint256(20))), sibling);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = sibling;
        uint256 drop = opened(looms, 20, list(its));
        _refused(ALICE, drop, 0, IPhases.Allowance(20, proof));
        its.allowed = keccak256(abi.encode(ALICE, uint256(20)));
        drop = opened(looms, 20, list(its));
        _refused(ALICE, drop, 0, IPhases.Allowance(20, new bytes32[](0)));
    }

    function test_threat_14_a_buyer_that_calls_back_gets_no_more_than_its_limit() public {
        IPhases.Phase memory its = phase(PRICE);
        its.perWallet = 3;
        uint256 drop = opened(prints, 20, list(its));
        Hoarder buyer = _buyer();
        buyer.plan(Hoarder.Mood.Reenter, 5);
        buyer.calls(address(DROPS), 2 * PRICE, abi.encodeCall(DROPS.mint, (drop, 0, 2, anybody())));
        buyer.perform(address(DROPS), 2 * PRICE, abi.encodeCall(DROPS.mint, (drop, 0, 2, anybody())));
        eq(buyer.attempts(), 1, "tried");
        eq(buyer.successes(), 0, "in vain");
        eq(copiesOf(address(buyer), SPLIT), 2, "two");
        eq(DROPS.boughtBy(drop, 0, address(buyer)), 2, "counted");
        buyer.perform(address(DROPS), PRICE, abi.encodeCall(DROPS.mint, (drop, 0, 1, anybody())));
        vm.expectRevert(abi.encodeWithSelector(IPhases.AllowanceExceeded.selector, address(buyer), 1, 0));
        buyer.perform(address(DROPS), PRICE, abi.encodeCall(DROPS.mint, (drop, 0, 1, anybody())));
    }

    function test_threat_14_a_buyer_that_calls_back_is_paid_nothing_twice() public {
        uint256 drop = opened(prints, 20);
        Hoarder buyer = _buyer();
        vm.prank(creator);
        uint256 own = DROPS.open(IDrops.Terms(prints, address(buyer), 5), list(phase(PRICE)));
        buyer.plan(Hoarder.Mood.Refuse, 0);
        mints(ALICE, own, 1);
        uint256 credit = DROPS.creditOf(address(buyer));
        eq(credit, PRICE * 99 / 100, "credited");
        buyer.plan(Hoarder.Mood.Reenter, 5);
        buyer.calls(address(DROPS), 0, abi.encodeCall(DROPS.withdraw, ()));
        buyer.perform(address(DROPS), PRICE + 3, abi.encodeCall(DROPS.mint, (drop, 0, 1, anybody())));
        eq(buyer.successes(), 1, "its credit is its own");
        eq(address(buyer).balance, FUNDS - PRICE + credit, "once");
        eq(address(DROPS).balance, 2 * PRICE / 100, "the fees are left");
    }

    function test_a_drop_that_is_refused_by_its_buyer_costs_nothing() public {
        uint256 drop = opened(prints, 20);
        Hoarder buyer = _buyer();
        buyer.plan(Hoarder.Mood.Refuse, 0);
        (bool done,) = address(buyer)
            .call(
                abi.encodeCall(
                    Hoarder.perform, (address(DROPS), PRICE, abi.encodeCall(DROPS.mint, (drop, 0, 1, anybody())))
                )
            );
        holds(!done, "refused");
        eq(address(buyer).balance, FUNDS, "nothing is spent");
        eq(DROPS.dropOf(drop).sold, 0, "nothing is sold");
    }

    /// What a creator sells first is not its to mint beside that, nor to cap below what it sold.
    function test_a_creator_has_no_other_way_to_what_drops_sell() public {
        opened(looms, 5);
        opened(prints, 5);
        bytes memory reason = abi.encodeWithSelector(ICreation.NotCreators.selector, SPLIT, SPLIT);
        vm.expectRevert(reason);
        vm.prank(creator);
        IEditions(prints).mint(creator, SPLIT, 1, 0);
        vm.expectRevert(reason);
        vm.prank(creator);
        IEditions(prints).setCap(SPLIT, 0);
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyDrops.selector, creator));
        vm.prank(creator);
        ICreation(looms).issue(creator, SPLIT, 1);
    }

    /// Accounts cost nothing: what limits people is a list, as the interface says.
    function test_many_accounts_get_around_a_limit_of_each() public {
        IPhases.Phase memory its = phase(PRICE);
        its.perWallet = 1;
        uint256 drop = opened(looms, 5, list(its));
        for (uint160 i = 1; i <= 5; ++i) {
            vm.deal(address(i), PRICE);
            mints(address(i), drop, 1);
        }
    }

    function _buyer() private returns (Hoarder buyer) {
        buyer = new Hoarder();
        vm.deal(address(buyer), FUNDS);
    }

    function _refused(address account, uint256 drop, uint256 which, IPhases.Allowance memory its) private {
        vm.expectRevert(abi.encodeWithSelector(IPhases.NotAllowed.selector, account, its.most));
        vm.prank(account);
        DROPS.mint{value: PRICE}(drop, which, 1, its);
    }
}
