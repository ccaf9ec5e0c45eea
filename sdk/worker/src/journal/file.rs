//! The journal's file, and the ledger of what is in it, so that it can be rewritten at any time (J5).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{Chain, Ledger, Record};

/// A file of more bytes is rewritten, and again whenever it has doubled.
const COMPACT_BYTES: u64 = 8 << 20;

#[derive(Debug)]
pub(super) struct JournalFile {
    path: PathBuf,
    chain: Chain,
    file: File,
    length: u64,
    /// Above this length it is rewritten.
    compact_at: u64,
    ledger: Ledger,
}

impl JournalFile {
    /// Opens a file whose first `valid` bytes fold to `ledger`; the rest is cut off.
    pub(super) fn open(path: &Path, chain: Chain, valid: u64, ledger: Ledger) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(valid)?;
        file.sync_all()?;
        sync_directory(path)?;
        let path = path.to_owned();
        let mut journal = Self { path, chain, file, length: valid, compact_at: COMPACT_BYTES, ledger };
        if valid == 0 {
            journal.append(&[Record::Chain { chain }])?;
        }
        journal.compact_if_large()?;
        Ok(journal)
    }

    /// Appends lines; they are durable when it returns.
    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for record in records {
            serde_json::to_writer(&mut bytes, record)?;
            bytes.push(b'\n');
        }
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.length += bytes.len() as u64;
        records.iter().for_each(|record| self.ledger.apply(record));
        Ok(())
    }

    /// Rewrites a large file with what the ledger still needs.
    ///
    /// # Errors
    /// Only when it is not sure which of the two files is in place.
    pub(super) fn compact_if_large(&mut self) -> io::Result<()> {
        if self.length <= self.compact_at {
            return Ok(());
        }
        let new = self.path.with_extension("new");
        match self.rewritten(&new) {
            Ok((file, length)) => {
                fs::rename(&new, &self.path)?;
                sync_directory(&self.path)?;
                (self.file, self.length) = (file, length);
                self.compact_at = COMPACT_BYTES.max(2 * length);
            }
            Err(error) => {
                tracing::warn!(%error, path = %new.display(), "the journal cannot be compacted");
                self.compact_at *= 2;
            }
        }
        Ok(())
    }

    /// A new file that folds to the same ledger, durable, and its length.
    fn rewritten(&self, new: &Path) -> io::Result<(File, u64)> {
        let mut file = File::create(new)?;
        let mut bytes = Vec::new();
        for record in [Record::Chain { chain: self.chain }].into_iter().chain(self.ledger.records()) {
            serde_json::to_writer(&mut bytes, &record)?;
            bytes.push(b'\n');
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        Ok((file, bytes.len() as u64))
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests;
