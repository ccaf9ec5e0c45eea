//! UNIT (G34): a vector divided by its length, up to a common factor near one, in 32-bit numbers but for one sum.

/// What all elements of a vector share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    down: u32,
    inverse: u32,
    shift: u32,
}

impl Unit {
    /// Of the vector with these elements, each of at most 31 bits.
    #[inline(always)]
    pub(crate) fn of(vector: impl Iterator<Item = i32> + Clone) -> Self {
        let largest = vector.clone().map(i32::unsigned_abs).max().unwrap_or_default();
        let down = bits(largest.into()).saturating_sub(15);
        // At most 2^16 squares of 2^30: nothing wraps, and nothing looks whether it does.
        let square = |x| u64::from(shifted(x, down).unsigned_abs()).wrapping_pow(2);
        let squares = vector.map(square).fold(0, u64::wrapping_add);
        if squares == 0 {
            return Self { down, inverse: 0, shift: 1 };
        }
        let e = (bits(squares).cast_signed() - 31).div_euclid(2);
        let mantissa = if e < 0 { squares << (-2 * e) } else { squares >> (2 * e) };
        // In [2^15, 2^16), as the mantissa is in [2^30, 2^32).
        let root = mantissa.isqrt() as u32;
        Self { down, inverse: ((1 << 31) / root).min(65_535), shift: (16 + e).cast_unsigned() }
    }

    /// The element that `x` becomes, in units of 2^-15.
    #[inline(always)]
    pub(crate) fn apply(&self, x: i32) -> i32 {
        let x = shifted(x, self.down);
        // At most 2^15 * 65,535.
        let product = x.unsigned_abs().wrapping_mul(self.inverse);
        let size = (((product >> (self.shift - 1)) + 1) >> 1).min(32_767).cast_signed();
        if x < 0 { -size } else { size }
    }
}

/// `x / 2^down`, halves rounded up.
#[inline(always)]
fn shifted(x: i32, down: u32) -> i32 {
    if down == 0 { x } else { x.wrapping_add(1 << (down - 1)) >> down }
}

#[inline(always)]
fn bits(x: u64) -> u32 {
    u64::BITS - x.leading_zeros()
}

/// The mean of `len` elements with this sum, halves rounded up (G34). G14 keeps it all in 32 bits.
#[inline(always)]
pub(crate) fn mean(sum: i32, len: usize) -> i32 {
    let len = len as i32;
    sum.wrapping_mul(2).wrapping_add(len).div_euclid(2 * len)
}

/// A unit's element times its gain, with its bias: a record of the table is `gain i16 | bias i16`.
#[inline(always)]
pub(crate) fn gained(u: i32, record: [u8; 4], shift: u32) -> i32 {
    let [g0, g1, b0, b1] = record;
    let (gain, bias) = (i16::from_le_bytes([g0, g1]), i16::from_le_bytes([b0, b1]));
    ((u * i32::from(gain) + (1 << (shift - 1))) >> shift) + i32::from(bias)
}
