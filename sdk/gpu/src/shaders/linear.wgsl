// Rows of weights, and where sums of products go. `operand` says what they are multiplied with. The host says, by `ALIGNED`, that
// every row and every operand consists of whole words.

// Words of a row, the last one perhaps in part.
fn depth() -> u32 {
    return (step.k + 3u) / 4u;
}

// Weights 4j to 4j + 3 of row r. What lies behind the row's end meets zeros of the operand.
fn weight(r: u32, j: u32) -> u32 {
    let at = step.weight_base.x + r * step.k + 4u * j;
    if ALIGNED {
        return weights[at >> 2u];
    }
    return weight_word(at);
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

// What four words of weights of as many rows add to their sums.
fn products(w: vec4<u32>, x: u32) -> vec4<i32> {
    return vec4(dot4I8Packed(w.x, x), dot4I8Packed(w.y, x), dot4I8Packed(w.z, x), dot4I8Packed(w.w, x));
}
