use super::*;
use crate::{CreationKind, Error, MintVoucher, SignedMint, Take};

/// An offer for one of three tokens, with the set.
fn trait_offer() -> SignedOrder {
    let set = Arc::new(IdSet::new([3, 5, 8].map(U256::from)).expect("some"));
    let mut terms = Order { taker: Address::ZERO, gives: Vec::new(), bounds: Vec::new(), ..purchase() };
    terms.wants.remove(0);
    terms.wants[0].id = U256::from_be_bytes(set.root().0);
    let plain = signed(terms.clone());
    let order = TradeOrder::new(Order { maker: plain.maker(), ..terms }, vec![set]).expect("terms that fit");
    SignedOrder::new(CHAIN, order, plain.signature)
}

fn mint(to: Address, id: u64) -> SignedMint {
    let (id, amount, content) = (U256::from(id), U256::from(1), B256::ZERO);
    let voucher = MintVoucher { id, to, amount, content, until: 1_800_002_592, counter: 0 };
    SignedMint { creation: at(0x44), kind: CreationKind::Collection, voucher, signature: vec![1; 65].into() }
}

#[test]
fn an_order_survives_json_with_all_that_belongs_to_it() {
    let whole = signed(purchase());
    let minting = whole.clone().with_minting(mint(whole.maker(), 5), 1).expect("what it gives");
    let placed = signed(sale()).with_place(2, vec![B256::repeat_byte(1), B256::repeat_byte(2)]);
    for order in [whole, minting, placed, trait_offer(), signed(sale())] {
        let text = serde_json::to_string(&order).expect("JSON");
        assert_eq!(serde_json::from_str::<SignedOrder>(&text).expect("an order"), order, "{text}");
    }
    let read: SignedOrder = serde_json::from_str(&serde_json::to_string(&trait_offer()).expect("JSON")).expect("one");
    assert_eq!(read.signer(), Some(read.maker()));
}

#[test]
fn what_was_changed_on_the_way_is_refused() {
    let text = serde_json::to_string(&signed(purchase())).expect("JSON");
    for (from, to) in [
        (r#""endPrice":"3000000000000000000""#, r#""endPrice":"3000000000000000001""#),
        (r#""side":"buy""#, r#""side":"sell""#),
        (r#""standard":"ERC1155""#, r#""standard":"ERC20""#),
        (r#""units":1"#, r#""units":1,"tip":1"#),
        (r#""units":1"#, r#""units":0"#),
        (r#""price":"1000000000000000000""#, r#""price":"340282366920938463463374607431768211456""#),
        (r#""state":"153""#, r#""state":"154""#),
        (r#""signature":"#, r#""index":1,"signature":"#),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from} in {text}");
        assert!(serde_json::from_str::<SignedOrder>(&changed).is_err(), "{to}");
    }
    let text = serde_json::to_string(&trait_offer()).expect("JSON");
    let set = text.find("\"sets\":[[").expect("the set");
    let changed = format!("{}\"sets\":[[\"9\",{}", &text[..set], &text[set + 9..]);
    assert!(serde_json::from_str::<SignedOrder>(&changed).is_err(), "another set");
}

#[test]
fn who_takes_an_order_for_one_of_a_set_shows_that_it_is_in_it() {
    let offer = trait_offer();
    let take = Take::new(offer.clone()).choosing([U256::from(5)]).record(100).expect("a member");
    let leaf_proof = &take.choices[0].proof;
    assert!(crate::is_in(B256::from(offer.order().terms().wants[0].id), &U256::from(5), leaf_proof));
    assert_eq!((take.royaltyMax, take.units, take.recipient), (100, 1, Address::ZERO));
    let refused = |take: Take| assert!(matches!(take.record(0), Err(Error::Settings(_))), "{take:?}");
    refused(Take::new(offer.clone()).choosing([U256::from(4)]));
    refused(Take::new(offer.clone()));
    refused(Take::new(offer).choosing([U256::from(3), U256::from(5)]));
    let unknown = signed(Order { gives: Vec::new(), wants: purchase().wants[1..].to_vec(), ..purchase() });
    refused(Take::new(unknown).choosing([U256::from(5)]));
}

#[test]
fn tfuel_is_sent_for_sales_in_it_alone() {
    let (sold, time) = (Order { currency: Address::ZERO, ..sale() }, 1_800_001_000);
    let price = U256::from(2_228_395_061_728_395_063_u64);
    assert_eq!(Take::new(signed(sold.clone())).value(time).expect("a price"), price);
    assert_eq!(Take::new(signed(sale())).value(time).expect("a price"), U256::ZERO, "in a token");
    let copies = Order { gives: sale().gives[1..].to_vec(), units: 9, ..sold };
    assert_eq!(Take::new(signed(copies)).units(7).value(time).expect("a price"), price * U256::from(7));
    assert_eq!(Take::new(signed(purchase())).value(time).expect("a price"), U256::ZERO, "its maker pays");
}

#[test]
fn a_voucher_is_for_what_the_order_sells_and_for_its_maker() {
    let order = signed(purchase());
    let refused = |mint, amount| assert!(order.clone().with_minting(mint, amount).is_err());
    refused(mint(at(9), 5), 1);
    refused(mint(order.maker(), 6), 1);
    refused(mint(order.maker(), 5), 2);
    refused(mint(order.maker(), 5), 0);
    refused(SignedMint { creation: at(0x66), ..mint(order.maker(), 5) }, 1);
    let minting = order.clone().with_minting(mint(order.maker(), 5), 1).expect("what it gives");
    let take = Take::new(minting).choosing([1, 2].map(U256::from));
    assert!(take.record(0).is_err(), "the set is not known");
}
