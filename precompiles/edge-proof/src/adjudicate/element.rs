//! One element by its formula (G24–G32), number by number: the kernels' twin.

use super::{source::Source, value};
use crate::{
    scale::{SCALE_BYTES, Scale},
    step::{ACT_TABLE, Geometry, Op, Step},
    trace::View,
};

/// What element `element` of the step's output has to be. `None` where the source gives no more.
pub(super) fn evaluate(source: &mut impl Source, step: &Step, element: usize) -> Option<i32> {
    let (i, c) = (element / step.n, element % step.n);
    match step.op {
        Op::Dense => {
            let vector = vector(source, &step.input, i)?;
            linear(source, step, c, &vector)
        }
        Op::Conv2d(geometry) => {
            let window = window(source, step, &geometry, i)?;
            linear(source, step, c, &window)
        }
        Op::MaxPool(geometry) => largest(source, step, &geometry, (i, c)),
        Op::Add => {
            let (one, other) = (number(source, &step.input, i, c)?, number(source, &step.second, i, c)?);
            requantised(source, step, c, one.wrapping_add(other))
        }
        Op::Requantise => {
            let x = number(source, &step.input, i, c)?;
            requantised(source, step, c, x)
        }
        Op::Act => {
            let x = number(source, &step.input, i, c)?;
            let index = (x.unsigned_abs() >> 1).min(ACT_TABLE as u32 - 1) as usize;
            let scale = scale(source, step, c)?;
            let entry = i32::from(source.weights(step.table + index, 1)?[0]);
            Some(scale.requantise(x.max(0).wrapping_sub(entry).wrapping_add(scale.bias), step.lo, step.hi))
        }
        Op::Lut => {
            let x = number(source, &step.input, i, c)?;
            source.weights(step.table + (x + 128) as usize, 1).map(|entry| value(&entry))
        }
        Op::Argmax => {
            let mut best: Option<(i32, usize)> = None;
            for (index, x) in vector(source, &step.input, i)?.into_iter().enumerate() {
                if best.is_none_or(|(most, _)| x > most) {
                    best = Some((x, index));
                }
            }
            best.map(|(_, index)| index as i32)
        }
        Op::Copy if c < step.input.len => number(source, &step.input, i, c),
        Op::Copy => number(source, &step.second, i, c - step.input.len),
    }
}

fn linear(source: &mut impl Source, step: &Step, row: usize, vector: &[i32]) -> Option<i32> {
    let weights = source.weights(step.weights + row * step.k, step.k)?;
    // Exact in 32 bits by G14.
    let products = weights.iter().zip(vector).map(|(w, x)| i32::from(w.cast_signed()).wrapping_mul(*x));
    let sum = products.fold(0, i32::wrapping_add);
    requantised(source, step, row, sum)
}

fn requantised(source: &mut impl Source, step: &Step, channel: usize, sum: i32) -> Option<i32> {
    let scale = scale(source, step, channel)?;
    Some(scale.requantise(sum.wrapping_add(scale.bias), step.lo, step.hi))
}

fn scale(source: &mut impl Source, step: &Step, channel: usize) -> Option<Scale> {
    let record = if step.one_scale { 0 } else { channel };
    let raw = source.weights(step.scales + record * SCALE_BYTES, SCALE_BYTES)?;
    raw.first_chunk().map(Scale::decode)
}

/// Element `c` of vector `i`.
fn number(source: &mut impl Source, view: &View, i: usize, c: usize) -> Option<i32> {
    let width = view.element.bytes();
    source.trace(view.base + i * view.stride + c * width, width).map(|bytes| value(&bytes))
}

/// All elements of vector `i`.
fn vector(source: &mut impl Source, view: &View, i: usize) -> Option<Vec<i32>> {
    let width = view.element.bytes();
    let bytes = source.trace(view.base + i * view.stride, view.len * width)?;
    Some(bytes.chunks_exact(width).map(value).collect())
}

/// The window of output pixel `i` in the order of the weights, with padding where it leaves the image.
fn window(source: &mut impl Source, step: &Step, g: &Geometry, i: usize) -> Option<Vec<i32>> {
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
fn largest(source: &mut impl Source, step: &Step, g: &Geometry, (i, c): (usize, usize)) -> Option<i32> {
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
