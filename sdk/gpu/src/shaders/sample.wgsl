// G43. A workgroup makes one word of output. A lane takes a run of each vector: it adds its weights up, learns what the lanes
// before it have, and looks where the draw falls in its own; of all places that are found, the first is the one.

const NOWHERE: u32 = 0xffffffffu;

var<workgroup> sums: array<i32, 64>;
var<workgroup> places: array<u32, 64>;

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
    let run = (step.n + 63u) / 64u;
    let begin = min(lane * run, step.n);
    let end = min(begin + run, step.n);
    var packed = 0u;
    for (var j = 0u; j < min(each, step.elements - start); j++) {
        let i = start + j;
        var sum = 0i;
        for (var c = begin; c < end; c++) {
            sum += max(first(i, c), 0i);
        }
        sums[lane] = sum;
        workgroupBarrier();
        var before = 0i;
        var total = 0i;
        for (var other = 0u; other < 64u; other++) {
            if other == lane {
                before = total;
            }
            total += sums[other];
        }
        let draw = chacha(step.in2_base.x, vec3(step.out_base, 0u), i);
        var left = bitcast<i32>(high_product(draw[0].x, bitcast<u32>(total))) - before;
        var place = NOWHERE;
        for (var c = begin; c < end && place == NOWHERE; c++) {
            let weight = max(first(i, c), 0i);
            if left < weight {
                place = c;
            }
            left -= weight;
        }
        places[lane] = place;
        workgroupBarrier();
        for (var apart = 32u; apart > 0u; apart >>= 1u) {
            if lane < apart {
                places[lane] = min(places[lane], places[lane + apart]);
            }
            workgroupBarrier();
        }
        let found = select(places[0], 0u, places[0] == NOWHERE);
        packed = insertBits(packed, found, j * bits, bits);
        workgroupBarrier();
    }
    if lane == 0u {
        trace[(step.out_base.x >> 2u) + word] = packed;
    }
}

// The upper half of a product of 64 bits.
fn high_product(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}
