use super::*;
use crate::table::{LAYOUT_VERSION, META_LAYOUT, storage_history_key};
use edgeloom_types::Height;
use proptest::prelude::*;

/// Table, key and value of a row; no value deletes it.
type Op = (bool, Vec<u8>, Option<Vec<u8>>);

fn op() -> impl Strategy<Value = Op> {
    let key = proptest::collection::vec(0u8..3, 0..4);
    (any::<bool>(), key, proptest::option::weighted(0.7, proptest::collection::vec(any::<u8>(), 0..3)))
}

fn open(path: &Path) -> Result<Kv, StoreError> {
    Kv::open(path, Kv::CACHE_BYTES)
}

fn table(accounts: bool) -> Table {
    if accounts { Table::Accounts } else { Table::AccountTrie }
}

fn write(kv: &Kv, ops: &[Op]) {
    let mut batch = kv.batch();
    for (accounts, key, value) in ops {
        match value {
            Some(value) => batch.put(table(*accounts), key, value),
            None => batch.delete(table(*accounts), key),
        }
    }
    kv.write(batch, Durability::Buffered).expect("the disk works");
}

fn rows(kv: &Kv, table: Table, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let mut visit = |key: &[u8], value: &[u8]| {
        rows.push((key.to_vec(), value.to_vec()));
        Ok(())
    };
    kv.snapshot().scan(table, prefix, &mut visit).expect("the disk works");
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn disk_and_memory_agree(batches in proptest::collection::vec(proptest::collection::vec(op(), 0..20), 1..6)) {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (disk, memory) = (open(directory.path()).expect("opens"), Kv::memory());
        for batch in &batches {
            write(&disk, batch);
            write(&memory, batch);
            for (accounts, prefix, _) in batch {
                let table = table(*accounts);
                prop_assert_eq!(rows(&disk, table, prefix), rows(&memory, table, prefix));
                let (on_disk, in_memory) = (disk.get(table, prefix), memory.get(table, prefix));
                prop_assert_eq!(on_disk.expect("reads"), in_memory.expect("reads"));
            }
        }
    }
}

#[test]
fn a_seek_finds_the_newest_row_at_or_below_a_height_and_never_another_key() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for kv in [open(directory.path()).expect("opens"), Kv::memory()] {
        let mut batch = kv.batch();
        for (slot, height) in [(1u8, 5u64), (1, 9), (2, 0), (3, 7)] {
            batch.put(Table::StorageHistory, &history_key(slot, height), &[slot, height as u8]);
        }
        kv.write(batch, Durability::Synced).expect("the disk works");
        let at = |slot, height| kv.history(Table::StorageHistory, &history_key(slot, height)).expect("the disk works");
        assert_eq!(at(1, 4), None);
        assert_eq!(at(1, 5), Some(vec![1, 5]));
        assert_eq!(at(1, 8), Some(vec![1, 5]));
        assert_eq!(at(1, u64::MAX), Some(vec![1, 9]));
        assert_eq!(at(2, 0), Some(vec![2, 0]));
        assert_eq!(at(3, 6), None);
    }
}

fn history_key(slot: u8, height: u64) -> [u8; 72] {
    storage_history_key(&[slot; 64], Height::new(height))
}

#[test]
fn a_walk_crosses_keys_and_goes_where_it_is_told() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for kv in [open(directory.path()).expect("opens"), Kv::memory()] {
        let mut batch = kv.batch();
        for slot in [1u8, 3, 5, 7, 9] {
            batch.put(Table::StorageHistory, &history_key(slot, 1), &[slot]);
            batch.put(Table::StorageHistory, &history_key(slot, 2), &[slot + 100]);
        }
        kv.write(batch, Durability::Synced).expect("the disk works");
        kv.compact(Table::StorageHistory).expect("the disk works");
        let mut seen = Vec::new();
        // Starts at a key that is not there, which a filter would say.
        kv.snapshot()
            .walk(Table::StorageHistory, &history_key(2, 5), &mut |_, value| {
                seen.push(value[0]);
                Ok(match value[0] {
                    103 => Step::Seek(history_key(6, 0).to_vec()),
                    9 => Step::Stop,
                    _ => Step::Next,
                })
            })
            .expect("the disk works");
        assert_eq!(seen, [103, 107, 7, 109, 9]);
        assert!(kv.bytes(Table::StorageHistory).expect("reads") > 0);
    }
}

#[test]
fn a_snapshot_does_not_see_what_is_written_after_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let kv = open(directory.path()).expect("opens");
    write(&kv, &[(true, vec![1], Some(vec![1]))]);
    let snapshot = kv.snapshot();
    write(&kv, &[(true, vec![1], None), (true, vec![2], Some(vec![2]))]);
    assert_eq!(snapshot.get(Table::Accounts, &[1]).expect("reads"), Some(vec![1]));
    assert_eq!(snapshot.get(Table::Accounts, &[2]).expect("reads"), None);
}

#[test]
fn a_second_opening_is_refused_until_the_first_is_closed() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let first = open(directory.path()).expect("opens");
    let refused = open(directory.path()).expect_err("it is open");
    assert!(matches!(&refused, StoreError::Locked(path) if path == directory.path()), "{refused}");
    drop(first);
    open(directory.path()).expect("it is closed");
}

#[test]
fn another_layout_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let kv = open(directory.path()).expect("opens");
    let mut batch = kv.batch();
    batch.put(Table::Meta, META_LAYOUT, &77u32.to_be_bytes());
    kv.write(batch, Durability::Synced).expect("the disk works");
    drop(kv);
    let found = |path: &Path| match open(path) {
        Err(StoreError::Version { found, expected: LAYOUT_VERSION, .. }) => found,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(found(directory.path()), 77);

    let foreign = tempfile::tempdir().expect("a temporary directory");
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    let db = rocksdb::DB::open_cf(&options, foreign.path(), ["meta", "a_table_of_the_future"]).expect("opens");
    db.put_cf(db.cf_handle("meta").expect("just made"), META_LAYOUT, 78u32.to_be_bytes()).expect("the disk works");
    drop(db);
    assert_eq!(found(foreign.path()), 78);
    let tables = rocksdb::DB::list_cf(&options, foreign.path()).expect("lists");
    assert_eq!(tables.len(), 3, "a refused database got tables: {tables:?}");
}

#[test]
fn a_layout_with_other_blocks_is_refused_with_the_reason() {
    for old in [1u32, 2] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let kv = open(directory.path()).expect("opens");
        let mut batch = kv.batch();
        batch.put(Table::Meta, META_LAYOUT, &old.to_be_bytes());
        kv.write(batch, Durability::Synced).expect("the disk works");
        drop(kv);
        let refused = open(directory.path()).expect_err("an old layout");
        assert!(matches!(refused, StoreError::OldBlocks { found, .. } if found == old), "{refused:?}");
        assert!(refused.to_string().ends_with("start a new chain in an empty directory"), "{refused}");
    }
}

#[test]
fn a_database_of_somebody_else_s_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    let db = rocksdb::DB::open(&options, directory.path()).expect("opens");
    db.put(b"theirs", b"row").expect("the disk works");
    drop(db);
    let refused = open(directory.path());
    assert!(matches!(refused, Err(StoreError::Version { found: 0, .. })), "{refused:?}");
    assert_eq!(rocksdb::DB::list_cf(&options, directory.path()).expect("lists"), ["default"]);
}

#[test]
fn a_creation_that_was_cut_short_is_finished() {
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    for made in [&[][..], &["meta", "headers"]] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        drop(rocksdb::DB::open_cf(&options, directory.path(), made).expect("opens"));
        let kv = open(directory.path()).expect("the missing tables are made");
        write(&kv, &[(true, vec![1], Some(vec![1]))]);
        assert_eq!(kv.get(Table::Meta, META_LAYOUT).expect("reads"), Some(LAYOUT_VERSION.to_be_bytes().to_vec()));
    }
}
