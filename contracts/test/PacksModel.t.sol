// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IPacks} from "../src/interfaces/IPacks.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {PacksWorld} from "./PacksWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Vm, eq, vm, within} from "./Vm.sol";

/// @dev Anybody checks a sale by what is public: events, mixes of the beacon, and what the interface says of them. Here it is done the slow
/// way, with every token in a row, and finds the same ids.
contract PacksModelTest is PacksWorld {
    /// @dev Whatever the events say of a sale, and tokens that are left, each by its tier.
    struct Model {
        bytes32 commitment;
        uint256 openedAt;
        uint256 roundBlocks;
        uint256 size;
        bool editions;
        uint256[] firsts;
        uint256[] drawn;
        uint256[] left;
        uint256[] roundOfPack;
        bytes32[] seedOfRound;
        address[] buyers;
    }

    Model private _model;
    bytes32 private _known;
    uint256 private _opened;

    function testFuzz_a_collections_sale_is_what_the_public_record_says(uint256 seed) public {
        _check(looms, seed);
    }

    function testFuzz_a_sale_of_editions_is_what_the_public_record_says(uint256 seed) public {
        _check(prints, seed);
    }

    /// A whole sale in random rounds, quantities and openings; some is left unsold.
    function _check(address creation, uint256 seed) private {
        vm.recordLogs();
        uint256 size = within(seed, 1, 16);
        uint32[] memory tiers = _tiers(seed, size);
        uint256 sale = packed(creation, uint8(size), tiers);
        uint256 packs = PACKS.saleOf(sale).packs;
        uint256 round;
        for (uint256 sold = 0; sold < packs && round < ROUNDS; ++round) {
            uint256 raw = uint256(keccak256(abi.encode(seed, round)));
            if (raw % 4 == 0) continue;
            rollToRound(sale, round);
            vm.roll(block.number + 2 * DELAY + 1);
            for (uint256 i = 0; i < within(raw >> 8, 1, 3) && sold < packs; ++i) {
                uint256 quantity = within(raw >> 16 + 8 * i, 1, packs - sold < 5 ? packs - sold : 5);
                buys(raw >> i & 1 == 0 ? ALICE : BOB, sale, quantity);
                sold += quantity;
            }
            // By mixes that no test knows better than the chain.
            records(sale, keccak256(abi.encode("mix", raw)));
            PACKS.reveal(sale, secretOf(sale, round));
            if (raw >> 100 & 1 == 0) PACKS.openNext(sale, within(raw >> 104, 1, 9));
        }
        if (PACKS.progressOf(sale).opened != PACKS.progressOf(sale).settled) opens(sale);
        _read(vm.getRecordedLogs());
        eq(_opened, PACKS.progressOf(sale).settled, "all packs were opened");
    }

    /// @dev In the order in which it happened.
    function _read(Vm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != Predeploys.PACKS) continue;
            bytes32 topic = logs[i].topics[0];
            if (topic == IPacks.SaleOpened.selector) _begin(logs[i]);
            if (topic == IPacks.PacksBought.selector) _sell(logs[i]);
            if (topic == IPacks.RoundRevealed.selector) _reveal(logs[i]);
            if (topic == IPacks.PackOpened.selector) _expect(logs[i]);
        }
    }

    function _begin(Vm.Log memory log) private {
        (IPacks.Terms memory its, uint256 first, uint32[] memory tiers,) =
            abi.decode(log.data, (IPacks.Terms, uint256, uint32[], IPhases.Phase[]));
        (_model.commitment, _model.roundBlocks, _model.size) = (its.commitment, its.roundBlocks, its.size);
        _model.openedAt = HEIGHT;
        _model.editions = FACTORY.isEditions(its.creation);
        for (uint256 tier = 0; tier < tiers.length; ++tier) {
            _model.firsts.push(first);
            _model.drawn.push(0);
            first += _model.editions ? 1 : tiers[tier];
            for (uint256 i = 0; i < tiers[tier]; ++i) {
                _model.left.push(tier);
            }
        }
        for (uint256 i = 0; i < ROUNDS; ++i) {
            _model.seedOfRound.push(0);
        }
        _known = its.commitment;
    }

    function _sell(Vm.Log memory log) private {
        (, uint256 first, uint256 quantity, uint256 round,,) =
            abi.decode(log.data, (uint256, uint256, uint256, uint256, uint256, uint256));
        eq(first, _model.roundOfPack.length, "numbers follow each other");
        for (uint256 i = 0; i < quantity; ++i) {
            _model.roundOfPack.push(round);
            _model.buyers.push(address(uint160(uint256(log.topics[2]))));
        }
    }

    /// @dev The secret is what was committed to, and the height the one that follows from the round.
    function _reveal(Vm.Log memory log) private {
        (bytes32 secret, uint256 height, bytes32 seed,,) =
            abi.decode(log.data, (bytes32, uint256, bytes32, uint256, uint256));
        uint256 round = uint256(log.topics[2]);
        bytes32 hash = keccak256(abi.encode(secret));
        while (hash != _known) hash = keccak256(abi.encode(hash));
        _known = secret;
        eq(height, _model.openedAt + (round + 1) * _model.roundBlocks + 15, "height");
        bytes32 purpose = keccak256(abi.encode(uint256(log.topics[1]), round, secret));
        bytes32 expected = keccak256(abi.encode(block.chainid, log.emitter, purpose, height, BEACON.mixAt(height)));
        eq(seed, expected, "seed of the round");
        _model.seedOfRound[round] = seed;
    }

    function _expect(Vm.Log memory log) private {
        uint256 pack = uint256(log.topics[2]);
        eq(pack, _opened++, "in order");
        eq(address(uint160(uint256(log.topics[3]))), _model.buyers[pack], "buyer");
        bytes32 seed = keccak256(abi.encode(_model.seedOfRound[_model.roundOfPack[pack]], pack));
        eq(PACKS.seedOf(uint256(log.topics[1]), pack), seed, "seed");
        uint256[] memory found = new uint256[](_model.firsts.length);
        for (uint256 i = 0; i < _model.size; ++i) {
            ++found[_take(uint256(keccak256(abi.encode(seed, i))) % _model.left.length)];
        }
        uint256[] memory ids = abi.decode(log.data, (uint256[]));
        uint256 next;
        for (uint256 tier = 0; tier < found.length; ++tier) {
            for (uint256 i = 0; i < found[tier]; ++i) {
                uint256 place = _model.drawn[tier]++;
                eq(ids[next++], _model.firsts[tier] + (_model.editions ? 0 : place), "id");
            }
        }
        eq(next, ids.length, "no more");
    }

    /// @dev Out of the row; those behind move up.
    function _take(uint256 index) private returns (uint256 tier) {
        tier = _model.left[index];
        for (uint256 i = index + 1; i < _model.left.length; ++i) {
            _model.left[i - 1] = _model.left[i];
        }
        _model.left.pop();
    }

    function _tiers(uint256 seed, uint256 size) private pure returns (uint32[] memory tiers) {
        tiers = new uint32[](within(seed >> 8, 1, 16));
        uint256 sum;
        for (uint256 i = 0; i < tiers.length; ++i) {
            tiers[i] = uint32(within(seed >> 16 + 8 * i, 1, 1 + i));
            sum += tiers[i];
        }
        // To whole packs.
        tiers[tiers.length - 1] += uint32((size - sum % size) % size);
    }
}
