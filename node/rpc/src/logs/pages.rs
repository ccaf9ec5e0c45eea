//! Logs that were found, written a piece at a time.

use super::write::{Place, tail, write_log};
use crate::{error::Fault, node::Context};
use alloy::primitives::B256;
use edgeloom_state::{Cursor, LogsFound};
use edgeloom_types::Height;
use serde_json::value::RawValue;

/// What is left to write of a JSON array of logs.
#[derive(Debug)]
pub(crate) struct Pages {
    /// Tells whether the blocks are those that were found: dev mode takes blocks back, and puts others in their place.
    since: Cursor,
    blocks: std::vec::IntoIter<LogsFound>,
    current: Option<Block>,
    begun: bool,
}

/// The block whose logs are written.
#[derive(Debug)]
struct Block {
    found: LogsFound,
    /// How many of them are written.
    written: usize,
    place: Place,
    transactions: Vec<B256>,
    /// Index of the transaction that the last log written is of, and what all of its logs end with.
    tail: Option<(usize, Vec<u8>)>,
}

impl Pages {
    /// Of `blocks`, which were found after `since` was made or followed the chain last.
    pub(crate) fn new(since: Cursor, blocks: Vec<LogsFound>) -> Self {
        Self { since, blocks: blocks.into_iter(), current: None, begun: false }
    }

    /// The whole array.
    pub(crate) fn whole(mut self, context: &Context) -> Result<Box<RawValue>, Fault> {
        let mut out = Vec::new();
        while self.next(context, &mut out, usize::MAX)? {}
        let text = String::from_utf8(out).map_err(|error| Fault::Internal(error.to_string()))?;
        RawValue::from_string(text).map_err(|error| Fault::Internal(error.to_string()))
    }

    /// # Errors
    /// [`Fault::Refused`] when the block at `height` was taken back since it was found.
    fn check_kept(&self, context: &Context, height: Height) -> Result<(), Fault> {
        let mut now = self.since;
        now.next = u64::MAX;
        context.store.follow(&mut now);
        if height.get() < now.next {
            return Ok(());
        }
        Err(Fault::Refused(format!("block {height} was taken back while its logs were read: ask again")))
    }

    /// Appends to `out` until it has `full` bytes or a little more, or the array is closed: then it returns false.
    pub(crate) fn next(&mut self, context: &Context, out: &mut Vec<u8>, full: usize) -> Result<bool, Fault> {
        loop {
            if self.current.as_ref().is_none_or(|block| block.written == block.found.ordinals.len()) {
                let Some(found) = self.blocks.next() else {
                    out.extend_from_slice(if self.begun { b"]" } else { b"[]" });
                    return Ok(false);
                };
                let height = found.height;
                let read = Block::read(context, found);
                // First: what was taken back is not whole either.
                self.check_kept(context, height)?;
                self.current = Some(read?);
            }
            let Some(block) = &mut self.current else { continue };
            let height = block.found.height;
            let wrote = block.write(context, out, (full, &mut self.begun));
            self.check_kept(context, height)?;
            wrote?;
            if out.len() >= full {
                return Ok(true);
            }
        }
    }
}

impl Block {
    fn read(context: &Context, found: LogsFound) -> Result<Self, Fault> {
        let (height, torn) = (found.height, || torn(&found));
        let place = Place {
            hash: context.store.hash_at(height)?.ok_or_else(torn)?,
            height: height.get(),
            timestamp: context.header(height)?.timestamp,
        };
        let transactions = context.store.transaction_hashes(height)?.ok_or_else(torn)?;
        Ok(Self { written: 0, place, transactions, tail: None, found })
    }

    fn write(&mut self, context: &Context, out: &mut Vec<u8>, (full, begun): (usize, &mut bool)) -> Result<(), Fault> {
        let Self { found, written, place, transactions, tail: last } = self;
        let wrote = context.store.with_logs(found.height, |logs| {
            for ordinal in &found.ordinals[*written..] {
                if out.len() >= full {
                    break;
                }
                let index = logs.transaction(*ordinal);
                let transaction = transactions.get(index).ok_or_else(|| torn(found))?;
                last.take_if(|(of, _)| *of != index);
                let (_, tail) = last.get_or_insert_with(|| (index, tail(place, (index, transaction))));
                out.push(if std::mem::replace(begun, true) { b',' } else { b'[' });
                write_log(out, tail, (*ordinal, &logs.get(*ordinal)?));
                *written += 1;
            }
            Ok::<_, Fault>(())
        })?;
        wrote.ok_or_else(|| torn(found))
    }
}

fn torn(found: &LogsFound) -> Fault {
    Fault::Internal(format!("block {} is not whole", found.height))
}
