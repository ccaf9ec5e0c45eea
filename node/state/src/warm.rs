//! What readers of the newest state have found already.

use alloy::primitives::{Address, U256, map::HashMap};
use edgeloom_types::Account;
use parking_lot::RwLock;
use std::hash::Hash;

/// Most accounts, and most slots, remembered at a time: about 16 MiB together. What comes later is read from the rows.
const ENTRIES_MAX: usize = 1 << 16;

/// Accounts and slots of one committed state, filled by [`crate::HistoryView`]s of it and dropped when the tip moves.
///
/// It holds what history says of its height, so it is right for as long as history is (S4): a view that outlives the tip
/// keeps its own, and no view of another state ever sees it. That is why [`crate::store::Head`] makes a new one whenever
/// rows of the tip's height may have changed.
#[derive(Debug, Default)]
pub(crate) struct Warm {
    accounts: RwLock<HashMap<Address, Option<Account>>>,
    slots: RwLock<HashMap<(Address, U256), U256>>,
}

impl Warm {
    /// The account as `read` finds it, unless it was read before.
    pub(crate) fn account<E>(
        &self,
        address: Address,
        read: impl FnOnce() -> Result<Option<Account>, E>,
    ) -> Result<Option<Account>, E> {
        remembered(&self.accounts, address, read)
    }

    /// As [`Self::account`].
    pub(crate) fn slot<E>(&self, place: (Address, U256), read: impl FnOnce() -> Result<U256, E>) -> Result<U256, E> {
        remembered(&self.slots, place, read)
    }
}

fn remembered<K: Eq + Hash, V: Copy, E>(
    known: &RwLock<HashMap<K, V>>,
    key: K,
    read: impl FnOnce() -> Result<V, E>,
) -> Result<V, E> {
    if let Some(value) = known.read().get(&key) {
        return Ok(*value);
    }
    let value = read()?;
    let mut known = known.write();
    if known.len() < ENTRIES_MAX {
        known.insert(key, value);
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
