//! Reads of what is final, in shapes beside blocks and receipts: headers alone, transactions as they were signed, and
//! the transaction that used a nonce.

use crate::{cache::Record, convert, error::Fault, node::Context};
use alloy::{
    eips::{BlockId, BlockNumberOrTag, eip2718::Encodable2718},
    primitives::{Address, B256, Bytes, U64},
    rpc::types::{Block, Header, Index, Transaction},
};
use alloy_consensus::Transaction as _;
use edgeloom_types::{Account, Height};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use std::sync::Arc;

#[rpc(server, namespace = "eth")]
pub(crate) trait ArchiveApi {
    /// A block's header, by height or tag.
    #[method(name = "getHeaderByNumber")]
    fn get_header_by_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<Header>>;

    /// A block's header, by hash.
    #[method(name = "getHeaderByHash")]
    fn get_header_by_hash(&self, hash: B256) -> RpcResult<Option<Header>>;

    /// A transaction in its EIP-2718 form, final or waiting.
    #[method(name = "getRawTransactionByHash")]
    fn get_raw_transaction_by_hash(&self, hash: B256) -> RpcResult<Option<Bytes>>;

    /// A block's transaction in its EIP-2718 form, by the block's hash.
    #[method(name = "getRawTransactionByBlockHashAndIndex")]
    fn get_raw_transaction_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Bytes>>;

    /// A block's transaction in its EIP-2718 form, by the block's height or tag.
    #[method(name = "getRawTransactionByBlockNumberAndIndex")]
    fn get_raw_transaction_by_block_number_and_index(
        &self,
        number: BlockNumberOrTag,
        index: Index,
    ) -> RpcResult<Option<Bytes>>;

    /// The transaction of a sender that has this nonce, final or waiting.
    #[method(name = "getTransactionBySenderAndNonce")]
    fn get_transaction_by_sender_and_nonce(&self, sender: Address, nonce: U64) -> RpcResult<Option<Transaction>>;

    /// Always null: there are no uncles.
    #[method(name = "getUncleByBlockHashAndIndex")]
    fn get_uncle_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Block>>;

    /// Always null: there are no uncles.
    #[method(name = "getUncleByBlockNumberAndIndex")]
    fn get_uncle_by_block_number_and_index(&self, number: BlockNumberOrTag, index: Index) -> RpcResult<Option<Block>>;

    /// Zero for a block that exists: there are no uncles.
    #[method(name = "getUncleCountByBlockHash")]
    fn get_uncle_count_by_block_hash(&self, hash: B256) -> RpcResult<Option<U64>>;

    /// Zero for a block that exists: there are no uncles.
    #[method(name = "getUncleCountByBlockNumber")]
    fn get_uncle_count_by_block_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<U64>>;
}

#[derive(Debug)]
pub(crate) struct Archive {
    context: Arc<Context>,
}

impl Archive {
    pub(crate) const fn new(context: Arc<Context>) -> Self {
        Self { context }
    }

    fn header(&self, id: impl Into<BlockId>) -> Result<Option<Header>, Fault> {
        let id = id.into();
        if let Some(pending) = self.context.pending_at(Some(id))? {
            return Ok(Some(Header::new(pending.record.block.header().clone())));
        }
        let Some(height) = self.context.height(id)? else { return Ok(None) };
        Ok(Some(Header::new(self.context.header(height)?)))
    }

    fn raw(&self, id: impl Into<BlockId>, index: Index) -> Result<Option<Bytes>, Fault> {
        let record = self.context.record(id)?;
        let transaction = record.as_ref().and_then(|record| record.transactions().get(index.0));
        Ok(transaction.map(|transaction| transaction.encoded_2718().into()))
    }

    fn uncles(&self, id: impl Into<BlockId>) -> Result<Option<U64>, Fault> {
        Ok(self.context.height(id.into())?.map(|_| U64::ZERO))
    }
}

impl Context {
    pub(crate) fn raw_transaction(&self, hash: B256) -> Result<Option<Bytes>, Fault> {
        // The pool first, as in `transaction`.
        let waiting = self.pool.get(&hash);
        let found = self.place(hash)?.map(|(record, index)| record.transactions()[index].encoded_2718());
        Ok(found.or_else(|| waiting.map(|transaction| transaction.encoded_2718())).map(Bytes::from))
    }

    fn transaction_of(&self, sender: Address, nonce: u64) -> Result<Option<Transaction>, Fault> {
        // The pool first, as in `transaction`.
        let waiting = self.pool.find(sender, nonce).map(|transaction| convert::pending(&transaction));
        let mined = self.mined(sender, nonce)?;
        Ok(mined.map(|(record, index)| convert::transaction(&record, index)).or(waiting))
    }

    /// The block that used `nonce` of `sender`, and the transaction's index there. `None`, too, when an authorization
    /// used it (EIP-7702), or it is a contract's.
    pub(crate) fn mined(&self, sender: Address, nonce: u64) -> Result<Option<(Arc<Record>, usize)>, Fault> {
        let Some(height) = self.first_height(sender, |account| account.nonce > nonce)? else { return Ok(None) };
        let Some(record) = self.records.get(height)? else { return Ok(None) };
        let mut transactions = record.transactions().iter().zip(&record.senders);
        let index = transactions.position(|(transaction, signer)| *signer == sender && transaction.nonce() == nonce);
        Ok(index.map(|index| (record, index)))
    }

    /// The first height at which `holds` is true of the account. It must stay true: a nonce never falls, and code that
    /// a transaction has left behind stays. One read for each bit of the height.
    ///
    /// # Errors
    /// [`Fault::NoState`] when it was true already at the oldest height whose state is kept.
    pub(crate) fn first_height(
        &self,
        address: Address,
        holds: impl Fn(&Account) -> bool,
    ) -> Result<Option<Height>, Fault> {
        let at = |height: u64| -> Result<bool, Fault> {
            Ok(holds(&self.store.at(Height::new(height))?.account(address)?.unwrap_or_default()))
        };
        let (mut low, mut high) = (self.store.oldest().get(), self.tip()?.height.get());
        if !at(high)? {
            return Ok(None);
        }
        if low > 0 && at(low)? {
            at(low - 1)?;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle)? { high = middle } else { low = middle + 1 }
        }
        Ok(Some(Height::new(low)))
    }
}

impl ArchiveApiServer for Archive {
    fn get_header_by_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<Header>> {
        Ok(self.header(number)?)
    }

    fn get_header_by_hash(&self, hash: B256) -> RpcResult<Option<Header>> {
        Ok(self.header(hash)?)
    }

    fn get_raw_transaction_by_hash(&self, hash: B256) -> RpcResult<Option<Bytes>> {
        Ok(self.context.raw_transaction(hash)?)
    }

    fn get_raw_transaction_by_block_hash_and_index(&self, hash: B256, index: Index) -> RpcResult<Option<Bytes>> {
        Ok(self.raw(hash, index)?)
    }

    fn get_raw_transaction_by_block_number_and_index(
        &self,
        number: BlockNumberOrTag,
        index: Index,
    ) -> RpcResult<Option<Bytes>> {
        Ok(self.raw(number, index)?)
    }

    fn get_transaction_by_sender_and_nonce(&self, sender: Address, nonce: U64) -> RpcResult<Option<Transaction>> {
        Ok(self.context.transaction_of(sender, nonce.to())?)
    }

    fn get_uncle_by_block_hash_and_index(&self, _hash: B256, _index: Index) -> RpcResult<Option<Block>> {
        Ok(None)
    }

    fn get_uncle_by_block_number_and_index(&self, _number: BlockNumberOrTag, _: Index) -> RpcResult<Option<Block>> {
        Ok(None)
    }

    fn get_uncle_count_by_block_hash(&self, hash: B256) -> RpcResult<Option<U64>> {
        Ok(self.uncles(hash)?)
    }

    fn get_uncle_count_by_block_number(&self, number: BlockNumberOrTag) -> RpcResult<Option<U64>> {
        Ok(self.uncles(number)?)
    }
}
