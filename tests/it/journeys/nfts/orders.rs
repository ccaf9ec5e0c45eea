//! Orders that mint, that were signed many at once, that give tokens for tokens, and that end.

use super::fair::{Fair, Purse, fee, hex, royalty, sales, tfuel};
use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{
    ICollection::ICollectionErrors, ICreation::ICreationErrors, IExchange::IExchangeErrors, addresses::WTFUEL,
};
use edgeloom_sdk::{Asset, CreationTerms, Error, MintDraft, Obstacle, OrderDraft, Progress, SignedOrder, Take};
use eyre::Result;

#[tokio::test]
async fn what_nobody_minted_is_minted_within_its_sale() -> Result<()> {
    let fair = Fair::start().await?;
    let (looms, id, price) = (fair.collection(1).await?, U256::from(50), tfuel("3"));
    let creator = fair.creator.address()?;
    let mine = fair.creator.nfts().collection(looms.address());
    fair.creator.exchange().checkout().approve_tokens(looms.address(), true).await?;
    let voucher = mine.creation().sign_voucher(MintDraft::new(id, creator)).await?;
    let exchange = fair.creator.exchange();
    let draft = OrderDraft::list(Asset::token(looms.address(), id), price);
    let order = exchange.sign(exchange.prepare(draft).await?)?.with_minting(voucher.clone(), 1)?;
    let order: SignedOrder = serde_json::from_str(&serde_json::to_string(&order)?)?;
    let none = looms.owner_of(id).await;
    assert!(matches!(none, Err(Error::Collection(ICollectionErrors::TokenDoesNotExist(_)))), "{none:?}");
    assert_eq!(fair.buyer.exchange().check(&order).await?, []);

    let (buyer, seller) = (Purse::of(&fair.buyer).await?, Purse::of(&fair.creator).await?);
    let trade = fair.buyer.exchange().fill(&order).await?;
    assert_eq!(buyer.spent(&fair.buyer, trade.tx).await?, price);
    assert_eq!(seller.earned(&fair.creator).await?, price - fee(price), "a creator's royalty is in its own price");
    assert_eq!(looms.owner_of(id).await?, fair.buyer.address()?);
    let row = sales(&fair.buyer, looms.address(), 1).await?.remove(0);
    assert_eq!((row.seller, row.items[0].id.as_str()), (hex(creator), "50"));
    let token = fair.buyer.index()?.token((looms.address(), id)).await?;
    assert_eq!((token.owner, token.minted_tx), (Some(hex(fair.buyer.address()?)), trade.tx.to_string()));

    // A voucher mints once; one that was taken back, never.
    let again = fair.buyer.nfts().collection(looms.address()).creation().redeem(&voucher, 1).await;
    assert!(matches!(again, Err(Error::Collection(_))), "{again:?}");
    let other = mine.creation().sign_voucher(MintDraft::new(U256::from(51), fair.buyer.address()?)).await?;
    mine.creation().revoke_vouchers().await?;
    let revoked = fair.buyer.nfts().collection(looms.address()).creation().redeem(&other, 1).await;
    assert!(matches!(revoked, Err(Error::Creation(ICreationErrors::VoucherRevoked(_)))), "{revoked:?}");
    Ok(())
}

#[tokio::test]
async fn one_signature_lists_many_and_each_is_filled_or_ended_by_itself() -> Result<()> {
    let fair = Fair::start().await?;
    let (looms, exchange, price) = (fair.collection(6).await?, fair.seller.exchange(), tfuel("1"));
    let mut orders = Vec::new();
    for id in 1..=5 {
        let draft = OrderDraft::list(Asset::token(looms.address(), U256::from(id)), price * U256::from(id));
        orders.push(exchange.prepare(draft).await?);
    }
    let signed = exchange.sign_all(orders)?;
    let text = |order: &SignedOrder| Ok::<_, eyre::Report>(serde_json::to_value(order)?["signature"].clone());
    for order in &signed {
        assert_eq!(text(order)?, text(&signed[0])?, "one for all");
        assert!(fair.buyer.exchange().verify(order).await?);
    }
    let seller = Purse::of(&fair.seller).await?;
    let filled = fair.buyer.exchange().fill(&signed[4]).await?;
    assert_eq!((filled.price, filled.items[0].id), (price * U256::from(5), U256::from(5)));
    let filled = fair.buyer.exchange().fill(&signed[0]).await?;
    assert_eq!(filled.items[0].id, U256::ONE);
    let sum = price * U256::from(6);
    assert_eq!(seller.earned(&fair.seller).await?, sum - fee(sum) - royalty(sum));

    // One is taken back; then all that is left.
    exchange.cancel(&[signed[1].order()]).await?;
    assert_eq!(exchange.filled(signed[1].hash()).await?, Progress::Cancelled);
    let cancelled = fair.buyer.exchange().fill(&signed[1]).await;
    assert!(matches!(cancelled, Err(Error::Exchange(IExchangeErrors::OrderCancelled(_)))), "{cancelled:?}");
    let foreign = fair.buyer.exchange().cancel(&[signed[2].order()]).await;
    assert!(matches!(foreign, Err(Error::Exchange(IExchangeErrors::NotMaker(_)))), "{foreign:?}");
    assert_eq!(fair.buyer.exchange().check(&signed[2]).await?, []);
    exchange.increment_counter().await?;
    let found = fair.buyer.exchange().check(&signed[2]).await?;
    assert!(matches!(found[..], [Obstacle::CounterMoved { .. }]), "{found:?}");
    let ended = fair.buyer.exchange().fill(&signed[2]).await;
    assert!(matches!(ended, Err(Error::Exchange(IExchangeErrors::CounterMoved(_)))), "{ended:?}");
    assert_eq!(looms.balance_of(fair.seller.address()?).await?, U256::from(4));
    assert_eq!(sales(&fair.buyer, looms.address(), 2).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn tokens_change_places_and_a_private_sale_is_for_one_alone() -> Result<()> {
    let fair = Fair::start().await?;
    let looms = fair.collection(2).await?;
    let (seller, buyer) = (fair.seller.address()?, fair.buyer.address()?);
    let other =
        fair.creator.nfts().create_collection(CreationTerms::new("Shuttles", "SHU"), B256::repeat_byte(2)).await?;
    other.mint(buyer, U256::from(9), B256::ZERO).await?;
    fair.buyer.exchange().checkout().approve_tokens(other.address(), true).await?;

    // Token 1 for token 9 and half a TFUEL.
    let (exchange, besides) = (fair.seller.exchange(), tfuel("0.5"));
    let swap = OrderDraft::swap(
        vec![Asset::token(looms.address(), U256::ONE)],
        vec![Asset::token(other.address(), U256::from(9))],
    );
    let swap = exchange.sign(exchange.prepare(swap.asking(besides)).await?)?;
    let purse = Purse::of(&fair.buyer).await?;
    let trade = fair.buyer.exchange().fill(&swap).await?;
    assert_eq!(purse.spent(&fair.buyer, trade.tx).await?, besides);
    assert_eq!(looms.owner_of(U256::ONE).await?, buyer);
    assert_eq!(other.owner_of(U256::from(9)).await?, seller);
    let ways: Vec<_> = trade.items.iter().map(|item| (item.token, item.from)).collect();
    assert_eq!(ways, [(looms.address(), seller), (other.address(), buyer)]);
    let row = sales(&fair.buyer, other.address(), 1).await?.remove(0);
    let ways: Vec<_> = row.items.iter().map(|item| (item.from.clone(), item.to.clone())).collect();
    assert_eq!(ways, [(Some(hex(seller)), hex(buyer)), (Some(hex(buyer)), hex(seller))]);
    assert_eq!(row.price, besides.to_string());

    // For the buyer, and for nobody else.
    let draft = OrderDraft::list(Asset::token(looms.address(), U256::from(2)), tfuel("1")).only_for(buyer);
    let private = exchange.sign(exchange.prepare(draft).await?)?;
    let found = fair.creator.exchange().check(&private).await?;
    assert_eq!(found, [Obstacle::WrongTaker { taker: buyer }]);
    let refused = fair.creator.exchange().fill(&private).await;
    assert!(matches!(refused, Err(Error::Exchange(IExchangeErrors::WrongTaker(_)))), "{refused:?}");
    let own = exchange.fill(&private).await;
    assert!(matches!(own, Err(Error::Exchange(_))), "nobody buys from itself: {own:?}");
    fair.buyer.exchange().fill(&private).await?;
    assert_eq!(looms.owner_of(U256::from(2)).await?, buyer);
    Ok(())
}

#[tokio::test]
async fn copies_are_sold_in_parts_and_a_bundle_as_a_whole() -> Result<()> {
    let fair = Fair::start().await?;
    let looms = fair.collection(2).await?;
    let (seller, buyer, price) = (fair.seller.address()?, fair.buyer.address()?, tfuel("0.1"));
    let terms = CreationTerms::new("Prints", "PRT").with_royalty(1_000);
    let prints = fair.creator.nfts().create_editions(terms, B256::ZERO).await?;
    prints.mint(seller, (U256::from(4), U256::from(10)), B256::ZERO).await?;
    let exchange = fair.seller.exchange();
    exchange.checkout().approve_tokens(prints.address(), true).await?;
    let draft = OrderDraft::list(Asset::copies(prints.address(), U256::from(4), 2), price).units(4);
    let order = exchange.sign(exchange.prepare(draft).await?)?;
    let purse = Purse::of(&fair.buyer).await?;
    let trade = fair.buyer.exchange().fill_with(&Take::new(order.clone()).units(3)).await?;
    assert_eq!(purse.spent(&fair.buyer, trade.tx).await?, price * U256::from(3));
    assert_eq!(prints.balance_of(buyer, U256::from(4)).await?, U256::from(6));
    assert_eq!(exchange.filled(order.hash()).await?, Progress::Units(U256::from(3)));
    let many = fair.buyer.exchange().fill_with(&Take::new(order.clone()).units(2)).await;
    assert!(matches!(many, Err(Error::Exchange(IExchangeErrors::UnitsNotLeft(_)))), "{many:?}");
    let row = sales(&fair.buyer, prints.address(), 1).await?.remove(0);
    assert_eq!((row.units, row.items[0].amount.as_str()), (3, "6"));
    assert_eq!(row.royalty, (price * U256::from(3) / U256::from(10)).to_string());

    // Two tokens for one price, in WTFUEL.
    let draft = OrderDraft::list(Asset::token(looms.address(), U256::ONE), tfuel("2"))
        .and(Asset::token(looms.address(), U256::from(2)))
        .in_currency(WTFUEL);
    let bundle = exchange.sign(exchange.prepare(draft).await?)?;
    fair.buyer.wtfuel().deposit(tfuel("2")).await?;
    fair.buyer.exchange().checkout().approve_currency(WTFUEL, tfuel("2")).await?;
    fair.buyer.exchange().fill(&bundle).await?;
    assert_eq!(looms.balance_of(buyer).await?, U256::from(2));
    assert_eq!(fair.buyer.wtfuel().balance_of(seller).await?, tfuel("2") - fee(tfuel("2")) - royalty(tfuel("2")));
    assert_eq!(exchange.checkout().dues_in(Address::ZERO).await?, fee(price * U256::from(3)));
    Ok(())
}
