// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICredits} from "./ICredits.sol";
import {IVerifier} from "./IVerifier.sol";

/// @title Work that a committee does again (assurance level Attested)
/// @notice For work that the chain can neither run nor dispute: hardware encoders, renderers that compute with floats. A worker claims what it
/// answers without showing it yet, and pays for a committee that chance draws out of the auditors (`IAudits`). Each member does the work itself
/// and commits to what it found; then all who found the same sign it together, and the worker opens its claim. Where `QUORUM` of the `SIZE`
/// members found the same, that is right, and any other claim is wrong. Where they did not, nobody is at fault: everybody has back what they put in.
/// @dev Both sides commit before either shows: a member that has done no work knows nothing that it could copy, and a worker that waits for what
/// members find is too late to claim it. A seat is one of the auditors', so that the same deposits stand behind it; nothing here slashes them. With
/// a third of all seats in the hands of liars, 9 of 13 members lie once in 113 claims, and 9 are honest in 55 of 100: a worker that lies loses
/// its bond 62 times for each time that it is paid.
///
/// What it costs: the work is done fourteen times, each time for a sixteenth of the price, so that who does it for that as a worker does it as a
/// member, too. Thirteen sixteenths of a job's price are what its worker pays for the committee.
///
/// A member has `TURN` seconds for the work, from the claim on: kinds of this verifier give a worker less than that. It needs the
/// inputs and gets them from the worker where the requester published none: who claims has every reason to serve them.
interface IAttested is IVerifier, ICredits {
    /// @notice The sealed set of auditors has `seats` members; a committee has `size`.
    error TooFewSeats(uint256 seats, uint256 size);
    error WrongFee(uint256 sent, uint256 expected);
    error ClaimExists(bytes32 claimId);
    error ClaimUnknown(bytes32 claimId);
    error ClaimEnded(bytes32 claimId);
    /// @notice The key has no seat of the caller's, or the seat was left.
    error NotSeated(bytes32 keyId, address caller);
    error NotDrawn(bytes32 claimId, uint256 place);
    error Committed(bytes32 claimId, uint256 place);
    error NotCommitted(bytes32 claimId, uint256 place);
    error NotTheCommitment(bytes32 claimId, uint256 place);
    /// @notice Not what the worker sealed its claim with, or it was opened before.
    error NotTheSeal(bytes32 claimId);
    /// @notice There are `expected` signers.
    error WrongCount(uint256 expected, uint256 actual);
    /// @notice All these members attested before.
    error NothingNew(bytes32 claimId);
    error TooEarly(uint64 deadline);
    error TooLate(uint64 deadline);
    /// @notice Claims and attestations are made here: `judge` takes neither output nor proof.
    error NothingToShow();

    event Claimed(
        bytes32 indexed claimId,
        address indexed worker,
        uint256 indexed jobId,
        uint256 price,
        bytes32 subject,
        bytes32 inputHash,
        bytes32 seal,
        uint64 epoch,
        uint64 height
    );
    event Drawn(bytes32 indexed claimId, uint256[] places);
    event FindingCommitted(
        bytes32 indexed claimId, uint256 indexed place, address indexed operator, bytes32 commitment
    );
    event Revealed(bytes32 indexed claimId, bytes32 outputHash);
    /// @param members of those who signed now, who had not before
    /// @param agreeing how many found this so far
    event FindingAttested(
        bytes32 indexed claimId, bytes32 indexed outputHash, bytes signers, uint256 members, uint256 agreeing
    );
    /// @param verdict `IVerifier.Verdict`
    /// @param finding what most members found, the earlier of two; 0 where nobody attested
    /// @param members how many found it
    event Closed(
        bytes32 indexed claimId, uint8 verdict, bytes32 finding, uint256 members, uint256 paid, uint256 refunded
    );

    /// @param height the block of the claim: that of `BEACON.DELAY` later draws
    /// @param output the seal; once it is revealed, the hash
    struct Claim {
        address worker;
        uint64 claimedAt;
        uint8 committed;
        /// Members who found `finding`, which most found so far, the earlier one of several.
        uint8 members;
        bool revealed;
        bool closed;
        uint64 epoch;
        uint64 height;
        uint32 places;
        uint96 price;
        bytes32 workHash;
        bytes32 output;
        bytes32 finding;
    }

    /// @notice What one member of a committee did.
    /// @param word what it committed to; once it attested, what it found
    struct Vote {
        address operator;
        bool attested;
        bytes32 word;
    }

    /// @notice The caller claims an answer to a job it took. There is one claim for each worker and job, for good. A claim of before
    /// the job was taken, of after its deadline, of other work or for less than the job's price counts for nothing.
    /// @param price of the job, wei; `feeOf` it is sent
    /// @param seal keccak256(abi.encode(worker, jobId, outputHash, salt))
    function claim(uint256 jobId, uint256 price, bytes32 subject, bytes32 inputHash, bytes32 seal)
        external
        payable
        returns (bytes32 claimId);

    /// @notice A member commits to what it found: keccak256(abi.encode(claimId, operator, outputHash, salt)).
    function commit(bytes32 claimId, bytes32 keyId, bytes32 commitment) external;

    /// @notice Opens the caller's claim, once all members committed or the time to commit is over. Who does not was wrong.
    function reveal(uint256 jobId, bytes32 outputHash, bytes32 salt) external;

    /// @notice Shows what members found, and that they signed it. Anybody may, as often as there are more signers, once all committed or the time
    /// to commit is over.
    /// @param signers a bit for each place of the snapshot; who attested before may be among them, and counts once
    /// @param signature the aggregate of theirs over `Bls.message(set of the auditors, epoch, payloadOf(claimId, outputHash))`
    /// @param salts one for each signer, places rising
    function attest(
        bytes32 claimId,
        bytes32 outputHash,
        bytes calldata signers,
        bytes calldata signature,
        bytes32[] calldata salts
    ) external;

    /// @notice Pays a share to each member who found what a quorum found, and the rest of the fee back to the worker. Without a
    /// quorum, whoever found what another member found as well is paid. Anybody, once the time to attest is over.
    function close(bytes32 claimId) external;

    /// @notice Places of the committee, in the order in which they were drawn. Readable once the mix is (`IBeacon.record`).
    function committeeOf(bytes32 claimId) external view returns (uint256[] memory places);
    function claimIdOf(address worker, uint256 jobId) external pure returns (bytes32 claimId);
    /// @notice What members sign to say that this is the answer.
    function payloadOf(bytes32 claimId, bytes32 outputHash) external view returns (bytes32 payload);
    /// @notice Reverts with `ClaimUnknown`.
    function claimOf(bytes32 claimId) external view returns (Claim memory);
    function voteOf(bytes32 claimId, uint256 place) external view returns (Vote memory);
    /// @notice How many members attested to an answer.
    function agreeing(bytes32 claimId, bytes32 outputHash) external view returns (uint256 members);
    /// @notice Σ of fees of claims that are not closed, wei.
    function held() external view returns (uint256);

    /// @notice What a claim about a job of this price takes, wei: a share for each member.
    function feeOf(uint256 price) external view returns (uint256);
    /// @notice Of each member, a sixteenth of the price, and `SHARE_MIN` at least, wei.
    function shareOf(uint256 price) external view returns (uint256);
    /// @notice What pays for a member's transactions, wei.
    function SHARE_MIN() external view returns (uint256);
    /// @notice Members of a committee.
    function SIZE() external view returns (uint256);
    /// @notice Members that decide: more than two thirds, so that no two answers have so many.
    function QUORUM() external view returns (uint256);
    /// @notice Seconds to work and commit, and as many again to attest.
    function TURN() external view returns (uint64);
}
