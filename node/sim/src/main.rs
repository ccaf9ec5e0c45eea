//! `edgeloom-sim`: the simulations of the crate of the same name, as `cargo xtask sim` starts them, networks of the consensus
//! crate's simulator, as `cargo xtask soak consensus` does, and checkpoints of the guardian crate's, as `cargo xtask bench guardians` does. Of the first, standard output holds a table and the folder that is named
//! the figures.

mod checkpoints;
mod networks;

use checkpoints::Checkpoints;
use clap::{Parser, Subcommand};
use edgeloom_sim::{Economy, EconomySettings, Settings, Year};
use eyre::{Result, WrapErr};
use indicatif::{ProgressBar, ProgressStyle};
use networks::Networks;
use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

/// The node's: what runs here is what the node runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "edgeloom-sim", about = "What contracts and networks come to")]
struct Arguments {
    #[command(subcommand)]
    simulation: Simulation,
}

#[derive(Subcommand)]
enum Simulation {
    /// Stakes, slashes, fees and rewards of a year
    Staking(Staking),
    /// What each way of cheating pays, at the parameters of genesis; ends with an error if one does
    Economy(Agents),
    /// Byzantine nodes, bad links, crashes, power cuts and committees that change, one network for each seed
    Consensus(Networks),
    /// Checkpoints of thousands of guardians, a third of whose stake is silent, lies or floods, and what signatures cost here
    Guardians(Checkpoints),
}

#[derive(clap::Args)]
struct Agents {
    /// Of each strategy
    #[arg(long, default_value_t = 100_000)]
    rounds: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for economy.jsonl and the plots
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
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
    let done = match Arguments::parse().simulation {
        Simulation::Staking(arguments) => staking(&arguments),
        Simulation::Economy(arguments) => economy(&arguments),
        Simulation::Guardians(arguments) => checkpoints::run(&arguments),
        Simulation::Consensus(arguments) => return networks::run(&arguments),
    };
    match done {
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

fn economy(arguments: &Agents) -> Result<()> {
    let Agents { rounds, seed, out } = arguments;
    fs::create_dir_all(out).wrap_err_with(|| format!("cannot make {}", out.display()))?;
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} strategies")?;
    let bar = ProgressBar::new(Economy::strategies() as u64).with_style(style).with_message(format!("{rounds} rounds"));
    let economy = Economy::run(EconomySettings { rounds: *rounds, seed: *seed }, |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let economy = economy?;
    let path = out.join("economy.jsonl");
    fs::write(&path, economy.lines()).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    for (name, plot) in economy.plots()? {
        let path = out.join(name);
        fs::write(&path, plot).wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    println!("{}\n\n{}", economy.asked(), economy.table());
    println!("the figures and plots are in {}", out.display());
    economy.verdict()
}
