//! Sums of many keys against adding one after the other.

use super::key;
use crate::{
    BlsError, KeySet, KeySum, PublicKey, Signature, aggregate_signatures, aggregate_verify, fast_aggregate_verify,
};

fn keys(count: u8) -> Vec<PublicKey> {
    (1..=count).map(|seed| key(seed).public_key()).collect()
}

/// What `key`'s signature over `message` is, this many times.
fn times(seed: u8, message: &[u8], multiplicity: u16) -> Signature {
    let one = key(seed).sign(message);
    aggregate_signatures(&vec![one; multiplicity.into()]).expect("not empty")
}

#[test]
fn the_sum_of_any_part_is_the_key_of_its_signers() {
    let set = KeySet::new(keys(40));
    for part in 0..=40u64 {
        // Few, half and most of them, in several arrangements.
        let signed = |place: usize| (place as u64 * 17 + part) % 40 < part;
        let present: Vec<_> = (0..40).filter(|place| signed(*place)).collect();
        let sum = set.sum(signed);
        assert_eq!(present.len() as u64, part);
        if part == 0 {
            assert_eq!(sum.key(), None);
            continue;
        }
        let signatures: Vec<_> = present.iter().map(|place| key(*place as u8 + 1).sign(b"m")).collect();
        let aggregate = aggregate_signatures(&signatures).expect("not empty");
        assert!(aggregate.verify(&sum.key().expect("not infinity"), b"m"), "{part} of 40");
        let present: Vec<_> = present.iter().map(|place| key(*place as u8 + 1).public_key()).collect();
        assert_eq!(sum, KeySum::of(&present));
        assert!(fast_aggregate_verify(&present.iter().collect::<Vec<_>>(), b"m", &aggregate));
    }
}

#[test]
fn multiplicities_count_as_repetitions() {
    let set = KeySet::new(keys(5));
    for multiplicities in [[1, 1, 1, 1, 1], [0, 3, 0, 0, 1], [300, 2, 1, 0, 257], [u16::MAX, 0, 0, 0, 1]] {
        let signed = multiplicities.iter().zip(1..).filter(|(multiplicity, _)| **multiplicity > 0);
        let signatures: Vec<_> = signed.map(|(multiplicity, seed)| times(seed, b"m", *multiplicity)).collect();
        let aggregate = aggregate_signatures(&signatures).expect("not empty");
        let sum = set.weighted_sum(&multiplicities).key().expect("not infinity");
        assert!(aggregate.verify(&sum, b"m"), "{multiplicities:?}");
        let mut others = multiplicities;
        others[1] += 1;
        assert!(!aggregate.verify(&set.weighted_sum(&others).key().expect("not infinity"), b"m"));
    }
    assert_eq!(set.weighted_sum(&[0; 5]).key(), None);
    assert_eq!(set.weighted_sum(&[1, 1]), set.sum(|place| place < 2), "what is not named is absent");
}

#[test]
fn keys_that_repeat_or_cancel_out_add_up_like_any_others() {
    let negated = |key: &PublicKey| {
        let mut bytes = key.to_bytes();
        bytes[0] ^= 0x20; // the sign of y in the compressed encoding
        PublicKey::from_bytes(&bytes).expect("the negation is a valid key")
    };
    let [one, two] = [key(1).public_key(), key(2).public_key()];
    assert_eq!(KeySum::of([&one, &negated(&one)]).key(), None);
    assert_eq!(KeySum::of([&one, &two, &negated(&one)]), KeySum::of([&two]));
    assert_eq!(KeySum::of([&one; 7]), KeySum::weighted([(&one, 7)]));
    assert_eq!(KeySum::of(&vec![one; 64]), KeySum::weighted([(&one, 64)]));
    assert_eq!(KeySum::weighted([(&one, 5), (&negated(&one), 5)]).key(), None);
    assert_eq!(KeySum::of([&one, &two]).without(&KeySum::of([&one, &two])).key(), None);
    assert_eq!(KeySum::of([&one]).with(&KeySum::of([&two])), KeySum::of([&two, &one]));
}

#[test]
fn stored_keys_and_sums_come_back_and_nothing_else_is_read() {
    let stored = key(1).public_key().to_stored();
    assert_eq!(PublicKey::from_stored(&stored), Ok(key(1).public_key()));
    let sum = KeySum::of(&keys(3));
    assert_eq!(KeySum::from_stored(&sum.to_stored()), Ok(sum));
    assert_eq!(KeySum::from_stored(&[0; 96]).map(|sum| sum.key()), Ok(None));
    assert_eq!(PublicKey::from_stored(&[0; 96]), Err(BlsError::PublicKey));
    for bit in 0..96 * 8 {
        let mut bytes = stored;
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(PublicKey::from_stored(&bytes), Err(BlsError::PublicKey), "bit {bit} flipped");
        assert_eq!(KeySum::from_stored(&bytes), Err(BlsError::PublicKey));
    }
}

#[test]
fn messages_of_their_own_verify_with_their_keys_alone() {
    let keys = keys(3);
    let signatures: Vec<_> = (1u8..=3).map(|seed| key(seed).sign(&[seed])).collect();
    let aggregate = aggregate_signatures(&signatures).expect("not empty");
    let signed: Vec<_> = keys.iter().zip([&[1u8][..], &[2], &[3]]).collect();
    assert!(aggregate_verify(&signed, &aggregate));
    assert!(!aggregate_verify(&signed[..2], &aggregate));
    assert!(!aggregate_verify(&[], &aggregate));
    let swapped = [(&keys[0], &[2u8][..]), (&keys[1], &[1]), (&keys[2], &[3])];
    assert!(!aggregate_verify(&swapped, &aggregate));
}
