//! RFC 9380, J.9.1 and J.10.1.

use super::decode;
use crate::{BlsError, hash_to_g1, hash_to_g2};

fn padded<const BYTES: usize>(coordinates: &[&str]) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    for (coordinate, place) in coordinates.iter().zip(out.chunks_exact_mut(64)) {
        decode(coordinate, &mut place[16..]);
    }
    out
}

#[test]
fn messages_hash_to_the_points_of_the_rfc() {
    let tag = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    let empty = [
        "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
        "08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265",
    ];
    assert_eq!(hash_to_g1(b"", tag), Ok(padded(&empty)));
    let tag = b"QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_";
    let empty = [
        "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a",
        "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d",
        "0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92",
        "12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6",
    ];
    assert_eq!(hash_to_g2(b"", tag), Ok(padded(&empty)));
    assert_ne!(hash_to_g2(b"abc", tag), hash_to_g2(b"", tag));
    assert_ne!(hash_to_g2(b"", b"another"), hash_to_g2(b"", tag));
}

#[test]
fn tags_are_bounded() {
    assert_eq!(hash_to_g1(b"m", b""), Err(BlsError::Tag(0)));
    assert_eq!(hash_to_g2(b"m", &[1; 256]), Err(BlsError::Tag(256)));
    assert!(hash_to_g1(b"m", &[1; 255]).is_ok());
}
