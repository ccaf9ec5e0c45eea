//! Scale records and the requantisation they parametrise (G13, G20, G21).

use crate::Rule;

/// Bytes of a scale record.
pub(crate) const SCALE_BYTES: usize = 8;

/// How one row or channel turns its 32-bit sum into an output: `y = clamp(sum * m * 2^(pre - s) + zp)`, rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Added to the sum before scaling.
    pub bias: i32,
    /// Multiplier, `2^14 <= m < 2^15`.
    pub m: u16,
    /// Right shift, 16 to 31.
    pub s: u8,
    /// Left shift before the multiplication, 0 to 7.
    pub pre: u8,
    /// Zero point, added after scaling.
    pub zp: i8,
}

impl Scale {
    /// The record that leaves a sum as it is.
    pub const IDENTITY: Self = Self { bias: 0, m: 1 << 14, s: 16, pre: 2, zp: 0 };

    pub(crate) fn encode(&self) -> [u8; SCALE_BYTES] {
        let [b0, b1, b2, b3] = self.bias.to_le_bytes();
        let [m0, m1] = self.m.to_le_bytes();
        // A shift that the byte cannot hold is written as one that G13 refuses.
        let shift = match self.s.checked_sub(16) {
            Some(low) if low < 16 && self.pre < 8 => low | self.pre << 4,
            _ => 0x80,
        };
        [b0, b1, b2, b3, m0, m1, shift, self.zp.cast_unsigned()]
    }

    /// Reads a record without judging it.
    #[inline(always)]
    pub(crate) fn decode(raw: &[u8; SCALE_BYTES]) -> Self {
        let [b0, b1, b2, b3, m0, m1, shift, zp] = *raw;
        Self {
            bias: i32::from_le_bytes([b0, b1, b2, b3]),
            m: u16::from_le_bytes([m0, m1]),
            s: 16 + (shift & 15),
            pre: shift >> 4,
            zp: zp.cast_signed(),
        }
    }

    /// G13.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Rule> {
        if self.m >> 14 == 1 && self.pre < 8 { Ok(()) } else { Err(Rule::ScaleRecord) }
    }

    /// G21 on a sum that already holds the bias. G14 makes `sum << pre` fit; no other step can leave 32 bits, as
    /// `|a >> 16| <= 2^15` and `m < 2^15`.
    #[inline(always)]
    pub(crate) fn requantise(&self, sum: i32, lo: i32, hi: i32) -> i32 {
        let m = i32::from(self.m);
        let a = sum.wrapping_shl(u32::from(self.pre));
        let low = ((a & 0xffff).cast_unsigned().wrapping_mul(u32::from(self.m)).wrapping_add(0x8000)) >> 16;
        let t = (a >> 16).wrapping_mul(m).wrapping_add(low.cast_signed());
        let down = u32::from(self.s) - 16;
        let half = (1_i32 << down) >> 1;
        (t.wrapping_add(half) >> down).wrapping_add(i32::from(self.zp)).max(lo).min(hi)
    }
}

#[cfg(test)]
mod tests;
