//! `cargo xtask`: the one command surface of the workspace. Knows the repository and the binaries it builds; links no
//! node crate.

mod bench;
mod bindings;
mod bless;
mod cargo;
mod container;
mod demo;
mod forge;
mod fuzz;
mod sim;
mod soak;

use clap::{Parser, Subcommand};
use eyre::Result;
use forge::Gas;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Edgeloom's development commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole system on real input (scripts/demo builds it first)
    Demo(demo::Arguments),
    /// Run a local network of validator processes until Ctrl-C (arguments go to `edgeloom devnet`)
    Devnet {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compile the contracts and rewrite contracts/bindings/artifacts
    Bindings {
        /// Change nothing; fail when the committed artifacts differ from a fresh compile
        #[arg(long)]
        check: bool,
    },
    /// Run the contracts' forge tests
    Forge,
    /// Run clippy over everything; a warning is an error
    Lint,
    /// Accept the golden data that the tests produced (insta snapshots and forge's gas)
    Bless,
    /// Do the steps of the container file in a root of debootstrap's, and run what it runs (as root)
    Container(container::Arguments),
    /// Run a benchmark; prints one JSON line per figure
    Bench(bench::Arguments),
    /// Fuzz a decoder of the precompiles
    Fuzz(fuzz::Arguments),
    /// Run a simulation; prints a table
    Sim(sim::Arguments),
    /// Run a soak; prints one JSON line
    Soak(soak::Arguments),
}

fn main() -> ExitCode {
    match dispatch(Arguments::parse().command) {
        Ok(code) => code,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(arguments) => return demo::run(&arguments),
        Command::Devnet { arguments } => devnet(&arguments)?,
        Command::Bindings { check } => bindings::run(check)?,
        Command::Forge => forge::run(Gas::Compare)?,
        Command::Lint => cargo::lint()?,
        Command::Bless => bless::run()?,
        Command::Container(arguments) => container::run(&arguments)?,
        Command::Bench(arguments) => bench::run(&arguments)?,
        Command::Fuzz(arguments) => fuzz::run(&arguments)?,
        Command::Sim(arguments) => sim::run(arguments)?,
        Command::Soak(arguments) => soak::run(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn devnet(arguments: &[String]) -> Result<()> {
    cargo::build_binaries()?;
    let status =
        std::process::Command::new(edgeloom_tests::binary("edgeloom")?).arg("devnet").args(arguments).status()?;
    eyre::ensure!(status.success(), "edgeloom devnet ended with {status}");
    Ok(())
}
