// G31. A workgroup makes one word of output: for each of its vectors, lanes look at every 64th element, and what they found is
// compared in pairs. Of equal elements the lower index wins, whichever lane saw it.

const NOWHERE: u32 = 0xffffffffu;

var<workgroup> values: array<i32, 64>;
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
    var packed = 0u;
    for (var j = 0u; j < min(each, step.elements - start); j++) {
        var best = i32(-2147483648);
        var place = NOWHERE;
        for (var c = lane; c < step.n; c += 64u) {
            let x = first(start + j, c);
            if x > best || place == NOWHERE {
                best = x;
                place = c;
            }
        }
        values[lane] = best;
        places[lane] = place;
        workgroupBarrier();
        for (var apart = 32u; apart > 0u; apart >>= 1u) {
            if lane < apart {
                let x = values[lane + apart];
                let at = places[lane + apart];
                if x > values[lane] || (x == values[lane] && at < places[lane]) {
                    values[lane] = x;
                    places[lane] = at;
                }
            }
            workgroupBarrier();
        }
        packed = insertBits(packed, places[0], j * bits, bits);
        workgroupBarrier();
    }
    if lane == 0u {
        trace[(step.out_base.x >> 2u) + word] = packed;
    }
}
