//! The `trace_*` methods, in OpenEthereum's shapes. Calls to precompiles are no traces of their own, as there.

mod filter;
mod replays;

use crate::{
    cache::Record,
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, Reel, Text, flat},
};
use alloy::{
    eips::BlockId,
    primitives::{B256, Bytes, map::HashSet},
    rpc::types::{
        BlockOverrides, Index, TransactionInfo, TransactionRequest,
        state::StateOverride,
        trace::parity::{LocalizedTransactionTrace, TraceType},
    },
};
use filter::Filter;
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use revm_inspectors::tracing::{TracingInspector, TracingInspectorConfig};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};

/// How long one call of this namespace may run transactions.
const TIME_MAX: Duration = Duration::from_secs(10);

pub(crate) type Types = HashSet<TraceType>;

#[rpc(server, namespace = "trace")]
pub(crate) trait TraceApi {
    /// A transaction's calls.
    #[method(name = "transaction")]
    fn transaction(&self, hash: B256) -> RpcResult<Option<Box<RawValue>>>;

    /// Calls of a block's transactions.
    #[method(name = "block")]
    fn block(&self, block: BlockId) -> RpcResult<Option<Box<RawValue>>>;

    /// Calls in a range of blocks, by sender and receiver.
    #[method(name = "filter")]
    fn filter(&self, filter: Filter) -> RpcResult<Box<RawValue>>;

    /// The trace at this `traceAddress`.
    #[method(name = "get")]
    fn get(&self, hash: B256, address: Vec<Index>) -> RpcResult<Option<Box<RawValue>>>;

    /// Runs a call and answers with the traces asked for.
    #[method(name = "call")]
    fn call(
        &self,
        request: TransactionRequest,
        types: Types,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<Box<RawValue>>;

    /// Each call sees what those before it have done.
    #[method(name = "callMany")]
    fn call_many(&self, calls: Vec<(TransactionRequest, Types)>, block: Option<BlockId>) -> RpcResult<Box<RawValue>>;

    /// Runs a signed transaction without sending it, and answers with the traces asked for.
    #[method(name = "rawTransaction")]
    fn raw_transaction(&self, bytes: Bytes, types: Types, block: Option<BlockId>) -> RpcResult<Box<RawValue>>;

    /// Runs a transaction again and answers with the traces asked for.
    #[method(name = "replayTransaction")]
    fn replay_transaction(&self, hash: B256, types: Types) -> RpcResult<Option<Box<RawValue>>>;

    /// Runs a block's transactions again and answers with the traces asked for.
    #[method(name = "replayBlockTransactions")]
    fn replay_block_transactions(&self, block: BlockId, types: Types) -> RpcResult<Option<Box<RawValue>>>;
}

#[derive(Debug)]
pub(crate) struct Parity {
    context: Arc<Context>,
}

impl Parity {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl TraceApiServer for Parity {
    fn transaction(&self, hash: B256) -> RpcResult<Option<Box<RawValue>>> {
        let Some(place) = self.context.place(hash)? else { return Ok(None) };
        let mut list = List::default();
        self.context.flat_transaction(place, |trace| list.push(&trace))?;
        Ok(Some(list.finish()?))
    }

    fn block(&self, block: BlockId) -> RpcResult<Option<Box<RawValue>>> {
        let Some(record) = self.context.record(block)? else { return Ok(None) };
        let mut list = List::default();
        self.context.flat_block(record, Bounds::new(TIME_MAX), |trace| list.push(&trace))?;
        Ok(Some(list.finish()?))
    }

    fn filter(&self, filter: Filter) -> RpcResult<Box<RawValue>> {
        Ok(self.context.filter_traces(&filter)?)
    }

    fn get(&self, hash: B256, address: Vec<Index>) -> RpcResult<Option<Box<RawValue>>> {
        let address: Vec<usize> = address.iter().map(|index| index.0).collect();
        let Some(place) = self.context.place(hash)? else { return Ok(None) };
        let (mut text, mut is_found) = (Text::default(), false);
        self.context.flat_transaction(place, |trace| {
            if trace.trace.trace_address != address {
                return Ok(());
            }
            is_found = true;
            flat(&trace, &mut text)
        })?;
        Ok(if is_found { Some(text.finish()?) } else { None })
    }

    fn call(
        &self,
        request: TransactionRequest,
        types: Types,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<Box<RawValue>> {
        let question = crate::call::Question { request, block, state, environment, ..Default::default() };
        Ok(self.context.replay_question(question, &types)?)
    }

    fn call_many(&self, calls: Vec<(TransactionRequest, Types)>, block: Option<BlockId>) -> RpcResult<Box<RawValue>> {
        Ok(self.context.replay_questions(calls, block)?)
    }

    fn raw_transaction(&self, bytes: Bytes, types: Types, block: Option<BlockId>) -> RpcResult<Box<RawValue>> {
        Ok(self.context.replay_raw(&bytes, &types, block)?)
    }

    fn replay_transaction(&self, hash: B256, types: Types) -> RpcResult<Option<Box<RawValue>>> {
        Ok(self.context.replay_transaction(hash, &types)?)
    }

    fn replay_block_transactions(&self, block: BlockId, types: Types) -> RpcResult<Option<Box<RawValue>>> {
        Ok(self.context.replay_block(block, &types)?)
    }
}

/// Traces as they are found: none of them is kept.
#[derive(Debug, Default)]
struct List {
    text: Text,
    count: usize,
}

impl List {
    fn push(&mut self, trace: &LocalizedTransactionTrace) -> Result<(), Fault> {
        self.text.raw(if self.count == 0 { "[" } else { "," })?;
        self.count += 1;
        flat(trace, &mut self.text)
    }

    fn finish(mut self) -> Result<Box<RawValue>, Fault> {
        self.text.raw(if self.count == 0 { "[]" } else { "]" })?;
        self.text.finish()
    }
}

fn frames(bounds: Bounds) -> Bounded<TracingInspector> {
    Bounded::frames(TracingInspector::new(TracingInspectorConfig::default_parity()), bounds)
}

impl Context {
    fn flat_transaction(
        &self,
        (record, index): (Arc<Record>, usize),
        take: impl FnMut(LocalizedTransactionTrace) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut reel = Reel::new(self, record.clone(), frames(Bounds::new(TIME_MAX)))?;
        reel.skip_to(index)?;
        flat_next(&mut reel, &record, take)
    }

    /// All traces of a block; genesis has none.
    fn flat_block(
        &self,
        record: Arc<Record>,
        bounds: Bounds,
        mut take: impl FnMut(LocalizedTransactionTrace) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if record.transactions().is_empty() {
            return Ok(());
        }
        let mut reel = Reel::new(self, record.clone(), frames(bounds))?;
        for _ in record.transactions() {
            flat_next(&mut reel, &record, &mut take)?;
        }
        Ok(())
    }
}

fn flat_next(
    reel: &mut Reel<TracingInspector>,
    record: &Record,
    take: impl FnMut(LocalizedTransactionTrace) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (place, watched) = (reel.place(), reel.watch()?);
    let inspector = &mut reel.machine.inspector().inner;
    let mut traces = std::mem::replace(inspector, TracingInspector::new(*inspector.config()));
    traces.set_transaction_gas_used(watched.ran.result.tx_gas_used());
    let place = TransactionInfo {
        hash: place.tx_hash,
        index: place.tx_index.map(|index| index as u64),
        block_hash: place.block_hash,
        block_number: Some(record.height()),
        ..Default::default()
    };
    traces.into_parity_builder().into_localized_transaction_traces_iter(place).try_for_each(take)?;
    reel.keep(watched.ran)
}
