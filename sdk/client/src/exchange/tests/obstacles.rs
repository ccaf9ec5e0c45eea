use alloy::primitives::Bytes;

use super::*;
use crate::exchange::{
    Obstacle, Progress,
    check::{Facts, Given, obstacles},
};

/// Of an order that anybody may fill now.
fn facts() -> Facts {
    let token = Given { nonce: 9, held: U256::from(1), approved: true, royalty_bps: 250, user: None };
    let copies = Given { nonce: 0, held: U256::from(12), approved: true, royalty_bps: 0, user: None };
    Facts {
        time: 1_800_001_000,
        taker: Some(at(0x22)),
        signed: true,
        counter: U256::from(7),
        progress: Progress::Units(U256::ZERO),
        listed: true,
        given: vec![token, copies],
        money: None,
        states: Vec::new(),
    }
}

#[test]
fn what_can_be_filled_has_none() {
    assert_eq!(obstacles(&signed(sale()), &facts()), []);
    assert_eq!(obstacles(&signed(sale()), &Facts { taker: None, ..facts() }), [], "by whomever it is for");
}

#[test]
fn each_is_told_by_its_name() {
    let order = signed(sale());
    let maker = order.maker();
    let found = |facts: Facts| obstacles(&order, &facts);
    assert_eq!(found(Facts { time: 1_799_999_999, ..facts() }), [Obstacle::NotYetOpen { from: 1_800_000_000 }]);
    assert_eq!(found(Facts { time: 1_800_002_593, ..facts() }), [Obstacle::Expired { until: 1_800_002_592 }]);
    assert_eq!(found(Facts { taker: Some(at(9)), ..facts() }), [Obstacle::WrongTaker { taker: at(0x22) }]);
    let own = found(Facts { taker: Some(maker), ..facts() });
    assert_eq!(own, [Obstacle::WrongTaker { taker: at(0x22) }, Obstacle::OwnOrder]);
    assert_eq!(found(Facts { listed: false, ..facts() }), [Obstacle::CurrencyNotListed { currency: at(0x33) }]);
    let moved = Obstacle::CounterMoved { signed: U256::from(7), current: U256::from(8) };
    assert_eq!(found(Facts { counter: U256::from(8), ..facts() }), [moved]);
    assert_eq!(found(Facts { progress: Progress::Cancelled, ..facts() }), [Obstacle::Cancelled]);
    let filled = Progress::Units(U256::from(1));
    assert_eq!(found(Facts { progress: filled, ..facts() }), [Obstacle::NoUnitsLeft { units: 1 }]);
    assert_eq!(found(Facts { signed: false, ..facts() }), [Obstacle::NotSigned { maker }]);
}

#[test]
fn what_the_maker_gives_is_looked_at_one_by_one() {
    let order = signed(sale());
    let found = |change: fn(&mut Given), which: usize| {
        let mut facts = facts();
        change(&mut facts.given[which]);
        obstacles(&order, &facts)
    };
    let (token, id) = (at(0x44), U256::from(5));
    assert_eq!(found(|given| given.nonce = 10, 0), [Obstacle::NonceMoved { token, id }]);
    assert_eq!(found(|given| given.held = U256::ZERO, 0), [Obstacle::NotHeld { token, id, needed: 1 }]);
    assert_eq!(found(|given| given.approved = false, 0), [Obstacle::NotApproved { token }]);
    let user = Obstacle::HasUser { token, id, user: at(9), until: 1_900_000_000 };
    assert_eq!(found(|given| given.user = Some((at(9), 1_900_000_000)), 0), [user]);
    assert_eq!(found(|given| given.user = Some((at(0x22), 1_900_000_000)), 0), [], "the taker's own");
    let above = Obstacle::RoyaltyAbove { token, id, asked: 251, most: 250 };
    assert_eq!(found(|given| given.royalty_bps = 251, 0), [above]);
    let (token, id) = (at(0x55), U256::from(6));
    assert_eq!(found(|given| given.held = U256::from(11), 1), [Obstacle::NotHeld { token, id, needed: 12 }]);
}

#[test]
fn who_buys_has_the_money_and_lets_it_go() {
    let terms = Order { gives: Vec::new(), bounds: purchase().bounds, ..purchase() };
    let order = signed(terms);
    let needed = U256::from(1_771_604_938_271_604_938_u64);
    let states = vec![Some(U256::from(0x99))];
    let paying =
        |has, allowed| Facts { given: Vec::new(), money: Some((has, allowed)), states: states.clone(), ..facts() };
    let currency = at(0x33);
    assert_eq!(obstacles(&order, &paying(needed, needed)), []);
    let has = needed - U256::from(1);
    assert_eq!(obstacles(&order, &paying(has, needed)), [Obstacle::BalanceTooLow { currency, needed, has }]);
    assert_eq!(obstacles(&order, &paying(needed, has)), [Obstacle::NotApproved { token: currency }]);
    for state in [None, Some(U256::ZERO)] {
        let changed = Facts { states: vec![state], ..paying(needed, needed) };
        assert_eq!(obstacles(&order, &changed), [Obstacle::AccountChanged { account: at(0x88) }]);
    }
}

#[test]
fn what_a_voucher_mints_need_not_be_held() {
    let order = signed(sale());
    let voucher = crate::MintVoucher {
        id: U256::from(5),
        to: order.maker(),
        amount: U256::from(1),
        content: B256::ZERO,
        until: 1_800_002_592,
        counter: 0,
    };
    let (creation, kind, signature) = (at(0x44), crate::CreationKind::Collection, Bytes::new());
    let mint = crate::SignedMint { creation, kind, voucher, signature };
    let order = order.with_minting(mint, 1).expect("what it gives");
    let mut facts = facts();
    facts.given[0].held = U256::ZERO;
    assert_eq!(obstacles(&order, &facts), []);
}
