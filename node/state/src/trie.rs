//! Merkle-Patricia tries whose nodes are stored by path. Pure: nodes come from a function, changes go into a map.
//!
//! * T1 A node of 32 encoded bytes or more is a row at its path; a shorter one is inside its parent's row. The root
//!   is always a row.
//! * T2 An update reads the nodes on the paths of its keys, and on a collapse the one sibling that is left.
//! * T3 A row that is read may move or vanish, so reading marks it gone and placing a node at its path marks it back.
//!   Rows that are not read keep their absolute path whatever happens above them.

mod merge;
mod prove;

use crate::error::StoreError;
use alloy::primitives::{B256, keccak256};
use alloy_rlp::Decodable;
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, nodes::TrieNode};
use merge::Merge;
pub(crate) use prove::prove;
use std::collections::BTreeMap;

/// The rows that an update changes, by path; `None` for those that are gone.
pub(crate) type Nodes = BTreeMap<Nibbles, Option<Vec<u8>>>;

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
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    debug_assert!(entries.is_sorted_by(|a, b| a.key < b.key));
    let top = Nibbles::new();
    let mut nodes = Nodes::new();
    let existing = if root == EMPTY_ROOT_HASH {
        None
    } else {
        nodes.insert(top, None);
        Some(decode(&load_row(&load, &top)?)?)
    };
    let mut merge = Merge::new(load, nodes);
    let Some(node) = merge.merge(&top, existing, entries)? else {
        return Ok((EMPTY_ROOT_HASH, merge.into_nodes()));
    };
    let row = alloy_rlp::encode(&node);
    let root = keccak256(&row);
    let mut nodes = merge.into_nodes();
    nodes.insert(top, Some(row));
    Ok((root, nodes))
}

fn load_row<F>(load: &F, path: &Nibbles) -> Result<Vec<u8>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    load(path)?.ok_or_else(|| StoreError::corrupt(format!("no trie node at {path:?}")))
}

fn decode(mut row: &[u8]) -> Result<TrieNode, StoreError> {
    TrieNode::decode(&mut row).map_err(|error| StoreError::corrupt(format!("trie node: {error}")))
}

#[cfg(test)]
mod tests;
