//! `edgeloom-soak`: the soaks of the crate of the same name, as `cargo xtask soak` starts them. Standard output holds the
//! one line of a soak; what is found goes to standard error.

use clap::{Parser, Subcommand};
use edgeloom_soak::{Fault, Settings, cheats, proxy, rpc};
use eyre::{Result, eyre};
use std::{path::PathBuf, process::ExitCode, time::Duration};

#[derive(Parser)]
#[command(name = "edgeloom-soak", about = "A node process under load that it does not deserve")]
struct Arguments {
    #[command(subcommand)]
    soak: Soak,
}

#[derive(Subcommand)]
enum Soak {
    /// Malformed and mutated RPC requests beside honest traffic
    Rpc(Rpc),
    /// The faulty proxy, which a planted fault starts
    #[command(hide = true)]
    Proxy { port: u16, upstream: u16, fault: Fault, ipc: PathBuf, upstream_ipc: PathBuf },
}

#[derive(clap::Args)]
struct Rpc {
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[arg(long, default_value_t = 10_000_000)]
    requests: u64,
    /// No turn begins later
    #[arg(long, default_value_t = 24.0 * 60.0)]
    minutes: f64,
    /// Requests a second while the attack is on
    #[arg(long, default_value_t = 1_000)]
    rate: u64,
    /// Expensive requests a second while the attack is on
    #[arg(long, default_value_t = 0.5)]
    heavy: f64,
    /// Seconds of a quiet turn, and of one of attack
    #[arg(long, num_args = 2, default_values_t = [5.0, 15.0])]
    turns: Vec<f64>,
    /// How many times its quiet p99 honest traffic's must stay below
    #[arg(long, default_value_t = 2.0)]
    ratio: f64,
    /// Ask for the methods that drive a development chain too: then no honest traffic is there, nor judged
    #[arg(long)]
    cheats: bool,
    /// A fault that must turn the run red; `list` prints them
    #[arg(long, value_name = "FAULT")]
    plant: Option<String>,
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().soak {
        Soak::Rpc(arguments) => run(&arguments),
        Soak::Proxy { port, upstream, fault, ipc, upstream_ipc } => serve((port, upstream), (ipc, upstream_ipc), fault),
    };
    match ended {
        Ok(code) => code,
        Err(report) => {
            eprintln!("error: {report:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(ports: (u16, u16), sockets: (PathBuf, PathBuf), fault: Fault) -> Result<ExitCode> {
    proxy(ports, sockets, fault).await.map(|()| ExitCode::SUCCESS)
}

fn run(arguments: &Rpc) -> Result<ExitCode> {
    let fault = match arguments.plant.as_deref() {
        None => None,
        Some("list") => {
            Fault::ALL.iter().for_each(|fault| println!("{}", fault.name()));
            return Ok(ExitCode::SUCCESS);
        }
        Some(name) => {
            let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name);
            Some(fault.ok_or_else(|| eyre!("no fault {name}: `--plant list` prints them"))?)
        }
    };
    let soak = if arguments.cheats { cheats } else { rpc };
    let report = soak(Settings {
        seed: arguments.seed,
        requests: arguments.requests,
        time_max: Duration::from_secs_f64(arguments.minutes * 60.0),
        rate: arguments.rate,
        heavy: arguments.heavy,
        turns: (Duration::from_secs_f64(arguments.turns[0]), Duration::from_secs_f64(arguments.turns[1])),
        connections: (24, 8, 4),
        answer_max: Duration::from_secs(90),
        ratio_max: arguments.ratio,
        fault,
    })?;
    for sentence in &report.sentences {
        eprintln!("{sentence}");
    }
    println!("{}", report.line);
    Ok(if report.violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
