//! A database of the layout without a history of trie nodes and an index of logs.

use super::{
    logs,
    state::{assert_proved, drive, steps},
    world::{PEOPLE, address, grow},
};
use crate::{
    LogQuery, Migration, Store, StoreError,
    table::{LAYOUT_WITHOUT_TRIE_HISTORY, META_FIRST_PROOF, META_LAYOUT, Table},
};
use alloy::primitives::{B256, Bytes, Log};
use edgeloom_types::Height;
use proptest::prelude::*;
use rocksdb::{DB, Options};
use std::path::Path;

/// What version 1 did not have.
const NEW: [Table; 4] = [Table::AccountTrieHistory, Table::StorageTrieHistory, Table::LogPlaces, Table::LogIndex];

fn with_database(directory: &Path, change: impl FnOnce(&mut DB)) {
    let names = Table::ALL.map(Table::name);
    change(&mut DB::open_cf(&Options::default(), directory, names).expect("opens"));
}

fn set_layout(db: &DB) {
    let meta = db.cf_handle(Table::Meta.name()).expect("opened");
    db.put_cf(meta, META_LAYOUT, LAYOUT_WITHOUT_TRIE_HISTORY.to_be_bytes()).expect("the disk works");
    db.delete_cf(meta, META_FIRST_PROOF).expect("the disk works");
}

/// What version 1 would have made of the same chain.
fn make_old(directory: &Path) {
    with_database(directory, |db| {
        set_layout(db);
        NEW.into_iter().for_each(|table| db.drop_cf(table.name()).expect("it was there"));
    });
}

/// Killed in the middle: tables are there, some rows are not, and the version is the old one.
fn cut_short(directory: &Path) {
    with_database(directory, |db| {
        set_layout(db);
        for table in NEW {
            let family = db.cf_handle(table.name()).expect("opened");
            let keys: Vec<_> = db.full_iterator_cf(family, rocksdb::IteratorMode::Start).collect();
            for row in keys.into_iter().step_by(2) {
                db.delete_cf(family, row.expect("reads").0).expect("the disk works");
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_migrated_database_has_all_it_had_and_proofs_from_there_on(steps in steps(8), more in steps(4)) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path();
        let mut models = drive(&Store::open(path).expect("opens"), &steps);
        let tip = Height::new(models.len() as u64 - 1);
        make_old(path);
        let outdated = Store::open(path).expect_err("an old layout");
        prop_assert!(outdated.to_string().contains("edgeloom db migrate --data"), "{}", outdated);
        prop_assert_eq!(Store::migrate(path).expect("migrates"), Migration::Done { first_proof: tip });
        cut_short(path);
        let outdated = matches!(Store::open(path), Err(StoreError::Outdated { .. }));
        prop_assert!(outdated, "the version changed before all rows were there");
        prop_assert_eq!(Store::migrate(path).expect("again"), Migration::Done { first_proof: tip });
        prop_assert_eq!(Store::migrate(path).expect("no more"), Migration::Unneeded);

        let store = Store::open(path).expect("migrated");
        for (ops, ..) in &more {
            models.push(grow(&store, models.last().expect("one"), ops));
        }
        for (height, model) in (0..).map(Height::new).zip(&models) {
            let view = store.at(height).expect("committed");
            for address in (0..PEOPLE).map(address) {
                prop_assert_eq!(view.account(address).expect("reads"), model.account(address));
            }
            if height >= tip {
                assert_proved(&store, model, height);
            } else {
                let refused = store.proof(address(0), &[], height);
                let named = matches!(refused, Err(StoreError::NoTrieHistory { first, .. }) if first == tip);
                prop_assert!(named, "{:?}", refused);
            }
        }
    }
}

#[test]
fn a_migrated_database_finds_its_logs() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path();
    let log = |byte| Log::new_unchecked(address(byte), vec![B256::repeat_byte(byte)], Bytes::from(vec![byte; 3]));
    let blocks = [vec![vec![log(1), log(2)]], vec![], vec![vec![], vec![log(2)]]];
    let store = logs::chain(Store::open(path).expect("opens"), &blocks);
    let query = LogQuery { addresses: vec![address(2)], ..LogQuery::default() };
    let range = (Height::GENESIS, Height::new(9));
    let found = store.find_logs(&query, range).expect("reads");
    assert_eq!(found.iter().map(|block| block.height.get()).collect::<Vec<_>>(), [1, 3]);
    drop(store);
    make_old(path);
    Store::migrate(path).expect("migrates");
    assert_eq!(Store::open(path).expect("migrated").find_logs(&query, range).expect("reads"), found);
}

#[test]
fn what_cannot_be_migrated_is_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("chain");
    assert!(matches!(Store::migrate(&path), Err(StoreError::Absent(_))));
    assert!(!path.exists(), "a directory was made");
    let store = Store::open(&path).expect("opens");
    assert!(matches!(Store::migrate(&path), Err(StoreError::Locked(_))));
    drop(store);
    with_database(&path, |db| {
        let meta = db.cf_handle(Table::Meta.name()).expect("opened");
        db.put_cf(meta, META_LAYOUT, 9u32.to_be_bytes()).expect("the disk works");
    });
    assert!(matches!(Store::migrate(&path), Err(StoreError::Version { found: 9, .. })));
}
