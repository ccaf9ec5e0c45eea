//! Which logs of a block have an address or a topic. A row's key folds what it stands for into 16 bytes: two that fold
//! alike share a row, so whoever follows it compares the log itself.

use crate::{
    error::StoreError,
    kv::{Batch, Snapshot, Step},
    table::{Table, height_key},
};
use alloy::primitives::{Address, B256};
use alloy_consensus::ReceiptEnvelope;
use edgeloom_types::Height;
use std::collections::BTreeMap;

/// What a log can be found by: its address, or a topic at one of four positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Address(Address),
    Topic(u8, B256),
}

impl Mark {
    /// The row's key up to the height.
    fn prefix(self) -> [u8; 17] {
        let (kind, word) = match self {
            Self::Address(address) => (0, address.into_word()),
            Self::Topic(position, topic) => (position + 1, topic),
        };
        let mut key = [kind; 17];
        for (to, (high, low)) in key[1..].iter_mut().zip(word[..16].iter().zip(&word[16..])) {
            *to = high ^ low;
        }
        key
    }
}

/// Adds the rows of a block.
pub(crate) fn put(batch: &mut Batch<'_>, height: Height, receipts: &[ReceiptEnvelope]) {
    let mut rows = BTreeMap::<Mark, Ordinals>::new();
    for (ordinal, log) in (0..).zip(receipts.iter().flat_map(ReceiptEnvelope::logs)) {
        rows.entry(Mark::Address(log.address)).or_default().push(ordinal);
        for (position, topic) in (0..).zip(log.topics()) {
            rows.entry(Mark::Topic(position, *topic)).or_default().push(ordinal);
        }
    }
    // Two marks that fold alike have one key: the later would replace the earlier.
    let mut folded = BTreeMap::<[u8; 17], Vec<u32>>::new();
    for (mark, ordinals) in rows {
        folded.entry(mark.prefix()).or_default().extend(ordinals.0);
    }
    for (prefix, mut ordinals) in folded {
        ordinals.sort_unstable();
        ordinals.dedup();
        batch.put(Table::LogIndex, &key(prefix, height), &encode(&ordinals));
    }
}

/// Ascending places of logs among those of their block.
#[derive(Debug, Default)]
struct Ordinals(Vec<u32>);

impl Ordinals {
    fn push(&mut self, ordinal: u32) {
        if self.0.last() != Some(&ordinal) {
            self.0.push(ordinal);
        }
    }
}

/// The rows of `marks` from height `from` to `to`, by height; `None` when they name more than `most` logs.
///
/// # Errors
/// The disk's.
pub(crate) fn rows(
    snapshot: &Snapshot<'_>,
    marks: &[Mark],
    (from, to): (Height, Height),
    most: usize,
) -> Result<Option<BTreeMap<Height, Vec<u32>>>, StoreError> {
    let mut found = BTreeMap::<Height, Vec<u32>>::new();
    let mut count = 0;
    for mark in marks {
        let prefix = mark.prefix();
        snapshot.range(Table::LogIndex, &key(prefix, from), &key(prefix, to.next()), &mut |key, row| {
            let height = key[17..].try_into().map_err(|_| StoreError::corrupt("log index key is not 25 bytes"))?;
            let ordinals = found.entry(Height::new(u64::from_be_bytes(height))).or_default();
            count -= ordinals.len();
            decode(row, ordinals)?;
            count += ordinals.len();
            Ok(if count > most { Step::Stop } else { Step::Next })
        })?;
        if count > most {
            return Ok(None);
        }
    }
    if marks.len() > 1 {
        for ordinals in found.values_mut() {
            ordinals.sort_unstable();
            ordinals.dedup();
        }
    }
    Ok(Some(found))
}

fn key(prefix: [u8; 17], height: Height) -> [u8; 25] {
    let mut key = [0; 25];
    key[..17].copy_from_slice(&prefix);
    key[17..].copy_from_slice(&height_key(height));
    key
}

/// Distances between ascending numbers, seven bits a byte, the lowest first (LEB128).
fn encode(ordinals: &[u32]) -> Vec<u8> {
    let (mut out, mut last) = (Vec::with_capacity(ordinals.len()), 0);
    for ordinal in ordinals {
        let mut distance = ordinal - last;
        last = *ordinal;
        while distance >= 0x80 {
            out.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        out.push(distance as u8);
    }
    out
}

fn decode(row: &[u8], into: &mut Vec<u32>) -> Result<(), StoreError> {
    let corrupt = || StoreError::corrupt("log index row");
    let (mut ordinal, mut distance, mut shift) = (0u32, 0u64, 0);
    for byte in row {
        distance |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 != 0 {
            shift += 7;
            if shift > 28 {
                return Err(corrupt());
            }
            continue;
        }
        let step = u32::try_from(distance).map_err(|_| corrupt())?;
        ordinal = ordinal.checked_add(step).ok_or_else(corrupt)?;
        into.push(ordinal);
        (distance, shift) = (0, 0);
    }
    if shift == 0 { Ok(()) } else { Err(corrupt()) }
}

#[cfg(test)]
mod tests;
