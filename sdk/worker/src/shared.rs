//! What several jobs at the same time count on: money of one account, memory of one machine.

use std::sync::Arc;

use alloy::primitives::U256;
use parking_lot::Mutex;

/// How much of it is spoken for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<Mutex<U256>>);

/// What somebody counts on. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Part {
    shared: Shared,
    amount: U256,
}

impl Shared {
    /// `None` where `all` is not enough for this and all that is spoken for.
    pub(crate) fn part(&self, amount: U256, all: U256) -> Option<Part> {
        let mut taken = self.0.lock();
        *taken = taken.checked_add(amount).filter(|with| *with <= all)?;
        Some(Part { shared: self.clone(), amount })
    }

    /// What is spoken for.
    pub(crate) fn taken(&self) -> U256 {
        *self.0.lock()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut taken = self.shared.0.lock();
        *taken = taken.saturating_sub(self.amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_count_on_the_same() {
        let (shared, all) = (Shared::default(), U256::from(150));
        let first = shared.part(U256::from(100), all).expect("it is there");
        assert!(shared.part(U256::from(51), all).is_none());
        let second = shared.part(U256::from(50), all).expect("what is left");
        drop(first);
        assert!(shared.part(U256::from(101), all).is_none());
        assert!(shared.part(U256::MAX, all).is_none(), "more than there is");
        assert_eq!(shared.taken(), U256::from(50));
        drop(second);
        assert_eq!(shared.taken(), U256::ZERO);
    }
}
