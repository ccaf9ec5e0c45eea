//! Elements of what works on whole vectors, finds rows or deciphers: G31, G33, G34, G36, G43, G44 and G50.

use super::{Source, clamped, number, vector};
use crate::{
    keystream,
    run::{entry, row_of},
    step::{KEY_BYTES, Norm, SEED_BYTES, Step},
    unit::{Unit, gained, mean},
};

/// The largest of some numbers, and the first place where it is.
pub(super) fn largest(numbers: &[i32]) -> Option<(i32, usize)> {
    let mut best: Option<(i32, usize)> = None;
    for (index, x) in numbers.iter().enumerate() {
        if best.is_none_or(|(most, _)| *x > most) {
            best = Some((*x, index));
        }
    }
    best
}

pub(super) fn embedded(source: &mut impl Source, step: &Step, counted: bool, (i, c): (usize, usize)) -> Option<i32> {
    let id = if counted { i32::try_from(i).unwrap_or(i32::MAX) } else { number(source, &step.input, i, 0)? };
    let row = row_of(id, step.k);
    let weight = source.weights(step.weights + row * step.n + c, 1)?[0];
    let multiplier = source.weights(step.table + 2 * row, 2)?;
    Some(clamped(step, entry(weight, [multiplier[0], multiplier[1]])))
}

pub(super) fn gathered(source: &mut impl Source, step: &Step, (i, c): (usize, usize)) -> Option<i32> {
    let id = number(source, &step.input, i, 0)?;
    number(source, &step.second, row_of(id, step.k), c)
}

pub(super) fn decrypted(source: &mut impl Source, step: &Step, (i, c): (usize, usize)) -> Option<i32> {
    let byte = number(source, &step.input, i, c)?;
    let bytes = source.trace(step.second.base, KEY_BYTES)?;
    let key: [u8; KEY_BYTES] = std::array::from_fn(|at| bytes[at]);
    let mut byte = [byte as u8];
    keystream::decrypt(&key, (i * step.n + c) as u64, &mut byte);
    Some(i32::from(byte[0].cast_signed()))
}

pub(super) fn drawn(source: &mut impl Source, step: &Step, i: usize) -> Option<i32> {
    let weights: Vec<i32> = vector(source, &step.input, i)?.into_iter().map(|weight| weight.max(0)).collect();
    let bytes = source.trace(step.second.base, SEED_BYTES)?;
    let seed: [u8; SEED_BYTES] = std::array::from_fn(|at| bytes[at]);
    let sum = weights.iter().fold(0_i32, |sum, weight| sum.wrapping_add(*weight));
    let chance = keystream::word(&seed, step.out_base as u64, i as u32);
    let mut below = keystream::threshold(chance, sum);
    let passed = weights.iter().take_while(|weight| {
        let passes = below >= **weight;
        below = below.wrapping_sub(**weight);
        passes
    });
    let passed = passed.count();
    Some(if passed < weights.len() { passed as i32 } else { 0 })
}

pub(super) fn normed(source: &mut impl Source, step: &Step, norm: &Norm, (i, c): (usize, usize)) -> Option<i32> {
    let mut numbers = vector(source, &step.input, i)?;
    if norm.centred {
        let mean = mean(numbers.iter().fold(0, |sum: i32, x| sum.wrapping_add(*x)), step.n);
        for x in &mut numbers {
            *x = x.wrapping_sub(mean);
        }
    }
    let u = Unit::of(numbers.iter().copied()).apply(numbers[c]);
    let Some(shift) = norm.gain else { return Some(clamped(step, u)) };
    let gain = source.weights(step.table + 4 * c, 4)?;
    Some(clamped(step, gained(u, *gain.first_chunk()?, shift)))
}
