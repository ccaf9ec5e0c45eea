//! Rays and triangles in 32-bit whole numbers (G53, G54). Coordinates are read as 12 bits, which no sum of products here then
//! leaves 31 bits for.

use crate::unit::Unit;

pub(crate) type Point = [i32; 3];

/// Depths are multiples of a ray's direction, in units of 2^-12; what is no nearer than this is not met.
pub(crate) const FAR: i32 = 1 << 19;

/// Three coordinates, i16 each, held within 12 bits.
#[inline(always)]
pub(crate) fn point(bytes: &[u8]) -> Point {
    std::array::from_fn(|axis| held(i32::from(i16::from_le_bytes([bytes[2 * axis], bytes[2 * axis + 1]]))))
}

#[inline(always)]
pub(crate) fn held(coordinate: i32) -> i32 {
    coordinate.clamp(-2048, 2047)
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Ray {
    pub(crate) origin: Point,
    pub(crate) direction: Point,
}

impl Ray {
    /// The point at a depth.
    #[inline(always)]
    pub(crate) fn at(&self, depth: i32) -> Point {
        std::array::from_fn(|axis| held(self.origin[axis] + ((self.direction[axis] * depth) >> 12)))
    }

    /// Whether the ray comes nearer than `depth` inside a box.
    #[inline(always)]
    pub(crate) fn enters(&self, low: Point, high: Point, depth: i32) -> bool {
        let (mut from, mut to) = (0, depth);
        for axis in 0..3 {
            let (o, d) = (self.origin[axis], self.direction[axis]);
            if d == 0 {
                if o < low[axis] || high[axis] < o {
                    return false;
                }
                continue;
            }
            let (a, b) = ((low[axis] - o) * 4096 / d, (high[axis] - o) * 4096 / d);
            // One unit more on each side than the rounding can take.
            from = from.max(a.min(b) - 1);
            to = to.min(a.max(b) + 1);
        }
        from <= to
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Triangle {
    pub(crate) corner: Point,
    pub(crate) edges: [Point; 2],
}

impl Triangle {
    /// Three points, 18 bytes.
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let corner = point(&bytes[..6]);
        Self { corner, edges: [minus(point(&bytes[6..12]), corner), minus(point(&bytes[12..18]), corner)] }
    }

    /// How deep the ray meets the triangle, from either side (Möller and Trumbore, 1997, with shifts).
    #[inline(always)]
    pub(crate) fn depth(&self, ray: &Ray) -> Option<i32> {
        let [e1, e2] = self.edges;
        let h = cross(ray.direction, e2).map(|x| x >> 9);
        let a = dot(e1, h);
        let s = minus(ray.origin, self.corner);
        let sign = if a < 0 { -1 } else { 1 };
        let (a, u) = (a * sign, dot(s, h) * sign);
        if a == 0 || u < 0 || u > a {
            return None;
        }
        let q = cross(s, e1).map(|x| x >> 9);
        let v = dot(ray.direction, q) * sign;
        let t = dot(e2, q) * sign;
        if v < 0 || u + v > a || t <= 0 {
            return None;
        }
        Some(t / (a >> 12).max(1)).filter(|depth| *depth < FAR)
    }

    /// The unit normal on the side that the ray comes from.
    #[inline(always)]
    pub(crate) fn normal(&self, ray: &Ray) -> Point {
        let normal = unit(cross(self.edges[0], self.edges[1]));
        if dot(normal, ray.direction) > 0 { normal.map(|x| -x) } else { normal }
    }
}

#[inline(always)]
pub(crate) fn unit(v: Point) -> Point {
    let unit = Unit::of(v.into_iter());
    v.map(|x| unit.apply(x))
}

#[inline(always)]
fn minus(a: Point, b: Point) -> Point {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

#[inline(always)]
pub(crate) fn dot(a: Point, b: Point) -> i32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[inline(always)]
fn cross(a: Point, b: Point) -> Point {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
