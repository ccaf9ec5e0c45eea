//! Full scans of the committed state: what soak runs and operators ask for. Each reads one snapshot.

use crate::{
    error::StoreError,
    kv::{Load, Snapshot},
    proof::snapshot_tip,
    record::{Record, long},
    store::{Store, Tip},
    table::Table,
};
use alloy::primitives::{B256, U256};
use alloy_trie::{HashBuilder, Nibbles};
use edgeloom_types::Height;
use std::collections::BTreeMap;

impl Store {
    /// The sum of all balances in wei, by reading every account (CHAIN.md C5), and the height it is of.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] before genesis is committed, [`StoreError::Corrupt`] when the sum overflows; the
    /// disk's.
    pub fn scan_supply(&self) -> Result<(Height, U256), StoreError> {
        let snapshot = self.kv().snapshot();
        let tip = snapshot_tip(&snapshot)?;
        let mut sum = U256::ZERO;
        snapshot.scan(Table::Accounts, &[], &mut |_, row| {
            let balance = Record::decode(row)?.account.balance;
            sum = sum.checked_add(balance).ok_or_else(|| StoreError::corrupt("the sum of balances overflows"))?;
            Ok(())
        })?;
        Ok((tip.height, sum))
    }

    /// Bytes on the disk of each table, by its name, without what the log still holds; over memory, of keys and values.
    ///
    /// # Errors
    /// The disk's.
    pub fn table_bytes(&self) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        Table::ALL.into_iter().map(|table| Ok((table.name(), self.kv().bytes(table)?))).collect()
    }

    /// What the database does and holds at the moment.
    ///
    /// # Errors
    /// The disk's.
    pub fn load(&self) -> Result<Load, StoreError> {
        self.kv().load()
    }

    /// Rewrites every table without what was overwritten or deleted. Takes as long as the disk needs for all of it.
    ///
    /// # Errors
    /// The disk's.
    pub fn compact(&self) -> Result<(), StoreError> {
        Table::ALL.into_iter().try_for_each(|table| self.kv().compact(table))
    }

    /// The state root recomputed from accounts and slots alone, without the stored trie, and the tip whose root it
    /// must equal. Storage roots are recomputed as well.
    ///
    /// # Errors
    /// [`StoreError::UnknownHeight`] before genesis is committed, [`StoreError::Corrupt`] when an account's storage
    /// root is not that of its slots; the disk's.
    pub fn recompute_root(&self) -> Result<(Tip, B256), StoreError> {
        let snapshot = self.kv().snapshot();
        let tip = snapshot_tip(&snapshot)?;
        let mut builder = HashBuilder::default();
        snapshot.scan(Table::Accounts, &[], &mut |key, row| {
            let record = Record::decode(row)?;
            if storage_root(&snapshot, key)? != record.storage_root {
                return Err(StoreError::corrupt(format!("storage root of account {}", B256::from_slice(key))));
            }
            builder.add_leaf(Nibbles::unpack(key), &record.leaf());
            Ok(())
        })?;
        Ok((tip, builder.root()))
    }
}

fn storage_root(snapshot: &Snapshot<'_>, address: &[u8]) -> Result<B256, StoreError> {
    let mut builder = HashBuilder::default();
    snapshot.scan(Table::Storage, address, &mut |key, value| {
        builder.add_leaf(Nibbles::unpack(&key[32..]), &alloy_rlp::encode(long(value)?));
        Ok(())
    })?;
    Ok(builder.root())
}
