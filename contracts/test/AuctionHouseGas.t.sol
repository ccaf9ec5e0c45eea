// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionHouseWorld} from "./AuctionHouseWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Receiver} from "./mocks/Receiver.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. Whoever is paid has something already, and so have
/// the house and its dues.
contract AuctionHouseGasTest is AuctionHouseWorld {
    function setUp() public override {
        super.setUp();
        vm.deal(ALICE, 1 ether);
        vm.deal(STUDIO, 1 ether);
        gold.mint(ALICE, 1 ether);
        gold.mint(STUDIO, 1 ether);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 auction = created(lotOf(strictEditions), agreedIn(currency(i)));
            bids(BOB, auction, RESERVE);
            bids(BOB, auction, 2 * RESERVE);
            ends(auction);
            settles(auction);
        }
    }

    function test_gas_of_a_collections_token() public {
        uint256 auction = created(lotOf(strict));
        _snapshot("create");
        bids(BOB, auction, RESERVE);
        _snapshot("bid, the first");
        bids(CAROL, auction, 2 * RESERVE);
        _snapshot("bid, outbids");
        vm.warp(HOUSE.auctionOf(auction).until);
        bids(DAVE, auction, 3 * RESERVE);
        _snapshot("bid, outbids and extends");
        ends(auction);
        settles(auction);
        _snapshot("settle");
        vm.prank(CAROL);
        HOUSE.withdraw();
        _snapshot("withdraw");
    }

    function test_gas_of_editions() public {
        uint256 auction = created(lotOf(strictEditions));
        _snapshot("create, editions");
        bids(BOB, auction, RESERVE);
        ends(auction);
        settles(auction);
        _snapshot("settle, editions");
    }

    function test_gas_of_a_listed_currency() public {
        uint256 auction = created(lotOf(strict), agreedIn(address(gold)));
        _snapshot("create, for a listed currency");
        bids(BOB, auction, RESERVE);
        _snapshot("bid, a listed currency");
        bids(CAROL, auction, 2 * RESERVE);
        _snapshot("bid, a listed currency, outbids");
        ends(auction);
        settles(auction);
        _snapshot("settle, a listed currency");
        vm.prank(BOB);
        HOUSE.withdrawTokens(address(gold));
        _snapshot("withdrawTokens");
        HOUSE.passOn(Predeploys.WTFUEL);
        _snapshot("passOn, WTFUEL");
    }

    function test_gas_of_other_ends() public {
        uint256 auction = created(lotOf(strict));
        vm.prank(ALICE);
        HOUSE.cancel(auction);
        _snapshot("cancel");
        auction = created(lotOf(strict));
        ends(auction);
        HOUSE.reclaim(auction);
        _snapshot("reclaim");
        auction = created(lotOf(strict));
        bids(BOB, auction, RESERVE);
        ends(auction);
        claims(BOB, auction, CAROL);
        _snapshot("claim, and pay");
        auction = created(lotOf(strictEditions));
        bids(address(receiver), auction, RESERVE);
        ends(auction);
        receiver.take(Receiver.Habit.Refuse);
        settles(auction);
        _snapshot("settle, keep for the winner");
        claims(address(receiver), auction, CAROL);
        _snapshot("claim");
    }

    function _snapshot(string memory verb) private {
        vm.snapshotGasLastCall("AuctionHouse", verb);
    }
}
