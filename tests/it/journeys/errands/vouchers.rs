//! Vouchers that are handed to a worker.

use super::{PATIENCE, Ready, World, status};
use crate::journeys::audits::honest::client;
use alloy::primitives::U256;
use edgeloom_sdk::{Pair, Voucher};
use edgeloom_tests::wait_for;
use eyre::{Result, ensure};
use std::net::SocketAddr;

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
