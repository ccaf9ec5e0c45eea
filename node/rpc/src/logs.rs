//! Log queries over ranges of final blocks.

use crate::{cache::Record, convert, error::Fault, node::Context, server::RESPONSE_BYTES_MAX};
use alloy::{
    eips::BlockNumberOrTag,
    primitives::B256,
    rpc::types::{Filter, FilterBlockOption, Log},
};
use edgeloom_types::Height;
use std::time::{Duration, Instant};

/// Most blocks in one query.
pub(crate) const RANGE_MAX: u64 = 50_000;

/// Most logs in one answer, unless a single block has more.
const LOGS_MAX: usize = 10_000;

/// Most bytes of logs in one answer, unless a single block has more.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// Most bytes of one block's logs: with what is around them they are an answer.
const BLOCK_BYTES_MAX: usize = RESPONSE_BYTES_MAX - 1024 * 1024;

/// How long a query looks for logs.
const TIME_MAX: Duration = Duration::from_secs(5);

/// Most alternatives in a filter: each is compared with every log.
const ALTERNATIVES_MAX: usize = 1_000;

impl Context {
    pub(crate) fn logs(&self, filter: &Filter) -> Result<Vec<Log>, Fault> {
        check(filter)?;
        match filter.block_option {
            FilterBlockOption::AtBlockHash(hash) => self.logs_of_block(filter, hash),
            FilterBlockOption::Range { .. } => {
                let (from, to) = self.range(filter)?;
                let found = self.scan(filter, from, to)?;
                if let Some(reason) = found.cut {
                    let usable = format!("[{from:#x}, {:#x}]", found.next - 1);
                    return Err(Fault::Limit(format!("{reason}. Try with this block range {usable}.")));
                }
                Ok(found.logs)
            }
        }
    }

    fn logs_of_block(&self, filter: &Filter, hash: B256) -> Result<Vec<Log>, Fault> {
        let height = self.store.height_of(hash)?.ok_or_else(|| Fault::Refused("unknown block".into()))?;
        let record = self.records.get(height)?.ok_or(Fault::NoHeader)?;
        Ok(collect(filter, &record)?.0)
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

    /// Matching logs from `from` to `to`, or to where it is enough.
    ///
    /// # Errors
    /// [`Fault::Limit`] when the first block that has any has more than fit in an answer.
    pub(crate) fn scan(&self, filter: &Filter, from: u64, to: u64) -> Result<Found, Fault> {
        let began = Instant::now();
        let (mut logs, mut bytes) = (Vec::new(), 0);
        for height in from..=to {
            if height > from && began.elapsed() > TIME_MAX {
                return Ok(Found { logs, next: height, cut: Some(Cut::Time) });
            }
            let header = self.header(Height::new(height))?;
            if header.logs_bloom.is_zero() || !filter.matches_bloom(header.logs_bloom) {
                continue;
            }
            let record = self.records.read(Height::new(height))?.ok_or(Fault::NoHeader)?;
            let found = collect(filter, &record);
            if !logs.is_empty() {
                let cut = match &found {
                    Ok((more, _)) if logs.len() + more.len() > LOGS_MAX => Some(Cut::Logs),
                    Ok((_, more)) if bytes + more <= BYTES_MAX => None,
                    Ok(_) | Err(_) => Some(Cut::Bytes),
                };
                if cut.is_some() {
                    return Ok(Found { logs, next: height, cut });
                }
            }
            let (more, size) = found?;
            logs.extend(more);
            bytes += size;
        }
        Ok(Found { logs, next: to + 1, cut: None })
    }
}

/// What a query found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) logs: Vec<Log>,
    /// The first height that was not looked at.
    pub(crate) next: u64,
    /// Why the rest of the range was not looked at.
    cut: Option<Cut>,
}

#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("query returned more than {LOGS_MAX} results")]
    Logs,
    #[error("query returned more than {BYTES_MAX} bytes")]
    Bytes,
    #[error("query took longer than {TIME_MAX:?}")]
    Time,
}

/// The logs of a block that match, and how many bytes they are in an answer.
fn collect(filter: &Filter, record: &Record) -> Result<(Vec<Log>, usize), Fault> {
    let (mut out, mut bytes) = (Vec::new(), 0);
    for log in matching(filter, record) {
        bytes += json_bytes(&log);
        if bytes > BLOCK_BYTES_MAX {
            let height = record.height();
            let sentence = format!("block {height:#x} alone has more than {BLOCK_BYTES_MAX} bytes of matching logs");
            return Err(Fault::Limit(format!("{sentence}: name addresses or topics.")));
        }
        out.push(log);
    }
    Ok((out, bytes))
}

/// At least the bytes of a log in JSON.
pub(crate) fn json_bytes(log: &Log) -> usize {
    // Names, hashes and quantities as long as they can be; then what varies.
    440 + 70 * log.topics().len() + 2 * log.data().data.len()
}

/// The logs of a block that match addresses and topics.
pub(crate) fn matching<'a>(filter: &'a Filter, record: &'a Record) -> impl Iterator<Item = Log> + 'a {
    let indexes = 0..record.receipts.len();
    let logs = indexes.flat_map(|index| convert::logs(record, index));
    logs.filter(|log| filter.matches_address(log.address()) && filter.matches_topics(log.topics()))
}

pub(crate) fn check(filter: &Filter) -> Result<(), Fault> {
    let topics: usize = filter.topics.iter().map(|topic| topic.len()).sum();
    if filter.address.len() + topics > ALTERNATIVES_MAX {
        return Err(Fault::Params(format!("a filter has at most {ALTERNATIVES_MAX} addresses and topics")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
