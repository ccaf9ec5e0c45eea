//! Merkle-Patricia tries whose nodes are stored by path. Pure: nodes come from a function, changes go into a map.
//!
//! * T1 A node of 32 encoded bytes or more is a row at its path; a shorter one is inside its parent's row. The root
//!   is always a row.
//! * T4 A leaf need not be a row: it is the only key that begins with its path, so keys and values are enough to make it.
//!   One that was made has the hash by which its parent names it, or a row is missing.
//! * T2 An update reads the nodes on the paths of its keys, and on a collapse the one sibling that is left.
//! * T3 A row that is read may move or vanish, so reading marks it gone and placing a node at its path marks it back.
//!   Rows that are not read keep their absolute path whatever happens above them.

mod merge;
mod past;
mod prove;

use crate::error::StoreError;
use alloy::primitives::B256;
use alloy_rlp::Decodable;
use alloy_trie::{
    EMPTY_ROOT_HASH, Nibbles,
    nodes::{RlpNode, TrieNode},
};
use merge::Merge;
pub(crate) use past::PastTrie;
pub(crate) use prove::prove;
use std::collections::BTreeMap;

/// What an update changes, by path.
pub(crate) type Nodes = BTreeMap<Nibbles, Changed>;

/// What is at a path after an update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// `None`: no node that would be a row.
    pub(crate) node: Option<Node>,
    /// Whether something other than a leaf was there.
    pub(crate) replaced: bool,
}

/// A node that is a row, or would be one if it were no leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// RLP.
    pub(crate) row: Vec<u8>,
    pub(crate) is_leaf: bool,
    /// Its row of history; `None` where the newest row that is there still says it (P3).
    pub(crate) past: Option<Vec<u8>>,
}

/// What becomes of one key.
pub(crate) struct Entry {
    /// 64 nibbles.
    pub(crate) key: Nibbles,
    /// `None` deletes it.
    pub(crate) value: Option<Vec<u8>>,
    /// What it had, as far as that is known without asking. Believed where it has the hash of what is there.
    pub(crate) before: Option<Vec<u8>>,
}

/// A key of 64 nibbles, and its value.
pub(crate) type KeyValue = (Nibbles, Vec<u8>);

/// The trie that an update changes.
pub(crate) trait Source: Sync {
    /// What is at a path as far as it is in memory: `None` when it is not, else as [`Self::row`].
    fn recent(&self, path: &Nibbles) -> Option<Option<Vec<u8>>>;

    /// The row at a path that is not in memory; `None` when a leaf is there, or nothing.
    fn row(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError>;

    /// The first key that begins with `path`, or `key` if it is there: where a leaf is at `path` they are the same.
    fn below(&self, path: &Nibbles, key: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError>;
}

/// All nodes from a function, leaves too.
impl<F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError> + Sync> Source for F {
    fn recent(&self, _: &Nibbles) -> Option<Option<Vec<u8>>> {
        None
    }

    fn row(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        self(path)
    }

    fn below(&self, _: &Nibbles, _: Option<&Nibbles>) -> Result<Option<KeyValue>, StoreError> {
        Ok(None)
    }
}

/// The trie of `root` after `entries`, which ascend by key.
///
/// # Errors
/// What `source` returns, and [`StoreError::Corrupt`] when a row is missing or not a node.
pub(crate) fn update(root: B256, entries: &[Entry], source: impl Source) -> Result<(B256, Nodes), StoreError> {
    debug_assert!(entries.is_sorted_by(|a, b| a.key < b.key));
    if entries.is_empty() {
        return Ok((root, Nodes::new()));
    }
    let top = Nibbles::new();
    let mut merge = Merge::new(&source);
    let existing = if root == EMPTY_ROOT_HASH { None } else { Some(merge.take(&top, root, entries)?) };
    let merged = merge.merge(&top, existing, entries)?;
    let root = merged.map_or(EMPTY_ROOT_HASH, |node| merge.place_root(&node));
    Ok((root, merge.into_nodes()))
}

fn load_row<F>(load: &F, path: &Nibbles) -> Result<Vec<u8>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    load(path)?.ok_or_else(|| missing(path))
}

fn missing(path: &Nibbles) -> StoreError {
    StoreError::corrupt(format!("no trie node at {path:?}"))
}

/// A path from one nibble a byte.
pub(crate) fn nibbles(bytes: &[u8]) -> Result<Nibbles, StoreError> {
    if bytes.iter().all(|nibble| *nibble < 16) {
        return Ok(Nibbles::from_nibbles(bytes));
    }
    Err(StoreError::corrupt("path of a trie node"))
}

/// The paths of those nodes below the one at `path` that are not inside its row, leaves among them.
pub(crate) fn children(path: &Nibbles, row: &[u8]) -> Result<Vec<Nibbles>, StoreError> {
    let TrieNode::Branch(branch) = decode(row)? else { return Ok(Vec::new()) };
    let outside = |(index, child): (u8, Option<&RlpNode>)| {
        let mut below = *path;
        below.push(index);
        child.is_some_and(RlpNode::is_hash).then_some(below)
    };
    Ok(branch.as_ref().children().filter_map(outside).collect())
}

pub(crate) fn decode(mut row: &[u8]) -> Result<TrieNode, StoreError> {
    TrieNode::decode(&mut row).map_err(|error| StoreError::corrupt(format!("trie node: {error}")))
}

#[cfg(test)]
mod tests;
