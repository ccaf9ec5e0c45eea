//! What the instant sealer promises.

use crate::{
    Config, DevError, Sealed, Solo,
    world::{World, submit},
};
use alloy::primitives::B256;
use edgeloom_state::Store;
use edgeloom_types::{Epoch, Height, reveal_message};
use std::time::Duration;

#[tokio::test]
async fn a_transaction_is_durable_when_seal_returns() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = Store::open(folder.path()).expect("opens");
    let (solo, parts) = world.start(store.clone(), None);
    let mut feed = parts.feed.subscribe();
    for nonce in 0..3 {
        let transaction = world.transfer(0, nonce);
        let hash = *transaction.tx_hash();
        submit(&parts, transaction);
        assert_eq!(solo.seal(hash).await.expect("sealed"), Sealed::Included);
        assert_eq!(store.transaction(hash).expect("readable"), Some((Height::new(nonce + 1), 0)));
        feed.changed().await.expect("decided");
        assert_eq!(*feed.borrow_and_update(), Height::new(nonce + 1));
        assert!(parts.pool.get(&hash).is_none());
    }
    assert_eq!(solo.seal(B256::repeat_byte(1)).await.expect("nothing to seal"), Sealed::Waiting);
    assert_eq!(store.tip().expect("has one").height, Height::new(3), "no empty blocks");
}

#[tokio::test]
async fn many_at_once_share_blocks_and_a_gap_waits() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let gapped = world.transfer(1, 1);
    submit(&parts, gapped.clone());
    let transactions: Vec<_> = (0..200).map(|nonce| world.transfer(0, nonce)).collect();
    for transaction in &transactions {
        submit(&parts, transaction.clone());
    }
    let seals = transactions.iter().map(|transaction| solo.seal(*transaction.tx_hash()));
    for sealed in futures::future::join_all(seals).await {
        assert_eq!(sealed.expect("sealed"), Sealed::Included);
    }
    let store = parts.chain.lock().store().clone();
    let height = store.tip().expect("has one").height;
    assert!(height < Height::new(20), "200 transactions took {height} blocks");
    assert_eq!(solo.seal(*gapped.tx_hash()).await.expect("answered"), Sealed::Waiting);
    let first = world.transfer(1, 0);
    submit(&parts, first.clone());
    assert_eq!(solo.seal(*first.tx_hash()).await.expect("sealed"), Sealed::Included);
    assert!(store.transaction(*gapped.tx_hash()).expect("readable").is_some(), "the gap is filled");
}

#[tokio::test]
async fn on_an_interval_nobody_waits_and_empty_blocks_come() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), Some(Duration::from_millis(20)));
    let store = parts.chain.lock().store().clone();
    let mut feed = parts.feed.subscribe();
    feed.changed().await.expect("decided");
    assert!(store.block(Height::new(1)).expect("readable").expect("final").block().transactions.is_empty());
    let transaction = world.transfer(0, 0);
    submit(&parts, transaction.clone());
    assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("answered"), Sealed::Waiting);
    while store.transaction(*transaction.tx_hash()).expect("readable").is_none() {
        feed.changed().await.expect("decided");
    }
}

#[test]
fn only_a_seated_validator_seals() {
    let world = World::new();
    let config = |identity, voting| Config { identity, voting, ..world.config(None) };
    let stranger = config(B256::with_last_byte(7), world.config(None).voting);
    let refused = Solo::start(stranger, world.parts(Store::memory()));
    assert!(matches!(refused, Err(DevError::Seat(_))));
    let keyless = config(world.config(None).identity, B256::ZERO);
    assert!(matches!(Solo::start(keyless, world.parts(Store::memory())), Err(DevError::Key)));
}

/// A block's worth of transactions whose senders turn out to have nothing does not hide what waits behind them.
#[tokio::test]
async fn the_rejected_make_room_for_the_rest() {
    let mut world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let rich = edgeloom_types::Account { balance: alloy::primitives::U256::MAX, ..Default::default() };
    for index in 0..16 {
        world.accounts.push(alloy::signers::local::PrivateKeySigner::from_slice(&[index + 1; 32]).expect("a scalar"));
        let penniless = world.transaction(world.accounts.len() - 1, 0, vec![1; 60_000].into());
        let origin = edgeloom_txpool::Origin::Local;
        parts.pool.admit(penniless, origin, rich, 30_000_000).expect("admissible by what it is told");
    }
    let good = world.transfer(0, 0);
    submit(&parts, good.clone());
    assert_eq!(solo.seal(*good.tx_hash()).await.expect("sealed"), Sealed::Included);
    assert!(parts.pool.is_empty(), "what cannot run is forgotten");
}

/// The next block's is signed before the block is wanted, and the chain may go back in between.
#[tokio::test]
async fn each_block_reveals_for_its_own_height() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let store = parts.chain.lock().store().clone();
    let seal = async |nonce| {
        let transaction = world.transfer(0, nonce);
        let hash = *transaction.tx_hash();
        submit(&parts, transaction);
        assert_eq!(solo.seal(hash).await.expect("sealed"), Sealed::Included);
    };
    seal(0).await;
    let snapshot = solo.snapshot();
    seal(1).await;
    solo.mine(3, 1).expect("mines");
    seal(2).await;
    assert!(solo.revert(snapshot).expect("reverts"), "a known snapshot");
    seal(1).await;
    solo.mine(2, 1).expect("mines");
    let tip = store.tip().expect("has one").height;
    assert_eq!(tip, Height::new(4));
    for height in 1..=tip.get() {
        let block = store.block(Height::new(height)).expect("reads").expect("is there");
        let (extra, genesis) = (block.consensus(), store.hash_at(Height::GENESIS).expect("reads").expect("is there"));
        let epoch = Epoch::containing(Height::new(height), world.genesis.config().epoch_length);
        let message = reveal_message(genesis, epoch, Height::new(height));
        assert!(world.genesis.committee().verify_reveal(&extra.leader, &message, &extra.reveal), "height {height}");
    }
}
