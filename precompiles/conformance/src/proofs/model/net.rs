//! Layers with weights by chance, one after the other.

use super::{Design, Part};
use crate::dice::Dice;
use edgeloom_edge_proof::{Affine, Element, Filter, GraphBuilder, Malformed, Scale, Tensor, Window};

/// Standard deviation of bytes by chance, and about that of what layers make of them.
pub(super) const DEVIATION: usize = 64;

/// What a result is written as, and so how far its numbers spread.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spread {
    /// Signed bytes, of which a few reach their ends
    Byte,
    /// 16 bits, about 1,000 from zero: what ACT takes
    Word,
    /// 32 bits, as they are
    Sum,
}

impl Spread {
    const fn element(self) -> Element {
        match self {
            Self::Byte => Element::I8,
            Self::Word => Element::I16,
            Self::Sum => Element::I32,
        }
    }

    pub(super) fn affine(self, scales: &[Scale]) -> Affine<'_> {
        let (lo, hi) = match self {
            Self::Sum => (-(1 << 28), 1 << 28),
            _ => self.element().range(),
        };
        Affine { scales, out: self.element(), lo, hi }
    }

    /// Sums of this deviation as numbers of this spread: the power of two that they are divided by.
    fn shift(self, deviation: usize) -> i32 {
        let target = match self {
            Self::Byte => DEVIATION,
            Self::Word => 1 << 10,
            Self::Sum => return 0,
        };
        deviation.ilog2().cast_signed() - target.ilog2().cast_signed()
    }
}

pub(super) struct Net<'d> {
    graph: GraphBuilder,
    dice: &'d mut Dice,
    parts: Vec<Part>,
}

impl<'d> Net<'d> {
    pub(super) fn new(input_bytes: usize, dice: &'d mut Dice) -> Self {
        Self { graph: GraphBuilder::new(input_bytes), dice, parts: Vec::new() }
    }

    pub(super) fn input(&self) -> Tensor {
        self.graph.input()
    }

    /// With an input by chance.
    pub(super) fn finish(self) -> Result<Design, Malformed> {
        let input = self.dice.many(self.graph.input().length());
        Ok(Design { image: self.graph.finish()?, input, parts: self.parts })
    }

    pub(super) fn dense(&mut self, x: Tensor, n: usize, spread: Spread) -> Tensor {
        let k = x.length();
        let weights = self.weights(n * k);
        let scales = self.rows(n, k, spread);
        self.parts.push(Part::Other);
        self.graph.dense(x, &weights, &spread.affine(&scales))
    }

    pub(super) fn convolution(&mut self, x: Tensor, window: &Window, n: usize) -> Tensor {
        let k = window.kernel.0 * window.kernel.1 * window.channels;
        let weights = self.weights(n * k);
        let scales = self.rows(n, k, Spread::Byte);
        let filter = Filter { weights: &weights, pad_value: self.dice.below(5) as i8 };
        self.parts.push(Part::Convolution);
        self.graph.conv2d(x, window, &filter, &Spread::Byte.affine(&scales))
    }

    pub(super) fn max_pool(&mut self, x: Tensor, window: &Window) -> Tensor {
        self.parts.push(Part::Other);
        self.graph.max_pool(x, window)
    }

    pub(super) fn lut(&mut self, x: Tensor) -> Tensor {
        let noise = self.dice.bytes::<256>();
        // What is positive stays, what is not fades.
        let entry = |i: usize| {
            let x = i as i32 - 128;
            let kept = if x > 0 { x - 16 } else { x / 8 };
            (kept + i32::from(noise[i] % 16)) as i8
        };
        self.parts.push(Part::Other);
        self.graph.lut(x, &std::array::from_fn(entry))
    }

    pub(super) fn act(&mut self, x: Tensor, spread: Spread) -> Tensor {
        let most = 160 + self.dice.below(64);
        // The bell that is missing from relu(x), by its magnitude.
        let entry = |i: usize| (most * 300 / (300 + i)) as u8;
        let scales = [self.scale(1 << 10, spread)];
        self.parts.push(Part::Other);
        self.graph.act(x, &std::array::from_fn(entry), &spread.affine(&scales))
    }

    /// Of numbers that spread as the result does.
    pub(super) fn add(&mut self, a: Tensor, b: Tensor, spread: Spread) -> Tensor {
        let deviation = if matches!(spread, Spread::Byte) { DEVIATION } else { 1 << 10 };
        let scales = [self.scale(deviation, spread)];
        self.parts.push(Part::Other);
        self.graph.add(a, b, &spread.affine(&scales))
    }

    pub(super) fn requantise(&mut self, x: Tensor, spread: Spread) -> Tensor {
        let scales: Vec<_> = (0..x.length()).map(|_| self.scale(DEVIATION, spread)).collect();
        self.parts.push(Part::Other);
        self.graph.requantise(x, &spread.affine(&scales))
    }

    /// Bytes of numbers of this deviation.
    pub(super) fn narrow(&mut self, x: Tensor, deviation: usize) -> Tensor {
        let scales = [self.scale(deviation, Spread::Byte)];
        self.parts.push(Part::Other);
        self.graph.requantise(x, &Spread::Byte.affine(&scales))
    }

    pub(super) fn argmax(&mut self, x: Tensor, out: Element) -> Tensor {
        self.parts.push(Part::Other);
        self.graph.argmax(x, out)
    }

    pub(super) fn copy(&mut self, x: Tensor) -> Tensor {
        self.parts.push(Part::Other);
        self.graph.copy(x)
    }

    pub(super) fn concat(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.parts.push(Part::Other);
        self.graph.concat(a, b)
    }

    /// One more operation, which `layer` appends.
    pub(super) fn append(&mut self, part: Part, layer: impl FnOnce(&mut GraphBuilder, &mut Dice) -> Tensor) -> Tensor {
        self.parts.push(part);
        layer(&mut self.graph, self.dice)
    }

    fn weights(&mut self, len: usize) -> Vec<i8> {
        self.dice.many(len).into_iter().map(u8::cast_signed).collect()
    }

    /// A scale for each of `n` rows of `k` weights.
    fn rows(&mut self, n: usize, k: usize, spread: Spread) -> Vec<Scale> {
        let deviation = DEVIATION * DEVIATION * k.isqrt();
        (0..n).map(|_| self.scale(deviation, spread)).collect()
    }

    /// For sums of this standard deviation.
    pub(super) fn scale(&mut self, deviation: usize, spread: Spread) -> Scale {
        let shift = spread.shift(deviation);
        // m is 2^14 to 2^15: divided by 2^15 it is a half to one.
        let s = 15 + shift;
        let (s, pre) = if s < 16 { (16, 16 - s) } else { (s.min(31), 0) };
        let bias = self.dice.below(deviation) as i32 - deviation as i32 / 2;
        let m = (1 << 14) + self.dice.below(1 << 14) as u16;
        Scale { bias, m, s: s as u8, pre: pre as u8, zp: self.dice.below(9) as i8 - 4 }
    }
}
