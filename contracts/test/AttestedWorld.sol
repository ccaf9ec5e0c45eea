// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Attested} from "../src/market/Attested.sol";
import {AuditsWorld} from "./AuditsWorld.sol";
import {Bls} from "../src/bls/Bls.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev BOB's work, and a bench of auditors to do it again. What was found is OUTPUT, or OTHER.
abstract contract AttestedWorld is AuditsWorld {
    Attested internal constant ATTESTED = Attested(Predeploys.ATTESTED);
    uint256 internal constant JOB = uint256(keccak256("terms of a job"));
    bytes32 internal constant SUBJECT = keccak256("encoder");
    bytes32 internal constant INPUT = keccak256("frames");
    bytes32 internal constant SALT = keccak256("BOB's salt");
    bytes32 internal constant MIX = keccak256("mix");
    uint64 internal constant DEADLINE = uint64(START) + 600;
    uint256 internal constant SEATS = 20;
    uint256 internal constant SIZE = 13;
    uint256 internal constant QUORUM = 9;
    uint256 internal constant ATTESTED_FEE = 13e18;
    uint256 internal constant ATTESTED_SHARE = 1e18;
    /// @dev Of the jobs that are claimed: the dearest for which the least fee is enough, unless a test says otherwise.
    uint256 internal jobPrice = 16e18;

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.ATTESTED, address(new Attested()).code);
    }

    /// @dev BOB claims OUTPUT, and the committee is drawn: in rising order.
    function claimed() internal returns (bytes32 claimId, uint256[] memory places) {
        return claimed(BOB, JOB, OUTPUT);
    }

    function claimed(address worker, uint256 jobId, bytes32 output)
        internal
        returns (bytes32 claimId, uint256[] memory places)
    {
        claimId = claims(worker, jobId, output);
        vm.roll(block.number + BEACON.DELAY());
        vm.prevrandao(MIX);
        places = sorted(ATTESTED.committeeOf(claimId));
    }

    function claims(address worker, uint256 jobId, bytes32 output) internal returns (bytes32) {
        uint256 share = jobPrice / 16 > ATTESTED_SHARE ? jobPrice / 16 : ATTESTED_SHARE;
        vm.prank(worker);
        return ATTESTED.claim{value: SIZE * share}(jobId, jobPrice, SUBJECT, INPUT, sealFor(worker, jobId, output));
    }

    function sealFor(address worker, uint256 jobId, bytes32 output) internal pure returns (bytes32) {
        return keccak256(abi.encode(worker, jobId, output, SALT));
    }

    function reveals(address worker, uint256 jobId, bytes32 output) internal {
        vm.prank(worker);
        ATTESTED.reveal(jobId, output, SALT);
    }

    function commits(bytes32 claimId, uint256 place, bytes32 found) internal {
        bytes32 commitment = keccak256(abi.encode(claimId, operatorAt(place), found, saltOf(place)));
        commitsAs(operatorAt(place), claimId, keyAt(place), commitment);
    }

    function commitsAs(address operator, bytes32 claimId, bytes32 keyId, bytes32 commitment) internal {
        vm.prank(operator);
        ATTESTED.commit(claimId, keyId, commitment);
    }

    function commits(bytes32 claimId, uint256[] memory places, bytes32 found) internal {
        for (uint256 i = 0; i < places.length; ++i) {
            commits(claimId, places[i], found);
        }
    }

    function attests(bytes32 claimId, uint256[] memory places, bytes32 found) internal {
        bytes memory signers = bitmapOf(places);
        signed(claimId, found, signers);
        ATTESTED.attest(claimId, found, signers, SIGNATURE, saltsOf(places));
    }

    /// @dev From now on the precompile says that they signed it: this chain's auditors of the claim's epoch, for this claim.
    function signed(bytes32 claimId, bytes32 found, bytes memory signers) internal {
        bytes32 payload = keccak256(abi.encode(bytes32("edgeloom/attested/1"), Predeploys.ATTESTED, claimId, found));
        signedPayload(claimId, payload, signers);
    }

    function signedPayload(bytes32 claimId, bytes32 payload, bytes memory signers) internal {
        uint64 epoch = ATTESTED.claimOf(claimId).epoch;
        bytes memory message = Bls.message(AUDITS.set(), epoch, payload);
        address snapshot = KEYS.snapshotAt(AUDITS.set(), epoch);
        bytes memory asked = abi.encodeCall(IBls.fastAggregateVerify, (snapshot, message, signers, SIGNATURE));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(IBls.Quorum(true, 1, 1, 1)));
    }

    function bitmapOf(uint256[] memory places) internal pure returns (bytes memory signers) {
        signers = new bytes((SEATS + 7) / 8);
        for (uint256 i = 0; i < places.length; ++i) {
            signers[places[i] / 8] |= bytes1(uint8(1) << uint8(places[i] % 8));
        }
    }

    /// @dev The first so many found OUTPUT, the others OTHER, and all show it.
    function decided(bytes32 claimId, uint256[] memory places, uint256 right) internal {
        (uint256[] memory some, uint256[] memory others) = split(places, right);
        commits(claimId, some, OUTPUT);
        commits(claimId, others, OTHER);
        if (some.length != 0) attests(claimId, some, OUTPUT);
        if (others.length != 0) attests(claimId, others, OTHER);
    }

    function workOf(address worker, uint256 jobId) internal view returns (IVerifier.Work memory) {
        return IVerifier.Work(jobId, worker, 10_000, DEADLINE, SUBJECT, INPUT, jobPrice);
    }

    function judged(IVerifier.Verdict expected) internal view {
        judged(workOf(BOB, JOB), expected);
    }

    function judged(IVerifier.Work memory work, IVerifier.Verdict expected) internal view {
        (IVerifier.Verdict verdict,) = ATTESTED.judge(work, "", "");
        eq(uint256(verdict), uint256(expected), "verdict");
    }

    function over() internal {
        vm.warp(START + 2 * TURN + 1);
    }
}
