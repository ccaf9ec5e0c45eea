//! Random graphs for as long as somebody waits.

use clap::ValueEnum;
use edgeloom_edge_proof::{Model, random::Sizes};
use edgeloom_gpu::{Choice, Gpu, Trial, TrialError};
use eyre::{Result, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, json};
use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

/// Violations after which a run ends.
const VIOLATIONS_MAX: usize = 50;

#[derive(clap::Args)]
pub(crate) struct Soak {
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Outputs to compare
    #[arg(long, default_value_t = 100_000_000)]
    cases: u64,
    /// No graph begins later
    #[arg(long, default_value_t = 24.0 * 60.0)]
    minutes: f64,
    /// Part of the adapter's name; without, the best there is
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

/// What a card can do to a trace.
#[derive(Clone, Copy, ValueEnum)]
enum Fault {
    /// The lowest bit of a graph's first output
    FirstBit,
    /// The highest bit of its last
    LastBit,
    /// A byte in the middle, one higher
    Middle,
    /// A zero between two tensors
    Padding,
}

impl Fault {
    fn plant(self, model: &Model, trace: &mut [u8]) {
        let (input, middle, last) = (model.input_bytes(), trace.len() / 2, trace.len() - 1);
        match self {
            Self::FirstBit => trace[input.next_multiple_of(64)] ^= 1,
            Self::LastBit => trace[last] ^= 0x80,
            Self::Middle => trace[middle] = trace[middle].wrapping_add(1),
            Self::Padding if input % 64 > 0 => trace[input] = 1,
            Self::Padding => {}
        }
    }
}

pub(crate) fn soak(arguments: &Soak) -> Result<ExitCode> {
    let fault = match arguments.plant.as_deref() {
        Some("list") => {
            let names = Fault::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            names.for_each(|name| println!("{}", name.get_name()));
            return Ok(ExitCode::SUCCESS);
        }
        Some(name) => Some(Fault::from_str(name, false).map_err(|error| eyre!("{error}: `--plant list` prints them"))?),
        None => None,
    };
    let gpu = Gpu::open(arguments.adapter.as_deref().map_or(Choice::Any, Choice::Named))?;
    let started = Instant::now();
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} outputs, {eta} left")?;
    let bar = ProgressBar::new(arguments.cases).with_style(style).with_message(gpu.adapter().name.clone());
    let tally = trials(&gpu, arguments, fault, &bar);
    bar.finish_and_clear();
    tally.violations.iter().for_each(|violation| eprintln!("{violation}"));
    let operations: Map<_, _> = tally.operations.iter().map(|(code, count)| (code.to_string(), json!(count))).collect();
    let line = json!({
        "soak": "gpu", "seed": arguments.seed, "seconds": started.elapsed().as_secs(), "cases": tally.outputs,
        "adapter": gpu.adapter().to_string(), "operations": operations, "violations": tally.violations.len(),
    });
    println!("{line}");
    Ok(if tally.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a run came to.
#[derive(Default)]
struct Tally {
    /// Elements that were the reference's.
    outputs: u64,
    /// How often each code was met.
    operations: BTreeMap<u8, u64>,
    violations: Vec<TrialError>,
}

fn trials(gpu: &Gpu, &Soak { seed, cases, minutes, .. }: &Soak, fault: Option<Fault>, bar: &ProgressBar) -> Tally {
    let (started, time_max) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let mut tally = Tally::default();
    // Seeds of different runs do not meet.
    for graph in seed << 32.. {
        if tally.outputs >= cases || started.elapsed() >= time_max || tally.violations.len() >= VIOLATIONS_MAX {
            break;
        }
        let trial = Trial { seed: graph, sizes: sizes(graph) };
        match trial.run(gpu, |model, trace| fault.iter().for_each(|fault| fault.plant(model, trace))) {
            Ok(passed) => {
                tally.outputs += passed.outputs;
                bar.inc(passed.outputs);
                passed.codes.iter().for_each(|code| *tally.operations.entry(*code).or_default() += 1);
            }
            Err(error) => tally.violations.push(error),
        }
    }
    tally
}

/// Mostly small graphs, of which many are run in a second; some that fill tiles and several words of every kind.
fn sizes(graph: u64) -> Sizes {
    match graph % 8 {
        0 => Sizes { input_max: 6_000, ops_max: 9, rows_max: 300 },
        1 => Sizes { input_max: 40_000, ops_max: 5, rows_max: 1_000 },
        _ => Sizes::SMALL,
    }
}

#[cfg(test)]
mod tests;
