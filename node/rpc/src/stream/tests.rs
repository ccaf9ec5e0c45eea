use super::{Piece, Stream};
use crate::{
    logs::STREAMED,
    tests::{
        logs::flood,
        world::{FLOOD, World},
    },
};
use alloy::rpc::types::Filter;
use serde_json::Value;
use std::{
    sync::mpsc,
    thread::available_parallelism,
    time::{Duration, Instant},
};

/// The beginning is sent: an error would cut the answer in two.
#[tokio::test]
async fn what_has_begun_waits_for_its_turns_however_long() {
    let world = World::dev().await;
    for nonce in 0..2 {
        flood(&world, nonce, 1_500).await;
    }
    let pages = world.context.find(&Filter::new().from_block(0).address(FLOOD), STREAMED).unwrap();
    let (context, turns) = (world.context.clone(), world.context.turns.clone().waiting(Duration::ZERO));
    let (begin, buffers) = (Some(String::from(r#"{"result":"#)), Default::default());
    let (piece, rest) = Stream { turns: turns.clone(), buffers, context, pages, begin }.write().unwrap();
    let (mut answer, mut rest) = (piece.bytes.clone(), rest.expect("more than a piece"));
    let (go, gone) = mpsc::channel::<()>();
    let gone = std::sync::Arc::new(parking_lot::Mutex::new(gone));
    let cores = available_parallelism().map_or(2, |cores| cores.get().max(2));
    for _ in 0..cores {
        let (turns, gone) = (world.context.turns.clone(), gone.clone());
        tokio::spawn(async move { turns.run(move || gone.lock().recv().is_err()).await });
    }
    // Until nobody gets one.
    let began = Instant::now();
    while turns.run(|| ()).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
    let next = tokio::spawn(rest.next());
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(go);
    let mut piece: Piece = next.await.unwrap();
    loop {
        let (buffer, more) = piece.expect("its turn came");
        answer.extend_from_slice(&buffer.bytes);
        let Some(more) = more else { break };
        rest = more;
        piece = rest.next().await;
    }
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["result"].as_array().unwrap().len(), 3_000);
}
