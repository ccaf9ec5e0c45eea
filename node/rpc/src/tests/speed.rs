//! Not a benchmark: a floor that a mistake in the hot path would fall through, in any build.

use super::world::{World, transfer};
use serde_json::{Value, json};
use std::time::Instant;

#[tokio::test]
async fn admission_is_cheap() {
    let world = World::network().await;
    let call =
        |(id, bytes)| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": [bytes] });
    let transactions = (0..4000_u64).map(|index| transfer((index % 100) as u8, index / 100));
    let calls: Vec<Value> = (0..4000_u64).zip(transactions).map(call).collect();
    let batches: Vec<String> = calls.chunks(500).map(|batch| json!(batch).to_string()).collect();
    let started = Instant::now();
    for batch in &batches {
        let (_, answer) = world.post(batch.as_bytes()).await;
        assert!(!answer.contains("error"), "{answer}");
    }
    let rate = 4000.0 / started.elapsed().as_secs_f64();
    println!("{rate:.0} transactions a second through the port into the pool");
    assert_eq!(world.pool.len(), 4000);
    assert!(rate > 1000.0, "{rate:.0} a second");
}
