// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IRentals} from "../src/interfaces/IRentals.sol";
import {RentalsWorld} from "./RentalsWorld.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. Whoever is paid has something already, and there are
/// dues.
contract RentalsGasTest is RentalsWorld {
    function setUp() public override {
        super.setUp();
        vm.deal(STUDIO, 1 ether);
        for (uint256 i = 0; i < 3; ++i) {
            rents(BOB, offeredIn(currency(i)), DAY);
            vm.warp(block.timestamp + DAY + 1);
        }
    }

    function test_gas_of_renting() public {
        IRentals.Offer memory offer = offered();
        bytes memory consent = signed(offer);
        rents(CAROL, offer, consent, DAY);
        _snapshot("rent");
        offer = offered();
        consent = signed(offer);
        rents(CAROL, offer, consent, DAY);
        _snapshot("rent, for longer");
        vm.warp(block.timestamp + 2 * DAY + 1);
        offer = offeredIn(address(gold));
        consent = signed(offer);
        rents(CAROL, offer, consent, DAY);
        _snapshot("rent, a listed currency");
        vm.prank(holder);
        RENTALS.incrementCounter();
        _snapshot("incrementCounter");
    }

    function _snapshot(string memory verb) private {
        vm.snapshotGasLastCall("Rentals", verb);
    }
}
