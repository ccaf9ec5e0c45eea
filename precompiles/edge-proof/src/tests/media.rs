//! DECRYPT by RFC 8439's own example, and BLOCK8 by the transform in floating point.

use super::meaning::{run, run_bytes, some};
use crate::{Clamp, Element, Quantisation};

const LEVELS: Clamp = Clamp { out: Element::I32, lo: -32_768, hi: 32_767 };

/// RFC 8439, section 2.4.2. Its first block is number 1; block 0 is skipped here.
#[test]
fn decrypt_is_chacha20() {
    let key: Vec<u8> = (0..32).collect();
    let nonce = [0, 0, 0, 0, 0, 0, 0, 0x4a, 0, 0, 0, 0];
    let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    let cipher = "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab\
                  8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42\
                  874d";
    let cipher = (0..cipher.len()).step_by(2).map(|i| u8::from_str_radix(&cipher[i..i + 2], 16).expect("hexadecimal"));
    let input: Vec<i8> = key.into_iter().chain(nonce).chain([0; 64]).chain(cipher).map(u8::cast_signed).collect();
    let got = run_bytes(&input, |g, x| g.decrypt(x.skip(44).vectors(1, 64 + text.len(), 0), x.vectors(1, 44, 0)));
    assert_eq!(&got[64..], text);
}

#[test]
fn squared_errors_are_sums_over_vectors() {
    let x = [127, -128, 3, -128, 127, 5];
    assert_eq!(run(&x, |g, x| g.squared_error(x.vectors(1, 3, 0), x.skip(3).vectors(1, 3, 0))), [2 * 255 * 255 + 4]);
}

#[test]
fn block8_is_near_the_cosine_transform() {
    let (height, width) = (13, 10);
    let luma = some(height * width, 5);
    // The transform is 16 times the orthonormal one, but for its rounded cosines.
    let by = Quantisation { multipliers: &[1 << 10; 64], shift: 10 };
    let got = run(&luma, |g, x| g.block8(x, (height, width), &by, LEVELS));
    assert_eq!(got.len(), 4 * 64);
    let pixel = |y: usize, x: usize| f64::from(luma[y.min(height - 1) * width + x.min(width - 1)]);
    let wave = |u: usize, x: usize| {
        let norm = if u == 0 { (1.0_f64 / 8.0).sqrt() } else { 0.5 };
        norm * ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos()
    };
    for block in 0..4 {
        for (z, at) in crate::block8::ZIGZAG.into_iter().enumerate() {
            let (v, u) = (at / 8, at % 8);
            let mut exact = 0.0;
            for y in 0..8 {
                for x in 0..8 {
                    exact += pixel(block / 2 * 8 + y, block % 2 * 8 + x) * wave(v, y) * wave(u, x);
                }
            }
            let level = f64::from(got[block * 64 + z]);
            assert!((level - 16.0 * exact).abs() <= 64.0, "block {block}, ({v}, {u}): {level} for {}", 16.0 * exact);
        }
    }
}

#[test]
fn levels_are_rounded_away_from_the_middle() {
    let by = Quantisation { multipliers: &[3; 64], shift: 4 };
    // A flat block has one coefficient: 8 * 64 * 5 >> 2 = 640, then 640 * 512 >> 9 = 640.
    let flat = |value: i8| run(&[value; 64], |g, x| g.block8(x, (8, 8), &by, LEVELS));
    let mut expected = [0; 64];
    let coefficient = ((8 * 64 * 5 + 2) >> 2) * 8 * 64;
    let coefficient = (coefficient + 256) >> 9;
    expected[0] = (coefficient * 3 + 8) >> 4;
    assert_eq!(flat(5), expected);
    let negative = ((8 * 64 * -5 + 2) >> 2) * 8 * 64;
    let negative = (negative + 256) >> 9;
    expected[0] = -((-negative * 3 + 8) >> 4);
    assert_eq!(flat(-5), expected);
}
