// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Beacon} from "../src/chain/Beacon.sol";
import {CapacityProof} from "./mocks/CapacityProof.sol";
import {Emission} from "../src/rewards/Emission.sol";
import {IEdgeRewards} from "../src/interfaces/IEdgeRewards.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Leases} from "../src/market/Leases.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Rewards} from "../src/rewards/Rewards.sol";
import {Rounds} from "../src/rewards/Rounds.sol";
import {World} from "./World.sol";
import {vm} from "./Vm.sol";

/// @dev Epochs of 2,000 blocks, a second each, with a reserve, a beacon, and rounds of four products; all is real but the precompile, and
/// that headers of blocks need not be shown.
abstract contract EdgeWorld is World {
    Emission internal constant EMISSION = Emission(Predeploys.EMISSION);
    Rewards internal constant REWARDS = Rewards(payable(Predeploys.REWARDS));

    uint256 internal constant RESERVE = 45_000_000_000e18;
    uint64 internal constant LENGTH = 2000;
    /// @dev The one that is lived through; at first it is the one before.
    uint32 internal constant NOW = 5;
    uint256 internal constant ROUNDS = 4;
    uint256 internal constant SPACING = LENGTH / ROUNDS;
    uint256 internal constant FIRST = NOW * LENGTH + 15;
    uint256 internal constant DRAWN = FIRST + 3 * SPACING + 166;
    uint256 internal constant SIZE = 8192;
    uint256 internal constant LINKS = 4;
    uint256 internal constant SAMPLES = 8;
    uint128 internal constant STAKE = 10_000e18;

    /// @dev What nodes answered with: the roots of each round, and which rounds.
    mapping(uint32 epoch => mapping(uint32 node => mapping(uint256 round => bytes32[]))) private _roots;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.EDGE_PROOF, address(new CapacityProof()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
        vm.etch(Predeploys.EMISSION, address(new Emission()).code);
        vm.etch(Predeploys.LEASES, address(new Leases()).code);
        vm.etch(Predeploys.REWARDS, address(new Rewards()).code);
        vm.deal(Predeploys.EMISSION, RESERVE);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(LENGTH)));
        voted(IParameters.Parameter.CapacityLinks, LINKS);
        reach((NOW - 1) * LENGTH);
        released();
    }

    function voted(IParameters.Parameter parameter, uint256 value) internal {
        vm.prank(Predeploys.TIMELOCK);
        PARAMETERS.set(parameter, value);
    }

    /// @dev A second for each block, whose mix is recorded.
    function reach(uint256 height) internal {
        vm.roll(height);
        vm.warp(START + height);
        vm.prevrandao(mixOf(height));
        recorded(height);
    }

    function mixOf(uint256 height) internal view virtual returns (bytes32) {
        return keccak256(abi.encode("mix", height));
    }

    function recorded(uint256 height) internal {
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), mixOf(height));
    }

    function released() internal {
        vm.prank(Predeploys.EPOCHS);
        REWARDS.release();
    }

    /// @dev A node of its own operator.
    function edgeNode(address operator, uint256 stake) internal returns (uint32 node) {
        vm.deal(operator, stake);
        vm.prank(operator);
        return EDGE_STAKING.bond{value: stake}();
    }

    function enrolled(address operator) internal returns (uint32 epoch) {
        vm.prank(operator);
        return EDGE_REWARDS.enrol();
    }

    function heightOf(uint32 epoch, uint256 round) internal pure returns (uint256) {
        return uint256(epoch) * LENGTH + 15 + round * SPACING;
    }

    /// @dev Answers in the block after the round's, with all products right but those that `wrong` marks.
    function answered(address operator, uint32 epoch, uint256 round, uint256 wrong) internal {
        reach(heightOf(epoch, round));
        reach(heightOf(epoch, round) + 1);
        answeredNow(operator, epoch, round, wrong);
    }

    function answeredNow(address operator, uint32 epoch, uint256 round, uint256 wrong) internal {
        uint32 node = EDGE_STAKING.nodeOf(operator);
        bytes32[] memory roots = rootsOf(epoch, node, round, wrong);
        vm.prank(operator);
        EDGE_REWARDS.answer(epoch, round, keccak256(abi.encodePacked(roots)));
        _roots[epoch][node][round] = roots;
    }

    /// @dev The round's chain of products, computed as the interface's C1 to C3 have it.
    function rootsOf(uint32 epoch, uint32 node, uint256 round, uint256 wrong)
        internal
        view
        returns (bytes32[] memory roots)
    {
        bytes32 chain = EDGE_REWARDS.tallyOf(epoch, node).chain;
        bytes32 first = seedAt(heightOf(epoch, round), keccak256(abi.encode(node, round, chain)));
        IEdgeRewards.Pot memory pot = EDGE_REWARDS.potOf(epoch);
        roots = new bytes32[](pot.links);
        for (uint256 i = 0; i < roots.length; ++i) {
            bytes32 seed = i == 0 ? first : keccak256(abi.encode(first, roots[i - 1]));
            bool lie = (wrong >> i) & 1 != 0;
            roots[i] = lie ? keccak256(abi.encode("lie", seed)) : proof().rootOf(seed, pot.size);
        }
    }

    /// @dev As `IBeacon` has it.
    function seedAt(uint256 height, bytes32 purpose) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, Predeploys.EDGE_REWARDS, purpose, height, mixOf(height)));
    }

    function proof() internal pure returns (CapacityProof) {
        return CapacityProof(Predeploys.EDGE_PROOF);
    }

    function digestsOf(uint32 epoch, uint32 node) internal view returns (bytes32[] memory digests) {
        uint256[] memory rounds = Rounds.roundsOf(EDGE_REWARDS.tallyOf(epoch, node).answered);
        digests = new bytes32[](rounds.length);
        for (uint256 i = 0; i < rounds.length; ++i) {
            digests[i] = keccak256(abi.encodePacked(_roots[epoch][node][rounds[i]]));
        }
    }

    /// @dev What an honest node shows, and what a cheater does, too: proofs that are right as far as its roots are.
    function openingsOf(uint32 epoch, uint32 node) internal view returns (IEdgeRewards.Opening[] memory openings) {
        IEdgeRewards.Draw[] memory draws = EDGE_REWARDS.drawsOf(epoch, node);
        openings = new IEdgeRewards.Opening[](draws.length);
        for (uint256 i = 0; i < draws.length; ++i) {
            bytes32[] memory roots = _roots[epoch][node][draws[i].round];
            openings[i] =
                IEdgeRewards.Opening(roots, proof().proofOf(roots[draws[i].link], draws[i].challenge, SAMPLES));
        }
    }

    function opened(uint32 epoch, uint32 node) internal {
        EDGE_REWARDS.open(epoch, node, digestsOf(epoch, node), openingsOf(epoch, node));
    }

    /// @dev To the first block in which an epoch's products are shown.
    function drawn(uint32 epoch) internal {
        uint256 height = heightOf(epoch, ROUNDS - 1) + 166;
        reach(height);
        reach(height + 1);
    }

    /// @dev To the first block in which an epoch is settled.
    function judged(uint32 epoch) internal {
        reach(uint256(epoch + 2) * LENGTH);
    }

    function settled(uint32 epoch, uint32 node) internal {
        uint32[] memory nodes = new uint32[](1);
        nodes[0] = node;
        EDGE_REWARDS.settle(epoch, nodes);
    }

    /// @dev A job of ALICE's, that an operator is paid for.
    function worked(address operator, uint128 price) internal {
        vm.deal(ALICE, price);
        uint256 jobId = posted(ALICE, price);
        takes(operator, jobId);
        settles(operator, jobId);
        EDGE_REWARDS.report(list(operator));
    }

    /// @dev What the rewards of a node are, all sources and the owner together, where the operator is all of them.
    function rewardOf(address operator) internal view returns (uint256) {
        return EDGE_STAKING.positionOf(EDGE_STAKING.nodeOf(operator), operator).reward;
    }
}
