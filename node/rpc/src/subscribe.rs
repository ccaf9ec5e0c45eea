//! `eth_subscribe`. The feed only wakes a subscription; what it sends it reads from the store by height, so a slow
//! reader falls behind and misses nothing.

use crate::{cache::Record, convert, error::Fault, logs, node::Context, progress::Progress, short::Short};
use alloy::{
    primitives::B256,
    rpc::types::{
        Filter, Header, Log, Transaction,
        pubsub::{Params, SubscriptionKind},
    },
};
use edgeloom_types::Height;
use jsonrpsee::{
    PendingSubscriptionSink, SubscriptionSink,
    core::{SubscriptionResult, async_trait},
    proc_macros::rpc,
};
use serde::Serialize;
use std::sync::Arc;
use tokio::{sync::broadcast::error::RecvError, task::yield_now};

/// After so many logs of a block its thread looks what else there is to do.
const STRETCH: usize = 256;

#[rpc(server, namespace = "eth")]
pub(crate) trait SubscriptionApi {
    /// Sends heads, logs, transactions that come to wait, or whether the node catches up.
    #[subscription(name = "subscribe" => "subscription", unsubscribe = "unsubscribe", item = Item)]
    async fn subscribe(&self, kind: SubscriptionKind, params: Option<Short<Params>>) -> SubscriptionResult;
}

/// What a subscription sends.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Item {
    Head(Box<Header>),
    Log(Box<Log>),
    Hash(B256),
    Transaction(Box<Transaction>),
    /// As geth tells it: the end is a bare false.
    Behind {
        syncing: bool,
        status: Progress,
    },
    Synced(bool),
}

#[derive(Debug)]
pub(crate) struct Subscriptions {
    context: Arc<Context>,
}

impl Subscriptions {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

/// The reader went away, or the node stops: either way nothing more is sent.
struct Ended;

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "a subscription ended");
        Self
    }
}

async fn send(sink: &SubscriptionSink, item: Item) -> Result<(), Ended> {
    let message = serde_json::value::to_raw_value(&item).map_err(|error| Fault::Internal(error.to_string()))?;
    sink.send(message).await.map_err(|_| Ended)
}

/// What is sent of each block.
enum News {
    Head,
    Logs(Box<Filter>),
}

impl News {
    /// Nothing is made before what is before it was taken: a reader that takes nothing has the block as others have it,
    /// and nothing of his own.
    async fn send(&self, record: &Record, sink: &SubscriptionSink) -> Result<(), Ended> {
        let filter = match self {
            Self::Head => return send(sink, Item::Head(Box::new(convert::header(record)))).await,
            Self::Logs(filter) => filter,
        };
        for (count, emitted) in convert::all_emitted(record).enumerate() {
            if count % STRETCH == STRETCH - 1 {
                yield_now().await;
                if sink.is_closed() {
                    return Err(Ended);
                }
            }
            if logs::matches(filter, emitted.log) {
                send(sink, Item::Log(Box::new(convert::log(record, emitted)))).await?;
            }
        }
        Ok(())
    }
}

/// Sends the news of each final block from now on.
async fn blocks(context: Arc<Context>, sink: SubscriptionSink, news: News) -> Result<(), Ended> {
    // Subscribed before the tip is read: no block falls between.
    let mut feed = context.feed.subscribe();
    let mut cursor = context.store.cursor(None);
    loop {
        while let Some(tip) = context.store.follow(&mut cursor)
            && cursor.next <= tip.height.get()
        {
            let revision = context.store.revision();
            let Some(record) = context.records.get(Height::new(cursor.next))? else {
                // Taken back in this moment, or missing.
                if context.store.revision() == revision {
                    return Err(Fault::NoHeader.into());
                }
                continue;
            };
            cursor.next += 1;
            news.send(&record, &sink).await?;
        }
        let woken = tokio::select! {
            woken = feed.changed() => woken,
            () = sink.closed() => return Err(Ended),
        };
        woken.map_err(|_| Ended)?;
    }
}

async fn pending(context: Arc<Context>, sink: SubscriptionSink, full: bool) -> Result<(), Ended> {
    let mut admissions = context.pool.subscribe();
    loop {
        let admitted = tokio::select! {
            admitted = admissions.recv() => admitted,
            () = sink.closed() => return Err(Ended),
        };
        match admitted {
            Ok(hash) if full => {
                if let Some(transaction) = context.transaction(hash)? {
                    send(&sink, Item::Transaction(Box::new(transaction))).await?;
                }
            }
            Ok(hash) => send(&sink, Item::Hash(hash)).await?,
            // Which waits is news, not a record: a slow reader misses some.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Err(Ended),
        }
    }
}

/// Sends whether the node catches up, now and whenever that changes.
async fn syncing(context: Arc<Context>, sink: SubscriptionSink) -> Result<(), Ended> {
    let (mut feed, mut heard) = (context.feed.subscribe(), context.heard.subscribe());
    let mut told = None;
    loop {
        let now = context.syncing()?.0;
        if told.replace(now.is_some()) != Some(now.is_some()) {
            let item = now.map_or(Item::Synced(false), |status| Item::Behind { syncing: true, status });
            send(&sink, item).await?;
        }
        let woken = tokio::select! {
            woken = feed.changed() => woken,
            woken = heard.changed() => woken,
            () = sink.closed() => return Err(Ended),
        };
        woken.map_err(|_| Ended)?;
    }
}

/// What is asked for, or the sentence that refuses it.
enum Wish {
    Blocks(News),
    Pending { full: bool },
    Syncing,
}

impl Wish {
    fn new(kind: SubscriptionKind, params: Params) -> Result<Self, Fault> {
        match (kind, params) {
            (SubscriptionKind::NewHeads, Params::None) => Ok(Self::Blocks(News::Head)),
            (SubscriptionKind::Logs, Params::None) => Ok(Self::Blocks(News::Logs(Box::default()))),
            (SubscriptionKind::Logs, Params::Logs(filter)) => {
                logs::check(&filter).map(|()| Self::Blocks(News::Logs(filter)))
            }
            (SubscriptionKind::NewPendingTransactions, Params::None) => Ok(Self::Pending { full: false }),
            (SubscriptionKind::NewPendingTransactions, Params::Bool(full)) => Ok(Self::Pending { full }),
            (SubscriptionKind::Syncing, Params::None) => Ok(Self::Syncing),
            (kind, _) => Err(Fault::Params(format!("no such subscription: {kind:?} with these parameters"))),
        }
    }
}

#[async_trait]
impl SubscriptionApiServer for Subscriptions {
    async fn subscribe(
        &self,
        pending_sink: PendingSubscriptionSink,
        kind: SubscriptionKind,
        params: Option<Short<Params>>,
    ) -> SubscriptionResult {
        let wish = match Wish::new(kind, params.map(|Short(params)| params).unwrap_or_default()) {
            Ok(wish) => wish,
            Err(fault) => {
                pending_sink.reject(jsonrpsee::types::ErrorObjectOwned::from(fault)).await;
                return Ok(());
            }
        };
        let sink = pending_sink.accept().await?;
        let context = self.context.clone();
        // How it ended is of no interest: the reader is gone, or the fault is in the log.
        tokio::spawn(async move { drop(serve(context, sink, wish).await) });
        Ok(())
    }
}

async fn serve(context: Arc<Context>, sink: SubscriptionSink, wish: Wish) -> Result<(), Ended> {
    match wish {
        Wish::Blocks(news) => blocks(context, sink, news).await,
        Wish::Pending { full } => pending(context, sink, full).await,
        Wish::Syncing => syncing(context, sink).await,
    }
}

#[cfg(test)]
mod tests;
