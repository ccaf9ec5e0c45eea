// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IPossession} from "../interfaces/IPossession.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract Possession is IPossession {
    using SafeCast for uint256;

    IBeacon private constant BEACON = IBeacon(Predeploys.BEACON);
    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    uint256 private constant SAMPLES_MAX = 256;

    function check(bytes32, uint256 count, bytes32 input, bytes calldata inputs) external pure {
        if (count != 1 || inputs.length != 0) revert NotOneJob();
        _parse(input);
    }

    function judge(Work calldata work, bytes calldata output, bytes calldata proof)
        external
        view
        returns (Verdict verdict, bytes32 evidence)
    {
        if (output.length == 0 && proof.length == 0) return (Verdict.None, 0);
        (uint64 length, uint256 samples) = _parse(work.inputHash);
        bytes32 seed = seedOf(work.jobId, work.takenAt);
        // Who sends a proof that is none has lost nothing yet: until the deadline there may be one.
        if (output.length != 0 || !PROOF.possession(work.subject, length, seed, samples, proof)) revert NotShown();
        return (Verdict.Right, keccak256(proof));
    }

    function seedOf(uint256 jobId, uint256 takenAt) public view returns (bytes32 seed) {
        return BEACON.seedAt(drawnAt(takenAt), bytes32(jobId));
    }

    function drawnAt(uint256 takenAt) public view returns (uint256 height) {
        return takenAt + BEACON.DELAY();
    }

    function _parse(bytes32 input) private pure returns (uint64 length, uint256 samples) {
        uint256 word = uint256(input);
        samples = word % 2 ** 16;
        bool bounded = word >> 80 == 0 && word >> 16 != 0 && samples != 0 && samples <= SAMPLES_MAX;
        if (!bounded) revert MalformedInput(input);
        length = (word >> 16).toUint64();
    }
}
