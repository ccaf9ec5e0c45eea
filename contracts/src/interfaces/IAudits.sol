// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";

/// @title Audits of claims, by staked auditors that chance draws
/// @notice Whoever wants a claim (`IDisputes`) checked pays for an audit. Some blocks later the beacon draws a committee out of the
/// auditors' set; each member computes the answer itself, commits to what it found without showing it, and all who found the same
/// sign it together. Who found the claim wrong challenges it; who found it right answers for it. Who attested to a claim that is
/// refuted, or that nobody answers for, loses its seat.
/// @dev A seat is a place of the set `(this contract, ROLE)` of `IKeyRegistry`, with stake 1. Commitments are hidden until everybody's
/// is in, so that nobody can copy; canaries are claims that were made to be wrong, which nobody can tell from others. The fee is for
/// those who found what the claim says where it was upheld, else for those who found what most found. A member is slashed only
/// for exactly what it attested to, and while it has the trace it can answer whatever is asked about it: an honest one that is
/// there within an hour loses nothing.
interface IAudits is ICredits {
    error WrongDeposit(uint256 sent, uint256 expected);
    error NotOperator(bytes32 keyId, address caller);
    error HasASeat(bytes32 keyId);
    error NoSeat(bytes32 keyId);
    error Leaving(bytes32 keyId);
    /// @notice Nobody has sealed a set of auditors yet.
    error NoSnapshot();
    /// @notice The audit is not closed.
    error AuditRuns(bytes32 claimId);
    error AuditUnknown(bytes32 claimId);
    /// @notice The claim is not open any more, or its time to be challenged ends before an audit would.
    error ClaimClosed(bytes32 claimId);
    error FeeTooSmall(uint256 sent, uint256 minimum);
    error NotDrawn(bytes32 claimId, uint256 place);
    error Committed(bytes32 claimId, uint256 place);
    error NotCommitted(bytes32 claimId, uint256 place);
    error Attested(bytes32 claimId, uint256 place);
    /// @notice The claim's worker has not committed to its trace (`IDisputes.commitTrace`); or zero, which no bytes have as their hash.
    error NoTrace(bytes32 claimId);
    error NotTheCommitment(bytes32 claimId, uint256 place);
    /// @notice There are `expected` signers.
    error WrongCount(uint256 expected, uint256 actual);
    error NotAttested(bytes32 claimId, uint256 place);
    /// @notice No verdict contradicts what this member attested to.
    error NotContradicted(bytes32 claimId, uint256 place);
    error SlashedAlready(bytes32 claimId, uint256 place);
    error AuditEnded(bytes32 claimId);
    error TooEarly(uint64 deadline);
    error TooLate(uint64 deadline);

    event Seated(bytes32 indexed keyId, address indexed operator, uint256 place);
    event LeftSeat(bytes32 indexed keyId, address indexed operator, uint64 withdrawableAt);
    event Sealed(uint64 indexed epoch, uint256 places);
    /// @param fee what `payer` pays: the first who asks begins the audit, others add to it
    event AuditRequested(
        bytes32 indexed claimId, address indexed payer, uint64 indexed epoch, uint256 height, uint256 fee
    );
    event AuditCommitted(bytes32 indexed claimId, uint256 indexed place, bytes32 keyId, bytes32 commitment);
    event AuditAttested(
        bytes32 indexed claimId, bytes32 outputRoot, bytes32 traceRoot, bytes signers, uint256 members, bool agrees
    );
    /// @param finding the payload that most members signed; 0 where nobody did
    /// @param members how many they are
    event AuditClosed(bytes32 indexed claimId, bytes32 finding, uint256 members, uint256 refunded);
    event AuditorSlashed(bytes32 indexed claimId, uint256 indexed place, bytes32 keyId, uint256 amount);

    struct Seat {
        address operator;
        uint64 place;
        /// Epoch from whose snapshot on the seat counts.
        uint64 since;
        /// When the deposit can be withdrawn; 0 while the seat is taken.
        uint64 withdrawableAt;
        uint128 deposit;
    }

    struct Audit {
        address requester;
        uint64 epoch;
        uint64 places;
        /// By whoever asked last.
        uint64 requestedAt;
        uint64 height;
        /// Less those of who was refunded.
        uint128 fee;
        /// What of the fee nobody earned, and nobody was refunded yet; once it is closed.
        uint128 refund;
        uint32 committed;
        bool closed;
        /// Members who signed `finding`, the payload that most signed so far, the earlier one of several.
        uint32 members;
        bytes32 finding;
    }

    /// @notice What one member of a committee did.
    struct Vote {
        bytes32 keyId;
        bytes32 commitment;
        /// What it attested to; both 0 for nothing yet.
        bytes32 outputRoot;
        bytes32 traceRoot;
        bool slashed;
    }

    /// @notice Takes a seat for a key of the caller's (`IKeyRegistry.register`), with `DEPOSIT`.
    function enlist(bytes32 keyId) external payable returns (uint256 place);

    /// @notice Leaves the seat. The deposit stays, and can be slashed, for `UNBONDING` seconds.
    function resign(bytes32 keyId) external;

    /// @notice Credits the deposit of a seat that was left long enough ago.
    function reclaim(bytes32 keyId) external;

    /// @notice Seals the set as it is, for audits from now on; anybody, once an hour, after `IKeyRegistry.write` of what changed.
    function seal() external returns (uint64 epoch);

    /// @notice Pays for an audit of an open claim: at least `FEE_MIN`, a share for each of its `SIZE` members. There is one audit of each
    /// claim, and one committee; whoever asks again, while members may commit or before any did, adds to its fee, and the time to
    /// commit begins anew. The mix that draws the committee has to be known by then (`IBeacon.record`).
    function request(bytes32 claimId) external payable;

    /// @notice Places of the committee, in the order in which they were drawn: fewer than `SIZE` where the set has fewer. Readable
    /// once the mix of the request's height + `IBeacon.DELAY` is (`IBeacon.record`).
    function committeeOf(bytes32 claimId) external view returns (uint256[] memory places);

    /// @notice A member commits to what it found: keccak256(abi.encode(claimId, operator, outputRoot, traceRoot, salt)).
    function commit(bytes32 claimId, bytes32 keyId, bytes32 commitment) external;

    /// @notice Shows what members found, and that they signed it. Anybody may, once all committed or the time to commit is over.
    /// @param signers a bit for each place of the snapshot
    /// @param signature the aggregate of theirs over `Bls.message(set, epoch, payloadOf(claimId, outputRoot, traceRoot))`
    /// @param salts of their commitments, in the order of their places
    function attest(
        bytes32 claimId,
        bytes32 outputRoot,
        bytes32 traceRoot,
        bytes calldata signers,
        bytes calldata signature,
        bytes32[] calldata salts
    ) external;

    /// @notice Ends an audit after its time, once the claim is decided (or 3 days after it was last asked for). Where the claim was upheld,
    /// members who found what it says get their shares of the fee, else those who found what most found, if that was not refuted.
    /// The rest is refunded: to who asked first at once, to others by `refund`.
    function close(bytes32 claimId) external;

    /// @notice Credits who paid for a closed audit their part of what nobody earned; anybody may call it.
    function refund(bytes32 claimId, address payer) external;

    /// @notice Slashes a member that attested to exactly what a claim says, which was refuted, canary or not, or whose worker was silent
    /// with everybody else. What is slashed is burned, but for a tenth for who calls this after a refutation.
    function contradict(bytes32 claimId, uint256 place) external;

    function payloadOf(bytes32 claimId, bytes32 outputRoot, bytes32 traceRoot) external pure returns (bytes32);
    /// @notice The auditors' set in `IKeyRegistry`.
    function set() external view returns (bytes32);
    /// @notice The newest sealed epoch, 0 for none.
    function epoch() external view returns (uint64);
    function seatOf(bytes32 keyId) external view returns (Seat memory);
    function auditOf(bytes32 claimId) external view returns (Audit memory);
    function voteOf(bytes32 claimId, uint256 place) external view returns (Vote memory);
    /// @notice Σ of deposits and of fees that nobody was credited yet, wei.
    function held() external view returns (uint256);

    function ROLE() external view returns (uint8);
    /// @notice Of a seat, wei.
    function DEPOSIT() external view returns (uint256);
    function FEE_MIN() external view returns (uint256);
    /// @notice Members of a committee, at most.
    function SIZE() external view returns (uint256);
    /// @notice Seconds to commit, and as many again to attest.
    function TURN() external view returns (uint64);
    /// @notice Seconds for which a deposit stays after its seat was left.
    function UNBONDING() external view returns (uint64);
}
