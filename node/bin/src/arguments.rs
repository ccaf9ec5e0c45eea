//! The command line.

mod operate;
mod run;

use alloy::{
    primitives::{Address, U256, utils::parse_ether},
    sol_types::SolEnum as _,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use edgeloom_bindings::IParameters::Parameter;
use serde::Deserialize;
use std::{net::IpAddr, num::NonZeroU64, ops::Range, path::PathBuf};

pub(crate) use operate::{Check, Database, Encrypt, Export, Import, Keys, Show, Status, Testnet, TestnetInit, Where};
pub(crate) use run::{LISTEN_PORT, METRICS_PORT, Peer, RPC_PORT, Run, Settings};

/// Edgeloom's node.
#[derive(Debug, Parser)]
#[command(name = "edgeloom", version, about = "Edgeloom's node: a development chain, a local network, or a validator")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) log: Log,
}

/// What is logged, how, and where to.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Log {
    /// Levels, for all and for parts: `info`, or `warn,edgeloom_consensus=debug` [default: RUST_LOG, else warn,edgeloom=info].
    #[arg(id = "log", long = "log", global = true, value_name = "FILTER")]
    pub(crate) filter: Option<String>,
    /// A line of text or an object of JSON for each event [default: text].
    #[arg(id = "log-format", long = "log-format", global = true, value_name = "FORMAT")]
    pub(crate) format: Option<LogFormat>,
    /// Append to this file instead of standard error.
    #[arg(id = "log-file", long = "log-file", global = true, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a development chain: one process, a block for every transaction, well-known funded accounts.
    Dev(Dev),
    /// Run a network of validators on this machine, each a process of its own.
    Devnet(Devnet),
    /// Write genesis.json and the keys of its validators.
    Genesis(Genesis),
    /// Make a data directory for the chain of a genesis file.
    Init(Init),
    /// Run a node of a network.
    Run(Run),
    /// Show how a node is, live in a terminal.
    Status(Status),
    /// Make everything that the machines of a network need.
    #[command(subcommand)]
    Testnet(Testnet),
    /// Check, compact, export or import the chain in a data directory whose node does not run.
    #[command(subcommand)]
    Db(Database),
    /// Encrypt key files, or show what they are.
    #[command(subcommand)]
    Keys(Keys),
}

/// Which states to keep, and how much of the database in memory.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Storage {
    /// Keep the states of the last so many blocks, and prune older ones; blocks and receipts stay. Without it the node is
    /// an archive, which answers for every block. At least 64, so that who was told the newest block can still read it.
    #[arg(long, value_name = "BLOCKS", value_parser = parse_history)]
    pub(crate) history: Option<NonZeroU64>,
    /// Most of the database that is kept in memory, in MiB; a chain of millions of accounts is faster with more
    /// [default: 512].
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(CACHE_MIB))]
    pub(crate) cache: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Address of the JSON-RPC server (HTTP and WebSocket).
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Port of the JSON-RPC server.
    #[arg(long, short, default_value_t = 8545)]
    pub(crate) port: u16,
    /// Keep the chain in this directory. Without it the chain lives in memory and is gone at the end.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Seal a block every so many milliseconds instead of one for every transaction.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    pub(crate) block_time: Option<u64>,
    /// Seal blocks only when they are asked for (evm_mine).
    #[arg(long, visible_alias = "no-mine", conflicts_with = "block_time")]
    pub(crate) no_mining: bool,
    /// Seal a block for every transaction, and one every --block-time as well.
    #[arg(long, visible_alias = "mixed-mining", requires = "block_time")]
    pub(crate) mixed: bool,
    /// How many accounts of the mnemonic a new chain funds, with 10,000 TFUEL each [default: 20].
    #[arg(long, short, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) accounts: Option<u32>,
    /// Whose accounts are funded and unlocked. Anybody who knows it owns them.
    #[arg(long, short, value_name = "WORDS", default_value = crate::keys::TEST_MNEMONIC)]
    pub(crate) mnemonic: String,
    /// Chain id of a new chain [default: 31337].
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(u64).range(1..=u64::MAX / 2 - 36))]
    pub(crate) chain_id: Option<u64>,
    /// Timestamp of a new chain's genesis block, in seconds; its time goes on from there.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=1 << 48))]
    pub(crate) timestamp: Option<u64>,
    /// Blocks of an epoch of a new chain [default: 10000].
    #[arg(long, value_name = "BLOCKS", value_parser = parse_epoch_length)]
    pub(crate) epoch_length: Option<NonZeroU64>,
    #[command(flatten)]
    pub(crate) voted: Voted,
    /// Gas limit of the blocks [default: 90000000].
    #[arg(long, value_name = "GAS", value_parser = clap::value_parser!(u64).range(21_000..))]
    pub(crate) gas_limit: Option<u64>,
    /// Load the state in this file at the start, if it is there, and write it at the end and every --state-interval.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["load_state", "dump_state"])]
    pub(crate) state: Option<PathBuf>,
    /// Load the state in this file at the start.
    #[arg(long, value_name = "FILE")]
    pub(crate) load_state: Option<PathBuf>,
    /// Write the state to this file at the end.
    #[arg(long, value_name = "FILE")]
    pub(crate) dump_state: Option<PathBuf>,
    /// Seconds between two writes of --state or --dump-state [default: only at the end].
    #[arg(long, short = 'i', value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub(crate) state_interval: Option<u64>,
    /// Print nothing.
    #[arg(long, conflicts_with = "json")]
    pub(crate) silent: bool,
    #[command(flatten)]
    pub(crate) storage: Storage,
    #[command(flatten)]
    pub(crate) doors: Doors,
    /// Print one line of JSON when the server is up, and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Ways to JSON-RPC beside its port, and who may take that.
#[derive(Debug, Default, Args)]
pub(crate) struct Doors {
    /// Serve JSON-RPC on a Unix socket too [default: edgeloom.ipc in the data directory, when there is one].
    #[arg(long, value_name = "PATH")]
    pub(crate) ipc: Option<PathBuf>,
    /// Serve no Unix socket.
    #[arg(long, conflicts_with = "ipc")]
    pub(crate) no_ipc: bool,
    /// Origins whose pages may ask from a browser, or `*` for all [default: *].
    #[arg(long, value_name = "ORIGIN,…", value_delimiter = ',')]
    pub(crate) cors: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Devnet {
    /// How many validators.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=31))]
    pub(crate) validators: u16,
    /// Keep chains, keys and logs in this directory, or go on with the network that is in it. Without it they are
    /// gone at the end.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Validator i listens for its peers on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = 30_400)]
    pub(crate) base_port: u16,
    /// Validator i serves JSON-RPC on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = 8545)]
    pub(crate) rpc_port: u16,
    /// Validator i serves its metrics on this port + i.
    #[arg(long, value_name = "PORT", default_value_t = METRICS_PORT)]
    pub(crate) metrics_port: u16,
    #[command(flatten)]
    pub(crate) storage: Storage,
    #[command(flatten)]
    pub(crate) epochs: Epochs,
    #[command(flatten)]
    pub(crate) voted: Voted,
    #[command(flatten)]
    pub(crate) funds: Funds,
    /// Print one line of JSON when the network is up, and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Genesis {
    /// How many validators.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=31))]
    pub(crate) validators: u16,
    /// Where to write genesis.json and keys-0.json, keys-1.json and so on.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) epochs: Epochs,
    #[command(flatten)]
    pub(crate) voted: Voted,
    #[command(flatten)]
    pub(crate) funds: Funds,
}

#[derive(Debug, Args)]
pub(crate) struct Epochs {
    /// Blocks of an epoch, two at least: committees, jail, rewards and voted rules change from one epoch to the next.
    #[arg(long, value_name = "BLOCKS", default_value = "10000", value_parser = parse_epoch_length)]
    pub(crate) epoch_length: NonZeroU64,
}

fn parse_epoch_length(text: &str) -> Result<NonZeroU64, String> {
    let length = text.parse().map_err(|error| format!("{error}"))?;
    NonZeroU64::new(length).filter(|length| length.get() >= 2).ok_or_else(|| "an epoch has two blocks at least".into())
}

#[derive(Debug, Default, Args)]
pub(crate) struct Voted {
    /// Begin with another value of a governed parameter (IParameters), within its bounds, as if it had been voted:
    /// CheckpointInterval=20, say. May be given many times.
    #[arg(long = "set", value_name = "PARAMETER=VALUE", value_parser = parse_parameter)]
    pub(crate) set: Vec<(Parameter, U256)>,
}

fn parse_parameter(text: &str) -> Result<(Parameter, U256), String> {
    let (name, value) = text.split_once('=').ok_or("expected PARAMETER=VALUE")?;
    let all = || (0..Parameter::COUNT as u8).filter_map(|number| Parameter::try_from(number).ok());
    let parameter = all().find(|parameter| format!("{parameter:?}") == name).ok_or_else(|| {
        let names: Vec<_> = all().map(|parameter| format!("{parameter:?}")).collect();
        format!("{name} is no parameter; those are {}", names.join(", "))
    })?;
    Ok((parameter, value.parse().map_err(|error| format!("{value}: {error}"))?))
}

#[derive(Debug, Default, Args)]
pub(crate) struct Funds {
    /// Fund one more account from the treasury. May be given many times.
    #[arg(long = "fund", value_name = "ADDRESS=TFUEL", value_parser = parse_fund)]
    pub(crate) fund: Vec<(Address, U256)>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Genesis in geth's format with `config.edgeloom`.
    #[arg(long, value_name = "FILE")]
    pub(crate) genesis: PathBuf,
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// What a cache may have, MiB.
const CACHE_MIB: Range<i64> = 8..(1 << 20) + 1;

/// Fewest states that can be kept.
const HISTORY_MIN: u64 = 64;

fn parse_history(text: &str) -> Result<NonZeroU64, String> {
    let blocks = text.parse::<NonZeroU64>().ok().filter(|blocks| blocks.get() >= HISTORY_MIN);
    blocks.ok_or_else(|| format!("{text:?} is not a number of blocks, at least {HISTORY_MIN}"))
}

fn parse_fund(text: &str) -> Result<(Address, U256), String> {
    let (address, amount) = text.split_once('=').ok_or("expected ADDRESS=TFUEL")?;
    let address = address.parse().map_err(|_| format!("{address:?} is not an address"))?;
    // The parser of amounts takes a sign.
    let digits = amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let parsed = parse_ether(amount).ok().filter(|_| digits);
    let amount = parsed.ok_or_else(|| format!("{amount:?} is not an amount of TFUEL"))?;
    Ok((address, amount))
}

#[cfg(test)]
mod tests;
