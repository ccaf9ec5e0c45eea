// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bid, Bids} from "../src/types/Bid.sol";
import {Ladder, Ladders} from "../src/types/Ladder.sol";
import {eq, holds, vm, within} from "./Vm.sol";

/// @dev The words that auctions are kept in.
contract AuctionsTypesTest {
    using Ladders for Ladder;

    Ladder private _ladder;
    uint256[257] private _units;

    function testFuzz_a_sealed_bid_opens_by_its_commitment_alone(bytes32 commitment, bytes32 other, uint64 gwei_)
        public
        pure
    {
        Bid bid = Bids.sealing(commitment, gwei_);
        holds(!bid.isNone() && bid.isSealed() && !bid.isRevealed(), "sealed");
        eq(bid.gweiOf(), gwei_, "gwei");
        eq(bid.deposit(), uint256(gwei_) * 1e9, "deposit");
        holds(bid.isOf(commitment), "of its commitment");
        holds(bid.isOf(other) == (uint256(commitment) >> 72 == uint256(other) >> 72), "of no other");
    }

    function testFuzz_a_revealed_bid_keeps_its_deposit(
        bytes32 commitment,
        uint64 gwei_,
        uint16 tick,
        uint32 units,
        uint32 taken
    ) public pure {
        Bid bid = Bids.sealing(commitment, gwei_).opened(tick, units);
        holds(!bid.isNone() && !bid.isSealed() && bid.isRevealed(), "revealed");
        holds(!bid.isOf(commitment), "opens once");
        eq(bid.taken(), 0, "nothing taken");
        bid = bid.withTaken(7).withTaken(taken);
        eq(bid.gweiOf(), gwei_, "gwei");
        eq(bid.tick(), tick, "tick");
        eq(bid.units(), units, "units");
        eq(bid.taken(), taken, "taken");
    }

    /// What is added at one tick is at no other, and the climb stops where a count of each tick by itself does.
    function testFuzz_a_climb_is_a_count(uint256 seed, uint256 bids, uint256 count) public {
        bids = within(bids, 0, 40);
        count = within(count, 1, 200);
        uint256 rungs;
        for (uint256 i = 0; i < bids; ++i) {
            uint256 raw = uint256(keccak256(abi.encode(seed, i)));
            (uint256 tier, uint256 units) = (within(raw, 1, 256), within(raw >> 128, 1, 9));
            rungs |= _ladder.add(tier, uint32(units));
            _units[tier] += units;
        }
        uint256 expected = 1;
        uint256 passed;
        while (expected < 257 && passed + _units[expected] <= count) {
            passed += _units[expected++];
        }
        (uint256 tick, uint256 below, uint256 level) = _ladder.climb(rungs, count);
        eq(tick, expected, "tick");
        eq(below, passed, "below");
        eq(level, expected == 257 ? 0 : _units[expected], "units there");
        for (uint256 index = 0; index < 32; ++index) {
            eq(_ladder.words[index], 0, "nothing is left");
        }
    }

    function test_a_tick_that_is_full_spills_into_no_other() public {
        _ladder.add(3, type(uint32).max);
        _ladder.add(4, 5);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 32, 2 ** 32));
        this.overfill();
        (uint256 tick, uint256 below, uint256 level) = _ladder.climb(1, type(uint32).max);
        eq(tick, 4, "tick");
        eq(below, type(uint32).max, "below");
        eq(level, 5, "units there");
    }

    function overfill() external {
        _ladder.add(3, 1);
    }
}
