//! Models of one operation of transformers, of ciphertext or of pictures.

use super::{elementwise, image, scales, weights};
use edgeloom_edge_proof::{Affine, Clamp, Decay, Element, Gain, GraphBuilder, HeadProduct, Quantisation, Rows, Scale};

type Warm = (&'static str, fn(u64) -> Vec<u8>);

/// A name and a model of each.
pub(super) fn cases() -> Vec<Warm> {
    vec![
        ("embed, rows of one", |seed| embed(40_000, 60_000, 1, seed)),
        ("embed, rows of 384", |seed| embed(1_000, 3_000, 384, seed)),
        ("embed, one long row", |seed| embed(1, 2, 300_000, seed)),
        ("norm, rows of one", |_| norm(30_000, 1, false)),
        ("norm, rows of 384", |_| norm(600, 384, true)),
        ("norm, one long row", |_| norm(1, 65_536, true)),
        ("matmul, heads of one", |_| matmul((200, 4, 1), (300, false, false))),
        ("matmul, heads of 32, causal", |_| matmul((160, 8, 32), (160, false, true))),
        ("matmul, heads of 64, stacked", |_| matmul((64, 4, 64), (300, true, false))),
        ("matmul, one long row", |_| matmul((1, 1, 65_536), (12, false, false))),
        ("matmul, one vector, rows of one", |_| matmul((1, 1, 1), (80_000, false, false))),
        ("max, rows of one", |_| elementwise(100_000, 1, |g, x, _| g.max(x))),
        ("max, long rows", |_| elementwise(8, 120_000, |g, x, _| g.max(x))),
        ("sum, rows of one", |_| elementwise(100_000, 1, |g, x, _| g.sum(x))),
        ("sum, long rows", |_| elementwise(8, 120_000, |g, x, _| g.sum(x))),
        ("exp, rows of one", |_| exp(50_000, 1)),
        ("exp, rows of 256", |_| exp(1_000, 256)),
        ("divide, rows of one", |_| divide(40_000, 1)),
        ("divide, rows of 64", |_| divide(1_500, 64)),
        ("multiply, rows of one", |_| elementwise(60_000, 1, |g, x, one| g.multiply(x, x, one))),
        ("multiply, one row", |_| elementwise(1, 500_000, |g, x, one| g.multiply(x, x, one))),
        ("rope, heads of two", |_| rope(300, 100)),
        ("rope, one head", |_| rope(400, 1)),
        ("transpose, rows of one", |_| elementwise(80_000, 1, |g, x, _| g.transpose(x))),
        ("transpose, square", |_| elementwise(440, 440, |g, x, _| g.transpose(x))),
        ("transpose, tall", |_| elementwise(8_192, 24, |g, x, _| g.transpose(x))),
        ("sample, rows of one", |_| sample(18_000, 1)),
        ("sample, long rows", |_| sample(8, 100_000)),
        ("gather, rows of one", |_| gather(60_000, 1)),
        ("gather, rows of 64", |_| gather(6_000, 64)),
        ("decrypt, one stream", |_| decrypt(1, 400_000)),
        ("decrypt, rows of one", |_| decrypt(100_000, 1)),
        ("decrypt, one byte", |_| decrypt(1, 1)),
        ("squared error, rows of one", |_| elementwise(60_000, 1, |g, x, _| g.squared_error(x, x))),
        ("squared error, rows of 64", |_| elementwise(6_000, 64, |g, x, _| g.squared_error(x, x))),
        ("block8", |_| block8(400)),
        ("pixels of an empty scene", |_| pixels((80, 100), 0, 1)),
        ("pixels of an empty scene, 289 samples", |_| pixels((1, 28), 0, 17)),
        ("pixels, 256 samples of one triangle", |_| pixels((1, 28), 1, 16)),
        ("pixels, four samples of 600 triangles", |_| pixels((3, 8), 600, 2)),
        ("a pixel of 2,500 triangles", |_| pixels((1, 26), 2_500, 1)),
        ("visits to one node", |_| visit(1_000, 1)),
        ("64 visits to 64 nodes", |_| visit(900, 64)),
    ]
}

const SHORT: Clamp = Clamp::all(Element::I16);

fn embed(count: usize, rows: usize, n: usize, seed: u64) -> Vec<u8> {
    let mut graph = GraphBuilder::new(4 * count);
    let ids = graph.input().as_type(Element::I32).vectors(count, 1, 1);
    let multipliers = vec![300; rows];
    graph.embed(Ok(ids), &Rows { weights: &weights(rows * n, seed), multipliers: &multipliers }, SHORT);
    image(graph)
}

fn norm(count: usize, n: usize, centred: bool) -> Vec<u8> {
    let gains = vec![(9_000, 3); n];
    elementwise(count, n, |g, x, _| g.norm(x, centred, Some(Gain { elements: &gains, shift: 14 }), SHORT))
}

fn matmul((count, heads, k): (usize, usize, usize), (rows, stacked, causal): (usize, bool, bool)) -> Vec<u8> {
    let mut graph = GraphBuilder::new((count * heads * k).max(heads * rows * k));
    let x = graph.input().vectors(count, heads * k, heads * k);
    let all = graph.input();
    let y = if stacked { all.vectors(heads * rows, k, k) } else { all.vectors(rows, heads * k, heads * k) };
    graph.matmul(x, y, &HeadProduct { heads, group: 1, stacked, causal }, SHORT);
    image(graph)
}

fn exp(count: usize, n: usize) -> Vec<u8> {
    let entries = std::array::from_fn(|i| i as i16);
    let scales = scales(1, 0);
    elementwise(count, n, |g, x, _| {
        g.exp(x, x.vectors(count, 1, n), &Decay { scales: &scales, entries: &entries }, SHORT)
    })
}

fn divide(count: usize, n: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(4 * count * n);
    let x = graph.input().as_type(Element::I32).vectors(count, n, n);
    graph.divide(x, x.vectors(count, 1, n), SHORT);
    image(graph)
}

/// Rows of 512.
fn rope(count: usize, heads: usize) -> Vec<u8> {
    let n = 512 / (2 * heads) * 2 * heads;
    let angles = vec![(20_000, -9_000); count * n / 2 / heads];
    elementwise(count, n, |g, x, _| g.rope(x, heads, &angles, SHORT))
}

fn sample(count: usize, n: usize) -> Vec<u8> {
    elementwise(count, n, |g, x, _| {
        let seed = g.input().vectors(1, 32, 0);
        g.sample(x, seed, Element::I32)
    })
}

fn gather(count: usize, n: usize) -> Vec<u8> {
    elementwise(count, n, |g, x, _| g.gather(x.vectors(count, 1, n), x))
}

fn decrypt(count: usize, n: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(count * n + 44);
    let x = graph.input();
    graph.decrypt(x.skip(44).vectors(count, n, n), x.vectors(1, 44, 0));
    image(graph)
}

fn block8(side: usize) -> Vec<u8> {
    let by = Quantisation { multipliers: &[900; 64], shift: 14 };
    elementwise(1, side * side, |g, x, _| g.block8(x, (side, side), &by, SHORT))
}

fn pixels(size: (usize, usize), triangles: usize, samples: u8) -> Vec<u8> {
    elementwise(1, 64 + 24 * triangles, |g, x, _| g.pixels(x, size, samples))
}

/// Rays, and a tree that most of them go through.
fn visit(count: usize, visits: u8) -> Vec<u8> {
    let nodes = 64;
    let mut graph = GraphBuilder::new(36 * count + 32 * nodes);
    let x = graph.input();
    // Bytes as numbers: whatever node a ray begins with is one of the tree's.
    let small = Affine { scales: &[Scale::IDENTITY], out: Element::I32, lo: 0, hi: 60 };
    let rays = graph.requantise(x.vectors(count, 9, 1), &small);
    graph.visit(rays, x.skip(36 * count).vectors(nodes, 32, 32), visits);
    image(graph)
}
