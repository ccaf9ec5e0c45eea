//! Transactions and questions with their traces, state changes and steps, as `trace_replay*` and `trace_call*` give them.

use super::{TIME_MAX, Types};
use crate::{
    call::{Question, Stage},
    error::Fault,
    node::Context,
    pending::is_pending,
    submit::decode,
    trace::{Bounded, Bounds, Reel, Text, Watched, watch},
};
use alloy::{
    eips::BlockId,
    primitives::B256,
    rpc::types::{
        TransactionRequest,
        trace::parity::{TraceResults, TraceResultsWithTransactionHash, TraceType},
    },
};
use edgeloom_chain::StateDb;
use edgeloom_evm::{Reader, Replay, signed};
use revm::context::TxEnv;
use revm_inspectors::tracing::{TraceLimits, TracingInspector, TracingInspectorConfig};
use serde::Serialize;
use serde_json::value::RawValue;
use std::thread;

/// Most calls in one `trace_callMany`.
const CALLS_MAX: usize = 256;

/// Most bytes of code, immediates and memory that steps record.
const RECORDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// For values that nest as deep as calls do: a frame of the serializer per level, several times over.
const DEEP_STACK_BYTES: usize = 64 * 1024 * 1024;

type Machine = Replay<StateDb, Bounded<TracingInspector>>;

fn inspector(types: &Types, bounds: Bounds) -> Bounded<TracingInspector> {
    let limits = TraceLimits::default().set_max_recorded_bytes(Some(RECORDED_BYTES_MAX));
    let inspector = TracingInspector::new(TracingInspectorConfig::from_parity_config(types)).with_limits(limits);
    if types.contains(&TraceType::VmTrace) {
        Bounded::steps(inspector, bounds)
    } else {
        Bounded::frames(inspector, bounds)
    }
}

/// What the inspector saw of `watched`, which is not committed yet.
fn results(machine: &mut Machine, watched: &Watched, types: &Types) -> Result<TraceResults, Fault> {
    let (inspector, state) = machine.parts();
    let fresh = TracingInspector::new(*inspector.inner.config())
        .with_limits(TraceLimits::default().set_max_recorded_bytes(Some(RECORDED_BYTES_MAX)));
    let mut traces = std::mem::replace(&mut inspector.inner, fresh);
    if traces.limit_exceeded() && types.contains(&TraceType::VmTrace) {
        let most = format!("the steps move more than {RECORDED_BYTES_MAX} bytes of memory");
        return Err(Fault::Limit(format!("{most}: leave out \"vmTrace\"")));
    }
    traces.set_transaction_gas_used(watched.ran.result.tx_gas_used());
    let results = traces.into_parity_builder().into_trace_results_with_state(&watched.ran, types, Reader::new(state));
    results.map_err(|error| Fault::Internal(error.to_string()))
}

/// Writes and drops `value` where the stack is deep enough for it.
fn deep<T: Serialize + Send>(value: T, text: &mut Text) -> Result<(), Fault> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(DEEP_STACK_BYTES);
        let writing = thread.spawn_scoped(scope, move || text.value(&value));
        let failed = |error: std::io::Error| Fault::Internal(format!("no thread: {error}"));
        let written = writing.map_err(failed)?.join();
        written.unwrap_or_else(|_| Err(Fault::Internal("writing the trace panicked".into())))
    })
}

impl Context {
    pub(super) fn replay_question(&self, question: Question, types: &Types) -> Result<Box<RawValue>, Fault> {
        let stage = Stage::new(self, question)?;
        let mut machine = stage.machine(inspector(types, Bounds::new(TIME_MAX)))?;
        let watched = stage.watch(&mut machine)?;
        let mut text = Text::default();
        deep(results(&mut machine, &watched, types)?, &mut text)?;
        text.finish()
    }

    pub(super) fn replay_questions(
        &self,
        calls: Vec<(TransactionRequest, Types)>,
        block: Option<BlockId>,
    ) -> Result<Box<RawValue>, Fault> {
        if calls.len() > CALLS_MAX {
            return Err(Fault::Limit(format!("{} calls, at most {CALLS_MAX} are possible", calls.len())));
        }
        // One height for all of them, whatever is committed meanwhile.
        let block = if is_pending(block) { block } else { Some(BlockId::number(self.state_height(block)?.get())) };
        let bounds = Bounds::new(TIME_MAX);
        let every: Types = calls.iter().flat_map(|(_, types)| types.iter().copied()).collect();
        let mut machine: Option<Machine> = None;
        let mut text = Text::default();
        text.array(calls, |text, (request, types)| {
            let stage = Stage::new(self, Question { request, block, ..Question::default() })?;
            if machine.is_none() {
                machine = Some(stage.machine(inspector(&every, bounds))?);
            }
            let machine = machine.as_mut().expect("made above");
            let watched = stage.watch(machine)?;
            deep(results(machine, &watched, &types)?, text)?;
            machine.commit(watched.ran.state);
            Ok(())
        })?;
        text.finish()
    }

    pub(super) fn replay_raw(
        &self,
        bytes: &[u8],
        types: &Types,
        block: Option<BlockId>,
    ) -> Result<Box<RawValue>, Fault> {
        let transaction = signed(decode(bytes)?.as_recovered_ref());
        let stage = Stage::new(self, Question { block, ..Question::default() })?;
        let gas_limit = transaction.gas_limit.min(stage.environment.gas_limit);
        let mut machine = stage.machine(inspector(types, Bounds::new(TIME_MAX)))?;
        let watched = watch(&mut machine, TxEnv { gas_limit, ..transaction })?;
        let mut text = Text::default();
        deep(results(&mut machine, &watched, types)?, &mut text)?;
        text.finish()
    }

    pub(super) fn replay_transaction(&self, hash: B256, types: &Types) -> Result<Option<Box<RawValue>>, Fault> {
        let Some((record, index)) = self.place(hash)? else { return Ok(None) };
        let mut reel = Reel::new(self, record, inspector(types, Bounds::new(TIME_MAX)))?;
        reel.skip_to(index)?;
        let watched = reel.watch()?;
        let mut text = Text::default();
        deep(results(&mut reel.machine, &watched, types)?, &mut text)?;
        reel.keep(watched.ran)?;
        Ok(Some(text.finish()?))
    }

    pub(super) fn replay_block(&self, block: BlockId, types: &Types) -> Result<Option<Box<RawValue>>, Fault> {
        let Some(record) = self.record(block)? else { return Ok(None) };
        let mut text = Text::default();
        if record.transactions().is_empty() {
            text.raw("[]")?;
            return Ok(Some(text.finish()?));
        }
        let mut reel = Reel::new(self, record.clone(), inspector(types, Bounds::new(TIME_MAX)))?;
        text.array(record.transactions(), |text, transaction| {
            let watched = reel.watch()?;
            let full_trace = results(&mut reel.machine, &watched, types)?;
            deep(TraceResultsWithTransactionHash { full_trace, transaction_hash: *transaction.tx_hash() }, text)?;
            reel.keep(watched.ran)
        })?;
        Ok(Some(text.finish()?))
    }
}
