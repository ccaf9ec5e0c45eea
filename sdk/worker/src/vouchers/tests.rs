use alloy::primitives::U256;

use super::plan::{BATCH_MAX, Waiting, due, is_worth_its_place};

/// A wei for each gas.
const PRICE: u128 = 1;
const NOW: u64 = 1_000_000;

fn waiting(gain: u64, until: Option<u64>) -> Waiting {
    Waiting { gain: U256::from(gain), until }
}

#[test]
fn a_batch_waits_until_it_brings_ten_times_its_gas() {
    // 120,000 of all, and 75,000 of each.
    assert_eq!(due(&[waiting(1_950_000, None)], PRICE, NOW), [0_usize; 0]);
    assert_eq!(due(&[waiting(1_950_001, None)], PRICE, NOW), [0]);
    let two = [waiting(1_350_001, None), waiting(1_350_000, None)];
    assert_eq!(due(&two[..1], PRICE, NOW), [0_usize; 0], "one alone is not worth it");
    assert_eq!(due(&two, PRICE, NOW), [0, 1]);
    assert_eq!(due(&two, 2 * PRICE, NOW), [0_usize; 0], "gas is dearer");
}

#[test]
fn one_that_ends_soon_is_redeemed_for_more_than_its_gas_and_no_less() {
    let soon = Some(NOW + 900);
    assert_eq!(due(&[waiting(195_001, soon)], PRICE, NOW), [0]);
    assert_eq!(due(&[waiting(195_000, soon)], PRICE, NOW), [0_usize; 0], "it costs as much");
    assert_eq!(due(&[waiting(195_001, Some(NOW + 901))], PRICE, NOW), [0_usize; 0], "there is time");
    // Others go with it when all together are worth it; they do not alone.
    assert_eq!(due(&[waiting(400_000, None), waiting(195_001, soon)], PRICE, NOW), [1]);
    assert_eq!(due(&[waiting(75_000, None), waiting(3_000_000, None)], PRICE, NOW), [1], "not one that costs more");
}

#[test]
fn a_batch_fits_into_a_transaction_with_what_ends_first() {
    let mut many = vec![waiting(10_000_000, None); BATCH_MAX + 5];
    many[BATCH_MAX + 3] = waiting(80_000, Some(NOW));
    let batch = due(&many, PRICE, NOW);
    assert_eq!((batch.len(), batch[0]), (BATCH_MAX, BATCH_MAX + 3));
    assert_eq!(due(&[], PRICE, NOW), [0_usize; 0]);
}

#[test]
fn gwei_fill_half_of_the_till_at_most() {
    let (dust, enough) = (U256::from(75_000), U256::from(75_001));
    assert!(is_worth_its_place(4_999, U256::ONE, PRICE), "there is room");
    assert!(!is_worth_its_place(5_000, dust, PRICE), "it costs as much");
    assert!(is_worth_its_place(5_000, enough, PRICE));
    assert!(!is_worth_its_place(5_000, enough, 2 * PRICE), "gas is dearer");
}
