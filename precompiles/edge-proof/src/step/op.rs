use super::Geometry;
use crate::{
    Rule,
    layout::{Descriptor, ONE_SCALE, flag, opcode},
    picture::Picture,
};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Dense,
    Conv2d(Geometry),
    MaxPool(Geometry),
    Add,
    Requantise,
    Lut,
    Act,
    Argmax,
    Copy,
    /// Whether ids are the vectors' own numbers.
    Embed {
        counted: bool,
    },
    Norm(Norm),
    Matmul(Heads),
    Max,
    Sum,
    /// How many heads take turns.
    Exp {
        heads: usize,
    },
    Divide,
    Multiply,
    Rope {
        heads: usize,
    },
    Transpose,
    Sample,
    Gather,
    Decrypt,
    SquaredError,
    /// Blocks, and the shift of the quantisation.
    Block8(Geometry, u32),
    Pixel(Picture),
    /// How many visits.
    Visit(usize),
}

/// How a vector is made a unit (G34).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Norm {
    /// Its mean is taken from it first.
    pub(crate) centred: bool,
    /// Shift of the gain; `None` where there is neither gain nor bias.
    pub(crate) gain: Option<u32>,
}

/// How the vectors of a product lie side by side (G35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heads {
    pub(crate) heads: usize,
    /// How many heads of the first operand share one of the second.
    pub(crate) group: usize,
    /// Heads of the second operand lie below each other, not beside.
    pub(crate) stacked: bool,
    pub(crate) causal: bool,
}

impl Heads {
    /// Heads of the second operand.
    pub(crate) fn shared(&self) -> usize {
        self.heads / self.group
    }
}

impl Op {
    /// The operation, and the descriptor with only those fields that it uses (G6).
    pub(super) fn read(d: &Descriptor) -> Result<(Self, Descriptor), Rule> {
        let nullary = Descriptor {
            op: d.op,
            out_type: d.out_type,
            out_base: d.out_base,
            out_stride: d.out_stride,
            count: d.count,
            n: d.n,
            ..Descriptor::default()
        };
        let unary = Descriptor { in_type: d.in_type, in_base: d.in_base, in_stride: d.in_stride, ..nullary };
        let clamped = Descriptor { lo: d.lo, hi: d.hi, ..unary };
        let scaled = Descriptor { scale_base: d.scale_base, ..clamped };
        let flagged = Descriptor { flags: d.flags & ONE_SCALE, ..scaled };
        let binary = |used: Descriptor| Descriptor {
            in2_type: d.in2_type,
            in2_base: d.in2_base,
            in2_stride: d.in2_stride,
            ..used
        };
        Ok(match d.op {
            opcode::DENSE => (Self::Dense, Descriptor { weight_base: d.weight_base, k: d.k, ..scaled }),
            opcode::CONV2D => {
                let linear = Descriptor { weight_base: d.weight_base, k: d.k, ..scaled };
                (Self::Conv2d(Geometry::read(d)?), windowed(linear, d))
            }
            opcode::MAX_POOL => (Self::MaxPool(Geometry::read(d)?), Descriptor { pad_value: 0, ..windowed(unary, d) }),
            opcode::ADD => (Self::Add, binary(flagged)),
            opcode::MULTIPLY => (Self::Multiply, binary(flagged)),
            opcode::REQUANTISE => (Self::Requantise, flagged),
            opcode::LUT => (Self::Lut, Descriptor { table_base: d.table_base, ..unary }),
            opcode::ACT => (Self::Act, Descriptor { table_base: d.table_base, ..flagged }),
            opcode::ARGMAX => (Self::Argmax, unary),
            opcode::MAX => (Self::Max, unary),
            opcode::SUM => (Self::Sum, unary),
            opcode::TRANSPOSE => (Self::Transpose, unary),
            opcode::COPY if d.k > 0 => (Self::Copy, Descriptor { k: d.k, ..binary(unary) }),
            opcode::COPY => (Self::Copy, unary),
            opcode::SAMPLE => (Self::Sample, binary(unary)),
            opcode::GATHER => (Self::Gather, Descriptor { k: d.k, ..binary(unary) }),
            opcode::DECRYPT => (Self::Decrypt, binary(unary)),
            opcode::SQUARED_ERROR => (Self::SquaredError, binary(unary)),
            opcode::DIVIDE => (Self::Divide, binary(clamped)),
            _ => Self::read_headed(d, nullary, clamped)?,
        })
    }

    /// Those that have flags or heads of their own.
    fn read_headed(d: &Descriptor, nullary: Descriptor, clamped: Descriptor) -> Result<(Self, Descriptor), Rule> {
        let heads = usize::from(d.heads);
        let headed = Descriptor { heads: d.heads, ..clamped };
        let second = (d.in2_type, d.in2_base, d.in2_stride);
        let binary = |used: Descriptor| {
            let (in2_type, in2_base, in2_stride) = second;
            Descriptor { in2_type, in2_base, in2_stride, ..used }
        };
        Ok(match d.op {
            opcode::EMBED => {
                let counted = d.flags & flag::COUNTED != 0;
                let used = if counted { Descriptor { lo: d.lo, hi: d.hi, ..nullary } } else { clamped };
                let flags = d.flags & flag::COUNTED;
                let (weight_base, table_base) = (d.weight_base, d.table_base);
                (Self::Embed { counted }, Descriptor { flags, weight_base, table_base, k: d.k, ..used })
            }
            opcode::NORM => {
                let plain = d.flags & flag::PLAIN != 0;
                let gain = (!plain).then_some(u32::from(d.shift));
                let flags = d.flags & (flag::CENTRED | flag::PLAIN);
                let used = Descriptor { flags, ..clamped };
                let used = if plain { used } else { Descriptor { table_base: d.table_base, shift: d.shift, ..used } };
                (Self::Norm(Norm { centred: d.flags & flag::CENTRED != 0, gain }), used)
            }
            opcode::MATMUL => {
                let stacked = d.flags & flag::STACKED != 0;
                let causal = d.flags & flag::CAUSAL != 0;
                let group = usize::from(d.group);
                let flags = d.flags & (flag::STACKED | flag::CAUSAL);
                let used = Descriptor { flags, k: d.k, group: d.group, ..binary(headed) };
                (Self::Matmul(Heads { heads, group, stacked, causal }), used)
            }
            opcode::EXP => {
                let used = Descriptor { scale_base: d.scale_base, table_base: d.table_base, ..binary(headed) };
                (Self::Exp { heads }, used)
            }
            opcode::ROPE => (Self::Rope { heads }, Descriptor { table_base: d.table_base, ..headed }),
            opcode::BLOCK8 => {
                let (height, width, shift) = (d.height, d.width, d.shift);
                let used = Descriptor { in_stride: 0, out_stride: 0, count: 0, ..clamped };
                let used = Descriptor { table_base: d.table_base, height, width, shift, ..used };
                (Self::Block8(Geometry::blocks(d)?, u32::from(shift)), used)
            }
            opcode::PIXEL => {
                let (height, width, shift) = (d.height, d.width, d.shift);
                let picture = Picture { height: height.into(), width: width.into(), samples: shift.into() };
                let used = Descriptor { in_type: d.in_type, in_base: d.in_base, out_stride: 0, count: 0, ..nullary };
                (Self::Pixel(picture), Descriptor { k: d.k, height, width, shift, ..used })
            }
            opcode::VISIT => {
                let used = binary(Descriptor { lo: 0, hi: 0, ..clamped });
                (Self::Visit(d.shift.into()), Descriptor { k: d.k, shift: d.shift, ..used })
            }
            _ => return Err(Rule::Opcode),
        })
    }

    /// Whether flag 1 has a meaning (G20).
    pub(super) const fn takes_one_scale(&self) -> bool {
        matches!(self, Self::Add | Self::Multiply | Self::Requantise | Self::Act)
    }
}

/// `used` with the window fields of `d`; images are dense, so strides and count have nothing to say.
fn windowed(used: Descriptor, d: &Descriptor) -> Descriptor {
    Descriptor {
        in_stride: 0,
        out_stride: 0,
        count: 0,
        height: d.height,
        width: d.width,
        channels: d.channels,
        kernel_h: d.kernel_h,
        kernel_w: d.kernel_w,
        stride_y: d.stride_y,
        stride_x: d.stride_x,
        pad_top: d.pad_top,
        pad_left: d.pad_left,
        out_height: d.out_height,
        out_width: d.out_width,
        pad_value: d.pad_value,
        ..used
    }
}
