// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Edge proofs, checked by the chain itself
/// @notice A precompile at 0x0000000000000000000000000000000000000400. A model is an EIG/1 integer graph whose image
/// (graph, then weights) lies in immutable code chunks; a manifest contract lists the chunks.
/// @dev Every function is a view. DELEGATECALL and CALLCODE revert with `NotCalledDirectly`. Gas is charged before work.
interface IEdgeProof {
    /// @notice The precompile was reached by DELEGATECALL or CALLCODE.
    error NotCalledDirectly();
    /// @notice The calldata is not the canonical ABI encoding of a call of this interface, the only one that is accepted,
    /// or the call carries value, which a view could never give back.
    error MalformedCall();
    /// @notice `manifest` has no code, or its code is not a list of chunks.
    error MalformedManifest(address manifest);
    /// @notice The image in the chunks breaks rule `rule` of EIG/1 (numbered in the specification) at operation `op`,
    /// counted from zero; 65,535 stands for the header, before any operation.
    error MalformedModel(uint16 rule, uint16 op);
    /// @notice The input has `actual` bytes; the model takes `expected`.
    error InputLength(uint256 expected, uint256 actual);

    /// @notice Input, accumulators and projections do not go together, or a number of a projection is not below 2^61 - 1.
    error MalformedLayer();
    /// @notice There are `actual` samples, values or rows in one call, more than `limit`, or none.
    error WrongCount(uint256 limit, uint256 actual);

    /// @notice The bytes name no set of keys: an owner's 20, 11 zeros and a role that is not zero.
    error NotASet(bytes32 set);
    /// @notice The code at `code` is not that of a snapshot, or not of a chunk of one.
    error MalformedSnapshot(address code);
    /// @notice Amounts of this set take `expected` bytes, these are `actual`.
    error SignersLength(uint256 expected, uint256 actual);
    /// @notice Nobody with stake is at `place`.
    error NotAMember(uint256 place);
    /// @notice A receipt is of at most `limit` units, that of the client at `place` of `actual`.
    error TooManyUnits(uint256 place, uint256 limit, uint256 actual);
    /// @notice Signature number `index` is infinity, off the curve, outside its subgroup, or not encoded canonically.
    error MalformedSignature(uint256 index);

    /// @param modelId keccak256 commitment to graph, weights and specification
    /// @param inputBytes exact input length
    /// @param outputBytes exact output length
    /// @param imageBytes length of graph and weights together
    /// @param macs multiply-accumulates of one inference
    /// @param inferGas all that one `infer` charges, every access of manifest and chunks taken as the first in the
    /// transaction: the most it takes. What the transaction pays for its own calldata is not in it.
    struct Shape {
        bytes32 modelId;
        uint32 inputBytes;
        uint32 outputBytes;
        uint32 imageBytes;
        uint64 macs;
        uint64 inferGas;
    }

    /// @notice What became of a claim that an element of a trace is wrong.
    enum Verdict {
        /// @dev The proof is no proof of this place: the fault of who made it.
        Invalid,
        Consistent,
        Fraud
    }

    /// @param position the byte of the trace where the element begins; 0 where the proof is invalid
    /// @param expected what follows from what was committed to before; 0 where the proof is invalid
    /// @param found what was committed to
    struct Judgement {
        Verdict verdict;
        uint64 position;
        int32 expected;
        int32 found;
    }

    /// @notice What a model's id commits to.
    struct Commitment {
        bytes32 weightsRoot;
        uint64 weightsLength;
        bytes32 weightsTransposedRoot;
        bytes32 graphRoot;
        uint64 graphLength;
        uint32 specification;
    }

    /// @notice How many bytes an inference takes, gives, and writes in all (its trace, as EIG/1 lays it out).
    struct Outline {
        bytes32 modelId;
        uint64 inputBytes;
        uint64 outputBytes;
        uint64 traceBytes;
    }

    /// @notice What a worker committed to: BLAKE3 hash and length of the input, of everything that it computed, and of its answer.
    struct Work {
        bytes32 inputRoot;
        uint64 inputLength;
        bytes32 traceRoot;
        uint64 traceLength;
        bytes32 outputRoot;
        uint64 outputLength;
    }

    /// @notice An element of a trace: of operation `op`, the one with number `element` over all its output; numbers from there on
    /// are bytes of the padding after it. Operation 4,294,967,295 is the copy of the input at the trace's front, and
    /// 4,294,967,294 that of the answer out of its end, byte by byte.
    struct Place {
        uint32 op;
        uint64 element;
    }

    /// @notice What receipts of content are for.
    /// @param clients the clients' set, `IKeyRegistry.setOf(owner, role)`
    /// @param epoch of the set's snapshot
    /// @param server the account that is paid
    /// @param contentRoot BLAKE3 of the content
    /// @param unitBytes bytes of the content that one unit stands for
    /// @param serial tells a client's receipt from its next
    struct Terms {
        bytes32 clients;
        uint64 epoch;
        address server;
        bytes32 contentRoot;
        uint32 unitBytes;
        uint64 serial;
    }

    /// @param right whether exactly the clients named signed their amounts
    /// @param units of all clients together; 0 where it is not right
    /// @param clients how many they are; 0 where it is not right
    struct Delivery {
        bool right;
        uint256 units;
        uint256 clients;
    }

    /// @notice Runs the model on `input`, bit for bit as every worker and every node does.
    function infer(address manifest, bytes calldata input) external view returns (bytes memory output);

    /// @notice Checks the model and describes it. Its gas pays for hashing the image, once as it lies there and once with
    /// its weight matrices transposed; it may be more or less than that of `infer`.
    function describe(address manifest) external view returns (Shape memory shape);

    /// @notice Checks a graph (header and descriptors) of the profile whose traces are judged element by element, and describes it.
    /// Nobody looks at the weights behind the two hashes: any bytes have a meaning.
    function outline(bytes calldata graph, bytes32 weightsRoot, bytes32 weightsTransposedRoot)
        external
        view
        returns (Outline memory shape);

    /// @notice Whether an element that a worker committed to follows from what it committed to before it.
    /// @param modelId keccak256 of `model`, packed
    /// @param proof openings of the operation, its operands, its weights and the element, as EIG/1's rule J2 orders them
    function step(
        bytes32 modelId,
        Commitment calldata model,
        Work calldata work,
        Place calldata place,
        bytes calldata proof
    ) external view returns (Judgement memory judgement);

    /// @notice Whether `data` are the chunks `first` to `first + count - 1`, 1,024 bytes each, of the `length` bytes whose BLAKE3
    /// hash is `root`.
    /// @param values the chaining value of every subtree beside them, from left to right: as a Bao slice has them
    function opens(
        bytes32 root,
        uint64 length,
        uint64 first,
        uint64 count,
        bytes calldata data,
        bytes32[] calldata values
    ) external view returns (bool part);

    /// @notice Whether `proof` opens `samples` chunks, at most 256, of the `length` bytes whose BLAKE3 hash is `root`: those that
    /// `seed` asks for, which nobody may have known when the root was committed to.
    /// @dev Who lacks a share f of the chunks passes with probability (1 - f)^samples.
    function possession(bytes32 root, uint64 length, bytes32 seed, uint256 samples, bytes calldata proof)
        external
        view
        returns (bool held);

    /// @notice Whether `root` is that of the product of the two matrices of `size` rows that `seed` makes, as far as `proof` opens
    /// it at the `samples` entries that `challenge` asks for.
    /// @param size at most 32,768, and at most 2^20 times `samples`
    /// @dev Who has a share f of wrong entries passes with probability (1 - f)^samples.
    function capacity(
        bytes32 root,
        uint256 size,
        bytes32 seed,
        bytes32 challenge,
        uint256 samples,
        bytes calldata proof
    ) external view returns (bool computed);

    /// @notice Whether `accumulators` are what a dense layer of 8-bit weights makes of `input`, as far as random combinations of its
    /// rows tell: with at most one chance in 2^61 times the number of rows, for each combination, of missing an error.
    /// @param input at most 65,536 signed bytes
    /// @param accumulators at most 65,536 sums, 4 bytes little-endian each
    /// @param projections one to four combinations of the rows, a number for each byte of input, 8 bytes little-endian each
    /// @param seed of the combinations' coefficients, later than the accumulators
    /// @dev Whose input and whose projections these are is for the caller to know: `opens` tells.
    function freivalds(bytes calldata input, bytes calldata accumulators, bytes calldata projections, bytes32 seed)
        external
        view
        returns (bool right);

    /// @notice The BLAKE3 chaining value over 2 to 256 others of equal subtrees, of which the last may be smaller, or the hash of
    /// the bytes that they are all of.
    function fold(bytes32[] calldata values, bool root) external view returns (bytes32 value);

    /// @notice Whether `signature` is the aggregate of one receipt of each client that `amounts` names.
    /// @param snapshot manifest of the clients' set, as `IKeyRegistry` writes it: check there that it is that of `terms`
    /// @param amounts a byte for each place of the snapshot: the units that the client there received, at most 31, or 0 for who
    /// is none; 1 to 1,000 clients
    /// @dev A client signs, for each binary digit k that is set in its amount, what a member of its set signs (`Bls.message`)
    /// with the payload keccak256(abi.encode(bytes32("edgeloom/receipt/1"), server, contentRoot, unitBytes, serial, k)).
    ///
    /// Digits are signed one by one, so that who has a client's receipts of 1 and of 2 units under the same terms has one of 3:
    /// a client signs one amount under the same terms, ever, and its next receipt has another serial. Nothing is remembered
    /// here. A contract that settles has to pay each client once for the same terms, and where amounts are totals so far, only
    /// what the one with the highest serial adds for each server, content and client.
    ///
    /// Server and client may be one person: bytes are a claim of two keys, to be paid from what the publisher deposited and
    /// from nothing that others own.
    function receipts(address snapshot, Terms calldata terms, bytes calldata amounts, bytes calldata signature)
        external
        view
        returns (Delivery memory delivery);
}
