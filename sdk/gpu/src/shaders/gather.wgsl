// G44.

fn value(e: u32) -> i32 {
    return second(row_of(first(e / step.row, 0u), step.k), e % step.row);
}
