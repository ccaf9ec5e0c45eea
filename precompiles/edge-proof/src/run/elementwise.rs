//! G27–G32 and G40. Rows are worked off in blocks of 32-bit lanes: widen by operand type, compute, narrow by output type.

use super::Scene;
use crate::{
    Element,
    scale::{SCALE_BYTES, Scale},
    step::{LUT_TABLE, WIDE_TABLE},
};

/// Lanes of a block.
const BLOCK: usize = 128;

#[inline(always)]
pub(super) fn add(scene: Scene<'_>, out: &mut [u8]) {
    binary(scene, out, i32::wrapping_add);
}

#[inline(always)]
fn binary(scene: Scene<'_>, out: &mut [u8], combine: impl Fn(i32, i32) -> i32) {
    let step = scene.step;
    blocks(scene, out, |i, start, lanes| {
        let mut other = [0; BLOCK];
        let other = &mut other[..lanes.len()];
        read(step.input.row(scene.trace, i), step.input.element, start, lanes);
        read(step.second.row(scene.trace, i), step.second.element, start, other);
        for (lane, other) in lanes.iter_mut().zip(other) {
            *lane = combine(*lane, *other);
        }
    });
}

#[inline(always)]
pub(super) fn multiply(scene: Scene<'_>, out: &mut [u8]) {
    binary(scene, out, i32::wrapping_mul);
}

#[inline(always)]
pub(super) fn requantise(scene: Scene<'_>, out: &mut [u8]) {
    let input = &scene.step.input;
    blocks(scene, out, |i, start, lanes| read(input.row(scene.trace, i), input.element, start, lanes));
}

#[inline(always)]
pub(super) fn act(scene: Scene<'_>, out: &mut [u8]) {
    let table = &scene.image[scene.step.table..scene.step.table + WIDE_TABLE];
    let input = &scene.step.input;
    blocks(scene, out, |i, start, lanes| {
        read(input.row(scene.trace, i), input.element, start, lanes);
        for lane in lanes {
            let index = (lane.unsigned_abs() >> 1).min(WIDE_TABLE as u32 - 1);
            *lane = (*lane).max(0).wrapping_sub(i32::from(table[index as usize]));
        }
    });
}

#[inline(always)]
pub(super) fn lut(scene: Scene<'_>, out: &mut [u8]) {
    let table = &scene.image[scene.step.table..scene.step.table + LUT_TABLE];
    for (i, out) in out.chunks_exact_mut(scene.step.n).enumerate() {
        for (out, x) in out.iter_mut().zip(scene.step.input.row(scene.trace, i)) {
            // x + 128 as an unsigned byte
            *out = table[usize::from(x ^ 0x80)];
        }
    }
}

#[inline(always)]
pub(super) fn copy(scene: Scene<'_>, out: &mut [u8]) {
    let step = scene.step;
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        let (first, second) = out.split_at_mut(step.input.len * step.out.bytes());
        first.copy_from_slice(step.input.row(scene.trace, i));
        if step.second.len > 0 {
            second.copy_from_slice(step.second.row(scene.trace, i));
        }
    }
}

#[inline(always)]
pub(super) fn argmax(scene: Scene<'_>, out: &mut [u8]) {
    let step = scene.step;
    let mut lanes = [0; BLOCK];
    for i in 0..step.count {
        let row = step.input.row(scene.trace, i);
        let (mut best, mut at) = (i64::MIN, 0);
        for start in (0..step.input.len).step_by(BLOCK) {
            let lanes = &mut lanes[..BLOCK.min(step.input.len - start)];
            read(row, step.input.element, start, lanes);
            for (offset, lane) in lanes.iter().enumerate() {
                if i64::from(*lane) > best {
                    (best, at) = (i64::from(*lane), start + offset);
                }
            }
        }
        // An index fits the output by G7.
        write(out, step.out, i, &[at as i32]);
    }
}

/// Fills blocks of lanes, requantises and stores them: several short rows at a time, or a part of a long one. `fill(i,
/// start, lanes)` is asked for the elements of row `i` from `start` on.
#[inline(always)]
fn blocks(scene: Scene<'_>, out: &mut [u8], fill: impl Fn(usize, usize, &mut [i32])) {
    let (n, width) = (scene.step.n, scene.step.out.bytes());
    let mut lanes = [0; BLOCK];
    if n > BLOCK {
        for (i, out) in out.chunks_exact_mut(n * width).enumerate() {
            for (block, out) in out.chunks_mut(BLOCK * width).enumerate() {
                let lanes = &mut lanes[..out.len() / width];
                fill(i, block * BLOCK, lanes);
                scale(scene, block * BLOCK, lanes);
                store(out, scene.step.out, lanes);
            }
        }
        return;
    }
    let rows = BLOCK / n;
    for (block, out) in out.chunks_mut(rows * n * width).enumerate() {
        let lanes = &mut lanes[..out.len() / width];
        for (row, lanes) in lanes.chunks_exact_mut(n).enumerate() {
            fill(block * rows + row, 0, lanes);
        }
        if scene.step.one_scale {
            scale(scene, 0, lanes);
        } else {
            for lanes in lanes.chunks_exact_mut(n) {
                scale(scene, 0, lanes);
            }
        }
        store(out, scene.step.out, lanes);
    }
}

/// Requantises lanes of channels `first..`.
#[inline(always)]
fn scale(scene: Scene<'_>, first: usize, lanes: &mut [i32]) {
    let Scene { image, step, .. } = scene;
    if step.one_scale {
        let (records, _) = image[step.scales..step.scales + SCALE_BYTES].as_chunks::<SCALE_BYTES>();
        let scale = Scale::decode(&records[0]);
        for lane in lanes {
            *lane = scale.requantise(lane.wrapping_add(scale.bias), step.lo, step.hi);
        }
    } else {
        let start = step.scales + first * SCALE_BYTES;
        let (records, _) = image[start..start + lanes.len() * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
        for (lane, record) in lanes.iter_mut().zip(records) {
            let scale = Scale::decode(record);
            *lane = scale.requantise(lane.wrapping_add(scale.bias), step.lo, step.hi);
        }
    }
}

/// Widens elements `start..` of a row into lanes.
#[inline(always)]
pub(super) fn read(row: &[u8], element: Element, start: usize, lanes: &mut [i32]) {
    match element {
        Element::I8 => {
            for (lane, byte) in lanes.iter_mut().zip(&row[start..]) {
                *lane = i32::from(byte.cast_signed());
            }
        }
        Element::I16 => {
            for (lane, bytes) in lanes.iter_mut().zip(row[2 * start..].as_chunks::<2>().0) {
                *lane = i32::from(i16::from_le_bytes(*bytes));
            }
        }
        Element::I32 => {
            for (lane, bytes) in lanes.iter_mut().zip(row[4 * start..].as_chunks::<4>().0) {
                *lane = i32::from_le_bytes(*bytes);
            }
        }
    }
}

/// Narrows lanes, which the clamp has made fit (G15), into the front of `out`.
#[inline(always)]
pub(super) fn store(out: &mut [u8], element: Element, lanes: &[i32]) {
    match element {
        Element::I8 => {
            for (out, lane) in out.iter_mut().zip(lanes) {
                *out = *lane as u8;
            }
        }
        Element::I16 => {
            for (out, lane) in out.as_chunks_mut::<2>().0.iter_mut().zip(lanes) {
                *out = (*lane as i16).to_le_bytes();
            }
        }
        Element::I32 => {
            for (out, lane) in out.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
                *out = lane.to_le_bytes();
            }
        }
    }
}

/// Stores values as elements `first..`.
#[inline(always)]
pub(super) fn write(out: &mut [u8], element: Element, first: usize, values: &[i32]) {
    let width = element.bytes();
    store(&mut out[first * width..(first + values.len()) * width], element, values);
}
