// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IEdgeStaking} from "../interfaces/IEdgeStaking.sol";
import {ILeases} from "../interfaces/ILeases.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {Predeploys} from "../types/Predeploys.sol";
import {Requirements, RequirementsOf} from "../types/Requirements.sol";
import {Till} from "./Till.sol";

/// @dev Escrow is rate × (seconds paid for - seconds collected) of every lease that has not ended: all in whole seconds, so that
/// nothing is left over. Money leaves by `collect` and `withdraw` alone.
contract Leases is ILeases, Till {
    using RequirementsOf for Requirements;
    using SafeCast for uint256;

    IEdgeStaking private constant STAKING = IEdgeStaking(Predeploys.EDGE_STAKING);

    uint256 public constant TERM_MAX = 7 days;
    uint256 private constant TAKE_SECONDS_MAX = 7 days;
    uint256 private constant BEGIN_SECONDS_MAX = 1 days;
    /// @dev Fees of a second do not round away, and dust extends nothing.
    uint256 private constant RATE_MIN = 1e9;
    uint256 private constant RATE_MAX = 1e18;
    /// @dev A dust-priced lease is not blocked for dust.
    uint256 private constant BOND_MIN = 1e18;

    /// @dev What an end comes to: all seconds that are paid for, and wei.
    struct Bill {
        uint256 served;
        uint256 owed;
        uint256 fee;
        uint256 burned;
        uint256 refunded;
    }

    uint256 public leaseCount;
    mapping(uint256 lease => Lease) private _leases;

    function offer(Offer calldata wanted, bytes calldata spec) external payable returns (uint256 lease) {
        Terms memory terms = _termsOf(wanted);

        lease = ++leaseCount;
        _leases[lease].termsHash = _hashOf(terms);
        _hold(msg.value);
        emit LeaseOffered(lease, msg.sender, terms.subject, terms, spec);
    }

    function take(uint256 lease, Terms calldata terms) external {
        Lease storage taken = _in(Phase.Offered, lease, terms);
        _checkTaker(lease, terms);

        uint40 now_ = block.timestamp.toUint40();
        (taken.worker, taken.since, taken.phase) = (msg.sender, now_, Phase.Taken);
        emit LeaseTaken(lease, msg.sender, now_ + terms.beginSeconds);
        STAKING.lock(msg.sender, lease, terms.bond);
    }

    function begin(uint256 lease, Terms calldata terms, bytes32 evidence) external {
        Lease storage begun = _in(Phase.Taken, lease, terms);
        if (msg.sender != begun.worker) revert NotWorker(lease, msg.sender);
        uint40 beginBy = begun.since + terms.beginSeconds;
        if (block.timestamp > beginBy) revert TooLate(lease, beginBy);

        uint40 now_ = block.timestamp.toUint40();
        uint40 exhaustsAt = now_ + terms.firstTerm;
        (begun.since, begun.exhaustsAt, begun.phase) = (now_, exhaustsAt, Phase.Running);
        emit LeaseBegun(lease, msg.sender, exhaustsAt, evidence);
    }

    /// @dev Not at `exhaustsAt` itself, either: blocks share a second, and in the one before this the worker may have stopped.
    function extend(uint256 lease, Terms calldata terms) external payable {
        Lease storage extended = _in(Phase.Running, lease, terms);
        uint256 before = extended.exhaustsAt;
        if (block.timestamp >= before) revert TooLate(lease, before);
        uint256 term = _termFor(terms.rate, block.timestamp + TERM_MAX - before);

        uint256 exhaustsAt = before + term;
        extended.exhaustsAt = exhaustsAt.toUint40();
        _hold(msg.value);
        emit LeaseExtended(lease, msg.sender, term, exhaustsAt);
    }

    function collect(Deal[] calldata deals) external returns (uint256 paid) {
        (uint256 amount, uint256 fees, uint256 burned) = (0, 0, 0);
        for (uint256 i = 0; i < deals.length; ++i) {
            (uint256 owed, uint256 fee, uint256 burnedOfIt) = _collect(deals[i].lease, deals[i].terms);
            (amount, fees, burned) = (amount + owed, fees + fee, burned + burnedOfIt);
        }
        if (amount == 0) revert NothingToCollect(msg.sender);
        _earn(msg.sender, amount, fees, burned, 0);
        paid = amount - fees;
        _pay(msg.sender, paid);
    }

    /// @dev What the clock has ended already is no end of the caller's: nobody spares a worker who was not there.
    function end(uint256 lease, Terms calldata terms, bytes32 evidence) external {
        Lease storage ending = _known(lease, terms);
        if (ending.phase == Phase.Ended) revert WrongPhase(lease, Phase.Ended);
        bool byRequester = msg.sender == terms.requester;
        if (!byRequester && msg.sender != ending.worker) revert NotParty(lease, msg.sender);
        Reason reason = _clockOf(ending, terms);
        if (reason == Reason.None) reason = byRequester ? _ofRequester(ending) : _ofWorker(ending, terms);
        _end(lease, terms, ending, reason, evidence);
    }

    function close(Deal[] calldata deals) external {
        for (uint256 i = 0; i < deals.length; ++i) {
            (uint256 lease, Terms calldata terms) = (deals[i].lease, deals[i].terms);
            Lease storage ending = _known(lease, terms);
            if (ending.phase == Phase.Ended) continue;
            Reason reason = _clockOf(ending, terms);
            if (reason == Reason.None) revert StillOpen(lease);
            _end(lease, terms, ending, reason, 0);
        }
    }

    function leaseOf(uint256 lease) external view returns (Lease memory) {
        return _leases[lease];
    }

    function owedFor(uint256 lease, Terms calldata terms) external view returns (uint256) {
        Lease storage asked = _known(lease, terms);
        return asked.phase == Phase.Running ? (_servedOf(asked) - asked.collected) * terms.rate : 0;
    }

    function bondFor(uint256 rate, uint256 beginSeconds, uint256 serveSeconds) public pure returns (uint256) {
        return Math.max(rate * (beginSeconds + serveSeconds), BOND_MIN);
    }

    function _collect(uint256 lease, Terms calldata terms) private returns (uint256 owed, uint256 fee, uint256 burned) {
        Lease storage earning = _known(lease, terms);
        if (msg.sender != earning.worker) revert NotWorker(lease, msg.sender);
        if (earning.phase != Phase.Running) return (0, 0, 0);
        uint256 served = _servedOf(earning);
        owed = (served - earning.collected) * terms.rate;
        if (owed == 0) return (0, 0, 0);
        earning.collected = served.toUint40();
        (fee, burned) = _feeOf(terms, owed);
        emit LeaseCollected(lease, msg.sender, served, owed - fee);
    }

    /// @dev Every end passes here, once.
    function _end(uint256 lease, Terms calldata terms, Lease storage ending, Reason reason, bytes32 evidence) private {
        Bill memory bill = _billOf(ending, terms);
        (bill.fee, bill.burned) = _feeOf(terms, bill.owed);
        address worker = ending.worker;
        bool failed = reason == Reason.NotBegun || reason == Reason.LeftEarly;

        if (ending.phase == Phase.Running) ending.exhaustsAt = ending.since + bill.served.toUint40();
        (ending.phase, ending.reason) = (Phase.Ended, reason);
        _release(bill.refunded);
        if (failed) _failed(worker);
        _announce(lease, terms.requester, worker, reason, bill, evidence);
        _credit(terms.requester, bill.refunded);
        _credit(worker, bill.owed - bill.fee);
        if (bill.served != 0) _earn(worker, bill.owed, bill.fee, bill.burned, failed ? 0 : 1);
        if (failed) STAKING.slash(worker, lease, terms.bond, uint8(reason));
        else if (worker != address(0)) STAKING.unlock(worker, lease, terms.bond);
    }

    function _announce(
        uint256 lease,
        address requester,
        address worker,
        Reason reason,
        Bill memory bill,
        bytes32 evidence
    ) private {
        uint256 paid = bill.owed - bill.fee;
        emit LeaseEnded(lease, requester, worker, reason, msg.sender, bill.served, paid, bill.refunded, evidence);
    }

    function _feeOf(Terms calldata terms, uint256 amount) private pure returns (uint256 fee, uint256 burned) {
        fee = feeFor(amount);
        burned = fee * terms.burnShare / BASIS_POINTS;
    }

    function _termsOf(Offer calldata wanted) private view returns (Terms memory terms) {
        if (wanted.rate < RATE_MIN || wanted.rate > RATE_MAX) revert RateOutOfRange(wanted.rate, RATE_MIN, RATE_MAX);
        uint256 term = _termFor(wanted.rate, TERM_MAX);
        _checkPeriod(wanted.takeSeconds, TAKE_SECONDS_MAX);
        _checkPeriod(wanted.beginSeconds, BEGIN_SECONDS_MAX);
        if (wanted.serveSeconds != 0) _checkPeriod(wanted.serveSeconds, term);
        if (wanted.providersAfter != 0) _checkPeriod(wanted.providersAfter, wanted.takeSeconds);
        if (!Requirements.wrap(wanted.requirements).isKnown()) revert MalformedRequirements(wanted.requirements);

        uint40 now_ = block.timestamp.toUint40();
        terms.requester = msg.sender;
        terms.burnShare = PARAMETERS.valueOf(IParameters.Parameter.BurnShare).toUint16();
        terms.beginSeconds = wanted.beginSeconds;
        terms.serveSeconds = wanted.serveSeconds;
        terms.firstTerm = term.toUint32();
        terms.takeBy = now_ + wanted.takeSeconds;
        terms.providersFrom = wanted.providersAfter == 0 ? 0 : now_ + wanted.providersAfter;
        terms.rate = wanted.rate;
        terms.bond = bondFor(wanted.rate, wanted.beginSeconds, wanted.serveSeconds).toUint96();
        _checkBond(terms.bond);
        terms.worker = wanted.worker;
        terms.requirements = wanted.requirements;
        terms.subject = wanted.subject;
    }

    function _checkTaker(uint256 lease, Terms calldata terms) private view {
        if (block.timestamp > terms.takeBy) revert TooLate(lease, terms.takeBy);
        if (msg.sender == terms.requester) revert OwnLease(lease);
        if (terms.worker != address(0) && terms.worker != msg.sender) revert NotOffered(lease, msg.sender);
        _checkProfile(lease, msg.sender, terms.worker == msg.sender ? 0 : terms.providersFrom, terms.requirements);
    }

    /// @dev Seconds that what was sent pays for.
    function _termFor(uint256 rate, uint256 maximum) private view returns (uint256 term) {
        term = msg.value / rate;
        if (term * rate != msg.value) revert NotWholeSeconds(msg.value, rate);
        _checkPeriod(term, maximum);
    }

    /// @dev What has ended it, whoever says so.
    function _clockOf(Lease storage lease, Terms calldata terms) private view returns (Reason) {
        if (lease.phase == Phase.Offered) return block.timestamp > terms.takeBy ? Reason.NotTaken : Reason.None;
        if (lease.phase == Phase.Taken) {
            return block.timestamp > lease.since + terms.beginSeconds ? Reason.NotBegun : Reason.None;
        }
        return block.timestamp >= lease.exhaustsAt ? Reason.Exhausted : Reason.None;
    }

    function _ofRequester(Lease storage lease) private view returns (Reason) {
        return lease.phase == Phase.Offered ? Reason.CancelledByRequester : Reason.EndedByRequester;
    }

    function _ofWorker(Lease storage lease, Terms calldata terms) private view returns (Reason) {
        bool served = lease.phase == Phase.Running && block.timestamp >= lease.since + terms.serveSeconds;
        return served ? Reason.EndedByWorker : Reason.LeftEarly;
    }

    /// @dev But for the fee.
    function _billOf(Lease storage ending, Terms calldata terms) private view returns (Bill memory bill) {
        uint256 term = terms.firstTerm;
        if (ending.phase == Phase.Running) {
            term = ending.exhaustsAt - ending.since;
            bill.served = _servedOf(ending);
        }
        bill.owed = (bill.served - ending.collected) * terms.rate;
        bill.refunded = (term - bill.served) * terms.rate;
    }

    /// @dev Of a lease that runs, seconds.
    function _servedOf(Lease storage lease) private view returns (uint256) {
        return Math.min(block.timestamp, lease.exhaustsAt) - lease.since;
    }

    function _in(Phase phase, uint256 lease, Terms calldata terms) private view returns (Lease storage known) {
        known = _known(lease, terms);
        if (known.phase != phase) revert WrongPhase(lease, known.phase);
    }

    function _known(uint256 lease, Terms calldata terms) private view returns (Lease storage known) {
        known = _leases[lease];
        if (known.termsHash != _hashOf(terms)) revert NotTheTerms(lease);
    }

    /// @dev 192 bits: two terms of the same hash take 2^96 tries to find.
    function _hashOf(Terms memory terms) private pure returns (bytes24) {
        return bytes24(keccak256(abi.encode(terms)));
    }

    function _checkPeriod(uint256 given, uint256 maximum) private pure {
        if (given == 0 || given > maximum) revert PeriodOutOfRange(given, 1, maximum);
    }
}
