//! Receipts at rest: an RLP list of `[type, succeeded, cumulative gas, logs]`. The 256-byte bloom is left out, since
//! the logs give it back.

use crate::error::StoreError;
use alloy::primitives::Log;
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, TxType};
use alloy_rlp::{Encodable, Header as RlpHeader, RlpDecodable, RlpDecodableWrapper, RlpEncodable};

#[derive(RlpEncodable, RlpDecodable)]
struct Row {
    kind: u8,
    succeeded: bool,
    cumulative_gas_used: u64,
    logs: Vec<Log>,
}

#[derive(RlpDecodableWrapper)]
struct Rows(Vec<Row>);

/// The row, and where each log lies in it: the number of transactions, for each of them how many logs come before its
/// own, then the offset of each log, all u32; empty when there is no log.
pub(crate) fn encode(receipts: &[ReceiptEnvelope]) -> (Vec<u8>, Vec<u8>) {
    let rows = receipts.iter().map(|receipt| Row {
        kind: receipt.tx_type() as u8,
        succeeded: receipt.status(),
        cumulative_gas_used: receipt.cumulative_gas_used(),
        logs: receipt.logs().to_vec(),
    });
    let rows: Vec<_> = rows.collect();
    let mut out = Vec::new();
    RlpHeader { list: true, payload_length: rows.iter().map(Encodable::length).sum() }.encode(&mut out);
    let (mut firsts, mut offsets) = (Vec::new(), Vec::new());
    for row in &rows {
        row.encode(&mut out);
        // A row ends with its logs.
        let mut offset = out.len() - row.logs.iter().map(Encodable::length).sum::<usize>();
        firsts.push(offsets.len());
        for log in &row.logs {
            offsets.push(offset);
            offset += log.length();
        }
    }
    let mut places = Vec::new();
    if !offsets.is_empty() {
        for number in std::iter::once(firsts.len()).chain(firsts).chain(offsets) {
            places.extend(u32::try_from(number).expect("a block is smaller than 4 GiB").to_be_bytes());
        }
    }
    (out, places)
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
