//! `edgeloom run`: a node of a network.

use crate::{
    arguments::{self, Settings},
    genesis, keys,
    metrics::{Observed, Page, Served},
    open,
    ready::Ready,
    signals::Signals,
};
use edgeloom_consensus::network::{self, Running, Shared};
use edgeloom_rpc::{Node, RpcConfig, Server, Submit, serve};
use edgeloom_types::Genesis;
use eyre::{Result, eyre};
use k256::ecdsa::SigningKey;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How long consensus may take to close its storage: its own limit is 5 seconds.
const CONSENSUS_STOP: Duration = Duration::from_secs(7);
/// How long the answers in progress may take. Half a request would wait for its other half for ever.
const SERVER_STOP: Duration = Duration::from_secs(5);

/// Runs until it is told to stop, or until something fails for good.
///
/// # Errors
/// When files, ports or the data directory are not as asked, or when consensus stops.
pub(crate) async fn command(settings: Settings) -> Result<()> {
    let mut signals = Signals::catch()?;
    let genesis = Arc::new(genesis::read(&settings.genesis)?);
    let keys = keys::read(&settings.keys, settings.password_file.as_deref())?;
    let identity = keys.identity();
    // Before anything that counts.
    let page = settings.metrics.map(Page::bind).transpose()?;
    let store = open::store(&settings.data, &settings.storage)?;
    let shared = open::shared(store, genesis.clone())?;
    open::bind(&settings.data, identity)?;
    open::journal(&settings.data, &shared)?;
    let peers = settings.peers.iter().map(|peer| (peer.identity, peer.address));
    let config = network::Config {
        genesis: genesis.clone(),
        keys,
        listen: settings.listen,
        peers: peers.filter(|(peer, _)| *peer != identity).collect(),
        directory: open::consensus_path(&settings.data),
    };
    let node = node(&genesis, &shared, Submit::Network, Vec::new());
    let server = serve(doors(settings.rpc, &settings.doors, Some(&settings.data)), node).await?;
    let mut running = network::start(config, shared.clone())?;
    let served = page.map(|page| page.serve(Observed::new(&shared, server.gauges()))).transpose()?;
    let ready = Ready {
        rpc: format!("http://{}", server.address),
        chain_id: genesis.chain_id(),
        genesis: shared.chain.lock().genesis_hash(),
        validators: Vec::new(),
        metrics: served.iter().map(Served::url).collect(),
    };
    let role = if genesis.committee().seat_of(&identity).is_some() { "validator" } else { "follower" };
    let mut text =
        format!("{role} {identity}\nchain {} of genesis {}\nlistening on {}", ready.chain_id, ready.genesis, ready.rpc);
    if let Some(served) = &served {
        text.push_str(&format!("\nmetrics at {}", served.url()));
    }
    let started = || {
        served.iter().for_each(Served::started);
        ready.print(settings.json, &text)
    };
    let ended = tokio::select! {
        () = signals.stop() => Ok(()),
        ended = take_part(&mut running, started) => ended,
    };
    signals.exit_on_next();
    // A fault is printed last, and what holds up the end may be long.
    if let Err(fault) = &ended {
        tracing::error!("{fault:#}");
    }
    if let Some(served) = served {
        served.stop().await;
    }
    let stopping = tokio::task::spawn_blocking(move || running.stop());
    match timeout(CONSENSUS_STOP, stopping).await {
        Ok(stopped) => stopped?,
        Err(_) => tracing::warn!("consensus did not stop within {CONSENSUS_STOP:?}"),
    }
    stop(server).await;
    ended
}

/// Says that the node is ready once it is. Resolves only when consensus failed, or when nobody hears.
async fn take_part(running: &mut Running, ready: impl FnOnce() -> Result<()>) -> Result<()> {
    running.started().await?;
    ready()?;
    Err(eyre!(running.fault().await))
}

/// Answers what is in progress, but not for ever.
pub(crate) async fn stop(server: Server) {
    if timeout(SERVER_STOP, server.stop()).await.is_err() {
        tracing::warn!("requests were still in progress after {SERVER_STOP:?}");
    }
}

/// Longest path of a Unix socket, in bytes (unix(7)).
const SOCKET_PATH_MAX: usize = 107;

/// Where JSON-RPC is served. The socket in the data directory is left out where its path is too long for one: nobody
/// asked for it.
pub(crate) fn doors(address: SocketAddr, doors: &arguments::Doors, data: Option<&Path>) -> RpcConfig {
    let own = || {
        let path = data?.join("edgeloom.ipc");
        if path.as_os_str().len() > SOCKET_PATH_MAX {
            tracing::warn!(path = %path.display(), "too long for a Unix socket: choose another with --ipc");
            return None;
        }
        Some(path)
    };
    let ipc = if doors.no_ipc { None } else { doors.ipc.clone().or_else(own) };
    RpcConfig { address, ipc, cors: doors.cors.clone() }
}

/// What the RPC server is given.
pub(crate) fn node(genesis: &Arc<Genesis>, shared: &Shared, submit: Submit, dev_keys: Vec<SigningKey>) -> Node {
    let chain = shared.chain.lock();
    Node {
        store: chain.store().clone(),
        terms: chain.terms().clone(),
        genesis: genesis.clone(),
        pool: shared.pool.clone(),
        feed: shared.feed.clone(),
        heard: shared.heard.clone(),
        peers: shared.peers.clone(),
        submit,
        dev_keys,
    }
}
