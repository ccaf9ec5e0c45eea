use crate::{
    project::{
        Contradiction,
        creation::tests::{after, contradiction, project},
    },
    testing::{
        Blocks, Tx,
        nft::{
            ANNA, BEN, CARL, COLLECTION, CREATOR, EDITIONS, OFFER, claimed, drop_opened, first_sales, made, minted,
            packs_bought, packs_opened, revealed, unsealed, wrote,
        },
    },
};
use alloy::{primitives::Address, sol_types::SolEvent};
use edgeloom_bindings::addresses::{DROPS, PACKS};
use edgeloom_index_api::{PackPhase, SaleKind, SelfDealing};

fn text(address: Address) -> String {
    address.to_string().to_lowercase()
}

fn packs(event: &impl SolEvent) -> Tx {
    wrote(PACKS, event)
}

#[test]
fn a_drop_counts_what_it_sold() {
    let rows = project(&first_sales()).expect("consistent");
    let row = rows.nft.drops[&1].row();
    assert_eq!((row.creator, row.payee, row.editions), (text(CREATOR), text(BEN), false));
    assert_eq!((row.first.as_str(), row.count, row.sold, row.closed), ("1000", 100, 3, true));
    assert_eq!((row.paid_wei.as_str(), row.fee_wei.as_str(), row.closed_block), ("300", "3", Some(3)));
    assert_eq!((row.phases[0].sold, row.phases[1].sold, row.phases[0].allowed.clone()), (0, 3, None));
    assert_eq!((row.phases[1].allowed.clone(), row.phases[1].per_wallet), (Some(OFFER.to_string()), 3));
    assert_eq!((row.phases[0].price_wei.as_str(), row.phases[0].end_price_wei.as_str()), ("100", "50"));
    let open = rows.nft.drops[&2].row();
    assert_eq!((open.editions, open.sold, open.closed), (true, 5, false));
}

#[test]
fn what_drops_mint_is_sold_by_their_creators() {
    let rows = project(&first_sales()).expect("consistent");
    let sale = rows.nft.sales[&1].row();
    assert_eq!((sale.kind, sale.reference.as_str(), sale.seller), (SaleKind::Drop, "1", text(CREATOR)));
    let items: Vec<_> = sale.items.iter().map(|item| (item.id.as_str(), item.from.clone())).collect();
    assert_eq!(items, [("1000", None), ("1001", None), ("1002", None)]);
    let copies = rows.nft.sales[&2].row();
    assert_eq!((copies.items.len(), copies.items[0].amount.as_str()), (1, "5"));
    // The creator gave Carl his first TFUEL.
    assert_eq!((sale.self_dealing, copies.self_dealing), (None, Some(SelfDealing::FundedByOther)));
    let editions = rows.nft.creations[&EDITIONS].row();
    assert_eq!((editions.volume_wei.as_str(), editions.volume_unmarked_wei.as_str()), ("500", "0"));
}

#[test]
fn of_many_items_the_first_are_shown_and_all_are_found() {
    let rows = after(vec![
        made(COLLECTION),
        wrote(DROPS, &drop_opened(1, COLLECTION)),
        wrote(DROPS, &minted(1, ANNA, 1000, 70)),
    ])
    .expect("consistent");
    let sale = rows.nft.sales[&1].row();
    assert_eq!((sale.items.len(), sale.item_count, rows.nft.sold.len()), (64, 70, 70));
    assert_eq!(rows.nft.creations[&COLLECTION].row().volume_wei, "7000");
}

#[test]
fn packs_are_sold_revealed_and_opened() {
    let rows = project(&first_sales()).expect("consistent");
    let row = rows.nft.pack_sales[&1].row();
    assert_eq!((row.creator, row.payee, row.packs, row.size), (text(CREATOR), text(CREATOR), 10, 2));
    assert_eq!((row.tiers, row.first.as_str(), row.round_blocks, row.rounds), (vec![4, 16], "2000", 600, 4));
    assert_eq!((row.phase, row.sold, row.opened, row.revealed), (PackPhase::Ended, 3, 2, Some(0)));
    assert_eq!((row.paid_wei.as_str(), row.fee_wei.as_str(), row.pending_wei.as_str()), ("3000", "30", "0"));
    let (taken, kept) = (rows.nft.packs[&(1, 0)].row(), rows.nft.packs[&(1, 1)].row());
    assert_eq!((taken.buyer, taken.ids, taken.kept.len()), (text(ANNA), vec!["2007".into(), "2001".to_owned()], 0));
    assert_eq!(kept.kept, ["2003"]);
    let mut blocks = first_sales();
    blocks.push(vec![claimed()]);
    assert!(project(&blocks).expect("consistent").nft.packs[&(1, 1)].kept.is_empty());
}

/// 3,000 that were revealed, of which the creator bought for 1,000 itself; what was refunded never counts.
#[test]
fn packs_are_volume_once_they_are_drawn() {
    let rows = project(&first_sales()).expect("consistent");
    let row = rows.nft.creations[&COLLECTION].row();
    assert_eq!((row.volume_wei.as_str(), row.volume_unmarked_wei.as_str()), ("3300", "2300"));
    assert_eq!((row.sales, row.sales_unmarked), (4, 2));
    let own = rows.nft.sales[&4].row();
    assert_eq!((own.kind, own.self_dealing, own.units), (SaleKind::Pack, Some(SelfDealing::SameAccount), 1));
    assert_eq!((own.fee, own.price.as_str(), own.item_count), (None, "1000", 0));
    let voided = rows.nft.pack_sales[&2].row();
    assert_eq!((voided.phase, voided.revealed, voided.closed_block), (PackPhase::Voided, None, Some(7)));
    assert_eq!((voided.paid_wei.as_str(), voided.pending_wei.as_str()), ("0", "0"));
    assert_eq!(voided.refunded_wei, "1000");
}

#[test]
fn what_has_no_beginning_or_two_is_a_contradiction() {
    let opened = || wrote(DROPS, &drop_opened(1, COLLECTION));
    assert!(matches!(contradiction(vec![opened(), opened()]), Contradiction::DropKnown(1)));
    assert!(matches!(contradiction(vec![wrote(DROPS, &minted(1, ANNA, 1, 1))]), Contradiction::DropUnknown(_)));
    let opened = || packs(&packs_opened(1));
    assert!(matches!(contradiction(vec![opened(), opened()]), Contradiction::PackSaleKnown(1)));
    let missing = contradiction(vec![packs(&packs_bought(1, CARL, 0, 1))]);
    assert!(matches!(missing, Contradiction::PackSaleUnknown(_)));
    assert!(matches!(contradiction(vec![packs(&revealed(1, 1))]), Contradiction::PackSaleUnknown(_)));
    let pack = || packs(&unsealed(1, 0, ANNA, [1, 2]));
    assert!(matches!(contradiction(vec![opened(), pack(), pack()]), Contradiction::PackKnown(1, 0)));
    let mut blocks = Blocks::new(0);
    blocks.push(vec![opened(), claimed()]);
    assert!(matches!(project(&blocks).expect_err("no pack").what, Contradiction::PackUnknown(..)));
}

#[test]
fn who_buys_from_a_sale_that_pays_it_deals_with_itself() {
    // The creator names Ben as payee, whom it has nothing else to do with.
    let bought = |buyer| {
        let rows = after(vec![
            made(COLLECTION),
            wrote(DROPS, &drop_opened(1, COLLECTION)),
            wrote(DROPS, &minted(1, buyer, 1000, 1)),
        ]);
        rows.expect("consistent").nft.sales[&1].row().self_dealing
    };
    assert_eq!((bought(BEN), bought(ANNA)), (Some(SelfDealing::SameAccount), None));
    let mut opened = packs_opened(1);
    opened.terms.payee = BEN;
    let rows = after(vec![made(COLLECTION), packs(&opened), packs(&packs_bought(1, BEN, 0, 2))]);
    assert_eq!(rows.expect("consistent").nft.sales[&1].row().self_dealing, Some(SelfDealing::SameAccount));
}
