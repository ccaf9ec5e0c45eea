//! Freivalds' check of a dense layer: that W x = a without the weights, by what random combinations of their rows are.
//!
//! * F1 Numbers are modulo p = 2^61 − 1. Challenge i is ρ_i, the i-th 8 bytes little-endian of BLAKE3's output stream keyed with
//!   the seed over `"freivalds"`, modulo p.
//! * F2 Row j of the weights has the coefficient ρ_i^(j + 1).
//! * F3 A projection is K numbers below p, 8 bytes little-endian each: number k is the sum over the rows of coefficient times
//!   weight k of the row.
//! * F4 Accumulators are N sums of K products of bytes, 4 bytes little-endian each, and so at most K · 2^14 in magnitude: what is
//!   larger is wrong whatever it is congruent to.
//! * F5 For each challenge, the sum of coefficient times accumulator is that of projection times input.
//!
//! Wrong accumulators pass one challenge with probability at most N ÷ p, over the choice of the seed: it has to be later than
//! they are. Whose projections these are, and whose input, is for the caller to know: projections are as good as a root that
//! somebody attests, and any number of them can be disputed by itself.

use crate::MAX_K;

/// Bits of the prime, which is 2^BITS − 1.
const BITS: u32 = 61;
/// Rows of the weights.
pub const ROWS_MAX: usize = 1 << 16;
/// Challenges of one check.
pub const CHALLENGES_MAX: usize = 4;
/// Bytes of an accumulator, and of a number of a projection.
const ACCUMULATOR: usize = 4;
const NUMBER: usize = 8;

/// The bytes are no claim at all: lengths that do not go together, or a number that is not below the prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("input, accumulators and projections do not go together")]
pub struct MalformedLayer;

/// What is claimed of one layer.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// x: K signed bytes.
    pub input: &'a [u8],
    /// a: N sums.
    pub accumulators: &'a [u8],
    /// Of one challenge after the other.
    pub projections: &'a [u8],
}

impl Layer<'_> {
    /// Rows of the weights, and challenges.
    ///
    /// # Errors
    /// [`MalformedLayer`] where there are none or too many.
    pub fn shape(&self) -> Result<(usize, usize), MalformedLayer> {
        let (columns, rows) = (self.input.len(), self.accumulators.len() / ACCUMULATOR);
        let challenges = (self.projections.len() / NUMBER).checked_div(columns).unwrap_or_default();
        let whole =
            rows * ACCUMULATOR == self.accumulators.len() && challenges * columns * NUMBER == self.projections.len();
        let bounded = columns <= MAX_K && (1..=ROWS_MAX).contains(&rows) && (1..=CHALLENGES_MAX).contains(&challenges);
        if whole && bounded { Ok((rows, challenges)) } else { Err(MalformedLayer) }
    }

    /// Whether the claim holds for the seed's challenges.
    ///
    /// # Errors
    /// [`MalformedLayer`].
    pub fn holds(&self, seed: &[u8; 32]) -> Result<bool, MalformedLayer> {
        self.holds_modulo::<BITS>(seed)
    }

    /// As [`Layer::holds`] at the prime 2^`BITS` − 1, `BITS` being 61 or less: for measuring how often a wrong layer passes, which at
    /// 61 bits nobody would live to see.
    ///
    /// # Errors
    /// [`MalformedLayer`].
    pub fn holds_modulo<const BITS: u32>(&self, seed: &[u8; 32]) -> Result<bool, MalformedLayer> {
        let (_, challenges) = self.shape()?;
        let projections: Vec<_> =
            self.projections.as_chunks().0.iter().map(|number| u64::from_le_bytes(*number)).collect();
        if projections.iter().any(|number| *number >= prime::<BITS>()) {
            return Err(MalformedLayer);
        }
        let accumulators: Vec<_> = self.accumulators.as_chunks().0.iter().map(|sum| i32::from_le_bytes(*sum)).collect();
        let most = self.input.len() as u64 * (1 << 14);
        if accumulators.iter().any(|sum| u64::from(sum.unsigned_abs()) > most) {
            return Ok(false);
        }
        let challenges = self::challenges::<BITS>(seed, challenges);
        let holds = |(rho, projection): (u64, &[u64])| {
            let sums = accumulators.iter().map(|sum| number::<BITS>(i64::from(*sum)));
            let claimed = powers::<BITS>(rho)
                .zip(sums)
                .fold(0, |sum, (power, value)| add::<BITS>(sum, mul::<BITS>(power, value)));
            let input = self.input.iter().map(|value| number::<BITS>(i64::from(value.cast_signed())));
            let projected = projection.iter().zip(input).fold(0, |sum, (u, x)| add::<BITS>(sum, mul::<BITS>(*u, x)));
            claimed == projected
        };
        Ok(challenges.zip(projections.chunks_exact(self.input.len())).all(holds))
    }
}

/// The projections of weights with rows of `columns` signed bytes, for the seed's challenges: what whoever attests them computes.
pub fn project(weights: &[u8], columns: usize, seed: &[u8; 32], challenges: usize) -> Vec<u8> {
    project_modulo::<BITS>(weights, columns, seed, challenges)
}

/// As [`project`] at the prime 2^`BITS` − 1, for [`Layer::holds_modulo`].
pub fn project_modulo<const BITS: u32>(weights: &[u8], columns: usize, seed: &[u8; 32], challenges: usize) -> Vec<u8> {
    let projection = |rho| {
        let mut sums = vec![0; columns];
        for (row, power) in weights.chunks_exact(columns).zip(powers::<BITS>(rho)) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                let weight = number::<BITS>(i64::from(weight.cast_signed()));
                *sum = add::<BITS>(*sum, mul::<BITS>(power, weight));
            }
        }
        sums.into_iter().flat_map(u64::to_le_bytes).collect::<Vec<_>>()
    };
    self::challenges::<BITS>(seed, challenges).flat_map(projection).collect()
}

fn challenges<const BITS: u32>(seed: &[u8; 32], count: usize) -> impl Iterator<Item = u64> {
    let mut stream = blake3::Hasher::new_keyed(seed).update(b"freivalds").finalize_xof();
    (0..count).map(move |_| {
        let mut word = [0; NUMBER];
        stream.fill(&mut word);
        u64::from_le_bytes(word) % prime::<BITS>()
    })
}

/// ρ, ρ², ρ³, …
fn powers<const BITS: u32>(rho: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(rho), move |power| Some(mul::<BITS>(*power, rho)))
}

const fn prime<const BITS: u32>() -> u64 {
    (1 << BITS) - 1
}

/// A number of at most 33 bits and a sign.
const fn number<const BITS: u32>(value: i64) -> u64 {
    value.rem_euclid(prime::<BITS>() as i64) as u64
}

const fn add<const BITS: u32>(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= prime::<BITS>() { sum - prime::<BITS>() } else { sum }
}

/// 2^BITS is 1: what is above is added to what is below.
const fn mul<const BITS: u32>(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    add::<BITS>((product as u64) & prime::<BITS>(), (product >> BITS) as u64)
}
