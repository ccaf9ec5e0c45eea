// G54. An invocation follows a ray; its state is nine words.

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = (group.y * groups.x + group.x) * 64u + lane;
    if i >= step.vectors {
        return;
    }
    let origin = vec3(first(i, 0u), first(i, 1u), first(i, 2u));
    let direction = vec3(first(i, 3u), first(i, 4u), first(i, 5u));
    let ray = Ray(held(origin), held(direction));
    // Node, depth, and what was met.
    var state = vec3(first(i, 6u), first(i, 7u), first(i, 8u));
    for (var visits = extractBits(step.more, 8u, 8u); visits > 0u; visits--) {
        if state.x < 0i || bitcast<u32>(state.x) >= step.k {
            break;
        }
        state = visited(state, ray, step.in2_base.x + bitcast<u32>(state.x) * step.in2_stride);
    }
    let at = (step.out_base.x >> 2u) + 9u * i;
    for (var axis = 0u; axis < 3u; axis++) {
        trace[at + axis] = bitcast<u32>(origin[axis]);
        trace[at + 3u + axis] = bitcast<u32>(direction[axis]);
        trace[at + 6u + axis] = bitcast<u32>(state[axis]);
    }
}

fn visited(state: vec3<i32>, ray: Ray, node: u32) -> vec3<i32> {
    let beyond = bitcast<i32>(trace_bytes(node + 24u, 4u));
    let near = clamp(state.y, 0i, FAR);
    if trace_bytes(node + 18u, 1u) == 1u {
        let found = depth_of(triangle(node), ray);
        if found < near {
            return vec3(beyond, found, bitcast<i32>(trace_bytes(node + 28u, 4u)));
        }
        return vec3(beyond, state.yz);
    }
    return vec3(select(beyond, state.x + 1i, enters(ray, point(node), point(node + 6u), near)), state.yz);
}

fn enters(ray: Ray, low: vec3<i32>, high: vec3<i32>, depth: i32) -> bool {
    var begin = 0i;
    var end = depth;
    for (var axis = 0u; axis < 3u; axis++) {
        let o = ray.origin[axis];
        let d = ray.direction[axis];
        if d == 0i {
            if o < low[axis] || high[axis] < o {
                return false;
            }
            continue;
        }
        let a = (low[axis] - o) * 4096i / d;
        let b = (high[axis] - o) * 4096i / d;
        // One unit more on each side than the rounding can take.
        begin = max(begin, min(a, b) - 1i);
        end = min(end, max(a, b) + 1i);
    }
    return begin <= end;
}
