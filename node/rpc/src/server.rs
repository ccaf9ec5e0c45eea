//! The port, and the limits of what comes through it.

use crate::{
    access_list::{AccessListApiServer, AccessLists},
    account::{AccountApiServer, WholeAccounts},
    archive::{Archive, ArchiveApiServer},
    buffers::Buffers,
    calls::Calls,
    chain::ChainReads,
    cors,
    debug::{Debug, DebugApiServer},
    descriptors,
    discover::{DiscoverApiServer, Discovery, ModulesApiServer},
    eth::{Eth, EthApiServer},
    fill::{Fill, FillApiServer},
    filters::{FilterApiServer, Filters},
    intake::Intake,
    ipc::{self, Ipc},
    lanes,
    meters::Gauges,
    net::{AdminApiServer, Net, NetApiServer, Web3ApiServer},
    node::{Context, Node},
    otterscan::{ErigonApiServer, Otterscan, OtterscanApiServer},
    parity::{Parity, TraceApiServer},
    room::Room,
    rules::{Rules, RulesApiServer},
    simulate::{Simulate, SimulateApiServer},
    storage_range::{StorageRangeApiServer, StorageRanges},
    subscribe::{SubscriptionApiServer, Subscriptions},
    txpool::{Txpool, TxpoolApiServer},
};
use axum::http::HeaderValue;
use edgeloom_listener::Listener;
use edgeloom_node_api::ChainApiServer;
use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all},
};
use jsonrpsee::{
    RpcModule,
    core::{RegisterMethodError, server::ConnectionId},
    server::{IdProvider, RandomIntegerIdProvider},
    types::SubscriptionId,
};
use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};

pub(crate) const REQUEST_BYTES_MAX: usize = 10 * 1024 * 1024;
/// A full page of `edge_feed` is 16 MiB in hex.
pub(crate) const RESPONSE_BYTES_MAX: usize = 64 * 1024 * 1024;
pub(crate) const CONNECTIONS_MAX: u32 = 1024;

/// No call takes longer; a connection that idles longer has been left.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(120);

/// How long stopping waits for answers in progress.
pub(crate) const STOP_MAX: Duration = Duration::from_secs(5);

/// Where to listen, and to whom.
#[derive(Clone, Debug)]
pub struct RpcConfig {
    /// Port 0 takes a free one.
    pub address: SocketAddr,
    /// A Unix socket beside the port; it is removed at the end.
    pub ipc: Option<PathBuf>,
    /// Origins whose pages may ask from a browser; without any, or with `*`, all may.
    pub cors: Vec<String>,
}

impl From<SocketAddr> for RpcConfig {
    /// The port alone, for pages of all origins.
    fn from(address: SocketAddr) -> Self {
        Self { address, ipc: None, cors: Vec::new() }
    }
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
    #[error("{0:?} is not an origin")]
    Origin(String),
    #[error("no thread can be started: {0}")]
    Threads(io::Error),
    #[error("cannot listen on {path}: {reason}")]
    Ipc { path: PathBuf, reason: String },
    #[error("two methods have one name: {0}")]
    Methods(#[from] RegisterMethodError),
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    ipc: Option<JoinHandle<()>>,
    lanes: Vec<lanes::Ended>,
    pub(crate) front: Arc<Front>,
}

impl Server {
    /// What can be measured of it while it runs.
    pub fn gauges(&self) -> Gauges {
        Gauges::new(self.front.clone())
    }

    /// Answers what is in progress, then ends: after 5 seconds at the latest, whatever callers do.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if timeout(STOP_MAX, self.front.disconnected()).await.is_err() {
            tracing::warn!("stopped with calls in progress");
        }
        // They wait for no more than this has.
        join_all(self.lanes).await;
        if let Some(ipc) = self.ipc
            && let Err(error) = ipc.await
        {
            tracing::error!(%error, "the Unix socket was not closed");
        }
    }
}

/// What every connection shares.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) context: Arc<Context>,
    pub(crate) calls: Calls,
    pub(crate) room: Room,
    pub(crate) buffers: Buffers,
    pub(crate) intake: Intake,
    /// Whose pages may ask; all, when there are none.
    pub(crate) origins: Vec<HeaderValue>,
    connections: AtomicUsize,
    /// One for each connection to the port.
    pub(crate) permits: Arc<Semaphore>,
    /// One for each connection to the Unix socket: its owner gets in however many are at the port.
    pub(crate) local: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
}

impl Front {
    pub(crate) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns when the server is to end.
    pub(crate) async fn stopped(&self) {
        // Stopped, or dropped.
        drop(self.stop.clone().wait_for(|stop| *stop).await);
    }

    /// Returns when nobody is connected.
    pub(crate) async fn disconnected(&self) {
        drop(self.permits.acquire_many(CONNECTIONS_MAX).await);
        drop(self.local.acquire_many(ipc::CONNECTIONS_MAX).await);
    }
}

/// Serves HTTP and WebSocket on one port.
///
/// The future is boxed so that this crate compiles what it runs, the whole HTTP server, at its own level of optimisation:
/// a caller who awaits an `async fn` compiles the body at the caller's.
///
/// # Errors
/// [`ServeError`] when the port or the socket is taken, the process may open too few files, or the store has no genesis.
pub fn serve(config: RpcConfig, node: Node) -> BoxFuture<'static, Result<Server, ServeError>> {
    start(config, node).boxed()
}

async fn start(config: RpcConfig, node: Node) -> Result<Server, ServeError> {
    descriptors::raise()?;
    let origins = cors::origins(config.cors)?;
    let context = Arc::new(Context::new(node).map_err(|fault| ServeError::Store(fault.to_string()))?);
    let calls = Calls::new(methods(context.clone())?.into(), context.turns.clone());
    let listen = |error| ServeError::Listen { address: config.address, error };
    let tcp = TcpListener::bind(config.address).await.map_err(listen)?;
    let address = tcp.local_addr().map_err(listen)?;
    let (stop, stopped) = watch::channel(false);
    let front = Arc::new(Front {
        context,
        calls,
        room: Room::default(),
        buffers: Buffers::default(),
        intake: Intake::default(),
        origins,
        connections: AtomicUsize::new(0),
        permits: Arc::new(Semaphore::new(CONNECTIONS_MAX as usize)),
        local: Arc::new(Semaphore::new(ipc::CONNECTIONS_MAX as usize)),
        stop: stopped,
    });
    let ipc = config.ipc.map(Ipc::bind).transpose()?;
    let ipc = ipc.map(|socket| tokio::spawn(ipc::serve(socket, front.clone())));
    let (lanes, ended) = lanes::start(&front).map_err(ServeError::Threads)?;
    let (listener, ending) = (Listener { tcp, permits: front.permits.clone(), idle_max: IDLE_MAX }, front.clone());
    tokio::spawn(lanes::deal(listener, lanes, async move { ending.stopped().await }));
    Ok(Server { address, stop, ipc, lanes: ended, front })
}

pub(crate) fn methods(context: Arc<Context>) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(Eth::new(context.clone()).into_rpc())?;
    module.merge(Filters::new(context.clone()).into_rpc())?;
    module.merge(Subscriptions::new(context.clone()).into_rpc())?;
    module.merge(ChainReads::new(context.clone()).into_rpc())?;
    module.merge(Archive::new(context.clone()).into_rpc())?;
    module.merge(Rules::new(context.clone()).into_rpc())?;
    module.merge(Fill::new(context.clone()).into_rpc())?;
    module.merge(WholeAccounts::new(context.clone()).into_rpc())?;
    module.merge(Simulate::new(context.clone()).into_rpc())?;
    module.merge(Txpool::new(context.clone()).into_rpc())?;
    module.merge(AccessListApiServer::into_rpc(AccessLists::new(context.clone())))?;
    module.merge(DebugApiServer::into_rpc(Debug::new(context.clone())))?;
    module.merge(StorageRanges::new(context.clone()).into_rpc())?;
    module.merge(TraceApiServer::into_rpc(Parity::new(context.clone())))?;
    module.merge(OtterscanApiServer::into_rpc(Otterscan::new(context.clone())))?;
    module.merge(ErigonApiServer::into_rpc(Otterscan::new(context.clone())))?;
    crate::dev::register(&mut module, &context)?;
    let net = Net::new(context);
    module.merge(Web3ApiServer::into_rpc(net.clone()))?;
    module.merge(NetApiServer::into_rpc(net.clone()))?;
    module.merge(AdminApiServer::into_rpc(net))?;
    let discovery = Discovery::default();
    module.merge(ModulesApiServer::into_rpc(discovery.clone()))?;
    module.merge(DiscoverApiServer::into_rpc(discovery.clone()))?;
    discovery.describe(module.method_names());
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
