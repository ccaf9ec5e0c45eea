use crate::{Element, scale::SCALE_BYTES, step::Step};
use std::ops::Range;

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
    pub(crate) fn of(opcode: u8, step: &Step) -> Self {
        let from = |start: usize, bytes: usize| start..start + bytes;
        Self {
            opcode,
            output: from(step.out_base, step.out_bytes),
            element: step.out,
            weights: from(step.weights, step.weight_bytes),
            scales: from(step.scales, step.records * SCALE_BYTES),
            table: from(step.table, step.table_bytes),
        }
    }

    /// Elements over all vectors of the output: [`Place::element`](crate::Place::element) is below.
    pub fn elements(&self) -> usize {
        self.output.len() / self.element.bytes()
    }
}
