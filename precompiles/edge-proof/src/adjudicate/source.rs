//! Where a judge reads from: a proof, or everything.

use super::Work;
use crate::{Blob, CHUNK_BYTES, Commitment, Tree, VALUE_BYTES, layout::RECORD_BYTES};
use blake3::hazmat::ChainingValue;
use std::ops::Range;

/// Gives the bytes that the judge asks for, in the order of J2. `None` ends the judgement.
pub(super) trait Source {
    fn read(&mut self, section: Section, range: Range<u64>) -> Option<Vec<u8>>;

    /// A record of the graph, the header being number 0.
    fn graph(&mut self, record: u64) -> Option<Vec<u8>> {
        let start = record * RECORD_BYTES as u64;
        self.read(Section::Graph, start..start + RECORD_BYTES as u64)
    }

    fn weights(&mut self, start: usize, bytes: usize) -> Option<Vec<u8>> {
        self.read(Section::Weights, start as u64..(start + bytes) as u64)
    }

    fn trace(&mut self, start: usize, bytes: usize) -> Option<Vec<u8>> {
        self.read(Section::Trace, start as u64..(start + bytes) as u64)
    }
}

/// Of what bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Graph,
    Weights,
    Input,
    Trace,
    Output,
}

/// The chunks that hold a range.
const fn run(range: &Range<u64>) -> Range<u64> {
    range.start / CHUNK_BYTES..range.end.div_ceil(CHUNK_BYTES)
}

/// The part of a run's bytes that a range is.
fn part(data: &[u8], range: &Range<u64>) -> Option<Vec<u8>> {
    let start = (range.start % CHUNK_BYTES) as usize;
    data.get(start..start + (range.end - range.start) as usize).map(<[u8]>::to_vec)
}

/// A proof as it is read.
pub(super) struct Openings<'a> {
    graph: Blob,
    weights: Blob,
    work: &'a Work<Blob>,
    rest: &'a [u8],
}

impl<'a> Openings<'a> {
    pub(super) const fn new(model: &Commitment, work: &'a Work<Blob>, proof: &'a [u8]) -> Self {
        let graph = Blob { root: model.graph_root, bytes: model.graph_len };
        let weights = Blob { root: model.weights_root, bytes: model.weights_len };
        Self { graph, weights, work, rest: proof }
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.rest.is_empty()
    }
}

impl Source for Openings<'_> {
    fn read(&mut self, section: Section, range: Range<u64>) -> Option<Vec<u8>> {
        let blob = match section {
            Section::Graph => &self.graph,
            Section::Weights => &self.weights,
            Section::Input => &self.work.input,
            Section::Trace => &self.work.trace,
            Section::Output => &self.work.output,
        };
        let run = run(&range);
        let bytes = blob.range(&run)?;
        let (data, rest) = self.rest.split_at_checked(usize::try_from(bytes.end - bytes.start).ok()?)?;
        let (values, rest) = rest.split_at_checked(blob.values(&run)? * VALUE_BYTES)?;
        self.rest = rest;
        if !blob.opens(&run, data, values.as_chunks().0) {
            return None;
        }
        part(data, &range)
    }
}

/// Committed bytes that are known, all or in part: `None` where what is asked for is not.
pub trait Opened {
    fn blob(&self) -> Blob;

    /// The bytes of a run of chunks.
    fn data(&self, run: &Range<u64>) -> Option<Vec<u8>>;

    /// The chaining values beside it, as the function of the same name orders them.
    fn values_beside(&self, run: &Range<u64>) -> Option<Vec<ChainingValue>>;
}

/// What is known, and the proof of what was read of it.
pub(super) struct Record<'a> {
    graph: &'a Tree<'a>,
    weights: &'a Tree<'a>,
    work: Work<&'a dyn Opened>,
    proof: Vec<u8>,
}

impl<'a> Record<'a> {
    pub(super) const fn new(graph: &'a Tree<'a>, weights: &'a Tree<'a>, work: Work<&'a dyn Opened>) -> Self {
        Self { graph, weights, work, proof: Vec::new() }
    }

    pub(super) fn proof(self) -> Vec<u8> {
        self.proof
    }
}

impl Source for Record<'_> {
    fn read(&mut self, section: Section, range: Range<u64>) -> Option<Vec<u8>> {
        let from: &dyn Opened = match section {
            Section::Graph => self.graph,
            Section::Weights => self.weights,
            Section::Input => self.work.input,
            Section::Trace => self.work.trace,
            Section::Output => self.work.output,
        };
        let run = run(&range);
        let data = from.data(&run)?;
        self.proof.extend_from_slice(&data);
        self.proof.extend_from_slice(from.values_beside(&run)?.as_flattened());
        part(&data, &range)
    }
}
