//! The height of the newest block, as a watch: from `eth_subscribe` where the node has a WebSocket on the same port, by
//! asking every 100 ms where not. Blocks that the node shows are final, so a height never goes back.

use std::time::Duration;

use alloy::{
    primitives::U64,
    providers::{Provider, ProviderBuilder, RootProvider},
    rpc::{client::WsConnect, types::Header},
    transports::TransportError,
};
use futures::{StreamExt, future::pending, stream::BoxStream};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};
use url::Url;

use crate::rpc::Rpc;

/// Between two questions without a subscription.
const POLL: Duration = Duration::from_millis(100);
/// How long a subscription may be silent before the node is asked as well: an idle chain seals a block a second, a
/// development chain none.
const SILENCE: Duration = Duration::from_secs(2);
/// Longest attempt to subscribe, and the pause before the second; the pause doubles up to [`RESUBSCRIBE_MAX`].
const RESUBSCRIBE: Duration = Duration::from_secs(1);
const RESUBSCRIBE_MAX: Duration = Duration::from_secs(30);

/// Starts following. The task ends when every receiver is gone.
pub(crate) fn follow(rpc: Rpc, urls: &[Url], first: u64) -> watch::Receiver<u64> {
    let (heads, receiver) = watch::channel(first);
    tokio::spawn(run(rpc, urls.iter().filter_map(websocket).collect(), heads));
    receiver
}

/// A node's WebSocket address.
fn websocket(url: &Url) -> Option<Url> {
    let mut url = url.clone();
    url.set_scheme("ws").ok()?;
    Some(url)
}

struct Subscription {
    headers: BoxStream<'static, Header>,
    /// Dropping the provider would close the connection.
    _provider: RootProvider,
}

async fn run(rpc: Rpc, urls: Vec<Url>, heads: watch::Sender<u64>) {
    let mut subscription = None;
    let (mut subscribe_at, mut pause) = (Instant::now(), RESUBSCRIBE);
    let mut ask_at = Instant::now();
    loop {
        tokio::select! {
            () = heads.closed() => return,
            header = next(&mut subscription) => match header {
                Some(header) => {
                    show(&heads, header.number);
                    ask_at = Instant::now() + SILENCE;
                }
                None => {
                    subscription = None;
                    ask_at = Instant::now();
                }
            },
            () = sleep_until(ask_at) => {
                if let Ok(height) = rpc.once::<_, U64>("eth_blockNumber", (), None).await
                    && show(&heads, height.to())
                {
                    // Blocks that a subscription has not told of: its node is gone or behind.
                    subscription = None;
                }
                ask_at = Instant::now() + if subscription.is_some() { SILENCE } else { POLL };
            }
            () = sleep_until(subscribe_at), if subscription.is_none() && !urls.is_empty() => {
                subscription = subscribe(&rpc, &urls[rpc.turn.now() % urls.len()]).await;
                pause = if subscription.is_some() { RESUBSCRIBE } else { (pause * 2).min(RESUBSCRIBE_MAX) };
                subscribe_at = Instant::now() + pause;
            }
        }
    }
}

/// Whether it is a new one.
fn show(heads: &watch::Sender<u64>, height: u64) -> bool {
    heads.send_if_modified(|newest| {
        let newer = height > *newest;
        *newest = height.max(*newest);
        newer
    })
}

async fn subscribe(rpc: &Rpc, url: &Url) -> Option<Subscription> {
    let connect = WsConnect::new(url.as_str()).with_max_retries(0);
    let subscribed = timeout(rpc.deadlines.request.min(RESUBSCRIBE), async {
        let provider = ProviderBuilder::new().disable_recommended_fillers().connect_ws(connect).await?;
        let headers = provider.subscribe_blocks().await?.into_stream().boxed();
        Ok::<_, TransportError>(Subscription { headers, _provider: provider })
    });
    match subscribed.await {
        Ok(Ok(subscription)) => Some(subscription),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no WebSocket, asking instead");
            None
        }
        Err(_) => None,
    }
}

async fn next(subscription: &mut Option<Subscription>) -> Option<Header> {
    match subscription {
        Some(subscription) => subscription.headers.next().await,
        None => pending().await,
    }
}
