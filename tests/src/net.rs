//! A network of processes: validators with real consensus over loopback, an indexer, and workers.

use crate::{Process, binary, free_ports, require_empty};
use alloy::{
    primitives::{Address, B256},
    signers::local::{MnemonicBuilder, PrivateKeySigner, coins_bip39::English},
};
use edgeloom_sdk::{Client, ClientBuilder};
use eyre::{Result, WrapErr, ensure, eyre};
use serde::Deserialize;
use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

/// The mnemonic of development chains everywhere. Its accounts are funded by development genesis files only.
const DEV_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// The `index`th account of [`DEV_MNEMONIC`].
///
/// # Errors
/// Never for the indices of BIP-44.
pub fn dev_signer(index: u32) -> Result<PrivateKeySigner> {
    MnemonicBuilder::<English>::default().phrase(DEV_MNEMONIC).index(index)?.build().wrap_err("mnemonic")
}

/// The faucet's key: the last account of the test mnemonic that every network funds, in a file that only its owner reads.
fn faucet_key(folder: &Path) -> Result<PathBuf> {
    const FAUCET_ACCOUNT: u32 = 19;
    let path = folder.join("faucet.key");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&path)?;
    writeln!(file, "{}", dev_signer(FAUCET_ACCOUNT)?.to_bytes())?;
    Ok(path)
}

/// Where a network lives and listens.
#[derive(Clone, Debug)]
pub struct NetConfig {
    /// Holds genesis, keys, databases and logs; must be empty or absent.
    pub folder: PathBuf,
    pub validators: u16,
    /// Validator i listens for peers at `p2p_port + i` and serves RPC at `rpc_port + i`.
    pub p2p_port: u16,
    pub rpc_port: u16,
    pub index_port: u16,
    /// Worker i serves its status page at `worker_port + i`.
    pub worker_port: u16,
    pub workers: u16,
    /// More arguments of `edgeloom genesis`.
    pub genesis: Vec<String>,
}

impl NetConfig {
    /// Every port of the network in one row that is free now.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn on_free_ports(folder: PathBuf, validators: u16, workers: u16) -> Result<Self> {
        let rpc_port = free_ports(2 * validators + 1 + workers)?;
        let (p2p_port, index_port) = (rpc_port + validators, rpc_port + 2 * validators);
        Ok(Self {
            folder,
            validators,
            p2p_port,
            rpc_port,
            index_port,
            worker_port: index_port + 1,
            workers,
            genesis: Vec::new(),
        })
    }
}

#[derive(Debug, Deserialize)]
struct RpcReady {
    rpc: String,
}

/// What the indexer prints when it serves.
#[derive(Debug, Deserialize)]
pub struct IndexReady {
    /// Its URL.
    pub indexer: String,
    /// The newest block that its database holds; `None` for a new one.
    pub block: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct WorkerReady {
    worker: Address,
}

#[derive(Debug, Deserialize)]
struct NewAccount {
    address: Address,
}

/// The identity key in a validator's key file.
#[derive(Deserialize)]
struct KeyFile {
    identity: B256,
}

/// A running network. Dropping it kills every process.
#[derive(Debug)]
pub struct Net {
    config: NetConfig,
    peers: String,
    validators: Vec<Option<Process>>,
    indexer: Option<Process>,
    workers: Vec<Option<Process>>,
    accounts: Vec<Address>,
}

const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(30);
const PASSWORD: &str = "demo";
/// What each worker starts with, TFUEL: its bond and gas for many jobs.
const WORKER_FUNDS: u32 = 20_000;

impl Net {
    /// Makes genesis, keys and worker accounts in the folder, and starts the validators.
    ///
    /// # Errors
    /// When the folder is not empty, a port is taken, or a process does not come up; the message says which.
    pub async fn start(config: NetConfig) -> Result<Self> {
        require_empty(&config.folder)?;
        fs::create_dir_all(&config.folder).wrap_err_with(|| format!("cannot make {}", config.folder.display()))?;
        let mut accounts = Vec::new();
        for worker in 0..config.workers {
            accounts.push(new_account(&config, worker).await?);
        }
        let mut arguments = vec!["genesis".to_owned(), "--validators".into(), config.validators.to_string()];
        arguments.extend(["--out".into(), config.folder.join("genesis").display().to_string()]);
        for account in &accounts {
            arguments.extend(["--fund".into(), format!("{account}={WORKER_FUNDS}")]);
        }
        arguments.extend(config.genesis.iter().cloned());
        let mut process = Process::spawn("genesis", &binary("edgeloom")?, &arguments, &config.folder)?;
        let status = process.wait(START).await?;
        ensure!(status.success(), "edgeloom genesis ended with {status}:\n{}", process.tail());
        let peers = peers(&config)?;
        let (validators, workers) = (usize::from(config.validators), usize::from(config.workers));
        let mut net = Self {
            config,
            peers,
            validators: (0..validators).map(|_| None).collect(),
            indexer: None,
            workers: (0..workers).map(|_| None).collect(),
            accounts,
        };
        for validator in 0..net.config.validators {
            net.launch_validator(validator)?;
        }
        for validator in net.validators.iter_mut().flatten() {
            let ready: RpcReady = validator.ready(START).await?;
            ensure!(ready.rpc.starts_with("http"), "{} serves at {}", validator.name(), ready.rpc);
        }
        Ok(net)
    }

    pub fn config(&self) -> &NetConfig {
        &self.config
    }

    /// RPC of a validator.
    pub fn rpc(&self, validator: u16) -> String {
        format!("http://127.0.0.1:{}", self.config.rpc_port + validator)
    }

    pub fn index(&self) -> String {
        format!("http://127.0.0.1:{}", self.config.index_port)
    }

    pub fn worker_page(&self, worker: u16) -> String {
        format!("http://127.0.0.1:{}", self.config.worker_port + worker)
    }

    /// What peers and the chain call a validator: its ed25519 key.
    ///
    /// # Errors
    /// When its key file cannot be read.
    pub fn identity(&self, validator: u16) -> Result<B256> {
        identity(&self.config, validator)
    }

    /// The workers' accounts, in order.
    pub fn accounts(&self) -> &[Address] {
        &self.accounts
    }

    /// A client that talks to `validator` and signs as `signer`.
    ///
    /// # Errors
    /// When the validator does not answer.
    pub async fn client(&self, validator: u16, signer: PrivateKeySigner) -> Result<Client> {
        let builder = ClientBuilder::new(self.rpc(validator)).index(self.index()).signer(signer);
        Client::connect(builder).await.wrap_err_with(|| format!("validator {validator}"))
    }

    fn launch_validator(&mut self, validator: u16) -> Result<()> {
        let genesis = self.config.folder.join("genesis");
        let path = |path: PathBuf| path.display().to_string();
        let arguments = [
            "run".to_owned(),
            "--data".into(),
            path(self.config.folder.join(format!("validator-{validator}"))),
            "--genesis".into(),
            path(genesis.join("genesis.json")),
            "--keys".into(),
            path(genesis.join(format!("keys-{validator}.json"))),
            "--listen".into(),
            format!("127.0.0.1:{}", self.config.p2p_port + validator),
            "--peers".into(),
            self.peers.clone(),
            "--rpc".into(),
            format!("127.0.0.1:{}", self.config.rpc_port + validator),
            "--json".into(),
        ];
        let name = format!("validator-{validator}");
        let process = Process::spawn(&name, &binary("edgeloom")?, &arguments, &self.config.folder)?;
        self.validators[usize::from(validator)] = Some(process);
        Ok(())
    }

    /// Starts a validator that was killed, on its own data, and waits until it serves.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn restart_validator(&mut self, validator: u16) -> Result<()> {
        self.launch_validator(validator)?;
        let process = self.validators[usize::from(validator)].as_mut().ok_or_else(|| eyre!("just started"))?;
        process.ready::<RpcReady>(START).await.map(drop)
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill_validator(&mut self, validator: u16) -> Result<()> {
        let process = self.validators[usize::from(validator)].take();
        process.ok_or_else(|| eyre!("validator {validator} does not run"))?.kill_9()
    }

    /// Starts the indexer on its database (a new one, or where it stopped). It knows every validator, and its faucet pays
    /// from an account of the test mnemonic.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_indexer(&mut self) -> Result<IndexReady> {
        let nodes: Vec<_> = (0..self.config.validators).map(|validator| self.rpc(validator)).collect();
        let arguments = [
            "--rpc".to_owned(),
            nodes.join(","),
            "--db".into(),
            self.config.folder.join("index.sqlite").display().to_string(),
            "--listen".into(),
            format!("127.0.0.1:{}", self.config.index_port),
            "--faucet-key".into(),
            faucet_key(&self.config.folder)?.display().to_string(),
            "--json".into(),
        ];
        let mut process = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, &self.config.folder)?;
        let ready: IndexReady = process.ready(START).await?;
        ensure!(ready.indexer == self.index(), "the indexer serves at {}", ready.indexer);
        self.indexer = Some(process);
        Ok(ready)
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill_indexer(&mut self) -> Result<()> {
        self.indexer.take().ok_or_else(|| eyre!("the indexer does not run"))?.kill_9()
    }

    /// SIGTERM, and how it ended.
    ///
    /// # Errors
    /// When it does not run, or goes on for half a minute.
    pub async fn stop_indexer(&mut self) -> Result<ExitStatus> {
        let mut process = self.indexer.take().ok_or_else(|| eyre!("the indexer does not run"))?;
        process.stop(STOP).await
    }

    /// Starts a worker on its data (a new one, or where it stopped).
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_worker(&mut self, worker: u16) -> Result<()> {
        let command = self.worker_command(worker, self.config.worker_port + worker)?;
        let mut process = Process::start(&format!("worker-{worker}"), command, &self.config.folder)?;
        let ready: WorkerReady = process.ready(START).await?;
        ensure!(ready.worker == self.accounts[usize::from(worker)], "worker {worker} runs as {}", ready.worker);
        self.workers[usize::from(worker)] = Some(process);
        Ok(())
    }

    /// The command line of a worker, with its status page at `port`.
    ///
    /// # Errors
    /// When the worker is not built.
    pub fn worker_command(&self, worker: u16, port: u16) -> Result<Command> {
        let folder = self.config.folder.join(format!("worker-{worker}"));
        let mut command = Command::new(binary("edgeloom-worker")?);
        // Not the validator that the demo kills.
        command.args(["run", "--rpc", &self.rpc(worker % self.config.validators.max(2).div_ceil(2))]);
        command.args(["--index", &self.index(), "--listen", &format!("127.0.0.1:{port}"), "--json"]);
        // They take all cores, and transactions besides those that jobs take; their journey has its own workers.
        command.args(["--rounds", "off"]);
        for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
            command.arg(option).arg(folder.join(file));
        }
        Ok(command)
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill_worker(&mut self, worker: u16) -> Result<()> {
        let process = self.workers[usize::from(worker)].take();
        process.ok_or_else(|| eyre!("worker {worker} does not run"))?.kill_9()
    }

    /// # Errors
    /// When a process of the network ended by itself: its name and the end of its log.
    pub fn check_alive(&mut self) -> Result<()> {
        let all = self.validators.iter_mut().chain(self.workers.iter_mut()).chain([&mut self.indexer]);
        for process in all.flatten() {
            ensure!(process.is_running()?, "{} ended by itself; its log ends:\n{}", process.name(), process.tail());
        }
        Ok(())
    }
}

async fn new_account(config: &NetConfig, worker: u16) -> Result<Address> {
    let folder = config.folder.join(format!("worker-{worker}"));
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("password"), PASSWORD)?;
    let path = |name: &str| folder.join(name).display().to_string();
    let arguments = ["account", "new", "--keystore", &path("key.json"), "--password-file", &path("password"), "--json"];
    let mut process =
        Process::spawn(&format!("account-{worker}"), &binary("edgeloom-worker")?, &arguments, &config.folder)?;
    let status = process.wait(START).await?;
    ensure!(status.success(), "edgeloom-worker account new ended with {status}:\n{}", process.tail());
    Ok(process.ready::<NewAccount>(START).await?.address)
}

fn identity(config: &NetConfig, validator: u16) -> Result<B256> {
    let file = config.folder.join(format!("genesis/keys-{validator}.json"));
    let keys: KeyFile = serde_json::from_str(&fs::read_to_string(&file)?)
        .wrap_err_with(|| format!("{} is not a key file", file.display()))?;
    Ok(keys.identity)
}

fn peers(config: &NetConfig) -> Result<String> {
    let peers = (0..config.validators)
        .map(|validator| Ok(format!("{}@127.0.0.1:{}", identity(config, validator)?, config.p2p_port + validator)));
    Ok(peers.collect::<Result<Vec<_>>>()?.join(","))
}

/// Polls `condition` until it gives a value.
///
/// # Errors
/// When the deadline passes first, saying what was waited for; or the condition's own error.
pub async fn wait_for<T>(
    what: &str,
    deadline: Duration,
    mut condition: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = condition().await? {
            return Ok(value);
        }
        ensure!(started.elapsed() < deadline, "waited {deadline:?} for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
