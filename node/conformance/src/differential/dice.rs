//! The one source of chance: SplitMix64, so that a case is the same on every machine (D1).

use alloy::primitives::U256;

pub(super) struct Dice(u64);

/// Words at which arithmetic turns.
const CORNERS: [U256; 12] = [
    U256::ZERO,
    U256::ONE,
    U256::from_limbs([2, 0, 0, 0]),
    U256::from_limbs([31, 0, 0, 0]),
    U256::from_limbs([32, 0, 0, 0]),
    U256::from_limbs([255, 0, 0, 0]),
    U256::from_limbs([256, 0, 0, 0]),
    U256::from_limbs([u64::MAX, 0, 0, 0]),
    U256::from_limbs([0, 1, 0, 0]),
    U256::from_limbs([0, 0, 0, 1 << 63]),
    U256::from_limbs([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1]),
    U256::MAX,
];

impl Dice {
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut dice = Self(seed);
        let stream = dice.roll();
        Self(stream ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `0..bound`; `bound` is at least 1.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    /// `low..=high`.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `percent` of 100 rolls.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which is not empty.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    pub(super) fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length).map(|_| self.roll() as u8).collect()
    }

    /// A corner, a corner's neighbour, a small number or any word.
    pub(super) fn word(&mut self) -> U256 {
        match self.below(5) {
            0 => self.pick(&CORNERS),
            1 => self.pick(&CORNERS).wrapping_add(U256::ONE),
            2 => U256::from(self.below(1024)),
            3 => U256::from(self.roll()),
            _ => U256::from_limbs([self.roll(), self.roll(), self.roll(), self.roll()]),
        }
    }
}
