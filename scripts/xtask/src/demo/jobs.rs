//! The jobs of the demo: register the model, post every image, watch the answers come, kill and restart on the way.

use alloy::primitives::{Address, B256, U256};
use edgeloom_edge_proof::Model;
use edgeloom_sdk::Client;
use edgeloom_tests::{Digits, Net};
use eyre::{Result, WrapErr, ensure, eyre};
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// What a requester offers for one inference: 0.02 TFUEL.
const PRICE_WEI: u64 = 20_000_000_000_000_000;
/// Posts under way at a time.
const CONCURRENT: usize = 16;
/// Longest that nothing may settle.
const STALL: Duration = Duration::from_secs(90);
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
    pub(crate) post_to_paid: Duration,
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

pub(crate) async fn run(work: &Work<'_>, net: &mut Net, victims: (u16, u16)) -> Result<Vec<Finished>> {
    ensure!(work.count <= work.digits.samples.len(), "only {} images were held back", work.digits.samples.len());
    let mut results = post_all(work);
    let progress = ProgressBar::new(work.count as u64).with_style(
        ProgressStyle::with_template("  {bar:40.green} {pos}/{len} paid · {elapsed} · {msg}").wrap_err("template")?,
    );
    let mut finished = Vec::with_capacity(work.count);
    let mut killed: Option<Instant> = None;
    let mut restarted = false;
    while finished.len() < work.count {
        let next = tokio::time::timeout(STALL, results.recv()).await;
        let next = next.map_err(|_| eyre!("nothing settled for {STALL:?} after {} jobs", finished.len()))?;
        finished.push(next.ok_or_else(|| eyre!("posting stopped early"))??);
        progress.inc(1);
        if killed.is_none() && finished.len() * 2 >= work.count {
            net.kill_validator(victims.0)?;
            net.kill_worker(victims.1)?;
            progress.suspend(|| println!("  kill -9 of validator {} and worker {} (half-way)", victims.0, victims.1));
            killed = Some(Instant::now());
        }
        if !restarted && killed.is_some_and(|at| at.elapsed() > AWAY) {
            restart(net, victims, &progress)?;
            restarted = true;
        }
    }
    if !restarted {
        restart(net, victims, &progress)?;
    }
    progress.finish();
    Ok(finished)
}

fn restart(net: &mut Net, victims: (u16, u16), progress: &ProgressBar) -> Result<()> {
    net.restart_validator(victims.0)?;
    net.start_worker(victims.1)?;
    progress.suspend(|| println!("  both started again on their own data"));
    Ok(())
}

/// Posts every image from a task of its own, [`CONCURRENT`] at a time.
fn post_all(work: &Work<'_>) -> mpsc::Receiver<Result<Finished>> {
    let (sender, receiver) = mpsc::channel(CONCURRENT);
    let (client, id) = (work.client.clone(), work.model.id);
    let expected: Vec<_> = work.digits.samples[..work.count]
        .iter()
        .map(|sample| {
            (sample.clone(), work.model.net.infer(&sample.pixels).map_err(|fault| eyre!("local run: {fault}")))
        })
        .collect();
    let client = Arc::new(client);
    tokio::spawn(async move {
        let mut posts = stream::iter(expected)
            .map(|(sample, local)| {
                let client = Arc::clone(&client);
                async move { one(&client, id, sample, local?).await }
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
        post_to_paid,
    })
}
