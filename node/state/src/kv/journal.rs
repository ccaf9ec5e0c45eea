//! A logical undo log: while there is a mark, every write leaves behind the values that its rows had before. In memory and
//! bounded; a mark lives no longer than the process.

use super::Kv;
use crate::{error::StoreError, table::Table};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::atomic::{AtomicBool, Ordering},
};

/// Most bytes of old rows that are kept. For more, the oldest marks go.
const BYTES_MAX: usize = 256 << 20;

/// Most marks at a time: of those that nobody goes back to, the oldest go.
const MARKS_MAX: usize = 16_384;

/// What a row costs beside its key and value.
const ROW_BYTES: usize = 96;

/// A row as it was; `None`: there was none.
type Row = (Table, Vec<u8>, Option<Vec<u8>>);

#[derive(Debug, Default)]
pub(crate) struct Journal {
    kept: AtomicBool,
    log: Mutex<Log>,
}

#[derive(Debug)]
struct Log {
    bytes_max: usize,
    bytes: usize,
    /// Marks given out so far; each is the number of its own.
    marks: u64,
    /// Those that can be gone back to, oldest first, with how many writes had been logged before each.
    open: VecDeque<(u64, u64)>,
    /// Writes since the oldest open mark, oldest first.
    writes: VecDeque<Vec<Row>>,
    /// Writes logged before those.
    dropped: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self { bytes_max: BYTES_MAX, bytes: 0, marks: 0, open: VecDeque::new(), writes: VecDeque::new(), dropped: 0 }
    }
}

impl Journal {
    /// Whether a batch that is begun now has to say what it touches.
    pub(crate) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    pub(crate) fn mark(&self) -> u64 {
        let mut log = self.log.lock();
        let before = log.dropped + log.writes.len() as u64;
        log.marks += 1;
        let mark = log.marks;
        log.open.push_back((mark, before));
        if log.open.len() > MARKS_MAX {
            log.drop_oldest();
        }
        self.kept.store(true, Ordering::Release);
        mark
    }

    /// Runs `put`, which changes the rows `touched`, and remembers them as they were.
    pub(crate) fn write(
        &self,
        kv: &Kv,
        touched: &[(Table, Vec<u8>)],
        put: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut log = self.log.lock();
        if log.open.is_empty() {
            return put();
        }
        let touched: BTreeSet<_> = touched.iter().map(|(table, key)| (*table, key)).collect();
        let rows = touched.into_iter().map(|(table, key)| Ok((table, key.clone(), kv.get(table, key)?)));
        let rows: Vec<Row> = rows.collect::<Result<_, StoreError>>()?;
        put()?;
        log.bytes += bytes(&rows);
        log.writes.push_back(rows);
        while log.bytes > log.bytes_max && !log.open.is_empty() {
            log.drop_oldest();
        }
        self.kept.store(!log.open.is_empty(), Ordering::Release);
        Ok(())
    }

    /// Gives `put` the rows as they were at `mark`.
    pub(crate) fn undo(
        &self,
        mark: u64,
        put: impl FnOnce(Vec<Row>) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        let mut log = self.log.lock();
        let Ok(place) = log.open.binary_search_by_key(&mark, |(open, _)| *open) else { return Ok(false) };
        let from = usize::try_from(log.open[place].1 - log.dropped).expect("as many as are in memory");
        let mut rows = BTreeMap::new();
        for (table, key, value) in log.writes.range(from..).flatten() {
            // The oldest value counts.
            rows.entry((*table, key)).or_insert(value);
        }
        let rows = rows.into_iter().map(|((table, key), value)| (table, key.clone(), value.clone()));
        put(rows.collect())?;
        log.open.truncate(place);
        let undone: usize = log.writes.drain(from..).map(|rows| bytes(&rows)).sum();
        log.bytes -= undone;
        self.kept.store(!log.open.is_empty(), Ordering::Release);
        Ok(true)
    }

    pub(crate) fn clear(&self) {
        let mut log = self.log.lock();
        *log = Log { marks: log.marks, ..Log::default() };
        self.kept.store(false, Ordering::Release);
    }

    #[cfg(test)]
    pub(crate) fn limit(&self, bytes: usize) {
        self.log.lock().bytes_max = bytes;
    }
}

impl Log {
    fn drop_oldest(&mut self) {
        self.open.pop_front();
        let end = self.dropped + self.writes.len() as u64;
        let first = self.open.front().map_or(end, |(_, before)| *before);
        while self.dropped < first {
            let gone = self.writes.pop_front().expect("counted");
            self.bytes -= bytes(&gone);
            self.dropped += 1;
        }
    }
}

fn bytes(rows: &[Row]) -> usize {
    rows.iter().map(|(_, key, value)| ROW_BYTES + key.len() + value.as_ref().map_or(0, Vec::len)).sum()
}

#[cfg(test)]
mod tests;
