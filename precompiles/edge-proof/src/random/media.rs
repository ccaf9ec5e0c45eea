//! Steps on ciphertext and pictures, and those that draw or find rows.

use super::{Dice, Element, GraphBuilder, Made, narrowed, reach, sequence::slide};
use crate::{Clamp, Quantisation};

pub(super) fn step(graph: &mut GraphBuilder, dice: &mut Dice, from: Made) -> Made {
    let bytes = from.element == Element::I8;
    match dice.below(8) {
        5 if bytes && from.elements >= 64 => {
            let triangles = dice.below(((from.elements - 64) / 24 + 1).min(500));
            let size = (1 + dice.below(6), 1 + dice.below(6));
            let scene = from.tensor.vectors(1, 64 + 24 * triangles, 0);
            let tensor = graph.pixels(scene, size, 1 + dice.below(3) as u8);
            Made { tensor, elements: size.0 * size.1 * 4, most: 128, ..from }
        }
        6 | 7 if graph.input().length() >= 100 => {
            // The input is tree and first rays; rays are their own bytes as numbers, and then those that went on.
            let length = graph.input().length();
            let nodes = graph.input().vectors(1 + dice.below((length - 36) / 32), 32, 32);
            let rays = graph.input().as_type(Element::I32).vectors(1 + dice.below(3), 9, 1);
            let tensor = graph.visit(rays, nodes, 1 + dice.below(5) as u8);
            let tensor = graph.visit(tensor, nodes, 1 + dice.below(64) as u8);
            Made { tensor, elements: tensor.vectors_in() * 9, element: Element::I32, most: 1 << 31 }
        }
        0 if bytes && from.elements >= 44 => {
            let (x, count, len) = slide(dice, from, 150);
            let key = from.tensor.skip(dice.below(from.elements - 43)).vectors(1, 44, 0);
            Made { tensor: graph.decrypt(x, key), elements: count * len, most: 128, ..from }
        }
        1 if from.element != Element::I32 => {
            let from = narrowed(graph, from, 1_000);
            let (a, count, len) = slide(dice, from, 250);
            let b = from.tensor.skip(from.elements - len).vectors(count, len, 0);
            let most = len as u64 * (2 * from.most).pow(2);
            Made { tensor: graph.squared_error(a, b), elements: count, element: Element::I32, most }
        }
        2 if bytes => {
            let width = 1 + dice.below(from.elements.min(30));
            let height = from.elements / width;
            let multipliers = std::array::from_fn(|_| dice.below(1 << 16) as u16);
            let by = Quantisation { multipliers: &multipliers, shift: 1 + dice.below(20) as u8 };
            let clamp = Clamp { out: Element::I16, lo: -2_000, hi: 32_767 };
            let tensor = graph.block8(from.tensor, (height, width), &by, clamp);
            let elements = height.div_ceil(8) * width.div_ceil(8) * 64;
            Made { tensor, elements, element: Element::I16, most: reach((clamp.lo, clamp.hi)) }
        }
        3 if graph.input().length() >= 32 => {
            let from = narrowed(graph, from, 1 << 23);
            let (x, count, len) = slide(dice, from, 120);
            let seed = graph.input().skip(dice.below(graph.input().length() - 31)).vectors(1, 32, 0);
            let most = len as u64 - 1;
            Made { tensor: graph.sample(x, seed, Element::I8), elements: count, element: Element::I8, most }
        }
        _ => {
            let (rows, _, len) = slide(dice, from, 90);
            let count = 1 + dice.below(from.elements.min(20));
            let tensor = graph.gather(from.tensor.vectors(count, 1, 1), rows);
            Made { tensor, elements: count * len, ..from }
        }
    }
}
