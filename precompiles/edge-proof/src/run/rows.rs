//! What finds its elements elsewhere, or works on bytes: G33, G42, G44, G50 and G52.

use super::{
    Scene,
    elementwise::{read, store, write},
};
use crate::{
    block8::{ZIGZAG, coefficients, level},
    keystream,
    step::{Geometry, KEY_BYTES},
};

/// The row that an id names, of `rows`.
#[inline(always)]
pub(crate) fn row_of(id: i32, rows: usize) -> usize {
    usize::try_from(id).unwrap_or(0).min(rows - 1)
}

/// The entry of a table of weights, times its row's multiplier.
#[inline(always)]
pub(crate) fn entry(weight: u8, multiplier: [u8; 2]) -> i32 {
    (i32::from(weight.cast_signed()) * i32::from(u16::from_le_bytes(multiplier)) + 128) >> 8
}

#[inline(always)]
pub(super) fn embed(scene: Scene<'_>, counted: bool, out: &mut [u8]) {
    let Scene { image, trace, step } = scene;
    let mut lanes = vec![0; step.n];
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        let mut id = [i32::try_from(i).unwrap_or(i32::MAX)];
        if !counted {
            read(step.input.row(trace, i), step.input.element, 0, &mut id);
        }
        let row = row_of(id[0], step.k);
        let multiplier = [image[step.table + 2 * row], image[step.table + 2 * row + 1]];
        let weights = step.weights + row * step.n;
        for (lane, weight) in lanes.iter_mut().zip(&image[weights..weights + step.n]) {
            *lane = entry(*weight, multiplier).max(step.lo).min(step.hi);
        }
        store(out, step.out, &lanes);
    }
}

#[inline(always)]
pub(super) fn gather(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    for (i, out) in out.chunks_exact_mut(step.n * step.out.bytes()).enumerate() {
        let mut id = [0];
        read(step.input.row(trace, i), step.input.element, 0, &mut id);
        out.copy_from_slice(step.second.row(trace, row_of(id[0], step.k)));
    }
}

#[inline(always)]
pub(super) fn transpose(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    let width = step.out.bytes();
    for j in 0..step.n {
        let row = step.input.row(trace, j);
        for (i, element) in row.chunks_exact(width).enumerate() {
            let at = (i * step.n + j) * width;
            out[at..at + width].copy_from_slice(element);
        }
    }
}

#[inline(always)]
pub(super) fn decrypt(scene: Scene<'_>, out: &mut [u8]) {
    let Scene { trace, step, .. } = scene;
    for (i, out) in out.chunks_exact_mut(step.n).enumerate() {
        out.copy_from_slice(step.input.row(trace, i));
    }
    let row = step.second.row(trace, 0);
    let key: [u8; KEY_BYTES] = std::array::from_fn(|i| row[i]);
    keystream::decrypt(&key, 0, out);
}

#[inline(always)]
pub(super) fn block8(scene: Scene<'_>, (g, shift): (&Geometry, u32), out: &mut [u8]) {
    let Scene { image, trace, step } = scene;
    let luma = step.input.row(trace, 0);
    let (multipliers, _) = image[step.table..step.table + 128].as_chunks::<2>();
    let mut levels = [0; 64];
    for block in 0..step.count {
        let (y, x) = (block / g.out_width * 8, block % g.out_width * 8);
        // Blocks that reach beyond the image see its last row and column again.
        let pixels = std::array::from_fn(|at| {
            let (row, column) = ((y + at / 8).min(g.height - 1), (x + at % 8).min(g.width - 1));
            i32::from(luma[row * g.width + column].cast_signed())
        });
        let rows: [[i32; 8]; 8] = std::array::from_fn(|v| coefficients(&pixels, v));
        for (to, (at, multiplier)) in levels.iter_mut().zip(ZIGZAG.into_iter().zip(multipliers)) {
            *to = level(rows[at / 8][at % 8], *multiplier, shift).max(step.lo).min(step.hi);
        }
        write(out, step.out, block * 64, &levels);
    }
}
