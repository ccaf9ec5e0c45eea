//! The transform of 8 by 8 blocks (G52): the integer cosine transform of ITU-T H.265, section 8.6.4.2, and its quantisation.

/// Rows of the transform; row `u` holds `cos((2x + 1) u pi / 16)`, scaled.
const COSINES: [[i32; 8]; 8] = [
    [64, 64, 64, 64, 64, 64, 64, 64],
    [89, 75, 50, 18, -18, -50, -75, -89],
    [83, 36, -36, -83, -83, -36, 36, 83],
    [75, -18, -89, -50, 50, 89, 18, -75],
    [64, -64, -64, 64, 64, -64, -64, 64],
    [50, -89, 18, 75, -75, -18, 89, -50],
    [36, -83, 83, -36, -36, 83, -83, 36],
    [18, -50, 75, -89, 89, -75, 50, -18],
];

/// Where the coefficients lie that are written one after the other: `8 * row + column`.
pub(crate) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// One row of coefficients: that of vertical frequency `v`.
#[inline(always)]
pub(crate) fn coefficients(pixels: &[i32; 64], v: usize) -> [i32; 8] {
    let mut columns = [1 << 1; 8];
    for (row, factor) in pixels.as_chunks::<8>().0.iter().zip(COSINES[v]) {
        for (sum, pixel) in columns.iter_mut().zip(row) {
            *sum += factor * pixel;
        }
    }
    // Within 16 bits: 8 * 89 * 128 / 4.
    let columns = columns.map(|sum| sum >> 2);
    COSINES.map(|cosines| {
        let sum: i32 = columns.iter().zip(cosines).map(|(x, factor)| x * factor).sum();
        (sum + (1 << 8)) >> 9
    })
}

/// A coefficient's level, rounded away from the middle.
#[inline(always)]
pub(crate) fn level(coefficient: i32, multiplier: [u8; 2], shift: u32) -> i32 {
    let product = coefficient.unsigned_abs() * u32::from(u16::from_le_bytes(multiplier));
    let size = ((product + (1 << (shift - 1))) >> shift).cast_signed();
    if coefficient < 0 { -size } else { size }
}
