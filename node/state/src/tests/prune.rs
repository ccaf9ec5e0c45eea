//! A store that prunes beside an archive of the same chain.

use super::{
    state::{Step, drive, steps},
    world::{Model, Op, PEOPLE, SLOTS, address, grow},
};
use crate::{
    Store, StoreError,
    kv::Step as Walk,
    table::{Table, split_history_key},
};
use alloy::primitives::{B256, U256};
use edgeloom_types::Height;
use proptest::prelude::*;
use std::{collections::BTreeSet, num::NonZeroU64};

fn blocks(count: u64) -> NonZeroU64 {
    NonZeroU64::new(count).expect("not zero")
}

/// Inside the window the same answers, below it the same refusal.
fn assert_same(archive: &Store, pruned: &Store) {
    let tip = archive.tip().expect("committed");
    assert_eq!(pruned.tip(), Some(tip));
    assert_eq!(archive.recompute_root().expect("whole"), pruned.recompute_root().expect("whole"));
    let slots: Vec<_> = (0..SLOTS).map(U256::from).collect();
    for height in (0..=tip.height.get()).map(Height::new) {
        if height < pruned.oldest() {
            assert!(matches!(pruned.at(height), Err(StoreError::Pruned { .. })));
            assert!(matches!(pruned.proof(address(0), &[], height), Err(StoreError::Pruned { .. })));
            let range = pruned.storage_range(address(0), height, B256::ZERO, 9);
            assert!(matches!(range, Err(StoreError::Pruned { .. })));
            assert_eq!(pruned.header(height).expect("reads"), archive.header(height).expect("reads"));
            continue;
        }
        let (ours, theirs) = (pruned.at(height).expect("kept"), archive.at(height).expect("committed"));
        for address in (0..PEOPLE).map(address) {
            assert_eq!(ours.account(address).expect("reads"), theirs.account(address).expect("reads"));
            let range = |store: &Store| store.storage_range(address, height, B256::ZERO, 1000).expect("reads");
            assert_eq!(range(pruned), range(archive));
            let proof = |store: &Store| store.proof(address, &slots, height).expect("reads");
            assert_eq!(proof(pruned), proof(archive));
        }
    }
}

/// No key has more rows at or below the oldest height than one, and none that says "nothing".
fn assert_swept(store: &Store) {
    let oldest = store.oldest();
    for table in Table::HISTORIES {
        let mut keys = BTreeSet::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            let (prefix, height) = split_history_key(table, key)?;
            if height <= oldest {
                assert!(keys.insert(prefix.to_vec()), "two rows of {table:?} at or below {oldest}");
                assert!(!value.is_empty(), "a row of {table:?} that says nothing");
            }
            Ok(Walk::Next)
        };
        store.kv().snapshot().walk(table, &[], &mut visit).expect("reads");
    }
}

/// Nothing changed since the oldest height: a history has a row for each row of the state and no other. That of a trie has
/// its leaves as well, which are rows of accounts and slots.
fn assert_least(store: &Store) {
    let states: [&[Table]; 4] = [
        &[Table::Accounts],
        &[Table::Storage],
        &[Table::AccountTrie, Table::Accounts],
        &[Table::StorageTrie, Table::Storage],
    ];
    for (history, state) in Table::HISTORIES.into_iter().zip(states) {
        let rows = |table| {
            let mut rows = 0;
            let mut visit = |_: &[u8], _: &[u8]| {
                rows += 1;
                Ok(())
            };
            store.kv().snapshot().scan(table, &[], &mut visit).expect("reads");
            rows
        };
        let expected = state.iter().map(|table| rows(*table)).sum::<usize>();
        assert_eq!(rows(history), expected, "{history:?} of {state:?}");
    }
}

/// Both stores through `steps`, then through as many empty blocks as the sweep may need.
fn compare(archive: &Store, pruned: &Store, steps: &[Step]) {
    let model = drive(archive, steps).pop().expect("at least one block");
    drive(pruned, steps);
    assert_same(archive, pruned);
    for _ in 0..20 {
        grow(archive, &model, &[]);
        grow(pruned, &model, &[]);
    }
    pruned.sweep_slowly(100_000);
    for _ in 0..2 {
        grow(archive, &model, &[]);
        grow(pruned, &model, &[]);
    }
    assert_same(archive, pruned);
    assert_swept(pruned);
    assert_least(pruned);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_pruned_store_answers_as_an_archive_does(steps in steps(12), keep in 1u64..8, rows in 2usize..60) {
        let pruned = Store::memory();
        pruned.keep_history(blocks(keep));
        pruned.sweep_slowly(rows);
        compare(&Store::memory(), &pruned, &steps);
        prop_assert_eq!(pruned.oldest().get(), steps.len() as u64 + 22 - keep);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn a_pruned_store_on_the_disk_does_and_still_does_when_opened_again(steps in steps(8), rows in 2usize..60) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (archive, pruned) = (Store::memory(), Store::open(directory.path()).expect("opens"));
        pruned.keep_history(blocks(3));
        pruned.sweep_slowly(rows);
        compare(&archive, &pruned, &steps);
        let oldest = pruned.oldest();
        drop(pruned);
        let pruned = Store::open(directory.path()).expect("opens again");
        prop_assert_eq!(pruned.oldest(), oldest, "an archive again, of what is left");
        assert_same(&archive, &pruned);
    }
}

#[test]
fn an_archive_becomes_a_pruned_store_and_never_goes_back() {
    let (archive, pruned) = (Store::memory(), Store::memory());
    let mut model = Model::default();
    for height in 0..40 {
        let ops = [
            Op::Write { who: 1, slot: height % 7, value: u64::from(height % 3) },
            Op::Pay { who: height % 5, amount: u64::from(height), nonce: 1 },
        ];
        let after = grow(&archive, &model, &ops);
        let before = std::mem::replace(&mut model, after);
        if height == 30 {
            assert_eq!(pruned.oldest(), Height::GENESIS);
            pruned.keep_history(blocks(4));
        }
        grow(&pruned, &before, &ops);
    }
    assert_same(&archive, &pruned);
    assert_swept(&pruned);
    assert_eq!(pruned.oldest(), Height::new(36));
    pruned.keep_history(blocks(1000));
    model = grow(&archive, &model, &[]);
    grow(&pruned, &model, &[]);
    assert_eq!(pruned.oldest(), Height::new(36));
    assert_same(&archive, &pruned);
}

#[test]
fn a_view_that_is_overtaken_says_so() {
    let store = Store::memory();
    store.keep_history(blocks(2));
    let mut model = grow(&store, &Model::default(), &[Op::Pay { who: 1, amount: 5, nonce: 1 }]);
    let view = store.at(Height::GENESIS).expect("committed");
    model = grow(&store, &model, &[Op::Pay { who: 1, amount: 6, nonce: 1 }]);
    assert_eq!(view.account(address(1)).expect("kept").map(|account| account.balance), Some(U256::from(5)));
    grow(&store, &model, &[]);
    let Err(error @ StoreError::Pruned { .. }) = view.account(address(1)) else { panic!("not refused") };
    let said = "state of block 0 is pruned, this node keeps states from block 1 on";
    assert!(error.to_string().starts_with(said), "{error}");
    assert!(matches!(view.storage(address(1), U256::ZERO), Err(StoreError::Pruned { .. })));
}
