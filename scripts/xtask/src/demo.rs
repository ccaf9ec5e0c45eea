//! `scripts/demo`: the whole system on real input. Four validators, an indexer and two workers (all processes) do real
//! inference jobs on real images; one validator and one worker are killed on the way. Everything it prints was measured.

mod jobs;
mod report;

use edgeloom_sdk::Client;
use edgeloom_tests::{Digits, Net, NetConfig, dev_signer, require_free, wait_for};
use eyre::{Result, WrapErr, ensure};
use report::Report;
use std::{
    io::IsTerminal as _,
    path::PathBuf,
    time::{Duration, Instant},
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Stop after success instead of staying up
    #[arg(long)]
    exit: bool,
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Images to post as paid jobs
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=360))]
    jobs: u32,
    /// First of the ports used: RPC from here, peers from +10, the index at +20, workers from +21
    #[arg(long, default_value_t = 8545)]
    base_port: u16,
    /// Where genesis, keys, databases and logs go; must be empty. A temporary folder by default
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

const VALIDATORS: u16 = 4;
const WORKERS: u16 = 2;
/// The validator and the worker that are killed half-way.
const VICTIMS: (u16, u16) = (3, 1);

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Children die with this thread, which is the main one; on Ctrl-C the network is dropped, which reaps them.
        tokio::select! {
            result = demo(arguments) => result,
            signal = stop_signal() => signal,
        }
    })
}

async fn stop_signal() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    eprintln!("\nStopping.");
    Ok(())
}

async fn demo(arguments: &Arguments) -> Result<()> {
    let started = Instant::now();
    let temporary = tempfile::Builder::new().prefix("edgeloom-demo-").tempdir().wrap_err("no temporary folder")?;
    let folder = arguments.data.clone().unwrap_or_else(|| temporary.path().join("net"));
    let config = configure(arguments.base_port, folder)?;
    let digits = Digits::load()?;

    step("Starting 4 validators (BFT over loopback), an indexer and 2 workers");
    let mut net = Net::start(config)?;
    net.start_indexer()?;
    for worker in 0..WORKERS {
        net.start_worker(worker)?;
    }
    let client = net.client(0, dev_signer(0)?).await?;

    step("Registering the model: handwritten digits, trained on UCI's 8×8 images, int8");
    let model = jobs::register(&client, &digits).await?;
    println!("  model {} · {} MAC · {} gas an inference", model.id, model.macs, model.infer_gas);

    step(&format!("Posting {} images as paid jobs", arguments.jobs));
    let work = jobs::Work { client: &client, digits: &digits, model: &model, count: arguments.jobs as usize };
    let finished = jobs::run(&work, &mut net, VICTIMS).await?;

    step("Checking what happened");
    let report = Report::collect(&net, &client, &finished, started).await?;
    report.print();
    if let Some(file) = &arguments.json {
        std::fs::write(file, report.to_json()?).wrap_err_with(|| format!("cannot write {}", file.display()))?;
    }
    report.check()?;
    net.check_alive()?;
    println!("\n\x1b[32mEverything holds\x1b[0m after {:.0} s.", started.elapsed().as_secs_f64());
    if arguments.exit {
        return Ok(());
    }
    stay_up(&mut net, &client).await
}

fn configure(base: u16, folder: PathBuf) -> Result<NetConfig> {
    ensure!(base <= u16::MAX - 40, "--base-port is {base}, expected at most {}", u16::MAX - 40);
    let config = NetConfig {
        folder,
        validators: VALIDATORS,
        p2p_port: base + 10,
        rpc_port: base,
        index_port: base + 20,
        worker_port: base + 21,
        workers: WORKERS,
    };
    for validator in 0..VALIDATORS {
        require_free(config.rpc_port + validator, "RPC", "--base-port")?;
        require_free(config.p2p_port + validator, "peers", "--base-port")?;
    }
    require_free(config.index_port, "the index", "--base-port")?;
    for worker in 0..WORKERS {
        require_free(config.worker_port + worker, "a worker", "--base-port")?;
    }
    Ok(config)
}

async fn stay_up(net: &mut Net, client: &Client) -> Result<()> {
    println!("\nThe network stays up. Ctrl-C stops it.");
    println!("  RPC      {} (chain id {}; HTTP and WebSocket)", net.rpc(0), client.chain_id());
    println!("  GraphQL  {}/graphql", net.index());
    for worker in 0..WORKERS {
        println!("  worker   {}", net.worker_page(worker));
    }
    println!("  logs     {}", net.config().folder.display());
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        net.check_alive()?;
    }
}

fn step(what: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m▸ {what}\x1b[0m");
    } else {
        println!("\n> {what}");
    }
}

/// Waits until the index has seen `height`, so that what it says includes it.
async fn wait_for_index(client: &Client, height: u64) -> Result<()> {
    wait_for("the index to catch up", Duration::from_secs(30), async || {
        Ok(client.index()?.meta().await?.block.filter(|block| block.number >= height).map(drop))
    })
    .await
}
