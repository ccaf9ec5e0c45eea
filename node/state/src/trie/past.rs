//! What the history of a trie keeps of each node, and how nodes of a past block are made from it.
//!
//! * P1 A branch is its children's bits and its own hash. A past branch is put together from its children's hashes,
//!   each found with the child, so a branch of which one child in sixteen changed costs 35 bytes, not 532.
//! * P2 A leaf is the rest of its key: the value is in the history of accounts or slots.
//! * P3 So a leaf whose value alone changes needs no row. An update knows: it read the leaf that it replaces.
//! * P4 Everything else is kept whole: extensions, and branches that have a child inside.
//!
//! ```text
//! row = 0 ‖ bits u16 (bit i: child i) ‖ hash 32 | 1 ‖ rest of the key, packed | 2 ‖ RLP
//! ```

use crate::error::StoreError;
use alloy::primitives::B256;
use alloy_trie::{
    Nibbles, TrieMask,
    nodes::{BranchNode, LeafNode, RlpNode, TrieNode},
};
use std::{cell::RefCell, collections::BTreeMap};

const BRANCH: u8 = 0;
const LEAF: u8 = 1;
const WHOLE: u8 = 2;

/// Nibbles of a key.
const KEY_NIBBLES: usize = 64;

/// A row of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    Branch {
        children: TrieMask,
        hash: B256,
    },
    /// The whole key, of the path and the rest of it.
    Leaf(B256),
    Whole(Vec<u8>),
}

/// The row of history of `node`, whose RLP is `row` and whose hash is `hash`.
pub(crate) fn encode(node: &TrieNode, hash: B256, row: &[u8]) -> Vec<u8> {
    match node {
        TrieNode::Branch(branch) if branch.stack.iter().all(RlpNode::is_hash) => {
            let mut out = Vec::with_capacity(35);
            out.push(BRANCH);
            out.extend_from_slice(&branch.state_mask.get().to_be_bytes());
            out.extend_from_slice(hash.as_slice());
            out
        }
        TrieNode::Leaf(leaf) => [&[LEAF], leaf.key.pack().as_slice()].concat(),
        _ => [&[WHOLE], row].concat(),
    }
}

impl Past {
    /// The row of the node at `path`.
    pub(crate) fn decode(path: &Nibbles, row: &[u8]) -> Result<Self, StoreError> {
        let past = match row {
            [BRANCH, high, low, hash @ ..] => B256::try_from(hash)
                .ok()
                .map(|hash| Self::Branch { children: TrieMask::new(u16::from_be_bytes([*high, *low])), hash }),
            [LEAF, rest @ ..] => whole_key(path, rest).map(Self::Leaf),
            [WHOLE, row @ ..] => Some(Self::Whole(row.to_vec())),
            _ => None,
        };
        past.ok_or_else(|| StoreError::corrupt(format!("history of {} bytes of trie node {path:?}", row.len())))
    }
}

fn whole_key(path: &Nibbles, packed: &[u8]) -> Option<B256> {
    let left = KEY_NIBBLES.checked_sub(path.len())?;
    if packed.len() != left.div_ceil(2) {
        return None;
    }
    let key = path.join(&Nibbles::unpack(packed).slice(..left));
    Some(B256::from_slice(&key.pack()))
}

/// The trie after a past block. `rows` gives the row of history of a path, `values` the value of a key, both at that
/// block. What was read once is kept: the proofs of many keys share their upper nodes.
pub(crate) struct PastTrie<R, V> {
    rows: R,
    values: V,
    read: RefCell<BTreeMap<Nibbles, Option<Vec<u8>>>>,
}

impl<R, V> PastTrie<R, V>
where
    R: Fn(&Nibbles) -> Result<Option<Vec<u8>>, StoreError>,
    V: Fn(&B256) -> Result<Option<Vec<u8>>, StoreError>,
{
    pub(crate) const fn new(rows: R, values: V) -> Self {
        Self { rows, values, read: RefCell::new(BTreeMap::new()) }
    }

    /// RLP of the node at `path`, as the trie had it. `None` where it had none that is a row.
    pub(crate) fn node(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(node) = self.read.borrow().get(path) {
            return Ok(node.clone());
        }
        let node = self.make(path)?;
        self.read.borrow_mut().insert(*path, node.clone());
        Ok(node)
    }

    fn make(&self, path: &Nibbles) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(match self.row(path)? {
            None => None,
            Some(Past::Whole(row)) => Some(row),
            Some(Past::Leaf(key)) => Some(alloy_rlp::encode(self.leaf(path, &key)?)),
            Some(Past::Branch { children, .. }) => {
                let references = (0..16).filter(|index| children.is_bit_set(*index)).map(|index| {
                    let mut below = *path;
                    below.push(index);
                    self.reference(&below)
                });
                Some(alloy_rlp::encode(BranchNode::new(references.collect::<Result<_, _>>()?, children)))
            }
        })
    }

    fn reference(&self, path: &Nibbles) -> Result<RlpNode, StoreError> {
        match self.row(path)? {
            None => Err(StoreError::corrupt(format!("no history of trie node {path:?}, its parent has it"))),
            Some(Past::Branch { hash, .. }) => Ok(RlpNode::word_rlp(&hash)),
            Some(Past::Whole(row)) => Ok(RlpNode::from_rlp(&row)),
            Some(Past::Leaf(key)) => Ok(self.leaf(path, &key)?.as_ref().rlp(&mut Vec::new())),
        }
    }

    fn leaf(&self, path: &Nibbles, key: &B256) -> Result<LeafNode, StoreError> {
        let value = (self.values)(key)?;
        let value = value.ok_or_else(|| StoreError::corrupt(format!("no history of {key}, its trie leaf has it")))?;
        Ok(LeafNode::new(Nibbles::unpack_array(&key.0).slice(path.len()..), value))
    }

    fn row(&self, path: &Nibbles) -> Result<Option<Past>, StoreError> {
        let row = (self.rows)(path)?.filter(|row| !row.is_empty());
        row.map(|row| Past::decode(path, &row)).transpose()
    }
}
