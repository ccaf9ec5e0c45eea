mod attention;
mod media;

pub use self::{
    attention::{Clamp, Decay, Gain, HeadProduct, Rows},
    media::Quantisation,
};

use crate::{
    Element, Limits, Malformed, Model, Rule,
    layout::{Descriptor, Header, ONE_SCALE, RECORD_BYTES, opcode},
    scale::Scale,
    trace::ALIGN,
};

/// A tensor of a graph under construction: `count` vectors of `len` elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tensor {
    base: usize,
    stride: usize,
    count: usize,
    len: usize,
    element: Element,
}

impl Tensor {
    /// The same memory as `count` vectors of `len` elements whose starts are `stride` elements apart.
    pub fn vectors(self, count: usize, len: usize, stride: usize) -> Self {
        Self { count, len, stride: stride * self.element.bytes(), ..self }
    }

    /// The same memory from element `first` on.
    pub fn skip(self, first: usize) -> Self {
        Self { base: self.base + first * self.element.bytes(), ..self }
    }

    /// All elements as one vector.
    pub fn flat(self) -> Self {
        self.vectors(1, self.count * self.len, 0)
    }

    /// How many vectors there are.
    pub fn vectors_in(self) -> usize {
        self.count
    }

    /// How many elements a vector has.
    pub fn length(self) -> usize {
        self.len
    }

    /// The same bytes as elements of another type: of the input only (G9).
    pub fn as_type(self, element: Element) -> Self {
        let bytes = self.len * self.element.bytes();
        Self { element, len: bytes / element.bytes(), ..self }
    }
}

/// How sums become outputs: one record for each row or channel (or one for all, element-wise), type and clamp.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a> {
    pub scales: &'a [Scale],
    pub out: Element,
    pub lo: i32,
    pub hi: i32,
}

/// Windows over an image `[height][width][channels]`; pairs are (down, across).
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub height: usize,
    pub width: usize,
    pub channels: usize,
    pub kernel: (usize, usize),
    pub stride: (usize, usize),
    /// Positions before the first row and column.
    pub pad: (usize, usize),
    /// Output height and width.
    pub out: (usize, usize),
}

/// A convolution's weights, `[n][kernelH][kernelW][channels]`, and the value read outside the image.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    pub weights: &'a [i8],
    pub pad_value: i8,
}

/// Writes model images. Faults are collected: [`GraphBuilder::finish`] reports the first.
#[derive(Clone, Debug)]
pub struct GraphBuilder {
    input_bytes: usize,
    descriptors: Vec<Descriptor>,
    weights: Vec<u8>,
    end: usize,
    fault: Option<Malformed>,
}

impl GraphBuilder {
    /// A graph whose input is `input_bytes` elements i8.
    pub fn new(input_bytes: usize) -> Self {
        Self { input_bytes, descriptors: Vec::new(), weights: Vec::new(), end: input_bytes, fault: None }
    }

    /// The input, as one vector.
    pub fn input(&self) -> Tensor {
        Tensor { base: 0, stride: 0, count: 1, len: self.input_bytes, element: Element::I8 }
    }

    /// DENSE (G24): a weight row of `x.len` for every scale.
    pub fn dense(&mut self, x: Tensor, weights: &[i8], affine: &Affine<'_>) -> Tensor {
        let n = affine.scales.len();
        self.require(weights.len() == n * x.len, Rule::Weights);
        let d = Descriptor {
            op: opcode::DENSE,
            weight_base: self.constant(weights.iter().map(|w| w.cast_unsigned())),
            k: self.field(x.len),
            ..self.scaled(affine)
        };
        self.vectors(d, &[x], (x.count, n, affine.out))
    }

    /// CONV2D (G25): an output channel for every scale.
    pub fn conv2d(&mut self, x: Tensor, window: &Window, filter: &Filter<'_>, affine: &Affine<'_>) -> Tensor {
        let n = affine.scales.len();
        let k = window.kernel.0 * window.kernel.1 * window.channels;
        self.require(filter.weights.len() == n * k, Rule::Weights);
        let d = Descriptor {
            op: opcode::CONV2D,
            weight_base: self.constant(filter.weights.iter().map(|w| w.cast_unsigned())),
            k: self.field(k),
            pad_value: filter.pad_value,
            ..self.scaled(affine)
        };
        self.windows(d, x, window, (n, affine.out))
    }

    /// MAXPOOL (G26).
    pub fn max_pool(&mut self, x: Tensor, window: &Window) -> Tensor {
        let d = Descriptor { op: opcode::MAX_POOL, ..Descriptor::default() };
        self.windows(d, x, window, (window.channels, Element::I8))
    }

    /// ADD (G27).
    pub fn add(&mut self, a: Tensor, b: Tensor, affine: &Affine<'_>) -> Tensor {
        self.require(a.count == b.count && a.len == b.len, Rule::Geometry);
        let d = Descriptor { op: opcode::ADD, ..self.flagged(a, affine) };
        self.vectors(d, &[a, b], (a.count, a.len, affine.out))
    }

    /// REQUANTISE (G28).
    pub fn requantise(&mut self, x: Tensor, affine: &Affine<'_>) -> Tensor {
        let d = Descriptor { op: opcode::REQUANTISE, ..self.flagged(x, affine) };
        self.vectors(d, &[x], (x.count, x.len, affine.out))
    }

    /// LUT (G29): entry `i` is the value at `i - 128`.
    pub fn lut(&mut self, x: Tensor, table: &[i8; 256]) -> Tensor {
        let table_base = self.constant(table.iter().map(|entry| entry.cast_unsigned()));
        let d = Descriptor { op: opcode::LUT, table_base, ..Descriptor::default() };
        self.vectors(d, &[x], (x.count, x.len, Element::I8))
    }

    /// ACT (G30).
    pub fn act(&mut self, x: Tensor, table: &[u8; 4096], affine: &Affine<'_>) -> Tensor {
        let table_base = self.constant(table.iter().copied());
        let d = Descriptor { op: opcode::ACT, table_base, ..self.flagged(x, affine) };
        self.vectors(d, &[x], (x.count, x.len, affine.out))
    }

    /// ARGMAX (G31): one index of type `out` for each vector.
    pub fn argmax(&mut self, x: Tensor, out: Element) -> Tensor {
        self.reduced(opcode::ARGMAX, &[x], out)
    }

    /// COPY (G32): dense vectors of what `x` sees.
    pub fn copy(&mut self, x: Tensor) -> Tensor {
        let d = Descriptor { op: opcode::COPY, ..Descriptor::default() };
        self.vectors(d, &[x], (x.count, x.len, x.element))
    }

    /// COPY (G32): each vector of `a` followed by that of `b`.
    pub fn concat(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.require(a.count == b.count, Rule::Geometry);
        let d = Descriptor { op: opcode::COPY, k: self.field(b.len), ..Descriptor::default() };
        let n = self.field(a.len);
        let tensor = self.vectors(d, &[a, b], (a.count, a.len + b.len, a.element));
        self.amend(|d| d.n = n);
        tensor
    }

    /// The image, checked: the same check that the chain makes.
    pub fn finish(self) -> Result<Vec<u8>, Malformed> {
        self.within(&Limits::EXECUTED)
    }

    /// As [`GraphBuilder::finish`], for another profile.
    pub fn within(mut self, limits: &Limits) -> Result<Vec<u8>, Malformed> {
        let header = Header {
            ops: self.field(self.descriptors.len()),
            input_bytes: self.input_bytes as u64,
            weights_bytes: self.weights.len() as u64,
        };
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut image = Vec::with_capacity(RECORD_BYTES * (1 + self.descriptors.len()) + self.weights.len());
        image.extend(header.encode());
        image.extend(self.descriptors.iter().flat_map(Descriptor::encode));
        image.extend(self.weights);
        Ok(Model::within(image, limits)?.into_image())
    }

    /// Appends constants and says where they start.
    fn constant(&mut self, bytes: impl Iterator<Item = u8>) -> u64 {
        let base = self.weights.len() as u64;
        self.weights.extend(bytes);
        base
    }

    fn scaled(&mut self, affine: &Affine<'_>) -> Descriptor {
        let scale_base = self.constant(affine.scales.iter().flat_map(Scale::encode));
        Descriptor { scale_base, lo: affine.lo, hi: affine.hi, ..Descriptor::default() }
    }

    /// As `scaled`, where a single record may serve all channels of `x`.
    fn flagged(&mut self, x: Tensor, affine: &Affine<'_>) -> Descriptor {
        let one = affine.scales.len() == 1;
        self.require(one || affine.scales.len() == x.len, Rule::ScaleRecord);
        Descriptor { flags: if one { ONE_SCALE } else { 0 }, ..self.scaled(affine) }
    }

    /// Completes a descriptor over vectors and appends it.
    fn vectors(&mut self, d: Descriptor, from: &[Tensor], (count, n, out): (usize, usize, Element)) -> Tensor {
        let mut d = Descriptor { n: self.field(n), count: self.field(count), ..d };
        if let [a, rest @ ..] = from {
            (d.in_type, d.in_base, d.in_stride) = (a.element as u8, a.base as u64, self.field(a.stride));
            if let [b] = rest {
                (d.in2_type, d.in2_base, d.in2_stride) = (b.element as u8, b.base as u64, self.field(b.stride));
            }
        }
        d.out_stride = self.field(n * out.bytes());
        self.push(d, (count, n, out))
    }

    /// Completes a descriptor over windows of `x` and appends it.
    fn windows(&mut self, d: Descriptor, x: Tensor, window: &Window, (n, out): (usize, Element)) -> Tensor {
        let d = Descriptor {
            in_type: x.element as u8,
            in_base: x.base as u64,
            n: self.field(n),
            height: self.field(window.height),
            width: self.field(window.width),
            channels: self.field(window.channels),
            kernel_h: self.field(window.kernel.0),
            kernel_w: self.field(window.kernel.1),
            stride_y: self.field(window.stride.0),
            stride_x: self.field(window.stride.1),
            pad_top: self.field(window.pad.0),
            pad_left: self.field(window.pad.1),
            out_height: self.field(window.out.0),
            out_width: self.field(window.out.1),
            ..d
        };
        self.push(d, (window.out.0 * window.out.1, n, out))
    }

    fn push(&mut self, d: Descriptor, (count, n, element): (usize, usize, Element)) -> Tensor {
        let base = self.end.next_multiple_of(ALIGN);
        let stride = n * element.bytes();
        self.end = base + count * stride;
        self.descriptors.push(Descriptor { out_base: base as u64, out_type: element as u8, ..d });
        Tensor { base, stride, count, len: n, element }
    }

    fn amend(&mut self, change: impl FnOnce(&mut Descriptor)) {
        if let Some(last) = self.descriptors.last_mut() {
            change(last);
        }
    }

    /// A number as a field of the format; too large a number is a fault.
    fn field<T: TryFrom<usize> + Default>(&mut self, value: usize) -> T {
        T::try_from(value).unwrap_or_else(|_| {
            self.require(false, Rule::Geometry);
            T::default()
        })
    }

    fn require(&mut self, holds: bool, rule: Rule) {
        if !holds && self.fault.is_none() {
            let op = self.descriptors.len().min(usize::from(u16::MAX)) as u16;
            self.fault = Some(Malformed { rule, op });
        }
    }
}
