//! The gas table of openings, and of the proofs and judgements that are made of them, calibrated as the rest of `IEdgeProof`'s.

/// Finding a chunk and beginning its path.
pub(crate) const OPENING: u64 = 300;
/// Each level of a path to the root.
pub(crate) const VALUE: u64 = 40;
/// Each 32-byte word of an opening's data or proof, hashed one chunk after the other.
pub(crate) const DATA_WORD: u64 = 6;
/// Bytes of pseudo-random rows and columns for one gas, made and multiplied.
pub(crate) const STREAM_PER_GAS: u64 = 5;
/// Each value of a fold.
pub(crate) const FOLDED: u64 = 20;
/// Drawing challenges, and reading what is combined.
pub(crate) const FREIVALDS: u64 = 500;
/// Products modulo the prime of one gas: two for each row and challenge, one for each column and challenge.
pub(crate) const PRODUCTS_PER_GAS: u64 = 2;
/// Taking a claim, checking the model's id, and computing an element: some take as long however little is shown of them (a pixel of many
/// samples).
pub(crate) const STEP: u64 = 8_000;
/// Each 32-byte word of a step's proof, the smallest part of which may be an opening of its own.
pub(crate) const STEP_WORD: u64 = 20;
/// Sums of keys by amount, and of those by binary digit: as many whatever the amounts are.
pub(crate) const AMOUNT_SUMS: u64 = 15_000;
