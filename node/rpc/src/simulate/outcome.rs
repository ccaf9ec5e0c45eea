//! What a simulated block did, in the shapes of blocks that exist.

use super::code;
use crate::{
    convert::{self, Detail},
    error::reverted,
    logs::json_bytes,
    server::RESPONSE_BYTES_MAX,
};
use alloy::{
    consensus::Transaction as _,
    primitives::{Address, B256, Bloom, Bytes},
    rpc::types::{
        Block, BlockTransactions, Header as RpcHeader, Log, Transaction,
        simulate::{SimCallResult, SimulateError, SimulatedBlock},
    },
};
use alloy_consensus::{
    Eip658Value, Header, Receipt, ReceiptEnvelope, TxEnvelope,
    proofs::{calculate_receipt_root, calculate_transaction_root},
    transaction::Recovered,
};
use edgeloom_evm::{BlockEnvironment, Transfers};
use revm::context::result::{ExecutionResult, HaltReason};

/// Most bytes of results in an answer; around them are the transactions, which are as large as the question.
pub(super) const BYTES_MAX: usize = RESPONSE_BYTES_MAX / 2;

/// At least the bytes of one call's result in JSON without its data.
const FRAME_BYTES: usize = 1_000;

/// A block that is not sealed yet.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) gas_used: u64,
    transactions: Vec<TxEnvelope>,
    senders: Vec<Address>,
    receipts: Vec<ReceiptEnvelope>,
    calls: Vec<SimCallResult>,
    logs: u64,
}

impl Draft {
    /// Adds a transaction that ran; how many bytes its result is in an answer.
    pub(super) fn push(&mut self, transaction: TxEnvelope, sender: Address, result: ExecutionResult) -> usize {
        self.gas_used += result.tx_gas_used();
        let (hash, index) = (*transaction.tx_hash(), self.calls.len() as u64);
        let call = self.outcome(result, hash, index);
        let receipt = Receipt {
            status: Eip658Value::Eip658(call.status),
            cumulative_gas_used: self.gas_used,
            // What no contract wrote is shown and not part of the block.
            logs: call.logs.iter().map(|log| log.inner.clone()).filter(|log| !Transfers::wrote(log)).collect(),
        };
        self.receipts.push(ReceiptEnvelope::from_typed(transaction.tx_type(), receipt.with_bloom()));
        let logs: usize = call.logs.iter().map(json_bytes).sum();
        let bytes = FRAME_BYTES + 4 * call.return_data.len() + logs;
        self.transactions.push(transaction);
        self.senders.push(sender);
        self.calls.push(call);
        bytes
    }

    fn outcome(&mut self, result: ExecutionResult, hash: B256, index: u64) -> SimCallResult {
        let (gas_used, gas_most) = (result.tx_gas_used(), result.gas().total_gas_spent());
        let error = error(&result);
        let status = result.is_success();
        let return_data = result.output().cloned().unwrap_or_default();
        let logs = if status { result.into_logs() } else { Vec::new() };
        let first = self.logs;
        self.logs += logs.len() as u64;
        let logs = logs.into_iter().zip(first..).map(|(inner, position)| Log {
            inner,
            transaction_hash: Some(hash),
            transaction_index: Some(index),
            log_index: Some(position),
            ..Log::default()
        });
        SimCallResult {
            return_data,
            logs: logs.collect(),
            gas_used,
            max_used_gas: Some(gas_most.max(gas_used)),
            status,
            error,
        }
    }

    /// The block, and its header for the next one.
    pub(super) fn seal(self, environment: &BlockEnvironment, parent: &Header, full: bool) -> (SimulatedBlock, Header) {
        let header = Header {
            parent_hash: environment.parent_hash,
            number: environment.number,
            timestamp: environment.timestamp,
            beneficiary: environment.beneficiary,
            gas_limit: environment.gas_limit,
            gas_used: self.gas_used,
            base_fee_per_gas: Some(environment.base_fee),
            mix_hash: environment.prevrandao,
            transactions_root: calculate_transaction_root(&self.transactions),
            receipts_root: calculate_receipt_root(&self.receipts),
            logs_bloom: self.receipts.iter().fold(Bloom::ZERO, |bloom, receipt| bloom | *receipt.logs_bloom()),
            state_root: B256::ZERO,
            extra_data: Bytes::new(),
            // What never changes (H5).
            ..parent.clone()
        };
        let hash = header.hash_slow();
        let calls = self.calls.into_iter().map(|mut call| {
            for log in &mut call.logs {
                log.block_hash = Some(hash);
                log.block_number = Some(header.number);
                log.block_timestamp = Some(header.timestamp);
            }
            call
        });
        let calls = calls.collect();
        let size = convert::size(&header, &self.transactions);
        let transactions = match Detail::from(full) {
            Detail::Hashes => BlockTransactions::Hashes(self.transactions.iter().map(|tx| *tx.tx_hash()).collect()),
            Detail::Full => BlockTransactions::Full(show(self.transactions, self.senders, &header, hash)),
        };
        let shown = RpcHeader { hash, inner: header.clone(), total_difficulty: None, size: Some(size) };
        let inner = Block { header: shown, uncles: Vec::new(), transactions, withdrawals: Some(Default::default()) };
        (SimulatedBlock { inner, calls }, header)
    }
}

fn show(transactions: Vec<TxEnvelope>, senders: Vec<Address>, header: &Header, hash: B256) -> Vec<Transaction> {
    let signed = transactions.into_iter().zip(senders).zip(0..);
    let shown = signed.map(|((transaction, sender), index)| Transaction {
        effective_gas_price: Some(transaction.effective_gas_price(header.base_fee_per_gas)),
        inner: Recovered::new_unchecked(transaction, sender),
        block_hash: Some(hash),
        block_number: Some(header.number),
        transaction_index: Some(index),
        block_timestamp: Some(header.timestamp),
    });
    shown.collect()
}

fn error(result: &ExecutionResult) -> Option<SimulateError> {
    let (code, message, data) = match result {
        ExecutionResult::Success { .. } => return None,
        ExecutionResult::Revert { output, .. } => {
            (SimulateError::EXECUTION_REVERTED_CODE, reverted(output), Some(output.clone()))
        }
        ExecutionResult::Halt { reason: HaltReason::OutOfGas(_), .. } => (code::HALT, "out of gas".into(), None),
        ExecutionResult::Halt { reason, .. } => (code::HALT, format!("execution failed: {reason:?}"), None),
    };
    Some(SimulateError { code, message, data })
}
