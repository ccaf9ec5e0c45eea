//! Layers that are right, layers that are not, and how often the latter pass where the prime is small.

use crate::freivalds::{Layer, MalformedLayer, project, project_modulo};

/// Columns and rows.
const K: usize = 40;
const N: usize = 24;

fn bytes(seed: u32, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn sums(weights: &[u8], input: &[u8]) -> Vec<i32> {
    let product = |(w, x): (&u8, &u8)| i32::from(*w as i8) * i32::from(*x as i8);
    weights.chunks_exact(K).map(|row| row.iter().zip(input).map(product).sum()).collect()
}

fn encoded(sums: &[i32]) -> Vec<u8> {
    sums.iter().flat_map(|sum| sum.to_le_bytes()).collect()
}

#[test]
fn a_right_layer_holds_for_every_seed_and_a_wrong_one_for_none() {
    let (weights, input) = (bytes(1, K * N), bytes(2, K));
    let right = sums(&weights, &input);
    for seed in 0..20u8 {
        let seed = [seed; 32];
        let projections = project(&weights, K, &seed, 2);
        let layer = |accumulators: &[u8]| Layer { input: &input, accumulators, projections: &projections }.holds(&seed);
        assert_eq!(layer(&encoded(&right)), Ok(true));
        for at in 0..N {
            for wrong_by in [1, -1, 1 << 10] {
                let mut wrong = right.clone();
                wrong[at] += wrong_by;
                assert_eq!(layer(&encoded(&wrong)), Ok(false), "row {at}");
            }
        }
        let mut swapped = right.clone();
        swapped.swap(0, 1);
        assert_eq!(layer(&encoded(&swapped)), Ok(false));
    }
}

#[test]
fn other_inputs_and_other_weights_do_not_hold() {
    let (weights, input, seed) = (bytes(1, K * N), bytes(2, K), [9; 32]);
    let accumulators = encoded(&sums(&weights, &input));
    let projections = project(&weights, K, &seed, 1);
    let mut other = input.clone();
    other[7] ^= 1;
    let layer = Layer { input: &other, accumulators: &accumulators, projections: &projections };
    assert_eq!(layer.holds(&seed), Ok(false));
    let mut other = weights;
    other[77] ^= 1;
    let projections = project(&other, K, &seed, 1);
    let layer = Layer { input: &input, accumulators: &accumulators, projections: &projections };
    assert_eq!(layer.holds(&seed), Ok(false));
}

/// The input that would let a sum be off by the prime of 31 bits.
#[test]
fn sums_that_no_products_have_are_wrong_whatever_they_are_congruent_to() {
    let (weights, input, seed) = (vec![1; K], vec![1; K], [3; 32]);
    let prime = (1u64 << 13) - 1;
    let projections = project_modulo::<13>(&weights, K, &seed, 1);
    let holds = |sum: i64| {
        let accumulators = encoded(&[sum as i32]);
        Layer { input: &input, accumulators: &accumulators, projections: &projections }.holds_modulo::<13>(&seed)
    };
    assert_eq!(holds(40), Ok(true));
    assert_eq!(holds(40 + prime as i64), Ok(true), "congruent, and in range");
    assert_eq!(holds(40 + 81 * prime as i64), Ok(false), "congruent, and out of range");
}

#[test]
fn wrong_layers_pass_small_primes_as_often_as_chance_has_it() {
    // One row is wrong, so that its coefficient has to be zero: one seed in p.
    let (weights, input) = (bytes(1, K * N), bytes(2, K));
    let mut wrong = sums(&weights, &input);
    wrong[0] += 1;
    let accumulators = encoded(&wrong);
    let (tries, prime) = (20_000u32, 31.0);
    let passed = (0..tries).filter(|index| {
        let seed = *blake3::hash(&index.to_le_bytes()).as_bytes();
        let projections = project_modulo::<5>(&weights, K, &seed, 1);
        let layer = Layer { input: &input, accumulators: &accumulators, projections: &projections };
        layer.holds_modulo::<5>(&seed).expect("a layer")
    });
    let (passed, expected) = (passed.count() as f64, f64::from(tries) / prime);
    let sigma = (expected * (1.0 - 1.0 / prime)).sqrt();
    assert!((passed - expected).abs() < 3.0 * sigma, "{passed} passed, {expected} expected");
}

#[test]
fn lengths_go_together_and_numbers_are_below_the_prime() {
    let malformed = |input: &[u8], accumulators: &[u8], projections: &[u8]| {
        assert_eq!(Layer { input, accumulators, projections }.holds(&[0; 32]), Err(MalformedLayer));
    };
    malformed(&[], &[0; 4], &[]);
    malformed(&[0; 2], &[], &[0; 16]);
    malformed(&[0; 2], &[0; 5], &[0; 16]);
    malformed(&[0; 2], &[0; 4], &[]);
    malformed(&[0; 2], &[0; 4], &[0; 17]);
    malformed(&[0; 2], &[0; 4], &[0; 8]);
    malformed(&[0; 2], &[0; 4], &[0; 80]);
    malformed(&[0; 65_537], &[0; 4], &[0; 65_537 * 8]);
    malformed(&[0; 1], &[0; 4 * 65_537], &[0; 8]);
    malformed(&[0; 1], &[0; 4], &((1u64 << 61) - 1).to_le_bytes());
    let largest = ((1u64 << 61) - 2).to_le_bytes();
    assert!(Layer { input: &[0], accumulators: &[0; 4], projections: &largest }.holds(&[0; 32]).is_ok());
}
