//! Blocks and transactions in Otterscan's shapes.

use crate::{
    cache::Record,
    convert::{self, Detail},
    error::Fault,
};
use alloy::{
    consensus::Transaction as _,
    primitives::U256,
    rpc::types::{
        BlockTransactions, TransactionReceipt,
        trace::otterscan::{BlockDetails, OtsBlock, OtsBlockTransactions, OtsReceipt, OtsTransactionReceipt},
    },
};

/// Most transactions on one page.
pub(super) const PAGE_MAX: usize = 1_000;

/// There is no issuance in a block: validators earn fees.
pub(super) fn details(record: &Record) -> BlockDetails {
    let fee = |index: usize| {
        let price = record.transactions()[index].effective_gas_price(Some(record.base_fee()));
        U256::from(record.gas_used(index)) * U256::from(price)
    };
    let fees = (0..record.transactions().len()).map(fee).sum();
    BlockDetails::new(convert::block(record, Detail::Hashes), Default::default(), fees)
}

/// # Errors
/// [`Fault::Params`] for a page that is too large.
pub(super) fn page(record: &Record, page: usize, size: usize) -> Result<OtsBlockTransactions, Fault> {
    check_size(size)?;
    let count = record.transactions().len();
    let end = count.saturating_sub(page.saturating_mul(size));
    let shown = end.saturating_sub(size)..end;
    let mut block = convert::block(record, Detail::Hashes);
    block.transactions =
        BlockTransactions::Full(shown.clone().map(|index| convert::transaction(record, index)).collect());
    Ok(OtsBlockTransactions {
        fullblock: OtsBlock { block, transaction_count: count },
        receipts: shown.map(|index| receipt(record, index)).collect(),
    })
}

pub(super) fn check_size(size: usize) -> Result<(), Fault> {
    if size > PAGE_MAX {
        return Err(Fault::Params(format!("a page has at most {PAGE_MAX} transactions")));
    }
    Ok(())
}

/// Without logs and bloom, which Otterscan does not read here.
pub(super) fn receipt(record: &Record, index: usize) -> OtsTransactionReceipt {
    let receipt: TransactionReceipt = convert::receipt(record, index);
    let (status, cumulative_gas_used) = (receipt.status(), receipt.inner.cumulative_gas_used());
    let r#type = receipt.inner.tx_type() as u8;
    let slim = receipt.map_inner(|_| OtsReceipt { status, cumulative_gas_used, logs: None, logs_bloom: None, r#type });
    OtsTransactionReceipt { receipt: slim, timestamp: Some(record.block.header().timestamp) }
}
