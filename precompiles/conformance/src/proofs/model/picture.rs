//! Pictures: one is drawn, one deciphered, and both are looked at.

use super::{
    Design, around, beside,
    net::{Net, Spread},
};
use crate::dice::Dice;
use edgeloom_edge_proof::{Element, Malformed};

const KEY_BYTES: usize = 44;
const CAMERA_BYTES: usize = 64;
const TRIANGLE_BYTES: usize = 24;
const NODE_BYTES: usize = 32;
/// Numbers of a ray's state, and rays.
const STATE: usize = 9;
const RAYS: usize = 8;
/// Of boxes, each before a triangle.
const BOXES: usize = 6;
/// A depth that nothing in the scene is beyond.
const FAR: i32 = 1 << 18;

/// Rays and a tree to visit, a scene, an encrypted picture and its key.
pub(super) fn of(dice: &mut Dice) -> Result<Design, Malformed> {
    let (side, triangles) = (16, 4 + dice.below(6));
    let pixels = side * side;
    let parts = [rays(dice), tree(dice), scene(triangles, dice), dice.many(pixels), dice.many(KEY_BYTES)];
    let mut at = parts.iter().scan(0, |end, part| {
        *end += part.len();
        Some(*end)
    });
    let mut next = || at.next().unwrap_or_default();
    let [nodes, scene, ciphertext, key] = [next(), next(), next(), next()];
    let mut net = Net::new(next(), dice);
    let input = net.input();

    let rays = input.as_type(Element::I32).vectors(RAYS, STATE, STATE);
    let nodes = input.skip(nodes).vectors(2 * BOXES, NODE_BYTES, NODE_BYTES);
    let visited = net.visit(rays, nodes, 3);
    net.visit(visited, nodes, 16);
    let scene = input.skip(scene).vectors(1, CAMERA_BYTES + TRIANGLE_BYTES * triangles, 0);
    let drawn = net.pixels(scene, (side, side), 1);
    let rows = input.skip(ciphertext).vectors(side, side, side);
    let deciphered = net.decrypt(rows, input.skip(key).vectors(1, KEY_BYTES, 0));
    net.squared_error(deciphered, drawn.vectors(side, side, 4 * side));
    net.block8(deciphered.flat(), (side, side));
    let features = net.convolution(drawn.flat(), &around(side, 4), 8);
    let features = net.lut(features);
    let pooled = net.max_pool(features.flat(), &beside(side, 8));
    let logits = net.dense(pooled.flat(), 10, Spread::Sum);
    net.argmax(logits, Element::I8);
    let design = net.finish()?;
    Ok(Design { input: parts.concat(), ..design })
}

/// A point near another one.
fn near(point: [i32; 3], spread: usize, dice: &mut Dice) -> [i32; 3] {
    point.map(|coordinate| coordinate + dice.below(2 * spread) as i32 - spread as i32)
}

fn short(point: [i32; 3]) -> impl Iterator<Item = u8> {
    point.into_iter().flat_map(|coordinate| (coordinate as i16).to_le_bytes())
}

/// States that look along the third axis.
fn rays(dice: &mut Dice) -> Vec<u8> {
    let ray = |_| {
        let (origin, direction) = (near([0, 0, -100], 90, dice), near([0, 0, 1_000], 300, dice));
        [&origin[..], &direction[..], &[0, FAR, -1]].concat()
    };
    (0..RAYS).flat_map(ray).flat_map(i32::to_le_bytes).collect()
}

/// Three points around one in front.
fn triangle(dice: &mut Dice) -> [[i32; 3]; 3] {
    let middle = near([0, 0, 900], 400, dice);
    std::array::from_fn(|_| near(middle, 500, dice))
}

/// Boxes, each with a triangle inside it, the next box being beyond.
fn tree(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..BOXES {
        let corners = triangle(dice);
        let ends = |pick: fn(i32, i32) -> i32| -> [i32; 3] {
            std::array::from_fn(|axis| pick(pick(corners[0][axis], corners[1][axis]), corners[2][axis]))
        };
        let beyond = (2 * index + 2) as i32;
        let name = 100 + index as i32;
        bytes.extend(short(ends(i32::min)).chain(short(ends(i32::max))).chain([0; 12]));
        bytes.extend(beyond.to_le_bytes().into_iter().chain([0; 4]));
        bytes.extend(corners.into_iter().flat_map(short).chain([1, 0, 0, 0, 0, 0]));
        bytes.extend(beyond.to_le_bytes().into_iter().chain(name.to_le_bytes()));
    }
    bytes
}

/// A camera that looks along the third axis, light from above, and triangles in front.
fn scene(triangles: usize, dice: &mut Dice) -> Vec<u8> {
    let axes = [[0, 0, 0], [0, 0, 1_000], [900, 0, 0], [0, 900, 0], [0, 1_000, 0]];
    let mut bytes: Vec<u8> =
        axes.into_iter().flat_map(|axis| short(near(axis, 80, dice)).collect::<Vec<_>>()).collect();
    bytes.extend([20, 200]);
    bytes.extend(dice.bytes::<3>());
    bytes.resize(CAMERA_BYTES, 0);
    for _ in 0..triangles {
        bytes.extend(triangle(dice).into_iter().flat_map(short));
        bytes.extend(dice.bytes::<6>());
    }
    bytes
}
