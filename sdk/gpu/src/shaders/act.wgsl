// G30.

fn value(e: u32) -> i32 {
    let c = e % step.row;
    let x = first(e / step.row, c);
    let index = min(bitcast<u32>(abs(x)) >> 1u, 4095u);
    return requantise(max(x, 0i) - bitcast<i32>(weight_byte(step.table_base.x + index)), c);
}
