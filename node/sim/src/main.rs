//! `edgeloom-sim`: the simulations of the crate of the same name, as `cargo xtask sim` starts them. Standard output holds a table; the
//! figures are in the folder that is named.

use clap::{Parser, Subcommand};
use edgeloom_sim::{Settings, Year};
use eyre::{Result, WrapErr};
use indicatif::{ProgressBar, ProgressStyle};
use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

/// The node's: what runs here is what the node runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "edgeloom-sim", about = "The institutions' contracts over a long time")]
struct Arguments {
    #[command(subcommand)]
    simulation: Simulation,
}

#[derive(Subcommand)]
enum Simulation {
    /// Stakes, slashes, fees and rewards of a year
    Staking(Staking),
}

#[derive(clap::Args)]
struct Staking {
    /// Accounts that stake, 40 at least
    #[arg(long, default_value_t = 10_000)]
    stakers: usize,
    /// Four at least
    #[arg(long, default_value_t = 365)]
    days: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for staking.jsonl and the plots
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let Simulation::Staking(arguments) = Arguments::parse().simulation;
    match staking(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}

fn staking(arguments: &Staking) -> Result<()> {
    let Staking { stakers, days, seed, out } = arguments;
    // Before hours of work.
    fs::create_dir_all(out).wrap_err_with(|| format!("cannot make {}", out.display()))?;
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} days, {eta} left")?;
    let bar = ProgressBar::new(*days).with_style(style).with_message(format!("{stakers} stakers"));
    let started = Instant::now();
    let year = Year::run(Settings { stakers: *stakers, days: *days, seed: *seed }, |_| bar.inc(1));
    bar.finish_and_clear();
    let year = year?;
    let path = out.join("staking.jsonl");
    fs::write(&path, year.lines()).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    for (name, plot) in year.plots()? {
        let path = out.join(name);
        fs::write(&path, plot).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    print!("{}", year.table());
    println!("\n{:.1} minutes; the figures and plots are in {}", started.elapsed().as_secs_f64() / 60.0, out.display());
    Ok(())
}
