use super::{decode, load_row};
use crate::error::StoreError;
use alloy::primitives::{B256, Bytes};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, nodes::TrieNode};

/// The rows from the root towards `key`, as far as they go: they prove its value, or that it has none. Nodes inside
/// their parent's row are not repeated. Nothing for an empty trie.
pub(crate) fn prove<F>(root: B256, key: &Nibbles, load: F) -> Result<Vec<Bytes>, StoreError>
where
    F: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
{
    let mut rows = Vec::new();
    if root == EMPTY_ROOT_HASH {
        return Ok(rows);
    }
    let mut path = Nibbles::new();
    let mut row = load_row(&load, &path)?;
    loop {
        let mut node = decode(&row)?;
        rows.push(Bytes::from(row));
        loop {
            let Some(child) = step(&node, &mut path, key) else { return Ok(rows) };
            if child.is_hash() {
                row = load_row(&load, &path)?;
                break;
            }
            node = decode(&child)?;
        }
    }
}

/// One node down towards `key`; `None` where the trie ends or leads elsewhere.
fn step(node: &TrieNode, path: &mut Nibbles, key: &Nibbles) -> Option<alloy_trie::nodes::RlpNode> {
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
