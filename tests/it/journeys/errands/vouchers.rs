//! Vouchers that are handed to a worker.

use super::{PATIENCE, Ready, Status, World, status};
use crate::journeys::audits::honest::{client, later};
use alloy::{primitives::U256, providers::Provider as _, rpc::types::Filter, sol_types::SolEvent as _};
use edgeloom_bindings::IPaymentPool::VoucherSkipped;
use edgeloom_sdk::{Pair, SessionLimits, Voucher};
use edgeloom_tests::wait_for;
use eyre::{Result, ensure};
use std::{borrow::Cow, net::SocketAddr};

fn tfuel(tenths: u64) -> U256 {
    U256::from(tenths) * U256::from(10).pow(U256::from(17))
}

/// The page's answer: a status code and what it says.
async fn hand_in(listen: SocketAddr, voucher: &Voucher) -> Result<(u16, String)> {
    let sent = reqwest::Client::new().post(format!("http://{listen}/vouchers")).json(voucher).send().await?;
    Ok((sent.status().as_u16(), sent.text().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_is_kept_and_paid_once_wherever_the_worker_is_killed() -> Result<()> {
    let world = World::start(&[]).await?;
    let (payer, me) = (world.watcher.payments(), world.me);
    let pool = payer.open(3600, tfuel(40), tfuel(40)).await?;
    let pair = Pair::of_payer(pool, me);
    payer.earmark(pair, tfuel(20), U256::ZERO).await?;

    // What the page has answered for is kept; here the process is killed before it answers.
    let mut process = world.doomed("vouched")?;
    let ready: Ready = process.ready(PATIENCE).await?;
    for (wrong, why) in [
        (payer.sign(pair, tfuel(21))?, "are earmarked"),
        (client(&world.dev, 1).await?.payments().sign(pair, tfuel(1))?, "did not sign"),
        (payer.sign(Pair { payee: payer_of(&world)?, ..pair }, tfuel(1))?, "not this worker"),
        (payer.sign(Pair { pool: pool + U256::from(1), ..pair }, tfuel(1))?, "no such pool"),
    ] {
        let (code, said) = hand_in(ready.listen, &wrong).await?;
        ensure!(code == 422 && said.contains(why), "{code} {said} of {why}");
    }
    let nonsense = reqwest::Client::new().post(format!("http://{}/vouchers", ready.listen)).body("{}").send().await?;
    ensure!(nonsense.status().is_client_error(), "{nonsense:?}");
    let first = payer.sign(pair, tfuel(9))?;
    ensure!(hand_in(ready.listen, &first).await.is_err(), "it was to abort before its answer");
    world.aborted(&mut process, "vouched").await?;
    assert_eq!(payer.pair(pair).await?.redeemed.to::<u128>(), 0);

    for step in ["vouchers-redeemed", "redemption-noted", "vouchers-collected", "collection-noted", "vouchers-paid"] {
        world.aborts(step).await?;
    }
    let known = payer.pair(pair).await?;
    assert_eq!((U256::from(known.redeemed), U256::from(known.withdrawn)), (tfuel(9), tfuel(9)));
    // The stake, and one transaction of each kind.
    assert_eq!(world.sent().await?, 4);

    // A later voucher pays what it has more, an older one nothing.
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let before = world.watcher.balance(me).await?;
    assert_eq!(hand_in(ready.listen, &first).await?.0, 422, "it was redeemed");
    let (code, said) = hand_in(ready.listen, &payer.sign(pair, tfuel(15))?).await?;
    ensure!(code == 200 && said.contains(&tfuel(6).to_string()), "{code} {said}");
    let paid = async || Ok((world.watcher.balance(me).await? > before + tfuel(5)).then_some(()));
    wait_for("the second voucher to be paid", PATIENCE, paid).await.map_err(|error| error.wrap_err(process.tail()))?;
    let status = status(&ready).await?;
    assert_eq!((status.vouchers_wei, status.redeemed_wei), ("0".to_owned(), tfuel(15).to_string()));
    process.stop(PATIENCE).await?;
    let gained = world.watcher.balance(me).await? - before;
    ensure!(gained <= tfuel(6), "{gained} is more than was owed");
    assert_eq!(world.sent().await?, 7);
    Ok(())
}

/// What a session owes is accepted while there is time to redeem it, and dropped when that is gone for long.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_owes_has_its_time() -> Result<()> {
    const HOUR: u64 = 3600;
    let world = World::start(&[]).await?;
    let (payer, agent) = (world.watcher.payments(), client(&world.dev, 1).await?);
    let pool = payer.open(3600, tfuel(40), tfuel(40)).await?;
    let pair = Pair { pool, session: agent.address()?, payee: world.me };
    let now = world.watcher.head_time().await?;
    let limits = |until: u64| SessionLimits { payee: None, cap: tfuel(10), expiry: until as u32 };
    payer.authorize(pool, pair.session, limits(now + HOUR / 3)).await?;
    payer.earmark(pair, tfuel(10), U256::ZERO).await?;
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    // Worth less than its gas, so that it is only kept.
    let dust = agent.payments().sign(pair, U256::from(1_000_000_000))?;
    let (code, said) = hand_in(ready.listen, &dust).await?;
    ensure!(code == 422 && said.contains("too soon"), "{code} {said}");
    payer.authorize(pool, pair.session, limits(now + 2 * HOUR)).await?;
    assert_eq!(hand_in(ready.listen, &dust).await?.0, 200);
    let worth = async |ready: &Ready, wei: &str| {
        let shown = async || Ok(Some(status(ready).await?).filter(|status| status.vouchers_wei == wei));
        wait_for("its page to show what it keeps", PATIENCE, shown).await
    };
    worth(&ready, "1000000000").await.map_err(|error| error.wrap_err(process.tail()))?;
    process.stop(PATIENCE).await?;
    later(&world.watcher, 30 * HOUR).await?;
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let page = worth(&ready, "0").await.map_err(|error| error.wrap_err(process.tail()))?;
    assert_eq!(page.redeemed_wei, "0");
    process.stop(PATIENCE).await?;
    assert_eq!(world.sent().await?, 1, "its stake alone");
    Ok(())
}

/// What a killed process sent may still get into a block: the next one waits for it, and sends no second.
#[tokio::test(flavor = "multi_thread")]
async fn killed_with_a_redemption_on_its_way_it_sends_no_second() -> Result<()> {
    let world = World::start(&[]).await?;
    let (payer, provider) = (world.watcher.payments(), world.watcher.provider());
    let pool = payer.open(3600, tfuel(20), tfuel(20)).await?;
    let pair = Pair::of_payer(pool, world.me);
    payer.earmark(pair, tfuel(20), U256::ZERO).await?;
    let voucher = payer.sign(pair, tfuel(15))?;
    let mut process = world.doomed("vouched")?;
    let ready: Ready = process.ready(PATIENCE).await?;
    ensure!(hand_in(ready.listen, &voucher).await.is_err(), "it was to abort before its answer");
    world.aborted(&mut process, "vouched").await?;

    let automine = Cow::Borrowed("evm_setAutomine");
    provider.raw_request::<_, serde_json::Value>(automine.clone(), [false]).await?;
    let process = world.run()?;
    let sent = async || Ok((provider.get_transaction_count(world.me).pending().await? == 2).then_some(()));
    wait_for("it to redeem", PATIENCE, sent).await.map_err(|error| error.wrap_err(process.tail()))?;
    process.kill_9()?;
    assert_eq!(provider.get_transaction_count(world.me).await?, 1, "its stake alone is in a block");
    let mut process = world.run()?;
    provider.raw_request::<_, serde_json::Value>(automine, [true]).await?;
    world.reach(provider.get_block_number().await? + 1).await?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let paid = async || Ok(Some(status(&ready).await?).filter(|status| status.redeemed_wei == tfuel(15).to_string()));
    wait_for("it to be noted", PATIENCE, paid).await.map_err(|error| error.wrap_err(process.tail()))?;
    let withdrawn = async || Ok((payer.pair(pair).await?.withdrawn == payer.pair(pair).await?.redeemed).then_some(()));
    wait_for("it to be collected", PATIENCE, withdrawn).await.map_err(|error| error.wrap_err(process.tail()))?;
    let empty = async || Ok(payer.credit_of(world.me).await?.is_zero().then_some(()));
    wait_for("it to be paid", PATIENCE, empty).await.map_err(|error| error.wrap_err(process.tail()))?;
    process.stop(PATIENCE).await?;
    assert_eq!(world.sent().await?, 4);
    Ok(())
}

/// A payer took away what covered a voucher while its worker was not there: the pool passes it over, and it is not paid for again and again.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_pool_passes_over_is_not_sent_again() -> Result<()> {
    let world = World::start(&[]).await?;
    let payer = world.watcher.payments();
    let pool = payer.open(3600, tfuel(20), tfuel(20)).await?;
    let pair = Pair::of_payer(pool, world.me);
    payer.earmark(pair, tfuel(20), U256::ZERO).await?;
    let mut process = world.doomed("vouched")?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let uncovered = payer.sign(pair, tfuel(15))?;
    ensure!(hand_in(ready.listen, &uncovered).await.is_err(), "it was to abort before its answer");
    world.aborted(&mut process, "vouched").await?;
    payer.announce_release(pair, U256::ZERO).await?;
    later(&world.watcher, 3601).await?;
    payer.release(pair).await?;
    payer.announce_withdrawal(pool, tfuel(20), U256::ZERO).await?;

    world.aborts("vouchers-redeemed").await?;
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let skipped = async || {
        let filter = Filter::new().from_block(0).event_signature(VoucherSkipped::SIGNATURE_HASH);
        Ok::<_, eyre::Report>(world.watcher.provider().get_logs(&filter).await?.len())
    };
    let twice = async || Ok((skipped().await? == 2).then_some(()));
    wait_for("it to try once more", PATIENCE, twice).await.map_err(|error| error.wrap_err(process.tail()))?;
    // Others are redeemed as ever, without this one.
    let other = Pair::of_payer(payer.open(3600, tfuel(20), tfuel(20)).await?, world.me);
    payer.earmark(other, tfuel(20), U256::ZERO).await?;
    assert_eq!(hand_in(ready.listen, &payer.sign(other, tfuel(12))?).await?.0, 200);
    // The one that was passed over is kept.
    let (paid, kept) = (tfuel(12).to_string(), tfuel(15).to_string());
    let both = |status: &Status| status.redeemed_wei == paid && status.vouchers_wei == kept;
    let shown = async || Ok(Some(status(&ready).await?).filter(both));
    wait_for("the other alone to be paid", PATIENCE, shown).await.map_err(|error| error.wrap_err(process.tail()))?;
    process.stop(PATIENCE).await?;
    assert_eq!(skipped().await?, 2);
    Ok(())
}

fn payer_of(world: &World) -> Result<alloy::primitives::Address> {
    Ok(world.watcher.address()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_none_accepts_none() -> Result<()> {
    let world = World::start(&["--vouchers", "off"]).await?;
    let pool = world.watcher.payments().open(3600, tfuel(10), tfuel(10)).await?;
    let pair = Pair::of_payer(pool, world.me);
    world.watcher.payments().earmark(pair, tfuel(10), U256::ZERO).await?;
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let voucher = world.watcher.payments().sign(pair, tfuel(1))?;
    assert_eq!(hand_in(ready.listen, &voucher).await?.0, 404);
    process.stop(PATIENCE).await?;
    Ok(())
}
