use super::STRETCH;
use crate::{
    server::methods,
    tests::{
        logs::{emit, flood},
        world::{LOGGER, World},
    },
};
use jsonrpsee::core::params::ArrayParams;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{task::yield_now, time::timeout};

/// One log of so many is asked for, and whoever shares the thread has his turns while it is looked for.
#[tokio::test]
async fn others_go_on_while_a_large_block_is_looked_through() {
    let world = World::network().await;
    let module = methods(world.context.clone()).unwrap();
    let mut params = ArrayParams::new();
    params.insert("logs").unwrap();
    params.insert(json!({ "address": LOGGER })).unwrap();
    let mut found = module.subscribe("eth_subscribe", params, 16).await.unwrap();
    for nonce in 0..4 {
        flood(&world, nonce, 38_000).await;
    }
    let hash = emit(&world, 4, 7).await;
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = turns.clone();
    let neighbour = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            yield_now().await;
        }
    });
    world.sealer.seal();
    let (log, _) = timeout(Duration::from_secs(60), found.next::<Value>()).await.unwrap().unwrap().unwrap();
    neighbour.abort();
    assert_eq!((&log["transactionHash"], &log["logIndex"]), (&hash, &json!("0x251c0")));
    let turns = turns.load(Ordering::Relaxed);
    assert!(turns >= 4 * 38_000 / STRETCH, "{turns} turns");
}
