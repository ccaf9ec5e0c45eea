//! Calls of `IEdgeProof.receipts` over the largest set there can be.

use super::snapshot::SNAPSHOT;
use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall as _,
};
use edgeloom_bindings::IEdgeProof;
use edgeloom_bls::{PLACES_MAX, SecretKey, UNITS_MAX};
use eyre::Result;

/// As many as one call takes.
const CLIENTS: usize = 1_000;

/// That which takes the longest: every amount there is, of clients in every chunk.
pub(super) fn longest() -> Result<Bytes> {
    settlement(spread, |client| 1 + (client % usize::from(UNITS_MAX)) as u8)
}

/// Each with a name.
pub(super) fn all() -> Result<Vec<(&'static str, Bytes)>> {
    Ok(vec![
        ("receipts, 1 client, 1 unit", settlement(|place| (place == 0).then_some(0), |_| 1)?),
        ("receipts, 1 client, 31 units", settlement(|place| (place == 0).then_some(0), |_| UNITS_MAX)?),
        (
            "receipts, 31 clients, all amounts",
            settlement(|place| (place < 31).then_some(place), |client| 1 + client as u8)?,
        ),
        (
            "receipts, 1,000 clients side by side, 1 unit",
            settlement(|place| (place < CLIENTS).then_some(place), |_| 1)?,
        ),
        ("receipts, 1,000 clients in all chunks, 1 unit", settlement(spread, |_| 1)?),
        ("receipts, 1,000 clients in all chunks, all amounts", longest()?),
    ])
}

/// The number of the client at a place, one in fifteen.
const fn spread(place: usize) -> Option<usize> {
    if place.is_multiple_of(15) && place / 15 < CLIENTS { Some(place / 15) } else { None }
}

/// Whether it is right changes nothing of the work.
fn settlement(client: fn(usize) -> Option<usize>, units: fn(usize) -> u8) -> Result<Bytes> {
    let mut clients = B256::ZERO;
    clients[31] = 1;
    let terms = IEdgeProof::Terms {
        clients,
        epoch: 1,
        server: Address::ZERO,
        contentRoot: B256::ZERO,
        unitBytes: 1 << 20,
        serial: 1,
    };
    let amounts = (0..PLACES_MAX).map(|place| client(place).map_or(0, units)).collect();
    let signature = SecretKey::from_seed(&[1; 32])?.sign(&[]).to_bytes().into();
    let call = IEdgeProof::receiptsCall { snapshot: SNAPSHOT, terms, amounts, signature };
    Ok(call.abi_encode().into())
}
