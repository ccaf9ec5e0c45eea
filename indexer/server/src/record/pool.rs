use super::{MarketEvent, Seen, Stamp, address_text, hash_text};
use alloy::primitives::{Address, U256};
use edgeloom_index_api::{PairRow, PoolDetail, PoolPhase, PoolRow, SessionRow, SkipReason};
use serde::{Deserialize, Serialize};

/// A deposit that many small payments come out of. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub id: u64,
    pub payer: Address,
    /// Seconds.
    pub notice: u32,
    pub phase: PoolPhase,
    pub deposited: U256,
    pub collateral: U256,
    pub earmarked: U256,
    pub redeemed: U256,
    pub collected: U256,
    pub taken_back: U256,
    /// Vouchers.
    pub skipped: u64,
    pub until: Option<u64>,
    pub overspent: Option<Overspent>,
    pub settled: Option<Settled>,
    pub opened: Stamp,
    pub closed: Option<Stamp>,
}

/// That its payer signed more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overspent {
    pub prover: Address,
    pub owed: U256,
    pub free: U256,
}

/// What became of a forfeited pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub claims: U256,
    pub shared: U256,
    pub burned: U256,
}

impl Pool {
    pub fn row(&self) -> PoolRow {
        let (overspent, settled, closed) = (self.overspent.as_ref(), self.settled.as_ref(), self.closed.as_ref());
        PoolRow {
            id: self.id,
            payer: address_text(&self.payer),
            notice: self.notice,
            phase: self.phase,
            deposited_wei: self.deposited.to_string(),
            collateral_wei: self.collateral.to_string(),
            earmarked_wei: self.earmarked.to_string(),
            redeemed_wei: self.redeemed.to_string(),
            collected_wei: self.collected.to_string(),
            taken_back_wei: self.taken_back.to_string(),
            skipped: self.skipped,
            until: self.until,
            prover: overspent.map(|shown| address_text(&shown.prover)),
            owed_wei: overspent.map(|shown| shown.owed.to_string()),
            free_wei: overspent.map(|shown| shown.free.to_string()),
            claims_wei: settled.map(|settled| settled.claims.to_string()),
            shared_wei: settled.map(|settled| settled.shared.to_string()),
            burned_wei: settled.map(|settled| settled.burned.to_string()),
            opened_block: self.opened.block,
            opened_tx: hash_text(&self.opened.tx),
            opened_ms: self.opened.ms,
            closed_block: closed.map(|at| at.block),
            closed_tx: closed.map(|at| hash_text(&at.tx)),
            closed_ms: closed.map(|at| at.ms),
        }
    }

    /// With what happened to it.
    pub fn detail(&self, history: &[MarketEvent]) -> PoolDetail {
        PoolDetail { pool: self.row(), history: history.iter().map(MarketEvent::row).collect() }
    }
}

/// Of a pair: its pool, its session, or 0 for the payer itself, and its payee.
pub type PairKey = (u64, Address, Address);

/// What a pool owes one payee by one signer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Position among all pairs, from 1.
    pub id: u64,
    pub key: PairKey,
    pub ceiling_gwei: u64,
    /// The ceiling that was announced.
    pub release_to: Option<u64>,
    /// The pair's totals.
    pub redeemed: U256,
    pub collected: U256,
    pub claimed: U256,
    pub awarded: U256,
    /// Vouchers.
    pub skipped: u64,
    pub skipped_reason: Option<SkipReason>,
    pub seen: Seen,
}

impl Pair {
    pub fn row(&self) -> PairRow {
        let (pool, session, payee) = self.key;
        PairRow {
            id: self.id,
            pool,
            payee: address_text(&payee),
            session: Some(session).filter(|session| !session.is_zero()).as_ref().map(address_text),
            ceiling_gwei: self.ceiling_gwei.to_string(),
            redeemed_wei: self.redeemed.to_string(),
            collected_wei: self.collected.to_string(),
            skipped: self.skipped,
            skipped_reason: self.skipped_reason,
            claimed_wei: self.claimed.to_string(),
            awarded_wei: self.awarded.to_string(),
            first_block: self.seen.first_block,
            first_ms: self.seen.first_ms,
            last_block: self.seen.last_block,
            last_ms: self.seen.last_ms,
        }
    }
}

/// A key that signs in the name of a pool's payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Position among all sessions, from 1.
    pub id: u64,
    pub pool: u64,
    pub session: Address,
    pub payee: Option<Address>,
    pub cap_gwei: u64,
    /// Unix seconds.
    pub expiry: u64,
    pub revoked: bool,
    pub seen: Seen,
}

impl Session {
    pub fn row(&self) -> SessionRow {
        SessionRow {
            id: self.id,
            pool: self.pool,
            session: address_text(&self.session),
            payee: self.payee.as_ref().map(address_text),
            cap_gwei: self.cap_gwei.to_string(),
            expiry: self.expiry,
            revoked: self.revoked,
            first_block: self.seen.first_block,
            first_ms: self.seen.first_ms,
            last_block: self.seen.last_block,
            last_ms: self.seen.last_ms,
        }
    }
}
