// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";
import {IVerifier} from "./IVerifier.sol";

/// @title Answers that only their requester can read
/// @notice For jobs whose answers are disputable (`IDisputes`). The worker delivers its answer encrypted and commits to the ciphertext here; then it
/// publishes the key, without which nobody can read it. For an hour whoever can decrypt may show that what comes out is not the answer
/// that the worker claimed, and whoever lacks the ciphertext may have it published. A worker whose ciphertext is wrong or withheld, or who
/// keeps the key, is not paid and loses its bond; silence for the hour is acceptance.
/// @dev The ciphertext is the answer, then, where the answer has several chunks of 1,024 bytes, their BLAKE3 chaining values in order, 32
/// bytes each, all XORed with a keystream: block j of 32 bytes is keccak256(abi.encode(seed, j)), and `seedOf` binds the seed to chain,
/// worker, job, the key and a share that requester and worker have both. So the public key decrypts for nobody else, and the
/// ciphertext of one worker is nonsense in the name of another. The list of values makes a wrong chunk known by itself: either the list does
/// not fold to the answer's root, or the chunk is not what the list says.
///
/// The share's hash is part of a job's subject, which is the requester's word: a worker cannot say later that it was another one.
/// Who complains shows the share, so that a requester takes a new one for each order. Answers have at most `LENGTH_MAX` bytes, for one
/// `fold` to take their list; longer ones would take a list of lists, as the dispute's nodes are.
///
/// Everything ends within four hours of the job's deadline, but for what the dispute about the answer itself takes.
interface ISealed is IVerifier, ICredits {
    /// @notice Nobody registered this (`register`).
    error SubjectUnknown(bytes32 subject);
    /// @notice No share has the hash zero.
    error NoShare();
    error LengthOutOfRange(uint64 length, uint64 minimum, uint64 maximum);
    error SealExists(bytes32 sealId);
    error SealUnknown(bytes32 sealId);
    error NotTheKey(bytes32 sealId);
    error NotTheShare(bytes32 sealId);
    /// @notice The dispute has not let this answer live (`IVerifier.Verdict`), or it is not the one that was sealed.
    error NotClaimed(bytes32 sealId, uint8 verdict);
    error Released(bytes32 sealId);
    error NotReleased(bytes32 sealId);
    /// @notice Not chunks of the bytes with this root.
    error NotTheCiphertext(bytes32 cipherRoot);
    error ChunkUnknown(uint64 index, uint64 chunks);
    /// @notice The list is wrong: complain of that.
    error WrongList(bytes32 sealId);
    /// @notice What was shown is as it has to be.
    error NothingWrong(bytes32 sealId);
    error Complained(bytes32 sealId);
    error Demanded(bytes32 sealId);
    error NotDemanded(bytes32 sealId);
    error WrongDeposit(uint256 sent, uint256 expected);
    error PieceUnknown(uint64 piece, uint64 pieces);
    error PieceAnswered(bytes32 sealId, uint64 piece);
    error NothingToReclaim(bytes32 sealId);
    error TooEarly(uint64 deadline);
    error TooLate(uint64 deadline);
    /// @notice All is delivered here: `judge` takes neither output nor proof.
    error NothingToShow();

    event Registered(bytes32 indexed subject, bytes32 inner, bytes32 shareHash);
    event Sealed(
        bytes32 indexed sealId,
        address indexed worker,
        uint256 indexed jobId,
        bytes32 subject,
        bytes32 outputRoot,
        uint64 outputLength,
        bytes32 cipherRoot,
        bytes32 keyHash
    );
    /// @param until when the last complaint can be made
    event KeyReleased(bytes32 indexed sealId, bytes32 key, uint64 until);
    /// @param chunk the one that is wrong, or as many as there are where the list is
    /// @param evidence hash of the ciphertext that shows it
    event ComplaintUpheld(bytes32 indexed sealId, address indexed by, uint64 chunk, bytes32 evidence);
    /// @param answerBy until when the worker publishes the ciphertext
    event CiphertextDemanded(
        bytes32 indexed sealId, address indexed payer, uint64 pieces, uint64 answerBy, uint64 until
    );
    event PieceShown(bytes32 indexed sealId, uint64 indexed piece, bytes data, uint256 paid);
    event DepositReclaimed(bytes32 indexed sealId, address indexed payer, uint256 amount);

    /// @param inner what the dispute calls it: a model's id
    /// @param shareHash keccak256 of the 32 bytes that requester and worker share
    struct Subject {
        bytes32 inner;
        bytes32 shareHash;
    }

    /// @param key its hash until it is released
    /// @param fault evidence of a complaint that was right; 0 for none
    struct Seal {
        uint64 sealedAt;
        uint64 outputLength;
        /// 0 for not yet.
        uint64 releasedAt;
        /// When the last complaint can be made; 0 before the key is released.
        uint64 until;
        bytes32 subject;
        bytes32 outputRoot;
        bytes32 cipherRoot;
        bytes32 key;
        bytes32 fault;
    }

    /// @notice What `IVerifier.Work` has beside worker and subject.
    struct Job {
        uint256 jobId;
        uint64 takenAt;
        uint64 deadline;
        bytes32 inputHash;
        uint256 price;
    }

    /// @notice That somebody wants the ciphertext published, in pieces of eight chunks.
    /// @param left pieces whose deposit is still here
    /// @param answered a bit for each piece
    struct Demand {
        address payer;
        uint64 answerBy;
        uint8 pieces;
        uint8 left;
        uint64 answered;
    }

    /// @notice Chunks of the ciphertext, and what shows that they are (`IEdgeProof.opens`).
    struct Opening {
        bytes data;
        bytes32[] values;
    }

    /// @notice Makes the subject of jobs whose answers are sealed. Anybody, before they post one; once for all.
    function register(bytes32 inner, bytes32 shareHash) external returns (bytes32 subject);

    /// @notice Commits the caller to a ciphertext, once for each job, by the job's deadline.
    /// @param keyHash keccak256 of the 32 bytes of the key
    function seal(
        uint256 jobId,
        bytes32 subject,
        bytes32 outputRoot,
        uint64 outputLength,
        bytes32 cipherRoot,
        bytes32 keyHash
    ) external returns (bytes32 sealId);

    /// @notice Publishes the caller's key, at most `TURN` seconds after the job's deadline; later is too late to be paid. Nothing is risked by
    /// doing so at once: the price is in escrow, and the worker's unless the answer or the ciphertext is wrong.
    /// @param job as the market has it: what the dispute says of it guards the caller from giving away a key for nothing
    function release(Job calldata job, bytes32 key) external;

    /// @notice Shows that the list behind the answer does not fold to its root. Anybody who has the share.
    /// @param list the chunks of the ciphertext that have a part of the list
    function complainOfList(address worker, uint256 jobId, bytes32 share, Opening calldata list) external;

    /// @notice Shows that a chunk is not what the list, which is right, says of it. Anybody who has the share.
    /// @param list as for `complainOfList`; empty where the answer has one chunk, and no list
    function complainOfChunk(
        address worker,
        uint256 jobId,
        bytes32 share,
        Opening calldata list,
        uint64 index,
        Opening calldata chunk
    ) external;

    /// @notice Has the whole ciphertext published here, for `depositOf`. Once for each seal, by anybody, while complaints can be made, which goes on
    /// until an hour after the time to answer is over. Each answer takes its gas at the base fee out of the deposit, up to `PIECE`.
    function demand(address worker, uint256 jobId) external payable;

    /// @notice Publishes eight chunks of the ciphertext, from number 8 * piece on. Anybody may; the worker is paid.
    function answer(address worker, uint256 jobId, uint64 piece, Opening calldata shown) external;

    /// @notice Credits what is left of the deposit, once the time to answer is over, to who paid it. Anybody.
    function reclaim(address worker, uint256 jobId) external;

    function sealIdOf(address worker, uint256 jobId) external pure returns (bytes32 sealId);
    /// @notice Of the keystream of a worker's ciphertext.
    function seedOf(address worker, uint256 jobId, bytes32 key, bytes32 share) external view returns (bytes32 seed);
    /// @notice Reverts with `SealUnknown`.
    function sealOf(bytes32 sealId) external view returns (Seal memory);
    /// @notice Zeros where there is none.
    function demandOf(bytes32 sealId) external view returns (Demand memory);
    /// @notice Reverts with `SubjectUnknown`.
    function subjectOf(bytes32 subject) external view returns (Subject memory);
    /// @notice Bytes of the ciphertext of an answer.
    function lengthOf(uint64 outputLength) external pure returns (uint64 length);
    /// @notice What a demand takes, wei: `PIECE` for each eight chunks of the ciphertext.
    function depositOf(uint64 outputLength) external pure returns (uint256 deposit);
    /// @notice Σ of deposits for pieces that nobody answered yet, wei.
    function held() external view returns (uint256);

    /// @notice Of an answer, bytes.
    function LENGTH_MAX() external view returns (uint64);
    /// @notice Seconds to release the key, to complain, and to answer a demand.
    function TURN() external view returns (uint64);
    /// @notice Of a piece, the deposit, wei.
    function PIECE() external view returns (uint256);
}
