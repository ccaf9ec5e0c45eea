//! `edgeloom-conformance`: the soaks of the crate of the same name, as `cargo xtask soak` starts them. Standard output
//! holds the one line of a soak; what is skipped and what differs goes to standard error.

use clap::{Parser, Subcommand, ValueEnum};
use edgeloom_conformance::{
    Archives, Fault, LargeChain, Peers, Range, Selection, Tally, Vectors, Writes, differential,
};
use eyre::{Result, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

/// The node's: what is measured here is what the node does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Most differences that are printed.
const PRINTED_MAX: usize = 50;

#[derive(Parser)]
#[command(name = "edgeloom-conformance", about = "Other people's answers against ours")]
struct Arguments {
    #[command(subcommand)]
    soak: Soak,
}

#[derive(Subcommand)]
enum Soak {
    /// Ethereum's public state, transaction, trie and RLP tests and geth's precompile vectors
    StateTests(StateTests),
    /// Random cases against Ethereum's executable specification and EthereumJS
    Differential(Differential),
    /// Gas a second of pure computation, ours and bare revm's: one line a turn
    Compute {
        #[arg(long, default_value_t = 5)]
        turns: usize,
    },
    /// Bring accounts and blocks to the chain of a data directory, or go on with it
    Grow(Grow),
    /// What transfers among a chain's accounts take: one line
    Transfers(Transfers),
}

#[derive(clap::Args)]
struct Grow {
    /// Data directory that `edgeloom dev` made
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    accounts: u64,
    /// Height to reach, with one transfer a block
    #[arg(long, default_value_t = 0)]
    blocks: u64,
}

#[derive(clap::Args)]
struct Transfers {
    /// Data directory of a chain that was grown
    #[arg(long)]
    data: PathBuf,
    /// As many as it was grown with
    #[arg(long)]
    accounts: u64,
    /// Index of the first transfer: how many the chain has
    #[arg(long, default_value_t = 0)]
    first: u64,
    #[arg(long)]
    blocks: u64,
    /// Blocks before those, which fill the caches and are not measured
    #[arg(long, default_value_t = 0)]
    warm: u64,
    /// Transfers in a block
    #[arg(long, default_value_t = 4_000)]
    each: u64,
    /// Also print the bytes on the disk, table by table and compacted, that a transfer takes
    #[arg(long)]
    bytes: bool,
}

#[derive(clap::Args)]
struct Differential {
    /// Folder with geth.tar.zst and ethereum-tests.tar.zst; ../shared/data beside the repository unless given
    #[arg(long)]
    data: Option<PathBuf>,
    /// Python with the package `ethereum-execution`
    #[arg(long, value_name = "PROGRAM")]
    python: PathBuf,
    /// peers/execution-specs/peer.py
    #[arg(long, value_name = "SCRIPT")]
    specification: PathBuf,
    /// peers/ethereumjs/peer.mjs, beside its packages
    #[arg(long, value_name = "SCRIPT")]
    ethereumjs: PathBuf,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The first case, to run one again
    #[arg(long, default_value_t = 0)]
    first: u64,
    #[arg(long, default_value_t = 100_000)]
    cases: u64,
    /// No case begins later
    #[arg(long, default_value_t = 86_400)]
    seconds: u64,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

#[derive(clap::Args)]
struct StateTests {
    /// Folder with ethereum-tests.tar.zst and geth.tar.zst; ../shared/data beside the repository unless given
    #[arg(long)]
    data: Option<PathBuf>,
    /// Only files whose path holds this text
    #[arg(long)]
    only: Option<String>,
    /// Every Nth file
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// Which of every N files
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().soak {
        Soak::StateTests(arguments) => state_tests(arguments),
        Soak::Differential(arguments) => against_peers(arguments),
        Soak::Compute { turns } => compute(turns),
        Soak::Grow(arguments) => grow(&arguments),
        Soak::Transfers(arguments) => transfers(&arguments),
    };
    match ended {
        Ok(code) => code,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}

fn compute(turns: usize) -> Result<ExitCode> {
    for _ in 0..turns {
        println!("{}", serde_json::to_string(&edgeloom_conformance::turn()?)?);
    }
    Ok(ExitCode::SUCCESS)
}

fn grow(&Grow { ref data, accounts, blocks }: &Grow) -> Result<ExitCode> {
    let mut chain = LargeChain::open(data, Writes::AtTheEnd)?;
    let all = LargeChain::bringing(accounts).max(blocks);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} blocks, {eta} left")?;
    let bar = ProgressBar::new(all).with_position(chain.height()).with_style(style);
    chain.grow(accounts, blocks, &mut || bar.inc(1))?;
    bar.finish();
    Ok(ExitCode::SUCCESS)
}

fn transfers(arguments: &Transfers) -> Result<ExitCode> {
    let &Transfers { ref data, accounts, first, blocks, warm, each, bytes } = arguments;
    let mut chain = LargeChain::open(data, Writes::Synced)?;
    chain.run(accounts, first, (warm, each))?;
    let first = first + warm * each;
    let before = chain.store().table_bytes()?;
    let spent = chain.run(accounts, first, (blocks, each))?;
    let mut line = json!({ "spent": spent });
    if bytes {
        chain.store().compact()?;
        let after = chain.store().table_bytes()?;
        let grown = after.iter().map(|(table, after)| {
            let bytes = *after as f64 - before.get(table).copied().unwrap_or_default() as f64;
            (*table, bytes / spent.transfers as f64)
        });
        line["bytes"] = json!(grown.collect::<BTreeMap<_, _>>());
    }
    println!("{line}");
    Ok(ExitCode::SUCCESS)
}

fn state_tests(arguments: StateTests) -> Result<ExitCode> {
    let StateTests { data, only, every, seed, plant } = arguments;
    let fault = match planted(plant.as_deref(), &Fault::IN_STATE_TESTS)? {
        Planted::Listed => return Ok(ExitCode::SUCCESS),
        Planted::Fault(fault) => fault,
    };
    let started = Instant::now();
    let vectors = Vectors::read(&data.map_or_else(Archives::shared, Archives::at))?;
    let tally = vectors.run(&Selection { only, every, seed }, fault)?;
    Ok(report("state-tests", &tally, seed, started))
}

fn against_peers(arguments: Differential) -> Result<ExitCode> {
    let Differential { data, python, specification, ethereumjs, seed, first, cases, seconds, plant } = arguments;
    let fault = match planted(plant.as_deref(), &Fault::IN_DIFFERENTIAL)? {
        Planted::Listed => return Ok(ExitCode::SUCCESS),
        Planted::Fault(fault) => fault,
    };
    let started = Instant::now();
    let vectors = Vectors::read(&data.map_or_else(Archives::shared, Archives::at))?;
    let peers = Peers { specification: (python, specification), ethereumjs };
    let range = Range { seed, first, cases, time_max: Duration::from_secs(seconds) };
    let tally = differential(&peers, &vectors, range, fault)?;
    Ok(report("differential", &tally, seed, started))
}

enum Planted {
    /// The names were asked for, and are printed.
    Listed,
    Fault(Option<Fault>),
}

/// `faults` are those that the soak can show.
fn planted(name: Option<&str>, faults: &[Fault]) -> Result<Planted> {
    let names: Vec<_> =
        faults.iter().filter_map(|fault| Some((fault.to_possible_value()?.get_name().to_owned(), *fault))).collect();
    match name {
        None => Ok(Planted::Fault(None)),
        Some("list") => {
            names.iter().for_each(|(name, _)| println!("{name}"));
            Ok(Planted::Listed)
        }
        Some(name) => {
            let fault = names.iter().find(|(known, _)| known == name).map(|(_, fault)| *fault);
            Ok(Planted::Fault(Some(fault.ok_or_else(|| eyre!("no fault {name}: `--plant list` prints them"))?)))
        }
    }
}

fn report(soak: &str, tally: &Tally, seed: u64, started: Instant) -> ExitCode {
    for (reason, cases) in &tally.skipped {
        eprintln!("skipped {cases}: {reason}");
    }
    for violation in tally.violations.iter().take(PRINTED_MAX) {
        eprintln!("{violation}");
    }
    let more = tally.violations.len().saturating_sub(PRINTED_MAX);
    if more > 0 {
        eprintln!("and {more} more");
    }
    let line = json!({
        "soak": soak,
        "seed": seed,
        "seconds": started.elapsed().as_secs(),
        "cases": tally.cases,
        "skipped": tally.skipped.values().sum::<u64>(),
        "violations": tally.violations.len(),
    });
    println!("{line}");
    if tally.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
