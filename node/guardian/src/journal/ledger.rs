//! Which block was signed at which height, and the bytes that say so.
//!
//! * L1 The head is "edgeloom" ‖ "guardian" ‖ version 1, 8 bytes ‖ floor, 8 bytes ‖ 16 zeros ‖ the first 16 bytes of BLAKE3 of all that. A
//!   record is height, 8 bytes ‖ block hash, 32 bytes ‖ 8 zeros ‖ the first 16 bytes of BLAKE3 of all that. Both have 64 bytes, so
//!   that none lies in two sectors of a disk; numbers are big-endian.
//! * L2 A height has one record, at or above the floor.

use std::collections::BTreeMap;

/// Bytes of the head and of each record.
const RECORD_BYTES: usize = 64;
const CHECKSUM_BYTES: usize = 16;
const TITLE: &[u8; 24] = b"edgeloomguardian\0\0\0\0\0\0\0\x01";

/// Why a height may not be signed. The guardian's caller asked for something that it must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("another block was signed at height {height}")]
    AnotherBlock { height: u64 },
    #[error("height {height} is below {floor}, where nothing is signed any more")]
    BelowFloor { height: u64, floor: u64 },
}

/// Why bytes are no ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("its head is damaged, or that of something else")]
    Head,
    #[error("the record at byte {at} is damaged")]
    Record { at: usize },
    #[error("the record at byte {at} says once more what was signed at a height, or says it below the floor")]
    Order { at: usize },
}

/// Which block was signed at each height since the floor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    floor: u64,
    signed: BTreeMap<u64, [u8; 32]>,
}

impl Ledger {
    /// Enters a block for a height: the record to be written before it is signed, or `None` where it was entered before.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn enter(&mut self, height: u64, block_hash: [u8; 32]) -> Result<Option<[u8; RECORD_BYTES]>, Refused> {
        if height < self.floor {
            return Err(Refused::BelowFloor { height, floor: self.floor });
        }
        match self.signed.get(&height) {
            Some(signed) if *signed == block_hash => Ok(None),
            Some(_) => Err(Refused::AnotherBlock { height }),
            None => {
                self.signed.insert(height, block_hash);
                Ok(Some(record(height, &block_hash)))
            }
        }
    }

    /// Forgets heights below it.
    pub fn raise_floor(&mut self, floor: u64) {
        self.floor = self.floor.max(floor);
        self.signed = self.signed.split_off(&self.floor);
    }

    /// No lower height is signed.
    pub const fn floor(&self) -> u64 {
        self.floor
    }

    /// Heights that something was signed at.
    pub fn len(&self) -> usize {
        self.signed.len()
    }

    pub fn is_empty(&self) -> bool {
        self.signed.is_empty()
    }

    /// What was signed at a height.
    pub fn signed_at(&self, height: u64) -> Option<&[u8; 32]> {
        self.signed.get(&height)
    }

    /// Bytes of a ledger with so many records.
    pub(super) const fn bytes_of(records: usize) -> usize {
        RECORD_BYTES * (records + 1)
    }

    pub(super) fn head(&self) -> [u8; RECORD_BYTES] {
        let mut head = [0; RECORD_BYTES];
        head[..24].copy_from_slice(TITLE);
        head[24..32].copy_from_slice(&self.floor.to_be_bytes());
        sealed(head)
    }

    pub fn encode(&self) -> Vec<u8> {
        let records = self.signed.iter().flat_map(|(height, block_hash)| record(*height, block_hash));
        self.head().into_iter().chain(records).collect()
    }

    /// Reads what [`Self::encode`] wrote, and records that [`Self::enter`] gave after it. The number says how many of the bytes count:
    /// what was cut short behind them was never synced.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn decode(bytes: &[u8]) -> Result<(Self, usize), LedgerError> {
        let (records, cut) = bytes.as_chunks::<RECORD_BYTES>();
        // A file is given its length before it is given its bytes.
        let written = records.iter().rposition(|record| *record != [0; RECORD_BYTES]).map_or(0, |last| last + 1);
        let Some((head, records)) = records[..written].split_first() else {
            // Of a journal that was never begun nothing is there but zeros or the start of a head.
            let begun = Self::default().head();
            let told = cut.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            let torn = begun.starts_with(&cut[..told]);
            return if torn { Ok((Self::default(), 0)) } else { Err(LedgerError::Head) };
        };
        if sealed(*head) != *head || head[..24] != *TITLE {
            return Err(LedgerError::Head);
        }
        let mut ledger = Self { floor: u64::from_be_bytes(array(&head[24..32])), signed: BTreeMap::new() };
        for (record, at) in records.iter().zip((RECORD_BYTES..).step_by(RECORD_BYTES)) {
            if sealed(*record) != *record {
                return Err(LedgerError::Record { at });
            }
            let (height, block_hash) = (u64::from_be_bytes(array(&record[..8])), array(&record[8..40]));
            if !matches!(ledger.enter(height, block_hash), Ok(Some(_))) {
                return Err(LedgerError::Order { at });
            }
        }
        Ok((ledger, written * RECORD_BYTES))
    }
}

fn record(height: u64, block_hash: &[u8; 32]) -> [u8; RECORD_BYTES] {
    let mut record = [0; RECORD_BYTES];
    record[..8].copy_from_slice(&height.to_be_bytes());
    record[8..40].copy_from_slice(block_hash);
    sealed(record)
}

/// With the checksum that it has to have.
fn sealed(mut record: [u8; RECORD_BYTES]) -> [u8; RECORD_BYTES] {
    let (content, checksum) = record.split_at_mut(RECORD_BYTES - CHECKSUM_BYTES);
    checksum.copy_from_slice(&blake3::hash(content).as_bytes()[..CHECKSUM_BYTES]);
    record
}

/// Of a slice of that length.
fn array<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    let mut array = [0; BYTES];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests;
