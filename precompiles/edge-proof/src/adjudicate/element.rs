//! One element by its formula (G24–G54), number by number: the kernels' twin.

mod attention;
mod image;
mod picture;
mod vector;

use super::{source::Source, value};
use crate::{
    layout::Element,
    scale::{SCALE_BYTES, Scale},
    step::{Op, Step, WIDE_TABLE},
    trace::View,
};
use std::ops::Range;

/// What element `element` of the step's output has to be. `None` where the source gives no more.
pub(super) fn evaluate(source: &mut impl Source, step: &Step, element: usize) -> Option<i32> {
    let (i, c) = (element / step.n, element % step.n);
    match step.op {
        Op::Dense => {
            let vector = vector(source, &step.input, i)?;
            linear(source, step, c, &vector)
        }
        Op::Conv2d(geometry) => {
            let window = image::window(source, step, &geometry, i)?;
            let weights = source.weights(step.weights + c * step.k, step.k)?;
            requantised(source, step, c, window.product(&weights))
        }
        Op::MaxPool(geometry) => image::largest(source, step, &geometry, (i, c)),
        Op::Block8(geometry, shift) => image::level(source, step, (&geometry, shift), (i, c)),
        Op::Add | Op::Multiply => {
            let (one, other) = (number(source, &step.input, i, c)?, number(source, &step.second, i, c)?);
            let sum = if step.op == Op::Add { one.wrapping_add(other) } else { one.wrapping_mul(other) };
            requantised(source, step, c, sum)
        }
        Op::Requantise => {
            let x = number(source, &step.input, i, c)?;
            requantised(source, step, c, x)
        }
        Op::Act => {
            let x = number(source, &step.input, i, c)?;
            let index = (x.unsigned_abs() >> 1).min(WIDE_TABLE as u32 - 1) as usize;
            let scale = scale(source, step, c)?;
            let entry = i32::from(source.weights(step.table + index, 1)?[0]);
            Some(scale.requantise(x.max(0).wrapping_sub(entry).wrapping_add(scale.bias), step.lo, step.hi))
        }
        Op::Lut => {
            let x = number(source, &step.input, i, c)?;
            source.weights(step.table + (x + 128) as usize, 1).map(|entry| value(&entry))
        }
        Op::Copy if c < step.input.len => number(source, &step.input, i, c),
        Op::Copy => number(source, &step.second, i, c - step.input.len),
        Op::Transpose => number(source, &step.input, c, i),
        Op::Embed { counted } => vector::embedded(source, step, counted, (i, c)),
        Op::Gather => vector::gathered(source, step, (i, c)),
        Op::Decrypt => vector::decrypted(source, step, (i, c)),
        Op::Argmax => Some(vector::largest(&vector(source, &step.input, i)?)?.1 as i32),
        Op::Max => Some(vector::largest(&vector(source, &step.input, i)?)?.0),
        Op::Sum => Some(vector(source, &step.input, i)?.into_iter().fold(0, i32::wrapping_add)),
        Op::SquaredError => {
            let (a, b) = (vector(source, &step.input, i)?, vector(source, &step.second, i)?);
            Some(a.iter().zip(b).fold(0_i32, |sum, (a, b)| sum.wrapping_add(a.wrapping_sub(b).wrapping_pow(2))))
        }
        Op::Pixel(of) => picture::channel(source, step, &of, (i, c)),
        Op::Visit(visits) => picture::visited(source, step, visits, (i, c)),
        Op::Sample => vector::drawn(source, step, i),
        Op::Norm(norm) => vector::normed(source, step, &norm, (i, c)),
        Op::Matmul(heads) => attention::product(source, step, &heads, (i, c)),
        Op::Exp { heads } => attention::weight(source, step, heads, (i, c)),
        Op::Divide => attention::quotient(source, step, (i, c)),
        Op::Rope { heads } => attention::turned(source, step, heads, (i, c)),
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
    record(source, step, if step.one_scale { 0 } else { channel })
}

fn record(source: &mut impl Source, step: &Step, record: usize) -> Option<Scale> {
    let raw = source.weights(step.scales + record * SCALE_BYTES, SCALE_BYTES)?;
    raw.first_chunk().map(Scale::decode)
}

fn clamped(step: &Step, value: i32) -> i32 {
    value.max(step.lo).min(step.hi)
}

/// Element `c` of vector `i`.
fn number(source: &mut impl Source, view: &View, i: usize, c: usize) -> Option<i32> {
    let width = view.element.bytes();
    source.trace(view.base + i * view.stride + c * width, width).map(|bytes| value(&bytes))
}

/// All elements of vector `i`.
fn vector(source: &mut impl Source, view: &View, i: usize) -> Option<Vec<i32>> {
    part(source, view, i, 0..view.len)
}

/// Some elements of vector `i`.
fn part(source: &mut impl Source, view: &View, i: usize, elements: Range<usize>) -> Option<Vec<i32>> {
    let width = view.element.bytes();
    let bytes = source.trace(view.base + i * view.stride + elements.start * width, elements.len() * width)?;
    // Rows may be long: told apart once, and not for each number.
    Some(match view.element {
        Element::I8 => bytes.iter().map(|byte| i32::from(byte.cast_signed())).collect(),
        Element::I16 => bytes.as_chunks().0.iter().map(|raw| i32::from(i16::from_le_bytes(*raw))).collect(),
        Element::I32 => bytes.as_chunks().0.iter().map(|raw| i32::from_le_bytes(*raw)).collect(),
    })
}
