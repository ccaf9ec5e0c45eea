//! Whole networks in the deterministic simulator: engine, chains, contracts and pools are those of production; links, clock and
//! disks are simulated. A seed decides how many validators there are, who of them is Byzantine and how, the weather on the links,
//! who crashes when, whether everybody loses power at once, and whether somebody comes back with an old journal of votes or none; the
//! same seed is the same run.
//!
//! * Honest nodes finalize no two blocks of a height, and the state of each has the root that its block names.
//! * No honest node signs two votes that contradict each other, whatever it lived through.
//! * Evidence that honest nodes hold is against Byzantine ones alone, and the contract takes it.
//! * No honest node stops of itself.
//! * When links are good again and everybody is back, a block is final within [`VIEWS_MAX`] views.

mod audit;
mod cast;
mod company;
pub(crate) mod world;

use alloy::primitives::B256;
use audit::Audit;
use commonware_p2p::simulated::Link;
use commonware_runtime::{
    Runner as _,
    deterministic::{self, Context, FaultConfig, PartialWriteMode, ResizeConfig, WriteConfig},
};
use commonware_utils::probability;
use company::{Company, roll};
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use world::World;

/// Most views that the first block after the trouble may take.
pub const VIEWS_MAX: u64 = 10;
/// Blocks that everybody has to have afterwards.
const BLOCKS_AFTER: u64 = 6;
/// Simulated time in which they come, at the least pace that views can have.
const PATIENCE: Duration = Duration::from_secs(120);
/// No run takes longer, simulated.
const TIME_MAX: Duration = Duration::from_secs(1800);

const FINE: Link =
    Link { latency: Duration::from_millis(20), jitter: Duration::from_millis(5), success_rate: probability!(1.0) };

/// A fault that must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// More validators equivocate than the protocol bears.
    Conspiracy,
    /// Nodes that come back have lost their journals of votes, also when nobody is left who could tell.
    Amnesia,
    /// Nodes vote again without asking others what they signed.
    Trust,
    /// Something changes an honest node's state.
    Drift,
    /// The links never heal.
    Unhealed,
}

impl Plant {
    pub const ALL: [(&'static str, Self); 5] = [
        ("conspiracy", Self::Conspiracy),
        ("amnesia", Self::Amnesia),
        ("trust", Self::Trust),
        ("drift", Self::Drift),
        ("unhealed", Self::Unhealed),
    ];
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The simulator's digest of everything that happened, and the last block's hash.
    pub transcript: (String, B256),
    pub validators: usize,
    pub byzantine: usize,
    pub height: u64,
    pub transactions: u64,
    /// Of honest nodes.
    pub votes: u64,
    /// Votes of Byzantine nodes that contradict others of theirs.
    pub equivocations: u64,
    pub crashes: u64,
    pub power_cut: bool,
    /// Whether a node came back with an old journal of its votes, or with none.
    pub restored: bool,
    /// How many nodes the contract punished for what honest nodes saw them sign.
    pub convicted: usize,
    /// Whether the committee was another at the end.
    pub elected: bool,
    /// How many views the first block after the trouble took.
    pub views: u64,
    pub simulated: Duration,
}

/// What must not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    #[error("nodes {0} and {1} have different blocks at height {2}")]
    Fork(usize, usize, u64),
    #[error("the state of node {0} does not have the root that its block names")]
    Root(usize),
    #[error("{0}")]
    Contradiction(String),
    #[error("honest nodes hold evidence against node {0}, which is honest")]
    Framed(usize),
    #[error("the contract does not take the evidence against node {0}")]
    Acquitted(usize),
    #[error("node {0} stopped: {1}")]
    Stopped(usize, String),
    #[error("no block was final for {0:?} after the trouble")]
    Stalled(Duration),
    #[error("the first block after the trouble took {0} views")]
    Slow(u64),
}

/// Runs the network of a seed.
///
/// # Errors
/// The first [`Violation`].
pub fn run(seed: u64, plant: Option<Plant>) -> Result<Outcome, Violation> {
    // A power cut keeps half of what was written and not synced, in any order.
    let half = probability!(0.5);
    let write = WriteConfig { failure_rate: probability!(0.0), retention_rate: half, mode: PartialWriteMode::Subset };
    let resize = ResizeConfig { failure_rate: probability!(0.0), partial_rate: half };
    let config = deterministic::Config::new()
        .with_seed(seed)
        .with_timeout(Some(TIME_MAX))
        .with_storage_fault_config(FaultConfig::default().write(write).resize(resize));
    let audit = Arc::new(Mutex::new(Audit::default()));
    let (act, checkpoint) = deterministic::Runner::new(config).start_and_recover({
        let audit = audit.clone();
        move |context| first_act(context, audit, plant)
    });
    match act? {
        Act::Over(outcome) => Ok(outcome),
        Act::Dark(company) => {
            deterministic::Runner::from(checkpoint).start(|context| second_act(context, audit, company))
        }
    }
}

enum Act {
    Over(Outcome),
    Dark(Company),
}

async fn first_act(mut context: Context, audit: Arc<Mutex<Audit>>, plant: Option<Plant>) -> Result<Act, Violation> {
    let dice = &mut context;
    // Four are what most bugs need; ten is what a machine bears.
    let validators = if roll(dice, 2) == 0 { 4 } else { 4 + roll(dice, 7) };
    let nodes = u8::try_from(validators).expect("few") + 1;
    let world = Arc::new(World::staked(nodes, 8 + roll(dice, 9)));
    let mut company = Company::draw(dice, world, plant);
    let stage = company.stage(&context, audit).await;
    company.apply(&stage).await;
    company.launch_all(&context, &stage).await;
    company.reach(&context, 2).await?;
    company.elect(&mut context).await;
    for _ in 0..4 + roll(&mut context, 6) {
        company.trouble(&mut context, &stage).await;
    }
    if roll(&mut context, 3) == 0 {
        company.crash_all();
        company.power_cut = true;
        return Ok(Act::Dark(company));
    }
    company.heal(&mut context, &stage).await.map(Act::Over)
}

async fn second_act(
    mut context: Context,
    audit: Arc<Mutex<Audit>>,
    mut company: Company,
) -> Result<Outcome, Violation> {
    let stage = company.stage(&context, audit).await;
    company.heal(&mut context, &stage).await
}

#[cfg(test)]
mod tests;
