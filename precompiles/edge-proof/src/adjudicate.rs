//! Adjudication of one element of one operation: whether what a worker committed to follows from what it committed to before.
//!
//! * J1 The model's graph and weights, and the worker's input, trace and answer are blobs. A claim names an operation by its number
//!   and an element of its output by its number over all vectors. The graph is known to be well formed: whoever registered it had
//!   it checked.
//! * J2 The proof opens, one after the other and each by the run of chunks that holds it (O2), bytes before values: the header
//!   record; the operation's; every operand that the element is computed from, in the order of its formula, a window row by
//!   row, those inside the image alone; the weight row; the scale record; the table's entry; the element itself.
//! * J3 Each is at the place that the record and the element's number give. A proof that is cut, or has anything after the
//!   last opening, or whose openings do not hold, is invalid: that is the fault of who made it, and shows nothing of the worker.
//! * J4 The element is recomputed by G20–G54, one number after the other. It is fraud when the committed one differs.
//! * J5 Operation [`Place::INPUT`] copies the input to the front of the trace: element `i` is byte `i`, opened in the input, then in
//!   the trace.
//! * J6 Operation [`Place::OUTPUT`] copies the answer out of the trace: byte `i` of the last operation's output, whose record is
//!   opened as any operation's, opened in the trace, then in the answer.
//! * J7 Numbers from an operation's last element on, or from the input's last byte on, are bytes of the padding up to the next
//!   output (G10), each of which is zero.
//! * J8 So that every byte of a trace, and of an answer, is somebody's to judge: who commits to one other than the model's has
//!   committed to an element that is fraud, namely the first byte that differs.

mod element;
mod explain;
mod length;
mod ranges;
mod source;

pub(crate) use self::length::{Lengths, longest};
pub use self::{
    explain::{Explanation, Formula, Operand, Reading, Role, Subject, Term, explain},
    source::{Opened, Section},
};

use self::{
    element::evaluate,
    source::{Openings, Record, Source},
};
use crate::{
    Blob, Commitment, Limits, Plan, Tree,
    layout::{Descriptor, Header, RECORD_BYTES},
    step::Step,
    trace::ALIGN,
};

/// What a worker commits to: the input that it was given, all that it computed, and the answer that it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work<T> {
    pub input: T,
    pub trace: T,
    pub output: T,
}

impl<T> Work<T> {
    /// The same of each.
    pub fn map<U>(self, each: impl Fn(T) -> U) -> Work<U> {
        Work { input: each(self.input), trace: each(self.trace), output: each(self.output) }
    }

    pub const fn as_ref(&self) -> Work<&T> {
        Work { input: &self.input, trace: &self.trace, output: &self.output }
    }
}

/// An element of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The operation's number, from zero, or one of the two below.
    pub op: u32,
    /// The element's, over all vectors of the operation's output.
    pub element: u64,
}

impl Place {
    /// The copy of the input at the front of the trace (J5).
    pub const INPUT: u32 = u32::MAX;
    /// The copy of the answer out of the trace (J6).
    pub const OUTPUT: u32 = u32::MAX - 1;
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The committed element, which begins at byte `at` of the trace, is the one that follows.
    Consistent { at: u64, value: i32 },
    /// It is another.
    Fraud { at: u64, expected: i32, found: i32 },
    /// The proof is no proof of this place.
    Invalid,
}

/// Judges the element at `place` of what a worker that ran the model committed to.
pub fn adjudicate(model: &Commitment, work: &Work<Blob>, place: Place, proof: &[u8]) -> Verdict {
    let mut openings = Openings::new(model, work, proof);
    match judge(&mut openings, place) {
        Some(verdict) if openings.is_spent() => verdict,
        _ => Verdict::Invalid,
    }
}

/// The proof of a place, by whoever has the model's image and the whole trace, for a worker that committed to it and to the input
/// and the answer that are in it. `None` where there is no such place, or the graph is none to be judged (G19). Everything is hashed for it: [`Evidence`] serves many places.
pub fn prove_step(image: &[u8], trace: &[u8], place: Place) -> Option<Vec<u8>> {
    let evidence = Evidence::of(image)?;
    let plan = Plan::read(evidence.graph.content()).ok()?;
    let work = plan.work(trace)?.map(Tree::of);
    evidence.prove(work.as_ref().map(|tree| tree as &dyn Opened), place)
}

/// The model's side of proofs, hashed once.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    graph: Tree<'a>,
    weights: Tree<'a>,
}

impl<'a> Evidence<'a> {
    /// Of a well-formed image. `None` where its header is none.
    pub fn of(image: &'a [u8]) -> Option<Self> {
        let header = Header::decode(image.first_chunk()?).ok()?;
        let (graph, weights) = image.split_at_checked(RECORD_BYTES * (1 + header.ops as usize))?;
        Some(Self { graph: Tree::of(graph), weights: Tree::of(weights) })
    }

    /// The proof of a place of what a worker committed to. `None` where there is no such place, or its proof takes what is not
    /// known.
    pub fn prove(&self, work: Work<&dyn Opened>, place: Place) -> Option<Vec<u8>> {
        let mut record = Record::new(&self.graph, &self.weights, work);
        judge(&mut record, place)?;
        Some(record.proof())
    }
}

/// Reads what the element is made of, and says what it is.
fn judge(source: &mut impl Source, place: Place) -> Option<Verdict> {
    let header = Header::decode(source.graph(0)?.first_chunk()?).ok()?;
    // Whoever calls the judge directly may name a graph that nobody checked.
    header.check(&Limits::DISPUTED).ok()?;
    match place.op {
        Place::INPUT if place.element < header.input_bytes => {
            let expected = byte(source, Section::Input, place.element)?;
            let found = byte(source, Section::Trace, place.element)?;
            Some(verdict(place.element, expected, found))
        }
        Place::INPUT => padding(source, header.input_bytes, place.element - header.input_bytes),
        Place::OUTPUT => {
            let step = step(source, &header, header.ops.checked_sub(1)?)?;
            let inside = (place.element < step.out_bytes as u64).then_some(place.element)?;
            let at = step.out_base as u64 + inside;
            let expected = byte(source, Section::Trace, at)?;
            Some(verdict(at, expected, byte(source, Section::Output, inside)?))
        }
        op => {
            let step = step(source, &header, op)?;
            let elements = (step.count * step.n) as u64;
            match place.element.checked_sub(elements) {
                None => element(source, &step, place.element as usize),
                // Nothing comes after the last output.
                Some(_) if op + 1 == header.ops => None,
                Some(beyond) => padding(source, (step.out_base + step.out_bytes) as u64, beyond),
            }
        }
    }
}

/// The operation with number `op`.
fn step(source: &mut impl Source, header: &Header, op: u32) -> Option<Step> {
    let descriptor = source.graph(1 + u64::from((op < header.ops).then_some(op)?))?;
    let descriptor = Descriptor::decode(descriptor.first_chunk()?).ok()?;
    Step::read_alone(&descriptor, usize::try_from(header.weights_bytes).ok()?).ok()
}

/// One of the operation's own elements (J4).
fn element(source: &mut impl Source, step: &Step, element: usize) -> Option<Verdict> {
    let expected = evaluate(source, step, element)?;
    let width = step.out.bytes();
    let at = step.out_base + element * width;
    let found = value(&source.trace(at, width)?);
    Some(verdict(at as u64, expected, found))
}

/// Byte `beyond` of the padding after a tensor that ends at byte `end` (J7).
fn padding(source: &mut impl Source, end: u64, beyond: u64) -> Option<Verdict> {
    let at = end.checked_add(beyond).filter(|at| *at < end.next_multiple_of(ALIGN as u64))?;
    Some(verdict(at, 0, byte(source, Section::Trace, at)?))
}

fn byte(source: &mut impl Source, section: Section, at: u64) -> Option<i32> {
    source.read(section, at..at + 1).map(|byte| value(&byte))
}

const fn verdict(at: u64, expected: i32, found: i32) -> Verdict {
    if found == expected { Verdict::Consistent { at, value: found } } else { Verdict::Fraud { at, expected, found } }
}

/// One, two or four bytes as the signed number that they are.
fn value(bytes: &[u8]) -> i32 {
    match *bytes {
        [byte] => i32::from(byte.cast_signed()),
        [low, high] => i32::from(i16::from_le_bytes([low, high])),
        [a, b, c, d] => i32::from_le_bytes([a, b, c, d]),
        _ => unreachable!("elements have one, two or four bytes (G7)"),
    }
}
