//! The layers of transformers and of pictures.

use super::{
    Part,
    net::{DEVIATION, Net, Spread},
};
use edgeloom_edge_proof::{Clamp, Decay, Element, Gain, HeadProduct, Quantisation, Rows, Scale, Tensor};

/// Largest magnitude of a score and of a sum of weighted values.
const SCORE_MAX: i32 = 1 << 24;
/// The largest entry of the table of EXP.
const ONE: i16 = 1 << 14;

/// Clamps to what sums of products are bounded by.
const SUMS: Clamp = Clamp { out: Element::I32, lo: -SCORE_MAX, hi: SCORE_MAX };
const BYTES: Clamp = Clamp::all(Element::I8);
const WORDS: Clamp = Clamp::all(Element::I16);

impl Net<'_> {
    /// `vocabulary` rows of `n`, looked up by ids, or by their numbers.
    pub(super) fn embed(&mut self, ids: Result<Tensor, usize>, (vocabulary, n): (usize, usize)) -> Tensor {
        self.append(Part::Other, |graph, dice| {
            let weights: Vec<i8> = dice.many(vocabulary * n).into_iter().map(u8::cast_signed).collect();
            let multipliers: Vec<u16> = (0..vocabulary).map(|_| 2048 + dice.below(4096) as u16).collect();
            graph.embed(ids, &Rows { weights: &weights, multipliers: &multipliers }, WORDS)
        })
    }

    /// LayerNorm, or RMSNorm where it is not centred, as bytes.
    pub(super) fn norm(&mut self, x: Tensor, centred: bool) -> Tensor {
        self.append(Part::Other, |graph, dice| {
            // Elements of a unit vector are 2^15 over the root of their number.
            let gain = DEVIATION * x.length().isqrt();
            let mut element = || ((gain / 2 + dice.below(gain)) as i16, dice.below(9) as i16 - 4);
            let elements: Vec<_> = (0..x.length()).map(|_| element()).collect();
            graph.norm(x, centred, Some(Gain { elements: &elements, shift: 15 }), BYTES)
        })
    }

    /// Rotates the pairs of every head, each vector by its own angles.
    pub(super) fn rope(&mut self, x: Tensor, heads: usize) -> Tensor {
        self.append(Part::Attention, |graph, dice| {
            let pairs = x.vectors_in() * x.length() / heads / 2;
            let angle = |_| {
                let sine = dice.below(1 << 15);
                (((1_usize << 30) - sine * sine).isqrt().min(32_767) as i16, sine as i16)
            };
            let angles: Vec<_> = (0..pairs).map(angle).collect();
            graph.rope(x, heads, &angles, BYTES)
        })
    }

    pub(super) fn matmul(&mut self, x: Tensor, y: Tensor, by: &HeadProduct) -> Tensor {
        self.append(Part::Attention, |graph, _| graph.matmul(x, y, by, SUMS))
    }

    pub(super) fn transpose(&mut self, x: Tensor) -> Tensor {
        self.append(Part::Attention, |graph, _| graph.transpose(x))
    }

    pub(super) fn max(&mut self, x: Tensor) -> Tensor {
        self.append(Part::Attention, |graph, _| graph.max(x))
    }

    pub(super) fn sum(&mut self, x: Tensor) -> Tensor {
        self.append(Part::Attention, |graph, _| graph.sum(x))
    }

    pub(super) fn divide(&mut self, x: Tensor, sum: Tensor) -> Tensor {
        self.append(Part::Attention, |graph, _| graph.divide(x, sum, WORDS))
    }

    /// Of numbers of this deviation, one scale for each head.
    pub(super) fn exp(&mut self, x: Tensor, top: Tensor, (heads, deviation): (usize, usize)) -> Tensor {
        // A distance has no bias: the largest element has the largest weight.
        let scales: Vec<_> =
            (0..heads).map(|_| Scale { bias: 0, zp: 0, ..self.scale(deviation, Spread::Word) }).collect();
        let mut entry = u64::from(ONE.unsigned_abs()) << 32;
        let entries = std::array::from_fn(|_| {
            let value = (entry >> 32) as i16;
            entry -= entry >> 8;
            value
        });
        let clamp = Clamp { lo: 0, hi: ONE.into(), ..WORDS };
        self.append(Part::Attention, |graph, _| graph.exp(x, top, &Decay { scales: &scales, entries: &entries }, clamp))
    }

    pub(super) fn multiply(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let scales = [self.scale(DEVIATION * DEVIATION, Spread::Byte)];
        self.append(Part::Other, |graph, _| graph.multiply(a, b, &Spread::Byte.affine(&scales)))
    }

    pub(super) fn gather(&mut self, ids: Tensor, from: Tensor) -> Tensor {
        self.append(Part::Other, |graph, _| graph.gather(ids, from))
    }

    pub(super) fn sample(&mut self, x: Tensor, seed: Tensor) -> Tensor {
        self.append(Part::Other, |graph, _| graph.sample(x, seed, Element::I16))
    }

    pub(super) fn decrypt(&mut self, x: Tensor, key: Tensor) -> Tensor {
        self.append(Part::Other, |graph, _| graph.decrypt(x, key))
    }

    pub(super) fn squared_error(&mut self, a: Tensor, b: Tensor) -> Tensor {
        self.append(Part::Other, |graph, _| graph.squared_error(a, b))
    }

    pub(super) fn block8(&mut self, x: Tensor, size: (usize, usize)) -> Tensor {
        self.append(Part::Other, |graph, dice| {
            let multipliers = std::array::from_fn(|_| 4096 + dice.below(4096) as u16);
            graph.block8(x, size, &Quantisation { multipliers: &multipliers, shift: 16 }, WORDS)
        })
    }

    pub(super) fn pixels(&mut self, scene: Tensor, size: (usize, usize), samples: u8) -> Tensor {
        self.append(Part::Other, |graph, _| graph.pixels(scene, size, samples))
    }

    pub(super) fn visit(&mut self, rays: Tensor, nodes: Tensor, visits: u8) -> Tensor {
        self.append(Part::Other, |graph, _| graph.visit(rays, nodes, visits))
    }
}
