//! `cargo xtask bench edge-proof`: what proofs and judgements take, on one core, from calldata to answer.
//!
//! * `infer_gmac_per_s`: billions of multiply-accumulates a second of the kernel's fast path, dense and convolution.
//! * `commit_overhead_pct`: hashing what a claim commits to until somebody asks for more, its answer, over computing it, for a small
//!   convolutional net; `whole_trace_pct` is the same for all that is computed on the way.
//! * `possession_us`: 40 samples of 1 TiB.
//! * `capacity_ms`: 64 entries of a product of 8,192 rows.
//! * `freivalds_us`: a layer of 4,096 by 4,096, two challenges.
//! * `step_us`: an element of a dense layer of 4,096 columns, and one of each operation of `bench infer` whose proof a transaction
//!   carries.
//! * `mgas_per_s`: gas that `IEdgeProof` charged over that time, for calls that make each price bear the load alone;
//!   `mgas_per_s_worst` is the lowest and has to stay above 100.
//!
//! Blobs of that size are not made: the tree has the chunks that are asked for, and random values beside their paths.

mod sparse;
mod steps;

use super::{
    emit,
    infer::{corpus, gmacs, samples},
    median,
    precompile::Machine,
};
use alloy::{
    primitives::{B256, Bytes},
    sol_types::SolCall,
};
use edgeloom_bindings::{IEdgeProof, addresses};
use edgeloom_edge_proof::{Blob, FOLD_MAX, Kernel, Limits, Model, project};
use eyre::Result;
use serde_json::{Value, json};
use std::{hint::black_box, time::Instant};

/// Calls that one sample is the mean of.
const ROUNDS: u32 = 20;

pub(super) fn run(runs: usize) -> Result<()> {
    for (name, image) in [("dense 1024x1024", corpus::dense_square()), ("convolution 3x3", corpus::convolution())] {
        let extra = json!({"case": name, "limit": 10});
        emit("edge-proof", "infer_gmac_per_s", "GMAC/s", &gmacs(&image, Kernel::best())?, extra);
    }
    commitment()?;
    let possession = measure(runs, &sparse::possession(1 << 40, 40))?;
    emit("edge-proof", "possession_us", "us", &possession.micros, json!({"limit": 300}));
    let capacity = measure(runs, &sparse::capacity(8_192, 64))?;
    let millis: Vec<_> = capacity.micros.iter().map(|micros| micros / 1e3).collect();
    emit("edge-proof", "capacity_ms", "ms", &millis, json!({"limit": 3}));
    let freivalds = measure(runs, &layer(4_096, 4_096, 2))?;
    emit("edge-proof", "freivalds_us", "us", &freivalds.micros, json!({"limit": 150}));
    let dense = measure(runs, &steps::dense()?)?;
    emit("edge-proof", "step_us", "us", &dense.micros, json!({"case": "dense, 4,096 columns", "limit": 25}));
    let mut worst: Option<(&str, Vec<f64>, Value)> = None;
    for (name, call) in calls().into_iter().chain(steps::all()?) {
        let measured = measure(runs, &call)?;
        let rates = measured.rates();
        let extra = json!({"case": name, "gas": measured.gas, "us": median(&measured.micros), "limit": 100});
        emit("edge-proof", "mgas_per_s", "Mgas/s", &rates, extra.clone());
        if name.starts_with("step") {
            emit("edge-proof", "step_us", "us", &measured.micros, json!({"case": name, "limit": 100}));
        }
        if worst.as_ref().is_none_or(|(_, lowest, _)| median(&rates) < median(lowest)) {
            worst = Some((name, rates, extra));
        }
    }
    if let Some((_, rates, extra)) = worst {
        emit("edge-proof", "mgas_per_s_worst", "Mgas/s", &rates, extra);
    }
    Ok(())
}

fn commitment() -> Result<()> {
    let model = Model::within(corpus::net(), &Limits::DISPUTED)?;
    let input = corpus::noise(model.input_bytes(), 1);
    let trace = model.trace(&input)?;
    let output = &trace[model.plan().output()];
    let infer = samples(|| model.infer(black_box(&input)).map(|_| ()).map_err(Into::into))?;
    let hashed = |content: &[u8]| -> Result<Vec<f64>> {
        let seconds = samples(|| {
            black_box(Blob::of(black_box(content)));
            Ok(())
        })?;
        Ok(seconds.iter().zip(&infer).map(|(hash, infer)| 100.0 * hash / infer).collect())
    };
    let (answer, mut whole) = (hashed(output)?, hashed(&trace)?);
    whole.sort_by(f64::total_cmp);
    let extra = json!({"limit": 1, "whole_trace_pct": median(&whole), "trace_bytes": trace.len()});
    emit("edge-proof", "commit_overhead_pct", "%", &answer, extra);
    Ok(())
}

fn calls() -> Vec<(&'static str, Bytes)> {
    let fold = |count: usize| IEdgeProof::foldCall { values: vec![B256::ZERO; count], root: false }.abi_encode().into();
    vec![
        ("possession, 1 of one chunk", sparse::possession(1_024, 1)),
        ("possession, 256 of one chunk", sparse::possession(1_024, 256)),
        ("possession, 256 of 1 TiB", sparse::possession(1 << 40, 256)),
        ("possession, 50 of 2^60 bytes", sparse::possession(1 << 60, 50)),
        ("capacity, 1 of 1 row", sparse::capacity(1, 1)),
        ("capacity, 256 of 64 rows", sparse::capacity(64, 256)),
        ("capacity, 64 of 8,192 rows", sparse::capacity(8_192, 64)),
        ("capacity, 32 of 32,768 rows", sparse::capacity(32_768, 32)),
        ("freivalds, 1 by 1, 1 challenge", layer(1, 1, 1)),
        ("freivalds, 1 row, 65,536 columns, 1 challenge", layer(65_536, 1, 1)),
        ("freivalds, 65,536 rows, 1 column, 4 challenges", layer(1, 65_536, 4)),
        ("freivalds, 4,096 by 4,096, 4 challenges", layer(4_096, 4_096, 4)),
        ("fold, 2", fold(2)),
        ("fold, 256", fold(FOLD_MAX)),
        ("opens, one chunk", opens(1, 0, 1)),
        ("opens, 100 chunks of 100", opens(100, 0, 100)),
        ("opens, 98 chunks of 100", opens(100, 1, 98)),
        ("opens, one of 2^50 chunks", sparse::opens(1 << 60)),
    ]
}

/// A layer of weights that are all one, of an input that is all one: the work does not depend on it.
fn layer(columns: usize, rows: usize, challenges: usize) -> Bytes {
    let seed = [3; 32];
    let sums = vec![columns as i32; rows];
    let call = IEdgeProof::freivaldsCall {
        input: vec![1; columns].into(),
        accumulators: sums.iter().flat_map(|sum| sum.to_le_bytes()).collect(),
        projections: project(&vec![1; columns * rows], columns, &seed, challenges).into(),
        seed: seed.into(),
    };
    call.abi_encode().into()
}

/// A run of a blob that is made.
fn opens(chunks: u64, first: u64, count: u64) -> Bytes {
    let content = vec![0x5a; (chunks * 1_024) as usize];
    let run = first..first + count;
    let values = edgeloom_edge_proof::values_beside(&content, &run).unwrap_or_default();
    let data = content[(first * 1_024) as usize..((first + count) * 1_024) as usize].to_vec();
    let Blob { root, bytes } = Blob::of(&content);
    let values = values.into_iter().map(B256::from).collect();
    IEdgeProof::opensCall { root: root.into(), length: bytes, first, count, data: data.into(), values }
        .abi_encode()
        .into()
}

struct Measured {
    gas: u64,
    /// Sorted.
    micros: Vec<f64>,
}

impl Measured {
    fn rates(&self) -> Vec<f64> {
        self.micros.iter().rev().map(|micros| self.gas as f64 / micros).collect()
    }
}

fn measure(runs: usize, call: &Bytes) -> Result<Measured> {
    let mut machine = Machine::new([]);
    let output = machine.output(addresses::EDGE_PROOF, call)?;
    // A verdict of `false`, or `Invalid`, may have ended early; folds answer with a value.
    eyre::ensure!(output.iter().take(32).any(|byte| *byte != 0), "the proof does not hold");
    let mut measured = Measured { gas: 0, micros: Vec::new() };
    for _ in 0..runs {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            measured.gas = machine.answer(addresses::EDGE_PROOF, black_box(call))?;
        }
        measured.micros.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
    }
    measured.micros.sort_by(f64::total_cmp);
    Ok(measured)
}
