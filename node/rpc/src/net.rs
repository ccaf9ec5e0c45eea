//! The small namespaces: `web3_*`, `net_*` and `admin_*`.

use crate::node::Context;
use alloy::{
    genesis::ChainConfig,
    primitives::{B256, Bytes, U64, keccak256},
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde::Serialize;
use std::sync::{Arc, atomic::Ordering};

#[rpc(server, namespace = "web3")]
pub(crate) trait Web3Api {
    /// Name, version and platform of this node.
    #[method(name = "clientVersion")]
    fn client_version(&self) -> RpcResult<String>;

    /// Keccak-256.
    #[method(name = "sha3")]
    fn sha3(&self, bytes: Bytes) -> RpcResult<B256>;
}

#[rpc(server, namespace = "net")]
pub(crate) trait NetApi {
    /// The chain id in decimal.
    #[method(name = "version", aliases = ["eth_networkId"])]
    fn version(&self) -> RpcResult<String>;

    /// Whether peers can connect.
    #[method(name = "listening")]
    fn listening(&self) -> RpcResult<bool>;

    /// Nodes that this one is linked to.
    #[method(name = "peerCount")]
    fn peer_count(&self) -> RpcResult<U64>;
}

#[rpc(server, namespace = "admin")]
pub(crate) trait AdminApi {
    /// What this node is and which chain it follows. It has no enode: peers meet by identity, not through devp2p.
    #[method(name = "nodeInfo")]
    fn node_info(&self) -> RpcResult<AboutNode>;
}

/// `admin_nodeInfo`, as far as this node has what geth shows.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AboutNode {
    name: String,
    protocols: Protocols,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Protocols {
    eth: Chain,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chain {
    network: u64,
    genesis: B256,
    head: B256,
    config: ChainConfig,
}

#[derive(Clone, Debug)]
pub(crate) struct Net {
    context: Arc<Context>,
}

impl Net {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    fn client_version(&self) -> String {
        let (os, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        let version = format!("edgeloom/v{}/{os}-{machine}/rust", env!("CARGO_PKG_VERSION"));
        // Hardhat's helpers offer what a development chain can only to clients whose name begins so.
        if self.context.solo().is_some() { format!("anvil/{version}") } else { version }
    }
}

impl Web3ApiServer for Net {
    fn client_version(&self) -> RpcResult<String> {
        Ok(self.client_version())
    }

    fn sha3(&self, bytes: Bytes) -> RpcResult<B256> {
        Ok(keccak256(bytes))
    }
}

impl NetApiServer for Net {
    fn version(&self) -> RpcResult<String> {
        Ok(self.context.chain_id().to_string())
    }

    fn listening(&self) -> RpcResult<bool> {
        Ok(true)
    }

    fn peer_count(&self) -> RpcResult<U64> {
        Ok(U64::from(self.context.peers.load(Ordering::Relaxed)))
    }
}

impl AdminApiServer for Net {
    fn node_info(&self) -> RpcResult<AboutNode> {
        let (genesis, head) = (self.context.genesis_hash, self.context.tip()?.hash);
        let (network, config) = (self.context.chain_id(), self.context.genesis.file().config.clone());
        let eth = Chain { network, genesis, head, config };
        Ok(AboutNode { name: self.client_version(), protocols: Protocols { eth } })
    }
}
