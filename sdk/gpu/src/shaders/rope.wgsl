// G41.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let c = e % step.row;
    let half = step.row / heads() / 2u;
    let pair = c % half;
    let place = c / (2u * half) * 2u * half + pair;
    let a = first(i, place);
    let b = first(i, place + half);
    let angle = bitcast<i32>(weight_word(step.table_base.x + (i * half + pair) * 4u));
    let cosine = extractBits(angle, 0u, 16u);
    let sine = angle >> 16u;
    let sum = select(b * cosine + a * sine, a * cosine - b * sine, c == place);
    return clamped((sum + 0x4000i) >> 15u);
}
