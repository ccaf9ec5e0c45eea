// G28.

fn value(e: u32) -> i32 {
    let c = e % step.row;
    return requantise(first(e / step.row, c), c);
}
