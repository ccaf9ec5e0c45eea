// The frame of operations that make one number of a vector, by `term(i, c)`, `merged(a, b)` and `EMPTY`, which any order suits. A
// workgroup makes one word of output: for each of its vectors, lanes take every 64th element, and what they have is merged in
// pairs.

var<workgroup> parts: array<i32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let word = group.y * groups.x + group.x;
    let bits = 8u * step.out_type;
    let each = 4u / step.out_type;
    let start = word * each;
    if start >= step.elements {
        return;
    }
    var packed = 0u;
    for (var j = 0u; j < min(each, step.elements - start); j++) {
        var part = EMPTY;
        for (var c = lane; c < step.n; c += 64u) {
            part = merged(part, term(start + j, c));
        }
        parts[lane] = part;
        workgroupBarrier();
        for (var apart = 32u; apart > 0u; apart >>= 1u) {
            if lane < apart {
                parts[lane] = merged(parts[lane], parts[lane + apart]);
            }
            workgroupBarrier();
        }
        packed = insertBits(packed, bitcast<u32>(parts[0]), j * bits, bits);
        workgroupBarrier();
    }
    if lane == 0u {
        trace[(step.out_base.x >> 2u) + word] = packed;
    }
}
