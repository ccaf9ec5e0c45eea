//! Going back, and what the chain says of itself.

use super::Bench;
use crate::error::Fault;
use alloy::{
    primitives::{B256, Bytes, U256, keccak256},
    rpc::types::anvil::{Metadata, NodeEnvironment, NodeForkConfig, NodeInfo},
};
use edgeloom_types::Height;
use jsonrpsee::{
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use serde_json::Value;

#[rpc(server)]
pub(super) trait ChainControlApi {
    /// Remembers the chain as it is now, for evm_revert.
    #[method(name = "evm_snapshot", aliases = ["anvil_snapshot"])]
    async fn snapshot(&self) -> RpcResult<U256>;

    /// False when there is no such snapshot, or not any more. It is used up, and later ones with it.
    #[method(name = "evm_revert", aliases = ["anvil_revert"])]
    async fn revert(&self, snapshot: U256) -> RpcResult<bool>;

    /// Back to genesis.
    #[method(name = "hardhat_reset", aliases = ["anvil_reset"])]
    async fn reset(&self, forking: Option<Value>) -> RpcResult<bool>;

    /// The state of the newest block, as the text of a JSON file.
    #[method(name = "anvil_dumpState", aliases = ["hardhat_dumpState"])]
    async fn dump_state(&self) -> RpcResult<Bytes>;

    /// Makes the accounts of such a file what it says of them.
    #[method(name = "anvil_loadState", aliases = ["hardhat_loadState"])]
    async fn load_state(&self, dump: Bytes) -> RpcResult<bool>;

    /// What this development chain is.
    #[method(name = "hardhat_metadata", aliases = ["anvil_metadata"])]
    fn metadata(&self) -> RpcResult<Metadata>;

    /// Whether transactions are printed.
    #[method(name = "hardhat_setLoggingEnabled", aliases = ["anvil_setLoggingEnabled"])]
    fn set_logging_enabled(&self, shown: bool) -> RpcResult<()>;

    /// The newest block, the rules and the fees of this development chain.
    #[method(name = "anvil_nodeInfo")]
    fn node_info(&self) -> RpcResult<NodeInfo>;

    /// When genesis was, in Unix seconds.
    #[method(name = "anvil_getGenesisTime")]
    fn genesis_time(&self) -> RpcResult<u64>;
}

#[derive(Debug)]
pub(super) struct ChainControl {
    bench: Bench,
    /// Of this process.
    instance: B256,
}

impl ChainControl {
    pub(super) fn new(bench: Bench) -> Self {
        Self { bench, instance: keccak256(B256::random()) }
    }
}

#[async_trait]
impl ChainControlApiServer for ChainControl {
    async fn snapshot(&self) -> RpcResult<U256> {
        Ok(U256::from(self.bench.run(|solo| Ok(solo.snapshot())).await?))
    }

    async fn revert(&self, snapshot: U256) -> RpcResult<bool> {
        let Ok(snapshot) = u64::try_from(snapshot) else { return Ok(false) };
        Ok(self.bench.run(move |solo| solo.revert(snapshot)).await?)
    }

    async fn reset(&self, forking: Option<Value>) -> RpcResult<bool> {
        let asks =
            |value: &Value| value.as_object().is_some_and(|object| object.values().any(|value| !value.is_null()));
        if forking.as_ref().is_some_and(asks) {
            return Err(Fault::Unsupported("this chain cannot fork another: reset without parameters").into());
        }
        self.bench.run(|solo| solo.restart()).await?;
        Ok(true)
    }

    async fn dump_state(&self) -> RpcResult<Bytes> {
        Ok(self.bench.run(|solo| solo.dump()).await?.into())
    }

    async fn load_state(&self, dump: Bytes) -> RpcResult<bool> {
        self.bench.run(move |solo| solo.load(&dump)).await?;
        Ok(true)
    }

    fn metadata(&self) -> RpcResult<Metadata> {
        let tip = self.bench.context.tip()?;
        let snapshots = self.bench.solo.snapshots().into_iter();
        Ok(Metadata {
            client_version: format!("edgeloom/v{}", env!("CARGO_PKG_VERSION")),
            client_semver: Some(env!("CARGO_PKG_VERSION").into()),
            client_commit_sha: None,
            chain_id: self.bench.context.chain_id(),
            instance_id: self.instance,
            latest_block_number: tip.height.get(),
            latest_block_hash: tip.hash,
            forked_network: None,
            snapshots: snapshots.map(|(id, height, hash)| (U256::from(id), (height.get(), hash))).collect(),
        })
    }

    fn set_logging_enabled(&self, shown: bool) -> RpcResult<()> {
        self.bench.solo.show_blocks(shown);
        Ok(())
    }

    fn genesis_time(&self) -> RpcResult<u64> {
        Ok(self.bench.context.header(Height::GENESIS)?.timestamp)
    }

    fn node_info(&self) -> RpcResult<NodeInfo> {
        let context = &self.bench.context;
        let tip = context.tip()?;
        let header = context.header(Height::new(tip.height.get()))?;
        Ok(NodeInfo {
            current_block_number: header.number,
            current_block_timestamp: header.timestamp,
            current_block_hash: tip.hash,
            hard_fork: "osaka".into(),
            transaction_order: "fees".into(),
            environment: NodeEnvironment {
                base_fee: context.next_base_fee()?.into(),
                chain_id: context.chain_id(),
                gas_limit: context.block_gas_limit()?,
                gas_price: context.gas_price()?,
            },
            fork_config: NodeForkConfig::default(),
            network: None,
        })
    }
}
