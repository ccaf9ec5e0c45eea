// The frame of operations that say what an element is, `value(e)`: an invocation makes all elements of one word, so that no
// two write to the same one.

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let word = (group.y * groups.x + group.x) * 64u + lane;
    let bits = 8u * step.out_type;
    let each = 4u / step.out_type;
    let start = word * each;
    if start >= step.elements {
        return;
    }
    var packed = 0u;
    for (var j = 0u; j < min(each, step.elements - start); j++) {
        packed = insertBits(packed, bitcast<u32>(value(start + j)), j * bits, bits);
    }
    trace[(step.out_base.x >> 2u) + word] = packed;
}
