use crate::{MAX_IMAGE_BYTES, MAX_MACS, MAX_PROOF_BYTES, MAX_TRACE_BYTES, MAX_WEIGHTS, MAX_WORK};

/// How large a graph may be: a profile of the specification. Both profiles have the same format and meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the whole image.
    pub image_bytes: u64,
    /// Of input and intermediate results together (G11).
    pub trace_bytes: u64,
    /// Multiply-accumulates of one inference (G16).
    pub macs: u64,
    /// Units of work of one inference (G17).
    pub work: u64,
    /// Weight bytes that one inference reads (G18).
    pub weights: u64,
    /// Bytes of the proof of any one element (G19).
    pub proof: u64,
}

impl Limits {
    /// Graphs that the chain itself runs.
    pub const EXECUTED: Self = Self {
        image_bytes: MAX_IMAGE_BYTES as u64,
        trace_bytes: MAX_TRACE_BYTES as u64,
        macs: MAX_MACS,
        work: MAX_WORK,
        weights: MAX_WEIGHTS,
        // What the chain computes itself, nobody has to prove to it.
        proof: u64::MAX,
    };

    /// Graphs of whose traces the chain judges single elements. Whoever runs one sees to it that the machine has the memory.
    pub const DISPUTED: Self = Self {
        image_bytes: 1 << 36,
        trace_bytes: 1 << 36,
        macs: 1 << 48,
        work: 1 << 48,
        weights: 1 << 48,
        proof: MAX_PROOF_BYTES,
    };
}
