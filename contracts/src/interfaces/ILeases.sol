// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ITill} from "./ITill.sol";

/// @title Leases of machines, paid by the second
/// @notice offer (escrow of a term) → take (a bonded worker) → begin (the clock of payment runs) → collect, extend → an end. A worker is paid for every whole
/// second from the beginning to the end or to `exhaustsAt`, whichever is first, less the protocol's fee; the rest goes back to the
/// requester. There is no invoice: who does not want to pay for more ends it.
///
/// When the money is used up is known from the beginning on: it is in `leaseOf`, and in every event that moves it. A worker serves no longer than
/// that, since nothing is ever paid past it. Whoever extends does so before that second, and no lease is paid for longer than `TERM_MAX`
/// in advance: it is renewed, in terms.
///
/// Ends, each with who called for it, a reason, and the hash of what it has to say: by the requester at any time; by the worker at any
/// time, though before it served what it committed itself to that costs its bond; and by the clock, which anybody may have told: not taken in time, not begun in time
/// (which costs the bond, too), or exhausted. What an end leaves to anybody is credited: none calls, or waits for, who is paid.
///
/// What a beginning is worth, and every second after it, the requester alone sees: it pays until it says that it ends. Whoever leases watches
/// the machine, and whom it lets take the lease: `Requirements` ask for stake and for a reputation.
/// @dev Of a lease's terms a hash is kept: whoever does something with it shows them again, as `LeaseOffered` had them. Nothing here
/// depends on how many leases there are.
interface ILeases is ITill {
    enum Phase {
        Offered,
        Taken,
        Running,
        Ended
    }

    /// @dev Why a lease has ended; `None` while it has not.
    enum Reason {
        None,
        CancelledByRequester,
        NotTaken,
        NotBegun,
        EndedByRequester,
        EndedByWorker,
        LeftEarly,
        Exhausted
    }

    /// @notice No lease has this number, or its terms are others.
    error NotTheTerms(uint256 lease);
    error WrongPhase(uint256 lease, Phase phase);
    error RateOutOfRange(uint256 rate, uint256 minimum, uint256 maximum);
    error PeriodOutOfRange(uint256 given, uint256 minimum, uint256 maximum);
    /// @notice What was sent is not the price of whole seconds.
    error NotWholeSeconds(uint256 sent, uint256 rate);
    error MalformedRequirements(uint256 requirements);
    error NotWorker(uint256 lease, address caller);
    /// @notice The caller is neither the requester nor the worker.
    error NotParty(uint256 lease, address caller);
    /// @notice The lease is offered to another worker alone.
    error NotOffered(uint256 lease, address worker);
    error OwnLease(uint256 lease);
    error NothingToCollect(address worker);
    error TooLate(uint256 lease, uint256 deadline);
    /// @notice No clock has ended it yet.
    error StillOpen(uint256 lease);

    /// @param spec what is to run, as far as it is to be published
    event LeaseOffered(
        uint256 indexed lease, address indexed requester, bytes32 indexed subject, Terms terms, bytes spec
    );
    event LeaseTaken(uint256 indexed lease, address indexed worker, uint256 beginBy);
    /// @param evidence hash of how the machine is reached
    event LeaseBegun(uint256 indexed lease, address indexed worker, uint256 exhaustsAt, bytes32 evidence);
    event LeaseExtended(uint256 indexed lease, address indexed payer, uint256 term, uint256 exhaustsAt);
    /// @param served seconds that it was paid for so far
    /// @param paid less the fee, wei
    event LeaseCollected(uint256 indexed lease, address indexed worker, uint256 served, uint256 paid);
    /// @notice The terminal event of every lease.
    /// @param worker 0 where nobody took it
    /// @param by who called for it
    /// @param served seconds that were paid for, from the beginning
    /// @param paid at the end, for what was not collected, less the fee, wei
    /// @param evidence hash of what `by` had to say, or zero
    event LeaseEnded(
        uint256 indexed lease,
        address indexed requester,
        address indexed worker,
        Reason reason,
        address by,
        uint256 served,
        uint256 paid,
        uint256 refunded,
        bytes32 evidence
    );

    /// @notice What a requester asks for. How long the first term is, 1 to 604,800 seconds, the sent TFUEL says.
    /// @param rate of a second, wei
    /// @param takeSeconds how long it can be taken, 1 to 604,800
    /// @param beginSeconds how long whoever took it has to begin, 1 to 86,400
    /// @param serveSeconds that it commits itself to from then on, at most the first term; 0 for none
    /// @param providersAfter how long edge nodes have before listed cloud providers can take it, too; 0 where that makes no difference. It is nothing to a
    /// worker who alone can take it
    /// @param worker who alone can take it; 0 for everybody
    /// @param requirements `types/Requirements.sol`; 0 for none
    /// @param subject hash of what is to run
    struct Offer {
        uint96 rate;
        uint32 takeSeconds;
        uint32 beginSeconds;
        uint32 serveSeconds;
        uint32 providersAfter;
        address worker;
        uint256 requirements;
        bytes32 subject;
    }

    /// @notice What holds for a lease to its end, whatever is voted meanwhile.
    /// @param burnShare of the fee, what is burned, basis points
    /// @param firstTerm seconds
    /// @param providersFrom Unix seconds
    /// @param bond that the worker binds of its stake, wei
    struct Terms {
        address requester;
        uint16 burnShare;
        uint32 beginSeconds;
        uint32 serveSeconds;
        uint32 firstTerm;
        uint40 takeBy;
        uint40 providersFrom;
        uint96 rate;
        uint96 bond;
        address worker;
        uint256 requirements;
        bytes32 subject;
    }

    /// @dev Two words: each verb between the offer and the end writes one of them.
    /// @param termsHash the upper 24 bytes of keccak256(abi.encode(terms))
    /// @param collected seconds that the worker was paid for before the end
    /// @param since when it was taken, and from its beginning on when that was, Unix seconds
    /// @param exhaustsAt the first second that is not paid for: known from the beginning on, and at the end when that was; 0 if it never began
    struct Lease {
        bytes24 termsHash;
        uint40 collected;
        address worker;
        uint40 since;
        uint40 exhaustsAt;
        Phase phase;
        Reason reason;
    }

    /// @dev A lease, and its terms.
    struct Deal {
        uint256 lease;
        Terms terms;
    }

    /// @notice Offers a lease, with the sent TFUEL as the price of its first term in escrow.
    function offer(Offer calldata wanted, bytes calldata spec) external payable returns (uint256 lease);

    /// @notice Takes a lease; the bond is locked of the caller's stake.
    function take(uint256 lease, Terms calldata terms) external;

    /// @notice The worker's machine can be used: its pay runs from now on.
    /// @param evidence hash of how the machine is reached, which the requester is told elsewhere
    function begin(uint256 lease, Terms calldata terms, bytes32 evidence) external;

    /// @notice Adds the term that the sent TFUEL pays for to a lease that runs. Anybody may; what is not used is the requester's.
    function extend(uint256 lease, Terms calldata terms) external payable;

    /// @notice Pays the caller what its leases have earned so far. Those that have ended are passed over: what they earned is credited.
    function collect(Deal[] calldata deals) external returns (uint256 paid);

    /// @notice Requester or worker: ends a lease, whatever its phase.
    /// @param evidence hash of what the caller has to say
    function end(uint256 lease, Terms calldata terms, bytes32 evidence) external;

    /// @notice Anyone: ends leases that were not taken in time, not begun in time, or are exhausted. Those that have ended are passed over,
    /// so that nobody who is first with one of them keeps the others.
    function close(Deal[] calldata deals) external;

    /// @notice Zeros where there is none of this number.
    function leaseOf(uint256 lease) external view returns (Lease memory);
    /// @notice What the worker has earned and not collected by now, before the fee, wei.
    function owedFor(uint256 lease, Terms calldata terms) external view returns (uint256);
    /// @notice Leases ever offered: their numbers are 1 to this.
    function leaseCount() external view returns (uint256);
    /// @notice Of a lease, what its worker binds of its stake: the price of the time that it can waste, of waiting for it and of what it committed
    /// itself to, and at least a TFUEL, wei.
    function bondFor(uint256 rate, uint256 beginSeconds, uint256 serveSeconds) external pure returns (uint256);
    /// @notice How far in advance a lease is paid for at most, seconds.
    function TERM_MAX() external view returns (uint256);
}
