// G26.

fn value(e: u32) -> i32 {
    let height = step.size & 0xffffu;
    let width = step.size >> 16u;
    let out_width = step.out_size >> 16u;
    let c = e % step.row;
    let pixel = e / step.row;
    // Of the padded image: rows and columns from the first padding on.
    let top = (pixel / out_width) * extractBits(step.moves, 0u, 8u);
    let left = (pixel % out_width) * extractBits(step.moves, 8u, 8u);
    let pad_top = extractBits(step.moves, 16u, 8u);
    let pad_left = step.moves >> 24u;
    var largest = -128i;
    for (var y = max(top, pad_top); y < min(top + extractBits(step.kernel, 16u, 8u), height + pad_top); y++) {
        for (var x = max(left, pad_left); x < min(left + (step.kernel >> 24u), width + pad_left); x++) {
            let at = ((y - pad_top) * width + x - pad_left) * step.row + c;
            largest = max(largest, element(step.in_base.x + at, 1u));
        }
    }
    return largest;
}
