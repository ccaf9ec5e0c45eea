//! Chance that can be made again.

use std::{f64::consts::TAU, time::Duration};

/// splitmix64.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not zero.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// With so many chances of 10,000.
    pub(super) const fn chance(&mut self, basis_points: u64) -> bool {
        self.below(10_000) < basis_points
    }

    /// In (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }

    /// Half of all are longer than `median`; the logarithm is normally distributed with `spread`.
    pub(super) fn delay(&mut self, median: Duration, spread: f64) -> Duration {
        // Box and Muller's.
        let normal = (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos();
        median.mul_f64((spread * normal).exp())
    }
}
