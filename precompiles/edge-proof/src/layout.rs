//! The two 128-byte records of a graph, byte for byte (G1, G5–G7).

use crate::{Limits, MAX_OPS, Rule, SPEC_ID};

/// Bytes of a header or descriptor record.
pub(crate) const RECORD_BYTES: usize = 128;
const MAGIC: [u8; 4] = *b"EIG1";
const VERSION: u16 = 1;
/// Flag of [`Descriptor::flags`]: scale record 0 serves every channel.
pub(crate) const ONE_SCALE: u8 = 1;

/// Opcodes (G5).
pub(crate) mod opcode {
    pub(crate) const DENSE: u8 = 1;
    pub(crate) const CONV2D: u8 = 2;
    pub(crate) const MAX_POOL: u8 = 3;
    pub(crate) const ADD: u8 = 4;
    pub(crate) const REQUANTISE: u8 = 5;
    pub(crate) const LUT: u8 = 6;
    pub(crate) const ACT: u8 = 7;
    pub(crate) const ARGMAX: u8 = 8;
    pub(crate) const COPY: u8 = 9;
    pub(crate) const EMBED: u8 = 16;
    pub(crate) const NORM: u8 = 17;
    pub(crate) const MATMUL: u8 = 18;
    pub(crate) const MAX: u8 = 19;
    pub(crate) const SUM: u8 = 20;
    pub(crate) const EXP: u8 = 21;
    pub(crate) const DIVIDE: u8 = 22;
    pub(crate) const MULTIPLY: u8 = 23;
    pub(crate) const ROPE: u8 = 24;
    pub(crate) const TRANSPOSE: u8 = 25;
    pub(crate) const SAMPLE: u8 = 26;
    pub(crate) const GATHER: u8 = 27;
    pub(crate) const DECRYPT: u8 = 64;
    pub(crate) const SQUARED_ERROR: u8 = 65;
    pub(crate) const BLOCK8: u8 = 66;
    pub(crate) const PIXEL: u8 = 67;
    pub(crate) const VISIT: u8 = 68;
}

/// Flags of [`Descriptor::flags`] besides [`ONE_SCALE`], each of one operation.
pub(crate) mod flag {
    /// EMBED: ids are the vectors' numbers.
    pub(crate) const COUNTED: u8 = 2;
    /// NORM: the mean is taken away first.
    pub(crate) const CENTRED: u8 = 2;
    /// NORM: neither gain nor bias.
    pub(crate) const PLAIN: u8 = 4;
    /// MATMUL: heads of the second operand lie below each other.
    pub(crate) const STACKED: u8 = 2;
    /// MATMUL: no vector meets those after it.
    pub(crate) const CAUSAL: u8 = 4;
}

/// Type of a tensor's elements, all signed and little-endian (G7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Element {
    I8 = 1,
    I16 = 2,
    I32 = 4,
}

impl Element {
    pub(crate) fn from_code(code: u8) -> Result<Self, Rule> {
        match code {
            1 => Ok(Self::I8),
            2 => Ok(Self::I16),
            4 => Ok(Self::I32),
            _ => Err(Rule::Types),
        }
    }

    /// Size of one element in bytes.
    pub const fn bytes(self) -> usize {
        self as usize
    }

    /// Smallest and largest value of the type.
    pub const fn range(self) -> (i32, i32) {
        match self {
            Self::I8 => (i8::MIN as i32, i8::MAX as i32),
            Self::I16 => (i16::MIN as i32, i16::MAX as i32),
            Self::I32 => (i32::MIN, i32::MAX),
        }
    }
}

/// The header record (G1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) ops: u32,
    pub(crate) input_bytes: u64,
    pub(crate) weights_bytes: u64,
}

impl Header {
    pub(crate) fn encode(&self) -> [u8; RECORD_BYTES] {
        let mut out = [0; RECORD_BYTES];
        out[0..4].copy_from_slice(&MAGIC);
        out[4..6].copy_from_slice(&VERSION.to_le_bytes());
        out[8..12].copy_from_slice(&SPEC_ID.to_le_bytes());
        out[12..16].copy_from_slice(&self.ops.to_le_bytes());
        out[16..24].copy_from_slice(&self.input_bytes.to_le_bytes());
        out[24..32].copy_from_slice(&self.weights_bytes.to_le_bytes());
        out
    }

    /// Reads a record; what it cannot represent (magic, version, reserved bytes) breaks G1.
    pub(crate) fn decode(raw: &[u8; RECORD_BYTES]) -> Result<Self, Rule> {
        let mut fields = Fields { raw, at: 12 };
        let header = Self { ops: fields.u32(), input_bytes: fields.u64(), weights_bytes: fields.u64() };
        if header.encode() == *raw { Ok(header) } else { Err(Rule::Header) }
    }

    /// G3 and G4.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Rule> {
        if !(1..=MAX_OPS as u64).contains(&u64::from(self.ops)) {
            return Err(Rule::OpCount);
        }
        if !(1..=limits.trace_bytes).contains(&self.input_bytes) {
            return Err(Rule::InputSize);
        }
        if self.weights_bytes > limits.image_bytes {
            return Err(Rule::Length);
        }
        Ok(())
    }

    /// Bytes of header and descriptors.
    pub(crate) fn graph_bytes(&self) -> u64 {
        RECORD_BYTES as u64 * (1 + u64::from(self.ops))
    }
}

/// A descriptor record, in the order of its bytes. Types are codes of [`Element`] (0 = unused).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    pub(crate) op: u8,
    pub(crate) flags: u8,
    pub(crate) in_type: u8,
    pub(crate) in2_type: u8,
    pub(crate) out_type: u8,
    pub(crate) in_base: u64,
    pub(crate) in2_base: u64,
    pub(crate) out_base: u64,
    pub(crate) weight_base: u64,
    pub(crate) scale_base: u64,
    pub(crate) table_base: u64,
    pub(crate) in_stride: u32,
    pub(crate) in2_stride: u32,
    pub(crate) out_stride: u32,
    pub(crate) count: u32,
    pub(crate) k: u32,
    pub(crate) n: u32,
    pub(crate) lo: i32,
    pub(crate) hi: i32,
    pub(crate) height: u16,
    pub(crate) width: u16,
    pub(crate) channels: u16,
    pub(crate) kernel_h: u8,
    pub(crate) kernel_w: u8,
    pub(crate) stride_y: u8,
    pub(crate) stride_x: u8,
    pub(crate) pad_top: u8,
    pub(crate) pad_left: u8,
    pub(crate) out_height: u16,
    pub(crate) out_width: u16,
    pub(crate) pad_value: i8,
    pub(crate) shift: u8,
    pub(crate) heads: u16,
    pub(crate) group: u16,
}

impl Descriptor {
    pub(crate) fn encode(&self) -> [u8; RECORD_BYTES] {
        let mut out = [0; RECORD_BYTES];
        out[0..5].copy_from_slice(&[self.op, self.flags, self.in_type, self.in2_type, self.out_type]);
        let wide = [self.in_base, self.in2_base, self.out_base, self.weight_base, self.scale_base, self.table_base];
        for (slot, value) in out[8..56].chunks_exact_mut(8).zip(wide) {
            slot.copy_from_slice(&value.to_le_bytes());
        }
        let words = [self.in_stride, self.in2_stride, self.out_stride, self.count, self.k, self.n];
        for (slot, value) in out[56..80].chunks_exact_mut(4).zip(words) {
            slot.copy_from_slice(&value.to_le_bytes());
        }
        out[80..84].copy_from_slice(&self.lo.to_le_bytes());
        out[84..88].copy_from_slice(&self.hi.to_le_bytes());
        for (slot, value) in out[88..94].chunks_exact_mut(2).zip([self.height, self.width, self.channels]) {
            slot.copy_from_slice(&value.to_le_bytes());
        }
        let small = [self.kernel_h, self.kernel_w, self.stride_y, self.stride_x, self.pad_top, self.pad_left];
        out[94..100].copy_from_slice(&small);
        out[100..102].copy_from_slice(&self.out_height.to_le_bytes());
        out[102..104].copy_from_slice(&self.out_width.to_le_bytes());
        out[104] = self.pad_value.cast_unsigned();
        out[105] = self.shift;
        out[106..108].copy_from_slice(&self.heads.to_le_bytes());
        out[108..110].copy_from_slice(&self.group.to_le_bytes());
        out
    }

    /// Reads a record; reserved bytes that are not zero break G6.
    pub(crate) fn decode(raw: &[u8; RECORD_BYTES]) -> Result<Self, Rule> {
        if raw[5..8].iter().chain(&raw[110..]).any(|byte| *byte != 0) {
            return Err(Rule::Unused);
        }
        let mut f = Fields { raw, at: 0 };
        let [op, flags, in_type, in2_type, out_type] = f.bytes();
        f.at = 8;
        Ok(Self {
            op,
            flags,
            in_type,
            in2_type,
            out_type,
            in_base: f.u64(),
            in2_base: f.u64(),
            out_base: f.u64(),
            weight_base: f.u64(),
            scale_base: f.u64(),
            table_base: f.u64(),
            in_stride: f.u32(),
            in2_stride: f.u32(),
            out_stride: f.u32(),
            count: f.u32(),
            k: f.u32(),
            n: f.u32(),
            lo: f.u32().cast_signed(),
            hi: f.u32().cast_signed(),
            height: f.u16(),
            width: f.u16(),
            channels: f.u16(),
            kernel_h: f.u8(),
            kernel_w: f.u8(),
            stride_y: f.u8(),
            stride_x: f.u8(),
            pad_top: f.u8(),
            pad_left: f.u8(),
            out_height: f.u16(),
            out_width: f.u16(),
            pad_value: f.u8().cast_signed(),
            shift: f.u8(),
            heads: f.u16(),
            group: f.u16(),
        })
    }
}

/// Reads consecutive little-endian fields of one record; the record is long enough for all of them.
struct Fields<'a> {
    raw: &'a [u8; RECORD_BYTES],
    at: usize,
}

impl Fields<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let out = std::array::from_fn(|i| self.raw[self.at + i]);
        self.at += N;
        out
    }

    fn u8(&mut self) -> u8 {
        self.bytes::<1>()[0]
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }
}
