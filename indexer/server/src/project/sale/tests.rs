use crate::{
    project::{
        Contradiction, Rows,
        creation::tests::{after, contradiction, project},
    },
    record::Sale,
    testing::{
        ETHER, REQUESTER, Tx,
        nft::{
            ANNA, BEN, CARL, COLLECTION, CREATOR, EDITIONS, FOREIGN, NOBODY, OFFER, ORDER, filled, item, made, moved,
            nfts, rented, sold, wrote,
        },
    },
};
use alloy::primitives::Address;
use edgeloom_bindings::{IExchange, addresses};
use edgeloom_index_api::{SaleKind, SelfDealing};

fn text(address: Address) -> String {
    address.to_string().to_lowercase()
}

fn filling(filled: &IExchange::Filled) -> Tx {
    wrote(addresses::EXCHANGE, filled)
}

fn sales(rows: &Rows) -> Vec<&Sale> {
    rows.nft.sales.values().collect()
}

fn marks(rows: &Rows) -> Vec<Option<SelfDealing>> {
    rows.nft.sales.values().map(|sale| sale.mark).collect()
}

fn volume(rows: &Rows, creation: Address) -> (u64, u64, String, String) {
    let row = rows.nft.creations[&creation].row();
    (row.sales, row.sales_unmarked, row.volume_wei, row.volume_unmarked_wei)
}

#[test]
fn what_an_order_sold_is_a_sale() {
    let rows = project(&nfts()).expect("consistent");
    let row = sales(&rows)[0].row();
    assert_eq!((row.id, row.kind, row.reference), (1, SaleKind::Order, ORDER.to_string()));
    assert_eq!((row.seller, row.buyer, row.currency), (text(ANNA), text(BEN), None));
    assert_eq!((row.price.as_str(), row.fee.as_deref(), row.royalty.as_str()), ("1000", Some("10"), "50"));
    assert_eq!((row.units, row.items.len(), row.block), (1, 1, 4));
    let item = &row.items[0];
    assert_eq!((item.token.clone(), item.id.as_str(), item.amount.as_str()), (text(COLLECTION), "1", "1"));
    assert_eq!((item.from.clone(), item.to.clone()), (Some(text(ANNA)), text(BEN)));
}

#[test]
fn an_order_that_buys_has_its_maker_as_buyer() {
    let order = IExchange::Filled { side: IExchange::Side::Buy, ..filled(BEN, ANNA, vec![item(COLLECTION, 1, ANNA)]) };
    let rows = after(vec![made(COLLECTION), filling(&order)]).expect("consistent");
    let row = sales(&rows)[0].row();
    assert_eq!((row.seller, row.buyer, row.items[0].to.clone()), (text(ANNA), text(BEN), text(BEN)));
}

#[test]
fn a_rental_is_a_sale_that_moves_nothing() {
    let rows = project(&nfts()).expect("consistent");
    let rental = rows.nft.rentals[0].row();
    assert_eq!((rental.id, rental.offer, rental.owner, rental.renter), (1, OFFER.to_string(), text(ANNA), text(BEN)));
    assert_eq!((rental.user, rental.until, rental.token_id.as_str()), (text(CARL), 1_700_009_999, "3"));
    assert_eq!((rental.price.as_str(), rental.fee.as_str(), rental.royalty.as_str()), ("300", "3", "15"));
    let sale = rows.nft.sales[&rental.sale].row();
    assert_eq!((sale.kind, sale.price.as_str(), sale.items[0].to.clone()), (SaleKind::Rental, "300", text(CARL)));
    assert!(rows.nft.sold.iter().any(|sold| sold.sale == rental.sale && sold.moved.is_none()));
}

/// 1,000 and 1,000; half of a bundle with a foreign token; 200 at auction. The rental is none of it.
#[test]
fn volume_is_in_equal_parts_of_what_was_sold() {
    let rows = project(&nfts()).expect("consistent");
    assert_eq!(volume(&rows, COLLECTION), (4, 1, "2700".into(), "200".into()));
    let bought = vec![item(COLLECTION, 1, ANNA), item(EDITIONS, 1, ANNA), item(COLLECTION, 2, BEN)];
    let rows = after(vec![made(COLLECTION), made(EDITIONS), filling(&filled(ANNA, BEN, bought))]).expect("consistent");
    assert_eq!(volume(&rows, COLLECTION).2, "500", "what the seller got besides is no part of the price");
    assert_eq!(volume(&rows, EDITIONS).2, "500");
    let order = |currency| IExchange::Filled { currency, ..filled(ANNA, BEN, vec![item(COLLECTION, 1, ANNA)]) };
    let rows = after(vec![made(COLLECTION), filling(&order(addresses::WTFUEL)), filling(&order(FOREIGN))]);
    assert_eq!(volume(&rows.expect("consistent"), COLLECTION), (2, 2, "1000".into(), "1000".into()));
}

#[test]
fn foreign_tokens_have_sales_and_nothing_else() {
    let rows = after(vec![filling(&filled(ANNA, BEN, vec![item(FOREIGN, 7, ANNA)]))]).expect("consistent");
    assert_eq!((sales(&rows)[0].row().items[0].token.clone(), rows.nft.creations.len()), (text(FOREIGN), 0));
}

#[test]
fn a_token_that_comes_back_marks_every_sale_on_its_way() {
    let rows = project(&nfts()).expect("consistent");
    let circle = Some(SelfDealing::Circle);
    assert_eq!(marks(&rows), [circle, circle, circle, None, None]);
    let rows = after(vec![made(COLLECTION), sold_only(ANNA, BEN), sold_only(BEN, CARL)]).expect("consistent");
    assert_eq!(marks(&rows), [None, None]);
}

fn sold_only(from: Address, to: Address) -> Tx {
    filling(&filled(from, to, vec![item(COLLECTION, 1, from)]))
}

#[test]
fn accounts_of_one_purse_are_marked_and_the_first_reason_stays() {
    let fund = |from, to| Tx::new(from, to).value(ETHER);
    let rows = after(vec![
        made(COLLECTION),
        fund(REQUESTER, ANNA),
        fund(REQUESTER, BEN),
        fund(CREATOR, CARL),
        moved(COLLECTION, NOBODY, ANNA, 1),
        sold(ANNA, BEN, 1),
        sold(BEN, CARL, 1),
        sold(CARL, ANNA, 1),
    ])
    .expect("consistent");
    assert_eq!(marks(&rows), [Some(SelfDealing::SameFunder), Some(SelfDealing::Circle), Some(SelfDealing::Circle)]);
    assert_eq!(volume(&rows, COLLECTION), (3, 0, "3000".into(), "0".into()));
    let rows = after(vec![fund(ANNA, BEN), rented(ANNA, BEN, 1)]).expect("consistent");
    assert_eq!(marks(&rows), [Some(SelfDealing::FundedByOther)]);
    let own = filled(ANNA, ANNA, vec![item(COLLECTION, 1, ANNA)]);
    assert_eq!(marks(&after(vec![filling(&own)]).expect("consistent")), [Some(SelfDealing::SameAccount)]);
}

#[test]
fn a_mark_counts_a_sale_once() {
    let back_and_forth = [(ANNA, BEN), (BEN, ANNA), (ANNA, BEN), (BEN, ANNA)];
    let txs = back_and_forth.map(|(from, to)| sold_only(from, to));
    let rows = after([vec![made(COLLECTION)], txs.to_vec()].concat()).expect("consistent");
    assert_eq!(volume(&rows, COLLECTION), (4, 0, "4000".into(), "0".into()));
}

#[test]
fn a_side_that_there_is_not_is_a_contradiction() {
    let mut tx = filling(&filled(ANNA, BEN, vec![item(COLLECTION, 1, ANNA)]));
    let (topics, mut data) = (tx.logs[0].topics().to_vec(), tx.logs[0].data.data.to_vec());
    data[31] = 7;
    tx.logs[0] = alloy::primitives::Log::new_unchecked(addresses::EXCHANGE, topics, data.into());
    assert!(matches!(contradiction(vec![tx]), Contradiction::OrderSide(ORDER)));
}
