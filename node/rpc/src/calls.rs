//! From the text of a request to the text of its answer.

mod batch;
mod entry;

use crate::{
    error::Fault,
    meters::Meters,
    room::{Answer, Room},
    server::{HexIds, RESPONSE_BYTES_MAX},
    turns::Turns,
};
use entry::{Call, Entry};
use futures::FutureExt;
use jsonrpsee::{
    core::server::{
        BoundedSubscriptions, ConnectionId, MethodCallback, MethodResponse, MethodSink, Methods, SubscriptionState,
    },
    types::{ErrorCode, ErrorObjectOwned, Id, Params, Request, error::reject_too_many_subscriptions},
};
use serde_json::value::RawValue;
use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

pub(crate) use entry::Asked;

/// After this long no further call of a batch is begun.
const BATCH_TIME_MAX: Duration = Duration::from_secs(30);

/// Methods whose work grows with what they are asked. They run in turns; all others take microseconds, or wait.
pub(crate) const LONG: &[&str] = &[
    "anvil_nodeInfo",
    "edge_consensus",
    "edge_feed",
    "edge_finality",
    "eth_createAccessList",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_gasPrice",
    "eth_getAccount",
    "eth_getBlockByHash",
    "eth_getBlockByNumber",
    "eth_getBlockReceipts",
    "eth_getBlockTransactionCountByHash",
    "eth_getBlockTransactionCountByNumber",
    "eth_getFilterChanges",
    "eth_getFilterLogs",
    "eth_getLogs",
    "eth_getProof",
    "eth_getRawTransactionByBlockHashAndIndex",
    "eth_getRawTransactionByBlockNumberAndIndex",
    "eth_getRawTransactionByHash",
    "eth_getStorageValues",
    "eth_getTransactionByBlockHashAndIndex",
    "eth_getTransactionByBlockNumberAndIndex",
    "eth_getTransactionBySenderAndNonce",
    "eth_maxPriorityFeePerGas",
    "eth_simulateV1",
    "txpool_content",
    "txpool_contentFrom",
    "txpool_inspect",
];

/// Methods that are short except where they are asked about the pending block, which is made first: in dev mode of all
/// that waits. Not `eth_getTransactionCount`: it counts what waits, and needs no block.
pub(crate) const PENDING: &[&str] =
    &["eth_getAccountInfo", "eth_getBalance", "eth_getCode", "eth_getHeaderByNumber", "eth_getStorageAt"];

/// Reads every account, for as long as that takes. It has a turn of its own, so that one adds up and whoever else asks
/// waits for that one without a thread.
const SUPPLY: &str = "edge_supply";

/// Namespaces whose methods run transactions again, or look through blocks: for seconds, and up to a minute. They have
/// turns of their own, so that whoever traces holds up nobody but those who trace.
const TRACING: [&str; 4] = ["debug_", "erigon_", "ots_", "trace_"];

/// A connection that stays open, as subscriptions need one.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: ConnectionId,
    /// Takes answers to subscribing, and what subscriptions send.
    pub(crate) sink: MethodSink,
    pub(crate) subscriptions: BoundedSubscriptions,
    /// Its share of the long work.
    pub(crate) turns: Turns,
}

/// Whose call it is.
#[derive(Clone, Copy)]
struct Caller<'a> {
    link: Option<&'a Link>,
    turns: &'a Turns,
}

#[derive(Clone, Debug)]
pub(crate) struct Calls {
    methods: Methods,
    turns: Turns,
    traces: Turns,
    sums: Turns,
    batch_time_max: Duration,
    pub(crate) meters: Meters,
}

/// What is said to a call.
struct Reply {
    text: Box<RawValue>,
    /// The link has it already.
    is_sent: bool,
}

/// Whether the tag can be in them. It is known in any case and with any letter escaped; no other tag, number or name that
/// these methods take has a p.
fn may_say_pending(params: &str) -> bool {
    params.bytes().any(|byte| matches!(byte, b'p' | b'P' | b'\\'))
}

fn refusal(id: Id<'_>, error: impl Into<ErrorObjectOwned>) -> MethodResponse {
    MethodResponse::error(id, error.into())
}

impl Calls {
    pub(crate) fn new(methods: Methods, turns: Turns) -> Self {
        let (traces, sums) = (Turns::few(), Turns::single());
        Self { methods, turns, traces, sums, batch_time_max: BATCH_TIME_MAX, meters: Meters::default() }
    }

    /// The share of another connection in the long work.
    pub(crate) fn turns(&self) -> Turns {
        self.turns.for_connection()
    }

    /// How many calls wait for their turn, by what they are.
    pub(crate) fn waiting(&self) -> [(&'static str, usize); 3] {
        [("long", self.turns.queued()), ("trace", self.traces.queued()), ("supply", self.sums.queued())]
    }

    /// `None` when nothing is to be sent: after a notification, or when the link has the answer already.
    pub(crate) async fn answer(&self, asked: Asked<'_>, link: Option<&Link>, room: &Room) -> Option<Answer> {
        let own = link.is_none().then(|| self.turns.for_connection());
        let turns = link.map(|link| &link.turns).or(own.as_ref()).unwrap_or(&self.turns);
        let caller = Caller { link, turns };
        let hold = |text, id| room.hold(text, |full| refusal(id, full).into_json());
        match asked {
            Asked::Batch(body) => {
                let refused = |error| Some(refusal(Id::Null, error).into_json());
                let text = self.batch(body, caller).await.unwrap_or_else(refused)?;
                Some(hold(text, Id::Null))
            }
            Asked::One(Entry::Call(call)) => {
                let Reply { text, is_sent } = self.call(&call, caller).await;
                (!is_sent).then(|| room.hold(text, |full| call.refuse(full)))
            }
            Asked::One(Entry::Notification) => None,
            Asked::One(Entry::Malformed(id, code)) => Some(hold(refusal(id.clone(), code).into_json(), id)),
        }
    }

    /// Where a caller whose share is `turns` waits for `method`; `None` when it takes no time.
    fn queue(&self, method: &str, params: Option<&str>, turns: &Turns) -> Option<Turns> {
        if LONG.contains(&method) || (PENDING.contains(&method) && params.is_some_and(may_say_pending)) {
            return Some(turns.clone());
        }
        if method == SUPPLY {
            return Some(self.sums.for_caller_of(turns));
        }
        let traces = TRACING.iter().any(|namespace| method.starts_with(namespace));
        traces.then(|| self.traces.for_caller_of(turns))
    }

    /// A panic is our fault, not the end of the connection: the caller is told.
    async fn call(&self, call: &Call<'_>, caller: Caller<'_>) -> Reply {
        let started = Instant::now();
        match AssertUnwindSafe(self.dispatch(call, caller)).catch_unwind().await {
            Ok(response) => {
                self.meters.answered(&call.request.method, &response, started);
                let is_sent = response.is_subscription() || response.is_notification();
                Reply { text: call.answer(response), is_sent }
            }
            Err(_) => Reply { text: call.refuse(Fault::Internal("the method panicked".into())), is_sent: false },
        }
    }

    async fn dispatch(&self, call: &Call<'_>, Caller { link, turns }: Caller<'_>) -> MethodResponse {
        let Request { id, method, params, extensions, .. } = call.request.clone();
        let Some((name, method)) = self.methods.method_with_name(&method) else {
            return refusal(id, ErrorCode::MethodNotFound);
        };
        let text = params.as_deref().map(RawValue::get);
        let params = Params::new(text);
        match (method, link) {
            (MethodCallback::Sync(method), _) => {
                let Some(queue) = self.queue(name, text, turns) else {
                    return method(id, params, RESPONSE_BYTES_MAX, extensions);
                };
                let (method, asked, params) = (method.clone(), id.clone().into_owned(), params.into_owned());
                let work = move || method(asked, params, RESPONSE_BYTES_MAX, extensions);
                queue.run(work).await.unwrap_or_else(|fault| refusal(id, fault))
            }
            (MethodCallback::Async(method), _) => {
                // Those that work long only sometimes take their turn themselves.
                let mut extensions = extensions;
                extensions.insert(turns.clone());
                let connection = link.map(|link| link.id).unwrap_or_default();
                method(id.into_owned(), params.into_owned(), connection, RESPONSE_BYTES_MAX, extensions).await
            }
            // The method itself sends the answer, with the id that it is given.
            (MethodCallback::Subscription(_), Some(_)) if call.number.is_some() => {
                refusal(id, Fault::Params("the id of a subscription is text or a whole number".into()))
            }
            (MethodCallback::Subscription(method), Some(link)) => {
                let Some(permit) = link.subscriptions.acquire() else {
                    return refusal(id, reject_too_many_subscriptions(link.subscriptions.max()));
                };
                let state = SubscriptionState { conn_id: link.id, id_provider: &HexIds, subscription_permit: permit };
                method(id, params, link.sink.clone(), state, extensions).await
            }
            (MethodCallback::Unsubscription(method), Some(link)) => {
                method(id, params, link.id, RESPONSE_BYTES_MAX, extensions)
            }
            (MethodCallback::Subscription(_) | MethodCallback::Unsubscription(_), None) => {
                refusal(id, Fault::Unsupported("subscriptions need a WebSocket"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
