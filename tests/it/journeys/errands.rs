//! What a worker does beside jobs, on a development chain: bids, vouchers, leases. Its process is killed after each step, and nothing is lost, sent
//! twice or paid twice.

mod bids;
mod leases;
mod vouchers;

use super::audits::honest::{account, client};
use alloy::{
    primitives::{Address, U256, utils::parse_ether},
    providers::Provider as _,
};
use edgeloom_sdk::{Client, Entrant};
use edgeloom_tests::{Dev, Process, binary};
use eyre::{OptionExt as _, Result, ensure};
use serde::Deserialize;
use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
const STAKE: &str = "1000";

/// A chain, somebody with money, and a worker's account and directory.
struct World {
    dev: Arc<Dev>,
    watcher: Client,
    me: Address,
    arguments: Vec<String>,
    folder: TempDir,
}

#[derive(Debug, Deserialize)]
struct Ready {
    listen: std::net::SocketAddr,
}

#[derive(Debug, Deserialize)]
struct Status {
    jobs_settled: u64,
    bids: u64,
    leases: u64,
    vouchers_wei: String,
    redeemed_wei: String,
    leased_wei: String,
    refusals: BTreeMap<String, u64>,
}

impl World {
    async fn start(arguments: &[&str]) -> Result<Self> {
        let stake = format!("EdgeStakeMin={}", parse_ether(STAKE)?);
        Self::on(Arc::new(Dev::start_with(&["--set", &stake]).await?), arguments).await
    }

    /// One more worker on a chain.
    async fn on(dev: Arc<Dev>, arguments: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let watcher = client(&dev, 0).await?;
        let me = account(folder.path()).await?;
        watcher.transfer(me, parse_ether("1010")?).await?;
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Ok(Self { dev, watcher, me, arguments, folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(binary("edgeloom-worker")?);
        command.args(["run", "--rpc", &self.dev.url(), "--index", "http://127.0.0.1:1", "--listen", "127.0.0.1:0"]);
        command.args(["--json", "--rounds", "off"]).args(&self.arguments);
        for (option, file) in [("--keystore", "key.json"), ("--password-file", "password"), ("--data", "data")] {
            command.arg(option).arg(self.path(file));
        }
        Ok(command)
    }

    fn run(&self) -> Result<Process> {
        Process::start("worker", self.command()?, self.folder())
    }

    /// One that aborts after a step.
    fn doomed(&self, step: &str) -> Result<Process> {
        let mut command = self.command()?;
        command.env("EDGELOOM_WORKER_CRASH_AT", step);
        Process::start("crashing", command, self.folder())
    }

    /// Runs until it aborts right after a step.
    async fn aborts(&self, step: &str) -> Result<()> {
        let mut process = self.doomed(step)?;
        self.aborted(&mut process, step).await
    }

    async fn aborted(&self, process: &mut Process, step: &str) -> Result<()> {
        let ended = process.wait(PATIENCE).await;
        let status = ended.map_err(|error| error.wrap_err(format!("at {step}:\n{}", process.tail())))?;
        ensure!(!status.success(), "it was to abort at {step}:\n{}", process.tail());
        let said = process.lines()?.join("\n");
        ensure!(said.contains(&format!("after step {step}")), "it ended for another reason than {step}:\n{said}");
        Ok(())
    }

    /// Mines up to this height.
    async fn reach(&self, height: u64) -> Result<()> {
        let head = self.watcher.provider().get_block_number().await?;
        let blocks = height.checked_sub(head).ok_or_eyre("that height is gone")?;
        if blocks > 0 {
            let mine = Cow::Borrowed("hardhat_mine");
            self.watcher.provider().raw_request::<_, serde_json::Value>(mine, [U256::from(blocks)]).await?;
        }
        self.watcher.heads().wait_for(|head| *head >= height).await?;
        Ok(())
    }

    /// How many transactions the worker sent, without the report of the fees that they burned: none of them for nothing.
    async fn sent(&self) -> Result<u64> {
        let provider = self.watcher.provider();
        for height in 0..=provider.get_block_number().await? {
            for receipt in provider.get_block_receipts(height.into()).await?.unwrap_or_default() {
                ensure!(receipt.from != self.me || receipt.status(), "a transaction was sent for nothing: {receipt:?}");
            }
        }
        let node = self.watcher.edge_staking().standing_of(self.me).await?.node;
        let tally = self.watcher.edge_rewards().tally(Entrant { epoch: 0, node }).await?;
        Ok(provider.get_transaction_count(self.me).await? - u64::from(!tally.burned.is_zero()))
    }
}

async fn status(ready: &Ready) -> Result<Status> {
    Ok(reqwest::get(format!("http://{}/status", ready.listen)).await?.json().await?)
}
