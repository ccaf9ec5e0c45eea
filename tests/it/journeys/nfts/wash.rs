//! Trade that is none: between accounts that one pays for, and in circles. The index marks it, and counts it apart.

use super::{
    fair::{PATIENCE, hex, sales, tfuel},
    stage::Stage,
};
use alloy::{primitives::U256, signers::local::PrivateKeySigner};
use edgeloom_index_api::{SaleQuery, SelfDealing};
use edgeloom_sdk::{Asset, Client, OrderDraft};
use edgeloom_tests::{dev_signer, wait_for};
use eyre::Result;

/// One lists, the other buys.
async fn trade(token: (alloy::primitives::Address, U256), from: &Client, to: &Client, price: U256) -> Result<()> {
    let exchange = from.exchange();
    exchange.checkout().approve_tokens(token.0, true).await?;
    let draft = OrderDraft::list(Asset::token(token.0, token.1), price);
    let signed = exchange.sign(exchange.prepare(draft).await?)?;
    to.exchange().fill(&signed).await?;
    Ok(())
}

#[tokio::test]
async fn trade_with_oneself_is_marked_and_honest_trade_is_not() -> Result<()> {
    let stage = Stage::start().await?;
    let (looms, price) = (stage.collection(4).await?, tfuel("1"));
    let token = |id: u64| (looms.address(), U256::from(id));
    // Two accounts whose first coins came from the same.
    let master = stage.client(dev_signer(5)?).await?;
    let puppets = (stage.client(PrivateKeySigner::random()).await?, stage.client(PrivateKeySigner::random()).await?);
    for puppet in [&puppets.0, &puppets.1] {
        master.transfer(puppet.address()?, tfuel("50")).await?;
    }
    looms.transfer(puppets.0.address()?, U256::ONE).await?;
    trade(token(1), &puppets.0, &puppets.1, price).await?;
    trade(token(1), &puppets.1, &puppets.0, price * U256::from(9)).await?;
    // The one pays for the other's first coins.
    looms.transfer(master.address()?, U256::from(2)).await?;
    trade(token(2), &master, &puppets.0, price).await?;
    // Strangers, in a circle: it shows when it closes.
    let circle =
        [stage.client(dev_signer(6)?).await?, stage.client(dev_signer(7)?).await?, stage.client(dev_signer(8)?).await?];
    looms.transfer(circle[0].address()?, U256::from(3)).await?;
    for (from, to) in [(0, 1), (1, 2), (2, 0)] {
        trade(token(3), &circle[from], &circle[to], price).await?;
    }
    // And strangers who just trade.
    trade(token(4), &stage.seller, &stage.buyer, price * U256::from(3)).await?;

    let rows = sales(&stage.buyer, looms.address(), 7).await?;
    let marks: Vec<_> = rows.iter().map(|row| row.self_dealing).collect();
    let (same, paid, around) = (SelfDealing::SameFunder, SelfDealing::FundedByOther, SelfDealing::Circle);
    assert_eq!(marks, [Some(same), Some(same), Some(paid), Some(around), Some(around), Some(around), None]);
    let index = stage.buyer.index()?;
    let query =
        |marked| SaleQuery { creation: Some(hex(looms.address())), marked: Some(marked), ..SaleQuery::default() };
    assert_eq!(index.sales(&query(true)).await?.items.len(), 6);
    assert_eq!(index.sales(&query(false)).await?.items, [rows[6].clone()]);
    let counted = async || {
        let row = index.creation(looms.address()).await?;
        Ok((row.sales == 7).then_some(row))
    };
    let row = wait_for("the index to count the sales", PATIENCE, counted).await?;
    assert_eq!((row.sales, row.sales_unmarked), (7, 1));
    assert_eq!(row.volume_wei, (price * U256::from(1 + 9 + 1 + 3 + 3)).to_string());
    assert_eq!(row.volume_unmarked_wei, (price * U256::from(3)).to_string());
    Ok(())
}
