//! The addresses and slots behind the hashes that rows are keyed by, for dev mode, which lists whole states.

use crate::{
    error::StoreError,
    kv::Durability,
    record::{Record, long},
    store::Store,
    table::{META_PREIMAGE, Table},
};
use alloy::primitives::{Address, B256, U256, keccak256};
use edgeloom_types::{Account, StateDelta};
use std::collections::BTreeMap;

impl Store {
    /// Remembers what `delta` names. Not synced: the commit that follows is, and comes later in the same log.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep_preimages(&self, delta: &StateDelta) -> Result<(), StoreError> {
        let mut batch = self.kv().batch();
        let mut keep = |hash: B256, preimage: &[u8]| {
            let key = key(hash.as_slice());
            if self.kv().get(Table::Meta, &key)?.is_none() {
                batch.put(Table::Meta, &key, preimage);
            }
            Ok::<(), StoreError>(())
        };
        for (address, change) in &delta.accounts {
            keep(keccak256(address), address.as_slice())?;
            for slot in change.storage.keys() {
                let slot = slot.to_be_bytes::<32>();
                keep(keccak256(slot), &slot)?;
            }
        }
        self.kv().write(batch, Durability::Buffered)
    }

    /// Every account of the tip with its storage, in no order that matters.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a preimage was not kept; what `visit` returns; the disk's.
    pub fn accounts(
        &self,
        visit: &mut dyn FnMut(Address, Account, BTreeMap<U256, U256>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let snapshot = self.kv().snapshot();
        let unkept =
            |hash: &[u8]| StoreError::corrupt(format!("nobody kept what hashes to {}", B256::from_slice(hash)));
        let preimage = |hash: &[u8]| snapshot.get(Table::Meta, &key(hash))?.ok_or_else(|| unkept(hash));
        snapshot.scan(Table::Accounts, &[], &mut |hash, row| {
            let address = preimage(hash)?;
            let address = Address::try_from(address.as_slice()).map_err(|_| unkept(hash))?;
            let mut storage = BTreeMap::new();
            snapshot.scan(Table::Storage, hash, &mut |key, value| {
                let slot = preimage(&key[32..])?;
                storage.insert(U256::try_from_be_slice(&slot).ok_or_else(|| unkept(&key[32..]))?, long(value)?);
                Ok(())
            })?;
            visit(address, Record::decode(row)?.account, storage)
        })
    }
}

fn key(hash: &[u8]) -> Vec<u8> {
    [META_PREIMAGE, hash].concat()
}
