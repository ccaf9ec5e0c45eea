//! `trace_filter`: traces of a range of blocks, by address.

use super::{List, TIME_MAX};
use crate::{error::Fault, node::Context, trace::Bounds};
use alloy::{
    eips::BlockNumberOrTag,
    primitives::Address,
    rpc::types::trace::filter::{TraceFilter, TraceFilterMatcher, TraceFilterMode},
};
use edgeloom_types::Height;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Most blocks in one query.
const RANGE_MAX: u64 = 10_000;

/// Most gas that one query runs again, unless a single block has more.
const GAS_MAX: u64 = 500_000_000;

/// Most addresses in a filter.
const ADDRESSES_MAX: usize = 1_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Filter {
    /// The first block, if missing.
    from_block: Option<BlockNumberOrTag>,
    /// The newest block, if missing.
    to_block: Option<BlockNumberOrTag>,
    from_address: Option<Vec<Address>>,
    to_address: Option<Vec<Address>>,
    #[serde(default)]
    mode: TraceFilterMode,
    /// How many matches to pass over.
    after: Option<u64>,
    /// How many to return at most.
    count: Option<u64>,
}

impl Filter {
    fn matcher(&self) -> Result<TraceFilterMatcher, Fault> {
        let addresses = |list: &Option<Vec<Address>>| list.clone().unwrap_or_default();
        let (from_address, to_address) = (addresses(&self.from_address), addresses(&self.to_address));
        if from_address.len() + to_address.len() > ADDRESSES_MAX {
            return Err(Fault::Params(format!("a filter has at most {ADDRESSES_MAX} addresses")));
        }
        Ok(TraceFilter { from_address, to_address, mode: self.mode, ..Default::default() }.matcher())
    }
}

impl Context {
    pub(super) fn filter_traces(&self, filter: &Filter) -> Result<Box<RawValue>, Fault> {
        let (from, to) = self.trace_range(filter)?;
        let matcher = filter.matcher()?;
        let wanted = filter.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let (bounds, mut pass_over) = (Bounds::new(TIME_MAX), filter.after.unwrap_or(0));
        let (mut found, mut gas) = (List::default(), 0_u64);
        for height in from..=to {
            if found.count >= wanted {
                break;
            }
            let header = self.header(Height::new(height))?;
            if header.gas_used == 0 {
                continue;
            }
            gas = gas.saturating_add(header.gas_used);
            let ran = if gas > GAS_MAX && height > from {
                Err(Fault::Limit(format!("query runs more than {GAS_MAX} gas again")))
            } else {
                let record = self.records.read(Height::new(height))?.ok_or(Fault::NoHeader)?;
                self.flat_block(record.into(), bounds, |trace| {
                    if found.count >= wanted || !matcher.matches(&trace.trace) {
                        return Ok(());
                    }
                    if pass_over > 0 {
                        pass_over -= 1;
                        return Ok(());
                    }
                    found.push(&trace)
                })
            };
            match ran {
                Err(Fault::Limit(reason)) if height > from => return Err(usable(&reason, from, height - 1)),
                other => other?,
            }
        }
        found.finish()
    }

    fn trace_range(&self, filter: &Filter) -> Result<(u64, u64), Fault> {
        let beyond = || Fault::Params("block range extends beyond current head block".into());
        let height =
            |tag: BlockNumberOrTag| -> Result<u64, Fault> { Ok(self.height(tag.into())?.ok_or_else(beyond)?.get()) };
        let from = height(filter.from_block.unwrap_or(BlockNumberOrTag::Earliest))?;
        let to = height(filter.to_block.unwrap_or_default())?;
        if from > to {
            return Err(Fault::Params("invalid block range params: fromBlock is above toBlock".into()));
        }
        if to - from >= RANGE_MAX {
            return Err(usable(&format!("query exceeds max block range {RANGE_MAX}"), from, from + RANGE_MAX - 1));
        }
        Ok((from, to))
    }
}

fn usable(reason: &str, from: u64, to: u64) -> Fault {
    Fault::Limit(format!("{reason}. Try with this block range [{from:#x}, {to:#x}]."))
}
