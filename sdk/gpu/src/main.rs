//! `edgeloom-gpu`: the graphics adapters of this machine, and long trials of them, as `cargo xtask soak gpu` starts them. Standard
//! output holds an adapter a line, or the one line of a soak; what is found goes to standard error.

use clap::{Parser, Subcommand, ValueEnum};
use edgeloom_edge_proof::{Model, random::Sizes};
use edgeloom_gpu::{Choice, Gpu, Trial};
use eyre::{Result, eyre};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, json};
use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, Instant},
};

/// Most violations after which a run goes on.
const VIOLATIONS_MAX: usize = 50;

#[derive(Parser)]
#[command(name = "edgeloom-gpu", about = "Graphics adapters that run integer graphs")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the adapters of this machine, the best first
    Adapters,
    /// Run random graphs on an adapter and by the reference, and compare every byte of their traces
    Soak(Soak),
}

#[derive(clap::Args)]
struct Soak {
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

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Adapters => {
            Gpu::adapters().iter().for_each(|adapter| println!("{adapter}"));
            Ok(ExitCode::SUCCESS)
        }
        Command::Soak(arguments) => soak(&arguments),
    };
    ended.unwrap_or_else(|report| {
        eprintln!("error: {report:#}");
        ExitCode::FAILURE
    })
}

fn soak(arguments: &Soak) -> Result<ExitCode> {
    let &Soak { seed, cases, minutes, ref adapter, ref plant } = arguments;
    let fault = match plant.as_deref() {
        Some("list") => {
            let names = Fault::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            names.for_each(|name| println!("{}", name.get_name()));
            return Ok(ExitCode::SUCCESS);
        }
        Some(name) => Some(Fault::from_str(name, false).map_err(|error| eyre!("{error}: `--plant list` prints them"))?),
        None => None,
    };
    let gpu = Gpu::open(adapter.as_deref().map_or(Choice::Any, Choice::Named))?;
    let (started, time_max) = (Instant::now(), Duration::from_secs_f64(minutes * 60.0));
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} outputs, {eta} left")?;
    let bar = ProgressBar::new(cases).with_style(style).with_message(gpu.adapter().name.clone());
    let (mut outputs, mut mix, mut violations) = (0, BTreeMap::<String, u64>::new(), 0);
    // Seeds of different runs do not meet.
    for graph in seed << 32.. {
        if outputs >= cases || started.elapsed() >= time_max || violations > VIOLATIONS_MAX {
            break;
        }
        let trial = Trial { seed: graph, sizes: sizes(graph) };
        match trial.run(&gpu, |model, trace| fault.iter().for_each(|fault| fault.plant(model, trace))) {
            Ok(passed) => {
                outputs += passed.outputs;
                bar.inc(passed.outputs);
                passed.codes.iter().for_each(|code| *mix.entry(code.to_string()).or_default() += 1);
            }
            Err(error) => {
                bar.suspend(|| eprintln!("{error}"));
                violations += 1;
            }
        }
    }
    bar.finish_and_clear();
    let mix: Map<_, _> = mix.into_iter().map(|(code, count)| (code, json!(count))).collect();
    println!(
        "{}",
        json!({
            "soak": "gpu", "seed": seed, "seconds": started.elapsed().as_secs(), "cases": outputs,
            "adapter": gpu.adapter().to_string(), "operations": mix, "violations": violations,
        })
    );
    Ok(if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Mostly small graphs, of which many are run in a second; some that fill tiles and several words of every kind.
fn sizes(graph: u64) -> Sizes {
    match graph % 8 {
        0 => Sizes { input_max: 6_000, ops_max: 9, rows_max: 300 },
        1 => Sizes { input_max: 40_000, ops_max: 5, rows_max: 1_000 },
        _ => Sizes::SMALL,
    }
}
