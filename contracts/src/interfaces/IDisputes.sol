// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title Claims about answers, and what becomes of them
/// @notice A worker claims, with a bond, what a model answers to an input. For a day anybody may challenge it, with a bond of their
/// own: the worker then has to show what it committed to, 256 parts at a time, wherever the challenger points, until the bytes
/// that differ are public and the chain judges one element (`IEdgeProof.step`). Whoever is silent for an hour loses.
/// @dev A wrong answer always has an element that does not follow from what was committed to before it, so that somebody who
/// computes the same finds one; the judgement does not care who found it, or how. Three commitments can be shown: the trace, the
/// answer and the input.
///
/// Parts of them are *nodes*: at level 3, 11, 19 or 27, node number i is the 2^level chunks of 1,024 bytes from i * 2^level on, as
/// many as there are. A node of level 3 is answered by its bytes, any other by the chaining values of its children, 2 to 256
/// of them, which are of the next lower level that has more than one. The root is the node of the lowest level that holds
/// everything.
interface IDisputes is ICredits {
    enum Phase {
        None,
        Open,
        /// @dev Nobody showed it to be wrong: the bond is the worker's again.
        Upheld,
        /// @dev It is wrong, or its worker was silent.
        Convicted,
        /// @dev It was refuted, and had been made to be wrong for auditors to find.
        Canary
    }

    /// @dev Why a claim is not open any more.
    enum Reason {
        Running,
        Unrefuted,
        WrongElement,
        Silence
    }

    /// @dev Of what a node is a part.
    enum Tree {
        Trace,
        Output,
        Input
    }

    error ClaimExists(bytes32 claimId);
    error ClaimUnknown(bytes32 claimId);
    error WrongPhase(bytes32 claimId, Phase phase);
    /// @notice The registry's: no graph of this model was registered.
    error ModelUnknown(bytes32 modelId);
    error BondTooSmall(uint256 sent, uint256 minimum);
    error NotWorker(bytes32 claimId, address caller);
    error TraceCommitted(bytes32 claimId);
    /// @notice The worker has to commit to the trace first (`commitTrace`).
    error TraceUnknown(bytes32 claimId);
    error ThreadUnknown(uint256 thread);
    /// @notice The thread has ended.
    error ThreadEnded(uint256 thread);
    error NotChallenger(uint256 thread, address caller);
    /// @notice Only a thread at the root of the trace can turn to the answer.
    error NotAtTraceRoot(uint256 thread);
    /// @notice Nobody asked for this node.
    error NodeUnknown(bytes32 claimId, Tree tree, uint8 level, uint64 index);
    error NodeAnswered(bytes32 claimId, Tree tree, uint8 level, uint64 index);
    error NodeNotAnswered(bytes32 claimId, Tree tree, uint8 level, uint64 index);
    /// @notice Nodes of level 3 are answered by bytes, and have no children; others by values.
    error WrongLevel(uint8 level);
    /// @notice There are `expected` values, or children.
    error WrongCount(uint256 expected, uint256 actual);
    /// @notice What was given is not what the commitment says.
    error NotCommittedTo();
    error TooLate(uint64 deadline);
    error TooEarly(uint64 deadline);
    /// @notice The element is as it has to be (1, `IEdgeProof.Verdict.Consistent`), or the proof is none (0, `Invalid`).
    error NotFraud(uint8 verdict);
    /// @notice A model's id is keccak256 of `expected` bytes.
    error ModelLength(uint256 expected, uint256 actual);
    /// @notice No thread has been at this place for `HOLD` seconds, and the caller did not announce this proof as long ago.
    error NotAnnounced(bytes32 announcement);
    /// @notice Threads are still running.
    error StillDisputed(bytes32 claimId, uint256 threads);
    error NotTheSeal(bytes32 claimId);
    /// @notice Nothing shows that the claim is wrong.
    error NotRefuted(bytes32 claimId);
    /// @notice What was left of the bond is burned already.
    error NothingToBurn(bytes32 claimId);

    /// @param input what `inputRoot` is the hash of, where the worker published it here; nobody checked
    event Claimed(
        bytes32 indexed claimId,
        address indexed worker,
        bytes32 indexed modelId,
        bytes32 jobId,
        bytes32 inputRoot,
        bytes32 outputRoot,
        bytes32 traceRoot,
        uint128 bond,
        bytes input
    );
    event TraceCommittedTo(bytes32 indexed claimId, bytes32 traceRoot);
    event Challenged(
        bytes32 indexed claimId, uint256 indexed thread, address indexed challenger, Tree tree, uint128 bond
    );
    /// @notice The worker has until `deadline` to answer for this node, where it has not already (then 0).
    event Named(bytes32 indexed claimId, uint256 indexed thread, Tree tree, uint8 level, uint64 index, uint64 deadline);
    event Answered(bytes32 indexed claimId, Tree tree, uint8 level, uint64 index, bytes32[] values);
    event AnsweredWithBytes(bytes32 indexed claimId, Tree tree, uint64 index, bytes data);
    event Announced(bytes32 indexed announcement, address indexed by);
    /// @notice An element was found wrong. The proof is in the transaction's calldata.
    event Refuted(
        bytes32 indexed claimId, uint32 op, uint64 element, uint64 position, int32 expected, int32 found, address by
    );
    /// @notice How a claim ended. A canary has two: it is refuted, then shown to be one.
    /// @param winner who was right about a claim that was convicted; 0 otherwise
    /// @param reward what `winner` got of the bond
    event Closed(bytes32 indexed claimId, Phase phase, Reason reason, address indexed winner, uint256 reward);
    /// @notice A thread ended: its challenger got `returned` of its bond back, the worker got `paid`.
    event ThreadClosed(
        bytes32 indexed claimId, uint256 indexed thread, address indexed challenger, uint256 returned, uint256 paid
    );
    event Burned(bytes32 indexed claimId, uint256 amount);

    struct Claim {
        address worker;
        uint64 claimedAt;
        Phase phase;
        Reason reason;
        /// Running threads.
        uint32 threads;
        /// What is held of it: less the reward once it was convicted, 0 once the rest went anywhere.
        uint128 bond;
        /// When it was convicted; 0 before.
        uint64 convictedAt;
        bytes32 jobId;
        bytes32 modelId;
        bytes32 inputRoot;
        bytes32 outputRoot;
        /// 0 where the worker has not committed to one yet.
        bytes32 traceRoot;
        bytes32 seal;
    }

    struct Thread {
        bytes32 claimId;
        address challenger;
        uint64 movedAt;
        bool ended;
        Tree tree;
        uint8 level;
        uint64 index;
        uint128 bond;
    }

    /// @param value the chaining value that it has by its parent's answer, the commitment itself for the root
    /// @param first the thread that named it first; after that one ended, the next that comes
    /// @param askedAt when it was named first; 0 for never
    /// @param answeredAt 0 for not yet
    struct Node {
        bytes32 value;
        uint64 askedAt;
        uint64 answeredAt;
        uint64 first;
    }

    /// @notice Claims that `modelId`, applied to the bytes with hash `inputRoot`, answers those with hash `outputRoot`. The value sent
    /// is the bond. There is one claim for each worker and job, for good.
    /// @param traceRoot of everything computed on the way; 0 to commit to it when somebody asks
    /// @param seal keccak256(abi.encode(worker, jobId, planted, salt)): says, to be opened later, whether the claim is a canary.
    /// Only claims that are none can be upheld.
    /// @param input published for whoever wants to check; may be empty where it is to be had elsewhere
    function claim(
        bytes32 jobId,
        bytes32 modelId,
        bytes32 inputRoot,
        bytes32 outputRoot,
        bytes32 traceRoot,
        bytes32 seal,
        bytes calldata input
    ) external payable returns (bytes32 claimId);

    /// @notice Worker only, once, while the claim is open. No deadline moves.
    function commitTrace(bytes32 claimId, bytes32 traceRoot) external;

    /// @notice Opens a thread at the root of one of the three trees, with `challengeBond` of the value sent as its bond; the rest
    /// is credited to the caller. While the worker has committed to no trace, only of the trace: nothing else could be refuted.
    function challenge(bytes32 claimId, Tree tree) external payable returns (uint256 thread);

    /// @notice The children's chaining values of a node that somebody named. Anybody may answer who knows them.
    function answer(bytes32 claimId, Tree tree, uint8 level, uint64 index, bytes32[] calldata values) external;

    /// @notice The bytes of a node of level 3 that somebody named, and what shows that they are (`IEdgeProof.opens`). Anybody may answer.
    function answerWithBytes(bytes32 claimId, Tree tree, uint64 index, bytes calldata data, bytes32[] calldata values)
        external;

    /// @notice Goes on from an answered node to its child number `child`. Challenger only.
    /// @param values the children's, as they were answered
    function descend(uint256 thread, bytes32[] calldata values, uint256 child) external;

    /// @notice Goes on from the trace's root, once it is answered, to the answer's. Challenger only: a worker that commits to its
    /// trace only when asked may commit to the right one after all, so that nothing but the answer is wrong.
    function turnToAnswer(uint256 thread) external;

    /// @notice Says that the caller is about to refute a claim: keccak256(abi.encode(caller, claimId, op, element,
    /// keccak256(proof))). A place has one proof, which nobody guesses who does not know the trace.
    function announce(bytes32 announcement) external;

    /// @notice Shows that an element of a claim does not follow. The reward goes to the challenger of the thread that asked first for
    /// the bytes of this place (in the trace, or for the copies of input and answer in either), if it is running and has been there
    /// for `HOLD` seconds. Else the caller has to have announced it `HOLD` seconds ago or earlier, and gets the reward if no
    /// thread is running; while there are any, nobody does.
    /// @param model the 116 bytes that the model's id is keccak256 of: `IEdgeProof.Commitment`, packed
    /// @param op and `element`: an `IEdgeProof.Place`
    function refute(bytes32 claimId, bytes calldata model, uint32 op, uint64 element, bytes calldata proof) external;

    /// @notice Convicts a worker who was silent about a node until after its deadline. Anybody may call it; the first thread there wins.
    function convictSilent(bytes32 claimId, Tree tree, uint8 level, uint64 index) external;

    /// @notice Ends a thread whose challenger was silent until after the deadline: half of its bond is the worker's, half is burned.
    function forfeit(uint256 thread) external;

    /// @notice Ends a claim that nobody refuted in time. The caller shows that it was no canary.
    function uphold(bytes32 claimId, bytes32 salt) external;

    /// @notice Shows that a claim that was refuted is a canary. Worker only, for `TURN` after it was convicted. The bond, less a reward
    /// that was paid, is the worker's again. Who planted a canary that nobody found refutes it first.
    function reveal(bytes32 claimId, bytes32 salt) external;

    /// @notice Burns what is left of the bond of a convicted claim, once it cannot be shown to be a canary any more.
    function burn(bytes32 claimId) external;

    /// @notice Gives the bond back of a thread of a claim that ended otherwise than by being upheld.
    function release(uint256 thread) external;

    function claimIdOf(address worker, bytes32 jobId) external view returns (bytes32 claimId);
    /// @notice Reverts with `ClaimUnknown`.
    function claimOf(bytes32 claimId) external view returns (Claim memory);
    /// @notice Reverts with `ThreadUnknown`.
    function threadOf(uint256 thread) external view returns (Thread memory);
    /// @notice Zeros where nobody named it, but for the value of a root. Reverts with `ClaimUnknown`.
    function nodeOf(bytes32 claimId, Tree tree, uint8 level, uint64 index) external view returns (Node memory);
    function threadCount() external view returns (uint256);
    /// @notice What the next challenge of a claim takes: `CHALLENGE_MIN`, twice as much for each thread that runs, up to 16 times.
    function challengeBond(bytes32 claimId) external view returns (uint256);
    /// @notice Σ of bonds of claims and threads that are held, wei.
    function held() external view returns (uint256);

    /// @notice The least bond of a claim, wei.
    function CLAIM_MIN() external view returns (uint256);
    /// @notice The least bond of a challenge, wei. Half of it pays for ten answers of 400,000 gas at up to 12,500 Gwei.
    function CHALLENGE_MIN() external view returns (uint256);
    /// @notice Seconds in which a claim can be challenged.
    function WINDOW() external view returns (uint64);
    /// @notice Seconds that either side has for each move.
    function TURN() external view returns (uint64);
    /// @notice Seconds between `announce`, or a thread's arrival, and `refute`.
    function HOLD() external view returns (uint64);
}
