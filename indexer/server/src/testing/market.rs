//! A short history of leases, an auction, a payment pool, and of claims of answers.

use super::{Blocks, ETHER, MODEL, NODE, REQUESTER, Tx, WORKER, opening, post, post_many, take, take_of};
use alloy::{
    primitives::{
        Address, B256, U256,
        aliases::{U40, U96},
    },
    sol_types::SolEvent,
};
use edgeloom_bindings::{IAttested, IAuctions, IDisputes, IEdgeStaking, ILeases, IPaymentPool, addresses};

pub(crate) const AUCTION: B256 = B256::repeat_byte(0xa0);
/// Bids, and does not reveal it.
pub(crate) const SHY: Address = Address::repeat_byte(0x5a);
pub(crate) const EVIDENCE: B256 = B256::repeat_byte(0xee);
/// Of the lease, wei a second.
pub(crate) const RATE: u64 = 1000;
/// Of a claim to job 9, and of one to it by another than its worker.
pub(crate) const CLAIM: B256 = B256::repeat_byte(0xc1);
pub(crate) const STRANGE: B256 = B256::repeat_byte(0xc2);

fn number(value: u64) -> U256 {
    U256::from(value)
}

pub(crate) fn lease(from: Address, event: &impl SolEvent) -> Tx {
    Tx::new(from, addresses::LEASES).log(addresses::LEASES, event)
}

pub(crate) fn auction(from: Address, event: &impl SolEvent) -> Tx {
    Tx::new(from, addresses::AUCTIONS).log(addresses::AUCTIONS, event)
}

pub(crate) fn offered(id: u64) -> ILeases::LeaseOffered {
    let terms = ILeases::Terms {
        requester: REQUESTER,
        burnShare: 2_500,
        beginSeconds: 60,
        serveSeconds: 30,
        firstTerm: 120,
        takeBy: U40::from(1_700_000_600),
        rate: U96::from(RATE),
        bond: U96::from(ETHER),
        subject: MODEL,
        ..Default::default()
    };
    ILeases::LeaseOffered { lease: number(id), requester: REQUESTER, subject: MODEL, terms, spec: vec![1; 300].into() }
}

pub(crate) fn lease_taken(id: u64) -> ILeases::LeaseTaken {
    ILeases::LeaseTaken { lease: number(id), worker: WORKER, beginBy: number(1_700_000_660) }
}

pub(crate) fn begun(id: u64) -> ILeases::LeaseBegun {
    let (worker, evidence) = (WORKER, B256::repeat_byte(0xbe));
    ILeases::LeaseBegun { lease: number(id), worker, exhaustsAt: number(1_700_000_121), evidence }
}

pub(crate) fn extended(id: u64) -> ILeases::LeaseExtended {
    ILeases::LeaseExtended { lease: number(id), payer: REQUESTER, term: number(60), exhaustsAt: number(1_700_000_181) }
}

pub(crate) fn collected(id: u64, served: u64, paid: u64) -> ILeases::LeaseCollected {
    ILeases::LeaseCollected { lease: number(id), worker: WORKER, served: number(served), paid: number(paid) }
}

pub(crate) fn lease_ended(id: u64, reason: ILeases::Reason, served: u64, paid: u64) -> ILeases::LeaseEnded {
    ILeases::LeaseEnded {
        lease: number(id),
        requester: REQUESTER,
        worker: if served == 0 { Address::ZERO } else { WORKER },
        reason,
        by: REQUESTER,
        served: number(served),
        paid: number(paid),
        refunded: number((180 - served) * RATE),
        evidence: if served == 0 { B256::ZERO } else { EVIDENCE },
    }
}

pub(crate) fn opened() -> IAuctions::AuctionOpened {
    let terms = IAuctions::Terms {
        number: 1,
        commitUntil: U40::from(4),
        revealUntil: U40::from(5),
        kind: 1,
        count: 2,
        claimSeconds: 600,
        price: U96::from(ETHER),
        requester: REQUESTER,
        subject: MODEL,
        ..Default::default()
    };
    let inputs = vec![7; 128].into();
    IAuctions::AuctionOpened { auction: AUCTION, requester: REQUESTER, subject: MODEL, terms, inputs }
}

pub(crate) fn committed(bidder: Address, deposit: u64) -> IAuctions::BidCommitted {
    let commitment = B256::repeat_byte(0xcc);
    IAuctions::BidCommitted { auction: AUCTION, bidder, commitment, deposit: number(deposit) }
}

pub(crate) fn revealed(bidder: Address, counts: bool) -> IAuctions::BidRevealed {
    IAuctions::BidRevealed { auction: AUCTION, bidder, tick: number(128), units: number(2), counts }
}

pub(crate) fn cleared(order: u64, won: u64) -> IAuctions::AuctionCleared {
    IAuctions::AuctionCleared {
        auction: AUCTION,
        order: number(order),
        margin: number(257),
        price: U256::from(ETHER),
        won: number(won),
        rest: U256::ZERO,
        contested: U256::ZERO,
        refunded: number(11),
        burned: number(400),
    }
}

pub(crate) fn units_taken(worker: Address, won: bool) -> IAuctions::UnitsTaken {
    let (order, first, units) = (number(1), number(1), number(1));
    IAuctions::UnitsTaken { auction: AUCTION, order, worker, first, units, won }
}

pub(crate) fn bid_closed(bidder: Address, reason: IAuctions::Reason, burned: u64) -> IAuctions::BidClosed {
    let (won, taken, refunded) = (number(2), number(1), number(500));
    IAuctions::BidClosed { auction: AUCTION, bidder, reason, won, taken, refunded, burned: number(burned) }
}

pub(crate) fn paid(from: Address, event: &impl SolEvent) -> Tx {
    Tx::new(from, addresses::PAYMENT_POOL).log(addresses::PAYMENT_POOL, event)
}

pub(crate) fn pool_opened() -> IPaymentPool::PoolOpened {
    IPaymentPool::PoolOpened { pool: number(1), payer: REQUESTER, notice: 3600 }
}

/// Out of pool 1: two vouchers of the payer's own, of which one is shown again, and a session that comes and goes.
fn payments() -> Vec<Tx> {
    let (pool, payee, session) = (number(1), WORKER, Address::ZERO);
    let redeemed = |total| IPaymentPool::Redeemed { pool, payee, session, total: number(total) };
    let skipped = |pool, reason| IPaymentPool::VoucherSkipped { pool, payee, session, total: number(1400), reason };
    let deposited = IPaymentPool::Deposited { pool, from: REQUESTER, reserve: number(5000), collateral: number(500) };
    let earmarked = IPaymentPool::Earmarked { pool, payee, session, ceilingGwei: 3, amount: number(3000) };
    let authorized =
        IPaymentPool::Authorized { pool, session: SHY, payee: Address::ZERO, capGwei: 9, expiry: 1_700_009_999 };
    vec![
        paid(REQUESTER, &deposited),
        paid(REQUESTER, &earmarked),
        paid(REQUESTER, &authorized),
        paid(WORKER, &redeemed(1200)),
        paid(WORKER, &redeemed(1500)),
        paid(WORKER, &skipped(pool, IPaymentPool::Reason::NothingOwed)),
        paid(WORKER, &skipped(number(77), IPaymentPool::Reason::NoPool)),
        paid(WORKER, &IPaymentPool::Collected { pool, payee, session, amount: number(1000) }),
        paid(REQUESTER, &IPaymentPool::Revoked { pool, session: SHY, expiry: 1_700_000_500 }),
    ]
}

fn claims() -> Vec<Tx> {
    let claimed = |claim, worker| IAttested::Claimed {
        claimId: claim,
        worker,
        jobId: number(9),
        price: number(1000),
        subject: MODEL,
        inputHash: MODEL,
        seal: MODEL,
        epoch: 1,
        height: 8,
    };
    let disputed = IDisputes::Claimed {
        claimId: CLAIM,
        worker: WORKER,
        modelId: MODEL,
        jobId: B256::from(number(9)),
        inputRoot: MODEL,
        outputRoot: MODEL,
        traceRoot: MODEL,
        bond: 7,
        input: Vec::new().into(),
    };
    let judged = IAttested::Closed {
        claimId: CLAIM,
        verdict: 1,
        finding: EVIDENCE,
        members: number(9),
        paid: number(1),
        refunded: number(2),
    };
    let refuted = IDisputes::Closed {
        claimId: CLAIM,
        phase: IDisputes::Phase::Convicted,
        reason: IDisputes::Reason::WrongElement,
        winner: SHY,
        reward: number(3),
    };
    vec![
        Tx::new(WORKER, addresses::ATTESTED).log(addresses::ATTESTED, &claimed(CLAIM, WORKER)),
        Tx::new(SHY, addresses::ATTESTED).log(addresses::ATTESTED, &claimed(STRANGE, SHY)),
        Tx::new(WORKER, addresses::DISPUTES).log(addresses::DISPUTES, &disputed),
        Tx::new(SHY, addresses::ATTESTED).log(addresses::ATTESTED, &judged),
        Tx::new(SHY, addresses::DISPUTES).log(addresses::DISPUTES, &refuted),
    ]
}

/// Lease 1 is served and ended, lease 2 cancelled; the auction's order 1 is taken by half; pool 1 pays; and answers to job 9
/// are claimed.
pub(crate) fn deals() -> Blocks {
    let mut blocks = Blocks::new(0);
    blocks.push(opening());
    blocks.push(vec![lease(REQUESTER, &offered(1)), lease(REQUESTER, &offered(2)), auction(REQUESTER, &opened())]);
    let cancelled = lease_ended(2, ILeases::Reason::CancelledByRequester, 0, 0);
    blocks.push(vec![
        lease(WORKER, &lease_taken(1)).log(
            addresses::EDGE_STAKING,
            &IEdgeStaking::Locked {
                worker: WORKER,
                node: NODE,
                jobId: number(1),
                amount: U256::from(ETHER),
                market: addresses::LEASES,
            },
        ),
        lease(REQUESTER, &cancelled),
        auction(WORKER, &committed(WORKER, 1000)),
        auction(SHY, &committed(SHY, 400)),
    ]);
    blocks.push(vec![lease(WORKER, &begun(1)), auction(WORKER, &revealed(WORKER, true))]);
    let mut posted = post_many(1, ETHER, 2, vec![7; 128]);
    posted.logs.splice(0..0, auction(REQUESTER, &cleared(1, 2)).logs);
    blocks.push(vec![lease(WORKER, &collected(1, 10, 9_500)), lease(REQUESTER, &extended(1)), posted]);
    let mut taken = take_of(1, 1, ETHER);
    taken.logs.splice(0..0, auction(WORKER, &units_taken(WORKER, true)).logs);
    let ended = lease_ended(1, ILeases::Reason::EndedByRequester, 20, 9_500);
    blocks.push(vec![lease(REQUESTER, &ended), taken]);
    blocks.push(vec![
        auction(SHY, &bid_closed(WORKER, IAuctions::Reason::NotTaken, 500)),
        auction(SHY, &bid_closed(SHY, IAuctions::Reason::NotRevealed, 400)),
        paid(REQUESTER, &pool_opened()),
    ]);
    blocks.push(payments());
    blocks.push([vec![post(9, ETHER), take(9, ETHER)], claims()].concat());
    blocks
}
