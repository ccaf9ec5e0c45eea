//! G35, G38, G39 and G41.

use super::{
    Scene,
    elementwise::{read, store, write},
};
use crate::{
    Element,
    divide::Divisor,
    scale::{SCALE_BYTES, Scale},
    step::{Heads, WIDE_TABLE},
};

/// Elements of a tile of rows: they stay in cache while every vector meets them.
const TILE: usize = 1 << 14;

/// Products of every head of every vector with the rows that they share.
#[inline(always)]
pub(super) fn matmul(scene: Scene<'_>, heads: &Heads, out: &mut [u8]) {
    let step = scene.step;
    let (k, rows) = (step.k, step.n / heads.heads);
    let height = (TILE / k).clamp(1, rows);
    let mut vector = vec![0_i16; k];
    let mut matrix = vec![0_i16; height * k];
    let mut sums = vec![0_i32; height];
    for shared in 0..heads.shared() {
        for first in (0..rows).step_by(height) {
            let height = height.min(rows - first);
            for (r, to) in matrix.chunks_exact_mut(k).take(height).enumerate() {
                let row = first + r;
                let (at, column) = if heads.stacked { (shared * rows + row, 0) } else { (row, shared * k) };
                widen(step.second.row(scene.trace, at), step.second.element, column, to);
            }
            for i in 0..step.count {
                let met = if heads.causal { i + 1 + rows - step.count } else { rows };
                let met = met.saturating_sub(first).min(height);
                for head in shared * heads.group..(shared + 1) * heads.group {
                    widen(step.input.row(scene.trace, i), step.input.element, head * k, &mut vector);
                    for (sum, row) in sums.iter_mut().zip(matrix.chunks_exact(k)).take(met) {
                        *sum = dot(row, &vector).max(step.lo).min(step.hi);
                    }
                    sums[met..height].fill(step.lo);
                    write(out, step.out, i * step.n + head * rows + first, &sums[..height]);
                }
            }
        }
    }
}

/// Widens elements `first..` of a row, none of 32 bits (G7).
#[inline(always)]
fn widen(row: &[u8], element: Element, first: usize, to: &mut [i16]) {
    if element == Element::I8 {
        for (to, byte) in to.iter_mut().zip(&row[first..]) {
            *to = i16::from(byte.cast_signed());
        }
    } else {
        for (to, bytes) in to.iter_mut().zip(row[2 * first..].as_chunks::<2>().0) {
            *to = i16::from_le_bytes(*bytes);
        }
    }
}

#[inline(always)]
fn dot(row: &[i16], vector: &[i16]) -> i32 {
    let products = row.iter().zip(vector).map(|(y, x)| i32::from(*y).wrapping_mul(i32::from(*x)));
    products.fold(0, i32::wrapping_add)
}

#[inline(always)]
pub(super) fn exp(scene: Scene<'_>, heads: usize, out: &mut [u8]) {
    let Scene { image, trace, step } = scene;
    let (records, _) = image[step.scales..step.scales + heads * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
    let (table, _) = image[step.table..step.table + 2 * WIDE_TABLE].as_chunks::<2>();
    let mut lanes = vec![0; step.n];
    let last = WIDE_TABLE as i32 - 1;
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        let scale = Scale::decode(&records[i % heads]);
        let mut top = [0];
        read(step.second.row(trace, i), step.second.element, 0, &mut top);
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        for lane in &mut lanes {
            let below = top[0].wrapping_sub(*lane).wrapping_add(scale.bias);
            let entry = table[scale.requantise(below, 0, last) as usize];
            *lane = i32::from(i16::from_le_bytes(entry)).max(step.lo).min(step.hi);
        }
        store(out, step.out, &lanes);
    }
}

#[inline(always)]
pub(super) fn divide(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    let mut lanes = vec![0; step.n];
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        let mut sum = [0];
        read(step.second.row(trace, i), step.second.element, 0, &mut sum);
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        let divisor = Divisor::of(sum[0]);
        for lane in &mut lanes {
            *lane = divisor.apply(*lane).max(step.lo).min(step.hi);
        }
        store(out, step.out, &lanes);
    }
}

/// Turns pairs (element `p` and element `p` of the second half) of every head by the angle of the vector and the pair.
#[inline(always)]
pub(super) fn rope(scene: Scene<'_>, heads: usize, out: &mut [u8]) {
    let Scene { image, trace, step } = scene;
    let half = step.n / heads / 2;
    let mut lanes = vec![0; step.n];
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        read(step.input.row(trace, i), step.input.element, 0, &mut lanes);
        let angles = step.table + i * half * 4;
        let (angles, _) = image[angles..angles + half * 4].as_chunks::<4>();
        for head in lanes.chunks_exact_mut(2 * half) {
            let (first, second) = head.split_at_mut(half);
            for ((a, b), angle) in first.iter_mut().zip(second).zip(angles) {
                let [x, y] = turned(*a, *b, *angle);
                *a = x.max(step.lo).min(step.hi);
                *b = y.max(step.lo).min(step.hi);
            }
        }
        store(out, step.out, &lanes);
    }
}

/// `(a, b)` turned by the angle with this cosine and sine, in units of 2^-15.
#[inline(always)]
fn turned(a: i32, b: i32, [c0, c1, s0, s1]: [u8; 4]) -> [i32; 2] {
    let cos = i32::from(i16::from_le_bytes([c0, c1]));
    let sin = i32::from(i16::from_le_bytes([s0, s1]));
    let round = |sum: i32| sum.wrapping_add(1 << 14) >> 15;
    let [ac, as_, bc, bs] = [a.wrapping_mul(cos), a.wrapping_mul(sin), b.wrapping_mul(cos), b.wrapping_mul(sin)];
    [round(ac.wrapping_sub(bs)), round(bc.wrapping_add(as_))]
}
