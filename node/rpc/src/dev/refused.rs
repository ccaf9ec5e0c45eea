//! Methods of anvil's that this chain has no answer to, and why: a sentence helps more than an unknown method.

use crate::error::Fault;
use alloy::primitives::{Address, B256, Bytes, U64};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use serde_json::Value;

#[rpc(server)]
pub(super) trait RefusedApi {
    /// Refused: a block is final. `evm_snapshot` and `evm_revert` go back.
    #[method(name = "anvil_rollback")]
    fn rollback(&self, depth: Option<U64>) -> RpcResult<()>;

    /// Refused: a block is final. `evm_snapshot` and `evm_revert` go back.
    #[method(name = "anvil_reorg")]
    fn reorg(&self, depth: U64, transactions: Option<Value>) -> RpcResult<()>;

    /// Refused: the chain id is genesis'.
    #[method(name = "anvil_setChainId")]
    fn set_chain_id(&self, id: U64) -> RpcResult<()>;

    /// Refused: this chain forks no other.
    #[method(name = "anvil_setRpcUrl")]
    fn set_rpc_url(&self, url: String) -> RpcResult<()>;

    /// Refused: precompiles answer as on every network of this chain.
    #[method(name = "anvil_impersonateSignature")]
    fn impersonate_signature(&self, signature: Bytes, address: Address) -> RpcResult<()>;

    /// Refused: there are no blobs.
    #[method(name = "anvil_getBlobByHash")]
    fn blob_by_hash(&self, hash: B256) -> RpcResult<Option<Bytes>>;

    /// Refused: there are no blobs.
    #[method(name = "anvil_getBlobsByTransactionHash")]
    fn blobs_by_transaction_hash(&self, hash: B256) -> RpcResult<Option<Vec<Bytes>>>;
}

#[derive(Debug)]
pub(super) struct Refused;

const FINAL: Fault =
    Fault::Unsupported("a block here is final: take an evm_snapshot and go back to it with evm_revert");
const NO_BLOBS: Fault = Fault::Unsupported("there are no blob transactions on this chain");

impl RefusedApiServer for Refused {
    fn rollback(&self, _depth: Option<U64>) -> RpcResult<()> {
        Err(FINAL.into())
    }

    fn reorg(&self, _depth: U64, _transactions: Option<Value>) -> RpcResult<()> {
        Err(FINAL.into())
    }

    fn set_chain_id(&self, _id: U64) -> RpcResult<()> {
        Err(Fault::Unsupported("the chain id is part of genesis: start another chain with --chain-id").into())
    }

    fn set_rpc_url(&self, _url: String) -> RpcResult<()> {
        Err(Fault::Unsupported("this chain cannot fork another").into())
    }

    fn impersonate_signature(&self, _signature: Bytes, _address: Address) -> RpcResult<()> {
        let sentence = "ecrecover answers here as on every network: impersonate the account instead";
        Err(Fault::Unsupported(sentence).into())
    }

    fn blob_by_hash(&self, _hash: B256) -> RpcResult<Option<Bytes>> {
        Err(NO_BLOBS.into())
    }

    fn blobs_by_transaction_hash(&self, _hash: B256) -> RpcResult<Option<Vec<Bytes>>> {
        Err(NO_BLOBS.into())
    }
}
