//! What a caller of the `debug` namespace wants to see.

use crate::error::Fault;
use alloy::rpc::types::trace::geth::{GethDebugTracerType, GethDebugTracingCallOptions, GethDebugTracingOptions};
use std::time::Duration;

/// geth's.
const TIME: Duration = Duration::from_secs(5);
const TIME_MAX: Duration = Duration::from_secs(60);

const TRACERS: &str = "callTracer, prestateTracer, 4byteTracer, flatCallTracer, noopTracer, muxTracer; without a tracer, steps are logged";

pub(crate) type Tracing = GethDebugTracingOptions;
pub(crate) type TracingCall = GethDebugTracingCallOptions;

/// Whether steps are wanted, and no named tracer.
pub(crate) fn is_step_log(options: &Tracing) -> bool {
    options.tracer.as_ref().is_none_or(|tracer| tracer.as_str().is_empty())
}

/// How long the trace may take.
pub(super) fn time(options: &Tracing) -> Result<Duration, Fault> {
    let Some(wanted) = &options.timeout else { return Ok(TIME) };
    let time = duration(wanted).ok_or_else(|| {
        Fault::Params(format!("invalid timeout \"{wanted}\": a duration such as 500ms, 5s or 1m is expected"))
    })?;
    Ok(time.min(TIME_MAX))
}

/// Go's notation, as far as anybody needs it: numbers with units, one after the other.
fn duration(mut text: &str) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    if text.is_empty() {
        return None;
    }
    while !text.is_empty() {
        let digits = text.find(|symbol: char| !symbol.is_ascii_digit() && symbol != '.')?;
        let (number, rest) = text.split_at(digits);
        let number: f64 = number.parse().ok()?;
        let units = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
        let (unit, seconds) = units.into_iter().find(|(unit, _)| rest.starts_with(unit))?;
        sum = sum.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        text = &rest[unit.len()..];
    }
    Some(sum)
}

/// # Errors
/// [`Fault::Params`], which lists what there is, for a tracer in JavaScript or of another name.
pub(super) fn check_tracer(tracer: &GethDebugTracerType) -> Result<(), Fault> {
    match tracer.as_str() {
        "callTracer" | "prestateTracer" | "4byteTracer" | "flatCallTracer" | "noopTracer" | "muxTracer" => Ok(()),
        name if name.len() <= 32 && name.chars().all(|symbol| symbol.is_ascii_alphanumeric()) => {
            Err(Fault::Params(format!("there is no tracer \"{name}\"; built in are: {TRACERS}")))
        }
        _ => Err(Fault::Params(format!("JavaScript tracers are not supported; built in are: {TRACERS}"))),
    }
}

#[cfg(test)]
mod tests;
