// G27.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let c = e % step.row;
    return requantise(first(i, c) + second(i, c), c);
}
