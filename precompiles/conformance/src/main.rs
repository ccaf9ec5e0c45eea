//! `edgeloom-kernels`: the soaks of the crate of the same name, as `cargo xtask soak` starts them. Standard output holds the
//! one line of a soak; what is found goes to standard error.

mod soaks;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "edgeloom-kernels", about = "What the kernels of the precompiles must refuse, and what others say")]
struct Arguments {
    #[command(subcommand)]
    soak: Soak,
}

#[derive(Subcommand)]
enum Soak {
    /// False claims about keys, signatures and sets, by class, and claims that two other implementations judge
    Bls(soaks::bls::Arguments),
    /// Honest proofs of steps of models, cheats that have to be convicted and proofs that are none; rates that have formulas
    Proofs(soaks::proofs::Arguments),
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().soak {
        Soak::Bls(arguments) => soaks::bls::run(&arguments),
        Soak::Proofs(arguments) => soaks::proofs::run(&arguments),
    };
    match ended {
        Ok(code) => code,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}
