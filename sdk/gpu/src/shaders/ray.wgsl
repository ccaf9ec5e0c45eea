// Rays and triangles (G53, G54).

// A depth that is never met: no triangle.
const FAR: i32 = 0x80000i;

struct Ray {
    origin: vec3<i32>,
    direction: vec3<i32>,
}

// A corner, and the two edges from it.
struct Triangle {
    corner: vec3<i32>,
    edge: vec3<i32>,
    edge2: vec3<i32>,
}

fn held(x: vec3<i32>) -> vec3<i32> {
    return clamp(x, vec3(-2048i), vec3(2047i));
}

// 16 bits from any place of the trace.
fn short(at: u32) -> i32 {
    return extractBits(bitcast<i32>(trace_bytes(at, 2u)), 0u, 16u);
}

fn point(at: u32) -> vec3<i32> {
    return held(vec3(short(at), short(at + 2u), short(at + 4u)));
}

fn triangle(at: u32) -> Triangle {
    let corner = point(at);
    return Triangle(corner, point(at + 6u) - corner, point(at + 12u) - corner);
}

fn inner(a: vec3<i32>, b: vec3<i32>) -> i32 {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

fn outer(a: vec3<i32>, b: vec3<i32>) -> vec3<i32> {
    return a.yzx * b.zxy - a.zxy * b.yzx;
}

// How deep a ray meets a triangle; FAR where it does not.
fn depth_of(t: Triangle, ray: Ray) -> i32 {
    let h = outer(ray.direction, t.edge2) >> vec3(9u);
    let across = inner(t.edge, h);
    let s = ray.origin - t.corner;
    let sign = select(1i, -1i, across < 0i);
    let a = across * sign;
    let u = inner(s, h) * sign;
    if a == 0i || u < 0i || u > a {
        return FAR;
    }
    let q = outer(s, t.edge) >> vec3(9u);
    let v = inner(ray.direction, q) * sign;
    let deep = inner(t.edge2, q) * sign;
    if v < 0i || u + v > a || deep <= 0i {
        return FAR;
    }
    return min(deep / max(a >> 12u, 1i), FAR);
}

fn unit_vector(v: vec3<i32>) -> vec3<i32> {
    let size = bitcast<vec3<u32>>(abs(v));
    let down = down_of(max(max(size.x, size.y), size.z));
    let x = vec3(shifted(v.x, down), shifted(v.y, down), shifted(v.z, down));
    // Three squares of 16 bits fit.
    let unit = unit_of(down, vec2(bitcast<u32>(inner(x, x)), 0u));
    return vec3(applied(unit, v.x), applied(unit, v.y), applied(unit, v.z));
}

// On the side that the ray comes from.
fn normal_of(t: Triangle, ray: Ray) -> vec3<i32> {
    let normal = unit_vector(outer(t.edge, t.edge2));
    return select(normal, -normal, inner(normal, ray.direction) > 0i);
}
