//! What an operator can set: the same names as flags, as `EDGELOOM_WORKER_*` variables and in a TOML file. A flag wins over
//! a variable, a variable over the file, the file over the default.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use alloy::primitives::{U256, utils::parse_ether};
use edgeloom_sdk::ClientBuilder;
use serde::Deserialize;
use thiserror::Error;

use crate::{Device, Enrolment, GateOwners, Letting};

/// Settings as given, before defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// TOML file with the same names as these flags
    #[arg(long, env = "EDGELOOM_WORKER_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Node's HTTP address; several with commas, all of one chain: when one fails, the next is asked [default:
    /// http://127.0.0.1:8545]
    #[arg(long, env = "EDGELOOM_WORKER_RPC", value_name = "URL")]
    pub rpc: Option<String>,
    /// Indexer's HTTP address [default: http://127.0.0.1:8550]
    #[arg(long, env = "EDGELOOM_WORKER_INDEX", value_name = "URL")]
    pub index: Option<String>,
    /// Encrypted key of the worker's account; `account new` makes one
    #[arg(long, env = "EDGELOOM_WORKER_KEYSTORE", value_name = "FILE")]
    pub keystore: Option<PathBuf>,
    /// File whose first line is the keystore's password
    #[arg(long, env = "EDGELOOM_WORKER_PASSWORD_FILE", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Directory of journal and models; one process at a time [default: edgeloom-worker]
    #[arg(long, env = "EDGELOOM_WORKER_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address of the status page [default: 127.0.0.1:8700]
    #[arg(long, env = "EDGELOOM_WORKER_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Stake to hold, topped up at start [default: the contract's minimum]
    #[arg(long, env = "EDGELOOM_WORKER_BOND", value_name = "TFUEL")]
    pub bond: Option<String>,
    /// Least price of a job [default: 0; a job that pays less than its gas is refused in any case]
    #[arg(long, env = "EDGELOOM_WORKER_MIN_PRICE", value_name = "WEI")]
    pub min_price: Option<String>,
    /// Jobs under way at once, 1 to 1000 [default: 64]
    #[arg(long, env = "EDGELOOM_WORKER_MAX_PARALLEL", value_name = "N")]
    pub max_parallel: Option<usize>,
    /// Memory for traces of disputable and sealed jobs under way, MiB; others are left until there is room [default: 4096]
    #[arg(long, env = "EDGELOOM_WORKER_MEMORY", value_name = "MIB")]
    pub memory: Option<u64>,
    /// What computes answers [default: cpu]
    #[arg(long, env = "EDGELOOM_WORKER_DEVICE", value_name = "DEVICE")]
    pub device: Option<Device>,
    /// Whether to show computing capacity in rounds, for a part of what the reserve releases to edge nodes [default: auto]
    #[arg(long, env = "EDGELOOM_WORKER_ROUNDS", value_name = "WHEN")]
    pub rounds: Option<Enrolment>,
    /// Whether to bid in auctions of jobs, at what the gas and --min-price come to. A bid has a deposit, which a worker loses that is not running
    /// when it is to be revealed [default: on]
    #[arg(long, env = "EDGELOOM_WORKER_BIDS", value_name = "SWITCH")]
    pub bids: Option<Switch>,
    /// Whether to accept vouchers (POST /vouchers on the status page) as far as they are earmarked, and redeem them [default: on]
    #[arg(long, env = "EDGELOOM_WORKER_VOUCHERS", value_name = "SWITCH")]
    pub vouchers: Option<Switch>,
    /// Whose shares of secrets of media to keep (POST /gates on the status page), to give parts of their keys to those whom tokens let in: off; on,
    /// for anybody's gates, 8 of each owner and 1000 in all; or the accounts of owners, with commas, for up to 10000 gates of theirs and of nobody else
    /// [default: on]
    #[arg(long, env = "EDGELOOM_WORKER_MEDIA", value_name = "OWNERS")]
    pub media: Option<GateOwners>,
    /// Least rate of leases, wei a second; they are taken only where this and --lease-program are given [default: none]
    #[arg(long, env = "EDGELOOM_WORKER_LEASE_RATE", value_name = "WEI")]
    pub lease_rate: Option<String>,
    /// Program that serves leases: called with fit, start or stop, and EDGELOOM_LEASE, _SUBJECT, _REQUESTER, _SPEC (a file) and _UNTIL (Unix
    /// seconds) as variables; it ends in a minute, and can be called again
    #[arg(long, env = "EDGELOOM_WORKER_LEASE_PROGRAM", value_name = "FILE")]
    pub lease_program: Option<PathBuf>,
    /// Seconds that jobs under way get to finish after Ctrl-C [default: 30]
    #[arg(long, env = "EDGELOOM_WORKER_DRAIN_SECONDS", value_name = "N")]
    pub drain_seconds: Option<u64>,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// It is
    #[default]
    On,
    /// It is not; what was begun before is brought to its end
    Off,
}

/// Settings with every default filled in and every value checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// At least one.
    pub rpc: Vec<String>,
    pub index: String,
    pub keystore: Option<PathBuf>,
    pub password_file: Option<PathBuf>,
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Wei; `None` for the contract's minimum.
    pub bond: Option<U256>,
    /// Wei.
    pub min_price: U256,
    pub max_parallel: usize,
    /// Bytes of traces that jobs are begun for at the same time.
    pub memory_max: U256,
    pub device: Device,
    pub rounds: Enrolment,
    pub bids: Switch,
    pub vouchers: Switch,
    pub media: GateOwners,
    /// `None` where the machine is not let.
    pub letting: Option<Letting>,
    pub drain_seconds: u64,
}

/// Settings that cannot be used; each says what would be right.
#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("cannot read {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: Box<toml::de::Error> },
    #[error("bond {0:?} is not an amount of TFUEL, such as 10000 or 12500.5")]
    Bond(String),
    #[error("min-price {0:?} is not a number of wei")]
    MinPrice(String),
    #[error("lease-rate {0:?} is not a number of wei")]
    LeaseRate(String),
    #[error("leases take both lease-rate and lease-program: what a second costs, and what serves")]
    HalfLease,
    #[error("max-parallel {0} is not in 1 to 1000")]
    MaxParallel(usize),
}

impl Config {
    /// A client of these nodes and this index.
    pub(crate) fn client(&self) -> ClientBuilder {
        let mut nodes = self.rpc.iter();
        let first = ClientBuilder::new(nodes.next().map_or("", String::as_str)).index(&self.index);
        nodes.fold(first, ClientBuilder::fallback)
    }
}

impl Settings {
    /// Reads the file, if one is named, and fills in defaults.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting and what it may be.
    pub fn resolve(self) -> Result<Config, SettingsError> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None => Self::default(),
        };
        self.over(file).checked()
    }

    fn over(self, file: Self) -> Self {
        Self {
            config: self.config,
            rpc: self.rpc.or(file.rpc),
            index: self.index.or(file.index),
            keystore: self.keystore.or(file.keystore),
            password_file: self.password_file.or(file.password_file),
            data: self.data.or(file.data),
            listen: self.listen.or(file.listen),
            bond: self.bond.or(file.bond),
            min_price: self.min_price.or(file.min_price),
            max_parallel: self.max_parallel.or(file.max_parallel),
            memory: self.memory.or(file.memory),
            device: self.device.or(file.device),
            rounds: self.rounds.or(file.rounds),
            bids: self.bids.or(file.bids),
            vouchers: self.vouchers.or(file.vouchers),
            media: self.media.or(file.media),
            lease_rate: self.lease_rate.or(file.lease_rate),
            lease_program: self.lease_program.or(file.lease_program),
            drain_seconds: self.drain_seconds.or(file.drain_seconds),
        }
    }

    fn checked(self) -> Result<Config, SettingsError> {
        let bond = match self.bond {
            Some(text) => Some(parse_ether(&text).map_err(|_| SettingsError::Bond(text))?),
            None => None,
        };
        let min_price = match self.min_price {
            Some(text) => U256::from_str_radix(&text, 10).map_err(|_| SettingsError::MinPrice(text))?,
            None => U256::ZERO,
        };
        let letting = match (self.lease_rate, self.lease_program) {
            (Some(text), Some(program)) => {
                let rate = U256::from_str_radix(&text, 10).map_err(|_| SettingsError::LeaseRate(text))?;
                Some(Letting { rate, program })
            }
            (None, None) => None,
            _ => return Err(SettingsError::HalfLease),
        };
        let max_parallel = self.max_parallel.unwrap_or(64);
        if !(1..=1000).contains(&max_parallel) {
            return Err(SettingsError::MaxParallel(max_parallel));
        }
        let rpc = self.rpc.unwrap_or_else(|| "http://127.0.0.1:8545".to_owned());
        Ok(Config {
            rpc: rpc.split(',').map(|url| url.trim().to_owned()).collect(),
            index: self.index.unwrap_or_else(|| format!("http://127.0.0.1:{}", edgeloom_index_api::DEFAULT_PORT)),
            keystore: self.keystore,
            password_file: self.password_file,
            data: self.data.unwrap_or_else(|| PathBuf::from("edgeloom-worker")),
            listen: self.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8700))),
            bond,
            min_price,
            max_parallel,
            memory_max: U256::from(self.memory.unwrap_or(4096)) << 20,
            device: self.device.unwrap_or_default(),
            rounds: self.rounds.unwrap_or_default(),
            bids: self.bids.unwrap_or_default(),
            vouchers: self.vouchers.unwrap_or_default(),
            media: self.media.unwrap_or_default(),
            letting,
            drain_seconds: self.drain_seconds.unwrap_or(30),
        })
    }
}

fn read(path: &Path) -> Result<Settings, SettingsError> {
    let text =
        fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text).map_err(|source| SettingsError::File { path: path.to_owned(), source: Box::new(source) })
}

#[cfg(test)]
mod tests;
