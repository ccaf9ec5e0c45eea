//! What is made of whole vectors: G34, G36, G37, G43 and G51.

use super::{
    Scene,
    elementwise::{read, store, write},
};
use crate::{
    keystream::{threshold, word},
    step::{Norm, SEED_BYTES},
    unit::{Unit, gained, mean},
};

#[inline(always)]
pub(super) fn norm(scene: Scene<'_>, norm: &Norm, out: &mut [u8]) {
    let Scene { image, trace, step } = scene;
    let mut lanes = vec![0; step.n];
    let gains = norm.gain.map(|shift| (image[step.table..step.table + 4 * step.n].as_chunks::<4>().0, shift));
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        if norm.centred {
            let mean = mean(lanes.iter().fold(0, |sum: i32, lane| sum.wrapping_add(*lane)), step.n);
            for lane in &mut lanes {
                *lane = lane.wrapping_sub(mean);
            }
        }
        let unit = Unit::of(lanes.iter().copied());
        for lane in &mut lanes {
            *lane = unit.apply(*lane);
        }
        if let Some((gains, shift)) = gains {
            for (lane, gain) in lanes.iter_mut().zip(gains) {
                *lane = gained(*lane, *gain, shift);
            }
        }
        for lane in &mut lanes {
            *lane = (*lane).max(step.lo).min(step.hi);
        }
        store(out, step.out, &lanes);
    }
}

/// One number of every vector, made of its elements.
#[inline(always)]
fn reduce(scene: Scene<'_>, out: &mut [u8], reduce: impl Fn(&[i32]) -> i32) {
    let Scene { trace, step, .. } = scene;
    let mut lanes = vec![0; step.input.len];
    for i in 0..step.count {
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        write(out, step.out, i, &[reduce(&lanes)]);
    }
}

#[inline(always)]
pub(super) fn max(scene: Scene<'_>, out: &mut [u8]) {
    reduce(scene, out, |lanes| lanes.iter().fold(i32::MIN, |most, lane| most.max(*lane)));
}

#[inline(always)]
pub(super) fn sum(scene: Scene<'_>, out: &mut [u8]) {
    reduce(scene, out, |lanes| lanes.iter().fold(0, |sum, lane| sum.wrapping_add(*lane)));
}

#[inline(always)]
pub(super) fn squared_error(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    let (mut a, mut b) = (vec![0; step.input.len], vec![0; step.input.len]);
    for i in 0..step.count {
        read(step.input.row(trace, i), step.input.element, 0, &mut a);
        read(step.second.row(trace, i), step.second.element, 0, &mut b);
        let squares = a.iter().zip(&b).map(|(a, b)| a.wrapping_sub(*b)).map(|d| d.wrapping_mul(d));
        write(out, step.out, i, &[squares.fold(0, i32::wrapping_add)]);
    }
}

#[inline(always)]
pub(super) fn sample(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    let row = step.second.row(trace, 0);
    let seed: [u8; SEED_BYTES] = std::array::from_fn(|i| row[i]);
    let mut lanes = vec![0; step.input.len];
    for i in 0..step.count {
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        let sum = lanes.iter().fold(0, |sum: i32, lane| sum.wrapping_add((*lane).max(0)));
        // A trace holds fewer than 2^32 draws of one operation in memory.
        let mut left = threshold(word(&seed, step.out_base as u64, i as u32), sum);
        let mut drawn = 0;
        for (index, lane) in lanes.iter().enumerate() {
            let weight = (*lane).max(0);
            if left < weight {
                drawn = index;
                break;
            }
            left = left.wrapping_sub(weight);
        }
        write(out, step.out, i, &[drawn as i32]);
    }
}
