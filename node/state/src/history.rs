use crate::{
    error::StoreError,
    record::{Record, long},
    store::Store,
    table::{Table, account_history_key, storage_history_key, storage_key},
    warm::Warm,
};
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use edgeloom_types::{Account, Height};
use std::sync::Arc;

/// The state after one committed block, past or newest. One seek a read, and none for what was read of the newest before.
///
/// Rows of a height are written by that height's commit and by no other, and the seek never sees rows above the
/// view's height: so two reads agree with each other whatever is committed between them, and no lock or snapshot is
/// held. Where history is pruned, a view that falls behind fails with [`StoreError::Pruned`].
#[derive(Clone, Debug)]
pub struct HistoryView {
    store: Store,
    height: Height,
    /// Where this was the tip's state.
    warm: Option<Arc<Warm>>,
}

impl HistoryView {
    pub(crate) const fn new(store: Store, height: Height, warm: Option<Arc<Warm>>) -> Self {
        Self { store, height, warm }
    }

    pub const fn height(&self) -> Height {
        self.height
    }

    /// # Errors
    /// [`StoreError::Pruned`]; the disk's.
    pub fn account(&self, address: Address) -> Result<Option<Account>, StoreError> {
        match &self.warm {
            Some(warm) => self.unless_pruned(warm.account(address, || self.seek_account(address))?),
            None => self.seek_account(address),
        }
    }

    /// Zero for slots and accounts that did not exist.
    ///
    /// # Errors
    /// [`StoreError::Pruned`]; the disk's.
    pub fn storage(&self, address: Address, slot: U256) -> Result<U256, StoreError> {
        match &self.warm {
            Some(warm) => self.unless_pruned(warm.slot((address, slot), || self.seek_slot(address, slot))?),
            None => self.seek_slot(address, slot),
        }
    }

    /// # Errors
    /// The disk's.
    pub fn code(&self, hash: B256) -> Result<Option<Bytes>, StoreError> {
        self.store.code(hash)
    }

    /// What is remembered is compared after it was read, as rows are (R3).
    fn unless_pruned<T>(&self, found: T) -> Result<T, StoreError> {
        self.store.kept(self.height).map(|()| found)
    }

    fn seek_account(&self, address: Address) -> Result<Option<Account>, StoreError> {
        let key = account_history_key(&keccak256(address), self.height);
        let row = self.store.past(Table::AccountHistory, &key, self.height)?.filter(|row| !row.is_empty());
        row.map(|row| Record::decode(&row).map(|record| record.account)).transpose()
    }

    fn seek_slot(&self, address: Address, slot: U256) -> Result<U256, StoreError> {
        let key = storage_key(&keccak256(address), &keccak256(slot.to_be_bytes::<32>()));
        let key = storage_history_key(&key, self.height);
        let row = self.store.past(Table::StorageHistory, &key, self.height)?;
        row.map_or(Ok(U256::ZERO), |value| long(&value))
    }
}
