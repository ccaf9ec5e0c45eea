use alloy::primitives::{B256, keccak256};

use super::{
    packs::{Draw, bond},
    phase::allowance,
    *,
};

#[test]
fn secrets_are_a_chain_that_the_commitment_begins() {
    let secrets = Secrets::new(B256::repeat_byte(7), 5).expect("rounds");
    let mut before = secrets.commitment();
    for round in 0..5 {
        let secret = secrets.of(round).expect("a round");
        assert_eq!(keccak256(secret), before, "round {round}");
        before = secret;
    }
    assert_eq!(secrets.of(5), None);
    assert!(Secrets::new(B256::ZERO, 0).is_err() && Secrets::new(B256::ZERO, 513).is_err());
    assert!(!format!("{secrets:?}").contains("0x"), "no secret is shown by accident");
}

#[test]
fn a_bond_is_a_tenth_of_the_highest_price_rounded_up() {
    let phase = |wei: u64| Phase::new(U256::from(wei), 1, 2);
    assert_eq!(bond(7, &[phase(3), phase(21), phase(20)]).expect("a bond"), U256::from(7 * 3));
    assert_eq!(bond(7, &[phase(0)]).expect("a bond"), U256::ZERO);
    assert!(bond(u32::MAX, &[Phase::new(U256::MAX, 1, 2)]).is_err());
}

#[test]
fn phases_that_no_sale_takes_are_refused() {
    let phase = Phase::new(U256::from(5), 10, 20);
    assert!(phase.record().is_ok() && phase.falling_to(U256::ZERO).record().is_ok());
    for wrong in [
        phase.falling_to(U256::from(6)),
        Phase { until: 10, ..phase },
        phase.only_for(B256::repeat_byte(1)).per_wallet(1),
        Phase::new(U256::from(1) << 128, 10, 20),
    ] {
        assert!(wrong.record().is_err(), "{wrong:?}");
    }
}

#[test]
fn a_list_says_what_its_members_may_buy_and_nothing_of_others() {
    let list = Allowlist::new([(Address::repeat_byte(1), U256::from(3))]).expect("some");
    let listed = Purchase { phase: 0, quantity: 1, list: Some(&list) };
    assert_eq!(allowance(Address::repeat_byte(1), &listed).expect("listed").most, U256::from(3));
    assert!(allowance(Address::repeat_byte(2), &listed).is_err());
    let open = Purchase { list: None, ..listed };
    assert_eq!(allowance(Address::repeat_byte(2), &open).expect("anybody").most, U256::ZERO);
}

#[test]
fn packs_share_all_tokens_out_once_and_tiers_are_in_their_order() {
    let tiers = [1, 3, 8];
    let seed = |pack: u8| B256::repeat_byte(pack);
    let mut draw = Draw::new((U256::from(100), false), 3, &tiers);
    let packs: Vec<_> = (0..4).map(|pack| draw.next(seed(pack)).expect("enough are left")).collect();
    assert!(packs.iter().all(|ids| ids.len() == 3 && ids.is_sorted()), "{packs:?}");
    let mut all = packs.concat();
    all.sort();
    assert_eq!(all, (100..112).map(U256::from).collect::<Vec<_>>(), "each once, and the lowest of a tier first");
    assert_eq!(draw.next(seed(4)), None);

    // The same chance gives copies of the tier's edition.
    let mut draw = Draw::new((U256::from(100), true), 3, &tiers);
    let tier_of = |id: &U256| U256::from(100 + [101, 104].iter().filter(|end| *id >= U256::from(**end)).count());
    for (pack, ids) in (0..4).zip(&packs) {
        let copies = draw.next(seed(pack)).expect("enough are left");
        assert_eq!(copies, ids.iter().map(tier_of).collect::<Vec<_>>());
    }
}
