//! Models that are as dear as their gas allows, each in its own way.

mod layers;

use edgeloom_edge_proof::{Affine, Element, Filter, GraphBuilder, Limits, Scale, Tensor, Window};

/// What is asked of the precompile.
pub(in crate::bench) enum Question {
    Infer,
    Describe,
}

/// A model and a question.
pub(in crate::bench) struct Case {
    pub(in crate::bench) name: &'static str,
    /// The image; seeds give different weights.
    pub(in crate::bench) build: fn(u64) -> Vec<u8>,
    pub(in crate::bench) question: Question,
    pub(in crate::bench) cold: bool,
}

pub(in crate::bench) fn cases() -> Vec<Case> {
    let warm = |name, build| Case { name, build, question: Question::Infer, cold: false };
    let cold = |name, build| Case { name, build, question: Question::Infer, cold: true };
    let describe = |name, build| Case { name, build, question: Question::Describe, cold: false };
    let mut cases = vec![
        warm("copy, one row", |_| elementwise(1, 500_000, |g, x, _| g.copy(x))),
        warm("copy, rows of one", |_| elementwise(100_000, 1, |g, x, _| g.copy(x))),
        warm("concatenate, rows of one", |_| elementwise(60_000, 1, |g, x, _| g.concat(x, x))),
        warm("lut, one row", |_| elementwise(1, 500_000, |g, x, _| g.lut(x, &[7; 256]))),
        warm("lut, rows of one", |_| elementwise(100_000, 1, |g, x, _| g.lut(x, &[7; 256]))),
        warm("add, one row", |_| elementwise(1, 500_000, |g, x, one| g.add(x, x, one))),
        warm("add, rows of one", |_| elementwise(60_000, 1, |g, x, one| g.add(x, x, one))),
        warm("add, rows of 129", |_| elementwise(3_000, 129, |g, x, one| g.add(x, x, one))),
        warm("add, a scale for every channel", |seed| channels(100_000, seed, |g, x, each| g.add(x, x, each))),
        warm("requantise, one row", |_| elementwise(1, 500_000, |g, x, one| g.requantise(x, one))),
        warm("requantise, rows of one", |_| elementwise(100_000, 1, |g, x, one| g.requantise(x, one))),
        warm("requantise, a scale for every channel", |seed| {
            channels(150_000, seed, |g, x, each| g.requantise(x, each))
        }),
        warm("act, rows of one", |_| act(100_000, 1)),
        warm("act, one row", |_| act(1, 200_000)),
        warm("argmax, rows of one", |_| elementwise(100_000, 1, |g, x, _| g.argmax(x, Element::I8))),
        warm("argmax, rows of 2", |_| elementwise(100_000, 2, |g, x, _| g.argmax(x, Element::I8))),
        warm("argmax, long rows", |_| elementwise(8, 120_000, |g, x, _| g.argmax(x, Element::I32))),
        warm("pool 1x1, one channel", |_| pool(250, 1, 1)),
        warm("pool 3x3, one channel", |_| pool(120, 1, 3)),
        warm("pool 31x31, one channel", |_| pool(12, 1, 31)),
        warm("pool 3x3, 17 channels", |_| pool(75, 17, 3)),
        warm("pool 3x3, 300 channels", |_| pool(24, 300, 3)),
        warm("dense K=1, 1 row", |seed| dense(1, 1, 80_000, seed)),
        warm("dense K=1, 3 rows", |seed| dense(1, 3, 60_000, seed)),
        warm("dense K=1, 4 rows", |seed| dense(1, 4, 50_000, seed)),
        warm("dense K=1, 4096 rows", |seed| dense(1, 4096, 1, seed)),
        warm("dense K=1, 150000 rows", |seed| dense(1, 150_000, 1, seed)),
        warm("dense K=17, 1 row", |seed| dense(17, 1, 50_000, seed)),
        warm("dense K=17, 3 rows", |seed| dense(17, 3, 35_000, seed)),
        warm("dense K=17, 4 rows", |seed| dense(17, 4, 35_000, seed)),
        warm("dense K=33, 64 rows", |seed| dense(33, 64, 4_000, seed)),
        warm("dense K=65536, 1 row", |seed| dense(65_536, 1, 15, seed)),
        warm("dense K=65536, 23 rows", |seed| dense(65_536, 23, 1, seed)),
        warm("dense 1024x1024", |_| dense_square()),
        warm("dense 512x512, 60 vectors", |seed| dense(512, 512, 60, seed)),
        cold("dense 1024x1024, cold", |seed| dense(1024, 1024, 1, seed)),
        cold("dense 1024x1500, cold", |seed| dense(1024, 1500, 1, seed)),
        cold("dense K=7, 90000 rows, cold", |seed| dense(7, 90_000, 1, seed)),
        warm("dense K=65535, 4 rows, at the image's end", |seed| at_the_end(65_535, 4, 20, seed)),
        warm("dense K=1023, 4 rows, at the image's end", |seed| at_the_end(1_023, 4, 1_000, seed)),
        warm("dense K=15, 4 rows, at the image's end", |seed| at_the_end(15, 4, 35_000, seed)),
        warm("dense K=1, 1 row, at the image's end", |seed| at_the_end(1, 1, 80_000, seed)),
        warm("conv 1x1, one channel", |seed| conv(230, (1, 1), (1, 1), seed)),
        warm("conv 3x3, one channel", |seed| conv(160, (1, 1), (3, 3), seed)),
        warm("conv 3x3, 1 to 3 channels", |seed| conv(150, (1, 3), (3, 3), seed)),
        warm("conv 3x3, 1 to 4 channels", |seed| conv(145, (1, 4), (3, 3), seed)),
        warm("conv 31x1, one channel", |seed| conv(65, (1, 1), (31, 1), seed)),
        warm("conv 1x31, one channel", |seed| conv(170, (1, 1), (1, 31), seed)),
        warm("conv 3x3, 5 to 5 channels", |seed| conv(115, (5, 5), (3, 3), seed)),
        warm("conv 3x3, 32 to 32 channels", |_| convolution()),
        warm("1024 operations on one element", |_| tiny()),
        warm("dense 65536x1, shared by 25", |seed| shared(dense(65_536, 1, 1, seed), 25)),
        warm("dense 1x7, shared by 1024", |seed| shared(dense(1, 7, 1, seed), 1024)),
        warm("dense K=1, 2 rows", |seed| dense(1, 2, 65_000, seed)),
        warm("rows checked one weight at a time", checked),
        describe("describe: one operation", |seed| dense(8, 8, 1, seed)),
        describe("describe: 1024x1500", |seed| dense(1024, 1500, 1, seed)),
        describe("describe: 65536x1", |seed| dense(65_536, 1, 1, seed)),
        describe("describe: 3x130000", |seed| dense(3, 130_000, 1, seed)),
        describe("describe: 1024x1024, shared by 2", |seed| shared(dense(1024, 1024, 1, seed), 2)),
        describe("describe: 65536x1, shared by 25", |seed| shared(dense(65_536, 1, 1, seed), 25)),
        describe("describe: 4x900, shared by 200", |seed| shared(dense(4, 900, 1, seed), 200)),
        describe("describe: 1024 operations", |_| tiny()),
    ];
    cases.extend(layers::cases().into_iter().map(|(name, build)| warm(name, build)));
    cases
}

/// The figure's dense layer.
pub(in crate::bench) fn dense_square() -> Vec<u8> {
    dense(1024, 1024, 1, 3)
}

/// The figure's convolution: 9.4 million multiply-accumulates.
pub(in crate::bench) fn convolution() -> Vec<u8> {
    conv(32, (32, 32), (3, 3), 4)
}

/// A small convolutional net, as workers run them: two layers of filters, a pool, ten answers; 8 million multiply-accumulates.
pub(in crate::bench) fn net() -> Vec<u8> {
    const SIDE: usize = 96;
    let mut graph = GraphBuilder::new(SIDE * SIDE * 4);
    let x = graph.input();
    let (first, second, scales) = (weights(8 * 36, 1), weights(8 * 72, 2), scales(10, 3));
    let filter = |weights| Filter { weights, pad_value: 1 };
    let x = graph.conv2d(x, &window(SIDE, 4, (3, 3)), &filter(&first), &narrow(&scales[..8]));
    let x = graph.conv2d(x, &window(SIDE, 8, (3, 3)), &filter(&second), &narrow(&scales[..8]));
    let quarter = (SIDE / 4, SIDE / 4);
    let pool = Window { kernel: (4, 4), stride: (4, 4), pad: (0, 0), out: quarter, ..window(SIDE, 8, (4, 4)) };
    let x = graph.max_pool(x, &pool).flat();
    graph.dense(x, &weights(10 * x.length(), 4), &narrow(&scales));
    image(graph)
}

/// Bytes of every value (splitmix64).
pub(in crate::bench) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut out = Vec::with_capacity(len + 8);
    while out.len() < len {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    out.truncate(len);
    out
}

fn weights(len: usize, seed: u64) -> Vec<i8> {
    noise(len, seed).iter().map(|byte| byte.cast_signed()).collect()
}

fn scales(len: usize, seed: u64) -> Vec<Scale> {
    let scale = |byte: u8| Scale { bias: i32::from(byte) * 9, m: 20_000 + u16::from(byte), s: 24, pre: 0, zp: 1 };
    noise(len, seed ^ 5).into_iter().map(scale).collect()
}

fn image(graph: GraphBuilder) -> Vec<u8> {
    // Which of them the chain takes, a test says.
    let any = Limits { proof: u64::MAX, ..Limits::DISPUTED };
    graph.within(&any).expect("the corpus holds well-formed models")
}

fn narrow(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I8, lo: -128, hi: 127 }
}

/// One operation over `count` rows of `len`, with one scale.
fn elementwise(
    count: usize,
    len: usize,
    operation: impl FnOnce(&mut GraphBuilder, Tensor, &Affine<'_>) -> Tensor,
) -> Vec<u8> {
    let mut graph = GraphBuilder::new(count * len);
    let x = graph.input().vectors(count, len, len);
    operation(&mut graph, x, &narrow(&scales(1, 0)));
    image(graph)
}

/// One operation over one row, with a scale for every element.
fn channels(
    len: usize,
    seed: u64,
    operation: impl FnOnce(&mut GraphBuilder, Tensor, &Affine<'_>) -> Tensor,
) -> Vec<u8> {
    let mut graph = GraphBuilder::new(len);
    let x = graph.input();
    operation(&mut graph, x, &narrow(&scales(len, seed)));
    image(graph)
}

fn act(count: usize, len: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(count * len);
    let x = graph.input();
    let up = [Scale { pre: 7, ..Scale::IDENTITY }];
    let u = graph.requantise(x, &Affine { scales: &up, out: Element::I16, lo: -32_768, hi: 32_767 });
    graph.act(u.vectors(count, len, len), &std::array::from_fn(|i| i as u8), &narrow(&scales(1, 0)));
    image(graph)
}

pub(in crate::bench) fn dense(k: usize, n: usize, count: usize, seed: u64) -> Vec<u8> {
    let mut graph = GraphBuilder::new(k * count);
    let x = graph.input().vectors(count, k, k);
    graph.dense(x, &weights(k * n, seed), &narrow(&scales(n, seed)));
    image(graph)
}

/// A dense layer whose weights are the last bytes of the image, so that a kernel has no room to read rows in whole
/// registers. The builder puts scales last: weights are moved behind them, and the two places in the descriptor with them.
fn at_the_end(k: usize, n: usize, count: usize, seed: u64) -> Vec<u8> {
    let mut graph = GraphBuilder::new(k + count);
    let x = graph.input().vectors(count, k, 1);
    graph.dense(x, &weights(k * n, seed), &narrow(&scales(n, seed)));
    let mut image = image(graph);
    let (records, constants) = image.split_at_mut(256);
    constants.rotate_left(k * n);
    records[128 + 32..128 + 40].copy_from_slice(&(8 * n as u64).to_le_bytes());
    records[128 + 40..128 + 48].copy_from_slice(&0_u64.to_le_bytes());
    image
}

fn conv(side: usize, (channels, n): (usize, usize), kernel: (usize, usize), seed: u64) -> Vec<u8> {
    let mut graph = GraphBuilder::new(side * side * channels);
    let x = graph.input();
    let weights = weights(n * kernel.0 * kernel.1 * channels, seed);
    let filter = Filter { weights: &weights, pad_value: 1 };
    graph.conv2d(x, &window(side, channels, kernel), &filter, &narrow(&scales(n, seed)));
    image(graph)
}

fn pool(side: usize, channels: usize, kernel: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(side * side * channels);
    let x = graph.input();
    graph.max_pool(x, &window(side, channels, (kernel, kernel)));
    image(graph)
}

/// A window that keeps the image's size.
fn window(side: usize, channels: usize, kernel: (usize, usize)) -> Window {
    let pad = (kernel.0 / 2, kernel.1 / 2);
    Window { height: side, width: side, channels, kernel, stride: (1, 1), pad, out: (side, side) }
}

/// The one operation of an image `times` over, with the same weights: descriptors are 128 bytes, the operation count lies
/// at byte 12 of the header, an output's place at byte 24 of its descriptor.
fn shared(image: Vec<u8>, times: u64) -> Vec<u8> {
    let (header, rest) = image.split_at(128);
    let (descriptor, weights) = rest.split_at(128);
    let read = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| descriptor[at + i]));
    let row = u64::from(u32::from_le_bytes(std::array::from_fn(|i| descriptor[64 + i])));
    let mut out = [&header[..12], &(times as u32).to_le_bytes(), &header[16..]].concat();
    for time in 0..times {
        let place = read(24) + time * row.next_multiple_of(64);
        out.extend([&descriptor[..24], &place.to_le_bytes(), &descriptor[32..]].concat());
    }
    out.extend(weights);
    out
}

fn tiny() -> Vec<u8> {
    let mut graph = GraphBuilder::new(1);
    let mut x = graph.input();
    for _ in 0..1024 {
        x = graph.requantise(x, &narrow(&[Scale::IDENTITY]));
    }
    image(graph)
}

/// Rows whose weights alone show that they cannot overflow, so that the check has to sum them.
fn checked(seed: u64) -> Vec<u8> {
    let (k, n) = (32_768, 40);
    let small: Vec<i8> = weights(k * n, seed).iter().map(|weight| weight % 4).collect();
    let scales = vec![Scale { pre: 7, s: 31, ..Scale::IDENTITY }; n];
    let mut graph = GraphBuilder::new(k);
    let x = graph.input();
    graph.dense(x, &small, &narrow(&scales));
    image(graph)
}

#[cfg(test)]
mod tests {
    use super::{Case, cases};
    use edgeloom_edge_proof::Model;

    #[test]
    fn every_case_is_a_model() {
        let fault = |case: Case| Some((case.name, Model::from_image((case.build)(1)).err()?));
        assert_eq!(cases().into_iter().filter_map(fault).collect::<Vec<_>>(), []);
    }
}
