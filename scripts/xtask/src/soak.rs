//! `cargo xtask soak NAME`: long runs. Standard output holds one JSON line a soak; a violation ends it with an error.

mod contracts;
mod peers;

use clap::Subcommand;
use edgeloom_tests::binary;
use eyre::{Result, ensure};
use std::process::Command;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    soak: Soak,
}

#[derive(Subcommand)]
enum Soak {
    /// Ethereum's public tests and geth's precompile vectors on our executor (arguments go to `edgeloom-conformance`)
    StateTests {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Random cases on our executor, Ethereum's executable specification and EthereumJS (which are installed first)
    Differential {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Keys, signatures and certificates that must be refused, and others' verdicts (@noble/curves and py_ecc, which are installed first)
    Bls {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Proofs about steps of models: honest, cheating and malformed ones, and rates that have formulas
    Proofs {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Random graphs on a graphics adapter and by the reference (arguments go to `edgeloom-gpu soak`)
    Gpu {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Calls of the institutions' contracts in any order, and the sums that have to hold after each
    Contracts(contracts::Arguments),
    /// Networks in the deterministic simulator under Byzantine nodes, bad links, crashes and power cuts (arguments go to `edgeloom-sim`)
    Consensus {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Malformed and mutated RPC requests on a node process, beside honest traffic (arguments go to `edgeloom-soak`)
    Rpc {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match arguments.soak {
        Soak::StateTests { arguments } => start("edgeloom-conformance", "state-tests", &arguments),
        Soak::Differential { arguments } => {
            let peers = peers::executors()?;
            start("edgeloom-conformance", "differential", &[peers, arguments].concat())
        }
        Soak::Bls { arguments } => {
            let peers = peers::verifiers()?;
            start("edgeloom-kernels", "bls", &[peers, arguments].concat())
        }
        Soak::Proofs { arguments } => start("edgeloom-kernels", "proofs", &arguments),
        Soak::Gpu { arguments } => start("edgeloom-gpu", "soak", &arguments),
        Soak::Contracts(arguments) => contracts::run(&arguments),
        Soak::Consensus { arguments } => start("edgeloom-sim", "consensus", &arguments),
        Soak::Rpc { arguments } => start("edgeloom-soak", "rpc", &arguments),
    }
}

fn start(program: &str, soak: &str, arguments: &[String]) -> Result<()> {
    crate::cargo::build_binaries()?;
    let status = Command::new(binary(program)?).arg(soak).args(arguments).status()?;
    ensure!(status.success(), "soak {soak} ended with {status}");
    Ok(())
}
