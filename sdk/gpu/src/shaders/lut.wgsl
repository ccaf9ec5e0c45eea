// G29.

fn value(e: u32) -> i32 {
    let index = bitcast<u32>(first(e / step.row, e % step.row) + 128i);
    return extractBits(bitcast<i32>(weight_byte(step.table_base.x + index)), 0u, 8u);
}
