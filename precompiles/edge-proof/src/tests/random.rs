//! Kernels agree on random graphs: every operation, odd lengths and tails, extreme weights, any input.

use proptest::prelude::*;

use crate::{Affine, Element, Filter, GraphBuilder, Kernel, MAX_TRACE_BYTES, Malformed, Model, Scale, Tensor, Window};

/// A small deterministic source of choices (xorshift64*).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    pub(super) fn byte(&mut self) -> i8 {
        match self.below(6) {
            0 => -128,
            1 => 127,
            2 => 0,
            _ => self.below(256) as u8 as i8,
        }
    }

    fn bytes(&mut self, len: usize) -> Vec<i8> {
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
pub(super) fn largest_bias(magnitude: u64, pre: u8) -> i32 {
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
        let most = affine.lo.unsigned_abs().max(affine.hi.unsigned_abs()).into();
        Self { tensor, elements, element: affine.out, most }
    }
}

/// A random image; most are well formed, and those that are not say why.
pub(super) fn image(seed: u64) -> Result<Vec<u8>, Malformed> {
    let mut dice = Dice::new(seed);
    let input = 1 + dice.below(400);
    let mut graph = GraphBuilder::new(input);
    let mut made = vec![Made { tensor: graph.input(), elements: input, element: Element::I8, most: 128 }];
    for _ in 0..1 + dice.below(7) {
        let from = made[dice.below(made.len())];
        let next = step(&mut graph, &mut dice, from);
        made.push(next);
    }
    graph.finish()
}

fn step(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let Made { tensor, elements, element, most } = from;
    let i8s = element == Element::I8;
    match dice.below(9) {
        0 | 1 if i8s => linear(graph, dice, from),
        2 | 3 if i8s => windows(graph, dice, from),
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
            let out = if elements <= 128 { Element::I8 } else { Element::I16 };
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
        kind => {
            let add = kind % 2 == 0;
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

fn linear(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let k = 1 + dice.below(from.elements);
    let count = 1 + dice.below(7.min(from.elements - k + 1));
    let n = 1 + dice.below(40);
    let weights = dice.bytes(n * k);
    let scales = dice.row_scales(&weights, k);
    let affine = clamp(dice, &scales);
    let tensor = graph.dense(from.tensor.vectors(count, k, 1), &weights, &affine);
    Made::by(&affine, tensor, count * n)
}

fn windows(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let channels = 1 + dice.below(from.elements.min(40));
    let width = 1 + dice.below((from.elements / channels).min(12));
    let height = from.elements / channels / width;
    let kernel = (1 + dice.below(4), 1 + dice.below(4));
    let stride = (1 + dice.below(3), 1 + dice.below(3));
    let pad = (dice.below(kernel.0), dice.below(kernel.1));
    let out = ((height + pad.0).div_ceil(stride.0), (width + pad.1).div_ceil(stride.1));
    let window = Window { height, width, channels, kernel, stride, pad, out };
    if dice.below(3) == 0 {
        let tensor = graph.max_pool(from.tensor, &window);
        return Made { tensor, elements: out.0 * out.1 * channels, ..from };
    }
    let n = 1 + dice.below(9);
    let k = kernel.0 * kernel.1 * channels;
    let weights = dice.bytes(n * k);
    let scales = dice.row_scales(&weights, k);
    let affine = clamp(dice, &scales);
    let filter = Filter { weights: &weights, pad_value: dice.byte() };
    let tensor = graph.conv2d(from.tensor, &window, &filter, &affine);
    Made::by(&affine, tensor, out.0 * out.1 * n)
}

/// Runs an image with every kernel of this machine and compares.
pub(super) fn agree(image: Vec<u8>, dice: &mut Dice) {
    let model = Model::from_image(image).expect("the caller checked it");
    assert!(model.cost().trace <= MAX_TRACE_BYTES as u64);
    let len = model.input_bytes();
    for input in [dice.bytes(len), vec![-128; len], vec![127; len]] {
        assert_eq!(answer(&model, &input).len(), model.output_bytes());
    }
}

/// The answer that every kernel of this machine gives.
pub(super) fn answer(model: &Model, input: &[i8]) -> Vec<u8> {
    let input: Vec<u8> = input.iter().map(|b| b.cast_unsigned()).collect();
    let reference = model.infer_with(Kernel::PORTABLE, &input).expect("the length is the model's");
    if let Some(fast) = Kernel::avx2() {
        assert_eq!(model.infer_with(fast, &input).expect("the length is the model's"), reference);
    }
    reference
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn kernels_agree(seed: u64) {
        // Large tensors may ask for more bytes than the trace has, and a sum of large elements may have no room at all.
        match image(seed) {
            Ok(image) => agree(image, &mut Dice::new(!seed)),
            Err(fault) => prop_assert!(
                matches!(fault.rule, crate::Rule::Overflow | crate::Rule::TraceSize | crate::Rule::Macs), "{}", fault
            ),
        }
    }
}

#[test]
fn most_random_graphs_are_models() {
    let models = (0..300).filter(|seed| image(*seed).is_ok()).count();
    assert!(models > 200, "only {models} of 300: the property above would test little");
}

#[test]
fn rows_at_the_end_of_the_image_are_read_within_it() {
    // Weights last in the image: the fast kernel's padded reads must stop. (The builder puts scales last.)
    for k in 1..40 {
        let mut graph = GraphBuilder::new(k);
        let x = graph.input();
        let weights: Vec<i8> = (0..5 * k).map(|i| i as i8).collect();
        let scales = [Scale { bias: 1, ..Scale::IDENTITY }; 5];
        graph.dense(x, &weights, &Affine { scales: &scales, out: Element::I32, lo: -(1 << 24), hi: 1 << 24 });
        let mut image = graph.finish().expect("well formed");
        // Swap the two constants: scales first, weights last.
        let (graph_bytes, constants) = image.split_at_mut(256);
        constants.rotate_left(5 * k);
        graph_bytes[128 + 32..128 + 40].copy_from_slice(&40_u64.to_le_bytes());
        graph_bytes[128 + 40..128 + 48].copy_from_slice(&0_u64.to_le_bytes());
        agree(image, &mut Dice::new(k as u64));
    }
}
