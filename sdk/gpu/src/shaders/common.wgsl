// What every kernel shares: the operation's record, the bytes of weights and trace at any place, and requantisation.
// Addresses count bytes; a word holds four, the lowest first. All arithmetic is that of 32-bit integers, modulo 2^32.

struct Step {
    // Bytes: operation, flags, type of the first operand, type of the second.
    codes: u32,
    out_type: u32,
    // Places have 64 bits, of which the host has checked that the upper half is zero.
    in_base: vec2<u32>,
    in2_base: vec2<u32>,
    out_base: vec2<u32>,
    weight_base: vec2<u32>,
    scale_base: vec2<u32>,
    table_base: vec2<u32>,
    in_stride: u32,
    in2_stride: u32,
    out_stride: u32,
    count: u32,
    k: u32,
    n: u32,
    lo: i32,
    hi: i32,
    // 16 bits each: height, width.
    size: u32,
    // Channels in 16 bits, kernel height and width in 8.
    kernel: u32,
    // 8 bits each: stride down and across, padding above and left.
    moves: u32,
    // 16 bits each: output height, width.
    out_size: u32,
    // Value of the padding and a shift, 8 bits each; heads, 16 bits.
    more: u32,
    group: u32,
    reserved: vec4<u32>,
    // Beyond the record: elements of the output in all, vectors of it, and elements of each.
    elements: u32,
    vectors: u32,
    row: u32,
}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(2) var<storage, read_write> trace: array<u32>;

const ONE_SCALE: u32 = 0x100u;

fn in_type() -> u32 {
    return extractBits(step.codes, 16u, 8u);
}

fn in2_type() -> u32 {
    return extractBits(step.codes, 24u, 8u);
}

fn weight_byte(at: u32) -> u32 {
    return extractBits(weights[at >> 2u], (at & 3u) * 8u, 8u);
}

// Four bytes from any place on; those that lie behind the section mean nothing.
fn weight_word(at: u32) -> u32 {
    let shift = (at & 3u) * 8u;
    let word = weights[at >> 2u];
    if shift == 0u {
        return word;
    }
    return (word >> shift) | (weights[(at >> 2u) + 1u] << (32u - shift));
}

// 1 to 4 bytes from any place on, then zeros. No other byte's word is touched: it could be one that is being written.
fn trace_bytes(at: u32, count: u32) -> u32 {
    let shift = (at & 3u) * 8u;
    var word = trace[at >> 2u] >> shift;
    if (at & 3u) + count > 4u {
        word |= trace[(at >> 2u) + 1u] << (32u - shift);
    }
    return extractBits(word, 0u, 8u * count);
}

// An element of 1, 2 or 4 bytes, which starts at a multiple of its size.
fn element(at: u32, width: u32) -> i32 {
    let word = bitcast<i32>(trace[at >> 2u]);
    if width == 4u {
        return word;
    }
    return extractBits(word, (at & 3u) * 8u, 8u * width);
}

// Element c of vector i of the first operand (G22).
fn first(i: u32, c: u32) -> i32 {
    let width = in_type();
    return element(step.in_base.x + i * step.in_stride + c * width, width);
}

fn second(i: u32, c: u32) -> i32 {
    let width = in2_type();
    return element(step.in2_base.x + i * step.in2_stride + c * width, width);
}

fn clamped(x: i32) -> i32 {
    return min(max(x, step.lo), step.hi);
}

fn heads() -> u32 {
    return step.more >> 16u;
}

// The vector that an id names, of `rows`.
fn row_of(id: i32, rows: u32) -> u32 {
    return min(bitcast<u32>(max(id, 0i)), rows - 1u);
}

// Two bytes of the weights section, signed.
fn weight_short(at: u32) -> i32 {
    return extractBits(bitcast<i32>(weight_word(at)), 0u, 16u);
}

// G20 and G21: what row or channel c makes of a sum.
fn requantise(sum: i32, c: u32) -> i32 {
    let record = select(c, 0u, (step.codes & ONE_SCALE) != 0u);
    return clamped(scaled(sum, record));
}

// G21 with a record, but for the clamp.
fn scaled(sum: i32, record: u32) -> i32 {
    let at = step.scale_base.x + 8u * record;
    let scale = weight_word(at + 4u);
    let m = scale & 0xffffu;
    let down = extractBits(scale, 16u, 4u);
    let pre = extractBits(scale, 20u, 4u);
    let zp = bitcast<i32>(scale) >> 24u;
    let a = (sum + bitcast<i32>(weight_word(at))) << pre;
    let low = ((bitcast<u32>(a) & 0xffffu) * m + 0x8000u) >> 16u;
    let t = (a >> 16u) * bitcast<i32>(m) + bitcast<i32>(low);
    let half = (1i << down) >> 1u;
    return ((t + half) >> down) + zp;
}
