//! What operators do beside running nodes.

use super::{Epochs, Funds, METRICS_PORT, RPC_PORT, Voted};
use clap::{Args, Subcommand};
use std::{net::IpAddr, path::PathBuf};

/// Where a node answers.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// JSON-RPC of the node.
    #[arg(long, value_name = "URL", default_value_t = format!("http://127.0.0.1:{RPC_PORT}"))]
    pub(crate) rpc: String,
    /// Metrics of the node, which say more than JSON-RPC does.
    #[arg(long, value_name = "URL", default_value_t = format!("http://127.0.0.1:{METRICS_PORT}/metrics"))]
    pub(crate) metrics: String,
    /// Print one report and end. So it is, too, where standard output is no terminal.
    #[arg(long)]
    pub(crate) once: bool,
    /// Print one report as JSON and end.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Testnet {
    /// Write genesis, and a folder for each node: configuration, encrypted keys, start script and systemd unit.
    Init(TestnetInit),
}

#[derive(Debug, Args)]
pub(crate) struct TestnetInit {
    /// How many validators.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=31))]
    pub(crate) validators: u16,
    /// How many guardians: each gets an account with TFUEL for gas and a BLS key.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub(crate) guardians: u16,
    /// Where to write; it must be empty or absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// IP address of each validator's machine, in order, each with the usual ports. Without it all are on this machine, on ports of
    /// their own.
    #[arg(long, value_name = "IP,…", value_delimiter = ',')]
    pub(crate) hosts: Vec<IpAddr>,
    /// Chain id.
    #[arg(long, value_name = "ID", default_value_t = crate::genesis::DEVNET_CHAIN_ID, value_parser = clap::value_parser!(u64).range(1..=u64::MAX / 2 - 36))]
    pub(crate) chain_id: u64,
    /// Validator i of one machine listens for its peers on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = super::LISTEN_PORT)]
    pub(crate) base_port: u16,
    /// Validator i of one machine serves JSON-RPC on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = RPC_PORT)]
    pub(crate) rpc_port: u16,
    /// Validator i of one machine serves its metrics on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = METRICS_PORT)]
    pub(crate) metrics_port: u16,
    #[command(flatten)]
    pub(crate) epochs: Epochs,
    #[command(flatten)]
    pub(crate) voted: Voted,
    #[command(flatten)]
    pub(crate) funds: Funds,
}

/// Where a chain is.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The data directory; its node must not run.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Database {
    /// Read everything again and compare: hashes of blocks, roots of transactions and receipts, senders, certificates, and the root of
    /// the newest state recomputed from every account. Names the first fault.
    Check(Check),
    /// Rewrite the tables without what was overwritten or pruned.
    Compact(Where),
    /// Write blocks with their certificates to a file.
    Export(Export),
    /// Execute the blocks of a file after those that are there. The final ones of them are kept: up to the last with a
    /// certificate.
    Import(Import),
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Genesis of the chain.
    #[arg(long, value_name = "FILE")]
    pub(crate) genesis: PathBuf,
    /// Begin at this block.
    #[arg(long, value_name = "HEIGHT", default_value_t = 0)]
    pub(crate) from: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) place: Where,
    /// The file; it must not exist.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// First block.
    #[arg(long, value_name = "HEIGHT", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) from: u64,
    /// Last block [default: the newest].
    #[arg(long, value_name = "HEIGHT")]
    pub(crate) to: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Genesis of the chain.
    #[arg(long, value_name = "FILE")]
    pub(crate) genesis: PathBuf,
    /// As `edgeloom db export` wrote it.
    #[arg(long = "in", value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Write a validator's keys again under a password.
    Encrypt(Encrypt),
    /// Print the public keys of a key file.
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Encrypt {
    /// The keys as they are.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// Where to write them; it must not exist.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The password, in the first line of a file that only its owner may read [default: EDGELOOM_PASSWORD].
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
}
