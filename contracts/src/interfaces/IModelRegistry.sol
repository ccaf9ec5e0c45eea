// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Models that jobs may name
/// @notice Anyone uploads an image in chunks, then registers it; a model is immutable from then on.
/// @dev Only what the precompile says of a model is verified: its id, lengths and costs. `owner`, `name` and `metadata` are
/// what the first to register the id chose to say. Chunks are public before `register` is, so that may be somebody else
/// than the author; nothing in the market depends on these three, and nobody should trust them.
interface IModelRegistry {
    error EmptyChunk();
    error ChunkTooLarge(uint256 length, uint256 limit);
    error ChunkUnknown(address chunk);
    error TooManyChunks(uint256 count, uint256 limit);
    error NoChunks();
    error TextTooLong(uint256 length, uint256 limit);
    error ModelExists(bytes32 modelId);
    error GraphExists(bytes32 modelId);
    /// @notice No transaction could carry the model's input and output, together `length` bytes.
    error AnswerTooLong(uint256 length, uint256 limit);
    error ModelUnknown(bytes32 modelId);

    event ChunkUploaded(address indexed chunk, uint256 length);
    /// @param graph header and descriptors, byte for byte: with the weights, the model's image
    event GraphRegistered(
        bytes32 indexed modelId,
        address indexed owner,
        bytes32 weightsRoot,
        bytes32 weightsTransposedRoot,
        bytes graph,
        string name,
        string metadata
    );
    event ModelRegistered(
        bytes32 indexed modelId,
        address indexed owner,
        address manifest,
        uint32 inputBytes,
        uint32 outputBytes,
        uint64 macs,
        uint64 inferGas,
        string name,
        string metadata
    );

    struct Model {
        address owner;
        address manifest;
        uint32 inputBytes;
        uint32 outputBytes;
        uint64 macs;
        uint64 inferGas;
        uint64 registeredAt;
        string name;
        string metadata;
    }

    /// @notice Stores up to 24,575 bytes as code. The address depends on the content alone, so uploading twice is harmless.
    function upload(bytes calldata chunk) external returns (address location);

    /// @notice The address that `upload` gives this content.
    function chunkAddress(bytes calldata chunk) external view returns (address location);

    /// @notice Registers the model whose image is the concatenation of `chunks`, in order, at most 64. A model whose answers
    /// no worker could submit is refused: input and output have together at most 122,880 bytes. (Its work the precompile bounds.)
    /// @param name at most 64 bytes, shown to people
    /// @param metadata at most 512 bytes, a URI or JSON with provenance and licence
    function register(address[] calldata chunks, string calldata name, string calldata metadata)
        external
        returns (bytes32 modelId);

    /// @notice Registers a model by its graph alone, so that claims about it can be disputed (`IDisputes`); its weights are
    /// whatever has these two BLAKE3 hashes. A model of either way may be registered the other way too.
    function registerGraph(
        bytes calldata graph,
        bytes32 weightsRoot,
        bytes32 weightsTransposedRoot,
        string calldata name,
        string calldata metadata
    ) external returns (bytes32 modelId);

    /// @notice Lengths of what an inference takes, gives, and writes in all. Reverts with `ModelUnknown` where no graph was
    /// registered.
    function traceOf(bytes32 modelId) external view returns (uint64 inputBytes, uint64 outputBytes, uint64 traceBytes);

    function model(bytes32 modelId) external view returns (Model memory);
    function exists(bytes32 modelId) external view returns (bool);
    /// @notice What a market needs of a model, in one storage read. Reverts with `ModelUnknown`.
    function manifestOf(bytes32 modelId) external view returns (address manifest, uint32 inputBytes);
    function count() external view returns (uint256);
}
