//! Which parts of the trace and of the weights section an operation reads (G7–G9, G12).

use super::{Geometry, KEY_BYTES, LUT_TABLE, Op, SEED_BYTES, Step, WIDE_TABLE};
use crate::{
    Element, Limits, MAX_K, Rule,
    layout::Descriptor,
    picture::{NODE_BYTES, SCENE_BYTES, STATE, TRIANGLE_BYTES, TRIES_MAX},
    scale::SCALE_BYTES,
    trace::View,
};
use std::ops::Range;

/// Output vectors, output elements of each, and `k`. G8, and the output's size, so that later products are small.
pub(super) fn dimensions(op: &Op, d: &Descriptor, (out, limit): (Element, u64)) -> Result<(usize, usize, usize), Rule> {
    let k = u64::from(d.k);
    let count = match op {
        Op::Conv2d(g) | Op::MaxPool(g) | Op::Block8(g, _) => g.pixels() as u64,
        Op::Pixel(picture) => picture.pixels() as u64,
        _ => u64::from(d.count),
    };
    let n = match op {
        Op::Argmax | Op::Max | Op::Sum | Op::SquaredError | Op::Sample => 1,
        Op::Copy => u64::from(d.n) + k,
        Op::Matmul(heads) => u64::from(d.n) * heads.heads as u64,
        _ => u64::from(d.n),
    };
    if count == 0 || d.n == 0 || !fits(op, d, n) {
        return Err(Rule::Geometry);
    }
    // The factors have at most 32 and 48 bits.
    let elements = u128::from(count) * u128::from(n);
    if elements * out.bytes() as u128 > u128::from(limit) {
        return Err(Rule::TraceSize);
    }
    Ok((count as usize, n as usize, k as usize))
}

/// G8 of each operation.
fn fits(op: &Op, d: &Descriptor, n: u64) -> bool {
    let k = u64::from(d.k);
    let row = 1..=MAX_K as u64;
    match op {
        Op::Dense => row.contains(&k),
        Op::Conv2d(g) => k == (g.kernel_h * g.kernel_w * g.channels) as u64 && row.contains(&k),
        Op::MaxPool(g) => n == g.channels as u64,
        Op::Argmax | Op::Max | Op::Sum | Op::SquaredError | Op::Sample => d.n <= 1 << 31,
        Op::Embed { .. } | Op::Gather => (1..=1 << 31).contains(&k),
        Op::Norm(norm) => row.contains(&n) && norm.gain.is_none_or(|shift| (1..=15).contains(&shift)),
        Op::Matmul(heads) => {
            let shared = heads.heads > 0 && heads.group > 0 && heads.heads.is_multiple_of(heads.group);
            row.contains(&k) && shared && (!heads.causal || d.count <= d.n)
        }
        Op::Exp { heads } => *heads > 0 && (d.count as usize).is_multiple_of(*heads),
        Op::Rope { heads } => *heads > 0 && (d.n as usize).is_multiple_of(2 * heads),
        Op::Block8(_, shift) => n == 64 && (1..=20).contains(shift),
        Op::Pixel(picture) => {
            let sides = [picture.height, picture.width].map(|side| side * picture.samples);
            n == 4 && sides.iter().all(|side| (1..1 << 15).contains(side)) && picture.tries(k) <= TRIES_MAX
        }
        Op::Visit(visits) => n == STATE as u64 && (1..=64).contains(visits) && (1..=1 << 31).contains(&k),
        _ => true,
    }
}

impl Step {
    pub(super) fn find_operands(&mut self, d: &Descriptor) -> Result<(), Rule> {
        let (count, n, k) = (self.count, self.n, self.k);
        let first = |count, len| view((d.in_base, d.in_stride, d.in_type), count, len);
        let second = |count, len| view((d.in2_base, d.in2_stride, d.in2_type), count, len);
        let none = Ok(View::NONE);
        let (input, other) = match self.op {
            Op::Dense => (first(count, k), none),
            Op::Conv2d(g) | Op::MaxPool(g) | Op::Block8(g, _) => (window(&g, d), none),
            Op::Argmax | Op::Max | Op::Sum => (first(count, d.n as usize), none),
            Op::SquaredError => (first(count, d.n as usize), second(count, d.n as usize)),
            Op::Sample => (first(count, d.n as usize), second(1, SEED_BYTES)),
            Op::Lut | Op::Act | Op::Requantise | Op::Norm(_) | Op::Rope { .. } => (first(count, n), none),
            Op::Add | Op::Multiply => (first(count, n), second(count, n)),
            Op::Exp { .. } | Op::Divide => (first(count, n), second(count, 1)),
            Op::Copy if k > 0 => (first(count, n - k), second(count, k)),
            Op::Copy => (first(count, n), none),
            Op::Embed { counted: true } => (Ok(View::NONE), none),
            Op::Embed { counted: false } => (first(count, 1), none),
            Op::Gather => (first(count, 1), second(k, n)),
            Op::Transpose => (first(n, count), none),
            Op::Pixel(_) => (first(1, SCENE_BYTES + k * TRIANGLE_BYTES), none),
            Op::Visit(_) => (first(count, n), second(k, NODE_BYTES)),
            Op::Decrypt => (first(count, n), second(1, KEY_BYTES)),
            Op::Matmul(heads) => {
                let (rows, shared) = (d.n as usize, heads.shared());
                let other = if heads.stacked { second(shared * rows, k) } else { second(rows, shared * k) };
                (first(count, heads.heads * k), other)
            }
        };
        (self.input, self.second) = (input?, other?);
        self.check_types()
    }

    /// G7 beyond valid codes.
    fn check_types(&self) -> Result<(), Rule> {
        let (element, other, out) = (self.input.element, self.second.element, self.out);
        let narrow = |element: Element| element != Element::I32;
        let fits = match self.op {
            Op::Dense | Op::Conv2d(_) | Op::Block8(..) => element == Element::I8,
            Op::MaxPool(_) | Op::Lut => element == Element::I8 && out == Element::I8,
            Op::Act => element == Element::I16,
            Op::Copy => out == element && (self.second.len == 0 || other == element),
            Op::Max | Op::Transpose => out == element,
            Op::Sum => out == Element::I32,
            Op::SquaredError => narrow(element) && narrow(other) && out == Element::I32,
            Op::Matmul(_) => narrow(element) && narrow(other),
            Op::Exp { .. } => other == element,
            Op::Rope { .. } => narrow(element),
            Op::Gather => out == other,
            Op::Sample => other == Element::I8,
            Op::Pixel(_) => element == Element::I8 && out == Element::I8,
            Op::Visit(_) => element == Element::I32 && other == Element::I8 && out == Element::I32,
            Op::Decrypt => element == Element::I8 && other == Element::I8 && out == Element::I8,
            Op::Add | Op::Multiply | Op::Requantise | Op::Argmax | Op::Divide | Op::Embed { .. } | Op::Norm(_) => true,
        };
        if fits { Ok(()) } else { Err(Rule::Types) }
    }

    pub(super) fn find_constants(&mut self, d: &Descriptor, weights: &Range<usize>) -> Result<(), Rule> {
        let (count, n, k) = (self.count as u64, self.n as u64, self.k as u64);
        self.records = match self.op {
            Op::Dense | Op::Conv2d(_) => self.n,
            Op::Add | Op::Multiply | Op::Requantise | Op::Act if self.one_scale => 1,
            Op::Add | Op::Multiply | Op::Requantise | Op::Act => self.n,
            Op::Exp { heads } => heads,
            _ => 0,
        };
        if matches!(self.op, Op::Dense | Op::Conv2d(_) | Op::Embed { .. }) {
            self.weights = place(weights, d.weight_base, u128::from(n) * u128::from(k))?;
            self.weight_bytes = self.n * self.k;
        }
        if self.scaled() {
            self.scales = place(weights, d.scale_base, self.records as u128 * SCALE_BYTES as u128)?;
        }
        let table = match self.op {
            Op::Act => WIDE_TABLE as u64,
            Op::Exp { .. } => 2 * WIDE_TABLE as u64,
            Op::Lut => LUT_TABLE as u64,
            Op::Embed { .. } => 2 * k,
            Op::Norm(norm) if norm.gain.is_some() => 4 * n,
            // A cosine and a sine for each pair of a head.
            Op::Rope { heads } => 4 * count * (n / heads as u64 / 2),
            Op::Block8(..) => 2 * 64,
            _ => 0,
        };
        if table > 0 {
            self.table = place(weights, d.table_base, u128::from(table))?;
            self.table_bytes = table as usize;
        }
        if self.clamped() {
            let (min, max) = self.out.range();
            if self.lo > self.hi || self.lo < min || self.hi > max {
                return Err(Rule::Clamp);
            }
        }
        Ok(())
    }

    /// Whether the descriptor says between what the output's values are (G15).
    fn clamped(&self) -> bool {
        let own = matches!(
            self.op,
            Op::Embed { .. } | Op::Norm(_) | Op::Matmul(_) | Op::Divide | Op::Rope { .. } | Op::Block8(..)
        );
        own || self.scaled()
    }
}

/// An operand's view; the base is bounded here so that sums with it cannot overflow.
fn view((base, stride, code): (u64, u32, u8), count: usize, len: usize) -> Result<View, Rule> {
    let element = Element::from_code(code)?;
    if base > Limits::DISPUTED.trace_bytes {
        return Err(Rule::Operand);
    }
    Ok(View { base: base as usize, stride: stride as usize, count, len, element })
}

fn window(g: &Geometry, d: &Descriptor) -> Result<View, Rule> {
    let View { base, element, .. } = view((d.in_base, 0, d.in_type), 1, 1)?;
    Ok(g.input(base, element))
}

/// Absolute place in the image of `bytes` bytes at `base` of the weights section (G12).
fn place(weights: &Range<usize>, base: u64, bytes: u128) -> Result<usize, Rule> {
    if u128::from(base) + bytes > weights.len() as u128 {
        return Err(Rule::Weights);
    }
    Ok(weights.start + base as usize)
}
