// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ITill} from "./ITill.sol";

/// @title The market for jobs
/// @notice post (escrow) → take (a bonded worker) → settle: whoever the job's kind names (`IKinds`, `IVerifier`) tells what became of the work, and right
/// work is paid in the same transaction, all but a twentieth: the protocol's fee, of which a voted share is burned. `IEdgeRewards` has the
/// worker earn no more than that by it. Exits: cancel while nobody took it, expire after its time, forfeit by a silent worker, rejection
/// of wrong work, acceptance without a check. Every end has a reason.
///
/// An order is one job or many of the same terms, such as the shards of a large one, numbered one after the other from the
/// order's own number on. Each job has a worker of its own, and an end of its own.
/// @dev Of an order's terms the market keeps nothing but the place of its state, which is their hash: whoever does something with it shows them
/// again, as `JobsPosted` had them. Nothing here depends on how many orders or jobs there are.
interface IJobMarket is ITill {
    /// @notice What became of a job. In an order of many that was cancelled or expired, jobs that nobody took stay `Untaken`, and ended with it.
    enum Phase {
        Untaken,
        Taken,
        Settled,
        Cancelled,
        Expired,
        Rejected
    }

    /// @dev Why a job is not running any more; `Running` while it is.
    enum Reason {
        Running,
        CorrectAnswer,
        CancelledByRequester,
        NotTaken,
        NotSubmitted,
        WrongAnswer,
        AcceptedByRequester,
        /// @dev The work was delivered, and nobody is to blame that it cannot be judged.
        Undecided
    }

    /// @notice No order has this number, or its terms are others.
    error NotTheTerms(uint256 order);
    /// @notice Nothing is left of the order to take or to give back.
    error NothingUntaken(uint256 order);
    error JobUnknown(uint256 jobId);
    error WrongPhase(uint256 jobId, Phase phase);
    error CountOutOfRange(uint256 count, uint256 maximum);
    error WrongValue(uint256 sent, uint256 expected);
    error PriceOutOfRange(uint256 price, uint256 minimum, uint256 maximum);
    error PeriodOutOfRange(uint256 given, uint256 minimum, uint256 maximum);
    error KindClosed(uint16 kind);
    error MalformedRequirements(uint256 requirements);
    error NotRequester(uint256 order, address caller);
    error NotWorker(uint256 jobId, address caller);
    /// @notice The order is offered to another worker alone, or to bidders (`IAuctions`).
    error NotOffered(uint256 order, address worker);
    error OwnJob(uint256 order);
    error NotAnInput(uint256 jobId, bytes32 inputHash);
    /// @notice Nothing shows yet what became of the work.
    error NotDecided(uint256 jobId);
    /// @notice The work was delivered, or judged.
    error Delivered(uint256 jobId);
    error TooLate(uint256 id, uint256 deadline);
    error TooEarly(uint256 id, uint256 deadline);

    /// @param order number of its first job
    /// @param inputs what workers are to work on, as the kind has it
    event JobsPosted(
        uint256 indexed order, address indexed requester, bytes32 indexed subject, Terms terms, bytes inputs
    );
    /// @notice Of an order of more than one, for each of its jobs.
    event JobListed(uint256 indexed jobId, uint256 indexed order);
    event JobTaken(uint256 indexed jobId, uint256 indexed order, address indexed worker, uint256 deadline);
    /// @notice The terminal event of every job that somebody took. `evidence` is the hash of what decided it, or zero.
    event JobClosed(
        uint256 indexed jobId,
        uint256 indexed order,
        address indexed worker,
        Phase phase,
        Reason reason,
        uint256 paid,
        bytes32 evidence
    );
    /// @notice The terminal event of the jobs of an order that nobody took, `count` of them.
    event JobsReturned(
        uint256 indexed order, address indexed requester, Phase phase, Reason reason, uint256 count, uint256 refunded
    );
    /// @notice The answer that was paid for, where it was shown.
    event JobAnswered(uint256 indexed jobId, bytes output);

    /// @notice What a requester asks for.
    /// @param kind of `IKinds`
    /// @param count of jobs
    /// @param takeSeconds how long they can be taken, 1 to 604,800
    /// @param workSeconds how long whoever takes one may work, 1 to what the kind has at most
    /// @param providersAfter how long edge nodes have before listed cloud providers can take them, too; 0 where that makes no difference. It is
    /// nothing to a worker who alone can take them
    /// @param requester whose jobs they are, and who is refunded; 0 for the caller
    /// @param worker who alone can take them; 0 for everybody
    /// @param requirements `types/Requirements.sol`; 0 for none
    /// @param subject a model's id, or what else the kind works on
    /// @param inputRoot of one job, the hash of its input. Of more, the root of a tree with pairs in ascending order, whose leaves are
    /// keccak256(keccak256(place ‖ input hash)), 32 bytes each, with places from 0 on: as OpenZeppelin's `MerkleProof` has it
    struct Request {
        uint16 kind;
        uint32 count;
        uint32 takeSeconds;
        uint32 workSeconds;
        uint32 providersAfter;
        address requester;
        address worker;
        uint256 requirements;
        bytes32 subject;
        bytes32 inputRoot;
    }

    /// @notice What holds for an order to its end, whatever is voted meanwhile.
    /// @param burnShare of the fee, what is burned, basis points
    /// @param price of each job, wei
    /// @param bond that the worker of each binds of its stake, wei
    /// @param providersFrom Unix seconds
    struct Terms {
        address requester;
        uint16 kind;
        uint16 burnShare;
        uint32 count;
        uint32 workSeconds;
        uint40 takeBy;
        uint40 providersFrom;
        uint96 price;
        uint96 bond;
        address verifier;
        address worker;
        uint256 requirements;
        bytes32 subject;
        bytes32 inputRoot;
    }

    /// @dev Of an order of many.
    /// @param untaken jobs that can be taken; 0 once the order was cancelled or expired
    struct Order {
        uint32 count;
        uint32 untaken;
    }

    /// @param takenAt the block in which it was taken
    /// @param deadline until which its worker delivers, Unix seconds; until which it can be taken, where it is the only job of its order and
    /// nobody took it
    struct Job {
        address worker;
        uint40 takenAt;
        uint40 deadline;
        Phase phase;
        Reason reason;
    }

    /// @param path what shows that the input is this job's; nothing in an order of one
    struct Ticket {
        uint256 jobId;
        bytes32 inputHash;
        bytes32[] path;
    }

    /// @param proof as the verifier wants it
    struct Result {
        Ticket ticket;
        bytes output;
        bytes proof;
    }

    /// @notice Posts jobs with the sent TFUEL as their prices, each of them the same, in escrow.
    /// @param inputs published for workers; the kind says whether they may be elsewhere
    function post(Request calldata request, bytes calldata inputs) external payable returns (uint256 order);

    /// @notice Takes jobs of an order; for each, the bond is locked of the caller's stake, which must be bonded (`IEdgeStaking`).
    function take(uint256 order, Terms calldata terms, uint256[] calldata jobIds) external;

    /// @notice The same for somebody else. Only auctions, of an order that was posted for them, for who bid.
    function takeFor(uint256 order, Terms calldata terms, uint256[] calldata jobIds, address worker) external;

    /// @notice Ends jobs as their work deserves: right work is paid, wrong work costs the bond and refunds the requester, and what cannot be judged
    /// gives both back what is theirs. The worker shows its work; what
    /// the chain can tell without that, anybody has settled.
    function settle(uint256 order, Terms calldata terms, Result[] calldata results) external;

    /// @notice Requester only: pays for jobs as they are, without a check.
    function accept(uint256 order, Terms calldata terms, uint256[] calldata jobIds) external;

    /// @notice Requester only: refunds the jobs that nobody took. Those of an auction can be given back only once they cannot be taken any more.
    function cancel(uint256 order, Terms calldata terms) external;

    /// @notice Anyone, once they can be taken no more: credits the requester with the prices of jobs that nobody took.
    function expire(uint256 order, Terms calldata terms) external;

    /// @notice Anyone, after a job's deadline: refunds the requester, and slashes a worker who delivered nothing.
    function forfeit(uint256 order, Terms calldata terms, Ticket[] calldata tickets) external;

    /// @notice Reverts with `NotTheTerms` or `JobUnknown`. Zeros where nobody took it, in an order of many.
    function jobOf(uint256 order, Terms calldata terms, uint256 jobId) external view returns (Job memory);
    /// @notice Jobs that can be taken, until `terms.takeBy`. Reverts with `NotTheTerms`.
    function untakenOf(uint256 order, Terms calldata terms) external view returns (uint256);
    /// @notice Jobs ever posted: their numbers are 1 to this.
    function jobCount() external view returns (uint256);
    /// @notice The most jobs of an order.
    function COUNT_MAX() external view returns (uint256);
}
