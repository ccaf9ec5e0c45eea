//! Adjudication of one element of one operation: whether what a worker committed to follows from what it committed to before.
//!
//! * J1 The model's graph and weights and the worker's trace are blobs. A claim names an operation by its number and an element of
//!   its output by its number over all vectors. The graph is known to be well formed: whoever registered it had it checked.
//! * J2 The proof opens, one after the other and each by the run of chunks that holds it (O2), bytes before values: the header
//!   record; the operation's; every operand that the element is computed from, in the order of its formula, a window row by
//!   row, those inside the image alone; the weight row; the scale record; the table's entry; the element itself.
//! * J3 Each is at the place that the record and the element's number give. A proof that is cut, or has anything after the
//!   last opening, or whose openings do not hold, is invalid: that is the fault of who made it, and shows nothing of the worker.
//! * J4 The element is recomputed by G20–G32, one number after the other. It is fraud when the committed one differs.

mod element;
mod source;

use self::{
    element::evaluate,
    source::{Openings, Record, Sections, Source},
};
use crate::{
    Blob, Commitment, Tree,
    layout::{Descriptor, Header, RECORD_BYTES},
    step::Step,
};

/// An element of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The operation's number, from zero.
    pub op: u32,
    /// The element's, over all vectors of the operation's output.
    pub element: u64,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The committed element is the one that follows.
    Consistent { value: i32 },
    /// It is another.
    Fraud { expected: i32, found: i32 },
    /// The proof is no proof of this place.
    Invalid,
}

/// Judges the element at `place` of a trace of the model's.
pub fn adjudicate(model: &Commitment, trace: &Blob, place: Place, proof: &[u8]) -> Verdict {
    let mut openings = Openings::new(model, trace, proof);
    match judge(&mut openings, place) {
        Some(verdict) if openings.is_spent() => verdict,
        _ => Verdict::Invalid,
    }
}

/// The proof of a place, by whoever has the model's image and the whole trace. `None` where there is no such place. Everything is
/// hashed for it: [`Evidence`] serves many places.
pub fn prove_step(image: &[u8], trace: &[u8], place: Place) -> Option<Vec<u8>> {
    Evidence::of(image)?.prove(&Tree::of(trace), place)
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

    /// The proof of a place of a trace of the model's. `None` where there is no such place.
    pub fn prove(&self, trace: &Tree<'_>, place: Place) -> Option<Vec<u8>> {
        let mut record = Record::new(Sections { graph: &self.graph, weights: &self.weights, trace });
        judge(&mut record, place)?;
        Some(record.proof())
    }
}

/// Reads what the element is made of, and says what it is.
fn judge(source: &mut impl Source, place: Place) -> Option<Verdict> {
    let header = Header::decode(source.graph(0)?.first_chunk()?).ok()?;
    let descriptor = source.graph(1 + u64::from((place.op < header.ops).then_some(place.op)?))?;
    let descriptor = Descriptor::decode(descriptor.first_chunk()?).ok()?;
    let step = Step::read_alone(&descriptor, usize::try_from(header.weights_bytes).ok()?).ok()?;
    let element = usize::try_from(place.element).ok().filter(|element| *element < step.count * step.n)?;
    let expected = evaluate(source, &step, element)?;
    let width = step.out.bytes();
    let found = value(&source.trace(step.out_base + element * width, width)?);
    Some(if found == expected { Verdict::Consistent { value: found } } else { Verdict::Fraud { expected, found } })
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
