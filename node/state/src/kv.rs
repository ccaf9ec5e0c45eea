//! An ordered map per table with point reads, one kind of seek, snapshots and atomic batches. Two backends; the rows
//! and their meaning are the same in both, so what is tested over memory is what runs over the disk.

mod journal;
mod memory;
mod rocks;

use crate::{
    error::StoreError,
    leaves::{self, Row},
    table::{META_LAYOUT, Table},
};
use journal::Journal;
use memory::Memory;
use rocks::Rocks;
use std::path::Path;

/// What a database does and holds at the moment; nothing of it over memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Bytes of what was read that are kept, and how many may be.
    pub cache: u64,
    pub cache_max: u64,
    /// Bytes of what was written that are in the log and not in a table's file yet.
    pub memtables: u64,
    /// Compactions and flushes that run.
    pub compactions: u64,
    pub flushes: u64,
    /// Bytes that compaction has before it, estimated.
    pub compaction_debt: u64,
    /// Bytes a second that writes are slowed to; 0 while they are not.
    pub delayed_write_rate: u64,
    /// Whether writes wait for compaction.
    pub writes_stopped: bool,
    /// Errors of background work since the database was opened.
    pub background_errors: u64,
}

#[derive(Debug)]
pub(crate) struct Kv {
    backend: Backend,
    /// What undoes the writes since a mark, while there is one: in dev mode only.
    journal: Journal,
    /// Writes for the disk are left with the operating system.
    unsynced: bool,
}

#[derive(Debug)]
enum Backend {
    Rocks(Rocks),
    Memory(Memory),
}

/// When a batch counts as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// On the disk: survives a power cut.
    Synced,
    /// With the operating system: survives the death of the process.
    Buffered,
}

impl Kv {
    /// Beside data a cache holds indices and filters: ten bits a key.
    pub(crate) const CACHE_BYTES: usize = 512 << 20;

    /// `cache` bytes of what was read are kept.
    pub(crate) fn open(path: &Path, cache: usize) -> Result<Self, StoreError> {
        let backend = Backend::Rocks(Rocks::open(path, cache)?);
        Ok(Self { backend, journal: Journal::default(), unsynced: false })
    }

    pub(crate) fn memory() -> Self {
        Self { backend: Backend::Memory(Memory::default()), journal: Journal::default(), unsynced: false }
    }

    /// This database, which waits for no disk: what it wrote last is lost with the machine's power, in order.
    pub(crate) fn unsynced(self) -> Self {
        Self { unsynced: true, ..self }
    }

    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.get(table, key),
            Backend::Memory(memory) => Ok(memory.get(table, key)),
        }
    }

    /// What `read` makes of the value, which is not copied. Dearer than [`Self::get`] for a small value.
    pub(crate) fn with<T>(
        &self,
        table: Table,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.with(table, key, read),
            Backend::Memory(memory) => Ok(memory.with(table, key, read)),
        }
    }

    /// The value of the first row at or after `key` that shares the table's [`Table::history_prefix`] with it.
    pub(crate) fn history(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let prefix = table.history_prefix(key).expect("called with a history table's key");
        match &self.backend {
            Backend::Rocks(rocks) => rocks.seek(table, key, prefix),
            Backend::Memory(memory) => Ok(memory.seek(table, key, prefix)),
        }
    }

    /// The first row at or after `key`.
    pub(crate) fn first(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.first(table, key),
            Backend::Memory(memory) => Ok(memory.first(table, key)),
        }
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        self.batch_of(0)
    }

    /// With room for keys and values of about `bytes` together: what grows into megabytes would be copied, and its memory
    /// made anew, at every doubling.
    pub(crate) fn batch_of(&self, bytes: usize) -> Batch<'_> {
        let rows = match &self.backend {
            Backend::Rocks(rocks) => Rows::Rocks(rocks.batch_of(bytes)),
            Backend::Memory(_) => Rows::Memory(memory::Batch::default()),
        };
        Batch { rows, touched: self.journal.is_kept().then(Vec::new) }
    }

    /// All of `batch` or nothing; later operations on a key win.
    pub(crate) fn write(&self, batch: Batch<'_>, durability: Durability) -> Result<(), StoreError> {
        let Batch { rows, touched } = batch;
        match touched {
            Some(touched) => self.journal.write(self, &touched, || self.put(rows, durability)),
            None => self.put(rows, durability),
        }
    }

    fn put(&self, rows: Rows<'_>, durability: Durability) -> Result<(), StoreError> {
        let durability = if self.unsynced { Durability::Buffered } else { durability };
        match (&self.backend, rows) {
            (Backend::Rocks(rocks), Rows::Rocks(batch)) => rocks.write(batch, durability),
            (Backend::Memory(memory), Rows::Memory(batch)) => {
                memory.write(batch);
                Ok(())
            }
            _ => unreachable!("a batch is written to the backend that made it"),
        }
    }

    /// Bytes that the rows of `table` take: on the disk without what is still in the log, or of keys and values.
    pub(crate) fn bytes(&self, table: Table) -> Result<u64, StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.bytes(table),
            Backend::Memory(memory) => Ok(memory.bytes(table)),
        }
    }

    pub(crate) fn load(&self) -> Result<Load, StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.load(),
            Backend::Memory(_) => Ok(Load::default()),
        }
    }

    /// Rewrites the table without what was overwritten or deleted.
    pub(crate) fn compact(&self, table: Table) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Rocks(rocks) => rocks.compact(table),
            Backend::Memory(_) => Ok(()),
        }
    }

    /// Remembers what undoes every batch made from now on, as far as there is room.
    pub(crate) fn mark(&self) -> u64 {
        self.journal.mark()
    }

    /// Undoes what was written since `mark` in one batch, and forgets it and later marks. False when the mark is not
    /// known, or not any more.
    pub(crate) fn undo(&self, mark: u64) -> Result<bool, StoreError> {
        self.journal.undo(mark, |rows| {
            let mut batch = Batch { rows: self.batch().rows, touched: None };
            for (table, key, value) in rows {
                match value {
                    Some(value) => batch.put(table, &key, &value),
                    None => batch.delete(table, &key),
                }
            }
            self.write(batch, Durability::Synced)
        })
    }

    /// Deletes every row but the layout's in one batch, and forgets every mark.
    pub(crate) fn clear(&self) -> Result<(), StoreError> {
        self.journal.clear();
        let mut batch = self.batch();
        let snapshot = self.snapshot();
        for table in Table::ALL {
            snapshot.scan(table, &[], &mut |key, _| {
                if table != Table::Meta || key != META_LAYOUT {
                    batch.delete(table, key);
                }
                Ok(())
            })?;
        }
        drop(snapshot);
        self.write(batch, Durability::Synced)
    }

    /// Everything as it is now, whatever is written meanwhile. Over memory, writers wait for it.
    pub(crate) fn snapshot(&self) -> Snapshot<'_> {
        match &self.backend {
            Backend::Rocks(rocks) => Snapshot::Rocks(rocks.snapshot()),
            Backend::Memory(memory) => Snapshot::Memory(memory.snapshot()),
        }
    }
}

impl leaves::Rows for Kv {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(table, key)
    }

    fn first(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        self.first(table, key)
    }
}

impl leaves::Rows for Snapshot<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(table, key)
    }

    fn first(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        let mut first = None;
        self.walk(table, key, &mut |key, value| {
            first = Some((key.to_vec(), value.to_vec()));
            Ok(Step::Stop)
        })?;
        Ok(first)
    }
}

/// Changes that are written together.
pub(crate) struct Batch<'a> {
    rows: Rows<'a>,
    /// The keys it changes, while a journal is kept.
    touched: Option<Vec<(Table, Vec<u8>)>>,
}

enum Rows<'a> {
    Rocks(rocks::Batch<'a>),
    Memory(memory::Batch),
}

impl Batch<'_> {
    pub(crate) fn put(&mut self, table: Table, key: &[u8], value: &[u8]) {
        self.touch(table, key);
        match &mut self.rows {
            Rows::Rocks(batch) => batch.put(table, key, value),
            Rows::Memory(batch) => batch.put(table, key, value),
        }
    }

    pub(crate) fn delete(&mut self, table: Table, key: &[u8]) {
        self.touch(table, key);
        match &mut self.rows {
            Rows::Rocks(batch) => batch.delete(table, key),
            Rows::Memory(batch) => batch.delete(table, key),
        }
    }

    fn touch(&mut self, table: Table, key: &[u8]) {
        if let Some(touched) = &mut self.touched {
            touched.push((table, key.to_vec()));
        }
    }
}

/// Where a walk goes after a row.
pub(crate) enum Step {
    Next,
    /// The first row at or after this key, which lies after the row.
    Seek(Vec<u8>),
    Stop,
}

/// Called with each key and value of a walk; an error ends it.
pub(crate) type Walk<'v> = dyn FnMut(&[u8], &[u8]) -> Result<Step, StoreError> + 'v;

pub(crate) enum Snapshot<'a> {
    Rocks(rocks::Snapshot<'a>),
    Memory(memory::Snapshot<'a>),
}

/// Called with each key and value of a scan; an error ends it.
pub(crate) type Visit<'v> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'v;

impl Snapshot<'_> {
    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Rocks(snapshot) => snapshot.get(table, key),
            Self::Memory(snapshot) => Ok(snapshot.get(table, key)),
        }
    }

    /// Rows from `start` to before `end`, as far as `visit` says, in key order.
    pub(crate) fn range(&self, table: Table, start: &[u8], end: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        match self {
            Self::Rocks(snapshot) => snapshot.range(table, start, end, visit),
            Self::Memory(snapshot) => snapshot.range(table, start, end, visit),
        }
    }

    /// Every row whose key starts with `prefix`, in key order.
    pub(crate) fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        match self {
            Self::Rocks(snapshot) => snapshot.scan(table, prefix, visit),
            Self::Memory(snapshot) => snapshot.scan(table, prefix, visit),
        }
    }

    /// Rows from the first at or after `from`, as far as `visit` says, in key order.
    pub(crate) fn walk(&self, table: Table, from: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        match self {
            Self::Rocks(snapshot) => snapshot.walk(table, from, visit),
            Self::Memory(snapshot) => snapshot.walk(table, from, visit),
        }
    }
}

#[cfg(test)]
mod tests;
