// G42.

fn value(e: u32) -> i32 {
    return first(e % step.row, e / step.row);
}
