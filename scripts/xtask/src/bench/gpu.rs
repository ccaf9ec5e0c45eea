//! `cargo xtask bench gpu`: the shaders of `edgeloom-gpu` on this machine's best adapter, beside the fastest kernel of one processor
//! core in turns. Where the adapter is the processor itself, this says what a driver that emulates a card costs, and nothing about cards.
//!
//! `gmac_per_s`: multiply-accumulates a second, from input to answer (the input's way to the card and the answer's way back with
//! them), with the weights in place: a dense layer of 4,096² weights and 16 vectors (prompts), the same with one (tokens), and a
//! 3×3 convolution of 64 to 64 channels over 56×56 pixels. Before anything is timed, whole traces must be equal.

use super::{infer::corpus::noise, pairs::Pairs};
use edgeloom_edge_proof::{Affine, Element, Filter, GraphBuilder, Kernel, Limits, Model, Scale, Window};
use edgeloom_gpu::{Choice, Gpu};
use eyre::{Result, ensure};
use serde_json::json;
use std::{hint::black_box, time::Instant};

pub(crate) fn run(runs: usize) -> Result<()> {
    let gpu = Gpu::open(Choice::Any)?;
    let cases = [
        ("dense 4096x4096, 16 vectors", dense(16)?),
        ("dense 4096x4096, 1 vector", dense(1)?),
        ("conv 3x3, 56x56x64 to 64", convolution()?),
    ];
    for (case, model) in cases {
        let mut program = gpu.load(&model)?;
        let input = noise(model.input_bytes(), 1);
        ensure!(program.trace(&input)? == model.trace(&input)?, "{case}: the traces differ");
        let rate = |started: Instant| model.cost().macs as f64 / started.elapsed().as_secs_f64() / 1e9;
        let mut pairs = Pairs::default();
        for _ in 0..runs {
            let started = Instant::now();
            black_box(program.infer(black_box(&input))?);
            pairs.ours.push(rate(started));
            let started = Instant::now();
            black_box(model.infer_with(Kernel::best(), black_box(&input))?);
            pairs.theirs.push(rate(started));
        }
        let about =
            json!({ "case": case, "adapter": gpu.adapter().to_string(), "equal_bytes": model.plan().trace_bytes() });
        pairs.emit(("gpu", "gmac_per_s", "GMAC/s"), "one core", about);
    }
    Ok(())
}

fn scales(n: usize) -> Vec<Scale> {
    (0..n).map(|row| Scale { bias: row as i32, m: 20_000, s: 26, pre: 0, zp: 1 }).collect()
}

fn weights(len: usize) -> Vec<i8> {
    noise(len, 3).iter().map(|byte| byte.cast_signed()).collect()
}

fn dense(count: usize) -> Result<Model> {
    let side = 4096;
    let mut graph = GraphBuilder::new(side * count);
    let x = graph.input().vectors(count, side, side);
    graph.dense(x, &weights(side * side), &Affine { scales: &scales(side), out: Element::I8, lo: -128, hi: 127 });
    finished(graph)
}

fn convolution() -> Result<Model> {
    let (side, channels) = (56, 64);
    let mut graph = GraphBuilder::new(side * side * channels);
    let x = graph.input();
    let window =
        Window { height: side, width: side, channels, kernel: (3, 3), stride: (1, 1), pad: (1, 1), out: (side, side) };
    let weights = weights(channels * 9 * channels);
    let affine = Affine { scales: &scales(channels), out: Element::I8, lo: -128, hi: 127 };
    graph.conv2d(x, &window, &Filter { weights: &weights, pad_value: 1 }, &affine);
    finished(graph)
}

fn finished(graph: GraphBuilder) -> Result<Model> {
    Ok(Model::within(graph.within(&Limits::DISPUTED)?, &Limits::DISPUTED)?)
}
