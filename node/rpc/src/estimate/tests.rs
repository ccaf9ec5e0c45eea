use super::search;
use std::cell::Cell;

fn least(need: u64, used: u64, high: u64) -> (u64, u32) {
    let runs = Cell::new(0);
    let found = search(used, high, |gas| {
        runs.set(runs.get() + 1);
        Ok(gas >= need)
    });
    (found.unwrap(), runs.get())
}

#[test]
fn what_is_used_is_enough_for_most() {
    assert_eq!(least(50_000, 50_000, 16_000_000), (50_000, 1));
}

#[test]
fn the_answer_always_succeeds_and_is_near_the_least() {
    for (need, used) in [(21_000, 21_000), (60_000, 40_000), (5_000_000, 30_000), (16_000_000, 21_000)] {
        let (found, runs) = least(need, used, 16_000_000);
        assert!(found >= need && found as f64 <= need as f64 * 1.016, "{need}: {found}");
        assert!(runs < 25, "{need}: {runs} runs");
    }
}
