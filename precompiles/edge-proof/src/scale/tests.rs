use proptest::prelude::*;

use super::Scale;

/// G21 with unbounded integers, written from the formula.
fn formula(scale: Scale, sum: i64, lo: i64, hi: i64) -> i64 {
    let a = sum << scale.pre;
    assert!((i64::from(i32::MIN)..=i64::from(i32::MAX)).contains(&a), "G14 keeps this out");
    let m = i64::from(scale.m);
    let t = (a >> 16) * m + (((a & 0xffff) * m + 0x8000) >> 16);
    let r = if scale.s > 16 { 1 << (scale.s - 17) } else { 0 };
    (((t + r) >> (scale.s - 16)) + i64::from(scale.zp)).clamp(lo, hi)
}

proptest! {
    #[test]
    fn requantise_equals_the_formula(
        m in 1_u16 << 14..1 << 15, s in 16_u8..32, pre in 0_u8..8, zp: i8, sum: i32, wide: bool,
    ) {
        let scale = Scale { bias: 0, m, s, pre, zp };
        let sum = sum >> pre;
        let (lo, hi) = if wide { (i32::MIN, i32::MAX) } else { (-128, 127) };
        let expected = formula(scale, i64::from(sum), i64::from(lo), i64::from(hi));
        prop_assert_eq!(i64::from(scale.requantise(sum, lo, hi)), expected);
    }

    #[test]
    fn identity_is_the_identity(sum in -(1_i32 << 29)..1 << 29) {
        prop_assert_eq!(Scale::IDENTITY.requantise(sum, i32::MIN, i32::MAX), sum);
    }

    #[test]
    fn records_round_trip(bias: i32, m: u16, s in 16_u8..32, pre in 0_u8..8, zp: i8) {
        let scale = Scale { bias, m, s, pre, zp };
        prop_assert_eq!(Scale::decode(&scale.encode()), scale);
        prop_assert_eq!(scale.check().is_ok(), (1 << 14..1 << 15).contains(&m));
    }
}

#[test]
fn shifts_out_of_range_are_refused() {
    for (s, pre) in [(15, 0), (32, 0), (16, 8), (0, 0), (255, 255)] {
        let scale = Scale { bias: 0, m: 1 << 14, s, pre, zp: 0 };
        assert!(Scale::decode(&scale.encode()).check().is_err(), "s {s} pre {pre}");
    }
}
