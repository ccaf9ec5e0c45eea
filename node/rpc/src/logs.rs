//! Log queries over ranges of final blocks.

use crate::{cache::Record, convert, error::Fault, node::Context};
use alloy::{
    eips::BlockNumberOrTag,
    primitives::B256,
    rpc::types::{Filter, FilterBlockOption, Log},
};
use edgeloom_types::Height;

/// Most blocks in one query.
pub(crate) const RANGE_MAX: u64 = 50_000;

/// Most logs in one answer, unless a single block has more.
const LOGS_MAX: usize = 10_000;

/// Most alternatives in a filter: each is compared with every log.
const ALTERNATIVES_MAX: usize = 1_000;

impl Context {
    pub(crate) fn logs(&self, filter: &Filter) -> Result<Vec<Log>, Fault> {
        check(filter)?;
        match filter.block_option {
            FilterBlockOption::AtBlockHash(hash) => self.logs_of_block(filter, hash),
            FilterBlockOption::Range { .. } => {
                let (from, to) = self.range(filter)?;
                let (logs, next) = self.scan(filter, from, to)?;
                if next <= to {
                    let usable = format!("[{from:#x}, {:#x}]", next - 1);
                    let sentence =
                        format!("query returned more than {LOGS_MAX} results. Try with this block range {usable}.");
                    return Err(Fault::Limit(sentence));
                }
                Ok(logs)
            }
        }
    }

    fn logs_of_block(&self, filter: &Filter, hash: B256) -> Result<Vec<Log>, Fault> {
        let height = self.store.height_of(hash)?.ok_or_else(|| Fault::Refused("unknown block".into()))?;
        let record = self.records.get(height)?.ok_or(Fault::NoHeader)?;
        Ok(matching(filter, &record).collect())
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

    /// Matching logs from `from` to `to`, up to the limit, and the first height that was not looked at.
    pub(crate) fn scan(&self, filter: &Filter, from: u64, to: u64) -> Result<(Vec<Log>, u64), Fault> {
        let mut out = Vec::new();
        for height in from..=to {
            let header = self.header(Height::new(height))?;
            if !filter.matches_bloom(header.logs_bloom) {
                continue;
            }
            let Some(record) = self.records.read(Height::new(height))? else { return Err(Fault::NoHeader) };
            let before = out.len();
            out.extend(matching(filter, &record));
            if out.len() > LOGS_MAX && before > 0 {
                out.truncate(before);
                return Ok((out, height));
            }
        }
        Ok((out, to + 1))
    }
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
