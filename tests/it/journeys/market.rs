//! The market through the SDK, on a chain with the real precompile: every exit of a job.

use alloy::primitives::{Bytes, U256, utils::parse_ether};
use edgeloom_bindings::IJobMarket::{IJobMarketErrors, Phase, Reason};
use edgeloom_sdk::{Client, Error, Offer};
use edgeloom_tests::{Dev, IndexReady, Market, Net, NetConfig, Process, binary, dev_signer, wait_for};
use eyre::{Result, ensure};
use std::time::Duration;

/// A bonded account that acts by hand.
async fn bonded(market: &Market, account: u32) -> Result<Client> {
    let client = market.net.client(0, dev_signer(account)?).await?;
    // Development accounts hold exactly the least bond; gas comes on top.
    market.requester.transfer(client.address()?, parse_ether("10")?).await?;
    client.edge_staking().bond(parse_ether("10000")?).await?;
    Ok(client)
}

fn price() -> U256 {
    U256::from(10).pow(U256::from(15))
}

#[tokio::test]
async fn a_right_answer_is_paid_in_the_transaction_that_brings_it() -> Result<()> {
    let market = Market::start(0).await?;
    let worker = bonded(&market, 1).await?;
    let sample = &market.digits.samples[0];
    let posted = market.requester.jobs().post(market.model, sample.pixels.clone(), price()).await?;
    worker.jobs().take(posted.id).await?;
    let registered = worker.models().get(market.model).await?;
    let answer = worker.models().infer(registered.manifest, sample.pixels.clone()).await?;
    let before = worker.balance(worker.address()?).await?;
    let receipt = worker.jobs().submit(posted.id, sample.pixels.clone().into(), answer.clone()).await?;
    let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    // A twentieth is the protocol's.
    let fee = worker.jobs().fee_for(price()).await?;
    assert_eq!(fee, price() / U256::from(20));
    assert_eq!(worker.balance(worker.address()?).await?, before + price() - fee - gas);
    let result = posted.result().await?;
    assert_eq!((result.output, result.paid), (answer.clone(), price() - fee));
    assert_eq!(market.requester.jobs().escrowed().await?, U256::ZERO);
    let local = worker.models().load(market.model).await?.infer(&sample.pixels)?;
    assert_eq!(answer, Bytes::from(local), "the chain and the local kernel disagree");
    Ok(())
}

#[tokio::test]
async fn a_wrong_answer_is_not_paid_and_costs_the_bond() -> Result<()> {
    let market = Market::start(0).await?;
    let liar = bonded(&market, 1).await?;
    let sample = &market.digits.samples[0];
    let posted = market.requester.jobs().post(market.model, sample.pixels.clone(), price()).await?;
    liar.jobs().take(posted.id).await?;
    let shape = liar.models().get(market.model).await?;
    let lie = Bytes::from(vec![0xaa; shape.outputBytes as usize]);
    liar.jobs().submit(posted.id, sample.pixels.clone().into(), lie).await?;
    let job = liar.jobs().get(posted.id).await?;
    assert_eq!((job.phase, job.reason), (Phase::Rejected, Reason::WrongAnswer));
    assert_eq!(liar.edge_staking().total_slashed().await?, U256::from(job.bond));
    let stake = liar.edge_staking().standing_of(liar.address()?).await?;
    assert_eq!(stake.free, parse_ether("10000")? - U256::from(job.bond));
    assert_eq!(market.requester.jobs().credit_of(market.requester.address()?).await?, price());
    market.requester.jobs().withdraw().await?;
    assert!(matches!(posted.result().await, Err(Error::NotSettled { reason: Reason::WrongAnswer, .. })));
    assert!(liar.node().supply().await?.conserved);
    Ok(())
}

#[tokio::test]
async fn jobs_end_by_cancelling_and_by_expiring_and_the_index_says_why() -> Result<()> {
    let market = Market::start(0).await?;
    let worker = bonded(&market, 1).await?;
    let (jobs, pixels) = (market.requester.jobs(), market.digits.samples[0].pixels.clone());
    let cancelled = jobs.post(market.model, pixels.clone(), price()).await?;
    jobs.cancel(cancelled.id).await?;
    let mut offer = Offer::new(market.model, pixels.clone(), price());
    offer.take_seconds = 1;
    let untaken = jobs.offer(offer).await?;
    let mut offer = Offer::new(market.model, pixels, price());
    offer.work_seconds = 1;
    let silent = jobs.offer(offer).await?;
    worker.jobs().take(silent.id).await?;
    let refused = worker.jobs().take(cancelled.id).await;
    assert!(matches!(refused, Err(Error::Market(IJobMarketErrors::WrongPhase(_)))), "{refused:?}");
    for id in [untaken.id, silent.id] {
        let expired = async || Ok(worker.jobs().expire(id).await.is_ok().then_some(()));
        wait_for("a deadline to pass", Duration::from_secs(20), expired).await?;
    }
    let expected = [
        (cancelled.id, Phase::Cancelled, Reason::CancelledByRequester),
        (untaken.id, Phase::Expired, Reason::NotTaken),
        (silent.id, Phase::Expired, Reason::NotSubmitted),
    ];
    for (id, phase, reason) in expected {
        let job = worker.jobs().get(id).await?;
        assert_eq!((job.phase, job.reason), (phase, reason));
        let indexed = async || {
            let row = worker.index()?.job(id.to()).await;
            Ok(row.ok().filter(|row| format!("{:?}", row.job.reason).eq_ignore_ascii_case(&format!("{reason:?}"))))
        };
        wait_for("the index to know the reason", Duration::from_secs(20), indexed).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_indexer_pointed_at_another_chain_refuses_to_mix() -> Result<()> {
    let (first, folder) = (Dev::start().await?, tempfile::tempdir()?);
    let database = folder.path().join("index.sqlite").display().to_string();
    let run = |url: &str| {
        let arguments = ["--rpc", url, "--db", &database, "--listen", "127.0.0.1:0", "--json"];
        Process::spawn("indexer", &binary("edgeloom-indexer")?, &arguments, folder.path())
    };
    let mut indexer = run(&first.url())?;
    let ready: IndexReady = indexer.ready(Duration::from_secs(30)).await?;
    let first_block = async || {
        let meta = reqwest::get(format!("{}/api/meta", ready.indexer)).await?.json::<serde_json::Value>().await?;
        Ok(meta["block"].is_object().then_some(()))
    };
    wait_for("the index to hold a block of the first chain", Duration::from_secs(20), first_block).await?;
    indexer.kill_9()?;
    drop(first);
    let market = tempfile::tempdir()?;
    let other = Net::start(NetConfig::on_free_ports(market.path().join("net"), 1, 0)?).await?;
    let mut indexer = run(&other.rpc(0))?;
    let status = indexer.wait(Duration::from_secs(30)).await?;
    ensure!(!status.success(), "it mixed two chains");
    let said = indexer.lines()?.join("\n");
    assert!(said.contains("holds chain 31337"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_stranger_cannot_take_without_a_bond() -> Result<()> {
    let market = Market::start(0).await?;
    let stranger = market.net.client(0, dev_signer(2)?).await?;
    let posted = market.requester.jobs().post(market.model, market.digits.samples[0].pixels.clone(), price()).await?;
    let refused = stranger.jobs().take(posted.id).await;
    assert!(
        matches!(refused, Err(Error::Market(IJobMarketErrors::NotBonded(_)) | Error::EdgeStaking(_))),
        "{refused:?}"
    );
    assert_eq!(stranger.jobs().get(posted.id).await?.phase, Phase::Open);
    Ok(())
}
