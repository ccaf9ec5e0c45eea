//! How long the proof of one element can be (G19), by what the judge reads and without reading it.
//!
//! * L1 The readings of an element are those of J2, two records first: of each kind as many as any element of the operation has, and
//!   as long. Where those of a kind begin differs by multiples of its grain, the largest power of two, up to 1,024, that divides
//!   every step from one such place to the next.
//! * L2 A reading of `b` bytes crosses at most `(l + b - 1) / 1024` boundaries between chunks, rounded down, `l` being the last place
//!   in a chunk where one of its kind may begin. Rows of a window lie side by side: together they cross no more boundaries than
//!   one reading from the first row's first byte to the last row's last.
//! * L3 `r` readings of a blob that cross `c` boundaries have `r + c` chunks, but at most `r` times the blob's bytes, and
//!   `r d + min(r, c) max(d - 2, 0)` chaining values, `2^d` being the first power of two that is no less than the blob's chunks.
//! * L4 The bound is the sum over all kinds. The copies of input and answer and the padding (J5-J7) have none of their own: they
//!   open four chunks at most.

#[cfg(test)]
mod tests;

use super::{
    ranges::{Ranges, ranges},
    source::Section,
};
use crate::{Blob, CHUNK_BYTES, step::Step};

/// Lengths of what proofs open, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    pub(crate) graph: usize,
    pub(crate) weights: u64,
    pub(crate) trace: usize,
}

/// No proof of an element of the step is longer, in bytes: wherever its readings begin, and whatever they say (L4).
pub(crate) fn longest(step: &Step, lengths: &Lengths) -> u64 {
    let graph = blob(lengths.graph as u64);
    // Eight of them fill a chunk.
    let records = graph.longest(2, 0);
    let read = ranges(step, lengths.graph).map(|ranges| {
        let bytes = if ranges.section == Section::Weights { lengths.weights } else { lengths.trace as u64 };
        blob(bytes).longest(ranges.times, boundaries(&ranges))
    });
    read.fold(records, u64::saturating_add)
}

/// How many boundaries between chunks the readings of one element cross, at most (L2).
fn boundaries(ranges: &Ranges) -> u64 {
    let latest = CHUNK_BYTES - ranges.grain + ranges.start % ranges.grain;
    let crossed = |bytes: u64| latest.saturating_add(bytes.saturating_sub(1)) / CHUNK_BYTES;
    // What does not overlap crosses no boundary twice.
    crossed(ranges.bytes).saturating_mul(ranges.times).min(crossed(ranges.within))
}

const fn blob(bytes: u64) -> Blob {
    Blob { root: [0; 32], bytes }
}
