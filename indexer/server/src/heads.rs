//! Wakes the follower when the node has a new block. Only a hint: while no subscription is alive the follower polls more
//! often, and what it indexes never depends on this.

use crate::source::with_scheme;
use jsonrpsee::{
    core::client::{Subscription, SubscriptionClientT},
    rpc_params,
    ws_client::{PingConfig, WsClientBuilder},
};
use serde::de::IgnoredAny;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::sleep};
use url::Url;

const CONNECT: Duration = Duration::from_secs(5);
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// How often to look without being woken.
#[derive(Clone, Copy, Debug)]
pub struct Poll {
    /// While a subscription is alive.
    pub subscribed: Duration,
    /// While none is.
    pub alone: Duration,
}

impl Default for Poll {
    fn default() -> Self {
        Self { subscribed: Duration::from_secs(1), alone: Duration::from_millis(100) }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Heads {
    poll: Poll,
    wake: Arc<Notify>,
    subscribed: Arc<AtomicBool>,
}

impl Heads {
    pub fn new(poll: Poll) -> Self {
        Self { poll, ..Self::default() }
    }

    /// Returns when there may be a new block. A head that came since the last call counts.
    pub async fn next(&self) {
        let poll = if self.subscribed.load(Ordering::Relaxed) { self.poll.subscribed } else { self.poll.alone };
        tokio::select! {
            () = self.wake.notified() => {}
            () = sleep(poll) => {}
        }
    }

    /// Subscribes to one node after the other, forever.
    pub async fn listen(self, urls: Vec<Url>) {
        let mut retry = RETRY_MIN;
        for url in urls.iter().cycle() {
            match self.subscribe(url).await {
                Ok(heads) => {
                    retry = RETRY_MIN;
                    self.forward(heads).await;
                    tracing::debug!(%url, "the subscription to new heads ended");
                }
                Err(error) => tracing::debug!(%url, error, "no subscription to new heads"),
            }
            sleep(retry).await;
            retry = (retry * 2).min(RETRY_MAX);
        }
    }

    async fn subscribe(&self, url: &Url) -> Result<(Subscription<IgnoredAny>, impl Sized + use<>), String> {
        let url = with_scheme(url, "ws").map_err(|error| error.to_string())?;
        let builder = WsClientBuilder::default().connection_timeout(CONNECT).request_timeout(CONNECT);
        let client = builder.enable_ws_ping(PingConfig::default()).build(url.as_str()).await;
        let client = client.map_err(|error| error.to_string())?;
        let heads = client.subscribe("eth_subscribe", rpc_params!["newHeads"], "eth_unsubscribe").await;
        // The subscription lives as long as its client.
        Ok((heads.map_err(|error| error.to_string())?, client))
    }

    async fn forward(&self, (mut heads, _client): (Subscription<IgnoredAny>, impl Sized)) {
        self.subscribed.store(true, Ordering::Relaxed);
        // A head may have come between the last look and the subscription.
        self.wake.notify_one();
        while let Some(Ok(_)) = heads.next().await {
            self.wake.notify_one();
        }
        self.subscribed.store(false, Ordering::Relaxed);
        self.wake.notify_one();
    }
}
