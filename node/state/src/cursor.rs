//! Readers that go through blocks in order, in a chain that dev mode may take back.

use crate::store::{Store, Tip};
use edgeloom_types::Height;

/// Where a reader of blocks is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Never goes below.
    first: u64,
    /// The first height that was not read yet.
    pub next: u64,
    revision: u64,
}

/// How often the chain was taken back or amended, and how far.
#[derive(Debug, Default)]
pub(crate) struct Rewinds {
    revision: u64,
    /// (revision, height gone back to). Both ascend: what a later one undoes as well is left out.
    steps: Vec<(u64, u64)>,
}

impl Rewinds {
    pub(crate) fn amended(&mut self) {
        self.revision += 1;
    }

    pub(crate) fn back_to(&mut self, height: u64) {
        self.revision += 1;
        while self.steps.last().is_some_and(|(_, lower)| *lower >= height) {
            self.steps.pop();
        }
        self.steps.push((self.revision, height));
    }

    /// The lowest height gone back to after `revision`.
    fn lowest_since(&self, revision: u64) -> Option<u64> {
        let first = self.steps.partition_point(|(at, _)| *at <= revision);
        self.steps.get(first).map(|(_, height)| *height)
    }
}

impl Store {
    /// Reads from `first` on, or from the next block to be committed.
    pub fn cursor(&self, first: Option<Height>) -> Cursor {
        let head = self.head().read();
        let revision = self.rewinds().read().revision;
        let first = first.map(Height::get);
        let next = first.unwrap_or_else(|| head.tip().map_or(0, |tip| tip.height.get() + 1));
        Cursor { first: first.unwrap_or(0), next, revision }
    }

    /// The tip, and `cursor` at the first height that it has not read of the chain that the tip ends.
    pub fn follow(&self, cursor: &mut Cursor) -> Option<Tip> {
        let head = self.head().read();
        let rewinds = self.rewinds().read();
        if let Some(height) = rewinds.lowest_since(cursor.revision) {
            cursor.next = cursor.next.min(height + 1).max(cursor.first);
        }
        cursor.revision = rewinds.revision;
        head.tip()
    }

    /// Changes whenever something that was committed is taken back or amended: never, outside dev mode.
    pub fn revision(&self) -> u64 {
        self.rewinds().read().revision
    }
}
