//! Wire shapes of blocks, transactions, receipts and logs: the one place that makes them.

use crate::cache::Record;
use alloy::{
    consensus::Transaction as _,
    primitives::{Log as Inner, U256},
    rpc::types::{Block, BlockTransactions, Header, Log, Transaction, TransactionReceipt},
};
use alloy_consensus::{BlockBody, Header as ConsensusHeader, TxEnvelope, transaction::Recovered};
use alloy_rlp::Encodable;

/// How a block lists its transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    Hashes,
    Full,
}

impl From<bool> for Detail {
    fn from(full: bool) -> Self {
        if full { Self::Full } else { Self::Hashes }
    }
}

pub(crate) fn block(record: &Record, detail: Detail) -> Block {
    let transactions = record.transactions();
    let transactions = match detail {
        Detail::Hashes => {
            BlockTransactions::Hashes(transactions.iter().map(|transaction| *transaction.tx_hash()).collect())
        }
        Detail::Full => {
            BlockTransactions::Full((0..transactions.len()).map(|index| transaction(record, index)).collect())
        }
    };
    let header = Header { size: Some(size(record.block.header(), record.transactions())), ..header(record) };
    Block { header, uncles: Vec::new(), transactions, withdrawals: Some(Default::default()) }
}

pub(crate) fn header(record: &Record) -> Header {
    Header { hash: record.hash(), inner: record.block.header().clone(), total_difficulty: None, size: None }
}

/// Bytes of the block in Ethereum's own encoding.
pub(crate) fn size(header: &ConsensusHeader, transactions: &[TxEnvelope]) -> U256 {
    U256::from(ethereum(header, transactions).length())
}

/// The block as Ethereum encodes it: without what only this chain has.
pub(crate) fn ethereum(
    header: &ConsensusHeader,
    transactions: &[TxEnvelope],
) -> alloy_consensus::Block<TxEnvelope, ConsensusHeader> {
    let body =
        BlockBody { transactions: transactions.to_vec(), ommers: Vec::new(), withdrawals: Some(Default::default()) };
    alloy_consensus::Block::new(header.clone(), body)
}

pub(crate) fn transaction(record: &Record, index: usize) -> Transaction {
    let inner = record.transactions()[index].clone();
    Transaction {
        effective_gas_price: Some(inner.effective_gas_price(Some(record.base_fee()))),
        inner: Recovered::new_unchecked(inner, record.senders[index]),
        block_hash: Some(record.hash()),
        block_number: Some(record.height()),
        transaction_index: Some(index as u64),
        block_timestamp: Some(record.block.header().timestamp),
    }
}

/// A transaction that waits in the pool.
pub(crate) fn pending(transaction: &Recovered<TxEnvelope>) -> Transaction {
    Transaction {
        inner: transaction.clone(),
        block_hash: None,
        block_number: None,
        transaction_index: None,
        effective_gas_price: None,
        block_timestamp: None,
    }
}

pub(crate) fn receipt(record: &Record, index: usize) -> TransactionReceipt {
    let (transaction, from) = (&record.transactions()[index], record.senders[index]);
    let mut logs = logs(record, index).collect::<Vec<_>>().into_iter();
    TransactionReceipt {
        inner: record.receipts[index].clone().map_logs(|_| logs.next().expect("as many as the receipt has")),
        transaction_hash: *transaction.tx_hash(),
        transaction_index: Some(index as u64),
        block_hash: Some(record.hash()),
        block_number: Some(record.height()),
        gas_used: record.gas_used(index),
        effective_gas_price: transaction.effective_gas_price(Some(record.base_fee())),
        blob_gas_used: None,
        blob_gas_price: None,
        from,
        to: transaction.to(),
        contract_address: transaction.is_create().then(|| from.create(transaction.nonce())),
    }
}

/// The logs of one transaction.
pub(crate) fn logs(record: &Record, index: usize) -> impl Iterator<Item = Log> + '_ {
    emitted(record, index).map(|emitted| log(record, emitted))
}

/// A log, and where in its block it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emitted<'a> {
    pub(crate) log: &'a Inner,
    /// Index of its transaction.
    index: usize,
    position: u64,
}

/// Every log of the block, as it lies there.
pub(crate) fn all_emitted(record: &Record) -> impl Iterator<Item = Emitted<'_>> {
    (0..record.receipts.len()).flat_map(|index| emitted(record, index))
}

fn emitted(record: &Record, index: usize) -> impl Iterator<Item = Emitted<'_>> {
    let logs = record.receipts[index].logs().iter().zip(record.first_log[index]..);
    logs.map(move |(log, position)| Emitted { log, index, position })
}

pub(crate) fn log(record: &Record, emitted: Emitted<'_>) -> Log {
    Log {
        inner: emitted.log.clone(),
        block_hash: Some(record.hash()),
        block_number: Some(record.height()),
        block_timestamp: Some(record.block.header().timestamp),
        transaction_hash: Some(*record.transactions()[emitted.index].tx_hash()),
        transaction_index: Some(emitted.index as u64),
        log_index: Some(emitted.position),
        removed: false,
    }
}
