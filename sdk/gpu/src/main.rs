//! `edgeloom-gpu`: the graphics adapters of this machine, and long trials of them, as `cargo xtask soak gpu` starts them. Standard
//! output holds an adapter a line, or the one line of a soak; what is found goes to standard error.

mod soak;

use clap::{Parser, Subcommand};
use edgeloom_gpu::Gpu;
use soak::{Soak, soak};
use std::process::ExitCode;

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
