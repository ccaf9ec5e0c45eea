// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {IJobMarket} from "../interfaces/IJobMarket.sol";
import {IKinds} from "../interfaces/IKinds.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {Till} from "../market/Till.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Requirements, RequirementsOf} from "../types/Requirements.sol";

contract JobMarket is IJobMarket, Till {
    using RequirementsOf for Requirements;
    using SafeCast for uint256;

    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);
    IKinds private constant KINDS = IKinds(Predeploys.KINDS);

    uint256 public constant COUNT_MAX = 4096;
    uint256 private constant TAKE_SECONDS_MAX = 7 days;
    uint256 private constant TERMS_BYTES = 14 * 32;

    /// @dev What one worker is paid for several jobs, so that it is paid once.
    struct Pay {
        address worker;
        uint256 jobs;
    }

    uint256 public jobCount;
    /// @dev Of orders of many. One of a single job is that job.
    mapping(bytes32 orderKey => Order) private _orders;
    mapping(bytes32 jobKey => Job) private _jobs;

    function post(Request calldata request, bytes calldata inputs) external payable returns (uint256 order) {
        Terms memory terms = _termsOf(request);
        IVerifier(terms.verifier).check(terms.subject, terms.count, terms.inputRoot, inputs);

        order = jobCount + 1;
        jobCount += terms.count;
        bytes32 key = keccak256(abi.encode(order, terms));
        _hold(msg.value);
        emit JobsPosted(order, terms.requester, terms.subject, terms, inputs);
        if (terms.count == 1) {
            _jobs[key] = Job(address(0), 0, terms.takeBy, Phase.Untaken, Reason.Running);
            return order;
        }
        _orders[key] = Order(terms.count, terms.count);
        // Who follows the market has work with each of them: so does who posts them.
        for (uint256 i = 0; i < terms.count; ++i) {
            emit JobListed(order + i, order);
        }
    }

    function take(uint256 order, Terms calldata terms, uint256[] calldata jobIds) external {
        bytes32 key = _known(order, terms);
        if (terms.worker != address(0) && terms.worker != msg.sender) revert NotOffered(order, msg.sender);
        _take(key, order, terms, jobIds, msg.sender);
    }

    function takeFor(uint256 order, Terms calldata terms, uint256[] calldata jobIds, address worker) external {
        bytes32 key = _known(order, terms);
        if (msg.sender != Predeploys.AUCTIONS || terms.worker != msg.sender) revert NotOffered(order, msg.sender);
        _take(key, order, terms, jobIds, worker);
    }

    function settle(uint256 order, Terms calldata terms, Result[] calldata results) external {
        bytes32 key = _known(order, terms);
        Pay memory pay;
        uint256 owed;
        for (uint256 i = 0; i < results.length; ++i) {
            (address worker, bool right) = _judge(key, order, terms, results[i]);
            if (!right) continue;
            if (worker != pay.worker) {
                owed += _pay(order, terms, pay);
                pay = Pay(worker, 0);
            }
            ++pay.jobs;
        }
        owed += _pay(order, terms, pay);
        if (owed != 0) _pay(msg.sender, owed);
    }

    function accept(uint256 order, Terms calldata terms, uint256[] calldata jobIds) external {
        bytes32 key = _known(order, terms);
        if (msg.sender != terms.requester) revert NotRequester(order, msg.sender);
        for (uint256 i = 0; i < jobIds.length; ++i) {
            Job storage done = _taken(key, jobIds[i], order, terms);
            _close(order, jobIds[i], done, Phase.Settled, Reason.AcceptedByRequester, _paidFor(terms), 0);
            _pay(order, terms, Pay(done.worker, 1));
        }
    }

    function cancel(uint256 order, Terms calldata terms) external {
        bytes32 key = _known(order, terms);
        if (msg.sender != terms.requester) revert NotRequester(order, msg.sender);
        // Who won them has a claim to them.
        if (terms.worker == Predeploys.AUCTIONS) revert TooEarly(order, terms.takeBy);
        _pay(msg.sender, _return(key, order, terms, Phase.Cancelled, Reason.CancelledByRequester));
    }

    function expire(uint256 order, Terms calldata terms) external {
        bytes32 key = _known(order, terms);
        if (block.timestamp <= terms.takeBy) revert TooEarly(order, terms.takeBy);
        _credit(terms.requester, _return(key, order, terms, Phase.Expired, Reason.NotTaken));
    }

    function forfeit(uint256 order, Terms calldata terms, Ticket[] calldata tickets) external {
        bytes32 key = _known(order, terms);
        for (uint256 i = 0; i < tickets.length; ++i) {
            Job storage silent = _taken(key, tickets[i].jobId, order, terms);
            if (block.timestamp <= silent.deadline) revert TooEarly(tickets[i].jobId, silent.deadline);
            (IVerifier.Verdict verdict,) =
                IVerifier(terms.verifier).judge(_workOf(order, terms, tickets[i], silent), "", "");
            if (verdict != IVerifier.Verdict.None) revert Delivered(tickets[i].jobId);
            _fail(order, terms, tickets[i].jobId, silent, Phase.Expired, Reason.NotSubmitted, 0);
        }
    }

    function jobOf(uint256 order, Terms calldata terms, uint256 jobId) external view returns (Job memory) {
        return _jobOf(_known(order, terms), jobId, order, terms);
    }

    function untakenOf(uint256 order, Terms calldata terms) external view returns (uint256) {
        bytes32 key = _known(order, terms);
        return terms.count == 1 ? (_jobs[key].phase == Phase.Untaken ? 1 : 0) : _orders[key].untaken;
    }

    function _take(bytes32 key, uint256 order, Terms calldata terms, uint256[] calldata jobIds, address worker)
        private
    {
        _checkTaker(order, terms, worker);
        if (jobIds.length == 0) revert NothingUntaken(order);
        if (terms.count != 1) {
            Order storage taken = _orders[key];
            if (jobIds.length > taken.untaken) revert NothingUntaken(order);
            taken.untaken -= uint32(jobIds.length);
        }

        uint40 deadline = uint40(block.timestamp) + terms.workSeconds;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            Job storage job = _jobOf(key, jobIds[i], order, terms);
            if (job.phase != Phase.Untaken) revert WrongPhase(jobIds[i], job.phase);
            (job.worker, job.takenAt, job.deadline) = (worker, uint40(block.number), deadline);
            (job.phase, job.reason) = (Phase.Taken, Reason.Running);
            emit JobTaken(jobIds[i], order, worker, deadline);
        }
        STAKING.lock(worker, order, (uint256(terms.bond) * jobIds.length).toUint128());
    }

    /// @dev Closes a job by its verdict. A verifier calls nobody who could come back.
    function _judge(bytes32 key, uint256 order, Terms calldata terms, Result calldata result)
        private
        returns (address worker, bool right)
    {
        uint256 jobId = result.ticket.jobId;
        Job storage job = _taken(key, jobId, order, terms);
        worker = job.worker;
        if (result.output.length != 0 || result.proof.length != 0) {
            // What somebody else shows could be made to be wrong.
            if (msg.sender != worker) revert NotWorker(jobId, msg.sender);
            if (block.timestamp > job.deadline) revert TooLate(jobId, job.deadline);
        }
        IVerifier.Work memory work = _workOf(order, terms, result.ticket, job);
        (IVerifier.Verdict verdict, bytes32 evidence) =
            IVerifier(terms.verifier).judge(work, result.output, result.proof);
        right = verdict == IVerifier.Verdict.Right;
        if (right) {
            if (result.output.length != 0) emit JobAnswered(jobId, result.output);
            _close(order, jobId, job, Phase.Settled, Reason.CorrectAnswer, _paidFor(terms), evidence);
        } else if (verdict == IVerifier.Verdict.Wrong) {
            _fail(order, terms, jobId, job, Phase.Rejected, Reason.WrongAnswer, evidence);
        } else if (verdict == IVerifier.Verdict.Void) {
            _void(order, terms, jobId, job, evidence);
        } else {
            revert NotDecided(jobId);
        }
    }

    /// @dev For jobs of one worker that were closed as settled. What is the caller's own is for it to be paid, last.
    function _pay(uint256 order, Terms calldata terms, Pay memory pay) private returns (uint256 owed) {
        if (pay.jobs == 0) return 0;
        uint256 fee = feeFor(terms.price);
        uint256 burned = fee * terms.burnShare / BASIS_POINTS;
        STAKING.unlock(pay.worker, order, (uint256(terms.bond) * pay.jobs).toUint128());
        _earn(pay.worker, uint256(terms.price) * pay.jobs, fee * pay.jobs, burned * pay.jobs, pay.jobs);
        owed = (terms.price - fee) * pay.jobs;
        if (pay.worker == msg.sender) return owed;
        _credit(pay.worker, owed);
        return 0;
    }

    function _fail(
        uint256 order,
        Terms calldata terms,
        uint256 jobId,
        Job storage failed,
        Phase phase,
        Reason reason,
        bytes32 evidence
    ) private {
        _close(order, jobId, failed, phase, reason, 0, evidence);
        _failed(failed.worker);
        _refund(terms);
        STAKING.slash(failed.worker, order, terms.bond, uint8(reason));
    }

    function _void(uint256 order, Terms calldata terms, uint256 jobId, Job storage undecided, bytes32 evidence)
        private
    {
        _close(order, jobId, undecided, Phase.Expired, Reason.Undecided, 0, evidence);
        _refund(terms);
        STAKING.unlock(undecided.worker, order, terms.bond);
    }

    function _refund(Terms calldata terms) private {
        _release(terms.price);
        _credit(terms.requester, terms.price);
    }

    /// @dev Every end of a job that somebody took passes here, once.
    function _close(
        uint256 order,
        uint256 jobId,
        Job storage closing,
        Phase phase,
        Reason reason,
        uint256 paid,
        bytes32 evidence
    ) private {
        (closing.phase, closing.reason) = (phase, reason);
        emit JobClosed(jobId, order, closing.worker, phase, reason, paid, evidence);
    }

    /// @dev And that of those that nobody took here.
    function _return(bytes32 key, uint256 order, Terms calldata terms, Phase phase, Reason reason)
        private
        returns (uint256 refunded)
    {
        uint256 count = terms.count;
        if (count == 1) {
            Job storage job = _jobs[key];
            if (job.phase != Phase.Untaken) revert NothingUntaken(order);
            (job.phase, job.reason) = (phase, reason);
        } else {
            count = _orders[key].untaken;
            if (count == 0) revert NothingUntaken(order);
            _orders[key].untaken = 0;
        }
        refunded = count * terms.price;
        _release(refunded);
        emit JobsReturned(order, terms.requester, phase, reason, count, refunded);
    }

    function _termsOf(Request calldata request) private view returns (Terms memory terms) {
        IKinds.Kind memory rules = KINDS.rulesOf(request.kind);
        if (!rules.open) revert KindClosed(request.kind);
        if (request.count == 0 || request.count > COUNT_MAX) revert CountOutOfRange(request.count, COUNT_MAX);
        uint256 price = msg.value / request.count;
        if (price * request.count != msg.value) revert WrongValue(msg.value, price * request.count);
        if (price < rules.priceMin || price > rules.priceMax) {
            revert PriceOutOfRange(price, rules.priceMin, rules.priceMax);
        }
        _checkPeriod(request.takeSeconds, TAKE_SECONDS_MAX);
        _checkPeriod(request.workSeconds, rules.workSecondsMax);
        if (request.providersAfter != 0) _checkPeriod(request.providersAfter, request.takeSeconds);
        if (!Requirements.wrap(request.requirements).isKnown()) revert MalformedRequirements(request.requirements);

        uint40 now_ = uint40(block.timestamp);
        terms.requester = request.requester == address(0) ? msg.sender : request.requester;
        terms.kind = request.kind;
        terms.burnShare = PARAMETERS.valueOf(IParameters.Parameter.BurnShare).toUint16();
        terms.count = request.count;
        terms.workSeconds = request.workSeconds;
        terms.takeBy = now_ + request.takeSeconds;
        terms.providersFrom = request.providersAfter == 0 ? 0 : now_ + request.providersAfter;
        terms.price = price.toUint96();
        terms.bond = Math.max(price * rules.bondShare / BASIS_POINTS, rules.bondMin).toUint96();
        _checkBond(terms.bond);
        terms.verifier = rules.verifier;
        terms.worker = request.worker;
        terms.requirements = request.requirements;
        terms.subject = request.subject;
        terms.inputRoot = request.inputRoot;
    }

    function _checkTaker(uint256 order, Terms calldata terms, address worker) private view {
        if (block.timestamp > terms.takeBy) revert TooLate(order, terms.takeBy);
        if (worker == terms.requester) revert OwnJob(order);
        _checkProfile(order, worker, terms.worker == worker ? 0 : terms.providersFrom, terms.requirements);
    }

    function _workOf(uint256 order, Terms calldata terms, Ticket calldata ticket, Job storage job)
        private
        view
        returns (IVerifier.Work memory)
    {
        if (!_isInput(order, terms, ticket)) revert NotAnInput(ticket.jobId, ticket.inputHash);
        return IVerifier.Work({
            jobId: ticket.jobId,
            worker: job.worker,
            takenAt: job.takenAt,
            deadline: job.deadline,
            subject: terms.subject,
            inputHash: ticket.inputHash,
            price: terms.price
        });
    }

    /// @dev An only input is no tree's: half of what it is the hash of must not stand for it.
    function _isInput(uint256 order, Terms calldata terms, Ticket calldata ticket) private pure returns (bool) {
        if (terms.count == 1) return ticket.path.length == 0 && ticket.inputHash == terms.inputRoot;
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(ticket.jobId - order, ticket.inputHash))));
        return MerkleProof.processProofCalldata(ticket.path, leaf) == terms.inputRoot;
    }

    /// @dev Whatever is done with an order names it first, and then its terms: their hash, as they came, is where its state lies. Others, or bits
    /// that they do not have, lead to nothing.
    function _known(uint256 order, Terms calldata terms) private view returns (bytes32 key) {
        key = keccak256(msg.data[4:36 + TERMS_BYTES]);
        bool posted = terms.count == 1 ? _jobs[key].deadline != 0 : _orders[key].count != 0;
        if (!posted) revert NotTheTerms(order);
    }

    function _taken(bytes32 key, uint256 jobId, uint256 order, Terms calldata terms)
        private
        view
        returns (Job storage job)
    {
        job = _jobOf(key, jobId, order, terms);
        if (job.phase != Phase.Taken) revert WrongPhase(jobId, job.phase);
    }

    /// @param key of the order, which is that of its only job
    function _jobOf(bytes32 key, uint256 jobId, uint256 order, Terms calldata terms)
        private
        view
        returns (Job storage job)
    {
        if (jobId < order || jobId - order >= terms.count) revert JobUnknown(jobId);
        return _jobs[terms.count == 1 ? key : keccak256(abi.encode(key, jobId))];
    }

    function _paidFor(Terms calldata terms) private pure returns (uint256) {
        return terms.price - feeFor(terms.price);
    }

    function _checkPeriod(uint256 given, uint256 maximum) private pure {
        if (given == 0 || given > maximum) revert PeriodOutOfRange(given, 1, maximum);
    }
}
