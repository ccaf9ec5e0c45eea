// G35.

const STACKED: u32 = 0x200u;
const CAUSAL: u32 = 0x400u;

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let c = e % step.row;
    let head = c / step.n;
    let r = c % step.n;
    if (step.codes & CAUSAL) != 0u && r + step.count > i + step.n {
        return step.lo;
    }
    let partner = head / (step.group & 0xffffu);
    var other = vec2(r, partner * step.k);
    if (step.codes & STACKED) != 0u {
        other = vec2(partner * step.n + r, 0u);
    }
    let width = in_type();
    let width2 = in2_type();
    let x = step.in_base.x + i * step.in_stride + head * step.k * width;
    let y = step.in2_base.x + other.x * step.in2_stride + other.y * width2;
    var sum = 0i;
    for (var j = 0u; j < step.k; j += 4u) {
        let count = min(4u, step.k - j);
        sum += dot(four(x + j * width, width, count), four(y + j * width2, width2, count));
    }
    return clamped(sum);
}

// 1 to 4 elements of 1 or 2 bytes, then zeros.
fn four(at: u32, width: u32, count: u32) -> vec4<i32> {
    if width == 1u {
        return unpack4xI8(trace_bytes(at, count));
    }
    let low = bitcast<i32>(trace_bytes(at, 2u * min(count, 2u)));
    var high = 0i;
    if count > 2u {
        high = bitcast<i32>(trace_bytes(at + 4u, 2u * (count - 2u)));
    }
    return vec4(extractBits(low, 0u, 16u), low >> 16u, extractBits(high, 0u, 16u), high >> 16u);
}
