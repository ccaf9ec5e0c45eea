//! Inspectors whose record is an answer of the `debug` namespace.

use super::{
    bounds::{Bounded, Bounds},
    names,
    options::{Tracing, check_tracer},
    reel::Watched,
    text::Text,
};
use crate::error::Fault;
use alloy::rpc::types::trace::{
    geth::{GethDebugTracerConfig, GethTrace, mux::MuxConfig},
    parity::TraceOutput,
};
use edgeloom_chain::StateDb;
use edgeloom_evm::{Context as Machine, Overlay, Reader};
use revm::{Inspector, context::BlockEnv};
use revm_inspectors::tracing::{DebugInspector, DebugInspectorError, TransactionContext};

/// What a record is read against.
pub(crate) struct Scene<'a> {
    pub(crate) place: TransactionContext,
    pub(crate) block: &'a BlockEnv,
    pub(crate) watched: &'a Watched,
    /// Before the transaction.
    pub(crate) state: &'a mut Overlay<StateDb>,
}

pub(crate) trait Recorder: Inspector<Machine<StateDb>> {
    /// Writes what was recorded of one transaction, and forgets it.
    ///
    /// # Errors
    /// [`Fault::Limit`] when the text is full.
    fn write(&mut self, scene: Scene<'_>, text: &mut Text) -> Result<(), Fault>;
}

/// The tracer that `options` name.
///
/// # Errors
/// [`Fault::Params`] when there is none, or its configuration is wrong.
pub(crate) fn built_in(mut options: Tracing, bounds: Bounds) -> Result<Bounded<DebugInspector>, Fault> {
    if let Some(tracer) = &options.tracer {
        check_tracer(tracer)?;
        if tracer.as_str() == "muxTracer" {
            options.tracer_config = several(options.tracer_config)?;
        }
    }
    let inspector = DebugInspector::new(options).map_err(|error| Fault::Params(error.to_string()))?;
    Ok(Bounded::frames(inspector, bounds))
}

/// A mux's tracers: callers leave the configuration of each empty, or out, as they please.
fn several(config: GethDebugTracerConfig) -> Result<GethDebugTracerConfig, Fault> {
    let mux = config.into_mux_config().map_err(|error| Fault::Params(format!("invalid tracer config: {error}")))?;
    let empty = || GethDebugTracerConfig::from(serde_json::json!({}));
    let tracers = mux.0.into_iter().map(|(tracer, config)| {
        check_tracer(&tracer)?;
        let config = config.filter(|config| !config.is_null());
        let config = match tracer.as_str() {
            "4byteTracer" | "noopTracer" => None,
            _ => Some(config.unwrap_or_else(empty)),
        };
        Ok((tracer, config))
    });
    Ok(MuxConfig(tracers.collect::<Result<_, Fault>>()?).into())
}

impl Recorder for DebugInspector {
    fn write(&mut self, scene: Scene<'_>, text: &mut Text) -> Result<(), Fault> {
        let Watched { transaction, ran } = scene.watched;
        let mut state = Reader::new(scene.state);
        let mut trace = self
            .get_result(Some(scene.place), transaction, scene.block, ran, &mut state)
            .map_err(|error| Fault::Internal(error.to_string()))?;
        charge(&mut trace, ran.result.tx_gas_used());
        names::write(trace, text)?;
        self.fuse().map_err(|error: DebugInspectorError| Fault::Internal(error.to_string()))
    }
}

/// The root of a flat trace used what the receipt says, as in every other trace.
fn charge(trace: &mut GethTrace, gas: u64) {
    match trace {
        GethTrace::FlatCallTracer(frames) => match frames.first_mut().and_then(|root| root.trace.result.as_mut()) {
            Some(TraceOutput::Call(output)) => output.gas_used = gas,
            Some(TraceOutput::Create(output)) => output.gas_used = gas,
            None => {}
        },
        GethTrace::MuxTracer(traces) => traces.0.values_mut().for_each(|trace| charge(trace, gas)),
        _ => {}
    }
}
