use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn ordinals_come_back(ordinals: std::collections::BTreeSet<u32>) {
        let ordinals: Vec<_> = ordinals.into_iter().collect();
        let mut decoded = Vec::new();
        decode(&encode(&ordinals), &mut decoded).expect("our own row");
        prop_assert_eq!(decoded, ordinals);
    }

    #[test]
    fn no_row_makes_it_panic(row: Vec<u8>) {
        let _ = decode(&row, &mut Vec::new());
    }
}

#[test]
fn a_cut_row_is_corrupt() {
    let row = encode(&[1, 300]);
    assert!(decode(&row[..row.len() - 1], &mut Vec::new()).is_err());
}

#[test]
fn one_word_at_two_positions_has_two_rows() {
    let topic = B256::repeat_byte(3);
    assert_ne!(Mark::Topic(0, topic).prefix(), Mark::Topic(1, topic).prefix());
    assert_ne!(
        Mark::Topic(0, Address::repeat_byte(1).into_word()).prefix(),
        Mark::Address(Address::repeat_byte(1)).prefix()
    );
}
