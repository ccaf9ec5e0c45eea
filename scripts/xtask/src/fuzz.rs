//! `cargo xtask fuzz NAME`: coverage-guided fuzzing by cargo-fuzz, which is installed first where it is missing. What it finds that is
//! new lies in `precompiles/fuzz/corpus/NAME`; a crash ends it with an error and the input that makes it.

use clap::ValueEnum;
use edgeloom_tests::repository;
use eyre::{Result, WrapErr, ensure};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    name: Name,
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Processes side by side
    #[arg(long, default_value_t = 1)]
    jobs: u16,
    /// Only the smallest corpus that covers as much is kept
    #[arg(long)]
    minimize: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Images of models
    Model,
    /// Openings, proofs of possession and of capacity, folds
    Openings,
    /// Graphs, constants and traces that a judge is asked about, and proofs
    Steps,
    /// Claims about layers
    Layers,
    /// Keys, signatures, snapshots and signers
    Certificates,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let name = arguments.name.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    if !Command::new("cargo").args(["fuzz", "--version"]).output().is_ok_and(|output| output.status.success()) {
        run_in("cargo", &["install", "--locked", "cargo-fuzz"])?;
    }
    let corpus = format!("corpus/{name}");
    let time = format!("-max_total_time={}", (arguments.minutes * 60.0) as u64);
    let fork = format!("-fork={}", arguments.jobs);
    let mut all = if arguments.minimize {
        vec!["fuzz", "cmin", "--fuzz-dir", ".", &name, &corpus]
    } else {
        vec!["fuzz", "run", "--fuzz-dir", ".", &name, &corpus, "--", &time, "-max_len=16384", "-print_final_stats=1"]
    };
    if arguments.jobs > 1 && !arguments.minimize {
        all.push(&fork);
    }
    run_in("cargo", &all)
}

fn run_in(program: &str, arguments: &[&str]) -> Result<()> {
    // The instrumentation is not stable; the code under test is compiled by the toolchain that everything else is.
    let status = Command::new(program)
        .args(arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(repository().join("precompiles/fuzz"))
        .status()
        .wrap_err_with(|| format!("{program} did not start"))?;
    ensure!(status.success(), "`{program} {}` ended with {status}", arguments.join(" "));
    Ok(())
}
