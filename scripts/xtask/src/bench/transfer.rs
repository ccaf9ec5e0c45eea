//! `bench transfer`: native transfers a second over JSON-RPC, ours against anvil, in turns (A B A B …).
//!
//! Both servers get the same pre-signed bytes over the same client. The clock runs from the first byte sent until every
//! sender's nonce is final at `latest`; then every receipt is fetched and its status counted. Ours is
//! `edgeloom dev --data DIR`: each block is one write batch and its log is synced before a hash is returned; anvil keeps
//! its state in memory. The physical limit is signature recovery: one core recovers about 25,000 secp256k1 keys a second
//! (libsecp256k1), and a machine of two cores runs the client as well.

use super::{
    emit,
    load::{Load, Volume},
    pairs::Pairs,
    server::{self, Kind, Server},
};
use eyre::Result;
use serde_json::json;
use std::time::Instant;
use tokio::runtime::Runtime;

/// What is sent in a turn; `bench blocks` sends as much.
pub(super) const VOLUME: Volume = Volume { senders: 10, each: 1_000, batch: 100, connections: 4 };

/// What one run of one server gave.
pub(super) struct Run {
    pub(super) tps: f64,
    pub(super) cpu_us_per_tx: f64,
    /// Of the load's sender, which shares the machine.
    client_cpu_us_per_tx: f64,
    rss_mib: f64,
    disk_bytes_per_tx: Option<f64>,
}

pub(super) fn run(runs: usize) -> Result<()> {
    let load = Load::transfers(VOLUME)?;
    let (ours, theirs, flags) = turns(runs, "transfers", &load)?;
    let figure = |metric: &str, unit: &str, of: fn(&Run) -> f64| {
        let pairs = Pairs { ours: ours.iter().map(of).collect(), theirs: theirs.iter().map(of).collect() };
        pairs.emit(("transfer", metric, unit), "anvil", json!({"peer_flags": flags}));
    };
    figure("transfer_tps", "tx/s", |run| run.tps);
    figure("cpu_us_per_tx", "us", |run| run.cpu_us_per_tx);
    figure("client_cpu_us_per_tx", "us", |run| run.client_cpu_us_per_tx);
    figure("rss_mib", "MiB", |run| run.rss_mib);
    let disk: Vec<_> = ours.iter().filter_map(|run| run.disk_bytes_per_tx).collect();
    emit("transfer", "disk_bytes_per_tx", "B", &disk, json!({}));
    Ok(())
}

/// The load on fresh servers in turns: what ours gave, what anvil gave (nothing when it is missing) and its flags.
pub(super) fn turns(runs: usize, what: &str, load: &Load) -> Result<(Vec<Run>, Vec<Run>, String)> {
    let (peer, runtime) = (Kind::anvil(), Runtime::new()?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=runs {
        let run = measure(&Kind::edgeloom(), load, &runtime)?;
        eprintln!("turn {turn}/{runs}: edgeloom {:.0} {what}/s", run.tps);
        ours.push(run);
        if let Some(anvil) = &peer {
            let run = measure(anvil, load, &runtime)?;
            eprintln!("turn {turn}/{runs}: anvil    {:.0} {what}/s ({})", run.tps, anvil.flags());
            theirs.push(run);
        }
    }
    Ok((ours, theirs, peer.map(|peer| peer.flags()).unwrap_or_default()))
}

fn measure(kind: &Kind, load: &Load, runtime: &Runtime) -> Result<Run> {
    let server = Server::start(kind)?;
    runtime.block_on(load.prepare(server.url()))?;
    let (cpu, client_cpu) = (server.cpu_seconds()?, server::cpu_seconds("self")?);
    let started = Instant::now();
    runtime.block_on(async {
        load.submit(server.url()).await?;
        load.mined(server.url()).await
    })?;
    let elapsed = started.elapsed().as_secs_f64();
    let (cpu, client_cpu) = (server.cpu_seconds()? - cpu, server::cpu_seconds("self")? - client_cpu);
    runtime.block_on(load.check_receipts(server.url()))?;
    let sent = load.len() as f64;
    Ok(Run {
        tps: sent / elapsed,
        cpu_us_per_tx: cpu * 1e6 / sent,
        client_cpu_us_per_tx: client_cpu * 1e6 / sent,
        rss_mib: server.rss_mib()?,
        disk_bytes_per_tx: server.disk_bytes()?.map(|bytes| bytes as f64 / sent),
    })
}
