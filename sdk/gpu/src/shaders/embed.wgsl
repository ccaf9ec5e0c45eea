// G33.

const COUNTED: u32 = 0x200u;

fn value(e: u32) -> i32 {
    let i = e / step.row;
    var row = min(i, step.k - 1u);
    if (step.codes & COUNTED) == 0u {
        row = row_of(first(i, 0u), step.k);
    }
    let weight = extractBits(bitcast<i32>(weight_byte(step.weight_base.x + row * step.row + e % step.row)), 0u, 8u);
    let multiplier = weight_word(step.table_base.x + 2u * row) & 0xffffu;
    return clamped((weight * bitcast<i32>(multiplier) + 128i) >> 8u);
}
