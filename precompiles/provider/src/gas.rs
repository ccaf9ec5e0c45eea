//! The gas table of `IEdgeProof`.
//!
//! Calibration: 100 gas for every microsecond of the worst input of its kind, measured cold on one core on the AVX2 path
//! (`cargo xtask bench infer` prints the rate over a corpus of worst cases; it has to stay above 100 Mgas a second). Every
//! factor of an inference's cost has its own price (`Cost::work`), because a net can be made of any one of them.

pub(crate) mod bls;
pub(crate) mod proofs;

use edgeloom_edge_proof::Cost;

/// Decoding a call and encoding its answer.
const CALL: u64 = 500;
/// Each 32-byte word of calldata, copied and decoded.
const CALLDATA_WORD: u64 = 3;
/// First access of an account in a transaction, and later ones (EIP-2929).
pub(crate) const COLD_ACCOUNT: u64 = 2_600;
pub(crate) const WARM_ACCOUNT: u64 = 100;
/// Each 32-byte word of code that is loaded and joined to the image.
pub(crate) const CODE_WORD: u64 = 3;
/// Each operation of the graph, decoded and checked.
pub(crate) const GRAPH_OP: u64 = 60;

/// Bytes hashed for one gas: graph and weights.
const HASHED_PER_GAS: u64 = 6;
/// Weight bytes transposed and hashed for one gas.
const TRANSPOSED_PER_GAS: u64 = 2;

/// Gas of taking a call of `calldata` bytes.
pub(crate) const fn call_gas(calldata: usize) -> u64 {
    CALL + words(calldata) * CALLDATA_WORD
}

/// Gas of checking the weights of a graph and running it once: the kernel counts work in units of 10 ns, which are one gas each.
pub(crate) const fn infer_gas(cost: &Cost) -> u64 {
    cost.work()
}

/// Gas of checking the weights of a graph and committing to an image of `image_bytes`.
pub(crate) const fn describe_gas(cost: &Cost, image_bytes: usize) -> u64 {
    cost.checking() + (image_bytes as u64).div_ceil(HASHED_PER_GAS) + cost.weights.div_ceil(TRANSPOSED_PER_GAS)
}

pub(crate) const fn words(bytes: usize) -> u64 {
    bytes.div_ceil(32) as u64
}
