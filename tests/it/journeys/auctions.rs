//! An auction of jobs through the SDK, on a chain.

use alloy::primitives::{B256, Bytes, U256};
use edgeloom_bindings::{IAuctions::IAuctionsErrors, addresses::AUCTIONS};
use edgeloom_index_api::{AuctionPhase, BidQuery, BidReason};
use edgeloom_sdk::{AuctionOffer, Client, Error, Offer, SealedBid};
use edgeloom_tests::{Market, wait_for};
use eyre::Result;
use std::time::Duration;

use super::market::bonded;

/// Until the chain has a block of this height.
async fn reached(client: &Client, height: u64) -> Result<()> {
    client.heads().wait_for(|head| *head >= height).await?;
    Ok(())
}

/// Two jobs, three bids: the lower two win, and both are paid what the third wanted.
#[tokio::test]
async fn the_lowest_bids_win_at_the_price_of_the_first_that_lost() -> Result<()> {
    let market = Market::start(0).await?;
    let bidders = [bonded(&market, 1).await?, bonded(&market, 2).await?, bonded(&market, 3).await?];
    let pixels = |place: usize| Bytes::from(market.digits.samples[place].pixels.clone());
    let tick = U256::from(10).pow(U256::from(13));
    let most = tick * U256::from(256);
    let mut jobs = Offer::of_many(market.model, (0..2).map(pixels).collect(), most);
    jobs.take_seconds = 3600;
    let auctions = market.requester.auctions();
    let offer = AuctionOffer { jobs, commit_blocks: 16, reveal_blocks: 16, claim_seconds: 600 };
    let auction = auctions.open(offer).await?;
    assert_eq!(auctions.get(auction.number, auction.block).await?, auction);
    let deposit = auctions.deposit(&auction, 1).await?;

    let bids = [64, 128, 200].map(|tick| SealedBid { tick, units: 1, salt: B256::repeat_byte(tick as u8) });
    for (bidder, bid) in bidders.iter().zip(bids) {
        bidder.auctions().commit(&auction, bid, deposit).await?;
    }
    let early = bidders[0].auctions().reveal(&auction, bids[0]).await;
    assert!(matches!(early, Err(Error::Auctions(IAuctionsErrors::TooEarly(_)))), "{early:?}");
    reached(&market.requester, auction.terms.commitUntil.to::<u64>() + 1).await?;
    for (bidder, bid) in bidders.iter().zip(bids) {
        bidder.auctions().reveal(&auction, bid).await?;
    }
    reached(&market.requester, auction.terms.revealUntil.to::<u64>() + 1).await?;

    let order = bidders[2].auctions().clear(&auction).await?;
    let price = tick * U256::from(200);
    assert_eq!((order.price(), order.terms.worker), (price, AUCTIONS));
    assert_eq!(market.requester.auctions().order(&auction).await?, order);
    assert_eq!(auctions.credit_of(market.requester.address()?).await?, U256::from(2) * (most - price));
    for (bidder, won) in bidders.iter().zip([1, 1, 0]) {
        assert_eq!(auctions.won(&auction, bidder.address()?).await?, won);
    }
    let late = bidders[2].auctions().take(&auction, &order, 1).await;
    assert!(matches!(late, Err(Error::Auctions(IAuctionsErrors::NotWon(_)))), "{late:?}");

    let model = market.requester.models().load(market.model).await?;
    let fee = market.requester.jobs().fee_for(price).await?;
    for (bidder, place) in bidders.iter().zip(0..2) {
        let ids = bidder.auctions().take(&auction, &order, 1).await?;
        assert_eq!(ids, [order.number + U256::from(place)]);
        assert_eq!(auctions.credit_of(bidder.address()?).await?, deposit, "a winner who takes has its deposit back");
        let answer = model.infer(&market.digits.samples[place].pixels)?.into();
        bidder.jobs().settle(&order, vec![order.answer(ids[0], answer)?]).await?;
        assert_eq!(bidder.jobs().paid(&order, ids[0]).await?, Some(price - fee));
    }
    auctions.close(&auction, vec![bidders[2].address()?]).await?;
    assert_eq!(auctions.credit_of(bidders[2].address()?).await?, deposit, "and so has who lost");
    bidders[2].auctions().withdraw().await?;

    // What the index made of it: the clearing, what became of every bid, and the order that it is.
    let index = market.requester.index()?;
    let all = BidQuery { auction: Some(auction.number.to_string()), ..BidQuery::default() };
    let over = async || {
        let bids = index.bids(&all).await?.items;
        Ok((bids.len() == 3 && bids.iter().all(|bid| bid.reason != BidReason::Running)).then_some(bids))
    };
    let known = wait_for("the index to know the ends", Duration::from_secs(20), over).await?;
    let reasons: Vec<_> = known.iter().map(|bid| (bid.tick, bid.reason, bid.won, bid.taken)).collect();
    let won = (BidReason::Taken, Some(1), 1);
    let lost = (Some(200), BidReason::Lost, Some(0), 0);
    assert_eq!(reasons, [(Some(64), won.0, won.1, won.2), (Some(128), won.0, won.1, won.2), lost]);
    let found = index.auction(auction.number).await?;
    assert_eq!((found.auction.phase, found.auction.bids, found.auction.revealed), (AuctionPhase::Cleared, 3, 3));
    assert_eq!((found.auction.order, found.auction.price_wei), (Some(order.number.to()), Some(price.to_string())));
    assert_eq!((found.auction.margin, found.auction.taken_by_winners), (Some(200), 2));
    assert_eq!(found.history.len(), 1 + 3 + 3 + 1 + 2 + 3);
    let row = index.order(order.number.to()).await?;
    assert_eq!((row.count, row.settled, row.running), (2, 2, 0));
    Ok(())
}
