//! The store without a disk, for tests and simulation: one ordered map per table under one lock.

use super::{Step, Visit, Walk};
use crate::{error::StoreError, leaves::Row, table::Table};
use parking_lot::{RwLock, RwLockReadGuard};
use std::collections::BTreeMap;

type Tables = [BTreeMap<Vec<u8>, Vec<u8>>; Table::COUNT];

#[derive(Debug, Default)]
pub(crate) struct Memory(RwLock<Box<Tables>>);

#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<(Table, Vec<u8>, Option<Vec<u8>>)>);

pub(crate) struct Snapshot<'a>(RwLockReadGuard<'a, Box<Tables>>);

impl Memory {
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Vec<u8>> {
        self.0.read()[table as usize].get(key).cloned()
    }

    pub(super) fn with<T>(&self, table: Table, key: &[u8], read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        self.0.read()[table as usize].get(key).map(|value| read(value))
    }

    pub(super) fn seek(&self, table: Table, key: &[u8], prefix: &[u8]) -> Option<Vec<u8>> {
        let tables = self.0.read();
        let (found, value) = tables[table as usize].range(key.to_vec()..).next()?;
        found.starts_with(prefix).then(|| value.clone())
    }

    pub(super) fn first(&self, table: Table, key: &[u8]) -> Option<Row> {
        let tables = self.0.read();
        let (key, value) = tables[table as usize].range(key.to_vec()..).next()?;
        Some((key.clone(), value.clone()))
    }

    pub(super) fn bytes(&self, table: Table) -> u64 {
        self.0.read()[table as usize].iter().map(|(key, value)| (key.len() + value.len()) as u64).sum()
    }

    pub(super) fn write(&self, batch: Batch) {
        let mut tables = self.0.write();
        for (table, key, value) in batch.0 {
            match value {
                Some(value) => tables[table as usize].insert(key, value),
                None => tables[table as usize].remove(&key),
            };
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot<'_> {
        Snapshot(self.0.read())
    }
}

impl Batch {
    pub(super) fn put(&mut self, table: Table, key: &[u8], value: &[u8]) {
        self.0.push((table, key.to_vec(), Some(value.to_vec())));
    }

    pub(super) fn delete(&mut self, table: Table, key: &[u8]) {
        self.0.push((table, key.to_vec(), None));
    }
}

impl Snapshot<'_> {
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Option<Vec<u8>> {
        self.0[table as usize].get(key).cloned()
    }

    pub(super) fn range(&self, table: Table, start: &[u8], end: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        let mut rows = self.0[table as usize].range(start.to_vec()..end.to_vec());
        while let Some((key, value)) = rows.next() {
            match visit(key, value)? {
                Step::Next => (),
                Step::Seek(to) => rows = self.0[table as usize].range(to..end.to_vec()),
                Step::Stop => break,
            }
        }
        Ok(())
    }

    pub(super) fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let rows = self.0[table as usize].range(prefix.to_vec()..);
        rows.take_while(|(key, _)| key.starts_with(prefix)).try_for_each(|(key, value)| visit(key, value))
    }

    pub(super) fn walk(&self, table: Table, from: &[u8], visit: &mut Walk<'_>) -> Result<(), StoreError> {
        let mut rows = self.0[table as usize].range(from.to_vec()..);
        while let Some((key, value)) = rows.next() {
            match visit(key, value)? {
                Step::Next => (),
                Step::Seek(to) => rows = self.0[table as usize].range(to..),
                Step::Stop => break,
            }
        }
        Ok(())
    }
}
