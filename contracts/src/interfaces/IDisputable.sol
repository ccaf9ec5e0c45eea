// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IVerifier} from "./IVerifier.sol";

/// @title Inferences that stand unless somebody shows that they are wrong (assurance level Disputable)
/// @notice For models too large for the chain to run. The subject is a model whose graph is registered; an input is hashed by BLAKE3, and published by the
/// requester, or told elsewhere to the worker and to auditors who ask. A worker that took a job claims its answer (`IDisputes.claim`, under
/// the job's number) and enters that claim here, both before the job's deadline. Chance has one claim in five audited, which all workers
/// pay for by their entries. A claim that was drawn, and that nobody refuted, is right: its worker upholds it a day later
/// (`IDisputes.uphold`), and is paid.
///
/// What a worker does: take, claim with its trace, enter within half an hour, have the draw made (`IBeacon.record`, `draw`), answer whoever challenges, and
/// uphold within three days of the claim. Who does that is paid, whatever the requester, auditors and challengers do. If the worst
/// comes to the worst, it makes up what the pot lacks for its own audit.
///
/// An answer of 8,192 bytes or less is published with the entry. A longer one is handed over elsewhere: a worker who keeps it can be made to show it
/// by whoever challenges that (`IDisputes.challenge`), for that one's bond.
///
/// A claim planted to be wrong (`IDisputes.reveal`) is no delivery, and costs the job's bond, or anybody could block jobs of others with it for nothing.
/// Who plants one for auditors to find takes a job of its own requester, who accepts it in the end.
/// @dev What deters: the audit rate q, a committee of c of whom a share b says whatever the cheat wants, and the bond, so many times the price (`IKinds`),
/// which is burned whole. Who cheats is caught with q(1 - b^c), and what it gains is the price at most. With q = 1/5, c = 4, b = 1/3 and a bond of
/// 40 prices it loses 7.9 prices on average for the one that it gains. A cheat that proposes the block whose mix decides can withhold
/// that block and have another's decide: q becomes q^2, and it still loses 1.6 prices, beside the block's rewards. That is why the
/// rate is no tenth: it would lose 0.4. Who withholds k blocks in a row has q^(2^k). To whom a wrong answer is worth more than its price, this is
/// no kind for what hangs on it.
///
/// What it costs: one claim in five is done again by four auditors, 0.8 times the work for each job. Each is paid `auditorShare` of the job's price, 45 in 100, and
/// a TFUEL at least, so that whoever does the job for its price does the audit, too; and the worker's entry costs it 45 in 100. A requester
/// pays 2.2 times the work, then, and is not asked by the chain what that is: no count of operations tells what they cost. A job has a price of 22 TFUEL at most (`Kinds`): an auditor
/// that is paid more for agreeing than its deposit deters it from would not look. What is larger is posted as an order of many.
///
/// What cannot be chosen: the block of the mix comes after the entry, the entry after the claim and after the job was taken, and there is one of each. No claim
/// without a trace is entered, since no auditor could attest to anything about it; and none that is old, since its worker could have paid
/// for all of its audit before there was a trace, to which nobody could come. As it is, auditors have half of their time left.
interface IDisputable is IVerifier {
    error OnlyAudits(address caller);
    /// @notice There is nobody yet who could audit.
    error NoAuditors();
    /// @notice Published inputs of all jobs are `expected` bytes together: what the model takes, for each.
    error InputLength(uint256 expected, uint256 actual);
    /// @notice The chain knows what became of a claim: nothing is to be shown.
    error NothingToShow();
    error WrongEntryFee(uint256 sent, uint256 expected);
    error ClaimNotOpen(bytes32 claimId);
    /// @notice The worker commits to its trace first (`IDisputes.commitTrace`).
    error NoTrace(bytes32 claimId);
    /// @notice These are not the bytes that were claimed; or bytes of an answer that is too long to be shown.
    error NotTheAnswer(bytes32 claimId);
    error EnteredAlready(bytes32 claimId);
    error NotEntered(bytes32 claimId);
    error DrawnAlready(bytes32 claimId);
    error TooLate(uint64 deadline);
    /// @notice The audit costs `fee`, and there is less than that with what was sent.
    error PotTooSmall(uint256 pot, uint256 fee);
    error NothingSent();
    error PayoutFailed(address to, uint256 amount);

    /// @param height of the block whose mix says whether the claim is audited
    /// @param price of the job, as its worker has it
    /// @param answer where it is of `SHOWN_BYTES` at most
    event Entered(
        bytes32 indexed claimId,
        address indexed worker,
        uint256 indexed jobId,
        uint256 height,
        uint256 price,
        uint256 fee,
        bytes answer
    );
    /// @param audited whether chance wanted it to be
    /// @param fee what the pot paid for it: 0 where somebody had paid as much before
    event Drawn(bytes32 indexed claimId, bool audited, uint256 fee);
    event PotFunded(address indexed payer, uint256 amount);
    /// @notice What auditors did not earn came back.
    event PotReclaimed(uint256 amount);

    /// @param height block of the entry; 0 for none
    /// @param enteredAt Unix seconds
    /// @param shown whether the answer was, where it is short enough
    /// @param price for which its audit is paid, wei
    struct Entry {
        uint64 height;
        uint64 enteredAt;
        bool shown;
        bool drawn;
        bool audited;
        uint96 price;
    }

    /// @notice Enters the caller's open claim about a job into the draw, once, for `entryFee`. Whoever enters before it has taken the job has entered in vain.
    /// @param price of the job, wei: whoever names less than it has delivered nothing
    /// @param answer what was claimed, published for the requester; nothing where the model's answers are longer than `SHOWN_BYTES`, or the job's
    /// are sealed (`ISealed`): of other jobs, an answer that could be shown and was not is not delivered
    function enter(uint256 jobId, uint256 price, bytes calldata answer) external payable;

    /// @notice Lets chance say whether a claim is audited, and asks for that. Anybody may, once the mix of block `drawnAt` is known to `IBeacon`; where it is
    /// audited, until `drawBy`; and, where somebody had asked for its audit for less than `auditFee`, before the time to commit is over, or as long as no
    /// auditor has. Where it is audited, the pot takes back first what auditors did not earn (`reclaim`). What is sent makes up what the pot
    /// lacks for the fee; the rest comes back.
    function draw(address worker, uint256 jobId) external payable;

    /// @notice Adds to the pot.
    function fund() external payable;

    /// @notice Takes what auditors did not earn back into the pot, from all audits that were closed (and, where somebody else had asked for one first,
    /// from which `IAudits.refund` let the pot's part go).
    function reclaim() external;

    /// @notice Zeros where there is none.
    function entryOf(address worker, uint256 jobId) external view returns (Entry memory);
    /// @notice The block whose mix draws a claim that was entered at `height`.
    function drawnAt(uint256 height) external view returns (uint256);
    /// @notice Until when an audit of a claim can be asked for, Unix seconds.
    function drawBy(uint64 claimedAt) external view returns (uint64);
    /// @notice Of claims, basis points.
    function auditRate() external view returns (uint256);
    /// @notice Of a job's price, what each of its auditors is paid, basis points.
    function auditorShare() external view returns (uint256);
    /// @notice What an entry takes for a job of this price, wei: what audits of such jobs cost for each entry on average, and a quarter more.
    function entryFee(uint256 price) external view returns (uint256);
    /// @notice What an audit of a job of this price is paid now, wei: a share of the price for each member, and what entries paid for it once the pot holds
    /// a hundred of those.
    function auditFee(uint256 price) external view returns (uint256);
    /// @notice What there is for audits, wei.
    function pot() external view returns (uint256);
    /// @notice Of the longest answer that is shown at the entry.
    function SHOWN_BYTES() external view returns (uint256);
    /// @notice Seconds after its claim in which a worker enters it.
    function ENTER_SECONDS() external view returns (uint64);
    /// @notice Seconds after its claim in which a worker has it drawn and upheld. A dispute takes a day in which it begins and an hour for each of at
    /// most 20 moves; the rest is the worker's.
    function LIFE() external view returns (uint64);
}
