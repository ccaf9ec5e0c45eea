//! Each operation against its rule, written out naively or by hand.

use proptest::prelude::*;

use crate::{Affine, Element, Filter, GraphBuilder, InputLength, Kernel, Model, Scale, Tensor, Window};

const ID: [Scale; 1] = [Scale::IDENTITY];

fn wide(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I32, lo: -(1 << 28), hi: 1 << 28 }
}

fn narrow(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I8, lo: -128, hi: 127 }
}

fn biased(biases: &[i32]) -> Vec<Scale> {
    biases.iter().map(|bias| Scale { bias: *bias, ..Scale::IDENTITY }).collect()
}

/// Runs a one-input graph with every kernel and reads the answer as i32.
pub(super) fn run(input: &[i8], build: impl FnOnce(&mut GraphBuilder, Tensor) -> Tensor) -> Vec<i32> {
    let bytes = run_bytes(input, build);
    bytes.as_chunks::<4>().0.iter().map(|b| i32::from_le_bytes(*b)).collect()
}

pub(super) fn run_bytes(input: &[i8], build: impl FnOnce(&mut GraphBuilder, Tensor) -> Tensor) -> Vec<u8> {
    let mut graph = GraphBuilder::new(input.len());
    let x = graph.input();
    build(&mut graph, x);
    let model = Model::from_image(graph.finish().expect("the test's graph is well formed")).expect("checked by finish");
    let input: Vec<u8> = input.iter().map(|x| x.cast_unsigned()).collect();
    let reference = model.infer_with(Kernel::PORTABLE, &input).expect("the input fits");
    assert_eq!(model.infer(&input).expect("the input fits"), reference, "kernels differ");
    assert_eq!(model.output_bytes(), reference.len());
    reference
}

#[test]
fn dense_multiplies_and_adds_the_bias() {
    let y = run(&[1, -2, 3], |g, x| g.dense(x, &[1, 1, 1, 2, 0, -1], &wide(&biased(&[10, -5]))));
    assert_eq!(y, [12, -6]);
}

#[test]
fn dense_holds_the_extremes() {
    let k = 4097;
    let y = run(&vec![-128; k], |g, x| g.dense(x, &vec![-128; k], &wide(&biased(&[-1]))));
    assert_eq!(y, [16_384 * 4097 - 1]);
}

#[test]
fn overlapping_strides_slide() {
    let y = run(&[1, 2, 3, 4], |g, x| g.dense(x.vectors(3, 2, 1), &[10, 1], &wide(&biased(&[0]))));
    assert_eq!(y, [12, 23, 34]);
}

#[test]
fn clamp_and_zero_point() {
    let scales = [Scale { zp: 5, ..Scale::IDENTITY }];
    let relu = Affine { scales: &scales, out: Element::I8, lo: 5, hi: 100 };
    let y = run_bytes(&[-100, -1, 0, 1, 127], |g, x| g.requantise(x, &relu));
    assert_eq!(y, [5, 5, 5, 6, 100]);
}

#[test]
fn add_requantise_and_types_mix() {
    let y = run(&[100, -100, 7], |g, x| {
        let twice = g.add(x, x, &Affine { out: Element::I16, lo: -32_768, hi: 32_767, ..wide(&ID) });
        g.add(twice, x, &wide(&biased(&[0, 1, -30])))
    });
    assert_eq!(y, [300, -299, -9]);
}

#[test]
fn lut_is_indexed_from_minus_128() {
    let table = std::array::from_fn(|i| (i as i32 - 128).wrapping_neg().clamp(-128, 127) as i8);
    let y = run_bytes(&[-128, -1, 0, 5, 127], |g, x| g.lut(x, &table));
    assert_eq!(y.iter().map(|b| b.cast_signed()).collect::<Vec<_>>(), [127, 1, 0, -5, -127]);
}

#[test]
fn act_is_relu_minus_table_of_half_magnitude() {
    let mut table = [0; 4096];
    table[1] = 7;
    table[4095] = 200;
    let sixteen = Scale { m: 1 << 14, s: 16, pre: 7, ..Scale::IDENTITY };
    let y = run(&[1, 2, -3, 127, -128], |g, x| {
        let u = g.requantise(x, &Affine { scales: &[sixteen], out: Element::I16, lo: -32_768, hi: 32_767 });
        // u is 32 x; bring it back for the small entries by another operand.
        let small = g.requantise(x, &Affine { scales: &ID, out: Element::I16, lo: -32_768, hi: 32_767 });
        let both = g.concat(small.vectors(1, 3, 0), u.skip(3).vectors(1, 2, 0));
        g.act(both, &table, &wide(&ID))
    });
    // |2| >> 1 = |-3| >> 1 = 1; |32 * 127| >> 1 = 2032, |32 * -128| >> 1 = 2048.
    assert_eq!(y, [1, 2 - 7, -7, 32 * 127, 0]);
}

#[test]
fn act_saturates_its_index() {
    let mut table = [0; 4096];
    table[4095] = 200;
    let up = [Scale { m: 32_767, s: 16, pre: 7, ..Scale::IDENTITY }];
    let y = run(&[127, -128], |g, x| {
        let u = g.requantise(x, &Affine { scales: &up, out: Element::I16, lo: -32_768, hi: 32_767 });
        let u = g.add(u, u, &Affine { scales: &up, out: Element::I16, lo: -32_768, hi: 32_767 });
        g.act(u, &table, &wide(&ID))
    });
    assert_eq!(y, [32_767 - 200, -200]);
}

#[test]
fn argmax_takes_the_lowest_of_equals() {
    let y = run_bytes(&[3, 9, 9, -1, -128, -128, -128, -128], |g, x| g.argmax(x.vectors(2, 4, 4), Element::I8));
    assert_eq!(y, [1, 0]);
}

#[test]
fn argmax_knows_the_smallest_i32() {
    let low = Affine { scales: &ID, out: Element::I32, lo: i32::MIN, hi: i32::MIN };
    let y = run(&[4, 5], |g, x| {
        let y = g.requantise(x, &low);
        g.argmax(y, Element::I32)
    });
    assert_eq!(y, [0]);
}

#[test]
fn copy_gathers_and_concatenates() {
    let y = run_bytes(&[1, 2, 3, 4, 5, 6], |g, x| {
        let columns = g.copy(x.vectors(2, 2, 3));
        g.concat(columns.vectors(2, 2, 2), x.skip(2).vectors(2, 1, 3))
    });
    assert_eq!(y, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn other_input_lengths_are_refused() {
    let mut graph = GraphBuilder::new(3);
    let x = graph.input();
    graph.copy(x);
    let model = Model::from_image(graph.finish().expect("well formed")).expect("checked");
    assert_eq!(model.infer(&[0; 2]), Err(InputLength { expected: 3, actual: 2 }));
    assert_eq!(model.infer(&[0; 4]), Err(InputLength { expected: 3, actual: 4 }));
    assert_eq!((model.input_bytes(), model.output_bytes()), (3, 3));
}

/// The element at (y, x, c) of an image, if it is inside.
fn at(image: &[i8], w: &Window, (y, x, c): (isize, isize, usize)) -> Option<i8> {
    let inside = (0..w.height as isize).contains(&y) && (0..w.width as isize).contains(&x);
    inside.then(|| image[(y as usize * w.width + x as usize) * w.channels + c])
}

/// Positions of the window of output pixel (y, x), in kernel order.
fn positions(w: Window, y: usize, x: usize) -> impl Iterator<Item = (isize, isize)> {
    let top = (y * w.stride.0) as isize - w.pad.0 as isize;
    let left = (x * w.stride.1) as isize - w.pad.1 as isize;
    (0..w.kernel.0 as isize).flat_map(move |dy| (0..w.kernel.1 as isize).map(move |dx| (top + dy, left + dx)))
}

fn pixels(w: Window) -> impl Iterator<Item = (usize, usize)> {
    (0..w.out.0).flat_map(move |y| (0..w.out.1).map(move |x| (y, x)))
}

prop_compose! {
    fn window()(
        size in (1_usize..9, 1_usize..9), channels in 1_usize..20,
        kernel in (1_usize..6, 1_usize..6), stride in (1_usize..4, 1_usize..4),
        pad in (0_usize..6, 0_usize..6), shrink in (0_usize..3, 0_usize..3),
    ) -> Window {
        let pad = (pad.0.min(kernel.0 - 1), pad.1.min(kernel.1 - 1));
        // The most outputs that overlap the input, or a few less.
        let most = ((size.0 + pad.0).div_ceil(stride.0), (size.1 + pad.1).div_ceil(stride.1));
        let out = (most.0.saturating_sub(shrink.0).max(1), most.1.saturating_sub(shrink.1).max(1));
        Window { height: size.0, width: size.1, channels, kernel, stride, pad, out }
    }
}

pub(super) fn some(len: usize, seed: u64) -> Vec<i8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..len)
        .map(|_| match next() % 8 {
            0 => -128,
            1 => 127,
            _ => next() as i8,
        })
        .collect()
}

proptest! {
    #[test]
    fn conv2d_is_the_sum_over_windows(w in window(), n in 1_usize..10, pad_value: i8, seed: u64) {
        let image = some(w.height * w.width * w.channels, seed);
        let k = w.kernel.0 * w.kernel.1 * w.channels;
        let weights = some(n * k, seed ^ 1);
        let biases: Vec<i32> = some(n, seed ^ 2).iter().map(|b| i32::from(*b)).collect();
        let got = run(&image, |g, x| {
            g.conv2d(x, &w, &Filter { weights: &weights, pad_value }, &wide(&biased(&biases)))
        });
        let mut expected = Vec::new();
        for (y, x) in pixels(w) {
            for o in 0..n {
                let values = positions(w, y, x).flat_map(|(py, px)| (0..w.channels).map(move |c| (py, px, c)));
                let sum: i32 = values
                    .zip(&weights[o * k..])
                    .map(|(p, weight)| i32::from(at(&image, &w, p).unwrap_or(pad_value)) * i32::from(*weight))
                    .sum();
                expected.push(sum + biases[o]);
            }
        }
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn max_pool_is_the_largest_inside(w in window(), seed: u64) {
        let image = some(w.height * w.width * w.channels, seed);
        let got = run_bytes(&image, |g, x| g.max_pool(x, &w));
        let mut expected = Vec::new();
        for (y, x) in pixels(w) {
            for c in 0..w.channels {
                let largest = positions(w, y, x).filter_map(|(py, px)| at(&image, &w, (py, px, c))).max();
                expected.push(largest.expect("every window overlaps the image").cast_unsigned());
            }
        }
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn dense_is_the_matrix_product(k in 1_usize..70, n in 1_usize..12, count in 1_usize..6, seed: u64) {
        let x = some(count * k, seed);
        let w = some(n * k, seed ^ 1);
        let scales: Vec<Scale> = (0..n as u8).map(|r| Scale { bias: -9, m: 16_384 + 97 * u16::from(r), s: 20, pre: 0, zp: 3 }).collect();
        let got = run_bytes(&x, |g, t| g.dense(t.vectors(count, k, k), &w, &narrow(&scales)));
        let expected: Vec<u8> = x.chunks(k).flat_map(|x| w.chunks(k).zip(&scales).map(move |(w, scale)| {
            let sum: i64 = x.iter().zip(w).map(|(x, w)| i64::from(*x) * i64::from(*w)).sum();
            scale.requantise((sum + i64::from(scale.bias)) as i32, -128, 127) as u8
        })).collect();
        prop_assert_eq!(got, expected);
    }
}

#[test]
fn a_model_is_its_header_its_records_and_its_weights() {
    let mut graph = GraphBuilder::new(2);
    let x = graph.input();
    let y = graph.lut(x, &[7; 256]);
    graph.copy(y);
    let model = Model::from_image(graph.finish().expect("well formed")).expect("checked");
    let (image, records) = (model.image(), model.records());
    assert_eq!((records.len(), model.weights()), (2, [7; 256].as_slice()));
    assert_eq!([&image[..128], records.as_flattened(), model.weights()].concat(), image);
    assert_eq!(records.iter().map(|record| record[0]).collect::<Vec<_>>(), [6, 9]);
}
