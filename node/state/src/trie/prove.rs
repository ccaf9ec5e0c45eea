use super::{decode, load_row};
use crate::error::StoreError;
use alloy::primitives::{B256, Bytes, keccak256};
use alloy_trie::{
    EMPTY_ROOT_HASH, Nibbles,
    nodes::{RlpNode, TrieNode},
};

/// The rows from the root towards `key`, as far as they go: they prove its value, or that it has none. Nodes inside
/// their parent's row are not repeated. Nothing for an empty trie.
///
/// # Errors
/// What `load` returns, and [`StoreError::Corrupt`] when a row is missing, or is not the one that its parent names.
pub(crate) fn prove<F>(root: B256, key: &Nibbles, load: F) -> Result<Vec<Bytes>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    let mut rows = Vec::new();
    if root == EMPTY_ROOT_HASH {
        return Ok(rows);
    }
    let mut path = Nibbles::new();
    let mut row = load_named(&load, &path, root)?;
    loop {
        let mut node = decode(&row)?;
        rows.push(Bytes::from(row));
        loop {
            let Some(child) = step(&node, &mut path, key) else { return Ok(rows) };
            if let Some(hash) = child.as_hash() {
                row = load_named(&load, &path, hash)?;
                break;
            }
            node = decode(&child)?;
        }
    }
}

fn load_named<F>(load: &F, path: &Nibbles, hash: B256) -> Result<Vec<u8>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    let row = load_row(load, path)?;
    if keccak256(&row) == hash {
        return Ok(row);
    }
    Err(StoreError::corrupt(format!("trie node at {path:?} is not {hash}")))
}

/// One node down towards `key`; `None` where the trie ends or leads elsewhere.
fn step(node: &TrieNode, path: &mut Nibbles, key: &Nibbles) -> Option<RlpNode> {
    match node {
        TrieNode::EmptyRoot | TrieNode::Leaf(_) => None,
        TrieNode::Extension(extension) => {
            path.extend(&extension.key);
            key.starts_with(path).then(|| extension.child.clone())
        }
        TrieNode::Branch(branch) => {
            let index = key.get(path.len())?;
            path.push(index);
            branch.as_ref().children().find(|(at, _)| *at == index)?.1.cloned()
        }
    }
}
