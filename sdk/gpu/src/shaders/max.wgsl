// G36.

const EMPTY: i32 = i32(-2147483648);

fn term(i: u32, c: u32) -> i32 {
    return first(i, c);
}

fn merged(a: i32, b: i32) -> i32 {
    return max(a, b);
}
