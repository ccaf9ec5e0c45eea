use super::{MarketEvent, Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, U256};
use edgeloom_index_api::{LeaseDetail, LeasePhase, LeaseReason, LeaseRow};
use serde::{Deserialize, Serialize};

/// A machine's time, paid by the second. Stored as JSON: nothing but its keys is searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub id: u64,
    pub requester: Address,
    pub worker: Option<Address>,
    pub offered_to: Option<Address>,
    pub subject: B256,
    pub spec_bytes: u32,
    pub requirements: U256,
    pub rate: U256,
    pub bond: U256,
    /// Basis points.
    pub burn_share: u16,
    pub phase: LeasePhase,
    pub take_by: u64,
    pub providers_from: u64,
    pub begin_by: Option<u64>,
    pub serve_seconds: u32,
    pub term_seconds: u64,
    pub exhausts_at: Option<u64>,
    pub served_seconds: u64,
    /// To the worker, less the fee.
    pub paid: U256,
    pub machine: Option<B256>,
    pub end: Option<LeaseEnd>,
    pub offered: Stamp,
    pub taken: Option<Stamp>,
    pub begun: Option<Stamp>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseEnd {
    pub reason: LeaseReason,
    pub by: Address,
    pub refunded: U256,
    pub evidence: Option<B256>,
    pub at: Stamp,
}

impl Lease {
    pub fn row(&self) -> LeaseRow {
        let (taken, begun, end) = (self.taken.as_ref(), self.begun.as_ref(), self.end.as_ref());
        let earned = self.rate.saturating_mul(U256::from(self.served_seconds));
        LeaseRow {
            id: self.id,
            requester: address_text(&self.requester),
            worker: self.worker.as_ref().map(address_text),
            offered_to: self.offered_to.as_ref().map(address_text),
            subject: hash_text(&self.subject),
            spec_bytes: self.spec_bytes,
            requirements: self.requirements.to_string(),
            rate_wei: self.rate.to_string(),
            bond_wei: self.bond.to_string(),
            burn_share: self.burn_share,
            phase: self.phase,
            reason: end.map(|end| end.reason),
            ended_by: end.map(|end| address_text(&end.by)),
            evidence: end.and_then(|end| end.evidence.as_ref().map(hash_text)),
            machine: self.machine.as_ref().map(hash_text),
            take_by: self.take_by,
            providers_from: self.providers_from,
            begin_by: self.begin_by,
            serve_seconds: self.serve_seconds,
            term_seconds: self.term_seconds,
            exhausts_at: self.exhausts_at,
            served_seconds: self.served_seconds,
            paid_wei: self.paid.to_string(),
            fee_wei: earned.saturating_sub(self.paid).to_string(),
            refunded_wei: end.map(|end| end.refunded.to_string()),
            offered_block: self.offered.block,
            offered_tx: hash_text(&self.offered.tx),
            offered_ms: self.offered.ms,
            taken_block: taken.map(|at| at.block),
            taken_tx: taken.map(|at| hash_text(&at.tx)),
            taken_ms: taken.map(|at| at.ms),
            begun_block: begun.map(|at| at.block),
            begun_tx: begun.map(|at| hash_text(&at.tx)),
            begun_ms: begun.map(|at| at.ms),
            ended_block: end.map(|end| end.at.block),
            ended_tx: end.map(|end| hash_text(&end.at.tx)),
            ended_ms: end.map(|end| end.at.ms),
        }
    }

    /// With what happened to it.
    pub fn detail(&self, history: &[MarketEvent]) -> LeaseDetail {
        LeaseDetail { lease: self.row(), history: history.iter().map(MarketEvent::row).collect() }
    }
}
