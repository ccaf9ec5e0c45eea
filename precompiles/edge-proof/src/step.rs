//! One operation, parsed: every range is inside its section and every product of dimensions is bounded.

mod bounds;
mod cost;
mod geometry;
mod op;
mod operands;

pub(crate) use self::{
    geometry::Geometry,
    op::{Heads, Norm, Op},
};

use std::ops::Range;

use crate::{
    Element, Limits, Rule,
    layout::{Descriptor, ONE_SCALE},
    trace::{Trace, View},
};

/// Entries of an ACT or EXP table (G30, G38).
pub(crate) const WIDE_TABLE: usize = 4096;
/// Entries of a LUT (G29).
pub(crate) const LUT_TABLE: usize = 256;
/// Bytes of a seed (G43).
pub(crate) const SEED_BYTES: usize = 32;
/// Bytes of a key and a nonce (G50).
pub(crate) const KEY_BYTES: usize = 44;

/// One operation with absolute places: operands and output in the trace, weights, scales and table in the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) input: View,
    pub(crate) second: View,
    pub(crate) out_base: usize,
    pub(crate) out_bytes: usize,
    pub(crate) out: Element,
    /// Output vectors (pixels, for windows) and elements of each.
    pub(crate) count: usize,
    pub(crate) n: usize,
    pub(crate) k: usize,
    pub(crate) weights: usize,
    pub(crate) weight_bytes: usize,
    pub(crate) scales: usize,
    /// How many scale records there are.
    pub(crate) records: usize,
    pub(crate) one_scale: bool,
    pub(crate) table: usize,
    pub(crate) table_bytes: usize,
    pub(crate) lo: i32,
    pub(crate) hi: i32,
    /// Largest magnitude that an element-wise step requantises, without bias; for weight rows G14 has its own bound.
    pub(crate) magnitude: u64,
}

impl Step {
    /// Reads a descriptor whose operands must be in `trace` and whose constants must be in `weights` (a range of the
    /// image), and appends its output to `trace`.
    pub(crate) fn read(d: &Descriptor, trace: &mut Trace, weights: &Range<usize>) -> Result<Self, Rule> {
        let mut step = Self::begin(d, trace.limit())?;
        step.out_base = trace.next_base();
        step.find_operands(d)?;
        let view = |view: &View| if view.len > 0 { trace.operand(view) } else { Ok((0, 0)) };
        let (first, second) = (view(&step.input)?, view(&step.second)?);
        step.find_constants(d, weights)?;
        step.bound(first, second)?;
        if d.out_base != step.out_base as u64 || !dense_output(&step, d) {
            return Err(Rule::Place);
        }
        trace.push(step.out_bytes, step.out, (step.lo, step.hi))?;
        Ok(step)
    }

    /// Reads a descriptor by itself: places are relative to the weights section, operands are somewhere in a trace, and the bounds of
    /// values are not known. That is enough to judge a graph that is known to be well formed, and to refuse any other.
    pub(crate) fn read_alone(d: &Descriptor, weights_bytes: usize) -> Result<Self, Rule> {
        let limit = Limits::DISPUTED.trace_bytes;
        let mut step = Self::begin(d, limit)?;
        step.out_base = usize::try_from(d.out_base).ok().filter(|base| *base as u64 <= limit).ok_or(Rule::Place)?;
        step.find_operands(d)?;
        if [step.input, step.second].iter().any(|view| view.end() > u128::from(limit)) {
            return Err(Rule::Operand);
        }
        step.find_constants(d, &(0..weights_bytes))?;
        Ok(step)
    }

    /// What the descriptor alone says, before operands and constants are found.
    fn begin(d: &Descriptor, limit: u64) -> Result<Self, Rule> {
        let (op, used) = Op::read(d)?;
        if used != *d {
            return Err(Rule::Unused);
        }
        let out = Element::from_code(d.out_type)?;
        let (count, n, k) = operands::dimensions(&op, d, (out, limit))?;
        let one_scale = d.flags & ONE_SCALE != 0 && op.takes_one_scale();
        Ok(Self {
            op,
            input: View::NONE,
            second: View::NONE,
            out_base: 0,
            out_bytes: count * n * out.bytes(),
            out,
            count,
            n,
            k,
            weights: 0,
            weight_bytes: 0,
            scales: 0,
            records: 0,
            one_scale,
            table: 0,
            table_bytes: 0,
            lo: d.lo,
            hi: d.hi,
            magnitude: 0,
        })
    }

    /// Whether the step requantises.
    pub(crate) fn scaled(&self) -> bool {
        self.records > 0
    }

    /// Whether the step's scale records are those of rows of weights.
    pub(crate) fn linear(&self) -> bool {
        matches!(self.op, Op::Dense | Op::Conv2d(_))
    }
}

/// Outputs are dense (G10).
fn dense_output(step: &Step, d: &Descriptor) -> bool {
    match step.op {
        Op::Conv2d(_) | Op::MaxPool(_) | Op::Block8(..) | Op::Pixel(_) => true,
        _ => d.out_stride as usize == step.n * step.out.bytes(),
    }
}
