//! `bench transfer`: native transfers a second over JSON-RPC, ours against anvil, in turns (A B A B …).
//!
//! Both servers get the same pre-signed bytes over the same client: [`CONNECTIONS`] connections, batches of [`BATCH`]
//! `eth_sendRawTransaction` calls. The clock runs from the first byte sent until every sender's nonce is final at
//! `latest`; then every receipt is fetched and its status counted. Ours is `edgeloom dev --data DIR`: each block is one
//! write batch and its log is synced before a hash is returned; anvil keeps its state in memory. The physical limit is
//! signature recovery: one core recovers about 25,000 secp256k1 keys a second (libsecp256k1), and a machine of two cores
//! runs the client as well.

mod load;
mod server;

use super::emit;
use eyre::{Result, ensure};
use load::Load;
use serde_json::json;
use server::{Kind, Server};
use std::time::Instant;

const SENDERS: u32 = 10;
const PER_SENDER: u64 = 1_000;
const CONNECTIONS: usize = 4;
const BATCH: usize = 100;

/// What one run of one server gave.
struct Run {
    tps: f64,
    cpu_us_per_tx: f64,
    /// Of the load's sender, which shares the machine.
    client_cpu_us_per_tx: f64,
    rss_mib: f64,
    disk_bytes_per_tx: Option<f64>,
}

pub(super) fn run(runs: usize) -> Result<()> {
    let load = Load::sign(SENDERS, PER_SENDER, BATCH)?;
    let peer = edgeloom_tests::foundry("anvil");
    if let Err(missing) = &peer {
        eprintln!("no peer: {missing}");
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=runs {
        ours.push(measure(Kind::Edgeloom, &load)?);
        eprintln!("turn {turn}/{runs}: edgeloom {:.0} tx/s", ours[ours.len() - 1].tps);
        if let Ok(anvil) = &peer {
            theirs.push(measure(Kind::Anvil(anvil.clone()), &load)?);
            eprintln!(
                "turn {turn}/{runs}: anvil    {:.0} tx/s ({})",
                theirs[theirs.len() - 1].tps,
                server::ANVIL_FLAGS.join(" ")
            );
        }
    }
    report(&ours, &theirs);
    Ok(())
}

fn report(ours: &[Run], theirs: &[Run]) {
    let figure = |metric: &str, unit: &str, of: fn(&Run) -> f64| {
        let samples: Vec<_> = ours.iter().map(of).collect();
        let peer: Vec<_> = theirs.iter().map(of).collect();
        let mut ratios: Vec<_> = samples.iter().zip(&peer).map(|(ours, theirs)| ours / theirs).collect();
        ratios.sort_by(f64::total_cmp);
        let extra = if ratios.is_empty() {
            json!({})
        } else {
            let mut peer = peer;
            peer.sort_by(f64::total_cmp);
            let flags = server::ANVIL_FLAGS.join(" ");
            json!({"peer": "anvil", "peer_flags": flags, "peer_median": super::median(&peer), "ratio": super::median(&ratios)})
        };
        emit("transfer", metric, unit, &samples, extra);
    };
    figure("transfer_tps", "tx/s", |run| run.tps);
    figure("cpu_us_per_tx", "us", |run| run.cpu_us_per_tx);
    figure("client_cpu_us_per_tx", "us", |run| run.client_cpu_us_per_tx);
    figure("rss_mib", "MiB", |run| run.rss_mib);
    let disk: Vec<_> = ours.iter().filter_map(|run| run.disk_bytes_per_tx).collect();
    emit("transfer", "disk_bytes_per_tx", "B", &disk, json!({}));
}

fn measure(kind: Kind, load: &Load) -> Result<Run> {
    let server = Server::start(kind)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (cpu, client_cpu) = (server.cpu_seconds()?, server::cpu_seconds("self")?);
    let started = Instant::now();
    runtime.block_on(load.send(server.url(), CONNECTIONS))?;
    let elapsed = started.elapsed().as_secs_f64();
    let (cpu, client_cpu) = (server.cpu_seconds()? - cpu, server::cpu_seconds("self")? - client_cpu);
    let succeeded = runtime.block_on(load.count_receipts(server.url()))?;
    let sent = load.len() as f64;
    ensure!(succeeded == load.len(), "{succeeded} of {} transfers have a receipt with status 1", load.len());
    Ok(Run {
        tps: sent / elapsed,
        cpu_us_per_tx: cpu * 1e6 / sent,
        client_cpu_us_per_tx: client_cpu * 1e6 / sent,
        rss_mib: server.rss_mib()?,
        disk_bytes_per_tx: server.disk_bytes()?.map(|bytes| bytes as f64 / sent),
    })
}
