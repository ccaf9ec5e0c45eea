// Sums of products one at a time, for outputs whose vectors do not start at words.

fn value(e: u32) -> i32 {
    let i = e / step.row;
    let r = e % step.row;
    var sum = 0i;
    for (var j = 0u; j < depth(); j++) {
        sum += dot4I8Packed(weight(r, j), operand(i, j));
    }
    return requantise(sum, r);
}
