//! What a seed asks for: places drawn without bias worth speaking of, the same for whoever knows the seed.

/// Numbers below `bound`, one after the other, from BLAKE3 keyed with `seed` over `purpose`. The seed has to be later than
/// what is asked about.
/// A number's probability differs from another's by less than `bound` parts in 2^64.
pub(crate) struct Sample {
    stream: blake3::OutputReader,
    bound: u64,
}

impl Sample {
    pub(crate) fn new(seed: &[u8; 32], purpose: &[u8], bound: u64) -> Self {
        let stream = blake3::Hasher::new_keyed(seed).update(purpose).finalize_xof();
        Self { stream, bound }
    }
}

impl Iterator for Sample {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let mut word = [0; 8];
        self.stream.fill(&mut word);
        Some(((u128::from(u64::from_le_bytes(word)) * u128::from(self.bound)) >> 64) as u64)
    }
}
