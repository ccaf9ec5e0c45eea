// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Disputes} from "../src/jobs/Disputes.sol";
import {IDisputes} from "../src/interfaces/IDisputes.sol";
import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {TreeProof} from "./mocks/TreeProof.sol";
import {World} from "./World.sol";
import {Zeros} from "./mocks/Zeros.sol";
import {eq, vm} from "./Vm.sol";

/// @dev A registered graph and claims about it. All bytes are zeros: what is wrong with a claim, the test tells the precompile's
/// stand-in. Input, answer and trace are trees of one, two and three levels.
abstract contract DisputesWorld is World {
    Disputes internal constant DISPUTES = Disputes(Predeploys.DISPUTES);
    TreeProof internal constant PROOF = TreeProof(Predeploys.EDGE_PROOF);

    IDisputes.Tree internal constant TRACE = IDisputes.Tree.Trace;
    IDisputes.Tree internal constant OUTPUT = IDisputes.Tree.Output;
    IDisputes.Tree internal constant INPUT_TREE = IDisputes.Tree.Input;

    uint64 internal constant INPUT_BYTES = 5000;
    /// @dev Ten chunks: two leaves.
    uint64 internal constant OUTPUT_BYTES = 9 * 1024 + 1;
    /// @dev 2,049 chunks: 256 leaves, and one that is alone.
    uint64 internal constant TRACE_BYTES = 2049 * 1024 - 100;

    uint128 internal constant BOND = 1000e18;
    uint128 internal constant STAKED = 100e18;
    uint64 internal constant WINDOW = 1 days;
    uint64 internal constant TURN = 1 hours;
    bytes32 internal constant JOB = "job";
    bytes32 internal constant SALT = "salt";
    bytes32 internal constant WEIGHTS = "weights";
    bytes32 internal constant TRANSPOSED = "transposed";
    bytes internal constant STEP_PROOF = "a proof";
    uint32 internal constant INPUT_COPY = 4_294_967_295;
    uint32 internal constant ANSWER_COPY = 4_294_967_294;

    bytes32 internal graphId;
    bytes32 internal inputRoot;
    bytes32 internal outputRoot;
    bytes32 internal traceRoot;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.EDGE_PROOF, address(new TreeProof()).code);
        vm.etch(Predeploys.DISPUTES, address(new Disputes()).code);
        graphId = REGISTRY.registerGraph(graph(), WEIGHTS, TRANSPOSED, "zeros", "");
        (inputRoot, outputRoot, traceRoot) =
        (Zeros.root(INPUT_BYTES), Zeros.root(OUTPUT_BYTES), Zeros.root(TRACE_BYTES));
    }

    function graph() internal pure returns (bytes memory) {
        return abi.encodePacked(INPUT_BYTES, OUTPUT_BYTES, TRACE_BYTES);
    }

    /// @dev What the graph's id commits to.
    function packedModel() internal pure returns (bytes memory) {
        return abi.encodePacked(WEIGHTS, uint64(1 << 20), TRANSPOSED, keccak256(graph()), uint64(24), uint32(1));
    }

    function lengthOf(IDisputes.Tree tree) internal pure returns (uint64) {
        if (tree == INPUT_TREE) return INPUT_BYTES;
        return tree == OUTPUT ? OUTPUT_BYTES : TRACE_BYTES;
    }

    function sealOf(address worker, bytes32 jobId, bool planted) internal pure returns (bytes32) {
        return keccak256(abi.encode(worker, jobId, planted, SALT));
    }

    /// @dev BOB's claim, with everything committed to.
    function claimed() internal returns (bytes32 claimId) {
        return claimedAs(BOB, JOB, traceRoot, false);
    }

    function claimedAs(address worker, bytes32 jobId, bytes32 trace, bool planted) internal returns (bytes32 claimId) {
        bytes32 seal = sealOf(worker, jobId, planted);
        vm.prank(worker);
        return DISPUTES.claim{value: BOND}(jobId, graphId, inputRoot, outputRoot, trace, seal, "");
    }

    function challenged(address challenger, bytes32 claimId, IDisputes.Tree tree) internal returns (uint256 thread) {
        uint256 bond = DISPUTES.challengeBond(claimId);
        vm.prank(challenger);
        return DISPUTES.challenge{value: bond}(claimId, tree);
    }

    /// @dev The worker shows what a node is made of.
    function answered(bytes32 claimId, IDisputes.Tree tree, uint8 level, uint64 index) internal {
        address worker = DISPUTES.claimOf(claimId).worker;
        uint64 length = lengthOf(tree);
        if (level == 3) {
            (bytes memory data, bytes32[] memory values) = (Zeros.data(length, index), Zeros.beside(length, index));
            vm.prank(worker);
            DISPUTES.answerWithBytes(claimId, tree, index, data, values);
        } else {
            bytes32[] memory values = Zeros.children(length, level, index);
            vm.prank(worker);
            DISPUTES.answer(claimId, tree, level, index, values);
        }
    }

    /// @dev The challenger goes on from where its thread is.
    function descended(uint256 thread, uint256 child) internal {
        IDisputes.Thread memory at_ = DISPUTES.threadOf(thread);
        bytes32[] memory values = Zeros.children(lengthOf(at_.tree), at_.level, at_.index);
        vm.prank(at_.challenger);
        DISPUTES.descend(thread, values, child);
    }

    /// @dev A thread of the trace's that got to the leaf of its first bytes, which is not answered yet.
    function atFirstLeaf(address challenger, bytes32 claimId) internal returns (uint256 thread) {
        thread = challenged(challenger, claimId, TRACE);
        if (DISPUTES.nodeOf(claimId, TRACE, 19, 0).answeredAt == 0) answered(claimId, TRACE, 19, 0);
        descended(thread, 0);
        if (DISPUTES.nodeOf(claimId, TRACE, 11, 0).answeredAt == 0) answered(claimId, TRACE, 11, 0);
        descended(thread, 0);
    }

    function workOf(bytes32 trace) internal view returns (IEdgeProof.Work memory) {
        return IEdgeProof.Work(inputRoot, INPUT_BYTES, trace, TRACE_BYTES, outputRoot, OUTPUT_BYTES);
    }

    /// @dev From now on this element is wrong.
    function wrong(uint32 op, uint64 element, uint64 position) internal {
        IEdgeProof.Judgement memory judgement = IEdgeProof.Judgement(IEdgeProof.Verdict.Fraud, position, 7, -1);
        PROOF.program(graphId, workOf(traceRoot), IEdgeProof.Place(op, element), STEP_PROOF, judgement);
    }

    function announced(address by, bytes32 claimId, uint32 op, uint64 element) internal returns (bytes32 announcement) {
        announcement = keccak256(abi.encode(by, claimId, op, element, keccak256(STEP_PROOF)));
        vm.prank(by);
        DISPUTES.announce(announcement);
    }

    function refuted(address by, bytes32 claimId, uint32 op, uint64 element) internal {
        bytes memory model = packedModel();
        vm.prank(by);
        DISPUTES.refute(claimId, model, op, element, STEP_PROOF);
    }

    /// @dev Until a thread that just came is taken for one that was there before.
    function hold() internal {
        vm.warp(block.timestamp + DISPUTES.HOLD());
    }

    function wrongPhase(bytes32 claimId, IDisputes.Phase phase) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputes.WrongPhase.selector, claimId, phase);
    }

    function tooLate(uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputes.TooLate.selector, deadline);
    }

    function tooEarly(uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IDisputes.TooEarly.selector, deadline);
    }

    function expectClaim(bytes32 claimId, IDisputes.Phase phase, IDisputes.Reason reason, uint256 threads, uint256 bond)
        internal
        view
    {
        IDisputes.Claim memory found = DISPUTES.claimOf(claimId);
        eq(uint256(found.phase), uint256(phase), "phase");
        eq(uint256(found.reason), uint256(reason), "reason");
        eq(found.threads, threads, "running threads");
        eq(found.bond, bond, "what is held of the bond");
    }

    function expectMoney(uint256 held, uint256 credited) internal view {
        eq(DISPUTES.held(), held, "held");
        eq(DISPUTES.credited(), credited, "credited");
        eq(address(DISPUTES).balance, held + credited, "balance");
    }
}
