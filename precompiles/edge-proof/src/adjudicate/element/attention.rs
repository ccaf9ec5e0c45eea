//! Elements of attention: G35, G38, G39 and G41.

use super::{Source, clamped, number, part, record, value};
use crate::{
    divide::Divisor,
    step::{Heads, Step, WIDE_TABLE},
};

pub(super) fn product(source: &mut impl Source, step: &Step, heads: &Heads, (i, c): (usize, usize)) -> Option<i32> {
    let rows = step.n / heads.heads;
    let (head, row, k) = (c / rows, c % rows, step.k);
    if heads.causal && row + step.count > i + rows {
        return Some(step.lo);
    }
    let x = part(source, &step.input, i, head * k..(head + 1) * k)?;
    let shared = head / heads.group;
    let y = if heads.stacked {
        part(source, &step.second, shared * rows + row, 0..k)?
    } else {
        part(source, &step.second, row, shared * k..(shared + 1) * k)?
    };
    let products = x.iter().zip(y).map(|(x, y)| x.wrapping_mul(y));
    Some(clamped(step, products.fold(0, i32::wrapping_add)))
}

pub(super) fn weight(source: &mut impl Source, step: &Step, heads: usize, (i, c): (usize, usize)) -> Option<i32> {
    let (x, top) = (number(source, &step.input, i, c)?, number(source, &step.second, i, 0)?);
    let scale = record(source, step, i % heads)?;
    let below = top.wrapping_sub(x).wrapping_add(scale.bias);
    let index = scale.requantise(below, 0, WIDE_TABLE as i32 - 1) as usize;
    Some(clamped(step, value(&source.weights(step.table + 2 * index, 2)?)))
}

pub(super) fn quotient(source: &mut impl Source, step: &Step, (i, c): (usize, usize)) -> Option<i32> {
    let (x, sum) = (number(source, &step.input, i, c)?, number(source, &step.second, i, 0)?);
    Some(clamped(step, Divisor::of(sum).apply(x)))
}

pub(super) fn turned(source: &mut impl Source, step: &Step, heads: usize, (i, c): (usize, usize)) -> Option<i32> {
    let half = step.n / heads / 2;
    let pair = c % half;
    let first = c / (2 * half) * 2 * half + pair;
    let (a, b) = (number(source, &step.input, i, first)?, number(source, &step.input, i, first + half)?);
    let angle = source.weights(step.table + (i * half + pair) * 4, 4)?;
    let (cos, sin) = (value(&angle[..2]), value(&angle[2..]));
    let sum = if c == first {
        a.wrapping_mul(cos).wrapping_sub(b.wrapping_mul(sin))
    } else {
        b.wrapping_mul(cos).wrapping_add(a.wrapping_mul(sin))
    };
    Some(clamped(step, sum.wrapping_add(1 << 14) >> 15))
}
