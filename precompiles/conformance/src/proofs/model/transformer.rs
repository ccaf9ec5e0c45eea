//! Blocks of transformers: an encoder's, which sees everything, and a decoder's, which sees what came before.

use super::{
    Design,
    net::{DEVIATION, Net, Spread},
};
use crate::dice::Dice;
use edgeloom_edge_proof::{HeadProduct, Malformed, Tensor};

const VOCABULARY: usize = 64;
const HEADS: usize = 4;
const SEED_BYTES: usize = 32;

/// Lengths of a block.
#[derive(Clone, Copy)]
struct Shape {
    tokens: usize,
    width: usize,
    causal: bool,
}

impl Shape {
    const fn head(self) -> usize {
        self.width / HEADS
    }

    /// A vector for each token.
    fn rows(self, x: Tensor) -> Tensor {
        x.vectors(self.tokens, self.width, self.width)
    }
}

/// Tokens and a seed in; a token that was drawn out.
pub(super) fn of(causal: bool, dice: &mut Dice) -> Result<Design, Malformed> {
    let shape = Shape { tokens: 12 + dice.below(9), width: 8 * (4 + dice.below(3)), causal };
    let mut net = Net::new(shape.tokens + SEED_BYTES, dice);
    let input = net.input();
    let tokens = input.vectors(1, shape.tokens, 0);
    let x = net.embed(Ok(tokens), (VOCABULARY, shape.width));
    let places = net.embed(Err(shape.tokens), (shape.tokens, shape.width));
    let x = net.add(shape.rows(x), places, Spread::Word);
    let attended = attention(&mut net, shape, x);
    let x = net.add(x, attended, Spread::Word);
    let fed = feed_forward(&mut net, shape, x);
    let x = net.add(x, fed, Spread::Word);
    // One token's row, by an id of the input.
    let row = net.gather(tokens.vectors(1, 1, 0), x);
    let row = net.norm(row, !causal);
    let logits = net.dense(row, VOCABULARY, Spread::Word);
    let top = net.max(logits);
    let weights = net.exp(logits, top, (1, 1 << 10));
    net.sample(weights, input.skip(shape.tokens).vectors(1, SEED_BYTES, 0));
    net.finish()
}

fn attention(net: &mut Net<'_>, shape: Shape, x: Tensor) -> Tensor {
    let Shape { tokens, width, causal } = shape;
    let x = net.norm(x, !causal);
    let (q, k, v) =
        (net.dense(x, width, Spread::Byte), net.dense(x, width, Spread::Byte), net.dense(x, width, Spread::Byte));
    let (q, k) = if causal { (net.rope(q, HEADS), net.rope(k, HEADS)) } else { (q, k) };
    let by = HeadProduct { heads: HEADS, group: 1, stacked: false, causal };
    let scores = net.matmul(q, k, &by);
    let scores = scores.vectors(tokens * HEADS, tokens, tokens);
    let top = net.max(scores);
    let deviation = DEVIATION * DEVIATION * shape.head().isqrt();
    let weights = net.exp(scores, top, (HEADS, deviation));
    let sum = net.sum(weights);
    let v = net.transpose(v);
    let by = HeadProduct { stacked: true, causal: false, ..by };
    let values = net.matmul(weights.vectors(tokens, HEADS * tokens, HEADS * tokens), v, &by);
    let values = net.divide(values.vectors(tokens * HEADS, shape.head(), shape.head()), sum);
    let values = net.narrow(shape.rows(values), DEVIATION << 6);
    net.dense(values, width, Spread::Word)
}

/// Twice as wide, gated, and back.
fn feed_forward(net: &mut Net<'_>, shape: Shape, x: Tensor) -> Tensor {
    let x = net.norm(x, !shape.causal);
    let gate = net.dense(x, 2 * shape.width, Spread::Word);
    let gate = net.act(gate, Spread::Byte);
    let up = net.dense(x, 2 * shape.width, Spread::Byte);
    let hidden = net.multiply(gate, up);
    net.dense(hidden, shape.width, Spread::Word)
}
