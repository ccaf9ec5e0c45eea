//! The operations of transformers against arithmetic done another way: wider, or in floating point where that says how near
//! an approximation has to be.

use super::meaning::{run, run_bytes, some};
use crate::{Clamp, Decay, Element, Gain, HeadProduct, Rows, Scale};

const WIDE: Clamp = Clamp::all(Element::I32);
const SHORT: Clamp = Clamp { out: Element::I32, lo: -32_768, hi: 32_767 };

/// Numbers as the bytes of an input.
fn input_of(numbers: &[i32]) -> Vec<i8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).map(u8::cast_signed).collect()
}

fn product(heads: usize, group: usize, stacked: bool, causal: bool) -> HeadProduct {
    HeadProduct { heads, group, stacked, causal }
}

#[test]
fn embed_takes_rows_and_holds_ids_inside() {
    let rows = Rows { weights: &[1, 2, 3, 4, -5, 6], multipliers: &[256, 512, 65_535] };
    let got = run(&[2, 0, 1, -7, 99], |g, x| g.embed(Ok(x.vectors(5, 1, 1)), &rows, WIDE));
    let third = [(-5 * 65_535 + 128) >> 8, (6 * 65_535 + 128) >> 8];
    assert_eq!(got, [third[0], third[1], 1, 2, 6, 8, 1, 2, third[0], third[1]]);
    let counted = run(&[0], |g, _| g.embed(Err(4), &rows, WIDE));
    assert_eq!(counted, [1, 2, 6, 8, third[0], third[1], third[0], third[1]]);
}

#[test]
fn wide_ids_are_read_from_the_input() {
    // 300 is the third row's number in no single byte.
    let weights: Vec<i8> = (0..301).map(|row| (row % 100) as i8).collect();
    let got = run(&input_of(&[300 | 7 << 16]), |g, x| {
        let ids = x.as_type(Element::I16).vectors(2, 1, 1);
        g.embed(Ok(ids), &Rows { weights: &weights, multipliers: &[256; 301] }, WIDE)
    });
    assert_eq!(got, [0, 7]);
}

#[test]
fn norm_is_near_the_unit_vector() {
    for (seed, len) in [(1, 1), (2, 2), (3, 7), (4, 64), (5, 300)] {
        let x = some(len, seed);
        for centred in [false, true] {
            let got = run(&x, |g, x| g.norm(x, centred, None, SHORT));
            let mean = if centred { x.iter().map(|x| f64::from(*x)).sum::<f64>() / len as f64 } else { 0.0 };
            // The mean is a whole number here.
            let d: Vec<f64> = x.iter().map(|x| f64::from(*x) - (mean + 0.5).floor()).collect();
            let length = d.iter().map(|d| d * d).sum::<f64>().sqrt();
            for (got, d) in got.iter().zip(&d) {
                let exact = if length == 0.0 { 0.0 } else { d / length * 32_768.0 };
                assert!((f64::from(*got) - exact).abs() <= 2.5, "{len} elements: {got} for {exact}");
            }
        }
    }
}

#[test]
fn norm_knows_wide_and_empty_vectors() {
    let up = [Scale { m: 1 << 14, s: 16, pre: 7, ..Scale::IDENTITY }; 1];
    let x = [3, -4, 0, 12];
    let got = run(&x, |g, x| {
        let mut y = x;
        for _ in 0..3 {
            // 32 times as much each time
            y = g.requantise(y, &crate::Affine { scales: &up, out: Element::I32, lo: -(1 << 23), hi: 1 << 23 });
        }
        g.norm(y, false, None, SHORT)
    });
    assert_eq!(got, run(&x, |g, x| g.norm(x, false, None, SHORT)), "a common factor");
    assert_eq!(run(&[0, 0], |g, x| g.norm(x, false, None, SHORT)), [0, 0]);
    assert_eq!(run(&[5, 5], |g, x| g.norm(x, true, None, SHORT)), [0, 0]);
    assert_eq!(run(&[-9], |g, x| g.norm(x, false, None, SHORT)), [-32_767]);
}

#[test]
fn gains_and_biases_are_each_elements_own() {
    let gain = Gain { elements: &[(16_384, 5), (-16_384, 0), (0, -7), (1, 1)], shift: 14 };
    let plain = run(&[3, -4, 0, 12], |g, x| g.norm(x, false, None, SHORT));
    let got = run(&[3, -4, 0, 12], |g, x| g.norm(x, false, Some(gain), WIDE));
    assert_eq!(got, [plain[0] + 5, -plain[1], -7, ((plain[3] + (1 << 13)) >> 14) + 1]);
}

#[test]
fn matmul_pairs_heads_with_what_they_share() {
    // Two vectors of four heads of three; two shared heads, three rows.
    let (x, y) = (some(24, 1), some(18, 2));
    let both = [x.clone(), y.clone()].concat();
    let beside = run(&both, |g, t| {
        g.matmul(t.vectors(2, 12, 12), t.skip(24).vectors(3, 6, 6), &product(4, 2, false, false), WIDE)
    });
    let stacked = run(&both, |g, t| {
        g.matmul(t.vectors(2, 12, 12), t.skip(24).vectors(6, 3, 3), &product(4, 2, true, false), WIDE)
    });
    let mut expected = (Vec::new(), Vec::new());
    for i in 0..2 {
        for head in 0..4 {
            for row in 0..3 {
                let dot = |of: &dyn Fn(usize) -> usize| {
                    (0..3).map(|j| i32::from(x[i * 12 + head * 3 + j]) * i32::from(y[of(j)])).sum::<i32>()
                };
                expected.0.push(dot(&|j| row * 6 + head / 2 * 3 + j));
                expected.1.push(dot(&|j| (head / 2 * 3 + row) * 3 + j));
            }
        }
    }
    assert_eq!((beside, stacked), expected);
}

#[test]
fn no_vector_meets_those_after_it() {
    let by = product(1, 1, false, true);
    let clamp = Clamp { out: Element::I32, lo: -1_000_000, hi: 1_000_000 };
    let got = run(&[1, 2, 3, 4], |g, t| g.matmul(t.skip(2).vectors(2, 1, 1), t.vectors(4, 1, 1), &by, clamp));
    // The first of the two is the third of all.
    assert_eq!(got, [3, 6, 9, -1_000_000, 4, 8, 12, 16]);
}

#[test]
fn exp_counts_down_from_the_largest() {
    let mut entries = [0; 4096];
    (entries[0], entries[3], entries[4095]) = (16_384, 77, -1);
    let scales = [Scale::IDENTITY, Scale { m: 1 << 14, s: 17, pre: 2, ..Scale::IDENTITY }];
    let got = run(&[9, 6, -128, 9, 9, 3, 9, 10], |g, x| {
        let x = x.vectors(2, 4, 4);
        let top = g.max(x);
        g.exp(x, top, &Decay { scales: &scales, entries: &entries }, WIDE)
    });
    // Head 1 counts half as fast: of 10, 3 is 7 below, which is 3.5 and rounds to 4.
    assert_eq!(got, [16_384, 77, 0, 16_384, 0, 0, 0, 16_384]);
    let last = run(&[127, -128], |g, x| {
        let up = [Scale { m: 32_767, s: 16, pre: 7, ..Scale::IDENTITY }];
        let top = x.vectors(1, 1, 0);
        g.exp(x, top, &Decay { scales: &up, entries: &entries }, WIDE)
    });
    assert_eq!(last, [16_384, -1], "far below is the last entry");
}

#[test]
fn divide_is_near_256_times_the_quotient() {
    for sum in [16_384_i32, 16_385, 30_000, 65_535, 65_536, 1 << 20, 8_388_607, i32::MAX] {
        for x in [0, 1, -1, 1_000, -30_000, 2_000_000, -2_000_000_000] {
            let bytes = input_of(&[x, sum]);
            let got = run(&bytes, |g, t| {
                let t = t.as_type(Element::I32);
                g.divide(t.vectors(1, 1, 0), t.skip(1).vectors(1, 1, 0), WIDE)
            });
            let exact = 256.0 * f64::from(x) / f64::from(sum);
            let near = 1.0 + exact.abs() / 16_000.0;
            assert!((f64::from(got[0]) - exact).abs() <= near, "{x} / {sum}: {got:?} for {exact}");
        }
    }
    let small = run(&input_of(&[16_384, 3]), |g, t| {
        let t = t.as_type(Element::I32);
        g.divide(t.vectors(1, 1, 0), t.skip(1).vectors(1, 1, 0), WIDE)
    });
    assert_eq!(small, [256], "a sum below 2^14 counts as that");
}

#[test]
fn multiply_requantises_the_product() {
    let scales = [Scale { bias: 10, m: 1 << 14, s: 16, pre: 2, zp: 1 }];
    let affine = crate::Affine { scales: &scales, out: Element::I32, lo: -500, hi: 30_000 };
    assert_eq!(run(&[100, -100, 3], |g, x| g.multiply(x, x.vectors(1, 3, 0), &affine)), [10_011, 10_011, 20]);
}

#[test]
fn rope_turns_pairs_of_halves() {
    // Two heads of four: by 90 degrees, and by none.
    let angles = [(0, 32_767), (32_767, 0)];
    let got = run(&[10, 20, 30, 40, 50, 60, 70, 80], |g, x| g.rope(x, 2, &angles, SHORT));
    assert_eq!(got, [-30, 20, 10, 40, -70, 60, 50, 80]);
}

#[test]
fn sums_maxima_and_transposes() {
    let x = [1, -2, 3, -128, 127, 0];
    assert_eq!(run(&x, |g, x| g.sum(x.vectors(2, 3, 3))), [2, -1]);
    assert_eq!(run_bytes(&x, |g, x| g.max(x.vectors(2, 3, 3))), [3, 127]);
    let turned = run_bytes(&x, |g, x| g.transpose(x.vectors(2, 3, 3)));
    assert_eq!(turned, [1, 128, 254, 127, 3, 0]);
}

#[test]
fn gather_holds_ids_inside() {
    let got = run_bytes(&[1, 0, -1, 100, 7, 8, 9, 10], |g, x| g.gather(x.vectors(4, 1, 1), x.skip(4).vectors(2, 2, 2)));
    assert_eq!(got, [9, 10, 7, 8, 7, 8, 9, 10]);
}

#[test]
fn samples_come_as_often_as_their_weights_say() {
    let mut input = vec![7_i8; 32];
    input.extend([10, -50, 30, 0, 60]);
    let draws = 15_000;
    let got = run_bytes(&input, |g, x| g.sample(x.skip(32).vectors(draws, 5, 0), x.vectors(1, 32, 0), Element::I8));
    let mut counts = [0_u32; 5];
    for drawn in got {
        counts[usize::from(drawn)] += 1;
    }
    assert_eq!((counts[1], counts[3]), (0, 0));
    for (index, share) in [(0, 0.1), (2, 0.3), (4, 0.6)] {
        let sigma = (f64::from(draws as u32) * share * (1.0_f64 - share)).sqrt();
        let off = f64::from(counts[index]) - f64::from(draws as u32) * share;
        assert!(off.abs() < 4.0 * sigma, "{counts:?}");
    }
    let none = run_bytes(&input, |g, x| g.sample(x.skip(33).vectors(3, 1, 0), x.vectors(1, 32, 0), Element::I8));
    assert_eq!(none, [0, 0, 0], "no weight at all");
}
