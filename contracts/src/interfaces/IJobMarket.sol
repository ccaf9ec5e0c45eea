// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title The market for inference jobs that the chain itself checks (assurance level Executed)
/// @notice post (escrow) → take (a bonded worker) → submit: the chain runs the model, compares, and pays in the same transaction,
/// all but a twentieth: the protocol's fee, of which a voted share is burned. `IEdgeRewards` has the worker earn no more than that by it.
/// Exits: cancel while open, expire after a deadline, rejection of a wrong answer. Every terminal phase carries a reason.
interface IJobMarket is ICredits {
    enum Phase {
        None,
        Open,
        Taken,
        Settled,
        Cancelled,
        Expired,
        Rejected
    }

    /// @dev Reason codes of terminal phases; `Running` while there is none.
    enum Reason {
        Running,
        CorrectAnswer,
        CancelledByRequester,
        NotTaken,
        NotSubmitted,
        WrongAnswer
    }

    error JobUnknown(uint256 jobId);
    error WrongPhase(uint256 jobId, Phase phase);
    /// @notice The registry's, which `post` passes on.
    error ModelUnknown(bytes32 modelId);
    error InputLength(uint256 expected, uint256 actual);
    error InputMismatch(uint256 jobId);
    error PriceOutOfRange(uint256 price, uint256 minimum, uint256 maximum);
    error PeriodOutOfRange(uint64 given, uint64 minimum, uint64 maximum);
    error NotRequester(uint256 jobId, address caller);
    error NotWorker(uint256 jobId, address caller);
    error NotBonded(address worker);
    error OwnJob(uint256 jobId);
    error TooLate(uint256 jobId, uint64 deadline);
    error TooEarly(uint256 jobId, uint64 deadline);

    event JobPosted(
        uint256 indexed jobId,
        address indexed requester,
        bytes32 indexed modelId,
        uint128 price,
        uint128 bond,
        uint64 takeBy,
        uint64 workSeconds,
        bytes input
    );
    event JobTaken(uint256 indexed jobId, address indexed worker, uint64 submitBy);
    /// @notice The terminal event of every job. `evidence` is the keccak256 of the answer that decided it, or zero.
    event JobClosed(
        uint256 indexed jobId, Phase phase, Reason reason, address indexed worker, uint128 paid, bytes32 evidence
    );
    /// @notice The answer that the chain computed and paid for.
    event JobAnswered(uint256 indexed jobId, bytes output);
    /// @notice What the protocol took of the price of a settled job: `burned` of it is gone, the rest is for all edge nodes.
    event FeeTaken(uint256 indexed jobId, uint128 fee, uint128 burned);

    /// @param burnShare of the fee, burned when the job is settled, in basis points: as it was when the job was posted
    struct Job {
        address requester;
        uint64 takeBy;
        Phase phase;
        Reason reason;
        uint16 burnShare;
        address worker;
        uint64 submitBy;
        uint32 workSeconds;
        uint128 price;
        uint128 bond;
        bytes32 modelId;
        bytes32 inputHash;
        bytes32 answerHash;
    }

    /// @notice Posts a job with the sent TFUEL as its price, in escrow.
    /// @param takeSeconds how long workers may take it, 1 to 604,800
    /// @param workSeconds how long the taker may work, 1 to 86,400
    function post(bytes32 modelId, bytes calldata input, uint64 takeSeconds, uint32 workSeconds)
        external
        payable
        returns (uint256 jobId);

    /// @notice Takes an open job; the caller's stake of the job's bond is locked.
    function take(uint256 jobId) external;

    /// @notice Submits the answer. The chain runs the model on `input`: equal answers are paid at once, others cost the bond and refund the requester.
    function submit(uint256 jobId, bytes calldata input, bytes calldata output) external;

    /// @notice Requester only, while open: refunds the price.
    function cancel(uint256 jobId) external;

    /// @notice Anyone, after a deadline: refunds the requester, and slashes a worker who took the job and was silent.
    function expire(uint256 jobId) external;

    function job(uint256 jobId) external view returns (Job memory);
    function jobCount() external view returns (uint256);
    /// @notice Σ of prices in escrow, wei.
    function escrowed() external view returns (uint256);
    function bondFor(uint128 price) external view returns (uint128);
    /// @notice The protocol's fee on a job of this price, if it is settled; the worker is paid the rest.
    function feeFor(uint128 price) external view returns (uint128);
}
