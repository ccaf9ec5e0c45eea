//! `edgeloom run`: its options on the command line and in a file. A key of the file is named as its option; what the command line says
//! goes first, and what neither says has its default.

use super::{Doors, Log, LogFormat, Storage, parse_history};
use alloy::primitives::B256;
use clap::Args;
use eyre::{Result, WrapErr, eyre};
use serde::{Deserialize, Deserializer};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU64,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Port of the peers.
pub(crate) const LISTEN_PORT: u16 = 30_400;
/// Port of JSON-RPC.
pub(crate) const RPC_PORT: u16 = 8545;
/// Port of the metrics.
pub(crate) const METRICS_PORT: u16 = 9545;

#[derive(Debug, Default, Args)]
pub(crate) struct Run {
    /// Options in a TOML file, as `edgeloom testnet init` writes it: keys are the names of these options without the dashes. Paths in it begin at its own
    /// folder. The command line goes before it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where the chain and the votes are kept. Never copy it while a node runs, and never go on voting from an old copy.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(crate) genesis: Option<PathBuf>,
    /// Secret keys of this node, as `edgeloom genesis`, `edgeloom testnet init` or `edgeloom keys encrypt` writes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// The password of encrypted keys, in the first line of a file that only its owner may read [default: systemd's credential
    /// `password`, else the variable EDGELOOM_PASSWORD].
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Where peers connect to [default: 127.0.0.1:30400].
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// The other nodes: identity and address of each. This node may be among them.
    #[arg(long, value_name = "ID@ADDR,…", value_delimiter = ',')]
    pub(crate) peers: Vec<Peer>,
    /// Where JSON-RPC is served (HTTP and WebSocket) [default: 127.0.0.1:8545].
    #[arg(long, value_name = "ADDR")]
    pub(crate) rpc: Option<SocketAddr>,
    /// Serve /metrics (Prometheus), /health and /ready: without an address at 127.0.0.1:9545 [default: not served].
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "127.0.0.1:9545")]
    pub(crate) metrics: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) storage: Storage,
    #[command(flatten)]
    pub(crate) doors: Doors,
    /// Print one line of JSON when the server is up, and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Identity and address of another node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) identity: B256,
    pub(crate) address: SocketAddr,
}

impl FromStr for Peer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (identity, address) = text.split_once('@').ok_or("expected ID@ADDRESS:PORT")?;
        let identity = identity.parse().map_err(|_| format!("{identity:?} is not an identity of 32 hex bytes"))?;
        let address = address.parse().map_err(|_| format!("{address:?} is not an address with a port"))?;
        Ok(Self { identity, address })
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.identity, self.address)
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The file of `--config`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    genesis: Option<PathBuf>,
    keys: Option<PathBuf>,
    password_file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    peers: Vec<Peer>,
    rpc: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    #[serde(deserialize_with = "history")]
    history: Option<NonZeroU64>,
    #[serde(deserialize_with = "cache")]
    cache: Option<u32>,
    ipc: Option<PathBuf>,
    no_ipc: bool,
    cors: Vec<String>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    log_file: Option<PathBuf>,
}

/// The bounds are those of the option.
fn history<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NonZeroU64>, D::Error> {
    let blocks = u64::deserialize(deserializer)?;
    parse_history(&blocks.to_string()).map(Some).map_err(serde::de::Error::custom)
}

fn cache<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let mib = u32::deserialize(deserializer)?;
    let bounds = super::CACHE_MIB;
    if bounds.contains(&mib.into()) {
        return Ok(Some(mib));
    }
    Err(serde::de::Error::custom(format!("{mib} is not in {}..{}", bounds.start, bounds.end)))
}

/// What a node runs with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) genesis: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    pub(crate) peers: Vec<Peer>,
    pub(crate) rpc: SocketAddr,
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) storage: Storage,
    pub(crate) doors: Doors,
    pub(crate) json: bool,
}

impl Run {
    /// These options over those of the file that they name; `log` takes over what the file says of the log.
    ///
    /// # Errors
    /// When the file cannot be read or has a key that is none, or something that has no default is said nowhere.
    pub(crate) fn settings(self, log: &mut Log) -> Result<Settings> {
        let file = self.config.as_deref().map(File::read).transpose()?.unwrap_or_default();
        log.filter = log.filter.take().or(file.log);
        log.format = log.format.or(file.log_format);
        log.file = log.file.take().or(file.log_file);
        let needed = |here: Option<PathBuf>, there: Option<PathBuf>, name: &str| {
            here.or(there).ok_or_else(|| eyre!("--{name} is missing: give it, or {name} = … in the file of --config"))
        };
        let is_open = self.doors.ipc.is_some();
        Ok(Settings {
            data: needed(self.data, file.data, "data")?,
            genesis: needed(self.genesis, file.genesis, "genesis")?,
            keys: needed(self.keys, file.keys, "keys")?,
            password_file: self.password_file.or(file.password_file),
            listen: self.listen.or(file.listen).unwrap_or((Ipv4Addr::LOCALHOST, LISTEN_PORT).into()),
            peers: if self.peers.is_empty() { file.peers } else { self.peers },
            rpc: self.rpc.or(file.rpc).unwrap_or((Ipv4Addr::LOCALHOST, RPC_PORT).into()),
            metrics: self.metrics.or(file.metrics),
            storage: Storage {
                history: self.storage.history.or(file.history),
                cache: self.storage.cache.or(file.cache),
            },
            doors: Doors {
                ipc: self.doors.ipc.or(file.ipc),
                no_ipc: self.doors.no_ipc || (file.no_ipc && !is_open),
                cors: if self.doors.cors.is_empty() { file.cors } else { self.doors.cors },
            },
            json: self.json,
        })
    }
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).wrap_err_with(|| format!("cannot read {}", path.display()))?;
        let mut file: Self = toml::from_str(&text).wrap_err_with(|| format!("{}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let paths = [&mut file.data, &mut file.genesis, &mut file.keys, &mut file.password_file];
        for path in paths.into_iter().chain([&mut file.ipc, &mut file.log_file]).flatten() {
            *path = folder.join(&*path);
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests;
