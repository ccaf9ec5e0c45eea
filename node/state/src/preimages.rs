//! The addresses and slots behind the hashes that rows are keyed by, for dev mode, which lists whole states.

use crate::{
    error::StoreError,
    kv::Durability,
    record::{Record, long},
    store::Store,
    table::{META_PREIMAGES, Table},
};
use alloy::primitives::{Address, B256, U256, keccak256, map::B256Map};
use edgeloom_types::{Account, StateDelta};
use std::collections::BTreeMap;

/// Hash → what hashes to it, of addresses and of slots.
#[derive(Debug, Default)]
struct Preimages {
    addresses: B256Map<Address>,
    slots: B256Map<U256>,
}

impl Store {
    /// Remembers what `delta` names, in one row. Not synced: the commit that follows is, and comes later in the same log.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep_preimages(&self, delta: &StateDelta) -> Result<(), StoreError> {
        let slots = delta.accounts.values().map(|change| change.storage.len()).sum::<usize>();
        let mut row = Vec::with_capacity(delta.accounts.len() * 20 + slots * 32 + 8);
        row.extend_from_slice(&(delta.accounts.len() as u64).to_be_bytes());
        delta.accounts.keys().for_each(|address| row.extend_from_slice(address.as_slice()));
        let slots = delta.accounts.values().flat_map(|change| change.storage.keys());
        slots.for_each(|slot| row.extend_from_slice(&slot.to_be_bytes::<32>()));
        let mut batch = self.kv().batch();
        batch.put(Table::Meta, &[META_PREIMAGES, keccak256(&row).as_slice()].concat(), &row);
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
        let mut known = Preimages::default();
        snapshot.scan(Table::Meta, META_PREIMAGES, &mut |_, row| known.read(row))?;
        let unkept =
            |hash: &[u8]| StoreError::corrupt(format!("nobody kept what hashes to {}", B256::from_slice(hash)));
        snapshot.scan(Table::Accounts, &[], &mut |hash, row| {
            let address = known.addresses.get(&B256::from_slice(hash)).ok_or_else(|| unkept(hash))?;
            let mut storage = BTreeMap::new();
            snapshot.scan(Table::Storage, hash, &mut |key, value| {
                let slot = known.slots.get(&B256::from_slice(&key[32..])).ok_or_else(|| unkept(&key[32..]))?;
                storage.insert(*slot, long(value)?);
                Ok(())
            })?;
            visit(*address, Record::decode(row)?.account, storage)
        })
    }
}

impl Preimages {
    fn read(&mut self, row: &[u8]) -> Result<(), StoreError> {
        let malformed = || StoreError::corrupt("row of preimages");
        let (count, rest) = row.split_first_chunk::<8>().ok_or_else(malformed)?;
        let bytes = usize::try_from(u64::from_be_bytes(*count)).ok().and_then(|count| count.checked_mul(20));
        let (addresses, slots) = bytes.and_then(|bytes| rest.split_at_checked(bytes)).ok_or_else(malformed)?;
        let (addresses, (slots, [])) = (addresses.as_chunks::<20>().0, slots.as_chunks::<32>()) else {
            return Err(malformed());
        };
        self.addresses.extend(addresses.iter().map(|address| (keccak256(address), address.into())));
        self.slots.extend(slots.iter().map(|slot| (keccak256(slot), U256::from_be_bytes(*slot))));
        Ok(())
    }
}
