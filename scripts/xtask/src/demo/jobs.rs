//! The jobs of the demo: register the model, post every image, watch the answers come, kill and restart on the way.

use super::Victims;
use alloy::primitives::{Address, B256, U256};
use edgeloom_edge_proof::Model;
use edgeloom_sdk::Client;
use edgeloom_tests::{Digits, Net, dev_signer, wait_for};
use eyre::{Result, WrapErr, ensure, eyre};
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

/// What a requester offers for one inference: 0.02 TFUEL.
const PRICE_WEI: u64 = 20_000_000_000_000_000;
/// Posts under way at a time.
const CONCURRENT: usize = 16;
/// Longest that nothing may settle.
const STALL: Duration = Duration::from_secs(90);
/// How often the processes are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// Longest until a worker has a job under way.
const BUSY: Duration = Duration::from_secs(20);
/// How long the killed processes stay away.
const AWAY: Duration = Duration::from_secs(4);

/// A registered model beside the same net parsed locally.
pub(crate) struct Registered {
    pub(crate) id: B256,
    pub(crate) macs: u64,
    pub(crate) infer_gas: u64,
    net: Model,
}

/// One image's way through the market.
pub(crate) struct Finished {
    pub(crate) label: u8,
    pub(crate) answer: u8,
    /// Whether the paid answer is what the same net says locally, bit for bit.
    pub(crate) same_as_local: bool,
    pub(crate) worker: Address,
    pub(crate) paid: U256,
    /// Gas of the transaction that ran, compared and paid.
    pub(crate) gas: u64,
    /// The block of that transaction.
    pub(crate) block: u64,
    pub(crate) post_to_paid: Duration,
}

/// The outage on the way.
enum Outage {
    Ahead,
    Now(Killed),
    Over(Recovery),
}

struct Killed {
    victims: Victims,
    at: Instant,
    /// The validator's last final block.
    height: u64,
}

/// How the killed ones came back.
pub(crate) struct Recovery {
    pub(crate) victims: Victims,
    /// The validator's last final block when it was killed.
    pub(crate) killed_at: u64,
    /// Its last final block in its first answer after it was started again.
    pub(crate) back_at: u64,
    /// What the worker is paid after this block it earned after its return.
    pub(crate) worker_away_until: u64,
}

/// What became of the work.
pub(crate) struct Outcome {
    pub(crate) finished: Vec<Finished>,
    pub(crate) recovery: Recovery,
}

pub(crate) struct Work<'a> {
    pub(crate) client: &'a Client,
    pub(crate) digits: &'a Digits,
    pub(crate) model: &'a Registered,
    pub(crate) count: usize,
}

pub(crate) async fn register(client: &Client, digits: &Digits) -> Result<Registered> {
    let net = Model::parse(&digits.model).map_err(|fault| eyre!("tests/data/digits/model.eig: {fault}"))?;
    let metadata = "UCI handwritten digits (CC BY 4.0), tests/data/digits/PROVENANCE.md";
    let id = client.models().upload_and_register(&digits.model, "digits-8x8-int8", metadata).await?.id;
    let registered = client.models().get(id).await?;
    Ok(Registered { id, macs: registered.macs, infer_gas: registered.inferGas, net })
}

pub(crate) async fn run(work: &Work<'_>, net: &mut Net, validator: u16) -> Result<Outcome> {
    ensure!(work.count <= work.digits.samples.len(), "only {} images were held back", work.digits.samples.len());
    let (returned, wait) = watch::channel(false);
    let mut results = post_all(work, wait);
    let progress = ProgressBar::new(work.count as u64).with_style(
        ProgressStyle::with_template("  {bar:40.green} {pos}/{len} paid · {elapsed}").wrap_err("template")?,
    );
    let mut finished = Vec::with_capacity(work.count);
    let mut outage = Outage::Ahead;
    let mut settled = Instant::now();
    let mut look = tokio::time::interval(LOOK);
    let recovery = loop {
        let waiting = finished.len() < work.count;
        tokio::select! {
            next = results.recv(), if waiting => {
                finished.push(next.ok_or_else(|| eyre!("posting stopped early"))??);
                settled = Instant::now();
                progress.inc(1);
            }
            _ = look.tick() => {
                net.check_alive()?;
                let stalled = waiting && settled.elapsed() > STALL;
                ensure!(!stalled, "nothing settled for {STALL:?} after {} jobs", finished.len());
            }
        }
        let all = finished.len() == work.count;
        outage = match outage {
            Outage::Ahead if finished.len() * 2 >= work.count => {
                let killed = strike(work.client, net, validator, &progress).await?;
                settled = Instant::now();
                Outage::Now(killed)
            }
            Outage::Now(killed) if killed.at.elapsed() > AWAY => {
                let recovery = bring_back(work.client, net, &killed, &progress).await?;
                settled = Instant::now();
                returned.send_replace(true);
                Outage::Over(recovery)
            }
            Outage::Over(recovery) if all => break recovery,
            same => same,
        };
    };
    progress.finish();
    Ok(Outcome { finished, recovery })
}

/// kill -9 of the validator and of a worker that has a job under way: which one wins the jobs is theirs to settle.
async fn strike(client: &Client, net: &mut Net, validator: u16, progress: &ProgressBar) -> Result<Killed> {
    let accounts = net.accounts().to_vec();
    let height = height(net, validator).await?;
    let busy = async || {
        for (worker, account) in (0..).zip(&accounts) {
            // Its stake is locked for jobs that it took and has not settled.
            if !client.edge_staking().standing_of(*account).await?.locked.is_zero() {
                return Ok(Some((worker, *account)));
            }
        }
        Ok(None)
    };
    let (worker, account) = wait_for("a worker to have a job under way", BUSY, busy).await?;
    net.kill_worker(worker)?;
    net.kill_validator(validator)?;
    let left = if client.edge_staking().standing_of(account).await?.locked.is_zero() {
        "nothing under way"
    } else {
        "jobs under way"
    };
    progress.suspend(|| println!("  kill -9 of validator {validator} and of worker {worker}, with {left}"));
    let victims = Victims { validator, worker };
    Ok(Killed { victims, at: Instant::now(), height })
}

/// The worker first: jobs wait for it alone.
async fn bring_back(client: &Client, net: &mut Net, killed: &Killed, progress: &ProgressBar) -> Result<Recovery> {
    let Victims { validator, worker } = killed.victims;
    let before = client.node().status().await?.height;
    net.start_worker(worker).await?;
    net.restart_validator(validator).await?;
    let back_at = height(net, validator).await?;
    progress.suspend(|| println!("  both started again on their own data"));
    Ok(Recovery { victims: killed.victims, killed_at: killed.height, back_at, worker_away_until: before })
}

async fn height(net: &Net, validator: u16) -> Result<u64> {
    Ok(net.client(validator, dev_signer(0)?).await?.node().status().await?.height)
}

/// Posts every image from a task of its own, [`CONCURRENT`] at a time; the last quarter when the killed have returned, so
/// that there is something to earn for them.
fn post_all(work: &Work<'_>, returned: watch::Receiver<bool>) -> mpsc::Receiver<Result<Finished>> {
    // Room for every result: while the killed are started again, nobody receives.
    let (sender, receiver) = mpsc::channel(work.count);
    let (client, id) = (work.client.clone(), work.model.id);
    let expected: Vec<_> = work.digits.samples[..work.count]
        .iter()
        .map(|sample| {
            (sample.clone(), work.model.net.infer(&sample.pixels).map_err(|fault| eyre!("local run: {fault}")))
        })
        .collect();
    let client = Arc::new(client);
    let at_once = work.count - work.count / 4;
    tokio::spawn(async move {
        let mut posts = stream::iter(expected)
            .enumerate()
            .map(|(position, (sample, local))| {
                let (client, mut returned) = (Arc::clone(&client), returned.clone());
                async move {
                    if position >= at_once {
                        returned.wait_for(|returned| *returned).await.wrap_err("nobody waits for the jobs")?;
                    }
                    one(&client, id, sample, local?).await
                }
            })
            .buffer_unordered(CONCURRENT);
        while let Some(result) = posts.next().await {
            if sender.send(result).await.is_err() {
                return;
            }
        }
    });
    receiver
}

async fn one(client: &Client, model: B256, sample: edgeloom_tests::Sample, local: Vec<u8>) -> Result<Finished> {
    let started = Instant::now();
    let posted = client.jobs().post(model, sample.pixels, U256::from(PRICE_WEI)).await?;
    // A job that ends in any other way than with a paid answer is an error here.
    let result = posted.result().await.wrap_err_with(|| format!("job {}", posted.id))?;
    let post_to_paid = started.elapsed();
    let submission =
        client.receipt(result.tx).await?.ok_or_else(|| eyre!("job {} was paid by no transaction", posted.id))?;
    Ok(Finished {
        label: sample.label,
        answer: *result.output.last().ok_or_else(|| eyre!("job {} has an empty answer", posted.id))?,
        same_as_local: result.output[..] == local[..],
        worker: result.worker,
        paid: result.paid,
        gas: submission.gas_used,
        block: submission.block_number.ok_or_else(|| eyre!("the receipt of job {} names no block", posted.id))?,
        post_to_paid,
    })
}
