//! Going back, and changing accounts in place.

use crate::{
    Sealed,
    world::{World, reopen, submit},
};
use alloy::primitives::{Address, B256, U256};
use edgeloom_state::Store;
use edgeloom_types::Height;
use std::time::Instant;

#[tokio::test]
async fn a_revert_gives_back_the_chain_and_the_pool_forgets_what_was_mined() {
    let world = World::new();
    let folder = tempfile::tempdir().expect("temporary folder");
    let (solo, parts) = world.start(Store::open(folder.path()).expect("opens"), None);
    let store = parts.chain.lock().store().clone();
    let send = async |nonce| {
        let transaction = world.transfer(0, nonce);
        submit(&parts, transaction.clone());
        solo.seal(*transaction.tx_hash()).await.expect("sealed")
    };
    assert_eq!(send(0).await, Sealed::Included);
    let (tip, snapshot) = (store.tip(), solo.snapshot());
    let later = solo.snapshot();
    for round in 0..3 {
        let snapshot = if round == 0 { snapshot } else { solo.snapshot() };
        assert_eq!((send(1).await, send(2).await), (Sealed::Included, Sealed::Included));
        submit(&parts, world.transfer(0, 4));
        assert!(solo.revert(snapshot).expect("reverts"));
        assert_eq!(
            (store.tip(), parts.chain.lock().tip().height(), *parts.feed.borrow()),
            (tip, Height::new(1), Height::new(1))
        );
        assert_eq!(store.recompute_root().expect("sound").1, tip.expect("has one").state_root);
        assert_eq!(parts.pool.len(), 1, "the one that waits still does");
        parts.pool.clear(None);
        assert_eq!(store.transaction(*world.transfer(0, 1).tx_hash()).expect("readable"), None);
    }
    assert!(!solo.revert(later).expect("answered"), "used up with the earlier one");
    assert!(!solo.revert(999).expect("answered"));
    drop((solo, parts, store));
    let again = reopen(folder.path());
    assert_eq!(again.tip(), tip);
}

#[tokio::test]
async fn hundreds_of_fixtures_take_little_time() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    solo.mine(100, 1).expect("mined");
    let began = Instant::now();
    for round in 0..300 {
        let snapshot = solo.snapshot();
        solo.set_balance(Address::repeat_byte(7), U256::from(round)).expect("amended");
        assert!(solo.revert(snapshot).expect("reverts"));
    }
    let each = began.elapsed() / 300;
    println!("a snapshot, an amendment and a revert take {each:?}");
    assert!(each.as_millis() < 50, "{each:?}");
    assert_eq!(parts.chain.lock().tip().height(), Height::new(100));
}

#[tokio::test]
async fn time_and_liberties_go_back_too() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let header = || parts.chain.lock().tip().header().clone();
    solo.mine(1, 1).expect("mined");
    let began = header().timestamp;
    solo.set_coinbase(Address::repeat_byte(1));
    let snapshot = solo.snapshot();
    solo.increase_time(10_000).expect("in range");
    solo.set_next_base_fee(7);
    solo.set_prevrandao(B256::repeat_byte(3));
    solo.set_gas_limit(30_000).expect("enough");
    solo.set_coinbase(Address::repeat_byte(2));
    solo.mine(1, 1).expect("mined");
    let taken = header();
    assert!(taken.timestamp >= began + 10_000);
    assert_eq!((taken.base_fee_per_gas, taken.mix_hash, taken.gas_limit), (Some(7), B256::repeat_byte(3), 30_000));
    assert_eq!(taken.beneficiary, Address::repeat_byte(2));
    solo.mine(1, 1).expect("mined");
    assert_ne!(header().mix_hash, B256::repeat_byte(3), "for one block");
    assert_eq!(header().gas_limit, 30_000, "inherited");
    assert!(solo.revert(snapshot).expect("reverts"));
    solo.mine(1, 1).expect("mined");
    assert!(header().timestamp < began + 100 && header().gas_limit > 30_000);
    assert_eq!(header().beneficiary, Address::repeat_byte(1));
    assert_ne!(header().base_fee_per_gas, Some(7));
}

#[tokio::test]
async fn genesis_comes_back_after_a_restart_of_the_chain() {
    let world = World::new();
    let (solo, parts) = world.start(Store::memory(), None);
    let first = parts.chain.lock().store().tip();
    let snapshot = solo.snapshot();
    solo.set_balance(Address::repeat_byte(7), U256::ONE).expect("amended");
    solo.mine(5, 1).expect("mined");
    submit(&parts, world.transfer(0, 1));
    solo.restart().expect("restarts");
    assert_eq!(parts.chain.lock().store().tip(), first);
    assert!(parts.pool.is_empty() && !solo.revert(snapshot).expect("answered"));
    let transaction = world.transfer(0, 0);
    submit(&parts, transaction.clone());
    assert_eq!(solo.seal(*transaction.tx_hash()).await.expect("sealed"), Sealed::Included);
}
