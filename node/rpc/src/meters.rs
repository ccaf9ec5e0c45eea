//! What is counted of calls, and what can be read of the server at any time, in Prometheus' terms. Calls are told apart by a few fixed classes:
//! a method's name is whatever a caller writes. In a process without a recorder nothing is kept.

use crate::{
    ipc,
    server::{CONNECTIONS_MAX, Front},
};
use jsonrpsee::core::server::MethodResponse;
use metrics::{Counter, Histogram, counter, gauge, histogram};
use std::{sync::Arc, time::Instant};

/// What calls are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Of `eth_`, those that look something up.
    Eth,
    /// Of `eth_`, those that run code.
    Execute,
    /// Transactions that are handed in.
    Send,
    Logs,
    Subscribe,
    /// `debug_`, `trace_`, `ots_` and `erigon_`.
    Trace,
    Txpool,
    /// The chain's own.
    Edge,
    /// `net_`, `web3_`, `admin_` and `rpc_`.
    Node,
    /// What only a development chain serves.
    Dev,
    /// No method of this node.
    Unknown,
}

const CLASSES: [(Class, &str); 11] = [
    (Class::Eth, "eth"),
    (Class::Execute, "execute"),
    (Class::Send, "send"),
    (Class::Logs, "logs"),
    (Class::Subscribe, "subscribe"),
    (Class::Trace, "trace"),
    (Class::Txpool, "txpool"),
    (Class::Edge, "edge"),
    (Class::Node, "node"),
    (Class::Dev, "dev"),
    (Class::Unknown, "unknown"),
];

impl Class {
    /// Of a method that this node has.
    fn of(method: &str) -> Self {
        match method {
            "eth_call" | "eth_estimateGas" | "eth_createAccessList" | "eth_simulateV1" | "eth_fillTransaction" => {
                Self::Execute
            }
            "eth_getLogs" | "eth_getFilterLogs" | "eth_getFilterChanges" => Self::Logs,
            "eth_subscribe" | "eth_unsubscribe" => Self::Subscribe,
            _ if method.starts_with("eth_send") => Self::Send,
            _ => match method.split_once('_').map_or("", |(namespace, _)| namespace) {
                "eth" => Self::Eth,
                "debug" | "trace" | "ots" | "erigon" => Self::Trace,
                "txpool" => Self::Txpool,
                "edge" => Self::Edge,
                "net" | "web3" | "admin" | "rpc" => Self::Node,
                _ => Self::Dev,
            },
        }
    }
}

/// geth's code for what is asked in too large a measure, and for a node that is busy.
const LIMIT: i32 = -32005;
/// JSON-RPC's own.
const NO_METHOD: i32 = -32601;

#[derive(Clone, Debug)]
struct Meter {
    calls: Counter,
    errors: Counter,
    seconds: Histogram,
}

/// The counters of all classes, looked up once.
#[derive(Clone, Debug)]
pub(crate) struct Meters {
    classes: Arc<[Meter; CLASSES.len()]>,
    limited: Counter,
}

impl Default for Meters {
    fn default() -> Self {
        let classes = CLASSES.map(|(_, word)| Meter {
            calls: counter!("edgeloom_rpc_requests_total", "class" => word),
            errors: counter!("edgeloom_rpc_errors_total", "class" => word),
            seconds: histogram!("edgeloom_rpc_request_seconds", "class" => word),
        });
        Self { classes: Arc::new(classes), limited: counter!("edgeloom_rpc_limited_total") }
    }
}

impl Meters {
    /// A call was answered.
    pub(crate) fn answered(&self, method: &str, response: &MethodResponse, started: Instant) {
        let code = response.as_error_code();
        let class = if code == Some(NO_METHOD) { Class::Unknown } else { Class::of(method) };
        self.note(class, code, started);
    }

    /// Logs were found and are being sent.
    pub(crate) fn streamed(&self, started: Instant) {
        self.note(Class::Logs, None, started);
    }

    fn note(&self, class: Class, code: Option<i32>, started: Instant) {
        let meter = &self.classes[class as usize];
        meter.calls.increment(1);
        meter.seconds.record(started.elapsed());
        if code.is_some() {
            meter.errors.increment(1);
        }
        if code == Some(LIMIT) {
            self.limited.increment(1);
        }
    }
}

/// What can be read of a server at any time.
#[derive(Clone, Debug)]
pub struct Gauges(Arc<Front>);

impl Gauges {
    pub(crate) const fn new(front: Arc<Front>) -> Self {
        Self(front)
    }

    /// Sets the gauges to what they are now.
    pub fn read(&self) {
        let front = &self.0;
        let taken = |all: u32, free: usize| (all as usize).saturating_sub(free) as f64;
        let (port, socket) = (front.permits.available_permits(), front.local.available_permits());
        gauge!("edgeloom_rpc_connections", "door" => "port").set(taken(CONNECTIONS_MAX, port));
        gauge!("edgeloom_rpc_connections", "door" => "socket").set(taken(ipc::CONNECTIONS_MAX, socket));
        for (kind, waiting) in front.calls.waiting() {
            gauge!("edgeloom_rpc_calls_waiting", "kind" => kind).set(waiting as f64);
        }
        match front.context.finalized() {
            Ok(height) => gauge!("edgeloom_chain_checkpoint_height").set(height.get() as f64),
            Err(error) => tracing::error!(%error, "the newest checkpoint cannot be read"),
        }
    }
}

#[cfg(test)]
mod tests;
