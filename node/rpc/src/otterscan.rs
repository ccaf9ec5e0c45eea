//! The `ots_*` methods (API level 8) and the one of Erigon's that Otterscan calls first. Otterscan writes block numbers
//! as JSON numbers, others as quantities: both are read.

mod blocks;
mod internals;
mod places;
mod search;

use crate::{convert, error::Fault, node::Context};
use alloy::{
    eips::{BlockId, BlockNumberOrTag, eip1898::LenientBlockNumberOrTag as Number},
    primitives::{Address, B256, Bytes},
    rpc::types::{
        Header,
        trace::otterscan::{
            BlockDetails, ContractCreator, InternalOperation, OtsBlockTransactions, TransactionsWithReceipts,
        },
    },
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use search::Direction;
use serde_json::value::RawValue;
use std::sync::Arc;

const API_LEVEL: u64 = 8;

#[rpc(server, namespace = "ots")]
pub(crate) trait OtterscanApi {
    /// The version of these methods: 8.
    #[method(name = "getApiLevel")]
    fn get_api_level(&self) -> RpcResult<u64>;

    /// Whether an account has code.
    #[method(name = "hasCode")]
    fn has_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<bool>;

    /// Transfers and creations inside a transaction.
    #[method(name = "getInternalOperations")]
    fn get_internal_operations(&self, hash: B256) -> RpcResult<Vec<InternalOperation>>;

    /// What the transaction returned when it failed; nothing when it succeeded.
    #[method(name = "getTransactionError")]
    fn get_transaction_error(&self, hash: B256) -> RpcResult<Bytes>;

    /// A transaction's calls, as a flat list.
    #[method(name = "traceTransaction")]
    fn trace_transaction(&self, hash: B256) -> RpcResult<Option<Box<RawValue>>>;

    /// A block without logs, with its fees and reward.
    #[method(name = "getBlockDetails")]
    fn get_block_details(&self, number: Number) -> RpcResult<Option<BlockDetails>>;

    /// A block without logs, with its fees and reward.
    #[method(name = "getBlockDetailsByHash")]
    fn get_block_details_by_hash(&self, hash: B256) -> RpcResult<Option<BlockDetails>>;

    /// Page 0 has the last transactions of the block.
    #[method(name = "getBlockTransactions")]
    fn get_block_transactions(
        &self,
        number: Number,
        page: usize,
        size: usize,
    ) -> RpcResult<Option<OtsBlockTransactions>>;

    /// Transactions that name an address, in blocks before one.
    #[method(name = "searchTransactionsBefore")]
    fn search_transactions_before(
        &self,
        address: Address,
        number: Number,
        size: usize,
    ) -> RpcResult<TransactionsWithReceipts>;

    /// Transactions that name an address, in blocks after one.
    #[method(name = "searchTransactionsAfter")]
    fn search_transactions_after(
        &self,
        address: Address,
        number: Number,
        size: usize,
    ) -> RpcResult<TransactionsWithReceipts>;

    /// The hash of the transaction that used a nonce.
    #[method(name = "getTransactionBySenderAndNonce")]
    fn get_transaction_by_sender_and_nonce(&self, sender: Address, nonce: u64) -> RpcResult<Option<B256>>;

    /// Who created a contract, in which transaction.
    #[method(name = "getContractCreator")]
    fn get_contract_creator(&self, address: Address) -> RpcResult<Option<ContractCreator>>;
}

#[rpc(server, namespace = "erigon")]
pub(crate) trait ErigonApi {
    /// A header, by number.
    #[method(name = "getHeaderByNumber")]
    fn get_header_by_number(&self, number: Number) -> RpcResult<Option<Header>>;
}

#[derive(Debug)]
pub(crate) struct Otterscan {
    context: Arc<Context>,
}

impl Otterscan {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }
}

/// Searches begin at a number; zero is the end of the chain that they come from.
fn plain(number: Number) -> Result<u64, Fault> {
    match number.into() {
        BlockNumberOrTag::Number(number) => Ok(number),
        tag => Err(Fault::Params(format!("a search begins at a block number, not at \"{tag}\""))),
    }
}

impl OtterscanApiServer for Otterscan {
    fn get_api_level(&self) -> RpcResult<u64> {
        Ok(API_LEVEL)
    }

    fn has_code(&self, address: Address, block: Option<BlockId>) -> RpcResult<bool> {
        Ok(!self.context.code(address, block)?.is_empty())
    }

    fn get_internal_operations(&self, hash: B256) -> RpcResult<Vec<InternalOperation>> {
        Ok(self.context.internal_operations(hash)?)
    }

    fn get_transaction_error(&self, hash: B256) -> RpcResult<Bytes> {
        Ok(self.context.transaction_error(hash)?)
    }

    fn trace_transaction(&self, hash: B256) -> RpcResult<Option<Box<RawValue>>> {
        Ok(self.context.trace_entries(hash)?)
    }

    fn get_block_details(&self, number: Number) -> RpcResult<Option<BlockDetails>> {
        let record = self.context.record(number)?;
        Ok(record.map(|record| blocks::details(&record)))
    }

    fn get_block_details_by_hash(&self, hash: B256) -> RpcResult<Option<BlockDetails>> {
        let record = self.context.record(hash)?;
        Ok(record.map(|record| blocks::details(&record)))
    }

    fn get_block_transactions(
        &self,
        number: Number,
        page: usize,
        size: usize,
    ) -> RpcResult<Option<OtsBlockTransactions>> {
        let record = self.context.record(number)?;
        Ok(record.map(|record| blocks::page(&record, page, size)).transpose()?)
    }

    fn search_transactions_before(
        &self,
        address: Address,
        number: Number,
        size: usize,
    ) -> RpcResult<TransactionsWithReceipts> {
        Ok(self.context.search_transactions(address, Direction::Before(plain(number)?), size)?)
    }

    fn search_transactions_after(
        &self,
        address: Address,
        number: Number,
        size: usize,
    ) -> RpcResult<TransactionsWithReceipts> {
        Ok(self.context.search_transactions(address, Direction::After(plain(number)?), size)?)
    }

    fn get_transaction_by_sender_and_nonce(&self, sender: Address, nonce: u64) -> RpcResult<Option<B256>> {
        Ok(self.context.mined_hash(sender, nonce)?)
    }

    fn get_contract_creator(&self, address: Address) -> RpcResult<Option<ContractCreator>> {
        Ok(self.context.contract_creator(address)?)
    }
}

impl ErigonApiServer for Otterscan {
    fn get_header_by_number(&self, number: Number) -> RpcResult<Option<Header>> {
        let record = self.context.record(number)?;
        Ok(record.map(|record| convert::header(&record)))
    }
}
