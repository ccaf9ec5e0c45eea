//! The port, and the limits of what comes through it.

use crate::{
    batch::Batches,
    chain::ChainReads,
    eth::{Eth, EthApiServer},
    filters::{FilterApiServer, Filters},
    net::{ModulesApiServer, Net, NetApiServer, Web3ApiServer},
    node::{Context, Node},
    subscribe::{SubscriptionApiServer, Subscriptions},
};
use edgeloom_node_api::ChainApiServer;
use jsonrpsee::{
    RpcModule,
    core::RegisterMethodError,
    server::{
        BatchRequestConfig, IdProvider, RandomIntegerIdProvider, ServerConfig, ServerHandle,
        middleware::rpc::RpcServiceBuilder,
    },
    types::SubscriptionId,
};
use std::{io, net::SocketAddr, sync::Arc};
use tower_http::cors::CorsLayer;

const REQUEST_BYTES_MAX: u32 = 10 * 1024 * 1024;
/// A full page of `edge_feed` is 16 MiB in hex.
const RESPONSE_BYTES_MAX: u32 = 64 * 1024 * 1024;
const BATCH_MAX: u32 = 1000;
const CONNECTIONS_MAX: u32 = 1024;
const SUBSCRIPTIONS_MAX: u32 = 128;

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
    #[error("the store cannot be read: {0}")]
    Store(String),
    #[error("two methods have one name: {0}")]
    Methods(#[from] RegisterMethodError),
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    /// Answers what is in progress, then ends.
    pub async fn stop(self) {
        if self.handle.stop().is_ok() {
            self.handle.stopped().await;
        }
    }
}

/// Serves HTTP and WebSocket on one port.
///
/// # Errors
/// [`ServeError`] when the port is taken or the store has no genesis.
pub async fn serve(config: RpcConfig, node: Node) -> Result<Server, ServeError> {
    let context = Context::new(node).map_err(|fault| ServeError::Store(fault.to_string()))?;
    let methods = methods(Arc::new(context))?;
    let limits = ServerConfig::builder()
        .max_request_body_size(REQUEST_BYTES_MAX)
        .max_response_body_size(RESPONSE_BYTES_MAX)
        .max_connections(CONNECTIONS_MAX)
        .max_subscriptions_per_connection(SUBSCRIPTIONS_MAX)
        .set_batch_request_config(BatchRequestConfig::Limit(BATCH_MAX))
        .set_tcp_no_delay(true)
        .set_id_provider(HexIds)
        .build();
    let batches =
        RpcServiceBuilder::new().layer_fn(|inner| Batches { inner, response_max: RESPONSE_BYTES_MAX as usize });
    let listen = |error| ServeError::Listen { address: config.address, error };
    let server = jsonrpsee::server::Server::builder()
        .set_config(limits)
        .set_http_middleware(tower::ServiceBuilder::new().layer(CorsLayer::permissive()))
        .set_rpc_middleware(batches)
        .build(config.address)
        .await
        .map_err(listen)?;
    let address = server.local_addr().map_err(listen)?;
    Ok(Server { address, handle: server.start(methods) })
}

fn methods(context: Arc<Context>) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(Eth::new(context.clone()).into_rpc())?;
    module.merge(Filters::new(context.clone()).into_rpc())?;
    module.merge(Subscriptions::new(context.clone()).into_rpc())?;
    module.merge(ChainReads::new(context.clone()).into_rpc())?;
    let net = Net::new(context);
    module.merge(Web3ApiServer::into_rpc(net.clone()))?;
    module.merge(NetApiServer::into_rpc(net.clone()))?;
    module.merge(ModulesApiServer::into_rpc(net))?;
    Ok(module)
}

/// Subscription ids as geth gives them: quantities in hex. Clients look a subscription up by the text of its id.
#[derive(Debug)]
struct HexIds;

impl IdProvider for HexIds {
    fn next_id(&self) -> SubscriptionId<'static> {
        match RandomIntegerIdProvider.next_id() {
            SubscriptionId::Num(id) => SubscriptionId::Str(format!("{id:#x}").into()),
            text @ SubscriptionId::Str(_) => text,
        }
    }
}
