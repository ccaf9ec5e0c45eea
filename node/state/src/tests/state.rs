//! The store against the model: roots, reads, history and scans, over memory and disk.

use super::world::{Model, Op, PEOPLE, SLOTS, address, commit, op};
use crate::{Layer, Store, StoreError, table::Table};
use alloy::primitives::{B256, U256, keccak256};
use alloy_trie::{EMPTY_ROOT_HASH, Nibbles, TrieAccount, proof::verify_proof};
use edgeloom_types::{Account, AccountDelta, Height, StateDelta};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// A block, another block over the same parent that loses, and how many executed blocks stay unfinal after it.
pub(super) type Step = (Vec<Op>, Vec<Op>, usize);

pub(super) fn steps(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    let ops = || proptest::collection::vec(op(), 0..30);
    proptest::collection::vec((ops(), ops(), 0usize..4), 1..longest)
}

/// Executes and commits, and gives the model after each height.
pub(super) fn drive(store: &Store, steps: &[Step]) -> Vec<Model> {
    let mut models = vec![Model::default()];
    let mut waiting: Vec<Arc<Layer>> = Vec::new();
    for (ops, losing_ops, unfinal) in steps {
        let parent = models.last().expect("starts with one").clone();
        let view = waiting.iter().fold(store.view(), |view, layer| view.with(layer.clone()));
        let extend = |ops: &[Op]| {
            let (mut model, delta) = (parent.clone(), parent.delta(ops));
            model.apply(&delta);
            let layer = Arc::new(view.extend(delta).expect("the view is over the tip"));
            model.assert_shown_by(&view.with(layer.clone()));
            (model, layer)
        };
        extend(losing_ops);
        let (model, layer) = extend(ops);
        models.push(model.clone());
        waiting.push(layer.clone());
        let with_layer = view.with(layer.clone());
        while waiting.len() > *unfinal {
            commit(store, &waiting.remove(0));
            model.assert_shown_by(&with_layer);
        }
    }
    waiting.iter().for_each(|layer| commit(store, layer));
    models.remove(0);
    models
}

fn assert_is(store: &Store, models: &[Model]) {
    let tip = models.last().expect("at least one block");
    tip.assert_shown_by(&store.view());
    let (at, root) = store.recompute_root().expect("a genesis is committed");
    assert_eq!((Some(at), root), (store.tip(), tip.root()));
    let supply = tip.0.values().map(|(account, _)| account.balance).sum();
    assert_eq!(store.scan_supply().expect("reads"), (at.height, supply));
    for (height, model) in (0..).map(Height::new).zip(models) {
        let past = store.at(height).expect("committed");
        assert_eq!(store.burned(height).expect("reads"), U256::from(height.get() * 7));
        for address in (0..PEOPLE).map(address) {
            assert_eq!(past.account(address).expect("reads"), model.account(address), "{address} at {height}");
            for slot in (0..SLOTS).map(U256::from) {
                assert_eq!(past.storage(address, slot).expect("reads"), model.slot(address, slot));
            }
        }
    }
    assert_eq!(state_rows(store), state_rows(&from_scratch(tip)), "rows that the state does not need, or lacks");
    let above = Height::new(models.len() as u64);
    assert!(matches!(store.at(above), Err(StoreError::UnknownHeight { .. })));
    for (height, model) in (0..).map(Height::new).zip(models) {
        assert_proved(store, model, height);
        assert_ranges(store, model, height);
    }
    assert!(matches!(store.proof(address(0), &[], above), Err(StoreError::UnknownHeight { .. })));
}

/// The storage of everybody, in parts of every size.
fn assert_ranges(store: &Store, model: &Model, height: Height) {
    for (who, limit) in (0..PEOPLE).zip(1..) {
        let held = model.0.get(&address(who)).into_iter().flat_map(|(_, slots)| slots);
        let mut held: Vec<_> = held.map(|(slot, value)| (keccak256(slot.to_be_bytes::<32>()), *value)).collect();
        held.sort_unstable();
        let (mut found, mut start) = (Vec::new(), Some(B256::ZERO));
        while let Some(from) = start {
            let range = store.storage_range(address(who), height, from, limit).expect("committed");
            assert!(range.slots.len() == limit || range.next.is_none());
            assert!(range.next.is_none_or(|next| held.iter().any(|(slot, _)| *slot == next)));
            found.extend(range.slots);
            start = range.next;
        }
        assert_eq!(found, held, "storage of {who} at {height}");
    }
}

/// The model's state as the only block of another store.
fn from_scratch(model: &Model) -> Store {
    let change = |(address, (account, storage)): (&_, &(Account, BTreeMap<U256, U256>))| {
        (*address, AccountDelta { account: Some(*account), storage: storage.clone(), ..Default::default() })
    };
    let store = Store::memory();
    let delta = StateDelta { accounts: model.0.iter().map(change).collect(), ..Default::default() };
    commit(&store, &store.view().extend(delta).expect("extends"));
    store
}

fn state_rows(store: &Store) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    for table in [Table::Accounts, Table::Storage, Table::AccountTrie, Table::StorageTrie] {
        let mut visit = |key: &[u8], value: &[u8]| {
            rows.push((table, key.to_vec(), value.to_vec()));
            Ok(())
        };
        store.kv().snapshot().scan(table, &[], &mut visit).expect("reads");
    }
    rows
}

pub(super) fn assert_proved(store: &Store, model: &Model, height: Height) {
    let slots: Vec<_> = (0..SLOTS).map(U256::from).collect();
    for address in (0..PEOPLE).map(address) {
        let proof = store.proof(address, &slots, height).expect("committed");
        assert_eq!((proof.height, proof.state_root), (height, model.root()));
        assert_eq!(proof.account, model.account(address));
        let leaf = proof.account.map(|Account { nonce, balance, code_hash }| {
            alloy_rlp::encode(TrieAccount::new(nonce, balance, proof.storage_root, code_hash))
        });
        let key = Nibbles::unpack(keccak256(address));
        verify_proof(model.root(), key, leaf, &proof.nodes).expect("the proof of an account");
        for slot in proof.storage {
            assert_eq!(slot.value, model.slot(address, slot.slot));
            let value = (!slot.value.is_zero()).then(|| alloy_rlp::encode(slot.value));
            let key = Nibbles::unpack(keccak256(slot.slot.to_be_bytes::<32>()));
            verify_proof(proof.storage_root, key, value, &slot.nodes).expect("the proof of a slot");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn memory_is_what_the_model_is(steps in steps(10)) {
        let store = Store::memory();
        let models = drive(&store, &steps);
        assert_is(&store, &models);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn disk_is_what_the_model_is_and_still_is_when_opened_again(steps in steps(12)) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = Store::open(directory.path()).expect("opens");
        let models = drive(&store, &steps);
        assert_is(&store, &models);
        drop(store);
        assert_is(&Store::open(directory.path()).expect("opens again"), &models);
    }
}

fn holding(balance: u64) -> AccountDelta {
    let account = Account { balance: U256::from(balance), ..Default::default() };
    AccountDelta { account: Some(account), ..Default::default() }
}

#[test]
fn nothing_has_the_empty_root_and_one_account_the_root_of_its_leaf() {
    let view = Store::memory().view();
    assert_eq!(view.root(), EMPTY_ROOT_HASH);
    assert_eq!(view.extend(StateDelta::default()).expect("extends").root(), EMPTY_ROOT_HASH);
    let delta = StateDelta { accounts: [(address(3), holding(5))].into(), ..Default::default() };
    let mut model = Model::default();
    model.apply(&delta);
    assert_eq!(view.extend(delta).expect("extends").root(), model.root());
}

#[test]
fn code_is_found_in_layers_and_after_the_commit() {
    let store = Store::memory();
    let delta = Model::default().delta(&[Op::Deploy { who: 1, code: 9 }]);
    let hash = keccak256([9, 9, 9]);
    let layer = Arc::new(store.view().extend(delta).expect("extends"));
    let code = Some(vec![9, 9, 9].into());
    assert_eq!(store.view().with(layer.clone()).code(hash).expect("reads"), code);
    assert_eq!(store.view().code(hash).expect("reads"), None);
    commit(&store, &layer);
    assert_eq!(store.view().code(hash).expect("reads"), code);
    assert_eq!(store.at(Height::GENESIS).expect("committed").code(hash).expect("reads"), code);
    let empty = alloy::primitives::KECCAK256_EMPTY;
    assert_eq!(store.view().code(empty).expect("reads"), Some(Default::default()));
    assert_eq!(store.view().code(B256::ZERO).expect("reads"), None);
}

#[test]
fn a_view_whose_tip_moved_to_another_block_is_stale() {
    let store = Store::memory();
    let extend = |balance| {
        let delta = StateDelta { accounts: [(address(1), holding(balance))].into(), ..Default::default() };
        Arc::new(store.view().extend(delta).expect("extends"))
    };
    let (winner, loser) = (extend(1), extend(2));
    let losing = store.view().with(loser);
    let winning = store.view().with(winner.clone());
    commit(&store, &winner);
    assert!(matches!(losing.extend(StateDelta::default()), Err(StoreError::Stale(_))));
    assert_eq!(winning.extend(StateDelta::default()).expect("its layer is the tip").root(), winner.root());
}
