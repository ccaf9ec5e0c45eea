//! A verdict for people: by which formula an element was judged, and everything that the judge read for it, as numbers.

mod formula;
mod reading;

pub use self::{
    formula::{Formula, Operand},
    reading::{Reading, Role},
};

use super::{
    Place, Verdict, Work, judge,
    source::{Openings, Section, Source},
};
use crate::{
    Blob, Commitment,
    layout::{Descriptor, Header},
    step::{Op, Step},
};
use std::ops::Range;

/// What the judge of an element saw, and what it said.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub place: Place,
    /// How many operations the graph has.
    pub operations: u32,
    pub subject: Subject,
    /// In the order of J2.
    pub readings: Vec<Reading>,
    pub verdict: Verdict,
}

/// What an element is part of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The copy of the input at the front of the trace (J5).
    Input,
    /// The copy of the answer out of the trace (J6), which this operation wrote.
    Output(Formula),
    /// The padding after the input, or after the output of an operation (J7).
    Padding(Option<Formula>),
    /// The output of an operation (J4).
    Element(Formula),
}

impl Subject {
    /// The operation that it has to do with.
    pub const fn formula(&self) -> Option<&Formula> {
        match self {
            Self::Input => None,
            Self::Padding(formula) => formula.as_ref(),
            Self::Output(formula) | Self::Element(formula) => Some(formula),
        }
    }
}

/// One product of a weight row with what it is applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    pub weight: i32,
    pub operand: i32,
    /// The operand is outside the image, where every window reads the same value.
    pub outside: bool,
}

/// The same judgement as [`adjudicate`](super::adjudicate)'s, with what it was made of. `None` where the proof is invalid: then
/// there is nothing to be seen.
pub fn explain(model: &Commitment, work: &Work<Blob>, place: Place, proof: &[u8]) -> Option<Explanation> {
    let mut recorder = Recorder { openings: Openings::new(model, work, proof), read: Vec::new() };
    let verdict = judge(&mut recorder, place)?;
    if !recorder.openings.is_spent() {
        return None;
    }
    let mut records = recorder.read.iter().filter(|raw| matches!(raw.section, Section::Graph)).map(|raw| &raw.bytes);
    let header = Header::decode(records.next()?.first_chunk()?).ok()?;
    let step = match records.next() {
        Some(record) => {
            let descriptor = Descriptor::decode(record.first_chunk()?).ok()?;
            let weights_bytes = usize::try_from(header.weights_bytes).ok()?;
            Some((record[0], Step::read_alone(&descriptor, weights_bytes).ok()?))
        }
        None => None,
    };
    let formula = step.as_ref().map(|(opcode, step)| Formula::of(*opcode, step));
    let subject = match (place.op, formula) {
        (Place::INPUT, _) if place.element < header.input_bytes => Subject::Input,
        (Place::OUTPUT, Some(formula)) => Subject::Output(formula),
        (_, Some(formula)) if place.element < formula.operation.elements() as u64 => Subject::Element(formula),
        (_, formula) => Subject::Padding(formula),
    };
    let readings = reading::named(recorder.read, step.as_ref().map(|(_, step)| step), &subject);
    Some(Explanation { place, operations: header.ops, subject, readings, verdict })
}

impl Explanation {
    /// The products that a DENSE or a CONV2D element is the sum of, in the order of its weight row. Empty for anything else.
    pub fn terms(&self) -> Vec<Term> {
        let Subject::Element(formula) = &self.subject else { return Vec::new() };
        let Some(row) = self.readings.iter().find(|reading| matches!(reading.role, Role::Weights)) else {
            return Vec::new();
        };
        let operands = match formula.op {
            Op::Dense => self.vector().map(|operand| (operand, false)).collect(),
            Op::Conv2d(_) => self.window(formula),
            _ => Vec::new(),
        };
        let term = |(weight, (operand, outside)): (&i32, (i32, bool))| Term { weight: *weight, operand, outside };
        row.numbers.iter().zip(operands).map(term).collect()
    }

    fn vector(&self) -> impl Iterator<Item = i32> {
        let first = self.readings.iter().filter(|reading| matches!(reading.role, Role::First));
        first.flat_map(|reading| reading.numbers.iter().copied())
    }

    /// The window of a convolution in the order of the weights, and what of it is outside the image.
    fn window(&self, formula: &Formula) -> Vec<(i32, bool)> {
        let (Some(window), Some(image)) = (&formula.window, &formula.first) else { return Vec::new() };
        let pixel = self.place.element as usize / formula.n;
        let (top, left) = (pixel / window.out.1 * window.stride.0, pixel % window.out.1 * window.stride.1);
        let mut operands = Vec::with_capacity(formula.k);
        for ky in 0..window.kernel.0 {
            for kx in 0..window.kernel.1 {
                let (y, x) = ((top + ky).checked_sub(window.pad.0), (left + kx).checked_sub(window.pad.1));
                let inside = y.zip(x).filter(|(y, x)| *y < window.height && *x < window.width);
                for channel in 0..window.channels {
                    let at = inside.map(|(y, x)| image.base + (y * window.width + x) * window.channels + channel);
                    let known = at.and_then(|at| self.byte(at as u64));
                    operands.push((known.unwrap_or(formula.pad_value.into()), known.is_none()));
                }
            }
        }
        operands
    }

    /// An i8 of the first operand.
    fn byte(&self, at: u64) -> Option<i32> {
        let first = self.readings.iter().filter(|reading| matches!(reading.role, Role::First));
        let mut holding = first.filter(|reading| reading.range.contains(&at));
        holding.next().and_then(|reading| reading.numbers.get((at - reading.range.start) as usize).copied())
    }
}

/// Bytes as they were read.
struct Raw {
    section: Section,
    range: Range<u64>,
    bytes: Vec<u8>,
}

/// A proof as it is read, with a copy of everything.
struct Recorder<'a> {
    openings: Openings<'a>,
    read: Vec<Raw>,
}

impl Source for Recorder<'_> {
    fn read(&mut self, section: Section, range: Range<u64>) -> Option<Vec<u8>> {
        let bytes = self.openings.read(section, range.clone())?;
        self.read.push(Raw { section, range, bytes: bytes.clone() });
        Some(bytes)
    }
}
