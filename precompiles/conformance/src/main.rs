//! `edgeloom-kernels`: the soaks of the crate of the same name, as `cargo xtask soak` starts them. Standard output holds the
//! one line of a soak; what is found goes to standard error.

use clap::{Parser, Subcommand, ValueEnum as _};
use edgeloom_kernels::{Fault, Peer, Tally, compare, negatives};
use eyre::{Result, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode, time::Instant};

/// Most violations that are printed.
const PRINTED_MAX: usize = 50;

#[derive(Parser)]
#[command(name = "edgeloom-kernels", about = "What the kernels of the precompiles must refuse, and what others say")]
struct Arguments {
    #[command(subcommand)]
    soak: Soak,
}

#[derive(Subcommand)]
enum Soak {
    /// False claims about keys, signatures and sets, by class, and claims that two other implementations judge
    Bls(Bls),
}

#[derive(clap::Args)]
struct Bls {
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The first false claim, to run one again
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// False claims
    #[arg(long, default_value_t = 1_000_000)]
    cases: u64,
    /// Claims that the peers are asked about
    #[arg(long, default_value_t = 500)]
    compared: u64,
    /// Node.js, and Python with the package `py_ecc`
    #[arg(long, num_args = 2, value_names = ["NODE", "PYTHON"])]
    interpreters: Vec<PathBuf>,
    /// peers/noble/peer.mjs beside its packages, and peers/py-ecc/peer.py
    #[arg(long, num_args = 2, value_names = ["NOBLE", "PY_ECC"])]
    peers: Vec<PathBuf>,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

fn main() -> ExitCode {
    let Soak::Bls(arguments) = Arguments::parse().soak;
    match bls(&arguments) {
        Ok(code) => code,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}

fn bls(arguments: &Bls) -> Result<ExitCode> {
    let &Bls { seed, first, cases, compared, ref interpreters, ref peers, ref plant } = arguments;
    let fault = match plant.as_deref() {
        Some("list") => {
            let names = Fault::value_variants().iter().filter_map(|fault| fault.to_possible_value());
            names.for_each(|name| println!("{}", name.get_name()));
            return Ok(ExitCode::SUCCESS);
        }
        Some(name) => Some(Fault::from_str(name, false).map_err(|error| eyre!("{error}: `--plant list` prints them"))?),
        None => None,
    };
    let started = Instant::now();
    let programs = interpreters.iter().zip(peers).zip(["@noble/curves", "py_ecc"]);
    let mut peers = programs
        .map(|((interpreter, script), name)| Peer::start(name, interpreter, script))
        .collect::<Result<Vec<_>>>()?;
    let compared = if peers.is_empty() { 0 } else { compared };
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}, {eta} left")?;
    let bar = ProgressBar::new(compared).with_style(style.clone()).with_message("compared");
    let others = compare(&mut peers, (seed, 0..compared), fault, &|| bar.inc(1))?;
    bar.finish();
    let bar = ProgressBar::new(cases).with_style(style).with_message("refused");
    let refused = negatives(seed, first..first + cases, fault, &|| bar.inc(1));
    bar.finish();
    Ok(report(seed, &[others, refused], started))
}

fn report(seed: u64, tallies: &[Tally], started: Instant) -> ExitCode {
    let violations: Vec<_> = tallies.iter().flat_map(|tally| &tally.violations).collect();
    for violation in violations.iter().take(PRINTED_MAX) {
        eprintln!("{violation}");
    }
    let more = violations.len().saturating_sub(PRINTED_MAX);
    if more > 0 {
        eprintln!("and {more} more");
    }
    let mix: serde_json::Map<_, _> =
        tallies.iter().flat_map(|tally| &tally.cases).map(|(name, cases)| ((*name).to_owned(), json!(cases))).collect();
    let line = json!({
        "soak": "bls",
        "seed": seed,
        "seconds": started.elapsed().as_secs(),
        "cases": tallies.iter().flat_map(|tally| tally.cases.values()).sum::<u64>(),
        "mix": mix,
        "violations": violations.len(),
    });
    println!("{line}");
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
