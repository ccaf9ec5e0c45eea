//! Chance that can be made again, on any machine: integers, and of floating point only what IEEE 754 rounds in one way.

/// splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

/// What a stream of chance is for, so that more of one does not change another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Cast = 1,
    Churn,
    Committee,
    Guardians,
    Edge,
    Market,
    Mix,
    Economy,
}

impl Dice {
    pub(crate) const fn new(seed: u64, stream: Stream) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (stream as u64).wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not zero.
    pub(crate) const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// From `least` to `most`, both included.
    pub(crate) const fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    pub(crate) const fn one_in(&mut self, throws: u64) -> bool {
        self.below(throws) == 0
    }

    /// With so many chances of 10,000.
    pub(crate) const fn chance(&mut self, basis_points: u64) -> bool {
        self.below(10_000) < basis_points
    }

    /// A number of [`Self::tail`]'s law, one at least: Pareto's with exponent 8/7, whose richest fifth has four fifths. Cut off at `most`.
    pub(crate) fn tail(&mut self, most: f64) -> f64 {
        // (0, 1]; u^(-7/8) by roots, which every machine rounds alike.
        let u = ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        (u.sqrt().sqrt().sqrt() / u).min(most)
    }
}
