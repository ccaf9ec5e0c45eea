//! Steps of transformers.

use super::{Affine, Dice, Element, GraphBuilder, Made, Scale, clamp, narrowed, reach, scales_for};
use crate::{Clamp, Decay, Gain, HeadProduct, Rows, Tensor};

pub(super) fn step(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    match dice.below(9) {
        0 => embed(graph, dice, from),
        1 => norm(graph, dice, from),
        2 | 3 if from.element != Element::I32 => product(graph, dice, from),
        4 => exp(graph, dice, from),
        5 => divide(graph, dice, from),
        6 if from.element != Element::I32 => rope(graph, dice, from),
        7 => multiply(graph, dice, from),
        _ => reduce(graph, dice, from),
    }
}

/// Overlapping vectors of at most `most` elements, and how many there are of which length.
pub(super) fn slide(dice: &mut Dice, from: Made, most: usize) -> (Tensor, usize, usize) {
    let len = 1 + dice.below(from.elements.min(most));
    let count = 1 + dice.below(9.min(from.elements - len + 1));
    (from.tensor.vectors(count, len, 1), count, len)
}

fn any_clamp(dice: &mut Dice) -> Clamp {
    let Affine { out, lo, hi, .. } = clamp(dice, &[]);
    Clamp { out, lo, hi }
}

fn made(clamp: Clamp, tensor: Tensor, elements: usize) -> Made {
    Made { tensor, elements, element: clamp.out, most: reach((clamp.lo, clamp.hi)) }
}

fn short(dice: &mut Dice) -> i16 {
    i16::from_le_bytes([dice.byte().cast_unsigned(), dice.byte().cast_unsigned()])
}

fn embed(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let (rows, n) = (1 + dice.below(50), 1 + dice.below(20));
    let weights = dice.bytes(rows * n);
    let multipliers: Vec<u16> = (0..rows).map(|_| short(dice).cast_unsigned()).collect();
    let count = 1 + dice.below(from.elements.min(40));
    let ids = if dice.below(3) == 0 { Err(count) } else { Ok(from.tensor.vectors(count, 1, 1)) };
    let clamp = any_clamp(dice);
    made(clamp, graph.embed(ids, &Rows { weights: &weights, multipliers: &multipliers }, clamp), count * n)
}

fn norm(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let from = narrowed(graph, from, 1 << 21);
    let (x, count, len) = slide(dice, from, 300);
    let elements: Vec<(i16, i16)> = (0..len).map(|_| (short(dice), short(dice))).collect();
    let shift = 1 + dice.below(15) as u8;
    let gain = (dice.below(3) > 0).then_some(Gain { elements: &elements, shift });
    let clamp = any_clamp(dice);
    made(clamp, graph.norm(x, dice.below(2) == 0, gain, clamp), count * len)
}

fn product(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let group = 1 + dice.below(3);
    let heads = group * (1 + dice.below(3));
    let k = 1 + dice.below((from.elements / heads).clamp(1, 64));
    let shared = heads / group;
    if from.elements < heads * k {
        return norm(graph, dice, from);
    }
    let from = narrowed(graph, from, ((1_u64 << 31) / k as u64 - 1).isqrt());
    let count = 1 + dice.below(9.min(from.elements - heads * k + 1));
    let stacked = dice.below(2) == 0;
    let rows = count + dice.below(9);
    let y = if stacked {
        let rows = (shared * rows).min((from.elements - k + 1) / shared * shared);
        from.tensor.vectors(rows, k, 1)
    } else {
        let rows = rows.min(from.elements - shared * k + 1);
        from.tensor.vectors(rows, shared * k, 1)
    };
    let rows = if stacked { y.vectors_in() / shared } else { y.vectors_in() };
    let causal = rows >= count && dice.below(2) == 0;
    let clamp = any_clamp(dice);
    let by = HeadProduct { heads, group, stacked, causal };
    made(clamp, graph.matmul(from.tensor.vectors(count, heads * k, 1), y, &by, clamp), count * heads * rows)
}

fn exp(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let from = narrowed(graph, from, (1 << 30) - 1);
    let (x, count, len) = slide(dice, from, 200);
    let heads = if count.is_multiple_of(2) { 2 } else { 1 };
    let scales: Vec<Scale> = (0..heads).map(|_| dice.scale(2 * from.most)).collect();
    let entries = std::array::from_fn(|_| short(dice));
    let clamp = any_clamp(dice);
    let top = if dice.below(4) == 0 { from.tensor.vectors(count, 1, 0) } else { graph.max(x) };
    made(clamp, graph.exp(x, top, &Decay { scales: &scales, entries: &entries }, clamp), count * len)
}

fn divide(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let (x, count, len) = slide(dice, from, 200);
    let clamp = any_clamp(dice);
    let sum = from.tensor.vectors(count, 1, 1);
    made(clamp, graph.divide(x, sum, clamp), count * len)
}

fn rope(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let heads = 1 + dice.below(3);
    let half = 1 + dice.below(9);
    let len = 2 * heads * half;
    if from.elements < len {
        return divide(graph, dice, from);
    }
    let from = narrowed(graph, from, 32_767);
    let count = 1 + dice.below(5.min(from.elements - len + 1));
    let angles: Vec<(i16, i16)> = (0..count * half).map(|_| (short(dice), short(dice))).collect();
    let clamp = any_clamp(dice);
    made(clamp, graph.rope(from.tensor.vectors(count, len, 1), heads, &angles, clamp), count * len)
}

fn multiply(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let from = narrowed(graph, from, 40_000);
    let elements = from.elements;
    let scales = scales_for(dice, elements, from.most.saturating_mul(from.most).min(1 << 32));
    let affine = clamp(dice, &scales);
    let tensor = graph.multiply(from.tensor.flat(), from.tensor.flat(), &affine);
    Made::by(&affine, tensor, elements)
}

fn reduce(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let (x, count, len) = slide(dice, from, 400);
    match dice.below(3) {
        0 => Made { tensor: graph.max(x), elements: count, ..from },
        1 => {
            let from = narrowed(graph, from, 1 << 21);
            let (x, count, len) = slide(dice, from, 400);
            let (element, most) = (Element::I32, from.most * len as u64);
            Made { tensor: graph.sum(x), elements: count, element, most }
        }
        _ => Made { tensor: graph.transpose(x), elements: count * len, ..from },
    }
}
