// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Beacon} from "../src/chain/Beacon.sol";
import {ContentProof} from "./mocks/ContentProof.sol";
import {IBeacon} from "../src/interfaces/IBeacon.sol";
import {IJobMarket} from "../src/interfaces/IJobMarket.sol";
import {IPossession} from "../src/interfaces/IPossession.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {MarketWorld} from "./MarketWorld.sol";
import {Possession} from "../src/market/Possession.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm, within} from "./Vm.sol";

contract PossessionTest is MarketWorld {
    Possession private constant POSSESSION = Possession(Predeploys.POSSESSION);
    uint16 private constant KEPT = 2;
    bytes32 private constant CONTENT = keccak256("its hash");
    uint64 private constant LENGTH = 5_000_000;
    uint256 private constant SAMPLES = 64;
    uint256 private constant TAKEN_AT = 100;
    uint256 private constant DRAWN_AT = TAKEN_AT + 16;
    bytes32 private constant MIX = keccak256("a mix");

    function setUp() public override {
        super.setUp();
        vm.etch(Predeploys.EDGE_PROOF, address(new ContentProof()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
        bonded(BOB, STAKE);
    }

    function test_check_refuses_inputs_that_mean_nothing() public {
        uint256[7] memory words = [
            0,
            SAMPLES,
            uint256(LENGTH) << 16,
            uint256(LENGTH) << 16 | 257,
            uint256(LENGTH) << 16 | 65_535,
            1 << 80 | uint256(LENGTH) << 16 | SAMPLES,
            1 << 255 | uint256(LENGTH) << 16 | SAMPLES
        ];
        for (uint256 i = 0; i < words.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IPossession.MalformedInput.selector, bytes32(words[i])));
            POSSESSION.check(CONTENT, 1, bytes32(words[i]), "");
        }
        POSSESSION.check(CONTENT, 1, bytes32(uint256(1 << 16 | 1)), "");
        POSSESSION.check(CONTENT, 1, bytes32(uint256(type(uint64).max) << 16 | 256), "");
    }

    function test_check_refuses_several_jobs_and_what_would_be_published() public {
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotOneJob.selector));
        POSSESSION.check(CONTENT, 2, _input(), "");
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotOneJob.selector));
        POSSESSION.check(CONTENT, 1, _input(), "published");
    }

    function test_judge_says_nothing_of_nothing() public view {
        (IVerifier.Verdict verdict, bytes32 evidence) = POSSESSION.judge(_work(1), "", "");
        eq(uint256(verdict), uint256(IVerifier.Verdict.None), "verdict");
        eq(evidence, 0, "evidence");
    }

    function test_judge_waits_for_the_mix() public {
        vm.roll(DRAWN_AT - 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotYet.selector, DRAWN_AT, DRAWN_AT - 1));
        POSSESSION.judge(_work(1), "", "a guess");
        vm.roll(DRAWN_AT + 1);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.NotRecorded.selector, DRAWN_AT));
        POSSESSION.judge(_work(1), "", "a guess");
    }

    function test_judge_refuses_what_does_not_show_the_drawn_chunks() public {
        _drawn();
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(_work(1), "", "a guess");
        bytes memory proof = _proofFor(1, TAKEN_AT);
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(_work(1), "output", proof);
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(_work(1), "output", "");
        IVerifier.Work memory work = _work(1);
        work.subject = "other content";
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(work, "", proof);
        work = _work(1);
        work.inputHash = bytes32(uint256(LENGTH) << 16 | SAMPLES - 1);
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(work, "", proof);
        work.inputHash = bytes32(uint256(LENGTH) << 16);
        vm.expectRevert(abi.encodeWithSelector(IPossession.MalformedInput.selector, work.inputHash));
        POSSESSION.judge(work, "", proof);
    }

    function test_judge_finds_right_what_shows_them() public {
        _drawn();
        bytes memory proof = _proofFor(1, TAKEN_AT);
        (IVerifier.Verdict verdict, bytes32 evidence) = POSSESSION.judge(_work(1), "", proof);
        eq(uint256(verdict), uint256(IVerifier.Verdict.Right), "verdict");
        eq(evidence, keccak256(proof), "evidence");
    }

    function testFuzz_seeds_are_of_a_job_and_of_when_it_was_taken(uint256 jobId, uint64 takenAt) public {
        takenAt = uint64(within(takenAt, 1, type(uint40).max));
        eq(POSSESSION.drawnAt(takenAt), uint256(takenAt) + 16, "drawn at");
        _recorded(uint256(takenAt) + 16, MIX);
        vm.roll(uint256(takenAt) + 17);
        bytes32 expected =
            keccak256(abi.encode(block.chainid, Predeploys.POSSESSION, bytes32(jobId), uint256(takenAt) + 16, MIX));
        eq(POSSESSION.seedOf(jobId, takenAt), expected, "seed");
    }

    function test_a_worker_that_keeps_content_is_paid() public {
        uint256 jobId = _posted();
        takes(BOB, jobId);
        _drawn();
        bytes memory proof = _proofFor(jobId, TAKEN_AT);
        vm.expectEmit();
        emit IJobMarket.JobClosed(
            jobId, jobId, BOB, IJobMarket.Phase.Settled, IJobMarket.Reason.CorrectAnswer, PRICE - FEE, keccak256(proof)
        );
        settles(BOB, jobId, _shown(jobId, proof));
        eq(BOB.balance, FUNDS - STAKE + PRICE - FEE, "paid");
    }

    /// Nothing that a worker shows can be held against it: until the deadline there may be a proof.
    function test_a_proof_that_is_none_costs_nothing_and_silence_the_bond() public {
        uint256 jobId = _posted();
        takes(BOB, jobId);
        _drawn();
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        settles(BOB, jobId, _shown(jobId, "a guess"));
        eq(EDGE_STAKING.standingOf(BOB).locked, PRICE, "bond");
        vm.warp(START + WORK_SECONDS + 1);
        MARKET.forfeit(jobId, termsOf[jobId], tickets(IJobMarket.Ticket(jobId, _input(), new bytes32[](0))));
        eq(MARKET.creditOf(ALICE), PRICE, "refunded");
        eq(EDGE_STAKING.totalSlashed(), PRICE, "slashed");
    }

    function test_threat_26_a_proof_is_of_one_job_and_of_one_time() public {
        uint256 first = _posted();
        uint256 second = _posted();
        takes(BOB, first);
        takes(BOB, second);
        _drawn();
        bytes memory proof = _proofFor(first, TAKEN_AT);
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        settles(BOB, second, _shown(second, proof));
        settles(BOB, first, _shown(first, proof));
        vm.expectRevert(wrongPhase(first, IJobMarket.Phase.Settled));
        settles(BOB, first, _shown(first, proof));
        // Taken later, the same job would draw other chunks.
        _recorded(DRAWN_AT + 1, keccak256("another mix"));
        vm.roll(DRAWN_AT + 2);
        IVerifier.Work memory work = _work(second);
        work.takenAt = uint64(TAKEN_AT + 1);
        proof = _proofFor(second, TAKEN_AT);
        vm.expectRevert(abi.encodeWithSelector(IPossession.NotShown.selector));
        POSSESSION.judge(work, "", proof);
    }

    function test_threat_23_a_proof_that_was_seen_is_worth_nothing_to_others() public {
        uint256 jobId = _posted();
        takes(BOB, jobId);
        bonded(CAROL, STAKE);
        _drawn();
        bytes memory proof = _proofFor(jobId, TAKEN_AT);
        vm.expectRevert(abi.encodeWithSelector(IJobMarket.NotWorker.selector, jobId, CAROL));
        settles(CAROL, jobId, _shown(jobId, proof));
        settles(BOB, jobId, _shown(jobId, proof));
    }

    function _posted() private returns (uint256) {
        IJobMarket.Request memory asked = request(1);
        (asked.kind, asked.subject, asked.inputRoot) = (KEPT, CONTENT, _input());
        return posted(ALICE, PRICE, asked);
    }

    function _shown(uint256 jobId, bytes memory proof) private pure returns (IJobMarket.Result[] memory) {
        return results(IJobMarket.Result(IJobMarket.Ticket(jobId, _input(), new bytes32[](0)), "", proof));
    }

    function _drawn() private {
        _recorded(DRAWN_AT, MIX);
        vm.roll(DRAWN_AT + 1);
    }

    function _recorded(uint256 height, bytes32 mix) private {
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), mix);
    }

    function _proofFor(uint256 jobId, uint256 takenAt) private view returns (bytes memory) {
        bytes32 seed = POSSESSION.seedOf(jobId, takenAt);
        return ContentProof(Predeploys.EDGE_PROOF).proofOf(CONTENT, LENGTH, seed, SAMPLES);
    }

    function _work(uint256 jobId) private pure returns (IVerifier.Work memory) {
        return IVerifier.Work(jobId, BOB, uint64(TAKEN_AT), uint64(START), CONTENT, _input(), 1e18);
    }

    function _input() private pure returns (bytes32) {
        return bytes32(uint256(LENGTH) << 16 | SAMPLES);
    }
}
