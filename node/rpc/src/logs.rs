//! Log queries over ranges of final blocks. The store's index finds the logs; they are written as JSON from where they
//! lie, and no receipt is decoded.

mod pages;
mod write;

use crate::{error::Fault, node::Context, server::RESPONSE_BYTES_MAX};
use alloy::{
    eips::BlockNumberOrTag,
    primitives::Log as Inner,
    rpc::types::{Filter, FilterBlockOption, Log},
};
use edgeloom_state::{LogQuery, LogsFound};
use edgeloom_types::Height;
use serde_json::value::RawValue;
use std::time::{Duration, Instant};

pub(crate) use pages::Pages;

/// Most blocks in one query.
pub(crate) const RANGE_MAX: u64 = 50_000;

/// How much fits in an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    logs: usize,
    bytes: usize,
}

/// In an answer that is held in memory until it was read.
pub(crate) const WHOLE: Room = Room { logs: 150_000, bytes: RESPONSE_BYTES_MAX - 1024 * 1024 };

/// In one that is written while it is read.
pub(crate) const STREAMED: Room = Room { logs: 1_000_000, bytes: 1 << 30 };

/// At least the bytes of a log in JSON, beside twice those that it has at rest.
const LOG_BYTES: usize = 450;

/// How long a query looks for logs.
const TIME_MAX: Duration = Duration::from_secs(5);

/// Most blocks that the index is asked about at once, and how long that may take before it is asked about fewer.
const WINDOW_MAX: u64 = 1024;
const WINDOW_TIME: Duration = Duration::from_millis(20);

/// Most alternatives in a filter: each is compared with every log.
const ALTERNATIVES_MAX: usize = 1_000;

impl Context {
    /// The logs that match, as a JSON array.
    pub(crate) fn logs(&self, filter: &Filter) -> Result<Box<RawValue>, Fault> {
        self.find(filter, WHOLE)?.whole(self)
    }

    /// The logs that match.
    ///
    /// # Errors
    /// [`Fault::Limit`], with a range that would do, when there is no room for all of them.
    pub(crate) fn find(&self, filter: &Filter, room: Room) -> Result<Pages, Fault> {
        check(filter)?;
        // Before any height is looked up.
        let since = self.store.cursor(None);
        let (from, to) = match filter.block_option {
            FilterBlockOption::AtBlockHash(hash) => {
                let height = self.store.height_of(hash)?.ok_or_else(|| Fault::Refused("unknown block".into()))?;
                (height.get(), height.get())
            }
            FilterBlockOption::Range { .. } => self.range(filter)?,
        };
        let found = self.scan(filter, (from, to), room)?;
        if let Some(reason) = found.cut {
            let usable = format!("[{from:#x}, {:#x}]", found.next - 1);
            return Err(Fault::Limit(format!("{}. Try with this block range {usable}.", reason.sentence(room))));
        }
        Ok(Pages::new(since, found.blocks))
    }

    fn range(&self, filter: &Filter) -> Result<(u64, u64), Fault> {
        let FilterBlockOption::Range { from_block, to_block } = filter.block_option else {
            return Err(Fault::Params("a filter by block hash has no range".into()));
        };
        let beyond = || Fault::Params("block range extends beyond current head block".into());
        let height = |tag: Option<BlockNumberOrTag>| -> Result<u64, Fault> {
            Ok(self.height(tag.unwrap_or_default().into())?.ok_or_else(beyond)?.get())
        };
        if let (Some(BlockNumberOrTag::Number(from)), Some(BlockNumberOrTag::Number(to))) = (from_block, to_block)
            && from > to
        {
            return Err(Fault::Params("invalid block range params: fromBlock is above toBlock".into()));
        }
        let (from, to) = (height(from_block)?, height(to_block)?);
        if from > to {
            return Err(Fault::Params("invalid block range params: fromBlock is above toBlock".into()));
        }
        if to - from >= RANGE_MAX {
            let usable = format!("[{from:#x}, {:#x}]", from + RANGE_MAX - 1);
            let sentence = format!("query exceeds max block range {RANGE_MAX}. Try with this block range {usable}.");
            return Err(Fault::Limit(sentence));
        }
        Ok((from, to))
    }

    /// Matching logs of the range, or of as much of it as there is room for.
    ///
    /// # Errors
    /// [`Fault::Limit`] when the first block that has any has more than fit in an answer.
    pub(crate) fn scan(&self, filter: &Filter, (from, to): (u64, u64), room: Room) -> Result<Found, Fault> {
        let (query, began) = (query(filter), Instant::now());
        let mut found = Found { next: from, ..Found::default() };
        let mut window = 16;
        while found.next <= to {
            if began.elapsed() > TIME_MAX {
                found.cut = Some(Cut::Time);
                return Ok(found);
            }
            let last = to.min(found.next.saturating_add(window - 1));
            let asked = Instant::now();
            for block in self.store.find_logs(&query, (Height::new(found.next), Height::new(last)))? {
                found.cut = found.add(block, room)?;
                if found.cut.is_some() {
                    return Ok(found);
                }
            }
            found.next = last + 1;
            window = if asked.elapsed() < WINDOW_TIME { (window * 2).min(WINDOW_MAX) } else { (window / 2).max(1) };
        }
        Ok(found)
    }
}

fn query(filter: &Filter) -> LogQuery {
    LogQuery {
        addresses: filter.address.iter().copied().collect(),
        topics: std::array::from_fn(|position| filter.topics[position].iter().copied().collect()),
    }
}

/// What a query found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) blocks: Vec<LogsFound>,
    logs: usize,
    /// In JSON, about.
    bytes: usize,
    /// The first height that was not looked at.
    pub(crate) next: u64,
    /// Why the rest of the range was not looked at.
    cut: Option<Cut>,
}

impl Found {
    /// Keeps what was found in a block, or says why there is no room for it.
    fn add(&mut self, block: LogsFound, room: Room) -> Result<Option<Cut>, Fault> {
        let (height, logs) = (block.height.get(), block.ordinals.len());
        let bytes = LOG_BYTES * logs + 2 * block.bytes;
        let cut = match (self.logs + logs > room.logs, self.bytes + bytes > room.bytes) {
            (_, true) => Some(Cut::Bytes),
            (true, false) if self.logs > 0 => Some(Cut::Logs),
            _ => None,
        };
        self.next = height;
        if cut.is_some() && self.logs == 0 {
            let sentence = format!("block {height:#x} alone has more than {} bytes of matching logs", room.bytes);
            return Err(Fault::Limit(format!("{sentence}: name addresses or topics.")));
        }
        if cut.is_none() {
            self.logs += logs;
            self.bytes += bytes;
            self.blocks.push(block);
        }
        Ok(cut)
    }
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    Logs,
    Bytes,
    Time,
}

impl Cut {
    fn sentence(self, room: Room) -> String {
        match self {
            Self::Logs => format!("query returned more than {} results", room.logs),
            Self::Bytes => format!("query returned more than {} bytes", room.bytes),
            Self::Time => format!("query took longer than {TIME_MAX:?}"),
        }
    }
}

/// At least the bytes of a log in JSON.
pub(crate) fn json_bytes(log: &Log) -> usize {
    // Names, hashes and quantities as long as they can be; then what varies.
    440 + 70 * log.topics().len() + 2 * log.data().data.len()
}

/// Whether a log has the addresses and topics that are asked for.
pub(crate) fn matches(filter: &Filter, log: &Inner) -> bool {
    filter.matches_address(log.address) && filter.matches_topics(log.topics())
}

/// # Errors
/// [`Fault::Params`] when there is too much to compare, [`Fault::Refused`] for the logs of the pending block, as geth says.
pub(crate) fn check(filter: &Filter) -> Result<(), Fault> {
    let topics: usize = filter.topics.iter().map(|topic| topic.len()).sum();
    if filter.address.len() + topics > ALTERNATIVES_MAX {
        return Err(Fault::Params(format!("a filter has at most {ALTERNATIVES_MAX} addresses and topics")));
    }
    if let FilterBlockOption::Range { from_block, to_block } = filter.block_option
        && [from_block, to_block].contains(&Some(BlockNumberOrTag::Pending))
    {
        return Err(Fault::Refused("pending logs are not supported".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
