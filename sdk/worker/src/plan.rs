//! Which jobs a worker takes, and when. Pure: everything it judges by is an argument.

use alloy::primitives::{Address, U256, keccak256};
use serde::{Deserialize, Serialize};

/// Gas of taking (49,000 measured on a chain) and submitting (97,000), rounded up; the inference, its input and its answer
/// come on top.
const FIXED_GAS: u64 = 160_000;
/// Gas of a byte of calldata that is not zero.
const BYTE_GAS: u64 = 16;
/// A job is taken only if at least this many seconds are left to take it.
const TAKE_MARGIN_SECONDS: u64 = 2;
/// Turns after which everybody may take a job that nobody took.
const TURNS: u64 = 3;
/// Length of a turn: a taking is in a block and seen by the others.
const TURN_MS: u64 = 700;

/// A job as the chain has it, with what the registry says about its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub open: bool,
    pub requester: Address,
    /// Wei.
    pub price: U256,
    /// Wei of stake that the job locks.
    pub bond: U256,
    /// Unix seconds.
    pub take_by: u64,
    pub work_seconds: u64,
    /// Gas of one inference.
    pub infer_gas: u64,
    pub input_bytes: u64,
    pub output_bytes: u64,
}

/// The worker's own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Wei.
    pub min_price: U256,
    /// Seconds that must be there for work, once taken.
    pub work_seconds_min: u64,
}

/// The moment of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    pub worker: Address,
    /// Unix seconds.
    pub now: u64,
    /// Wei of stake that is not locked.
    pub free_stake: U256,
    /// Wei per gas.
    pub base_fee: u64,
}

/// Why a job is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// It was taken, cancelled or expired before it was this worker's turn.
    NotOpen,
    /// The worker posted it.
    OwnJob,
    /// Below the worker's least price.
    PriceTooLow,
    /// It pays less than its gas.
    Unprofitable,
    /// Its bond is more than the free stake.
    StakeTooSmall,
    /// Not enough time to take it, or to do it.
    TooLate,
    /// The input cannot be had, or is not the one on chain.
    InputUnknown,
    /// The model on chain is not the model of that id, or refuses the input.
    ModelUnfit,
    /// This machine's two kernels disagree. It must not work.
    SelfCheckFailed,
    /// Another worker's taking came first.
    LostRace,
    /// The taking was refused or failed though the job was open: gas money, stake or nonce are short for the moment.
    TransactionRefused,
}

impl Skip {
    /// Name on the status page and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotOpen => "not-open",
            Self::OwnJob => "own-job",
            Self::PriceTooLow => "price-too-low",
            Self::Unprofitable => "unprofitable",
            Self::StakeTooSmall => "stake-too-small",
            Self::TooLate => "too-late",
            Self::InputUnknown => "input-unknown",
            Self::ModelUnfit => "model-unfit",
            Self::SelfCheckFailed => "self-check-failed",
            Self::LostRace => "lost-race",
            Self::TransactionRefused => "transaction-refused",
        }
    }

    /// Whether the same job may be looked at again later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unprofitable | Self::StakeTooSmall | Self::InputUnknown | Self::TransactionRefused)
    }
}

/// Whether to take a job.
///
/// # Errors
/// The first reason not to.
pub fn decide(terms: &Terms, situation: &Situation, policy: &Policy) -> Result<(), Skip> {
    if !terms.open {
        return Err(Skip::NotOpen);
    }
    if terms.requester == situation.worker {
        return Err(Skip::OwnJob);
    }
    if terms.price < policy.min_price {
        return Err(Skip::PriceTooLow);
    }
    if terms.price < cost(terms, situation.base_fee) {
        return Err(Skip::Unprofitable);
    }
    if terms.bond > situation.free_stake {
        return Err(Skip::StakeTooSmall);
    }
    let in_time = situation.now.saturating_add(TAKE_MARGIN_SECONDS) <= terms.take_by;
    if !in_time || terms.work_seconds < policy.work_seconds_min {
        return Err(Skip::TooLate);
    }
    Ok(())
}

/// Wei of gas that a job costs its worker.
#[must_use]
pub fn cost(terms: &Terms, base_fee: u64) -> U256 {
    let data = terms.input_bytes.saturating_add(terms.output_bytes).saturating_mul(BYTE_GAS);
    let gas = FIXED_GAS.saturating_add(terms.infer_gas).saturating_add(data);
    U256::from(gas) * U256::from(base_fee)
}

/// How long this worker leaves a job to others, in milliseconds: each job has its own order of the workers, so they do not
/// race for it, and one that is away or busy is passed over after its turn.
#[must_use]
pub fn wait_ms(job: U256, worker: Address, peers: impl IntoIterator<Item = Address>) -> u64 {
    let own = weight(job, worker);
    let before = peers.into_iter().filter(|&peer| peer != worker && weight(job, peer) > own).count() as u64;
    // Behind all turns there is a spread, so that the rest do not come at one moment.
    let late = if before >= TURNS { u64::from(own[31]) * TURN_MS / 64 } else { 0 };
    before.min(TURNS) * TURN_MS + late
}

fn weight(job: U256, worker: Address) -> [u8; 32] {
    let mut bytes = [0; 52];
    bytes[..32].copy_from_slice(&job.to_be_bytes::<32>());
    bytes[32..].copy_from_slice(worker.as_slice());
    keccak256(bytes).0
}

#[cfg(test)]
mod tests;
