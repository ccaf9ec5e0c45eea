//! What a JSON-RPC answer costs at least: a bare jsonrpsee server with one method that answers a constant.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
};
use eyre::{Result, eyre};
use jsonrpsee::{
    RpcModule,
    server::{ServerBuilder, ServerHandle},
    types::ErrorObjectOwned,
};
use tokio::runtime::Runtime;

pub(super) struct Floor {
    url: String,
    _server: ServerHandle,
    _runtime: Runtime,
}

impl Floor {
    /// Serves until it is dropped, on threads of its own.
    pub(super) fn start() -> Result<Self> {
        let runtime = Runtime::new()?;
        let (address, server) = runtime.block_on(async {
            let server = ServerBuilder::default().build("127.0.0.1:0").await?;
            let mut methods = RpcModule::new(());
            methods
                .register_method("eth_getBalance", |params, (), _| {
                    let _asked: (Address, BlockId) = params.parse()?;
                    Ok::<_, ErrorObjectOwned>(U256::from(1))
                })
                .map_err(|error| eyre!(error))?;
            Ok::<_, eyre::Report>((server.local_addr()?, server.start(methods)))
        })?;
        Ok(Self { url: format!("http://{address}"), _server: server, _runtime: runtime })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}
