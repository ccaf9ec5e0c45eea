use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn bits(length: usize, places: &BTreeSet<usize>) -> Bits {
    let mut bits = Bits::none(length);
    places.iter().for_each(|place| bits.insert(*place));
    bits
}

#[test]
fn the_lowest_bit_of_a_byte_is_the_first_place() {
    let bits = bits(11, &[0, 3, 9].into());
    assert_eq!(bits.to_bytes(), [0b0000_1001, 0b0000_0010]);
    assert_eq!(Bits::from_bytes(&[0b0000_1001, 0b0000_0010], 11), Some(bits));
}

#[test]
fn bitmaps_have_exactly_their_bytes_and_no_bit_beyond_the_last_place() {
    for length in [1, 7, 8, 9, 63, 64, 65, 128, 5_000] {
        let mut bytes = vec![0xff; Bits::bytes_of(length)];
        let spare = bytes.len() * 8 - length;
        assert_eq!(Bits::from_bytes(&bytes, length).is_some(), spare == 0, "{length}");
        *bytes.last_mut().expect("not empty") >>= spare;
        assert!(Bits::from_bytes(&bytes, length).is_some_and(|bits| bits.is_full()), "{length}");
        bytes.push(0);
        assert_eq!(Bits::from_bytes(&bytes, length), None, "{length}, one byte more");
        assert_eq!(Bits::from_bytes(&bytes[..bytes.len() - 2], length), None, "{length}, one byte fewer");
    }
    assert_eq!(Bits::from_bytes(&[], 0), Some(Bits::none(0)));
}

proptest! {
    #[test]
    fn sets_do_what_sets_do(
        length in 1usize..300,
        left in prop::collection::btree_set(0usize..300, 0..40),
        right in prop::collection::btree_set(0usize..300, 0..40),
    ) {
        let cut = |set: &BTreeSet<usize>| set.iter().copied().filter(|place| *place < length).collect::<BTreeSet<_>>();
        let (a, b) = (bits(length, &left), bits(length, &right));
        let (left, right) = (cut(&left), cut(&right));
        prop_assert_eq!(a.iter().collect::<BTreeSet<_>>(), left.clone());
        prop_assert_eq!(a.count(), left.len());
        prop_assert_eq!(a.is_disjoint(&b), left.is_disjoint(&right));
        prop_assert_eq!(a.includes(&b), left.is_superset(&right));
        prop_assert_eq!(a.missing().collect::<BTreeSet<_>>(), (0..length).filter(|place| !left.contains(place)).collect());
        prop_assert_eq!(Bits::from_bytes(&a.to_bytes(), length), Some(a.clone()));
        let mut both = a.clone();
        both.unite(&b);
        prop_assert_eq!(both.iter().collect::<BTreeSet<_>>(), &left | &right);
        let mut wide = Bits::none(length + 70);
        wide.unite_at(70, &a);
        prop_assert_eq!(wide.iter().map(|place| place - 70).collect::<BTreeSet<_>>(), left);
    }
}
