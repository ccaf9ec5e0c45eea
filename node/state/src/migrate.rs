//! From layout version 1, which has no history of trie nodes and no index of logs, to version 2.
//!
//! Logs are found in the receipts. The nodes of the tip become their own history at the tip's height; those of earlier blocks are gone. Rows go into
//! tables that version 1 does not read, and the version changes last, in a batch that syncs all before it: a migration
//! that is cut short is begun again and writes the same rows.

use crate::{
    error::StoreError,
    kv::{Batch, Durability, Kv},
    log_index, receipts,
    store::{Store, Tip},
    table::{
        LAYOUT_VERSION, LAYOUT_WITHOUT_TRIE_HISTORY, META_FIRST_PROOF, META_LAYOUT, META_TIP, Table,
        account_node_history_key, height_key, storage_node_history_key,
    },
    trie::{decode, encode_past, nibbles},
};
use alloy::primitives::{B256, keccak256};
use edgeloom_types::Height;
use std::path::Path;

const ROWS_PER_BATCH: usize = 10_000;

/// What a migration found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migration {
    /// The database had this build's layout.
    Unneeded,
    /// Done. Proofs are possible from this height on.
    Done { first_proof: Height },
}

impl Store {
    /// Brings the database in the directory `path` to this build's layout. Memory stays flat, time grows with the state.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none, [`StoreError::Version`] when its layout is neither this nor the one
    /// before, [`StoreError::Locked`] while a process has it open, [`StoreError::Corrupt`]; the disk's.
    pub fn migrate(path: &Path) -> Result<Migration, StoreError> {
        if !path.join("CURRENT").exists() {
            return Err(StoreError::Absent(path.to_path_buf()));
        }
        let kv = match Kv::open_layout(path, LAYOUT_WITHOUT_TRIE_HISTORY) {
            Err(StoreError::Version { found: LAYOUT_VERSION, .. }) => return Ok(Migration::Unneeded),
            opened => opened?,
        };
        let tip = kv.get(Table::Meta, META_TIP)?.map(|row| Tip::decode(&row)).transpose()?;
        let first_proof = tip.map_or(Height::GENESIS, |tip| tip.height);
        let mut rows = Rows { kv: &kv, batch: kv.batch(), waiting: 0 };
        let snapshot = kv.snapshot();
        snapshot.scan(Table::AccountTrie, &[], &mut |key, row| {
            let key = account_node_history_key(&nibbles(key)?, first_proof);
            rows.put(Table::AccountTrieHistory, &key, row)
        })?;
        snapshot.scan(Table::StorageTrie, &[], &mut |key, row| {
            let (address, path) = key.split_at_checked(32).ok_or_else(|| StoreError::corrupt("key of a trie node"))?;
            let key = storage_node_history_key(&B256::from_slice(address), &nibbles(path)?, first_proof);
            rows.put(Table::StorageTrieHistory, &key, row)
        })?;
        snapshot.scan(Table::Receipts, &[], &mut |key, row| rows.put_logs(key, row))?;
        let mut batch = rows.batch;
        batch.put(Table::Meta, META_FIRST_PROOF, &height_key(first_proof));
        batch.put(Table::Meta, META_LAYOUT, &LAYOUT_VERSION.to_be_bytes());
        kv.write(batch, Durability::Synced)?;
        Ok(Migration::Done { first_proof })
    }
}

struct Rows<'a> {
    kv: &'a Kv,
    batch: Batch<'a>,
    waiting: usize,
}

impl Rows<'_> {
    /// The history of a node whose RLP is `row`.
    fn put(&mut self, table: Table, key: &[u8], row: &[u8]) -> Result<(), StoreError> {
        self.batch.put(table, key, &encode_past(&decode(row)?, keccak256(row), row));
        self.count(1)
    }

    /// What finds the logs of the block at `height`, a key, whose receipts are `row`.
    fn put_logs(&mut self, height: &[u8], row: &[u8]) -> Result<(), StoreError> {
        let number = height.try_into().map_err(|_| StoreError::corrupt("a height is not 8 bytes"))?;
        let receipts = receipts::decode(row)?;
        let (_, places) = receipts::encode(&receipts);
        if places.is_empty() {
            return Ok(());
        }
        self.batch.put(Table::LogPlaces, height, &places);
        log_index::put(&mut self.batch, Height::new(u64::from_be_bytes(number)), &receipts);
        self.count(receipts.len())
    }

    fn count(&mut self, rows: usize) -> Result<(), StoreError> {
        self.waiting += rows;
        if self.waiting < ROWS_PER_BATCH {
            return Ok(());
        }
        self.waiting = 0;
        self.kv.write(std::mem::replace(&mut self.batch, self.kv.batch()), Durability::Buffered)
    }
}
