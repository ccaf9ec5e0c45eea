//! The trie alone, for public vectors. Nothing of the chain calls this.

use crate::{
    error::StoreError,
    trie::{self, Entry},
};
use alloy::primitives::{B256, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles};
use std::collections::BTreeMap;

/// A key before it is hashed, and its value; `None` deletes it.
pub type Write = (Vec<u8>, Option<Vec<u8>>);

/// The root after `writes`, each an update of its own over the rows that those before it left.
///
/// # Errors
/// [`StoreError::Corrupt`] when an update left rows that a later one cannot read.
pub fn secure_root(writes: &[Write]) -> Result<B256, StoreError> {
    let mut rows: BTreeMap<Nibbles, Vec<u8>> = BTreeMap::new();
    let mut root = EMPTY_ROOT_HASH;
    for (key, value) in writes {
        let entry = Entry { key: Nibbles::unpack_array(&keccak256(key).0), value: value.clone(), before: None };
        let (next, changed) = trie::update(root, &[entry], |path: &Nibbles| Ok(rows.get(path).cloned()))?;
        for (path, changed) in changed {
            match changed.node {
                Some(node) => rows.insert(path, node.row),
                None => rows.remove(&path),
            };
        }
        root = next;
    }
    Ok(root)
}
