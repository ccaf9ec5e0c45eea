// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "./AllowTree.sol";
import {CreationWorld} from "./CreationWorld.sol";
import {Drops} from "../src/nft/Drops.sol";
import {ICollection} from "../src/interfaces/ICollection.sol";
import {ICreation} from "../src/interfaces/ICreation.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IEditions} from "../src/interfaces/IEditions.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Drops where genesis puts them, by runtime code alone, a collection and editions to sell, and some who buy.
abstract contract DropsWorld is CreationWorld {
    IDrops internal constant DROPS = IDrops(Predeploys.DROPS);

    uint128 internal constant PRICE = 10e18;
    uint256 internal constant FUNDS = 1_000_000e18;
    uint40 internal constant DAY = 1 days;

    address internal looms;
    address internal prints;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.DROPS, address(new Drops()).code);
        looms = address(collection(ICreation.Policy.Open));
        prints = address(editions(ICreation.Policy.Open));
        vm.deal(ALICE, FUNDS);
        vm.deal(BOB, FUNDS);
        vm.deal(CAROL, FUNDS);
    }

    /// @dev For the studio, in one phase that begins now.
    function opened(address creation, uint32 count) internal returns (uint256) {
        return opened(creation, count, list(phase(PRICE)));
    }

    function opened(address creation, uint32 count, IPhases.Phase[] memory phases) internal returns (uint256) {
        vm.prank(creator);
        return DROPS.open(IDrops.Terms(creation, STUDIO, count), phases);
    }

    /// @dev For just what it costs, in the first phase.
    function mints(address buyer, uint256 drop, uint256 quantity) internal {
        mints(buyer, drop, 0, quantity);
    }

    function mints(address buyer, uint256 drop, uint256 which, uint256 quantity) internal {
        uint256 price = quantity * DROPS.priceOf(drop, which, block.timestamp);
        vm.prank(buyer);
        DROPS.mint{value: price}(drop, which, quantity, anybody());
    }

    /// @dev From now on for a day, at this price, with no limits.
    function phase(uint128 price) internal view returns (IPhases.Phase memory its) {
        (its.price, its.endPrice) = (price, price);
        (its.from, its.until) = (uint40(block.timestamp), uint40(block.timestamp) + DAY);
    }

    /// @dev For ALICE two, for BOB three, for CAROL one and for the holder none.
    function listed() internal view returns (AllowTree.Entry[] memory entries) {
        entries = new AllowTree.Entry[](4);
        entries[0] = AllowTree.Entry(ALICE, 2);
        entries[1] = AllowTree.Entry(BOB, 3);
        entries[2] = AllowTree.Entry(CAROL, 1);
        entries[3] = AllowTree.Entry(holder, 0);
    }

    function allowance(uint256 index) internal view returns (IPhases.Allowance memory) {
        AllowTree.Entry[] memory entries = listed();
        return IPhases.Allowance(entries[index].most, AllowTree.proof(entries, index));
    }

    function anybody() internal pure returns (IPhases.Allowance memory none) {}

    function list(IPhases.Phase memory one) internal pure returns (IPhases.Phase[] memory all) {
        all = new IPhases.Phase[](1);
        all[0] = one;
    }

    function list(IPhases.Phase memory one, IPhases.Phase memory two)
        internal
        pure
        returns (IPhases.Phase[] memory all)
    {
        all = new IPhases.Phase[](2);
        (all[0], all[1]) = (one, two);
    }

    function expectOwner(uint256 id, address owner) internal view {
        eq(ICollection(looms).ownerOf(id), owner, "owner");
    }

    function copiesOf(address owner, uint256 id) internal view returns (uint256) {
        return IEditions(prints).balanceOf(owner, id);
    }
}
