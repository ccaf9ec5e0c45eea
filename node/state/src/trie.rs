//! Merkle-Patricia tries whose nodes are stored by path. Pure: nodes come from a function, changes go into a map.
//!
//! * T1 A node of 32 encoded bytes or more is a row at its path; a shorter one is inside its parent's row. The root
//!   is always a row.
//! * T2 An update reads the nodes on the paths of its keys, and on a collapse the one sibling that is left.
//! * T3 A row that is read may move or vanish, so reading marks it gone and placing a node at its path marks it back.
//!   Rows that are not read keep their absolute path whatever happens above them.

mod merge;
mod past;
mod prove;

use crate::error::StoreError;
use alloy::primitives::B256;
use alloy_rlp::Decodable;
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, nodes::TrieNode};
use merge::Merge;
pub(crate) use past::PastTrie;
pub(crate) use prove::prove;
use std::collections::BTreeMap;

/// The rows that an update changes, by path; `None` for those that are gone.
pub(crate) type Nodes = BTreeMap<Nibbles, Option<Node>>;

/// A node that has a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// RLP.
    pub(crate) row: Vec<u8>,
    /// Its row of history; `None` where the newest row that is there still says it (P3).
    pub(crate) past: Option<Vec<u8>>,
}

/// What becomes of one key.
pub(crate) struct Entry {
    /// 64 nibbles.
    pub(crate) key: Nibbles,
    /// `None` deletes it.
    pub(crate) value: Option<Vec<u8>>,
}

/// The trie of `root` after `entries`, which ascend by key. `load` gives the row at a path.
///
/// # Errors
/// What `load` returns, and [`StoreError::Corrupt`] when a row is missing or not a node.
pub(crate) fn update<F>(root: B256, entries: &[Entry], load: F) -> Result<(B256, Nodes), StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError> + Sync,
{
    debug_assert!(entries.is_sorted_by(|a, b| a.key < b.key));
    if entries.is_empty() {
        return Ok((root, Nodes::new()));
    }
    let top = Nibbles::new();
    let mut merge = Merge::new(&load);
    let existing = if root == EMPTY_ROOT_HASH { None } else { Some(merge.take(&top)?) };
    let merged = merge.merge(&top, existing, entries)?;
    let root = merged.map_or(EMPTY_ROOT_HASH, |node| merge.place_root(&node));
    Ok((root, merge.into_nodes()))
}

fn load_row<F>(load: &F, path: &Nibbles) -> Result<Vec<u8>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    load(path)?.ok_or_else(|| StoreError::corrupt(format!("no trie node at {path:?}")))
}

/// A path from one nibble a byte.
pub(crate) fn nibbles(bytes: &[u8]) -> Result<Nibbles, StoreError> {
    if bytes.iter().all(|nibble| *nibble < 16) {
        return Ok(Nibbles::from_nibbles(bytes));
    }
    Err(StoreError::corrupt("path of a trie node"))
}

pub(crate) fn decode(mut row: &[u8]) -> Result<TrieNode, StoreError> {
    TrieNode::decode(&mut row).map_err(|error| StoreError::corrupt(format!("trie node: {error}")))
}

#[cfg(test)]
mod tests;
