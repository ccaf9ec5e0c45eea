//! What the judged cases are made of.

use super::{model::Part, scene::Scene};
use edgeloom_edge_proof::Place;
use std::collections::BTreeMap;

/// What a run has to have, as shares of its judged elements, and in multiply-accumulates.
const OPERATION_MIN: f64 = 0.01;
const PART_MIN: f64 = 0.2;
const MACS_MIN: u64 = 100_000;
/// Opcodes that have a name.
const OPCODES: [u8; 26] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 64, 65, 66, 67, 68];

/// Counts of judged elements, and the sizes of the models that they are of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mix {
    /// By operation.
    pub operations: BTreeMap<&'static str, u64>,
    /// Of convolutions, and of what attention is made of.
    pub convolution: u64,
    pub attention: u64,
    /// Multiply-accumulates of each batch's model.
    macs: Vec<u64>,
}

impl Mix {
    pub(super) fn model(&mut self, macs: u64) {
        self.macs.push(macs);
    }

    pub(super) fn judged(&mut self, scene: &Scene<'_>, place: Place) {
        *self.operations.entry(name(scene.opcode(place))).or_default() += 1;
        match scene.part(place) {
            Part::Convolution => self.convolution += 1,
            Part::Attention => self.attention += 1,
            Part::Other => {}
        }
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        for (name, cases) in other.operations {
            *self.operations.entry(name).or_default() += cases;
        }
        self.convolution += other.convolution;
        self.attention += other.attention;
        self.macs.extend(other.macs);
        self
    }

    /// Judged elements.
    pub fn total(&self) -> u64 {
        self.operations.values().sum()
    }

    pub fn share(&self, count: u64) -> f64 {
        count as f64 / self.total().max(1) as f64
    }

    /// One line for each thing that the mix has too little of to stand for what the chain will judge.
    pub fn lacks(&self) -> Vec<String> {
        let shares = OPCODES.map(|opcode| {
            let name = name(opcode);
            (name, self.operations.get(name).copied().unwrap_or_default(), OPERATION_MIN)
        });
        let parts = [("convolution", self.convolution, PART_MIN), ("attention", self.attention, PART_MIN)];
        let few = shares.into_iter().chain(parts).filter(|(_, count, least)| self.share(*count) < *least);
        let small = (self.median_macs() < MACS_MIN).then(|| format!("models of {} MACs", self.median_macs()));
        few.map(|(name, count, _)| format!("{name}: {count} of {} cases", self.total())).chain(small).collect()
    }

    /// Multiply-accumulates of the model in the middle, by batches.
    pub fn median_macs(&self) -> u64 {
        let mut macs = self.macs.clone();
        macs.sort_unstable();
        macs.get(macs.len() / 2).copied().unwrap_or_default()
    }
}

/// Of an opcode of G5.
pub(super) fn name(opcode: u8) -> &'static str {
    match opcode {
        1 => "DENSE",
        2 => "CONV2D",
        3 => "MAXPOOL",
        4 => "ADD",
        5 => "REQUANTISE",
        6 => "LUT",
        7 => "ACT",
        8 => "ARGMAX",
        9 => "COPY",
        16 => "EMBED",
        17 => "NORM",
        18 => "MATMUL",
        19 => "MAX",
        20 => "SUM",
        21 => "EXP",
        22 => "DIVIDE",
        23 => "MULTIPLY",
        24 => "ROPE",
        25 => "TRANSPOSE",
        26 => "SAMPLE",
        27 => "GATHER",
        64 => "DECRYPT",
        65 => "SQUARED_ERROR",
        66 => "BLOCK8",
        67 => "PIXEL",
        68 => "VISIT",
        _ => "without a name",
    }
}
