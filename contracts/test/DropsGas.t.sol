// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AllowTree} from "./AllowTree.sol";
import {DropsWorld} from "./DropsWorld.sol";
import {IDrops} from "../src/interfaces/IDrops.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. Somebody bought before, and the payee has something.
contract DropsGasTest is DropsWorld {
    function test_gas_of_a_collections_drop() public {
        vm.deal(STUDIO, 1);
        IPhases.Phase memory listing = phase(PRICE);
        listing.allowed = AllowTree.root(_thousand());
        IPhases.Phase memory limited = phase(PRICE);
        limited.perWallet = 10;
        uint256 drop = opened(looms, 1000, list(phase(PRICE)));
        vm.snapshotGasLastCall("Drops", "open, one phase");
        uint256 other = opened(looms, 1000, list(listing, limited));
        vm.snapshotGasLastCall("Drops", "open, two phases, one of a list");
        mints(BOB, drop, 1);
        mints(ALICE, drop, 1);
        vm.snapshotGasLastCall("Drops", "mint, a token of a collection");
        mints(CAROL, drop, 10);
        vm.snapshotGasLastCall("Drops", "mint, ten tokens of a collection");
        mints(BOB, other, 1, 1);
        mints(ALICE, other, 1, 1);
        vm.snapshotGasLastCall("Drops", "mint, a token of a collection, so many for an account");
        IPhases.Allowance memory its = IPhases.Allowance(2, AllowTree.proof(_thousand(), 0));
        vm.prank(ALICE);
        DROPS.mint{value: PRICE}(other, 0, 1, its);
        vm.snapshotGasLastCall("Drops", "mint, a token of a collection, by a list of 1,024");
        vm.prank(creator);
        DROPS.close(drop);
        vm.snapshotGasLastCall("Drops", "close");
    }

    function test_gas_of_an_edition_drop() public {
        vm.deal(STUDIO, 1);
        uint256 drop = opened(prints, 1000);
        mints(BOB, drop, 1);
        mints(ALICE, drop, 1);
        vm.snapshotGasLastCall("Drops", "mint, a copy of an edition");
        mints(CAROL, drop, 10);
        vm.snapshotGasLastCall("Drops", "mint, ten copies of an edition");
        vm.prank(CAROL);
        DROPS.mint{value: 2 * PRICE}(drop, 0, 1, anybody());
        vm.snapshotGasLastCall("Drops", "mint, a copy of an edition, twice the price sent");
    }

    function _thousand() private view returns (AllowTree.Entry[] memory all) {
        all = new AllowTree.Entry[](1024);
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = AllowTree.Entry(i == 0 ? ALICE : address(uint160(i)), 2);
        }
    }
}
