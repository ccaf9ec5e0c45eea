//! The logs of the calls that a block makes in its own name, before its transactions: no receipt holds them. A header
//! commits to them by its `requestsHash`, as to one EIP-7685 request, whose data is the RLP list of the logs. The genesis
//! header commits to those of its founders' calls.

use alloy::primitives::{B256, Bytes, Log};
use alloy_eips::eip7685::Requests;
use alloy_rlp::RlpDecodableWrapper;

/// Type of the request (EIP-7685). Ethereum counts up from 0.
const REQUEST_TYPE: u8 = 0xe1;

#[derive(RlpDecodableWrapper)]
struct Logs(Vec<Log>);

/// The RLP list of `logs`.
pub fn encode_system_logs(logs: &[Log]) -> Bytes {
    let mut out = Vec::new();
    alloy_rlp::encode_list(logs, &mut out);
    out.into()
}

/// # Errors
/// When it is anything but exactly one list of logs.
pub fn decode_system_logs(bytes: &[u8]) -> Result<Vec<Log>, alloy_rlp::Error> {
    Ok(alloy_rlp::decode_exact::<Logs>(bytes)?.0)
}

/// The `requestsHash` of a block with these logs; of none, that of a block without requests.
pub fn system_logs_hash(logs: &[Log]) -> B256 {
    let mut requests = Requests::default();
    if !logs.is_empty() {
        requests.push_request_with_type(REQUEST_TYPE, encode_system_logs(logs));
    }
    requests.requests_hash()
}

#[cfg(test)]
mod tests;
