//! One operation, parsed: every range is inside its section and every product of dimensions is bounded.

use std::ops::Range;

use crate::{
    Cost, Element, Limits, MAX_K, Rule,
    layout::{Descriptor, ONE_SCALE, opcode},
    scale::SCALE_BYTES,
    trace::{Trace, View},
};

/// Entries of an ACT table (G30).
pub(crate) const ACT_TABLE: usize = 4096;
/// Entries of a LUT (G29).
pub(crate) const LUT_TABLE: usize = 256;

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
}

/// Windows over an image in `[height][width][channels]` order (G25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) kernel_h: usize,
    pub(crate) kernel_w: usize,
    pub(crate) stride_y: usize,
    pub(crate) stride_x: usize,
    pub(crate) pad_top: usize,
    pub(crate) pad_left: usize,
    pub(crate) out_height: usize,
    pub(crate) out_width: usize,
    pub(crate) pad_value: i8,
}

impl Geometry {
    /// G8 for windows. Dimensions have at most 16 bits, so products of three fit 64.
    fn read(d: &Descriptor) -> Result<Self, Rule> {
        let g = Self {
            height: d.height.into(),
            width: d.width.into(),
            channels: d.channels.into(),
            kernel_h: d.kernel_h.into(),
            kernel_w: d.kernel_w.into(),
            stride_y: d.stride_y.into(),
            stride_x: d.stride_x.into(),
            pad_top: d.pad_top.into(),
            pad_left: d.pad_left.into(),
            out_height: d.out_height.into(),
            out_width: d.out_width.into(),
            pad_value: d.pad_value,
        };
        let dims = [g.height, g.width, g.channels, g.kernel_h, g.kernel_w];
        let steps = [g.stride_y, g.stride_x, g.out_height, g.out_width];
        let overlaps = g.pad_top < g.kernel_h
            && g.pad_left < g.kernel_w
            && (g.out_height.max(1) - 1) * g.stride_y < g.height + g.pad_top
            && (g.out_width.max(1) - 1) * g.stride_x < g.width + g.pad_left;
        if dims.contains(&0) || steps.contains(&0) || !overlaps {
            return Err(Rule::Geometry);
        }
        Ok(g)
    }

    pub(crate) fn pixels(&self) -> usize {
        self.out_height * self.out_width
    }

    fn input(&self, base: usize) -> View {
        let len = self.height * self.width * self.channels;
        View { base, stride: 0, count: 1, len, element: Element::I8 }
    }
}

/// One operation with absolute places: operands and output in the trace, weights, scales and table in the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) input: View,
    pub(crate) second: View,
    pub(crate) out_base: usize,
    pub(crate) out_bytes: usize,
    pub(crate) out: Element,
    /// Output vectors (pixels, for windows) and elements of each.
    pub(crate) count: usize,
    pub(crate) n: usize,
    pub(crate) k: usize,
    pub(crate) weights: usize,
    pub(crate) scales: usize,
    pub(crate) one_scale: bool,
    pub(crate) table: usize,
    pub(crate) lo: i32,
    pub(crate) hi: i32,
    /// Largest magnitude that an element-wise step requantises, without bias; for weight rows G14 has its own bound.
    pub(crate) magnitude: u64,
}

impl Op {
    /// The operation, and the descriptor with only those fields that it uses (G6).
    fn read(d: &Descriptor) -> Result<(Self, Descriptor), Rule> {
        let unary = Descriptor {
            op: d.op,
            in_type: d.in_type,
            out_type: d.out_type,
            in_base: d.in_base,
            in_stride: d.in_stride,
            out_base: d.out_base,
            out_stride: d.out_stride,
            count: d.count,
            n: d.n,
            ..Descriptor::default()
        };
        let scaled = Descriptor { scale_base: d.scale_base, lo: d.lo, hi: d.hi, ..unary };
        let flagged = Descriptor { flags: d.flags & ONE_SCALE, ..scaled };
        let second = (d.in2_type, d.in2_base, d.in2_stride);
        Ok(match d.op {
            opcode::DENSE => (Self::Dense, Descriptor { weight_base: d.weight_base, k: d.k, ..scaled }),
            opcode::CONV2D => {
                let linear = Descriptor { weight_base: d.weight_base, k: d.k, ..scaled };
                (Self::Conv2d(Geometry::read(d)?), windowed(linear, d))
            }
            opcode::MAX_POOL => (Self::MaxPool(Geometry::read(d)?), Descriptor { pad_value: 0, ..windowed(unary, d) }),
            opcode::ADD => (Self::Add, with_second(flagged, second)),
            opcode::REQUANTISE => (Self::Requantise, flagged),
            opcode::LUT => (Self::Lut, Descriptor { table_base: d.table_base, ..unary }),
            opcode::ACT => (Self::Act, Descriptor { table_base: d.table_base, ..flagged }),
            opcode::ARGMAX => (Self::Argmax, unary),
            opcode::COPY if d.k > 0 => (Self::Copy, Descriptor { k: d.k, ..with_second(unary, second) }),
            opcode::COPY => (Self::Copy, unary),
            _ => return Err(Rule::Opcode),
        })
    }
}

fn with_second(d: Descriptor, (in2_type, in2_base, in2_stride): (u8, u64, u32)) -> Descriptor {
    Descriptor { in2_type, in2_base, in2_stride, ..d }
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

impl Step {
    /// Reads a descriptor whose operands must be in `trace` and whose constants must be in `weights` (a range of the
    /// image), and appends its output to `trace`.
    pub(crate) fn read(d: &Descriptor, trace: &mut Trace, weights: &Range<usize>) -> Result<Self, Rule> {
        let mut step = Self::begin(d, trace.limit())?;
        step.out_base = trace.next_base();
        step.connect(d, trace, &Sections { weights })?;
        if d.out_base != step.out_base as u64 || !dense_output(&step, d) {
            return Err(Rule::Place);
        }
        trace.push(step.out_bytes, step.out, (step.lo, step.hi))?;
        Ok(step)
    }

    /// Reads a descriptor by itself, of a graph that is known to be well formed: places are relative to the weights section, and
    /// the bounds of values are not known.
    pub(crate) fn read_alone(d: &Descriptor, weights_bytes: usize) -> Result<Self, Rule> {
        let limit = Limits::DISPUTED.trace_bytes;
        let mut step = Self::begin(d, limit)?;
        step.out_base = usize::try_from(d.out_base).ok().filter(|base| *base as u64 <= limit).ok_or(Rule::Place)?;
        step.find_operands(d)?;
        step.find_constants(d, &Sections { weights: &(0..weights_bytes) })?;
        Ok(step)
    }

    /// What the descriptor alone says, before operands and constants are found.
    fn begin(d: &Descriptor, limit: u64) -> Result<Self, Rule> {
        let (op, used) = Op::read(d)?;
        if used != *d {
            return Err(Rule::Unused);
        }
        let out = Element::from_code(d.out_type)?;
        let element = Element::from_code(d.in_type)?;
        let (count, n, k) = dimensions(&op, d, (out, limit))?;
        let one_scale = d.flags & ONE_SCALE != 0;
        Ok(Self {
            op,
            input: view(d.in_base, d.in_stride, count, n, element)?,
            second: View::NONE,
            out_base: 0,
            out_bytes: count * n * out.bytes(),
            out,
            count,
            n,
            k,
            weights: 0,
            scales: 0,
            one_scale,
            table: 0,
            lo: d.lo,
            hi: d.hi,
            magnitude: 0,
        })
    }

    /// Finds operands and constants, and settles the output's bounds.
    fn connect(&mut self, d: &Descriptor, trace: &Trace, sections: &Sections<'_>) -> Result<(), Rule> {
        self.find_operands(d)?;
        let first = trace.operand(&self.input)?;
        let second = if self.second.len > 0 { trace.operand(&self.second)? } else { (0, 0) };
        self.find_constants(d, sections)?;
        self.bound(first, second)
    }

    fn find_operands(&mut self, d: &Descriptor) -> Result<(), Rule> {
        let (n, k) = (self.n, self.k);
        match self.op {
            Op::Dense => self.input.len = k,
            Op::Conv2d(g) | Op::MaxPool(g) => self.input = g.input(self.input.base),
            Op::Argmax => self.input.len = d.n as usize,
            Op::Lut | Op::Act | Op::Requantise => {}
            Op::Add => self.second = view(d.in2_base, d.in2_stride, self.count, n, Element::from_code(d.in2_type)?)?,
            Op::Copy if k > 0 => {
                self.input.len = n - k;
                self.second = view(d.in2_base, d.in2_stride, self.count, k, Element::from_code(d.in2_type)?)?;
            }
            Op::Copy => {}
        }
        self.check_types()
    }

    fn find_constants(&mut self, d: &Descriptor, sections: &Sections<'_>) -> Result<(), Rule> {
        let (n, k) = (self.n, self.k);
        if matches!(self.op, Op::Dense | Op::Conv2d(_)) {
            self.weights = sections.at(d.weight_base, n as u64 * k as u64)?;
        }
        if self.scaled() {
            let records = if self.one_scale { 1 } else { n };
            self.scales = sections.at(d.scale_base, records as u64 * SCALE_BYTES as u64)?;
            let (min, max) = self.out.range();
            if self.lo > self.hi || self.lo < min || self.hi > max {
                return Err(Rule::Clamp);
            }
        }
        match self.op {
            Op::Act => self.table = sections.at(d.table_base, ACT_TABLE as u64)?,
            Op::Lut => self.table = sections.at(d.table_base, LUT_TABLE as u64)?,
            _ => {}
        }
        Ok(())
    }

    /// Settles the bounds of the output's values by those of the operands'.
    fn bound(&mut self, first: (i32, i32), second: (i32, i32)) -> Result<(), Rule> {
        let union = (first.0.min(second.0), first.1.max(second.1));
        match self.op {
            Op::Dense | Op::Conv2d(_) => {}
            Op::Add => self.magnitude = magnitude(first) + magnitude(second),
            Op::Requantise => self.magnitude = magnitude(first),
            Op::Act => self.magnitude = magnitude(first).max(255),
            Op::Lut => (self.lo, self.hi) = Element::I8.range(),
            Op::MaxPool(_) => (self.lo, self.hi) = first,
            Op::Copy => (self.lo, self.hi) = if self.k > 0 { union } else { first },
            Op::Argmax => {
                self.lo = 0;
                // Bounded by G8: n elements lie in the trace.
                self.hi = self.input.len as i32 - 1;
                if self.hi > self.out.range().1 {
                    return Err(Rule::Types);
                }
            }
        }
        Ok(())
    }

    /// G7 beyond valid codes.
    fn check_types(&self) -> Result<(), Rule> {
        let element = self.input.element;
        let fits = match self.op {
            Op::Dense | Op::Conv2d(_) => element == Element::I8,
            Op::MaxPool(_) | Op::Lut => element == Element::I8 && self.out == Element::I8,
            Op::Act => element == Element::I16,
            Op::Copy => self.out == element && (self.second.len == 0 || self.second.element == element),
            Op::Add | Op::Requantise | Op::Argmax => true,
        };
        if fits { Ok(()) } else { Err(Rule::Types) }
    }

    /// Whether the step requantises.
    pub(crate) fn scaled(&self) -> bool {
        matches!(self.op, Op::Dense | Op::Conv2d(_) | Op::Add | Op::Requantise | Op::Act)
    }

    /// The step's share of [`Cost`], without the trace.
    pub(crate) fn cost(&self) -> Cost {
        let (count, n, k) = (self.count as u64, self.n as u64, self.k as u64);
        let scales = if !self.scaled() {
            0
        } else if self.one_scale {
            1
        } else {
            n
        };
        let base = Cost { ops: 1, outputs: count * n, scales, ..Cost::default() };
        match self.op {
            Op::Dense | Op::Conv2d(_) => {
                let runs = if let Op::Conv2d(g) = self.op { 1 + g.kernel_h as u64 } else { 1 };
                let (macs, dots, weights) = (count * n * k, count * n, n * k);
                Cost { macs, dots, weights, reads: count * k, rows: count * runs, ..base }
            }
            Op::MaxPool(g) => {
                let positions = count * (g.kernel_h * g.kernel_w) as u64;
                Cost { reads: positions * n, rows: count + positions, ..base }
            }
            Op::Add => Cost { reads: 2 * count * n, rows: 2 * count, ..base },
            Op::Requantise => Cost { reads: count * n, rows: count, ..base },
            Op::Lut => Cost { reads: count * n, rows: count, weights: LUT_TABLE as u64, ..base },
            Op::Act => Cost { reads: count * n, rows: count, weights: ACT_TABLE as u64, ..base },
            Op::Argmax => Cost { reads: count * self.input.len as u64, rows: count, ..base },
            Op::Copy => Cost { reads: count * n, rows: count * if k > 0 { 2 } else { 1 }, ..base },
        }
    }
}

/// Output vectors, output elements of each, and `k`. G8, and the output's size, so that later products are small.
fn dimensions(op: &Op, d: &Descriptor, (out, limit): (Element, u64)) -> Result<(usize, usize, usize), Rule> {
    let (count, k) = match op {
        Op::Conv2d(g) | Op::MaxPool(g) => (g.pixels() as u64, u64::from(d.k)),
        _ => (u64::from(d.count), u64::from(d.k)),
    };
    let n = match op {
        Op::Argmax => 1,
        Op::Copy => u64::from(d.n) + k,
        _ => u64::from(d.n),
    };
    let fits = match op {
        Op::Dense => (1..=MAX_K as u64).contains(&k),
        Op::Conv2d(g) => k == (g.kernel_h * g.kernel_w * g.channels) as u64 && k <= MAX_K as u64,
        Op::MaxPool(g) => n == g.channels as u64,
        Op::Argmax => u64::from(d.n) <= 1 << 31,
        _ => true,
    };
    if count == 0 || d.n == 0 || !fits {
        return Err(Rule::Geometry);
    }
    // Both factors have at most 33 bits.
    let elements = u128::from(count) * u128::from(n);
    if elements * out.bytes() as u128 > u128::from(limit) {
        return Err(Rule::TraceSize);
    }
    Ok((count as usize, n as usize, k as usize))
}

/// An operand's view; the base is bounded here so that sums with it cannot overflow.
fn view(base: u64, stride: u32, count: usize, len: usize, element: Element) -> Result<View, Rule> {
    if base > Limits::DISPUTED.trace_bytes {
        return Err(Rule::Operand);
    }
    Ok(View { base: base as usize, stride: stride as usize, count, len, element })
}

/// Outputs are dense (G10).
fn dense_output(step: &Step, d: &Descriptor) -> bool {
    match step.op {
        Op::Conv2d(_) | Op::MaxPool(_) => true,
        _ => d.out_stride as usize == step.n * step.out.bytes(),
    }
}

fn magnitude((lo, hi): (i32, i32)) -> u64 {
    u64::from(lo.unsigned_abs().max(hi.unsigned_abs()))
}

/// Places in the weights section (G12).
struct Sections<'a> {
    weights: &'a Range<usize>,
}

impl Sections<'_> {
    /// Absolute place in the image of `bytes` bytes at `base` of the section.
    fn at(&self, base: u64, bytes: u64) -> Result<usize, Rule> {
        let end = base.checked_add(bytes).ok_or(Rule::Weights)?;
        if end > self.weights.len() as u64 {
            return Err(Rule::Weights);
        }
        Ok(self.weights.start + base as usize)
    }
}
