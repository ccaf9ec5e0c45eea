//! The chain's own precompiles by name, and traces written with those names.

use crate::{error::Fault, trace::Text};
use alloy::{
    primitives::{Address, Bytes},
    rpc::types::trace::{
        geth::{CallFrame, GethTrace},
        parity::{Action, LocalizedTransactionTrace},
    },
};
use edgeloom_bindings::{IBls::IBlsCalls, IEdgeProof::IEdgeProofCalls, addresses};
use std::vec;

/// `IEdgeProof.infer(address,bytes)`, or the interface alone for what is no function of it.
fn precompile(to: Address, input: &Bytes) -> Option<String> {
    let selector = input.first_chunk().copied().unwrap_or_default();
    let (interface, function) = match to {
        addresses::EDGE_PROOF => ("IEdgeProof", IEdgeProofCalls::signature_by_selector(selector)),
        addresses::BLS => ("IBls", IBlsCalls::signature_by_selector(selector)),
        _ => return None,
    };
    Some(function.map_or_else(|| interface.into(), |signature| format!("{interface}.{signature}")))
}

fn name(text: &mut Text, to: Address, input: &Bytes) -> Result<(), Fault> {
    let Some(name) = precompile(to, input) else { return Ok(()) };
    text.raw(",\"precompile\":")?;
    text.value(&name)
}

/// A trace of any tracer.
pub(super) fn write(trace: GethTrace, text: &mut Text) -> Result<(), Fault> {
    match trace {
        GethTrace::CallTracer(frame) => frames(frame, text),
        GethTrace::FlatCallTracer(traces) => text.array(traces, |text, trace| flat(&trace, text)),
        GethTrace::MuxTracer(traces) => {
            text.raw("{")?;
            for (index, (tracer, trace)) in traces.0.into_iter().enumerate() {
                text.raw(if index > 0 { "," } else { "" })?;
                text.value(&tracer)?;
                text.raw(":")?;
                write(trace, text)?;
            }
            text.raw("}")
        }
        other => text.value(&other),
    }
}

/// Calls nest a thousand deep, deeper than a thread's stack likes: so this loops.
fn frames(root: CallFrame, text: &mut Text) -> Result<(), Fault> {
    // The calls of each frame that is open, and whether one of them is written.
    let mut open: Vec<(vec::IntoIter<CallFrame>, bool)> = Vec::new();
    let mut next = Some(root);
    while let Some(mut frame) = next.take() {
        let calls = std::mem::take(&mut frame.calls);
        text.open(&frame)?;
        if let Some(to) = frame.to {
            name(text, to, &frame.input)?;
        }
        if calls.is_empty() {
            text.raw("}")?;
        } else {
            text.raw(",\"calls\":[")?;
            open.push((calls.into_iter(), false));
        }
        while let Some((calls, written)) = open.last_mut() {
            if let Some(call) = calls.next() {
                text.raw(if *written { "," } else { "" })?;
                *written = true;
                next = Some(call);
                break;
            }
            open.pop();
            text.raw("]}")?;
        }
    }
    Ok(())
}

/// One frame of a flat trace.
pub(crate) fn flat(trace: &LocalizedTransactionTrace, text: &mut Text) -> Result<(), Fault> {
    text.open(trace)?;
    if let Action::Call(call) = &trace.trace.action {
        name(text, call.to, &call.input)?;
    }
    text.raw("}")
}
