//! `edgeloom dev` on a data directory, from its start to its first answers.

use crate::bench::client::{Client, body};
use edgeloom_tests::{Process, binary, free_ports};
use eyre::{Result, WrapErr, ensure, eyre};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

const DEADLINE: Duration = Duration::from_secs(120);

/// What a start gave; the node was killed when this is returned.
#[derive(Debug)]
pub(super) struct Started {
    /// From its start to the answer.
    pub(super) chain_id_ms: f64,
    /// From its start to the answer of `eth_blockNumber`.
    pub(super) tip_ms: f64,
    pub(super) height: u64,
    /// The most memory it had at once.
    pub(super) rss_mib: f64,
    /// Hash of its genesis block.
    pub(super) genesis: String,
}

/// The line that the node prints.
#[derive(Deserialize)]
struct Ready {
    genesis: String,
}

pub(super) async fn start(data: &Path) -> Result<Started> {
    let logs = tempfile::tempdir()?;
    let port = free_ports(1)?.to_string();
    let client = Client::new(&format!("http://127.0.0.1:{port}"))?;
    let program = binary("edgeloom")?;
    let path = data.display().to_string();
    let chain_id = body("eth_chainId", &json!([]));
    let started = Instant::now();
    let arguments = ["dev", "--json", "--data", &path, "--port", &port].map(ToOwned::to_owned);
    let mut process = Process::spawn("node", &program, &arguments, logs.path())?;
    while client.post(chain_id.clone()).await.is_err() {
        let alive = process.is_running()? && started.elapsed() < DEADLINE;
        ensure!(alive, "edgeloom dev on {path} gives no answer:\n{}", process.tail());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let chain_id_ms = started.elapsed().as_secs_f64() * 1e3;
    let height: Value = client.call("eth_blockNumber", json!([])).await?;
    let tip_ms = started.elapsed().as_secs_f64() * 1e3;
    let height = height.as_str().and_then(|height| u64::from_str_radix(height.trim_start_matches("0x"), 16).ok());
    let ready: Ready = process.ready(DEADLINE).await?;
    let rss_mib = peak_mib(process.id())?;
    process.kill_9()?;
    let height = height.ok_or_else(|| eyre!("eth_blockNumber is no number"))?;
    Ok(Started { chain_id_ms, tip_ms, height, rss_mib, genesis: ready.genesis })
}

fn peak_mib(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).wrap_err(path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).ok_or_else(|| eyre!("no VmHWM in /proc status"))
}
