// UNIT of G34: what makes an element of a vector one of a vector of length one.

struct Unit {
    down: u32,
    inverse: u32,
    shift: u32,
}

// How far elements are shifted before they are squared, by the largest of them.
fn down_of(largest: u32) -> u32 {
    return max(32u - countLeadingZeros(largest), 15u) - 15u;
}

// Of a vector whose shifted elements have squares with this sum, its low half first.
fn unit_of(down: u32, squares: vec2<u32>) -> Unit {
    if (squares.x | squares.y) == 0u {
        return Unit(down, 0u, 1u);
    }
    let high = squares.y != 0u;
    let bits = select(32u - countLeadingZeros(squares.x), 64u - countLeadingZeros(squares.y), high);
    let e = (bitcast<i32>(bits) - 31i) >> 1u;
    // In [2^30, 2^32).
    var mantissa = squares.x;
    if e < 0i {
        mantissa = squares.x << bitcast<u32>(-2i * e);
    } else if e > 0i {
        mantissa = (squares.y << bitcast<u32>(32i - 2i * e)) | (squares.x >> bitcast<u32>(2i * e));
    }
    return Unit(down, min(0x80000000u / root_of(mantissa), 0xffffu), bitcast<u32>(16i + e));
}

fn applied(unit: Unit, x: i32) -> i32 {
    let y = shifted(x, unit.down);
    let product = bitcast<u32>(abs(y)) * unit.inverse;
    let size = bitcast<i32>(min(((product >> (unit.shift - 1u)) + 1u) >> 1u, 0x7fffu));
    return select(size, -size, y < 0i);
}

// x / 2^down, halves rounded up.
fn shifted(x: i32, down: u32) -> i32 {
    if down == 0u {
        return x;
    }
    return (x + (1i << (down - 1u))) >> down;
}

// The integer root of a number of at least 2^30, digit by digit.
fn root_of(x: u32) -> u32 {
    var root = 0u;
    for (var bit = 0x8000u; bit > 0u; bit >>= 1u) {
        let next = root | bit;
        if next * next <= x {
            root = next;
        }
    }
    return root;
}
