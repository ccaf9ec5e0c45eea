// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DisputesWorld} from "./DisputesWorld.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {holds, vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`. The precompile's own
/// gas is not in `settle`: here its answers are there already, and the chain's tests measure the real one.
contract GasTest is MarketWorld {
    uint256 private constant BATCHED_GAS_MOST = 60_000;

    /// What burns has something, as it has on a chain, and so have the worker's record, its node in this epoch, and the till.
    function test_gas_of_a_job() public {
        _work(1);
        uint256 order = posted(ALICE, PRICE);
        uint256 gas = vm.snapshotGasLastCall("JobMarket", "post, 8 bytes");
        takes(BOB, order);
        gas += vm.snapshotGasLastCall("JobMarket", "take");
        settles(BOB, order);
        gas += vm.snapshotGasLastCall("JobMarket", "settle, right answer");
        vm.snapshotValue("JobMarket", "post, take and settle", gas);
    }

    function test_gas_of_a_hundred_jobs() public {
        _work(1);
        uint256 order = posted(ALICE, PRICE, request(100));
        uint256 gas = vm.snapshotGasLastCall("JobMarket", "post, 100 jobs of 8 bytes");
        _inferred(order, 100);
        takes(BOB, order, idsOf(order, 0, 100));
        gas += vm.snapshotGasLastCall("JobMarket", "take, 100 jobs");
        settles(BOB, order, resultsOf(order, idsOf(order, 0, 100)));
        uint256 settling = vm.snapshotGasLastCall("JobMarket", "settle, 100 right answers");
        vm.snapshotValue("JobMarket", "post, take and settle, each of 100", (gas + settling) / 100);
        holds(settling <= 100 * BATCHED_GAS_MOST, "a batch costs more than it may");
    }

    /// A thousand jobs are open, then a million: nobody pays for those of others.
    function test_gas_of_a_job_is_the_same_beside_a_million_open_ones() public {
        _work(1);
        this.open(1000);
        uint256 few = _gasOfAJob();
        // A test has less gas than that takes.
        vm.pauseGasMetering();
        for (uint256 i = 0; i < 245; ++i) {
            this.open(4096);
        }
        vm.resumeGasMetering();
        uint256 many = _gasOfAJob();
        holds(many <= few + few / 10 && few <= many + many / 10, "a tenth");
        vm.snapshotValue("JobMarket", "post, take and settle, beside 1,000 open jobs", few);
        vm.snapshotValue("JobMarket", "post, take and settle, beside 1,000,000 open jobs", many);
    }

    function test_gas_of_other_ends() public {
        _work(2);
        uint256 order = posted(ALICE, PRICE, request(6));
        takes(BOB, order, idsOf(order, 0, 4));
        accepts(ALICE, order, ids(order));
        vm.snapshotGasLastCall("JobMarket", "accept");
        settles(BOB, order, results(resultOf(order, order + 1, "")));
        vm.snapshotGasLastCall("JobMarket", "settle, wrong answer");
        cancels(ALICE, order);
        vm.snapshotGasLastCall("JobMarket", "cancel");
        uint256 untaken = posted(ALICE, PRICE);
        vm.warp(START + TAKE_SECONDS + 1);
        expires(untaken);
        vm.snapshotGasLastCall("JobMarket", "expire");
        MARKET.forfeit(order, termsOf[order], tickets(ticketOf(order, order + 2)));
        vm.snapshotGasLastCall("JobMarket", "forfeit");
        vm.prank(ALICE);
        MARKET.withdraw();
        vm.snapshotGasLastCall("JobMarket", "withdraw");
        MARKET.passOn();
        vm.snapshotGasLastCall("JobMarket", "passOn");
    }

    function test_gas_of_the_first_job() public {
        uint256 order = taken();
        settles(BOB, order);
        vm.snapshotGasLastCall("JobMarket", "settle, the first of a worker, a node and an epoch");
    }

    /// @dev Called from outside, so that what it takes of memory is gone after it.
    function open(uint32 count) external {
        IJobMarket.Request memory asked = request(1);
        asked.count = count;
        vm.prank(ALICE);
        MARKET.post{value: uint256(1e15) * count}(asked, new bytes(8 * count));
    }

    function _gasOfAJob() private returns (uint256 gas) {
        uint256 order = posted(ALICE, PRICE);
        gas = vm.lastCallGas().gasTotalUsed;
        takes(BOB, order);
        gas += vm.lastCallGas().gasTotalUsed;
        settles(BOB, order);
        gas += vm.lastCallGas().gasTotalUsed;
    }

    /// @dev What the model makes of each input of an order like this, for no gas.
    function _inferred(uint256 order, uint256 count) private {
        (address manifest,) = REGISTRY.manifestOf(modelId);
        for (uint256 jobId = order; jobId < order + count; ++jobId) {
            bytes memory input = inputOf(order, jobId);
            bytes memory call = abi.encodeCall(IEdgeProof.infer, (manifest, input));
            vm.mockCall(Predeploys.EDGE_PROOF, call, abi.encode(answerTo(input)));
        }
    }

    function _work(uint256 times) private {
        vm.deal(Predeploys.BURN, 1);
        bonded(BOB, STAKE);
        termsOf[0].count = 1;
        _inferred(0, 1);
        for (uint256 i = 0; i < times; ++i) {
            uint256 order = posted(ALICE, PRICE);
            takes(BOB, order);
            settles(BOB, order);
        }
    }

    function test_gas_of_staking() public {
        bonded(BOB, STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "bond");
        bonded(BOB, STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "bond more");
        vm.prank(BOB);
        EDGE_STAKING.unstake(1, STAKE);
        vm.snapshotGasLastCall("EdgeStaking", "unstake");
        vm.warp(START + 16 days);
        vm.prank(BOB);
        EDGE_STAKING.redeem(1);
        vm.snapshotGasLastCall("EdgeStaking", "redeem");
    }

    function test_gas_of_the_registry() public {
        REGISTRY.upload(new bytes(1024));
        vm.snapshotGasLastCall("ModelRegistry", "upload, 1 KiB of zeros");
        address[] memory chunks = list(REGISTRY.upload(model(0x11)));
        REGISTRY.register(chunks, "xor", "a test model");
        vm.snapshotGasLastCall("ModelRegistry", "register, one chunk");
    }

    function test_gas_of_the_token() public {
        bytes32 slot = keccak256(abi.encodePacked(ALICE, uint64(0), uint32(0x87a211a2)));
        vm.store(address(THETA), slot, bytes32(THETA.SUPPLY()));
        vm.prank(ALICE);
        THETA.delegate(ALICE);
        vm.snapshotGasLastCall("Theta", "delegate");
        vm.prank(ALICE);
        THETA.transfer(BOB, 1);
        vm.snapshotGasLastCall("Theta", "transfer, delegated sender");
        vm.prank(BOB);
        THETA.transfer(CAROL, 1);
        vm.snapshotGasLastCall("Theta", "transfer");
    }
}

/// @dev The same of disputes.
contract DisputesGasTest is DisputesWorld {
    function test_gas_of_a_dispute() public {
        REGISTRY.registerGraph(graph(), "other weights", TRANSPOSED, "zeros", "");
        vm.snapshotGasLastCall("ModelRegistry", "registerGraph, 24 bytes");
        bytes32 claimId = claimed();
        vm.snapshotGasLastCall("Disputes", "claim");
        vm.prank(ALICE);
        DISPUTES.challenge{value: STAKED}(claimId, TRACE);
        vm.snapshotGasLastCall("Disputes", "challenge");
        answered(claimId, TRACE, 19, 0);
        vm.snapshotGasLastCall("Disputes", "answer, 2 values");
        descended(1, 0);
        vm.snapshotGasLastCall("Disputes", "descend, 2 values");
        answered(claimId, TRACE, 11, 0);
        vm.snapshotGasLastCall("Disputes", "answer, 256 values");
        descended(1, 0);
        vm.snapshotGasLastCall("Disputes", "descend, 256 values");
        vm.prank(ALICE);
        DISPUTES.challenge{value: 2 * STAKED}(claimId, TRACE);
        vm.snapshotGasLastCall("Disputes", "challenge, joined");
        wrong(3, 40, 0);
        hold();
        refuted(CAROL, claimId, 3, 40);
        vm.snapshotGasLastCall("Disputes", "refute, of a thread");
        DISPUTES.release(2);
        vm.snapshotGasLastCall("Disputes", "release");
        vm.warp(block.timestamp + TURN + 1);
        DISPUTES.burn(claimId);
        vm.snapshotGasLastCall("Disputes", "burn");
    }

    /// Bytes are zeros here, whose calldata costs a quarter.
    function test_gas_of_showing_bytes() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, OUTPUT);
        answered(claimId, OUTPUT, 11, 0);
        descended(1, 0);
        answered(claimId, OUTPUT, 3, 0);
        vm.snapshotGasLastCall("Disputes", "answerWithBytes, 8 KiB of zeros");
        vm.warp(START + TURN + 1);
        DISPUTES.forfeit(1);
        vm.snapshotGasLastCall("Disputes", "forfeit");
        vm.warp(START + WINDOW + 1);
        DISPUTES.uphold(claimId, SALT);
        vm.snapshotGasLastCall("Disputes", "uphold");
        vm.prank(BOB);
        DISPUTES.withdraw();
        vm.snapshotGasLastCall("Disputes", "withdraw");
    }

    function test_gas_of_a_refutation_without_a_thread() public {
        bytes32 claimId = claimed();
        wrong(3, 40, 0);
        announced(CAROL, claimId, 3, 40);
        vm.snapshotGasLastCall("Disputes", "announce");
        vm.warp(START + 10);
        refuted(CAROL, claimId, 3, 40);
        vm.snapshotGasLastCall("Disputes", "refute, announced");
    }

    function test_gas_of_silence() public {
        bytes32 claimId = claimed();
        challenged(ALICE, claimId, TRACE);
        vm.warp(START + TURN + 1);
        DISPUTES.convictSilent(claimId, TRACE, 19, 0);
        vm.snapshotGasLastCall("Disputes", "convictSilent");
    }

    function test_gas_of_a_canary() public {
        bytes32 claimId = claimedAs(BOB, JOB, 0, true);
        vm.prank(BOB);
        DISPUTES.commitTrace(claimId, traceRoot);
        vm.snapshotGasLastCall("Disputes", "commitTrace");
        wrong(3, 40, 0);
        announced(BOB, claimId, 3, 40);
        vm.warp(START + 10);
        refuted(BOB, claimId, 3, 40);
        vm.prank(BOB);
        DISPUTES.reveal(claimId, SALT);
        vm.snapshotGasLastCall("Disputes", "reveal");
    }
}
