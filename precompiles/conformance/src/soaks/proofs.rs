//! `edgeloom-kernels proofs`.

use super::{Planted, bar, planted, print_violations};
use edgeloom_kernels::proofs::{self, BATCH, Mix, Outcome, Rate};
use eyre::Result;
use serde_json::{Map, Value, json};
use std::{ops::Range, process::ExitCode, time::Instant};

/// Batches between two looks at the counts.
const STRIDE: u64 = 64;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The first batch, to run one again
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Honest proofs, and cheats
    #[arg(long, default_value_t = 1_000_000)]
    cases: u64,
    /// Time to go on for when the cases are through
    #[arg(long, default_value_t = 0.0)]
    minutes: f64,
    /// Tries at each rate that has a formula
    #[arg(long, default_value_t = 1_000_000)]
    tries: u64,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let &Arguments { seed, first, cases, minutes, tries, ref plant } = arguments;
    let Planted::Chosen(fault) = planted(plant.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let started = Instant::now();
    let rates = proofs::rates(seed, tries, fault);
    let shown = bar(cases / BATCH, "batches")?;
    let mut outcome = Outcome::default();
    let mut next = first;
    while outcome.honest().min(outcome.cheats()) < cases || started.elapsed().as_secs_f64() < minutes * 60.0 {
        let end = next + STRIDE.min((cases / BATCH).max(1));
        outcome = outcome.and(proofs::run(seed, next..end, fault, &|| shown.inc(1)));
        next = end;
    }
    shown.finish();
    Ok(report((seed, first..next), &outcome, &rates, started))
}

fn report((seed, batches): (u64, Range<u64>), outcome: &Outcome, rates: &[Rate], started: Instant) -> ExitCode {
    let Outcome { tally, mix } = outcome;
    let unlikely = rates.iter().filter(|rate| !rate.is_chance()).map(|rate| format!("{rate:?}"));
    let violations: Vec<_> = tally.violations.iter().cloned().chain(unlikely).chain(mix.lacks()).collect();
    print_violations(violations.iter());
    let line = json!({
        "soak": "proofs",
        "seed": seed,
        "batches": [batches.start, batches.end],
        "seconds": started.elapsed().as_secs(),
        "honest": outcome.honest(),
        "cheats": outcome.cheats(),
        "malformed": outcome.malformed(),
        "cases": tally.cases,
        "percent": percent(mix),
        "median_macs": mix.median_macs(),
        "rates": rates.iter().map(rate).collect::<Vec<_>>(),
        "violations": violations.len(),
    });
    println!("{line}");
    if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Of judged elements, by operation and by what they are of.
fn percent(mix: &Mix) -> Map<String, Value> {
    let parts = [("convolution", mix.convolution), ("attention", mix.attention)];
    let counts = mix.operations.iter().map(|(name, count)| (*name, *count)).chain(parts);
    counts.map(|(name, count)| (name.to_owned(), json!((mix.share(count) * 1e4).round() / 1e2))).collect()
}

fn rate(rate: &Rate) -> Value {
    json!({
        "of": rate.name,
        "tries": rate.tries,
        "found": rate.found,
        "expected": rate.expected.round(),
        "deviations": (rate.deviations() * 1e2).round() / 1e2,
    })
}
