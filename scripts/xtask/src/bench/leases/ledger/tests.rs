use alloy::primitives::{Address, B256, aliases::U96};

use super::*;

/// A lease of a hundred seconds at 1000 wei, that began at 50.
fn running() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.offered(1, &Terms { rate: U96::from(1000), firstTerm: 100, ..Default::default() });
    ledger.begun(1, 50, 150).unwrap();
    ledger
}

fn collected(served: u64, paid: u64) -> LeaseCollected {
    LeaseCollected { lease: U256::from(1), worker: Address::ZERO, served: U256::from(served), paid: U256::from(paid) }
}

fn ended(reason: Reason, served: u64, paid: u64, refunded: u64) -> LeaseEnded {
    LeaseEnded {
        lease: U256::from(1),
        requester: Address::ZERO,
        worker: Address::ZERO,
        reason,
        by: Address::ZERO,
        served: U256::from(served),
        paid: U256::from(paid),
        refunded: U256::from(refunded),
        evidence: B256::ZERO,
    }
}

#[test]
fn what_a_lease_is_paid_is_its_seconds_less_the_fee() {
    let mut ledger = running();
    ledger.collected(&collected(10, 9500), 60).unwrap();
    ledger.extended(1, 149, 5, 155).unwrap();
    ledger.ended(&ended(Reason::Exhausted, 105, 90_250, 0), 156).unwrap();
}

#[test]
fn a_second_past_exhaustion_is_found() {
    let error = running().ended(&ended(Reason::Exhausted, 101, 95_950, 0), 151).unwrap_err();
    assert_eq!(error.to_string(), "lease 1 served 100 s and was paid for 101");
    let error = running().collected(&collected(101, 95_950), 151).unwrap_err();
    assert_eq!(error.to_string(), "lease 1 served 100 s and was paid for 101");
    assert!(running().collected(&collected(10, 9500), 59).is_err(), "in advance");
}

#[test]
fn a_wei_too_many_or_too_few_is_found() {
    assert!(running().collected(&collected(10, 9501), 60).is_err(), "no fee of a part");
    assert!(running().ended(&ended(Reason::EndedByRequester, 40, 38_000, 59_999), 90).is_err(), "kept a wei");
    running().ended(&ended(Reason::EndedByRequester, 40, 38_000, 60_000), 90).unwrap();
}

#[test]
fn seconds_that_are_paid_twice_are_found() {
    let mut ledger = running();
    ledger.collected(&collected(10, 9500), 60).unwrap();
    assert!(ledger.ended(&ended(Reason::Exhausted, 100, 95_000, 0), 150).is_err(), "ten of them again");
}

#[test]
fn an_extension_after_exhaustion_is_found() {
    assert!(running().extended(1, 150, 5, 155).is_err(), "at the second itself");
}

#[test]
fn an_end_by_the_clock_is_one() {
    assert!(running().ended(&ended(Reason::EndedByRequester, 100, 95_000, 0), 150).is_err(), "it was exhausted");
    assert!(running().ended(&ended(Reason::Exhausted, 40, 38_000, 60_000), 90).is_err(), "it was not");
}
