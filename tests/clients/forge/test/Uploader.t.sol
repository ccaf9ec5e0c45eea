// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "@edgeloom/contracts/src/interfaces/IEdgeProof.sol";
import {IModelRegistry} from "@edgeloom/contracts/src/interfaces/IModelRegistry.sol";
import {Predeploys} from "@edgeloom/contracts/src/types/Predeploys.sol";
import {Uploader} from "../src/Uploader.sol";

interface Vm {
    function expectRevert(bytes4 reason) external;
    function mockCall(address callee, bytes calldata callData, bytes calldata returned) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// Without a chain: answers of the precompile are mocked.
contract MockedTest {
    function test_TheChainsAnswerIsPassedOn() external {
        address manifest = address(0x1234);
        bytes memory answer = hex"0102";
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodeCall(IEdgeProof.infer, (manifest, hex"77")), abi.encode(answer));
        require(keccak256(new Uploader().infer(manifest, hex"77")) == keccak256(answer), "answer");
    }
}

/// On a fork of a running chain: the contracts at the package's addresses are the real ones.
contract ForkTest {
    function test_UploadsToTheRealRegistry() external {
        Uploader uploader = new Uploader();
        uploader.upload(hex"f04c");
        address chunk = uploader.chunks(0);
        require(keccak256(chunk.code) == keccak256(hex"00f04c"), "the chunk, after a STOP");
        require(chunk == IModelRegistry(Predeploys.MODEL_REGISTRY).chunkAddress(hex"f04c"), "its address");
        require(keccak256(bytes(uploader.symbol())) == keccak256("THETA"), "symbol");
        (, uint256 market, uint256 staking) = uploader.market();
        require(market > 0 && staking > 0, "code");
        vm.expectRevert(IModelRegistry.EmptyChunk.selector);
        uploader.upload("");
    }
}
