//! G27–G32. Rows are worked off in blocks of 32-bit lanes: widen by operand type, compute, narrow by output type.

use super::Scene;
use crate::{
    Element,
    scale::{SCALE_BYTES, Scale},
    step::{ACT_TABLE, LUT_TABLE},
};

/// Lanes of a block.
const BLOCK: usize = 128;

#[inline(always)]
pub(super) fn add(scene: Scene<'_>, out: &mut [u8]) {
    blocks(scene, out, |scene, i, block, lanes| {
        let step = scene.step;
        let mut other = [0; BLOCK];
        read(step.input.row(scene.trace, i), step.input.element, block.start, lanes);
        let other = &mut other[..lanes.len()];
        read(step.second.row(scene.trace, i), step.second.element, block.start, other);
        for (lane, other) in lanes.iter_mut().zip(other) {
            *lane = lane.wrapping_add(*other);
        }
        scale(scene, block.start, lanes);
    });
}

#[inline(always)]
pub(super) fn requantise(scene: Scene<'_>, out: &mut [u8]) {
    blocks(scene, out, |scene, i, block, lanes| {
        let input = &scene.step.input;
        read(input.row(scene.trace, i), input.element, block.start, lanes);
        scale(scene, block.start, lanes);
    });
}

#[inline(always)]
pub(super) fn act(scene: Scene<'_>, out: &mut [u8]) {
    let table = &scene.image[scene.step.table..scene.step.table + ACT_TABLE];
    blocks(scene, out, |scene, i, block, lanes| {
        let input = &scene.step.input;
        read(input.row(scene.trace, i), input.element, block.start, lanes);
        for lane in &mut *lanes {
            let index = (lane.unsigned_abs() >> 1).min(ACT_TABLE as u32 - 1);
            *lane = (*lane).max(0) - i32::from(table[index as usize]);
        }
        scale(scene, block.start, lanes);
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

/// A block of a row: its first element.
struct Block {
    start: usize,
}

/// Calls `lanes_of` for every block of every row, and stores what it leaves in the lanes.
#[inline(always)]
fn blocks(scene: Scene<'_>, out: &mut [u8], lanes_of: impl Fn(Scene<'_>, usize, Block, &mut [i32])) {
    let step = scene.step;
    let mut lanes = [0; BLOCK];
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        for start in (0..step.n).step_by(BLOCK) {
            let lanes = &mut lanes[..BLOCK.min(step.n - start)];
            lanes_of(scene, i, Block { start }, lanes);
            store(&mut out[start * step.out.bytes()..], step.out, lanes);
        }
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
fn read(row: &[u8], element: Element, start: usize, lanes: &mut [i32]) {
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
fn store(out: &mut [u8], element: Element, lanes: &[i32]) {
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
