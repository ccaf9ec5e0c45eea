// G34. A workgroup takes as many vectors as fill whole words, one to four: first it finds what the elements of each share, then
// its lanes make the words.

const CENTRED: u32 = 0x200u;
const PLAIN: u32 = 0x400u;

struct Shared {
    mean: i32,
    unit: Unit,
}

var<workgroup> parts: array<vec2<u32>, 64>;
var<workgroup> shares: array<Shared, 4>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let bytes = step.row * step.out_type;
    let each = select(select(4u, 2u, (bytes & 1u) == 0u), 1u, (bytes & 3u) == 0u);
    let start = (group.y * groups.x + group.x) * each;
    if start >= step.vectors {
        return;
    }
    let vectors = min(each, step.vectors - start);
    for (var v = 0u; v < vectors; v++) {
        let share = share_of(start + v, lane);
        if lane == 0u {
            shares[v] = share;
        }
        workgroupBarrier();
    }
    let per_word = 4u / step.out_type;
    let bits = 8u * step.out_type;
    let elements = vectors * step.row;
    for (var word = lane; word * per_word < elements; word += 64u) {
        var packed = 0u;
        for (var j = 0u; j < min(per_word, elements - word * per_word); j++) {
            let e = word * per_word + j;
            let made = element_of(shares[e / step.row], start + e / step.row, e % step.row);
            packed = insertBits(packed, bitcast<u32>(made), j * bits, bits);
        }
        trace[((step.out_base.x + start * bytes) >> 2u) + word] = packed;
    }
}

fn element_of(share: Shared, i: u32, c: u32) -> i32 {
    let u = applied(share.unit, first(i, c) - share.mean);
    if (step.codes & PLAIN) != 0u {
        return clamped(u);
    }
    let record = bitcast<i32>(weight_word(step.table_base.x + 4u * c));
    let shift = extractBits(step.more, 8u, 8u);
    return clamped(((u * extractBits(record, 0u, 16u) + (1i << (shift - 1u))) >> shift) + (record >> 16u));
}

// What the elements of vector i share; the same in every lane.
fn share_of(i: u32, lane: u32) -> Shared {
    var mean = 0i;
    if (step.codes & CENTRED) != 0u {
        var sum = 0u;
        for (var c = lane; c < step.row; c += 64u) {
            sum += bitcast<u32>(first(i, c));
        }
        mean = mean_of(bitcast<i32>(added(lane, vec2(sum, 0u)).x));
    }
    var largest = 0u;
    for (var c = lane; c < step.row; c += 64u) {
        largest = max(largest, bitcast<u32>(abs(first(i, c) - mean)));
    }
    let down = down_of(highest(lane, largest));
    // A square has at most 31 bits and a vector 2^16 elements: the halves of squares add up in 32 bits each.
    var squares = vec2(0u);
    for (var c = lane; c < step.row; c += 64u) {
        let x = bitcast<u32>(abs(shifted(first(i, c) - mean, down)));
        squares += vec2((x * x) & 0xffffu, (x * x) >> 16u);
    }
    let total = added(lane, squares);
    let low = (total.y << 16u) + total.x;
    let high = (total.y >> 16u) + select(0u, 1u, low < total.x);
    return Shared(mean, unit_of(down, vec2(low, high)));
}

// Of a vector with this sum, halves rounded up.
fn mean_of(sum: i32) -> i32 {
    let len = bitcast<i32>(step.row);
    let numerator = 2i * sum + len;
    let quotient = numerator / (2i * len);
    return quotient - select(0i, 1i, quotient * 2i * len > numerator);
}

// The sum of all lanes' parts.
fn added(lane: u32, part: vec2<u32>) -> vec2<u32> {
    parts[lane] = part;
    workgroupBarrier();
    for (var apart = 32u; apart > 0u; apart >>= 1u) {
        if lane < apart {
            parts[lane] += parts[lane + apart];
        }
        workgroupBarrier();
    }
    let sum = workgroupUniformLoad(&parts[0]);
    return sum;
}

// The largest of all lanes' parts.
fn highest(lane: u32, part: u32) -> u32 {
    parts[lane].x = part;
    workgroupBarrier();
    for (var apart = 32u; apart > 0u; apart >>= 1u) {
        if lane < apart {
            parts[lane].x = max(parts[lane].x, parts[lane + apart].x);
        }
        workgroupBarrier();
    }
    let most = workgroupUniformLoad(&parts[0]).x;
    return most;
}
