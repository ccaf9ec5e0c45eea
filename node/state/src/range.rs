//! The storage of an account in order of hashed slots, at any height.

use crate::{
    error::StoreError,
    kv::Step,
    record::long,
    store::Store,
    table::{Table, split_history_key, storage_history_key, storage_key},
};
use alloy::primitives::{Address, B256, U256, keccak256};
use edgeloom_types::Height;

/// Most rows that one question looks at: about a second of work.
const ROWS_MAX: usize = 100_000;

/// A part of an account's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageRange {
    /// keccak of the slot, and its value, which is not zero. Ascending.
    pub slots: Vec<(B256, U256)>,
    /// Where to ask on; `None` when nothing is left.
    pub next: Option<B256>,
}

impl Store {
    /// At most `limit` slots that `address` holds after the block of `height`, from the hashed slot `start` on. There may
    /// be fewer with [`StorageRange::next`] set, where many slots were written that hold nothing at that height: the work
    /// is bounded as well as the answer.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] above the tip, [`StoreError::Pruned`] below [`Store::oldest`]; the disk's.
    pub fn storage_range(
        &self,
        address: Address,
        height: Height,
        start: B256,
        limit: usize,
    ) -> Result<StorageRange, StoreError> {
        self.committed(height)?;
        let hashed = keccak256(address);
        let (mut range, mut rows) = (StorageRange::default(), 0);
        let from = storage_history_key(&storage_key(&hashed, &start), height);
        self.kv().snapshot().walk(Table::StorageHistory, &from, &mut |key, value| {
            let (prefix, at) = split_history_key(Table::StorageHistory, key)?;
            let (account, slot) = prefix.split_at(hashed.len());
            if account != hashed {
                return Ok(Step::Stop);
            }
            let slot = B256::from_slice(slot);
            rows += 1;
            if rows > ROWS_MAX || (range.slots.len() == limit && at <= height && !value.is_empty()) {
                range.next = Some(slot);
                return Ok(Step::Stop);
            }
            if at > height {
                return Ok(Step::Seek(storage_history_key(&storage_key(&hashed, &slot), height).to_vec()));
            }
            if !value.is_empty() {
                range.slots.push((slot, long(value)?));
            }
            Ok(Step::Seek(after(prefix)))
        })?;
        self.kept(height)?;
        Ok(range)
    }
}

/// Between the last row of the history of `prefix` and the next key's first.
fn after(prefix: &[u8]) -> Vec<u8> {
    [prefix, &[0xff; 8], &[0]].concat()
}
