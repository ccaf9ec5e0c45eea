// G53. An invocation makes a pixel, which is a word.

const CAMERA: u32 = 64u;
const TRIANGLE: u32 = 24u;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let pixel = (group.y * groups.x + group.x) * 64u + lane;
    if pixel >= step.vectors {
        return;
    }
    let width = step.size >> 16u;
    let samples = extractBits(step.more, 8u, 8u);
    var sums = vec3(0u);
    for (var sample = 0u; sample < samples * samples; sample++) {
        let y = pixel / width * samples + sample / samples;
        let x = pixel % width * samples + sample % samples;
        sums += colour(ray_through(bitcast<i32>(y), bitcast<i32>(x), bitcast<i32>(samples)));
    }
    let all = vec3(samples * samples);
    let mixed = (sums + all / 2u) / all;
    trace[(step.out_base.x >> 2u) + pixel] = mixed.x | (mixed.y << 8u) | (mixed.z << 16u) | 0xff000000u;
}

fn ray_through(y: i32, x: i32, samples: i32) -> Ray {
    let scene = step.in_base.x;
    let height = bitcast<i32>(step.size & 0xffffu) * samples;
    let width = bitcast<i32>(step.size >> 16u) * samples;
    let right = point(scene + 12u) * (2i * x + 1i - width) / vec3(width);
    let up = point(scene + 18u) * (height - 2i * y - 1i) / vec3(height);
    return Ray(point(scene), held(point(scene + 6u) + right + up));
}

fn colour(ray: Ray) -> vec3<u32> {
    let scene = step.in_base.x;
    var depth = FAR;
    var nearest = 0u;
    for (var k = 0u; k < step.k; k++) {
        let at = scene + CAMERA + TRIANGLE * k;
        let found = depth_of(triangle(at), ray);
        if found < depth {
            depth = found;
            nearest = at;
        }
    }
    if depth == FAR {
        return bytes(scene + 32u);
    }
    let normal = normal_of(triangle(nearest), ray);
    let light = point(scene + 24u);
    let cosine = max(inner(normal >> vec3(1u), unit_vector(light)) >> 14u, 0i);
    // Shadows start a few units off the triangle, or it would shade itself.
    let met = held(ray.origin + ((ray.direction * depth) >> vec3(12u)));
    let shadow = Ray(held(met + (normal >> vec3(13u))), light);
    var lit = cosine > 0i;
    for (var k = 0u; k < step.k && lit; k++) {
        lit = depth_of(triangle(scene + CAMERA + TRIANGLE * k), shadow) == FAR;
    }
    let strength = bytes(scene + 30u).xy;
    let direct = select(0u, (bitcast<u32>(cosine) * strength.y) >> 15u, lit);
    let bright = min(strength.x + direct, 255u);
    return (bytes(nearest + 18u) * bright) >> vec3(8u);
}

// Three bytes from any place.
fn bytes(at: u32) -> vec3<u32> {
    let word = trace_bytes(at, 3u);
    return vec3(word & 0xffu, (word >> 8u) & 0xffu, word >> 16u);
}
