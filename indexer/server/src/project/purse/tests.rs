use super::*;
use edgeloom_index_api::Asset::{Tfuel, Theta};

fn account(byte: u8) -> Address {
    Address::repeat_byte(byte)
}

fn paid(payments: &[(Asset, u8, u8)]) -> Nft {
    let mut nft = Nft::default();
    for (asset, from, to) in payments {
        nft.paid(*asset, account(*from), account(*to));
    }
    nft
}

fn kinship(payments: &[(Asset, u8, u8)]) -> Option<SelfDealing> {
    paid(payments).kinship(account(1), account(2))
}

#[test]
fn the_first_tfuel_names_the_funder() {
    assert_eq!(kinship(&[(Tfuel, 9, 1), (Tfuel, 9, 2)]), Some(SelfDealing::SameFunder));
    assert_eq!(kinship(&[(Tfuel, 9, 1), (Tfuel, 8, 2), (Tfuel, 9, 2)]), None, "the second says nothing");
    assert_eq!(kinship(&[(Tfuel, 9, 1), (Theta, 8, 2), (Tfuel, 9, 2)]), Some(SelfDealing::SameFunder));
    assert_eq!(kinship(&[(Tfuel, 9, 1)]), None);
    assert_eq!(kinship(&[]), None, "nobody is not the same funder");
    assert_eq!(kinship(&[(Tfuel, 1, 1), (Tfuel, 2, 2)]), None, "nobody funds itself");
}

#[test]
fn who_was_funded_by_the_other_is_near_it() {
    assert_eq!(kinship(&[(Tfuel, 1, 2)]), Some(SelfDealing::FundedByOther));
    assert_eq!(kinship(&[(Tfuel, 2, 1)]), Some(SelfDealing::FundedByOther));
    assert_eq!(kinship(&[(Tfuel, 9, 2), (Tfuel, 1, 2)]), None);
    assert_eq!(paid(&[]).kinship(account(1), account(1)), Some(SelfDealing::SameAccount));
}

#[test]
fn who_gives_to_many_says_nothing_about_them() {
    let many = |count: u8| {
        let mut payments: Vec<_> = (100..100 + count).map(|to| (Tfuel, 9, to)).collect();
        payments.extend([(Tfuel, 9, 1), (Tfuel, 9, 2)]);
        kinship(&payments)
    };
    assert_eq!(many(30), Some(SelfDealing::SameFunder));
    assert_eq!(many(31), None);
    let often = vec![(Tfuel, 9, 100); 60];
    assert_eq!(kinship(&[often, vec![(Tfuel, 9, 1), (Tfuel, 9, 2)]].concat()), Some(SelfDealing::SameFunder));
}

#[test]
fn no_more_than_so_many_transfers_are_looked_at() {
    let late = |count: u32| {
        let mut payments = vec![(Theta, 8, 1); count as usize];
        payments.extend([(Tfuel, 9, 1), (Tfuel, 9, 2)]);
        kinship(&payments)
    };
    assert_eq!((late(INCOMING_MAX - 1), late(INCOMING_MAX)), (Some(SelfDealing::SameFunder), None));
    let mut payments = vec![(Tfuel, 9, 100); OUTGOING_MAX as usize];
    payments.extend((0..99).map(|to| (Tfuel, 9, to)));
    assert_eq!(paid(&payments).purses[&account(9)].funded.len(), 1);
}
