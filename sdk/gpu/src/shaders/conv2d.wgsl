// G25: the window of a pixel as a vector, in the order of the weights.

// Elements 4j to 4j + 3 of the window of pixel i, zeros where there are none.
fn operand(i: u32, j: u32) -> u32 {
    if i >= step.vectors || 4u * j >= step.k {
        return 0u;
    }
    let channels = step.kernel & 0xffffu;
    if ALIGNED || (channels & 3u) == 0u {
        return window(i, 4u * j, 4u);
    }
    var packed = 0u;
    for (var b = 0u; b < min(4u, step.k - 4u * j); b++) {
        packed = insertBits(packed, window(i, 4u * j + b, 1u), 8u * b, 8u);
    }
    return packed;
}

// `count` elements of the window of pixel i from `position` on, all of one pixel of the image.
fn window(i: u32, position: u32, count: u32) -> u32 {
    let channels = step.kernel & 0xffffu;
    let kernel_w = step.kernel >> 24u;
    let out_width = step.out_size >> 16u;
    let spot = position / channels;
    // Wraps to a large number above and left of the image.
    let y = (i / out_width) * extractBits(step.moves, 0u, 8u) + spot / kernel_w - extractBits(step.moves, 16u, 8u);
    let x = (i % out_width) * extractBits(step.moves, 8u, 8u) + spot % kernel_w - (step.moves >> 24u);
    let width = step.size >> 16u;
    if y >= (step.size & 0xffffu) || x >= width {
        return extractBits(step.more, 0u, 8u) * 0x01010101u;
    }
    let at = step.in_base.x + (y * width + x) * channels + position % channels;
    if ALIGNED {
        return trace[at >> 2u];
    }
    return trace_bytes(at, count);
}
