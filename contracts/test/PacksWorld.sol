// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Beacon} from "../src/chain/Beacon.sol";
import {DropsWorld} from "./DropsWorld.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IPacks} from "../src/interfaces/IPacks.sol";
import {IPhases} from "../src/interfaces/IPhases.sol";
import {Packs} from "../src/nft/Packs.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Progress} from "../src/types/Progress.sol";
import {vm} from "./Vm.sol";

/// @dev Packs and the real beacon where genesis puts them, beside what `DropsWorld` has, and a creator with secrets for as many rounds as it wants.
abstract contract PacksWorld is DropsWorld {
    IPacks internal constant PACKS = IPacks(Predeploys.PACKS);
    IBeacon internal constant BEACON = IBeacon(Predeploys.BEACON);

    uint256 internal constant HEIGHT = 50_000;
    uint24 internal constant ROUND_BLOCKS = 600;
    uint16 internal constant ROUNDS = 20;
    uint256 internal constant DELAY = 16;
    uint256 internal constant REVEAL_BLOCKS = 216_000;
    uint256 internal constant HEADERS = 8191;
    /// @dev Of a pack, in the bond.
    uint256 internal constant SHARE = PRICE / 10;

    function setUp() public virtual override {
        super.setUp();
        vm.roll(HEIGHT);
        vm.etch(Predeploys.PACKS, address(new Packs()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
        vm.deal(creator, FUNDS);
    }

    /// @dev For the studio, in one phase of a year that begins now.
    function packed(address creation, uint8 size, uint32[] memory tiers) internal returns (uint256 sale) {
        return packed(termsOf(creation, size, tiers), tiers, list(year(PRICE)));
    }

    function packed(IPacks.Terms memory its, uint32[] memory tiers, IPhases.Phase[] memory phases)
        internal
        returns (uint256 sale)
    {
        uint256 bond = bondOf(its, phases);
        vm.prank(creator);
        return PACKS.open{value: bond}(its, tiers, phases);
    }

    /// @dev In the first phase, for the highest price.
    function buys(address buyer, uint256 sale, uint256 quantity) internal returns (uint256 purchase) {
        vm.prank(buyer);
        return PACKS.buy{value: quantity * PRICE}(sale, 0, quantity, anybody());
    }

    /// @dev The mix of the height that draws what was sold, and on to the next block.
    function records(uint256 sale) internal {
        records(sale, mixOf(PACKS.progressOf(sale).height));
    }

    function records(uint256 sale, bytes32 mix) internal {
        uint256 height = PACKS.progressOf(sale).height;
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), mix);
        if (block.number <= height) vm.roll(height + 1);
    }

    function reveals(uint256 sale) internal {
        records(sale);
        PACKS.reveal(sale, secretOf(sale, PACKS.progressOf(sale).round));
    }

    /// @dev To the first block in which packs are sold again.
    function resumes(uint256 sale) internal {
        vm.roll(PACKS.progressOf(sale).height);
    }

    function rollToRound(uint256 sale, uint256 round) internal {
        vm.roll(PACKS.saleOf(sale).openedAt + round * ROUND_BLOCKS);
    }

    function opens(uint256 sale) internal {
        Progress memory so = PACKS.progressOf(sale);
        PACKS.openNext(sale, so.settled - so.opened);
    }

    /// @dev All that was sold is drawn, and opened.
    function finishes(uint256 sale) internal {
        reveals(sale);
        opens(sale);
    }

    /// @dev As many packs as there are tokens for.
    function termsOf(address creation, uint8 size, uint32[] memory tiers)
        internal
        view
        returns (IPacks.Terms memory its)
    {
        (its.creation, its.payee, its.size) = (creation, STUDIO, size);
        for (uint256 i = 0; i < tiers.length; ++i) {
            its.packs += tiers[i];
        }
        its.packs /= size;
        (its.roundBlocks, its.rounds) = (ROUND_BLOCKS, ROUNDS);
        its.commitment = hashed(lastSecret(PACKS.saleCount() + 1), ROUNDS);
    }

    function secretOf(uint256 sale, uint256 round) internal pure returns (bytes32) {
        return hashed(lastSecret(sale), ROUNDS - 1 - round);
    }

    function lastSecret(uint256 sale) internal pure returns (bytes32) {
        return keccak256(abi.encode("secret", sale));
    }

    function mixOf(uint256 height) internal pure returns (bytes32) {
        return keccak256(abi.encode("mix", height));
    }

    function hashed(bytes32 secret, uint256 times) internal pure returns (bytes32) {
        for (uint256 i = 0; i < times; ++i) {
            secret = keccak256(abi.encode(secret));
        }
        return secret;
    }

    function year(uint128 price) internal view returns (IPhases.Phase memory its) {
        its = phase(price);
        its.until = its.from + 365 * DAY;
    }

    function bondOf(IPacks.Terms memory its, IPhases.Phase[] memory phases) internal pure returns (uint256) {
        uint256 most;
        for (uint256 i = 0; i < phases.length; ++i) {
            if (phases[i].price > most) most = phases[i].price;
        }
        return its.packs * ((most + 9) / 10);
    }

    function tiersOf(uint32 one) internal pure returns (uint32[] memory tiers) {
        tiers = new uint32[](1);
        tiers[0] = one;
    }

    function tiersOf(uint32 one, uint32 two) internal pure returns (uint32[] memory tiers) {
        tiers = new uint32[](2);
        (tiers[0], tiers[1]) = (one, two);
    }

    function tiersOf(uint32 one, uint32 two, uint32 three) internal pure returns (uint32[] memory tiers) {
        tiers = new uint32[](3);
        (tiers[0], tiers[1], tiers[2]) = (one, two, three);
    }
}
