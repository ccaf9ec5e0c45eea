//! Leases through the SDK, on a chain: served by the second, extended, and over when the money is.

use super::market::bonded;
use alloy::primitives::{B256, U256};
use edgeloom_bindings::ILeases::{ILeasesErrors, Phase, Reason};
use edgeloom_index_api::{LeaseDetail, LeasePhase, LeaseReason};
use edgeloom_sdk::{Client, Error, Lease, LeaseOffer};
use edgeloom_tests::{Market, wait_for};
use eyre::{Result, ensure};
use std::time::Duration;

const RATE: u64 = 1_000_000_000_000_000;
const SUBJECT: B256 = B256::repeat_byte(7);
const PATIENCE: Duration = Duration::from_secs(30);

/// What the index says of a lease that is over.
async fn indexed(client: &Client, lease: &Lease) -> Result<LeaseDetail> {
    let index = client.index()?;
    let over = async || {
        let found = index.lease(lease.number.to()).await.ok();
        Ok(found.filter(|found| found.lease.phase == LeasePhase::Ended))
    };
    wait_for("the index to know its end", PATIENCE, over).await
}

#[tokio::test]
async fn a_lease_is_paid_by_the_second_until_its_money_is_used_up() -> Result<()> {
    let market = Market::start(0).await?;
    let worker = bonded(&market, 1).await?;
    let (tenant, host) = (market.requester.leases(), worker.leases());
    let rate = U256::from(RATE);
    let lease = tenant.offer(LeaseOffer::new(rate, 6, SUBJECT)).await?;
    host.take(&lease).await?;
    host.begin(&lease, B256::repeat_byte(1)).await?;
    let begun = host.state(&lease).await?;
    assert_eq!(
        (begun.phase, begun.exhaustsAt - begun.since),
        (Phase::Running, alloy::primitives::aliases::U40::from(6))
    );

    // What it earned by now, less a twentieth; and a term more.
    let owed = async || Ok((host.owed(&lease).await? >= rate).then_some(()));
    wait_for("a second to be served", PATIENCE, owed).await?;
    let before = worker.balance(worker.address()?).await?;
    let receipt = host.collect(std::slice::from_ref(&lease)).await?;
    let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    let paid = worker.balance(worker.address()?).await? + gas - before;
    let collected = U256::from(host.state(&lease).await?.collected.to::<u64>());
    assert_eq!(paid, collected * rate / U256::from(20) * U256::from(19));
    tenant.extend(&lease, 2).await?;
    let extended = host.state(&lease).await?;
    assert_eq!((extended.exhaustsAt - extended.since).to::<u64>(), 8);

    // Nobody can end it by the clock before that second, and nothing is paid past it.
    let early = market.requester.leases().close(std::slice::from_ref(&lease)).await;
    ensure!(matches!(early, Err(Error::Leases(ILeasesErrors::StillOpen(_)))), "{early:?}");
    let closed = async || Ok(tenant.close(std::slice::from_ref(&lease)).await.is_ok().then_some(()));
    wait_for("the money to be used up", PATIENCE, closed).await?;
    let ended = host.ending(&lease).await?.expect("it was closed");
    assert_eq!((ended.reason, ended.served, ended.refunded), (Reason::Exhausted, U256::from(8), U256::ZERO));
    assert_eq!(paid + ended.paid, rate * U256::from(8) / U256::from(20) * U256::from(19));
    assert_eq!(host.credit_of(worker.address()?).await?, ended.paid);
    host.withdraw().await?;
    assert_eq!(worker.edge_staking().standing_of(worker.address()?).await?.locked, U256::ZERO);
    let known = indexed(&worker, &lease).await?;
    let names: Vec<_> = known.history.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["LeaseOffered", "LeaseTaken", "LeaseBegun", "LeaseCollected", "LeaseExtended", "LeaseEnded"]);
    assert_eq!((known.lease.reason, known.lease.served_seconds), (Some(LeaseReason::Exhausted), 8));
    assert_eq!((known.lease.term_seconds, known.lease.paid_wei), (8, (paid + ended.paid).to_string()));
    assert_eq!(known.lease.machine, Some(B256::repeat_byte(1).to_string()));
    let late = tenant.extend(&lease, 1).await;
    ensure!(matches!(late, Err(Error::Leases(ILeasesErrors::WrongPhase(_)))), "{late:?}");
    assert!(worker.node().supply().await?.conserved);
    Ok(())
}

#[tokio::test]
async fn who_ended_a_lease_and_why_is_on_the_chain() -> Result<()> {
    let market = Market::start(0).await?;
    let worker = bonded(&market, 1).await?;
    let (tenant, host) = (market.requester.leases(), worker.leases());
    let (rate, why) = (U256::from(RATE), B256::repeat_byte(9));

    // By the requester, who gets back what was not served.
    let served = tenant.offer(LeaseOffer::new(rate, 600, SUBJECT)).await?;
    host.take(&served).await?;
    host.begin(&served, B256::ZERO).await?;
    let owed = async || Ok((host.owed(&served).await? >= rate).then_some(()));
    wait_for("a second to be served", PATIENCE, owed).await?;
    tenant.end(&served, why).await?;
    let ended = host.ending(&served).await?.expect("it was ended");
    assert_eq!((ended.reason, ended.by, ended.evidence), (Reason::EndedByRequester, market.requester.address()?, why));
    assert_eq!(ended.refunded, (U256::from(600) - ended.served) * rate);
    assert_eq!(tenant.credit_of(market.requester.address()?).await?, ended.refunded);

    // By the worker, who had committed itself to more: that costs its bond.
    let broken = LeaseOffer { serve_seconds: 600, ..LeaseOffer::new(rate, 600, SUBJECT) };
    let broken = tenant.offer(broken).await?;
    host.take(&broken).await?;
    host.begin(&broken, B256::ZERO).await?;
    host.end(&broken, why).await?;
    let ended = host.ending(&broken).await?.expect("it was ended");
    assert_eq!((ended.reason, ended.by), (Reason::LeftEarly, worker.address()?));
    assert_eq!(worker.edge_staking().total_slashed().await?, U256::from(broken.terms.bond));
    let known = indexed(&worker, &broken).await?;
    assert_eq!((known.lease.reason, known.lease.evidence), (Some(LeaseReason::LeftEarly), Some(why.to_string())));
    let last = known.history.last().expect("it ended");
    assert_eq!((last.reason.as_deref(), last.evidence.as_deref()), (Some("leftEarly"), Some(why.to_string().as_str())));
    assert_eq!((known.lease.ended_by.as_ref(), known.lease.worker.as_ref()), (Some(&last.actor), Some(&last.actor)));

    // And before anybody took it.
    let untaken = tenant.offer(LeaseOffer::new(rate, 60, SUBJECT)).await?;
    tenant.end(&untaken, B256::ZERO).await?;
    let ended = host.ending(&untaken).await?.expect("it was ended");
    assert_eq!((ended.reason, ended.refunded), (Reason::CancelledByRequester, rate * U256::from(60)));
    Ok(())
}
