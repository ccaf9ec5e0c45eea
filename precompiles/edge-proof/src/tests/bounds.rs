//! Sums as large as G14 lets them be: every kernel gives what exact arithmetic gives.

use super::random::answer;
use crate::{Affine, Element, GraphBuilder, Model, Scale, random::largest_bias};

/// The steepest scale there is, with the largest bias of one sign.
fn steepest(magnitude: u64, pre: u8, positive: bool) -> Scale {
    let bias = largest_bias(magnitude, pre);
    let (bias, zp) = if positive { (bias, 127) } else { (-bias, -128) };
    Scale { bias, m: (1 << 15) - 1, s: 16, pre, zp }
}

fn unclamped(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I32, lo: i32::MIN, hi: i32::MAX }
}

fn exactly(scale: &Scale, sum: i64) -> i32 {
    let sum = i32::try_from(sum + i64::from(scale.bias)).expect("G14 keeps sums in 32 bits");
    assert!(sum.unsigned_abs() >= ((1 << 31) - 1) >> scale.pre, "{sum} is not at the bound");
    scale.requantise(sum, i32::MIN, i32::MAX)
}

fn read(answer: &[u8]) -> Vec<i32> {
    answer.as_chunks::<4>().0.iter().map(|bytes| i32::from_le_bytes(*bytes)).collect()
}

/// `n` rows of `k` weights of one magnitude and alternating sign, times -128.
fn rows(k: usize, n: usize, weight: i8, pre: u8) {
    let row_weight = |r: usize| if r.is_multiple_of(2) { -weight } else { weight };
    let magnitude = 128 * k as u64 * u64::from(weight.unsigned_abs());
    let scales: Vec<_> = (0..n).map(|r| steepest(magnitude, pre, r.is_multiple_of(2))).collect();
    let weights: Vec<_> = (0..n).flat_map(|r| std::iter::repeat_n(row_weight(r), k)).collect();
    let mut graph = GraphBuilder::new(k);
    let x = graph.input().vectors(3, k, 0);
    graph.dense(x, &weights, &unclamped(&scales));
    let model = Model::from_image(graph.finish().expect("at the bound, not beyond it")).expect("checked by finish");
    let expected: Vec<_> = scales
        .iter()
        .enumerate()
        .map(|(r, scale)| exactly(scale, -128 * i64::from(row_weight(r)) * k as i64))
        .collect();
    assert_eq!(read(&answer(&model, &vec![-128; k])), expected.repeat(3), "k {k}, n {n}, weight {weight}, pre {pre}");
}

#[test]
fn rows_at_the_bound_are_exact() {
    for k in [1, 15, 16, 17, 1_000, 65_536] {
        for n in [1, 3, 4, 5] {
            for weight in [1, 127] {
                let magnitude = 128 * k as u64 * weight as u64;
                for pre in (0..8).filter(|pre| magnitude << pre < 1 << 31) {
                    rows(k, n, weight, pre);
                }
            }
        }
    }
}

#[test]
fn elements_at_the_bound_are_exact() {
    // As large as one requantisation of a byte makes them, so that twice them and a small bias is 2^31 - 1.
    let large = (1 << 30) - (1 << 16);
    let sources = [steepest(128, 0, true), steepest(128, 0, false)];
    let largest = Affine { scales: &sources, out: Element::I32, lo: -large, hi: large };
    let sums = [true, false].map(|positive| steepest(2 * large as u64, 0, positive));
    let mut graph = GraphBuilder::new(2);
    let x = graph.input();
    let y = graph.requantise(x, &largest);
    graph.add(y, y, &unclamped(&sums));
    let model = Model::from_image(graph.finish().expect("at the bound, not beyond it")).expect("checked by finish");
    let expected = [exactly(&sums[0], 2 * i64::from(large)), exactly(&sums[1], -2 * i64::from(large))];
    assert_eq!(read(&answer(&model, &[127, -128])), expected);
}
