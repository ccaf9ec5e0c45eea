use thiserror::Error;

use crate::{
    Commitment, Cost, HEADER_OP, Kernel, Limits, Malformed, Operation, Outline, Plan, Rule,
    layout::RECORD_BYTES,
    run,
    scale::{SCALE_BYTES, Scale},
    step::Step,
};

/// The input has another length than the model takes. The caller is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the model takes {expected} input bytes, not {actual}")]
pub struct InputLength {
    pub expected: usize,
    pub actual: usize,
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

    /// As [`Model::from_image`], for the images of another profile.
    pub fn within(image: Vec<u8>, limits: &Limits) -> Result<Self, Malformed> {
        Outline::within(image, limits)?.model()
    }

    pub(crate) fn checked(outline: Outline) -> Result<Self, Malformed> {
        for (op, step) in (0..HEADER_OP).zip(&outline.plan.steps) {
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
        Ok(self.trace_with(kernel, input)?.split_off(self.outline.plan.output().start))
    }

    /// Everything that the model computes from `input`, itself at the front (G10): what a worker commits to, for others to
    /// dispute an element of ([`crate::prove_step`]).
    pub fn trace(&self, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        self.trace_with(Kernel::best(), input)
    }

    /// As [`Model::trace`], with a given kernel. Every kernel gives the same bytes.
    pub fn trace_with(&self, kernel: Kernel, input: &[u8]) -> Result<Vec<u8>, InputLength> {
        let Outline { image, plan: Plan { steps, input_bytes, trace_bytes, .. } } = &self.outline;
        if input.len() != *input_bytes {
            return Err(InputLength { expected: *input_bytes, actual: input.len() });
        }
        Ok(run::trace(kernel, image, steps, run::Input { bytes: input, trace_bytes: *trace_bytes }))
    }

    /// Runs the operations from number `first` on again, over a trace whose earlier part is given. `None` where the trace has
    /// another length than the model's, or there is no such operation.
    pub fn resume(&self, mut trace: Vec<u8>, first: usize) -> Option<Vec<u8>> {
        let Outline { image, plan: Plan { steps, trace_bytes, .. } } = &self.outline;
        let rest = steps.get(first..).filter(|rest| !rest.is_empty() && trace.len() == *trace_bytes)?;
        run::steps(Kernel::best(), image, rest, &mut trace);
        Some(trace)
    }

    /// The operations in their order.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        self.outline.plan.steps.iter().zip(self.records()).map(|(step, record)| Operation::of(record[0], step))
    }

    /// Exact input length in bytes.
    pub fn input_bytes(&self) -> usize {
        self.outline.plan.input_bytes
    }

    /// Exact output length in bytes.
    pub fn output_bytes(&self) -> usize {
        self.outline.plan.output().len()
    }

    /// What one inference takes.
    pub fn cost(&self) -> Cost {
        self.outline.plan.cost
    }

    /// The model's graph.
    pub fn plan(&self) -> &Plan {
        &self.outline.plan
    }

    /// The image that the model was parsed from.
    pub fn image(&self) -> &[u8] {
        &self.outline.image
    }

    /// The graph's descriptor records, in order, for kernels elsewhere.
    pub fn records(&self) -> &[[u8; RECORD_BYTES]] {
        self.outline.image[RECORD_BYTES..self.outline.plan.graph_bytes].as_chunks().0
    }

    /// The image's weights section, in which descriptors find their constants.
    pub fn weights(&self) -> &[u8] {
        &self.outline.image[self.outline.plan.graph_bytes..]
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
    let (raw, _) = image[step.scales..step.scales + step.records * SCALE_BYTES].as_chunks::<SCALE_BYTES>();
    let linear = step.linear();
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
