use thiserror::Error;

/// [`Malformed::op`] of a fault in the header, before any operation.
pub const HEADER_OP: u16 = u16::MAX;

/// A rule of the specification in the crate's documentation. The number is part of the format: contracts report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Rule {
    /// G1: magic, version, specification or reserved bytes of the header.
    Header = 1,
    /// G2: the image's length.
    Length = 2,
    /// G3: the number of operations.
    OpCount = 3,
    /// G4: the input's length.
    InputSize = 4,
    /// G5: unknown opcode.
    Opcode = 5,
    /// G6: an unused field or reserved byte is not zero.
    Unused = 6,
    /// G7: element types.
    Types = 7,
    /// G8: dimensions and windows.
    Geometry = 8,
    /// G9: an operand is not inside one earlier tensor.
    Operand = 9,
    /// G10: the output is not at its place in the trace.
    Place = 10,
    /// G11: the trace is too long.
    TraceSize = 11,
    /// G12: a range outside the weights section.
    Weights = 12,
    /// G13: a scale record that is not normalised.
    ScaleRecord = 13,
    /// G14: a sum that could overflow.
    Overflow = 14,
    /// G15: the clamp.
    Clamp = 15,
    /// G16: too many multiply-accumulates.
    Macs = 16,
    /// G17: too much work.
    Work = 17,
    /// G18: too many reads of weights.
    WeightReads = 18,
    /// G19: an element whose proof no transaction could carry.
    Proof = 19,
}

impl Rule {
    /// The rule's number in the specification.
    pub const fn number(self) -> u16 {
        self as u16
    }
}

/// Why an image is not a model: the first broken rule, and the operation that breaks it ([`HEADER_OP`] for none).
/// The image's author is at fault; nothing a caller does makes these bytes a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("rule G{} ({rule:?}) is broken at operation {op}", rule.number())]
pub struct Malformed {
    pub rule: Rule,
    pub op: u16,
}

impl Malformed {
    pub(crate) const fn header(rule: Rule) -> Self {
        Self { rule, op: HEADER_OP }
    }
}
