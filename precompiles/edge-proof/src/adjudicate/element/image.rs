//! Elements of what works on images: G25, G26 and G52.

use super::{Source, clamped};
use crate::{
    block8,
    step::{Geometry, Step},
};
use std::ops::Range;

/// What a window reads: of each of its rows the part inside the image. The rest is one number, and is not written out: a proof need
/// not have so many bytes.
pub(super) struct Window<'a> {
    geometry: &'a Geometry,
    /// Columns of the window, and their elements.
    rows: Vec<(Range<usize>, Vec<u8>)>,
}

/// The window of output pixel `i`.
pub(super) fn window<'a>(source: &mut impl Source, step: &Step, g: &'a Geometry, i: usize) -> Option<Window<'a>> {
    let (y, x) = (i / g.out_width * g.stride_y, i % g.out_width * g.stride_x);
    let columns = x.saturating_sub(g.pad_left)..(x + g.kernel_w).saturating_sub(g.pad_left).min(g.width);
    let mut rows = Vec::new();
    for ky in 0..g.kernel_h {
        let inside = (y + ky).checked_sub(g.pad_top).filter(|row| *row < g.height && !columns.is_empty());
        let Some(row) = inside else {
            rows.push((0..0, Vec::new()));
            continue;
        };
        let start = step.input.base + (row * g.width + columns.start) * g.channels;
        let first = (columns.start + g.pad_left).saturating_sub(x);
        rows.push((first..first + columns.len(), source.trace(start, columns.len() * g.channels)?));
    }
    Some(Window { geometry: g, rows })
}

impl Window<'_> {
    /// The sum of products with a weight row, modulo 2^32 (exact by G14).
    pub(super) fn product(&self, weights: &[u8]) -> i32 {
        let Geometry { channels, kernel_w, pad_value, .. } = *self.geometry;
        let mut sum = 0_i32;
        for ((columns, run), weights) in self.rows.iter().zip(weights.chunks_exact(kernel_w * channels)) {
            let inside = columns.start * channels..columns.end * channels;
            for (at, weight) in weights.iter().enumerate() {
                let operand = if inside.contains(&at) { run[at - inside.start].cast_signed() } else { pad_value };
                sum = sum.wrapping_add(i32::from(weight.cast_signed()) * i32::from(operand));
            }
        }
        sum
    }
}

/// The largest element of channel `c` in the window of output pixel `i`, of those inside the image.
pub(super) fn largest(source: &mut impl Source, step: &Step, g: &Geometry, (i, c): (usize, usize)) -> Option<i32> {
    let (y, x) = (i / g.out_width * g.stride_y, i % g.out_width * g.stride_x);
    let rows = y.saturating_sub(g.pad_top)..(y + g.kernel_h).saturating_sub(g.pad_top).min(g.height);
    let columns = x.saturating_sub(g.pad_left)..(x + g.kernel_w).saturating_sub(g.pad_left).min(g.width);
    let mut most = i32::from(i8::MIN);
    for row in rows {
        // From the first column's channel to the last one's.
        let start = step.input.base + (row * g.width + columns.start) * g.channels + c;
        let run = source.trace(start, (columns.len().checked_sub(1)?) * g.channels + 1)?;
        most = run.iter().step_by(g.channels).map(|byte| i32::from(byte.cast_signed())).fold(most, i32::max);
    }
    Some(most)
}

/// Level `c` of block `i`.
pub(super) fn level(
    source: &mut impl Source,
    step: &Step,
    (g, shift): (&Geometry, u32),
    (i, c): (usize, usize),
) -> Option<i32> {
    let (y, x) = (i / g.out_width * 8, i % g.out_width * 8);
    let columns = x..(x + 8).min(g.width);
    let mut pixels = [0; 64];
    let mut last = Vec::new();
    for (row, pixels) in pixels.chunks_exact_mut(8).enumerate() {
        if y + row < g.height {
            last = source.trace(step.input.base + (y + row) * g.width + columns.start, columns.len())?;
        }
        for (column, pixel) in pixels.iter_mut().enumerate() {
            *pixel = i32::from(last[column.min(columns.len() - 1)].cast_signed());
        }
    }
    let at = block8::ZIGZAG[c];
    let coefficient = block8::coefficients(&pixels, at / 8)[at % 8];
    let multiplier = source.weights(step.table + 2 * c, 2)?;
    Some(clamped(step, block8::level(coefficient, [multiplier[0], multiplier[1]], shift)))
}
