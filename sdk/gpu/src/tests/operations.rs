//! Each operation at the edges of its shaders' cases: words begun and ended anywhere, one vector and many, values at their limits.

use super::{agree, gpu};
use edgeloom_edge_proof::{
    Affine, Clamp, Decay, Element, Filter, Gain, GraphBuilder, HeadProduct, Model, Quantisation, Rows, Scale, Tensor,
    Window, random::Dice,
};

const ID: [Scale; 1] = [Scale::IDENTITY];

fn narrow(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I8, lo: -128, hi: 127 }
}

fn wide(scales: &[Scale]) -> Affine<'_> {
    Affine { scales, out: Element::I32, lo: -(1 << 28), hi: 1 << 28 }
}

/// Steep enough that sums of thousands still differ as bytes.
fn scales(dice: &mut Dice, n: usize, s: u8) -> Vec<Scale> {
    let mut one = || Scale {
        bias: dice.below(2_000) as i32 - 1_000,
        m: 20_000 + dice.below(9_000) as u16,
        s,
        pre: 0,
        zp: dice.byte(),
    };
    (0..n).map(|_| one()).collect()
}

/// Runs a graph over an input of random bytes, of the smallest and of the largest.
fn holds(input: usize, build: impl FnOnce(&mut GraphBuilder, Tensor, &mut Dice)) {
    let Some(gpu) = gpu() else { return };
    let mut dice = Dice::new(input as u64);
    let mut graph = GraphBuilder::new(input);
    let x = graph.input();
    build(&mut graph, x, &mut dice);
    let model = Model::from_image(graph.finish().expect("the test's graph is well formed")).expect("checked by finish");
    let random = dice.bytes(input).iter().map(|byte| byte.cast_unsigned()).collect();
    agree(&gpu, &model, &[random, vec![0x80; input], vec![0x7f; input]]);
}

/// Shapes of a dense layer: k, rows, vectors, and the distance of vectors. Each way of summing (one at a time, few vectors, tiles)
/// meets rows that start anywhere in a word, and fewer and more of everything than it takes at once.
#[test]
fn dense() {
    let shapes = [
        (1, 1, 1, 1),
        (3, 1, 5, 3),
        (7, 5, 9, 3),
        (64, 4, 1, 64),
        (65, 4, 4, 1),
        (5, 8, 3, 5),
        (1_000, 12, 2, 77),
        (64, 64, 16, 64),
        (66, 68, 17, 66),
        (3, 132, 33, 1),
        (129, 4, 40, 2),
        (4_097, 4, 2, 0),
    ];
    for (k, n, count, stride) in shapes {
        holds(k + (count - 1) * stride + 3, |graph, x, dice| {
            let x = x.skip(3).vectors(count, k, stride);
            for out in [Element::I8, Element::I16, Element::I32] {
                let (lo, hi) = out.range();
                let affine = Affine { scales: &scales(dice, n, 20), out, lo: lo.max(-(1 << 28)), hi: hi.min(1 << 28) };
                graph.dense(x, &dice.bytes(n * k), &affine);
            }
        });
    }
}

#[test]
fn dense_holds_the_extremes() {
    let k = 4_097;
    holds(k, |graph, x, _| {
        let up = [Scale { bias: -1, ..Scale::IDENTITY }; 4];
        graph.dense(x, &vec![-128; 4 * k], &wide(&up));
    });
}

/// Windows with whole words of channels and without, padding on every side, steps that leave pixels out.
#[test]
fn conv2d_and_max_pool() {
    for (channels, n, kernel, stride) in [
        (1, 4, (3, 3), (1, 1)),
        (3, 8, (5, 2), (2, 3)),
        (4, 4, (3, 3), (2, 1)),
        (8, 5, (1, 4), (1, 1)),
        (16, 68, (3, 3), (1, 1)),
    ] {
        let (height, width) = (7_usize, 9_usize);
        let pad = (kernel.0 - 1, kernel.1 - 1);
        let out = ((height + pad.0).div_ceil(stride.0), (width + pad.1).div_ceil(stride.1));
        holds(height * width * channels, |graph, x, dice| {
            let window = Window { height, width, channels, kernel, stride, pad, out };
            let weights = dice.bytes(n * kernel.0 * kernel.1 * channels);
            graph.conv2d(x, &window, &Filter { weights: &weights, pad_value: -5 }, &narrow(&scales(dice, n, 22)));
            graph.max_pool(x, &window);
        });
    }
}

#[test]
fn elementwise() {
    for len in [1, 3, 130] {
        holds(5 * len, |graph, x, dice| {
            let x = x.vectors(5, len, len);
            let each = scales(dice, len, 17);
            let table = dice.bytes(256);
            graph.add(x, x.vectors(5, len, 0), &narrow(&each));
            graph.multiply(x, x, &wide(&each));
            graph.lut(x, &std::array::from_fn(|i| table[i]));
            let up = [Scale { pre: 7, ..Scale::IDENTITY }];
            let u = graph.requantise(x, &Affine { scales: &up, out: Element::I16, lo: -32_768, hi: 32_767 });
            let table = dice.bytes(4096);
            graph.act(u, &std::array::from_fn(|i| table[i].cast_unsigned()), &wide(&each));
            graph.requantise(u, &narrow(&ID));
        });
    }
}

#[test]
fn rows_are_found_and_moved() {
    for len in [1, 3, 64] {
        holds(8 * len, |graph, x, dice| {
            let x = x.vectors(8, len, len);
            let (weights, multipliers) = (dice.bytes(6 * len), [0, 1, 255, 256, 30_000, 65_535]);
            let rows = Rows { weights: &weights, multipliers: &multipliers };
            graph.embed(Ok(x.vectors(8, 1, len)), &rows, Clamp::all(Element::I32));
            graph.embed(Err(8), &rows, Clamp::all(Element::I16));
            graph.gather(x.vectors(7, 1, 1), x.vectors(3, len, 2));
            graph.transpose(x);
            graph.copy(x.vectors(3, len, 2));
            graph.concat(x, x.vectors(8, len.div_ceil(2), 1));
        });
    }
}

#[test]
fn one_number_of_a_vector() {
    for (len, count) in [(1, 5), (63, 3), (200, 7)] {
        holds(len + count - 1 + 32, |graph, x, _| {
            let seed = x.skip(len + count - 1).vectors(1, 32, 0);
            let x = x.vectors(count, len, 1);
            graph.argmax(x, Element::I16);
            graph.max(x);
            graph.sum(x);
            graph.squared_error(x, x.vectors(count, len, 0));
            graph.sample(x, seed, Element::I16);
            let wide = graph.requantise(x, &wide(&ID));
            graph.max(wide);
            graph.argmax(wide, Element::I32);
        });
    }
}

/// Equal elements, everywhere and far apart: the first counts, whichever lane saw it.
#[test]
fn argmax_takes_the_first_of_equals() {
    holds(300, |graph, x, _| {
        let low = Affine { scales: &ID, out: Element::I32, lo: i32::MIN, hi: i32::MIN };
        let equal = graph.requantise(x, &low);
        graph.argmax(equal, Element::I32);
        let two = Affine { scales: &ID, out: Element::I8, lo: -1, hi: 0 };
        let two = graph.requantise(x, &two);
        graph.argmax(two.vectors(5, 60, 60), Element::I8);
    });
}

/// Vectors of every fourth of a word, from zero to the largest numbers there are.
#[test]
fn norm() {
    for len in [1, 2, 3, 64, 301] {
        holds(5 * len, |graph, x, dice| {
            let x = x.vectors(5, len, len);
            let elements: Vec<_> = (0..len).map(|i| ((i as i16).wrapping_mul(331), -7 * i as i16)).collect();
            let gain = Gain { elements: &elements, shift: 9 };
            let zero = graph.requantise(x, &Affine { lo: 0, hi: 0, ..narrow(&ID) });
            let large = [Scale { pre: 7, m: 32_767, ..Scale::IDENTITY }];
            let large = graph.requantise(x, &Affine { scales: &large, out: Element::I32, lo: -30_000, hi: 1 << 20 });
            for x in [x, zero, large] {
                graph.norm(x, dice.below(2) == 0, Some(gain), Clamp::all(Element::I32));
                graph.norm(x, true, None, Clamp::all(Element::I8));
                graph.norm(x, false, None, Clamp { out: Element::I16, lo: -9_000, hi: 30_000 });
            }
        });
    }
}

/// Heads side by side and stacked, shared and their own, of bytes and of 16 bits, with and without a mask.
#[test]
fn attention() {
    for (k, heads, group, count) in [(1, 1, 1, 3), (5, 4, 2, 4), (8, 6, 3, 9), (66, 2, 1, 2)] {
        let rows = count + 2;
        let within = Clamp { out: Element::I32, lo: -(1 << 28), hi: 1 << 28 };
        holds(rows * heads * k, |graph, x, dice| {
            let up = [Scale { pre: 7, ..Scale::IDENTITY }];
            let short = graph.requantise(x, &Affine { scales: &up, out: Element::I16, lo: -2_000, hi: 2_000 });
            for (x, y) in [(x, x), (short, x), (short, short)] {
                for (stacked, causal) in [(false, true), (true, false)] {
                    let by = HeadProduct { heads, group, stacked, causal };
                    let shared = heads / group;
                    let y =
                        if stacked { y.vectors(shared * rows, k, k) } else { y.vectors(rows, shared * k, heads * k) };
                    let scores = graph.matmul(x.vectors(count, heads * k, heads * k), y, &by, within);
                    let scores = scores.vectors(count * heads, rows, rows);
                    let scales = scales(dice, heads, 18).into_iter().map(|scale| Scale { zp: 0, ..scale });
                    let entries = std::array::from_fn(|i| 32_767 - 8 * i as i16);
                    let decay = Decay { scales: &scales.collect::<Vec<_>>(), entries: &entries };
                    let top = graph.max(scores);
                    let weights = graph.exp(scores, top, &decay, Clamp::all(Element::I16));
                    let sum = graph.sum(weights);
                    graph.divide(scores, sum, Clamp::all(Element::I16));
                    graph.divide(scores, top, Clamp::all(Element::I8));
                }
            }
            if heads * k % 2 == 0 {
                let angles: Vec<_> =
                    (0..count * heads * k / 2).map(|i| (32_767 - i as i16, i as i16 * 9 - 100)).collect();
                graph.rope(short.vectors(count, heads * k, 1), 1, &angles, Clamp::all(Element::I16));
            }
        });
    }
}

/// Streams that end anywhere in a block and a word, keys that start anywhere.
#[test]
fn decrypt() {
    for (count, len) in [(1, 1), (3, 21), (5, 64), (2, 2_100)] {
        holds(count * len + 47, |graph, x, _| {
            let key = x.skip(count * len + 3).vectors(1, 44, 0);
            graph.decrypt(x.vectors(count, len, len), key);
        });
    }
}

/// Images that end inside a block, down and across.
#[test]
fn block8() {
    for (height, width) in [(1, 1), (8, 8), (9, 23), (17, 16)] {
        holds(height * width, |graph, x, _| {
            let multipliers = std::array::from_fn(|i| (65_535 - 700 * i) as u16);
            for (shift, out) in [(1, Element::I32), (12, Element::I16), (20, Element::I8)] {
                graph.block8(x, (height, width), &Quantisation { multipliers: &multipliers, shift }, Clamp::all(out));
            }
        });
    }
}

/// A square and its shadow on a floor, seen from everywhere that random cameras look from, and scenes of random bytes.
#[test]
fn pixel() {
    for triangles in [0, 1, 40] {
        holds(2 * (64 + 24 * triangles) + 1, |graph, x, _| {
            for (skip, size, samples) in [(0, (5, 7), 1), (1, (1, 1), 7), (64 + 24 * triangles, (9, 3), 3)] {
                graph.pixels(x.skip(skip).vectors(1, 64 + 24 * triangles, 0), size, samples);
            }
        });
    }
}

/// A camera before two triangles, of which the nearer shades the other: numbers, not noise, so that every branch is taken.
#[test]
fn a_scene_with_a_shadow() {
    let Some(gpu) = gpu() else { return };
    let mut scene: Vec<u8> = Vec::new();
    let shorts = |to: &mut Vec<u8>, values: &[i16]| to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    // Origin, forward, right, up, towards the light.
    shorts(&mut scene, &[0, 0, -1_000, 0, 0, 1_000, 600, 0, 0, 0, 600, 0, 300, 900, -800]);
    scene.extend([40, 200, 10, 20, 30]);
    scene.resize(64, 0xa5);
    for (points, colour) in [
        ([-500, -400, 700, 900, -400, 900, 0, 800, 800], [250, 20, 90]),
        ([-100, 0, 300, 500, 0, 200, 0, 400, 100], [5, 240, 130]),
        // The same place twice: the first counts.
        ([-100, 0, 300, 500, 0, 200, 0, 400, 100], [1, 2, 3]),
    ] {
        shorts(&mut scene, &points);
        scene.extend(colour);
        scene.extend([7; 3]);
    }
    let mut graph = GraphBuilder::new(scene.len());
    let x = graph.input();
    graph.pixels(x, (24, 32), 2);
    let model = Model::from_image(graph.finish().expect("well formed")).expect("checked");
    agree(&gpu, &model, &[scene.clone()]);
    let picture = model.infer(&scene).expect("the input fits");
    let colours: std::collections::BTreeSet<_> = picture.chunks(4).collect();
    assert!(colours.len() > 5, "a picture of {} colours tests little", colours.len());
}

/// Trees of boxes and triangles, rays that go on, end, and never were in the tree.
#[test]
fn visit() {
    let Some(gpu) = gpu() else { return };
    let mut dice = Dice::new(5);
    for round in 0..40 {
        let nodes = 1 + dice.below(12);
        let rays = 1 + dice.below(70);
        let mut input = Vec::new();
        for ray in 0..rays {
            let mut number = |below: usize| dice.below(below) as i32 - below as i32 / 2;
            let (origin, direction) = ([(); 3].map(|()| number(2_000)), [(); 3].map(|()| number(5) * number(900)));
            let start = if ray % 9 == 8 { number(40) } else { 0 };
            let state = [start, if ray % 2 == 0 { 1 << 19 } else { number(9_000) }, -1];
            input.extend([origin, direction, state].as_flattened().iter().flat_map(|value| value.to_le_bytes()));
        }
        for node in 0..nodes {
            let triangle = dice.below(2) == 1;
            let mut short = || (dice.below(3_000) as i16 - 1_500).to_le_bytes();
            let mut points = [(); 9].map(|()| short());
            if !triangle {
                points[..3].fill((-1_200_i16).to_le_bytes());
                points[3..6].fill(1_200_i16.to_le_bytes());
            }
            input.extend(points.as_flattened());
            input.extend([u8::from(triangle), 9, 9, 9, 9, 9]);
            let beyond = if round % 7 == 0 { node as i32 + 2 } else { node as i32 + 1 };
            input.extend([beyond.to_le_bytes(), (100 + node as i32).to_le_bytes()].as_flattened());
        }
        let mut graph = GraphBuilder::new(input.len());
        let x = graph.input();
        let tree = x.skip(36 * rays).vectors(nodes, 32, 32);
        let states = graph.visit(x.as_type(Element::I32).vectors(rays, 9, 9), tree, 3);
        graph.visit(states, tree, 64);
        let model = Model::from_image(graph.finish().expect("well formed")).expect("checked");
        agree(&gpu, &model, &[input]);
    }
}
