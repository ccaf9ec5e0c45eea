//! From the text of a request to the text of its answer.
//!
//! Calls of a batch are answered in order and one after the other, with one exception: neighbouring calls that send raw
//! transactions run together, so that in dev mode they share a block instead of waiting for one each.

use crate::{
    error::Fault,
    room::{Answer, Room},
    server::{HexIds, RESPONSE_BYTES_MAX},
    turns::Turns,
};
use futures::{FutureExt, future::join_all};
use jsonrpsee::{
    Extensions,
    core::server::{
        BatchResponseBuilder, BoundedSubscriptions, ConnectionId, MethodCallback, MethodResponse, MethodSink, Methods,
        SubscriptionState, helpers::prepare_error,
    },
    types::{
        ErrorCode, ErrorObjectOwned, Id, Notification, Params, Request, TwoPointZero,
        error::{reject_too_big_batch_request, reject_too_many_subscriptions},
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    borrow::Cow,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};
use tokio::task::{consume_budget, yield_now};

const BATCH_MAX: usize = 1000;

/// After this long no further call of a batch is begun.
const BATCH_TIME_MAX: Duration = Duration::from_secs(30);

const SEND: &str = "eth_sendRawTransaction";

/// After this long in a batch its thread looks what else there is to do.
const STRETCH: Duration = Duration::from_millis(1);

/// Methods whose work grows with what they are asked. They run in turns; all others take microseconds, or wait.
pub(crate) const LONG: &[&str] = &[
    "edge_feed",
    "edge_supply",
    "eth_createAccessList",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_gasPrice",
    "eth_getAccount",
    "eth_getBlockByHash",
    "eth_getBlockByNumber",
    "eth_getBlockReceipts",
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
    batch_time_max: Duration,
}

/// What one message asks for.
pub(crate) enum Asked<'a> {
    One(Entry<'a>),
    /// Not parsed yet.
    Batch(&'a [u8]),
}

impl<'a> Asked<'a> {
    pub(crate) fn parse(body: &'a [u8]) -> Self {
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => Self::Batch(body),
            _ => Self::One(Entry::parse(body)),
        }
    }

    /// The call, if it is a single one of `method`.
    pub(crate) fn call_of(&self, method: &str) -> Option<&Request<'a>> {
        match self {
            Self::One(Entry::Call(request)) if request.method == method => Some(request),
            _ => None,
        }
    }
}

/// One element of a request.
pub(crate) enum Entry<'a> {
    Call(Request<'a>),
    Notification,
    Malformed(Id<'a>, ErrorCode),
}

impl<'a> Entry<'a> {
    fn parse(text: &'a [u8]) -> Self {
        if let Some(request) = serde_json::from_slice(text).ok().and_then(Frame::request) {
            return Self::Call(request);
        }
        if serde_json::from_slice::<Notification<'_, Option<&RawValue>>>(text).is_ok() {
            return Self::Notification;
        }
        let (id, code) = prepare_error(text);
        Self::Malformed(id, code)
    }
}

/// A call as jsonrpsee has it, read without a copy and without trying what its id might be.
#[derive(Deserialize)]
struct Frame<'a> {
    jsonrpc: TwoPointZero,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

impl<'a> Frame<'a> {
    /// `None` when the id is no id.
    fn request(self) -> Option<Request<'a>> {
        let id = self.id.get();
        let id = match id.as_bytes() {
            b"null" => Id::Null,
            [b'"', ..] => Id::Str(serde_json::from_str::<Text<'_>>(id).ok()?.0),
            _ => Id::Number(serde_json::from_str(id).ok()?),
        };
        let (method, params) = (self.method, self.params.map(Cow::Borrowed));
        Some(Request { jsonrpc: self.jsonrpc, id, method, params, extensions: Extensions::new() })
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn refusal(id: Id<'_>, error: impl Into<ErrorObjectOwned>) -> MethodResponse {
    MethodResponse::error(id, error.into())
}

impl Calls {
    pub(crate) fn new(methods: Methods, turns: Turns) -> Self {
        Self { methods, turns, traces: Turns::few(), batch_time_max: BATCH_TIME_MAX }
    }

    /// The share of another connection in the long work.
    pub(crate) fn turns(&self) -> Turns {
        self.turns.for_connection()
    }

    /// `None` when nothing is to be sent: after a notification, or when the link has the answer already.
    pub(crate) async fn answer(&self, asked: Asked<'_>, link: Option<&Link>, room: &Room) -> Option<Answer> {
        let own = link.is_none().then(|| self.turns.for_connection());
        let turns = link.map(|link| &link.turns).or(own.as_ref()).unwrap_or(&self.turns);
        let caller = Caller { link, turns };
        let (id, response) = match asked {
            Asked::Batch(body) => (Id::Null, self.batch(body, caller).await.unwrap_or_else(|too_large| too_large)),
            Asked::One(Entry::Call(request)) => (request.id.clone(), self.call(request, caller).await),
            Asked::One(Entry::Notification) => return None,
            Asked::One(Entry::Malformed(id, code)) => (id.clone(), refusal(id, code)),
        };
        let is_sent = response.is_subscription() || response.is_notification();
        (!is_sent).then(|| room.hold(id, response))
    }

    /// # Errors
    /// The answer, when the answers to the calls are too large together.
    async fn batch(&self, body: &[u8], caller: Caller<'_>) -> Result<MethodResponse, MethodResponse> {
        let Ok(entries) = serde_json::from_slice::<Vec<&RawValue>>(body) else {
            return Ok(refusal(Id::Null, ErrorCode::ParseError));
        };
        if entries.len() > BATCH_MAX {
            return Ok(refusal(Id::Null, reject_too_big_batch_request(BATCH_MAX)));
        }
        let began = Instant::now();
        let mut stretch = began;
        let mut answers = BatchResponseBuilder::new_with_limit(RESPONSE_BYTES_MAX);
        let mut sends = Vec::new();
        for entry in &entries {
            let entry = match Entry::parse(entry.get().as_bytes()) {
                Entry::Call(request) if request.method == SEND => {
                    sends.push(self.call(request, caller));
                    continue;
                }
                Entry::Notification => continue,
                other => other,
            };
            for sent in join_all(sends.drain(..)).await {
                answers.append(sent)?;
            }
            answers.append(match entry {
                Entry::Call(request) if began.elapsed() < self.batch_time_max => {
                    // Its neighbours on this thread want to go on as well.
                    consume_budget().await;
                    let answer = self.call(request, caller).await;
                    if stretch.elapsed() > STRETCH {
                        yield_now().await;
                        stretch = Instant::now();
                    }
                    answer
                }
                Entry::Call(request) => {
                    let late = format!("the batch took longer than {:?}: ask for less at once", self.batch_time_max);
                    refusal(request.id, Fault::Limit(late))
                }
                Entry::Notification => continue,
                Entry::Malformed(id, _) => refusal(id, ErrorCode::InvalidRequest),
            })?;
        }
        for sent in join_all(sends).await {
            answers.append(sent)?;
        }
        if answers.is_empty() && !entries.is_empty() {
            return Ok(MethodResponse::notification());
        }
        Ok(MethodResponse::from_batch(answers.finish()))
    }

    /// Where a caller whose share is `turns` waits for `method`; `None` when it takes no time.
    fn queue(&self, method: &str, turns: &Turns) -> Option<Turns> {
        if LONG.contains(&method) {
            return Some(turns.clone());
        }
        let traces = TRACING.iter().any(|namespace| method.starts_with(namespace));
        traces.then(|| self.traces.for_caller_of(turns))
    }

    /// A panic is our fault, not the end of the connection: the caller is told.
    async fn call(&self, request: Request<'_>, caller: Caller<'_>) -> MethodResponse {
        let id = request.id.clone();
        let response = AssertUnwindSafe(self.dispatch(request, caller)).catch_unwind().await;
        response.unwrap_or_else(|_| refusal(id, Fault::Internal("the method panicked".into())))
    }

    async fn dispatch(&self, request: Request<'_>, Caller { link, turns }: Caller<'_>) -> MethodResponse {
        let Request { id, method, params, extensions, .. } = request;
        let Some((name, method)) = self.methods.method_with_name(&method) else {
            return refusal(id, ErrorCode::MethodNotFound);
        };
        let params = Params::new(params.as_deref().map(RawValue::get));
        match (method, link) {
            (MethodCallback::Sync(method), _) => {
                let Some(queue) = self.queue(name, turns) else {
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
