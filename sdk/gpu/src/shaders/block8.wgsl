// G52.

const COSINES = array<i32, 64>(
    64, 64, 64, 64, 64, 64, 64, 64,
    89, 75, 50, 18, -18, -50, -75, -89,
    83, 36, -36, -83, -83, -36, 36, 83,
    75, -18, -89, -50, 50, 89, 18, -75,
    64, -64, -64, 64, 64, -64, -64, 64,
    50, -89, 18, 75, -75, -18, 89, -50,
    36, -83, 83, -36, -36, 83, -83, 36,
    18, -50, 75, -89, 89, -75, 50, -18,
);

const ZIGZAG = array<u32, 64>(
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
    62, 63,
);

fn value(e: u32) -> i32 {
    let height = step.size & 0xffffu;
    let width = step.size >> 16u;
    let across = (width + 7u) / 8u;
    let block = e / 64u;
    let top = block / across * 8u;
    let left = block % across * 8u;
    let place = ZIGZAG[e % 64u];
    let v = place / 8u;
    let u = place % 8u;
    var sum = 256i;
    for (var x = 0u; x < 8u; x++) {
        // Blocks that reach beyond the image see its last row and column again.
        let column = min(left + x, width - 1u);
        var down = 2i;
        for (var y = 0u; y < 8u; y++) {
            down += COSINES[8u * v + y] * element(step.in_base.x + min(top + y, height - 1u) * width + column, 1u);
        }
        sum += (down >> 2u) * COSINES[8u * u + x];
    }
    let coefficient = sum >> 9u;
    let multiplier = weight_word(step.table_base.x + 2u * (e % 64u)) & 0xffffu;
    let shift = extractBits(step.more, 8u, 8u);
    let size = bitcast<i32>((bitcast<u32>(abs(coefficient)) * multiplier + (1u << (shift - 1u))) >> shift);
    return clamped(select(size, -size, coefficient < 0i));
}
