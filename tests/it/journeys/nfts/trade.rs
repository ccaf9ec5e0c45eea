//! Listings, offers and sweeps.

use super::fair::{Fair, PATIENCE, Purse, fee, hex, royalty, sales, share, tfuel};
use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{
    IExchange::{IExchangeErrors, Side},
    addresses::WTFUEL,
};
use edgeloom_index_api::{
    CreationKind, CreationQuery, SaleItem, SaleKind, TokenQuery, TokenTransferQuery, TransferPolicy,
};
use edgeloom_sdk::{Asset, CreationTerms, Error, Obstacle, OrderDraft, Outcome, Progress, Take, content_of};
use edgeloom_tests::wait_for;
use eyre::Result;

#[tokio::test]
async fn what_is_minted_is_whose_it_should_be_and_the_index_says_so() -> Result<()> {
    let fair = Fair::start().await?;
    let (creator, seller) = (fair.creator.address()?, fair.seller.address()?);
    let terms = CreationTerms {
        base_uri: "https://looms.example/".to_owned(),
        ..CreationTerms::new("Looms", "LOOM").with_royalty(500)
    };
    let foreseen = fair.creator.nfts().collection_at(creator, B256::repeat_byte(3)).await?;
    let looms = fair.creator.nfts().create_collection(terms, B256::repeat_byte(3)).await?;
    assert_eq!(looms.address(), foreseen);
    let content = content_of(b"{\"name\":\"first\"}");
    looms.mint(seller, U256::from(7), content).await?;
    looms.mint_batch(seller, (U256::from(10), 3), &[]).await?;
    let stranger = fair.buyer.nfts().collection(looms.address());
    let refused = stranger.mint(seller, U256::from(8), B256::ZERO).await;
    assert!(matches!(refused, Err(Error::Library(_))), "{refused:?}");

    let ids = [7, 10, 11, 12].map(U256::from);
    for id in ids {
        assert_eq!(looms.owner_of(id).await?, seller);
    }
    assert_eq!(looms.balance_of(seller).await?, U256::from(4));
    assert_eq!(looms.creation().content_of(U256::from(7)).await?, content);
    assert!(looms.token_uri(U256::from(7)).await?.starts_with("ipfs://"));
    assert_eq!(looms.token_uri(U256::from(11)).await?, "https://looms.example/11");

    // Copies, of editions.
    let prints = fair.creator.nfts().create_editions(CreationTerms::new("Prints", "PRT"), B256::ZERO).await?;
    prints.mint_batch(seller, &[(U256::ONE, U256::from(5)), (U256::from(2), U256::from(9))]).await?;
    let own = fair.seller.nfts().editions(prints.address());
    own.transfer(fair.buyer.address()?, U256::from(2), U256::from(4)).await?;
    own.burn(U256::ONE, U256::ONE).await?;

    let index = fair.buyer.index()?;
    let known = async || {
        let found = index.creation(prints.address()).await.ok();
        Ok(found.filter(|found| found.transfers == 4))
    };
    let row = wait_for("the index to know the editions", PATIENCE, known).await?;
    assert_eq!((row.kind, row.number, row.tokens, row.royalty_bps), (CreationKind::Editions, 2, 2, 0));
    let edition = index.edition((prints.address(), U256::ONE)).await?;
    assert_eq!((edition.minted.as_str(), edition.burned.as_str(), edition.supply.as_str()), ("5", "1", "4"));
    assert_eq!(edition.supply, prints.total_supply(U256::ONE).await?.to_string());
    let held = index
        .balances(&edgeloom_index_api::BalanceQuery {
            creation: Some(hex(prints.address())),
            held: Some(true),
            ..Default::default()
        })
        .await?;
    assert_eq!(held.items.len(), 3);
    for row in held.items {
        let (holder, id) = (row.holder.parse::<Address>()?, row.token_id.parse::<U256>()?);
        assert_eq!(row.amount, prints.balance_of(holder, id).await?.to_string());
    }
    assert_eq!(index.editions(&Default::default()).await?.items.len(), 2);

    let row = index.creation(looms.address()).await?;
    assert_eq!((row.kind, row.name.as_str(), row.symbol.as_str()), (CreationKind::Collection, "Looms", "LOOM"));
    assert_eq!((row.creator, row.royalty_bps, row.policy), (Some(hex(creator)), 500, TransferPolicy::Open));
    assert_eq!((row.tokens, row.burned, row.transfers, row.sales), (4, 0, 4, 0));
    let mine = CreationQuery { creator: Some(hex(creator)), ..CreationQuery::default() };
    assert_eq!(index.creations(&mine).await?.items.len(), 2);
    let query = TokenQuery { owner: Some(hex(seller)), ..TokenQuery::default() };
    let tokens = index.tokens(&query).await?.items;
    assert_eq!(tokens.iter().map(|token| token.id.clone()).collect::<Vec<_>>(), ids.map(|id| id.to_string()));
    assert!(tokens.iter().all(|token| token.creation == hex(looms.address()) && token.moves == 0 && !token.burned));
    let query = TokenTransferQuery { creation: Some(hex(looms.address())), ..TokenTransferQuery::default() };
    let transfers = index.token_transfers(&query).await?.items;
    assert!(transfers.len() == 4 && transfers.iter().all(|row| row.from.is_none() && row.to == Some(hex(seller))));
    Ok(())
}

#[tokio::test]
async fn a_listing_pays_the_protocol_the_creator_and_the_seller_to_the_last_wei() -> Result<()> {
    let fair = Fair::start().await?;
    let (looms, one) = (fair.collection(3).await?, U256::ONE);
    // A price that neither share divides.
    let price = tfuel("5") + U256::from(777);
    let exchange = fair.seller.exchange();
    let draft = OrderDraft::list(Asset::token(looms.address(), one), price);
    let signed = exchange.sign(exchange.prepare(draft).await?)?;
    assert_eq!(exchange.hash_of(signed.order()).await?, signed.hash());
    assert!(fair.buyer.exchange().verify(&signed).await?);
    assert_eq!(fair.buyer.exchange().check(&signed).await?, []);

    let purses = (Purse::of(&fair.buyer).await?, Purse::of(&fair.seller).await?, Purse::of(&fair.creator).await?);
    let trade = fair.buyer.exchange().fill(&signed).await?;
    assert_eq!(purses.0.spent(&fair.buyer, trade.tx).await?, price);
    assert_eq!(purses.1.earned(&fair.seller).await?, price - fee(price) - royalty(price));
    assert_eq!(purses.2.earned(&fair.creator).await?, royalty(price));
    let checkout = fair.buyer.exchange().checkout();
    assert_eq!(checkout.dues_in(Address::ZERO).await?, fee(price));
    assert_eq!(checkout.fee_for(price).await?, fee(price));
    assert_eq!((trade.side, trade.currency, trade.price, trade.fee), (Side::Sell, Address::ZERO, price, fee(price)));
    assert_eq!((trade.maker, trade.taker), (fair.seller.address()?, fair.buyer.address()?));
    assert_eq!(trade.items[0].royalty, royalty(price));
    assert_eq!(looms.owner_of(one).await?, fair.buyer.address()?);

    // Once is once.
    let again = fair.creator.exchange().fill(&signed).await;
    assert!(matches!(again, Err(Error::Exchange(IExchangeErrors::NonceMoved(_)))), "{again:?}");

    let row = sales(&fair.buyer, looms.address(), 1).await?.remove(0);
    assert_eq!((row.kind, row.reference, row.self_dealing), (SaleKind::Order, signed.hash().to_string(), None));
    assert_eq!((row.seller, row.buyer), (hex(trade.maker), hex(trade.taker)));
    assert_eq!((row.currency, row.price, row.fee), (None, price.to_string(), Some(fee(price).to_string())));
    assert_eq!((row.royalty, row.tx, row.block), (royalty(price).to_string(), trade.tx.to_string(), trade.block));
    let item = SaleItem {
        token: hex(looms.address()),
        id: "1".to_owned(),
        amount: "1".to_owned(),
        from: Some(hex(trade.maker)),
        to: hex(trade.taker),
        royalty: royalty(price).to_string(),
    };
    assert_eq!(row.items, [item]);
    let index = fair.buyer.index()?;
    assert_eq!(index.sale(row.id).await?.price, price.to_string());
    let token = index.token((looms.address(), one)).await?;
    assert_eq!((token.owner, token.moves, token.moved_block), (Some(hex(trade.taker)), 1, trade.block));
    let creation = index.creation(looms.address()).await?;
    assert_eq!((creation.sales, creation.volume_wei), (1, price.to_string()));

    // What gathered is passed on, and the supply stays whole.
    checkout.pass_on(Address::ZERO).await?;
    assert_eq!(checkout.dues_in(Address::ZERO).await?, U256::ZERO);
    assert!(fair.buyer.node().supply().await?.conserved);
    Ok(())
}

#[tokio::test]
async fn offers_buy_any_token_or_one_with_a_trait_for_wtfuel() -> Result<()> {
    let fair = Fair::start().await?;
    let looms = fair.collection(5).await?;
    let price = tfuel("2") + U256::from(99);
    let (buyer, exchange) = (&fair.buyer, fair.buyer.exchange());
    buyer.wtfuel().deposit(price * U256::from(2)).await?;
    exchange.checkout().approve_currency(WTFUEL, price * U256::from(2)).await?;
    let any = exchange.sign(exchange.prepare(OrderDraft::offer_any(looms.address(), price)).await?)?;
    let gold = OrderDraft::offer_one_of(looms.address(), [2, 4].map(U256::from), price)?;
    let gold = exchange.sign(exchange.prepare(gold).await?)?;

    // It crosses the wire as JSON, with the ids of the trait.
    let gold: edgeloom_sdk::SignedOrder = serde_json::from_str(&serde_json::to_string(&gold)?)?;
    let seller = fair.seller.exchange();
    let wrong = seller.fill_with(&Take::new(gold.clone()).choosing([U256::from(3)])).await;
    assert!(matches!(&wrong, Err(Error::Settings(why)) if why.contains("not wanted")), "{wrong:?}");
    let open = seller.fill(&any).await;
    assert!(matches!(open, Err(Error::Settings(_))), "the seller has to choose: {open:?}");

    let paid = (fair.seller.wtfuel(), fair.seller.address()?, fair.creator.address()?);
    let first = seller.fill_with(&Take::new(any.clone()).choosing([U256::from(5)])).await?;
    let second = seller.fill_with(&Take::new(gold.clone()).choosing([U256::from(4)])).await?;
    for (trade, id) in [(&first, 5), (&second, 4)] {
        assert_eq!((trade.side, trade.currency, trade.price, trade.fee), (Side::Buy, WTFUEL, price, fee(price)));
        assert_eq!((trade.items[0].id, trade.items[0].royalty), (U256::from(id), royalty(price)));
        assert_eq!(looms.owner_of(U256::from(id)).await?, buyer.address()?);
    }
    let twice = U256::from(2);
    assert_eq!(paid.0.balance_of(paid.1).await?, twice * (price - fee(price) - royalty(price)));
    assert_eq!(paid.0.balance_of(paid.2).await?, twice * royalty(price));
    assert_eq!(paid.0.balance_of(buyer.address()?).await?, U256::ZERO);
    assert_eq!(exchange.checkout().dues_in(WTFUEL).await?, twice * fee(price));
    assert_eq!(exchange.filled(any.hash()).await?, Progress::Units(U256::ONE));

    let rows = sales(buyer, looms.address(), 2).await?;
    for (row, trade) in rows.iter().zip([&first, &second]) {
        assert_eq!((&row.seller, &row.buyer), (&hex(trade.taker), &hex(trade.maker)));
        assert_eq!((row.currency.clone(), row.price.clone()), (Some(hex(WTFUEL)), price.to_string()));
        assert_eq!(
            (row.items[0].id.clone(), row.royalty.clone()),
            (trade.items[0].id.to_string(), royalty(price).to_string())
        );
    }
    // WTFUEL is TFUEL.
    let volume = fair.buyer.index()?.creation(looms.address()).await?.volume_wei;
    assert_eq!(volume, (twice * price).to_string());
    Ok(())
}

#[tokio::test]
async fn a_sweep_fills_what_it_can_and_a_returned_token_revives_no_listing() -> Result<()> {
    let fair = Fair::start().await?;
    let (looms, exchange) = (fair.collection(3).await?, fair.seller.exchange());
    let mut listed = Vec::new();
    for id in 1..=3 {
        let price = tfuel("1") * U256::from(id);
        let draft = OrderDraft::list(Asset::token(looms.address(), U256::from(id)), price);
        listed.push(exchange.sign(exchange.prepare(draft).await?)?);
    }
    // Given away after it was listed.
    looms.transfer(fair.creator.address()?, U256::from(2)).await?;

    let (buyer, seller) = (Purse::of(&fair.buyer).await?, Purse::of(&fair.seller).await?);
    let takes: Vec<Take> = listed.iter().cloned().map(Take::from).collect();
    let outcomes = fair.buyer.exchange().sweep(&takes).await?;
    let [Outcome::Filled(first), Outcome::Skipped(why), Outcome::Filled(third)] = &outcomes[..] else {
        eyre::bail!("{outcomes:?}");
    };
    assert!(matches!(why, Error::Exchange(IExchangeErrors::NonceMoved(moved)) if moved.id == U256::from(2)), "{why:?}");
    let sum = tfuel("4");
    assert_eq!((first.price + third.price, first.tx), (sum, third.tx));
    assert_eq!(buyer.spent(&fair.buyer, first.tx).await?, sum, "what was not filled comes back");
    assert_eq!(seller.earned(&fair.seller).await?, sum - share(sum, 600));
    assert_eq!(looms.owner_of(U256::from(2)).await?, fair.creator.address()?);
    assert_eq!(sales(&fair.buyer, looms.address(), 2).await?.len(), 2, "what was skipped is no sale");

    // Back with whom it was listed by, at the old price: nobody has it for that.
    fair.creator.nfts().collection(looms.address()).transfer(fair.seller.address()?, U256::from(2)).await?;
    let found = fair.buyer.exchange().check(&listed[1]).await?;
    assert_eq!(found, [Obstacle::NonceMoved { token: looms.address(), id: U256::from(2) }]);
    let revived = fair.buyer.exchange().fill(&listed[1]).await;
    assert!(matches!(revived, Err(Error::Exchange(IExchangeErrors::NonceMoved(_)))), "{revived:?}");
    assert_eq!(looms.owner_of(U256::from(2)).await?, fair.seller.address()?);
    Ok(())
}
