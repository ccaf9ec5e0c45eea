//! Chance that can be made again (K1): BLAKE3's output stream.

use blake3::{Hasher, OutputReader};

pub(crate) struct Dice(OutputReader);

impl Dice {
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        Self(Hasher::new().update(&seed.to_le_bytes()).update(&index.to_le_bytes()).finalize_xof())
    }

    pub(crate) fn bytes<const BYTES: usize>(&mut self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        self.0.fill(&mut bytes);
        bytes
    }

    /// `len` of them.
    pub(crate) fn many(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.0.fill(&mut bytes);
        bytes
    }

    /// `0..bound`; `bound` is at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (u64::from_le_bytes(self.bytes()) % bound as u64) as usize
    }

    /// True in one of `count` rolls.
    pub(crate) fn one_of(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}
