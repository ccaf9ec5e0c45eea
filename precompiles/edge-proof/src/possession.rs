//! Proofs of possession of stored bytes: chunks that a seed asks for, opened under the blob's root.
//!
//! * H1 Chunk i asked for is the i-th number of BLAKE3's output stream, keyed with the seed, over `"possession"`, 8 bytes little-endian each,
//!   times the number of chunks, over 2^64.
//! * H2 The proof is the opening of each, in that order, bytes before values, with nothing between or after.
//!
//! Who lacks a share f of the chunks passes n samples with probability (1 − f)^n. It is shown that somebody who answers has
//! the bytes, not that it is this node, nor that they are stored more than once.

use crate::{
    Opened,
    opening::{Blob, Tree, VALUE_BYTES},
    sample::Sample,
};

/// Samples of one proof.
pub const SAMPLES_MAX: usize = 256;

/// Chunks that the seed asks for.
pub fn asked(blob: &Blob, seed: &[u8; 32], samples: usize) -> impl Iterator<Item = u64> + use<> {
    Sample::new(seed, b"possession", blob.chunks()).take(samples)
}

/// Whether `proof` is the proof of these samples, and no other bytes.
pub fn possesses(blob: &Blob, seed: &[u8; 32], samples: usize, proof: &[u8]) -> bool {
    let mut rest = proof;
    asked(blob, seed, samples).all(|chunk| opened(blob, chunk, &mut rest).is_some()) && rest.is_empty()
}

/// The bytes of a chunk whose opening `rest` begins with, which is taken from it.
pub(crate) fn opened<'a>(blob: &Blob, chunk: u64, rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let run = chunk..chunk + 1;
    let range = blob.range(&run)?;
    let (data, after) = rest.split_at_checked((range.end - range.start) as usize)?;
    let (values, after) = after.split_at_checked(blob.values(&run)? * VALUE_BYTES)?;
    *rest = after;
    blob.opens(&run, data, values.as_chunks::<VALUE_BYTES>().0).then_some(data)
}

/// The opening of a chunk, as proofs hold it. `None` where there is no such chunk.
pub(crate) fn opening(tree: &Tree<'_>, chunk: u64) -> Option<Vec<u8>> {
    let run = chunk..chunk + 1;
    let values = tree.values_beside(&run)?;
    let range = tree.blob().range(&run)?;
    Some([&tree.content()[range.start as usize..range.end as usize], values.as_flattened()].concat())
}

/// The proof of whoever has all of `content`.
pub fn prove_possession(content: &[u8], seed: &[u8; 32], samples: usize) -> Vec<u8> {
    let tree = Tree::of(content);
    asked(&tree.blob(), seed, samples).filter_map(|chunk| opening(&tree, chunk)).flatten().collect()
}
