//! Sealed packs: bought, revealed, opened, and worked out again by who does not trust anybody.

use super::{
    fair::{PATIENCE, Purse, fee, hex, sales, tfuel},
    stage::Stage,
};
use alloy::primitives::{Address, B256, U256};
use edgeloom_bindings::{IBeacon::IBeaconErrors, IPacks::IPacksErrors, IPhases::IPhasesErrors};
use edgeloom_index_api::{DropQuery, PackPhase, PackQuery, PackRow, SaleKind};
use edgeloom_sdk::{Client, CreationTerms, Error, Kept, PackDraft, Phase, Purchase, Secrets, Tier};
use edgeloom_tests::{dev_signer, wait_for};
use eyre::Result;
use serde_json::json;

const ROUND: u32 = 600;
/// Blocks from the end of a round to the one that draws it.
const DELAY: u64 = 16;

fn of(quantity: u64) -> Purchase<'static> {
    Purchase { phase: 0, quantity, list: None }
}

fn draft(creation: Address) -> PackDraft {
    PackDraft { creation, payee: None, packs: 6, size: 2, round_blocks: ROUND, tiers: vec![1, 3, 8] }
}

/// Until the block that draws the round has come, and one more.
async fn drawn(stage: &Stage, sale: U256) -> Result<u64> {
    let (_, progress) = stage.creator.packs().get(sale).await?;
    let (height, head) = (progress.height.to::<u64>(), *stage.creator.heads().borrow());
    stage.mine(height.saturating_sub(head) + 1).await?;
    Ok(height)
}

async fn rows(client: &Client, sale: U256, count: usize) -> Result<Vec<PackRow>> {
    let query = PackQuery { sale: Some(sale.to()), ..PackQuery::default() };
    let known = async || {
        let rows = client.index()?.packs(&query).await?.items;
        Ok((rows.len() == count).then_some(rows))
    };
    wait_for("the index to know the packs", PATIENCE, known).await
}

#[tokio::test]
async fn packs_hold_what_chance_gave_and_anybody_can_work_it_out_again() -> Result<()> {
    let stage = Stage::start().await?;
    let rival = stage.client(dev_signer(3)?).await?;
    let looms = stage.creator.nfts().create_collection(CreationTerms::new("Looms", "LOOM"), B256::ZERO).await?;
    let (packs, price, now) = (stage.creator.packs(), tfuel("1"), stage.creator.head_time().await?);
    let secrets = Secrets::new(B256::repeat_byte(9), 8)?;
    let purse = Purse::of(&stage.creator).await?;
    let phases = [Phase::new(price, now, now + 30 * 86_400)];
    let sale = packs.open(&draft(looms.address()), &phases, &secrets).await?;
    let (opened, _) = packs.get(sale).await?;
    assert_eq!((opened.bond, opened.tip, opened.size), (tfuel("0.6"), secrets.commitment(), 2));

    // Two accounts buy in the first round. Nobody knows yet what.
    let bought = stage.buyer.packs().buy(sale, of(2)).await?;
    assert_eq!((bought.first, bought.price, bought.round), (U256::ZERO, price * U256::from(2), U256::ZERO));
    rival.packs().buy(sale, of(1)).await?;
    let purchase = packs.purchase_of(sale, U256::ONE).await?;
    assert_eq!((purchase.buyer, purchase.first, purchase.price), (Some(rival.address()?), U256::from(2), price));
    assert_eq!(packs.purchase_with(sale, U256::ONE).await?, U256::ZERO);
    assert_eq!(packs.drawn(sale).await?, []);
    let sealed = packs.seed_of(sale, U256::ZERO).await;
    assert!(matches!(sealed, Err(Error::Packs(IPacksErrors::SecretMissing(_)))), "{sealed:?}");
    let secret = secrets.of(0).expect("a round");
    let early = packs.reveal(sale, secret).await;
    assert!(matches!(early, Err(Error::Packs(IPacksErrors::TooEarly(_)))), "{early:?}");

    let height = drawn(&stage, sale).await?;
    assert_eq!(height, opened.openedAt.to::<u64>() + u64::from(ROUND) - 1 + DELAY);
    let waiting = stage.buyer.packs().buy(sale, of(1)).await;
    assert!(matches!(waiting, Err(Error::Packs(IPacksErrors::SecretMissing(_)))), "{waiting:?}");
    let unrecorded = packs.reveal(sale, secret).await;
    assert!(matches!(unrecorded, Err(Error::Beacon(IBeaconErrors::NotRecorded(_)))), "{unrecorded:?}");
    rival.beacon().record(height).await?;
    let wrong = packs.reveal(sale, B256::repeat_byte(1)).await;
    assert!(matches!(wrong, Err(Error::Packs(IPacksErrors::WrongSecret(_)))), "{wrong:?}");
    let payee = Purse::of(&stage.creator).await?;
    let (known, sum) = (rival.packs().reveal(sale, secret).await?, price * U256::from(3));
    assert_eq!((known.price, known.fee, known.height), (sum, fee(sum), U256::from(height)));
    assert_eq!(payee.earned(&stage.creator).await?, sum - fee(sum));

    // Worked out before anybody opens them, and so they are opened.
    let foreseen = stage.buyer.packs().drawn(sale).await?;
    assert_eq!(foreseen.iter().map(|pack| pack.opened).collect::<Vec<_>>(), [false; 3]);
    for pack in &foreseen {
        assert_eq!(packs.seed_of(sale, pack.pack).await?, pack.seed);
    }
    let opened = rival.packs().open_next(sale, 9).await?;
    assert_eq!(opened.len(), 3);
    let owners = [stage.buyer.address()?, stage.buyer.address()?, rival.address()?];
    for ((pack, opened), owner) in foreseen.iter().zip(&opened).zip(owners) {
        assert_eq!((&opened.ids, opened.pack, opened.buyer, pack.buyer), (&pack.ids, pack.pack, owner, owner));
        for id in &opened.ids {
            assert_eq!(looms.owner_of(*id).await?, owner);
        }
    }
    assert!(stage.buyer.packs().drawn(sale).await?.iter().all(|pack| pack.opened), "and it is the same afterwards");
    let tiers = packs.tiers_of(sale).await?;
    assert_eq!(tiers.iter().map(|tier| tier.count.to::<u64>()).collect::<Vec<_>>(), [1, 3, 8]);
    assert_eq!(tiers.iter().map(|tier| tier.left.to::<u64>()).sum::<u64>(), 6);
    let none = packs.open_next(sale, 1).await;
    assert!(matches!(none, Err(Error::Packs(IPacksErrors::NothingToOpen(_)))), "{none:?}");

    // A round without a buyer passes; of the next one the secret shows the one before, too.
    let paused = stage.buyer.packs().buy(sale, of(3)).await;
    assert!(matches!(paused, Err(Error::Packs(IPacksErrors::Paused(_)))), "{paused:?}");
    stage.mine(u64::from(ROUND)).await?;
    let round = packs.round_of(sale).await?;
    assert_eq!(stage.buyer.packs().buy(sale, of(3)).await?.round, round);
    assert!(round > U256::ONE, "a round was left out");
    let height = drawn(&stage, sale).await?;
    rival.beacon().record(height).await?;
    packs.reveal(sale, secrets.of(round.to()).expect("a round")).await?;
    stage.buyer.packs().open_next(sale, 3).await?;
    let all = rival.packs().drawn(sale).await?;
    let mut ids: Vec<_> = all.iter().flat_map(|pack| pack.ids.clone()).collect();
    ids.sort();
    let first = packs.get(sale).await?.0.first;
    assert_eq!(ids, (0..12).map(|place| U256::from(first + place)).collect::<Vec<_>>(), "each token once");
    assert_eq!(packs.tiers_of(sale).await?[0], Tier { count: U256::ONE, left: U256::ZERO });

    // The bond goes back, and all that the creator spent is gas.
    rival.packs().return_bond(sale).await?;
    let sum = price * U256::from(6);
    let now = stage.creator.balance(stage.creator.address()?).await?;
    assert!(purse.wei() + sum - fee(sum) - now < tfuel("0.1"), "the bond did not come back");
    assert_eq!(packs.checkout().dues_in(Address::ZERO).await?, fee(sum));
    assert_eq!(stage.creator.balance(edgeloom_bindings::addresses::PACKS).await?, fee(sum));

    let known = rows(&stage.buyer, sale, 6).await?;
    for (row, pack) in known.iter().zip(&all) {
        assert_eq!((U256::from(row.pack), &row.buyer, row.kept.len()), (pack.pack, &hex(pack.buyer), 0));
        assert_eq!(row.ids, pack.ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    let index = stage.buyer.index()?;
    let row = index.pack_sale(sale.to()).await?;
    assert_eq!((row.sold, row.opened, row.revealed, row.phase), (6, 6, Some(round.to()), PackPhase::Open));
    assert_eq!(
        (row.paid_wei.clone(), row.fee_wei.clone(), row.pending_wei.as_str()),
        (sum.to_string(), fee(sum).to_string(), "0")
    );
    assert_eq!((row.commitment.clone(), row.tiers.clone()), (secrets.commitment().to_string(), vec![1, 3, 8]));
    assert_eq!(index.pack_sales(&DropQuery::default()).await?.items, [row]);
    let sold = sales(&stage.buyer, looms.address(), 3).await?;
    assert!(sold.iter().all(|row| row.kind == SaleKind::Pack && row.item_count == 0));
    assert_eq!(sold.iter().map(|row| row.units).sum::<u32>(), 6);
    let unknown = packs.get(sale + U256::ONE).await;
    assert!(matches!(unknown, Err(Error::Phases(IPhasesErrors::NoSuchSale(_)))), "{unknown:?}");
    Ok(())
}

#[tokio::test]
async fn what_a_buyer_does_not_take_is_kept_until_it_claims_it() -> Result<()> {
    let stage = Stage::start().await?;
    let prints = stage.creator.nfts().create_editions(CreationTerms::new("Prints", "PRT"), B256::ZERO).await?;
    let (packs, now) = (stage.creator.packs(), stage.creator.head_time().await?);
    let secrets = Secrets::new(B256::repeat_byte(8), 2)?;
    let phases = [Phase::new(U256::ZERO, now, now + 30 * 86_400)];
    let sale = packs.open(&draft(prints.address()), &phases, &secrets).await?;
    stage.buyer.packs().buy(sale, of(2)).await?;
    let height = drawn(&stage, sale).await?;
    stage.buyer.beacon().record(height).await?;
    packs.reveal(sale, secrets.of(0).expect("a round")).await?;

    // An account that is a contract by now, and takes no copies.
    let buyer = stage.buyer.address()?;
    stage.cheat("hardhat_setCode", json!([buyer, "0xfe"])).await?;
    let opened = stage.seller.packs().open_next(sale, 2).await?;
    let foreseen = packs.drawn(sale).await?;
    for (pack, opened) in foreseen.iter().zip(&opened) {
        assert_eq!(pack.ids, opened.ids);
        assert_eq!(packs.kept_of(sale, pack.pack).await?, Some(Kept { buyer, ids: pack.ids.clone() }));
        assert_eq!(prints.balance_of(buyer, pack.ids[0]).await?, U256::ZERO);
    }
    let row = rows(&stage.buyer, sale, 2).await?.remove(0);
    assert_eq!(row.kept, row.ids);

    stage.cheat("hardhat_setCode", json!([buyer, "0x"])).await?;
    let foreign = stage.seller.packs().claim(sale, U256::ZERO, stage.seller.address()?).await;
    assert!(matches!(foreign, Err(Error::Packs(IPacksErrors::NothingToClaim(_)))), "{foreign:?}");
    let claimed = stage.buyer.packs().claim(sale, U256::ZERO, stage.seller.address()?).await?;
    assert_eq!((&claimed.ids, claimed.to), (&foreseen[0].ids, stage.seller.address()?));
    for id in &claimed.ids {
        assert!(!prints.balance_of(stage.seller.address()?, *id).await?.is_zero());
    }
    assert_eq!(packs.kept_of(sale, U256::ZERO).await?, None);
    assert!(packs.kept_of(sale, U256::ONE).await?.is_some());
    let again = stage.buyer.packs().claim(sale, U256::ZERO, buyer).await;
    assert!(matches!(again, Err(Error::Packs(IPacksErrors::NothingToClaim(_)))), "{again:?}");
    let index = stage.buyer.index()?;
    let query = PackQuery { sale: Some(sale.to()), ..PackQuery::default() };
    let known = async || Ok(index.packs(&query).await?.items[0].kept.is_empty().then_some(()));
    wait_for("the index to know of the claim", PATIENCE, known).await
}
