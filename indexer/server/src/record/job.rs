use super::{MarketEvent, Stamp, address_text, hash_text};
use alloy::primitives::{Address, B256, Bytes, U256, hex};
use edgeloom_index_api::{JobDetail, JobEventKind, JobEventRow, JobRow, Phase, Reason};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: u64,
    /// The number of its order's first job.
    pub order: u64,
    pub kind: u16,
    pub requester: Address,
    pub model: B256,
    pub price: U256,
    pub bond: U256,
    pub phase: Phase,
    pub reason: Reason,
    pub worker: Option<Address>,
    /// Length of the input.
    pub input_bytes: u32,
    /// keccak256 of the input.
    pub input_hash: B256,
    /// Length of the answer that was paid for.
    pub output_bytes: Option<u32>,
    pub evidence: Option<B256>,
    pub paid: Option<U256>,
    /// What the protocol took, and of it what was burned.
    pub fee: Option<(U256, U256)>,
    /// Basis points.
    pub burn_share: u16,
    pub take_by: u64,
    pub work_seconds: u64,
    pub submit_by: Option<u64>,
    pub posted: Stamp,
    pub taken: Option<Stamp>,
    pub closed: Option<Stamp>,
}

impl Job {
    pub fn row(&self) -> JobRow {
        let (taken, closed) = (self.taken.as_ref(), self.closed.as_ref());
        JobRow {
            id: self.id,
            order: self.order,
            kind: self.kind,
            requester: address_text(&self.requester),
            model_id: hash_text(&self.model),
            price_wei: self.price.to_string(),
            bond_wei: self.bond.to_string(),
            phase: self.phase,
            reason: self.reason,
            worker: self.worker.as_ref().map(address_text),
            input_bytes: self.input_bytes,
            input_hash: hash_text(&self.input_hash),
            output_bytes: self.output_bytes,
            evidence: self.evidence.as_ref().map(hash_text),
            fee_wei: self.fee.map(|(fee, _)| fee.to_string()),
            burned_wei: self.fee.map(|(_, burned)| burned.to_string()),
            paid_wei: self.paid.map(|paid| paid.to_string()),
            take_by: self.take_by,
            work_seconds: self.work_seconds,
            submit_by: self.submit_by,
            posted_block: self.posted.block,
            posted_tx: hash_text(&self.posted.tx),
            posted_ms: self.posted.ms,
            taken_block: taken.map(|at| at.block),
            taken_tx: taken.map(|at| hash_text(&at.tx)),
            taken_ms: taken.map(|at| at.ms),
            closed_block: closed.map(|at| at.block),
            closed_tx: closed.map(|at| hash_text(&at.tx)),
            closed_ms: closed.map(|at| at.ms),
        }
    }
}

/// What went into a job and what came out. Up to 128 KiB each: read one job at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    pub input: Bytes,
    pub output: Option<Bytes>,
}

impl Payload {
    /// A job with all that is known of it.
    pub fn detail(&self, job: &Job, history: &[JobEvent], claims: &[MarketEvent]) -> JobDetail {
        JobDetail {
            job: job.row(),
            input: hex::encode_prefixed(&self.input),
            output: self.output.as_ref().map(hex::encode_prefixed),
            history: history.iter().map(JobEvent::row).collect(),
            claims: claims.iter().map(MarketEvent::row).collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEvent {
    pub job: u64,
    pub kind: JobEventKind,
    /// After the event.
    pub phase: Phase,
    pub actor: Address,
    pub at: Stamp,
    pub tx_index: u32,
    pub log_index: u32,
}

impl JobEvent {
    pub fn row(&self) -> JobEventRow {
        JobEventRow {
            kind: self.kind,
            phase: self.phase,
            actor: address_text(&self.actor),
            block: self.at.block,
            tx: hash_text(&self.at.tx),
            tx_index: self.tx_index,
            log_index: self.log_index,
            ms: self.at.ms,
        }
    }
}
