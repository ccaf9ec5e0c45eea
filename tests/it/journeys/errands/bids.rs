//! Bids of a worker in auctions.

use super::{PATIENCE, Ready, World, status};
use crate::journeys::audits::honest::client;
use alloy::primitives::{B256, Bytes, U256, utils::parse_ether};
use edgeloom_bindings::IJobMarket::Phase;
use edgeloom_sdk::{Auction, AuctionOffer, Client, Offer, SealedBid};
use edgeloom_tests::{Digits, wait_for};
use eyre::{Result, ensure};
use std::sync::Arc;

/// A 256th of the requester's most: 10^15 wei.
fn tick() -> U256 {
    U256::from(10).pow(U256::from(15))
}

async fn opened(world: &World, (model, digits): (B256, &Digits), count: usize) -> Result<Auction> {
    let inputs = digits.samples[..count].iter().map(|sample| Bytes::from(sample.pixels.clone())).collect();
    let mut jobs = Offer::of_many(model, inputs, tick() * U256::from(256));
    (jobs.take_seconds, jobs.work_seconds) = (3600, 600);
    let offer = AuctionOffer { jobs, commit_blocks: 100, reveal_blocks: 100, claim_seconds: 900 };
    Ok(world.watcher.auctions().open(offer).await?)
}

/// A rival's bid.
async fn seals(rival: &Client, auction: &Auction, (tick, units): (u16, u32)) -> Result<SealedBid> {
    let bid = SealedBid { tick, units, salt: B256::repeat_byte(7) };
    let deposit = rival.auctions().deposit(auction, units).await?;
    rival.auctions().commit(auction, bid, deposit).await?;
    Ok(bid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bid_is_made_once_and_what_it_won_is_done_wherever_the_worker_is_killed() -> Result<()> {
    let least = (tick() * U256::from(100)).to_string();
    let world = World::start(&["--max-parallel", "2", "--min-price", &least]).await?;
    let (watcher, me, digits) = (&world.watcher, world.me, Digits::load()?);
    let model = watcher.models().upload_and_register(&digits.model, "digits", "").await?.id;
    let rival = client(&world.dev, 1).await?;
    rival.edge_staking().bond(parse_ether("1000")?).await?;
    let auctions = watcher.auctions();

    // Three jobs; the worker does two at once, and bids for two.
    let auction = opened(&world, (model, &digits), 3).await?;
    for step in ["bidding", "bid-sealed"] {
        world.aborts(step).await?;
    }
    let placed = auctions.placed(&auction, me).await?;
    assert_eq!(placed.deposit, auctions.deposit(&auction, 2).await?);
    let other = seals(&rival, &auction, (200, 1)).await?;
    let loses = seals(&client_of(&world, 2).await?, &auction, (201, 1)).await?;
    world.reach(auction.terms.commitUntil.to::<u64>() + 1).await?;
    world.aborts("bid-revealed").await?;
    let placed = auctions.placed(&auction, me).await?;
    assert_eq!((placed.units, placed.tick), (U256::from(2), U256::from(100)), "by its least price");
    rival.auctions().reveal(&auction, other).await?;
    client_of(&world, 2).await?.auctions().reveal(&auction, loses).await?;
    world.reach(auction.terms.revealUntil.to::<u64>() + 10).await?;
    for step in ["auction-cleared", "units-taken", "unit-noted", "bid-ended", "deposits-paid"] {
        world.aborts(step).await?;
    }
    let order = auctions.order(&auction).await?;
    assert_eq!(order.price(), tick() * U256::from(201), "what the first that lost wanted");

    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let jobs: Vec<_> = order.jobs().take(2).collect();
    let settled = async || {
        for job in &jobs {
            let state = watcher.jobs().state(&order, *job).await?;
            ensure!(matches!(state.phase, Phase::Taken | Phase::Settled) && state.worker == me, "{state:?}");
            if state.phase != Phase::Settled {
                return Ok(None);
            }
        }
        Ok(Some(()))
    };
    wait_for("what was won to be paid", PATIENCE, settled).await.map_err(|error| error.wrap_err(process.tail()))?;
    assert_eq!(auctions.taken(&auction, me).await?, jobs, "each was taken once");
    let fee = watcher.jobs().fee_for(order.price()).await?;
    for job in &jobs {
        assert_eq!(watcher.jobs().paid(&order, *job).await?, Some(order.price() - fee));
    }
    let counted = async || Ok(Some(status(&ready).await?).filter(|status| status.jobs_settled == 2));
    let page = wait_for("its page to count them", PATIENCE, counted).await?;
    assert_eq!(page.bids, 0);
    process.stop(PATIENCE).await?;
    // The stake; sealed, revealed, cleared, taken, withdrawn; and two answers.
    assert_eq!(world.sent().await?, 1 + 5 + 2);
    assert_eq!(auctions.credit_of(me).await?, U256::ZERO);

    // One that it loses: its deposit comes back.
    let auction = opened(&world, (model, &digits), 1).await?;
    world.aborts("bid-sealed").await?;
    let lower = seals(&rival, &auction, (1, 1)).await?;
    world.reach(auction.terms.commitUntil.to::<u64>() + 1).await?;
    world.aborts("bid-revealed").await?;
    rival.auctions().reveal(&auction, lower).await?;
    world.reach(auction.terms.revealUntil.to::<u64>() + 10).await?;
    for step in ["auction-cleared", "bid-closed", "bid-ended", "deposits-paid"] {
        world.aborts(step).await?;
    }
    assert_eq!(auctions.won(&auction, me).await?, 0);
    assert_eq!(auctions.credit_of(me).await?, U256::ZERO, "it was paid out");
    assert_eq!(world.sent().await?, 8 + 5);
    Ok(())
}

async fn client_of(world: &World, account: u32) -> Result<Client> {
    let client = client(&world.dev, account).await?;
    if !client.edge_staking().is_bonded(client.address()?).await? {
        client.edge_staking().bond(parse_ether("1000")?).await?;
    }
    Ok(client)
}

/// Two bid the same, and for more than there is: chance says who has what, and the worker shows what it said.
#[tokio::test(flavor = "multi_thread")]
async fn where_bids_are_the_same_it_shows_whom_chance_drew() -> Result<()> {
    let least = (tick() * U256::from(100)).to_string();
    let world = World::start(&["--max-parallel", "2", "--min-price", &least]).await?;
    let (auctions, me, digits) = (world.watcher.auctions(), world.me, Digits::load()?);
    let model = world.watcher.models().upload_and_register(&digits.model, "digits", "").await?.id;
    let rival = client_of(&world, 1).await?;
    let auction = opened(&world, (model, &digits), 3).await?;
    world.aborts("bid-sealed").await?;
    let same = seals(&rival, &auction, (100, 2)).await?;
    world.reach(auction.terms.commitUntil.to::<u64>() + 1).await?;
    world.aborts("bid-revealed").await?;
    rival.auctions().reveal(&auction, same).await?;
    world.reach(auction.terms.revealUntil.to::<u64>() + 10).await?;
    world.aborts("auction-cleared").await?;
    let delay = world.watcher.beacon().delay().await?;
    world.reach(auction.terms.revealUntil.to::<u64>() + delay + 10).await?;
    world.aborts("margin-drawn").await?;
    let won = auctions.won(&auction, me).await?;
    let others = auctions.won(&auction, rival.address()?).await?;
    ensure!((won, others) == (1, 2) || (won, others) == (2, 1), "{won} and {others} of three");
    let mut process = world.run()?;
    let ready: Ready = process.ready(PATIENCE).await?;
    let paid = async || Ok(Some(status(&ready).await?).filter(|status| status.jobs_settled == u64::from(won)));
    let page =
        wait_for("what was won to be paid", PATIENCE, paid).await.map_err(|error| error.wrap_err(process.tail()))?;
    assert_eq!(page.bids, 0);
    assert_eq!(auctions.taken(&auction, me).await?.len(), won as usize);
    process.stop(PATIENCE).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn below_its_least_price_it_does_not_bid_and_switched_off_nowhere() -> Result<()> {
    let (least, digits) = ((tick() * U256::from(256) + U256::from(1)).to_string(), Digits::load()?);
    let dear = World::start(&["--min-price", &least]).await?;
    let off = World::on(Arc::clone(&dear.dev), &["--bids", "off"]).await?;
    let eager = World::on(Arc::clone(&dear.dev), &[]).await?;
    let model = dear.watcher.models().upload_and_register(&digits.model, "digits", "").await?.id;
    let (mut dears, mut offs) = (dear.run()?, off.run()?);
    let page: Ready = dears.ready(PATIENCE).await?;
    offs.ready::<Ready>(PATIENCE).await?;
    let auction = opened(&dear, (model, &digits), 1).await?;
    let refused = async || Ok(status(&page).await?.refusals.get("price-too-low").copied());
    let refused = wait_for("one to say why it does not bid", PATIENCE, refused).await;
    assert_eq!(refused.map_err(|error| error.wrap_err(dears.tail()))?, 1);
    // By the time at which this one has, one that is not switched off would have.
    eager.aborts("bid-sealed").await?;
    let deposit = async |world: &World| {
        let placed = dear.watcher.auctions().placed(&auction, world.me).await?;
        Ok::<_, eyre::Report>(placed.deposit)
    };
    ensure!(deposit(&eager).await? > U256::ZERO, "it sealed none");
    assert_eq!((deposit(&dear).await?, deposit(&off).await?), (U256::ZERO, U256::ZERO));
    dears.stop(PATIENCE).await?;
    offs.stop(PATIENCE).await?;
    Ok(())
}
