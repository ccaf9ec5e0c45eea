// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. What burns has something, as it has on a chain,
/// and there were auctions before.
contract AuctionsGasTest is AuctionsWorld {
    uint256 private constant BID_GAS_MOST = 70_000;

    function setUp() public override {
        super.setUp();
        vm.deal(Predeploys.BURN, 1);
        opened(1);
    }

    function test_gas_of_an_auction() public {
        bytes32 auction = opened(10);
        vm.snapshotGasLastCall("Auctions", "open, 10 jobs of 8 bytes");
        address[4] memory bidders = [bidder(0), bidder(1), bidder(2), bidder(3)];
        commits(auction, bidders[0], 100, 6);
        holds(
            vm.snapshotGasLastCall("Auctions", "commit, the first") <= BID_GAS_MOST,
            "the first commitment costs more than it may"
        );
        commits(auction, bidders[1], 101, 8);
        holds(vm.snapshotGasLastCall("Auctions", "commit") <= BID_GAS_MOST, "a commitment costs more than it may");
        commits(auction, bidders[2], 101, 3);
        commits(auction, bidders[3], 255, 1);
        rollToReveal(auction);
        reveals(auction, bidders[0]);
        holds(
            vm.snapshotGasLastCall("Auctions", "reveal, the first at its ticks") <= BID_GAS_MOST,
            "the first to reveal pays more than it may"
        );
        reveals(auction, bidders[1]);
        holds(vm.snapshotGasLastCall("Auctions", "reveal") <= BID_GAS_MOST, "a reveal costs more than it may");
        reveals(auction, bidders[2]);
        rollToClear(auction);
        _clear(auction);
        vm.snapshotGasLastCall("Auctions", "clear, 10 jobs of 8 bytes, 2 words of ticks");
        followed(auction);
        takesWon(auction, bidders[0], 6);
        vm.snapshotGasLastCall("Auctions", "take, 6 jobs, all that was won");
        rollToDraw(auction, MIX);
        address[] memory two = new address[](2);
        (two[0], two[1]) = (bidders[1], bidders[2]);
        two = sorted(auction, two);
        AUCTIONS.draw(auction, two);
        vm.snapshotGasLastCall("Auctions", "draw, 2 bidders");
        takesWon(auction, two[0], 1);
        vm.snapshotGasLastCall("Auctions", "take, 1 job of more that were won");
        vm.warp(START + DRAW_SECONDS + CLAIM_SECONDS + 1);
        AUCTIONS.close(auction, two);
        vm.snapshotGasLastCall("Auctions", "close, 2 bids");
        takesWon(auction, bidders[3], 1);
        vm.snapshotGasLastCall("Auctions", "take, 1 job, by anybody");
    }

    /// Somebody bid at every eighth tick, and nobody who could fill the order.
    function test_gas_of_the_longest_climb() public {
        bytes32 auction = opened(100);
        for (uint256 i = 0; i < 32; ++i) {
            commits(auction, bidder(i), 8 * i + 1, 3);
        }
        rollToReveal(auction);
        for (uint256 i = 0; i < 32; ++i) {
            reveals(auction, bidder(i));
        }
        rollToClear(auction);
        _clear(auction);
        vm.snapshotGasLastCall("Auctions", "clear, 100 jobs of 8 bytes, 32 words of ticks");
    }

    function test_gas_of_a_long_draw() public {
        bytes32 auction = opened(100);
        address[] memory bidders = new address[](100);
        for (uint256 i = 0; i < 100; ++i) {
            bidders[i] = bidder(i);
            commits(auction, bidders[i], 7, 2);
        }
        rollToReveal(auction);
        for (uint256 i = 0; i < 100; ++i) {
            reveals(auction, bidders[i]);
        }
        rollToClear(auction);
        clears(auction);
        rollToDraw(auction, MIX);
        bidders = sorted(auction, bidders);
        AUCTIONS.draw(auction, bidders);
        vm.snapshotGasLastCall("Auctions", "draw, 100 bidders");
    }

    function test_gas_of_a_bid_where_edge_nodes_come_first() public {
        IAuctions.Offer memory wanted = offer(10);
        wanted.providersAfter = 100;
        bytes32 auction = opened(ALICE, MOST, wanted);
        commits(auction, bidder(0), 100, 6);
        uint256 gas = vm.snapshotGasLastCall("Auctions", "commit, where edge nodes come first");
        holds(gas <= BID_GAS_MOST, "a commitment costs more than it may");
        rollToReveal(auction);
        reveals(auction, bidder(0));
        gas = vm.snapshotGasLastCall("Auctions", "reveal, the first at its ticks, where edge nodes come first");
        holds(gas <= BID_GAS_MOST, "a reveal costs more than it may");
    }

    function test_gas_of_other_ends() public {
        bytes32 unbid = opened(10);
        bytes32 forgotten = opened(10);
        rollToClear(unbid);
        _clear(unbid);
        vm.snapshotGasLastCall("Auctions", "clear, 10 jobs of 8 bytes, no bids");
        vm.roll(uint256(auctionTerms[forgotten].revealUntil) + 4097);
        AUCTIONS.void(forgotten);
        vm.snapshotGasLastCall("Auctions", "void");
        vm.prank(ALICE);
        AUCTIONS.withdraw();
        vm.snapshotGasLastCall("Auctions", "withdraw");
    }

    /// @dev Nothing is asked afterwards, which would be the last call.
    function _clear(bytes32 auction) private {
        orderFor[auction] = AUCTIONS.clear(auction, auctionTerms[auction], inputsFor[auction]);
    }
}
