//! What a public seed draws: the order of members, and who are contacts. Everybody draws the same.

use blake3::{Hasher, OutputReader};

/// Numbers that a seed gives for one purpose.
struct Draw(OutputReader);

impl Draw {
    fn new(purpose: &str, seed: &[u8; 32], parts: &[usize]) -> Self {
        let mut hasher = Hasher::new_derive_key(purpose);
        hasher.update(seed);
        parts.iter().for_each(|part| {
            hasher.update(&(*part as u64).to_be_bytes());
        });
        Self(hasher.finalize_xof())
    }

    /// Below `end`, which is not zero. 64 bits for at most 14 of them: what a remainder prefers is 2⁻⁵⁰.
    fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_be_bytes(bytes) % end as u64) as usize
    }
}

/// Fisher and Yates's.
pub(super) fn shuffle<T>(seed: &[u8; 32], members: &mut [T]) {
    let mut draw = Draw::new("edgeloom guardians 1: order of an epoch", seed, &[]);
    for last in (1..members.len()).rev() {
        members.swap(last, draw.below(last + 1));
    }
}

/// At most `count` different numbers below `end` for a range of the order, in random order.
pub(super) fn offsets(seed: &[u8; 32], start: usize, stop: usize, end: usize, count: usize) -> Vec<usize> {
    if end <= count {
        return (0..end).collect();
    }
    let mut draw = Draw::new("edgeloom guardians 1: contacts of a range", seed, &[start, stop]);
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count {
        let offset = draw.below(end);
        if !drawn.contains(&offset) {
            drawn.push(offset);
        }
    }
    drawn
}
