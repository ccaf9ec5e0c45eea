//! Random graphs for tests, long runs and trials of devices: every operation, odd lengths and tails, extreme weights. Only with the
//! feature `random`, which nothing that the chain runs has.

mod media;
mod sequence;

use crate::{Affine, Element, Filter, GraphBuilder, MAX_K, Malformed, Scale, Tensor, Window};

/// A small deterministic source of choices (xorshift64*).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same choices.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number in `0..bound`; `bound` is 1 to 2^31.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    /// Any value; in half of all cases an extreme or zero.
    pub fn byte(&mut self) -> i8 {
        match self.below(6) {
            0 => -128,
            1 => 127,
            2 => 0,
            _ => self.below(256) as u8 as i8,
        }
    }

    /// `len` bytes, each as [`Dice::byte`] gives them.
    pub fn bytes(&mut self, len: usize) -> Vec<i8> {
        (0..len).map(|_| self.byte()).collect()
    }

    /// For sums of at most `magnitude` before the bias; one in two leaves G14 no room.
    fn scale(&mut self, magnitude: u64) -> Scale {
        let fits = |pre: &u8| magnitude << pre < 1 << 31;
        let pre = (0..=self.below(8) as u8).rev().find(fits).unwrap_or_default();
        let room = largest_bias(magnitude, pre);
        let bias = match self.below(4) {
            0 => room,
            1 => -room,
            _ => self.below(2 * (room as usize).min(1 << 19) + 1) as i32 - room.min(1 << 19),
        };
        let m = (1 << 14) + self.below(1 << 14) as u16;
        Scale { bias, m, s: 16 + self.below(16) as u8, pre, zp: self.byte() }
    }

    /// A scale for each row of `k` weights.
    fn row_scales(&mut self, weights: &[i8], k: usize) -> Vec<Scale> {
        let magnitude = |row: &[i8]| 128 * row.iter().map(|w| u64::from(w.unsigned_abs())).sum::<u64>();
        weights.chunks(k).map(|row| self.scale(magnitude(row))).collect()
    }
}

/// The largest bias that G14 takes beside sums of at most `magnitude`; zero where it takes none.
pub(crate) fn largest_bias(magnitude: u64, pre: u8) -> i32 {
    let most = (1_u64 << 31) - 1;
    (most >> pre).saturating_sub(magnitude) as i32
}

/// A tensor with its shape and largest magnitude, as the generator keeps track of it.
#[derive(Clone, Copy)]
struct Made {
    tensor: Tensor,
    elements: usize,
    element: Element,
    most: u64,
}

impl Made {
    fn by(affine: &Affine<'_>, tensor: Tensor, elements: usize) -> Self {
        Self { tensor, elements, element: affine.out, most: reach((affine.lo, affine.hi)) }
    }
}

/// How large random graphs get.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Most bytes of the input, at least 1.
    pub input_max: usize,
    /// Most operations, at least 1.
    pub ops_max: usize,
    /// Most rows of a weight matrix, at least 1; a convolution has a fifth of them and one more.
    pub rows_max: usize,
}

impl Sizes {
    /// Graphs that take well under a millisecond each.
    pub const SMALL: Self = Self { input_max: 400, ops_max: 7, rows_max: 40 };
}

/// A tensor whose elements are at most `most` in magnitude: `from`, or one made of it, where its own are not too large for that.
fn narrowed(graph: &mut GraphBuilder, from: Made, most: u64) -> Made {
    if from.most <= most || from.most >= 1 << 31 {
        return from;
    }
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    let out = if most < 128 { Element::I8 } else { Element::I16 };
    let hi = most.min(out.range().1);
    let scales = [Scale { bias: 0, m: 20_000, s: 20, pre: 0, zp: 0 }];
    let affine = Affine { scales: &scales, out, lo: -hi, hi };
    Made::by(&affine, graph.requantise(from.tensor.flat(), &affine), from.elements)
}

/// The largest magnitude between two bounds.
fn reach((lo, hi): (i32, i32)) -> u64 {
    lo.unsigned_abs().max(hi.unsigned_abs()).into()
}

/// A random image of [`Sizes::SMALL`]; most are well formed, and those that are not say why ([`image_within`]).
pub fn image(seed: u64) -> Result<Vec<u8>, Malformed> {
    image_within(seed, Sizes::SMALL)
}

/// A random image. Large tensors may ask for more than the limits (G2, G11, G16, G17) allow, and a sum of large elements may have no
/// room at all (G14): those are the only rules that it may break.
pub fn image_within(seed: u64, sizes: Sizes) -> Result<Vec<u8>, Malformed> {
    let mut dice = Dice::new(seed);
    let input = 1 + dice.below(sizes.input_max);
    let mut graph = GraphBuilder::new(input);
    let mut made = vec![Made { tensor: graph.input(), elements: input, element: Element::I8, most: 128 }];
    for element in [Element::I16, Element::I32] {
        // G9 lets the input be read as any type.
        let elements = input / element.bytes();
        if elements > 0 && dice.below(element.bytes()) == 0 {
            made.push(Made { tensor: graph.input().as_type(element), elements, element, most: reach(element.range()) });
        }
    }
    for _ in 0..1 + dice.below(sizes.ops_max) {
        let from = made[dice.below(made.len())];
        let next = step(&mut graph, (&mut dice, sizes), from);
        made.push(next);
    }
    graph.finish()
}

fn step(graph: &mut GraphBuilder, (dice, sizes): (&mut Dice, Sizes), from: Made) -> Made {
    let Made { tensor, elements, element, most } = from;
    let i8s = element == Element::I8;
    match dice.below(24) {
        0 | 1 if i8s => linear(graph, (dice, sizes), from),
        2 | 3 if i8s => windows(graph, (dice, sizes), from),
        4 if i8s => {
            let table: Vec<i8> = dice.bytes(256);
            let y = graph.lut(tensor.flat(), &std::array::from_fn(|i| table[i]));
            Made { tensor: y, most: 128, ..from }
        }
        5 if element == Element::I16 => {
            let table: Vec<i8> = dice.bytes(4096);
            let scales = scales_for(dice, elements, most.max(255));
            let affine = clamp(dice, &scales);
            let y = graph.act(tensor.flat(), &std::array::from_fn(|i| table[i].cast_unsigned()), &affine);
            Made::by(&affine, y, elements)
        }
        6 => {
            let out = match elements {
                0..=128 => Element::I8,
                129..=32_768 => Element::I16,
                _ => Element::I32,
            };
            let count = if elements.is_multiple_of(2) { 2 } else { 1 };
            let len = elements / count;
            let y = graph.argmax(tensor.vectors(count, len, len), out);
            Made { tensor: y, elements: count, element: out, most: len as u64 - 1 }
        }
        7 => {
            let len = 1 + dice.below(elements);
            let count = 1 + dice.below(5.min(elements - len + 1));
            let view = tensor.vectors(count, len, 1);
            match dice.below(2) {
                0 => Made { tensor: graph.copy(view), elements: count * len, ..from },
                _ => {
                    let tensor = graph.concat(view, tensor.vectors(count, 1, 0));
                    Made { tensor, elements: count * (len + 1), ..from }
                }
            }
        }
        kind if kind >= 18 => media::step(graph, dice, from),
        kind if kind >= 9 => sequence::step(graph, dice, from),
        kind => {
            let add = kind % 2 == 0;
            let from = narrowed(graph, from, (1 << 30) - 1);
            let Made { tensor, most, .. } = from;
            let scales = scales_for(dice, elements, if add { 2 * most } else { most });
            let affine = clamp(dice, &scales);
            let y = match add {
                true => graph.add(tensor.flat(), tensor.flat(), &affine),
                false => graph.requantise(tensor.flat(), &affine),
            };
            Made::by(&affine, y, elements)
        }
    }
}

fn scales_for(dice: &mut Dice, channels: usize, magnitude: u64) -> Vec<Scale> {
    let len = if dice.below(2) == 0 { 1 } else { channels };
    (0..len).map(|_| dice.scale(magnitude)).collect()
}

fn clamp<'a>(dice: &mut Dice, scales: &'a [Scale]) -> Affine<'a> {
    let out = [Element::I8, Element::I8, Element::I16, Element::I32][dice.below(4)];
    let (lo, hi) = match out {
        Element::I8 if dice.below(2) == 0 => (-7, 100),
        Element::I32 if dice.below(2) == 0 => (-(1 << 20), 1 << 20),
        Element::I32 => (1 - (1 << 30), (1 << 30) - 1),
        other => other.range(),
    };
    Affine { scales, out, lo, hi }
}

fn linear(graph: &mut GraphBuilder, (dice, sizes): (&mut Dice, Sizes), from: Made) -> Made {
    let k = 1 + dice.below(from.elements.min(MAX_K));
    let count = 1 + dice.below(7.min(from.elements - k + 1));
    let n = 1 + dice.below(sizes.rows_max);
    let weights = dice.bytes(n * k);
    let scales = dice.row_scales(&weights, k);
    let affine = clamp(dice, &scales);
    let tensor = graph.dense(from.tensor.vectors(count, k, 1), &weights, &affine);
    Made::by(&affine, tensor, count * n)
}

fn windows(graph: &mut GraphBuilder, (dice, sizes): (&mut Dice, Sizes), from: Made) -> Made {
    let channels = 1 + dice.below(from.elements.min(40));
    let width = 1 + dice.below((from.elements / channels).min(12));
    let height = (from.elements / channels / width).min(usize::from(u16::MAX));
    let kernel = (1 + dice.below(4), 1 + dice.below(4));
    let stride = (1 + dice.below(3), 1 + dice.below(3));
    let pad = (dice.below(kernel.0), dice.below(kernel.1));
    let out = ((height + pad.0).div_ceil(stride.0), (width + pad.1).div_ceil(stride.1));
    let window = Window { height, width, channels, kernel, stride, pad, out };
    if dice.below(3) == 0 {
        let tensor = graph.max_pool(from.tensor, &window);
        return Made { tensor, elements: out.0 * out.1 * channels, ..from };
    }
    let n = 1 + dice.below(sizes.rows_max / 5 + 1);
    let k = kernel.0 * kernel.1 * channels;
    let weights = dice.bytes(n * k);
    let scales = dice.row_scales(&weights, k);
    let affine = clamp(dice, &scales);
    let filter = Filter { weights: &weights, pad_value: dice.byte() };
    let tensor = graph.conv2d(from.tensor, &window, &filter, &affine);
    Made::by(&affine, tensor, out.0 * out.1 * n)
}
