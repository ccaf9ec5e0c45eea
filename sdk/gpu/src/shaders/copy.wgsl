// G32.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let c = e % step.row;
    if c < step.n {
        return first(i, c);
    }
    return second(i, c - step.n);
}
