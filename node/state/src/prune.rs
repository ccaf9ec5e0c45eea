//! Pruning: states of the last blocks alone, for nodes with small disks.
//!
//! * R1 The oldest height rises with the commit that makes it so, in its batch. Rows go later, a bounded number a
//!   commit: a sweep goes round through all histories, and where it is is stored too. So nothing else has to be
//!   written for pruning, and a database that was an archive becomes a pruned one by and by.
//! * R2 Of a key's rows at or below the oldest height the newest stays: it is what the key holds there. When it says
//!   that there is nothing, it goes as well, but never before the rows below it.
//! * R3 The oldest height rises in memory before rows vanish, and every read compares after it has read: a reader that
//!   is overtaken gets an error.

use crate::{
    error::StoreError,
    kv::{Batch, Kv, Snapshot, Step},
    store::{Store, stored_height},
    table::{META_OLDEST, META_SWEEP, Table, height_key, split_history_key},
};
use edgeloom_types::Height;
use std::{
    num::NonZeroU64,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// Rows that a sweep looks at in a commit, beside [`ROWS_PER_ROW`]. A third of a millisecond.
const ROWS_PER_COMMIT: usize = 1000;
/// Rows that a sweep looks at for each row of history that the commit writes. With two, at most about half as many rows
/// as are kept wait for their end.
const ROWS_PER_ROW: usize = 2;

/// How far states go back.
#[derive(Debug)]
pub(crate) struct Pruning {
    oldest: AtomicU64,
    /// States to keep; zero for all.
    keep: AtomicU64,
    rows: AtomicUsize,
}

impl Pruning {
    pub(crate) fn stored(kv: &Kv) -> Result<Self, StoreError> {
        let oldest = stored_height(kv, META_OLDEST)?.get().into();
        Ok(Self { oldest, keep: AtomicU64::default(), rows: ROWS_PER_COMMIT.into() })
    }

    /// After rows were taken back.
    pub(crate) fn read_again(&self, kv: &Kv) -> Result<(), StoreError> {
        self.oldest.store(stored_height(kv, META_OLDEST)?.get(), Ordering::SeqCst);
        Ok(())
    }
}

impl Store {
    /// Keeps the states of the newest `blocks` blocks and prunes older ones from the next commit on. Without this call a
    /// store is an archive. What is pruned does not come back.
    pub fn keep_history(&self, blocks: NonZeroU64) {
        self.pruning().keep.store(blocks.get(), Ordering::SeqCst);
    }

    /// Looks at `rows` rows a commit, at least two.
    #[cfg(test)]
    pub(crate) fn sweep_slowly(&self, rows: usize) {
        self.pruning().rows.store(rows, Ordering::SeqCst);
    }

    /// The lowest height whose state can be read. Headers, bodies and receipts are there for every height.
    pub fn oldest(&self) -> Height {
        Height::new(self.pruning().oldest.load(Ordering::SeqCst))
    }

    /// `Err` when the state at `height` is pruned.
    pub(crate) fn kept(&self, height: Height) -> Result<(), StoreError> {
        let oldest = self.oldest();
        if height >= oldest { Ok(()) } else { Err(StoreError::Pruned { asked: height, oldest }) }
    }

    /// The newest row at or below `height`; `key` is that of `height` itself.
    pub(crate) fn past(&self, table: Table, key: &[u8], height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.kv().history(table, key)?;
        // R3.
        self.kept(height)?;
        Ok(row)
    }

    /// Part of the commit of `tip`, which writes `written` rows of history.
    pub(crate) fn prune(&self, batch: &mut Batch<'_>, tip: Height, written: usize) -> Result<(), StoreError> {
        let pruning = self.pruning();
        let keep = pruning.keep.load(Ordering::SeqCst);
        let oldest = Height::new((tip.get() + 1).saturating_sub(keep)).max(self.oldest());
        if keep == 0 || oldest == Height::GENESIS {
            return Ok(());
        }
        batch.put(Table::Meta, META_OLDEST, &height_key(oldest));
        let rows = pruning.rows.load(Ordering::SeqCst) + ROWS_PER_ROW * written;
        let from = self.kv().get(Table::Meta, META_SWEEP)?;
        let resume = Sweep { snapshot: self.kv().snapshot(), batch, oldest, rows }.go(from.as_deref())?;
        batch.put(Table::Meta, META_SWEEP, &resume);
        // R3: the batch is not written yet.
        pruning.oldest.store(oldest.get(), Ordering::SeqCst);
        Ok(())
    }
}

struct Sweep<'a, 'b> {
    snapshot: Snapshot<'a>,
    batch: &'a mut Batch<'b>,
    oldest: Height,
    /// How many more it may look at.
    rows: usize,
}

/// Rows of one key.
struct Group {
    prefix: Vec<u8>,
    /// The newest at or below the oldest height, and whether it says that there is nothing.
    newest: Option<(Vec<u8>, bool)>,
}

impl Sweep<'_, '_> {
    /// Goes on at `from`, at most once through every table, and gives where to go on.
    fn go(mut self, from: Option<&[u8]>) -> Result<Vec<u8>, StoreError> {
        let (mut index, mut key) = match from {
            None => (0, Vec::new()),
            Some([index, key @ ..]) if usize::from(*index) < Table::HISTORIES.len() => {
                (usize::from(*index), key.to_vec())
            }
            Some(_) => return Err(StoreError::corrupt("place of the sweep")),
        };
        for _ in Table::HISTORIES {
            if let Some(resume) = self.table(Table::HISTORIES[index], &key)? {
                return Ok([&[index as u8], resume.as_slice()].concat());
            }
            (index, key) = ((index + 1) % Table::HISTORIES.len(), Vec::new());
        }
        Ok(vec![index as u8])
    }

    /// Where to go on; `None` at the table's end.
    fn table(&mut self, table: Table, from: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let Self { snapshot, batch, oldest, rows } = self;
        let (mut group, mut resume) = (Group { prefix: Vec::new(), newest: None }, None);
        snapshot.walk(table, from, &mut |key, value| {
            let (prefix, height) = split_history_key(table, key)?;
            if group.prefix != prefix {
                group.end(table, batch);
                group = Group { prefix: prefix.to_vec(), newest: None };
            }
            if *rows == 0 {
                // Within a key, from its newest again: what says "nothing" may go only when all below it are seen.
                resume = Some(group.newest.take().map_or_else(|| key.to_vec(), |(newest, _)| newest));
                return Ok(Step::Stop);
            }
            *rows -= 1;
            match &group.newest {
                _ if height > *oldest => (),
                None => group.newest = Some((key.to_vec(), value.is_empty())),
                Some(_) => batch.delete(table, key),
            }
            Ok(Step::Next)
        })?;
        if resume.is_none() {
            group.end(table, batch);
        }
        Ok(resume)
    }
}

impl Group {
    /// R2: no row below the newest is left.
    fn end(&self, table: Table, batch: &mut Batch<'_>) {
        if let Some((key, true)) = &self.newest {
            batch.delete(table, key);
        }
    }
}
