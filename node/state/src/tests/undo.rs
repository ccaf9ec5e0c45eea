//! What dev mode takes back is as if it had never been, and what it amends is a state like any other.

use super::world::{Model, Op, address, commit, empty_block, op};
use crate::{Cheated, Commit, Store, StoreError};
use alloy::primitives::U256;
use edgeloom_types::{Account, AccountDelta, Height, StateDelta};
use proptest::prelude::*;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Op>),
    Amend(Vec<Op>),
    Snapshot,
    /// To the nth newest snapshot.
    Revert(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let ops = || proptest::collection::vec(op(), 0..8);
    prop_oneof![
        4 => ops().prop_map(Step::Commit),
        2 => ops().prop_map(Step::Amend),
        2 => Just(Step::Snapshot),
        1 => (0..3usize).prop_map(Step::Revert),
    ]
}

fn assert_sound(store: &Store, model: &Model) {
    let (tip, root) = store.recompute_root().expect("sound");
    assert_eq!((tip.state_root, Some(tip)), (root, store.tip()));
    model.assert_shown_by(&store.view());
    let history = store.at(tip.height).expect("the tip");
    for who in 0..super::world::PEOPLE {
        assert_eq!(history.account(address(who)).expect("reads"), model.account(address(who)));
    }
    assert_eq!(store.header(tip.height.next()).expect("reads"), None, "nothing above the tip");
}

fn balances(store: &Store) -> U256 {
    store.scan_supply().expect("reads").1
}

fn run(store: &Store, steps: &[Step]) {
    let mut model = Model::default();
    commit(store, &store.view().extend(StateDelta::default()).expect("extends"));
    let mut snapshots = Vec::new();
    for step in steps {
        match step {
            Step::Commit(ops) => {
                let delta = model.delta(ops);
                model.apply(&delta);
                commit(store, &store.view().extend(delta).expect("extends"));
            }
            Step::Amend(ops) => {
                let delta = model.delta(ops);
                model.apply(&delta);
                let (before, ledger) = (balances(store), store.cheated().expect("reads"));
                let tip = store.amend(delta).expect("amends");
                assert_eq!(Some(tip), store.tip());
                let now = store.cheated().expect("reads");
                let (minted, taken) = (now.minted - ledger.minted, now.taken - ledger.taken);
                assert_eq!(balances(store), before + minted - taken);
            }
            Step::Snapshot => snapshots.push((store.snapshot(), model.clone(), store.tip(), store.cheated().unwrap())),
            Step::Revert(back) => {
                let Some(place) = snapshots.len().checked_sub(back + 1) else { continue };
                let (id, then, tip, cheated) = snapshots[place].clone();
                assert_eq!(store.revert(id).expect("reverts"), tip);
                assert_eq!((store.tip(), store.cheated().expect("reads")), (tip, cheated));
                assert_eq!(store.revert(id).expect("reads"), None, "used up");
                model = then;
                snapshots.truncate(place);
            }
        }
        assert_sound(store, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn reverting_is_as_if_it_had_never_been(steps in proptest::collection::vec(step(), 1..24)) {
        run(&Store::memory(), &steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn on_the_disk_as_well(steps in proptest::collection::vec(step(), 1..24)) {
        let folder = tempfile::tempdir().expect("temporary folder");
        let store = Store::open(folder.path()).expect("opens");
        run(&store, &steps);
        let tip = store.tip();
        drop(store);
        let again = Store::open(folder.path()).expect("opens again");
        assert_eq!(again.tip(), tip);
        assert_eq!(again.recompute_root().expect("sound").1, tip.expect("has one").state_root);
    }
}

fn pay(amount: u64) -> StateDelta {
    let account = Some(Account { balance: U256::from(amount), ..Default::default() });
    StateDelta { accounts: [(address(0), AccountDelta { account, ..Default::default() })].into(), ..Default::default() }
}

#[test]
fn a_cursor_reads_what_replaced_what_it_had_read() {
    let store = Store::memory();
    let next = || commit(&store, &store.view().extend(StateDelta::default()).expect("extends"));
    (0..4).for_each(|_| next());
    let (mut low, mut named) = (store.cursor(None), store.cursor(Some(Height::new(3))));
    let mut late = low;
    assert_eq!((low.next, named.next), (4, 3));
    let (bottom, middle) = (store.snapshot(), store.snapshot());
    (0..3).for_each(|_| next());
    (low.next, named.next) = (7, 7);
    store.revert(middle).expect("reverts").expect("known");
    store.follow(&mut low);
    assert_eq!(low.next, 4, "back to the first block after height 3");
    (0..5).for_each(|_| next());
    low.next = 9;
    store.follow(&mut low);
    assert_eq!(low.next, 9, "nothing was taken back since");
    store.revert(bottom).expect("reverts").expect("known");
    (0..5).for_each(|_| next());
    for cursor in [&mut low, &mut named, &mut late] {
        assert_eq!(store.follow(cursor).expect("a tip").height, Height::new(8));
        assert_eq!(cursor.next, 4);
    }
    begin_again(&store);
    assert_eq!(store.follow(&mut named).expect("a tip").height, Height::GENESIS);
    assert_eq!(named.next, 3, "never below what it was asked for");
}

fn begin_again(store: &Store) {
    let layer = Store::memory().view().extend(StateDelta::default()).expect("extends");
    let block = empty_block(None, &layer);
    let genesis = Commit {
        block: &block,
        senders: &[],
        receipts: &[],
        system_logs: &[],
        layer: &layer,
        burned: U256::ZERO,
        term: None,
        certificate: None,
    };
    store.begin_again(genesis).expect("begins again");
}

#[test]
fn a_store_that_begins_again_is_never_seen_empty() {
    let store = Store::memory();
    commit(&store, &store.view().extend(StateDelta::default()).expect("extends"));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(store.tip().is_some(), "no tip");
            }
        });
        for _ in 0..300 {
            (0..3).for_each(|_| commit(&store, &store.view().extend(StateDelta::default()).expect("extends")));
            begin_again(&store);
            assert_eq!(store.tip().expect("genesis").height, Height::GENESIS);
            assert_eq!(
                store.height_of(store.hash_at(Height::GENESIS).expect("reads").expect("genesis")).expect("reads"),
                Some(Height::GENESIS)
            );
            assert!(store.hash_at(Height::new(1)).expect("reads").is_none(), "nothing above genesis is left");
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn amendments_balance_and_need_a_block() {
    let store = Store::memory();
    assert!(matches!(store.amend(pay(5)), Err(StoreError::UnknownHeight { .. })));
    commit(&store, &store.view().extend(StateDelta::default()).expect("extends"));
    let revision = store.revision();
    store.amend(pay(5)).expect("amends");
    store.amend(pay(2)).expect("amends");
    assert_eq!(store.cheated().expect("reads"), Cheated { minted: U256::from(5), taken: U256::from(3) });
    assert!(store.revision() > revision);
}
