//! The `edgeloom` binary: arguments, configuration, wiring. It knows no rule of the chain: what is decided is decided
//! in the crates that it wires together.

mod arguments;
mod dev;
mod devnet;
mod genesis;
mod keys;
mod open;
mod ready;
mod run;
mod signals;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::{io::IsTerminal as _, process::ExitCode};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,edgeloom=info"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let done = match Arguments::parse().command {
        Command::Dev(arguments) => dev::command(arguments),
        Command::Devnet(arguments) => devnet::command(arguments),
        Command::Genesis(arguments) => genesis::command(&arguments),
        Command::Init(arguments) => open::init(&arguments),
        Command::Run(arguments) => run::command(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}
