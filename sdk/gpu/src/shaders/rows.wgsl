// Sums of products for few vectors: a workgroup takes four rows and up to four vectors. Lanes share out the columns, so that
// neighbours read neighbouring words, and their sums are added in pairs.

const LANES: u32 = 64u;

// Of each lane, by vector: the sums of four rows.
var<workgroup> partial: array<vec4<i32>, 256>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let down = (step.row + 3u) / 4u;
    let tiles = down * ((step.vectors + 3u) / 4u);
    for (var tile = group.x + groups.x * group.y; tile < tiles; tile += groups.x * groups.y) {
        let r = 4u * (tile % down);
        let i = 4u * (tile / down);
        var sums: array<vec4<i32>, 4>;
        for (var j = lane; j < depth(); j += LANES) {
            let w = vec4(weight(r, j), weight(r + 1u, j), weight(r + 2u, j), weight(r + 3u, j));
            for (var v = 0u; v < 4u; v++) {
                let x = operand(i + v, j);
                sums[v] += vec4(
                    dot4I8Packed(w.x, x), dot4I8Packed(w.y, x), dot4I8Packed(w.z, x), dot4I8Packed(w.w, x),
                );
            }
        }
        for (var v = 0u; v < 4u; v++) {
            partial[v * LANES + lane] = sums[v];
        }
        workgroupBarrier();
        for (var apart = LANES / 2u; apart > 0u; apart >>= 1u) {
            if lane < apart {
                for (var v = 0u; v < 4u; v++) {
                    partial[v * LANES + lane] += partial[v * LANES + lane + apart];
                }
            }
            workgroupBarrier();
        }
        if lane < 4u {
            store(i + lane, r, partial[lane * LANES]);
        }
        workgroupBarrier();
    }
}
