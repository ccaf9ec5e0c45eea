//! The command line. Every flag can be given as an environment variable, too.

use alloy::primitives::{U256, utils::parse_ether};
use clap::{Args as ClapArgs, Parser};
use edgeloom_index_api::DEFAULT_PORT;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};
use url::Url;

/// Indexes an Edgeloom chain and serves what it finds: GraphQL, REST, health and metrics on one port.
#[derive(Clone, Debug, Parser)]
#[command(name = "edgeloom-indexer", version)]
pub struct Args {
    /// A node of the chain; several with commas, all of one chain: when one fails, the next is asked.
    #[arg(long, env = "EDGELOOM_RPC", value_delimiter = ',', required = true, value_name = "URL")]
    pub rpc: Vec<Url>,

    /// The database file; made if it is not there. It belongs to one chain and to one process.
    #[arg(long, env = "EDGELOOM_INDEX_DB", default_value = "edgeloom-index.db", value_name = "FILE")]
    pub db: PathBuf,

    /// Where to serve; port 0 takes a free one.
    #[arg(long, env = "EDGELOOM_INDEX_LISTEN", default_value_t = SocketAddr::from(([127, 0, 0, 1], DEFAULT_PORT)), value_name = "ADDR")]
    pub listen: SocketAddr,

    /// Give up when no node answers for so long at the start. (Later it is waited for without end.)
    #[arg(long, env = "EDGELOOM_INDEX_PATIENCE", default_value_t = 60, value_name = "SECONDS")]
    pub patience_seconds: u64,

    /// Proxies (IP addresses, with commas) whose X-Forwarded-For says who asks.
    #[arg(long, env = "EDGELOOM_INDEX_TRUSTED_PROXY", value_delimiter = ',', value_name = "IP")]
    pub trusted_proxy: Vec<IpAddr>,

    /// A folder with compilers for contract verification: native ones as solc-0.8.30 or 0.8.30/solc-0.8.30, or where npm
    /// installed solc. Several with commas; svm's folder is always looked into.
    #[arg(long, env = "EDGELOOM_SOLC_DIR", value_delimiter = ',', value_name = "DIR")]
    pub solc_dir: Vec<PathBuf>,

    #[command(flatten)]
    pub chain: ChainArgs,

    #[command(flatten)]
    pub faucet: FaucetArgs,

    /// Print the ready line as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `/chain.json` says.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "The chain, as wallets see it")]
pub struct ChainArgs {
    #[arg(long, env = "EDGELOOM_CHAIN_NAME", default_value = "Edgeloom", value_name = "NAME")]
    pub chain_name: String,

    /// Short name for lists of chains, and before addresses (ERC-3770).
    #[arg(long, env = "EDGELOOM_CHAIN_SHORT_NAME", default_value = "edgeloom", value_name = "NAME")]
    pub chain_short_name: String,

    /// Where users reach nodes, with commas; --rpc unless given. Wallets want https unless it is this machine.
    #[arg(long, env = "EDGELOOM_PUBLIC_RPC", value_delimiter = ',', value_name = "URL")]
    pub public_rpc: Vec<Url>,

    /// Where users reach this indexer; --listen unless given.
    #[arg(long, env = "EDGELOOM_PUBLIC_INDEX", value_name = "URL")]
    pub public_index: Option<Url>,

    /// A page about the chain.
    #[arg(long, env = "EDGELOOM_INFO_URL", default_value = env!("CARGO_PKG_REPOSITORY"), value_name = "URL")]
    pub info_url: Url,

    /// A block explorer that follows EIP-3091. Wallets want https.
    #[arg(long, env = "EDGELOOM_EXPLORER", value_name = "URL")]
    pub explorer: Option<Url>,
}

/// The faucet, which is off without a key.
#[derive(Clone, Debug, ClapArgs)]
#[command(next_help_heading = "Faucet")]
pub struct FaucetArgs {
    /// Pay from this key: a file (mode 600) with 64 hex digits, or an encrypted keystore. This turns the faucet on.
    #[arg(long, env = "EDGELOOM_FAUCET_KEY", value_name = "FILE")]
    pub faucet_key: Option<PathBuf>,

    /// The keystore's password (mode 600).
    #[arg(long, env = "EDGELOOM_FAUCET_PASSWORD_FILE", value_name = "FILE", requires = "faucet_key")]
    pub faucet_password_file: Option<PathBuf>,

    /// What one payment is.
    #[arg(long, env = "EDGELOOM_FAUCET_AMOUNT", default_value = "10", value_parser = tfuel, value_name = "TFUEL")]
    pub faucet_amount: U256,

    /// What is paid in all in 24 hours.
    #[arg(long, env = "EDGELOOM_FAUCET_DAILY", default_value = "1000", value_parser = tfuel, value_name = "TFUEL")]
    pub faucet_daily: U256,

    /// Payments to one address in 24 hours.
    #[arg(long, env = "EDGELOOM_FAUCET_PER_ADDRESS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000), value_name = "COUNT")]
    pub faucet_per_address: u64,

    /// Payments to one network address in 24 hours.
    #[arg(long, env = "EDGELOOM_FAUCET_PER_IP", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1_000_000), value_name = "COUNT")]
    pub faucet_per_ip: u64,
}

fn tfuel(text: &str) -> Result<U256, String> {
    match parse_ether(text) {
        Ok(amount) if !amount.is_zero() => Ok(amount),
        _ => Err("give an amount of TFUEL above zero, such as 10 or 0.5".into()),
    }
}
