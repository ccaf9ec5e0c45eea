//! A scene and its pixels (G53), and one visit of a ray to a tree of boxes (G54).

use crate::ray::{FAR, Ray, Triangle, dot, held, point, unit};

/// Bytes of a scene before its triangles, and of each of them.
pub(crate) const SCENE_BYTES: usize = 64;
pub(crate) const TRIANGLE_BYTES: usize = 24;
/// Bytes of a node of a tree.
pub(crate) const NODE_BYTES: usize = 32;
/// Elements of a ray's state.
pub(crate) const STATE: usize = 9;
/// What a ray takes besides triangles, counted in those that it could try.
const RAY_TRIES: u64 = 16;
/// Most that the rays of one pixel try: one ray, and one to the light, 2,500 triangles each.
pub(crate) const TRIES_MAX: u64 = RAY_TRIES + 5_000;

/// The size of a picture in pixels, and how many samples each has down and across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) samples: usize,
}

impl Picture {
    pub(crate) fn pixels(&self) -> usize {
        self.height * self.width
    }

    /// What the rays of one pixel try, of a scene of so many triangles.
    pub(crate) fn tries(&self, triangles: u64) -> u64 {
        // Samples have 8 bits, triangles 32.
        (self.samples as u64).pow(2) * (RAY_TRIES + 2 * triangles)
    }

    /// Red, green, blue and 255 of pixel `i` of the scene, whose length G8 makes right.
    pub(crate) fn pixel(&self, scene: &[u8], i: usize) -> [u8; 4] {
        let (camera, triangles) = scene.split_at(SCENE_BYTES);
        let (triangles, _) = triangles.as_chunks::<TRIANGLE_BYTES>();
        let (y, x) = (i / self.width * self.samples, i % self.width * self.samples);
        let mut sums = [0; 3];
        for sample in 0..self.samples * self.samples {
            let (y, x) = (y + sample / self.samples, x + sample % self.samples);
            let colour = colour(camera, triangles, &self.ray(camera, (y, x)));
            sums = std::array::from_fn(|channel| sums[channel] + colour[channel]);
        }
        let samples = (self.samples * self.samples) as u32;
        let [r, g, b] = sums.map(|sum| ((sum + samples / 2) / samples) as u8);
        [r, g, b, 255]
    }

    fn ray(&self, camera: &[u8], (y, x): (usize, usize)) -> Ray {
        // Below 2^15 by G8, so that products with 12 bits fit.
        let (height, width) = ((self.height * self.samples) as i32, (self.width * self.samples) as i32);
        let (forward, right, up) = (point(&camera[6..]), point(&camera[12..]), point(&camera[18..]));
        let (across, upward) = (2 * x as i32 + 1 - width, height - 2 * y as i32 - 1);
        let direction = |axis: usize| forward[axis] + right[axis] * across / width + up[axis] * upward / height;
        Ray { origin: point(camera), direction: std::array::from_fn(|axis| held(direction(axis))) }
    }
}

/// What a ray sees: the background, or the nearest triangle in the light that reaches it.
fn colour(camera: &[u8], triangles: &[[u8; TRIANGLE_BYTES]], ray: &Ray) -> [u32; 3] {
    let mut nearest: Option<(i32, &[u8; TRIANGLE_BYTES])> = None;
    for triangle in triangles {
        let depth = Triangle::read(triangle).depth(ray);
        if let Some(depth) = depth.filter(|depth| nearest.is_none_or(|(least, _)| *depth < least)) {
            nearest = Some((depth, triangle));
        }
    }
    let Some((depth, bytes)) = nearest else { return std::array::from_fn(|channel| camera[32 + channel].into()) };
    let normal = Triangle::read(bytes).normal(ray);
    let light = point(&camera[24..]);
    let cosine = (dot(normal.map(|x| x >> 1), unit(light)) >> 14).max(0);
    // Shadows start a few units off the triangle, or it would shade itself.
    let met = ray.at(depth);
    let start = std::array::from_fn(|axis| held(met[axis] + (normal[axis] >> 13)));
    let shadow = Ray { origin: start, direction: light };
    let lit = cosine > 0 && !triangles.iter().any(|triangle| Triangle::read(triangle).depth(&shadow).is_some());
    let direct = if lit { (cosine * i32::from(camera[31])) >> 15 } else { 0 };
    let bright = (u32::from(camera[30]) + direct.cast_unsigned()).min(255);
    std::array::from_fn(|channel| (u32::from(bytes[18 + channel]) * bright) >> 8)
}

/// Where a ray with this state goes next: the number of a node of `nodes`, where it has not come to the end.
pub(crate) fn next(state: &[i32; STATE], nodes: usize) -> Option<usize> {
    usize::try_from(state[6]).ok().filter(|node| *node < nodes)
}

/// The state after a visit to the node that it names.
pub(crate) fn visit(state: [i32; STATE], node: &[u8; NODE_BYTES]) -> [i32; STATE] {
    let [ox, oy, oz, dx, dy, dz, at, depth, met] = state;
    let ray = Ray { origin: [ox, oy, oz].map(held), direction: [dx, dy, dz].map(held) };
    let word = |from: usize| i32::from_le_bytes(std::array::from_fn(|i| node[from + i]));
    let (beyond, name) = (word(24), word(28));
    let near = depth.clamp(0, FAR);
    let (at, depth, met) = if node[18] == 1 {
        match Triangle::read(node).depth(&ray).filter(|found| *found < near) {
            Some(found) => (beyond, found, name),
            None => (beyond, depth, met),
        }
    } else if ray.enters(point(node), point(&node[6..]), near) {
        (at.wrapping_add(1), depth, met)
    } else {
        (beyond, depth, met)
    };
    [ox, oy, oz, dx, dy, dz, at, depth, met]
}
