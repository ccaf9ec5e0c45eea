//! Descents: how somebody who committed to a blob shows it to somebody who computed another, part by part, until the bytes
//! where the two differ are known.
//!
//! * D1 A *node* of level 3, 11, 19 or 27 is a subtree of 2^level chunks, or what a blob has of it; its number counts such subtrees
//!   from the left. Of the levels that would hold the same chunks, its level is the lowest.
//! * D2 A node of level 3 is shown by its bytes and their opening; any other by the chaining values of its children, the subtrees
//!   8 levels below it, of which there are 2 to 256: they fold (O4) to its own.
//! * D3 Who follows the first value that differs from its own, from the root down, agrees with everything to the left of where
//!   that leads. With what was shown on the way it can open everything that the first differing element is computed from.

use crate::{Blob, CHUNK_BYTES, Opened, Tree, opening::chaining_value};
use blake3::hazmat::{ChainingValue, Mode, left_subtree_len, merge_subtrees_non_root};
use std::{collections::BTreeMap, ops::Range};

/// Levels between a node and its children.
const FAN_OUT_BITS: u8 = 8;
/// Level of nodes that are shown by their bytes.
const BYTES_LEVEL: u8 = 3;

/// A part of a blob (D1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    pub level: u8,
    pub index: u64,
}

impl Node {
    /// All of a blob.
    pub fn root(blob: &Blob) -> Self {
        Self::of(0..blob.chunks())
    }

    /// The node of the lowest level that holds a byte.
    pub const fn holding(byte: u64) -> Self {
        Self { level: BYTES_LEVEL, index: byte / (CHUNK_BYTES << BYTES_LEVEL) }
    }

    /// Whether it is shown by its bytes.
    pub const fn is_bytes(&self) -> bool {
        self.level == BYTES_LEVEL
    }

    /// The chunks that it has of a blob, which holds it.
    pub fn chunks(&self, blob: &Blob) -> Range<u64> {
        let first = self.index << self.level;
        first..(first + (1 << self.level)).min(blob.chunks())
    }

    /// Its children from left to right. None where it is shown by its bytes.
    pub fn children(&self, blob: &Blob) -> Vec<Self> {
        if self.is_bytes() {
            return Vec::new();
        }
        let chunks = self.chunks(blob);
        let width = 1 << (self.level - FAN_OUT_BITS);
        chunks.clone().step_by(width).map(|first| Self::of(first..(first + width as u64).min(chunks.end))).collect()
    }

    /// Of a run of chunks that is a node's.
    fn of(chunks: Range<u64>) -> Self {
        let mut level = BYTES_LEVEL;
        while chunks.end - chunks.start > 1 << level {
            level += FAN_OUT_BITS;
        }
        Self { level, index: chunks.start >> level }
    }

    /// Its bytes.
    fn range(&self, blob: &Blob) -> Range<u64> {
        blob.range(&self.chunks(blob)).expect("a node has chunks, and they are the blob's")
    }
}

impl Tree<'_> {
    /// The chaining values of a node's children (D2).
    pub fn values(&self, node: &Node) -> Vec<ChainingValue> {
        let blob = self.blob();
        node.children(&blob).iter().map(|child| self.value(&child.range(&blob))).collect()
    }
}

/// A blob that somebody else committed to, as far as it is known: up to where it begins to differ it is one's own, from there on
/// it is what was shown in a descent.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    own: &'a Tree<'a>,
    blob: Blob,
    /// Chaining values of subtrees by first byte and end, as they were shown.
    values: BTreeMap<(u64, u64), ChainingValue>,
    /// Where the descent is: everything before agrees.
    node: Node,
    bytes: Option<Vec<u8>>,
}

impl<'a> Shown<'a> {
    /// Nothing of `root` is known but that it has the length of one's own.
    pub fn nothing(own: &'a Tree<'a>, root: [u8; 32]) -> Self {
        let blob = Blob { root, ..own.blob() };
        Self { own, blob, values: BTreeMap::new(), node: Node::root(&blob), bytes: None }
    }

    /// What has to be shown next, unless [`Shown::difference`] says where the two differ.
    pub const fn node(&self) -> Node {
        self.node
    }

    /// Takes the values of the node's children, and gives the number of the first that differs from one's own: where the descent
    /// goes on. `None` where as many as it has children do not differ, or there are not as many.
    pub fn descend(&mut self, values: &[ChainingValue]) -> Option<usize> {
        let children = self.node.children(&self.blob);
        let own = self.own.values(&self.node);
        let differing = own.iter().zip(values).position(|(own, shown)| own != shown);
        let child = differing.filter(|_| children.len() == values.len())?;
        for (child, value) in children.iter().zip(values) {
            let range = child.range(&self.blob);
            self.values.insert((range.start, range.end), *value);
        }
        self.node = children[child];
        Some(child)
    }

    /// Takes the bytes of a node that is shown by them, and gives the first that differs from one's own, counted in the blob.
    /// `None` where they do not differ, or are not as many.
    pub fn difference(&mut self, bytes: &[u8]) -> Option<u64> {
        let range = self.node.range(&self.blob);
        if bytes.len() as u64 != range.end - range.start {
            return None;
        }
        let own = &self.own.content()[range.start as usize..range.end as usize];
        let first = own.iter().zip(bytes).position(|(own, shown)| own != shown)?;
        self.bytes = Some(bytes.to_vec());
        Some(range.start + first as u64)
    }

    /// Of a subtree that is not the whole. `None` where it has to do with what was not shown.
    fn value(&self, subtree: &Range<u64>) -> Option<ChainingValue> {
        let known = self.node.range(&self.blob);
        if subtree.end <= known.start {
            return Some(self.own.value(subtree));
        }
        if let Some(value) = self.values.get(&(subtree.start, subtree.end)) {
            return Some(*value);
        }
        if subtree.end - subtree.start <= CHUNK_BYTES {
            let bytes = self.bytes.as_ref().filter(|_| known.start <= subtree.start && subtree.end <= known.end)?;
            let data = &bytes[(subtree.start - known.start) as usize..(subtree.end - known.start) as usize];
            return Some(chaining_value(data, subtree.start));
        }
        let middle = subtree.start + left_subtree_len(subtree.end - subtree.start);
        let (left, right) = (self.value(&(subtree.start..middle))?, self.value(&(middle..subtree.end))?);
        Some(merge_subtrees_non_root(&left, &right, Mode::Hash))
    }
}

impl Opened for Shown<'_> {
    fn blob(&self) -> Blob {
        self.blob
    }

    fn data(&self, run: &Range<u64>) -> Option<Vec<u8>> {
        let range = self.blob.range(run)?;
        let known = self.node.range(&self.blob);
        let own = range.start.min(known.start)..range.end.min(known.start);
        let mut data = self.own.content()[own.start as usize..own.end as usize].to_vec();
        if range.end > known.start {
            let from = range.start.max(known.start) - known.start;
            let shown = self.bytes.as_ref()?.get(from as usize..(range.end - known.start) as usize)?;
            data.extend_from_slice(shown);
        }
        Some(data)
    }

    fn values_beside(&self, run: &Range<u64>) -> Option<Vec<ChainingValue>> {
        let mut values = Vec::new();
        self.blob.beside(run, &mut |beside| values.push(self.value(&beside)))?;
        values.into_iter().collect()
    }
}
