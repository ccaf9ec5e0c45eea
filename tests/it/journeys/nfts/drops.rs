//! First sales: an allow-list, then everybody at a falling price.

use super::{
    fair::{PATIENCE, Purse, fee, hex, sales, tfuel},
    stage::Stage,
};
use alloy::primitives::{Address, U256};
use edgeloom_bindings::IPhases::IPhasesErrors;
use edgeloom_index_api::{DropQuery, SaleKind};
use edgeloom_sdk::{Allowlist, CreationTerms, Error, Phase, Purchase};
use edgeloom_tests::{dev_signer, wait_for};
use eyre::Result;

const HOUR: u64 = 3_600;

#[tokio::test]
async fn a_drop_sells_to_its_list_then_to_everybody_at_a_falling_price() -> Result<()> {
    let stage = Stage::start().await?;
    let late = stage.client(dev_signer(3)?).await?;
    let terms = CreationTerms::new("Looms", "LOOM").with_royalty(500);
    let looms = stage.creator.nfts().create_collection(terms, Default::default()).await?;
    let list = Allowlist::new([(stage.buyer.address()?, U256::from(3)), (dev_signer(9)?.address(), U256::ONE)])?;
    let (drops, now, price) = (stage.creator.drops(), stage.creator.head_time().await?, tfuel("1"));
    let phases = [
        Phase::new(price, now, now + HOUR).only_for(list.root()),
        Phase::new(tfuel("4"), now + HOUR + 1, now + 3 * HOUR + 1).falling_to(tfuel("2")).per_wallet(2),
    ];
    let payee = dev_signer(5)?.address();
    let drop = drops.open(looms.address(), (6, Some(payee)), &phases).await?;
    assert_eq!((drops.phases().count(drop).await?, drops.phases().get(drop, 1).await?.0), (U256::from(2), phases[1]));
    let paid = stage.creator.balance(payee).await?;

    // Three, and no more; and nobody else.
    let (mine, two) = (stage.buyer.drops(), Purchase { phase: 0, quantity: 2, list: Some(&list) });
    let first = mine.mint(drop, two).await?;
    assert_eq!(
        (first.price, first.fee, first.quantity),
        (price * U256::from(2), fee(price * U256::from(2)), U256::from(2))
    );
    let much = mine.mint(drop, two).await;
    assert!(matches!(much, Err(Error::Phases(IPhasesErrors::AllowanceExceeded(_)))), "{much:?}");
    mine.mint(drop, Purchase { quantity: 1, ..two }).await?;
    let stranger = late.drops().mint(drop, two).await;
    assert!(matches!(stranger, Err(Error::Settings(_))), "{stranger:?}");
    let forged = Allowlist::new([(late.address()?, U256::from(3))])?;
    let forged = late.drops().mint(drop, Purchase { list: Some(&forged), ..two }).await;
    assert!(matches!(forged, Err(Error::Phases(IPhasesErrors::NotAllowed(_)))), "{forged:?}");
    let early = late.drops().mint(drop, Purchase { phase: 1, quantity: 1, list: None }).await;
    assert!(matches!(early, Err(Error::Phases(IPhasesErrors::NotOnSale(_)))), "{early:?}");

    // Half of the second phase is over.
    stage.at(now + 2 * HOUR).await?;
    let purse = Purse::of(&late).await?;
    let public = Purchase { phase: 1, quantity: 2, list: None };
    let minted = late.drops().mint(drop, public).await?;
    let each = drops.phases().price(drop, 1, stage.creator.head_time().await?).await?;
    assert_eq!(minted.price, each * U256::from(2), "by the second of its block");
    assert!(each <= tfuel("3.01") && each > tfuel("2.9"), "{each}");
    let again = late.drops().mint(drop, Purchase { quantity: 1, ..public }).await;
    assert!(matches!(again, Err(Error::Phases(IPhasesErrors::AllowanceExceeded(_)))), "{again:?}");
    let many = stage.buyer.drops().mint(drop, public).await;
    assert!(matches!(many, Err(Error::Phases(IPhasesErrors::QuantityTooMany(_)))), "{many:?}");
    let sum = price * U256::from(3) + minted.price;
    assert_eq!(
        stage.creator.balance(payee).await? - paid,
        price * U256::from(3) - fee(price * U256::from(3)) + minted.price - fee(minted.price)
    );
    assert_eq!(drops.checkout().dues_in(Address::ZERO).await?, fee(price * U256::from(3)) + fee(minted.price));
    for (id, owner) in (0..5).zip([&stage.buyer, &stage.buyer, &stage.buyer, &late, &late]) {
        assert_eq!(looms.owner_of(first.first + U256::from(id)).await?, owner.address()?);
    }
    let row = sales(&stage.buyer, looms.address(), 3).await?.remove(2);
    assert_eq!(
        (row.kind, row.buyer, row.seller),
        (SaleKind::Drop, hex(late.address()?), hex(stage.creator.address()?))
    );
    assert_eq!((row.price, row.item_count, row.reference), (minted.price.to_string(), 2, drop.to_string()));
    assert_eq!(purse.spent(&late, row.tx.parse()?).await?, minted.price, "what was too much came back");

    drops.close(drop).await?;
    let closed = stage.buyer.drops().mint(drop, Purchase { quantity: 1, ..public }).await;
    assert!(matches!(closed, Err(Error::Phases(IPhasesErrors::SaleClosed(_)))), "{closed:?}");
    let index = stage.buyer.index()?;
    let over = async || Ok(index.drop(drop.to()).await.ok().filter(|row| row.closed));
    let row = wait_for("the index to know the end", PATIENCE, over).await?;
    let state = drops.get(drop).await?;
    assert_eq!((row.count, row.sold, row.payee.clone()), (6, u64::from(state.sold), hex(payee)));
    assert_eq!((row.paid_wei.clone(), row.phases[0].sold, row.phases[1].sold), (sum.to_string(), 3, 2));
    assert_eq!(row.fee_wei, (fee(price * U256::from(3)) + fee(minted.price)).to_string());
    assert_eq!(
        (row.phases[0].allowed.clone(), row.first.clone()),
        (Some(list.root().to_string()), first.first.to_string())
    );
    let query = DropQuery { creation: Some(hex(looms.address())), ..DropQuery::default() };
    assert_eq!(index.drops(&query).await?.items, [row]);
    let unknown = drops.get(drop + U256::ONE).await;
    assert!(matches!(unknown, Err(Error::Phases(IPhasesErrors::NoSuchSale(_)))), "{unknown:?}");
    Ok(())
}
