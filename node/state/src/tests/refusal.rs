//! What a commit refuses, and that a refusal leaves nothing behind.

use super::world::{commit, empty_block};
use crate::{Commit, Layer, Store, StoreError};
use alloy::primitives::{Address, B256, U256};
use edgeloom_types::{Account, AccountDelta, Height, SealedBlock, StateDelta};

fn layer(store: &Store, balance: u64) -> Layer {
    let account = Account { balance: U256::from(balance), ..Default::default() };
    let change = AccountDelta { account: Some(account), ..Default::default() };
    let accounts = [(Address::repeat_byte(1), change)].into();
    store.view().extend(StateDelta { accounts, ..Default::default() }).expect("extends")
}

fn refused(store: &Store, block: &SealedBlock, layer: &Layer, senders: &[Address]) -> StoreError {
    let before = store.tip();
    let commit = Commit {
        block,
        senders,
        receipts: &[],
        system_logs: &[],
        layer,
        burned: U256::ZERO,
        term: None,
        certificate: None,
    };
    let error = store.commit(commit).expect_err("refused");
    assert_eq!(store.tip(), before);
    assert_eq!(store.height_of(block.hash()).expect("reads"), None);
    error
}

fn altered(block: &SealedBlock, alter: impl FnOnce(&mut alloy_consensus::Header)) -> SealedBlock {
    let mut block = block.block().clone();
    alter(&mut block.header);
    SealedBlock::new(block).expect("our record")
}

#[test]
fn a_block_that_does_not_follow_the_tip() {
    let store = Store::memory();
    let genesis = layer(&store, 1);
    let block = altered(&empty_block(None, &genesis), |header| header.number = 1);
    assert!(matches!(refused(&store, &block, &genesis, &[]), StoreError::NotNext { .. }));
    let next = layer(&store, 2);
    commit(&store, &genesis);
    let tip = store.tip();
    let over_genesis = layer(&store, 3);
    for block in [
        altered(&empty_block(tip, &over_genesis), |header| header.parent_hash = B256::ZERO),
        altered(&empty_block(tip, &over_genesis), |header| header.number = 2),
        altered(&empty_block(tip, &over_genesis), |header| header.number = 0),
    ] {
        assert!(matches!(refused(&store, &block, &over_genesis, &[]), StoreError::NotNext { .. }));
    }
    let wrong_layer = empty_block(tip, &next);
    assert!(matches!(refused(&store, &wrong_layer, &next, &[]), StoreError::NotNext { .. }));
    commit(&store, &over_genesis);
}

#[test]
fn a_header_with_another_root() {
    let store = Store::memory();
    let layer = layer(&store, 1);
    let block = altered(&empty_block(None, &layer), |header| header.state_root = B256::repeat_byte(7));
    assert!(matches!(refused(&store, &block, &layer, &[]), StoreError::Root { .. }));
}

#[test]
fn rows_that_do_not_match_the_transactions() {
    let store = Store::memory();
    let layer = layer(&store, 1);
    let error = refused(&store, &empty_block(None, &layer), &layer, &[Address::ZERO]);
    assert!(matches!(error, StoreError::Rows { transactions: 0, senders: 1, receipts: 0 }));
}

#[test]
fn questions_about_an_empty_store() {
    let store = Store::memory();
    assert_eq!(store.tip(), None);
    assert!(matches!(store.proof(Address::ZERO, &[], Height::GENESIS), Err(StoreError::UnknownHeight { .. })));
    assert!(matches!(store.scan_supply(), Err(StoreError::UnknownHeight { .. })));
    let unknown = store.at(Height::GENESIS).expect_err("nothing is committed");
    assert_eq!(unknown.to_string(), "height 0 is not committed, the tip is at nothing");
}

#[test]
fn a_block_is_committed_once_however_many_try() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(directory.path()).expect("opens");
    for height in 0..20 {
        let layer = layer(&store, height + 1);
        let block = empty_block(store.tip(), &layer);
        let commit = Commit {
            block: &block,
            senders: &[],
            receipts: &[],
            system_logs: &[],
            layer: &layer,
            burned: U256::ZERO,
            term: None,
            certificate: None,
        };
        let committed = std::thread::scope(|scope| {
            let tries = [(); 4].map(|()| scope.spawn(|| store.commit(commit).is_ok()));
            tries.map(|one| one.join().expect("no panic")).into_iter().filter(|committed| *committed).count()
        });
        assert_eq!(committed, 1, "at height {height}");
    }
}
