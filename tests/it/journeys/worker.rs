//! A worker that is killed between any two steps neither submits twice nor loses a paid job.

use alloy::{primitives::U256, providers::Provider as _};
use edgeloom_sdk::Entrant;
use edgeloom_tests::{Market, Process, wait_for};
use eyre::{Result, ensure};
use std::time::Duration;

const STEPS: [&str; 7] = ["taking", "take-sent", "taken", "computed", "submitting", "submit-sent", "settled"];

#[tokio::test]
async fn killed_after_each_step_it_is_paid_once() -> Result<()> {
    let mut market = Market::start(1).await?;
    let worker = market.net.accounts()[0];
    let price = U256::from(10).pow(U256::from(16));
    let earned = price - market.requester.jobs().fee_for(price).await?;
    for (round, step) in STEPS.into_iter().enumerate() {
        let sample = market.digits.samples[round].pixels.clone();
        let mut command = market.net.worker_command(0, market.net.config().worker_port)?;
        command.env("EDGELOOM_WORKER_CRASH_AT", step);
        let mut process = Process::start("crashing", command, &market.net.config().folder)?;
        let posted = market.requester.jobs().post(market.model, sample, price).await?;
        let status = process.wait(Duration::from_secs(60)).await?;
        ensure!(!status.success(), "the worker was to abort at {step}:\n{}", process.tail());
        ensure!(process.lines()?.join("\n").contains(step), "it ended for another reason:\n{}", process.tail());
        drop(process);
        market.net.start_worker(0).await?;
        let result = posted.result_within(Duration::from_secs(60)).await;
        let result = result.map_err(|error| eyre::eyre!("killed at {step}, the job was lost: {error}"))?;
        assert_eq!((result.worker, result.paid), (worker, earned), "at {step}");
        market.net.kill_worker(0)?;
    }
    let paid = async || {
        let rows = market.requester.index()?.workers(&Default::default()).await?.items;
        let row = rows.into_iter().find(|row| row.address.eq_ignore_ascii_case(&worker.to_string()));
        Ok(row.filter(|row| row.jobs_settled == STEPS.len() as u64))
    };
    let row = wait_for("the index to count every job", Duration::from_secs(20), paid).await?;
    assert_eq!(row.earned_wei.parse::<U256>()?, earned * U256::from(STEPS.len()));
    assert_eq!((row.jobs_taken, row.jobs_rejected, row.jobs_missed), (STEPS.len() as u64, 0, 0));
    let escrowed = market.requester.jobs().escrowed().await?;
    assert_eq!(escrowed, U256::ZERO, "money is stuck");
    // The bond, then one take and one submission a job, and one report of the fees that they burned: nothing was sent twice.
    let node = market.requester.edge_staking().standing_of(worker).await?.node;
    let tally = market.requester.edge_rewards().tally(Entrant { epoch: 0, node }).await?;
    let reports = u64::from(!tally.burned.is_zero());
    let nonce = market.requester.provider().get_transaction_count(worker).await?;
    assert_eq!(nonce, 1 + 2 * STEPS.len() as u64 + reports);
    Ok(())
}

#[tokio::test]
async fn a_second_worker_on_the_same_data_refuses() -> Result<()> {
    let mut market = Market::start(1).await?;
    market.net.start_worker(0).await?;
    let mut second = Process::start("second", market.net.worker_command(0, 0)?, &market.net.config().folder)?;
    assert!(!second.wait(Duration::from_secs(30)).await?.success());
    let said = second.lines()?.join("\n");
    assert!(said.contains("is in use by another worker process"), "{said}");
    Ok(())
}
