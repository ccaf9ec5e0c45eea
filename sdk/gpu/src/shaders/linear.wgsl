// Rows of weights, and where sums of products go. `operand` says what they are multiplied with.

// Words of a row, the last one perhaps in part.
fn depth() -> u32 {
    return (step.k + 3u) / 4u;
}

// Weights 4j to 4j + 3 of row r. What lies behind the row's end meets zeros of the operand.
fn weight(r: u32, j: u32) -> u32 {
    return weight_word(step.weight_base.x + r * step.k + 4u * j);
}

// Stores what rows r to r + 3 make of their sums over vector i. Vectors must start at words; r is a multiple of four.
fn store(i: u32, r: u32, sums: vec4<i32>) {
    if i >= step.vectors || r >= step.row {
        return;
    }
    let bits = 8u * step.out_type;
    var packed = 0u;
    var filled = 0u;
    var at = (step.out_base.x + (i * step.row + r) * step.out_type) >> 2u;
    for (var j = 0u; j < min(4u, step.row - r); j++) {
        packed = insertBits(packed, bitcast<u32>(requantise(sums[j], r + j)), filled, bits);
        filled += bits;
        if filled == 32u {
            trace[at] = packed;
            at += 1u;
            packed = 0u;
            filled = 0u;
        }
    }
}
