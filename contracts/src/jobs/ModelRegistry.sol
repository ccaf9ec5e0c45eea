// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Code} from "../types/Code.sol";
import {Manifest} from "../types/Manifest.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract ModelRegistry is IModelRegistry {
    uint256 private constant CHUNKS_MAX = 64;
    uint256 private constant NAME_BYTES_MAX = 64;
    uint256 private constant METADATA_BYTES_MAX = 512;
    /// @dev A worker who takes a job must be able to submit its answer: the transaction has at most 2^24 = 16,777,216 gas
    /// (EIP-7825), and nodes pass on none longer than 131,072 bytes. With D bytes of input and output together, none of
    /// them zero, `submit` pays 16 D for calldata, 8 D for logging the output, less than 8 D for copying, hashing and
    /// memory, and less than 200,000 for all else. (EIP-7623's floor of 40 D counts only where it is more than all this.)
    /// An inference takes less than 900,000 gas (rules G2, G3 and G17 bound what is loaded, decoded and computed), of which
    /// 64 / 63 have to be left (EIP-150). With both at their limits that is 32 * 122,880 + 914,286 + 200,000 < 5,050,000.
    /// The rest is room for workers that are contracts.
    uint256 private constant ANSWER_BYTES_MAX = 122_880;

    /// @dev What is kept of a graph; the rest is in the event.
    struct Lengths {
        uint64 inputBytes;
        uint64 outputBytes;
        uint64 traceBytes;
        bool known;
    }

    mapping(address chunk => bool) private _uploaded;
    mapping(bytes32 modelId => Model) private _models;
    uint256 public count;
    mapping(bytes32 modelId => Lengths) private _graphs;

    function upload(bytes calldata chunk) external returns (address location) {
        if (chunk.length == 0) revert EmptyChunk();
        if (chunk.length > Code.BYTES_MAX) revert ChunkTooLarge(chunk.length, Code.BYTES_MAX);
        location = Code.store(chunk);
        if (_uploaded[location]) return location;
        _uploaded[location] = true;
        emit ChunkUploaded(location, chunk.length);
    }

    function register(address[] calldata chunks, string calldata name, string calldata metadata)
        external
        returns (bytes32 modelId)
    {
        _checkRegistration(chunks, name, metadata);
        // An equal manifest may exist from an equal list; whether the model is new, its identity decides.
        address manifest = Code.store(Manifest.encode(chunks));
        IEdgeProof.Shape memory shape = IEdgeProof(Predeploys.EDGE_PROOF).describe(manifest);
        modelId = shape.modelId;
        if (exists(modelId)) revert ModelExists(modelId);
        _checkSubmittable(shape);

        _models[modelId] = Model({
            owner: msg.sender,
            manifest: manifest,
            inputBytes: shape.inputBytes,
            outputBytes: shape.outputBytes,
            macs: shape.macs,
            inferGas: shape.inferGas,
            registeredAt: uint64(block.timestamp),
            name: name,
            metadata: metadata
        });
        ++count;
        emit ModelRegistered(
            modelId,
            msg.sender,
            manifest,
            shape.inputBytes,
            shape.outputBytes,
            shape.macs,
            shape.inferGas,
            name,
            metadata
        );
    }

    function registerGraph(
        bytes calldata graph,
        bytes32 weightsRoot,
        bytes32 weightsTransposedRoot,
        string calldata name,
        string calldata metadata
    ) external returns (bytes32 modelId) {
        _checkTexts(name, metadata);
        modelId = _keepGraph(graph, weightsRoot, weightsTransposedRoot);
        emit GraphRegistered(modelId, msg.sender, weightsRoot, weightsTransposedRoot, graph, name, metadata);
    }

    function chunkAddress(bytes calldata chunk) external view returns (address location) {
        if (chunk.length == 0) revert EmptyChunk();
        if (chunk.length > Code.BYTES_MAX) revert ChunkTooLarge(chunk.length, Code.BYTES_MAX);
        return Code.locationOf(chunk);
    }

    function model(bytes32 modelId) external view returns (Model memory) {
        if (!exists(modelId)) revert ModelUnknown(modelId);
        return _models[modelId];
    }

    function manifestOf(bytes32 modelId) external view returns (address manifest, uint32 inputBytes) {
        Model storage stored = _models[modelId];
        (manifest, inputBytes) = (stored.manifest, stored.inputBytes);
        if (manifest == address(0)) revert ModelUnknown(modelId);
    }

    function traceOf(bytes32 modelId) external view returns (uint64 inputBytes, uint64 outputBytes, uint64 traceBytes) {
        Lengths memory graph = _graphs[modelId];
        if (!graph.known) revert ModelUnknown(modelId);
        return (graph.inputBytes, graph.outputBytes, graph.traceBytes);
    }

    function exists(bytes32 modelId) public view returns (bool) {
        return _models[modelId].manifest != address(0);
    }

    /// @dev `count` and `exists` are about models whose image is here.
    function _keepGraph(bytes calldata graph, bytes32 weightsRoot, bytes32 weightsTransposedRoot)
        private
        returns (bytes32 modelId)
    {
        IEdgeProof.Outline memory shape =
            IEdgeProof(Predeploys.EDGE_PROOF).outline(graph, weightsRoot, weightsTransposedRoot);
        modelId = shape.modelId;
        if (_graphs[modelId].known) revert GraphExists(modelId);
        _graphs[modelId] = Lengths(shape.inputBytes, shape.outputBytes, shape.traceBytes, true);
    }

    function _checkSubmittable(IEdgeProof.Shape memory shape) private pure {
        uint256 length = uint256(shape.inputBytes) + shape.outputBytes;
        if (length > ANSWER_BYTES_MAX) revert AnswerTooLong(length, ANSWER_BYTES_MAX);
    }

    function _checkRegistration(address[] calldata chunks, string calldata name, string calldata metadata)
        private
        view
    {
        if (chunks.length == 0) revert NoChunks();
        if (chunks.length > CHUNKS_MAX) revert TooManyChunks(chunks.length, CHUNKS_MAX);
        _checkTexts(name, metadata);
        for (uint256 i = 0; i < chunks.length; ++i) {
            if (!_uploaded[chunks[i]]) revert ChunkUnknown(chunks[i]);
        }
    }

    function _checkTexts(string calldata name, string calldata metadata) private pure {
        if (bytes(name).length > NAME_BYTES_MAX) revert TextTooLong(bytes(name).length, NAME_BYTES_MAX);
        if (bytes(metadata).length > METADATA_BYTES_MAX) {
            revert TextTooLong(bytes(metadata).length, METADATA_BYTES_MAX);
        }
    }
}
