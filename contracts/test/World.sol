// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {EdgeStaking} from "../src/staking/EdgeStaking.sol";
import {Epochs} from "../src/staking/Epochs.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {JobMarket} from "../src/jobs/JobMarket.sol";
import {ModelRegistry} from "../src/jobs/ModelRegistry.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Staking} from "../src/staking/Staking.sol";
import {Theta} from "../src/token/Theta.sol";
import {XorProof} from "./mocks/XorProof.sol";
import {vm} from "./Vm.sol";

/// @dev The contracts where genesis puts them, by runtime code alone, with one registered model and a few accounts.
abstract contract World {
    EdgeRewards internal constant EDGE_REWARDS = EdgeRewards(Predeploys.EDGE_REWARDS);
    EdgeStaking internal constant EDGE_STAKING = EdgeStaking(Predeploys.EDGE_STAKING);
    Staking internal constant STAKING = Staking(Predeploys.STAKING);
    Parameters internal constant PARAMETERS = Parameters(Predeploys.PARAMETERS);
    ModelRegistry internal constant REGISTRY = ModelRegistry(Predeploys.MODEL_REGISTRY);
    JobMarket internal constant MARKET = JobMarket(Predeploys.JOB_MARKET);
    Theta internal constant THETA = Theta(Predeploys.THETA);

    address internal constant ALICE = address(0xa11ce);
    address internal constant BOB = address(0xb0b);
    address internal constant CAROL = address(0xca201);

    uint256 internal constant START = 1_800_000_000;
    /// @dev Blocks.
    uint64 internal constant EPOCH = 100;
    uint256 internal constant FUNDS = 1_000_000e18;
    uint128 internal constant PRICE = 5e18;
    /// @dev Of a settled job of that price, and what of it genesis burns.
    uint128 internal constant FEE = 0.25e18;
    uint128 internal constant BURNED = 0.0625e18;
    uint64 internal constant TAKE_SECONDS = 600;
    uint32 internal constant WORK_SECONDS = 60;
    bytes internal constant INPUT = hex"0102030405060708";
    /// @dev The registered model answers with every input byte XOR this.
    bytes1 internal constant KEY = 0x5a;

    bytes32 internal modelId;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(100);
        vm.etch(Predeploys.EDGE_PROOF, address(new XorProof()).code);
        vm.etch(Predeploys.EDGE_STAKING, address(new EdgeStaking()).code);
        vm.etch(Predeploys.EDGE_REWARDS, address(new EdgeRewards()).code);
        vm.etch(Predeploys.MODEL_REGISTRY, address(new ModelRegistry()).code);
        vm.etch(Predeploys.JOB_MARKET, address(new JobMarket()).code);
        vm.etch(Predeploys.THETA, address(new Theta()).code);
        vm.etch(Predeploys.STAKING, address(new Staking()).code);
        vm.etch(Predeploys.PARAMETERS, address(new Parameters()).code);
        vm.etch(Predeploys.EPOCHS, address(new Epochs()).code);
        vm.store(Predeploys.EPOCHS, 0, bytes32(uint256(EPOCH)));
        vm.deal(ALICE, FUNDS);
        vm.deal(BOB, FUNDS);
        vm.deal(CAROL, FUNDS);
        modelId = register(model(KEY));
    }

    function model(bytes1 key) internal pure returns (bytes memory image) {
        return bytes.concat(bytes1(uint8(INPUT.length)), key);
    }

    function register(bytes memory image) internal returns (bytes32) {
        return REGISTRY.register(list(REGISTRY.upload(image)), "xor", "a test model");
    }

    function list(address one) internal pure returns (address[] memory all) {
        all = new address[](1);
        all[0] = one;
    }

    function answerTo(bytes memory input) internal pure returns (bytes memory answer) {
        answer = new bytes(input.length);
        for (uint256 i = 0; i < input.length; ++i) {
            answer[i] = input[i] ^ KEY;
        }
    }

    function bonded(address worker, uint256 stake) internal returns (address) {
        vm.prank(worker);
        EDGE_STAKING.bond{value: stake}();
        return worker;
    }

    function posted(address requester, uint128 price) internal returns (uint256 jobId) {
        vm.prank(requester);
        return MARKET.post{value: price}(modelId, INPUT, TAKE_SECONDS, WORK_SECONDS);
    }

    /// @dev A job of ALICE's that BOB, freshly bonded, took.
    function taken() internal returns (uint256 jobId) {
        jobId = posted(ALICE, PRICE);
        bonded(BOB, 10_000e18);
        vm.prank(BOB);
        MARKET.take(jobId);
    }

    function phaseOf(uint256 jobId) internal view returns (uint256) {
        return uint256(MARKET.job(jobId).phase);
    }

    function wrongPhase(uint256 jobId, IJobMarket.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IJobMarket.WrongPhase.selector, jobId, phase);
    }
}
