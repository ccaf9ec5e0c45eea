//! The port, and the limits of what comes through it.

use crate::{
    calls::Calls,
    chain::ChainReads,
    descriptors,
    eth::{Eth, EthApiServer},
    filters::{FilterApiServer, Filters},
    http,
    listener::{IDLE_MAX, Listener},
    net::{ModulesApiServer, Net, NetApiServer, Web3ApiServer},
    node::{Context, Node},
    room::Room,
    subscribe::{SubscriptionApiServer, Subscriptions},
    websocket,
};
use axum::{Router, routing::post};
use edgeloom_node_api::ChainApiServer;
use jsonrpsee::{
    RpcModule,
    core::{RegisterMethodError, server::ConnectionId},
    server::{IdProvider, RandomIntegerIdProvider},
    types::SubscriptionId,
};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    time::timeout,
};
use tower_http::cors::CorsLayer;

pub(crate) const REQUEST_BYTES_MAX: usize = 10 * 1024 * 1024;
/// A full page of `edge_feed` is 16 MiB in hex.
pub(crate) const RESPONSE_BYTES_MAX: usize = 64 * 1024 * 1024;
const CONNECTIONS_MAX: u32 = 1024;

/// How long stopping waits for answers in progress.
const STOP_MAX: Duration = Duration::from_secs(5);

/// Where to listen; port 0 takes a free one.
#[derive(Clone, Copy, Debug)]
pub struct RpcConfig {
    pub address: SocketAddr,
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("{have} open files are allowed and {least} are needed: raise the limit (ulimit -n)")]
    Descriptors { have: u64, least: u64 },
    #[error("the limit of open files cannot be raised: {0}")]
    Limits(io::Error),
    #[error("the store cannot be read: {0}")]
    Store(String),
    #[error("two methods have one name: {0}")]
    Methods(#[from] RegisterMethodError),
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    connections: Arc<Semaphore>,
}

impl Server {
    /// Answers what is in progress, then ends: after 5 seconds at the latest, whatever callers do.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let all = self.connections.acquire_many(CONNECTIONS_MAX);
        if timeout(STOP_MAX, all).await.is_err() {
            tracing::warn!("stopped with calls in progress");
        }
    }
}

/// What every connection shares.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    pub(crate) calls: Calls,
    pub(crate) room: Room,
    connections: Arc<AtomicUsize>,
    stop: watch::Receiver<bool>,
}

impl Front {
    pub(crate) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns when the server is to end.
    pub(crate) async fn stopped(&mut self) {
        // Stopped, or dropped.
        drop(self.stop.wait_for(|stop| *stop).await);
    }
}

/// Serves HTTP and WebSocket on one port.
///
/// # Errors
/// [`ServeError`] when the port is taken, the process may open too few files, or the store has no genesis.
pub async fn serve(config: RpcConfig, node: Node) -> Result<Server, ServeError> {
    descriptors::raise()?;
    let context = Context::new(node).map_err(|fault| ServeError::Store(fault.to_string()))?;
    let turns = context.turns.clone();
    let calls = Calls::new(methods(Arc::new(context))?.into(), turns);
    let listen = |error| ServeError::Listen { address: config.address, error };
    let tcp = TcpListener::bind(config.address).await.map_err(listen)?;
    let address = tcp.local_addr().map_err(listen)?;
    let (stop, stopped) = watch::channel(false);
    let front = Front { calls, room: Room::default(), connections: Arc::default(), stop: stopped };
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
    let listener = Listener { tcp, permits: connections.clone(), idle_max: IDLE_MAX };
    let mut ending = front.clone();
    let routes = Router::new().fallback(post(http::answer).get(websocket::upgrade));
    let routes = routes.layer(CorsLayer::permissive()).with_state(front);
    let serving = axum::serve(listener, routes).with_graceful_shutdown(async move { ending.stopped().await });
    tokio::spawn(serving.into_future());
    Ok(Server { address, stop, connections })
}

fn methods(context: Arc<Context>) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(Eth::new(context.clone()).into_rpc())?;
    module.merge(Filters::new(context.clone()).into_rpc())?;
    module.merge(Subscriptions::new(context.clone()).into_rpc())?;
    module.merge(ChainReads::new(context.clone()).into_rpc())?;
    crate::dev::register(&mut module, &context)?;
    let net = Net::new(context);
    module.merge(Web3ApiServer::into_rpc(net.clone()))?;
    module.merge(NetApiServer::into_rpc(net.clone()))?;
    module.merge(ModulesApiServer::into_rpc(net))?;
    Ok(module)
}

/// Subscription ids as geth gives them: quantities in hex. Clients look a subscription up by the text of its id.
#[derive(Debug)]
pub(crate) struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        match RandomIntegerIdProvider.next_id() {
            SubscriptionId::Num(id) => SubscriptionId::Str(format!("{id:#x}").into()),
            text @ SubscriptionId::Str(_) => text,
        }
    }
}
