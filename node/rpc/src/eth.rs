//! The `eth_*` methods, except filters and subscriptions. A missing block parameter means the newest block.

use crate::{
    cache::Record, call::Question, convert, error::Fault, node::Context, plain::TransactionRequest, progress::Syncing,
    turns::Turns,
};
use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    primitives::{Address, B256, Bytes, U64, U256},
    rpc::types::{
        Block, BlockOverrides, EIP1186AccountProofResponse, FeeHistory, Filter, Index, Transaction, TransactionReceipt,
        state::StateOverride,
    },
    serde::JsonStorageKey,
};
use jsonrpsee::{
    Extensions,
    core::{RpcResult, async_trait},
    proc_macros::rpc,
};
use serde_json::value::RawValue;
use std::{sync::Arc, time::Duration};

#[rpc(server, namespace = "eth")]
pub(crate) trait EthApi {
    /// The chain id (EIP-155).
    #[method(name = "chainId")]
    fn chain_id(&self) -> RpcResult<U64>;

    /// Accounts that this node signs for.
    #[method(name = "accounts")]
    fn accounts(&self) -> RpcResult<Vec<Address>>;

    /// Height of the newest final block.
    #[method(name = "blockNumber")]
    fn block_number(&self) -> RpcResult<U64>;

    /// How far this node is behind the newest final block that it heard of; false when that is no more than a few blocks.
    #[method(name = "syncing")]
    fn syncing(&self) -> RpcResult<Syncing>;

    /// Balance of an account, wei.
    #[method(name = "getBalance")]
    fn get_balance(&self, address: Address, block: Option<BlockId>) -> RpcResult<U256>;

    /// Code of an account.
    #[method(name = "getCode")]
    fn get_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<Bytes>;

    /// One storage slot of an account.
    #[method(name = "getStorageAt")]
    fn get_storage_at(&self, address: Address, slot: JsonStorageKey, block: Option<BlockId>) -> RpcResult<B256>;

    /// Nonce of an account; with `pending`, after what waits.
    #[method(name = "getTransactionCount")]
    fn get_transaction_count(&self, address: Address, block: Option<BlockId>) -> RpcResult<U64>;

    /// Merkle proof of an account and of slots of its storage (EIP-1186).
    #[method(name = "getProof")]
    fn get_proof(
        &self,
        address: Address,
        keys: Vec<JsonStorageKey>,
        block: Option<BlockId>,
    ) -> RpcResult<EIP1186AccountProofResponse>;

    /// Runs a call on a state and returns its output; nothing stays.
    #[method(name = "call", with_extensions)]
    async fn call(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<Bytes>;

    /// The least gas limit with which a transaction succeeds.
    #[method(name = "estimateGas")]
    fn estimate_gas(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<U64>;

    /// Wei per gas that gets a legacy transaction into a block soon.
    #[method(name = "gasPrice")]
    fn gas_price(&self) -> RpcResult<U256>;

    /// Tip that gets a transaction into a block soon, wei per gas.
    #[method(name = "maxPriorityFeePerGas")]
    fn max_priority_fee_per_gas(&self) -> RpcResult<U256>;

    /// The floor of 1 wei: there are no blobs.
    #[method(name = "blobBaseFee")]
    fn blob_base_fee(&self) -> RpcResult<U64>;

    /// Base fees, fullness and tips of recent blocks.
    #[method(name = "feeHistory")]
    fn fee_history(&self, count: U64, newest: BlockNumberOrTag, percentiles: Option<Vec<f64>>)
    -> RpcResult<FeeHistory>;

    /// Completes, signs and sends a transaction of one of this node's accounts.
    #[method(name = "sendTransaction", with_extensions)]
    async fn send_transaction(&self, request: TransactionRequest) -> RpcResult<B256>;

    /// Sends a signed transaction.
    #[method(name = "sendRawTransaction", with_extensions)]
    async fn send_raw_transaction(&self, bytes: Bytes) -> RpcResult<B256>;

    /// Returns the receipt once the transaction is final. Timeout in milliseconds, a minute at most.
    #[method(name = "sendRawTransactionSync", with_extensions)]
    async fn send_raw_transaction_sync(&self, bytes: Bytes, timeout_ms: Option<U64>) -> RpcResult<TransactionReceipt>;

    /// As `eth_sendTransaction`, and returns the receipt once the transaction is final. Timeout in milliseconds, a minute
    /// at most.
    #[method(name = "sendTransactionSync", with_extensions)]
    async fn send_transaction_sync(
        &self,
        request: TransactionRequest,
        timeout_ms: Option<U64>,
    ) -> RpcResult<TransactionReceipt>;

    /// A transaction, final or waiting.
    #[method(name = "getTransactionByHash", with_extensions)]
    async fn get_transaction_by_hash(&self, hash: B256) -> RpcResult<Option<Transaction>>;

    /// What a final transaction did.
    #[method(name = "getTransactionReceipt", with_extensions)]
    async fn get_transaction_receipt(&self, hash: B256) -> RpcResult<Option<TransactionReceipt>>;

    /// A block's transaction, by the block's hash.
    #[method(name = "getTransactionByBlockHashAndIndex")]
    fn get_transaction_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Transaction>>;

    /// A block's transaction, by the block's height or tag.
    #[method(name = "getTransactionByBlockNumberAndIndex")]
    fn get_transaction_by_block_number_and_index(
        &self,
        number: BlockNumberOrTag,
        index: Index,
    ) -> RpcResult<Option<Transaction>>;

    /// A block, with hashes of its transactions or whole ones.
    #[method(name = "getBlockByHash")]
    fn get_block_by_hash(&self, hash: B256, full: Option<bool>) -> RpcResult<Option<Block>>;

    /// A block by height or tag, with hashes of its transactions or whole ones.
    #[method(name = "getBlockByNumber")]
    fn get_block_by_number(&self, number: BlockNumberOrTag, full: Option<bool>) -> RpcResult<Option<Block>>;

    /// How many transactions a block has.
    #[method(name = "getBlockTransactionCountByHash")]
    fn get_block_transaction_count_by_hash(&self, hash: B256) -> RpcResult<Option<U64>>;

    /// How many transactions a block has.
    #[method(name = "getBlockTransactionCountByNumber")]
    fn get_block_transaction_count_by_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<U64>>;

    /// What the transactions of a block did.
    #[method(name = "getBlockReceipts")]
    fn get_block_receipts(&self, block: BlockId) -> RpcResult<Option<Vec<TransactionReceipt>>>;

    /// Logs of a range of blocks: 50,000 blocks and 10,000 logs at most.
    #[method(name = "getLogs")]
    fn get_logs(&self, filter: Filter) -> RpcResult<Box<RawValue>>;
}

#[derive(Debug)]
pub(crate) struct Eth {
    context: Arc<Context>,
}

impl Eth {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    /// The caller's.
    fn turns<'a>(&'a self, extensions: &'a Extensions) -> &'a Turns {
        extensions.get().unwrap_or(&self.context.turns)
    }

    async fn place(&self, hash: B256, extensions: &Extensions) -> Result<Option<(Arc<Record>, usize)>, Fault> {
        self.context.place_in_turn(hash, self.turns(extensions)).await
    }

    fn block(&self, id: impl Into<BlockId>, full: Option<bool>) -> Result<Option<Block>, Fault> {
        let record = self.context.record(id)?;
        Ok(record.map(|record| convert::block(&record, full.unwrap_or(false).into())))
    }

    fn transaction(&self, id: impl Into<BlockId>, index: Index) -> Result<Option<Transaction>, Fault> {
        let record = self.context.record(id)?.filter(|record| index.0 < record.transactions().len());
        Ok(record.map(|record| convert::transaction(&record, index.0)))
    }

    fn count(&self, id: impl Into<BlockId>) -> Result<Option<U64>, Fault> {
        Ok(self.context.record(id)?.map(|record| U64::from(record.transactions().len())))
    }
}

#[async_trait]
impl EthApiServer for Eth {
    fn chain_id(&self) -> RpcResult<U64> {
        Ok(U64::from(self.context.chain_id()))
    }

    fn accounts(&self) -> RpcResult<Vec<Address>> {
        Ok(self.context.accounts.clone())
    }

    fn block_number(&self) -> RpcResult<U64> {
        Ok(U64::from(self.context.tip()?.height.get()))
    }

    fn syncing(&self) -> RpcResult<Syncing> {
        Ok(self.context.syncing()?)
    }

    fn get_balance(&self, address: Address, block: Option<BlockId>) -> RpcResult<U256> {
        Ok(self.context.balance(address, block)?)
    }

    fn get_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<Bytes> {
        Ok(self.context.code(address, block)?)
    }

    fn get_storage_at(&self, address: Address, slot: JsonStorageKey, block: Option<BlockId>) -> RpcResult<B256> {
        Ok(self.context.storage(address, slot, block)?)
    }

    fn get_transaction_count(&self, address: Address, block: Option<BlockId>) -> RpcResult<U64> {
        Ok(U64::from(self.context.nonce(address, block)?))
    }

    fn get_proof(
        &self,
        address: Address,
        keys: Vec<JsonStorageKey>,
        block: Option<BlockId>,
    ) -> RpcResult<EIP1186AccountProofResponse> {
        Ok(self.context.proof(address, &keys, block)?)
    }

    async fn call(
        &self,
        extensions: &Extensions,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<Bytes> {
        let turns = self.turns(extensions);
        let question = Question { request: request.0, block, state, environment, shown_as: Some("eth_call") };
        Ok(self.context.call(question, turns).await?)
    }

    fn estimate_gas(
        &self,
        request: TransactionRequest,
        block: Option<BlockId>,
        state: Option<StateOverride>,
        environment: Option<Box<BlockOverrides>>,
    ) -> RpcResult<U64> {
        let shown_as = Some("eth_estimateGas");
        let question = Question { request: request.0, block, state, environment, shown_as };
        Ok(U64::from(self.context.estimate_gas(question)?))
    }

    fn gas_price(&self) -> RpcResult<U256> {
        Ok(U256::from(self.context.gas_price()?))
    }

    fn max_priority_fee_per_gas(&self) -> RpcResult<U256> {
        Ok(U256::from(self.context.suggested_tip()?))
    }

    fn blob_base_fee(&self) -> RpcResult<U64> {
        Ok(U64::from(1))
    }

    fn fee_history(
        &self,
        count: U64,
        newest: BlockNumberOrTag,
        percentiles: Option<Vec<f64>>,
    ) -> RpcResult<FeeHistory> {
        Ok(self.context.fee_history(count.to(), newest, percentiles.as_deref())?)
    }

    async fn send_transaction(&self, extensions: &Extensions, request: TransactionRequest) -> RpcResult<B256> {
        Ok(self.context.send(request.0, self.turns(extensions)).await?)
    }

    async fn send_raw_transaction(&self, extensions: &Extensions, bytes: Bytes) -> RpcResult<B256> {
        Ok(self.context.send_raw(bytes, self.turns(extensions)).await?)
    }

    async fn send_raw_transaction_sync(
        &self,
        extensions: &Extensions,
        bytes: Bytes,
        timeout_ms: Option<U64>,
    ) -> RpcResult<TransactionReceipt> {
        let (turns, timeout) = (self.turns(extensions), timeout_ms.map(|timeout| Duration::from_millis(timeout.to())));
        Ok(self.context.receipt_of(self.context.send_raw(bytes, turns), timeout, turns).await?)
    }

    async fn send_transaction_sync(
        &self,
        extensions: &Extensions,
        request: TransactionRequest,
        timeout_ms: Option<U64>,
    ) -> RpcResult<TransactionReceipt> {
        let (turns, timeout) = (self.turns(extensions), timeout_ms.map(|timeout| Duration::from_millis(timeout.to())));
        Ok(self.context.receipt_of(self.context.send(request.0, turns), timeout, turns).await?)
    }

    async fn get_transaction_by_hash(&self, extensions: &Extensions, hash: B256) -> RpcResult<Option<Transaction>> {
        // The pool first, as in `Context::transaction`.
        let waiting = self.context.pool.get(&hash);
        let found = self.place(hash, extensions).await?;
        let found = found.map(|(record, index)| convert::transaction(&record, index));
        Ok(found.or_else(|| waiting.map(|transaction| convert::pending(&transaction))))
    }

    async fn get_transaction_receipt(
        &self,
        extensions: &Extensions,
        hash: B256,
    ) -> RpcResult<Option<TransactionReceipt>> {
        Ok(self.place(hash, extensions).await?.map(|(record, index)| convert::receipt(&record, index)))
    }

    fn get_transaction_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Transaction>> {
        Ok(self.transaction(hash, index)?)
    }

    fn get_transaction_by_block_number_and_index(
        &self,
        number: BlockNumberOrTag,
        index: Index,
    ) -> RpcResult<Option<Transaction>> {
        Ok(self.transaction(number, index)?)
    }

    fn get_block_by_hash(&self, hash: B256, full: Option<bool>) -> RpcResult<Option<Block>> {
        Ok(self.block(hash, full)?)
    }

    fn get_block_by_number(&self, number: BlockNumberOrTag, full: Option<bool>) -> RpcResult<Option<Block>> {
        Ok(self.block(number, full)?)
    }

    fn get_block_transaction_count_by_hash(&self, hash: B256) -> RpcResult<Option<U64>> {
        Ok(self.count(hash)?)
    }

    fn get_block_transaction_count_by_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<U64>> {
        Ok(self.count(number)?)
    }

    fn get_block_receipts(&self, block: BlockId) -> RpcResult<Option<Vec<TransactionReceipt>>> {
        let record = self.context.record(block)?;
        let receipts = |record: &_, count| (0..count).map(|index| convert::receipt(record, index)).collect();
        Ok(record.map(|record| receipts(&record, record.receipts.len())))
    }

    fn get_logs(&self, filter: Filter) -> RpcResult<Box<RawValue>> {
        Ok(self.context.logs(&filter)?)
    }
}
