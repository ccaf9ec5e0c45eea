//! The operations of transformers.

use super::{Affine, GraphBuilder, Tensor};
use crate::{
    Element, Rule, Scale,
    layout::{Descriptor, flag, opcode},
};

/// Between which values an output is, and of which type.
#[derive(Clone, Copy, Debug)]
pub struct Clamp {
    pub out: Element,
    pub lo: i32,
    pub hi: i32,
}

impl Clamp {
    /// All values of a type.
    pub const fn all(out: Element) -> Self {
        let (lo, hi) = out.range();
        Self { out, lo, hi }
    }
}

/// Rows of bytes, each with a multiplier: an embedding (G33).
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// `[row][element]`
    pub weights: &'a [i8],
    /// In units of 1/256, one for each row.
    pub multipliers: &'a [u16],
}

/// What a unit vector is multiplied by, in units of `2^-shift`, and what is added to it (G34).
#[derive(Clone, Copy, Debug)]
pub struct Gain<'a> {
    /// Gain and bias of each element.
    pub elements: &'a [(i16, i16)],
    pub shift: u8,
}

/// How the vectors of a product lie side by side (G35).
#[derive(Clone, Copy, Debug)]
pub struct HeadProduct {
    pub heads: usize,
    /// How many heads of the first operand share one of the second.
    pub group: usize,
    /// Heads of the second operand lie below each other, not beside.
    pub stacked: bool,
    /// No vector meets those after it.
    pub causal: bool,
}

/// `exp` as a table (G38): `entries[d]` for a distance of `d` below the largest, after the head's scale.
#[derive(Clone, Copy, Debug)]
pub struct Decay<'a> {
    /// One for each head.
    pub scales: &'a [Scale],
    pub entries: &'a [i16; 4096],
}

impl GraphBuilder {
    /// EMBED (G33): the row that each id names; of `x`, or without one, of the numbers 0 to `count - 1`.
    pub fn embed(&mut self, ids: Result<Tensor, usize>, rows: &Rows<'_>, clamp: Clamp) -> Tensor {
        let k = rows.multipliers.len();
        self.require(k > 0 && rows.weights.len().is_multiple_of(k.max(1)), Rule::Weights);
        let d = Descriptor {
            op: opcode::EMBED,
            flags: if ids.is_err() { flag::COUNTED } else { 0 },
            weight_base: self.constant(rows.weights.iter().map(|w| w.cast_unsigned())),
            table_base: self.constant(rows.multipliers.iter().flat_map(|m| m.to_le_bytes())),
            k: self.field(k),
            ..clamped(clamp)
        };
        let n = rows.weights.len() / k.max(1);
        match ids {
            Ok(x) => self.vectors(d, &[x], (x.count * x.len, n, clamp.out)),
            Err(count) => self.vectors(d, &[], (count, n, clamp.out)),
        }
    }

    /// NORM (G34): LayerNorm where `centred`, RMSNorm where not, the unit vector itself without a gain.
    pub fn norm(&mut self, x: Tensor, centred: bool, gain: Option<Gain<'_>>, clamp: Clamp) -> Tensor {
        let centred = if centred { flag::CENTRED } else { 0 };
        let mut d = Descriptor { op: opcode::NORM, flags: centred, ..clamped(clamp) };
        if let Some(gain) = gain {
            self.require(gain.elements.len() == x.len, Rule::Weights);
            d.shift = gain.shift;
            d.table_base = self.constant(gain.elements.iter().flat_map(|(gain, bias)| {
                let ([a, b], [c, d]) = (gain.to_le_bytes(), bias.to_le_bytes());
                [a, b, c, d]
            }));
        } else {
            d.flags |= flag::PLAIN;
        }
        self.vectors(d, &[x], (x.count, x.len, clamp.out))
    }

    /// MATMUL (G35): every vector of `x` with every row of `y`, head by head.
    pub fn matmul(&mut self, x: Tensor, y: Tensor, product: &HeadProduct, clamp: Clamp) -> Tensor {
        let shared = product.heads / product.group.max(1);
        let k = x.len / product.heads.max(1);
        let (rows, len) = if product.stacked { (y.count / shared.max(1), k) } else { (y.count, shared * k) };
        self.require(y.len == len && x.len == k * product.heads, Rule::Geometry);
        let mut flags = if product.stacked { flag::STACKED } else { 0 };
        flags |= if product.causal { flag::CAUSAL } else { 0 };
        let d = Descriptor {
            op: opcode::MATMUL,
            flags,
            k: self.field(k),
            heads: self.field(product.heads),
            group: self.field(product.group),
            ..clamped(clamp)
        };
        let tensor = self.vectors(d, &[x, y], (x.count, product.heads * rows, clamp.out));
        let n = self.field(rows);
        self.amend(|d| d.n = n);
        tensor
    }

    /// EXP (G38): the table's entry for how far each element lies below its vector's `top`; vectors take the heads' scales in turn.
    pub fn exp(&mut self, x: Tensor, top: Tensor, decay: &Decay<'_>, clamp: Clamp) -> Tensor {
        let d = Descriptor {
            op: opcode::EXP,
            heads: self.field(decay.scales.len()),
            scale_base: self.constant(decay.scales.iter().flat_map(Scale::encode)),
            table_base: self.constant(decay.entries.iter().flat_map(|entry| entry.to_le_bytes())),
            ..clamped(clamp)
        };
        self.vectors(d, &[x, top], (x.count, x.len, clamp.out))
    }

    /// DIVIDE (G39): 256 times each vector of `x` over its element of `sum`.
    pub fn divide(&mut self, x: Tensor, sum: Tensor, clamp: Clamp) -> Tensor {
        let d = Descriptor { op: opcode::DIVIDE, ..clamped(clamp) };
        self.vectors(d, &[x, sum], (x.count, x.len, clamp.out))
    }

    /// MULTIPLY (G40).
    pub fn multiply(&mut self, a: Tensor, b: Tensor, affine: &Affine<'_>) -> Tensor {
        self.require(a.count == b.count && a.len == b.len, Rule::Geometry);
        let d = Descriptor { op: opcode::MULTIPLY, ..self.flagged(a, affine) };
        self.vectors(d, &[a, b], (a.count, a.len, affine.out))
    }

    /// ROPE (G41): `angles` are a cosine and a sine in units of 2^-15 for each vector and pair of a head.
    pub fn rope(&mut self, x: Tensor, heads: usize, angles: &[(i16, i16)], clamp: Clamp) -> Tensor {
        self.require(angles.len() * 2 * heads == x.count * x.len, Rule::Weights);
        let d = Descriptor {
            op: opcode::ROPE,
            heads: self.field(heads),
            table_base: self.constant(angles.iter().flat_map(|(cos, sin)| {
                let ([a, b], [c, d]) = (cos.to_le_bytes(), sin.to_le_bytes());
                [a, b, c, d]
            })),
            ..clamped(clamp)
        };
        self.vectors(d, &[x], (x.count, x.len, clamp.out))
    }

    /// MAX (G36): the largest element of each vector.
    pub fn max(&mut self, x: Tensor) -> Tensor {
        self.reduced(opcode::MAX, &[x], x.element)
    }

    /// SUM (G37): of each vector's elements.
    pub fn sum(&mut self, x: Tensor) -> Tensor {
        self.reduced(opcode::SUM, &[x], Element::I32)
    }

    /// SAMPLE (G43): an index of type `out` for each vector of weights, drawn with the 32 bytes of `seed`.
    pub fn sample(&mut self, x: Tensor, seed: Tensor, out: Element) -> Tensor {
        self.reduced(opcode::SAMPLE, &[x, seed], out)
    }

    /// TRANSPOSE (G42): element `j` of every vector, for each `j`.
    pub fn transpose(&mut self, x: Tensor) -> Tensor {
        let d = Descriptor { op: opcode::TRANSPOSE, ..Descriptor::default() };
        self.vectors(d, &[x], (x.len, x.count, x.element))
    }

    /// GATHER (G44): the vector of `from` that each id names.
    pub fn gather(&mut self, ids: Tensor, from: Tensor) -> Tensor {
        let d = Descriptor { op: opcode::GATHER, k: self.field(from.count), ..Descriptor::default() };
        self.vectors(d, &[ids, from], (ids.count, from.len, from.element))
    }

    /// One element of type `out` for each vector of the first operand.
    pub(super) fn reduced(&mut self, op: u8, from: &[Tensor], out: Element) -> Tensor {
        let (count, len) = from.first().map_or((0, 0), |x| (x.count, x.len));
        let tensor = self.vectors(Descriptor { op, ..Descriptor::default() }, from, (count, 1, out));
        let n = self.field(len);
        self.amend(|d| d.n = n);
        tensor
    }
}

pub(super) fn clamped(clamp: Clamp) -> Descriptor {
    Descriptor { lo: clamp.lo, hi: clamp.hi, ..Descriptor::default() }
}
