use super::*;
use crate::world::{World, submit};
use edgeloom_state::Store;
use edgeloom_types::Height;

fn started(world: &World, store: Store, interval: Option<Duration>) -> (Solo, Shared) {
    let shared = world.shared(store);
    let config = Config { genesis: world.genesis.clone(), keys: world.keys[0].clone(), interval };
    (start(config, shared.clone()).expect("starts"), shared)
}

#[tokio::test]
async fn a_transaction_is_durable_when_seal_returns() {
    let world = World::new(1, 100);
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = Store::open(folder.path()).expect("opens");
    let (solo, shared) = started(&world, store.clone(), None);
    let mut feed = shared.feed.subscribe();
    for nonce in 0..3 {
        let transaction = world.transfer(0, nonce);
        let hash = *transaction.tx_hash();
        submit(&shared, transaction);
        assert_eq!(solo.seal(hash).await.expect("sealed"), Sealed::Included);
        assert_eq!(store.transaction(hash).expect("readable"), Some((Height::new(nonce + 1), 0)));
        assert_eq!(feed.recv().await.expect("decided").block.height(), Height::new(nonce + 1));
        assert!(shared.pool.get(&hash).is_none());
    }
    assert_eq!(solo.seal(B256::repeat_byte(1)).await.expect("nothing to seal"), Sealed::Waiting);
    assert_eq!(store.tip().expect("has one").height, Height::new(3), "no empty blocks");
}

#[tokio::test]
async fn many_at_once_share_blocks_and_a_gap_waits() {
    let world = World::new(1, 100);
    let (solo, shared) = started(&world, Store::memory(), None);
    let gapped = world.transfer(1, 1);
    submit(&shared, gapped.clone());
    let transactions: Vec<_> = (0..200).map(|nonce| world.transfer(0, nonce)).collect();
    for transaction in &transactions {
        submit(&shared, transaction.clone());
    }
    let seals = transactions.iter().map(|transaction| solo.seal(*transaction.tx_hash()));
    for sealed in futures::future::join_all(seals).await {
        assert_eq!(sealed.expect("sealed"), Sealed::Included);
    }
    let store = shared.chain.lock().store().clone();
    let height = store.tip().expect("has one").height;
    assert!(height < Height::new(20), "200 transactions took {height} blocks");
    assert_eq!(solo.seal(*gapped.tx_hash()).await.expect("answered"), Sealed::Waiting);
    let first = world.transfer(1, 0);
    submit(&shared, first.clone());
    assert_eq!(solo.seal(*first.tx_hash()).await.expect("sealed"), Sealed::Included);
    assert!(store.transaction(*gapped.tx_hash()).expect("readable").is_some(), "the gap is filled");
}

#[tokio::test]
async fn on_an_interval_nobody_waits_and_empty_blocks_come() {
    let world = World::new(1, 100);
    let (solo, shared) = started(&world, Store::memory(), Some(Duration::from_millis(20)));
    let mut feed = shared.feed.subscribe();
    assert!(feed.recv().await.expect("decided").block.block().transactions.is_empty());
    let transaction = world.transfer(0, 0);
    submit(&shared, transaction.clone());
    assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("answered"), Sealed::Waiting);
    while feed.recv().await.expect("decided").block.block().transactions.is_empty() {}
}

#[test]
fn only_a_seated_validator_seals() {
    let world = World::new(1, 100);
    let keys = crate::world::validator_keys(7);
    let config = Config { genesis: world.genesis.clone(), keys, interval: None };
    let refused = start(config, world.shared(Store::memory()));
    assert!(matches!(refused, Err(SoloError::Seat(_))));
}
