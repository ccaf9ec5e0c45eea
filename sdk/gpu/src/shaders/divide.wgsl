// G39.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let sum = bitcast<u32>(max(second(i, 0u), 0x4000i));
    let bits = 32u - countLeadingZeros(sum);
    // In [2^15, 2^16).
    var mantissa = sum;
    if bits < 16u {
        mantissa = sum << (16u - bits);
    } else {
        mantissa = sum >> (bits - 16u);
    }
    let inverse = min(0x40000000u / mantissa, 0x7fffu);
    let down = bits - 10u;
    let x = first(i, e % step.row);
    let low = ((bitcast<u32>(x) & 0xffffu) * inverse + 0x8000u) >> 16u;
    let t = (x >> 16u) * bitcast<i32>(inverse) + bitcast<i32>(low);
    return clamped((t + (1i << (down - 1u))) >> down);
}
