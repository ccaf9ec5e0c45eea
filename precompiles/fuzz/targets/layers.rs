//! Any bytes as a claim about a layer: lengths that do not go together are refused, what is right holds, and nothing panics.

#![no_main]

use edgeloom_edge_proof::{Layer, project};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[columns, rows, challenges, wrong], rest)) = bytes.split_first_chunk::<4>() else { return };
    let (columns, rows, challenges) = (usize::from(columns % 64), usize::from(rows), usize::from(challenges % 6));
    let seed = [wrong; 32];
    // As they come.
    let (input, others) = rest.split_at(rest.len().min(columns));
    let (accumulators, projections) = others.split_at(others.len().min(4 * rows));
    let claim = Layer { input, accumulators, projections };
    assert_eq!(claim.shape().is_err() && claim.holds(&seed).is_ok(), false);

    // And with what is right: the rest is weights.
    let Some(weights) = others.get(..columns * rows).filter(|weights| !weights.is_empty()) else { return };
    let product = |(w, x): (&u8, &u8)| i32::from(w.cast_signed()) * i32::from(x.cast_signed());
    let mut sums: Vec<i32> =
        weights.chunks_exact(columns).map(|row| row.iter().zip(input).map(product).sum()).collect();
    let projections = project(weights, columns, &seed, challenges);
    let holds = |sums: &[i32]| {
        let accumulators: Vec<u8> = sums.iter().flat_map(|sum| sum.to_le_bytes()).collect();
        Layer { input, accumulators: &accumulators, projections: &projections }.holds(&seed)
    };
    let bounded = (1..=4).contains(&challenges);
    assert_eq!(holds(&sums).ok(), bounded.then_some(true));
    if wrong > 0 {
        // One row cannot cancel itself, unless its power of the challenge is zero.
        let row = usize::from(wrong) % rows;
        sums[row] ^= 1 << (wrong % 31);
        assert_eq!(holds(&sums).ok(), bounded.then_some(false));
    }
});
