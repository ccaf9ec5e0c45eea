//! Rows of trie nodes that the newest commits wrote. The next block changes the upper ones again, and finds them here
//! without asking the database.
//!
//! * W1 Only commits put rows here, after their batch is written, so a row that is here is the one on the disk.
//! * W2 Two generations: rows go into the younger, and when that is full the older is forgotten. What a path had before
//!   is never younger than what it has, so it is never found again.

use crate::trie::{Changed, Nodes};
use alloy::primitives::{B256, map::DefaultHashBuilder};
use alloy_trie::Nibbles;
use parking_lot::Mutex;
use std::mem::take;

/// Bytes of a generation.
const GENERATION_BYTES: usize = 48 << 20;

/// What a row takes beside its bytes: its key and place in the map, and what the allocator rounds up.
const ROW_BYTES: usize = 160;

/// Of the trie of accounts. Nothing is known to have this hash.
const ACCOUNTS: B256 = B256::ZERO;

type Rows = alloy::primitives::map::HashMap<(B256, Nibbles), Vec<u8>, DefaultHashBuilder>;

#[derive(Debug, Default)]
pub(crate) struct NodeCache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: Rows,
    old: Rows,
    young_bytes: usize,
}

impl NodeCache {
    pub(crate) fn account_node(&self, path: &Nibbles) -> Option<Vec<u8>> {
        self.storage_node(&ACCOUNTS, path)
    }

    /// `account` is the keccak of its address.
    pub(crate) fn storage_node(&self, account: &B256, path: &Nibbles) -> Option<Vec<u8>> {
        let generations = self.0.lock();
        let key = (*account, *path);
        generations.young.get(&key).or_else(|| generations.old.get(&key)).cloned()
    }

    pub(crate) fn put_accounts(&self, nodes: &Nodes) {
        self.put_storage(&ACCOUNTS, nodes);
    }

    pub(crate) fn put_storage(&self, account: &B256, nodes: &Nodes) {
        let mut generations = self.0.lock();
        for (path, Changed { node, replaced }) in nodes {
            match node {
                Some(node) if !node.is_leaf => generations.put((*account, *path), &node.row),
                _ if *replaced => generations.remove(&(*account, *path)),
                _ => (),
            }
        }
    }

    /// After rows changed otherwise than by a commit.
    pub(crate) fn clear(&self) {
        *self.0.lock() = Generations::default();
    }
}

impl Generations {
    fn remove(&mut self, key: &(B256, Nibbles)) {
        self.young.remove(key);
        self.old.remove(key);
    }

    fn put(&mut self, key: (B256, Nibbles), row: &[u8]) {
        self.young_bytes += row.len() + ROW_BYTES;
        self.young.insert(key, row.to_vec());
        if self.young_bytes > GENERATION_BYTES {
            self.old = take(&mut self.young);
            self.young_bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests;
