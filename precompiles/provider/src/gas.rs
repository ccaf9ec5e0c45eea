//! The gas table of `IEdgeProof`.
//!
//! Calibration: 100 gas for every microsecond of the worst input of its kind, measured cold on one core on the AVX2 path
//! (`cargo xtask bench infer` prints the rate over a corpus of worst cases; it has to stay above 100 Mgas a second). Every
//! factor of an inference's cost has its own price, because a net can be made of any one of them.

use edgeloom_edge_proof::Cost;

/// Decoding a call and encoding its answer.
pub(crate) const CALL: u64 = 500;
/// Each 32-byte word of calldata, copied and decoded.
pub(crate) const CALLDATA_WORD: u64 = 3;
/// First access of an account in a transaction, and later ones (EIP-2929).
pub(crate) const COLD_ACCOUNT: u64 = 2_600;
pub(crate) const WARM_ACCOUNT: u64 = 100;
/// Each 32-byte word of code that is loaded and joined to the image.
pub(crate) const CODE_WORD: u64 = 3;
/// Each operation of the graph, decoded and checked.
pub(crate) const GRAPH_OP: u64 = 60;

const OP: u64 = 40;
const MACS_PER_GAS: u64 = 40;
const READS_PER_GAS: u64 = 4;
const ROW: u64 = 1;
const OUTPUT: u64 = 1;
const SCALE: u64 = 2;
const WEIGHTS_PER_GAS: u64 = 20;
const TRACE_PER_GAS: u64 = 16;

/// Hashing (graph, weights, transposed weights) and transposing, per 32-byte word of the image.
const DESCRIBE_WORD: u64 = 12;

/// Gas of checking the weights of a graph and running it once.
pub const fn infer_gas(cost: &Cost) -> u64 {
    cost.ops * OP
        + cost.macs.div_ceil(MACS_PER_GAS)
        + cost.reads.div_ceil(READS_PER_GAS)
        + cost.rows * ROW
        + cost.outputs * OUTPUT
        + cost.scales * SCALE
        + cost.weights.div_ceil(WEIGHTS_PER_GAS)
        + cost.trace.div_ceil(TRACE_PER_GAS)
}

/// Gas of checking the weights of a graph and committing to an image of `image_bytes`.
pub const fn describe_gas(cost: &Cost, image_bytes: usize) -> u64 {
    cost.scales * SCALE + cost.weights.div_ceil(WEIGHTS_PER_GAS) + words(image_bytes) * DESCRIBE_WORD
}

pub(crate) const fn words(bytes: usize) -> u64 {
    bytes.div_ceil(32) as u64
}
