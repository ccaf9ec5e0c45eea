use crate::{Outline, SPEC_ID, step::Op};

/// Roots and lengths that identify a model. The roots are plain BLAKE3, so they open as Bao slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// BLAKE3 of the weights section.
    pub weights_root: [u8; 32],
    pub weights_len: u64,
    /// BLAKE3 of the transposed weight matrices in operation order.
    pub weights_t_root: [u8; 32],
    /// BLAKE3 of header and descriptors.
    pub graph_root: [u8; 32],
    pub graph_len: u64,
    pub spec_id: u32,
}

impl Commitment {
    /// Length of [`Commitment::encode`].
    pub const BYTES: usize = 3 * 32 + 2 * 8 + 4;

    pub(crate) fn of(outline: &Outline) -> Self {
        let (graph, weights) = outline.image.split_at(outline.plan.graph_bytes);
        Self {
            weights_root: blake3::hash(weights).into(),
            weights_len: weights.len() as u64,
            weights_t_root: transposed_root(outline),
            graph_root: blake3::hash(graph).into(),
            graph_len: graph.len() as u64,
            spec_id: SPEC_ID,
        }
    }

    /// `weightsRoot | weightsLen u64 | weightsTRoot | graphRoot | graphLen u64 | specId u32`, integers big-endian, as
    /// Solidity's `abi.encodePacked` writes them.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        out[0..32].copy_from_slice(&self.weights_root);
        out[32..40].copy_from_slice(&self.weights_len.to_be_bytes());
        out[40..72].copy_from_slice(&self.weights_t_root);
        out[72..104].copy_from_slice(&self.graph_root);
        out[104..112].copy_from_slice(&self.graph_len.to_be_bytes());
        out[112..116].copy_from_slice(&self.spec_id.to_be_bytes());
        out
    }

    /// The model's id: keccak256 of [`Commitment::encode`]. The hash comes from the caller, who has one.
    pub fn model_id(&self, keccak256: impl FnOnce(&[u8]) -> [u8; 32]) -> [u8; 32] {
        keccak256(&self.encode())
    }
}

/// Columns transposed at a time, at least: one cache line of every row is read while it is hot.
const COLUMNS: usize = 64;
/// Rows transposed at a time: their lines stay in cache from one column to the next.
const ROWS: usize = 16;
/// Bytes hashed at a time, about: enough for BLAKE3 to work on several chunks at once.
const HASHED_BYTES: usize = 32 << 10;

fn transposed_root(outline: &Outline) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut columns = Vec::new();
    for step in &outline.plan.steps {
        if !matches!(step.op, Op::Dense | Op::Conv2d(_)) {
            continue;
        }
        let matrix = &outline.image[step.weights..step.weights + step.n * step.k];
        let at_once = (HASHED_BYTES / step.n).max(COLUMNS);
        for first in (0..step.k).step_by(at_once) {
            let width = at_once.min(step.k - first);
            columns.clear();
            columns.resize(width * step.n, 0);
            for (rows, matrix) in matrix.chunks(ROWS * step.k).enumerate() {
                for c in 0..width {
                    let from = matrix[first + c..].iter().step_by(step.k);
                    for (to, weight) in columns[c * step.n + rows * ROWS..].iter_mut().zip(from) {
                        *to = *weight;
                    }
                }
            }
            hasher.update(&columns);
        }
    }
    hasher.finalize().into()
}
