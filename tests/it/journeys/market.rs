//! The market through the SDK, on a chain with the real precompile: every exit of a job.

use alloy::primitives::{Bytes, U256, utils::parse_ether};
use edgeloom_bindings::IJobMarket::{IJobMarketErrors, Phase, Reason};
use edgeloom_index_api::Reason as Why;
use edgeloom_sdk::{Client, Error, Offer};
use edgeloom_tests::{Dev, IndexReady, Market, Net, NetConfig, Process, binary, dev_signer, wait_for};
use eyre::{Result, ensure};
use std::time::Duration;

/// A bonded account that acts by hand.
pub(super) async fn bonded(market: &Market, account: u32) -> Result<Client> {
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
    worker.jobs().take(&posted.order, &[posted.id]).await?;
    let registered = worker.models().get(market.model).await?;
    let answer = worker.models().infer(registered.manifest, sample.pixels.clone()).await?;
    let before = worker.balance(worker.address()?).await?;
    let delivery = posted.order.answer(posted.id, answer.clone())?;
    let receipt = worker.jobs().settle(&posted.order, vec![delivery]).await?;
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

/// An order of several images, each a job of its own: taken by two, one of whom is silent, and what is left is taken back.
#[tokio::test]
async fn jobs_of_an_order_are_done_by_many_and_end_each_for_itself() -> Result<()> {
    let market = Market::start(0).await?;
    let (one, other) = (bonded(&market, 1).await?, bonded(&market, 2).await?);
    let pixels = |place: usize| Bytes::from(market.digits.samples[place].pixels.clone());
    let mut offer = Offer::of_many(market.model, (0..5).map(pixels).collect(), price());
    offer.work_seconds = 3;
    let posted = market.requester.jobs().offer(offer).await?;
    let (order, ids) = (&posted.order, posted.order.jobs().collect::<Vec<_>>());
    assert_eq!(market.requester.jobs().escrowed().await?, price() * U256::from(5));
    one.jobs().take(order, &ids[..2]).await?;
    other.jobs().take(order, &ids[3..4]).await?;

    // Each by its own input; a swapped answer would be wrong.
    let model = one.models().load(market.model).await?;
    let answers = ids[..2].iter().zip(0..).map(|(id, place)| {
        let output = model.infer(&pixels(place)).map_err(|fault| eyre::eyre!("{fault}"))?;
        Ok(order.answer(*id, output.into())?)
    });
    one.jobs().settle(order, answers.collect::<Result<_>>()?).await?;
    market.requester.jobs().cancel(order).await?;
    let forfeited = async || Ok(one.jobs().forfeit(order, ids[3]).await.is_ok().then_some(()));
    wait_for("the time of the silent one to pass", Duration::from_secs(20), forfeited).await?;

    let ends = [Phase::Settled, Phase::Settled, Phase::Cancelled, Phase::Expired, Phase::Cancelled];
    for (job, phase) in posted.siblings().zip(ends) {
        let closing = job.closed_within(Duration::from_secs(20)).await?;
        assert_eq!((closing.id, closing.phase), (job.id, phase));
        let indexed = async || {
            let row = one.index()?.job(job.id.to()).await;
            let ended = |name: String| name.eq_ignore_ascii_case(&format!("{phase:?}"));
            Ok(row.ok().filter(|row| ended(format!("{:?}", row.job.phase))))
        };
        let row = wait_for("the index to know its end", Duration::from_secs(20), indexed).await?;
        assert_eq!((row.job.order, U256::from(row.job.id)), (order.number.to::<u64>(), job.id));
        let (found, _) = one.jobs().get(job.id).await?;
        assert_eq!(found, **order);
    }
    let row = one.index()?.order(order.number.to()).await?;
    assert_eq!((row.count, row.settled, row.cancelled, row.expired), (5, 2, 2, 1));
    assert_eq!((row.open, row.running, row.closed_block.is_some()), (0, 0, true));
    assert_eq!(
        (row.returned_reason, row.refunded_wei),
        (Some(Why::CancelledByRequester), (price() * U256::from(2)).to_string())
    );
    assert_eq!(market.requester.jobs().escrowed().await?, U256::ZERO);
    let fee = one.jobs().fee_for(price()).await?;
    assert_eq!(row.paid_wei, ((price() - fee) * U256::from(2)).to_string());
    let record = one.jobs().record_of(one.address()?).await?;
    assert_eq!((record.settled, U256::from(record.fees)), (2, fee * U256::from(2)));
    assert_eq!(one.jobs().record_of(other.address()?).await?.failed, 1);
    one.jobs().pass_on().await?;
    assert!(one.node().supply().await?.conserved);
    Ok(())
}

#[tokio::test]
async fn a_wrong_answer_is_not_paid_and_costs_the_bond() -> Result<()> {
    let market = Market::start(0).await?;
    let liar = bonded(&market, 1).await?;
    let sample = &market.digits.samples[0];
    let posted = market.requester.jobs().post(market.model, sample.pixels.clone(), price()).await?;
    liar.jobs().take(&posted.order, &[posted.id]).await?;
    let shape = liar.models().get(market.model).await?;
    let lie = Bytes::from(vec![0xaa; shape.outputBytes as usize]);
    liar.jobs().settle(&posted.order, vec![posted.order.answer(posted.id, lie)?]).await?;
    let job = liar.jobs().state(&posted.order, posted.id).await?;
    assert_eq!((job.phase, job.reason), (Phase::Rejected, Reason::WrongAnswer));
    assert_eq!(liar.edge_staking().total_slashed().await?, posted.order.bond());
    let stake = liar.edge_staking().standing_of(liar.address()?).await?;
    assert_eq!(stake.free, parse_ether("10000")? - posted.order.bond());
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
    jobs.cancel(&cancelled.order).await?;
    let mut offer = Offer::new(market.model, pixels.clone(), price());
    offer.take_seconds = 1;
    let untaken = jobs.offer(offer).await?;
    let mut offer = Offer::new(market.model, pixels, price());
    offer.work_seconds = 1;
    let silent = jobs.offer(offer).await?;
    worker.jobs().take(&silent.order, &[silent.id]).await?;
    let refused = worker.jobs().take(&cancelled.order, &[cancelled.id]).await;
    assert!(matches!(refused, Err(Error::Market(IJobMarketErrors::WrongPhase(_)))), "{refused:?}");
    let expired = async || Ok(worker.jobs().expire(&untaken.order).await.is_ok().then_some(()));
    wait_for("the time to take it to pass", Duration::from_secs(20), expired).await?;
    let forfeited = async || Ok(worker.jobs().forfeit(&silent.order, silent.id).await.is_ok().then_some(()));
    wait_for("the time to work to pass", Duration::from_secs(20), forfeited).await?;
    let expected = [
        (cancelled.id, Phase::Cancelled, Reason::CancelledByRequester),
        (untaken.id, Phase::Expired, Reason::NotTaken),
        (silent.id, Phase::Expired, Reason::NotSubmitted),
    ];
    for (id, phase, reason) in expected {
        let (_, job) = worker.jobs().get(id).await?;
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
    let refused = stranger.jobs().take(&posted.order, &[posted.id]).await;
    assert!(matches!(refused, Err(Error::EdgeStaking(_))), "{refused:?}");
    assert_eq!(stranger.jobs().state(&posted.order, posted.id).await?.phase, Phase::Untaken);
    Ok(())
}
