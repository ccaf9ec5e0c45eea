// G50. An invocation makes a block of the stream: 64 bytes of output, which start at a word.

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let block = (group.y * groups.x + group.x) * 64u + lane;
    let key = step.in2_base.x;
    let start = block * 64u;
    if start >= step.elements {
        return;
    }
    let nonce = vec3(trace_bytes(key + 32u, 4u), trace_bytes(key + 36u, 4u), trace_bytes(key + 40u, 4u));
    var stream = chacha(key, nonce, block);
    for (var word = 0u; word < 16u && start + 4u * word < step.elements; word++) {
        let pad = stream[word / 4u][word % 4u];
        var packed = 0u;
        for (var j = 0u; j < min(4u, step.elements - start - 4u * word); j++) {
            let e = start + 4u * word + j;
            let byte = bitcast<u32>(first(e / step.row, e % step.row)) ^ (pad >> (8u * j));
            packed = insertBits(packed, byte, 8u * j, 8u);
        }
        trace[((step.out_base.x + start) >> 2u) + word] = packed;
    }
}
