// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {INftFactory} from "../src/interfaces/INftFactory.sol";
import {LibClone} from "solady/utils/LibClone.sol";
import {Ownable} from "solady/auth/Ownable.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, holds, vm} from "./Vm.sol";

contract NftFactoryTest is CreationWorld {
    bytes32 private constant SALT = "salt";
    ICreation.Policy private constant OPEN = ICreation.Policy.Open;

    function test_a_collection_is_made_where_it_was_foreseen() public {
        address foreseen = FACTORY.collectionAt(creator, SALT);
        ICreation.Terms memory its = terms(OPEN);
        vm.expectEmit();
        emit INftFactory.CollectionCreated(foreseen, creator, SALT);
        vm.expectEmit();
        emit Ownable.OwnershipTransferred(address(0), creator);
        vm.expectEmit();
        emit ICreation.Created(creator, its);
        vm.prank(creator);
        address made = FACTORY.createCollection(its, SALT);
        eq(made, foreseen, "address");
        eq(FACTORY.collectionAt(creator, SALT), made, "still");
        holds(FACTORY.isCollection(made) && !FACTORY.isEditions(made), "known");
        eq(Ownable(made).owner(), creator, "creator");
        _isCloneOf(made, Predeploys.COLLECTION);
        eq(made.codehash, Predeploys.COLLECTION_CLONE, "by which exchanges know it");
    }

    function test_editions_are_made_where_they_were_foreseen() public {
        address foreseen = FACTORY.editionsAt(creator, SALT);
        ICreation.Terms memory its = terms(OPEN);
        vm.expectEmit();
        emit INftFactory.EditionsCreated(foreseen, creator, SALT);
        vm.expectEmit();
        emit Ownable.OwnershipTransferred(address(0), creator);
        vm.expectEmit();
        emit ICreation.Created(creator, its);
        vm.prank(creator);
        address made = FACTORY.createEditions(its, SALT);
        eq(made, foreseen, "address");
        eq(FACTORY.editionsAt(creator, SALT), made, "still");
        holds(FACTORY.isEditions(made) && !FACTORY.isCollection(made), "known");
        eq(Ownable(made).owner(), creator, "creator");
        _isCloneOf(made, Predeploys.EDITIONS);
    }

    function test_creators_make_what_is_their_own() public {
        ICreation.Terms memory its = terms(OPEN);
        bytes memory reason = abi.encodeWithSelector(INftFactory.NotCreator.selector, creator, ALICE);
        vm.expectRevert(reason);
        vm.prank(ALICE);
        FACTORY.createCollection(its, SALT);
        vm.expectRevert(reason);
        vm.prank(ALICE);
        FACTORY.createEditions(its, SALT);
    }

    function test_nobody_takes_an_address_that_is_anothers() public {
        ICreation.Terms memory its = terms(OPEN);
        its.creator = ALICE;
        vm.prank(ALICE);
        address hers = FACTORY.createCollection(its, SALT);
        holds(hers != FACTORY.collectionAt(creator, SALT), "another");
        eq(hers, FACTORY.collectionAt(ALICE, SALT), "her own");
        vm.prank(creator);
        eq(FACTORY.createCollection(terms(OPEN), SALT), FACTORY.collectionAt(creator, SALT), "as it was");
    }

    function test_a_salt_makes_one_of_each_kind() public {
        ICreation.Terms memory its = terms(OPEN);
        vm.prank(creator);
        address first = FACTORY.createCollection(its, SALT);
        vm.prank(creator);
        address second = FACTORY.createEditions(its, SALT);
        vm.expectRevert(abi.encodeWithSelector(INftFactory.SaltUsed.selector, first));
        vm.prank(creator);
        FACTORY.createCollection(its, SALT);
        vm.expectRevert(abi.encodeWithSelector(INftFactory.SaltUsed.selector, second));
        vm.prank(creator);
        FACTORY.createEditions(its, SALT);
    }

    /// The same bytes, made by somebody else: nobody can ever say what such a one is.
    function test_a_clone_that_is_not_from_here_is_not_known() public {
        address foreign = LibClone.clone(Predeploys.COLLECTION);
        holds(!FACTORY.isCollection(foreign) && !FACTORY.isEditions(foreign), "collection");
        foreign = LibClone.clone(Predeploys.EDITIONS);
        holds(!FACTORY.isCollection(foreign) && !FACTORY.isEditions(foreign), "editions");
        holds(!FACTORY.isCollection(Predeploys.COLLECTION), "what is cloned");
        holds(!FACTORY.isEditions(Predeploys.EDITIONS), "what is cloned");
        ICreation.Terms memory its = terms(OPEN);
        vm.expectRevert(abi.encodeWithSelector(ICreation.OnlyFactory.selector, address(this)));
        ICreation(foreign).initialize(its);
    }

    function test_a_creation_that_cannot_be_is_not_known() public {
        ICreation.Terms memory its = terms(OPEN);
        its.royaltyBps = 1001;
        bytes memory reason = abi.encodeWithSelector(ICreation.RoyaltyTooHigh.selector, 1001, 1000);
        vm.expectRevert(reason);
        vm.prank(creator);
        FACTORY.createCollection(its, SALT);
        vm.expectRevert(reason);
        vm.prank(creator);
        FACTORY.createEditions(its, SALT);
        holds(!FACTORY.isCollection(FACTORY.collectionAt(creator, SALT)), "collection");
        holds(!FACTORY.isEditions(FACTORY.editionsAt(creator, SALT)), "editions");
    }

    function _isCloneOf(address made, address implementation) private view {
        bytes memory code =
            abi.encodePacked(hex"3d3d3d3d363d3d37363d73", implementation, hex"5af43d3d93803e602a57fd5bf3");
        eq(keccak256(made.code), keccak256(code), "clone");
    }
}
