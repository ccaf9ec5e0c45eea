// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Audits} from "../src/jobs/Audits.sol";
import {Beacon} from "../src/chain/Beacon.sol";
import {Bls} from "../src/bls/Bls.sol";
import {Disputable} from "../src/market/Disputable.sol";
import {DisputesWorld} from "./DisputesWorld.sol";
import {IBls} from "../src/interfaces/IBls.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Keyed} from "./Keyed.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {eq, vm} from "./Vm.sol";

/// @dev Claims about jobs, and audits of them: the real contracts beside each other. Only what the precompile says of signatures is
/// mocked, as `AuditsWorld` has it, and mixes are put where the beacon keeps them.
abstract contract DisputableWorld is DisputesWorld, Keyed {
    Audits internal constant AUDITS = Audits(Predeploys.AUDITS);
    Beacon internal constant BEACON = Beacon(Predeploys.BEACON);
    Disputable internal constant DISPUTABLE = Disputable(payable(Predeploys.DISPUTABLE));

    uint256 internal constant JOB_ID = uint256(JOB);
    uint256 internal constant ENTRY = 1e18;
    uint256 internal constant AUDIT = 4e18;
    /// @dev Of the jobs that are entered: one for which the least fee is enough, unless a test says otherwise.
    uint256 internal jobPrice = 1e18;
    uint64 internal constant LIFE = 3 days;
    uint64 internal constant DELAY = 16;
    /// @dev In which BOB took the job.
    uint64 internal constant TAKEN_AT = 100;
    uint64 internal constant DEADLINE = uint64(START) + 2 hours;
    bytes internal constant SIGNATURE = hex"1234";

    function setUp() public virtual override {
        super.setUp();
        vm.etch(Predeploys.AUDITS, address(new Audits()).code);
        vm.etch(Predeploys.BEACON, address(new Beacon()).code);
        plantKeys();
        bytes memory no = abi.encode(IBls.Quorum(false, 0, 0, 1));
        vm.mockCall(Predeploys.BLS, abi.encodePacked(IBls.fastAggregateVerify.selector), no);
    }

    function auditor(uint256 number) internal pure returns (address) {
        return address(uint160(0xa0d170000 + number));
    }

    function enlisted(uint256 number) internal returns (bytes32 keyId) {
        keyId = registered(auditor(number));
        vm.deal(auditor(number), FUNDS);
        vm.prank(auditor(number));
        AUDITS.enlist{value: 1000e18}(keyId);
    }

    /// @dev Seals a set with these many members.
    function bench(uint256 members) internal {
        for (uint256 i = 0; i < members; ++i) {
            enlisted(i);
        }
        KEYS.write(AUDITS.set(), 0);
        AUDITS.seal();
    }

    function idOf(uint256 jobId) internal view returns (bytes32) {
        return DISPUTES.claimIdOf(BOB, bytes32(jobId));
    }

    /// @dev Without asking, so that it can be refused.
    function entryFor(uint256 price) internal pure returns (uint256) {
        uint256 shares = 4 * price * 45 / 100;
        return (shares > AUDIT ? shares : AUDIT) / 4;
    }

    function enters(address worker, uint256 jobId) internal {
        vm.prank(worker);
        DISPUTABLE.enter{value: entryFor(jobPrice)}(jobId, jobPrice, "");
    }

    /// @dev BOB's claim about a job, which is entered now.
    function entered(uint256 jobId) internal returns (bytes32 claimId) {
        claimId = claimedAs(BOB, bytes32(jobId), traceRoot, false);
        enters(BOB, jobId);
    }

    function drawn(uint256 jobId, bool audited) internal {
        drawable(jobId, audited);
        DISPUTABLE.draw(BOB, jobId);
    }

    /// @dev The beacon knows a mix by which BOB's claim is audited, or is not.
    function drawable(uint256 jobId, bool audited) internal {
        uint256 height = DISPUTABLE.drawnAt(DISPUTABLE.entryOf(BOB, jobId).height);
        mixes(height, mixFor(idOf(jobId), height, audited));
        if (block.number <= height) vm.roll(height + 1);
    }

    function mixes(uint256 height, bytes32 mix) internal {
        vm.store(Predeploys.BEACON, keccak256(abi.encode(height, 0)), mix);
    }

    function mixOf(uint256 height) internal view returns (bytes32) {
        return vm.load(Predeploys.BEACON, keccak256(abi.encode(height, 0)));
    }

    function mixFor(bytes32 claimId, uint256 height, bool audited) internal view returns (bytes32 mix) {
        do {
            mix = keccak256(abi.encode(mix));
        } while (isAuditedBy(claimId, height, mix) != audited);
    }

    function isAuditedBy(bytes32 claimId, uint256 height, bytes32 mix) internal view returns (bool) {
        bytes32 seed = keccak256(abi.encode(block.chainid, Predeploys.DISPUTABLE, claimId, height, mix));
        return uint256(seed) % 10_000 < 2000;
    }

    /// @dev Who was drawn for an audit, in rising order.
    function committee(bytes32 claimId) internal returns (uint256[] memory places) {
        uint256 height = AUDITS.auditOf(claimId).height + DELAY;
        if (mixOf(height) == 0) mixes(height, keccak256(abi.encode("committee", claimId)));
        if (block.number <= height) vm.roll(height + 1);
        places = AUDITS.committeeOf(claimId);
        for (uint256 i = 1; i < places.length; ++i) {
            for (uint256 j = i; j > 0 && places[j] < places[j - 1]; --j) {
                (places[j], places[j - 1]) = (places[j - 1], places[j]);
            }
        }
    }

    /// @dev A member of a committee found that.
    function commits(bytes32 claimId, uint256 place, bytes32 output) internal {
        bytes32 keyId = KEYS.keyAt(AUDITS.set(), place);
        address operator = KEYS.operatorOf(keyId);
        vm.prank(operator);
        AUDITS.commit(claimId, keyId, keccak256(abi.encode(claimId, operator, output, traceRoot, saltOfPlace(place))));
    }

    function saltOfPlace(uint256 place) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", place));
    }

    /// @dev All of a committee found that, and show it.
    function attested(bytes32 claimId, bytes32 output) internal returns (uint256[] memory places) {
        places = committee(claimId);
        bytes32[] memory salts = new bytes32[](places.length);
        bytes memory signers = new bytes((AUDITS.auditOf(claimId).places + 7) / 8);
        for (uint256 i = 0; i < places.length; ++i) {
            if (AUDITS.voteOf(claimId, places[i]).commitment == 0) commits(claimId, places[i], output);
            salts[i] = saltOfPlace(places[i]);
            signers[places[i] / 8] |= bytes1(uint8(1) << uint8(places[i] % 8));
        }
        sign(claimId, output, signers);
        AUDITS.attest(claimId, output, traceRoot, signers, SIGNATURE, salts);
    }

    /// @dev From now on the precompile says that they signed it.
    function sign(bytes32 claimId, bytes32 output, bytes memory signers) internal {
        uint64 epoch = AUDITS.auditOf(claimId).epoch;
        bytes memory message = Bls.message(AUDITS.set(), epoch, AUDITS.payloadOf(claimId, output, traceRoot));
        address snapshot = KEYS.snapshotAt(AUDITS.set(), epoch);
        bytes memory asked = abi.encodeCall(IBls.fastAggregateVerify, (snapshot, message, signers, SIGNATURE));
        vm.mockCall(Predeploys.BLS, asked, abi.encode(IBls.Quorum(true, 1, 1, 1)));
    }

    /// @dev An element of BOB's claims is wrong, and CAROL shows it.
    function convicted(bytes32 claimId) internal {
        wrong(3, 0, 0);
        announced(CAROL, claimId, 3, 0);
        hold();
        refuted(CAROL, claimId, 3, 0);
    }

    function upheld(bytes32 claimId) internal {
        vm.warp(DISPUTES.claimOf(claimId).claimedAt + WINDOW + 1);
        DISPUTES.uphold(claimId, SALT);
    }

    function workOf(uint256 jobId) internal view returns (IVerifier.Work memory) {
        return IVerifier.Work(jobId, BOB, TAKEN_AT, DEADLINE, graphId, inputRoot, jobPrice);
    }

    function says(IVerifier.Verdict expected, uint256 jobId, string memory what) internal view {
        says(expected, workOf(jobId), what);
    }

    /// @dev What decided it is the answer that was claimed, or nothing.
    function says(IVerifier.Verdict expected, IVerifier.Work memory work, string memory what) internal view {
        (IVerifier.Verdict verdict, bytes32 evidence) = DISPUTABLE.judge(work, "", "");
        eq(uint256(verdict), uint256(expected), what);
        bool decided = expected == IVerifier.Verdict.Right || expected == IVerifier.Verdict.Wrong;
        eq(evidence, decided ? outputRoot : bytes32(0), "evidence");
    }
}
