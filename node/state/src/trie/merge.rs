//! Merging sorted entries into a node, depth first. A merged node is returned unplaced: only its parent knows whether
//! it keeps its path, or is pulled up because its siblings are gone.

use super::{Changed, Entry, Node, Nodes, Source, decode, missing, past};
use crate::error::StoreError;
use alloy::primitives::{B256, keccak256};
use alloy_rlp::Encodable;
use alloy_trie::{
    Nibbles, TrieMask,
    nodes::{BranchNode, ExtensionNode, LeafNode, RlpNode, TrieNode},
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::BTreeMap;

/// Fewer entries than this are not worth handing to other threads.
const PARALLEL_MIN: usize = 256;

pub(super) struct Merge<'a, F> {
    source: &'a F,
    nodes: Nodes,
    /// The keys of the leaves that were read, by the path of their row.
    leaves: BTreeMap<Nibbles, Nibbles>,
    buffer: Vec<u8>,
}

/// A child of a branch that is being merged.
enum Slot {
    Empty,
    /// As it was; its row, if it has one, was not read.
    Kept(RlpNode),
    /// Merged or made; not in `nodes` yet.
    Loose(TrieNode),
}

type Slots = [Slot; 16];

impl<'a, F: Source> Merge<'a, F> {
    pub(super) const fn new(source: &'a F) -> Self {
        Self { source, nodes: Nodes::new(), leaves: BTreeMap::new(), buffer: Vec::new() }
    }

    pub(super) fn into_nodes(self) -> Nodes {
        self.nodes
    }

    /// What `node` at `path` becomes under `entries`, all of which start with `path`.
    pub(super) fn merge(
        &mut self,
        path: &Nibbles,
        node: Option<TrieNode>,
        entries: &[Entry],
    ) -> Result<Option<TrieNode>, StoreError> {
        match node {
            None | Some(TrieNode::EmptyRoot) => Ok(self.build(path, &live(entries))),
            Some(TrieNode::Leaf(leaf)) => Ok(self.merge_leaf(path, &leaf, entries)),
            Some(TrieNode::Extension(extension)) => self.merge_extension(path, extension, entries),
            Some(TrieNode::Branch(branch)) => self.merge_slots(path, slots(branch), entries),
        }
    }

    fn merge_leaf(&mut self, path: &Nibbles, leaf: &LeafNode, entries: &[Entry]) -> Option<TrieNode> {
        let key = path.join(&leaf.key);
        let mut items = live(entries);
        if entries.binary_search_by(|entry| entry.key.cmp(&key)).is_err() {
            let at = items.partition_point(|(other, _)| *other < key);
            items.insert(at, (key, &leaf.value));
        }
        self.build(path, &items)
    }

    fn merge_extension(
        &mut self,
        path: &Nibbles,
        extension: ExtensionNode,
        entries: &[Entry],
    ) -> Result<Option<TrieNode>, StoreError> {
        let ExtensionNode { key, child } = extension;
        // Entries ascend, so the ones at the ends share the least with the extension's key.
        let ends = [entries.first(), entries.last()].into_iter().flatten();
        let shared = ends.map(|entry| entry.key.slice(path.len()..).common_prefix_length(&key)).min();
        let shared = shared.unwrap_or(key.len());
        let below = path.join(&key.slice(..shared));
        if shared == key.len() {
            let child = self.resolve(&below, &child, entries)?;
            let merged = self.merge(&below, Some(child), entries)?;
            return Ok(self.prefixed(path, key, merged));
        }
        let rest = key.slice(shared + 1..);
        let mut slots: Slots = [const { Slot::Empty }; 16];
        slots[nibble(&key, shared)] = if rest.is_empty() {
            Slot::Kept(child)
        } else {
            Slot::Loose(TrieNode::Extension(ExtensionNode::new(rest, child)))
        };
        let merged = self.merge_slots(&below, slots, entries)?;
        Ok(self.prefixed(path, key.slice(..shared), merged))
    }

    fn merge_slots(
        &mut self,
        path: &Nibbles,
        mut slots: Slots,
        entries: &[Entry],
    ) -> Result<Option<TrieNode>, StoreError> {
        if entries.len() >= PARALLEL_MIN {
            slots = self.merge_apart(path, slots, entries)?;
        } else {
            for group in groups(path, entries) {
                let index = nibble(&group[0].key, path.len());
                let slot = std::mem::replace(&mut slots[index], Slot::Empty);
                slots[index] = self.merge_slot(path, slot, group)?;
            }
        }
        self.close(path, slots)
    }

    /// As one slot after the other, on all cores: no two slots share a row.
    fn merge_apart(&mut self, path: &Nibbles, mut slots: Slots, entries: &[Entry]) -> Result<Slots, StoreError> {
        let groups: Vec<_> = groups(path, entries).collect();
        let mut work = Vec::with_capacity(groups.len());
        for group in groups {
            let index = nibble(&group[0].key, path.len());
            work.push((index, std::mem::replace(&mut slots[index], Slot::Empty), group));
        }
        let source = self.source;
        let merged = work.into_par_iter().map(|(index, slot, group)| {
            let mut part = Merge::new(source);
            let slot = part.merge_slot(path, slot, group)?;
            Ok((index, slot, part))
        });
        for (index, slot, part) in merged.collect::<Result<Vec<_>, StoreError>>()? {
            slots[index] = slot;
            self.nodes.extend(part.nodes);
            self.leaves.extend(part.leaves);
        }
        Ok(slots)
    }

    /// A slot of the branch at `path` under `group`, whose keys lead there.
    fn merge_slot(&mut self, path: &Nibbles, slot: Slot, group: &[Entry]) -> Result<Slot, StoreError> {
        let below = child_path(path, nibble(&group[0].key, path.len()));
        let existing = match slot {
            Slot::Empty => None,
            Slot::Kept(child) => Some(self.resolve(&below, &child, group)?),
            Slot::Loose(node) => Some(node),
        };
        Ok(self.merge(&below, existing, group)?.map_or(Slot::Empty, Slot::Loose))
    }

    /// A branch of two children or more; one child alone is pulled up.
    fn close(&mut self, path: &Nibbles, slots: Slots) -> Result<Option<TrieNode>, StoreError> {
        let mut children = slots.into_iter().enumerate().filter(|(_, slot)| !matches!(slot, Slot::Empty));
        let Some(first) = children.next() else { return Ok(None) };
        let Some(second) = children.next() else {
            let (index, slot) = first;
            let node = match slot {
                Slot::Empty => None,
                Slot::Kept(child) => Some(self.resolve(&child_path(path, index), &child, &[])?),
                Slot::Loose(node) => Some(node),
            };
            return Ok(self.prefixed(path, child_path(&Nibbles::new(), index), node));
        };
        let mut stack = Vec::with_capacity(16);
        let mut mask = TrieMask::default();
        for (index, slot) in [first, second].into_iter().chain(children) {
            stack.push(match slot {
                Slot::Empty => continue,
                Slot::Kept(child) => child,
                Slot::Loose(node) => self.place(child_path(path, index), &node),
            });
            mask.set_bit(index as u8);
        }
        Ok(Some(TrieNode::Branch(BranchNode::new(stack, mask))))
    }

    /// `node`, so far at `path` + `prefix`, as it is at `path`.
    fn prefixed(&mut self, path: &Nibbles, prefix: Nibbles, node: Option<TrieNode>) -> Option<TrieNode> {
        let node = node?;
        if prefix.is_empty() {
            return Some(node);
        }
        Some(match node {
            TrieNode::EmptyRoot => return None,
            TrieNode::Leaf(leaf) => TrieNode::Leaf(LeafNode::new(prefix.join(&leaf.key), leaf.value)),
            TrieNode::Extension(extension) => {
                TrieNode::Extension(ExtensionNode::new(prefix.join(&extension.key), extension.child))
            }
            branch @ TrieNode::Branch(_) => {
                let child = self.place(path.join(&prefix), &branch);
                TrieNode::Extension(ExtensionNode::new(prefix, child))
            }
        })
    }

    /// The node at `path` that holds `items`, which ascend by key.
    fn build(&mut self, path: &Nibbles, items: &[(Nibbles, &[u8])]) -> Option<TrieNode> {
        let ((first, value), (last, _)) = (items.first()?, items.last()?);
        if items.len() == 1 {
            return Some(TrieNode::Leaf(LeafNode::new(first.slice(path.len()..), value.to_vec())));
        }
        let shared = first.common_prefix_length(last);
        let fork = first.slice(..shared);
        let mut stack = Vec::with_capacity(16);
        let mut mask = TrieMask::default();
        for group in items.chunk_by(|(a, _), (b, _)| nibble(a, shared) == nibble(b, shared)) {
            let index = nibble(&group[0].0, shared);
            let below = child_path(&fork, index);
            if let Some(node) = self.build(&below, group) {
                stack.push(self.place(below, &node));
                mask.set_bit(index as u8);
            }
        }
        let branch = TrieNode::Branch(BranchNode::new(stack, mask));
        self.prefixed(path, first.slice(path.len()..shared), Some(branch))
    }

    /// The node behind a reference, which `entries` change.
    fn resolve(&mut self, path: &Nibbles, reference: &RlpNode, entries: &[Entry]) -> Result<TrieNode, StoreError> {
        match reference.as_hash() {
            Some(hash) => self.take(path, hash, entries),
            None => decode(reference),
        }
    }

    /// The node at `path`, which has this hash. It counts as gone until a node is placed there again (T3).
    pub(super) fn take(&mut self, path: &Nibbles, hash: B256, entries: &[Entry]) -> Result<TrieNode, StoreError> {
        let node = match self.source.recent(path) {
            Some(row) => self.node(path, hash, (row, entries))?,
            None => match self.known_leaf(path, hash, entries) {
                Some(leaf) => TrieNode::Leaf(leaf),
                None => self.node(path, hash, (self.source.row(path)?, entries))?,
            },
        };
        let leaf = if let TrieNode::Leaf(leaf) = &node { Some(leaf.key) } else { None };
        self.nodes.insert(*path, Changed { node: None, replaced: leaf.is_none() });
        self.leaves.extend(leaf.map(|key| (*path, key)));
        Ok(node)
    }

    fn node(
        &mut self,
        path: &Nibbles,
        hash: B256,
        (row, entries): (Option<Vec<u8>>, &[Entry]),
    ) -> Result<TrieNode, StoreError> {
        match row {
            Some(row) => decode(&row),
            None => self.leaf(path, hash, entries),
        }
    }

    /// The leaf of the one key that leads to `path`, when what was known of it is all that is there.
    fn known_leaf(&mut self, path: &Nibbles, hash: B256, entries: &[Entry]) -> Option<LeafNode> {
        let [Entry { key, before: Some(value), .. }] = entries else { return None };
        self.leaf_of_hash((path, hash), (key, value.clone()))
    }

    fn leaf_of_hash(&mut self, (path, hash): (&Nibbles, B256), (key, value): (&Nibbles, Vec<u8>)) -> Option<LeafNode> {
        let leaf = LeafNode::new(key.slice(path.len()..), value);
        self.buffer.clear();
        leaf.encode(&mut self.buffer);
        (keccak256(&self.buffer) == hash).then_some(leaf)
    }

    /// T4.
    fn leaf(&mut self, path: &Nibbles, hash: B256, entries: &[Entry]) -> Result<TrieNode, StoreError> {
        let probable = if let [entry] = entries { Some(&entry.key) } else { None };
        let (key, value) = self.source.below(path, probable)?.ok_or_else(|| missing(path))?;
        if !key.starts_with(path) {
            return Err(missing(path));
        }
        self.leaf_of_hash((path, hash), (&key, value)).map(TrieNode::Leaf).ok_or_else(|| missing(path))
    }

    /// The reference to `node`, whose row, if it needs one, is at `path` (T1).
    fn place(&mut self, path: Nibbles, node: &TrieNode) -> RlpNode {
        self.buffer.clear();
        let reference = node.rlp(&mut self.buffer);
        if let Some(hash) = reference.as_hash() {
            let row = self.buffer.clone();
            self.keep(path, node, row, hash);
        }
        reference
    }

    /// The root is a row, however short (T1).
    pub(super) fn place_root(&mut self, node: &TrieNode) -> B256 {
        let row = alloy_rlp::encode(node);
        let hash = keccak256(&row);
        self.keep(Nibbles::new(), node, row, hash);
        hash
    }

    fn keep(&mut self, path: Nibbles, node: &TrieNode, row: Vec<u8>, hash: B256) {
        // P3: the same leaf where it was.
        let same = matches!(node, TrieNode::Leaf(leaf) if self.leaves.get(&path) == Some(&leaf.key));
        let past = (!same).then(|| past::encode(node, hash, &row));
        let is_leaf = matches!(node, TrieNode::Leaf(_));
        self.nodes.entry(path).or_default().node = Some(Node { row, is_leaf, past });
    }
}

/// Entries that share their nibble after `path`.
fn groups<'e>(path: &Nibbles, entries: &'e [Entry]) -> impl Iterator<Item = &'e [Entry]> {
    let at = path.len();
    entries.chunk_by(move |a, b| nibble(&a.key, at) == nibble(&b.key, at))
}

fn live(entries: &[Entry]) -> Vec<(Nibbles, &[u8])> {
    entries.iter().filter_map(|entry| Some((entry.key, entry.value.as_deref()?))).collect()
}

fn slots(branch: BranchNode) -> Slots {
    let mut slots: Slots = [const { Slot::Empty }; 16];
    for (index, child) in branch.as_ref().children() {
        if let Some(child) = child {
            slots[index as usize] = Slot::Kept(child.clone());
        }
    }
    slots
}

fn nibble(key: &Nibbles, at: usize) -> usize {
    key.get(at).expect("keys have 64 nibbles and a path shorter than that") as usize
}

fn child_path(path: &Nibbles, index: usize) -> Nibbles {
    let mut path = *path;
    path.push(index as u8);
    path
}
