//! Messages as points of the curve (RFC 9380), for protocols that go on from there with EIP-2537's precompiles.

use crate::BlsError;
use blst::{
    blst_bendian_from_fp, blst_fp, blst_hash_to_g1, blst_hash_to_g2, blst_p1, blst_p1_affine, blst_p1_to_affine,
    blst_p2, blst_p2_affine, blst_p2_to_affine,
};
use std::ptr::null;

/// Bytes of a coordinate, and of its encoding in EIP-2537, where zeros come first.
const FIELD: usize = 48;
const PADDED: usize = 64;

/// `hash_to_curve` of suite `BLS12381G1_XMD:SHA-256_SSWU_RO_` (RFC 9380, 8.8.1), encoded as EIP-2537 does: x, y. `tag` is
/// the domain separation tag.
///
/// # Errors
/// [`BlsError::Tag`].
pub fn hash_to_g1(message: &[u8], tag: &[u8]) -> Result<[u8; 2 * PADDED], BlsError> {
    check(tag)?;
    let (mut point, mut affine) = (blst_p1::default(), blst_p1_affine::default());
    // SAFETY: both results are ours, and every length is that of the slice before it; nothing is kept.
    unsafe {
        blst_hash_to_g1(&raw mut point, message.as_ptr(), message.len(), tag.as_ptr(), tag.len(), null(), 0);
        blst_p1_to_affine(&raw mut affine, &raw const point);
    }
    Ok(encode([&affine.x, &affine.y]))
}

/// `hash_to_curve` of suite `BLS12381G2_XMD:SHA-256_SSWU_RO_` (RFC 9380, 8.8.2), encoded as EIP-2537 does: both parts of x,
/// both parts of y, the real one first. `tag` is the domain separation tag.
///
/// # Errors
/// [`BlsError::Tag`].
pub fn hash_to_g2(message: &[u8], tag: &[u8]) -> Result<[u8; 4 * PADDED], BlsError> {
    check(tag)?;
    let (mut point, mut affine) = (blst_p2::default(), blst_p2_affine::default());
    // SAFETY: as in `hash_to_g1`.
    unsafe {
        blst_hash_to_g2(&raw mut point, message.as_ptr(), message.len(), tag.as_ptr(), tag.len(), null(), 0);
        blst_p2_to_affine(&raw mut affine, &raw const point);
    }
    let ([real_x, imaginary_x], [real_y, imaginary_y]) = (&affine.x.fp, &affine.y.fp);
    Ok(encode([real_x, imaginary_x, real_y, imaginary_y]))
}

/// RFC 9380, 3.1: a tag has at least one byte. Longer ones than 255 would be hashed first, and nobody needs them.
const fn check(tag: &[u8]) -> Result<(), BlsError> {
    if tag.is_empty() || tag.len() > 255 { Err(BlsError::Tag(tag.len())) } else { Ok(()) }
}

fn encode<const COORDINATES: usize, const BYTES: usize>(coordinates: [&blst_fp; COORDINATES]) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    for (coordinate, padded) in coordinates.into_iter().zip(out.chunks_exact_mut(PADDED)) {
        let mut bytes = [0; FIELD];
        // SAFETY: 48 bytes are written, which `bytes` has.
        unsafe { blst_bendian_from_fp(bytes.as_mut_ptr(), coordinate) };
        padded[PADDED - FIELD..].copy_from_slice(&bytes);
    }
    out
}
