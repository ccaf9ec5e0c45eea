//! Elements of what works on images: G25, G26 and G52.

use super::{Source, clamped};
use crate::{
    block8,
    step::{Geometry, Step},
};

/// The window of output pixel `i` in the order of the weights, with padding where it leaves the image.
pub(super) fn window(source: &mut impl Source, step: &Step, g: &Geometry, i: usize) -> Option<Vec<i32>> {
    let (y, x) = (i / g.out_width * g.stride_y, i % g.out_width * g.stride_x);
    let mut window = Vec::with_capacity(step.k);
    for ky in 0..g.kernel_h {
        let inside = (y + ky).checked_sub(g.pad_top).filter(|row| *row < g.height);
        let columns = x.saturating_sub(g.pad_left)..(x + g.kernel_w).saturating_sub(g.pad_left).min(g.width);
        let run = match inside {
            Some(row) if !columns.is_empty() => {
                let start = step.input.base + (row * g.width + columns.start) * g.channels;
                source.trace(start, columns.len() * g.channels)?
            }
            _ => Vec::new(),
        };
        for kx in 0..g.kernel_w {
            let column = (x + kx).checked_sub(g.pad_left).filter(|column| !run.is_empty() && columns.contains(column));
            for channel in 0..g.channels {
                let at = column.map(|column| (column - columns.start) * g.channels + channel);
                window.push(at.map_or(i32::from(g.pad_value), |at| i32::from(run[at].cast_signed())));
            }
        }
    }
    Some(window)
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
