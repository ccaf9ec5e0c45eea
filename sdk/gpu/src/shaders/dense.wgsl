// G24: the vectors that the rows are multiplied with.

// Elements 4j to 4j + 3 of vector i, zeros where there are none.
fn operand(i: u32, j: u32) -> u32 {
    if i >= step.vectors || 4u * j >= step.k {
        return 0u;
    }
    let at = step.in_base.x + i * step.in_stride + 4u * j;
    if ALIGNED {
        return trace[at >> 2u];
    }
    return trace_bytes(at, min(4u, step.k - 4u * j));
}
