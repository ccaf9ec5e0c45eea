//! `bench state`: what a large chain costs. The chains are made once by `edgeloom-conformance grow` (its crate says how)
//! and kept in ~/.cache/edgeloom/chains; every measurement works on a copy.
//!
//! * `cpu_us_at_10m_over_100k`: CPU time of all threads that a transfer takes in blocks of 4,000, executed, rooted and
//!   committed with sync, among many accounts over among few, in turns, after blocks that warm the caches. The limit is what
//!   the hashing of a deeper trie costs: its paths are log16 of the accounts long, 5.8 nodes over 4.2, so 1.4.
//! * `rss_mib`: the most memory that any process of this bench had at once, nodes and the process that runs the blocks.
//! * `restart_s_1m_blocks`: from the start of `edgeloom dev` on many blocks until it answers `eth_blockNumber` with the
//!   tip; the write-ahead log still holds the last 32,000 transfers, as after kill -9. The limit is reading the log.
//! * `disk_bytes_per_transfer`: compacted, in blocks of 4,000; the history of the trie, which proofs of past states need,
//!   is `disk_trie_history_bytes_per_transfer`. The limit is the transaction: some 110 bytes of signature, sender,
//!   receiver and value that do not compress, and 32 of its hash for looking it up.
//! * `start_to_rpc_ms`, `start_to_rpc_many_accounts_ms`: from the start of `edgeloom dev` until the first `eth_chainId`
//!   is answered, with a fresh data directory and on many accounts. The limit is creating the tables on the disk.

mod chains;
mod node;
#[cfg(test)]
mod tests;

use super::{emit, pairs::Pairs};
use chains::{Chains, Grown};
use edgeloom_tests::binary;
use eyre::{Result, WrapErr, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path, process::Command};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How large the chains are.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Sizes {
    /// `state`: accounts of the large state
    #[arg(long, default_value_t = 10_000_000)]
    accounts: u64,
    /// `state`: accounts of the small state and of the long chain
    #[arg(long, default_value_t = 100_000)]
    few_accounts: u64,
    /// `state`: blocks of the long chain
    #[arg(long, default_value_t = 1_000_000)]
    blocks: u64,
    /// `state`: blocks of 4,000 transfers that each run of a state executes
    #[arg(long, default_value_t = 10)]
    run_blocks: u64,
    /// `state`: blocks that run before those
    #[arg(long, default_value_t = 20)]
    warm_blocks: u64,
}

/// Blocks of 4,000 transfers whose rows the log of a restarted database still holds.
const LOGGED_BLOCKS: u64 = 8;

/// A line of `edgeloom-conformance transfers`.
#[derive(Debug, Deserialize)]
struct Transfers {
    spent: Spent,
    #[serde(default)]
    bytes: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
struct Spent {
    cpu_us: f64,
    wall_us: f64,
    rss_mib: f64,
}

pub(super) fn run(sizes: Sizes, runs: usize) -> Result<()> {
    let runtime = Runtime::new()?;
    Bench::new(&runtime, sizes, runs).run(&Chains::open(&runtime)?)
}

struct Bench<'a> {
    runtime: &'a Runtime,
    sizes: Sizes,
    runs: usize,
    /// What was measured so far; each was printed.
    figures: Vec<(&'static str, Vec<f64>)>,
    /// The most memory of each kind of process, MiB.
    memory: BTreeMap<&'static str, f64>,
}

impl<'a> Bench<'a> {
    const fn new(runtime: &'a Runtime, sizes: Sizes, runs: usize) -> Self {
        Self { runtime, sizes, runs, figures: Vec::new(), memory: BTreeMap::new() }
    }

    fn run(&mut self, chains: &Chains<'_>) -> Result<()> {
        let few = chains.grown(self.sizes.few_accounts, 0)?;
        let many = chains.grown(self.sizes.accounts, 0)?;
        let long = chains.grown(self.sizes.few_accounts, self.sizes.blocks)?;
        self.states(&many, &few)?;
        self.disk(&few)?;
        self.starts(&many)?;
        self.restarts(&long)?;
        let most = self.memory.values().copied().fold(0.0, f64::max);
        self.figure("rss_mib", "MiB", vec![most], json!({ "of": self.memory, "limit": 2048 }));
        Ok(())
    }

    fn figure(&mut self, metric: &'static str, unit: &str, samples: Vec<f64>, extra: Value) {
        emit("state", metric, unit, &samples, extra);
        self.figures.push((metric, samples));
    }

    fn remember(&mut self, of: &'static str, mib: f64) {
        let most = self.memory.entry(of).or_default();
        *most = most.max(mib);
    }

    fn states(&mut self, many: &Grown, few: &Grown) -> Result<()> {
        let (mut cpu, mut wall) = (Pairs::default(), Pairs::default());
        let (blocks, warm) = (self.sizes.run_blocks, self.sizes.warm_blocks);
        let warmed = ["--warm", &warm.to_string()];
        for turn in 1..=self.runs {
            let ours = transfers(many, many.copy()?.path(), blocks, &warmed)?.spent;
            let theirs = transfers(few, few.copy()?.path(), blocks, &warmed)?.spent;
            eprintln!("turn {turn}: {:.1} us of CPU a transfer, {:.1} among few accounts", ours.cpu_us, theirs.cpu_us);
            self.remember("transfers among many accounts", ours.rss_mib);
            self.remember("transfers among few accounts", theirs.rss_mib);
            cpu.ours.push(ours.cpu_us);
            cpu.theirs.push(theirs.cpu_us);
            wall.ours.push(ours.wall_us);
            wall.theirs.push(theirs.wall_us);
        }
        let peer = format!("{} accounts", few.accounts);
        for (metric, pairs) in [("cpu_us_at_10m_over_100k", cpu), ("wall_us_at_10m_over_100k", wall)] {
            let extra = json!({"accounts": many.accounts, "blocks": blocks, "warm_blocks": warm});
            pairs.emit(("state", metric, "us"), &peer, extra);
            self.figures.push((metric, pairs.ours));
        }
        Ok(())
    }

    fn disk(&mut self, few: &Grown) -> Result<()> {
        let blocks = self.sizes.run_blocks;
        let bytes = transfers(few, few.copy()?.path(), blocks, &["--bytes"])?.bytes;
        let (trie, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
            bytes.into_iter().partition(|(table, _)| table.ends_with("trie_history"));
        for (metric, tables) in [("disk_bytes_per_transfer", rest), ("disk_trie_history_bytes_per_transfer", trie)] {
            let extra = json!({"accounts": few.accounts, "blocks": blocks, "tables": tables});
            self.figure(metric, "B", vec![tables.values().sum()], extra);
        }
        Ok(())
    }

    fn starts(&mut self, many: &Grown) -> Result<()> {
        let (mut fresh, mut large) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let folder = tempfile::tempdir()?;
            let started = self.runtime.block_on(node::start(&folder.path().join("data")))?;
            self.remember("node with a fresh chain", started.rss_mib);
            fresh.push(started.chain_id_ms);
            let copy = many.copy()?;
            let started = self.runtime.block_on(node::start(copy.path()))?;
            self.remember("node on many accounts", started.rss_mib);
            large.push(started.chain_id_ms);
        }
        self.figure("start_to_rpc_ms", "ms", fresh, json!({"limit": 300}));
        let extra = json!({"limit": 300, "accounts": many.accounts});
        self.figure("start_to_rpc_many_accounts_ms", "ms", large, extra);
        Ok(())
    }

    fn restarts(&mut self, long: &Grown) -> Result<()> {
        let (mut seconds, mut log) = (Vec::new(), 0);
        for _ in 0..self.runs {
            let copy = long.copy()?;
            transfers(long, copy.path(), LOGGED_BLOCKS, &[])?;
            log = chains::bytes_of(&copy.path().join("chain"), "log")?;
            let started = self.runtime.block_on(node::start(copy.path()))?;
            let expected = long.blocks + LOGGED_BLOCKS;
            ensure!(started.height == expected, "the node is at {}, its database at {expected}", started.height);
            self.remember("node on many blocks", started.rss_mib);
            seconds.push(started.tip_ms / 1e3);
        }
        let extra = json!({"limit": 2, "blocks": long.blocks, "log_bytes": log});
        self.figure("restart_s_1m_blocks", "s", seconds, extra);
        Ok(())
    }
}

/// Runs blocks on a copy of `grown`.
fn transfers(grown: &Grown, copy: &Path, blocks: u64, more: &[&str]) -> Result<Transfers> {
    let (accounts, first, blocks) = (grown.accounts.to_string(), grown.transfers().to_string(), blocks.to_string());
    let mut command = Command::new(binary("edgeloom-conformance")?);
    command.arg("transfers").arg("--data").arg(copy);
    command.args(["--accounts", &accounts, "--first", &first, "--blocks", &blocks]).args(more);
    let output = command.output().wrap_err("edgeloom-conformance did not start")?;
    ensure!(output.status.success(), "transfers: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A folder beside `folder`, so that files can be linked between them.
fn beside(folder: &Path) -> Result<TempDir> {
    let parent = folder.parent().unwrap_or(folder);
    tempfile::Builder::new().prefix("copy-").tempdir_in(parent).wrap_err_with(|| parent.display().to_string())
}
