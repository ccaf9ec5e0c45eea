//! Transactions of the node's own users on disk, one appended record each, so that they wait again after the process
//! ended, however it ended. What power loss tears is cut off: the journal is a convenience to users, not a promise of
//! the chain, so nothing waits for the disk.
//!
//! Format: records of length (4 bytes, big-endian), the first 4 bytes of the payload's Keccak-256, and the payload: the
//! transaction in its EIP-2718 form.

use crate::TRANSACTION_BYTES_MAX;
use alloy::{
    eips::eip2718::{Decodable2718, Encodable2718},
    primitives::keccak256,
};
use alloy_consensus::{TxEnvelope, transaction::Recovered};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Records above twice those that still wait before the journal is rewritten.
const SLACK: usize = 1024;

/// Records and bytes that are read back at most: more than a pool takes.
const RECORDS_MAX: usize = 65_536;
const BYTES_MAX: usize = 512 << 20;

const HEAD_BYTES: usize = 8;

/// Transactions that survive the process.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    records: usize,
    /// Records after the last rewriting.
    lived: usize,
}

/// The disk's fault.
#[derive(Debug, thiserror::Error)]
#[error("the transaction journal {path}: {error}")]
pub struct JournalError {
    pub path: PathBuf,
    pub error: io::Error,
}

impl Journal {
    /// Opens the journal at `path`, or makes it, and reads what it holds: everything up to the first record that is torn
    /// or damaged.
    ///
    /// # Errors
    /// The disk's.
    pub fn open(path: &Path) -> Result<(Self, Vec<TxEnvelope>), JournalError> {
        let failed = |error| JournalError { path: path.to_owned(), error };
        let mut options = OpenOptions::new();
        // Not truncated: what is there is what is wanted.
        let file = options.read(true).append(true).create(true).mode(0o600).open(path).map_err(failed)?;
        let mut reader = BufReader::new(&file);
        let (mut found, mut bytes) = (Vec::new(), 0);
        while found.len() < RECORDS_MAX
            && bytes < BYTES_MAX
            && let Some(transaction) = read(&mut reader).map_err(failed)?
        {
            bytes += transaction.encode_2718_len();
            found.push(transaction);
        }
        let records = found.len();
        Ok((Self { path: path.to_owned(), file, records, lived: records }, found))
    }

    /// Adds one record. After a failure, and after what opening found, only [`Self::rewrite`] makes the end of the file
    /// known to be whole again.
    pub(crate) fn append(&mut self, transaction: &TxEnvelope) -> Result<(), JournalError> {
        let failed = |error| JournalError { path: self.path.clone(), error };
        // One write: a process that is killed leaves all of it or nothing.
        self.file.write_all(&record(transaction)).map_err(failed)?;
        self.records += 1;
        Ok(())
    }

    /// Whether most of it no longer waits.
    pub(crate) const fn is_long(&self) -> bool {
        self.records > 2 * self.lived + SLACK
    }

    /// Replaces all records by these, at once.
    pub(crate) fn rewrite(&mut self, transactions: &[Arc<Recovered<TxEnvelope>>]) -> Result<(), JournalError> {
        let failed = |error| JournalError { path: self.path.clone(), error };
        let fresh = self.path.with_extension("new");
        let replace = || -> io::Result<File> {
            // What a killed process left of an earlier one is of no use.
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
            let mut out = BufWriter::new(file);
            for transaction in transactions {
                out.write_all(&record(transaction.inner()))?;
            }
            out.flush()?;
            fs::rename(&fresh, &self.path)?;
            OpenOptions::new().append(true).open(&self.path)
        };
        self.file = replace().map_err(failed)?;
        (self.records, self.lived) = (transactions.len(), transactions.len());
        Ok(())
    }
}

fn record(transaction: &TxEnvelope) -> Vec<u8> {
    let length = transaction.encode_2718_len();
    let mut out = Vec::with_capacity(HEAD_BYTES + length);
    out.extend([0; HEAD_BYTES]);
    transaction.encode_2718(&mut out);
    let (head, payload) = out.split_at_mut(HEAD_BYTES);
    let length = u32::try_from(length).expect("admission bounds a transaction's length");
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4..].copy_from_slice(&keccak256(payload)[..4]);
    out
}

/// The next record; `None` at the end, and from the first record on that is not one.
fn read(reader: &mut impl Read) -> io::Result<Option<TxEnvelope>> {
    let mut head = [0; HEAD_BYTES];
    if !fill(reader, &mut head)? {
        return Ok(None);
    }
    let (length, check) = head.split_at(4);
    let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
    if length > TRANSACTION_BYTES_MAX {
        return Ok(None);
    }
    let mut payload = vec![0; length];
    if !fill(reader, &mut payload)? || keccak256(&payload)[..4] != *check {
        return Ok(None);
    }
    Ok(TxEnvelope::decode_2718_exact(&payload).ok())
}

/// Whether there were as many bytes.
fn fill(reader: &mut impl Read, out: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(out) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
