// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {ISealed} from "../src/interfaces/ISealed.sol";
import {IVerifier} from "../src/interfaces/IVerifier.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {SealedWorld} from "./SealedWorld.sol";
import {vm} from "./Vm.sol";

/// @dev Gas of each verb as a whole transaction (run with `--isolate`), pinned in `snapshots/`, for the largest answer. What the precompile
/// takes to open and to fold comes on top: 300 and 6 for each word, or 20 for each value; it is not here.
contract SealedGasTest is SealedWorld {
    uint64 private constant LARGEST = 262_144;
    bytes32 private constant ROOT = keccak256("output");

    function test_gas_of_a_sealed_answer() public {
        SEALED.register(MODEL, "another share's");
        vm.snapshotGasLastCall("Sealed", "register");
        bytes memory cipher = outputOf(SEALED.lengthOf(LARGEST));
        bytes32 cipherRoot = TREE.rootOf(cipher);
        vm.prank(BOB);
        SEALED.seal(JOB, subject, ROOT, LARGEST, cipherRoot, keccak256(abi.encode(KEY)));
        vm.snapshotGasLastCall("Sealed", "seal");
        rules(IVerifier.Verdict.Pending, 0);
        releases();
        vm.snapshotGasLastCall("Sealed", "release");
        SEALED.judge(workOf(BOB, JOB), "", "");
        vm.snapshotGasLastCall("Sealed", "judge");
        demands(ALICE, LARGEST);
        vm.snapshotGasLastCall("Sealed", "demand");

        ISealed.Opening memory list = listing(cipher, LARGEST);
        ISealed.Opening memory chunk = opening(cipher, 100, 1);
        ISealed.Opening memory piece = opening(cipher, 0, 8);
        bytes memory opensCipher = abi.encodePacked(IEdgeProof.opens.selector, cipherRoot);
        vm.mockCall(Predeploys.EDGE_PROOF, opensCipher, abi.encode(true));
        SEALED.answer(BOB, JOB, 0, piece);
        vm.snapshotGasLastCall("Sealed", "answer, eight chunks");
        uint256 state = vm.snapshotState();
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodePacked(IEdgeProof.fold.selector), abi.encode(KEY));
        SEALED.complainOfList(BOB, JOB, SHARE, list);
        vm.snapshotGasLastCall("Sealed", "complainOfList, 256 chunks");
        vm.revertToState(state);
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodePacked(IEdgeProof.fold.selector), abi.encode(ROOT));
        bytes memory opensOutput = abi.encodePacked(IEdgeProof.opens.selector, ROOT);
        vm.mockCall(Predeploys.EDGE_PROOF, opensOutput, abi.encode(false));
        SEALED.complainOfChunk(BOB, JOB, SHARE, list, 100, chunk);
        vm.snapshotGasLastCall("Sealed", "complainOfChunk, of 256");
        vm.warp(block.timestamp + TURN + 1);
        SEALED.reclaim(BOB, JOB);
        vm.snapshotGasLastCall("Sealed", "reclaim");
    }
}
