//! What a JSON-RPC answer costs at least: a bare jsonrpsee server whose methods read their parameters and answer
//! constants. It is compiled as the node's server is: see the profile.

use super::super::server::thread_cpu_seconds;
use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256},
    rpc::types::TransactionRequest,
};
use eyre::{Result, eyre};
use jsonrpsee::{
    RpcModule,
    server::{ServerBuilder, ServerHandle},
    types::ErrorObjectOwned,
};
use tokio::runtime::{Builder, Runtime};

/// Name of its threads.
const THREADS: &str = "floor";

pub(super) struct Floor {
    url: String,
    _server: ServerHandle,
    _runtime: Runtime,
}

impl Floor {
    /// Serves until it is dropped, on threads of its own.
    pub(super) fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().thread_name(THREADS).build()?;
        let (address, server) = runtime.block_on(async {
            let server = ServerBuilder::default().build("127.0.0.1:0").await?;
            let mut methods = RpcModule::new(());
            methods
                .register_method("eth_getBalance", |params, (), _| {
                    let _asked: (Address, BlockId) = params.parse()?;
                    Ok::<_, ErrorObjectOwned>(U256::from(1))
                })
                .map_err(|error| eyre!(error))?;
            methods
                .register_method("eth_call", |params, (), _| {
                    let _asked: (TransactionRequest, BlockId) = params.parse()?;
                    Ok::<_, ErrorObjectOwned>(B256::with_last_byte(1))
                })
                .map_err(|error| eyre!(error))?;
            Ok::<_, eyre::Report>((server.local_addr()?, server.start(methods)))
        })?;
        Ok(Self { url: format!("http://{address}"), _server: server, _runtime: runtime })
    }

    /// User and system time of its threads so far.
    pub(super) fn cpu_seconds(&self) -> Result<f64> {
        thread_cpu_seconds(THREADS)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}
