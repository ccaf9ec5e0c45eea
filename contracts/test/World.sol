// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Disputable} from "../src/market/Disputable.sol";
import {Attested} from "../src/market/Attested.sol";
import {EdgeRewards} from "../src/rewards/EdgeRewards.sol";
import {EdgeStaking} from "../src/staking/EdgeStaking.sol";
import {Epochs} from "../src/staking/Epochs.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IParameters} from "../src/interfaces/IParameters.sol";
import {Inference} from "../src/market/Inference.sol";
import {InputTree} from "./InputTree.sol";
import {JobMarket} from "../src/jobs/JobMarket.sol";
import {Kinds} from "../src/market/Kinds.sol";
import {ModelRegistry} from "../src/jobs/ModelRegistry.sol";
import {Parameters} from "../src/governance/Parameters.sol";
import {Possession} from "../src/market/Possession.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {Profiles} from "../src/market/Profiles.sol";
import {Sealed} from "../src/market/Sealed.sol";
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
    Kinds internal constant KINDS = Kinds(Predeploys.KINDS);
    Profiles internal constant PROFILES = Profiles(Predeploys.PROFILES);
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
    uint16 internal constant INFERENCES = 1;
    uint32 internal constant TAKE_SECONDS = 600;
    uint32 internal constant WORK_SECONDS = 60;
    bytes internal constant INPUT = hex"0102030405060708";
    /// @dev The registered model answers with every input byte XOR this.
    bytes1 internal constant KEY = 0x5a;

    bytes32 internal modelId;
    /// @dev As the orders that `posted` posted have to have them.
    mapping(uint256 order => IJobMarket.Terms) internal termsOf;
    mapping(uint256 jobId => uint256 order) internal orderWith;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(100);
        vm.etch(Predeploys.EDGE_PROOF, address(new XorProof()).code);
        vm.etch(Predeploys.EDGE_STAKING, address(new EdgeStaking()).code);
        vm.etch(Predeploys.EDGE_REWARDS, address(new EdgeRewards()).code);
        vm.etch(Predeploys.MODEL_REGISTRY, address(new ModelRegistry()).code);
        vm.etch(Predeploys.JOB_MARKET, address(new JobMarket()).code);
        vm.etch(Predeploys.KINDS, address(new Kinds()).code);
        vm.etch(Predeploys.PROFILES, address(new Profiles()).code);
        vm.etch(Predeploys.INFERENCE, address(new Inference()).code);
        vm.etch(Predeploys.POSSESSION, address(new Possession()).code);
        vm.etch(Predeploys.DISPUTABLE, address(new Disputable()).code);
        vm.etch(Predeploys.ATTESTED, address(new Attested()).code);
        vm.etch(Predeploys.SEALED, address(new Sealed()).code);
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

    /// @dev An inference of INPUT, or of as many inputs as there are jobs, by whoever is bonded.
    function request(uint32 count) internal view returns (IJobMarket.Request memory asked) {
        asked.kind = INFERENCES;
        asked.count = count;
        asked.takeSeconds = TAKE_SECONDS;
        asked.workSeconds = WORK_SECONDS;
        asked.subject = modelId;
        asked.inputRoot = InputTree.root(inputHashes(count));
    }

    function posted(address requester, uint128 price) internal returns (uint256 order) {
        return posted(requester, price, request(1));
    }

    /// @dev Each job for that price.
    function posted(address requester, uint128 price, IJobMarket.Request memory asked)
        internal
        returns (uint256 order)
    {
        IJobMarket.Terms memory terms = termsFor(requester, price, asked);
        bytes memory inputs = asked.kind == INFERENCES ? inputsOf(asked.count) : bytes("");
        vm.prank(requester);
        order = MARKET.post{value: uint256(price) * asked.count}(asked, inputs);
        termsOf[order] = terms;
        for (uint256 i = 0; i < asked.count; ++i) {
            orderWith[order + i] = order;
        }
    }

    /// @dev What is agreed on when it is posted now.
    function termsFor(address requester, uint128 price, IJobMarket.Request memory asked)
        internal
        view
        returns (IJobMarket.Terms memory terms)
    {
        terms.requester = asked.requester == address(0) ? requester : asked.requester;
        terms.kind = asked.kind;
        terms.burnShare = uint16(PARAMETERS.valueOf(IParameters.Parameter.BurnShare));
        terms.count = asked.count;
        terms.workSeconds = asked.workSeconds;
        terms.takeBy = uint40(block.timestamp + asked.takeSeconds);
        if (asked.providersAfter != 0) terms.providersFrom = uint40(block.timestamp + asked.providersAfter);
        terms.price = uint96(price);
        terms.bond = uint96(KINDS.bondFor(asked.kind, price));
        terms.verifier = KINDS.rulesOf(asked.kind).verifier;
        (terms.worker, terms.requirements) = (asked.worker, asked.requirements);
        (terms.subject, terms.inputRoot) = (asked.subject, asked.inputRoot);
    }

    /// @dev A job of ALICE's that BOB, freshly bonded, took.
    function taken() internal returns (uint256 jobId) {
        jobId = posted(ALICE, PRICE);
        bonded(BOB, 10_000e18);
        takes(BOB, jobId);
    }

    /// @dev An order's only job, or its first.
    function takes(address worker, uint256 order) internal {
        takes(worker, order, ids(order));
    }

    function takes(address worker, uint256 order, uint256[] memory jobIds) internal {
        vm.prank(worker);
        MARKET.take(order, termsOf[order], jobIds);
    }

    /// @dev With what is right.
    function settles(address worker, uint256 order) internal {
        settles(worker, order, answerTo(inputOf(order, order)));
    }

    function settles(address worker, uint256 order, bytes memory answer) internal {
        settles(worker, order, results(resultOf(order, order, answer)));
    }

    function settles(address worker, uint256 order, IJobMarket.Result[] memory shown) internal {
        vm.prank(worker);
        MARKET.settle(order, termsOf[order], shown);
    }

    function expires(uint256 order) internal {
        MARKET.expire(order, termsOf[order]);
    }

    function cancels(address requester, uint256 order) internal {
        vm.prank(requester);
        MARKET.cancel(order, termsOf[order]);
    }

    /// @dev The order's only job, or its first, by anybody.
    function forfeits(uint256 order) internal {
        MARKET.forfeit(order, termsOf[order], tickets(ticketOf(order, order)));
    }

    function ticketOf(uint256 order, uint256 jobId) internal view returns (IJobMarket.Ticket memory) {
        bytes32[] memory hashes = inputHashes(termsOf[order].count);
        return IJobMarket.Ticket(jobId, hashes[jobId - order], InputTree.path(hashes, jobId - order));
    }

    function resultOf(uint256 order, uint256 jobId, bytes memory answer)
        internal
        view
        returns (IJobMarket.Result memory)
    {
        return IJobMarket.Result(ticketOf(order, jobId), answer, inputOf(order, jobId));
    }

    function inputOf(uint256 order, uint256 jobId) internal view returns (bytes memory) {
        return inputAt(termsOf[order].count, jobId - order);
    }

    /// @dev Of one job it is INPUT.
    function inputAt(uint32 count, uint256 place) internal pure returns (bytes memory) {
        return count == 1 ? INPUT : abi.encodePacked(bytes8(keccak256(abi.encode("input", place))));
    }

    function inputsOf(uint32 count) internal pure returns (bytes memory all) {
        for (uint256 place = 0; place < count; ++place) {
            all = bytes.concat(all, inputAt(count, place));
        }
    }

    function inputHashes(uint32 count) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 place = 0; place < count; ++place) {
            hashes[place] = keccak256(inputAt(count, place));
        }
    }

    function ids(uint256 one) internal pure returns (uint256[] memory all) {
        all = new uint256[](1);
        all[0] = one;
    }

    function tickets(IJobMarket.Ticket memory one) internal pure returns (IJobMarket.Ticket[] memory all) {
        all = new IJobMarket.Ticket[](1);
        all[0] = one;
    }

    function results(IJobMarket.Result memory one) internal pure returns (IJobMarket.Result[] memory all) {
        all = new IJobMarket.Result[](1);
        all[0] = one;
    }

    function jobOf(uint256 jobId) internal view returns (IJobMarket.Job memory) {
        uint256 order = orderWith[jobId];
        return MARKET.jobOf(order, termsOf[order], jobId);
    }

    function phaseOf(uint256 jobId) internal view returns (uint256) {
        return uint256(jobOf(jobId).phase);
    }

    function untakenOf(uint256 order) internal view returns (uint256) {
        return MARKET.untakenOf(order, termsOf[order]);
    }

    /// @dev Jobs of an order that somebody took and that have not ended.
    function runningOf(uint256 order) internal view returns (uint256 running) {
        for (uint256 i = 0; i < termsOf[order].count; ++i) {
            if (jobOf(order + i).phase == IJobMarket.Phase.Taken) ++running;
        }
    }

    function wrongPhase(uint256 jobId, IJobMarket.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IJobMarket.WrongPhase.selector, jobId, phase);
    }
}
