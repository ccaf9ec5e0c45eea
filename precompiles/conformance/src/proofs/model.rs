//! Models of the kinds that people run, with chance for weights: scales are such that results spread over their type, so that a
//! change shows.

mod layer;
mod net;
mod picture;
mod transformer;

use self::net::{Net, Spread};
use crate::dice::Dice;
use edgeloom_edge_proof::{Element, Malformed, Model, Tensor, Window, random};

/// What an operation is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Convolution,
    Attention,
    Other,
}

/// An image, an input, and what each operation is there for.
pub(super) struct Design {
    pub(super) image: Vec<u8>,
    pub(super) input: Vec<u8>,
    pub(super) parts: Vec<Part>,
}

impl Design {
    /// Of a batch: the kinds take turns.
    ///
    /// # Errors
    /// None, as sizes and scales keep the rules.
    pub(super) fn of(batch: u64, dice: &mut Dice) -> Result<Self, Malformed> {
        let even = (batch / 16).is_multiple_of(2);
        match batch % 16 {
            0..5 => convolutional(dice),
            5..8 => transformer::of(false, dice),
            8..11 => transformer::of(true, dice),
            11 => transformer::of(even, dice),
            12..15 => picture::of(dice),
            _ if even => perceptron(dice),
            _ => anything(dice),
        }
    }
}

/// A random graph of all operations and odd shapes.
fn anything(dice: &mut Dice) -> Result<Design, Malformed> {
    let from = dice.below(1 << 40) as u64;
    // Some ask for more than the limits allow; two in three are models.
    let image = (from..).map(random::image).find_map(Result::ok).unwrap_or_default();
    let model = Model::parse(&image)?;
    let (operations, input) = (model.operations().count(), dice.many(model.input_bytes()));
    Ok(Design { image, input, parts: vec![Part::Other; operations] })
}

/// Windows of three by three around every pixel.
const fn around(side: usize, channels: usize) -> Window {
    Window { height: side, width: side, channels, kernel: (3, 3), stride: (1, 1), pad: (1, 1), out: (side, side) }
}

/// Windows of two by two beside each other.
const fn beside(side: usize, channels: usize) -> Window {
    let out = (side / 2, side / 2);
    Window { height: side, width: side, channels, kernel: (2, 2), stride: (2, 2), pad: (0, 0), out }
}

/// Convolutions with a block around which the image is added again, and a dense layer at the end: classes of small pictures.
fn convolutional(dice: &mut Dice) -> Result<Design, Malformed> {
    let (side, channels) = (2 * (8 + dice.below(5)), 1 + 2 * dice.below(2));
    let (narrow, wide) = (8 + dice.below(9), 16 + dice.below(17));
    let mut net = Net::new(side * side * channels, dice);
    let x = net.input();
    let x = net.convolution(x, &around(side, channels), narrow);
    let x = net.max_pool(x, &beside(side, narrow));
    let side = side / 2;
    let x = net.lut(x);
    let first = net.convolution(x, &around(side, narrow), wide);
    let y = net.convolution(first, &around(side, wide), wide);
    let pixels = |x: Tensor| x.vectors(side * side, wide, wide);
    let y = net.add(pixels(y), pixels(first), Spread::Byte);
    let y = net.requantise(y, Spread::Byte);
    let small = side / 2;
    let y = net.max_pool(y.flat(), &beside(side, wide));
    let pooled = net.copy(y.vectors(1, small * small * wide, 0));
    let logits = net.dense(pooled, 10, Spread::Sum);
    net.argmax(logits, Element::I16);
    net.finish()
}

/// Dense layers with a table for what is not linear, and the input beside a hidden layer.
fn perceptron(dice: &mut Dice) -> Result<Design, Malformed> {
    let (inputs, hidden) = (384 + 32 * dice.below(9), 256 + 32 * dice.below(5));
    let mut net = Net::new(inputs, dice);
    let x = net.input();
    let h = net.dense(x, hidden, Spread::Word);
    let h = net.act(h, Spread::Byte);
    let h = net.concat(h, x.vectors(1, 64, 0));
    let h = net.dense(h, hidden / 4, Spread::Byte);
    let h = net.lut(h);
    let h = net.requantise(h, Spread::Word);
    let doubled = net.add(h, h, Spread::Byte);
    let logits = net.dense(doubled, 24, Spread::Sum);
    net.argmax(logits, Element::I16);
    net.finish()
}
