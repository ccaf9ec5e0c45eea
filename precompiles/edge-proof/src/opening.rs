//! Openings: parts of committed bytes, and what shows that they are part of them.
//!
//! * O1 A blob is committed to by its BLAKE3 hash and its length, at most 2^60, both: lengths decide the shape of the tree. Whether a length is
//!   that of the hashed bytes only the opening of the last chunk shows; whoever commits to another has chunks that nobody can open.
//! * O2 An opening is of a run of whole chunks (1,024 bytes; the last of a blob may be shorter): their bytes, and the chaining
//!   value of every subtree beside them that no other such subtree holds, from left to right, as in a Bao slice without its
//!   parent nodes.
//! * O3 A run has one opening: the blob's length and the run decide how many bytes and values it has. Any other number is
//!   not an opening.
//! * O4 A fold is the chaining value over up to 256 others of equal subtrees, of which the last may be smaller: one level of a
//!   descent through a tree, or its root.

use blake3::hazmat::{
    ChainingValue, HasherExt as _, Mode, left_subtree_len, merge_subtrees_non_root, merge_subtrees_root,
};
use std::ops::Range;

use crate::adjudicate::Opened;

/// Bytes of a chunk.
pub const CHUNK_BYTES: u64 = blake3::CHUNK_LEN as u64;
/// Most bytes of a blob. Nothing has more, and places in longer ones would overflow.
const BYTES_MAX: u64 = 1 << 60;
/// Bytes of a chaining value.
pub const VALUE_BYTES: usize = 32;
/// Values of one fold.
pub const FOLD_MAX: usize = 256;

/// Committed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    pub root: [u8; 32],
    pub bytes: u64,
}

impl Blob {
    pub fn of(content: &[u8]) -> Self {
        Self { root: blake3::hash(content).into(), bytes: content.len() as u64 }
    }

    /// Chunks, at least one: that of no bytes is empty.
    pub const fn chunks(&self) -> u64 {
        let chunks = self.bytes.div_ceil(CHUNK_BYTES);
        if chunks == 0 { 1 } else { chunks }
    }

    /// Where the bytes of a run of chunks lie. `None` where the run is empty or not inside, or the blob is longer than any (O1).
    pub fn range(&self, run: &Range<u64>) -> Option<Range<u64>> {
        let inside = run.start < run.end && run.end <= self.chunks() && self.bytes <= BYTES_MAX;
        inside.then(|| run.start * CHUNK_BYTES..(run.end.saturating_mul(CHUNK_BYTES)).min(self.bytes))
    }

    /// How many chaining values the opening of a run has (O3).
    pub fn values(&self, run: &Range<u64>) -> Option<usize> {
        let mut values = 0;
        self.beside(run, &mut |_| values += 1)?;
        Some(values)
    }

    /// No openings of `runs` runs that cross so many boundaries between chunks altogether have more bytes together (L3).
    pub(crate) fn longest(&self, runs: u64, boundaries: u64) -> u64 {
        let chunks = runs.saturating_add(boundaries).saturating_mul(CHUNK_BYTES);
        // Beside the path from the root to a chunk there is one value for each step. The paths to both ends of a longer run part at
        // some node: neither has a value beside its first step from there, and each may have one beside every step after.
        let depth = u64::from(self.chunks().next_power_of_two().trailing_zeros());
        let parted = runs.min(boundaries).saturating_mul(depth.saturating_sub(2));
        let values = runs.saturating_mul(depth).saturating_add(parted);
        let bytes = chunks.min(runs.saturating_mul(self.bytes));
        bytes.saturating_add(values.saturating_mul(VALUE_BYTES as u64))
    }

    /// Gives `beside` the ranges of the subtrees that the opening of a run has values of, in their order.
    pub(crate) fn beside(&self, run: &Range<u64>, beside: &mut impl FnMut(Range<u64>)) -> Option<()> {
        let range = self.range(run)?;
        walk(&(0..self.bytes), &range, beside);
        Some(())
    }

    /// Whether `data` and `values` are the opening of a run.
    pub fn opens(&self, run: &Range<u64>, data: &[u8], values: &[ChainingValue]) -> bool {
        let Some(range) = self.range(run) else { return false };
        if data.len() as u64 != range.end - range.start || self.values(run) != Some(values.len()) {
            return false;
        }
        if range.end - range.start == self.bytes {
            return blake3::hash(data) == self.root;
        }
        let mut climb = Climb { range, data, values };
        let middle = left_subtree_len(self.bytes);
        let (left, right) = (climb.value(0..middle), climb.value(middle..self.bytes));
        merge_subtrees_root(&left, &right, Mode::Hash) == self.root
    }
}

/// What bytes are committed to by (O1), of bytes that come one after the other and need not be kept.
#[derive(Clone, Debug, Default)]
pub struct RootHasher(blake3::Hasher);

impl RootHasher {
    /// The bytes after those so far.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all bytes so far.
    pub fn root(&self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The chaining values beside a run of `content`'s chunks, which with the run's own bytes are its opening. `None` where the run is
/// empty or not inside.
pub fn values_beside(content: &[u8], run: &Range<u64>) -> Option<Vec<ChainingValue>> {
    let mut values = Vec::new();
    let blob = Blob { root: [0; 32], bytes: content.len() as u64 };
    blob.beside(run, &mut |beside| values.push(subtree(content, beside)))?;
    Some(values)
}

/// Committed bytes and the chaining values of the tree over them, each hashed once: for whoever opens many runs of the same.
/// It has 64 bytes for every chunk.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    content: &'a [u8],
    /// Chunks, then pairs of those before. What has no other half goes up as it is, which makes the same tree as halving at
    /// powers of two does.
    levels: Vec<Vec<ChainingValue>>,
    root: [u8; 32],
}

impl<'a> Tree<'a> {
    /// Hashes `content`.
    pub fn of(content: &'a [u8]) -> Self {
        let root = blake3::hash(content).into();
        let starts = (0..content.len() as u64).step_by(CHUNK_BYTES as usize);
        let chunks: Vec<_> = match content.len() as u64 {
            // The only chunk is the root.
            ..=CHUNK_BYTES => Vec::new(),
            bytes => starts.map(|start| subtree(content, start..(start + CHUNK_BYTES).min(bytes))).collect(),
        };
        let mut levels = vec![chunks];
        while let Some(below) = levels.last().filter(|below| below.len() > 2) {
            let pair = |pair: &[ChainingValue]| match pair {
                [left, right] => merge_subtrees_non_root(left, right, Mode::Hash),
                alone => alone[0],
            };
            let above = below.chunks(2).map(pair).collect();
            levels.push(above);
        }
        Self { content, levels, root }
    }

    pub const fn content(&self) -> &'a [u8] {
        self.content
    }

    /// Chaining values of the chunks, in order. None where there is one chunk: it is the root.
    pub fn chunk_values(&self) -> &[ChainingValue] {
        &self.levels[0]
    }

    /// What the bytes are committed to by.
    pub const fn blob(&self) -> Blob {
        Blob { root: self.root, bytes: self.content.len() as u64 }
    }

    /// Of a subtree that is not the whole.
    pub(crate) fn value(&self, subtree: &Range<u64>) -> ChainingValue {
        let chunks = (subtree.end - subtree.start).div_ceil(CHUNK_BYTES);
        let level = chunks.next_power_of_two().trailing_zeros();
        self.levels[level as usize][((subtree.start / CHUNK_BYTES) >> level) as usize]
    }
}

impl Opened for Tree<'_> {
    fn blob(&self) -> Blob {
        Tree::blob(self)
    }

    fn data(&self, run: &Range<u64>) -> Option<Vec<u8>> {
        let range = self.blob().range(run)?;
        Some(self.content[range.start as usize..range.end as usize].to_vec())
    }

    fn values_beside(&self, run: &Range<u64>) -> Option<Vec<ChainingValue>> {
        let mut values = Vec::new();
        self.blob().beside(run, &mut |beside| values.push(self.value(&beside)))?;
        Some(values)
    }
}

/// Gives `beside` the ranges of the largest subtrees of `tree` that hold nothing of `run`, from left to right.
fn walk(tree: &Range<u64>, run: &Range<u64>, beside: &mut impl FnMut(Range<u64>)) {
    if run.start <= tree.start && tree.end <= run.end {
        return;
    }
    if tree.end <= run.start || run.end <= tree.start {
        beside(tree.clone());
    } else {
        let middle = tree.start + left_subtree_len(tree.end - tree.start);
        walk(&(tree.start..middle), run, beside);
        walk(&(middle..tree.end), run, beside);
    }
}

/// The chaining value of a subtree of `content` that is not all of it.
fn subtree(content: &[u8], range: Range<u64>) -> ChainingValue {
    let data = &content[range.start as usize..range.end as usize];
    chaining_value(data, range.start)
}

/// The chaining value of the subtree over `data`, at byte `start` of more than that.
pub(crate) fn chaining_value(data: &[u8], start: u64) -> ChainingValue {
    blake3::Hasher::new().set_input_offset(start).update(data).finalize_non_root()
}

/// An opening as it is read, in the order of the tree.
struct Climb<'a> {
    range: Range<u64>,
    data: &'a [u8],
    values: &'a [ChainingValue],
}

impl Climb<'_> {
    /// The chaining value of `tree`, which is not the whole. The opening has as many bytes and values as it takes.
    fn value(&mut self, tree: Range<u64>) -> ChainingValue {
        let run = &self.range;
        if tree.end <= run.start || run.end <= tree.start {
            let (value, rest) = self.values.split_first().expect("counted before (O3)");
            self.values = rest;
            return *value;
        }
        if run.start <= tree.start && tree.end <= run.end {
            let (data, rest) = self.data.split_at((tree.end - tree.start) as usize);
            self.data = rest;
            return chaining_value(data, tree.start);
        }
        let middle = tree.start + left_subtree_len(tree.end - tree.start);
        let (left, right) = (self.value(tree.start..middle), self.value(middle..tree.end));
        merge_subtrees_non_root(&left, &right, Mode::Hash)
    }
}

/// The chaining value over `values` (O4), or the root of the tree that they are all of. `None` for fewer than two of them, or
/// more than [`FOLD_MAX`].
pub fn fold(values: &[ChainingValue], root: bool) -> Option<[u8; 32]> {
    if !(2..=FOLD_MAX).contains(&values.len()) {
        return None;
    }
    let (left, right) = values.split_at((values.len()).div_ceil(2).next_power_of_two());
    let (left, right) = (merged(left), merged(right));
    Some(if root {
        merge_subtrees_root(&left, &right, Mode::Hash).into()
    } else {
        merge_subtrees_non_root(&left, &right, Mode::Hash)
    })
}

/// Of at least one value.
fn merged(values: &[ChainingValue]) -> ChainingValue {
    if let [value] = values {
        return *value;
    }
    let (left, right) = values.split_at(values.len().div_ceil(2).next_power_of_two());
    merge_subtrees_non_root(&merged(left), &merged(right), Mode::Hash)
}
