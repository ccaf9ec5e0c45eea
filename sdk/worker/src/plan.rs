//! Which jobs a worker takes, and when. Pure: everything it judges by is an argument.

use alloy::primitives::{Address, U256, keccak256};
use serde::{Deserialize, Serialize};

/// Gas of taking one job: 91,000 measured.
const TAKE_GAS: u64 = 95_000;
/// Gas of settling one job without input, inference and answer: 122,000 measured with a stand-in of 8 bytes, the terms in its calldata included.
const SUBMIT_GAS: u64 = 125_000;
/// Gas of what a claim takes beside the entry: 235,000 to claim, 183,000 for the draw of one that is audited, 60,000 to show its block, 48,000 to
/// uphold and 93,000 to settle were measured.
const CLAIM_GAS: u64 = 640_000;
/// Gas of an entry: 84,000 measured, and for each byte that it shows, its calldata and its log.
const ENTER_GAS: u64 = 90_000;
const SHOWN_BYTE_GAS: u64 = FLOOR_BYTE_GAS + LOG_BYTE_GAS;
/// `IDisputable.SHOWN_BYTES`.
const SHOWN_BYTES: u64 = 8192;
/// Gas of committing to a ciphertext, and of its key: 143,000 and 50,000 measured.
const SEAL_GAS: u64 = 200_000;
/// Gas of a transaction that does nothing.
const INTRINSIC_GAS: u64 = 21_000;
/// Gas of a byte of calldata that is not zero, and the least that a transaction pays for one (EIP-7623).
const BYTE_GAS: u64 = 16;
const FLOOR_BYTE_GAS: u64 = 40;
/// Gas of a byte in a log.
const LOG_BYTE_GAS: u64 = 8;
/// Bytes of a submission besides input, answer, and the terms.
const ENVELOPE_BYTES: u64 = 260;
/// Most gas of a submission that is tried: three quarters of a transaction's cap (EIP-7825), as the node's estimate and the
/// state at its block may differ from this one.
const SUBMIT_GAS_MAX: u64 = (1 << 24) / 4 * 3;
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
    /// Who alone can take it; zero for everybody.
    pub offered_to: Address,
    /// Wei.
    pub price: U256,
    /// Wei of stake that the job locks.
    pub bond: U256,
    /// Unix seconds.
    pub take_by: u64,
    pub work_seconds: u64,
    pub effort: Effort,
}

/// What a job takes of its worker beside computing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The chain runs the model on the input, and compares.
    Executed {
        /// Of one inference.
        infer_gas: u64,
        input_bytes: u64,
        output_bytes: u64,
        /// Of what shows that the input is the order's.
        path_bytes: u64,
    },
    /// The answer is claimed and stands if nobody refutes it.
    Claimed {
        /// The answer is encrypted.
        sealed: bool,
        output_bytes: u64,
        path_bytes: u64,
        /// Wei that the entry and the market take of the price.
        dues: U256,
        /// Wei that are bound until the claim is upheld, and what an audit may take of its worker.
        deposit: U256,
    },
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
    /// Wei at hand.
    pub balance: U256,
    /// Base fee and tip, wei per gas.
    pub gas_price: u128,
}

/// Why a job is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// It was taken, cancelled or expired before it was this worker's turn.
    NotOpen,
    /// The index named it, and the node does not know it or its model.
    Unknown,
    /// The worker posted it.
    OwnJob,
    /// It is of a kind that this program does not work on.
    KindUnknown,
    /// Its requester wants another worker.
    OfferedToAnother,
    /// Its requester asks for more than this worker's profile says (`IProfiles`), or it is not yet for cloud providers.
    RequirementsNotMet,
    /// Below the worker's least price.
    PriceTooLow,
    /// It pays less than its gas.
    Unprofitable,
    /// Its submission may not fit into a transaction, or its trace into the memory that there is for traces.
    TooLarge,
    /// Its bond is more than the free stake.
    StakeTooSmall,
    /// The claim's bond and fee are more than the account has.
    BalanceTooSmall,
    /// Other jobs' traces take the memory that it would.
    MemoryFull,
    /// Not enough time to take it, or to do it.
    TooLate,
    /// The input cannot be had, or is not the one on chain.
    InputUnknown,
    /// What opens a sealed answer is not what this worker and the requester share.
    ShareUnknown,
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
            Self::Unknown => "unknown",
            Self::OwnJob => "own-job",
            Self::KindUnknown => "kind-unknown",
            Self::OfferedToAnother => "offered-to-another",
            Self::RequirementsNotMet => "requirements-not-met",
            Self::PriceTooLow => "price-too-low",
            Self::Unprofitable => "unprofitable",
            Self::TooLarge => "too-large",
            Self::StakeTooSmall => "stake-too-small",
            Self::BalanceTooSmall => "balance-too-small",
            Self::MemoryFull => "memory-full",
            Self::TooLate => "too-late",
            Self::InputUnknown => "input-unknown",
            Self::ShareUnknown => "share-unknown",
            Self::ModelUnfit => "model-unfit",
            Self::SelfCheckFailed => "self-check-failed",
            Self::LostRace => "lost-race",
            Self::TransactionRefused => "transaction-refused",
        }
    }

    /// Whether the same job may be looked at again later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::Unprofitable
                | Self::StakeTooSmall
                | Self::BalanceTooSmall
                | Self::MemoryFull
                | Self::RequirementsNotMet
                | Self::TransactionRefused
        )
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
    if !terms.offered_to.is_zero() && terms.offered_to != situation.worker {
        return Err(Skip::OfferedToAnother);
    }
    if terms.price < policy.min_price {
        return Err(Skip::PriceTooLow);
    }
    if largest_gas(&terms.effort) > SUBMIT_GAS_MAX {
        return Err(Skip::TooLarge);
    }
    if terms.price < cost(terms, situation.gas_price) {
        return Err(Skip::Unprofitable);
    }
    if terms.bond > situation.free_stake {
        return Err(Skip::StakeTooSmall);
    }
    if let Effort::Claimed { deposit, .. } = terms.effort
        && situation.balance < deposit.saturating_add(cost(terms, situation.gas_price))
    {
        return Err(Skip::BalanceTooSmall);
    }
    let in_time = situation.now.saturating_add(TAKE_MARGIN_SECONDS) <= terms.take_by;
    if !in_time || terms.work_seconds < policy.work_seconds_min {
        return Err(Skip::TooLate);
    }
    Ok(())
}

/// Wei that a job costs its worker, at `gas_price` wei per gas: gas, and what it pays to be judged.
#[must_use]
pub fn cost(terms: &Terms, gas_price: u128) -> U256 {
    let (gas, dues) = match terms.effort {
        effort @ Effort::Executed { .. } => (largest_gas(&effort), U256::ZERO),
        effort @ Effort::Claimed { sealed, path_bytes, dues, .. } => {
            let path = path_bytes.saturating_mul(FLOOR_BYTE_GAS);
            let seal = if sealed { SEAL_GAS } else { 0 };
            ([CLAIM_GAS, largest_gas(&effort), seal, path].into_iter().fold(0, u64::saturating_add), dues)
        }
    };
    (U256::from(TAKE_GAS.saturating_add(gas)) * U256::from(gas_price)).saturating_add(dues)
}

/// Most gas of the transaction that shows the answer.
fn largest_gas(effort: &Effort) -> u64 {
    match *effort {
        Effort::Executed { infer_gas, input_bytes, output_bytes, path_bytes } => {
            submit_gas(infer_gas, output_bytes, [input_bytes, output_bytes, path_bytes, ENVELOPE_BYTES])
        }
        // What is longer than that is not shown.
        Effort::Claimed { output_bytes, .. } => ENTER_GAS + SHOWN_BYTE_GAS * output_bytes.min(SHOWN_BYTES),
    }
}

/// Most gas that submitting the answer takes. The registry bounds models, but is not believed.
fn submit_gas(infer_gas: u64, output_bytes: u64, data: [u64; 4]) -> u64 {
    let data = data.into_iter().fold(0, u64::saturating_add);
    // The market holds input and answer in memory up to four times: as arguments, for the precompile, and for the log.
    let words = data.div_ceil(32).saturating_mul(4);
    let memory = words.saturating_mul(6).saturating_add(words.saturating_mul(words) / 512);
    let run = [SUBMIT_GAS, infer_gas, data.saturating_mul(BYTE_GAS), output_bytes.saturating_mul(LOG_BYTE_GAS), memory];
    let run = run.into_iter().fold(0, u64::saturating_add);
    run.max(INTRINSIC_GAS.saturating_add(data.saturating_mul(FLOOR_BYTE_GAS)))
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
