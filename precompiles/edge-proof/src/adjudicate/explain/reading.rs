use super::{super::value, Raw, Section, Subject};
use crate::{
    scale::Scale,
    step::{Op, Step},
    trace::View,
};
use std::ops::Range;

/// Bytes that the judge read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub role: Role,
    pub section: Section,
    /// Where in the section.
    pub range: Range<u64>,
    pub bytes: Vec<u8>,
    /// The bytes as the numbers that they are; none where they are a record.
    pub numbers: Vec<i32>,
}

/// As what the judge read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The graph's header.
    Header,
    /// The operation's record.
    Record,
    /// Of the first operand.
    First,
    /// Of the second operand.
    Second,
    /// Of the weights.
    Weights,
    Scale(Scale),
    /// Of the table.
    Table,
    /// What a copy has to equal.
    Copied,
    /// What the worker committed to.
    Found,
}

/// Says of everything that was read what it is.
pub(super) fn named(read: Vec<Raw>, step: Option<&Step>, subject: &Subject) -> Vec<Reading> {
    let mut readings: Vec<Reading> = Vec::with_capacity(read.len());
    for Raw { section, range, bytes } in read {
        let first_is_read = readings.iter().any(|reading| matches!(reading.role, Role::First));
        let role = match (section, subject, step) {
            (Section::Graph, ..) if range.start == 0 => Role::Header,
            (Section::Graph, ..) => Role::Record,
            (Section::Weights, _, Some(step)) => constant(step, &range, &bytes),
            (Section::Input, ..) | (Section::Trace, Subject::Output(_), _) => Role::Copied,
            (Section::Trace, Subject::Element(_), Some(step)) => operand(step, &range, first_is_read),
            _ => Role::Found,
        };
        let numbers = numbers(role, step.filter(|_| matches!(subject, Subject::Element(_))), &bytes);
        readings.push(Reading { role, section, range, bytes, numbers });
    }
    readings
}

/// Which of an operation's constants.
fn constant(step: &Step, range: &Range<u64>, bytes: &[u8]) -> Role {
    let inside = |start: usize, bytes: usize| (start as u64..(start + bytes) as u64).contains(&range.start);
    match bytes.first_chunk() {
        // A record is read whole, at a multiple of its length: weights and tables may lie around it, but not under it.
        Some(record) if inside(step.scales, step.records * bytes.len()) && bytes.len() == record.len() => {
            Role::Scale(Scale::decode(record))
        }
        _ if inside(step.weights, step.weight_bytes) => Role::Weights,
        _ => Role::Table,
    }
}

/// Outputs come after what they are made of (G9).
fn operand(step: &Step, range: &Range<u64>, first_is_read: bool) -> Role {
    let within = |view: &View| {
        let bytes = view.count.saturating_sub(1) * view.stride + view.len * view.element.bytes();
        (view.base as u64..(view.base + bytes) as u64).contains(&range.start)
    };
    match (within(&step.input), within(&step.second)) {
        _ if range.start >= step.out_base as u64 => Role::Found,
        (true, false) => Role::First,
        // Where both operands are of one tensor, the first is read first.
        (true, true) if !first_is_read => Role::First,
        _ => Role::Second,
    }
}

fn numbers(role: Role, step: Option<&Step>, bytes: &[u8]) -> Vec<i32> {
    let wide = |width: usize| bytes.chunks_exact(width).map(value).collect();
    let unsigned = |width: usize| {
        let number = |chunk: &[u8]| chunk.iter().rev().fold(0, |number, byte| number << 8 | i32::from(*byte));
        bytes.chunks_exact(width).map(number).collect()
    };
    match (role, step) {
        (Role::Header | Role::Record | Role::Scale(_), _) => Vec::new(),
        (Role::First, Some(step)) => wide(step.input.element.bytes()),
        (Role::Second, Some(step)) => wide(step.second.element.bytes()),
        (Role::Found, Some(step)) => wide(step.out.bytes()),
        (Role::Table, Some(step)) => match step.op {
            Op::Act => unsigned(1),
            Op::Embed { .. } | Op::Block8(..) => unsigned(2),
            Op::Lut => wide(1),
            _ => wide(2),
        },
        _ => wide(1),
    }
}
