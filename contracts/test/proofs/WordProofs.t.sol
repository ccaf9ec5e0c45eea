// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bid, Bids} from "../../src/types/Bid.sol";
import {Keystream} from "../../src/types/Keystream.sol";
import {Ladder, Ladders} from "../../src/types/Ladder.sol";
import {PackedPair} from "../../src/types/PackedPair.sol";
import {Requirements, RequirementsOf} from "../../src/types/Requirements.sol";
import {vm} from "../Vm.sol";

/// @dev For a prover (README.md): words in which several numbers lie. Every value of each of them, beside every value of the others.
contract WordProofs {
    using Ladders for Ladder;
    using RequirementsOf for Requirements;

    Ladder private _ladder;

    // Requirements.

    function check_requirements_are_read_as_they_were_written(
        uint16 region,
        uint16 gpuClass,
        uint16 memoryGib,
        uint64 attributes,
        uint32 stake,
        uint32 reputation
    ) external pure {
        uint256 upper = uint256(reputation) << 144 | uint256(stake) << 112 | uint256(attributes) << 48;
        Requirements word =
            Requirements.wrap(upper | uint256(memoryGib) << 32 | uint256(gpuClass) << 16 | uint256(region));
        assert(word.region() == region && word.gpuClass() == gpuClass && word.memoryGib() == memoryGib);
        assert(word.attributes() == attributes);
        assert(word.stake() == uint256(stake) * 1e18 && word.reputation() == uint256(reputation) * 1e15);
        assert(word.isKnown());
    }

    /// What its fields say is all that a known word says: two known words of the same fields are the same.
    function check_known_requirements_say_nothing_but_their_fields(uint256 one, uint256 two) external pure {
        (Requirements first, Requirements second) = (Requirements.wrap(one), Requirements.wrap(two));
        vm.assume(first.region() == second.region() && first.gpuClass() == second.gpuClass());
        vm.assume(first.memoryGib() == second.memoryGib() && first.attributes() == second.attributes());
        // Without their units: products of them are not what is proved.
        vm.assume(uint32(one >> 112) == uint32(two >> 112) && uint32(one >> 144) == uint32(two >> 144));
        vm.assume(first.isKnown());
        assert(second.isKnown() == (one == two));
    }

    // Bids.

    function check_a_sealed_bid_keeps_its_deposit_and_its_commitment(bytes32 commitment, bytes32 other, uint64 gwei_)
        external
        pure
    {
        Bid bid = Bids.sealing(commitment, gwei_);
        assert(bid.isSealed() && !bid.isRevealed() && !bid.isNone());
        assert(bid.gweiOf() == gwei_);
        assert(bid.isOf(commitment));
        assert(bid.isOf(other) == (bytes23(other) == bytes23(commitment)));
    }

    function check_an_opened_bid_keeps_its_deposit(bytes32 commitment, uint64 gwei_, uint16 tick, uint32 units)
        external
        pure
    {
        Bid bid = Bids.sealing(commitment, gwei_).opened(tick, units);
        assert(bid.isRevealed() && !bid.isSealed() && !bid.isNone() && !bid.isOf(commitment));
        assert(bid.gweiOf() == gwei_ && bid.tick() == tick && bid.units() == units && bid.taken() == 0);
    }

    function check_what_is_taken_changes_nothing_else_of_a_bid(uint256 word, uint32 taken) external pure {
        Bid before = Bid.wrap(word);
        Bid bid = before.withTaken(taken);
        assert(bid.taken() == taken);
        assert(bid.gweiOf() == before.gweiOf() && bid.tick() == before.tick() && bid.units() == before.units());
        assert(bid.isSealed() == before.isSealed() && bid.isRevealed() == before.isRevealed());
        assert(Bid.unwrap(bid.withTaken(before.taken())) == word);
    }

    // Units at ticks.

    /// Whatever is in the lowest word: what is bid at one of its ticks is added there, and no other tick of it changes.
    /// @custom:halmos --loop 40
    function check_units_are_added_at_their_tick_alone(uint256 word, uint32 units) external {
        uint256 wrong = 0;
        for (uint256 lane = 0; lane < 8; ++lane) {
            uint256 sum = uint256(uint32(word >> lane * 32)) + units;
            vm.assume(sum <= type(uint32).max);
            _ladder.words[0] = word;
            uint32 rung = _ladder.add(lane + 1, units);
            uint256 changed = _ladder.words[0] ^ word;
            wrong |= changed & ~(uint256(type(uint32).max) << lane * 32);
            wrong |= uint32(_ladder.words[0] >> lane * 32) ^ sum;
            wrong |= rung ^ 1;
        }
        assert(wrong == 0);
    }

    /// Of the lowest word and the highest, with any units at their ticks.
    /// @custom:halmos --loop 40
    function check_a_climb_ends_where_the_units_do(uint256 low, uint256 high, uint32 count) external {
        (_ladder.words[0], _ladder.words[31]) = (low, high);
        (uint256 tick, uint256 below, uint256 level) = _ladder.climb(1 | 1 << 31, count);
        assert(_ladder.words[0] == 0 && _ladder.words[31] == 0);
        assert(below <= count);
        if (tick <= Ladders.TICKS) {
            assert(below + level > count);
            assert(level == uint32((tick <= 8 ? low : high) >> (tick - 1) % 8 * 32));
        } else {
            assert(tick == Ladders.TICKS + 1 && level == 0);
        }
    }

    // Pairs of a payer and a payee.

    function check_each_part_of_a_pair_changes_alone(uint256 word, uint96 redeemed, uint64 ceiling) external pure {
        PackedPair before = PackedPair.wrap(word);
        PackedPair paid = before.withRedeemed(redeemed);
        assert(paid.redeemed() == redeemed && paid.withdrawn() == before.withdrawn());
        assert(paid.ceilingGwei() == before.ceilingGwei());
        PackedPair raised = before.withCeiling(ceiling);
        assert(raised.ceilingGwei() == ceiling);
        assert(raised.redeemed() == before.redeemed() && raised.withdrawn() == before.withdrawn());
        PackedPair emptied = before.emptied();
        assert(emptied.withdrawn() == before.redeemed() && emptied.redeemed() == before.redeemed());
        assert(emptied.ceilingGwei() == before.ceilingGwei());
    }

    // Streams.

    /// Of three words, and of lengths that end within one: what lies over data twice is gone.
    function check_a_stream_over_a_stream_is_the_data(bytes32 seed, uint64 first, bytes32 a, bytes32 b, uint256 c)
        external
        view
    {
        for (uint256 length = 64; length <= 96; length += 8) {
            bytes memory data = _ofLength(length, a, b, c);
            bytes memory twice = this.over(seed, first, this.over(seed, first, data));
            assert(twice.length == length);
            assert(keccak256(twice) == keccak256(data));
        }
    }

    /// Data that begins in the middle of a stream lies under the same blocks as where all of it is streamed at once.
    function check_a_stream_goes_on_where_it_was_cut(bytes32 seed, uint64 first, bytes32 a, bytes32 b) external view {
        bytes memory whole = this.over(seed, first, abi.encode(a, b));
        bytes memory rest = this.over(seed, uint256(first) + 1, abi.encode(b));
        bytes memory start = this.over(seed, first, abi.encode(a));
        assert(keccak256(whole) == keccak256(bytes.concat(start, rest)));
    }

    function over(bytes32 seed, uint256 first, bytes calldata data) external pure returns (bytes memory) {
        return Keystream.over(seed, first, data);
    }

    function _ofLength(uint256 length, bytes32 a, bytes32 b, uint256 c) private pure returns (bytes memory data) {
        data = abi.encode(a, b, c);
        assembly ("memory-safe") {
            mstore(data, length)
        }
    }
}
