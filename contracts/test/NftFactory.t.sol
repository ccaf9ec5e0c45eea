// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CreationWorld} from "./CreationWorld.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {eq, holds} from "./Vm.sol";

contract NftFactoryTest is CreationWorld {
    function test_a_collection_is_a_clone_of_its_terms() public {
        ICollection token = collection(ICreation.Policy.Open);
        holds(FACTORY.isCollection(address(token)), "known");
        eq(keccak256(bytes(token.name())), keccak256("Looms"), "name");
        minted(token, ALICE, 3);
        eq(token.ownerOf(3), ALICE, "minted");
        moved(token, ALICE, BOB, 3);
        eq(token.nonces(3), 1, "nonce");
        eq(token.ownerOf(3), BOB, "moved");
        eq(token.heldSince(3), START, "since");
    }
}
