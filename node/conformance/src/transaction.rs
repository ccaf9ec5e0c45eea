//! A transaction as it is sent to the node.

use crate::{
    refusal::Refused,
    rlp::{self, Item},
};
use alloy::{eips::eip2718::Decodable2718, primitives::Bytes};
use alloy_consensus::{
    TxEnvelope,
    transaction::{Recovered, SignerRecoverable},
};

/// Exactly its bytes, with its signer.
///
/// # Errors
/// [`Refused::Unpayable`] or [`Refused::Malformed`].
pub(crate) fn decode(bytes: &Bytes) -> Result<Recovered<TxEnvelope>, Refused> {
    let mut rest = bytes.as_ref();
    let transaction = TxEnvelope::decode_2718(&mut rest)
        .map_err(|error| if unpayable(bytes) { Refused::Unpayable } else { Refused::Malformed(error.to_string()) })?;
    if !rest.is_empty() {
        return Err(Refused::Malformed("surplus bytes".into()));
    }
    let signer = transaction.recover_signer().map_err(|error| Refused::Malformed(error.to_string()))?;
    Ok(Recovered::new_unchecked(transaction, signer))
}

/// Whether the price has more bytes than its field here.
fn unpayable(bytes: &[u8]) -> bool {
    let (prices, mut rest) = match bytes.split_first() {
        Some((2, rest)) => (2..=3, rest),
        Some((1, rest)) => (2..=2, rest),
        _ => (1..=1, bytes),
    };
    let Ok(Item::List(fields)) = rlp::decode(&mut rest, 4) else { return false };
    let field = |index: usize| fields.get(index);
    prices
        .into_iter()
        .filter_map(field)
        .any(|price| matches!(price, Item::String(text) if (17..=32).contains(&text.len())))
}
