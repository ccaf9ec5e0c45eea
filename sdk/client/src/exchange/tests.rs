mod json;
mod obstacles;
mod sweeps;

use std::sync::Arc;

use alloy::{
    primitives::{Address, B256, U256, address, aliases::U40, b256, hex, keccak256},
    signers::{SignerSync as _, local::PrivateKeySigner},
};
use edgeloom_bindings::IExchange::{Bound, Criteria, Item, Order, Side, Standard};

use super::{SignedOrder, TradeOrder, bulk, bulk::Bulk, typed};
use crate::merkle::IdSet;

const CHAIN: u64 = 31_337;
const ETHER: u128 = 1_000_000_000_000_000_000;

fn at(byte: u8) -> Address {
    Address::repeat_byte(byte)
}

/// With something of everything.
fn purchase() -> Order {
    let root = U256::from_be_bytes(keccak256("root").0);
    let (erc721, erc1155, exact) = (Standard::ERC721, Standard::ERC1155, Criteria::Exact);
    let item = |standard, criteria, token: u8, id, amount, nonce| Item {
        standard,
        criteria,
        token: at(token),
        id,
        amount,
        nonce,
    };
    Order {
        maker: at(0x11),
        taker: at(0x22),
        side: Side::Buy,
        currency: at(0x33),
        price: ETHER,
        endPrice: 3 * ETHER,
        from: U40::from(1_800_000_000),
        until: U40::from(1_800_002_592),
        units: 1,
        royaltyMax: 250,
        counter: U256::from(7),
        salt: U256::from(0x5a17),
        gives: vec![item(erc721, exact, 0x44, U256::from(5), 1, 9), item(erc1155, exact, 0x55, U256::from(6), 12, 0)],
        wants: vec![
            item(erc721, Criteria::Any, 0x66, U256::ZERO, 1, 0),
            item(erc721, Criteria::OneOf, 0x77, root, 1, 0),
        ],
        bounds: vec![Bound { account: at(0x88), state: U256::from(0x99) }],
    }
}

fn sale() -> Order {
    let wants = Vec::new();
    Order { side: Side::Sell, price: 3 * ETHER, endPrice: ETHER + 1, bounds: Vec::new(), wants, ..purchase() }
}

fn order(terms: Order) -> TradeOrder {
    TradeOrder::new(terms, Vec::new()).expect("terms that fit")
}

/// Of a maker with a key.
fn signed(terms: Order) -> SignedOrder {
    let maker = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).expect("a key");
    let order = order(Order { maker: maker.address(), ..terms });
    let signature = maker.sign_hash_sync(&order.digest(CHAIN)).expect("signed");
    SignedOrder::new(CHAIN, order, signature.as_bytes().into())
}

/// What `IExchange.hashOf`, `digestOf` and `bulkDigestOf` of the contract's code answer on chain 31337.
#[test]
fn hashes_and_digests_are_the_contracts() {
    let order = order(purchase());
    assert_eq!(order.hash(), b256!("0xb62ade584ce7e521abab4be4d16ea6d4291329c0fd6cb7ae3a83df805a7eb344"));
    assert_eq!(order.digest(CHAIN), b256!("0xb1e2690d51f50ab547bfb649a3c639b20f35c77ab2ed155fdccb248804cd5b35"));
    assert_eq!(
        typed::hash(&sale()),
        b256!("0x3356e2df07f066e0cb7e5c9af84c789504da3524967adeb710585080ef7539c6"),
        "without wants and bounds"
    );
    let bulk = [
        (1, b256!("0xaa5820e60fc113ee0eebccd3419e6bf92e9b380a68457582510048cd91ee67ec")),
        (2, b256!("0xb2f421734a70e5ba583097ea6d2bfd137885008c539b0f68691fc719b33ce430")),
        (6, b256!("0x459b6babffe1efb1d2aa54afd461e0a6e548ce239bde043764ba50fa8a9f012b")),
        (11, b256!("0xb66eee731a75ae725bc69bc9c066978264956dc3989f2b98262956d23ae7e7ef")),
        (16, b256!("0xec406b1056ca80ed2fdc2f904b74208f05d1c01ad36f852b045adfdb861c3016")),
    ];
    for (height, digest) in bulk {
        let hash = typed::bulk_hash(keccak256("root"), height);
        assert_eq!(typed::digest(CHAIN, hash), digest, "of {height} levels");
    }
}

/// Three listings of which the contract's code took one signature, each with the proof of its number: leaves, root, digest and signature are those.
#[test]
fn a_tree_of_orders_is_the_contracts() {
    let holder = address!("0x7Ac441802Aad9852ab91bb39922F82aAF6b9C031");
    let collection = address!("0xF506680c4F198ABa2eB15f668Ba0a0EFeEAECd57");
    let listing = |id: u64| Order {
        maker: holder,
        taker: Address::ZERO,
        currency: Address::ZERO,
        counter: U256::ZERO,
        price: ETHER,
        endPrice: ETHER,
        from: U40::from(1_800_000_000),
        until: U40::from(1_800_002_592),
        units: 1,
        royaltyMax: 500,
        salt: U256::from(id + 1),
        gives: vec![Item {
            standard: Standard::ERC721,
            criteria: Criteria::Exact,
            token: collection,
            id: U256::from(id),
            amount: 1,
            nonce: 0,
        }],
        ..sale()
    };
    let orders: Vec<TradeOrder> = (0..3).map(|id| order(listing(id))).collect();
    let hashes: Vec<B256> = orders.iter().map(TradeOrder::hash).collect();
    assert_eq!(
        hashes,
        [
            b256!("0x5fbc095defaafbcc1680aa82b3468e00c4bb28708fdb16bf14582dbfbd2a078c"),
            b256!("0x4629944f82202afdfa77d1eaffed51f9ddf291e6408f66fd89af2f7279f3d575"),
            b256!("0x688fc0be768abbdccbf953634585fdc61ffe273ab8563052671e88fd044d311b"),
        ]
    );
    let tree = Bulk::new(&hashes).expect("three");
    assert_eq!(tree.root(), b256!("0x5dbef9fd9416edc6db30282fc3a4a6e87ba36fcc01738700c814bdf8e1797d66"));
    let digest = b256!("0x154b790cdc4fa9995796822e5d7fda763fee9f0a7cc47794e0af9c6d820044e6");
    assert_eq!(typed::digest(CHAIN, typed::bulk_hash(tree.root(), tree.height())), digest);
    let signature = hex!(
        "f4de3326825f690a4a9e96a7d09d1f68047ff0d3b8ed40c2242056791f2e86ac0188a43204ad3dac66eb12178f5bb3a60a35ebf7c0c5f0afe68d129adbf9083c1c"
    );
    for (index, order) in orders.into_iter().enumerate() {
        let signed = SignedOrder::new(CHAIN, order, signature.into());
        assert_ne!(signed.signer(), Some(holder), "alone it was not signed");
        let signed = signed.with_place(index as u64, tree.proof(index));
        assert_eq!((signed.digest(), signed.signer()), (Some(digest), Some(holder)), "order {index}");
    }
}

#[test]
fn each_order_of_a_tree_has_a_proof_and_no_other_place() {
    for count in [2_usize, 3, 4, 5, 8, 9, 33] {
        let hashes: Vec<B256> = (0..count).map(|number| keccak256(number.to_be_bytes())).collect();
        let tree = Bulk::new(&hashes).expect("two at least");
        assert_eq!(1 << tree.height(), count.next_power_of_two());
        for (index, hash) in hashes.iter().enumerate() {
            let proof = tree.proof(index);
            assert_eq!(bulk::root_of(*hash, index as u64, &proof), Some(tree.root()), "{index} of {count}");
            if index ^ 1 < count {
                assert_ne!(bulk::root_of(*hash, index as u64 ^ 1, &proof), Some(tree.root()), "not the neighbour's");
            }
            assert_eq!(bulk::root_of(*hash, index as u64 + (1 << proof.len()), &proof), None, "no such place");
        }
    }
    assert!(Bulk::new(&[B256::ZERO]).is_err() && Bulk::new(&[]).is_err());
    assert!(Bulk::new(&vec![B256::ZERO; (1 << 16) + 1]).is_err());
}

/// What `IExchange.priceAt` of the contract's code answers, 1,000 seconds after the start.
#[test]
fn prices_are_the_contracts_and_rounded_for_the_maker() {
    let (bought, sold) = (order(purchase()), order(sale()));
    assert_eq!(bought.price_at(1_800_001_000), U256::from(1_771_604_938_271_604_938_u64));
    assert_eq!(sold.price_at(1_800_001_000), U256::from(2_228_395_061_728_395_063_u64));
    assert_eq!((sold.price_at(0), sold.price_at(u64::MAX)), (U256::from(3 * ETHER), U256::from(ETHER + 1)));
    assert_eq!(order(Order { endPrice: 3 * ETHER, ..sale() }).price_at(1_800_001_000), U256::from(3 * ETHER));
}

#[test]
fn terms_that_the_exchange_refuses_are_no_order() {
    let refused = |terms: Order| assert!(TradeOrder::new(terms.clone(), Vec::new()).is_err(), "{terms:?}");
    refused(Order { units: 0, ..purchase() });
    refused(Order { units: 2, ..purchase() });
    refused(Order { until: U40::from(1_799_999_999), ..purchase() });
    refused(Order { royaltyMax: 5_001, ..purchase() });
    refused(Order { endPrice: ETHER - 1, ..purchase() });
    refused(Order { currency: Address::ZERO, ..purchase() });
    refused(Order { wants: Vec::new(), ..purchase() });
    refused(Order { endPrice: 3 * ETHER + 1, ..sale() });
    refused(Order { gives: Vec::new(), wants: purchase().wants, ..sale() });
    refused(Order { price: 0, endPrice: 0, ..sale() });
    refused(Order { gives: vec![sale().gives[0].clone(); 33], ..sale() });
    refused(Order { bounds: vec![purchase().bounds[0].clone(); 9], ..sale() });
    let given = |change: fn(&mut Item), which: usize| {
        let mut terms = sale();
        change(&mut terms.gives[which]);
        refused(terms);
    };
    given(|item| item.amount = 2, 0);
    given(|item| item.criteria = Criteria::Any, 0);
    given(|item| item.nonce = 1, 1);
    given(|item| item.amount = 0, 1);
    let wanted = |change: fn(&mut Item), which: usize| {
        let mut terms = purchase();
        change(&mut terms.wants[which]);
        refused(terms);
    };
    wanted(|item| item.id = U256::from(1), 0);
    wanted(|item| item.amount = 2, 0);
    wanted(|item| item.nonce = 1, 0);
    wanted(|item| item.id = U256::ZERO, 1);
    assert!(TradeOrder::new(Order { price: 0, endPrice: 0, ..purchase() }, Vec::new()).is_ok(), "a swap");
}

#[test]
fn a_set_that_an_order_does_not_name_is_refused() {
    let set = Arc::new(IdSet::new([3, 5, 8].map(U256::from)).expect("some"));
    assert!(TradeOrder::new(purchase(), vec![Arc::clone(&set)]).is_err());
    let mut terms = purchase();
    terms.wants[1].id = U256::from_be_bytes(set.root().0);
    assert!(TradeOrder::new(terms, vec![set]).is_ok());
}
