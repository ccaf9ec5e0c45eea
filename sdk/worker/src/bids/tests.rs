use alloy::primitives::{Address, U256};

use super::plan::{Asked, Means, bid};
use crate::{
    Skip,
    plan::{Effort, Policy, Situation, Terms, cost},
};

const GAS_PRICE: u128 = 1_000;

fn asked(price: u64) -> Asked {
    let price = U256::from(price);
    let terms = Terms {
        open: true,
        requester: Address::repeat_byte(1),
        offered_to: Address::ZERO,
        price,
        bond: price,
        take_by: u64::MAX,
        work_seconds: 60,
        effort: Effort::Executed { infer_gas: 1_000_000, input_bytes: 784, output_bytes: 10, path_bytes: 32 },
    };
    Asked { terms, count: 10, fee: price / U256::from(20), deposit: price / U256::from(20) }
}

fn situation() -> Situation {
    let balance = U256::MAX;
    Situation { worker: Address::repeat_byte(2), now: 0, free_stake: U256::MAX, balance, gas_price: GAS_PRICE }
}

const MEANS: Means = Means { balance: U256::MAX, jobs: 64 };
const POLICY: Policy = Policy { min_price: U256::ZERO, work_seconds_min: 5 };

#[test]
fn a_bid_is_the_least_that_pays_for_its_gas_and_the_fee() {
    let asked = asked(1_000_000_000_000);
    let (tick, units) = bid(&asked, MEANS, &situation(), &POLICY).expect("worth it");
    assert_eq!(units, 10);
    // What a worker gets of a price, and what its part of the bid costs it.
    let paid = |tick: u16| {
        let price = asked.terms.price * U256::from(tick) / U256::from(256);
        price - price / U256::from(20)
    };
    let costs = cost(&asked.terms, GAS_PRICE) + U256::from(22_000) * U256::from(GAS_PRICE);
    assert!(paid(tick) >= costs && paid(tick - 1) < costs, "{tick}: {} for {costs}", paid(tick));
}

#[test]
fn no_bid_is_below_the_workers_least_price() {
    let asked = asked(1_000_000_000_000);
    let bid_at = |least: u64| bid(&asked, MEANS, &situation(), &Policy { min_price: U256::from(least), ..POLICY });
    assert_eq!(bid_at(500_000_000_000), Ok((128, 10)));
    assert_eq!(bid_at(500_000_000_001), Ok((129, 10)));
    assert_eq!(bid_at(1_000_000_000_000), Ok((256, 10)));
    assert_eq!(bid_at(1_000_000_000_001), Err(Skip::PriceTooLow));
}

#[test]
fn it_is_for_as_many_as_stake_money_and_machine_are_enough_for() {
    let asked = asked(1_000_000_000_000);
    let (price, deposit) = (asked.terms.price, asked.deposit);
    let units = |means: Means, free_stake: U256| {
        bid(&asked, means, &Situation { free_stake, ..situation() }, &POLICY).map(|(_, units)| units)
    };
    assert_eq!(units(Means { jobs: 3, ..MEANS }, U256::MAX), Ok(3));
    assert_eq!(units(MEANS, price * U256::from(4) + U256::from(1)), Ok(4));
    assert_eq!(units(MEANS, price - U256::from(1)), Err(Skip::StakeTooSmall));
    assert_eq!(units(Means { balance: deposit * U256::from(5), ..MEANS }, U256::MAX), Ok(2), "half is kept for gas");
    assert_eq!(units(Means { balance: deposit, ..MEANS }, U256::MAX), Err(Skip::StakeTooSmall));
}

#[test]
fn what_does_not_pay_for_a_bid_is_left_to_others() {
    let one = Asked { count: 1, ..asked(1) };
    let costs = cost(&one.terms, GAS_PRICE) + U256::from(220_000) * U256::from(GAS_PRICE);
    let at = |price: U256| {
        let terms = Terms { price, ..one.terms.clone() };
        let one = Asked { terms, fee: price / U256::from(20), ..one.clone() };
        bid(&one, MEANS, &situation(), &POLICY)
    };
    assert_eq!(at(costs), Err(Skip::Unprofitable), "there is the fee");
    assert_eq!(at(costs * U256::from(20) / U256::from(19) + U256::from(1)), Ok((256, 1)));
}
