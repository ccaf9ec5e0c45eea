//! A log as JSON, byte for byte as alloy's `Log` would be written, without the values in between.

use alloy::primitives::{B256, hex};
use edgeloom_state::LogView;

/// The block of a log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) hash: B256,
    pub(super) height: u64,
    /// Unix seconds.
    pub(super) timestamp: u64,
}

/// What all logs of a transaction have in common, between their data and their place in the block.
pub(super) fn tail(block: &Place, (index, transaction): (usize, &B256)) -> Vec<u8> {
    let mut out = Vec::with_capacity(320);
    out.extend_from_slice(br#","blockHash":"#);
    bytes(&mut out, block.hash.as_slice());
    quantity(&mut out, "blockNumber", block.height);
    quantity(&mut out, "blockTimestamp", block.timestamp);
    out.extend_from_slice(br#","transactionHash":"#);
    bytes(&mut out, transaction.as_slice());
    quantity(&mut out, "transactionIndex", index as u64);
    out
}

/// Appends the log at `ordinal` of its block, of a transaction with this [`tail`].
pub(super) fn write_log(out: &mut Vec<u8>, tail: &[u8], (ordinal, log): (u32, &LogView<'_>)) {
    out.extend_from_slice(br#"{"address":"#);
    bytes(out, log.address);
    out.extend_from_slice(br#","topics":["#);
    for (position, topic) in log.topics().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        bytes(out, topic);
    }
    out.extend_from_slice(br#"],"data":"#);
    bytes(out, log.data);
    out.extend_from_slice(tail);
    quantity(out, "logIndex", ordinal.into());
    out.extend_from_slice(br#","removed":false}"#);
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"\"0x");
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    hex::encode_to_slice(bytes, &mut out[start..]).expect("two digits a byte");
    out.push(b'"');
}

fn quantity(out: &mut Vec<u8>, name: &str, value: u64) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":\"0x");
    let digits = (u64::BITS - value.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(value >> (4 * place) & 0xf) as usize]);
    }
    out.push(b'"');
}
