use super::{ENTRIES_MAX, Warm};
use alloy::primitives::{Address, U256};
use std::convert::Infallible;

#[test]
fn what_is_remembered_is_bounded_and_read_once() {
    let warm = Warm::default();
    let mut reads = 0;
    for _ in 0..2 {
        for slot in 0..ENTRIES_MAX + 10 {
            let read = || {
                reads += 1;
                Ok::<_, Infallible>(U256::from(slot) + U256::ONE)
            };
            let Ok(value) = warm.slot((Address::ZERO, U256::from(slot)), read);
            assert_eq!(value, U256::from(slot) + U256::ONE);
        }
    }
    // The last ten found no room the first time, and were read again.
    assert_eq!(reads, ENTRIES_MAX + 20);
    assert_eq!(warm.slots.read().len(), ENTRIES_MAX);
}
