//! `cargo xtask bench NAME`: benchmarks. Standard output holds one JSON line per figure and nothing else.

mod actor;
mod blocks;
mod bls;
mod capacity;
mod client;
mod devnet;
mod edge_proof;
mod gpu;
mod guardians;
mod infer;
mod leases;
mod load;
mod market;
mod pairs;
mod precompile;
mod rpc;
mod server;
mod state;
mod token;
mod transfer;

use clap::ValueEnum;
use eyre::Result;
use serde_json::{Map, Value, json};
use std::time::Duration;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    name: Name,
    /// How often each thing is measured
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// For how long `market` offers jobs
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Of which orders' jobs `market` is; both without it
    #[arg(long)]
    orders: Option<market::Orders>,
    /// How many leases `leases` has at once
    #[arg(long, default_value_t = 10_000)]
    leases: u32,
    #[command(flatten)]
    sizes: state::Sizes,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Certificates of up to ten thousand signers; blst's own beside them
    Bls,
    /// Rounds of computing capacity: a product on one core, and gas of each transaction
    Capacity,
    /// Proofs of possession and capacity, openings and folds, and gas a second at worst
    EdgeProof,
    /// Certificates of ten thousand guardians in a simulated network, a third of whose stake is silent, lies or floods
    Guardians,
    /// The integer kernel: multiply-accumulates a second, and gas a second at worst
    Infer,
    /// The integer kernel on graphics cards, beside one core; traces must be equal
    Gpu,
    /// Transfers a second over RPC against `edgeloom dev`, and against anvil in the same run
    Transfer,
    /// How fast blocks are made: transfers, an ERC-20 token, ten thousand at once, computation; anvil and revm beside it
    Blocks,
    /// What answers cost: receipts, balances, calls, logs; anvil and a bare server beside it
    Rpc,
    /// What a large chain costs: ten million accounts, a million blocks; they are made on the first run, which takes long
    State,
    /// Time to finality on four validators without load
    Devnet,
    /// Jobs posted, taken and settled on four validators for five minutes, one by one and in batches; lags of settlement and index
    Market,
    /// Ten thousand leases at once on four validators, until each has ended; none is served or paid past its exhaustion
    Leases,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    crate::cargo::build_binaries()?;
    match arguments.name {
        Name::Bls => bls::run(arguments.runs),
        Name::Capacity => capacity::run(arguments.runs),
        Name::EdgeProof => edge_proof::run(arguments.runs),
        Name::Guardians => guardians::run(arguments.runs),
        Name::Infer => infer::run(),
        Name::Gpu => gpu::run(arguments.runs),
        Name::Transfer => transfer::run(arguments.runs),
        Name::Blocks => blocks::run(arguments.runs),
        Name::Rpc => rpc::run(arguments.runs),
        Name::State => state::run(arguments.sizes, arguments.runs),
        Name::Devnet => devnet::run(arguments.runs),
        Name::Market => market::run(arguments.runs, Duration::from_secs(arguments.seconds), arguments.orders),
        Name::Leases => leases::run(arguments.runs, arguments.leases),
    }
}

/// Prints a figure's line: `samples` as median, minimum and maximum, the machine and commit, and the fields of `extra`
/// (`peer`, `ratio`, `limit`, …).
pub(crate) fn emit(bench: &str, metric: &str, unit: &str, samples: &[f64], extra: Value) {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    let mut line = Map::new();
    line.insert("bench".into(), bench.into());
    line.insert("metric".into(), metric.into());
    line.insert("unit".into(), unit.into());
    line.insert("median".into(), json!(median(&sorted)));
    line.insert("min".into(), json!(at(0)));
    line.insert("max".into(), json!(at(sorted.len().saturating_sub(1))));
    line.insert("n".into(), sorted.len().into());
    if let Value::Object(extra) = extra {
        line.extend(extra);
    }
    line.insert("machine".into(), machine().into());
    line.insert("commit".into(), commit().into());
    println!("{}", Value::Object(line));
}

/// Of sorted samples.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown CPU", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{model}, {cores} cores")
}

fn commit() -> String {
    let output = std::process::Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    output.map_or_else(|_| "unknown".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The `p`th percentile of sorted samples, by nearest rank.
pub(crate) fn percentile(sorted: &[f64], p: usize) -> f64 {
    let rank = (sorted.len() * p).div_ceil(100).clamp(1, sorted.len().max(1));
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}
