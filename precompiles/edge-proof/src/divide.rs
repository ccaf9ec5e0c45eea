//! The deferred division of attention (G39).

/// A divisor, taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Divisor {
    inverse: i32,
    down: u32,
}

impl Divisor {
    /// Of the sum of a row's weights; one below 2^14, which no row with its largest weight in it has, counts as that.
    #[inline(always)]
    pub(crate) fn of(sum: i32) -> Self {
        let sum = sum.max(1 << 14).cast_unsigned();
        let bits = u32::BITS - sum.leading_zeros();
        // In [2^15, 2^16).
        let mantissa = if bits < 16 { sum << (16 - bits) } else { sum >> (bits - 16) };
        Self { inverse: ((1 << 30) / mantissa).min(32_767).cast_signed(), down: bits - 10 }
    }

    /// `256 * x / sum`, rounded.
    #[inline(always)]
    pub(crate) fn apply(&self, x: i32) -> i32 {
        let low = ((x & 0xffff).cast_unsigned().wrapping_mul(self.inverse.cast_unsigned()).wrapping_add(0x8000)) >> 16;
        let t = (x >> 16).wrapping_mul(self.inverse).wrapping_add(low.cast_signed());
        t.wrapping_add(1 << (self.down - 1)) >> self.down
    }
}
