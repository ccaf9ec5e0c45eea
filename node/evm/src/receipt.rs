//! Receipts in the form that `receiptsRoot` hashes.

use alloy::primitives::Log;
use alloy_consensus::{Receipt, ReceiptEnvelope, TxType};

/// The receipt of a transaction after which the block has used `cumulative_gas_used`.
pub(crate) fn receipt(ty: TxType, success: bool, cumulative_gas_used: u64, logs: Vec<Log>) -> ReceiptEnvelope {
    let receipt = Receipt { status: success.into(), cumulative_gas_used, logs }.with_bloom();
    match ty {
        TxType::Legacy => ReceiptEnvelope::Legacy(receipt),
        TxType::Eip2930 => ReceiptEnvelope::Eip2930(receipt),
        TxType::Eip1559 => ReceiptEnvelope::Eip1559(receipt),
        TxType::Eip4844 => ReceiptEnvelope::Eip4844(receipt),
        TxType::Eip7702 => ReceiptEnvelope::Eip7702(receipt),
    }
}
