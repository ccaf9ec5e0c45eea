//! The small namespaces: `web3_*`, `net_*` and `rpc_modules`.

use crate::node::{Context, Submit};
use alloy::primitives::{B256, Bytes, keccak256};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::{collections::BTreeMap, sync::Arc};

#[rpc(server, namespace = "web3")]
pub(crate) trait Web3Api {
    #[method(name = "clientVersion")]
    fn client_version(&self) -> RpcResult<String>;

    #[method(name = "sha3")]
    fn sha3(&self, bytes: Bytes) -> RpcResult<B256>;
}

#[rpc(server, namespace = "net")]
pub(crate) trait NetApi {
    /// The chain id in decimal.
    #[method(name = "version")]
    fn version(&self) -> RpcResult<String>;

    #[method(name = "listening")]
    fn listening(&self) -> RpcResult<bool>;
}

#[rpc(server, namespace = "rpc")]
pub(crate) trait ModulesApi {
    #[method(name = "modules")]
    fn modules(&self) -> RpcResult<BTreeMap<&'static str, &'static str>>;
}

#[derive(Clone, Debug)]
pub(crate) struct Net {
    context: Arc<Context>,
}

impl Net {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

impl Web3ApiServer for Net {
    fn client_version(&self) -> RpcResult<String> {
        let (os, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        Ok(format!("edgeloom/v{}/{os}-{machine}/rust", env!("CARGO_PKG_VERSION")))
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
        Ok(matches!(self.context.submit, Submit::Network))
    }
}

impl ModulesApiServer for Net {
    fn modules(&self) -> RpcResult<BTreeMap<&'static str, &'static str>> {
        let mut modules: BTreeMap<_, _> = ["edge", "eth", "net", "rpc", "web3"].map(|module| (module, "1.0")).into();
        if self.context.solo().is_some() {
            modules.extend(["anvil", "evm", "hardhat"].map(|module| (module, "1.0")));
        }
        Ok(modules)
    }
}
