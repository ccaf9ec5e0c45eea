//! Pictures by eye and by another way to the same triangle.

use super::meaning::{run, run_bytes};
use crate::{
    Element,
    picture::{NODE_BYTES, SCENE_BYTES},
    random::Dice,
    ray::{FAR, Point, Ray, Triangle},
};

fn shorts(points: &[[i16; 3]]) -> Vec<u8> {
    points.as_flattened().iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|byte| byte.cast_signed()).collect()
}

/// Looks along +z from the origin, 45 degrees to each side, with light from above.
fn camera() -> Vec<u8> {
    let mut scene = shorts(&[[0, 0, 0], [0, 0, 1_000], [1_000, 0, 0], [0, 1_000, 0], [0, 1_000, 0]]);
    scene.extend([20, 200, 1, 2, 3]);
    scene.resize(SCENE_BYTES, 0);
    scene
}

fn triangle(points: [[i16; 3]; 3], colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = shorts(&points);
    bytes.extend(colour);
    bytes.resize(24, 0);
    bytes
}

/// A floor 100 units down, in two triangles.
fn floor() -> Vec<u8> {
    let [a, b] = [[-1_000, -100, 0], [1_000, -100, 0]];
    let [c, d] = [[-1_000, -100, 2_000], [1_000, -100, 2_000]];
    [triangle([a, b, c], [250, 0, 0]), triangle([b, d, c], [250, 0, 0])].concat()
}

fn picture(scene: &[u8], size: (usize, usize), samples: u8) -> Vec<[u8; 4]> {
    let bytes = run_bytes(&signed(scene), |g, x| g.pixels(x, size, samples));
    bytes.as_chunks::<4>().0.to_vec()
}

#[test]
fn floors_are_lit_and_the_sky_is_background() {
    let scene = [camera(), floor()].concat();
    let pixels = picture(&scene, (8, 8), 1);
    assert_eq!(pixels[3], [1, 2, 3, 255]);
    // 250 * (20 + 200) / 256: the light stands straight above.
    assert_eq!(pixels[7 * 8 + 3], [213, 0, 0, 255]);
    let smooth = picture(&scene, (4, 4), 2);
    let quarter = [pixels[4 * 8 + 2], pixels[4 * 8 + 3], pixels[5 * 8 + 2], pixels[5 * 8 + 3]];
    let mean = (quarter.iter().map(|pixel| u32::from(pixel[0])).sum::<u32>() + 2) / 4;
    assert_eq!(u32::from(smooth[2 * 4 + 1][0]), mean, "a pixel is the mean of its samples");
}

#[test]
fn what_stands_in_the_light_throws_a_shadow() {
    // A roof over the middle of the floor, seen edge on.
    let roof = triangle([[-300, 50, 200], [300, 50, 200], [0, 50, 700]], [0, 250, 0]);
    let scene = [camera(), floor(), roof].concat();
    let (bare, roofed) = (picture(&[camera(), floor()].concat(), (16, 16), 1), picture(&scene, (16, 16), 1));
    // The pixel whose ray meets the floor below the roof: (0, -1, 3) directions.
    let below = 10 * 16 + 8;
    assert_eq!(bare[below], [213, 0, 0, 255]);
    assert_eq!(roofed[below], [19, 0, 0, 255], "ambient light alone");
    assert_eq!(roofed[15 * 16 + 8], bare[15 * 16 + 8], "before the roof");
    assert!(roofed.iter().any(|pixel| pixel[1] > 0), "the roof is seen");
}

#[test]
fn depths_are_those_of_the_plane() {
    let flat = Triangle::read(&shorts(&[[-900, -900, 500], [900, -900, 500], [0, 1_500, 500]]));
    for direction in [[0, 0, 1_000], [100, -50, 1_000], [0, 3, 250], [-400, 200, 2_000]] {
        let ray = Ray { origin: [3, -5, 20], direction };
        let depth = flat.depth(&ray).expect("it meets the triangle");
        let exact = 480.0 / f64::from(direction[2]) * 4096.0;
        assert!((f64::from(depth) - exact).abs() <= 4.0 + exact / 250.0, "{direction:?}: {depth} for {exact}");
        let away = Ray { direction: direction.map(|x: i32| -x), ..ray };
        assert_eq!(flat.depth(&away), None);
    }
}

struct Tree {
    nodes: Vec<u8>,
}

impl Tree {
    /// Nodes in depth-first order, each with what comes after its subtree.
    fn grow(&mut self, triangles: &[([[i16; 3]; 3], i32)]) {
        let at = self.nodes.len();
        let corners: Vec<[i16; 3]> = triangles.iter().flat_map(|(points, _)| *points).collect();
        if let [(points, name)] = triangles {
            let mut node = shorts(points);
            node.extend([1, 0, 0, 0, 0, 0]);
            node.extend((at as i32 / NODE_BYTES as i32 + 1).to_le_bytes());
            node.extend(name.to_le_bytes());
            self.nodes.extend(node);
            return;
        }
        let axis = |axis: usize| corners.iter().map(move |corner| corner[axis]);
        let low = [0, 1, 2].map(|i| axis(i).min().expect("there are some"));
        let high = [0, 1, 2].map(|i| axis(i).max().expect("there are some"));
        let mut node = shorts(&[low, high]);
        node.resize(NODE_BYTES, 0);
        self.nodes.extend(node);
        let mut sorted = triangles.to_vec();
        sorted.sort_by_key(|(points, _)| points[0][0]);
        let (left, right) = sorted.split_at(sorted.len() / 2);
        self.grow(left);
        self.grow(right);
        let beyond = (self.nodes.len() / NODE_BYTES) as i32;
        self.nodes[at + 24..at + 28].copy_from_slice(&beyond.to_le_bytes());
    }
}

#[test]
fn visits_find_the_triangle_that_trying_all_finds() {
    let mut dice = Dice::new(4);
    let mut coordinate = |bound: usize| dice.below(2 * bound) as i16 - bound as i16;
    let triangles: Vec<([[i16; 3]; 3], i32)> = (0..60)
        .map(|name| {
            let centre: [i16; 3] = std::array::from_fn(|_| coordinate(1_200));
            let points = std::array::from_fn(|_| centre.map(|x| x + coordinate(500)));
            (points, name)
        })
        .collect();
    let mut tree = Tree { nodes: Vec::new() };
    tree.grow(&triangles);
    let nodes = tree.nodes.len() / NODE_BYTES;
    let rays: Vec<[i32; 9]> = (0..80)
        .map(|_| {
            let mut point = || -> Point { std::array::from_fn(|_| i32::from(coordinate(1_000))) };
            let ([ox, oy, oz], [dx, dy, dz]) = (point(), point());
            [ox, oy, oz, dx, dy, dz, 0, FAR, -1]
        })
        .collect();
    let states: Vec<u8> = rays.as_flattened().iter().flat_map(|x| x.to_le_bytes()).collect();
    let input = signed(&[states.clone(), tree.nodes].concat());
    let got = run(&input, |g, x| {
        let tree = x.skip(states.len()).vectors(nodes, NODE_BYTES, NODE_BYTES);
        let mut states = x.as_type(Element::I32).vectors(rays.len(), 9, 9);
        // Every node at most once.
        for _ in 0..nodes.div_ceil(16) {
            states = g.visit(states, tree, 16);
        }
        states
    });
    let mut met = 0;
    for (ray, state) in rays.iter().zip(got.as_chunks::<9>().0) {
        let [ox, oy, oz, dx, dy, dz, ..] = *ray;
        let ray = Ray { origin: [ox, oy, oz], direction: [dx, dy, dz] };
        let depth = |points: &[[i16; 3]; 3]| Triangle::read(&shorts(points)).depth(&ray);
        let nearest = triangles.iter().filter_map(|(points, _)| depth(points)).min();
        assert_eq!(state[7], nearest.unwrap_or(FAR));
        assert_eq!(state[6], nodes as i32, "the ray came to the end");
        let named = triangles.iter().find(|(_, name)| *name == state[8]);
        assert_eq!(named.and_then(|(points, _)| depth(points)), nearest);
        met += usize::from(nearest.is_some());
    }
    assert!((20..80).contains(&met), "{met} rays met something");
}
