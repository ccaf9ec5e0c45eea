// G51.

const EMPTY: i32 = 0i;

fn term(i: u32, c: u32) -> i32 {
    let apart = first(i, c) - second(i, c);
    return apart * apart;
}

fn merged(a: i32, b: i32) -> i32 {
    return a + b;
}
