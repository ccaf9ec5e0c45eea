//! `bench blocks`: how fast blocks are made, ours against anvil in turns (A B A B …).
//!
//! * `transfer_*`, `erc20_*`: as `bench transfer`, with native transfers and with transfers of an ERC-20 token, both to
//!   accounts that are new.
//! * `mine_10k_ms`: 10,000 transfers are pending, nothing mines by itself, and both sides have the same raised gas limit;
//!   the time from `evm_mine` to its answer, when all are in one block. Ours is then executed, rooted, committed and
//!   synced to the disk.
//! * `compute_vs_revm`: gas a second of a contract that hashes in a loop, in blocks through our executor, over the same
//!   transactions on bare revm with an in-memory database, in one process and in turns.
//!
//! Physical limits: signature recovery (about 40 µs of one core a transaction), keccak256 over the trie nodes that a block
//! touches, and one synced write a block.

use super::{
    client::Client,
    load::{Load, Volume},
    pairs::Pairs,
    server::{Kind, Server},
    transfer::{Run, VOLUME, turns},
};
use edgeloom_tests::binary;
use eyre::{Result, WrapErr, ensure, eyre};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{process::Command, time::Instant};
use tokio::runtime::Runtime;

/// Room for the whole of [`PENDING`] in a block.
const ONE_BLOCK: [&str; 3] = ["--no-mining", "--gas-limit", "400000000"];

const PENDING: Volume = Volume { senders: 10, each: 1_000, batch: 100, connections: 4 };

pub(super) fn run(runs: usize) -> Result<()> {
    for (name, load) in [("transfer", Load::transfers(VOLUME)?), ("erc20", Load::token_transfers(VOLUME)?)] {
        let (ours, theirs, flags) = turns(runs, name, &load)?;
        let figure = |metric: &str, unit: &str, of: fn(&Run) -> f64| {
            let pairs = Pairs { ours: ours.iter().map(of).collect(), theirs: theirs.iter().map(of).collect() };
            pairs.emit(("blocks", &format!("{name}_{metric}"), unit), "anvil", json!({"peer_flags": flags}));
        };
        figure("tps", "tx/s", |run| run.tps);
        figure("cpu_us", "us", |run| run.cpu_us_per_tx);
    }
    mine(runs)?;
    compute(runs)
}

fn mine(runs: usize) -> Result<()> {
    let (load, runtime) = (Load::transfers(PENDING)?, Runtime::new()?);
    let (ours, theirs) = (Kind::edgeloom().with(&ONE_BLOCK), Kind::anvil().map(|anvil| anvil.with(&ONE_BLOCK)));
    let mut pairs = Pairs::default();
    for turn in 1..=runs {
        pairs.ours.push(mine_once(&ours, &load, &runtime)?);
        if let Some(anvil) = &theirs {
            pairs.theirs.push(mine_once(anvil, &load, &runtime)?);
        }
        eprintln!("turn {turn}/{runs}: {:?} ms, anvil {:?} ms", pairs.ours.last(), pairs.theirs.last());
    }
    let flags = theirs.map(|anvil| anvil.flags());
    pairs.emit(("blocks", "mine_10k_ms", "ms"), "anvil", json!({"peer_flags": flags}));
    Ok(())
}

/// Milliseconds.
fn mine_once(kind: &Kind, load: &Load, runtime: &Runtime) -> Result<f64> {
    let server = Server::start(kind)?;
    runtime.block_on(async {
        load.submit(server.url()).await?;
        let client = Client::new(server.url())?;
        let started = Instant::now();
        let _: Value = client.call("evm_mine", json!([])).await?;
        let elapsed = started.elapsed().as_secs_f64() * 1e3;
        let block: Value = client.call("eth_getBlockByNumber", json!(["0x1", false])).await?;
        let mined = block["transactions"].as_array().map_or(0, Vec::len);
        ensure!(mined == load.len(), "{} has {mined} of {} in its first block", kind.flags(), load.len());
        Ok(elapsed)
    })
}

/// One turn of `edgeloom-conformance compute`, gas a second.
#[derive(Deserialize)]
struct Turn {
    ours: f64,
    revm: f64,
}

fn compute(runs: usize) -> Result<()> {
    let turns = runs.to_string();
    let output = Command::new(binary("edgeloom-conformance")?).args(["compute", "--turns", &turns]).output();
    let output = output.wrap_err("edgeloom-conformance did not start")?;
    ensure!(output.status.success(), "compute: {}", String::from_utf8_lossy(&output.stderr));
    let mut pairs = Pairs::default();
    for line in String::from_utf8(output.stdout)?.lines() {
        let Turn { ours, revm } = serde_json::from_str(line).map_err(|error| eyre!("{line}: {error}"))?;
        pairs.ours.push(ours / 1e6);
        pairs.theirs.push(revm / 1e6);
    }
    pairs.emit(("blocks", "compute_vs_revm", "Mgas/s"), "revm", json!({}));
    Ok(())
}
