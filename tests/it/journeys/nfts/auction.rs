//! Tokens for the highest bid, and for rent.

use super::{
    fair::{PATIENCE, Purse, fee, hex, royalty, sales, tfuel},
    stage::Stage,
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::{
    IAuctionHouse::{IAuctionHouseErrors, Phase},
    ICollection::ICollectionErrors,
    IExchange::Standard,
    IRentals::IRentalsErrors,
    addresses::AUCTION_HOUSE,
};
use edgeloom_index_api::{LotBidQuery, LotPhase, LotQuery, RentalQuery, SaleKind};
use edgeloom_sdk::{Asset, AuctionDraft, Error, Obstacle, OrderDraft, RentalDraft};
use edgeloom_tests::{dev_signer, wait_for};
use eyre::Result;

const HOUR: u64 = 3_600;
/// What is left to bid after each bid, at least, seconds.
const EXTENSION: u64 = 600;

#[tokio::test]
async fn the_highest_bid_wins_late_bids_extend_and_who_was_outbid_fetches_its_money() -> Result<()> {
    let stage = Stage::start().await?;
    let (looms, one) = (stage.collection(2).await?, U256::ONE);
    let rival = stage.client(dev_signer(3)?).await?;
    let (house, reserve) = (stage.seller.auction_house(), tfuel("1"));
    let unapproved = house.create(AuctionDraft::token(looms.address(), one, reserve)).await;
    assert!(matches!(unapproved, Err(Error::Collection(ICollectionErrors::NotOwnerNorApproved(_)))), "{unapproved:?}");
    house.checkout().approve_tokens(looms.address(), true).await?;
    let number = house.create(AuctionDraft::token(looms.address(), one, reserve).lasting(HOUR)).await?;
    assert_eq!(looms.owner_of(one).await?, AUCTION_HOUSE);
    let opened = house.get(number).await?.state;
    assert_eq!(
        (opened.phase, opened.standard, opened.seller),
        (Phase::Open, Standard::ERC721, stage.seller.address()?)
    );

    let (buyers, rivals) = (stage.buyer.auction_house(), rival.auction_house());
    let low = buyers.bid(number, reserve - U256::ONE).await;
    assert!(matches!(low, Err(Error::AuctionHouse(IAuctionHouseErrors::BidTooLow(_)))), "{low:?}");
    let purse = Purse::of(&stage.buyer).await?;
    let receipt = buyers.bid(number, reserve).await?;
    assert_eq!(purse.spent(&stage.buyer, receipt.transaction_hash).await?, reserve);
    assert_eq!(rivals.minimum_bid(number).await?, tfuel("1.05"), "a twentieth more");
    rivals.bid(number, tfuel("2")).await?;
    assert_eq!(buyers.checkout().credit_of(stage.buyer.address()?).await?, reserve, "kept for it, not pushed");
    let committed = house.cancel(number).await;
    assert!(matches!(committed, Err(Error::AuctionHouse(IAuctionHouseErrors::HasBid(_)))), "{committed:?}");

    // A minute before the end there are ten to answer.
    let until = house.get(number).await?.state.until.to::<u64>();
    stage.at(until - 60).await?;
    let price = tfuel("2.1") + U256::from(33);
    buyers.bid(number, price).await?;
    let extended = house.get(number).await?.state.until.to::<u64>();
    let moved = extended - until;
    assert!((EXTENSION - 60..EXTENSION).contains(&moved), "it was extended by {moved} seconds");
    let early = house.settle(number).await;
    assert!(matches!(early, Err(Error::AuctionHouse(IAuctionHouseErrors::StillOpen(_)))), "{early:?}");
    stage.at(extended + 1).await?;
    let late = rivals.bid(number, tfuel("9")).await;
    assert!(matches!(late, Err(Error::AuctionHouse(IAuctionHouseErrors::Ended(_)))), "{late:?}");

    let purses = (Purse::of(&stage.seller).await?, Purse::of(&stage.creator).await?);
    let settled = rivals.settle(number).await?;
    assert_eq!(purses.0.earned(&stage.seller).await?, price - fee(price) - royalty(price));
    assert_eq!(purses.1.earned(&stage.creator).await?, royalty(price));
    assert_eq!(house.checkout().dues_in(Address::ZERO).await?, fee(price));
    assert_eq!(looms.owner_of(one).await?, stage.buyer.address()?);
    assert_eq!(house.get(number).await?.state.phase, Phase::Sold);

    // Each has back what others outbid.
    for (bidder, bid) in [(&stage.buyer, reserve), (&rival, tfuel("2"))] {
        let checkout = bidder.auction_house().checkout();
        let purse = Purse::of(bidder).await?;
        let fetched = checkout.withdraw().await?;
        let gas = U256::from(fetched.gas_used) * U256::from(fetched.effective_gas_price);
        assert_eq!(purse.earned_with(bidder, gas).await?, bid);
        assert!(matches!(checkout.withdraw().await, Err(Error::Credits(_))), "once");
    }
    assert_eq!(stage.buyer.balance(AUCTION_HOUSE).await?, fee(price));

    let index = stage.buyer.index()?;
    let sold = async || {
        let found = index.lot(number.to()).await.ok();
        Ok(found.filter(|found| found.lot.phase == LotPhase::Sold))
    };
    let found = wait_for("the index to know the end", PATIENCE, sold).await?;
    let names: Vec<_> = found.history.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["AuctionCreated", "BidPlaced", "BidPlaced", "BidPlaced", "LotDelivered", "AuctionSettled"]);
    let lot = found.lot;
    assert_eq!((lot.bids, lot.until, lot.token_id.as_str()), (3, extended, "1"));
    assert_eq!((lot.bidder, lot.highest), (Some(hex(stage.buyer.address()?)), Some(price.to_string())));
    assert_eq!((lot.fee, lot.royalty), (Some(fee(price).to_string()), Some(royalty(price).to_string())));
    assert_eq!(lot.closed_tx, Some(settled.transaction_hash.to_string()));
    let query = LotBidQuery { lot: Some(number.to()), ..LotBidQuery::default() };
    let bids: Vec<_> = index.lot_bids(&query).await?.items.into_iter().map(|bid| (bid.bidder, bid.amount)).collect();
    let own = hex(stage.buyer.address()?);
    let expected = [(own.clone(), reserve), (hex(rival.address()?), tfuel("2")), (own, price)];
    assert_eq!(bids, expected.map(|(bidder, wei)| (bidder, wei.to_string())));
    let row = sales(&stage.buyer, looms.address(), 1).await?.remove(0);
    assert_eq!((row.kind, Some(row.id), row.reference), (SaleKind::Auction, lot.sale, number.to_string()));
    assert_eq!((row.price, row.seller), (price.to_string(), hex(stage.seller.address()?)));
    Ok(())
}

#[tokio::test]
async fn what_nobody_bids_for_goes_back() -> Result<()> {
    let stage = Stage::start().await?;
    let (looms, house) = (stage.collection(2).await?, stage.seller.auction_house());
    house.checkout().approve_tokens(looms.address(), true).await?;
    let first = house.create(AuctionDraft::token(looms.address(), U256::ONE, U256::ONE).lasting(HOUR)).await?;
    let second = house.create(AuctionDraft::token(looms.address(), U256::from(2), U256::ONE).lasting(HOUR)).await?;
    let foreign = stage.buyer.auction_house().cancel(first).await;
    assert!(matches!(foreign, Err(Error::AuctionHouse(IAuctionHouseErrors::NotSeller(_)))), "{foreign:?}");
    house.cancel(first).await?;
    stage.at(house.get(second).await?.state.until.to::<u64>() + 1).await?;
    stage.buyer.auction_house().reclaim(second).await?;
    assert_eq!(looms.balance_of(stage.seller.address()?).await?, U256::from(2));
    let returned = LotQuery { phase: Some(LotPhase::Returned), ..LotQuery::default() };
    let index = stage.seller.index()?;
    let known = async || Ok((index.lots(&returned).await?.items.len() == 2).then_some(()));
    wait_for("the index to know that both went back", PATIENCE, known).await
}

#[tokio::test]
async fn a_token_is_used_by_who_rented_it_until_its_time_is_over() -> Result<()> {
    let stage = Stage::start().await?;
    let (looms, one, rate) = (stage.collection(1).await?, U256::ONE, U256::from(1_000_000_000_007_u64));
    let (rentals, exchange) = (stage.seller.rentals(), stage.seller.exchange());
    rentals.checkout().approve_tokens(looms.address(), true).await?;
    exchange.checkout().approve_tokens(looms.address(), true).await?;
    let listing = OrderDraft::list(Asset::token(looms.address(), one), tfuel("1"));
    let listing = exchange.sign(exchange.prepare(listing).await?)?;
    let draft = RentalDraft::new(looms.address(), one, rate).between(60, 7_200);
    let offer = rentals.sign(draft).await?;
    let offer = serde_json::from_str(&serde_json::to_string(&offer)?)?;
    assert!(stage.buyer.rentals().verify(&offer).await?);
    let short = stage.buyer.rentals().rent(&offer, 59, None).await;
    assert!(matches!(short, Err(Error::Rentals(IRentalsErrors::PeriodOutOfRange(_)))), "{short:?}");

    // Nobody lets a token out in the second in which it came.
    stage.mine(2).await?;
    let (owner, creator) = (Purse::of(&stage.seller).await?, Purse::of(&stage.creator).await?);
    let friend = dev_signer(4)?.address();
    let rented = stage.buyer.rentals().rent(&offer, 3_600, Some(friend)).await?.rental;
    let price = rate * U256::from(3_600);
    assert_eq!((rented.price, rented.fee, rented.royalty), (price, fee(price), royalty(price)));
    assert_eq!(owner.earned(&stage.seller).await?, price - fee(price) - royalty(price));
    assert_eq!(creator.earned(&stage.creator).await?, royalty(price));
    let using = looms.user(one).await?.expect("it is rented");
    assert_eq!((using.user, using.until), (friend, rented.until));
    assert_eq!(looms.owner_of(one).await?, stage.seller.address()?);

    // What was signed before is over with it, and nobody else has the use.
    let again = stage.creator.rentals().rent(&offer, 3_600, None).await;
    assert!(matches!(again, Err(Error::Rentals(IRentalsErrors::NonceMoved(_)))), "{again:?}");
    let found = stage.buyer.exchange().check(&listing).await?;
    let used = Obstacle::HasUser { token: looms.address(), id: one, user: friend, until: rented.until };
    assert_eq!(found, [Obstacle::NonceMoved { token: looms.address(), id: one }, used]);
    let anew = rentals.sign(RentalDraft::new(looms.address(), one, rate).between(60, 7_200)).await?;
    let taken = stage.creator.rentals().rent(&anew, 3_600, None).await;
    assert!(matches!(taken, Err(Error::Collection(ICollectionErrors::UserRuns(_)))), "{taken:?}");

    let index = stage.buyer.index()?;
    let query = RentalQuery { renter: Some(hex(stage.buyer.address()?)), ..RentalQuery::default() };
    let known = async || Ok(index.rentals(&query).await?.items.pop());
    let row = wait_for("the index to know the rental", PATIENCE, known).await?;
    assert_eq!((row.user, row.until, row.owner), (hex(friend), rented.until, hex(stage.seller.address()?)));
    assert_eq!(
        (row.price, row.fee, row.royalty),
        (price.to_string(), fee(price).to_string(), royalty(price).to_string())
    );
    let sale = index.sale(row.sale).await?;
    assert_eq!((sale.kind, sale.reference), (SaleKind::Rental, row.offer));
    let token = index.token((looms.address(), one)).await?;
    assert_eq!((token.user, token.user_until), (Some(hex(friend)), Some(rented.until)));
    assert_eq!(index.creation(looms.address()).await?.sales, 0, "a rental is no sale of the token");

    stage.at(rented.until + 1).await?;
    assert_eq!(looms.user(one).await?, None);
    Ok(())
}
