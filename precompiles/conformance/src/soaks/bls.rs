//! `edgeloom-kernels bls`.

use super::{Planted, bar, planted, print_violations};
use edgeloom_kernels::{Peer, Tally, compare, negatives};
use eyre::Result;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode, time::Instant};

#[derive(clap::Args)]
pub(crate) struct Arguments {
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

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let &Arguments { seed, first, cases, compared, ref interpreters, ref peers, ref plant } = arguments;
    let Planted::Chosen(fault) = planted(plant.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let started = Instant::now();
    let programs = interpreters.iter().zip(peers).zip(["@noble/curves", "py_ecc"]);
    let mut peers = programs
        .map(|((interpreter, script), name)| Peer::start(name, interpreter, script))
        .collect::<Result<Vec<_>>>()?;
    let compared = if peers.is_empty() { 0 } else { compared };
    let shown = bar(compared, "compared")?;
    let others = compare(&mut peers, (seed, 0..compared), fault, &|| shown.inc(1))?;
    shown.finish();
    let shown = bar(cases, "refused")?;
    let refused = negatives(seed, first..first + cases, fault, &|| shown.inc(1));
    shown.finish();
    Ok(report(seed, others.and(refused), started))
}

fn report(seed: u64, tally: Tally, started: Instant) -> ExitCode {
    let Tally { cases: mix, violations } = tally;
    print_violations(violations.iter());
    let line = json!({
        "soak": "bls",
        "seed": seed,
        "seconds": started.elapsed().as_secs(),
        "cases": mix.values().sum::<u64>(),
        "mix": mix,
        "violations": violations.len(),
    });
    println!("{line}");
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
