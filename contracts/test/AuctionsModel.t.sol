// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AuctionsWorld} from "./AuctionsWorld.sol";
import {IAuctions} from "../src/interfaces/IAuctions.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev Auctions beside the rule itself: every unit that is bid by itself, all sorted, and the first of them win. The order of units of one tick is that of
/// their bidders' priorities.
contract AuctionsModelTest is AuctionsWorld {
    uint256 private constant BIDDERS = 8;

    struct Unit {
        uint256 tick;
        uint256 priority;
        address bidder;
    }

    /// @dev What an auction comes to.
    struct Outcome {
        uint256 price;
        uint256[] won;
    }

    /// Sorting all units and walking the histogram come to the same price and to the same winners.
    function testFuzz_price_and_winners_are_those_of_the_rule(uint256 seed, uint256 size, uint256 spread) public {
        (bytes32 auction, address[] memory bidders) = _bid(seed, size, spread);
        Outcome memory outcome = _outcome(auction, bidders, seed);
        Unit[] memory units = _sorted(auction, bidders);
        uint256 count = auctionTerms[auction].count;
        uint256 tick = units.length > count ? units[count].tick : 256;
        eq(outcome.price, uint256(MOST) * tick / 256, "the first unit that was not needed");
        uint256 assigned;
        for (uint256 i = 0; i < BIDDERS; ++i) {
            uint256 wins;
            for (uint256 j = 0; j < units.length && j < count; ++j) {
                if (units[j].bidder == bidders[i]) ++wins;
            }
            // Of the margin's tick alone nobody is drawn, where none of its units is among the first.
            eq(outcome.won[i], wins, "the first of all units");
            assigned += outcome.won[i];
        }
        eq(assigned, units.length < count ? units.length : count, "as many as there are, and no more");
    }

    /// Whoever reveals first, and whoever draws, in whatever parts: nothing is other than it would have been.
    function testFuzz_threat_9_the_order_of_transactions_decides_nothing(
        uint256 seed,
        uint256 size,
        uint256 spread,
        uint256 shuffle
    ) public {
        uint256 state = vm.snapshotState();
        (bytes32 auction, address[] memory bidders) = _sealed(seed, size, spread);
        _reveal(auction, bidders);
        Outcome memory straight = _outcome(auction, bidders, seed);
        holds(vm.revertToState(state), "back");
        (bytes32 again, address[] memory same) = _sealed(seed, size, spread);
        eq(again, auction, "the same auction");
        _reveal(auction, _shuffled(same, shuffle));
        Outcome memory shuffled = _outcome(auction, bidders, shuffle);
        eq(shuffled.price, straight.price, "price");
        for (uint256 i = 0; i < BIDDERS; ++i) {
            eq(shuffled.won[i], straight.won[i], "won");
        }
    }

    /// No bidder is paid less than it bid, and what one of a single unit bids does not move what it is paid.
    function testFuzz_bidding_what_it_costs_is_best_for_who_bids_one_unit(
        uint256 seed,
        uint256 size,
        uint256 spread,
        uint256 cost,
        uint256 lie
    ) public {
        (cost, lie) = (within(cost, 1, 256), within(lie, 1, 256));
        uint256 state = vm.snapshotState();
        uint256 honest = _gain(seed, size, spread, cost, cost);
        holds(vm.revertToState(state), "back");
        uint256 lied = _gain(seed, size, spread, lie, cost);
        // In hundredths of a TFUEL from a common zero, so that a loss is less than nothing. At the margin chance decides: a gain there is none.
        holds(lied <= honest, "a lie pays");
    }

    /// @return gain by one unit that costs `cost` ticks and is bid at `tick`, plus 256 ticks
    function _gain(uint256 seed, uint256 size, uint256 spread, uint256 tick, uint256 cost)
        private
        returns (uint256 gain)
    {
        (bytes32 auction, address[] memory bidders) = _sealed(seed, size, spread);
        address one = bidder(BIDDERS);
        commits(auction, one, tick, 1);
        _reveal(auction, bidders);
        reveals(auction, one);
        address[] memory all = new address[](BIDDERS + 1);
        for (uint256 i = 0; i < BIDDERS; ++i) {
            all[i] = bidders[i];
        }
        all[BIDDERS] = one;
        Outcome memory outcome = _outcome(auction, all, seed);
        gain = 256;
        if (outcome.won[BIDDERS] == 1) gain = gain + outcome.price / TICK - cost;
    }

    function _bid(uint256 seed, uint256 size, uint256 spread)
        private
        returns (bytes32 auction, address[] memory bidders)
    {
        (auction, bidders) = _sealed(seed, size, spread);
        _reveal(auction, bidders);
    }

    /// @dev Of 1 to 12 jobs; ticks within a range that is narrow half of the time, so that many meet at one.
    function _sealed(uint256 seed, uint256 size, uint256 spread)
        private
        returns (bytes32 auction, address[] memory bidders)
    {
        uint256 count = within(size, 1, 12);
        auction = opened(uint32(count));
        bidders = new address[](BIDDERS);
        uint256 lowest = within(spread >> 16, 1, 254);
        uint256 highest = spread % 2 == 0 ? lowest + 2 : 256;
        for (uint256 i = 0; i < BIDDERS; ++i) {
            bidders[i] = bidder(i);
            uint256 raw = uint256(keccak256(abi.encode(seed, i)));
            uint256 units = within(raw >> 128, 1, count < 4 ? count : 4);
            commits(auction, bidders[i], within(raw, lowest, highest), units);
        }
    }

    function _reveal(bytes32 auction, address[] memory bidders) private {
        rollToReveal(auction);
        for (uint256 i = 0; i < bidders.length; ++i) {
            reveals(auction, bidders[i]);
        }
    }

    function _outcome(bytes32 auction, address[] memory bidders, uint256 parts)
        private
        returns (Outcome memory outcome)
    {
        rollToClear(auction);
        uint256 order = clears(auction);
        outcome.price = termsOf[order].price;
        rollToDraw(auction, MIX);
        IAuctions.Auction memory its = AUCTIONS.auctionOf(auction);
        if (its.rest != 0) _draw(auction, bidders, its.margin, parts);
        outcome.won = new uint256[](bidders.length);
        for (uint256 i = 0; i < bidders.length; ++i) {
            outcome.won[i] = wonBy(auction, bidders[i]);
        }
    }

    /// @dev In one, or one by one.
    function _draw(bytes32 auction, address[] memory bidders, uint256 margin, uint256 parts) private {
        address[] memory order = sorted(auction, _copied(bidders));
        address[] memory marginal = new address[](order.length);
        uint256 count;
        for (uint256 i = 0; i < order.length; ++i) {
            if (sealedBy[auction][order[i]].tick == margin) marginal[count++] = order[i];
        }
        address[] memory all = new address[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = marginal[i];
            if (parts % 2 == 0) AUCTIONS.draw(auction, list(all[i]));
        }
        if (parts % 2 == 1) AUCTIONS.draw(auction, all);
    }

    function _sorted(bytes32 auction, address[] memory bidders) private view returns (Unit[] memory units) {
        uint256 total;
        for (uint256 i = 0; i < BIDDERS; ++i) {
            total += sealedBy[auction][bidders[i]].units;
        }
        units = new Unit[](total);
        uint256 filled;
        for (uint256 i = 0; i < BIDDERS; ++i) {
            Sealed memory bid = sealedBy[auction][bidders[i]];
            for (uint256 j = 0; j < bid.units; ++j) {
                Unit memory unit = Unit(bid.tick, uint256(AUCTIONS.priorityOf(auction, bidders[i])), bidders[i]);
                uint256 place = filled++;
                for (; place > 0 && _isBefore(unit, units[place - 1]); --place) {
                    units[place] = units[place - 1];
                }
                units[place] = unit;
            }
        }
    }

    function _isBefore(Unit memory one, Unit memory other) private pure returns (bool) {
        return one.tick < other.tick || (one.tick == other.tick && one.priority < other.priority);
    }

    function _copied(address[] memory all) private pure returns (address[] memory copy) {
        copy = new address[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            copy[i] = all[i];
        }
    }

    function _shuffled(address[] memory all, uint256 seed) private pure returns (address[] memory) {
        for (uint256 i = all.length - 1; i > 0; --i) {
            uint256 j = uint256(keccak256(abi.encode(seed, i))) % (i + 1);
            (all[i], all[j]) = (all[j], all[i]);
        }
        return all;
    }
}
