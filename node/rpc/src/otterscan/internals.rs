//! What happened inside a transaction.

use crate::{
    error::Fault,
    node::Context,
    trace::{Bounded, Bounds, Reel, Text, Watched},
};
use alloy::{
    primitives::{B256, Bytes},
    rpc::types::trace::{
        geth::{CallConfig, CallFrame},
        otterscan::{InternalOperation, TraceEntry},
    },
};
use edgeloom_chain::StateDb;
use edgeloom_evm::Context as Machine;
use revm::Inspector;
use revm_inspectors::{
    otterscan::InternalOperationsInspector,
    tracing::{TracingInspector, TracingInspectorConfig},
};
use serde_json::value::RawValue;
use std::time::Duration;

pub(super) const TIME_MAX: Duration = Duration::from_secs(10);

impl Context {
    pub(super) fn internal_operations(&self, hash: B256) -> Result<Vec<InternalOperation>, Fault> {
        let seen = self.look_into(hash, InternalOperationsInspector::default())?;
        Ok(seen.map(|(inspector, _)| inspector.into_operations()).unwrap_or_default())
    }

    pub(super) fn transaction_error(&self, hash: B256) -> Result<Bytes, Fault> {
        match self.place(hash)? {
            Some((record, index)) if !record.receipts[index].status() => {}
            _ => return Ok(Bytes::new()),
        }
        let seen = self.look_into(hash, revm::inspector::NoOpInspector)?;
        Ok(seen.and_then(|(_, watched)| watched.ran.result.output().cloned()).unwrap_or_default())
    }

    pub(super) fn trace_entries(&self, hash: B256) -> Result<Option<Box<RawValue>>, Fault> {
        let config = CallConfig::default();
        let inspector = TracingInspector::new(TracingInspectorConfig::from_geth_call_config(&config));
        let Some((inspector, watched)) = self.look_into(hash, inspector)? else { return Ok(None) };
        let root = inspector.into_geth_builder().geth_call_traces(config, watched.ran.result.tx_gas_used());
        let mut text = Text::default();
        let mut waiting = vec![(root, 0)];
        let entries = std::iter::from_fn(|| {
            let (mut frame, depth) = waiting.pop()?;
            let calls = std::mem::take(&mut frame.calls);
            waiting.extend(calls.into_iter().rev().map(|call| (call, depth + 1)));
            Some(entry(frame, depth))
        });
        text.array(entries, |text, entry| text.value(&entry))?;
        Ok(Some(text.finish()?))
    }

    /// Runs the transaction as it ran, with `inspector` looking on.
    fn look_into<I>(&self, hash: B256, inspector: I) -> Result<Option<(I, Watched)>, Fault>
    where
        I: Inspector<Machine<StateDb>> + Default,
    {
        let Some((record, index)) = self.place(hash)? else { return Ok(None) };
        let mut reel = Reel::new(self, record, Bounded::frames(inspector, Bounds::new(TIME_MAX)))?;
        reel.skip_to(index)?;
        let watched = reel.watch()?;
        Ok(Some((std::mem::take(&mut reel.machine.inspector().inner), watched)))
    }
}

fn entry(frame: CallFrame, depth: u32) -> TraceEntry {
    TraceEntry {
        r#type: frame.typ,
        depth,
        from: frame.from,
        to: frame.to.unwrap_or_default(),
        value: frame.value,
        input: frame.input,
        output: frame.output.unwrap_or_default(),
    }
}
