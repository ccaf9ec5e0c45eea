//! Receipts at rest: an RLP list of `[type, succeeded, cumulative gas, logs]`. The 256-byte bloom is left out, since
//! the logs give it back.

use crate::error::StoreError;
use alloy::primitives::Log;
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, TxType};
use alloy_rlp::{RlpDecodable, RlpDecodableWrapper, RlpEncodable, RlpEncodableWrapper};

#[derive(RlpEncodable, RlpDecodable)]
struct Row {
    kind: u8,
    succeeded: bool,
    cumulative_gas_used: u64,
    logs: Vec<Log>,
}

#[derive(RlpEncodableWrapper, RlpDecodableWrapper)]
struct Rows(Vec<Row>);

pub(crate) fn encode(receipts: &[ReceiptEnvelope]) -> Vec<u8> {
    let rows = receipts.iter().map(|receipt| Row {
        kind: receipt.tx_type() as u8,
        succeeded: receipt.status(),
        cumulative_gas_used: receipt.cumulative_gas_used(),
        logs: receipt.logs().to_vec(),
    });
    alloy_rlp::encode(Rows(rows.collect()))
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<ReceiptEnvelope>, StoreError> {
    let corrupt = |error: &dyn std::fmt::Display| StoreError::corrupt(format!("receipts: {error}"));
    let rows: Rows = alloy_rlp::decode_exact(bytes).map_err(|error| corrupt(&error))?;
    let envelope = |row: Row| {
        let kind = TxType::try_from(row.kind).map_err(|error| corrupt(&error))?;
        let status = Eip658Value::Eip658(row.succeeded);
        let receipt = Receipt { status, cumulative_gas_used: row.cumulative_gas_used, logs: row.logs };
        Ok(ReceiptEnvelope::from_typed(kind, receipt))
    };
    rows.0.into_iter().map(envelope).collect()
}

#[cfg(test)]
mod tests;
