use super::{Clock, ClockError};

const NOW: u64 = 1_800_000_000_500;

#[test]
fn time_is_the_machines_and_an_offset_and_never_stands_still() {
    let mut clock = Clock::default();
    assert_eq!(clock.tick(NOW, 5_000), NOW);
    assert_eq!(clock.tick(NOW, NOW), NOW + 1, "above the parent");
    assert_eq!(clock.advance(100), Ok(100));
    assert_eq!(clock.advance(20), Ok(120));
    assert_eq!(clock.tick(NOW, NOW), NOW + 120_000);
    clock.set(7_000_000, NOW);
    assert_eq!(clock.tick(NOW + 3, 5_000), 7_000_003);
}

#[test]
fn a_time_that_is_set_is_met_once_and_goes_on_from_there() {
    let mut clock = Clock::default();
    let parent = 2_000_000_000_250;
    assert_eq!(
        clock.set_next(1_999_999_999, parent),
        Err(ClockError::Past { asked: 1_999_999_999, parent: 2_000_000_000 })
    );
    assert_eq!(clock.set_next(2_000_000_000, 2_000_000_000_999), Err(ClockError::Full { asked: 2_000_000_000 }));
    clock.set_next(2_000_000_000, parent).expect("a millisecond is left");
    assert_eq!(clock.tick(NOW, parent), parent + 1);
    clock.set_next(2_000_000_100, parent).expect("ahead");
    assert_eq!(clock.tick(NOW, parent), 2_000_000_100_000);
    assert_eq!(clock.tick(NOW + 2_000, 2_000_000_100_000), 2_000_000_102_000);
}

#[test]
fn an_interval_counts_from_the_parent() {
    let mut clock = Clock::default();
    assert_eq!(clock.set_interval(Some(12)), Ok(false));
    assert_eq!(clock.tick(NOW, 5_700), 17_000);
    clock.set_next(100, 5_700).expect("ahead");
    assert_eq!(clock.tick(NOW, 5_700), 100_000);
    assert_eq!(clock.set_interval(None), Ok(true));
    assert_eq!(clock.set_interval(None), Ok(false));
}

#[test]
fn what_no_timestamp_can_hold_is_refused() {
    let mut clock = Clock::default();
    assert_eq!(clock.advance(u64::MAX), Err(ClockError::Range(u64::MAX)));
    assert_eq!(clock.set_next(u64::MAX, 0), Err(ClockError::Range(u64::MAX)));
    assert_eq!(clock.set_interval(Some(u64::MAX)), Err(ClockError::Range(u64::MAX)));
    clock.advance(1 << 48).expect("in range");
    assert_eq!(clock.advance(1), Err(ClockError::Range(1)), "offsets add up");
}
