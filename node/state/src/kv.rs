//! An ordered map per table with point reads, one kind of seek, snapshots and atomic batches. Two backends; the rows
//! and their meaning are the same in both, so what is tested over memory is what runs over the disk.

mod memory;
mod rocks;

use crate::{
    error::StoreError,
    table::{LAYOUT_VERSION, Table},
};
use memory::Memory;
use rocks::Rocks;
use std::path::Path;

#[derive(Debug)]
pub(crate) enum Kv {
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
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_layout(path, LAYOUT_VERSION)
    }

    /// A database of another version, to migrate it.
    pub(crate) fn open_layout(path: &Path, version: u32) -> Result<Self, StoreError> {
        Rocks::open(path, version).map(Self::Rocks)
    }

    pub(crate) fn memory() -> Self {
        Self::Memory(Memory::default())
    }

    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Rocks(rocks) => rocks.get(table, key),
            Self::Memory(memory) => Ok(memory.get(table, key)),
        }
    }

    /// What `read` makes of the value, which is not copied.
    pub(crate) fn with<T>(
        &self,
        table: Table,
        key: &[u8],
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, StoreError> {
        match self {
            Self::Rocks(rocks) => rocks.with(table, key, read),
            Self::Memory(memory) => Ok(memory.with(table, key, read)),
        }
    }

    /// The value of the first row at or after `key` that shares the table's [`Table::history_prefix`] with it.
    pub(crate) fn history(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let prefix = table.history_prefix(key).expect("called with a history table's key");
        match self {
            Self::Rocks(rocks) => rocks.seek(table, key, prefix),
            Self::Memory(memory) => Ok(memory.seek(table, key, prefix)),
        }
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        match self {
            Self::Rocks(rocks) => Batch::Rocks(rocks.batch()),
            Self::Memory(_) => Batch::Memory(memory::Batch::default()),
        }
    }

    /// All of `batch` or nothing; later operations on a key win.
    pub(crate) fn write(&self, batch: Batch<'_>, durability: Durability) -> Result<(), StoreError> {
        match (self, batch) {
            (Self::Rocks(rocks), Batch::Rocks(batch)) => rocks.write(batch, durability),
            (Self::Memory(memory), Batch::Memory(batch)) => {
                memory.write(batch);
                Ok(())
            }
            _ => unreachable!("a batch is written to the backend that made it"),
        }
    }

    /// Bytes that the rows of `table` take: on the disk without what is still in the log, or of keys and values.
    pub(crate) fn bytes(&self, table: Table) -> Result<u64, StoreError> {
        match self {
            Self::Rocks(rocks) => rocks.bytes(table),
            Self::Memory(memory) => Ok(memory.bytes(table)),
        }
    }

    /// Rewrites the table without what was overwritten or deleted.
    pub(crate) fn compact(&self, table: Table) -> Result<(), StoreError> {
        match self {
            Self::Rocks(rocks) => rocks.compact(table),
            Self::Memory(_) => Ok(()),
        }
    }

    /// Everything as it is now, whatever is written meanwhile. Over memory, writers wait for it.
    pub(crate) fn snapshot(&self) -> Snapshot<'_> {
        match self {
            Self::Rocks(rocks) => Snapshot::Rocks(rocks.snapshot()),
            Self::Memory(memory) => Snapshot::Memory(memory.snapshot()),
        }
    }
}

pub(crate) enum Batch<'a> {
    Rocks(rocks::Batch<'a>),
    Memory(memory::Batch),
}

impl Batch<'_> {
    pub(crate) fn put(&mut self, table: Table, key: &[u8], value: &[u8]) {
        match self {
            Self::Rocks(batch) => batch.put(table, key, value),
            Self::Memory(batch) => batch.put(table, key, value),
        }
    }

    pub(crate) fn delete(&mut self, table: Table, key: &[u8]) {
        match self {
            Self::Rocks(batch) => batch.delete(table, key),
            Self::Memory(batch) => batch.delete(table, key),
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

    /// Every row from `start` to before `end`, in key order.
    pub(crate) fn range(
        &self,
        table: Table,
        start: &[u8],
        end: &[u8],
        visit: &mut Visit<'_>,
    ) -> Result<(), StoreError> {
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
