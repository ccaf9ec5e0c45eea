//! What a worker does first when it comes back, and what it leaves alone.

use alloy::primitives::U256;
use edgeloom_sdk::{Offer, PostedJob};
use edgeloom_tests::{Market, Process, wait_for};
use eyre::{Result, ensure};
use std::time::Duration;

fn worker_with(market: &Market, (name, value): (&str, &str)) -> Result<Process> {
    let mut command = market.net.worker_command(0, market.net.config().worker_port)?;
    command.env(name, value);
    Process::start("worker", command, &market.net.config().folder)
}

/// A job that the market's worker took before it was killed.
async fn taken_and_left(market: &Market, work_seconds: u32) -> Result<PostedJob> {
    let mut process = worker_with(market, ("EDGELOOM_WORKER_CRASH_AT", "taken"))?;
    let price = U256::from(10).pow(U256::from(16));
    let offer = Offer { work_seconds, ..Offer::new(market.model, market.digits.samples[0].pixels.clone(), price) };
    let posted = market.requester.jobs().offer(offer).await?;
    ensure!(!process.wait(Duration::from_secs(60)).await?.success(), "the worker was to abort:\n{}", process.tail());
    Ok(posted)
}

#[tokio::test]
async fn jobs_under_way_come_before_a_bond_that_cannot_be_paid() -> Result<()> {
    let market = Market::start(1).await?;
    let posted = taken_and_left(&market, 120).await?;
    let mut worker = worker_with(&market, ("EDGELOOM_WORKER_BOND", "1000000"))?;
    let result = posted.result_within(Duration::from_secs(60)).await?;
    assert_eq!(result.worker, market.net.accounts()[0]);
    let ended = worker.wait(Duration::from_secs(60)).await?;
    ensure!(!ended.success() && worker.tail().contains("bonding needs"), "{ended}:\n{}", worker.tail());
    Ok(())
}

#[tokio::test]
async fn a_missed_job_is_counted_once() -> Result<()> {
    let mut market = Market::start(1).await?;
    let posted = taken_and_left(&market, 5).await?;
    let submit_by = market.requester.jobs().state(&posted.order, posted.id).await?.deadline;
    let passed = async || Ok((market.requester.head_time().await? > submit_by).then_some(()));
    wait_for("the job's time to pass", Duration::from_secs(30), passed).await?;
    market.net.start_worker(0).await?;
    let url = format!("{}/status", market.net.worker_page(0));
    // Long enough for several looks at what the chain says is this worker's.
    let later = async || {
        let status: serde_json::Value = reqwest::get(&url).await?.json().await?;
        Ok((status["uptime_s"].as_u64() >= Some(14)).then_some(status))
    };
    let status = wait_for("the worker to look around", Duration::from_secs(60), later).await?;
    assert_eq!((&status["jobs_failed"], &status["jobs_settled"]), (&1.into(), &0.into()), "{status}");
    Ok(())
}
