//! `eth_getLogs` over a hundred thousand events.

use super::super::{
    client::{Client, body},
    token::LoadToken,
};
use alloy::{
    primitives::{Address, B256, Bytes, U256, hex},
    sol_types::{SolCall as _, SolEvent as _},
};
use eyre::{Result, ensure};
use serde_json::{Value, json};
use std::time::Instant;

const EVENTS: usize = 100_000;
/// Events of one transaction.
const AT_ONCE: usize = 4_000;

/// Milliseconds of one query.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) full: f64,
    pub(super) one_percent: f64,
    pub(super) none: f64,
}

/// The calls that emit all events.
pub(super) fn events() -> impl Iterator<Item = Bytes> {
    (0..EVENTS)
        .step_by(AT_ONCE)
        .map(|first| LoadToken::pingCall { first: U256::from(first), count: U256::from(AT_ONCE) }.abi_encode().into())
}

pub(super) async fn measure(client: &Client, token: Address) -> Result<Times> {
    let (some, no) = (B256::from(U256::from(7)), B256::from(U256::from(100)));
    Ok(Times {
        full: query(client, token, &[LoadToken::Pinged::SIGNATURE_HASH], EVENTS).await?,
        one_percent: query(client, token, &[LoadToken::Pinged::SIGNATURE_HASH, some], EVENTS / 100).await?,
        none: query(client, token, &[LoadToken::Pinged::SIGNATURE_HASH, no], 0).await?,
    })
}

/// The median of five queries that match `expected` events. Parsing the answer is not timed.
async fn query(client: &Client, token: Address, topics: &[B256], expected: usize) -> Result<f64> {
    let topics: Vec<_> = topics.iter().map(hex::encode_prefixed).collect();
    let body =
        body("eth_getLogs", &json!([{"address": token, "fromBlock": "0x0", "toBlock": "latest", "topics": topics}]));
    let mut times = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let answer = client.bytes(body.clone()).await?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        let answer: Value = serde_json::from_slice(&answer)?;
        let found = answer["result"].as_array().map(Vec::len);
        ensure!(found == Some(expected), "{found:?} of {expected} events: {}", answer["error"]);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
