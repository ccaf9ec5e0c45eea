//! `edgeloom run`: a node of a network.

use crate::{arguments, genesis, keys, open, ready::Ready, signals::Signals};
use edgeloom_consensus::network::{self, Shared};
use edgeloom_rpc::{Node, RpcConfig, Submit, serve};
use edgeloom_types::Genesis;
use eyre::{Result, WrapErr, eyre};
use k256::ecdsa::SigningKey;
use std::sync::Arc;

/// Runs until it is told to stop, or until something fails for good.
///
/// # Errors
/// When files, ports or the data directory are not as asked, or when consensus stops.
#[tokio::main]
pub(crate) async fn command(arguments: arguments::Run) -> Result<()> {
    let mut signals = Signals::catch()?;
    let genesis = Arc::new(genesis::read(&arguments.genesis)?);
    let keys = keys::read(&arguments.keys)?;
    let identity = keys.identity();
    let shared = open::shared(open::store(&arguments.data)?, genesis.clone())?;
    open::bind(&arguments.data, identity)?;
    let config = network::Config {
        genesis: genesis.clone(),
        keys,
        listen: arguments.listen,
        peers: arguments.peers.into_iter().filter(|(peer, _)| *peer != identity).collect(),
        directory: open::consensus_path(&arguments.data),
    };
    let node = node(&genesis, &shared, Submit::Network, Vec::new());
    let server = serve(RpcConfig { address: arguments.rpc }, node).await.wrap_err("--rpc")?;
    let mut running = network::start(config, shared.clone())?;
    let ready = Ready {
        rpc: format!("http://{}", server.address),
        chain_id: genesis.chain_id(),
        genesis: shared.chain.lock().genesis_hash(),
        validators: Vec::new(),
    };
    let role = if genesis.committee().validator(&identity).is_some() { "validator" } else { "follower" };
    let text =
        format!("{role} {identity}\nchain {} of genesis {}\nlistening on {}", ready.chain_id, ready.genesis, ready.rpc);
    ready.print(arguments.json, &text)?;
    let fault = tokio::select! {
        () = signals.stop() => None,
        fault = running.fault() => Some(fault),
    };
    server.stop().await;
    tokio::task::spawn_blocking(move || running.stop()).await?;
    fault.map_or(Ok(()), |fault| Err(eyre!(fault)))
}

/// What the RPC server is given.
pub(crate) fn node(genesis: &Arc<Genesis>, shared: &Shared, submit: Submit, dev_keys: Vec<SigningKey>) -> Node {
    Node {
        store: shared.chain.lock().store().clone(),
        genesis: genesis.clone(),
        pool: shared.pool.clone(),
        feed: shared.feed.clone(),
        submit,
        dev_keys,
    }
}
