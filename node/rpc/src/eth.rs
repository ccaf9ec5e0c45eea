//! The `eth_*` methods, except filters and subscriptions. A missing block parameter means the newest block.

mod answers;

use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    primitives::{Address, B256, Bytes, U64, U256},
    rpc::types::{
        Block, BlockOverrides, EIP1186AccountProofResponse, FeeHistory, Filter, Index, Log, Transaction,
        TransactionReceipt, TransactionRequest, state::StateOverride,
    },
    serde::JsonStorageKey,
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};

pub(crate) use answers::Eth;

#[rpc(server, namespace = "eth")]
pub(crate) trait EthApi {
    #[method(name = "chainId")]
    fn chain_id(&self) -> RpcResult<U64>;

    #[method(name = "accounts")]
    fn accounts(&self) -> RpcResult<Vec<Address>>;

    #[method(name = "blockNumber")]
    fn block_number(&self) -> RpcResult<U64>;

    /// Always false: what is visible is final, and nothing is known of what is not.
    #[method(name = "syncing")]
    fn syncing(&self) -> RpcResult<bool>;

    #[method(name = "getBalance")]
    fn get_balance(&self, address: Address, block: Option<BlockId>) -> RpcResult<U256>;

    #[method(name = "getCode")]
    fn get_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<Bytes>;

    #[method(name = "getStorageAt")]
    fn get_storage_at(&self, address: Address, slot: JsonStorageKey, block: Option<BlockId>) -> RpcResult<B256>;

    #[method(name = "getTransactionCount")]
    fn get_transaction_count(&self, address: Address, block: Option<BlockId>) -> RpcResult<U64>;

    #[method(name = "getProof", blocking)]
    fn get_proof(
        &self,
        address: Address,
        keys: Vec<JsonStorageKey>,
        block: Option<BlockId>,
    ) -> RpcResult<EIP1186AccountProofResponse>;

    #[method(name = "call", blocking)]
    fn call(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<Bytes>;

    #[method(name = "estimateGas", blocking)]
    fn estimate_gas(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<U64>;

    #[method(name = "gasPrice", blocking)]
    fn gas_price(&self) -> RpcResult<U256>;

    #[method(name = "maxPriorityFeePerGas", blocking)]
    fn max_priority_fee_per_gas(&self) -> RpcResult<U256>;

    /// The floor of 1 wei: there are no blobs.
    #[method(name = "blobBaseFee")]
    fn blob_base_fee(&self) -> RpcResult<U64>;

    #[method(name = "feeHistory", blocking)]
    fn fee_history(&self, count: U64, newest: BlockNumberOrTag, percentiles: Option<Vec<f64>>)
    -> RpcResult<FeeHistory>;

    #[method(name = "sendTransaction")]
    async fn send_transaction(&self, request: TransactionRequest) -> RpcResult<B256>;

    #[method(name = "sendRawTransaction")]
    async fn send_raw_transaction(&self, bytes: Bytes) -> RpcResult<B256>;

    /// Returns the receipt once the transaction is final. Timeout in milliseconds, a minute at most.
    #[method(name = "sendRawTransactionSync")]
    async fn send_raw_transaction_sync(&self, bytes: Bytes, timeout_ms: Option<U64>) -> RpcResult<TransactionReceipt>;

    #[method(name = "getTransactionByHash")]
    fn get_transaction_by_hash(&self, hash: B256) -> RpcResult<Option<Transaction>>;

    #[method(name = "getTransactionReceipt")]
    fn get_transaction_receipt(&self, hash: B256) -> RpcResult<Option<TransactionReceipt>>;

    #[method(name = "getTransactionByBlockHashAndIndex")]
    fn get_transaction_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Transaction>>;

    #[method(name = "getTransactionByBlockNumberAndIndex")]
    fn get_transaction_by_block_number_and_index(
        &self,
        number: BlockNumberOrTag,
        index: Index,
    ) -> RpcResult<Option<Transaction>>;

    #[method(name = "getBlockByHash", blocking)]
    fn get_block_by_hash(&self, hash: B256, full: Option<bool>) -> RpcResult<Option<Block>>;

    #[method(name = "getBlockByNumber", blocking)]
    fn get_block_by_number(&self, number: BlockNumberOrTag, full: Option<bool>) -> RpcResult<Option<Block>>;

    #[method(name = "getBlockTransactionCountByHash")]
    fn get_block_transaction_count_by_hash(&self, hash: B256) -> RpcResult<Option<U64>>;

    #[method(name = "getBlockTransactionCountByNumber")]
    fn get_block_transaction_count_by_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<U64>>;

    #[method(name = "getBlockReceipts", blocking)]
    fn get_block_receipts(&self, block: BlockId) -> RpcResult<Option<Vec<TransactionReceipt>>>;

    #[method(name = "getLogs", blocking)]
    fn get_logs(&self, filter: Filter) -> RpcResult<Vec<Log>>;
}
