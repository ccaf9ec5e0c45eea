//! `cargo xtask sim NAME`: simulations. Standard output holds a table; a sum that does not hold ends it with an error.

use clap::Subcommand;
use edgeloom_tests::binary;
use eyre::{Result, ensure};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    simulation: Simulation,
}

#[derive(Subcommand)]
enum Simulation {
    /// A year of the institutions' contracts: stakes, slashes, fees, rewards (arguments go to `edgeloom-sim`; --out DIR is needed)
    Staking {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What each way of cheating pays at the parameters of genesis (as `staking`)
    Economy {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

pub(crate) fn run(arguments: Arguments) -> Result<()> {
    let (name, arguments) = match arguments.simulation {
        Simulation::Staking { arguments } => ("staking", arguments),
        Simulation::Economy { arguments } => ("economy", arguments),
    };
    crate::cargo::build_binaries()?;
    let status = Command::new(binary("edgeloom-sim")?).arg(name).args(arguments).status()?;
    ensure!(status.success(), "sim {name} ended with {status}");
    Ok(())
}
