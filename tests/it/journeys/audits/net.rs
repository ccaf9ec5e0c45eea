//! A small convolutional net: edges in four directions, many mixtures of them, the strongest of each region, and scores.

use edgeloom_edge_proof::{Affine, Element, Filter, GraphBuilder, Limits, Malformed, Scale, Tensor, Window};

/// Of a picture, pixels.
const SIDE: usize = 128;
/// Mixtures: their output has 2 MiB, so that a descent through the trace takes three answers.
const MIXED: usize = 128;
const SCORES: usize = 10;

/// Horizontal, vertical and diagonal differences (Sobel's and Prewitt's).
const EDGES: [i8; 36] = [
    -1, -2, -1, 0, 0, 0, 1, 2, 1, //
    -1, 0, 1, -2, 0, 2, -1, 0, 1, //
    0, 1, 1, -1, 0, 1, -1, -1, 0, //
    1, 1, 0, 1, 0, -1, 0, -1, -1,
];

/// The model's image. `flaw` is added to one weight of the first convolution.
pub(crate) fn image(flaw: i8) -> Result<Vec<u8>, Malformed> {
    let mut graph = GraphBuilder::new(SIDE * SIDE);
    let mut edges = EDGES;
    edges[13] += flaw;
    let picture = graph.input();
    let found = convolve(&mut graph, picture, (3, 1), &edges);
    let mixed = convolve(&mut graph, found, (1, 4), &varied(MIXED * 4, 2));
    let regions = Window { kernel: (8, 8), stride: (8, 8), pad: (0, 0), out: (16, 16), ..window(1, MIXED) };
    let strongest = graph.max_pool(mixed, &regions).flat();
    let affine = Affine { scales: &[Scale::IDENTITY; SCORES], out: Element::I32, lo: i32::MIN, hi: i32::MAX };
    graph.dense(strongest, &varied(SCORES * 16 * 16 * MIXED, 3), &affine);
    graph.within(&Limits::DISPUTED)
}

/// Rings around the middle, one byte a pixel.
pub(crate) fn picture() -> Vec<u8> {
    let middle = SIDE as i32 / 2;
    let distance = |at: i32| (at % SIDE as i32 - middle).pow(2) + (at / SIDE as i32 - middle).pow(2);
    (0..(SIDE * SIDE) as i32).map(|at| (distance(at) / 40 % 100) as u8).collect()
}

fn window(kernel: usize, channels: usize) -> Window {
    let pad = kernel / 2;
    let (kernel, pad) = ((kernel, kernel), (pad, pad));
    Window { height: SIDE, width: SIDE, channels, kernel, stride: (1, 1), pad, out: (SIDE, SIDE) }
}

fn convolve(graph: &mut GraphBuilder, x: Tensor, (kernel, channels): (usize, usize), weights: &[i8]) -> Tensor {
    // A quarter of each sum.
    let scales = vec![Scale { s: 18, ..Scale::IDENTITY }; weights.len() / (kernel * kernel * channels)];
    let affine = Affine { scales: &scales, out: Element::I8, lo: -128, hi: 127 };
    graph.conv2d(x, &window(kernel, channels), &Filter { weights, pad_value: 0 }, &affine)
}

fn varied(count: usize, seed: usize) -> Vec<i8> {
    (0..count).map(|at| ((at * 31 + seed * 17 + at / 7) % 7) as i8 - 3).collect()
}
