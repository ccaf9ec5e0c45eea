//! Batches of signatures over one message.

use super::{super::*, key};
use std::num::NonZeroU64;

fn claims(coefficients: &[u64]) -> Vec<Claim> {
    let numbered = coefficients.iter().zip(1..);
    let claim = |(coefficient, seed): (&u64, u8)| Claim {
        key: key(seed).public_key(),
        signature: key(seed).sign(b"m"),
        coefficient: NonZeroU64::new(*coefficient).expect("not zero"),
    };
    numbered.map(claim).collect()
}

#[test]
fn a_batch_passes_if_each_signature_is_valid() {
    for size in 1..=5 {
        let claims = claims(&[7, u64::MAX, 1, 1 << 63, 12_345][..size]);
        assert!(batch_verify(&claims, b"m"), "{size} valid ones");
        assert!(!batch_verify(&claims, b"n"), "{size} over another message");
        for place in 0..size {
            let mut wrong = claims.clone();
            wrong[place].signature = key(99).sign(b"m");
            assert!(!batch_verify(&wrong, b"m"), "number {place} of {size} is another's");
        }
    }
    assert!(!batch_verify(&[], b"m"));
}

#[test]
fn errors_that_cancel_out_in_a_plain_sum_are_found() {
    // Each other's signatures: their sum is right, neither is.
    let mut swapped = claims(&[3, 5]);
    let [first, second] = &mut swapped[..] else { unreachable!("two") };
    std::mem::swap(&mut first.signature, &mut second.signature);
    let sum = aggregate_signatures(&[first.signature, second.signature]).expect("two");
    assert!(fast_aggregate_verify(&[&first.key, &second.key], b"m", &sum));
    assert!(!batch_verify(&swapped, b"m"));
}

#[test]
fn aggregates_take_part_by_the_sum_of_their_keys() {
    let signatures: Vec<_> = (1..=4).map(|seed| key(seed).sign(b"m")).collect();
    let keys: Vec<_> = (1..=4).map(|seed| key(seed).public_key()).collect();
    let aggregate = |range: std::ops::Range<usize>, coefficient| Claim {
        key: KeySum::of(&keys[range.clone()]).key().expect("not infinity"),
        signature: aggregate_signatures(&signatures[range]).expect("not empty"),
        coefficient: NonZeroU64::new(coefficient).expect("not zero"),
    };
    assert!(batch_verify(&[aggregate(0..3, 9), aggregate(2..4, 11)], b"m"));
    let mut lacking = aggregate(0..3, 9);
    lacking.signature = aggregate(0..2, 9).signature;
    assert!(!batch_verify(&[lacking, aggregate(2..4, 11)], b"m"));
}
