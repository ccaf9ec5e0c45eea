use std::ops::Range;
use thiserror::Error;

use crate::{
    Commitment, Cost, Element, HEADER_OP, Kernel, Malformed, Outline, Place, Rule,
    layout::RECORD_BYTES,
    run,
    scale::{SCALE_BYTES, Scale},
    step::{ACT_TABLE, LUT_TABLE, Op, Step},
};

/// The input has another length than the model takes. The caller is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the model takes {expected} input bytes, not {actual}")]
pub struct InputLength {
    pub expected: usize,
    pub actual: usize,
}

/// Where an operation has its output and its constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its code (G5).
    pub opcode: u8,
    /// Bytes of the trace that it writes.
    pub output: Range<usize>,
    /// Type of what it writes.
    pub element: Element,
    /// Bytes of the image: weights, scale records and table. Empty where it has none.
    pub weights: Range<usize>,
    pub scales: Range<usize>,
    pub table: Range<usize>,
}

impl Operation {
    fn of(opcode: u8, step: &Step) -> Self {
        let from = |start: usize, bytes: usize| start..start + bytes;
        let weights = if matches!(step.op, Op::Dense | Op::Conv2d(_)) { step.n * step.k } else { 0 };
        let records = match (step.scaled(), step.one_scale) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => step.n,
        };
        let table = match step.op {
            Op::Act => ACT_TABLE,
            Op::Lut => LUT_TABLE,
            _ => 0,
        };
        Self {
            opcode,
            output: from(step.out_base, step.out_bytes),
            element: step.out,
            weights: from(step.weights, weights),
            scales: from(step.scales, records * SCALE_BYTES),
            table: from(step.table, table),
        }
    }

    /// Elements over all vectors of the output: [`Place::element`] is below.
    pub fn elements(&self) -> usize {
        self.output.len() / self.element.bytes()
    }
}

/// A model image that keeps every rule of the specification: inference cannot fail, overflow or read out of bounds.
#[derive(Clone, Debug)]
pub struct Model {
    outline: Outline,
}

impl Model {
    /// Checks an image; copies it once. [`Model::from_image`] does without the copy.
    pub fn parse(image: &[u8]) -> Result<Self, Malformed> {
        if image.len() > crate::MAX_IMAGE_BYTES {
            return Err(Malformed::header(Rule::Length));
        }
        Self::from_image(image.to_vec())
    }

    /// Checks an image and keeps it.
    pub fn from_image(image: Vec<u8>) -> Result<Self, Malformed> {
        Outline::read(image)?.model()
    }

    pub(crate) fn checked(outline: Outline) -> Result<Self, Malformed> {
        for (op, step) in (0..HEADER_OP).zip(&outline.steps) {
            check_scales(&outline.image, step).map_err(|rule| Malformed { rule, op })?;
        }
        Ok(Self { outline })
    }

    /// Runs the model on `input`, with the fastest kernel this machine has.
    pub fn infer(&self, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        self.infer_with(Kernel::best(), input)
    }

    /// Runs the model with a given kernel. Every kernel gives the same bytes.
    pub fn infer_with(&self, kernel: Kernel, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        Ok(self.trace_with(kernel, input)?.split_off(self.output_start()))
    }

    /// Everything that the model computes from `input`, itself at the front (G10): what a worker commits to, for others to
    /// dispute an element of ([`crate::prove_step`]).
    pub fn trace(&self, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        self.trace_with(Kernel::best(), input)
    }

    fn trace_with(&self, kernel: Kernel, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        let Outline { image, steps, input_bytes, trace_bytes, .. } = &self.outline;
        if input.len() != *input_bytes {
            return Err(InputLength { expected: *input_bytes, actual: input.len() });
        }
        Ok(run::trace(kernel, image, steps, run::Input { bytes: input, trace_bytes: *trace_bytes }))
    }

    /// Runs the operations from number `first` on again, over a trace whose earlier part is given. `None` where the trace has
    /// another length than the model's.
    pub fn resume(&self, mut trace: Vec<u8>, first: usize) -> Option<Vec<u8>> {
        let Outline { image, steps, trace_bytes, .. } = &self.outline;
        let rest = steps.get(first..).filter(|_| trace.len() == *trace_bytes)?;
        run::steps(Kernel::best(), image, rest, &mut trace);
        Some(trace)
    }

    /// The operations in their order.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        let opcodes = self.outline.image[RECORD_BYTES..].iter().step_by(RECORD_BYTES);
        self.outline.steps.iter().zip(opcodes).map(|(step, opcode)| Operation::of(*opcode, step))
    }

    /// The element that a byte of the trace belongs to, which is what a challenger looks for who found the first byte that
    /// differs. `None` in the input, between outputs, and beyond the end.
    pub fn place(&self, byte: usize) -> Option<Place> {
        let op = self.outline.steps.partition_point(|step| step.out_base <= byte).checked_sub(1)?;
        let step = &self.outline.steps[op];
        let element = (byte - step.out_base) / step.out.bytes();
        (element < step.count * step.n).then_some(Place { op: op as u32, element: element as u64 })
    }

    fn output_start(&self) -> usize {
        self.outline.steps.last().map_or(0, |step| step.out_base)
    }

    /// Exact input length in bytes.
    pub fn input_bytes(&self) -> usize {
        self.outline.input_bytes
    }

    /// Exact output length in bytes.
    pub fn output_bytes(&self) -> usize {
        self.outline.trace_bytes - self.output_start()
    }

    /// What one inference takes.
    pub fn cost(&self) -> Cost {
        self.outline.cost
    }

    /// The image that the model was parsed from.
    pub fn image(&self) -> &[u8] {
        &self.outline.image
    }

    /// Gives the image back.
    pub fn into_image(self) -> Vec<u8> {
        self.outline.image
    }

    /// Hashes the image and its transposed weight matrices ([`Cost::weights`] bytes more).
    pub fn commitment(&self) -> Commitment {
        Commitment::of(&self.outline)
    }
}

/// G13 and G14 of one step.
fn check_scales(image: &[u8], step: &Step) -> Result<(), Rule> {
    if !step.scaled() {
        return Ok(());
    }
    let records = if step.one_scale { 1 } else { step.n };
    let (raw, _) = image[step.scales..step.scales + records * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
    let linear = matches!(step.op, Op::Dense | Op::Conv2d(_));
    // |w| <= 128 bounds every row at once; only rows that this does not clear are summed.
    let most = if linear { 128 * 128 * step.k as u64 } else { step.magnitude };
    for (row, raw) in raw.iter().enumerate() {
        let scale = Scale::decode(raw);
        scale.check()?;
        if fits(most, &scale) {
            continue;
        }
        let start = step.weights + row * step.k;
        if !linear || !fits(128 * absolute_sum(&image[start..start + step.k]), &scale) {
            return Err(Rule::Overflow);
        }
    }
    Ok(())
}

/// G14; `sum` has at most 34 bits.
#[inline(always)]
fn fits(sum: u64, scale: &Scale) -> bool {
    (sum + u64::from(scale.bias.unsigned_abs())) << scale.pre < 1 << 31
}

/// Sum of magnitudes of a weight row, at most 128 * `MAX_K` = 2^23. Sums of 256 magnitudes fit 16 bits, which a
/// processor adds eight or sixteen at a time.
fn absolute_sum(row: &[u8]) -> u64 {
    let magnitude = |weight: &u8| u16::from(weight.cast_signed().unsigned_abs());
    let part = |part: &[u8]| part.iter().fold(0_u16, |sum, weight| sum.wrapping_add(magnitude(weight)));
    row.chunks(256).map(|chunk| u64::from(part(chunk))).sum()
}
