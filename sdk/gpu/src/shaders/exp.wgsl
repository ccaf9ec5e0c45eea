// G38.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let distance = second(i, 0u) - first(i, e % step.row);
    let entry = min(max(scaled(distance, i % heads()), 0i), 4095i);
    return clamped(weight_short(step.table_base.x + 2u * bitcast<u32>(entry)));
}
