// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Credits} from "./Credits.sol";
import {LibCall} from "solady/utils/LibCall.sol";
import {IEdgeProof} from "../interfaces/IEdgeProof.sol";
import {IEdgeRewards} from "../interfaces/IEdgeRewards.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";

contract JobMarket is IJobMarket, Credits {
    using SafeCast for uint256;

    IEdgeProof private constant PROOF = IEdgeProof(Predeploys.EDGE_PROOF);
    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);
    IModelRegistry private constant REGISTRY = IModelRegistry(Predeploys.MODEL_REGISTRY);
    IParameters private constant PARAMETERS = IParameters(Predeploys.PARAMETERS);

    uint256 private constant PRICE_MIN = 1e9;
    /// @dev The largest stake: nobody could lock the bond of a dearer job.
    uint256 private constant PRICE_MAX = 500_000e18;
    uint256 private constant BOND_MIN = 1e18;
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Of the price. Low enough that a deal past the market, without its escrow and its check, saves little: and while the reserve
    /// lasts, edge nodes get back what is burned, and the rest always.
    uint256 private constant FEE_SHARE = 500;
    /// @dev What the rewards have to take note of a job: twice what that takes.
    uint256 private constant RECORD_GAS = 120_000;
    uint64 private constant TAKE_SECONDS_MAX = 7 days;
    uint64 private constant WORK_SECONDS_MAX = 1 days;

    uint256 public jobCount;
    uint256 public escrowed;
    mapping(uint256 jobId => Job) private _jobs;

    function post(bytes32 modelId, bytes calldata input, uint64 takeSeconds, uint32 workSeconds)
        external
        payable
        returns (uint256 jobId)
    {
        if (msg.value < PRICE_MIN || msg.value > PRICE_MAX) {
            revert PriceOutOfRange(msg.value, PRICE_MIN, PRICE_MAX);
        }
        _checkPeriod(takeSeconds, TAKE_SECONDS_MAX);
        _checkPeriod(workSeconds, WORK_SECONDS_MAX);
        (, uint32 inputBytes) = REGISTRY.manifestOf(modelId);
        if (input.length != inputBytes) revert InputLength(inputBytes, input.length);

        uint128 price = msg.value.toUint128();
        jobId = ++jobCount;
        Job storage posted = _jobs[jobId];
        posted.requester = msg.sender;
        posted.takeBy = uint64(block.timestamp) + takeSeconds;
        posted.phase = Phase.Open;
        posted.burnShare = PARAMETERS.valueOf(IParameters.Parameter.BurnShare).toUint16();
        posted.workSeconds = workSeconds;
        posted.price = price;
        posted.bond = bondFor(price);
        posted.modelId = modelId;
        posted.inputHash = keccak256(input);
        escrowed += price;
        emit JobPosted(jobId, msg.sender, modelId, price, posted.bond, posted.takeBy, workSeconds, input);
    }

    function take(uint256 jobId) external {
        Job storage taken = _inPhase(jobId, Phase.Open);
        if (block.timestamp > taken.takeBy) revert TooLate(jobId, taken.takeBy);
        if (msg.sender == taken.requester) revert OwnJob(jobId);
        if (!STAKING.isBonded(msg.sender)) revert NotBonded(msg.sender);

        uint64 submitBy = uint64(block.timestamp) + taken.workSeconds;
        taken.phase = Phase.Taken;
        taken.worker = msg.sender;
        taken.submitBy = submitBy;
        emit JobTaken(jobId, msg.sender, submitBy);
        STAKING.lock(msg.sender, jobId, taken.bond);
    }

    function submit(uint256 jobId, bytes calldata input, bytes calldata output) external {
        Job storage done = _inPhase(jobId, Phase.Taken);
        if (msg.sender != done.worker) revert NotWorker(jobId, msg.sender);
        if (block.timestamp > done.submitBy) revert TooLate(jobId, done.submitBy);
        if (keccak256(input) != done.inputHash) revert InputMismatch(jobId);

        (address manifest,) = REGISTRY.manifestOf(done.modelId);
        bytes32 expected = keccak256(PROOF.infer(manifest, input));
        bytes32 answer = keccak256(output);
        done.answerHash = answer;
        if (answer == expected) _settle(jobId, done, output);
        else _reject(jobId, done);
    }

    function cancel(uint256 jobId) external {
        Job storage cancelled = _inPhase(jobId, Phase.Open);
        if (msg.sender != cancelled.requester) revert NotRequester(jobId, msg.sender);
        _close(jobId, cancelled, Phase.Cancelled, Reason.CancelledByRequester);
        _pay(msg.sender, cancelled.price);
    }

    function expire(uint256 jobId) external {
        Job storage expired = _known(jobId);
        if (expired.phase == Phase.Open) {
            if (block.timestamp <= expired.takeBy) revert TooEarly(jobId, expired.takeBy);
            _close(jobId, expired, Phase.Expired, Reason.NotTaken);
            _credit(expired.requester, expired.price);
        } else if (expired.phase == Phase.Taken) {
            if (block.timestamp <= expired.submitBy) revert TooEarly(jobId, expired.submitBy);
            _close(jobId, expired, Phase.Expired, Reason.NotSubmitted);
            _credit(expired.requester, expired.price);
            STAKING.slash(expired.worker, jobId, expired.bond, uint8(Reason.NotSubmitted));
        } else {
            revert WrongPhase(jobId, expired.phase);
        }
    }

    function job(uint256 jobId) external view returns (Job memory) {
        return _known(jobId);
    }

    /// @dev The chain computes every answer before it pays, so a wrong one gains nothing: the bond has to cover only the
    /// time lost to a worker who takes a job and delivers nothing. The price is the requester's own valuation of the
    /// job; the floor keeps a dust-priced job from being blocked for dust.
    function bondFor(uint128 price) public pure returns (uint128) {
        return Math.max(price, BOND_MIN).toUint128();
    }

    function feeFor(uint128 price) public pure returns (uint128) {
        return (price * FEE_SHARE / BASIS_POINTS).toUint128();
    }

    function _settle(uint256 jobId, Job storage done, bytes calldata output) private {
        emit JobAnswered(jobId, output);
        _close(jobId, done, Phase.Settled, Reason.CorrectAnswer);
        STAKING.unlock(done.worker, jobId, done.bond);
        uint128 fee = feeFor(done.price);
        uint128 burned = _record(fee, done.burnShare);
        emit FeeTaken(jobId, fee, burned);
        _pay(Predeploys.BURN, burned);
        _pay(msg.sender, done.price - fee);
    }

    /// @dev No answer waits for the rewards, whatever is wrong with them: a fee that they do not take is burned whole. An address without
    /// code would take it, too. Who leaves too little gas for it has none left for the pay: no estimate of gas ends there.
    function _record(uint128 fee, uint16 burnShare) private returns (uint128 burned) {
        burned = (uint256(fee) * burnShare / BASIS_POINTS).toUint128();
        if (Predeploys.EDGE_REWARDS.code.length == 0) return fee;
        bytes memory call = abi.encodeCall(IEdgeRewards.record, (msg.sender, burned));
        (bool recorded,,) = LibCall.tryCall(Predeploys.EDGE_REWARDS, fee - burned, RECORD_GAS, 0, call);
        if (!recorded) return fee;
    }

    function _reject(uint256 jobId, Job storage done) private {
        _close(jobId, done, Phase.Rejected, Reason.WrongAnswer);
        _credit(done.requester, done.price);
        STAKING.slash(done.worker, jobId, done.bond, uint8(Reason.WrongAnswer));
    }

    /// @dev Every terminal phase passes here: the price leaves escrow exactly once, with a reason.
    function _close(uint256 jobId, Job storage closing, Phase phase, Reason reason) private {
        closing.phase = phase;
        closing.reason = reason;
        escrowed -= closing.price;
        uint128 paid = phase == Phase.Settled ? closing.price - feeFor(closing.price) : 0;
        emit JobClosed(jobId, phase, reason, closing.worker, paid, closing.answerHash);
    }

    function _known(uint256 jobId) private view returns (Job storage found) {
        found = _jobs[jobId];
        if (found.phase == Phase.None) revert JobUnknown(jobId);
    }

    function _inPhase(uint256 jobId, Phase phase) private view returns (Job storage found) {
        found = _known(jobId);
        if (found.phase != phase) revert WrongPhase(jobId, found.phase);
    }

    function _checkPeriod(uint64 given, uint64 maximum) private pure {
        if (given == 0 || given > maximum) revert PeriodOutOfRange(given, 1, maximum);
    }
}
