// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISplits} from "./ISplits.sol";

/// @title Many small payments out of one deposit
/// @notice A payer opens a pool and signs vouchers: each says what it owes a payee in all so far. A payee redeems its latest one
/// whenever it likes, all of it or nothing, and collects what was redeemed.
///
/// What a payee may rely on. Up to `guaranteed` its vouchers are payable whatever else happens: that much is earmarked for it, and
/// is released only a notice period after that was announced. Beyond it, vouchers draw on the free reserve, which serves whoever comes
/// first. An open pool has at least as much collateral as free reserve; it is forfeited when more is shown to be signed than
/// the free reserve holds. That deters; it need not make good. An honest payee that was paid nothing there gets part of half the
/// collateral, and how much depends on how many claim, the payer's friends among them.
///
/// What a payer may rely on. Who keeps what it signed beyond earmarks, with what is left of the caps of its sessions, within the free
/// reserve is never overspent.
/// @dev Vouchers are signed by keys alone, so that what was payable once stays payable: ERC-1271 lets a contract
/// take its signature back, or use up the gas of others' vouchers. A contract that pays authorizes a session: a key that signs, or a
/// contract that calls `charge`. Delegated accounts (EIP-7702) sign with their key.
///
/// The balance is, at least, Σ of pools' free + earmarked + collateral + leaving, Σ of pairs' redeemed - withdrawn, and what is credited.
interface IPaymentPool is ISplits {
    /// @dev `Closed` and `Settled` are terminal. Earmarks of a forfeited or settled pool stay payable for ever.
    enum Phase {
        None,
        Open,
        Closing,
        Closed,
        Forfeited,
        Settled
    }

    /// @dev Why a voucher is not paid; `None` where it is.
    enum Reason {
        None,
        NoPool,
        NothingOwed,
        TotalTooLarge,
        SessionOver,
        OutOfScope,
        CapExceeded,
        ReserveShort,
        WrongSignature
    }

    /// @notice What a payer, or a session in its name, owes a payee in all, signed: EIP-712 data
    /// Voucher(uint256 pool,address session,address payee,uint128 total) of the domain "Edgeloom PaymentPool", version "1", this chain
    /// and this contract. Session 0 is the payer itself.
    /// @param payee an account, or a rule's (`splitOf`)
    /// @param total wei, below 2^96
    /// @param r of the signature
    /// @param vs of the signature, as in EIP-2098
    struct Voucher {
        address payee;
        uint128 total;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Vouchers of one pool and one session of it, or of its payer.
    struct Bundle {
        uint256 pool;
        address session;
        Voucher[] vouchers;
    }

    struct PairId {
        uint256 pool;
        address session;
        address payee;
    }

    /// @param redeemed in all, wei
    /// @param withdrawn of it, wei
    /// @param ceilingGwei the total up to which the payer earmarked: what is earmarked now is what redeemed lacks to it
    struct Pair {
        uint96 redeemed;
        uint96 withdrawn;
        uint64 ceilingGwei;
    }

    /// @param until Unix seconds: when a closing pool can be closed, or claims on a forfeited one end
    /// @param notice seconds
    /// @param free of the reserve, not earmarked; of a settled pool, what claims are still to be paid
    /// @param earmarked of the reserve
    /// @param leavesAt when what is leaving can be taken back
    /// @param leaving what the payer withdraws: it pays no voucher, and is collateral until it is taken back
    /// @param claims Σ of claims that were not paid yet
    struct Pool {
        address payer;
        uint40 until;
        uint32 notice;
        Phase phase;
        uint96 free;
        uint96 earmarked;
        uint40 leavesAt;
        uint96 collateral;
        uint96 leaving;
        uint128 claims;
    }

    /// @param payee the only one that the session pays; 0 for any
    /// @param capGwei of all that it pays, what is earmarked for its pairs included
    /// @param expiry Unix seconds, the last at which its vouchers are redeemed; 0 for no session
    struct Mandate {
        address payee;
        uint64 capGwei;
        uint32 expiry;
    }

    /// @param toGwei the ceiling after it
    /// @param from Unix seconds; 0 for none
    struct Release {
        uint64 toGwei;
        uint40 from;
    }

    error PoolUnknown(uint256 pool);
    error WrongPhase(uint256 pool, Phase phase);
    error NotPayer(uint256 pool, address caller);
    error PeriodOutOfRange(uint64 given, uint64 minimum, uint64 maximum);
    /// @notice `collateral` would have to be `needed`, as much as the free reserve or as what is asked for.
    error CollateralShort(uint256 pool, uint256 needed, uint256 collateral);
    /// @notice The free reserve is `free`.
    error ReserveShort(uint256 pool, uint256 needed, uint256 free);
    /// @notice Ceilings rise by `earmark` and fall by `release`.
    error WrongCeiling(uint64 given, uint64 ceilingGwei);
    error TooEarly(uint40 from);
    error TooLate(uint40 until);
    /// @notice Nothing of this was announced.
    error NotAnnounced(uint256 pool);
    /// @notice A mandate is for an account, ends in the future, and where there is one already only grows.
    error WrongMandate(uint256 pool, address session);
    error SessionUnknown(uint256 pool, address session);
    error SessionRefused(uint256 pool, address session, address payee, Reason reason);
    error VoucherRefused(uint256 pool, address session, address payee, uint256 total, Reason reason);
    /// @notice A bundle is of another pool than is to be shown overspent.
    error OtherPool(uint256 pool, uint256 other);
    /// @notice Sessions rise from bundle to bundle, and payees within each: these do not, so that a pair might count twice.
    error OutOfOrder(address session, address payee);
    /// @notice Those of the vouchers that only want money come to `owed` beyond earmarks, which the free reserve covers.
    error NotOverspent(uint256 pool, uint256 owed, uint256 free);
    error NothingClaimed(uint256 pool, address session, address payee);

    event PoolOpened(uint256 indexed pool, address indexed payer, uint32 notice);
    event Deposited(uint256 indexed pool, address indexed from, uint256 reserve, uint256 collateral);
    event Earmarked(uint256 indexed pool, address indexed payee, address session, uint64 ceilingGwei, uint256 amount);
    event ReleaseAnnounced(uint256 indexed pool, address indexed payee, address session, uint64 toGwei, uint40 from);
    event Released(uint256 indexed pool, address indexed payee, address session, uint256 amount);
    event WithdrawalAnnounced(uint256 indexed pool, uint256 reserve, uint256 collateral, uint40 from);
    event TakenBack(uint256 indexed pool, uint256 amount);
    event CloseAnnounced(uint256 indexed pool, uint40 from);
    event PoolClosed(uint256 indexed pool, uint256 amount);
    event Authorized(
        uint256 indexed pool, address indexed session, address indexed payee, uint64 capGwei, uint32 expiry
    );
    event Revoked(uint256 indexed pool, address indexed session, uint32 expiry);
    /// @param total redeemed of the pair, now
    event Redeemed(uint256 indexed pool, address indexed payee, address session, uint256 total);
    /// @notice A voucher of a batch was not paid, and nothing of it was.
    event VoucherSkipped(uint256 indexed pool, address indexed payee, address session, uint256 total, Reason reason);
    event Collected(uint256 indexed pool, address indexed payee, address session, uint256 amount);
    /// @param owed beyond earmarks, by the vouchers shown
    event Overspent(uint256 indexed pool, address indexed prover, uint256 owed, uint256 free, uint40 until);
    /// @param amount of the pair's claim, now
    event Claimed(uint256 indexed pool, address indexed payee, address session, uint256 amount);
    event PoolSettled(uint256 indexed pool, uint256 claims, uint256 shared, uint256 burned);
    event Awarded(uint256 indexed pool, address indexed payee, address session, uint256 amount);

    /// @notice Opens a pool with the sent TFUEL: `collateral` of it, the rest as its reserve.
    /// @param notice seconds, 3,600 to 604,800, for good
    function open(uint32 notice, uint96 collateral) external payable returns (uint256 pool);

    /// @notice Adds the sent TFUEL to an open pool: `collateral` of it, the rest to its reserve. Anybody may.
    function deposit(uint256 pool, uint96 collateral) external payable;

    /// @notice Earmarks reserve, the sent TFUEL first, for a pair, so that its total is covered up to `ceilingGwei`; what was announced to be
    /// released stays. Payer only. Of a session it counts against the cap.
    function earmark(uint256 pool, address session, address payee, uint64 ceilingGwei) external payable;

    /// @notice Announces that a pair's ceiling falls to `toGwei` after the notice period. Payer only.
    function announceRelease(uint256 pool, address session, address payee, uint64 toGwei) external;

    /// @notice Lowers a ceiling as was announced: what was earmarked above it and not redeemed is free again. Payer only.
    function release(uint256 pool, address session, address payee) external;

    /// @notice Takes free reserve and collateral off a pool: at once they pay nothing any more, and after the notice period they can be taken
    /// back, unless overspend was proved before. Payer only.
    function announceWithdrawal(uint256 pool, uint96 reserve, uint96 collateral) external;

    /// @notice Pays the payer what it withdrew. Payer only.
    function takeBack(uint256 pool) external;

    /// @notice Announces that the pool closes after the notice period. Until it is closed vouchers are redeemed; nothing is added. Payer only.
    function announceClose(uint256 pool) external;

    /// @notice Pays the payer all that is left. Payer only.
    function close(uint256 pool) external;

    /// @notice Has `session` owe in the payer's name, within a mandate: by vouchers if it is a key, by `charge` if it is a contract. A
    /// mandate that is there can only be given a higher cap and a later expiry. Payer only.
    function authorize(uint256 pool, address session, Mandate calldata mandate) external;

    /// @notice Has a session expire after the notice period, if not before. Payer only.
    function revoke(uint256 pool, address session) external;

    /// @notice Redeems a voucher for its payee, or reverts with `VoucherRefused`. Anybody may: a voucher is a total, so that an older one takes
    /// nothing from a later one.
    function redeem(uint256 pool, address session, Voucher calldata voucher) external;

    /// @notice Redeems each voucher that can be; of any other `VoucherSkipped` says why not.
    /// @return redeemed how many were
    function redeemBatch(Bundle[] calldata bundles) external returns (uint256 redeemed);

    /// @notice Pays `amount` more to a payee, all or nothing. The caller is a session of the pool.
    function charge(uint256 pool, address payee, uint256 amount) external;

    /// @notice Credits payees what was redeemed for them and they did not collect; `withdraw` pays it. Anybody may.
    function collect(PairId[] calldata pairs) external;

    /// @notice Shows by vouchers of distinct pairs, sessions in rising order and payees of each, that more than the free reserve is owed beyond
    /// earmarks. The collateral is forfeited: for a notice period, payees register claims. Anybody may, and gains nothing by it.
    /// @dev Vouchers that could not be paid whatever money there is, or have been, count for nothing. A payer that adds to the reserve just
    /// before makes them payable: who redeems and proves in one transaction gets the one or the other.
    function proveOverspend(uint256 pool, Bundle[] calldata bundles) external;

    /// @notice Claims what a voucher is owed beyond its earmark from a forfeited pool; the earmark is paid at once. Of a pair the voucher with the
    /// highest total counts. Sessions are taken as they were when overspend was proved. Anybody may.
    function claim(uint256 pool, address session, Voucher calldata voucher) external;

    /// @notice Ends the time of claims: they are to share the free reserve and half of the collateral, at most in full; the rest is
    /// burned. Anybody may.
    function settle(uint256 pool) external;

    /// @notice Redeems a pair's part. Anybody may.
    function award(uint256 pool, address session, address payee) external;

    function poolCount() external view returns (uint256);
    function poolOf(uint256 pool) external view returns (Pool memory);
    function pairOf(uint256 pool, address session, address payee) external view returns (Pair memory);
    function releaseOf(uint256 pool, address session, address payee) external view returns (Release memory);
    function claimOf(uint256 pool, address session, address payee) external view returns (uint256);
    function mandateOf(uint256 pool, address session) external view returns (Mandate memory);
    /// @notice What a session that pays any payee used of its cap, wei: what it paid, and what is earmarked for its pairs.
    function committedBy(uint256 pool, address session) external view returns (uint256);
    /// @notice The total up to which a payee should accept vouchers: they are payable at least a notice period from now, and while the session
    /// lasts (`mandateOf`).
    function guaranteed(uint256 pool, address session, address payee) external view returns (uint256);
    /// @notice What is signed.
    function digestOf(uint256 pool, address session, address payee, uint128 total) external view returns (bytes32);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
