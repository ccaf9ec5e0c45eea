// Sums of products for few vectors: a workgroup takes four rows and one vector. Lanes share out the columns, so that neighbours
// read neighbouring words, and their sums are added in pairs.

const LANES: u32 = 64u;

// Of each lane: the sums of four rows.
var<workgroup> partial: array<vec4<i32>, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let down = (step.row + 3u) / 4u;
    let tiles = down * step.vectors;
    for (var tile = group.x + groups.x * group.y; tile < tiles; tile += groups.x * groups.y) {
        let r = 4u * (tile % down);
        let i = tile / down;
        var sums = vec4(0i);
        for (var j = lane; j < depth(); j += LANES) {
            let w = vec4(weight(r, j), weight(r + 1u, j), weight(r + 2u, j), weight(r + 3u, j));
            sums += products(w, operand(i, j));
        }
        partial[lane] = sums;
        workgroupBarrier();
        for (var apart = LANES / 2u; apart > 0u; apart >>= 1u) {
            if lane < apart {
                partial[lane] += partial[lane + apart];
            }
            workgroupBarrier();
        }
        if lane == 0u {
            store(i, r, partial[0]);
        }
        workgroupBarrier();
    }
}
