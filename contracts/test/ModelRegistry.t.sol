// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../src/interfaces/IEdgeProof.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Predeploys} from "../src/types/Predeploys.sol";
import {World} from "./World.sol";
import {eq, holds, vm, within} from "./Vm.sol";

contract ModelRegistryTest is World {
    uint256 private constant CHUNK_MAX = 24_575;

    function test_upload_refuses_an_empty_chunk() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.EmptyChunk.selector));
        REGISTRY.upload("");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.EmptyChunk.selector));
        REGISTRY.chunkAddress("");
    }

    function test_upload_refuses_a_chunk_that_no_code_can_hold() public {
        bytes memory reason = abi.encodeWithSelector(IModelRegistry.ChunkTooLarge.selector, CHUNK_MAX + 1, CHUNK_MAX);
        vm.expectRevert(reason);
        REGISTRY.upload(new bytes(CHUNK_MAX + 1));
        vm.expectRevert(reason);
        REGISTRY.chunkAddress(new bytes(CHUNK_MAX + 1));
    }

    function test_upload_takes_the_largest_chunk() public {
        address location = REGISTRY.upload(new bytes(CHUNK_MAX));
        eq(location.code.length, CHUNK_MAX + 1, "code length");
    }

    function test_upload_twice_is_harmless() public {
        address location = REGISTRY.upload("abc");
        vm.prank(BOB);
        eq(REGISTRY.upload("abc"), location, "same content, same address");
    }

    /// The address is that of CREATE2 with salt zero, from content alone, so a client can compute it without a call.
    function test_upload_puts_a_stop_before_the_content() public {
        bytes memory content = hex"00ff60005b";
        bytes memory initCode = bytes.concat(hex"61000680600a3d393df300", content);
        bytes32 create2 = keccak256(abi.encodePacked(hex"ff", address(REGISTRY), bytes32(0), keccak256(initCode)));
        address expected = address(uint160(uint256(create2)));
        eq(REGISTRY.chunkAddress(content), expected, "predicted");
        vm.expectEmit();
        emit IModelRegistry.ChunkUploaded(expected, content.length);
        eq(REGISTRY.upload(content), expected, "actual");
        eq(keccak256(expected.code), keccak256(bytes.concat(hex"00", content)), "code");
    }

    function testFuzz_upload_keeps_content(bytes calldata content) public {
        vm.assume(content.length != 0 && content.length <= CHUNK_MAX);
        address location = REGISTRY.upload(content);
        eq(location, REGISTRY.chunkAddress(content), "address");
        eq(keccak256(location.code), keccak256(bytes.concat(hex"00", content)), "code");
    }

    function test_register_refuses_no_chunks() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NoChunks.selector));
        REGISTRY.register(new address[](0), "", "");
    }

    function test_register_refuses_too_many_chunks() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.TooManyChunks.selector, 65, 64));
        REGISTRY.register(new address[](65), "", "");
    }

    function test_register_refuses_long_texts() public {
        address[] memory chunks = list(REGISTRY.upload(model(0x01)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.TextTooLong.selector, 65, 64));
        REGISTRY.register(chunks, string(new bytes(65)), "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.TextTooLong.selector, 513, 512));
        REGISTRY.register(chunks, "", string(new bytes(513)));
        REGISTRY.register(chunks, string(new bytes(64)), string(new bytes(512)));
    }

    function test_register_refuses_code_that_was_not_uploaded() public {
        // A contract's code could be anything, an account without code could get some later.
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ChunkUnknown.selector, address(MARKET)));
        REGISTRY.register(list(address(MARKET)), "", "");
        address future = REGISTRY.chunkAddress("not uploaded");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ChunkUnknown.selector, future));
        REGISTRY.register(list(future), "", "");
    }

    function test_register_refuses_what_the_precompile_refuses_and_keeps_nothing() public {
        address[] memory chunks = list(REGISTRY.upload(hex"08"));
        uint256 before = REGISTRY.count();
        vm.expectRevert(abi.encodeWithSelector(IEdgeProof.MalformedModel.selector, 1, 0));
        REGISTRY.register(chunks, "", "");
        eq(REGISTRY.count(), before, "count");
    }

    function test_register_takes_models_at_the_limits_of_a_submission_and_refuses_them_beyond() public {
        address[] memory chunks = list(REGISTRY.upload(model(0x33)));
        _describeAs(1, 122_000, 881);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AnswerTooLong.selector, 122_881, 122_880));
        REGISTRY.register(chunks, "", "");
        _describeAs(1, type(uint32).max, type(uint32).max);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AnswerTooLong.selector, 2 ** 33 - 2, 122_880));
        REGISTRY.register(chunks, "", "");
        _describeAs(900_000, 122_000, 880);
        eq(REGISTRY.model(REGISTRY.register(chunks, "", "")).inferGas, 900_000, "gas");
    }

    function test_register_refuses_a_model_that_exists_in_whatever_chunks() public {
        bytes32 known = modelId;
        address[] memory whole = list(REGISTRY.upload(model(KEY)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelExists.selector, known));
        REGISTRY.register(whole, "again", "");
        address[] memory halves = new address[](2);
        halves[0] = REGISTRY.upload(bytes.concat(model(KEY)[0]));
        halves[1] = REGISTRY.upload(bytes.concat(KEY));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelExists.selector, known));
        REGISTRY.register(halves, "again", "");
    }

    function test_register_records_and_announces_the_model() public {
        bytes memory image = model(0x77);
        address[] memory chunks = list(REGISTRY.upload(image));
        bytes memory manifestContent = abi.encodePacked(bytes4("EIG1"), chunks[0]);
        address manifest = REGISTRY.chunkAddress(manifestContent);
        vm.expectEmit();
        emit IModelRegistry.ModelRegistered(keccak256(image), CAROL, manifest, 8, 8, 20, 3000, "n", "m");
        vm.prank(CAROL);
        bytes32 id = REGISTRY.register(chunks, "n", "m");

        eq(keccak256(manifest.code), keccak256(bytes.concat(hex"00", manifestContent)), "manifest");
        IModelRegistry.Model memory known = REGISTRY.model(id);
        eq(known.owner, CAROL, "owner");
        eq(known.manifest, manifest, "manifest");
        eq(known.registeredAt, START, "time");
        eq(keccak256(bytes(known.name)), keccak256("n"), "name");
        holds(REGISTRY.exists(id), "exists");
        eq(REGISTRY.count(), 2, "count");
        (address location, uint32 inputBytes) = REGISTRY.manifestOf(id);
        eq(location, manifest, "manifestOf");
        eq(inputBytes, 8, "inputBytes");
    }

    function testFuzz_manifest_lists_every_chunk_in_order(uint256 count, uint256 seed) public {
        address[] memory chunks = new address[](within(count, 1, 64));
        // The first chunk starts a valid model; the rest is there to be listed.
        bytes memory expected = hex"0045494731";
        for (uint256 i = 0; i < chunks.length; ++i) {
            bytes memory content = abi.encodePacked(uint8(8), keccak256(abi.encode(seed, i)));
            chunks[i] = REGISTRY.upload(content);
            expected = bytes.concat(expected, bytes20(chunks[i]));
        }
        bytes32 id = REGISTRY.register(chunks, "", "");
        eq(keccak256(REGISTRY.model(id).manifest.code), keccak256(expected), "manifest");
    }

    function test_views_refuse_unknown_models() public {
        bytes memory reason = abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, bytes32(uint256(1)));
        vm.expectRevert(reason);
        REGISTRY.model(bytes32(uint256(1)));
        vm.expectRevert(reason);
        REGISTRY.manifestOf(bytes32(uint256(1)));
        holds(!REGISTRY.exists(bytes32(uint256(1))), "unknown");
    }

    function test_registerGraph_refuses_long_texts() public {
        bytes memory graph = _graph(1, 2, 3);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.TextTooLong.selector, 65, 64));
        REGISTRY.registerGraph(graph, "w", "t", string(new bytes(65)), "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.TextTooLong.selector, 513, 512));
        REGISTRY.registerGraph(graph, "w", "t", "", string(new bytes(513)));
        REGISTRY.registerGraph(graph, "w", "t", string(new bytes(64)), string(new bytes(512)));
    }

    function test_registerGraph_refuses_what_the_precompile_refuses() public {
        vm.expectRevert(abi.encodeWithSelector(IEdgeProof.MalformedModel.selector, 1, 65_535));
        REGISTRY.registerGraph("short", "w", "t", "", "");
    }

    function test_registerGraph_refuses_a_graph_that_is_known() public {
        bytes32 id = REGISTRY.registerGraph(_graph(1, 2, 3), "w", "t", "", "");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.GraphExists.selector, id));
        vm.prank(BOB);
        REGISTRY.registerGraph(_graph(1, 2, 3), "w", "t", "again", "");
        // Other weights are another model.
        holds(REGISTRY.registerGraph(_graph(1, 2, 3), "x", "t", "", "") != id, "weights");
        holds(REGISTRY.registerGraph(_graph(1, 2, 3), "w", "x", "", "") != id, "transposed");
    }

    function testFuzz_registerGraph_records_and_announces(uint64 input, uint64 output, uint64 trace) public {
        bytes memory graph = _graph(input, output, trace);
        bytes32 id = IEdgeProof(Predeploys.EDGE_PROOF).outline(graph, "w", "t").modelId;
        vm.expectEmit();
        emit IModelRegistry.GraphRegistered(id, CAROL, "w", "t", graph, "n", "m");
        vm.prank(CAROL);
        eq(REGISTRY.registerGraph(graph, "w", "t", "n", "m"), id, "id");
        (uint64 inputBytes, uint64 outputBytes, uint64 traceBytes) = REGISTRY.traceOf(id);
        eq(inputBytes, input, "input");
        eq(outputBytes, output, "output");
        eq(traceBytes, trace, "trace");
        holds(!REGISTRY.exists(id), "its image is not here");
        eq(REGISTRY.count(), 1, "count is of images");
    }

    function test_a_model_may_be_registered_either_way_in_any_order() public {
        IEdgeProof.Outline memory shape = IEdgeProof.Outline(modelId, 8, 8, 64);
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodePacked(IEdgeProof.outline.selector), abi.encode(shape));
        eq(REGISTRY.registerGraph("", "", "", "", ""), modelId, "image, then graph");
        bytes memory image = model(0x77);
        shape.modelId = keccak256(image);
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodePacked(IEdgeProof.outline.selector), abi.encode(shape));
        eq(REGISTRY.registerGraph("", "", "", "", ""), keccak256(image), "graph");
        eq(register(image), keccak256(image), "then image");
    }

    function test_traceOf_refuses_models_without_a_graph() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelUnknown.selector, modelId));
        REGISTRY.traceOf(modelId);
    }

    function _graph(uint64 input, uint64 output, uint64 trace) private pure returns (bytes memory) {
        return abi.encodePacked(input, output, trace);
    }

    /// Numbers that the small stand-in's nets cannot have.
    function _describeAs(uint64 inferGas, uint32 inputBytes, uint32 outputBytes) private {
        IEdgeProof.Shape memory shape = IEdgeProof.Shape(keccak256("big"), inputBytes, outputBytes, 2, 20, inferGas);
        vm.mockCall(Predeploys.EDGE_PROOF, abi.encodePacked(IEdgeProof.describe.selector), abi.encode(shape));
    }
}
