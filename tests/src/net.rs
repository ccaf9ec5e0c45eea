//! A network of processes: validators with real consensus over loopback, an indexer, and workers.

use crate::{Process, binary};
use alloy::{
    primitives::{Address, B256},
    signers::local::{MnemonicBuilder, PrivateKeySigner, coins_bip39::English},
};
use edgeloom_sdk::{Client, ClientBuilder};
use eyre::{Result, WrapErr, ensure, eyre};
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// The mnemonic of development chains everywhere. Its accounts are funded by development genesis files only.
pub const DEV_MNEMONIC: &str = "test test test test test test test test test test test junk";

/// The `index`th account of [`DEV_MNEMONIC`].
///
/// # Errors
/// Never for the indices of BIP-44.
pub fn dev_signer(index: u32) -> Result<PrivateKeySigner> {
    MnemonicBuilder::<English>::default().phrase(DEV_MNEMONIC).index(index)?.build().wrap_err("mnemonic")
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
}

#[derive(Debug, Deserialize)]
struct RpcReady {
    rpc: String,
}

#[derive(Debug, Deserialize)]
struct IndexReady {
    indexer: String,
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
const PASSWORD: &str = "demo";
/// What each worker starts with, TFUEL: its bond and gas for many jobs.
const WORKER_FUNDS: u32 = 20_000;

impl Net {
    /// Makes genesis, keys and worker accounts in the folder, and starts the validators.
    ///
    /// # Errors
    /// When the folder is not empty, a port is taken, or a process does not come up; the message says which.
    pub fn start(config: NetConfig) -> Result<Self> {
        prepare_folder(&config.folder)?;
        let accounts = (0..config.workers).map(|worker| new_account(&config, worker)).collect::<Result<Vec<_>>>()?;
        let mut arguments = vec!["genesis".to_owned(), "--validators".into(), config.validators.to_string()];
        arguments.extend(["--out".into(), config.folder.join("genesis").display().to_string()]);
        for account in &accounts {
            arguments.extend(["--fund".into(), format!("{account}={WORKER_FUNDS}")]);
        }
        let mut process = Process::spawn("genesis", &binary("edgeloom")?, &arguments, &config.folder)?;
        let status = process.wait(START)?;
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
            let ready: RpcReady = validator.ready(START)?;
            ensure!(ready.rpc.starts_with("http"), "{} serves at {}", validator.name(), ready.rpc);
        }
        Ok(net)
    }

    pub fn config(&self) -> &NetConfig {
        &self.config
    }

    pub fn genesis(&self) -> PathBuf {
        self.config.folder.join("genesis/genesis.json")
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
    pub fn restart_validator(&mut self, validator: u16) -> Result<()> {
        self.launch_validator(validator)?;
        let process = self.validators[usize::from(validator)].as_mut().ok_or_else(|| eyre!("just started"))?;
        process.ready::<RpcReady>(START).map(drop)
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill_validator(&mut self, validator: u16) -> Result<()> {
        let process = self.validators[usize::from(validator)].take();
        process.ok_or_else(|| eyre!("validator {validator} does not run"))?.kill_9()
    }

    /// Starts the indexer on its database (a new one, or where it stopped).
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_indexer(&mut self) -> Result<()> {
        let arguments = [
            "--rpc".to_owned(),
            self.rpc(0),
            "--db".into(),
            self.config.folder.join("index.sqlite").display().to_string(),
            "--listen".into(),
            format!("127.0.0.1:{}", self.config.index_port),
            "--json".into(),
        ];
        let mut process = Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, &self.config.folder)?;
        let ready: IndexReady = process.ready(START)?;
        ensure!(ready.indexer.starts_with("http"), "the indexer serves at {}", ready.indexer);
        self.indexer = Some(process);
        Ok(())
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill_indexer(&mut self) -> Result<()> {
        self.indexer.take().ok_or_else(|| eyre!("the indexer does not run"))?.kill_9()
    }

    /// Starts a worker on its data (a new one, or where it stopped).
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start_worker(&mut self, worker: u16) -> Result<()> {
        let process = self.spawn_worker(worker, &[])?;
        self.workers[usize::from(worker)] = Some(process);
        let process = self.workers[usize::from(worker)].as_mut().ok_or_else(|| eyre!("just started"))?;
        let ready: WorkerReady = process.ready(START)?;
        ensure!(ready.worker == self.accounts[usize::from(worker)], "worker {worker} runs as {}", ready.worker);
        Ok(())
    }

    /// Starts a worker without waiting for it, with `environment` variables (the crash points of tests).
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn_worker(&self, worker: u16, environment: &[(&str, &str)]) -> Result<Process> {
        let folder = self.config.folder.join(format!("worker-{worker}"));
        let path = |path: PathBuf| path.display().to_string();
        let arguments = [
            "run".to_owned(),
            "--rpc".into(),
            // Not the validator that the demo kills.
            self.rpc(worker % self.config.validators.max(2).div_ceil(2)),
            "--index".into(),
            self.index(),
            "--keystore".into(),
            path(folder.join("key.json")),
            "--password-file".into(),
            path(folder.join("password")),
            "--data".into(),
            path(folder.join("data")),
            "--listen".into(),
            format!("127.0.0.1:{}", self.config.worker_port + worker),
            "--json".into(),
        ];
        let mut command = Command::new(binary("edgeloom-worker")?);
        command.args(arguments).envs(environment.iter().copied());
        Process::start(&format!("worker-{worker}"), command, &self.config.folder)
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

fn prepare_folder(folder: &Path) -> Result<()> {
    if folder.exists() {
        let empty = fs::read_dir(folder)?.next().is_none();
        ensure!(empty, "{} holds data of an earlier run: delete it or choose another folder", folder.display());
    }
    fs::create_dir_all(folder).wrap_err_with(|| format!("cannot make {}", folder.display()))
}

fn new_account(config: &NetConfig, worker: u16) -> Result<Address> {
    let folder = config.folder.join(format!("worker-{worker}"));
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("password"), PASSWORD)?;
    let path = |name: &str| folder.join(name).display().to_string();
    let arguments = ["account", "new", "--keystore", &path("key.json"), "--password-file", &path("password"), "--json"];
    let mut process =
        Process::spawn(&format!("account-{worker}"), &binary("edgeloom-worker")?, &arguments, &config.folder)?;
    let status = process.wait(START)?;
    ensure!(status.success(), "edgeloom-worker account new ended with {status}:\n{}", process.tail());
    Ok(process.ready::<NewAccount>(START)?.address)
}

fn peers(config: &NetConfig) -> Result<String> {
    let peers = (0..config.validators).map(|validator| {
        let file = config.folder.join(format!("genesis/keys-{validator}.json"));
        let keys: KeyFile = serde_json::from_str(&fs::read_to_string(&file)?)
            .wrap_err_with(|| format!("{} is not a key file", file.display()))?;
        Ok(format!("{}@127.0.0.1:{}", keys.identity, config.p2p_port + validator))
    });
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
