//! The indexer goes on exactly where it stopped, however it was stopped.

use alloy::primitives::U256;
use edgeloom_index_api::JobQuery;
use edgeloom_tests::{Market, wait_for};
use eyre::{Result, eyre};
use std::time::Duration;

/// Posts a job, and the height of the block that holds it.
async fn post(market: &Market) -> Result<u64> {
    let pixels = market.digits.samples[0].pixels.clone();
    market.requester.jobs().post(market.model, pixels, U256::from(10).pow(U256::from(15))).await?;
    Ok(market.requester.node().status().await?.height)
}

async fn indexed(market: &Market, height: u64) -> Result<()> {
    let seen =
        async || Ok(market.requester.index()?.meta().await?.block.filter(|block| block.number >= height).map(drop));
    wait_for("the index to see the job", Duration::from_secs(20), seen).await
}

#[tokio::test]
async fn killed_and_stopped_it_resumes_and_counts_every_job_once() -> Result<()> {
    let mut market = Market::start(0).await?;
    for (round, graceful) in [false, true, false].into_iter().enumerate() {
        let before = post(&market).await?;
        indexed(&market, before).await?;
        if graceful {
            let status = market.net.stop_indexer().await?;
            assert!(status.success(), "SIGTERM ended it with {status}");
        } else {
            market.net.kill_indexer()?;
        }
        let after = post(&market).await?;
        let resumed = market.net.start_indexer().await?.block.ok_or_else(|| eyre!("its database is empty"))?;
        assert!(resumed >= before, "it had block {before} and resumes at {resumed}");
        indexed(&market, after).await?;
        let page = market.requester.index()?.jobs(&JobQuery::default()).await?;
        let ids: Vec<_> = page.items.iter().map(|job| job.id).collect();
        let expected: Vec<_> = (1..=2 * (round as u64 + 1)).collect();
        assert_eq!(ids, expected, "every job once, in order");
    }
    Ok(())
}
